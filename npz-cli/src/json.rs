//! What `--json` prints, field by field. `docs/cli.md` tells what they mean.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use npz_core::{Error, Order};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use crate::error::{Status, kind, message};
use crate::source::{Entry, Kind, Source};

/// An error, in place of what couldn't be read.
#[derive(Debug, Serialize)]
pub(crate) struct JsonError {
    kind: &'static str,
    entry: Option<String>,
    offset: Option<u64>,
    message: String,
}

impl JsonError {
    pub(crate) fn new(error: &Error) -> Self {
        Self {
            kind: kind(error.kind()),
            entry: error.entry().map(str::to_owned),
            offset: error.offset(),
            message: message(error),
        }
    }
}

/// A file that can't be read.
#[derive(Debug, Serialize)]
pub(crate) struct JsonUnreadable<'a> {
    pub(crate) file: &'a str,
    pub(crate) error: JsonError,
}

/// A file and what is in it.
#[derive(Debug, Serialize)]
pub(crate) struct JsonFile<'a, E> {
    pub(crate) file: &'a str,
    pub(crate) format: &'static str,
    pub(crate) entries: E,
    pub(crate) metadata: &'a BTreeMap<String, String>,
}

impl<'a, E> JsonFile<'a, E> {
    pub(crate) fn new(source: &'a Source, entries: E) -> Self {
        let format = source.format().name();
        Self { file: source.name(), format, entries, metadata: source.metadata() }
    }
}

/// All members of a file, of which no more is printed than every command does. One is looked at
/// after the other: there may be very many.
pub(crate) struct JsonMembers<'a> {
    source: &'a Source,
    /// Whether one can't be read.
    failed: Cell<bool>,
}

impl<'a> JsonMembers<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self { source, failed: Cell::new(false) }
    }

    /// What that was, once it has been printed.
    pub(crate) fn status(&self) -> Status {
        if self.failed.get() { Status::Failed } else { Status::Done }
    }
}

impl Serialize for JsonMembers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(None)?;
        self.source.walk(|entry, _| {
            self.failed.set(self.failed.get() || entry.error.is_some());
            all.serialize_element(&JsonEntry::new(entry))
        })?;
        all.end()
    }
}

/// An entry of a file: what every command that prints entries has of it.
#[derive(Debug, Serialize)]
pub(crate) struct JsonEntry<'a> {
    name: Option<&'a str>,
    member: Option<&'a str>,
    kind: &'static str,
    dtype: Option<String>,
    /// `ml_dtypes`' name, where the dtype doesn't tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_dtype: Option<&'a str>,
    shape: Option<&'a [usize]>,
    fortran_order: Option<bool>,
    method: Cow<'static, str>,
    nbytes: Option<u64>,
    stored_nbytes: Option<u64>,
    data_offset: Option<u64>,
    crc32: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JsonError>,
}

impl<'a> JsonEntry<'a> {
    pub(crate) fn new(entry: &'a Entry) -> Self {
        let header = entry.header.as_deref();
        Self {
            name: entry.name(),
            member: entry.member(),
            kind: match entry.kind {
                Kind::Array => "array",
                Kind::Bytes => "bytes",
            },
            dtype: entry.descr(),
            logical_dtype: entry.logical_dtype.as_deref(),
            shape: header.map(npz_core::Header::shape),
            fortran_order: header.map(|header| header.order() == Order::Fortran),
            method: entry.method_name(),
            nbytes: entry.nbytes(),
            stored_nbytes: entry.stored_nbytes,
            data_offset: entry.data_offset,
            crc32: entry.crc32,
            error: entry.error.as_ref().map(JsonError::new),
        }
    }

    /// The same with an error that came later.
    pub(crate) fn with_error(self, error: Option<JsonError>) -> Self {
        Self { error: self.error.or(error), ..self }
    }
}
