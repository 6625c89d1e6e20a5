//! Large loads: on any number of threads, from sources that fail, with and without checksums,
//! watched and cancelled.

// Of numbers that are made small on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use half::{bf16, f16};
use ndarray::{Array1, Array2, ArrayD, Ix1, s};
use npz_core::{
    AnyArray, ByteOrder, Compression, Element, Error, ErrorKind, LoadNpz, LoadOptions, NpzReader,
    NpzWriter, ReadAt, Result, SaveNpz, SaveOptions, SeekSource, read_npy_with, write_npy_with,
};
use num_complex::Complex;

/// Several pieces, the last of them not whole, and no whole number of pages.
const ITEMS: usize = (9 << 20) / 8 + 77;

const THREADS: [usize; 5] = [0, 1, 2, 3, 8];

fn numbers() -> Array1<u64> {
    Array1::from_iter((0..ITEMS as u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}

fn archive(order: ByteOrder) -> Vec<u8> {
    let mut writer =
        NpzWriter::with_options(Vec::new(), &SaveOptions::new().byte_order(order)).unwrap();
    writer.add("before", &Array1::from_elem(5, 1_u8)).unwrap();
    writer.add("x", &numbers()).unwrap();
    writer.add("after", &Array1::from_elem(5, 2_u8)).unwrap();
    writer.finish().unwrap()
}

/// A source that reads from many threads, counts, and fails from some read on.
struct Failing {
    bytes: Vec<u8>,
    reads: AtomicUsize,
    /// Where the read that fails starts, at least.
    from: u64,
    with: io::ErrorKind,
    parallel: bool,
}

impl Failing {
    fn new(bytes: Vec<u8>) -> Self {
        let with = io::ErrorKind::Other;
        Self { bytes, reads: AtomicUsize::new(0), from: u64::MAX, with, parallel: true }
    }
}

impl ReadAt for Failing {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        if offset >= self.from && buf.len() > 1 << 20 {
            return Err(io::Error::new(self.with, format!("no bytes at {offset}")));
        }
        self.bytes.read_exact_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        self.bytes.size()
    }

    fn reads_in_parallel(&self) -> bool {
        self.parallel
    }
}

/// The bits of the items, for NaNs too.
fn check_all_threads<A: Element + Copy>(
    bits: &[u64],
    make: impl Fn(u64) -> A,
    same: impl Fn(A, A) -> bool,
) {
    let array: Array1<A> = bits.iter().map(|&bits| make(bits)).collect();
    let folder = tempfile::tempdir().unwrap();
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let options = SaveOptions::new().durable(false).byte_order(order);
        let (npz, npy) = (folder.path().join("a.npz"), folder.path().join("a.npy"));
        let mut writer = NpzWriter::create_with(&npz, &options).unwrap();
        writer.add("x", &array).unwrap();
        writer.finish().unwrap();
        write_npy_with(&npy, &array, &options).unwrap();
        for threads in THREADS {
            let options = LoadOptions::new().threads(threads);
            let reader = NpzReader::open_with(&npz, &options).unwrap();
            let mut into = Array1::from_elem(array.len(), array[0]);
            reader.read_into("x", &mut into).unwrap();
            let any = reader.any("x").unwrap().to_array::<A, Ix1>().unwrap();
            let loaded =
                [reader.get("x").unwrap(), read_npy_with(&npy, &options).unwrap(), into, any];
            for loaded in loaded {
                let equal = array.iter().zip(&loaded).all(|(a, b)| same(*a, *b));
                assert!(
                    equal && array.len() == loaded.len(),
                    "{} {order:?} {threads}",
                    A::expected()
                );
            }
        }
    }
}

