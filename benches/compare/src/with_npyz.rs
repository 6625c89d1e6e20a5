//! npyz: no ndarray; shapes are rebuilt by hand, items go one by one.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};

use ndarray::{Array, Dimension, IxDyn, ShapeBuilder};
use npyz::WriterBuilder;
use npyz::npz::{NpzArchive, NpzWriter};

use crate::{Linear, Model};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn add<W: Write + Seek, A: npyz::AutoSerialize + Copy, D: Dimension>(
    npz: &mut NpzWriter<W>,
    name: &str,
    array: &Array<A, D>,
) -> Result<()> {
    let shape: Vec<u64> = array.shape().iter().map(|&n| n as u64).collect();
    let mut writer = npz
        .array::<A>(name, Default::default())?
        .default_dtype()
        .shape(&shape)
        .begin_nd()?;
    writer.extend(array.iter().copied())?;
    Ok(writer.finish()?)
}

fn get<R: Read + Seek, A: npyz::Deserialize, D: Dimension>(
    npz: &mut NpzArchive<R>,
    name: &str,
) -> Result<Option<Array<A, D>>> {
    let Some(npy) = npz.by_name(name)? else { return Ok(None) };
    let shape: Vec<usize> = npy.shape().iter().map(|&n| n as usize).collect();
    let fortran = npy.header().order() == npyz::Order::Fortran;
    let array = Array::from_shape_vec(IxDyn(&shape).set_f(fortran), npy.into_vec()?)?;
    Ok(Some(array.into_dimensionality()?))
}

pub fn save(model: &Model, path: &str) -> Result<()> {
    let mut npz = NpzWriter::new(BufWriter::new(File::create(path)?));
    add(&mut npz, "embed", &model.embed)?;
    for (i, layer) in model.layers.iter().enumerate() {
        add(&mut npz, &format!("layers.{i}.weight"), &layer.weight)?;
        if let Some(bias) = &layer.bias {
            add(&mut npz, &format!("layers.{i}.bias"), bias)?;
        }
    }
    add(&mut npz, "step", &ndarray::arr0(model.step))?;
    Ok(())
}

pub fn load(path: &str) -> Result<Model> {
    let mut npz = NpzArchive::new(BufReader::new(File::open(path)?))?;
    let embed = get(&mut npz, "embed")?.ok_or("embed is missing")?;
    let mut layers = Vec::new();
    while let Some(weight) = get(&mut npz, &format!("layers.{}.weight", layers.len()))? {
        let bias = get(&mut npz, &format!("layers.{}.bias", layers.len()))?;
        layers.push(Linear { weight, bias });
    }
    let step = get::<_, u64, ndarray::Ix0>(&mut npz, "step")?.ok_or("step is missing")?;
    Ok(Model { embed, layers, step: step.into_scalar() })
}
