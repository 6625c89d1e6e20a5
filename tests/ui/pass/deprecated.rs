//! What the user has deprecated, the impls must name; the user need not hear of it twice.
#![deny(warnings)]

use ndarray::Array1;
use npz_core::{LoadNpz, SaveNpz};

#[deprecated(note = "gone soon")]
#[derive(SaveNpz, LoadNpz)]
pub struct Legacy {
    pub weight: Array1<f32>,
}

#[derive(SaveNpz, LoadNpz)]
pub struct Model {
    #[allow(deprecated, reason = "old files have it")]
    pub legacy: Legacy,
    #[deprecated]
    pub old: f32,
}

#[derive(SaveNpz, LoadNpz)]
#[allow(deprecated)]
pub struct Tuple(pub Legacy, pub Option<Legacy>);

fn main() {}