#[test]
fn every_dtype_comes_bit_by_bit_on_any_number_of_threads() {
    let bits: Vec<u64> =
        (0..(5 << 19) + 3).map(|n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
    let cut = |bytes: usize| &bits[..(5 << 20) / bytes + 3];
    check_all_threads(cut(2), |n| n as u16, |a, b| a == b);
    check_all_threads(cut(2), |n| f16::from_bits(n as u16), |a, b| a.to_bits() == b.to_bits());
    check_all_threads(cut(2), |n| bf16::from_bits(n as u16), |a, b| a.to_bits() == b.to_bits());
    check_all_threads(cut(4), |n| n as i32, |a, b| a == b);
    check_all_threads(cut(4), |n| f32::from_bits(n as u32), |a, b| a.to_bits() == b.to_bits());
    check_all_threads(cut(8), f64::from_bits, |a, b| a.to_bits() == b.to_bits());
    check_all_threads(cut(8), |n| n, |a, b| a == b);
    let complex = |n: u64| Complex::new(f64::from_bits(n), f64::from_bits(!n));
    let same = |a: Complex<f64>, b: Complex<f64>| {
        (a.re.to_bits(), a.im.to_bits()) == (b.re.to_bits(), b.im.to_bits())
    };
    check_all_threads(cut(16), complex, same);
    check_all_threads(cut(4), |n| n & 1 == 1, |a, b| a == b);
}

#[test]
fn any_source_gives_the_same() {
    let expected = numbers();
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let bytes = archive(order);
        for threads in THREADS {
            let options = LoadOptions::new().threads(threads);
            let seek = SeekSource::new(io::Cursor::new(bytes.clone())).unwrap();
            let mut alone = Failing::new(bytes.clone());
            alone.parallel = false;
            let mut file = tempfile::tempfile().unwrap();
            io::Write::write_all(&mut file, &bytes).unwrap();
            let sources: [Box<dyn ReadAt>; 5] = [
                Box::new(bytes.clone()),
                Box::new(seek),
                Box::new(alone),
                Box::new(Failing::new(bytes.clone())),
                Box::new(file),
            ];
            for source in sources {
                let reader = NpzReader::new_with(source, &options).unwrap();
                assert!(reader.get::<u64, Ix1>("x").unwrap() == expected, "{threads}");
                let tail = reader.slice::<u64, _>("x", s![ITEMS - 5..]).unwrap();
                assert_eq!(tail, expected.slice(s![ITEMS - 5..]));
            }
        }
    }
}

#[test]
fn the_error_is_that_of_one_thread() {
    let bytes = archive(ByteOrder::Little);
    let load = |threads, from, with| {
        let source = Failing { from, with, ..Failing::new(bytes.clone()) };
        let reader = NpzReader::new_with(source, &LoadOptions::new().threads(threads)).unwrap();
        reader.get::<u64, Ix1>("x").unwrap_err()
    };
    for from in [0, 1 << 20, 3 << 20, 5 << 20] {
        for with in [io::ErrorKind::Other, io::ErrorKind::UnexpectedEof] {
            let expected = load(1, from, with);
            assert_eq!(expected.entry(), Some("x"));
            let kind = match with {
                io::ErrorKind::UnexpectedEof => ErrorKind::Truncated,
                _ => ErrorKind::Io,
            };
            assert_eq!(expected.kind(), kind, "{expected}");
            for threads in [2, 3, 8] {
                for _ in 0..5 {
                    assert_eq!(load(threads, from, with).to_string(), expected.to_string());
                }
            }
        }
    }
}

#[test]
fn a_file_that_shrinks_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    for threads in [1, 3] {
        for len in [100, 1 << 20, 4 << 20, (9 << 20) + 100] {
            std::fs::write(&path, archive(ByteOrder::Little)).unwrap();
            let reader = NpzReader::open_with(&path, &LoadOptions::new().threads(threads)).unwrap();
            File::options().write(true).open(&path).unwrap().set_len(len).unwrap();
            let error = reader.get::<u64, Ix1>("x").unwrap_err();
            assert_eq!((error.kind(), error.entry()), (ErrorKind::Truncated, Some("x")), "{error}");
        }
    }
}

