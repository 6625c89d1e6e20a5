//! Small entries, read many at once.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::stream::Bytes;
use crate::error::Result;
use crate::io::read_at::ReadAt;

/// Read at once where small entries follow each other.
const STRETCH_BYTES: u64 = 1 << 20;

/// The same where each is looked at once: as much as stays in the processor's cache.
const ONCE_BYTES: u64 = 64 << 10;

/// Entries up to this size are read whole, headers and data at once.
const SMALL_BYTES: u64 = 64 << 10;

/// The same where only headers are wanted: passing over more takes longer than another call.
const ONCE_SMALL_BYTES: u64 = 8 << 10;

/// What may be passed over and still be called going forward. Wider, and entries in random order
/// would often look so, and cost a stretch each.
const GAP_BYTES: u64 = 64 << 10;

/// As many entries out of order are read one by one. Then it looks as if all of them were wanted.
const SINGLES: usize = 16;

/// Most bytes that are kept between a look at entries' headers and their data, and for entries that
/// come later than others behind them.
const KEPT_BYTES: u64 = 32 << 20;

/// What was read of the file for small entries. Types are mostly saved and loaded in one order, so
/// the next entry is mostly in the stretch that was read last. A map is loaded in the order of its
/// keys, but as a whole: then stretches are read wherever an entry is asked for, and kept for the
/// others in them. What is too much to be kept is read one by one. A load looks at every entry
/// twice, at its header and for its data.
#[derive(Default)]
pub(crate) struct Window {
    kept: Mutex<Kept>,
    once: bool,
}

#[derive(Default)]
struct Kept {
    /// Where the last entry that was asked for ends.
    position: Option<u64>,
    /// By where they start. One may end within an entry; then another begins with it.
    stretches: BTreeMap<u64, Bytes>,
    singles: HashMap<u64, Bytes>,
    /// Entries that were read alone.
    alone: usize,
    /// Bytes in `stretches` and `singles`.
    size: u64,
}

/// Up to which size entries are small.
pub(crate) fn small_bytes(window: Option<&Window>) -> u64 {
    if window.is_some_and(|window| window.once) { ONCE_SMALL_BYTES } else { SMALL_BYTES }
}

impl Window {
    /// For a walk that looks at every entry's headers, once.
    pub(crate) fn once() -> Self {
        Self { once: true, ..Self::default() }
    }

    /// Goes on somewhere else, forward from there.
    pub(crate) fn move_on(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).position = None;
    }

    /// What `look` says of the bytes of `range`, if they were read with what came before.
    pub(crate) fn look<R>(&self, range: &Range<u64>, look: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, stretch) = kept.stretches.range(..=range.start).next_back()?;
        let skip = usize::try_from(range.start - start).ok()?;
        let found = look(stretch.as_slice().get(skip..)?.get(..length(range))?);
        kept.position = Some(range.end);
        Some(found)
    }

    /// Reads `range`, and with it what follows, up to `limit`, if that seems to be wanted.
    pub(crate) fn read(&self, source: &dyn ReadAt, range: Range<u64>, limit: u64) -> Result<Bytes> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.position.replace(range.end);
        if let Some(bytes) = kept.take(&range) {
            return Ok(bytes);
        }
        let forward = before
            .is_none_or(|end| range.end >= end && range.start <= end.saturating_add(GAP_BYTES));
        if forward || kept.alone >= SINGLES {
            let next =
                kept.stretches.range(range.start..).next().map_or(limit, |(start, _)| *start);
            let stretch = if self.once { ONCE_BYTES } else { STRETCH_BYTES };
            let end = range.start.saturating_add(stretch).min(next).min(limit).max(range.end);
            let room = kept.size + (end - range.start) <= KEPT_BYTES;
            if !room && forward {
                // What comes next is worth more than what came before.
                *kept = Kept { position: kept.position, alone: kept.alone, ..Kept::default() };
            }
            if room || forward {
                let spent = if self.once { kept.spend() } else { Bytes::default() };
                let bytes = spent.refill(source, range.start..end)?;
                kept.size += end - range.start;
                kept.stretches.insert(range.start, bytes.clone());
                return Ok(bytes.take(length(&range)));
            }
        }
        let bytes = Bytes::read(source, range.clone())?;
        kept.alone += 1;
        if kept.size + (range.end - range.start) <= KEPT_BYTES {
            kept.size += range.end - range.start;
            kept.singles.insert(range.start, bytes.clone());
        }
        Ok(bytes)
    }
}

