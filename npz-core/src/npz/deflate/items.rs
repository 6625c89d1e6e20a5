//! LZ77 over items of one size: what repeats in an array mostly starts where an item does.
//!
//! Numbers that are small for their type have few values, and the same few of them soon come again.
//! To look for that at every byte and in many places, as zlib does, takes several times as long and
//! finds no more. Tried are the last place where the next 16 bytes stood, and that of the next 8.

use super::bits::BitWriter;
use super::compare::equal;
use super::entropy::{BlockCode, END, Histogram, LENGTHS, LONGEST};

/// Sizes of items that there are, the fastest first. Text has those of one byte.
pub(super) const WIDTHS: [usize; 4] = [8, 4, 2, 1];

/// Deflate looks back so far.
const WINDOW: usize = 32 << 10;

/// A shorter match isn't worth its code.
const SHORTEST: usize = 4;

/// With a match of so many bytes no other is looked for.
const ENOUGH: usize = 16;

/// Of a table of places.
const TABLE_BITS: u32 = 14;
const TABLE: usize = 1 << TABLE_BITS;

/// So many literals, and behind them `length` bytes that stand `distance` before.
#[derive(Clone, Copy)]
struct Step {
    literals: u32,
    length: u16,
    distance: u16,
}

/// Finds matches in a segment; keeps memory for the next one.
#[derive(Default)]
pub(super) struct Finder {
    /// Two tables of where many and where few bytes were seen last: the lowest 16 bits of the place.
    /// What they leave out, or what is there by chance, comes out when the bytes are compared.
    tables: Vec<u16>,
    steps: Vec<Step>,
}

/// The matches of a chunk of bytes, and the best code for them.
pub(super) struct Matches<'a> {
    chunk: &'a [u8],
    steps: &'a [Step],
    code: BlockCode,
    bits: u64,
}

impl Finder {
    /// Begins with a segment.
    pub(super) fn begin(&mut self) {
        self.tables.clear();
        self.tables.resize(2 * TABLE, 0);
    }

    /// Goes through the chunk of `segment` that starts at `start` and ends at `end`, in items of
    /// `width` bytes, one of [`WIDTHS`]. All chunks before have been gone through.
    pub(super) fn find<'a>(
        &'a mut self,
        segment: &'a [u8],
        start: usize,
        end: usize,
        width: usize,
    ) -> Matches<'a> {
        self.steps.clear();
        let segment = &segment[..end];
        match width {
            8 => self.split::<8>(segment, start),
            4 => self.split::<4>(segment, start),
            2 => self.split::<2>(segment, start),
            _ => self.split::<1>(segment, start),
        }
        Matches::new(&segment[start..], &self.steps)
    }

    /// Splits `segment` from `start` on into literals and matches.
    fn split<const WIDTH: usize>(&mut self, segment: &[u8], start: usize) {
        let Self { tables, steps } = self;
        let Some(tables) = tables.as_chunks_mut::<TABLE>().0.first_chunk_mut::<2>() else { return };
        let (mut at, mut done) = (start.next_multiple_of(WIDTH), start);
        while let Some(places) = places::<WIDTH>(segment, at) {
            let (mut len, mut distance) = (0, 0);
            for (table, place) in tables.iter_mut().zip(places) {
                let last = std::mem::replace(&mut table[place], low(at));
                let apart = usize::from(low(at).wrapping_sub(last));
                if len < ENOUGH && apart != 0 && apart <= WINDOW.min(at) {
                    let found = equal(segment, at, apart, LONGEST);
                    (len, distance) = if found > len { (found, apart) } else { (len, distance) };
                }
            }
            if len < SHORTEST.max(WIDTH) {
                at += WIDTH;
                continue;
            }
            // The end of the item before may be the same as well.
            let is_same = |back: &usize| {
                let at = at - back;
                at >= done.max(distance) && segment[at] == segment[at - distance]
            };
            let from = at - (1..WIDTH).take_while(is_same).count();
            let length = (at + len - from).min(LONGEST);
            let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
            let literals = u32::try_from(from - done).unwrap_or(u32::MAX);
            steps.push(Step { literals, length: short(length), distance: short(distance) });
            done = from + length;
            let next = done.next_multiple_of(WIDTH);
            at += WIDTH;
            while at < next {
                if let Some(places) = self::places::<WIDTH>(segment, at) {
                    tables.iter_mut().zip(places).for_each(|(table, place)| table[place] = low(at));
                }
                at += WIDTH;
            }
        }
    }
}

impl<'a> Matches<'a> {
    fn new(chunk: &'a [u8], steps: &'a [Step]) -> Self {
        let mut histogram = Histogram::new();
        let mut further = 0;
        let rest = each(chunk, steps, |literals, step| {
            histogram.add_few(literals);
            let (length, bits) = LENGTHS[usize::from(step.length) - 3];
            let (distance, _, distance_bits) = symbol(step.distance);
            histogram.counts[END + 1 + usize::from(length)] += 1;
            histogram.distances[distance] += 1;
            further += u64::from(bits) + u64::from(distance_bits);
        });
        histogram.add_few(rest);
        let code = BlockCode::new(&histogram);
        let bits = code.bits() + further;
        Self { chunk, steps, code, bits }
    }

    /// The length of the block.
    pub(super) fn bits(&self) -> u64 {
        self.bits
    }

