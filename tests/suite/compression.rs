//! What is deflated here, NumPy, `zipfile` and `unzip` read, and the bytes don't depend on threads.

use std::path::Path;

use ndarray::{Array1, Array2, ArrayD, IxDyn};
use npz_core::{Compression, LoadOptions, NpzEditor, NpzReader, NpzWriter, SaveNpz, SaveOptions};

use crate::oracle;

fn random(i: usize) -> u64 {
    let x = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
}

fn half(number: u64) -> u32 {
    u32::try_from(number >> 32).unwrap()
}

/// Sums of uniform numbers: nearly normal, as weights are.
fn weight(i: usize) -> f32 {
    let bytes = random(i).to_le_bytes();
    bytes.iter().map(|&byte| f32::from(byte)).sum::<f32>() / 1000.0 - 1.02
        + (random(i) >> 40) as f32 / 1e9
}

/// Arrays of every kind that the encoders tell apart, some of several segments, some small.
fn arrays() -> Vec<(&'static str, ArrayD<f32>)> {
    let of =
        |len: usize, item: &dyn Fn(usize) -> f32| Array1::from_iter((0..len).map(item)).into_dyn();
    vec![
        ("weights", of(700_000, &weight)),
        ("sparse", of(600_000, &|i| if random(i).is_multiple_of(10) { weight(i) } else { 0.0 })),
        ("integers", of(300_000, &|i| (random(i) % 50) as f32)),
        ("constant", of(400_000, &|_| 1.5)),
        ("table", of(500_000, &|i| weight(i % 999))),
        ("random", of(300_000, &|i| f32::from_bits(half(random(i)) & 0x7F7F_FFFF))),
        ("one", ArrayD::from_elem(IxDyn(&[]), 2.5)),
        ("none", ArrayD::zeros(IxDyn(&[0, 7]))),
        ("few", of(33, &weight)),
        ("some", of(3000, &|i| (i % 7) as f32)),
    ]
}

fn write(path: &Path, arrays: &[(&str, ArrayD<f32>)], options: &SaveOptions) {
    let mut writer = NpzWriter::create_with(path, options).unwrap();
    arrays.iter().for_each(|(name, array)| writer.add(name, array).unwrap());
    writer.finish().unwrap();
}

fn ways() -> impl Iterator<Item = (String, SaveOptions)> {
    let all = [Compression::Auto].into_iter().chain([0, 1, 2, 6, 9].map(Compression::Deflate));
    all.map(|way| (format!("{way:?}.npz"), SaveOptions::new().durable(false).compression(way)))
}

#[test]
fn numpy_zipfile_and_unzip_read_every_way() {
    let folder = tempfile::tempdir().unwrap();
    let arrays = arrays();
    let mut paths = Vec::new();
    for (name, options) in ways() {
        let path = folder.path().join(name);
        write(&path, &arrays, &options);
        let reader = NpzReader::open(&path).unwrap();
        for (name, array) in &arrays {
            let found: ArrayD<f32> = reader.get(name).unwrap();
            assert!(found == *array, "{name} of {}", path.display());
        }
        paths.push(path);
    }
    for path in &paths {
        oracle::unzip(path);
    }
    let Some(members) = oracle::testzip(&paths) else { return };
    assert!(members.iter().flatten().all(|member| member.method == "deflated"));
    let Some(found) = oracle::describe(&paths) else { return };
    for (found, path) in found.iter().zip(&paths) {
        for (found, (name, array)) in found.iter().zip(&arrays) {
            assert_eq!(found.key.as_deref(), Some(*name));
            let bytes: Vec<u8> = array.iter().flat_map(|item| item.to_le_bytes()).collect();
            assert!(found.bytes == bytes, "{name} of {}", path.display());
        }
    }
}

#[test]
fn the_bytes_are_those_of_one_thread() {
    let folder = tempfile::tempdir().unwrap();
    let arrays = arrays();
    for (name, options) in ways().take(3) {
        let bytes = |threads: usize| {
            let path = folder.path().join(&name);
            write(&path, &arrays, &options.clone().threads(threads));
            std::fs::read(&path).unwrap()
        };
        let expected = bytes(1);
        for threads in [0, 2, 3, 8, 1000] {
            assert!(bytes(threads) == expected, "{name}, {threads} threads");
        }
        // To a writer that can't go back, and all at once, small entries on many threads.
        let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
        arrays.iter().for_each(|(name, array)| writer.add(name, array).unwrap());
        assert!(writer.finish().unwrap() == expected, "{name}");
        let map: Vec<&ArrayD<f32>> = arrays.iter().map(|(_, array)| array).collect();
        let path = folder.path().join("map.npz");
        map.save_npz_with(&path, &options.clone().threads(1)).unwrap();
        let expected = std::fs::read(&path).unwrap();
        map.save_npz_with(&path, &options.clone().threads(3)).unwrap();
        assert!(std::fs::read(&path).unwrap() == expected, "{name}");
    }
}