#[test]
fn damage_is_found_wherever_it_is() {
    let bytes = archive(ByteOrder::Big);
    let start = NpzReader::from_bytes(&bytes).unwrap().entry("x").unwrap().data_offset().unwrap();
    let start = usize::try_from(start.unwrap()).unwrap();
    for at in [0, 1000, (2 << 20) - 1, 2 << 20, 5 << 20, ITEMS * 8 - 1] {
        let mut bytes = bytes.clone();
        bytes[start + at] ^= 4;
        for threads in [1, 2, 3] {
            let options = LoadOptions::new().threads(threads);
            let reader = NpzReader::from_bytes_with(&bytes, &options).unwrap();
            let error = reader.get::<u64, Ix1>("x").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{at}");
            assert!(error.to_string().contains("expected CRC-32"), "{error}");

            // Nobody looks, unless asked to.
            let options = options.verify(false);
            let reader = NpzReader::from_bytes_with(&bytes, &options).unwrap();
            let found: Array1<u64> = reader.get("x").unwrap();
            let expected = numbers();
            assert_eq!(found.iter().zip(&expected).filter(|(a, b)| a != b).count(), 1);
            let mut into = Array1::<u64>::zeros(ITEMS);
            reader.read_into("x", &mut into).unwrap();
            assert_eq!(into, found);
            assert_eq!(reader.verify().unwrap_err().kind(), ErrorKind::Corrupt);
            assert_eq!(reader.entry("x").unwrap().verify().unwrap_err().kind(), ErrorKind::Corrupt);
        }
    }
}

#[test]
fn without_checksums_all_else_is_checked() {
    let options = LoadOptions::new().verify(false);
    let mut writer = NpzWriter::new(Vec::new());
    writer.add("x", &numbers()).unwrap();
    let bytes = writer.finish().unwrap();
    // The name in the local header.
    let mut renamed = bytes.clone();
    renamed[30] = b'y';
    let reader = NpzReader::from_bytes_with(&renamed, &options).unwrap();
    assert_eq!(reader.get::<u64, Ix1>("x").unwrap_err().kind(), ErrorKind::Corrupt);
    // A deflated stream that isn't one.
    let deflate = SaveOptions::new().compression(Compression::Deflate(1));
    let mut writer = NpzWriter::with_options(Vec::new(), &deflate).unwrap();
    writer.add("x", &Array1::<u64>::zeros(100_000)).unwrap();
    let mut bytes = writer.finish().unwrap();
    let zeros = {
        let reader = NpzReader::from_bytes_with(&bytes, &options).unwrap();
        reader.get::<u64, Ix1>("x").unwrap()
    };
    assert_eq!(zeros, Array1::<u64>::zeros(100_000));
    let middle = bytes.len() / 4;
    bytes[middle..middle + 50].fill(0xFF);
    let reader = NpzReader::from_bytes_with(&bytes, &options).unwrap();
    assert!(reader.get::<u64, Ix1>("x").is_err());
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug, Clone)]
struct Model {
    large: Array1<u64>,
    small: Array2<f32>,
    step: u64,
    name: String,
}

fn model(seed: u64) -> Model {
    Model {
        large: numbers() + seed,
        small: Array2::from_elem((3, 4), seed as f32),
        step: seed,
        name: seed.to_string(),
    }
}

/// What a callback heard: bytes done, of how many, in which entry.
type Heard = Arc<Mutex<Vec<(u64, Option<u64>, String)>>>;

