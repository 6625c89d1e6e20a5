//! The npz archive: a zip file of npy files.
//!
//! [`record`] is pure: it knows bytes and numbers, no
//! files and no arrays.

mod method;
mod record;

pub use method::Method;
