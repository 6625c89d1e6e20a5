//! The entries of an archive.

use std::collections::BTreeMap;
use std::path::Path;

use npz_core::{NpzReader, Result};

use super::{Entry, Input, Kind, Options, Reader};

type Opened = (Vec<Entry>, BTreeMap<String, String>, Reader);

pub(super) fn open(file: Input, path: &Path, options: &Options) -> Result<Opened> {
    let reader = NpzReader::new_with(file, &options.load)?;
    // Damaged metadata leave the arrays as they are.
    let metadata = reader.metadata().cloned().unwrap_or_default();
    let entries = reader.headings().map(|(entry, heading)| {
        let (heading, error) = match heading {
            Ok(heading) => (Some(heading), None),
            Err(error) => (None, Some(error.with_path(path))),
        };
        let header = heading.as_ref().and_then(|heading| heading.header().cloned());
        let is_bytes = header.is_none() && error.is_none();
        Entry {
            name: Some(entry.name().to_owned()),
            member: Some(entry.member().to_owned()),
            kind: if is_bytes { Kind::Bytes } else { Kind::Array },
            logical_dtype: reader.logical_dtype(entry.name()).ok().flatten().map(str::to_owned),
            header,
            method: Some(entry.method()),
            unpacked_nbytes: Some(entry.size()),
            stored_nbytes: Some(entry.packed_size()),
            data_offset: heading.as_ref().and_then(npz_core::Heading::data_offset),
            crc32: Some(entry.crc32()),
            error,
        }
    });
    let entries = entries.collect();
    Ok((entries, metadata, Reader::Npz(Box::new(reader))))
}
