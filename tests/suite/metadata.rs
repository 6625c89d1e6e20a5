//! The archive's metadata, and what they say of types that a dtype doesn't tell.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use half::bf16;
use ndarray::{Array1, Ix1, arr1, s};
use npz_core::unit::{Hour, Micro};
use npz_core::{
    ByteString, Bytes, Cast, DateTime64, ErrorKind, F8E3M4, F8E4M3Fn, F8E5M2, F8E8M0Fnu, Int4,
    Limits, LoadNpz, LoadOptions, LongDouble, NpzReader, NpzWriter, SaveNpz, SaveOptions, Text,
    TimeDelta64, UInt4, Void, savez,
};

use crate::oracle;

/// One of everything, as a struct.
#[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
struct All {
    text: Text<4>,
    bytes: ByteString,
    codes: Vec<Bytes<3>>,
    void: Void<2>,
    time: DateTime64<Micro>,
    spans: Array1<TimeDelta64<Hour>>,
    long: LongDouble,
    e4m3: Array1<F8E4M3Fn>,
    e5m2: Array1<F8E5M2>,
    int4: Vec<Int4>,
    scale: F8E8M0Fnu,
}

fn all() -> All {
    All {
        text: "né".parse().unwrap(),
        bytes: "b\0c".into(),
        codes: vec![Bytes::from(*b"abc"), Bytes::from(*b"d\0\0")].into_iter().collect(),
        void: Void([1, 0]),
        time: DateTime64::new(1_700_000_000_000_001),
        spans: arr1(&[TimeDelta64::new(-3), TimeDelta64::NAT]),
        long: LongDouble::from_f64(-0.1),
        e4m3: arr1(&[1.5, -448.0, 0.3]).mapv(F8E4M3Fn::from_f32),
        e5m2: arr1(&[1.5, f32::INFINITY]).mapv(F8E5M2::from_f32),
        int4: [-8, -1, 7].map(|number| Int4::try_from(number).unwrap()).to_vec(),
        scale: F8E8M0Fnu::from_f32(0.25),
    }
}

fn save(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("all.npz");
    all().save_npz_with(&path, &SaveOptions::new().metadata("run", "7 é")).unwrap();
    path
}

#[test]
fn numpy_reads_them_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = save(&folder);
    assert_eq!(All::load_npz(&path).unwrap(), all());

    let names = ["text", "bytes", "codes", "void", "e4m3", "e5m2", "int4", "scale"];
    let arguments = [Path::new("read"), &path].into_iter().chain(names.iter().map(Path::new));
    let Some(found) = oracle::run("dtypes.py", arguments) else { return };
    assert_eq!(
        found,
        serde_json::json!({
            "metadata": {
                "dtypes": {
                    "e4m3": "float8_e4m3fn", "e5m2": "float8_e5m2", "int4": "int4",
                    "scale": "float8_e8m0fnu",
                },
                "metadata": {"run": "7 é"},
            },
            "arrays": {
                "text": ["<U4", ["'né'"]],
                "bytes": ["|S3", ["b'b\\x00c'"]],
                "codes": ["|S3", ["b'abc'", "b'd'"]],
                "void": ["|V2", ["b'\\x01\\x00'"]],
                "e4m3": ["|V1", ["1.5", "-448.0", "0.3125"]],
                "e5m2": ["|V1", ["1.5", "inf"]],
                "int4": ["|V1", ["-8", "-1", "7"]],
                "scale": ["|V1", ["0.25"]],
            },
        })
    );
    oracle::assert_bytes_of_np_save([&path]);
    let code = "import numpy, sys; f = numpy.load(sys.argv[1]); \
                print(f['time'], f['spans'].astype(str).tolist(), f['long'] == -0.1)";
    let printed = oracle::python(code, [&path]).unwrap();
    assert_eq!(printed.trim(), "2023-11-14T22:13:20.000001 ['-3 hours', 'NaT'] True");
}

#[test]
fn the_metadata_say_what_a_byte_means() {
    let folder = tempfile::tempdir().unwrap();
    let path = save(&folder);
    let reader = NpzReader::open(&path).unwrap();
    assert_eq!(reader.metadata().unwrap()["run"], "7 é");
    assert!(!reader.names().any(|name| name == "__metadata__"));
    assert_eq!((reader.len(), reader.entries().count(), reader.is_empty()), (11, 11, false));

    let error = reader.get::<F8E5M2, ndarray::Ix1>("e4m3").unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Dtype, Some("e4m3")));
    let said = "expected float8_e5m2, found float8_e4m3fn, as \"__metadata__\" says";
    assert!(error.to_string().contains(said), "{error}");
    assert_eq!(reader.get::<Void<1>, ndarray::Ix1>("e4m3").unwrap()[0], Void([0x3C]));

    // A load that can't match says so before it reads data, with everything else.
    #[derive(Debug, LoadNpz)]
    struct Other {
        e4m3: Array1<F8E3M4>,
        int4: Vec<UInt4>,
    }
    let options = LoadOptions::new().allow_unexpected(true);
    let error = Other::load_npz_with(&path, &options).unwrap_err();
    assert_eq!((error.kind(), error.errors().len()), (ErrorKind::Mismatch, 2));

    // Nothing to say, nothing written; and then the caller's word counts.
    let plain = folder.path().join("plain.npz");
    savez!(&plain, x = arr1(&[1.0_f32]), raw = arr1(&[Void([0x3C_u8])]), b = bf16::ONE).unwrap();
    let reader = NpzReader::open(&plain).unwrap();
    assert!(!reader.contains("__metadata__") && reader.metadata().unwrap().is_empty());
    assert_eq!(reader.get::<F8E4M3Fn, ndarray::Ix1>("raw").unwrap()[0].to_f32(), 1.5);
}

