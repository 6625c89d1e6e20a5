//! Much of a source at once: in large pieces, on several threads.

use super::pages;
use super::parallel;
use super::read_at::{ReadAt, fill};
use crate::element::whole_units;
use crate::error::Result;
use crate::options;

/// Read by one thread at a time: so many that it costs nothing to go for the next, and so few that
/// threads end together.
pub(crate) const PIECE_BYTES: usize = 2 << 20;

/// From here on a second thread saves more than its start costs.
pub(crate) const PARALLEL_BYTES: usize = 4 << 20;

/// Worked on at a time, and read by one call where calls are cheap: it stays in the cache from the
/// first look at it to the last.
const HOT_BYTES: usize = 256 << 10;

/// Where the bytes of a large buffer come from: the first ones are in memory already, the others
/// stand in a source.
pub(crate) struct Bulk<'a> {
    pub(crate) source: &'a dyn ReadAt,
    pub(crate) ready: &'a [u8],
    /// Where in the source those behind `ready` stand.
    pub(crate) offset: u64,
    /// As many threads as are asked for, 0 for as many as help.
    pub(crate) threads: usize,
}

impl Bulk<'_> {
    /// Fills `buf`, and calls `each` with parts of it, all of it once, right after they were read: where
    /// reads are cheap, while they are in the cache. A part has whole units of `unit` bytes, counted
    /// from the start. What `each` gives comes in the order of the parts, and is the same for any
    /// number of threads.
    ///
    /// # Errors
    /// Those of the source and of `each`, the first in the order of the parts.
    pub(crate) fn read<R: Send>(
        &self,
        buf: &mut [u8],
        unit: usize,
        each: impl Fn(&mut [u8]) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        let piece_bytes = whole_units(PIECE_BYTES, unit);
        let part_bytes = match self.source.reads_are_cheap() {
            true => whole_units(HOT_BYTES, unit),
            false => piece_bytes,
        };
        let threads = self.threads(buf.len()).min(buf.len().div_ceil(piece_bytes));
        let starts = (0..).step_by(piece_bytes);
        let pieces = starts.zip(buf.chunks_mut(piece_bytes));
        let results = parallel::map(threads, pieces, |(mut start, piece)| {
            pages::populate(piece);
            let read = |part: &mut [u8]| {
                self.fill(part, start)?;
                start += part.len();
                each(part)
            };
            piece.chunks_mut(part_bytes).map(read).collect::<Result<Vec<R>>>()
        })?;
        Ok(results.into_iter().flatten().collect())
    }

    fn threads(&self, bytes: usize) -> usize {
        if bytes < PARALLEL_BYTES || !self.source.reads_in_parallel() {
            return 1;
        }
        options::threads(self.threads)
    }

    /// Fills a part that stands at `start`.
    fn fill(&self, part: &mut [u8], start: usize) -> Result<()> {
        let ready = self.ready.get(start..).unwrap_or_default();
        let (ready, _) = ready.split_at(ready.len().min(part.len()));
        let (head, tail) = part.split_at_mut(ready.len());
        head.copy_from_slice(ready);
        let ahead = (start + ready.len()).saturating_sub(self.ready.len());
        fill(self.source, tail, self.offset.saturating_add(ahead as u64))
    }
}

/// The parts of a piece, each of whole units, that stay in the cache while they are worked on.
pub(crate) fn hot_parts(piece: &mut [u8], unit: usize) -> impl Iterator<Item = &mut [u8]> {
    piece.chunks_mut(whole_units(HOT_BYTES, unit))
}
