//! Files that somebody made to do harm, or that something damaged: an error, or the very values
//! that were saved. Never a panic, never other values, never more memory than the file is worth.

use std::collections::HashMap;
use std::io::{self, Read};

use ndarray::{Array1, Array2, ArrayD, Ix1, IxDyn, arr1, arr2};
use npz_core::{
    Compression, Element, ErrorKind, Limits, LoadNpz, LoadOptions, NpyReader, NpyWriter, NpzReader,
    NpzStream, NpzWriter, Result, SaveOptions, StreamEntry, read_npy,
};

fn archive(compression: Compression) -> Vec<u8> {
    let options = SaveOptions::new().compression(compression).alignment(1);
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    writer.add("x", &arr1(&[1.5_f32, -2.5])).unwrap();
    writer.add("größe", &arr2(&[[1_u16, 2], [3, 4]])).unwrap();
    writer.add("t", &arr1(&["ab".to_owned()])).unwrap();
    writer.finish().unwrap()
}

/// All that is in an archive, or the first error.
#[derive(PartialEq, Debug)]
struct Content(Vec<(String, Vec<u8>)>);

fn content(bytes: &[u8], options: &LoadOptions) -> Result<Content> {
    let reader = NpzReader::new_with(bytes, options)?;
    let mut all = Vec::new();
    for entry in reader.entries() {
        entry.header()?;
        entry.data_offset()?;
        all.push((entry.name().to_owned(), reader.bytes(entry.name())?));
    }
    Ok(Content(all))
}

fn arrays(bytes: &[u8]) -> Result<(Array1<f32>, Array2<u16>, Array1<String>)> {
    let reader = NpzReader::from_bytes(bytes)?;
    Ok((reader.get("x")?, reader.get("größe")?, reader.get("t")?))
}

/// The flags of all entries of an archive in memory, which has no `PK` in its data.
fn flags(bytes: &[u8]) -> Vec<usize> {
    let starts = |signature: &'static [u8; 4]| {
        let found = bytes.windows(4).enumerate().filter(move |(_, at)| at == signature);
        found.map(|(at, _)| at)
    };
    starts(b"PK\x03\x04").map(|at| at + 6).chain(starts(b"PK\x01\x02").map(|at| at + 8)).collect()
}

#[test]
fn names_that_programs_decode_differently_are_refused_where_that_is_wanted() {
    let marked = archive(Compression::Stored);
    let mut unmarked = marked.clone();
    flags(&marked).into_iter().for_each(|at| unmarked[at + 1] &= !(1 << 3));
    assert_ne!(marked, unmarked);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("names.npz");
    type Door = fn(&[u8], &std::path::Path, &LoadOptions) -> Result<Vec<String>>;
    let doors: [Door; 3] = [
        |bytes, _, options| {
            let reader = NpzReader::from_bytes_with(bytes, options)?;
            reader.verify()?;
            Ok(reader.names().map(str::to_owned).collect())
        },
        |_, path, options| {
            let all: HashMap<String, npz_core::AnyArray> = LoadNpz::load_npz_with(path, options)?;
            Ok(all.into_keys().collect())
        },
        |bytes, _, options| {
            let mut stream = NpzStream::with_options(bytes, options);
            let mut names = Vec::new();
            while let Some(entry) = stream.next_entry()? {
                names.push(entry.name().to_owned());
            }
            Ok(names)
        },
    ];
    for lenient in [false, true] {
        let taking = LoadOptions::new().lenient(lenient);
        for (at, door) in doors.iter().enumerate() {
            if lenient && at == 2 {
                continue; // Streams are strict.
            }
            let see = |bytes: &[u8], options: &LoadOptions| {
                std::fs::write(&path, bytes).unwrap();
                door(bytes, &path, options).map(|mut names| {
                    names.sort();
                    names
                })
            };
            let choosy = taking.clone().utf8_names(true);
            assert_eq!(see(&marked, &choosy).unwrap(), ["größe", "t", "x"]);
            assert_eq!(see(&unmarked, &taking).unwrap(), ["gr├╢├ƒe", "t", "x"]);
            let error = see(&unmarked, &choosy).unwrap_err();
            assert_eq!((error.kind(), error.entry()), (ErrorKind::Name, Some("gr├╢├ƒe")));
            assert!(error.to_string().contains("utf8_names"), "{error}");
        }
    }
}

