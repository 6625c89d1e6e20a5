//! ndarray-npy, as its documentation shows it, with a buffer below the writer, which it gains by.

use std::fs::File;
use std::io::BufWriter;

use ndarray::{ArrayD, Axis, Slice};
use ndarray_npy::{NpzReader, NpzWriter, ReadableElement, WritableElement};

use super::{Operation, cannot, one_name_each, operation};
use crate::Result;
use crate::data::{Kind, Number};
use crate::job::{Act, Job, Packing};

pub(super) fn prepare(job: Job) -> Result<Operation> {
    match job.data.kind {
        Kind::F32 => of::<f32>(job),
        Kind::F64 => of::<f64>(job),
        Kind::I32 => of::<i32>(job),
        Kind::U16 => of::<u16>(job),
        Kind::F16 | Kind::Bf16 => Err(cannot(&job)),
    }
}

fn of<A: Number + ReadableElement + WritableElement>(job: Job) -> Result<Operation> {
    let path = job.file.clone();
    Ok(match job.act {
        Act::Save => {
            let arrays = job.data.arrays::<A>()?;
            operation(move || {
                let file = BufWriter::new(File::create(&path)?);
                let mut npz = match job.packing {
                    Packing::Stored => NpzWriter::new(file),
                    Packing::Default | Packing::Deflate(_) => NpzWriter::new_compressed(file),
                };
                for (name, array) in &arrays {
                    npz.add_array(name.as_str(), array)?;
                }
                npz.finish()?;
                Ok(())
            })
        }
        Act::Load => {
            let names = job.data.names();
            operation(move || {
                let mut npz = NpzReader::new(File::open(&path)?)?;
                let arrays = names.iter().map(|name| npz.by_name(name));
                Ok(arrays.collect::<std::result::Result<Vec<ArrayD<A>>, _>>()?)
            })
        }
        Act::One => {
            let mut next = one_name_each(&job.data);
            operation(move || {
                let array: ArrayD<A> = NpzReader::new(File::open(&path)?)?.by_name(&next())?;
                Ok(array)
            })
        }
        Act::List => operation(move || Ok(NpzReader::new(File::open(&path)?)?.names()?)),
        // It has no slices: the array is loaded.
        Act::Rows => operation(move || {
            let array: ArrayD<A> = NpzReader::new(File::open(&path)?)?.by_name("a")?;
            let rows = Slice::from(job.rows[0]..job.rows[0] + job.rows.len());
            Ok(array.slice_axis(Axis(0), rows).to_owned())
        }),
        Act::ScatteredRows => operation(move || {
            let array: ArrayD<A> = NpzReader::new(File::open(&path)?)?.by_name("a")?;
            Ok(array.select(Axis(0), &job.rows))
        }),
        Act::LoadHuge | Act::View | Act::Touch => return Err(cannot(&job)),
    })
}
