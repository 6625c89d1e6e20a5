//! NumPy's `.npy` and `.npz` files over [`ndarray`].

mod error;
mod limits;
#[cfg_attr(not(test), expect(dead_code, reason = "the readers and writers are to come"))]
mod npz;

pub use crate::error::{Error, ErrorKind, Result};
pub use crate::limits::Limits;
pub use crate::npz::Method;
