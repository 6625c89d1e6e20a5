//! Marked segments of an entry → its bytes, by many threads.

use std::sync::{Mutex, PoisonError};

use crc32fast::Hasher;

use super::decode::Decoder;
use super::marks::Marks;
use super::parallel::in_order;
use crate::error::{Error, ErrorKind, Result};
use crate::npz::stream::Packed;

/// What is done to every piece once its bytes are there.
pub(crate) type Each<'e> = dyn Fn(&mut [u8]) -> Result<Hasher> + Sync + 'e;

/// An entry that is read by its segments, from its start to its end.
pub(super) struct Segments {
    marks: Marks,
    /// The last segment of which bytes were given, if others are left.
    kept: Option<(usize, Vec<u8>)>,
}

/// How far a read came.
#[derive(Default)]
pub(super) struct Done {
    pub(super) bytes: usize,
    pub(super) results: Vec<Hasher>,
}

/// Some bytes of a segment.
struct Part<'b> {
    index: usize,
    /// Bytes of the segment before these.
    skip: usize,
    /// How many it has in all.
    whole: usize,
    place: &'b mut [u8],
}

/// What a thread needs, to be used again.
#[derive(Default)]
struct Scratch {
    decoder: Box<Decoder>,
    packed: Vec<u8>,
}

impl Segments {
    pub(super) fn new(marks: Marks) -> Self {
        Self { marks, kept: None }
    }

    /// Whether `given` bytes are all. Then the last segment was given, and it was the end.
    pub(super) fn is_end(&self, given: u64) -> bool {
        given == self.marks.size()
    }

    /// Fills `buf` with the bytes from `given` on. Also tells whether it stopped at a segment that
    /// isn't as its marks say.
    pub(super) fn read(
        &mut self,
        packed: &Packed<'_>,
        given: u64,
        buf: &mut [u8],
        threads: usize,
        unit: usize,
        each: &Each<'_>,
    ) -> Result<(Done, bool)> {
        // Pieces would have broken units if either of these weren't whole.
        let first = self.marks.segment() - given % self.marks.segment();
        let whole = |bytes: u64| bytes.checked_rem(unit as u64) == Some(0);
        let fused = whole(first) && whole(self.marks.segment());
        let late: &Each<'_> = &|_| Ok(Hasher::new());
        let now = if fused { each } else { late };
        let mut done = Done::default();
        let (kept, rest) = self.take_kept(given, buf);
        if !kept.is_empty() {
            done.results.push(now(kept)?);
            done.bytes = kept.len();
        }
        let parts = self.parts(given + done.bytes as u64, rest);
        let refused = self.decode(packed, parts, threads, now, &mut done)?;
        if !fused {
            let (filled, _) = buf.split_at_mut(done.bytes);
            done.results = vec![each(filled)?];
        }
        Ok((done, refused))
    }

    /// Fills the start of `buf` with what was kept; splits it from the rest.
    fn take_kept<'b>(&mut self, given: u64, buf: &'b mut [u8]) -> (&'b mut [u8], &'b mut [u8]) {
        let Some((index, bytes)) = self.kept.take() else { return buf.split_at_mut(0) };
        let skip = given.saturating_sub(self.marks.unpacked(index).start);
        let left =
            usize::try_from(skip).ok().and_then(|skip| bytes.get(skip..)).unwrap_or_default();
        let count = left.len().min(buf.len());
        let (head, rest) = buf.split_at_mut(count);
        head.copy_from_slice(&left[..count]);
        if count < left.len() {
            self.kept = Some((index, bytes));
        }
        (head, rest)
    }

    /// The segments that `buf` has a part in, if it starts `given` bytes from the start.
    fn parts<'b>(&self, given: u64, mut buf: &'b mut [u8]) -> Vec<Part<'b>> {
        let mut parts = Vec::new();
        let len = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let mut index = len(given / self.marks.segment());
        let mut skip = len(given % self.marks.segment());
        while !buf.is_empty() {
            let range = self.marks.unpacked(index);
            let whole = len(range.end - range.start);
            let count = whole.saturating_sub(skip).min(buf.len());
            if count == 0 {
                // More is wanted than there is; the caller finds some missing.
                break;
            }
            let (place, rest) = buf.split_at_mut(count);
            parts.push(Part { index, skip, whole, place });
            buf = rest;
            index += 1;
            skip = 0;
        }
        parts
    }

    /// Fills `parts`; tells whether it stopped at one.
    fn decode(
        &mut self,
        packed: &Packed<'_>,
        parts: Vec<Part<'_>>,
        threads: usize,
        each: &Each<'_>,
        done: &mut Done,
    ) -> Result<bool> {
        let count = parts.len();
        let parts: Vec<_> = parts.into_iter().map(|part| Mutex::new(Some(part))).collect();
        let scratches = Mutex::new(Vec::new());
        let Self { marks, kept } = self;
        let work = |at: usize| {
            let part = parts.get(at).and_then(|part| lock(part).take());
            let Some(Part { index, skip, whole, place }) = part else { return Ok(None) };
            let mut scratch: Scratch = lock(&scratches).pop().unwrap_or_default();
            let range = marks.packed(index);
            let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
            grow(&mut scratch.packed, len)?;
            packed.read_at(&mut scratch.packed, range.start)?;
            let mut decode = |out: &mut [u8]| {
                scratch.decoder.decode(&scratch.packed, out, marks.is_last(index)).is_some()
            };
            let mut left = None;
            let right = if place.len() == whole {
                decode(place)
            } else {
                let mut all = Vec::new();
                grow(&mut all, whole)?;
                let right = decode(&mut all);
                let end = skip + place.len();
                place.copy_from_slice(all.get(skip..end).unwrap_or_default());
                if end < whole {
                    left = Some((index, all));
                }
                right
            };
            lock(&scratches).push(scratch);
            let count = place.len();
            if right { each(place).map(|result| Some((result, count, left))) } else { Ok(None) }
        };
        let mut refused = false;
        let result = in_order(count, threads, work, |part| {
            let Some((result, bytes, left)) = part else {
                refused = true;
                return Err(Error::new(ErrorKind::Corrupt, "a segment isn't as marked"));
            };
            done.results.push(result);
            done.bytes += bytes;
            *kept = left;
            Ok(())
        });
        if refused { Ok(true) } else { result.map(|()| false) }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes `bytes` `len` long.
fn grow(bytes: &mut Vec<u8>, len: usize) -> Result<()> {
    bytes.try_reserve(len.saturating_sub(bytes.len())).map_err(|_| {
        Error::new(ErrorKind::Limit, format!("can't allocate {len} bytes to unpack a segment"))
    })?;
    bytes.resize(len, 0);
    Ok(())
}
