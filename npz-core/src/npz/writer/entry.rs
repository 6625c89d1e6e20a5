//! An array under its name, on its way into the archive.

use std::collections::HashMap;
use std::sync::Arc;

use crc32fast::Hasher;

use crate::element::ArraySource;
use crate::error::{Error, ErrorKind, Result};
use crate::npy::Header;
use crate::npz::entry;
use crate::npz::layout::Member;
use crate::npz::method::Method;
use crate::options::SaveOptions;

/// One array, its name and its header: all that is known before its data are touched.
pub(crate) struct Entry<'a> {
    member: String,
    npy: Arc<[u8]>,
    header: Header,
    source: &'a dyn ArraySource,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(
        member: String,
        source: &'a dyn ArraySource,
        options: &SaveOptions,
    ) -> Result<Self> {
        let header = source.header(options.byte_order, options.keep_order)?;
        Ok(Self { member, npy: header.encode()?.into(), header, source })
    }

    /// The name without its suffix.
    pub(crate) fn name(&self) -> &str {
        entry::key(&self.member)
    }

    /// Length of the entry before compression.
    pub(super) fn size(&self) -> u64 {
        self.npy.len() as u64 + self.payload_len()
    }

    /// Length of the array's data.
    pub(super) fn payload_len(&self) -> u64 {
        self.header.nbytes() as u64
    }

    pub(super) fn npy(&self) -> &[u8] {
        &self.npy
    }

    /// Its name, and what the metadata call its type, if the dtype doesn't tell.
    pub(super) fn named_dtype(&self) -> Option<(String, String)> {
        let dtype = self.source.logical_dtype()?;
        Some((self.name().to_owned(), dtype.to_owned()))
    }

    pub(super) fn member(&self, method: Method) -> Member<'_> {
        let prefix_len = self.npy.len() as u64;
        Member { name: &self.member, method, size: self.size(), prefix_len }
    }

    /// The payload, if it lies in memory as it will in the file.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        let bytes = self.source.bytes(&self.header)?;
        // A type that says otherwise is found out where its bytes are counted.
        (bytes.len() == self.header.nbytes()).then_some(bytes)
    }

    /// Gives header and payload to `sink`, piece by piece, and returns their checksum.
    pub(super) fn write(&self, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<u32> {
        let mut crc = Hasher::new();
        self.write_unsummed(&mut |bytes| {
            crc.update(bytes);
            sink(bytes)
        })?;
        Ok(crc.finalize())
    }

    /// The same for who takes the checksum elsewhere.
    pub(super) fn write_unsummed(&self, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        sink(&self.npy)?;
        let mut left = self.header.nbytes();
        self.source.write(&self.header, &mut |bytes| {
            left = left.checked_sub(bytes.len()).ok_or_else(wrong_length)?;
            sink(bytes)
        })?;
        if left > 0 { Err(wrong_length()) } else { Ok(()) }
    }
}

/// The headers of many arrays: those of one dtype and shape have the same bytes.
#[derive(Default)]
pub(crate) struct Headers(HashMap<Header, Arc<[u8]>>);

impl Headers {
    pub(crate) fn entry<'a>(
        &mut self,
        member: String,
        source: &'a dyn ArraySource,
        options: &SaveOptions,
    ) -> Result<Entry<'a>> {
        let header = source.header(options.byte_order, options.keep_order)?;
        let npy = match self.0.get(&header) {
            Some(npy) => npy.clone(),
            None => {
                let npy: Arc<[u8]> = header.encode()?.into();
                self.0.insert(header.clone(), npy.clone());
                npy
            }
        };
        Ok(Entry { member, npy, header, source })
    }
}

/// A type's `encode` and its `dtype` disagree, which would tear the archive.
#[cold]
fn wrong_length() -> Error {
    let message = "the element type encodes another number of bytes than its dtype says";
    Error::new(ErrorKind::Corrupt, message)
}
