//! How a segment is packed, told from a part of it.
//!
//! The rule: the fastest way whose size is within a quarter of level 6, which is NumPy's. In a sample,
//! which has little to look back to, level 6 isn't at its best, so an eighth is allowed there. Random
//! numbers and sparse arrays never need LZ77 for it, small numbers and text do.

use super::items::WIDTHS;
use super::packer::{Packer, most};
use crate::error::Result;

/// What a segment is packed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Stored,
    /// A code for each chunk of bytes, with runs.
    Own,
    /// Repeats of items of so many bytes.
    Items(usize),
    /// zlib, by its level.
    Zlib(u8),
}

/// LZ77 looks back so far, so a sample must be so long to show what it finds.
const SAMPLE_BYTES: usize = 32 << 10;

/// The fastest level of zlib-rs that doesn't use fixed codes, and NumPy's.
const FAST: u8 = 2;
const SMALL: u8 = 6;

/// Without a repeat at one place in so many LZ77 has nothing to find. Of small numbers in eight bytes each,
/// most places are zeros, which don't count, and a sixteenth repeats.
const RARE: usize = 32;

/// Of the table of places where four bytes were seen last.
const TABLE_BITS: u32 = 12;

pub(super) fn choose(packer: &mut Packer, segment: &[u8]) -> Result<Choice> {
    // Where an item of any size starts.
    let start = (segment.len().saturating_sub(SAMPLE_BYTES) / 2) & !7;
    let sample = &segment[start..segment.len().min(start + SAMPLE_BYTES)];
    if !repeats(sample) {
        return Ok(Choice::Own);
    }
    let mut out = std::mem::take(&mut packer.scratch);
    out.resize(most(SAMPLE_BYTES), 0);
    let result = by_size(packer, sample, &mut out);
    packer.scratch = out;
    result
}

fn by_size(packer: &mut Packer, sample: &[u8], out: &mut [u8]) -> Result<Choice> {
    let own = packer.own(sample, false, out)?;
    let small = packer.zlib(SMALL, sample, false, out)?;
    let enough = small + small / 8;
    if own <= enough {
        return Ok(Choice::Own);
    }
    let mut best = (usize::MAX, 0);
    for width in WIDTHS {
        let found = packer.items(width, sample, false, out)?;
        best = if found < best.0 { (found, width) } else { best };
        // The first that leaves nothing to wish for, which is the fastest, or else the smallest.
        if found <= small {
            break;
        }
    }
    let (found, width) = best;
    if found <= enough {
        return Ok(Choice::Items(width));
    }
    let fast = packer.zlib(FAST, sample, false, out)?;
    Ok(Choice::Zlib(if fast <= enough { FAST } else { SMALL }))
}

/// Whether four bytes often occurred before, elsewhere than one place back.
///
/// Every fourth place is remembered and every third asked about: together they meet every
/// repeat of 16 bytes, whatever its distance.
fn repeats(sample: &[u8]) -> bool {
    let mut seen = [0_u32; 1 << TABLE_BITS];
    let at = |at: usize| {
        let four = sample.get(at..).and_then(|rest| rest.first_chunk());
        four.map(|four| u32::from_le_bytes(*four))
    };
    let place = |four: u32| (four.wrapping_mul(0x9E37_79B1) >> (32 - TABLE_BITS)) as usize;
    let (mut asked, mut found) = (0_usize, 0_usize);
    for start in (0..sample.len()).step_by(12) {
        for (ask, remember) in [(0, 0), (3, 4), (6, 8)] {
            if let Some(four) = at(start + ask) {
                asked += 1;
                let run = four == four.rotate_left(8);
                found += usize::from(seen[place(four)] == four && !run);
            }
            if let Some(four) = at(start + remember) {
                seen[place(four)] = four;
            }
        }
        if let Some(four) = at(start + 9) {
            asked += 1;
            found += usize::from(seen[place(four)] == four && four != four.rotate_left(8));
        }
    }
    found * RARE > asked
}
