//! What this inflater gives is what zlib's gives; where it refuses, it says nothing.

use flate2::{Compress, Compression as Level, Decompress, FlushCompress, FlushDecompress, Status};
use proptest::prelude::*;

use super::super::packer::{Mode, Packer};
use super::super::tests::mixed;
use super::*;

/// By zlib-rs: the bytes, and whether the stream ended.
fn by_zlib(packed: &[u8], room: usize) -> Option<(Vec<u8>, bool)> {
    let mut state = Decompress::new(false);
    let mut out = vec![0; room + 1];
    let status = state.decompress(packed, &mut out, FlushDecompress::Sync).ok()?;
    out.truncate(usize::try_from(state.total_out()).unwrap());
    let all = state.total_in() == packed.len() as u64;
    all.then_some((out, status == Status::StreamEnd))
}

fn zlib_packed(bytes: &[u8], level: u32, flush: FlushCompress) -> Vec<u8> {
    let mut out = vec![0; bytes.len() * 2 + 1000];
    let mut state = Compress::new(Level::new(level), false);
    state.compress(bytes, &mut out, flush).unwrap();
    assert_eq!(state.total_in(), bytes.len() as u64);
    out.truncate(usize::try_from(state.total_out()).unwrap());
    out
}

/// Holds the result for `packed` against zlib's.
fn check(packed: &[u8], len: usize, last: bool) -> bool {
    let mut out = vec![0xAA; len];
    if !Decoder::default().decode(packed, &mut out, last) {
        return false;
    }
    let (expected, ended) = by_zlib(packed, len).expect("zlib refuses it");
    assert_eq!(ended, last);
    assert!(expected == out);
    true
}

#[test]
fn all_that_is_packed_here_is_unpacked_here() {
    for (seed, len) in [(1, 0), (2, 1), (3, 9), (4, 1000), (5, 100_000), (6, 1 << 20)] {
        let bytes = mixed(len, seed);
        for mode in [Mode::Auto, Mode::Level(0), Mode::Level(1), Mode::Level(6), Mode::Level(9)] {
            for last in [true, false] {
                let mut packed = Vec::new();
                let packed_len = Packer::default().pack(mode, &bytes, last, &mut packed).unwrap();
                packed.truncate(packed_len);
                let mut out = vec![0; len];
                let decoded = Decoder::default().decode(&packed, &mut out, last);
                // Nothing, packed into nothing, isn't even a block; it is never marked.
                if len > 0 || last {
                    assert!(decoded, "{len} bytes, {mode:?}, {last}");
                    assert!(out == bytes);
                }
                assert!(!Decoder::default().decode(&packed, &mut out, !last));
                assert!(!Decoder::default().decode(&packed, &mut vec![0; len + 1], last));
                if len > 0 {
                    assert!(!Decoder::default().decode(&packed, &mut out[1..], last));
                    let short = &packed[..packed.len() - 1];
                    assert!(!Decoder::default().decode(short, &mut out, last));
                    packed.push(0);
                    assert!(!Decoder::default().decode(&packed, &mut out, last));
                }
            }
        }
    }
}

#[test]
fn a_segment_must_not_look_back_beyond_its_start() {
    let half = mixed(10_000, 9);
    let whole = [half.clone(), half.clone()].concat();
    let mut state = Compress::new(Level::new(6), false);
    let mut first = vec![0; 40_000];
    state.compress(&half, &mut first, FlushCompress::Sync).unwrap();
    first.truncate(usize::try_from(state.total_out()).unwrap());
    let mut second = vec![0; 40_000];
    let before = state.total_out();
    state.compress(&half, &mut second, FlushCompress::Finish).unwrap();
    second.truncate(usize::try_from(state.total_out() - before).unwrap());
    assert!(check(&[first.clone(), second.clone()].concat(), whole.len(), true));
    assert!(check(&first, half.len(), false));
    assert!(!check(&second, half.len(), true));
}

/// A block in deflate's fixed code, of codes and their lengths.
fn fixed(codes: &[(u32, u32)]) -> Vec<u8> {
    // The last block, and its kind; numbers stand there from their lowest bit, codes from their highest.
    let mut bits = vec![true, true, false];
    for &(code, len) in codes {
        bits.extend((0..len).rev().map(|bit| code >> bit & 1 == 1));
    }
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
    bits.chunks(8).map(byte).collect()
}

