//! The fuzz targets (`fuzz/`) on the inputs that a fuzzer has found to be new, and on others made of these by
//! chance: so they build, and hold, between two runs of `.ci/fuzz`, which looks much further.
#![allow(clippy::cast_possible_truncation, clippy::duplicate_mod, unused_attributes)]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use zip::ZipArchive;

use crate::random::Random;

#[path = "../../fuzz/fuzz_targets/chunking.rs"]
mod chunking;
#[path = "../../fuzz/fuzz_targets/derive_load.rs"]
mod derive_load;
#[path = "../../fuzz/fuzz_targets/differential.rs"]
mod differential;
#[path = "../../fuzz/fuzz_targets/header.rs"]
mod header;
#[path = "../../fuzz/fuzz_targets/literal.rs"]
mod literal;
#[path = "../../fuzz/fuzz_targets/npy.rs"]
mod npy;
#[path = "../../fuzz/fuzz_targets/npz.rs"]
mod npz;
#[path = "../../fuzz/fuzz_targets/round_trip.rs"]
mod round_trip;
#[path = "../../fuzz/fuzz_targets/tied_load.rs"]
mod tied_load;

/// As long as `.ci/fuzz` makes them.
const LONGEST: usize = 2048;

/// What libFuzzer's macro makes of a target, as a function.
macro_rules! fuzz_target {
    (|$input:ident: $type:ty| $body:block) => {
        pub(super) fn run(bytes: &[u8]) {
            let bytes = arbitrary::Unstructured::new(bytes);
            if let Ok($input) = <$type as arbitrary::Arbitrary<'_>>::arbitrary_take_rest(bytes) {
                $body
            }
        }
    };
}
pub(crate) use fuzz_target;

/// Tells which input a target failed at.
struct Input<'a>(&'a [u8]);

impl Drop for Input<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input: {:02x?}", self.0);
        }
    }
}

/// The seeds of each target, by its name.
fn seeds() -> BTreeMap<String, Vec<Vec<u8>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds.zip");
    let mut archive = ZipArchive::new(Cursor::new(fs::read(path).unwrap())).unwrap();
    let mut seeds = BTreeMap::<_, Vec<_>>::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let (Some((target, _)), mut bytes) = (name.split_once('/'), Vec::new()) else { continue };
        file.read_to_end(&mut bytes).unwrap();
        seeds.entry(target.to_owned()).or_default().push(bytes);
    }
    seeds
}

impl Random {
    /// A part of `bytes`, mostly a short one.
    fn part<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let start = self.below(bytes.len());
        let most = if self.below(4) == 0 { bytes.len() } else { 16 };
        &bytes[start..bytes.len().min(start + self.below(most))]
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len());
        match self.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            1 if !bytes.is_empty() => {
                const TELLING: [u8; 7] = [0, 1, 0x7F, 0x80, 0xFF, b'9', b'('];
                bytes[at] = TELLING[self.below(TELLING.len())];
            }
            2 if !bytes.is_empty() => bytes[at] = self.below(256) as u8,
            3 => drop(bytes.drain(at..at + self.below((bytes.len() - at).min(16)))),
            4 => {
                let part = self.part(bytes).to_vec();
                bytes.splice(at..at, part);
            }
            5 => {
                let part = self.part(other);
                let end = bytes.len().min(at + part.len());
                bytes.splice(at..end, part.iter().copied());
            }
            _ => bytes.truncate(bytes.len().saturating_sub(self.below(4))),
        }
        bytes.truncate(LONGEST);
    }
}

/// `NPZ_FUZZ_TIMES=100` makes as many times the inputs.
fn check(target: &str, run: fn(&[u8]), inputs: usize) {
    let times = env::var("NPZ_FUZZ_TIMES").map_or(1, |times| times.parse().unwrap());
    let seeds = seeds().remove(target).unwrap_or_default();
    assert!(seeds.len() >= 20, "{target} has {} seeds", seeds.len());
    let run = |bytes: &[u8]| {
        let input = Input(bytes);
        run(input.0);
    };
    seeds.iter().for_each(|seed| run(seed));
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..times * inputs {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        let other = &seeds[random.below(seeds.len())];
        for _ in 0..1 + random.below(4) {
            random.change(&mut bytes, other);
        }
        run(&bytes);
    }
}

macro_rules! targets {
    ($($target:ident $inputs:literal)*) => {
        mod on {
            $(#[test]
            fn $target() {
                super::check(stringify!($target), super::$target::run, $inputs);
            })*
        }
    };
}

// Inputs made of the seeds, as many as take some seconds.
targets! {
    chunking 300
    derive_load 4000
    differential 3000
    header 40000
    literal 80000
    npy 10000
    npz 3000
    round_trip 1500
    tied_load 4000
}
