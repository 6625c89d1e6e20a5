//! What the savers of the kit fill their arrays with, ours and those of other crates.

/// A number whose bits all change with any of `number`'s.
pub(crate) fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Items of the first array. The first of them is the version.
pub(crate) const IDS: usize = 250_000;

/// Shape of the second.
pub(crate) const WEIGHT: (usize, usize) = (600, 500);