#[test]
fn every_truncation_is_an_error() {
    for compression in [Compression::Stored, Compression::Deflate(6)] {
        let whole = archive(compression);
        for len in 0..whole.len() {
            let cut = &whole[..len];
            let error = NpzReader::from_bytes(cut).unwrap_err();
            let kinds = [ErrorKind::Corrupt, ErrorKind::Truncated];
            assert!(kinds.contains(&error.kind()), "{len}: {error}");
            let lenient = LoadOptions::new().lenient(true);
            assert!(content(cut, &lenient).is_err(), "{len}");
        }
    }
    let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1.0, 2.0])).unwrap();
    for len in 0..npy.len() {
        let read = NpyReader::new(&npy[..len]).and_then(NpyReader::read::<f64, Ix1>);
        assert_eq!(read.unwrap_err().kind(), ErrorKind::Truncated, "{len}");
    }
}

#[test]
fn every_damaged_byte_is_an_error_or_harmless() {
    let lenient = LoadOptions::new().lenient(true);
    for compression in [Compression::Stored, Compression::Deflate(6)] {
        let whole = archive(compression);
        let expected = content(&whole, &LoadOptions::new()).unwrap();
        let values = arrays(&whole).unwrap();
        let (mut refused, mut harmless) = (0, 0);
        for at in 0..whole.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] ^= flip;
                match content(&damaged, &LoadOptions::new()) {
                    Ok(found) if found == expected => harmless += 1,
                    // A name is guarded twice, not by a checksum; both must say the same.
                    Ok(found) => panic!("byte {at} ^ {flip:#x}: {found:?}"),
                    Err(_) => refused += 1,
                }
                if let Ok(found) = arrays(&damaged) {
                    assert_eq!(found, values, "byte {at} ^ {flip:#x}");
                }
                // The lenient reader trusts the directory alone, names and all: no panic will do.
                let _ = content(&damaged, &lenient);
            }
        }
        // Stamps, versions and attributes mean nothing; all else does.
        assert!(refused > 4 * harmless, "{refused} refused, {harmless} harmless");
    }
}

#[test]
fn damaged_npy_headers_never_panic() {
    let npy = NpyWriter::new(Vec::new()).write(&arr2(&[[1.0_f32, 2.0]])).unwrap();
    for at in 0..npy.len() {
        for byte in 0..=255 {
            let mut damaged = npy.clone();
            damaged[at] = byte;
            if let Ok(reader) = NpyReader::new(damaged.as_slice()) {
                assert!(reader.header().nbytes() < 1 << 40);
                let _ = reader.read::<f32, IxDyn>();
            }
        }
    }
}

/// An npy header with this text, and `data` behind it.
fn npy(text: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x02\0".to_vec();
    bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(data);
    bytes
}

fn array(descr: &str, shape: &str) -> Vec<u8> {
    npy(&format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"), &[0; 64])
}

fn refused<A: Element>(bytes: &[u8], kind: ErrorKind) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npy");
    std::fs::write(&path, bytes).unwrap();
    let from_file = read_npy::<A, IxDyn>(&path).map(|array| array.len()).unwrap_err();
    let from_stream = NpyReader::new(bytes).and_then(NpyReader::read::<A, IxDyn>);
    let from_stream = from_stream.map(|array| array.len()).unwrap_err();
    assert_eq!((from_file.kind(), from_stream.kind()), (kind, kind), "{from_file}; {from_stream}");
    from_file.to_string()
}

