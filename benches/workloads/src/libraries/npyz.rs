//! npyz, as its documentation shows it, with buffers.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use ndarray::{ArrayD, IxDyn};
use npyz::npz::{NpzArchive, NpzWriter};
use npyz::zip::CompressionMethod;
use npyz::zip::write::FileOptions;
use npyz::{AutoSerialize, Deserialize, WriterBuilder};

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

fn of<A: Number + AutoSerialize + Deserialize>(job: Job) -> Result<Operation> {
    let path = job.file.clone();
    Ok(match job.act {
        Act::Save => {
            let arrays = job.data.arrays::<A>()?;
            let method = match job.packing {
                Packing::Stored => CompressionMethod::Stored,
                Packing::Default | Packing::Deflate(_) => CompressionMethod::Deflated,
            };
            let options = FileOptions::default().compression_method(method).large_file(true);
            operation(move || {
                let mut npz = NpzWriter::new(BufWriter::new(File::create(&path)?));
                for (name, array) in &arrays {
                    let shape: Vec<u64> = array.shape().iter().map(|&n| n as u64).collect();
                    let npy = npz.array::<A>(name, options)?;
                    let mut writer = npy.default_dtype().shape(&shape).begin_nd()?;
                    writer.extend(array.iter().copied())?;
                    writer.finish()?;
                }
                Ok(())
            })
        }
        Act::Load => {
            let names = job.data.names();
            operation(move || {
                let mut npz = open(&path)?;
                names.iter().map(|name| get::<A>(&mut npz, name)).collect::<Result<Vec<_>>>()
            })
        }
        Act::One => {
            let mut next = one_name_each(&job.data);
            operation(move || get::<A>(&mut open(&path)?, &next()))
        }
        Act::List => {
            operation(move || Ok(open(&path)?.array_names().map(str::to_owned).collect::<Vec<_>>()))
        }
        _ => return Err(cannot(&job)),
    })
}

type Archive = NpzArchive<BufReader<File>>;

fn open(path: &Path) -> Result<Archive> {
    Ok(NpzArchive::new(BufReader::new(File::open(path)?))?)
}

fn get<A: Deserialize>(npz: &mut Archive, name: &str) -> Result<ArrayD<A>> {
    let npy = npz.by_name(name)?.ok_or_else(|| format!("no array {name}"))?;
    let shape = npy.shape().iter().map(|&n| usize::try_from(n));
    let shape = shape.collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(ArrayD::from_shape_vec(IxDyn(&shape), npy.into_vec()?)?)
}
