//! Archives that `np.load` opens and the strict reader refuses, by way of the `zip` crate.
//!
//! It finds the directory behind prefixes, before trailing bytes and among several end records,
//! and unpacks what we have no decoder for. What is stored or deflated is read by our own code,
//! with all its checks but those of the framing.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use zip::ZipArchive;

use super::archive::Facts;
use super::directory::check_total;
use super::entry;
use super::method::Method;
use super::open::{Located, check_sizes};
use super::record::flag;
use super::stream::{Bytes, Packed};
use crate::error::{Error, ErrorKind, Result};
use crate::io::read_at::{Cursor, ReadAt};
use crate::limits::Limits;
use crate::options::LoadOptions;

/// Unpacked bytes read at a time.
const CHUNK_BYTES: u64 = 256 << 10;

type Source<'r> = Cursor<Arc<dyn ReadAt + 'r>>;

/// The index of an archive, as the `zip` crate reads it.
pub(crate) struct Lenient<'r> {
    archive: ZipArchive<Source<'r>>,
    entries: Vec<Member>,
    by_member: HashMap<String, usize>,
}

struct Member {
    name: String,
    method: Method,
    crc: u32,
    packed_size: u64,
    size: u64,
}

impl<'r> Lenient<'r> {
    pub(crate) fn open(source: Arc<dyn ReadAt + 'r>, options: &LoadOptions) -> Result<Self> {
        let limits = &options.limits;
        let cursor =
            Cursor::new(source).map_err(|error| Error::io("find the archive's size", error))?;
        let archive = ZipArchive::new(cursor)
            .map_err(|error| corrupt(format!("not an npz file: {error}")).with_source(error))?;
        if archive.len() > limits.entries {
            let message = format!(
                "the archive has {} entries, more than the {} allowed (Limits::entries)",
                archive.len(),
                limits.entries
            );
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let mut entries = Vec::new();
        for index in 0..archive.len() {
            let data = archive.by_index_data(index).map_err(|error| damaged(index, error))?;
            let utf8 = data.flags().as_u16() & flag::UTF8 != 0;
            let name = entry::decode(data.name_raw(), utf8)
                .ok_or_else(|| corrupt(format!("the name of entry {index} is not UTF-8")))?;
            if options.utf8_names {
                entry::check_decoded(&name, utf8)?;
            }
            entries.push(Member {
                name: name.into_owned(),
                method: method(data.compression()),
                crc: data.crc32(),
                packed_size: data.compressed_size(),
                size: data.size(),
            });
        }
        check_total(entries.iter().map(|entry| entry.size), limits)?;
        let by_member =
            entries.iter().enumerate().map(|(at, entry)| (entry.name.clone(), at)).collect();
        Ok(Self { archive, entries, by_member })
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn facts(&self, index: usize) -> Facts<'_> {
        let entry = &self.entries[index];
        Facts {
            method: entry.method,
            crc: entry.crc,
            packed_size: entry.packed_size,
            size: entry.size,
            marks: &[],
        }
    }

    pub(crate) fn member(&self, index: usize) -> &str {
        &self.entries[index].name
    }

    pub(crate) fn key(&self, index: usize) -> &str {
        let member = &self.entries[index].name;
        let key = entry::key(member);
        if self.by_member.contains_key(key) { member } else { key }
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let find = |name: &str| self.by_member.get(name).copied();
        find(name).or_else(|| find(&entry::member(name)))
    }

    /// Finds an entry's bytes; those of a foreign method are unpacked into memory here.
    pub(crate) fn locate<'a>(
        &'a self,
        index: usize,
        source: &'a dyn ReadAt,
        limits: &Limits,
    ) -> Result<Located<'a>> {
        let mut archive = self.archive.clone();
        let (entry, facts) = (&self.entries[index], self.facts(index));
        if let Method::Other(_) = entry.method {
            check_built_in(entry.method)?;
            check_sizes(facts, limits)?;
            let bytes = unpack(&mut archive, index, entry.size)?;
            let packed = Packed::new(source, Bytes::from_vec(bytes), 0..0);
            return Ok(Located::new(facts, packed, 0));
        }
        let file = archive.by_index_raw(index).map_err(|error| damaged(index, error))?;
        if file.encrypted() {
            let message = "it is encrypted; decrypt the archive with another program";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let start = file.data_start().ok_or_else(|| corrupt("its local header is damaged"))?;
        let end = start.saturating_add(entry.packed_size);
        Ok(Located::new(facts, Packed::new(source, Bytes::default(), start..end), start))
    }
}

#[expect(deprecated, reason = "the only way to the number of a method that isn't built in")]
fn method(method: zip::CompressionMethod) -> Method {
    Method::from_code(method.to_u16())
}

/// Says which feature a method needs, if it is one that has a feature.
fn check_built_in(method: Method) -> Result<()> {
    let feature = match method {
        Method::Other(12) if !cfg!(feature = "bzip2") => "bzip2",
        Method::Other(14) if !cfg!(feature = "lzma") => "lzma",
        Method::Other(93) if !cfg!(feature = "zstd") => "zstd",
        _ => return Ok(()),
    };
    let message =
        format!("it is compressed by {method}, which needs npz-core's feature `{feature}`");
    Err(Error::new(ErrorKind::Unsupported, message))
}

fn unpack(archive: &mut ZipArchive<Source<'_>>, index: usize, most: u64) -> Result<Vec<u8>> {
    let mut file = archive.by_index(index).map_err(|error| damaged(index, error))?;
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < most {
        let count = CHUNK_BYTES.min(most - bytes.len() as u64);
        let read = file.by_ref().take(count).read_to_end(&mut bytes);
        let read = read.map_err(|error| {
            corrupt(format!("can't unpack the entry: {error}")).with_source(error)
        })?;
        if read == 0 {
            let message = "the compressed data end before the entry's declared size";
            return Err(Error::new(ErrorKind::Truncated, message));
        }
    }
    Ok(bytes)
}

#[cold]
fn corrupt(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Corrupt, message)
}

#[cold]
fn damaged(index: usize, error: zip::result::ZipError) -> Error {
    use zip::result::ZipError;
    let kind = match &error {
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            ErrorKind::Unsupported
        }
        ZipError::Io(_) => ErrorKind::Io,
        _ => ErrorKind::Corrupt,
    };
    Error::new(kind, format!("can't read entry {index} of the archive: {error}")).with_source(error)
}