    pub(super) fn write(&self, writer: &mut BitWriter<'_>, last: bool) {
        let code = &self.code;
        code.begin(writer, last);
        let lengths = code.lengths();
        let rest = each(self.chunk, self.steps, |literals, step| {
            code.literals(literals, writer);
            let length = lengths[usize::from(step.length) - 3];
            let (symbol, further, bits) = symbol(step.distance);
            let distance = code.distances[symbol];
            let behind = distance.bits() | u64::from(further) << distance.len();
            // At most 14 + 5 bits, and 14 + 13.
            let len = length.len() + distance.len() + bits;
            writer.put(length.bits() | behind << length.len(), len);
        });
        code.literals(rest, writer);
        code.end(writer);
    }
}

/// Calls `take` with each match and the literals before it; returns those behind the last.
#[inline]
fn each<'a>(mut chunk: &'a [u8], steps: &[Step], mut take: impl FnMut(&'a [u8], Step)) -> &'a [u8] {
    for &step in steps {
        let (literals, rest) = chunk.split_at(step.literals as usize);
        chunk = &rest[usize::from(step.length)..];
        take(literals, step);
    }
    chunk
}

/// The lowest bits of a position.
#[inline]
fn low(at: usize) -> u16 {
    let [low, high, ..] = at.to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// The places in the two tables of the bytes that start at `at`: 16 and 8 of them, or 8 and 4 of
/// text.
#[inline]
fn places<const WIDTH: usize>(bytes: &[u8], at: usize) -> Option<[usize; 2]> {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let eight = |at: usize| bytes.get(at..)?.first_chunk().map(|eight| u64::from_le_bytes(*eight));
    let first = eight(at)?;
    let keys = match WIDTH {
        1 => [first, first << 32],
        _ => [first.wrapping_mul(FACTOR).rotate_left(32) ^ eight(at + 8)?, first],
    };
    Some(keys.map(|key| (key.wrapping_mul(FACTOR) >> (64 - TABLE_BITS)) as usize))
}

/// The symbol of a distance, its further bits, and their number.
#[inline]
fn symbol(distance: u16) -> (usize, u32, u32) {
    let less = u32::from(distance) - 1;
    if less < 4 {
        return (less as usize, 0, 0);
    }
    // The symbol says the two highest bits, and how many follow.
    let further = 30 - less.leading_zeros();
    ((2 * further + (less >> further)) as usize, less & ((1 << further) - 1), further)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{any_bytes, random, unpacked};
    use super::*;

    /// One stream of blocks of `chunk` bytes.
    fn packed(bytes: &[u8], width: usize, chunk: usize) -> Vec<u8> {
        let mut out = vec![0; 2 * bytes.len() + 1024];
        let mut writer = BitWriter::new(&mut out);
        let mut finder = Finder::default();
        // What an earlier segment left is forgotten.
        finder.begin();
        finder.find(&[1; 100], 0, 100, 1);
        finder.begin();
        let mut told = 0;
        for start in (0..bytes.len()).step_by(chunk) {
            let end = bytes.len().min(start + chunk);
            let matches = finder.find(bytes, start, end, width);
            matches.write(&mut writer, end == bytes.len());
            told += matches.bits();
        }
        let len = writer.finish().unwrap();
        assert_eq!(told.div_ceil(8), len as u64);
        out.truncate(len);
        out
    }

    #[test]
    fn symbols_are_those_of_the_standard() {
        // RFC 1951, 3.2.5: the first and the last distance of some symbols.
        for (distance, expected) in [
            (1, (0, 0, 0)),
            (4, (3, 0, 0)),
            (5, (4, 0, 1)),
            (8, (5, 1, 1)),
            (9, (6, 0, 2)),
            (257, (16, 0, 7)),
            (24_576, (28, 8191, 13)),
            (24_577, (29, 0, 13)),
            (32_768, (29, 8191, 13)),
        ] {
            assert_eq!(symbol(distance), expected, "{distance}");
        }
    }

    #[test]
    fn matches_reach_as_far_as_the_window() {
        let item = |n: u32| n.wrapping_mul(0x9E37_79B9).to_le_bytes();
        for apart in [WINDOW - 8, WINDOW - 4, WINDOW, WINDOW + 4, 2 * WINDOW, 2 * WINDOW + 4] {
            let mut bytes: Vec<u8> = (0..20_000).flat_map(item).collect();
            let again = bytes[..64].to_vec();
            bytes[apart..apart + 64].copy_from_slice(&again);
            let packed = packed(&bytes, 4, usize::MAX >> 1);
            assert!(unpacked(&packed, bytes.len()) == bytes);
            let mut finder = Finder::default();
            finder.begin();
            finder.find(&bytes, 0, bytes.len(), 4);
            let found = finder.steps.iter().any(|step| step.length >= 64);
            assert_eq!(found, apart <= WINDOW, "{apart}");
        }
    }

    #[test]
    fn small_numbers_take_little_more_than_zlibs_size() {
        let numbers = |width: usize| -> Vec<u8> {
            (0..100_000).flat_map(|n| (random(n) % 100).to_le_bytes()[..width].to_vec()).collect()
        };
        for width in [2, 4, 8] {
            let bytes = numbers(width);
            let mut zlib = flate2::Compress::new(flate2::Compression::new(6), false);
            let mut out = Vec::with_capacity(bytes.len());
            zlib.compress_vec(&bytes, &mut out, flate2::FlushCompress::Finish).unwrap();
            let len = packed(&bytes, width, 128 << 10).len();
            assert!(len < out.len() + out.len() / 4, "{len} against {} of {width}", out.len());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_come_back(
            bytes in any_bytes(),
            chunk in prop_oneof![1_usize..300, 1000_usize..100_000],
        ) {
            // Of nothing there is no block.
            prop_assume!(!bytes.is_empty());
            for width in WIDTHS {
                let chunk = chunk.max(bytes.len() / 50);
                prop_assert!(unpacked(&packed(&bytes, width, chunk), bytes.len()) == bytes);
            }
        }
    }
}