#[test]
fn promises_cost_nothing() {
    refused::<f64>(&array("<f8", "(1099511627776,)"), ErrorKind::Truncated);
    refused::<u8>(&array("|u1", "(9223372036854775807,)"), ErrorKind::Truncated);
    refused::<f64>(&array("<f8", "(9223372036854775807,)"), ErrorKind::Limit);
    refused::<f64>(&array("<f8", "(4294967296, 4294967296, 0)"), ErrorKind::Limit);
    refused::<f64>(&array("<f8", "(99999999999999999999999,)"), ErrorKind::Limit);
    refused::<f64>(&array("<f8", "(-1,)"), ErrorKind::Corrupt);
    refused::<bool>(&array("|b1", "(1000000000000,)"), ErrorKind::Truncated);
    // One item as large as items can be.
    refused::<String>(&array("<U500000000", "(1,)"), ErrorKind::Truncated);
    // Items of no width, whose number no file size bounds.
    refused::<String>(&array("<U0", "(4000000000,)"), ErrorKind::Limit);
    refused::<String>(&array("<U0", "(9223372036854775807,)"), ErrorKind::Limit);
    let none: ArrayD<String> =
        NpyReader::new(array("<U0", "(3,)").as_slice()).unwrap().read().unwrap();
    assert_eq!(none.iter().collect::<Vec<_>>(), ["", "", ""]);

    // In an archive the entry's size speaks first.
    let folder = |text: &str, data: &[u8]| zip_of("a.npy", &npy(text, data));
    let huge =
        folder("{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }", &[0; 8]);
    let error = NpzReader::from_bytes(&huge).unwrap().get::<f64, Ix1>("a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated, "{error}");
    assert!(error.to_string().contains("take 8796093022208 bytes, the entry holds 8"), "{error}");
}

/// A stored archive of one member, made by somebody else's code.
fn zip_of(name: &str, data: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file(name, options).unwrap();
    io::Write::write_all(&mut writer, data).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn files_that_are_something_else_say_what() {
    let error = |bytes: &[u8]| NpzReader::from_bytes(bytes).unwrap_err().to_string();
    assert_eq!(error(b""), "not an npz file: it is empty");
    assert!(error(b"hello").starts_with("not an npz file"));
    assert!(error(&array("<f4", "(3,)")).ends_with("a single npy array: use read_npy"));
    assert!(error(b"\x80\x04\x95rest of a pickle").contains("Python pickle, which is never read"));
    assert!(error(b"PK\x03\x04and then nothing").contains("is cut short"));

    let error = |bytes: &[u8]| NpyReader::new(bytes).unwrap_err().to_string();
    let zipped = zip_of("a.npy", &array("<f4", "(3,)"));
    assert!(error(&zipped).contains("not an npy file but an npz archive: use NpzReader"));
    assert!(error(b"\x80\x04\x95rest of a pickle").contains("Python pickle, which is never read"));
    assert!(error(b"text, and more of it").contains("expected it to begin with"));
    assert_eq!(error(b""), "the file ends inside the npy header");

    let objects = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
    let error = refused::<f32>(&npy(objects, b"\x80\x04N."), ErrorKind::Unsupported);
    assert!(error.contains("stored as a pickle, which is never read"), "{error}");
    let bytes = zip_of("w.npy", &npy(objects, b"\x80\x04N."));
    let error = HashMap::<String, ArrayD<f32>>::load_from(&bytes).unwrap_err();
    assert_eq!(error.errors()[0].kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("entry \"w\": dtype '|O' holds Python objects"), "{error}");
}

trait LoadFrom: LoadNpz {
    fn load_from(bytes: &[u8]) -> Result<Self> {
        NpzReader::from_bytes(bytes)?.load()
    }
}

impl<T: LoadNpz> LoadFrom for T {}

/// A deflated archive whose sizes are patched in directory and local header.
fn with_sizes(patch: impl Fn(&mut [u8])) -> Vec<u8> {
    let options = SaveOptions::new().compression(Compression::Deflate(9));
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    writer.add("a", &Array1::<u8>::zeros(100_000)).unwrap();
    let mut bytes = writer.finish().unwrap();
    patch(&mut bytes[22..26]);
    let central = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    patch(&mut bytes[central + 24..central + 28]);
    bytes
}

#[test]
fn bombs_do_not_go_off() {
    let sound = with_sizes(|_| {});
    assert_eq!(NpzReader::from_bytes(&sound).unwrap().get::<u8, Ix1>("a").unwrap().len(), 100_000);
    for lenient in [false, true] {
        let options = LoadOptions::new().lenient(lenient);
        let get = |bytes: &[u8], options: &LoadOptions| {
            NpzReader::new_with(bytes, options).and_then(|reader| reader.bytes("a")).unwrap_err()
        };
        // It declares 4 GB, which so few bytes can't unpack to.
        let error = get(&with_sizes(|size| size.copy_from_slice(&[0, 0, 0, 0xf0])), &options);
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
        assert!(error.to_string().contains("Limits::inflate_ratio"), "{error}");
        // It declares less than comes out, and more.
        let error = get(&with_sizes(|size| size[1] -= 1), &options);
        assert!(error.to_string().contains("more than the declared size"), "{error}");
        let error = get(&with_sizes(|size| size[1] += 1), &options);
        assert_eq!(error.kind(), ErrorKind::Truncated, "{error}");

        let small = options.clone().limits(Limits::default().entry_bytes(99_999));
        assert!(get(&sound, &small).to_string().contains("Limits::entry_bytes"));
        let tight = options.limits(Limits::default().inflate_ratio(2));
        assert!(get(&sound, &tight).to_string().contains("Limits::inflate_ratio"));
    }
}

#[test]
fn every_limit_limits() {
    let limited = |bytes: &[u8], limits: Limits| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        std::fs::write(&path, bytes).unwrap();
        let read = |limits| {
            let options = LoadOptions::new().limits(limits);
            npz_core::read_npy_with::<f32, IxDyn>(&path, &options)
        };
        let error = read(limits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
        assert_ne!(read(Limits::default()).err().map(|error| error.kind()), Some(ErrorKind::Limit));
    };
    let limits = Limits::default;
    let plain = array("<f4", "(16,)");
    limited(&plain, limits().header_bytes(20));
    limited(&plain, limits().literal_depth(1));
    limited(&plain, limits().digits(1));
    limited(&plain, limits().entry_bytes(100));
    limited(&array("<f4", "(1, 1, 16)"), limits().dimensions(2));
    let record = "{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (1,), }";
    limited(&npy(record, &[0; 64]), limits().fields(1));

    let stored = archive(Compression::Stored);
    for lenient in [false, true] {
        let options = LoadOptions::new().lenient(lenient).limits(limits().entries(2));
        let error = NpzReader::new_with(stored.as_slice(), &options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        let options = LoadOptions::new().lenient(lenient).limits(limits().entries(3));
        assert_eq!(NpzReader::new_with(stored.as_slice(), &options).unwrap().len(), 3);
    }

    // A name as deep as it likes meets a type that follows it.
    #[derive(LoadNpz, Debug)]
    struct List {
        next: Option<Box<List>>,
    }
    let name = vec!["next"; 10_000].join(".");
    let mut writer = NpzWriter::new(Vec::new());
    writer.add(&name, &arr1(&[1.0])).unwrap();
    let bytes = writer.finish().unwrap();
    let error = List::load_from(&bytes).unwrap_err();
    assert_eq!(error.errors()[0].kind(), ErrorKind::Limit);
    assert!(error.errors()[0].to_string().contains("Limits::tree_depth"), "{error}");
    let options = LoadOptions::new().limits(limits().tree_depth(3));
    let error =
        NpzReader::new_with(bytes.as_slice(), &options).unwrap().load::<List>().unwrap_err();
    assert!(error.to_string().contains("nested more than 3 levels"), "{error}");
}

/// An end record that claims a million entries, and has none.
#[test]
fn entry_counts_are_compared_with_bytes() {
    let mut bytes = b"PK\x05\x06\0\0\0\0\xff\xfe\xff\xfe".to_vec();
    bytes.extend([0; 10]);
    let error = NpzReader::from_bytes(&bytes).unwrap_err();
    assert!(error.to_string().contains("the directory's 0 bytes are too few"), "{error}");
}

/// A stream that never ends gives what was asked for, and no more is taken from it.
#[test]
fn an_endless_stream_is_read_as_far_as_the_header_says() {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000, 300), }";
    let stream = io::Cursor::new(npy(text, &[])).chain(io::repeat(0));
    let array: Array2<f32> = NpyReader::new(stream).unwrap().read().unwrap();
    assert_eq!(array, Array2::<f32>::zeros((1000, 300)));
}

/// Limits on what archives unpack to hold however they are read.
#[test]
fn what_an_archive_unpacks_to_is_limited() {
    for compression in [Compression::Stored, Compression::Deflate(6)] {
        let npz = archive(compression);
        let sizes: Vec<u64> =
            NpzReader::from_bytes(&npz).unwrap().entries().map(|entry| entry.size()).collect();
        let (total, most) = (sizes.iter().sum::<u64>(), *sizes.iter().max().unwrap());
        let stream = |limits: &Limits| -> Result<usize> {
            let options = LoadOptions::new().limits(limits.clone());
            let mut stream = NpzStream::with_options(&npz[..], &options);
            let mut count = 0;
            while let Some(entry) = stream.next_entry()? {
                StreamEntry::read_any(entry)?;
                count += 1;
            }
            Ok(count)
        };
        let open = |limits: &Limits, lenient| -> Result<usize> {
            let options = LoadOptions::new().limits(limits.clone()).lenient(lenient);
            let reader = NpzReader::from_bytes_with(&npz, &options)?;
            let names: Vec<_> = reader.names().collect();
            names
                .iter()
                .map(|name| reader.any(name))
                .collect::<Result<Vec<_>>>()
                .map(|all| all.len())
        };
        for (limits, what) in [
            (Limits::default().total_bytes(total - 1), "Limits::total_bytes"),
            (Limits::default().entry_bytes(most - 1), "Limits::entry_bytes"),
        ] {
            for outcome in [open(&limits, false), open(&limits, true), stream(&limits)] {
                let error = outcome.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
                assert!(error.to_string().contains(what), "{error}");
            }
        }
        for limits in [Limits::default().total_bytes(total), Limits::default().entry_bytes(most)] {
            assert_eq!(open(&limits, false).unwrap(), 3);
            assert_eq!(open(&limits, true).unwrap(), 3);
            assert_eq!(stream(&limits).unwrap(), 3);
        }
    }
}
