//! ndarray-npy: every array by hand, and by a name that is spelled twice.

use std::fs::File;

use ndarray::{Array0, arr0};
use ndarray_npy::{NpzReader, NpzWriter, ReadNpzError};

use crate::{Linear, Model};

pub fn save(model: &Model, path: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut npz = NpzWriter::new(File::create(path)?);
    npz.add_array("embed", &model.embed)?;
    for (i, layer) in model.layers.iter().enumerate() {
        npz.add_array(format!("layers.{i}.weight"), &layer.weight)?;
        if let Some(bias) = &layer.bias {
            npz.add_array(format!("layers.{i}.bias"), bias)?;
        }
    }
    npz.add_array("step", &arr0(model.step))?;
    npz.finish()?;
    Ok(())
}

pub fn load(path: &str) -> Result<Model, Box<dyn std::error::Error>> {
    let mut npz = NpzReader::new(File::open(path)?)?;
    let names = npz.names()?;
    let embed = npz.by_name("embed")?;
    let mut layers = Vec::new();
    for i in 0.. {
        let name = format!("layers.{i}.weight");
        if !names.contains(&name) {
            break;
        }
        let weight = npz.by_name(&name)?;
        let bias = match npz.by_name(&format!("layers.{i}.bias")) {
            Ok(bias) => Some(bias),
            Err(ReadNpzError::Zip(_)) => None,
            Err(error) => return Err(error.into()),
        };
        layers.push(Linear { weight, bias });
    }
    let step: Array0<u64> = npz.by_name("step")?;
    Ok(Model { embed, layers, step: step.into_scalar() })
}