#[test]
fn symbols_that_stand_for_nothing_are_refused() {
    const A: (u32, u32) = (0x30 + 0x61, 8);
    const END: (u32, u32) = (0, 7);
    let length = |symbol: u32| match symbol {
        257..280 => (symbol - 256, 7),
        _ => (0xC0 + symbol - 280, 8),
    };
    let block = |symbol, distance| fixed(&[A, length(symbol), (distance, 5), END]);
    assert!(check(&block(257, 0), 4, true));
    assert!(check(&block(285, 0), 259, true));
    for (symbol, distance) in [(257, 30), (257, 31), (286, 0), (287, 0)] {
        let packed = block(symbol, distance);
        assert!(by_zlib(&packed, 300).is_none_or(|(_, ended)| !ended));
        for len in 0..300 {
            assert!(!Decoder::default().decode(&packed, &mut vec![0; len], true));
        }
    }
}

#[test]
fn tiny_blocks_without_end_are_refused() {
    let flushes = [0, 0, 0, 0xFF, 0xFF].repeat(100_000);
    assert!(!Decoder::default().decode(&flushes, &mut [0; 10], false));
}

proptest! {
    #[test]
    fn zlibs_streams_come_out_the_same(
        seed in any::<u64>(),
        len in 0_usize..300_000,
        level in 0_u32..10,
    ) {
        let bytes = mixed(len, seed);
        let whole = zlib_packed(&bytes, level, FlushCompress::Finish);
        check(&whole, len, true);
        prop_assert!(check(&zlib_packed(&bytes, level, FlushCompress::Sync), len, false) || len == 0);
    }

    #[test]
    fn damage_is_refused_or_read_as_zlib_reads_it(
        seed in any::<u64>(),
        len in 1_usize..3000,
        level in 0_u32..10,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        change in -3_isize..4,
    ) {
        let mut packed = zlib_packed(&mixed(len, seed), level, FlushCompress::Finish);
        damage.iter().for_each(|(at, byte)| *at.get_mut(&mut packed) = *byte);
        for last in [true, false] {
            check(&packed, len.saturating_add_signed(change), last);
        }
    }

    #[test]
    fn any_bytes_are_refused_or_read_as_zlib_reads_them(
        mut packed in prop::collection::vec(any::<u8>(), 0..200),
        len in 0_usize..400,
        kind in 0_u8..8,
    ) {
        if let Some(first) = packed.first_mut() {
            *first = *first & 0xF8 | kind;
        }
        for last in [true, false] {
            check(&packed, len, last);
        }
    }
}

#[test]
fn two_at_once_are_what_they_are_alone() {
    let segment = |seed: u64, len: usize, mode: Mode, last: bool| {
        let bytes = mixed(len, seed);
        let mut packed = Vec::new();
        let count = Packer::default().pack(mode, &bytes, last, &mut packed).unwrap();
        packed.truncate(count);
        (bytes, packed, last)
    };
    let segments = [
        segment(1, 300_000, Mode::Auto, false),
        segment(2, 5, Mode::Level(6), true),
        segment(3, 200_000, Mode::Level(9), false),
        segment(4, 100_000, Mode::Level(0), true),
        segment(5, 250_000, Mode::Level(1), false),
    ];
    for (bytes, packed, last) in &segments {
        for (other_bytes, other_packed, other_last) in &segments {
            for fault in [None, Some(0), Some(1)] {
                let short = |at: usize, len: usize| if fault == Some(at) { len - 1 } else { len };
                let mut out = vec![0; short(0, bytes.len())];
                let mut other_out = vec![0; short(1, other_bytes.len())];
                let (mut one, mut two) = (Decoder::default(), Decoder::default());
                let jobs = [
                    Job::new(packed, &mut out, *last),
                    Job::new(other_packed, &mut other_out, *other_last),
                ];
                assert_eq!(decode_two([&mut one, &mut two], jobs), fault.is_none());
                if fault.is_none() {
                    assert!(out == *bytes && other_out == *other_bytes);
                }
            }
        }
    }
}