#[test]
fn rows_that_come_piece_by_piece_are_deflated_alike() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.npz");
    let all = Array2::from_shape_fn((5000, 300), |(i, j)| weight(i * 300 + j));
    for (_, options) in ways().take(3) {
        let mut writer = NpzWriter::create_with(&path, &options).unwrap();
        let mut closed = writer.array_writer::<f32>("closed", [5000, 300]).unwrap();
        all.rows().into_iter().for_each(|row| closed.push(&row).unwrap());
        closed.finish().unwrap();
        let mut open = writer.array_writer_open::<f32>("open", &[300]).unwrap();
        all.rows().into_iter().for_each(|row| open.push(&row).unwrap());
        open.finish().unwrap();
        writer.add("whole", &all).unwrap();
        writer.finish().unwrap();
        let reader = NpzReader::open(&path).unwrap();
        for name in ["closed", "open", "whole"] {
            let found: Array2<f32> = reader.get(name).unwrap();
            assert!(found == all, "{name}");
        }
        let packed = |name: &str| reader.entry(name).unwrap().packed_size();
        assert_eq!(packed("closed"), packed("whole"));
        oracle::testzip([&path]);
        oracle::unzip(&path);
    }
}

#[test]
fn entries_are_packed_anew_by_what_fits() {
    let folder = tempfile::tempdir().unwrap();
    let (path, direct) = (folder.path().join("a.npz"), folder.path().join("b.npz"));
    let arrays = arrays();
    let auto = SaveOptions::new().durable(false).compression(Compression::Auto);
    write(&direct, &arrays, &auto);
    write(&path, &arrays, &SaveOptions::new().durable(false).compression(Compression::Deflate(1)));
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.recompress_all(Compression::Auto).unwrap();
    editor.commit().unwrap();
    assert!(std::fs::read(&path).unwrap() == std::fs::read(&direct).unwrap());
}

#[test]
fn one_call_compresses_and_stays_near_numpys_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.npz");
    let weights = Array1::from_shape_fn(1 << 20, weight);
    weights.save_npz_compressed(&path).unwrap();
    let script = "import os, sys, numpy as np
x = np.load(sys.argv[1])['arr_0']
np.savez_compressed(sys.argv[2], x)
print(os.path.getsize(sys.argv[2]))";
    let theirs = folder.path().join("numpy.npz");
    let Some(size) = oracle::python(script, [&path, &theirs]) else { return };
    let (ours, numpys) =
        (std::fs::metadata(&path).unwrap().len() as f64, size.trim().parse::<f64>().unwrap());
    assert!(ours <= numpys * 1.005, "{ours} bytes against NumPy's {numpys}");
}

/// How the field begins that tells our reader where segments start: its id, ours alone, is before
/// its length.
const MARKS: &[u8] = b"npz\x01\x14";

fn marks_of(bytes: &[u8]) -> Vec<usize> {
    let starts = 0..bytes.len() - MARKS.len();
    starts.filter(|&at| &bytes[at..at + MARKS.len()] == MARKS).collect()
}

/// An archive of one array of several segments, and where the lengths of these stand.
fn marked() -> (Array1<f32>, Vec<u8>, std::ops::Range<usize>) {
    let array = Array1::from_shape_fn(1_200_000, |i| if i % 5 == 0 { weight(i) } else { 0.0 });
    let options = SaveOptions::new().compression(Compression::Auto);
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    writer.add("x", &array).unwrap();
    let bytes = writer.finish().unwrap();
    let [at] = marks_of(&bytes)[..] else { panic!("one entry is marked, once") };
    let len = usize::from(u16::from_le_bytes([bytes[at - 2], bytes[at - 1]]));
    (array, bytes, at + MARKS.len()..at + len)
}

/// Loads by one thread and by several, which must give the same.
fn load(bytes: &[u8]) -> npz_core::Result<Array1<f32>> {
    let load = |threads: usize| {
        NpzReader::from_bytes_with(bytes, &LoadOptions::new().threads(threads))?.get("x")
    };
    let (one, many) = (load(1), load(4));
    match (&one, &many) {
        (Ok(one), Ok(many)) => assert!(one == many),
        (Err(one), Err(many)) => assert_eq!(one.kind(), many.kind(), "{one}; {many}"),
        _ => panic!("one thread and many differ: {one:?}, {many:?}"),
    }
    many
}

