//! This project's crate, by the doors that its users take.

use std::collections::BTreeMap;

use half::{bf16, f16};
use ndarray::{ArrayD, ArrayViewD, s};
use npz_core::{
    ByteOrder, Compression, LoadNpz, LoadOptions, NpzMap, NpzReader, SaveNpz, SaveOptions,
};

use super::{Operation, cannot, one_name_each, operation, touch};
use crate::Result;
use crate::data::{Kind, Number, Shapes};
use crate::gpt2::Gpt2;
use crate::job::{Act, Job, Packing};
use crate::map;

pub(super) fn prepare(job: Job) -> Result<Operation> {
    match job.data.kind {
        Kind::F16 => of::<f16>(job),
        Kind::Bf16 => of::<bf16>(job),
        Kind::F32 => match (job.act, &job.data.shapes) {
            (Act::Save, Shapes::Gpt2 { .. }) => {
                let model = Gpt2::new(job.data.arrays()?)?;
                Ok(save(job, model))
            }
            (Act::Load, Shapes::Gpt2 { .. }) => Ok(load::<Gpt2>(job)),
            _ => of::<f32>(job),
        },
        Kind::F64 => of::<f64>(job),
        Kind::I32 => of::<i32>(job),
        Kind::U16 => of::<u16>(job),
    }
}

fn of<A: Number>(job: Job) -> Result<Operation> {
    let path = job.file.clone();
    let options = load_options(&job);
    Ok(match job.act {
        Act::Save => {
            let arrays: BTreeMap<String, ArrayD<A>> = job.data.arrays()?.into_iter().collect();
            save(job, arrays)
        }
        Act::Load => load::<BTreeMap<String, ArrayD<A>>>(job),
        Act::View => {
            let names = job.data.names();
            operation(move || {
                let map = map::npz(&path)?;
                for name in &names {
                    let view: ArrayViewD<'_, A> = map.view(name)?;
                    std::hint::black_box(view);
                }
                Ok(map)
            })
        }
        Act::Touch => {
            // Mapping and viewing have a row of their own. The process ends with this one operation.
            let map: &'static NpzMap = Box::leak(Box::new(map::npz(&path)?));
            let views: Vec<ArrayViewD<'_, A>> =
                job.data.names().iter().map(|name| Ok(map.view(name)?)).collect::<Result<_>>()?;
            operation(move || {
                let mut sum = 0;
                for view in &views {
                    let items = view.as_slice().ok_or("the view is not contiguous")?;
                    sum += touch(bytemuck::cast_slice(items));
                }
                Ok(sum)
            })
        }
        Act::One => {
            let mut next = one_name_each(&job.data);
            operation(move || -> Result<ArrayD<A>> {
                Ok(NpzReader::open_with(&path, &options)?.get(&next())?)
            })
        }
        Act::List => operation(move || {
            let reader = NpzReader::open(&path)?;
            for name in reader.names() {
                std::hint::black_box(name);
            }
            Ok(reader)
        }),
        Act::Rows => {
            let reader = NpzReader::open_with(&path, &options)?;
            let (first, count) = (job.rows[0], job.rows.len());
            operation(move || Ok(reader.slice::<A, _>("a", s![first..first + count, ..])?))
        }
        Act::ScatteredRows => {
            let reader = NpzReader::open_with(&path, &options)?;
            operation(move || {
                let rows = job.rows.iter().map(|&row| reader.slice::<A, _>("a", s![row, ..]));
                Ok(rows.collect::<npz_core::Result<Vec<_>>>()?)
            })
        }
        Act::LoadHuge => return Err(cannot(&job)),
    })
}

fn save(job: Job, value: impl SaveNpz + 'static) -> Operation {
    let mut options = SaveOptions::new().durable(job.durable).compression(match job.packing {
        Packing::Stored => Compression::Stored,
        Packing::Default => Compression::Auto,
        Packing::Deflate(level) => Compression::Deflate(level),
    });
    if let Some(count) = job.threads {
        options = options.threads(count);
    }
    if job.big_endian {
        options = options.byte_order(ByteOrder::Big);
    }
    operation(move || Ok(value.save_npz_with(&job.file, &options)?))
}

fn load<T: LoadNpz + 'static>(job: Job) -> Operation {
    let options = load_options(&job);
    operation(move || Ok(T::load_npz_with(&job.file, &options)?))
}

fn load_options(job: &Job) -> LoadOptions {
    match job.threads {
        Some(count) => LoadOptions::new().threads(count),
        None => LoadOptions::new(),
    }
}
