//! safetensors, over a map of the file, as its documentation recommends.

use std::path::Path;

use half::{bf16, f16};
use memmap2::Mmap;
use ndarray::{ArrayD, ArrayViewD, IxDyn};
use safetensors::SafeTensors;
use safetensors::tensor::{TensorView, serialize_to_file};

use super::{Operation, cannot, one_name_each, operation, touch};
use crate::Result;
use crate::data::{Kind, Number};
use crate::job::{Act, Job};
use crate::map;

pub(super) fn prepare(job: Job) -> Result<Operation> {
    match job.data.kind {
        Kind::F16 => of::<f16>(job),
        Kind::Bf16 => of::<bf16>(job),
        Kind::F32 => of::<f32>(job),
        Kind::F64 => of::<f64>(job),
        Kind::I32 => of::<i32>(job),
        Kind::U16 => of::<u16>(job),
    }
}

fn of<A: Number>(job: Job) -> Result<Operation> {
    let path = job.file.clone();
    Ok(match job.act {
        Act::Save => {
            let arrays = job.data.arrays::<A>()?;
            operation(move || save(&path, &arrays))
        }
        Act::Load => {
            let names = job.data.names();
            operation(move || {
                let map = map::file(&path)?;
                let file = SafeTensors::deserialize(&map)?;
                let arrays = names.iter().map(|name| owned::<A>(&file, name));
                arrays.collect::<Result<Vec<_>>>()
            })
        }
        Act::View => {
            let names = job.data.names();
            operation(move || {
                let map = map::file(&path)?;
                let file = SafeTensors::deserialize(&map)?;
                for name in &names {
                    std::hint::black_box(view::<A>(&file, name)?);
                }
                Ok(map)
            })
        }
        Act::Touch => {
            let map: &'static Mmap = Box::leak(Box::new(map::file(&path)?));
            let file = SafeTensors::deserialize(map)?;
            let tensors: Vec<&[u8]> = file.iter().map(|(_, tensor)| tensor.data()).collect();
            operation(move || Ok(tensors.iter().map(|data| touch(data)).sum::<u64>()))
        }
        Act::One => {
            let mut next = one_name_each(&job.data);
            operation(move || {
                let map = map::file(&path)?;
                owned::<A>(&SafeTensors::deserialize(&map)?, &next())
            })
        }
        Act::List => operation(move || {
            let map = map::file(&path)?;
            for name in SafeTensors::deserialize(&map)?.names() {
                std::hint::black_box(name);
            }
            Ok(map)
        }),
        Act::Rows | Act::ScatteredRows => {
            let map: Mmap = map::file(&path)?;
            operation(move || {
                let file = SafeTensors::deserialize(&map)?;
                let tensor = file.tensor("a")?;
                let row = tensor.data().len() / tensor.shape()[0];
                let rows = |first: usize, count: usize| {
                    let bytes = &tensor.data()[first * row..(first + count) * row];
                    bytemuck::pod_collect_to_vec::<u8, A>(bytes)
                };
                Ok(match job.act {
                    Act::Rows => vec![rows(job.rows[0], job.rows.len())],
                    _ => job.rows.iter().map(|&first| rows(first, 1)).collect(),
                })
            })
        }
        Act::LoadHuge => return Err(cannot(&job)),
    })
}

fn save<A: Number>(path: &Path, arrays: &[(String, ArrayD<A>)]) -> Result<()> {
    // It takes bytes in C order; who has another order makes a copy first.
    let arrays: Vec<_> =
        arrays.iter().map(|(name, array)| (name, array.as_standard_layout())).collect();
    let mut tensors = Vec::new();
    for (name, array) in &arrays {
        let items = array.as_slice().ok_or("the array is not contiguous")?;
        let bytes = bytemuck::cast_slice(items);
        tensors.push((name, TensorView::new(A::SAFETENSORS, array.shape().to_vec(), bytes)?));
    }
    Ok(serialize_to_file(tensors, None, path)?)
}

fn owned<A: Number>(file: &SafeTensors<'_>, name: &str) -> Result<ArrayD<A>> {
    let tensor = file.tensor(name)?;
    let items = bytemuck::pod_collect_to_vec(tensor.data());
    Ok(ArrayD::from_shape_vec(IxDyn(tensor.shape()), items)?)
}

fn view<'a, A: Number>(file: &SafeTensors<'a>, name: &str) -> Result<ArrayViewD<'a, A>> {
    let tensor = file.tensor(name)?;
    let items = bytemuck::try_cast_slice(tensor.data()).map_err(|error| error.to_string())?;
    Ok(ArrayViewD::from_shape(IxDyn(tensor.shape()), items)?)
}
