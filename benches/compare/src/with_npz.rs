//! npz: names, dtypes and shapes come from the struct; all differences are told at once.

use ndarray::{Array1, Array2};
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
pub struct Linear {
    pub weight: Array2<f32>,
    pub bias: Option<Array1<f32>>,
}

#[derive(SaveNpz, LoadNpz)]
pub struct Model {
    pub embed: Array2<f32>,
    pub layers: Vec<Linear>,
    pub step: u64,
}

pub fn save(model: &Model, path: &str) -> Result<(), Box<dyn std::error::Error>> {
    Ok(model.save_npz(path)?)
}

pub fn load(path: &str) -> Result<Model, Box<dyn std::error::Error>> {
    Ok(Model::load_npz(path)?)
}
