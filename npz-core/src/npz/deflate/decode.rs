//! The deflate blocks of one segment → its bytes, both in memory.
//!
//! zlib's inflater can stop anywhere and go on later, and pays for it with every symbol. A segment
//! is there as a whole and so is the place for its bytes, so this one keeps its state in registers
//! and takes two literals by one look where their codes are short. It takes complete codes only,
//! and blocks of sensible size; what it refuses, zlib's decides about.

use super::table::{DISTANCE_BITS, LITERAL_BITS, Step, Table};

/// Blocks are seldom so short, but for those that flush.
const SHORT_BLOCK: usize = 1024;
/// Of these any segment may have some.
const FEW_BLOCKS: usize = 64;

/// Up to here a repeat of few bytes is copied byte by byte.
const SHORT_REPEAT: usize = 16;

/// The order in which the lengths of the code for lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// One segment on its way.
pub(super) struct Job<'a> {
    input: Input<'a>,
    out: &'a mut [u8],
    /// Bytes of `out` that are filled.
    done: usize,
    /// Whether the stream ends with this segment.
    last: bool,
    /// Whether the block at hand says that it is the final one.
    is_final: bool,
    /// How many more blocks are taken for sensible.
    blocks: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Between,
    /// In a block with codes.
    Inside,
    Ended,
    Failed,
}

impl<'a> Job<'a> {
    pub(super) fn new(packed: &'a [u8], out: &'a mut [u8], last: bool) -> Self {
        let blocks = out.len() / SHORT_BLOCK + FEW_BLOCKS;
        let input = Input { bytes: packed, at: 0, bits: 0, count: 0 };
        Self { input, out, done: 0, last, is_final: false, blocks, state: State::Between }
    }

    /// What follows a block.
    fn end_block(&mut self) -> Option<State> {
        if self.is_final {
            // The rest of its last byte means nothing.
            self.input.align();
        } else if !self.input.is_at_end() {
            self.blocks = self.blocks.checked_sub(1)?;
            return Some(State::Between);
        }
        let whole = self.input.is_at_end() && self.done == self.out.len();
        (whole && self.is_final == self.last).then_some(State::Ended)
    }
}

/// The codes of a block; to be used again.
#[derive(Default)]
pub(super) struct Decoder {
    literals: Table<{ 1 << LITERAL_BITS }>,
    distances: Table<{ 1 << DISTANCE_BITS }>,
    lengths: Table<{ 1 << 7 }>,
}

