//! Arrays written as their rows come: into archives and into npy files.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::{env, thread};

use ndarray::{Array1, Array2, Array3, ArrayD, Axis, arr0, arr1, s};
use npz_core::{
    ByteOrder, ByteString, Bytes, Compression, ErrorKind, LoadNpz, LoadOptions, Method,
    NpyArrayWriter, NpzReader, NpzWriter, SaveOptions, ScalarKind, Text, write_npy, write_npy_with,
};

use crate::oracle;

/// More than the writer's buffer of a MiB.
const LARGE: [usize; 3] = [70, 50, 100];

fn numbers(shape: [usize; 3]) -> Array3<f64> {
    let [_, b, c] = shape;
    Array3::from_shape_fn(shape, |(i, j, k)| (((i * b + j) * c + k) % 1009) as f64 - 0.5)
}

fn fast() -> SaveOptions {
    SaveOptions::new().durable(false)
}

/// Pushes an array in pieces of all kinds: rows, slabs, strided ones, slices that end anywhere.
macro_rules! push_in_pieces {
    ($writer:expr, $array:expr) => {{
        let (writer, array) = (&mut $writer, &$array);
        let rows = array.len_of(Axis(0));
        writer.push(&array.index_axis(Axis(0), 0)).unwrap();
        writer.push(&array.slice(s![1..rows / 2, .., ..])).unwrap();
        writer.push(&array.slice(s![0..0, .., ..])).unwrap();
        let strided = array.slice(s![..;-1, .., ..]).to_owned();
        writer.push(&strided.slice(s![rows / 2 - 1..rows - rows / 2; -1, .., ..])).unwrap();
        let rest = array.slice(s![writer.rows().., .., ..]);
        for items in rest.as_slice().unwrap().chunks(37) {
            writer.push_slice(items).unwrap();
        }
        assert_eq!(writer.rows(), rows);
    }};
}

/// A sink that can't go back, and that fails after so many writes.
#[derive(Clone, Default)]
struct Sink {
    bytes: Rc<RefCell<Vec<u8>>>,
    left: Option<usize>,
}