#[test]
fn no_way_to_typed_values_passes_by_what_the_metadata_say() {
    let folder = tempfile::tempdir().unwrap();
    let reader = NpzReader::open(save(&folder)).unwrap();
    let any = reader.any("e4m3").unwrap();
    let mut memory = Array1::from_elem(3, F8E5M2::default());
    let refused = [
        reader.slice::<F8E5M2, _>("e4m3", s![..]).unwrap_err(),
        reader.slice::<F8E5M2, _>("e4m3", s![1]).unwrap_err(),
        reader.slice::<F8E5M2, _>("e4m3", s![1]).unwrap_err(),
        reader.read_into("e4m3", &mut memory).unwrap_err(),
        reader.chunks::<F8E5M2, Ix1>("e4m3", 2).unwrap_err(),
        any.to_array::<F8E5M2, Ix1>().unwrap_err(),
        any.cast::<F8E5M2, Ix1>(Cast::Any).unwrap_err(),
        any.view::<F8E5M2, Ix1>().unwrap_err(),
        reader.any_slice("e4m3", s![1..]).unwrap().to_array::<F8E5M2, Ix1>().unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.kind(), ErrorKind::Dtype, "{error}");
        let said = "expected float8_e5m2, found float8_e4m3fn, as ";
        assert!(error.to_string().contains(said), "{error}");
    }
    assert!(memory.iter().all(|item| item.to_bits() == 0));

    // As what they are, and as bytes of no meaning.
    let e4m3 = all().e4m3;
    assert_eq!(reader.slice::<F8E4M3Fn, _>("e4m3", s![1..]).unwrap(), e4m3.slice(s![1..]));
    assert_eq!(any.to_array::<F8E4M3Fn, Ix1>().unwrap(), e4m3);
    assert_eq!(reader.chunks::<Void<1>, Ix1>("e4m3", 2).unwrap().count(), 2);
    let mut bytes = Array1::<Void<1>>::default(3);
    reader.read_into("e4m3", &mut bytes).unwrap();
    assert_eq!(bytes, any.to_array::<Void<1>, Ix1>().unwrap());
    let unnamed = any.with_logical_dtype(None);
    assert_eq!(unnamed.to_array::<F8E5M2, Ix1>().unwrap().len(), 3);
}

#[test]
fn broken_metadata_are_named() {
    let archive = |json: &[u8]| {
        // No other writer is at hand that takes the name: a name of the same length is patched.
        let mut writer = NpzWriter::new(Vec::new());
        writer.add("w", &arr1(&[Void([0_u8])])).unwrap();
        writer.add("__metadatA__", &arr1(json)).unwrap();
        let mut bytes = writer.finish().unwrap();
        let places: Vec<usize> = bytes
            .windows(12)
            .enumerate()
            .filter(|(_, window)| window == b"__metadatA__")
            .map(|(at, _)| at)
            .collect();
        places.into_iter().for_each(|at| bytes[at + 9] = b'a');
        bytes
    };
    let good = archive(br#"{"dtypes": {"w": "int4"}, "metadata": {"a": "b"}, "later": [1]}"#);
    let reader = NpzReader::from_bytes(&good).unwrap();
    assert_eq!(reader.metadata().unwrap()["a"], "b");
    assert!(reader.get::<UInt4, ndarray::Ix1>("w").is_err());

    let bad = archive(b"{");
    let reader = NpzReader::from_bytes(&bad).unwrap();
    let error = reader.metadata().unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Corrupt, Some("__metadata__")));
    let error = reader.get::<Int4, ndarray::Ix1>("w").unwrap_err();
    assert_eq!(error.entry(), Some("__metadata__"));
    // Who doesn't need them isn't bothered.
    assert_eq!(reader.get::<Void<1>, ndarray::Ix1>("w").unwrap()[0], Void([0]));
    // A type does: they say which names stand for others.
    let error = reader.load::<HashMap<String, Array1<Void<1>>>>().unwrap_err();
    assert_eq!(error.entry(), Some("__metadata__"));

    let large = archive(&[b' '; 1000]);
    let options = LoadOptions::new().limits(Limits::default().metadata_bytes(1000));
    let error = NpzReader::new_with(&large[..], &options).unwrap().metadata().unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Limit, Some("__metadata__")));
}

#[test]
fn metadata_are_the_last_entry_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let options = SaveOptions::new().metadata("k", "first").metadata("k", "second");
    for (file, options) in [
        ("stored.npz", options.clone()),
        ("deflated.npz", options.compression(npz_core::Compression::Deflate(6))),
    ] {
        let path = folder.path().join(file);
        all().save_npz_with(&path, &options).unwrap();
        let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
        writer.add_all(&all()).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), writer.finish().unwrap());
        let reader = NpzReader::open(&path).unwrap();
        assert_eq!(reader.metadata().unwrap()["k"], "second");
        let Some(members) = oracle::testzip([&path]) else { continue };
        assert_eq!(members[0].last().unwrap().name, "__metadata__.npy");
    }
    let taken = NpzWriter::new(Vec::new()).add("__metadata__", &arr1(&[1_u8])).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Name);
}
