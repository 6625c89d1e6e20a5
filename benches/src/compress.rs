//! Compressed saves and loads beside NumPy's: normal `f32`, small integers in four bytes, `f32` of
//! which nine in ten are zero.
//!
//! ```sh
//! NPZ_PYTHON=target/…/bin/python cargo run --release -p npz-benches --bin compress [MiB] [rounds]
//! ```
//!
//! Prints medians, and ratios to NumPy's. The rounds alternate, so that a change of the machine's
//! speed hits all alike. Files are in `TMPDIR`; put it into memory (`/dev/shm`) to leave the disk
//! out. `NPZ_PYTHON` is a Python with NumPy; without one NumPy's rows are missing.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use ndarray::Array1;
use npz_core::{Compression, Element, LoadOptions, NpzReader, NpzWriter, SaveOptions};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const NUMPY: &str = "
import sys, time, os, numpy as np
source, target = sys.argv[1:]
x = np.load(source)
start = time.perf_counter()
np.savez_compressed(target, x=x)
saved = time.perf_counter()
y = np.load(target)['x']
loaded = time.perf_counter()
assert x.tobytes() == y.tobytes()
print(saved - start, loaded - saved, os.path.getsize(target))
";

/// What one way to save costs.
#[derive(Default)]
struct Row {
    save: Vec<f64>,
    load: Vec<f64>,
    size: u64,
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let mib: usize = args.next().map_or(Ok(64), |text| text.parse())?;
    let rounds: usize = args.next().map_or(Ok(3), |text| text.parse())?;
    let items = mib * (1 << 20) / 4;
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let normal = Array1::from_shape_simple_fn(items, || random.normal());
    compare("normal f32", &normal, rounds)?;
    let sparse = Array1::from_shape_simple_fn(items, || match random.below(10) {
        0 => random.normal(),
        _ => 0.0,
    });
    compare("90 % zero f32", &sparse, rounds)?;
    let small = Array1::from_shape_simple_fn(items, || random.small());
    compare("small i32", &small, rounds)
}

fn compare<A: Element + PartialEq>(name: &str, array: &Array1<A>, rounds: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (plain, packed) = (folder.path().join("plain.npy"), folder.path().join("packed.npz"));
    npz_core::write_npy(&plain, array)?;
    let python = std::env::var("NPZ_PYTHON").ok();
    let ways = [
        ("Auto, all threads", Compression::Auto, 0),
        ("Auto, 1 thread", Compression::Auto, 1),
        ("Deflate(6), all threads", Compression::Deflate(6), 0),
    ];
    let mut numpy = Row::default();
    let mut rows = ways.map(|_| Row::default());
    for _ in 0..rounds {
        if let Some(python) = &python {
            let args = [Path::new("-c"), Path::new(NUMPY), &plain, &packed];
            let output = Command::new(python).args(args).output()?;
            let printed = String::from_utf8(output.stdout)?;
            let mut words = printed.split_whitespace();
            let mut next = || words.next().ok_or("NumPy printed too little");
            numpy.save.push(next()?.parse()?);
            numpy.load.push(next()?.parse()?);
            numpy.size = next()?.parse()?;
        }
        for ((_, compression, threads), row) in ways.iter().zip(&mut rows) {
            measure(array, &packed, (*compression, *threads), row)?;
        }
    }
    println!("{name}, {:.0} MiB", (array.len() * 4) as f64 / f64::from(1 << 20));
    println!(
        "{:24} {:>9} {:>7} {:>9} {:>7} {:>7} {:>7}",
        "", "save", "x", "load", "x", "size", "x"
    );
    for (name, row) in
        [("NumPy", &numpy)].into_iter().chain(ways.map(|way| way.0).into_iter().zip(&rows))
    {
        let bytes = (array.len() * 4) as f64;
        println!(
            "{name:24} {:5.0} MB/s {:7.1} {:5.0} MB/s {:7.1} {:7.4} {:7.4}",
            bytes / median(&row.save) / 1e6,
            median(&numpy.save) / median(&row.save),
            bytes / median(&row.load) / 1e6,
            median(&numpy.load) / median(&row.load),
            row.size as f64 / bytes,
            row.size as f64 / numpy.size as f64,
        );
    }
    Ok(())
}

fn measure<A: Element + PartialEq>(
    array: &Array1<A>,
    path: &Path,
    (compression, threads): (Compression, usize),
    row: &mut Row,
) -> Result<()> {
    let options = SaveOptions::new().durable(false).compression(compression).threads(threads);
    let start = Instant::now();
    let mut writer = NpzWriter::create_with(path, &options)?;
    writer.add("x", array)?;
    writer.finish()?;
    row.save.push(start.elapsed().as_secs_f64());
    row.size = std::fs::metadata(path)?.len();
    let start = Instant::now();
    let reader = NpzReader::open_with(path, &LoadOptions::new().threads(threads))?;
    let found: Array1<A> = black_box(reader.get("x")?);
    row.load.push(start.elapsed().as_secs_f64());
    assert!(found == array);
    Ok(())
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to 1, neither of them.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Of deviation 1 (Box and Muller).
    #[allow(clippy::cast_possible_truncation)]
    fn normal(&mut self) -> f32 {
        ((-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()) as f32
    }

    /// Mostly near zero: a geometric number.
    #[allow(clippy::cast_possible_truncation)]
    fn small(&mut self) -> i32 {
        (-self.unit().ln() * 4.0) as i32
    }
}
