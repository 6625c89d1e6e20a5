//! NumPy's `.npy` and `.npz` files over [`ndarray`].

mod error;
mod limits;
mod literal;

pub use crate::error::{Error, ErrorKind, Result};
pub use crate::limits::Limits;
