//! What is deflated here, NumPy, `zipfile` and `unzip` read, and the bytes don't depend on threads.

use std::path::Path;

use ndarray::{Array1, Array2, ArrayD, IxDyn};
use npz_core::{Compression, NpzEditor, NpzReader, NpzWriter, SaveNpz, SaveOptions};

use crate::oracle;

fn random(i: usize) -> u64 {
    let x = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
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
        ("sparse", of(600_000, &|i| if random(i) % 10 == 0 { weight(i) } else { 0.0 })),
        ("integers", of(300_000, &|i| (random(i) % 50) as f32)),
        ("constant", of(400_000, &|_| 1.5)),
        ("table", of(500_000, &|i| weight(i % 999))),
        ("random", of(300_000, &|i| f32::from_bits(random(i) as u32 & 0x7F7F_FFFF))),
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
    let all = [Compression::Auto].into_iter().chain((0..=9).map(Compression::Deflate));
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
