//! One entry of an archive, as the directory lists it.

use std::ops::{Deref, Range};

use super::LENIENT;
use super::central::{Widened, plain_name};
use crate::error::{Error, ErrorKind, Result};
use crate::npz::entry;
use crate::npz::method::Method;
use crate::npz::record::{LocalHeader, flag};

/// What the directory says of an entry in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(super) needed: u16,
    pub(super) flags: u16,
    pub(super) method: Method,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    pub(super) offset: u64,
    pub(super) end: u64,
    pub(super) widened: Widened,
}

impl Numbers {
    pub(crate) fn method(&self) -> Method {
        self.method
    }

    /// The CRC-32 of the uncompressed bytes.
    pub(crate) fn crc(&self) -> u32 {
        self.crc
    }

    /// How many bytes it takes in the file, without headers.
    pub(crate) fn compressed_size(&self) -> u64 {
        self.compressed
    }

    /// How many bytes it has uncompressed, npy header included.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Its part of the file: local header, data and, if there is one, data descriptor.
    pub(crate) fn span(&self) -> Range<u64> {
        self.offset..self.end
    }

    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & flag::DESCRIPTOR != 0
    }
}

/// One entry of an archive, where the directory has it in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'d> {
    /// The name, if it isn't `raw_name` itself.
    pub(super) decoded: Option<&'d str>,
    /// The name as it stands in the file.
    pub(super) raw_name: &'d [u8],
    pub(super) numbers: Numbers,
    /// Where its segments are said to start, see `deflate::marks`; empty if it isn't said.
    pub(crate) marks: &'d [u8],
}

impl Deref for Entry<'_> {
    type Target = Numbers;

    fn deref(&self) -> &Numbers {
        &self.numbers
    }
}

impl<'d> Entry<'d> {
    /// The member's name, with its `.npy`.
    pub(crate) fn name(&self) -> &'d str {
        self.decoded.unwrap_or_else(|| plain_name(self.raw_name))
    }

    /// Whether the space up to the next thing is no smaller than what the entry takes, and no
    /// larger than extra fields and a data descriptor can explain; else what is wrong with it.
    #[inline]
    pub(super) fn check_span(&self) -> Result<()> {
        match span_fault(&self.numbers, self.raw_name.len()) {
            None => Ok(()),
            Some(fault) => Err(self.wrong_span(fault)),
        }
    }

    #[cold]
    fn wrong_span(&self, fault: SpanFault) -> Error {
        let problem = match fault {
            SpanFault::TooLong => {
                format!("they are too far apart for its size of {} bytes", self.compressed)
            }
            SpanFault::TooShort => {
                format!("it overlaps what follows, with its size of {} bytes", self.compressed)
            }
        };
        let message = format!(
            "it starts at byte {} of the file and the next thing at byte {}: {problem}{LENIENT}",
            self.offset, self.end
        );
        self.at_open(ErrorKind::Corrupt, message)
    }

    /// An error of this entry that is found before users see it.
    /// Refuses a name that programs decode in different ways.
    pub(crate) fn check_decoded(&self) -> Result<()> {
        entry::check_decoded(self.name(), self.flags & flag::UTF8 != 0)
    }

    pub(super) fn at_open(&self, kind: ErrorKind, message: String) -> Error {
        Error::new(kind, message).with_entry(entry::key(self.name()))
    }

    pub(super) fn named(&self, error: Error) -> Error {
        error.with_entry(entry::key(self.name()))
    }
}

/// What is wrong with the space up to the next thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpanFault {
    TooLong,
    TooShort,
}

/// What is wrong with the space that an entry has, whose name takes `name` bytes.
#[inline]
pub(super) fn span_fault(entry: &Numbers, name: usize) -> Option<SpanFault> {
    let descriptor = entry.has_descriptor();
    let least = (LocalHeader::LEN + name) as u64 + if descriptor { 12 } else { 0 };
    let slack = u64::from(u16::MAX) + if descriptor { 24 - 12 } else { 0 };
    let space = entry.end.saturating_sub(entry.offset);
    match space.checked_sub(least).and_then(|space| space.checked_sub(entry.compressed)) {
        Some(rest) if rest <= slack => None,
        Some(_) => Some(SpanFault::TooLong),
        None => Some(SpanFault::TooShort),
    }
}

/// An entry with memory of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(super) name: Box<str>,
    /// The name's bytes in the file, if they aren't those of `name`.
    pub(super) raw_name: Option<Box<[u8]>>,
    pub(super) numbers: Numbers,
    pub(super) marks: Box<[u8]>,
}

impl Kept {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn method(&self) -> Method {
        self.numbers.method
    }

    pub(crate) fn entry(&self) -> Entry<'_> {
        let decoded = self.raw_name.as_ref().map(|_| &*self.name);
        let raw_name = self.raw_name.as_deref().unwrap_or(self.name.as_bytes());
        Entry { decoded, raw_name, numbers: self.numbers, marks: &self.marks }
    }
}

/// Where the parts of an entry are in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    /// Its packed bytes.
    pub(crate) data: Range<u64>,
    /// The data descriptor, for [`Entry::check_descriptor`]; empty if there is none.
    pub(crate) descriptor: Range<u64>,
}
