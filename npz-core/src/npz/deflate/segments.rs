//! Marked segments of an entry → its bytes, by many threads.

use std::sync::{Mutex, PoisonError};

use crc32fast::Hasher;

use super::decode::{Decoder, Job, decode_two};
use super::marks::Marks;
use crate::error::{Error, ErrorKind, Result};
use crate::io::in_order::{capped, in_order};
use crate::npz::stream::Packed;

/// What is done to every piece once its bytes are there.
pub(crate) type Each<'e> = dyn Fn(&mut [u8]) -> Result<Hasher> + Sync + 'e;

/// An entry that is read by its segments, from its start to its end.
pub(super) struct Segments {
    marks: Marks,
    /// The last segment of which bytes were given, if others are left.
    kept: Option<(usize, Vec<u8>)>,
    memory: Memory,
}

/// Memory to be used again.
#[derive(Default)]
struct Memory {
    scratches: Mutex<Vec<Scratch>>,
    segments: Mutex<Vec<Vec<u8>>>,
}

impl Memory {
    fn spare(&self) -> Vec<u8> {
        lock(&self.segments).pop().unwrap_or_default()
    }

    fn reuse(&self, segment: Vec<u8>) {
        lock(&self.segments).push(segment);
    }
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
        Self { marks, kept: None, memory: Memory::default() }
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
        } else {
            self.memory.reuse(bytes);
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
        // Two at once are faster than one after the other, unless a thread would go without.
        let threads = capped(threads);
        let at_once = if parts.len() < 4 * threads { 1 } else { 2 };
        let mut parts = parts.into_iter().peekable();
        let mut jobs = Vec::new();
        while parts.peek().is_some() {
            let some: Vec<_> = parts.by_ref().take(at_once).collect();
            jobs.push(Mutex::new(some));
        }
        let memory = &self.memory;
        let work = |at: usize| {
            let parts = jobs.get(at).map(|parts| std::mem::take(&mut *lock(parts)));
            unpack(&self.marks, memory, packed, parts.unwrap_or_default(), each)
        };
        let (mut refused, mut left) = (false, None);
        let result = in_order(jobs.len(), threads, work, |unpacked| {
            let Some(unpacked) = unpacked else {
                refused = true;
                return Err(Error::new(ErrorKind::Corrupt, "a segment isn't as marked"));
            };
            done.results.extend(unpacked.results);
            done.bytes += unpacked.bytes;
            left = unpacked.left;
            Ok(())
        });
        // What was kept before has been used up if there was any work.
        if !jobs.is_empty() {
            self.kept = left;
        }
        if refused { Ok(true) } else { result.map(|()| false) }
    }
}

/// What has become of some parts.
struct Unpacked {
    results: Vec<Hasher>,
    bytes: usize,
    /// The last segment, if others of its bytes are left.
    left: Option<(usize, Vec<u8>)>,
}

/// Fills parts, two at most; `None` if their segments aren't as they are marked.
fn unpack(
    marks: &Marks,
    memory: &Memory,
    packed: &Packed<'_>,
    mut parts: Vec<Part<'_>>,
    each: &Each<'_>,
) -> Result<Option<Unpacked>> {
    let mut taken = Vec::with_capacity(parts.len());
    for part in &parts {
        let mut scratch = lock(&memory.scratches).pop().unwrap_or_default();
        let range = marks.packed(part.index);
        let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        grow(&mut scratch.packed, len)?;
        packed.read_at(&mut scratch.packed, range.start)?;
        let is_part = part.place.len() < part.whole;
        let mut all = if is_part { memory.spare() } else { Vec::new() };
        grow(&mut all, if is_part { part.whole } else { 0 })?;
        taken.push((scratch, all));
    }
    let mut decoders = Vec::with_capacity(parts.len());
    let mut jobs = Vec::with_capacity(parts.len());
    for (part, (scratch, all)) in parts.iter_mut().zip(&mut taken) {
        let out = if all.is_empty() { &mut *part.place } else { all };
        jobs.push(Job::new(&scratch.packed, out, marks.is_last(part.index)));
        decoders.push(&mut *scratch.decoder);
    }
    let right = match <[Job<'_>; 2]>::try_from(jobs) {
        Ok(jobs) => {
            <[&mut Decoder; 2]>::try_from(decoders).is_ok_and(|decoders| decode_two(decoders, jobs))
        }
        Err(jobs) => decoders.into_iter().zip(jobs).all(|(decoder, job)| decoder.finish(job)),
    };
    let mut unpacked = Unpacked { results: Vec::new(), bytes: 0, left: None };
    for (Part { index, skip, whole, place }, (scratch, all)) in parts.into_iter().zip(taken) {
        lock(&memory.scratches).push(scratch);
        if !right {
            continue;
        }
        if !all.is_empty() {
            let end = skip + place.len();
            place.copy_from_slice(all.get(skip..end).unwrap_or_default());
            if end < whole {
                unpacked.left = Some((index, all));
            } else {
                memory.reuse(all);
            }
        }
        unpacked.bytes += place.len();
        unpacked.results.push(each(place)?);
    }
    Ok(right.then_some(unpacked))
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
