//! Whole `.npy` files of any type.

use std::path::Path;

use super::AnyArray;
use crate::error::Result;
use crate::npy::{array, reader, writer};
use crate::options::{LoadOptions, SaveOptions};

impl AnyArray {
    /// Reads the array of a `.npy` file, whatever its dtype.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{AnyArray, write_npy};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("a.npy");
    /// write_npy(&path, &arr1(&[1_i16, -1]))?;
    /// let array = AnyArray::read_npy(&path)?;
    /// assert_eq!(format!("{array:?}"), "array([ 1, -1], dtype=int16)");
    /// array.write_npy(&path)?; // the same bytes as before
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for Python objects; everything
    /// that can be wrong with a file.
    pub fn read_npy(path: impl AsRef<Path>) -> Result<Self> {
        Self::read_npy_with(path, &LoadOptions::default())
    }

    /// Reads the array of a `.npy` file as `options` say.
    ///
    /// # Errors
    /// As [`read_npy`](Self::read_npy).
    pub fn read_npy_with(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Self> {
        reader::open(path.as_ref(), options, array::read_any)
    }

    /// Writes the array as a `.npy` file, atomically and durably like
    /// [`write_npy`](crate::write_npy): with its own byte order and order of items, so that what
    /// was read is written back as it was.
    ///
    /// # Errors
    /// Everything that can go wrong with a file; an existing file is then as it was.
    pub fn write_npy(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write_npy_with(path, &SaveOptions::default())
    }

    /// Writes the array as a `.npy` file as `options` say, except for the byte order and the order
    /// of the items, which are its own.
    ///
    /// # Errors
    /// As [`write_npy`](Self::write_npy).
    pub fn write_npy_with(&self, path: impl AsRef<Path>, options: &SaveOptions) -> Result<()> {
        writer::create(path.as_ref(), self, options)
    }
}
