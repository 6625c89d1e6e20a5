//! Verifying: all that is wrong with an archive, entry by entry, and what its values are.

use std::io::Write;

use ndarray::{arr0, arr1, arr2};
use npz_core::{
    Compression, ErrorKind, LoadOptions, NpzReader, NpzWriter, SaveOptions, VerifyOptions,
};

fn archive(compression: Compression) -> Vec<u8> {
    let options = SaveOptions::new().compression(compression).metadata("made by", "a test");
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    writer.add("x", &arr1(&[1.0, f64::NAN, f64::NEG_INFINITY])).unwrap();
    writer.add("flags", &arr2(&[[true, false]])).unwrap();
    writer.add("name", &arr0("ab".to_owned())).unwrap();
    writer.finish().unwrap()
}

#[test]
fn a_sound_archive() {
    for compression in [Compression::Stored, Compression::Deflate(6)] {
        let bytes = archive(compression);
        let reader = NpzReader::from_bytes(&bytes).unwrap();
        let report = reader.verify_report(&VerifyOptions::new().values(true));
        assert!(report.is_sound(), "{report}");
        assert_eq!(report.to_string(), "4 entries, no fault");
        let names: Vec<_> = report.entries().iter().map(|entry| entry.name()).collect();
        assert_eq!(names, ["x", "flags", "name", "__metadata__"]);
        let x = &report.entries()[0];
        assert_eq!((x.member(), x.header().unwrap().shape()), ("x.npy", &[3][..]));
        assert_eq!((x.method(), x.size()), (reader.entry("x").unwrap().method(), 128 + 24));
        assert_eq!(x.packed_size(), reader.entry("x").unwrap().packed_size());
        let values = x.values().unwrap();
        assert_eq!((values.nan(), values.infinite(), values.invalid()), (1, 1, 0));
        assert!(report.entries()[1..].iter().all(|entry| entry.values().unwrap().is_clean()));
        let plain = reader.verify_report(&VerifyOptions::new());
        assert!(plain.entries().iter().all(|entry| entry.values().is_none()));
    }
}

#[test]
fn every_fault_is_told_with_its_entry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.npz");
    let mut bytes = archive(Compression::Stored);
    let data = |name: &str| {
        let whole = archive(Compression::Stored);
        let reader = NpzReader::from_bytes(&whole).unwrap();
        usize::try_from(reader.entry(name).unwrap().data_offset().unwrap().unwrap()).unwrap()
    };
    bytes[data("x")] ^= 1;
    bytes[data("name") - 2] ^= 1; // a blank of the npy header
    std::fs::write(&path, bytes).unwrap();
    let reader = NpzReader::open(&path).unwrap();
    let report = reader.verify_report(&VerifyOptions::new().values(true));
    let faults: Vec<_> = report.faults().map(|fault| (fault.kind(), fault.entry())).collect();
    assert_eq!(faults, [(ErrorKind::Corrupt, Some("x")), (ErrorKind::Corrupt, Some("name"))]);
    assert_eq!(report.path(), Some(path.as_path()));
    let text = report.to_string();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.starts_with(path.to_str().unwrap()), "{text}");
    // Values that no checksum vouches for are not counted.
    assert!(report.entries()[0].values().is_none() && report.entries()[0].header().is_some());
    assert!(report.entries()[1].values().is_some());
    assert_eq!(reader.verify().unwrap_err().entry(), Some("x"));
    assert_eq!(reader.entry("name").unwrap().verify().unwrap_err().entry(), Some("name"));
}

#[test]
fn what_is_no_array_of_values_is_verified_as_bytes() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let objects = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n";
    let mut pickle = b"\x93NUMPY\x01\0".to_vec();
    pickle.extend(u16::try_from(objects.len()).unwrap().to_le_bytes());
    pickle.extend(objects.as_bytes());
    pickle.extend(b"\x80\x04N.");
    for (name, data) in [("README.md", &b"hello"[..]), ("o.npy", &pickle), ("empty.npy", b"")] {
        writer.start_file(name, options).unwrap();
        writer.write_all(data).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let report =
        NpzReader::from_bytes(&bytes).unwrap().verify_report(&VerifyOptions::new().values(true));
    assert!(report.is_sound(), "{report}");
    assert!(report.entries().iter().all(|entry| entry.values().is_none()));
    assert!(report.entries()[1].header().unwrap().dtype().has_object());
}

#[test]
fn a_header_that_promises_more_or_less_is_a_fault() {
    // Sound for a zip program: all checksums are right.
    for (shape, kind) in [("(5,)", ErrorKind::Truncated), ("(3,)", ErrorKind::Corrupt)] {
        let text = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut data = b"\x93NUMPY\x01\0".to_vec();
        data.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
        data.extend(text.as_bytes());
        data.extend([0; 4]);
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("a.npy", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&data).unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        let reader = NpzReader::from_bytes(&bytes).unwrap();
        assert_eq!(reader.verify().unwrap_err().kind(), kind);
        let report = reader.verify_report(&VerifyOptions::new());
        assert_eq!(report.faults().next().unwrap().kind(), kind);
    }
}

#[test]
fn a_lenient_reader_tells_what_the_strict_one_would_not_take() {
    let lenient = LoadOptions::new().lenient(true);
    let whole = archive(Compression::Stored);
    let prefixed = [b"#!/bin/sh\n", &whole[..]].concat();
    let report = |bytes: &[u8]| {
        let reader = NpzReader::from_bytes_with(bytes, &lenient).unwrap();
        reader.verify_report(&VerifyOptions::new())
    };
    assert!(report(&whole).is_sound());
    // A name that stands otherwise in front of the data than in the directory.
    let mut renamed = whole.clone();
    let at = renamed.windows(9).position(|bytes| bytes == b"flags.npy").unwrap();
    renamed[at] = b'F';
    let found = report(&renamed);
    let framing = found.framing().unwrap();
    assert_eq!((framing.kind(), framing.entry()), (ErrorKind::Corrupt, Some("flags")));
    assert!(!found.is_sound());
    let report = report(&prefixed);
    assert!(!report.is_sound());
    assert_eq!(report.framing().unwrap().kind(), ErrorKind::Corrupt);
    assert!(report.entries().iter().all(|entry| entry.fault().is_none()), "{report}");
}
