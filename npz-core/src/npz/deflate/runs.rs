//! Blocks of literals and runs: stretches in which every byte is that of one fixed distance
//! before it. That is what LZ77 finds in sparse arrays, at a fraction of its price.

use super::bits::BitWriter;
use super::compare::equal;
use super::entropy::{BlockCode, END, Histogram, LENGTHS, LONGEST};

/// Distances that are tried, each with its symbol, its further bits, and their number: a byte, and
/// items of usual sizes.
const DISTANCES: [(usize, usize, u32, u32); 5] =
    [(1, 0, 0, 0), (2, 1, 0, 0), (4, 3, 0, 0), (8, 5, 1, 1), (16, 7, 3, 2)];

/// A shorter run isn't worth its code.
const SHORTEST: usize = 4;

/// Bytes between the places that are looked at to see whether there are runs.
const STRIDE: usize = 61;
/// There are runs if one in so many of these places is in one.
const RARE: usize = 32;

/// So many literals, and behind them a run of so many bytes.
#[derive(Clone, Copy)]
struct Step {
    literals: u32,
    run: u32,
}

/// The runs of a chunk of bytes, and the best code for them.
pub(super) struct Runs<'a> {
    bytes: &'a [u8],
    steps: &'a [Step],
    /// Its index in [`DISTANCES`].
    distance: usize,
    code: BlockCode,
    bits: u64,
}

/// Memory for steps, to be used again.
#[derive(Default)]
pub(super) struct Steps(Vec<Step>);

impl<'a> Runs<'a> {
    /// `None` if there are hardly any, as far as some places of `bytes` tell.
    pub(super) fn find(bytes: &'a [u8], steps: &'a mut Steps) -> Option<Self> {
        let likely = likely_distance(bytes)?;
        let (distance, symbol, _, distance_bits) = DISTANCES[likely];
        let steps = &mut steps.0;
        steps.clear();
        split(bytes, distance, steps);
        let mut histogram = Histogram::new();
        let mut further = 0;
        each(bytes, steps, |literals, run| {
            histogram.add_few(literals);
            if run > 0 {
                let (length, bits) = LENGTHS[run - 3];
                histogram.counts[END + 1 + usize::from(length)] += 1;
                histogram.distances[symbol] += 1;
                further += u64::from(bits) + u64::from(distance_bits);
            }
        });
        let code = BlockCode::new(&histogram);
        let bits = code.bits() + further;
        Some(Self { bytes, steps, distance: likely, code, bits })
    }

    /// The length of the block.
    pub(super) fn bits(&self) -> u64 {
        self.bits
    }

    /// How many bytes are in runs.
    pub(super) fn covered(&self) -> usize {
        self.steps.iter().map(|step| step.run as usize).sum()
    }

    pub(super) fn write(&self, writer: &mut BitWriter<'_>, last: bool) {
        self.code.begin(writer, last);
        let (_, symbol, distance_further, distance_bits) = DISTANCES[self.distance];
        let distance = self.code.distances[symbol].with(distance_further, distance_bits);
        let bits_of_distance = u32::try_from(distance.bits()).unwrap_or(0);
        let codes = self.code.lengths().map(|code| code.with(bits_of_distance, distance.len()));
        each(self.bytes, self.steps, |literals, run| {
            self.code.literals(literals, writer);
            if run > 0 {
                writer.code(codes[run - 3]);
            }
        });
        self.code.end(writer);
    }
}

/// Calls `take` with the literals and the length of each run, no longer than a code can say;
/// 0 for none.
#[inline]
fn each(mut bytes: &[u8], steps: &[Step], mut take: impl FnMut(&[u8], usize)) {
    for step in steps {
        let (literals, rest) = bytes.split_at(step.literals as usize);
        let mut run = step.run as usize;
        bytes = &rest[run..];
        let first = part(run);
        take(literals, first);
        run -= first;
        while run > 0 {
            let next = part(run);
            take(&[], next);
            run -= next;
        }
    }
    take(bytes, 0);
}

/// What one code says of a run: all, or so much that the rest isn't too short for a code.
#[inline]
fn part(run: usize) -> usize {
    match run {
        ..=LONGEST => run,
        _ if run < LONGEST + 3 => LONGEST - 3,
        _ => LONGEST,
    }
}

