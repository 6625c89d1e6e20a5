//! The entries of an archive.

use std::collections::BTreeMap;
use std::path::Path;

use npz_core::{Error, Heading, NpzReader, Result};

use super::{Entry, Input, Kind, METADATA, Name, Opened, Options, Reader, copy};

pub(super) fn open(file: Input, path: &Path, options: &Options) -> Result<Opened> {
    let reader = NpzReader::new_with(file, &options.load)?;
    // Damaged metadata leave the arrays as they are.
    let (metadata, fault) = match reader.metadata() {
        Ok(metadata) => (metadata.clone(), None),
        Err(error) => (BTreeMap::new(), Some(error.with_path(path))),
    };
    // Without such an entry, nothing says more than the headers.
    let has_more = fault.is_none() && reader.contains(METADATA);
    let mut entries = Vec::new();
    let mut described = Vec::new();
    for (listed, heading) in reader.headings().with_metadata() {
        let heading = heading.map_err(|error| error.with_path(path));
        if listed.name() == METADATA {
            let fault = fault.as_ref().map(copy);
            let entry = entry(&listed, fault.map_or(heading, Err), None);
            described.push((entries.len(), entry));
            continue;
        }
        // What damaged metadata say isn't asked for again and again.
        let logical = if has_more { listed.logical_dtype().ok().flatten() } else { None };
        entries.push(entry(&listed, heading, logical));
    }
    let reader = Reader::Npz(Box::new(reader));
    Ok(Opened { entries, described, metadata, reader })
}

fn entry(
    listed: &npz_core::Entry<'_>,
    heading: Result<Heading, Error>,
    logical: Option<&str>,
) -> Entry {
    let (heading, error) = match heading {
        Ok(heading) => (Some(heading), None),
        Err(error) => (None, Some(error)),
    };
    let data_offset = heading.as_ref().and_then(Heading::data_offset);
    let header = heading.and_then(Heading::into_header);
    let is_bytes = header.is_none() && error.is_none();
    Entry {
        names: Name::of_member(listed.member(), listed.name()),
        kind: if is_bytes { Kind::Bytes } else { Kind::Array },
        logical_dtype: logical.map(Into::into),
        header,
        method: Some(listed.method()),
        unpacked_nbytes: Some(listed.size()),
        stored_nbytes: Some(listed.packed_size()),
        data_offset,
        crc32: Some(listed.crc32()),
        error,
    }
}