/// Unpacks two segments at once, and says whether both are right: while one waits for its next
/// symbol, of which each depends on the one before, a processor works on the other.
pub(super) fn decode_two(decoders: [&mut Decoder; 2], jobs: [Job<'_>; 2]) -> bool {
    let ([a, b], [mut first, mut second]) = (decoders, jobs);
    loop {
        a.begin(&mut first);
        b.begin(&mut second);
        if first.state != State::Inside || second.state != State::Inside {
            break;
        }
        while first.state == State::Inside && second.state == State::Inside {
            let one = a.burst(&mut first);
            let other = b.burst(&mut second);
            if !one.is_literal() {
                a.step(one, &mut first);
            }
            if !other.is_literal() {
                b.step(other, &mut second);
            }
        }
    }
    a.finish(first) && b.finish(second)
}

impl Decoder {
    #[cfg(test)]
    pub(super) fn decode(&mut self, packed: &[u8], out: &mut [u8], last: bool) -> bool {
        self.finish(Job::new(packed, out, last))
    }

    /// Unpacks what is left of a segment. `false` unless it is whole blocks, which fill the place for
    /// it, look back no further than its start, and end with the last bit of the packed bytes; the
    /// final one is there if it is the last segment of a stream, and else not.
    ///
    /// So segments one after the other are what the whole stream is to any inflater.
    pub(super) fn finish(&mut self, mut job: Job<'_>) -> bool {
        loop {
            self.begin(&mut job);
            if job.state != State::Inside {
                return job.state == State::Ended;
            }
            while job.state == State::Inside {
                let step = self.burst(&mut job);
                if !step.is_literal() {
                    self.step(step, &mut job);
                }
            }
        }
    }

    /// Goes on to the inside of a block with codes, if there is a further one.
    fn begin(&mut self, job: &mut Job<'_>) {
        while job.state == State::Between {
            job.state = self.block(job).unwrap_or(State::Failed);
        }
    }

    fn block(&mut self, job: &mut Job<'_>) -> Option<State> {
        job.is_final = job.input.take(1)? == 1;
        match job.input.take(2)? {
            0b00 => {
                job.done = stored(&mut job.input, job.out, job.done)?;
                return job.end_block();
            }
            0b01 => self.fixed()?,
            0b10 => self.dynamic(&mut job.input)?,
            _ => return None,
        }
        Some(State::Inside)
    }

    fn fixed(&mut self) -> Option<()> {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.literals.build_literals(&lengths)?;
        self.distances.build_distances(&[5; 32])
    }

    /// Reads the codes of a block.
    fn dynamic(&mut self, input: &mut Input<'_>) -> Option<()> {
        let count = |bits: u64| usize::try_from(bits).unwrap_or(0);
        let literals = count(input.take(5)?) + 257;
        let distances = count(input.take(5)?) + 1;
        let written = count(input.take(4)?) + 4;
        if literals > 286 || distances > 30 {
            return None;
        }
        let mut code_lengths = [0; 19];
        for &symbol in &ORDER[..written] {
            code_lengths[symbol] = u8::try_from(input.take(3)?).unwrap_or(0);
        }
        self.lengths.build_plain(&code_lengths)?;
        let mut lengths = [0_u8; 286 + 30];
        let mut at = 0;
        while at < literals + distances {
            input.fill();
            let step = self.lengths.first(input.bits);
            input.drop(step.bits())?;
            let symbol = step.value();
            let (len, repeats) = match symbol {
                0..16 => (u8::try_from(symbol).unwrap_or(0), 1),
                16 => (*lengths.get(at.checked_sub(1)?)?, 3 + count(input.take(2)?)),
                17 => (0, 3 + count(input.take(3)?)),
                _ => (0, 11 + count(input.take(7)?)),
            };
            let place = lengths[..literals + distances].get_mut(at..at + repeats)?;
            place.fill(len);
            at += repeats;
        }
        let (literals, distances) = lengths[..literals + distances].split_at(literals);
        // Without its end a block has none.
        if literals[256] == 0 {
            return None;
        }
        self.literals.build_literals(literals)?;
        self.distances.build_distances(distances)
    }

    /// Unpacks some literals, and returns what follows them: another one, not yet unpacked, or what
    /// is left to [`step`](Self::step).
    #[inline(always)]
    fn burst(&self, job: &mut Job<'_>) -> Step {
        let Job { input, out, done, .. } = job;
        if input.refill()
            && let Some(place) = out.get_mut(*done..).and_then(|rest| rest.first_chunk_mut())
        {
            // Three looks take at most 33 of 56 bits, and give at most 6 bytes.
            let (mut literals, mut count) = (0_u64, 0);
            let mut step = self.literals.first(input.bits);
            for _ in 0..3 {
                if !step.is_literal() {
                    break;
                }
                literals |= step.literals() << (8 * count);
                count += step.literal_count();
                input.drop_ready(step.bits());
                step = self.literals.first(input.bits);
            }
            *place = literals.to_le_bytes();
            *done += count as usize;
            return step;
        }
        // Near the end of either.
        self.literal(job).unwrap_or_default()
    }

    /// The next step; if it is literals, they are unpacked. Where it says what can't be, it is no
    /// step of a code.
    #[cold]
    fn literal(&self, job: &mut Job<'_>) -> Option<Step> {
        job.input.fill();
        let step = self.literals.first(job.input.bits);
        if step.is_literal() {
            let count = step.literal_count() as usize;
            job.input.drop(step.bits())?;
            let bytes = step.literals().to_le_bytes();
            job.out.get_mut(job.done..job.done + count)?.copy_from_slice(&bytes[..count]);
            job.done += count;
        }
        Some(step)
    }

    /// Does what isn't literals by one look.
    #[inline]
    fn step(&self, step: Step, job: &mut Job<'_>) {
        match self.other(step, job) {
            Some(true) => job.state = job.end_block().unwrap_or(State::Failed),
            Some(false) => {}
            None => job.state = State::Failed,
        }
    }

    /// Whether it was the end of the block.
    #[inline(always)]
    fn other(&self, mut step: Step, job: &mut Job<'_>) -> Option<bool> {
        let Job { input, out, done, .. } = job;
        // At least 23 bits are there still, or all there are.
        if step.is_long() {
            step = self.literals.long(step, input.bits)?;
        }
        input.drop(step.bits())?;
        if step.is_end() {
            return Some(true);
        }
        if step.is_literal() {
            *out.get_mut(*done)? = step.literals().to_le_bytes()[0];
            *done += 1;
            return Some(false);
        }
        let length = step.length()? + input.take_ready(step.further())?;
        input.fill();
        let mut step = self.distances.first(input.bits);
        if step.is_long() {
            step = self.distances.long(step, input.bits)?;
        }
        input.drop(step.bits())?;
        let distance = step.length()? + input.take_ready(step.further())?;
        repeat(out, *done, distance, length)?;
        *done += length;
        Some(false)
    }
}

/// A block of bytes as they are.
fn stored(input: &mut Input<'_>, out: &mut [u8], done: usize) -> Option<usize> {
    input.align();
    let len = input.take(16)?;
    if input.take(16)? != len ^ 0xFFFF {
        return None;
    }
    let bytes = input.bytes(usize::try_from(len).ok()?)?;
    let end = done + bytes.len();
    out.get_mut(done..end)?.copy_from_slice(bytes);
    Some(end)
}

/// Copies `length` bytes from `distance` before `at` to there; they may overlap.
#[inline]
fn repeat(out: &mut [u8], at: usize, distance: usize, length: usize) -> Option<()> {
    let start = at.checked_sub(distance)?;
    let end = at + length;
    if distance == 1 {
        let byte = *out.get(start)?;
        out.get_mut(at..end)?.fill(byte);
        return Some(());
    }
    // What was just written byte by byte is not to be had eight at a time soon after.
    if end + 8 > out.len() || distance < 8 && length <= SHORT_REPEAT {
        let out = out.get_mut(start..end)?;
        (distance..out.len()).for_each(|to| out[to] = out[to - distance]);
        return Some(());
    }
    // Eight bytes at a time; what is too much is overwritten by what follows.
    if distance >= 8 {
        let (mut from, mut to) = (start, at);
        while to < end {
            let eight: [u8; 8] = *out.get(from..)?.first_chunk()?;
            *out.get_mut(to..)?.first_chunk_mut()? = eight;
            from += 8;
            to += 8;
        }
        return Some(());
    }
    // Whole periods of those that are shorter.
    let mut eight = [0; 8];
    let period = out.get(start..at)?;
    let mut from = 0;
    for byte in &mut eight {
        *byte = *period.get(from)?;
        from = if from + 1 == distance { 0 } else { from + 1 };
    }
    let stride = [8, 8, 8, 6, 8, 5, 6, 7][distance];
    let mut to = at;
    while to < end {
        *out.get_mut(to..)?.first_chunk_mut()? = eight;
        to += stride;
    }
    Some(())
}

/// Bits on their way in, lowest first.
struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits; those above `count` are right, too, or zero.
    bits: u64,
    count: u32,
}