/// Listens, and says stop when so many bytes are done.
fn listening(stop: u64) -> (LoadOptions, Heard) {
    let heard = Heard::default();
    let notes = Arc::clone(&heard);
    let options = LoadOptions::new().progress(move |progress| {
        let (done, total) = (progress.done(), progress.total());
        notes.lock().unwrap().push((done, total, progress.entry().to_owned()));
        if done >= stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    (options, heard)
}

fn check_heard(heard: &Heard, total: u64, calls: std::ops::RangeInclusive<usize>) {
    let heard = std::mem::take(&mut *heard.lock().unwrap());
    assert!(calls.contains(&heard.len()), "{heard:?}");
    assert!(heard.is_sorted_by(|a, b| a.0 < b.0), "{heard:?}");
    assert!(heard.iter().all(|told| told.1 == Some(total)), "{heard:?}");
    assert_eq!(heard.last().unwrap().0, total);
}

#[test]
fn progress_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.npz");
    let saved = model(1);
    for compression in [Compression::Stored, Compression::Deflate(1)] {
        let options = SaveOptions::new().durable(false).compression(compression);
        saved.save_npz_with(&path, &options).unwrap();
        let large = ITEMS as u64 * 8;
        let all = large + 3 * 4 * 4 + 8 + 4;
        for threads in THREADS {
            let (options, heard) = listening(u64::MAX);
            let options = options.threads(threads);
            assert_eq!(Model::load_npz_with(&path, &options).unwrap(), saved);
            check_heard(&heard, all, 2..=4);

            let mut value = model(2);
            value.update_from_npz(&path, &options).unwrap();
            assert_eq!(value, saved);
            check_heard(&heard, 2 * all, 4..=7);

            let reader = NpzReader::open_with(&path, &options).unwrap();
            reader.get::<u64, Ix1>("large").unwrap();
            check_heard(&heard, large, 2..=3);
            reader.any("large").unwrap();
            check_heard(&heard, large, 2..=3);
            reader.read_into("large", &mut Array1::<u64>::zeros(ITEMS)).unwrap();
            check_heard(&heard, large, 2..=3);
        }
    }
    let path = folder.path().join("a.npy");
    write_npy_with(&path, &saved.large, &SaveOptions::new().durable(false)).unwrap();
    let (options, heard) = listening(u64::MAX);
    read_npy_with::<u64, Ix1>(&path, &options).unwrap();
    check_heard(&heard, ITEMS as u64 * 8, 2..=3);
    AnyArray::read_npy_with(&path, &options).unwrap();
    check_heard(&heard, ITEMS as u64 * 8, 2..=3);
}

#[test]
fn a_load_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.npz");
    let saved = model(1);
    saved.save_npz_with(&path, &SaveOptions::new().durable(false)).unwrap();
    let cancelled = |error: Error| assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    for threads in [1, 2, 3] {
        for stop in [0, 5 << 20, 8 << 20] {
            let (options, _) = listening(stop);
            let options = options.threads(threads);
            let error = Model::load_npz_with(&path, &options).unwrap_err();
            assert_eq!(error.path(), Some(path.as_path()));
            cancelled(error);
            let mut value = model(2);
            cancelled(value.update_from_npz(&path, &options).unwrap_err());
            assert_eq!(value, model(2));
            let reader = NpzReader::open_with(&path, &options).unwrap();
            cancelled(reader.get::<u64, Ix1>("large").unwrap_err());
        }
        // Too late: the second pass has begun.
        let (options, heard) = listening(10 << 20);
        let mut value = model(2);
        value.update_from_npz(&path, &options.threads(threads)).unwrap();
        assert_eq!(value, saved);
        assert!(heard.lock().unwrap().len() > 3);
    }
}

#[test]
fn maps_of_arrays_load_the_same_on_any_number_of_threads() {
    let sizes = [0, 1, 100, 70_000, 600_000, 1_500_000, 3];
    let arrays: HashMap<String, ArrayD<f32>> = (0..35)
        .map(|n| {
            let array = Array1::from_iter((0..sizes[n % 7]).map(|i| (i * n) as f32));
            (format!("a{n}"), array.into_dyn())
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.npz");
    arrays.save_npz_with(&path, &SaveOptions::new().durable(false)).unwrap();
    for threads in THREADS {
        let options = LoadOptions::new().threads(threads);
        let loaded: Result<HashMap<String, ArrayD<f32>>> = LoadNpz::load_npz_with(&path, &options);
        assert!(loaded.unwrap() == arrays, "{threads}");
    }
}