/// The index of the distance at which most places of `bytes` repeat, if some do.
fn likely_distance(bytes: &[u8]) -> Option<usize> {
    let hits = |distance: usize| {
        let starts = (0..bytes.len()).step_by(STRIDE);
        starts.filter(|&at| difference(bytes, at, distance) == Some(0)).count()
    };
    let least = bytes.len() / STRIDE / RARE + 1;
    let counted =
        DISTANCES.iter().enumerate().map(|(index, (distance, ..))| (hits(*distance), index));
    // Of equals the nearest: its runs start soonest.
    let best = counted.max_by(|(a, i), (b, j)| a.cmp(b).then(j.cmp(i)))?;
    (best.0 >= least).then_some(best.1)
}

/// Eight bytes that start `distance` behind `at`, less those at `at`.
#[inline]
fn difference(bytes: &[u8], at: usize, distance: usize) -> Option<u64> {
    let ours = bytes.get(at + distance..)?.first_chunk()?;
    let before = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*ours) ^ u64::from_le_bytes(*before))
}

/// Splits `bytes` into literals and runs.
fn split(bytes: &[u8], distance: usize, steps: &mut Vec<Step>) {
    let mut done = 0;
    // All positions here are `distance` behind, where what is compared starts.
    let mut at = 0;
    while let Some(difference) = difference(bytes, at, distance) {
        let starts = starts_of_runs(difference);
        if starts == 0 {
            // Those in the last three bytes can't be seen from here.
            at += 8 - (SHORTEST - 1);
            continue;
        }
        let start = at + (starts.trailing_zeros() / 8) as usize;
        let run = SHORTEST + equal(bytes, start + distance + SHORTEST, distance, usize::MAX);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        steps.push(Step { literals: count(start + distance - done), run: count(run) });
        at = start + run;
        done = at + distance;
    }
}

/// The high bit of every byte at which [`SHORTEST`] zero bytes start.
#[inline]
fn starts_of_runs(word: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let zeros = !((word & LOW).wrapping_add(LOW) | word | LOW);
    zeros & zeros >> 8 & zeros >> 16 & zeros >> 24
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation)]
mod tests {
    use super::super::tests::random;
    use super::*;

    /// Items of `width` bytes, of which one in `rare` is none of its neighbours'.
    fn sparse(width: usize, rare: u64) -> Vec<u8> {
        let item = |i| if random(i).is_multiple_of(rare) { random(i + 1) } else { 0x0102_0304 };
        (0..20_000).flat_map(|i| item(i).to_le_bytes()[..width].to_vec()).collect()
    }

    #[test]
    fn a_block_is_as_long_as_it_was_said_to_be() {
        let mut steps = Steps::default();
        for (width, rare) in [(1, 40), (2, 9), (4, 3), (4, 1000), (8, 10)] {
            let bytes = sparse(width, rare);
            let runs = Runs::find(&bytes, &mut steps).unwrap();
            assert!(runs.covered() > bytes.len() / 4, "items of {width}");
            let (said, mut out) = (runs.bits(), vec![0; 2 * bytes.len()]);
            let mut writer = BitWriter::new(&mut out);
            runs.write(&mut writer, false);
            let of_last = u64::from(writer.pending());
            let len = writer.finish().unwrap() as u64;
            assert_eq!(8 * len - (8 - of_last) % 8, said, "items of {width}");
        }
    }

    #[test]
    fn runs_take_as_few_codes_as_can_be() {
        for run in SHORTEST..3000 {
            let (mut left, mut codes) = (run, 0);
            while left > 0 {
                let next = part(left);
                assert!((3..=LONGEST).contains(&next), "{next} of {run}");
                (left, codes) = (left - next, codes + 1);
            }
            assert_eq!(codes, run.div_ceil(LONGEST), "{run}");
        }
    }

    #[test]
    fn few_repeats_are_none() {
        let noise: Vec<u8> = (0..4096).flat_map(|i| random(i).to_le_bytes()).collect();
        let distance = |of_512: usize| {
            let mut bytes = noise.clone();
            // Zeros in as many bytes of each 512.
            bytes.chunks_mut(512).for_each(|chunk| chunk[..of_512].fill(0));
            likely_distance(&bytes).map(|index| DISTANCES[index].0)
        };
        assert_eq!([0, 20, 28, 500].map(distance), [None, None, Some(1), Some(1)]);
        let items = [1, 2, 4, 8].map(|width| likely_distance(&sparse(width, 20)));
        assert_eq!(
            items.map(|index| index.map(|index| DISTANCES[index].0)),
            [1, 2, 4, 8].map(Some)
        );
    }
}
