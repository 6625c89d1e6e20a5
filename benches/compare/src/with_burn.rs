//! burn: the model is made of burn's own modules and tensors, on one of its backends.

use burn::backend::NdArray;
use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use burn_store::{ModuleSnapshot, SafetensorsStore};

#[derive(Module, Debug)]
pub struct Model<B: Backend> {
    embed: Param<Tensor<B, 2>>,
    layers: Vec<Linear<B>>,
}

pub fn new() -> Model<NdArray> {
    let device = Default::default();
    let layer = || LinearConfig::new(4, 4).init(&device);
    Model {
        embed: Param::from_tensor(Tensor::ones([8, 4], &device)),
        layers: vec![layer(), layer()],
    }
}

pub fn save(model: &Model<NdArray>, path: &str) -> Result<(), Box<dyn std::error::Error>> {
    Ok(model.save_into(&mut SafetensorsStore::from_file(path))?)
}

pub fn load(path: &str) -> Result<Model<NdArray>, Box<dyn std::error::Error>> {
    let mut model = new(); // the shapes come from a model that exists
    model.load_from(&mut SafetensorsStore::from_file(path))?;
    Ok(model)
}
