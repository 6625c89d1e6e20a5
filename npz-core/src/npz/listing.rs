//! What can be known of an entry without reading its data.

use std::fmt;

use super::archive::{Archive, Facts};
use super::method::Method;
use super::stream::EntryStream;
use crate::error::{Error, Result};
use crate::npy::Header;

/// One entry of an archive: what the directory says of it, and on request what its own header says.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub(super) archive: Archive<'a>,
    pub(super) index: usize,
    pub(super) name: &'a str,
    pub(super) member: &'a str,
    pub(super) facts: Facts<'a>,
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("method", &self.method())
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

impl<'a> Entry<'a> {
    /// Its name, without the `.npy` of its member.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The name of its member in the archive, with `.npy`.
    #[must_use]
    pub fn member(&self) -> &'a str {
        self.member
    }

    /// How it is packed.
    #[must_use]
    pub fn method(&self) -> Method {
        self.facts.method
    }

    /// Its size in bytes, unpacked, npy header included.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.facts.size
    }

    /// The bytes it takes in the file, packed, without the archive's headers.
    #[must_use]
    pub fn packed_size(&self) -> u64 {
        self.facts.packed_size
    }

    /// The checksum of its unpacked bytes, as the archive declares it.
    #[must_use]
    pub fn crc32(&self) -> u32 {
        self.facts.crc
    }

    /// The dtype, shape and order of its array; `None` if the member is no npy file. Reads the
    /// headers only.
    ///
    /// # Errors
    /// When the headers are damaged, or promise more than the entry holds.
    pub fn header(&self) -> Result<Option<Header>> {
        let header = self.open_array().map(|array| array.map(|(header, _)| header));
        header.map_err(|error| self.archive.in_file(error.with_entry(self.name)))
    }

    /// Where its array's data start in the file, for a stored array; `None` for anything else.
    /// Reads the headers only.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn data_offset(&self) -> Result<Option<u64>> {
        let find = || {
            if self.method() != Method::Stored {
                return Ok(None);
            }
            let start = self.archive.locate(self.index)?.data_start();
            let Some((_, stream)) = self.open_array()? else { return Ok(None) };
            Ok(Some(start + (self.size() - stream.left())))
        };
        find().map_err(|error: Error| self.archive.in_file(error.with_entry(self.name)))
    }

    fn open_array(&self) -> Result<Option<(Header, EntryStream<'a>)>> {
        let opened = self.archive.open_array(self.index)?;
        if let Some((header, stream)) = &opened {
            self.archive.check_holds(header, stream.left())?;
        }
        Ok(opened)
    }
}
