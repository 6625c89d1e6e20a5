//! The entries of an archive.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use npz_core::{Error, Heading, NpzReader, Result};

use super::{Entry, Input, Kind, Listing, METADATA, Name, Opened, Options, Reader, copy};

/// An archive, and what its metadata say.
pub(super) struct Archive {
    pub(super) reader: NpzReader<'static>,
    path: PathBuf,
    /// Why the metadata can't be read. That leaves the arrays as they are.
    fault: Option<Error>,
}

pub(super) fn open(file: Input, path: &Path, options: &Options) -> Result<Opened> {
    let reader = NpzReader::new_with(file, &options.load)?;
    let (metadata, fault) = match reader.metadata() {
        Ok(metadata) => (metadata.clone(), None),
        Err(error) => (BTreeMap::new(), Some(error.with_path(path))),
    };
    let archive = Archive { reader, path: path.to_owned(), fault };
    Ok(Opened { listing: OnceLock::new(), metadata, reader: Reader::Npz(Box::new(archive)) })
}

impl Archive {
    /// Passes all members by, `__metadata__` marked by `true`, until one fails.
    pub(super) fn walk<E>(
        &self,
        mut look: impl FnMut(Entry, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        // Without such an entry, nothing says more than the headers; what damaged ones say isn't
        // asked for again and again.
        let has_more = self.fault.is_none() && self.reader.contains(METADATA);
        self.reader.headings().with_metadata().visit(|listed, heading| {
            let heading = heading.map_err(|error| error.with_path(&self.path));
            if listed.name() == METADATA {
                let fault = self.fault.as_ref().map(copy);
                return look(entry(&listed, fault.map_or(heading, Err), None), true);
            }
            let logical = if has_more { listed.logical_dtype().ok().flatten() } else { None };
            look(entry(&listed, heading, logical), false)
        })
    }

    pub(super) fn list(&self) -> Listing {
        let mut listing = Listing::default();
        let keep = |entry, describes| {
            match describes {
                true => listing.described.push((listing.entries.len(), entry)),
                false => listing.entries.push(entry),
            }
            Ok::<(), Infallible>(())
        };
        let Ok(()) = self.walk(keep);
        listing
    }
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