impl<'a> Input<'a> {
    /// Makes at least 56 bits ready, unless the end is near.
    #[inline]
    fn refill(&mut self) -> bool {
        let Some(eight) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk()) else {
            return false;
        };
        self.bits |= u64::from_le_bytes(*eight) << self.count;
        self.at += ((63 - self.count) >> 3) as usize;
        self.count |= 56;
        true
    }

    /// Makes at least 56 bits ready, or all there are.
    #[inline]
    fn fill(&mut self) {
        if self.refill() {
            return;
        }
        while self.count < 56
            && let Some(&byte) = self.bytes.get(self.at)
        {
            self.bits |= u64::from(byte) << self.count;
            self.count += 8;
            self.at += 1;
        }
    }

    /// Drops bits that are known to be ready.
    #[inline]
    fn drop_ready(&mut self, count: u32) {
        self.bits >>= count;
        self.count -= count;
    }

    #[inline]
    fn drop(&mut self, count: u32) -> Option<()> {
        self.count = self.count.checked_sub(count)?;
        self.bits >>= count;
        Some(())
    }

    /// The next bits, which are ready or not there at all.
    #[inline]
    fn take_ready(&mut self, count: u32) -> Option<usize> {
        let bits = self.bits & ((1 << count) - 1);
        self.drop(count)?;
        usize::try_from(bits).ok()
    }

    /// The next bits, at most 16.
    fn take(&mut self, count: u32) -> Option<u64> {
        self.fill();
        let bits = self.bits & ((1 << count) - 1);
        self.drop(count)?;
        Some(bits)
    }

    /// Passes over the rest of a byte.
    fn align(&mut self) {
        self.drop_ready(self.count & 7);
    }

    /// Whole bytes, after [`align`](Self::align).
    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        self.at -= (self.count >> 3) as usize;
        (self.bits, self.count) = (0, 0);
        let bytes = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(bytes)
    }

    /// Whether all bits have been taken.
    fn is_at_end(&self) -> bool {
        // What is ready was counted as read.
        (self.bytes.len() - self.at) * 8 + self.count as usize == 0
    }
}

#[cfg(test)]
mod tests;
