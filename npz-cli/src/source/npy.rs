//! The arrays of a `.npy` file: one, or several one behind the other.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use npz_core::{Error, ErrorKind, RawArray, ReadAt, Result};

use super::{Entry, Input, Kind, Name, Opened, Options, system};

const MAGIC: &[u8] = b"\x93NUMPY";

pub(super) fn open(file: &Input, size: u64, path: &Path, options: &Options) -> Result<Opened> {
    // The first one is what the file is; it has to be sound.
    let first = RawArray::from_npy(file.clone(), 0, &options.load)?;
    let mut found = vec![(0, Ok(first))];
    let mut at = end(&found);
    // Of Python objects only the pickle knows where they end.
    while let Some(start) = at.filter(|&start| start < size) {
        if is_array(file, start, size)? {
            found.push((start, RawArray::from_npy(file.clone(), start, &options.load)));
            at = end(&found);
            continue;
        }
        // NumPy loads the arrays before it, and fails if it is asked for one more.
        if !options.lenient {
            let message = format!(
                "{} bytes follow the array that are no npy file; np.load may pass over them: try \
                 --lenient",
                size - start
            );
            found.push((start, Err(Error::new(ErrorKind::Corrupt, message).with_offset(start))));
        }
        break;
    }
    let lone = found.len() == 1;
    let mut entries = Vec::new();
    let mut arrays = Vec::new();
    for (index, (start, array)) in found.into_iter().enumerate() {
        let (array, error) = match array {
            Ok(array) => (Some(array), None),
            Err(error) => (None, Some(error.with_path(path).with_entry(index.to_string()))),
        };
        entries.push(entry((!lone).then(|| index.to_string()), start, array.as_ref(), error));
        arrays.push(array);
    }
    Ok(Opened::raw(entries, BTreeMap::new(), arrays))
}

/// Whether an npy file starts there.
fn is_array(file: &Input, start: u64, size: u64) -> Result<bool> {
    let mut head = [0; MAGIC.len()];
    if size - start < head.len() as u64 {
        return Ok(false);
    }
    file.read_exact_at(&mut head, start).map_err(|error| system("read the file", error))?;
    Ok(head == MAGIC)
}

/// The bytes of an npy file's header, with its magic and length.
pub(super) fn header_len(bytes: &[u8]) -> usize {
    let (prefix, len) = match bytes.get(6..).unwrap_or_default() {
        [1, _, a, b, ..] => (10, u32::from(u16::from_le_bytes([*a, *b]))),
        [_, _, a, b, c, d, ..] => (12, u32::from_le_bytes([*a, *b, *c, *d])),
        _ => (0, 0),
    };
    usize::try_from(len).unwrap_or(usize::MAX).saturating_add(prefix)
}

/// Where the last array ends.
fn end(found: &[(u64, Result<RawArray<'static>>)]) -> Option<u64> {
    let (_, array) = found.last()?;
    let array = array.as_ref().ok()?;
    let header = array.header();
    if header.dtype().has_object() {
        return None;
    }
    array.offset().checked_add(header.nbytes() as u64)
}

fn entry(
    name: Option<String>,
    start: u64,
    array: Option<&RawArray<'static>>,
    error: Option<Error>,
) -> Entry {
    let header = array.map(|array| Arc::new(array.header().clone()));
    let stored = array.and_then(|array| {
        let header = array.header();
        let data = (!header.dtype().has_object()).then_some(header.nbytes() as u64)?;
        Some(array.offset() - start + data)
    });
    Entry {
        names: name.map_or(Name::NONE, Name::of_entry),
        kind: Kind::Array,
        header,
        logical_dtype: None,
        method: None,
        unpacked_nbytes: stored,
        stored_nbytes: stored,
        data_offset: array.map(RawArray::offset),
        crc32: None,
        error,
    }
}
