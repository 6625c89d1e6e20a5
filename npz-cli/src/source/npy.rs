//! The arrays of a `.npy` file: one, or several one behind the other.

use std::collections::BTreeMap;

use npz_core::{Error, LoadOptions, RawArray, ReadAt, Result};

use super::{Entry, Input, Kind, Reader, system};

const MAGIC: &[u8] = b"\x93NUMPY";

pub(super) fn open(
    file: &Input,
    size: u64,
    options: &LoadOptions,
) -> Result<(Vec<Entry>, BTreeMap<String, String>, Reader)> {
    // The first one is what the file is; it has to be sound.
    let first = RawArray::from_npy(file.clone(), 0, options)?;
    let mut found = vec![(0, Ok(first))];
    let mut at = end(&found);
    // Of Python objects only the pickle knows where they end.
    while let Some(start) = at {
        let left = size.saturating_sub(start);
        let mut head = [0; MAGIC.len()];
        if left < head.len() as u64 {
            break;
        }
        file.read_exact_at(&mut head, start).map_err(|error| system("read the file", error))?;
        // `np.load` passes over whatever else follows an array.
        if head != MAGIC {
            break;
        }
        found.push((start, RawArray::from_npy(file.clone(), start, options)));
        at = end(&found);
    }
    let lone = found.len() == 1;
    let mut entries = Vec::new();
    let mut arrays = Vec::new();
    for (index, (start, array)) in found.into_iter().enumerate() {
        let (array, error) = match array {
            Ok(array) => (Some(array), None),
            Err(error) => (None, Some(error.with_entry(index.to_string()))),
        };
        entries.push(entry((!lone).then(|| index.to_string()), start, array.as_ref(), error));
        arrays.push(array);
    }
    Ok((entries, BTreeMap::new(), Reader::Raw(arrays)))
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
    let header = array.map(|array| array.header().clone());
    let stored = array.and_then(|array| {
        let header = array.header();
        let data = (!header.dtype().has_object()).then_some(header.nbytes() as u64)?;
        Some(array.offset() - start + data)
    });
    Entry {
        name,
        member: None,
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