#[test]
fn marks_are_a_hint_and_no_more() {
    let (array, bytes, lens) = marked();
    assert_eq!(lens.len(), 4 * 4, "five segments, the last one's length isn't told");
    assert!(load(&bytes).unwrap() == array);
    let with = |change: &dyn Fn(&mut [u8])| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        bytes
    };
    let len = |bytes: &[u8], at: usize| {
        u32::from_le_bytes(bytes[lens.start + 4 * at..][..4].try_into().unwrap())
    };
    let set = |bytes: &mut [u8], at: usize, len: u32| {
        bytes[lens.start + 4 * at..][..4].copy_from_slice(&len.to_le_bytes());
    };
    let mut changed = vec![
        with(&|bytes| bytes[lens.clone()].fill(0)),
        with(&|bytes| bytes[lens.clone()].fill(0xFF)),
        with(&|bytes| bytes[lens.start - MARKS.len()] = b'N'),
        with(&|bytes| bytes[lens.start - 1] = 21),
        with(&|bytes| bytes[lens.start - 1] = 0xFF),
        with(&|bytes| bytes[lens.start - 1] = 0),
        with(&|bytes| (0..4).for_each(|at| set(bytes, at, 1))),
        with(&|bytes| bytes[lens.clone()].rotate_left(4)),
    ];
    for at in 0..4 {
        for by in [-1, 1, -5, 5, 1000, -1000] {
            // A start elsewhere, with and without all that follow it.
            changed.push(with(&|bytes| set(bytes, at, len(bytes, at).wrapping_add_signed(by))));
            changed.push(with(&|bytes| {
                set(bytes, at, len(bytes, at).wrapping_add_signed(by));
                if at < 3 {
                    set(bytes, at + 1, len(bytes, at + 1).wrapping_add_signed(-by));
                }
            }));
        }
    }
    for bytes in changed {
        assert!(load(&bytes).unwrap() == array);
    }
}

#[test]
fn damage_in_any_segment_is_found_by_any_number_of_threads() {
    let (_, bytes, lens) = marked();
    // The local header, and the name behind it.
    let data = 30 + "x.npy".len();
    for part in 0..40 {
        let at = data + (lens.start - 100 - data) / 40 * part;
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x55;
        load(&bytes).unwrap_err();
    }
}

#[test]
fn marks_go_with_entries_that_are_copied_or_streamed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copied.npz");
    let (array, bytes, _) = marked();
    std::fs::write(&path, &bytes).unwrap();
    let small = Array1::from_elem(3, 1_u8);
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.put("small", &small).unwrap();
    editor.commit().unwrap();
    let edited = std::fs::read(&path).unwrap();
    assert_eq!(marks_of(&edited).len(), 1);
    assert!(load(&edited).unwrap() == array);

    let options = SaveOptions::new().durable(false).compression(Compression::Auto);
    let mut writer = NpzWriter::create_with(&path, &options).unwrap();
    let mut closed = writer.array_writer::<f32>("closed", [1200, 1000]).unwrap();
    array.as_slice().unwrap().chunks(777).for_each(|items| closed.push_slice(items).unwrap());
    closed.finish().unwrap();
    let mut open = writer.array_writer_open::<f32>("x", &[]).unwrap();
    array.as_slice().unwrap().chunks(999).for_each(|items| open.push_slice(items).unwrap());
    open.finish().unwrap();
    writer.finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(marks_of(&bytes).len(), 2);
    assert!(load(&bytes).unwrap() == array);
    oracle::testzip([&path]);
    oracle::unzip(&path);
}

#[test]
fn items_of_odd_sizes_and_the_other_byte_order_come_in_whole() {
    let options = SaveOptions::new().compression(Compression::Auto);
    let big = options.clone().byte_order(npz_core::ByteOrder::Big);
    let doubles = Array1::from_shape_fn(400_000, |i| f64::from(weight(i)));
    let mut writer = NpzWriter::with_options(Vec::new(), &big).unwrap();
    writer.add("doubles", &doubles).unwrap();
    let names = Array1::from_shape_fn(150_000, |i| format!("{:05}", random(i) % 100_000));
    writer.add("names", &names).unwrap();
    let bytes = writer.finish().unwrap();
    for threads in [1, 3] {
        let options = LoadOptions::new().threads(threads);
        let reader = NpzReader::from_bytes_with(&bytes, &options).unwrap();
        assert!(reader.get::<f64, ndarray::Ix1>("doubles").unwrap() == doubles);
        assert!(reader.get::<String, ndarray::Ix1>("names").unwrap() == names);
        reader.verify().unwrap();
    }
}