impl Write for Sink {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match &mut self.left {
            Some(0) => return Err(io::Error::other("the sink is full")),
            Some(left) => *left -= 1,
            None => {}
        }
        self.bytes.borrow_mut().extend_from_slice(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The same archive of a small, a large and an empty array, by `add` or row by row.
fn archive<W: Write>(mut writer: NpzWriter<W>, by_rows: bool) -> W {
    for (name, array) in [
        ("small", numbers([6, 2, 3])),
        ("large", numbers(LARGE)),
        ("größe", numbers([4, 1, 1])),
        ("none", numbers([5, 0, 2])),
    ] {
        if !by_rows {
            writer.add(name, &array).unwrap();
            continue;
        }
        let mut rows = writer.array_writer(name, array.shape()).unwrap();
        if array.len_of(Axis(1)) > 0 {
            push_in_pieces!(rows, array);
        }
        rows.finish().unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn by_rows_or_at_once_the_bytes_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    for options in [fast(), fast().byte_order(ByteOrder::Big).alignment(4096)] {
        let expected = archive(NpzWriter::with_options(Vec::new(), &options).unwrap(), false);
        archive(NpzWriter::create_with(&path, &options).unwrap(), true);
        assert!(fs::read(&path).unwrap() == expected, "at a path");

        // A seekable writer in the middle of something else.
        let mut cursor = Cursor::new(b"before".to_vec());
        cursor.seek(SeekFrom::End(0)).unwrap();
        let cursor = archive(NpzWriter::from_seek(cursor, &options).unwrap(), true);
        assert!(cursor.into_inner()[6..] == expected, "in a seekable writer");

        // Only what is larger than the buffer differs: a flag, and a descriptor.
        let piped = archive(NpzWriter::with_options(Vec::new(), &options).unwrap(), true);
        assert_ne!(piped, expected);
        let (piped, expected) =
            (NpzReader::from_bytes(&piped).unwrap(), NpzReader::from_bytes(&expected).unwrap());
        for (a, b) in piped.entries().zip(expected.entries()) {
            assert_eq!((a.name(), a.size(), a.crc32()), (b.name(), b.size(), b.crc32()));
            assert_eq!(a.data_offset().unwrap().unwrap() % 64, 0);
            let [a, b] =
                [&piped, &expected].map(|r| r.get::<f64, ndarray::IxDyn>(a.name()).unwrap());
            assert_eq!(a, b);
        }
    }
}

/// Every way to write an archive of streams, each as its own file.
fn every_form(folder: &Path) -> Vec<PathBuf> {
    let large = numbers(LARGE);
    let names = ["stored", "deflated"].map(|name| folder.join(name));
    let options = [fast(), fast().compression(Compression::Deflate(6))];
    let mut files = Vec::new();
    for (name, options) in names.iter().zip(&options) {
        let piped = archive(NpzWriter::with_options(Vec::new(), options).unwrap(), true);
        files.push((name.with_extension("piped.npz"), piped));
        let cursor = Cursor::new(Vec::new());
        let seekable = archive(NpzWriter::from_seek(cursor, options).unwrap(), true);
        files.push((name.with_extension("seekable.npz"), seekable.into_inner()));

        let path = name.with_extension("open.npz");
        let mut writer = NpzWriter::create_with(&path, options).unwrap();
        let mut rows = writer.array_writer_open::<f64>("large", &[50, 100]).unwrap();
        push_in_pieces!(rows, large);
        rows.finish().unwrap();
        writer.add("between", &arr1(&[1_u8, 2, 3])).unwrap();
        let mut rows = writer.array_writer_open::<i16>("small", &[]).unwrap();
        rows.push(&arr0(5)).unwrap();
        rows.push(&arr1(&[6, 7])).unwrap();
        rows.finish().unwrap();
        writer.array_writer_open::<f32>("none", &[3]).unwrap().finish().unwrap();
        let width = ScalarKind::Str(5);
        let mut rows = writer.array_writer_open_with_dtype::<String>("text", width, &[]).unwrap();
        rows.push_slice(&["Grüße".to_owned(), String::new()]).unwrap();
        let error = rows.push_slice(&["too long".to_owned()]).unwrap_err();
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Value, Some("text")));
        rows.finish().unwrap();
        writer.finish().unwrap();
        files.push((path.clone(), fs::read(&path).unwrap()));
    }
    files
        .into_iter()
        .map(|(path, bytes)| {
            fs::write(&path, bytes).unwrap();
            path
        })
        .collect()
}

#[test]
fn every_form_is_read_by_us_and_by_others() {
    let folder = tempfile::tempdir().unwrap();
    let files = every_form(folder.path());
    let large = numbers(LARGE);
    for path in &files {
        let reader = NpzReader::open(path).unwrap();
        assert_eq!(reader.get::<f64, _>("large").unwrap(), large, "{}", path.display());
        let deflated = path.to_string_lossy().contains("deflated");
        let method = if deflated { Method::Deflated } else { Method::Stored };
        assert!(reader.entries().all(|entry| entry.method() == method));
        if path.to_string_lossy().contains("open") {
            assert_eq!(reader.get::<i16, _>("small").unwrap(), arr1(&[5, 6, 7]));
            assert_eq!(reader.get::<f32, _>("none").unwrap(), Array2::<f32>::zeros((0, 3)));
            let text: Array1<String> = reader.get("text").unwrap();
            assert_eq!(text.to_vec(), ["Grüße", ""]);
        }
        if !deflated {
            let aligned =
                |e: npz_core::Entry<'_>| e.data_offset().unwrap().unwrap().is_multiple_of(64);
            assert!(reader.entries().all(aligned), "{}", path.display());
        }
        oracle::unzip(path);
    }
    let Some(members) = oracle::testzip(&files) else { return };
    assert_eq!(members.len(), 6);
    // The npy header of an open-ended array is the one that np.save writes of the final shape.
    oracle::assert_bytes_of_np_save(&files);
    let code = "import sys, zipfile\n\
                for path in sys.argv[1:]:\n\
                \x20   with zipfile.ZipFile(path) as z:\n\
                \x20       print(*[bool(i.flag_bits & 8) for i in z.infolist()])";
    let flags = oracle::python(code, &files).unwrap();
    let flags: Vec<&str> = flags.lines().collect();
    let (piped, none) = ("False True False False", "False False False False");
    assert_eq!((flags[0], flags[1], flags[3], flags[4]), (piped, none, piped, none));
    assert!(!flags[2].contains("True") && !flags[5].contains("True"), "{flags:?}");
}

#[test]
fn wrong_rows_and_wrong_counts_are_errors() {
    let shape = |error: npz_core::Error| {
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Shape, Some("x")), "{error}");
        error.to_string()
    };
    let mut writer = NpzWriter::new(Vec::new());
    let mut rows = writer.array_writer::<i32>("x", [3, 2]).unwrap();
    for wrong in [ArrayD::zeros(vec![3]), ArrayD::zeros(vec![1, 3]), ArrayD::zeros(vec![])] {
        let said = shape(rows.push(&wrong).unwrap_err());
        assert!(said.contains("expected a row of shape (2,)"), "{said}");
    }
    rows.push_slice(&[1]).unwrap();
    let said = shape(rows.push(&arr1(&[2, 3])).unwrap_err());
    assert!(said.contains("1 of 2 items"), "{said}");
    rows.push_slice(&[2, 3, 4]).unwrap();
    let said = shape(rows.push_slice(&[5, 6, 7]).unwrap_err());
    assert!(said.contains("expected 3 rows for shape (3, 2), found 4"), "{said}");
    shape(rows.push(&Array2::zeros((2, 2))).unwrap_err());
    // Nothing of all that was written.
    rows.push(&arr1(&[5, 6])).unwrap();
    rows.finish().unwrap();
    let bytes = writer.finish().unwrap();
    let x: Array2<i32> = NpzReader::from_bytes(&bytes).unwrap().get("x").unwrap();
    assert_eq!(x.as_slice().unwrap(), [1, 2, 3, 4, 5, 6]);

    for (items, found) in [(4, "found 2"), (5, "expected 2 items, found 1")] {
        let mut writer = NpzWriter::new(Vec::new());
        let mut rows = writer.array_writer::<i32>("x", [3, 2]).unwrap();
        rows.push_slice(&vec![0; items]).unwrap();
        let said = shape(rows.finish().unwrap_err());
        assert!(said.contains(found), "{said}");
        assert!(writer.finish().is_err());
    }
}