impl Kept {
    /// The memory of what came before, which nobody comes back to as long as all went forward.
    fn spend(&mut self) -> Bytes {
        if self.alone > 0 {
            return Bytes::default();
        }
        self.size = 0;
        self.stretches.pop_last().map(|(_, bytes)| bytes).unwrap_or_default()
    }

    /// The bytes of `range`, if they are here. Those of single entries are given away.
    fn take(&mut self, range: &Range<u64>) -> Option<Bytes> {
        if let Some((start, bytes)) = self.stretches.range(..=range.start).next_back() {
            let skip = usize::try_from(range.start - start).ok()?;
            let part = bytes.clone().skip(skip).take(length(range));
            if part.as_slice().len() == length(range) {
                return Some(part);
            }
        }
        let bytes = self.singles.remove(&range.start)?;
        self.size = self.size.saturating_sub(bytes.as_slice().len() as u64);
        (bytes.as_slice().len() == length(range)).then_some(bytes)
    }
}

/// How many bytes a small entry takes.
fn length(range: &Range<u64>) -> usize {
    usize::try_from(range.end - range.start).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// Remembers how much was asked for, and how often.
    struct Watched(Vec<u8>, Mutex<(usize, u64)>);

    impl ReadAt for Watched {
        fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
            let mut asked = self.1.lock().unwrap();
            asked.0 += 1;
            asked.1 += buf.len() as u64;
            self.0.read_exact_at(buf, offset)
        }

        fn size(&self) -> io::Result<u64> {
            self.0.size()
        }
    }

    const ENTRY: u64 = 1000;

    fn read_all(count: u64, order: impl Iterator<Item = u64> + Clone) -> (usize, u64, u64) {
        let len = usize::try_from(count * ENTRY).unwrap();
        let bytes = (0..len).map(|at| (at / 7 % 251).to_le_bytes()[0]).collect();
        let (source, window) = (Watched(bytes, Mutex::default()), Window::default());
        let mut most = 0;
        for entry in order.clone().chain(order) {
            let range = entry * ENTRY..(entry + 1) * ENTRY;
            let found = window.read(&source, range.clone(), count * ENTRY).unwrap();
            let start = usize::try_from(range.start).unwrap();
            assert!(found.as_slice() == &source.0[start..][..1000], "{entry}");
            most = most.max(window.kept.lock().unwrap().size);
        }
        let (reads, bytes) = *source.1.lock().unwrap();
        (reads, bytes, most)
    }

    #[test]
    fn all_entries_in_any_order_take_few_reads() {
        let forward = read_all(10_000, 0..10_000);
        // An entry at the end of a stretch is read again with the next one.
        assert!(forward.0 == 10 && forward.1 < 10_000_000 + 10 * ENTRY, "{forward:?}");
        let backward = read_all(10_000, (0..10_000).rev());
        let mixed = read_all(10_000, (0..10_000).map(|n| n * 7919 % 10_000));
        for (reads, bytes, most) in [backward, mixed] {
            // Backwards, what follows has been read before.
            assert!(reads <= 10_000 && bytes <= 11_200_000, "{reads} {bytes}");
            assert!(most <= KEPT_BYTES);
        }
        assert!(mixed.0 < 80, "{mixed:?}");
    }

    #[test]
    fn what_is_too_much_to_be_kept_is_read_twice_and_no_more() {
        let (reads, bytes, most) = read_all(100_000, 0..100_000);
        assert!(reads <= 200 && bytes <= 210_000_000 && most <= KEPT_BYTES, "{reads} {bytes}");
        let (_, bytes, most) = read_all(100_000, (0..100_000).map(|n| n * 7919 % 100_000));
        assert!(bytes <= 250_000_000 && most <= KEPT_BYTES, "{bytes} {most}");
    }

    #[test]
    fn a_few_entries_are_read_alone() {
        let (reads, bytes, _) = read_all(100_000, [50_000, 20_000, 10_000, 5].into_iter());
        // The first might have been the first of all.
        assert_eq!((reads, bytes), (4, (1 << 20) + 3 * ENTRY));
    }
}
