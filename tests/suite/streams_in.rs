//! Archives that come by, from the front to the end.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use ndarray::{Array, ArrayD, Ix1, Ix2, IxDyn, arr1};
use npz_core::{
    Compression, Error, ErrorKind, Limits, LoadOptions, NpyReader, NpyWriter, NpzReader, NpzStream,
    NpzWriter, RawArray, Result, SaveOptions, write_npy,
};
use zip::write::SimpleFileOptions;

use crate::oracle;

/// Gives at most so many bytes at a time, as pipes may.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let count = buf.len().min(self.1);
        self.0.read(&mut buf[..count])
    }
}

fn sample(options: &SaveOptions) -> Vec<u8> {
    let mut writer = NpzWriter::with_options(Vec::new(), options).unwrap();
    writer.add("first", &Array::from_shape_fn((3, 5), |(i, j)| (i * 7 + j) as f32)).unwrap();
    writer.add("nothing", &arr1::<f32>(&[])).unwrap();
    writer.add("large", &Array::from_shape_fn(20_000, |i| (i % 100) as f32)).unwrap();
    writer.finish().unwrap()
}

#[test]
fn arrays_of_any_dtype_come_by() {
    let code = "import numpy as np, sys; \
                np.savez(sys.argv[1], r=np.array([(1, 'é')], dtype=[('n', '>i4'), ('t', '<U3')]), \
                o=np.array([None]), f=np.asfortranarray(np.arange(6.).reshape(2, 3)), \
                t=np.array(['2020-01-01'], dtype='M8[D]'))";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("any.npz");
    if oracle::python(code, [&path]).is_none() {
        return;
    }
    let (bytes, reader) = (std::fs::read(&path).unwrap(), NpzReader::open(&path).unwrap());
    let mut stream = NpzStream::new(Slow(&bytes, 7));
    let mut found = Vec::new();
    while let Some(entry) = stream.next_entry().unwrap() {
        let name = entry.name().to_owned();
        match entry.read_any() {
            Ok(array) => assert_eq!(array, reader.any(&name).unwrap(), "{name}"),
            Err(error) => {
                assert_eq!((error.kind(), error.entry()), (ErrorKind::Unsupported, Some("o")));
            }
        }
        found.push(name);
    }
    assert_eq!(found, ["r", "o", "f", "t"]);
}

type Arrays = BTreeMap<String, ArrayD<f32>>;

/// All of an archive, if all of it is fine.
fn walk(reader: impl Read) -> Result<Arrays> {
    let mut stream = NpzStream::new(reader);
    let mut arrays = Arrays::new();
    while let Some(entry) = stream.next_entry()? {
        let name = entry.name().to_owned();
        arrays.insert(name, entry.read()?);
    }
    assert!(stream.next_entry()?.is_none());
    Ok(arrays)
}

/// The same by the reader that goes from the end.
fn load(bytes: &[u8]) -> Result<Arrays> {
    let reader = NpzReader::from_bytes(bytes)?;
    reader.names().map(|name| Ok((name.to_owned(), reader.get(name)?))).collect()
}

