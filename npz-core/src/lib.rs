//! NumPy's `.npy` and `.npz` files over [`ndarray`].

mod dtype;
mod error;
mod limits;
mod literal;
mod npy;

pub use crate::dtype::{
    ByteOrder, DType, Field, Record, Scalar, ScalarKind, Subarray, TimeUnit, Unit,
};
pub use crate::error::{Error, ErrorKind, Result};
pub use crate::limits::Limits;
pub use crate::npy::{Decoded, Header, Order, Version};
