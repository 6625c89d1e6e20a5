//! What `--json` prints, field by field. `docs/cli.md` tells what they mean.

use std::borrow::Cow;
use std::collections::BTreeMap;

use npz_core::{Error, Order};
use serde::{Serialize, Serializer};

use crate::error::{kind, message};
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

/// Entries of which no more is printed than every command does. One is made at a time: there may be
/// very many.
#[derive(Debug)]
pub(crate) struct JsonEntries<'a>(pub(crate) &'a [&'a Entry]);

impl Serialize for JsonEntries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|entry| JsonEntry::new(entry)))
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
        let header = entry.header.as_ref();
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
