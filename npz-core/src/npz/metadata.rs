//! The entry `__metadata__`: what the arrays' own headers can't say.

use std::collections::BTreeMap;

use ndarray::Array1;
use serde_json::{Map, Value};

use super::entry::METADATA;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// The user's strings.
const STRINGS: &str = "metadata";

/// The names of dtypes that are written as another one, by entry.
const DTYPES: &str = "dtypes";

/// The levels of names that stand for others, and which: what several fields share is in the
/// archive once.
const ALIASES: &str = "aliases";

/// The version of the struct that was saved.
const VERSION: &str = "version";

/// What the entry of an archive says, or will say; the [crate docs](crate#metadata) have its form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) strings: BTreeMap<String, String>,
    pub(crate) dtypes: BTreeMap<String, String>,
    pub(crate) aliases: BTreeMap<String, String>,
    pub(crate) version: Option<u64>,
    /// What another version has written, to be kept.
    pub(crate) others: Map<String, Value>,
}

impl Metadata {
    /// The entry's data, unless there is nothing to say. The same metadata make the same bytes.
    ///
    /// # Errors
    /// If they are more than is read again.
    pub(crate) fn to_array(&self) -> Result<Option<Array1<u8>>> {
        let limit = Limits::default().metadata_bytes;
        match self.encode() {
            Some(bytes) if bytes.len() > limit => {
                let message = format!(
                    "the metadata take {} bytes, and no more than {limit} are read again \
                     (Limits::metadata_bytes); save what is large as an array",
                    bytes.len()
                );
                Err(Error::new(ErrorKind::Limit, message).with_entry(METADATA))
            }
            bytes => Ok(bytes.map(Array1::from)),
        }
    }

    fn encode(&self) -> Option<Vec<u8>> {
        let parts = [(ALIASES, &self.aliases), (DTYPES, &self.dtypes), (STRINGS, &self.strings)];
        let said = parts.into_iter().filter(|(_, strings)| !strings.is_empty());
        let object = |strings: &BTreeMap<String, String>| {
            let pairs = strings.iter().map(|(key, value)| (key.clone(), value.as_str().into()));
            Value::Object(pairs.collect())
        };
        let mut all = self.others.clone();
        all.extend(said.map(|(key, strings)| (key.to_owned(), object(strings))));
        all.extend(self.version.map(|version| (VERSION.to_owned(), version.into())));
        (!all.is_empty()).then(|| Value::Object(all).to_string().into_bytes())
    }

    /// What the entry's data say. What is not known here was written by another version, and is
    /// passed over, though not lost.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        // serde_json stops at 128 levels.
        let value: Value = serde_json::from_slice(bytes).map_err(|error| {
            fault(format!("expected JSON, found something else: {error}")).with_source(error)
        })?;
        let Value::Object(mut all) = value else {
            return Err(fault("expected a JSON object, found another value"));
        };
        let version = all.remove(VERSION).map(|version| {
            let message = || format!("expected a whole number under {VERSION:?}, found {version}");
            version.as_u64().ok_or_else(|| fault(message()))
        });
        let mut take = |key: &str| all.remove(key).map_or(Ok(BTreeMap::new()), |v| strings(key, v));
        Ok(Self {
            strings: take(STRINGS)?,
            dtypes: take(DTYPES)?,
            aliases: take(ALIASES)?,
            version: version.transpose()?,
            others: all,
        })
    }
}

/// An object of strings.
fn strings(key: &str, value: Value) -> Result<BTreeMap<String, String>> {
    let Value::Object(pairs) = value else {
        return Err(fault(format!("expected a JSON object under {key:?}, found another value")));
    };
    let pair = |(name, value)| match value {
        Value::String(value) => Ok((name, value)),
        _ => Err(fault(format!("expected a string under {key:?}, {name:?}, found another value"))),
    };
    pairs.into_iter().map(pair).collect()
}

#[cold]
fn fault(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Corrupt, message).with_entry(METADATA)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn written_only_if_there_is_something_to_say() {
        assert_eq!(Metadata::default().to_array().unwrap(), None);
        let all = Metadata {
            strings: map(&[("run", "\"7\"\n"), ("é", "")]),
            dtypes: map(&[("w", "int4")]),
            aliases: map(&[("head", "embed")]),
            version: Some(2),
            others: Map::new(),
        };
        let bytes = all.to_array().unwrap().unwrap().to_vec();
        let text = r#"{"aliases":{"head":"embed"},"dtypes":{"w":"int4"},"metadata":{"run":"\"7\"\n","é":""},"version":2}"#;
        assert_eq!(String::from_utf8(bytes).unwrap(), text);
        assert_eq!(Metadata::from_bytes(text.as_bytes()).unwrap(), all);
    }

    #[test]
    fn what_would_not_be_read_is_not_written() {
        let of = |len| {
            let strings = [("k".to_owned(), "v".repeat(len))].into_iter().collect();
            Metadata { strings, ..Metadata::default() }.to_array()
        };
        let rest = r#"{"metadata":{"k":""}}"#.len();
        let most = Limits::default().metadata_bytes - rest;
        assert_eq!(of(most).unwrap().unwrap().len(), Limits::default().metadata_bytes);
        assert_eq!(of(most + 1).unwrap_err().kind(), ErrorKind::Limit);
    }

    #[test]
    fn what_is_unknown_is_passed_over_and_kept() {
        let text = br#" {"colour": 3, "authors": {"a": "b"}, "metadata": {"k": "v"}} "#;
        let metadata = Metadata::from_bytes(text).unwrap();
        assert_eq!(metadata.strings, map(&[("k", "v")]));
        let kept = br#"{"authors":{"a":"b"},"colour":3,"metadata":{"k":"v"}}"#;
        assert_eq!(metadata.to_array().unwrap().unwrap().to_vec(), kept);
        assert_eq!(Metadata::from_bytes(b"{}").unwrap(), Metadata::default());
    }

    #[test]
    fn what_is_broken_is_named() {
        let deep = "[".repeat(100_000);
        for (text, said) in [
            ("", "expected JSON"),
            ("{\"metadata\": {\"k\": \"v\"}", "expected JSON"),
            ("\u{0}", "expected JSON"),
            (&deep, "recursion limit"),
            ("[]", "expected a JSON object, found"),
            ("{\"dtypes\": []}", "expected a JSON object under \"dtypes\""),
            ("{\"version\": -1}", "expected a whole number under \"version\", found -1"),
            ("{\"metadata\": {\"k\": 1}}", "expected a string under \"metadata\", \"k\""),
        ] {
            let error = Metadata::from_bytes(text.as_bytes()).unwrap_err();
            assert_eq!((error.kind(), error.entry()), (ErrorKind::Corrupt, Some(METADATA)));
            assert!(error.to_string().contains(said), "{error}");
        }
    }
}