#[test]
fn text_that_its_dtype_cannot_hold_is_an_error_row_by_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npy");
    let strings = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect::<Vec<_>>();
    let (good, bad) = (strings(&["ab"]), [strings(&["ab\0"]), strings(&["\0"]), strings(&["abc"])]);

    // Nothing of what is refused is written, and the array goes on.
    let mut writer = NpzWriter::new(Vec::new());
    let dtype = ScalarKind::Str(2);
    let mut rows = writer.array_writer_with_dtype::<String>("n", dtype, [2]).unwrap();
    rows.push_slice(&good).unwrap();
    for items in &bad {
        let error = rows.push_slice(items).unwrap_err();
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Value, Some("n")), "{error}");
    }
    rows.push_slice(&good).unwrap();
    rows.finish().unwrap();
    let dtype = ScalarKind::Bytes(2);
    let mut rows = writer.array_writer_with_dtype::<ByteString>("b", dtype, [1]).unwrap();
    for items in &bad {
        let error = rows.push_slice(&[ByteString::from(items[0].as_str())]).unwrap_err();
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Value, Some("b")), "{error}");
    }
    rows.push_slice(&[ByteString::from("\0b")]).unwrap();
    rows.finish().unwrap();
    let bytes = writer.finish().unwrap();
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.get::<String, _>("n").unwrap(), arr1(&["ab", "ab"]).mapv(str::to_owned));
    assert_eq!(reader.get::<ByteString, _>("b").unwrap(), arr1(&[ByteString::from("\0b")]));

    // With part of a push written, there is no way on.
    let mut many = vec!["ab".to_owned(); 100_000];
    many.push("a\0".to_owned());
    let create =
        || NpyArrayWriter::<String, _>::create_with(&path, ScalarKind::Str(2), [200_000], &fast());
    let mut rows = create().unwrap();
    let error = rows.push_slice(&many).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Value, Some(&*path)), "{error}");
    assert_eq!(rows.push_slice(&good).unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(rows.finish().unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_dropped_writer_is_an_error_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    fs::write(&path, "what was there").unwrap();
    let mut writer = NpzWriter::create(&path).unwrap();
    let mut rows = writer.array_writer::<u8>("x", [2]).unwrap();
    rows.push_slice(&[1, 2]).unwrap();
    drop(rows);
    for error in [
        writer.add("y", &arr1(&[1_u8])).unwrap_err(),
        writer.array_writer::<u8>("y", [2]).unwrap_err(),
        writer.finish().unwrap_err(),
    ] {
        assert!(error.to_string().contains("\"x\": its ArrayWriter was not finished"), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), b"what was there");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_written() {
    let mut writer = NpzWriter::new(Vec::new());
    writer.add("x", &arr1(&[1_u8])).unwrap();
    let refused = [
        writer.array_writer::<u8>("x", [2]).unwrap_err(),
        writer.array_writer::<u8>("../x", [2]).unwrap_err(),
        writer.array_writer::<u8>("y", [usize::MAX, 2]).unwrap_err(),
        writer.array_writer::<String>("y", [2]).unwrap_err(),
        writer.array_writer_with_dtype::<f32>("y", ScalarKind::F64, [2]).unwrap_err(),
        writer.array_writer_open::<u8>("y", &[2]).unwrap_err(),
        // They are read, and there would be no room for what is written.
        writer.array_writer_with_dtype::<Bytes<5>>("y", ScalarKind::Bytes(2), [2]).unwrap_err(),
        writer.array_writer_with_dtype::<Text<5>>("y", ScalarKind::Str(4), [2]).unwrap_err(),
    ];
    let kinds = refused.each_ref().map(npz_core::Error::kind);
    use ErrorKind::{Dtype, Duplicate, Limit, Name, Unsupported};
    assert_eq!(kinds, [Duplicate, Name, Limit, Dtype, Dtype, Unsupported, Dtype, Dtype]);
    assert!(refused[3].to_string().contains("array_writer_with_dtype"), "{}", refused[3]);
    assert!(refused[5].to_string().contains("from_seek"), "{}", refused[5]);
    let said = "expected dtype '|S5' to write Bytes<5> to, found '|S2', which is too narrow";
    assert!(refused[6].to_string().contains(said), "{}", refused[6]);
    let mut alone = NpzWriter::new(Vec::new());
    alone.add("x", &arr1(&[1_u8])).unwrap();
    assert_eq!(writer.finish().unwrap(), alone.finish().unwrap());
}

#[test]
fn a_failing_sink_fails_the_archive_at_every_write() {
    let run = |left: Option<usize>, compression| -> npz_core::Result<usize> {
        let sink = Sink { left, ..Sink::default() };
        let options = fast().compression(compression);
        let mut writer = NpzWriter::with_options(sink, &options)?;
        let array = Array2::from_shape_fn((60, 8192), |(i, j)| (i * 7919 + j * j) as u64);
        let mut rows = writer.array_writer("x", array.shape())?;
        for row in array.outer_iter() {
            // An error doesn't go away by trying again.
            if let Err(first) = rows.push(&row) {
                assert!(rows.push(&row).is_err() && rows.finish().is_err());
                assert!(writer.finish().is_err());
                return Err(first);
            }
        }
        rows.finish()?;
        let sink = writer.finish()?;
        let bytes = sink.bytes.borrow();
        assert_eq!(NpzReader::from_bytes(&bytes)?.get::<u64, _>("x")?, array);
        Ok(bytes.len())
    };
    for compression in [Compression::Stored, Compression::Deflate(1)] {
        assert!(run(None, compression).unwrap() > 1 << 20);
        let mut failures = 0;
        while let Err(error) = run(Some(failures), compression) {
            assert!(error.to_string().contains("the sink is full"), "{error}");
            failures += 1;
        }
        assert!(failures >= 2, "{failures}");
    }
}

#[test]
fn npy_files_by_rows_are_those_written_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let [once, by_rows] = ["once.npy", "rows.npy"].map(|name| folder.path().join(name));
    for shape in [[6, 2, 3], LARGE] {
        let array = numbers(shape);
        write_npy(&once, &array).unwrap();
        let expected = fs::read(&once).unwrap();

        let mut writer = NpyArrayWriter::new(Vec::new(), shape).unwrap();
        push_in_pieces!(writer, array);
        assert!(writer.finish().unwrap() == expected);

        let mut writer = NpyArrayWriter::create(&by_rows, shape).unwrap();
        push_in_pieces!(writer, array);
        writer.finish().unwrap();
        assert!(fs::read(&by_rows).unwrap() == expected);

        fs::write(&by_rows, "what was there").unwrap();
        let mut writer = NpyArrayWriter::create_open(&by_rows, &shape[1..]).unwrap();
        push_in_pieces!(writer, array);
        assert_eq!(fs::read(&by_rows).unwrap(), b"what was there");
        writer.finish().unwrap();
        assert!(fs::read(&by_rows).unwrap() == expected);

        let mut cursor = Cursor::new(expected.clone());
        cursor.seek(SeekFrom::End(0)).unwrap();
        let mut writer = NpyArrayWriter::new_open(cursor, &shape[1..]).unwrap();
        push_in_pieces!(writer, array);
        let mut cursor = writer.finish().unwrap();
        assert_eq!(cursor.stream_position().unwrap(), 2 * expected.len() as u64);
        assert!(cursor.into_inner() == [&expected[..], &expected].concat());
    }

    let big = fast().byte_order(ByteOrder::Big);
    write_npy_with(&once, &arr1(&["a".to_owned(), "bcd".to_owned()]), &big).unwrap();
    let mut writer =
        NpyArrayWriter::create_open_with(&by_rows, ScalarKind::Str(3), &[], &big).unwrap();
    writer.push_slice(&["a".to_owned(), "bcd".to_owned()]).unwrap();
    writer.finish().unwrap();
    assert_eq!(fs::read(&once).unwrap(), fs::read(&by_rows).unwrap());

    let mut writer = NpyArrayWriter::<u8, _>::create(&by_rows, [2]).unwrap();
    writer.push_slice(&[1]).unwrap();
    let error = writer.finish().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Shape, Some(&*by_rows)));
    assert_eq!(fs::read(&once).unwrap(), fs::read(&by_rows).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// A file with holes instead of zeros, so that a large one takes no space.
struct Sparse(File);

impl Write for Sparse {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        static ZEROS: [u8; 1 << 22] = [0; 1 << 22];
        if ZEROS.get(..buf.len()) == Some(buf) {
            self.0.seek(SeekFrom::Current(i64::try_from(buf.len()).unwrap()))?;
            return Ok(buf.len());
        }
        self.0.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

const WORKER: &str = "NPZ_STREAM_WORKER";

/// The peak of this process's memory is measured in a process of its own, which runs this test.
#[test]
#[cfg(target_os = "linux")]
fn four_gibibytes_pass_through_little_memory() {
    if env::var_os(WORKER).is_some() {
        return stream_four_gibibytes();
    }
    let name = thread::current().name().unwrap().to_owned();
    let mut worker = Command::new(env::current_exe().unwrap());
    worker.args([&name, "--exact", "--nocapture"]).env(WORKER, "1");
    let output = worker.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let peak = said.lines().find_map(|line| line.split_once("peak: ")).unwrap().1;
    let kibibytes: u64 = peak.trim().trim_end_matches(" kB").trim().parse().unwrap();
    assert!(kibibytes < 64 << 10, "{kibibytes} KiB");
}

fn stream_four_gibibytes() {
    let folder = tempfile::tempdir().unwrap();
    let sink = |name: &str| Sparse(File::create(folder.path().join(name)).unwrap());
    let slab = Array2::<u8>::zeros((4, 1 << 20));
    let fill = |rows: &mut dyn FnMut(&Array2<u8>)| (0..1024).for_each(|_| rows(&slab));

    let mut writer = NpzWriter::from_seek(sink("open.npz"), &fast()).unwrap();
    let mut rows = writer.array_writer_open::<u8>("x", &[1 << 20]).unwrap();
    fill(&mut |slab| rows.push(slab).unwrap());
    rows.finish().unwrap();
    writer.finish().unwrap();

    let mut writer = NpzWriter::with_options(sink("piped.npz"), &fast()).unwrap();
    let mut rows = writer.array_writer::<u8>("x", [4096, 1 << 20]).unwrap();
    fill(&mut |slab| rows.push(slab).unwrap());
    rows.finish().unwrap();
    writer.finish().unwrap();

    for name in ["open.npz", "piped.npz"] {
        let path = folder.path().join(name);
        let size = fs::metadata(&path).unwrap().len();
        assert!(size > 1 << 32 && size < (1 << 32) + 1024, "{size}");
        // In again: every byte is read and its checksum compared.
        let report = HashMap::<String, Array2<u8>>::check_npz(&path, &LoadOptions::new()).unwrap();
        assert!(report.is_match(), "{report}");
        let header = NpzReader::open(&path).unwrap().entry("x").unwrap().header().unwrap();
        assert_eq!(header.unwrap().shape(), [4096, 1 << 20]);
    }
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("peak: {peak}");
}

/// Text without any items is as wide as the narrowest; `Text<1>` is no wider with them.
#[test]
fn the_narrowest_text_needs_no_dtype_said() {
    let mut writer = NpzWriter::new(Vec::new());
    let mut rows = writer.array_writer::<Text<1>>("t", [2]).unwrap();
    rows.push_slice(&["é".parse().unwrap(), "".parse().unwrap()]).unwrap();
    rows.finish().unwrap();
    let mut rows = writer.array_writer::<Bytes<1>>("b", [1]).unwrap();
    rows.push_slice(&[Bytes::from(*b"x")]).unwrap();
    rows.finish().unwrap();
    let bytes = writer.finish().unwrap();
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.get::<String, _>("t").unwrap(), arr1(&["é".to_owned(), String::new()]));
    assert_eq!(reader.get::<Bytes<1>, _>("b").unwrap(), arr1(&[Bytes::from(*b"x")]));
}
