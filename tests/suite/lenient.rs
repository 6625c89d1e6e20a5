//! What `np.load` opens and the strict reader refuses: its error names the door, and behind it
//! stand the right values. And many threads with one reader.

use std::io::{Cursor, Write};
use std::thread;

use ndarray::{Array1, Ix1, arr1};
use npz_core::{Compression, ErrorKind, LoadOptions, NpyWriter, NpzReader, NpzWriter, SaveOptions};

use crate::oracle;

fn archive() -> Vec<u8> {
    let mut writer = NpzWriter::new(Vec::new());
    writer.add("a", &arr1(&[1.0_f32, 2.0])).unwrap();
    writer.add("b", &arr1(&[3_i64])).unwrap();
    writer.finish().unwrap()
}

fn lenient() -> LoadOptions {
    LoadOptions::new().lenient(true)
}

/// Strictly an error that names the door, leniently the arrays of [`archive`].
fn only_leniently(what: &str, bytes: &[u8]) {
    let strict = NpzReader::from_bytes(bytes)
        .and_then(|reader| reader.get::<f32, Ix1>("a").and_then(|_| reader.get::<i64, Ix1>("b")))
        .unwrap_err();
    assert!(strict.to_string().contains("LoadOptions::lenient"), "{what}: {strict}");
    let reader = NpzReader::new_with(bytes, &lenient()).unwrap_or_else(|e| panic!("{what}: {e}"));
    let names: Vec<_> = reader.names().collect();
    assert_eq!(names, ["a", "b"], "{what}");
    assert_eq!(reader.get::<f32, Ix1>("a").unwrap(), arr1(&[1.0, 2.0]), "{what}");
    assert_eq!(reader.get::<i64, Ix1>("b").unwrap(), arr1(&[3]), "{what}");
    let offset = reader.entry("b").unwrap().data_offset().unwrap().unwrap();
    let at = usize::try_from(offset).unwrap();
    assert_eq!(bytes[at..at + 8], 3_i64.to_le_bytes(), "{what}");
}

/// Adds `by` to the little-endian number at `at`.
fn shift(bytes: &mut [u8], at: usize, by: u32) {
    let field: &mut [u8; 4] = (&mut bytes[at..at + 4]).try_into().unwrap();
    *field = (u32::from_le_bytes(*field) + by).to_le_bytes();
}

#[test]
fn what_np_load_opens_opens_leniently() {
    let sound = archive();
    let directory = sound.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let second =
        sound[directory + 4..].windows(4).position(|w| w == b"PK\x01\x02").unwrap() + directory + 4;
    let end = sound.len() - 22;

    let trailing = [sound.as_slice(), b"after the end"].concat();
    // NumPy takes only a prefix that itself looks like a zip.
    let prefixed = [b"PK\x03\x04 prefix".as_slice(), &sound].concat();
    let mut gap = [&sound[..directory], &[0; 10], &sound[directory..]].concat();
    shift(&mut gap, end + 10 + 16, 10);
    let twice = [sound.as_slice(), &[0; 7], &sound[end..]].concat();

    let files = [("trailing", trailing), ("prefixed", prefixed), ("gap", gap)];
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (what, bytes) in &files {
        only_leniently(what, bytes);
        let path = folder.path().join(what);
        std::fs::write(&path, bytes).unwrap();
        paths.push(path);
    }
    // Two end records, the later of which belongs to nothing.
    let error = NpzReader::from_bytes(&twice).unwrap_err();
    assert!(error.to_string().contains("LoadOptions::lenient"), "{error}");

    // The sizes of one local header are missing, as where a writer could not go back.
    let mut local = sound.clone();
    local[18..26].fill(0);
    only_leniently("local sizes", &local);
    let path = folder.path().join("local");
    std::fs::write(&path, &local).unwrap();
    paths.push(path);
    assert!(second > directory);

    let code = "import numpy, sys\nfor path in sys.argv[1:]:\n    z = numpy.load(path)\n    \
                assert z.files == ['a', 'b'] and z['a'].tolist() == [1, 2] and z['b'].tolist() == [3], path";
    oracle::python(code, &paths);
}

