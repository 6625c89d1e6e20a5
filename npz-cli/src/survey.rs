//! The statistics of a file's entries.

use npz_core::{AnyArray, Error, Result};

use crate::progress::Progress;
use crate::scan;
use crate::source::{Entry, Source};
use crate::statistics::{self, Blocks, Numbers, Summary};

/// Packed arrays up to this size are unpacked once and kept for the second pass.
const KEPT_BYTES: u64 = 16 << 20;

/// What is known of an entry's values.
#[derive(Debug)]
pub(crate) enum Findings {
    /// Of the array, or of each of its records' fields.
    Summaries(Vec<Summary>),
    /// There are no values to look at, and why.
    None(&'static str),
    /// They can't be read.
    Error(Error),
}

/// Finds out about the entries at `indices`, in this order. If `bins`, with histograms of at most
/// so many bins.
pub(crate) fn survey(
    source: &Source,
    indices: &[usize],
    bins: Option<&(dyn Fn(&Numbers) -> usize + Sync)>,
) -> Vec<Findings> {
    let size = |&index: &usize| source.entries().get(index).and_then(Entry::nbytes).unwrap_or(0);
    let passes = if bins.is_some() { 2 } else { 1 };
    let total = indices.iter().map(size).fold(0_u64, u64::saturating_add);
    let progress = Progress::new(total.saturating_mul(passes));
    scan::for_each(indices.len(), |at| {
        let index = indices.get(at).copied().unwrap_or(usize::MAX);
        look(source, index, bins, &progress).unwrap_or_else(Findings::Error)
    })
}

fn look(
    source: &Source,
    index: usize,
    bins: Option<&(dyn Fn(&Numbers) -> usize + Sync)>,
    progress: &Progress,
) -> Result<Findings> {
    let Some(entry) = source.entries().get(index) else { return Ok(Findings::None("no entry")) };
    if let Some(error) = &entry.error {
        return Err(crate::source::copy(error));
    }
    let Some(header) = &entry.header else { return Ok(Findings::None("no array")) };
    if header.dtype().has_object() {
        return Ok(Findings::None("Python objects, never opened"));
    }
    let logical = entry.logical_dtype.as_deref();
    let packed = entry.data_offset.is_none();
    let kept = if packed && bins.is_some() && entry.nbytes().is_some_and(|n| n <= KEPT_BYTES) {
        Some(source.read(index)?)
    } else {
        None
    };
    let array: &dyn Blocks = match &kept {
        Some(array) => array,
        None => &InFile { source, index },
    };
    let bins = bins.map(|bins| bins as &dyn Fn(&Numbers) -> usize);
    let read = |bytes| progress.add(bytes);
    let found = statistics::summarize(header.dtype(), logical, array, bins, &read)?;
    Ok(match found {
        Some(summaries) => Findings::Summaries(summaries),
        None => Findings::None("records of too many fields"),
    })
}

/// An array that is read block by block.
pub(crate) struct InFile<'s> {
    pub(crate) source: &'s Source,
    pub(crate) index: usize,
}

impl Blocks for InFile<'_> {
    fn blocks(&self, items: usize) -> Result<Box<dyn Iterator<Item = Result<AnyArray>> + '_>> {
        self.source.pieces(self.index, items)
    }
}