/// The same entries through a writer that can't go back: sizes and checksums follow the data.
fn unseekable(deflate: bool, also: Option<(&str, &[u8])>) -> Vec<u8> {
    let bytes = sample(&SaveOptions::new());
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    let method =
        if deflate { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    let options = SimpleFileOptions::default().compression_method(method);
    for entry in reader.entries() {
        writer.start_file(entry.member(), options.large_file(entry.name() == "large")).unwrap();
        writer.write_all(&reader.bytes(entry.name()).unwrap()).unwrap();
    }
    if let Some((name, bytes)) = also {
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn samples() -> [Vec<u8>; 4] {
    [
        sample(&SaveOptions::new()),
        sample(&SaveOptions::new().compression(Compression::Deflate(6))),
        unseekable(false, None),
        unseekable(true, None),
    ]
}

#[test]
fn entry_by_entry_whatever_the_pieces() {
    for bytes in samples() {
        let expected = load(&bytes).unwrap();
        assert_eq!(expected.len(), 3);
        for piece in [1, 7, 100_000] {
            assert_eq!(walk(Slow(&bytes, piece)).unwrap(), expected);
        }
        // Nothing has to be read.
        let mut stream = NpzStream::new(bytes.as_slice());
        let mut names = Vec::new();
        while let Some(entry) = stream.next_entry().unwrap() {
            let header = entry.header().unwrap();
            names.push((entry.name().to_owned(), header.shape().to_vec()));
        }
        let shapes = [("first", vec![3, 5]), ("nothing", vec![0]), ("large", vec![20_000])];
        assert_eq!(names, shapes.map(|(name, shape)| (name.to_owned(), shape)));
    }
    assert_eq!(
        walk(NpzWriter::new(Vec::new()).finish().unwrap().as_slice()).unwrap(),
        Arrays::new()
    );
}

#[test]
fn a_wrong_question_costs_one_entry() {
    for bytes in samples() {
        let mut stream = NpzStream::new(bytes.as_slice());
        let entry = stream.next_entry().unwrap().unwrap();
        let error = entry.read::<f64, Ix2>().unwrap_err();
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Dtype, Some("first")));
        let entry = stream.next_entry().unwrap().unwrap();
        assert_eq!(entry.read::<f32, Ix2>().unwrap_err().kind(), ErrorKind::Shape);
        // Rows, of which not all are asked for.
        let entry = stream.next_entry().unwrap().unwrap();
        let mut chunks = entry.chunks::<f32, Ix1>(300).unwrap();
        assert_eq!(chunks.next().unwrap().unwrap()[299], 99.0);
        drop(chunks);
        assert!(stream.next_entry().unwrap().is_none());
    }
}

#[test]
fn rows_by_rows_with_the_checksum_at_the_end() {
    for mut bytes in samples() {
        let expected = load(&bytes).unwrap();
        let rows = |bytes: &[u8]| -> Result<Vec<f32>> {
            let mut stream = NpzStream::new(bytes);
            stream.next_entry()?;
            stream.next_entry()?;
            let large = stream.next_entry()?.unwrap();
            let mut items = Vec::new();
            for chunk in large.chunks::<f32, Ix1>(777)? {
                items.extend(chunk?);
            }
            assert!(stream.next_entry()?.is_none());
            Ok(items)
        };
        assert!(rows(&bytes).unwrap().iter().eq(expected["large"].iter()));
        // Nothing but the data of the last entry stands there.
        let at = bytes.len() - 500;
        bytes[at] ^= 4;
        assert_eq!(rows(&bytes).unwrap_err().entry(), Some("large"));
    }
}

#[test]
fn what_is_cut_short_is_an_error_wherever() {
    for bytes in samples() {
        let lens = (0..bytes.len()).filter(|len| len % 997 == 0 || bytes.len() - len < 700);
        for len in lens.chain(0..400) {
            let error = walk(&bytes[..len]).unwrap_err();
            let kinds = [ErrorKind::Truncated, ErrorKind::Corrupt];
            assert!(kinds.contains(&error.kind()), "{len}: {error}");
            assert!(error.kind() == ErrorKind::Truncated || len < 4, "{len}: {error}");
        }
        for more in [&b"\0"[..], b"PK\x05\x06", &bytes, &[7; 100_000]] {
            let longer = [&bytes, more].concat();
            let error = walk(longer.as_slice()).unwrap_err();
            assert!(error.kind() != ErrorKind::Io, "{error}");
        }
    }
}

/// Whatever a bit does: what passes from the front is what a reader from the end sees.
#[test]
fn no_bit_makes_another_archive() {
    for bytes in samples() {
        let expected = load(&bytes).unwrap();
        let (mut passed, mut refused) = (0, 0);
        let near = (0..bytes.len()).filter(|at| *at < 600 || bytes.len() - at < 500);
        for at in near.chain((600..bytes.len()).step_by(1009)) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << (at % 8);
            match walk(bytes.as_slice()) {
                Ok(found) => {
                    // A date, say, or the padding of a header.
                    assert_eq!(found, expected, "{at}");
                    assert_eq!(load(&bytes).unwrap(), expected, "{at}");
                    passed += 1;
                }
                Err(_) => refused += 1,
            }
        }
        assert!(passed < refused / 2, "{passed} {refused}");
    }
}

