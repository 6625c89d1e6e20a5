//! An array under its name, on its way into the archive.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crc32fast::Hasher;

use crate::element::{ArraySource, Gatherer};
use crate::error::{Error, ErrorKind, Result};
use crate::npy::Header;
use crate::npz::entry;
use crate::npz::layout::Member;
use crate::npz::method::Method;
use crate::options::SaveOptions;

/// One array, its name and its header: all that is known before its data are touched.
pub(crate) struct Entry<'a> {
    /// Its name in the archive, with `.npy`.
    member: Cow<'a, str>,
    npy: Arc<NpyHeader>,
    source: &'a dyn ArraySource,
}

/// A header, the bytes that it has in the file, and the checksum up to their end.
struct NpyHeader {
    header: Header,
    bytes: Vec<u8>,
    checksum: Hasher,
}

impl NpyHeader {
    fn new(header: Header) -> Result<Arc<Self>> {
        let (bytes, mut checksum) = (header.encode()?, Hasher::new());
        checksum.update(&bytes);
        Ok(Arc::new(Self { header, bytes, checksum }))
    }
}

impl<'a> Entry<'a> {
    pub(crate) fn new(
        member: Cow<'a, str>,
        source: &'a dyn ArraySource,
        options: &SaveOptions,
    ) -> Result<Self> {
        let header = source.header(options.byte_order, options.keep_order)?;
        Ok(Self { member, npy: NpyHeader::new(header)?, source })
    }

    /// The name without its suffix.
    pub(crate) fn name(&self) -> &str {
        entry::key(&self.member)
    }

    /// Length of the entry before compression.
    pub(super) fn size(&self) -> u64 {
        self.npy().len() as u64 + self.payload_len()
    }

    /// Length of the array's data.
    pub(super) fn payload_len(&self) -> u64 {
        self.header().nbytes() as u64
    }

    fn header(&self) -> &Header {
        &self.npy.header
    }

    pub(super) fn npy(&self) -> &[u8] {
        &self.npy.bytes
    }

    /// The checksum up to the end of the npy header.
    pub(super) fn npy_checksum(&self) -> Hasher {
        self.npy.checksum.clone()
    }

    /// The checksum if the data are `bytes`.
    pub(super) fn checksum(&self, bytes: &[u8]) -> u32 {
        let mut crc = self.npy_checksum();
        crc.update(bytes);
        crc.finalize()
    }

    /// Its name, and what the metadata call its type, if the dtype doesn't tell.
    pub(super) fn named_dtype(&self) -> Option<(String, String)> {
        let dtype = self.source.logical_dtype()?;
        Some((self.name().to_owned(), dtype.to_owned()))
    }

    pub(super) fn member(&self, method: Method) -> Member<'_> {
        let prefix_len = self.npy().len() as u64;
        Member { name: &self.member, method, size: self.size(), prefix_len }
    }

    /// The payload, if it lies in memory as it will in the file.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        let bytes = self.source.bytes(self.header())?;
        // A type that says otherwise is found out where its bytes are counted.
        (bytes.len() == self.header().nbytes()).then_some(bytes)
    }

    /// What gathers the payload strip by strip, if it doesn't lie in memory as it will in the file.
    pub(super) fn gatherer(&self) -> Option<Box<dyn Gatherer + '_>> {
        self.source.gatherer(self.header())
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
        sink(self.npy())?;
        let mut left = self.header().nbytes();
        self.source.write(self.header(), &mut |bytes| {
            left = left.checked_sub(bytes.len()).ok_or_else(wrong_length)?;
            sink(bytes)
        })?;
        if left > 0 { Err(wrong_length()) } else { Ok(()) }
    }
}

/// The headers of many arrays: those of one dtype and shape have the same bytes.
#[derive(Default)]
pub(crate) struct Headers {
    all: HashMap<Header, Arc<NpyHeader>>,
    /// The last one, which the next is mostly like.
    last: Option<Arc<NpyHeader>>,
}

impl Headers {
    pub(crate) fn entry<'a>(
        &mut self,
        member: Cow<'a, str>,
        source: &'a dyn ArraySource,
        options: &SaveOptions,
    ) -> Result<Entry<'a>> {
        let npy = source.header(options.byte_order, options.keep_order).and_then(|header| {
            match &self.last {
                Some(last) if last.header == header => Ok(Arc::clone(last)),
                _ => self.look_up(header),
            }
        });
        match npy {
            Ok(npy) => Ok(Entry { member, npy, source }),
            Err(error) => Err(error.with_entry(entry::key(&member))),
        }
    }

    fn look_up(&mut self, header: Header) -> Result<Arc<NpyHeader>> {
        let npy = match self.all.get(&header) {
            Some(npy) => Arc::clone(npy),
            None => {
                let npy = NpyHeader::new(header.clone())?;
                self.all.insert(header, Arc::clone(&npy));
                npy
            }
        };
        self.last = Some(Arc::clone(&npy));
        Ok(npy)
    }
}

/// A type's `encode` and its `dtype` disagree, which would tear the archive.
#[cold]
pub(super) fn wrong_length() -> Error {
    let message = "the element type encodes another number of bytes than its dtype says";
    Error::new(ErrorKind::Corrupt, message)
}