#[test]
fn bytes_behind_an_array_are_passed_over_leniently() {
    let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1.0_f32])).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("a.npy", options).unwrap();
    writer.write_all(&[npy.as_slice(), b"more"].concat()).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let error = NpzReader::from_bytes(&bytes).unwrap().get::<f32, Ix1>("a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("np.load passes over them, as LoadOptions::lenient does"));
    let reader = NpzReader::new_with(bytes.as_slice(), &lenient()).unwrap();
    assert_eq!(reader.get::<f32, Ix1>("a").unwrap(), arr1(&[1.0]));

    // Their checksum counts all the same.
    let mut damaged = bytes.clone();
    let at = damaged.windows(4).position(|window| window == b"more").unwrap();
    damaged[at] ^= 1;
    let reader = NpzReader::new_with(damaged.as_slice(), &lenient()).unwrap();
    assert!(reader.get::<f32, Ix1>("a").unwrap_err().to_string().contains("CRC-32"));
}

/// Methods that need a feature are named, with what to do.
#[test]
fn other_methods_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bzip2.npz");
    let code = "import io, numpy as np, sys, zipfile\n\
        with zipfile.ZipFile(sys.argv[1], 'w') as z:\n    \
            for name, method in [('bz', zipfile.ZIP_BZIP2), ('xz', zipfile.ZIP_LZMA), ('plain', zipfile.ZIP_STORED)]:\n        \
                f = io.BytesIO(); np.save(f, np.arange(1000)); z.writestr(name + '.npy', f.getvalue(), method)";
    if oracle::python(code, [&path]).is_none() {
        return;
    }
    let expected = Array1::from_iter(0..1000_i64);
    let strict = NpzReader::open(&path).unwrap();
    assert_eq!(strict.get::<i64, Ix1>("plain").unwrap(), expected);
    let reader = NpzReader::open_with(&path, &lenient()).unwrap();
    assert_eq!(reader.get::<i64, Ix1>("plain").unwrap(), expected);
    for (name, method, built_in) in [
        ("bz", "bzip2 (method 12)", cfg!(feature = "bzip2")),
        ("xz", "lzma (method 14)", cfg!(feature = "lzma")),
    ] {
        let error = strict.get::<i64, Ix1>(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(method), "{error}");
        assert!(
            error.to_string().contains("try LoadOptions::lenient, with the feature"),
            "{error}"
        );
        let found = reader.get::<i64, Ix1>(name);
        match found {
            // Another package of the workspace, built along, may have it built in for this one too.
            Ok(found) => assert_eq!(found, expected),
            Err(error) => {
                assert!(!built_in, "{error}");
                assert_eq!(error.kind(), ErrorKind::Unsupported);
                assert!(error.to_string().contains("which needs npz-core's feature"), "{error}");
            }
        }
    }
}

#[test]
fn one_reader_serves_many_threads() {
    for (compression, lenient) in [
        (Compression::Stored, false),
        (Compression::Deflate(6), false),
        (Compression::Stored, true),
    ] {
        let options = SaveOptions::new().compression(compression);
        let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
        for n in 0..40_u16 {
            writer.add(&n.to_string(), &Array1::from_elem(20_000, n)).unwrap();
        }
        // Through a cursor behind a lock, the least thread-friendly of all sources.
        let source = npz_core::SeekSource::new(Cursor::new(writer.finish().unwrap())).unwrap();
        let reader = NpzReader::new_with(source, &LoadOptions::new().lenient(lenient)).unwrap();
        thread::scope(|scope| {
            for start in 0..4 {
                let reader = &reader;
                scope.spawn(move || {
                    for n in (0..40_u16).cycle().skip(start * 10).take(40) {
                        let array: Array1<u16> = reader.get(&n.to_string()).unwrap();
                        assert!(array.len() == 20_000 && array.iter().all(|&item| item == n));
                    }
                });
            }
        });
    }
}