#[test]
fn an_error_is_the_last() {
    let mut bytes = sample(&SaveOptions::new());
    let data = bytes.windows(4).rposition(|window| window == 8.0_f32.to_le_bytes()).unwrap();
    bytes[data] ^= 1;
    let mut stream = NpzStream::new(bytes.as_slice());
    for name in ["first", "nothing"] {
        assert_eq!(stream.next_entry().unwrap().unwrap().name(), name);
    }
    let error = stream.next_entry().unwrap().unwrap().read::<f32, Ix1>().unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Corrupt, Some("large")));
    assert_eq!(stream.next_entry().unwrap_err().kind(), ErrorKind::Corrupt);
    assert_eq!(stream.next_entry().unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn what_no_one_knows_the_end_of_is_refused() {
    // Deflated, its end shows; stored, it doesn't.
    let bytes = unseekable(true, Some(("readme.txt", b"PK, hello")));
    let mut stream = NpzStream::new(bytes.as_slice());
    let mut text = Vec::new();
    while let Some(entry) = stream.next_entry().unwrap() {
        match entry.header() {
            Some(_) => assert_eq!(entry.bytes().unwrap_err().kind(), ErrorKind::Dtype),
            None => text = entry.bytes().unwrap(),
        }
    }
    assert_eq!(text, b"PK, hello");
    let bytes = unseekable(false, Some(("readme.txt", b"PK, hello")));
    let error = walk(bytes.as_slice()).unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Unsupported, Some("readme.txt")));
    assert!(error.to_string().contains("NpzReader"), "{error}");

    for (start, word) in [(&b"\x93NUMPY\x01\0"[..], "NpyReader"), (b"hello", "zip"), (b"", "empty")]
    {
        let error = walk(start).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn limits_hold() {
    let first = |bytes: &[u8], limits: Limits| -> Result<(), Error> {
        let options = LoadOptions::new().limits(limits);
        let mut stream = NpzStream::with_options(bytes, &options);
        while let Some(entry) = stream.next_entry()? {
            match entry.header() {
                Some(_) => drop(entry.read::<f32, IxDyn>()?),
                None => drop(entry.bytes()?),
            }
        }
        Ok(())
    };
    for bytes in samples() {
        first(&bytes, Limits::default()).unwrap();
        let small = Limits::default().entry_bytes(50_000);
        assert_eq!(first(&bytes, small).unwrap_err().kind(), ErrorKind::Limit);
        let few = Limits::default().entries(2);
        assert_eq!(first(&bytes, few).unwrap_err().kind(), ErrorKind::Limit);
    }
    // A header that promises more than memory holds is no reason to allocate it.
    let mut npy = Vec::new();
    let header = npz_core::Header::new(npz_core::ScalarKind::F32, npz_core::Order::C, [1 << 50]);
    npy.extend(header.unwrap().encode().unwrap());
    npy.extend([0; 1000]);
    for deflate in [false, true] {
        let bytes = unseekable(deflate, Some(("bomb.npy", &npy)));
        let error = first(&bytes, Limits::default()).unwrap_err();
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Truncated, Some("bomb")), "{error}");
    }
    let bytes = unseekable(true, Some(("zeros.txt", &vec![0; 1 << 20])));
    let error = first(&bytes, Limits::default().inflate_ratio(20));
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn from_numpy_through_a_pipe() {
    let directory = tempfile::tempdir().unwrap();
    let code = "import numpy, sys\n\
        class Pipe:\n\
        \x20   def __init__(self, path): self.file = open(path, 'wb')\n\
        \x20   def write(self, data): return self.file.write(data)\n\
        \x20   def flush(self): self.file.flush()\n\
        \x20   def read(self, *_): raise OSError('this is a pipe')\n\
        a = {'x': numpy.arange(30000, dtype='<f4').reshape(3, -1), 'y': numpy.float32(2.5),\n\
        \x20    'f': numpy.asfortranarray(numpy.arange(6, dtype='>f4').reshape(2, 3)),\n\
        \x20    'e': numpy.zeros((0, 4), 'f4')}\n\
        for save, name in (numpy.savez, 'stored'), (numpy.savez_compressed, 'deflated'):\n\
        \x20   save(Pipe(f'{sys.argv[1]}/{name}.pipe'), **a)\n\
        \x20   save(f'{sys.argv[1]}/{name}.npz', **a)";
    let Some(_) = oracle::python(code, [directory.path()]) else { return };
    for name in ["stored", "deflated"] {
        let file = std::fs::read(directory.path().join(format!("{name}.npz"))).unwrap();
        let expected = load(&file).unwrap();
        assert_eq!(expected["f"][[1, 2]], 5.0);
        assert_eq!(walk(file.as_slice()).unwrap(), expected);
        let pipe = std::fs::read(directory.path().join(format!("{name}.pipe"))).unwrap();
        assert!(pipe != file, "sizes follow the data");
        assert_eq!(walk(Slow(&pipe, 4096)).unwrap(), expected);
    }
    // A single array isn't an archive, and says so.
    let path = directory.path().join("a.npy");
    write_npy(&path, &arr1(&[1.0_f32])).unwrap();
    assert!(walk(std::fs::File::open(&path).unwrap()).is_err());
}

#[test]
fn marks_of_segments_stand_in_the_directory_alone() {
    let array = Array::from_iter((0..600_000).map(|i| f64::from(i % 1000).sqrt()));
    let options = SaveOptions::new().compression(Compression::Auto);
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    writer.add("a", &array).unwrap();
    let bytes = writer.finish().unwrap();
    let mut stream = NpzStream::new(bytes.as_slice());
    let entry = stream.next_entry().unwrap().unwrap();
    assert_eq!(entry.read::<f64, Ix1>().unwrap(), array);
    assert!(stream.next_entry().unwrap().is_none());
}

#[test]
fn bytes_behind_an_array_are_found_by_every_reader_that_is_to_find_them() {
    let mut bytes = NpyWriter::new(Vec::new()).write(&arr1(&[1_u8, 2, 3])).unwrap();
    bytes.push(0);
    let strict = LoadOptions::new().allow_trailing(false);
    let rows = |options: &LoadOptions| -> Result<Vec<ndarray::Array1<u8>>> {
        NpyReader::with_options(&bytes[..], options)?.chunks::<u8, Ix1>(2)?.collect()
    };
    assert_eq!(rows(&LoadOptions::new()).unwrap().len(), 2);
    let raw = |options: &LoadOptions| RawArray::from_npy(&bytes[..], 0, options).map(drop);
    raw(&LoadOptions::new()).unwrap();
    for error in [rows(&strict).map(drop).unwrap_err(), raw(&strict).unwrap_err()] {
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Corrupt, Some(131)));
        assert!(error.to_string().contains("allow_trailing"), "{error}");
    }
}
