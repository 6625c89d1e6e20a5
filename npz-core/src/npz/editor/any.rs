//! Arrays of any dtype, put into archives.

use super::NpzEditor;
use crate::error::Result;
use crate::npy::{AnyArray, RawArray};

impl<'a> NpzEditor<'a> {
    /// Puts an array of any dtype under `name`, in its own byte order and order of items.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn put_any(&mut self, name: &str, array: &'a AnyArray) -> Result<()> {
        self.put_source(name, Box::new(array))
    }

    /// Puts an array that lies somewhere else under `name`. It is read by [`commit`](Self::commit).
    ///
    /// # Errors
    /// As [`put`](Self::put); what the array's source reports is told by `commit`.
    pub fn put_raw(&mut self, name: &str, array: &RawArray<'a>) -> Result<()> {
        self.put_source(name, Box::new(array.clone()))
    }
}
