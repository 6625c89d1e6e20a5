//! How often the system is called: few writes for a whole archive, few reads for all of it.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Mutex;

use ndarray::{Array1, Ix1};
use npz_core::{Compression, LoadNpz, NpzReader, NpzWriter, ReadAt, SaveNpz, SaveOptions};

const ARRAYS: usize = 10_000;
const ITEMS: usize = 256;
/// One for each array, and some for stretches of the file that were read in vain.
const MOST_READS: usize = ARRAYS + ARRAYS / 50;

/// Counts the writes that reach it.
#[derive(Default)]
struct Counting {
    bytes: Vec<u8>,
    writes: usize,
}

impl Write for Counting {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        self.bytes.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Notes every range that is read.
struct Noting<'a> {
    bytes: &'a [u8],
    reads: Mutex<Vec<Range<u64>>>,
}

impl<'a> Noting<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, reads: Mutex::default() }
    }

    /// What was read since the last time.
    fn take(&self) -> Vec<Range<u64>> {
        std::mem::take(&mut self.reads.lock().unwrap())
    }
}

impl ReadAt for Noting<'_> {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.reads.lock().unwrap().push(offset..offset + buf.len() as u64);
        self.bytes.read_exact_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        self.bytes.size()
    }
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
struct Model {
    layers: Vec<Layer>,
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
struct Layer {
    weight: Array1<f32>,
    bias: Array1<f32>,
}

fn model() -> Model {
    let array = |seed: usize| Array1::from_iter((0..ITEMS).map(|n| (seed * n % 1009) as f32));
    let layer = |n| Layer { weight: array(n), bias: array(n + 1) };
    Model { layers: (0..ARRAYS / 2).map(layer).collect() }
}

fn write(model: &Model, options: &SaveOptions) -> Counting {
    let mut writer = NpzWriter::with_options(Counting::default(), options).unwrap();
    writer.add_all(model).unwrap();
    writer.finish().unwrap()
}

#[test]
fn many_small_arrays_take_few_calls() {
    let model = model();
    let written = write(&model, &SaveOptions::new());
    assert!(written.bytes.len() > ARRAYS * ITEMS * 4);
    // About four for each MiB: two threads hand them over in pieces that stay in the cache.
    assert!(written.writes < 60, "{} writes", written.writes);

    let source = Noting::new(&written.bytes);
    let reader = NpzReader::new(&source).unwrap();
    assert_eq!(reader.len(), ARRAYS);
    let opening = source.take();
    assert!(opening.len() <= 2, "{opening:?}");
    let tail = 64 << 10;
    let directory =
        written.bytes.len() as u64 - opening.iter().map(|read| read.start).min().unwrap();
    assert!(directory < tail + ARRAYS as u64 * 100, "{directory} bytes read to open");

    // One read for each, of its span alone.
    for index in [0, 4321, ARRAYS / 2 - 1] {
        let name = format!("layers.{index}.bias");
        let offset = reader.entry(&name).unwrap().data_offset().unwrap().unwrap();
        source.take();
        let array: Array1<f32> = reader.get(&name).unwrap();
        assert_eq!(array, model.layers[index].bias);
        let reads = source.take();
        assert_eq!(reads.len(), 1, "{reads:?}");
        let (read, data) = (&reads[0], offset..offset + ITEMS as u64 * 4);
        assert!(read.start < data.start && read.end == data.end, "{read:?} for {data:?}");
        assert!(data.start - read.start < 400, "{read:?} for {data:?}");
    }

    // All of them, by their type: the headers once, the data once, a MiB at a time.
    let loaded: Model = reader.load().unwrap();
    let reads = source.take();
    assert!(reads.len() < 60, "{} reads for {ARRAYS} arrays", reads.len());
    assert_eq!(loaded, model);

    let by_name: HashMap<String, Array1<f32>> = reader.load().unwrap();
    let reads = source.take();
    let total: u64 = reads.iter().map(|read| read.end - read.start).sum();
    assert!(total < 10 * written.bytes.len() as u64, "{total} bytes in {} reads", reads.len());
    assert!(reads.len() <= MOST_READS, "{} reads for {ARRAYS} arrays", reads.len());
    assert_eq!(by_name["layers.77.weight"], model.layers[77].weight);

    for name in reader.names() {
        reader.get::<f32, Ix1>(name).unwrap();
    }
    assert_eq!(source.take().len(), ARRAYS);
}

#[test]
fn in_any_order_one_read_per_entry_is_enough() {
    let mut writer = NpzWriter::new(Vec::new());
    // 7919 and 10,000 have no common divisor, so every name comes once.
    for n in 0..ARRAYS {
        writer
            .add(&format!("{:05}", n * 7919 % ARRAYS), &Array1::from_elem(ITEMS, n as f32))
            .unwrap();
    }
    let bytes = writer.finish().unwrap();
    let source = Noting::new(&bytes);
    let reader = NpzReader::new(&source).unwrap();
    source.take();
    let loaded: HashMap<String, Array1<f32>> = reader.load().unwrap();
    let reads = source.take();
    assert_eq!(loaded["07919"][0], 1.0);
    let total: u64 = reads.iter().map(|read| read.end - read.start).sum();
    assert!(total < 10 * bytes.len() as u64, "{total} bytes read of {}", bytes.len());
    assert!(reads.len() <= MOST_READS, "{} reads for {ARRAYS} arrays", reads.len());
}

#[test]
fn deflated_ones_too() {
    let model = model();
    let written = write(&model, &SaveOptions::new().compression(Compression::Deflate(1)));
    assert!(written.writes < 40, "{} writes", written.writes);
    let source = Noting::new(&written.bytes);
    let reader = NpzReader::new(&source).unwrap();
    source.take();
    let loaded: Model = reader.load().unwrap();
    assert!(source.take().len() < 60);
    assert_eq!(loaded, model);
}

/// One large array: no read or write of its data in small pieces.
#[test]
fn large_arrays_go_in_one_piece() {
    let array = Array1::from_iter((0..3_000_000).map(|n| n as f32));
    let mut writer = NpzWriter::new(Counting::default());
    writer.add("a", &array).unwrap();
    let written = writer.finish().unwrap();
    assert!(written.writes <= 4, "{} writes", written.writes);
    let source = Noting::new(&written.bytes);
    let reader = NpzReader::new(&source).unwrap();
    source.take();
    let loaded: Array1<f32> = reader.get("a").unwrap();
    let reads = source.take();
    let total: u64 = reads.iter().map(|read| read.end - read.start).sum();
    assert!(total < array.len() as u64 * 4 + 4096, "{total} bytes read");
    assert_eq!(loaded, array);
}
