//! What each library does for each act: a job becomes an operation that is ready to be timed.

mod ndarray_npy;
mod npyz;
mod npz;
mod raw;
mod safetensors;

use std::any::Any;

use crate::Result;
use crate::data::Data;
use crate::job::{Job, Library};

/// Runs once each time it is called. What it gives back lives until the clock has stopped.
pub(crate) type Operation = Box<dyn FnMut() -> Result<Box<dyn Any>>>;

pub(crate) fn prepare(job: Job) -> Result<Operation> {
    match job.library {
        Library::Raw => raw::prepare(job),
        Library::Npz => npz::prepare(job),
        Library::NdarrayNpy => ndarray_npy::prepare(job),
        Library::Npyz => npyz::prepare(job),
        Library::Safetensors => safetensors::prepare(job),
        Library::Numpy => Err("NumPy runs in Python".into()),
    }
}

fn cannot(job: &Job) -> crate::Error {
    format!("{:?} does no {:?} of {:?}", job.library, job.act, job.data.kind).into()
}

/// An operation without input.
fn operation<T: 'static>(mut run: impl FnMut() -> Result<T> + 'static) -> Operation {
    Box::new(move || Ok(Box::new(run()?)))
}

/// The names of the arrays, a further one each time, far from each other.
fn one_name_each(data: &Data) -> impl FnMut() -> String + use<> {
    let names = data.names();
    let mut next = names.len() / 3;
    move || {
        next = (next + 397) % names.len();
        names[next].clone()
    }
}

/// Reads a byte of each page.
fn touch(bytes: &[u8]) -> u64 {
    bytes.iter().step_by(4096).map(|byte| u64::from(*byte)).sum()
}
