//! safetensors: bytes in, bytes out; dtypes and shapes are the caller's.

use std::collections::HashMap;

use ndarray::{Array, Dimension, IxDyn};
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};
use safetensors::SafeTensors;

use crate::{Linear, Model};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn bytes<D: Dimension>(array: &Array<f32, D>) -> Vec<u8> {
    array.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn get<D: Dimension>(file: &SafeTensors<'_>, name: &str) -> Result<Array<f32, D>> {
    let tensor = file.tensor(name)?;
    if tensor.dtype() != Dtype::F32 {
        return Err(format!("{name} is {:?}", tensor.dtype()).into());
    }
    let items = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let array = Array::from_shape_vec(IxDyn(tensor.shape()), items.collect())?;
    Ok(array.into_dimensionality()?)
}

pub fn save(model: &Model, path: &str) -> Result<()> {
    let mut parts = vec![("embed".to_owned(), model.embed.shape().to_vec(), bytes(&model.embed))];
    for (i, layer) in model.layers.iter().enumerate() {
        let shape = layer.weight.shape().to_vec();
        parts.push((format!("layers.{i}.weight"), shape, bytes(&layer.weight)));
        if let Some(bias) = &layer.bias {
            parts.push((format!("layers.{i}.bias"), bias.shape().to_vec(), bytes(bias)));
        }
    }
    let mut views = HashMap::new();
    for (name, shape, data) in &parts {
        views.insert(name.clone(), TensorView::new(Dtype::F32, shape.clone(), data)?);
    }
    let step = model.step.to_le_bytes();
    views.insert("step".to_owned(), TensorView::new(Dtype::U64, vec![], &step)?);
    Ok(serialize_to_file(views, None, path.as_ref())?)
}

pub fn load(path: &str) -> Result<Model> {
    let bytes = std::fs::read(path)?;
    let file = SafeTensors::deserialize(&bytes)?;
    let mut layers = Vec::new();
    while let Ok(weight) = get(&file, &format!("layers.{}.weight", layers.len())) {
        let bias = get(&file, &format!("layers.{}.bias", layers.len())).ok();
        layers.push(Linear { weight, bias });
    }
    let step = file.tensor("step")?.data().try_into()?;
    Ok(Model { embed: get(&file, "embed")?, layers, step: u64::from_le_bytes(step) })
}
