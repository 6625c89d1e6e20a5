//! The deflate blocks of one segment → its bytes, both in memory.
//!
//! zlib's inflater can stop anywhere and go on later, and pays for it with every symbol. A segment
//! is there as a whole and so is the place for its bytes, so this one keeps its state in registers
//! and takes two literals by one look where their codes are short. It takes complete codes only,
//! and blocks of sensible size; what it refuses, zlib's decides about.

use super::table::{DISTANCE_BITS, LITERAL_BITS, Table};

/// Blocks are seldom so short, but for those that flush.
const SHORT_BLOCK: usize = 1024;
/// Of these any segment may have some.
const FEW_BLOCKS: usize = 64;

/// The order in which the lengths of the code for lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The codes of a block; to be used again.
#[derive(Default)]
pub(super) struct Decoder {
    literals: Table<{ 1 << LITERAL_BITS }>,
    distances: Table<{ 1 << DISTANCE_BITS }>,
    lengths: Table<{ 1 << 7 }>,
}

impl Decoder {
    /// Unpacks `packed` into `out`. `None` unless it is whole blocks, which fill `out`, look back
    /// no further than its start, and end with the last bit of `packed`; the final one is there if
    /// these are the `last` of the stream, and else not.
    ///
    /// So segments one after the other are what the whole stream is to any inflater.
    pub(super) fn decode(&mut self, packed: &[u8], out: &mut [u8], last: bool) -> Option<()> {
        let mut input = Input { bytes: packed, at: 0, bits: 0, count: 0 };
        let mut done = 0;
        for _ in 0..out.len() / SHORT_BLOCK + FEW_BLOCKS {
            let is_final = input.take(1)? == 1;
            done = match input.take(2)? {
                0b00 => stored(&mut input, out, done)?,
                0b01 => {
                    self.fixed()?;
                    self.symbols(&mut input, out, done)?
                }
                0b10 => {
                    self.dynamic(&mut input)?;
                    self.symbols(&mut input, out, done)?
                }
                _ => return None,
            };
            if is_final {
                // The rest of its last byte means nothing.
                input.align();
            }
            if is_final || input.is_at_end() {
                let whole = is_final == last && input.is_at_end() && done == out.len();
                return whole.then_some(());
            }
        }
        None
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

    /// Unpacks the symbols of a block, from `done` of `out` on; returns where they end.
    fn symbols(&self, input: &mut Input<'_>, out: &mut [u8], mut done: usize) -> Option<usize> {
        loop {
            let mut step;
            if let (true, Some(place)) =
                (input.refill(), out.get_mut(done..).and_then(|rest| rest.first_chunk_mut()))
            {
                // Three looks take at most 33 of 56 bits, and give at most 6 bytes.
                let (mut literals, mut count) = (0_u64, 0);
                step = self.literals.first(input.bits);
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
                done += count as usize;
                if step.is_literal() {
                    continue;
                }
            } else {
                // Near the end of either, one symbol at a time.
                input.fill();
                step = self.literals.first(input.bits);
                if step.is_literal() {
                    let count = step.literal_count() as usize;
                    input.drop(step.bits())?;
                    let bytes = step.literals().to_le_bytes();
                    out.get_mut(done..done + count)?.copy_from_slice(&bytes[..count]);
                    done += count;
                    continue;
                }
            }
            // At least 23 bits are there still, or all there are.
            if step.is_long() {
                step = self.literals.long(input.bits)?;
            }
            input.drop(step.bits())?;
            if step.is_end() {
                return Some(done);
            }
            if step.is_literal() {
                *out.get_mut(done)? = step.literals().to_le_bytes()[0];
                done += 1;
                continue;
            }
            let length = step.length()? + input.take_ready(step.further())?;
            input.fill();
            let mut step = self.distances.first(input.bits);
            if step.is_long() {
                step = self.distances.long(input.bits)?;
            }
            input.drop(step.bits())?;
            let distance = step.length()? + input.take_ready(step.further())?;
            repeat(out, done, distance, length)?;
            done += length;
        }
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
    if end + 8 > out.len() {
        out.get(..end)?;
        (at..end).for_each(|to| out[to] = out[to - distance]);
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
    let mut eight = [0; 8];
    let period = out.get(start..at)?;
    (0..8).for_each(|i| eight[i] = period[i % distance]);
    let stride = 8 - 8 % distance;
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
