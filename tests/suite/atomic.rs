//! Saving can't tear: on every error the file that is there stays, and nothing else is left.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, ArrayView1, arr1, s};
use npz_core::{
    Compression, DType, Element, Error, ErrorKind, LoadNpz, NpyReader, NpyWriter, NpzReader,
    NpzWriter, Payload, Result, SaveNpz, SaveOptions, ScalarKind, read_npy, savez, write_npy,
};

/// The folder's files, hidden ones too.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// An element that can't be encoded from the n-th item on.
#[derive(Clone, Debug)]
struct Fragile(u8);

impl Element for Fragile {
    fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
        Ok(ScalarKind::U8.into())
    }

    fn encode(items: &[Self], _: &DType, out: &mut Vec<u8>) -> Result<()> {
        for item in items {
            if item.0 == 0 {
                return Err(Error::new(ErrorKind::Value, "this one is broken"));
            }
            out.push(item.0);
        }
        Ok(())
    }

    fn accepts(_: &DType) -> bool {
        false
    }

    fn decode(_: &mut Payload<'_>) -> Result<Vec<Self>> {
        Ok(vec![])
    }
}

#[test]
fn an_error_leaves_the_old_file_and_no_litter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    fs::write(&path, "old").unwrap();
    let unharmed = |error: &Error| {
        assert_eq!(fs::read(&path).unwrap(), b"old", "{error}");
        assert_eq!(files(folder.path()), std::slice::from_ref(&path), "{error}");
    };
    let mut items = vec![Fragile(1); 3_000_000];
    items.push(Fragile(0));
    let broken = Array1::from(items);
    let error = savez!(&path, fine = arr1(&[1.0]), broken = broken).unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Value, Some("broken")));
    unharmed(&error);
    unharmed(&write_npy(&path, &broken).unwrap_err());

    let deflate = SaveOptions::new().compression(Compression::Deflate(1));
    let mut writer = NpzWriter::create_with(&path, &deflate).unwrap();
    writer.add("fine", &arr1(&[1.0])).unwrap();
    let error = writer.add("broken", &broken).unwrap_err();
    assert_eq!(error.entry(), Some("broken"));
    let error = writer.add("more", &arr1(&[1.0])).unwrap_err();
    assert!(error.to_string().contains("can't be completed; start a new one"), "{error}");
    unharmed(&writer.finish().unwrap_err());

    // A name that can't be is no such error: the archive goes on as if it had not been asked.
    let mut writer = NpzWriter::new(Vec::new());
    writer.add("a", &arr1(&[1.0])).unwrap();
    writer.add("a", &arr1(&[2.0])).unwrap_err();
    writer.add("../b", &arr1(&[2.0])).unwrap_err();
    writer.add("b", &arr1(&["x\0".to_owned()])).unwrap_err();
    writer.add("b", &arr1(&[3.0])).unwrap();
    let bytes = writer.finish().unwrap();
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.names().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(reader.get::<f64, ndarray::Ix1>("b").unwrap(), arr1(&[3.0]));

    for options in [
        SaveOptions::new().alignment(48),
        SaveOptions::new().alignment(1 << 16),
        SaveOptions::new().alignment(0),
        SaveOptions::new().compression(Compression::Deflate(10)),
        SaveOptions::new().compression(Compression::Deflate(255)),
        SaveOptions::new().separator(""),
        SaveOptions::new().byte_order(npz_core::ByteOrder::NotApplicable),
    ] {
        let error = 1.0.save_npz_with(&path, &options).unwrap_err();
        assert_eq!(error.path(), Some(path.as_path()), "{error}");
        unharmed(&error);
    }

    // Dropped before it was finished.
    let mut writer = NpzWriter::create(&path).unwrap();
    writer.add("a", &Array1::<f64>::zeros(500_000)).unwrap();
    assert_eq!(files(folder.path()).len(), 2);
    drop(writer);
    assert_eq!(files(folder.path()), std::slice::from_ref(&path));
}

#[test]
fn a_save_replaces_a_file_that_is_being_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    savez!(&path, a = Array1::from_elem(100_000, 1.0)).unwrap();
    let reader = NpzReader::open(&path).unwrap();
    savez!(&path, b = 2.0).unwrap();
    let old: Array1<f64> = reader.get("a").unwrap();
    assert!(old.iter().all(|&item| item == 1.0));
    assert_eq!(NpzReader::open(&path).unwrap().names().collect::<Vec<_>>(), ["b"]);
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn odd_paths() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);

    let directory = at("directory");
    fs::create_dir(&directory).unwrap();
    let error = 1.0.save_npz(&directory).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("is a folder, so it can't be replaced"), "{error}");
    for path in ["", "/", ".."] {
        let error = 1.0.save_npz(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{path:?}: {error}");
    }
    let error = 1.0.save_npz(at("no/such/a.npz")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");

    // As long as a name can be: the temporary file has a name of its own.
    let long = at(&format!("{}.npz", "n".repeat(251)));
    2.0.save_npz(&long).unwrap();
    assert_eq!(f64::load_npz(&long).unwrap(), 2.0);
    // No suffix is added, and none is needed.
    let plain = at("no suffix");
    write_npy(&plain, &arr1(&[1_u8])).unwrap();
    assert_eq!(read_npy::<u8, ndarray::Ix1>(&plain).unwrap(), arr1(&[1]));
    assert_eq!(files(folder.path()).len(), 3);
}

/// A bare name stands in the current folder, which is the package's for every test.
#[test]
fn bare_names() {
    let name = format!("bare-name-{}.npz", std::process::id());
    struct Removed<'a>(&'a str);
    impl Drop for Removed<'_> {
        fn drop(&mut self) {
            let _ = fs::remove_file(self.0);
        }
    }
    let _removed = Removed(&name);
    3.0.save_npz(&name).unwrap();
    assert_eq!(f64::load_npz(&name).unwrap(), 3.0);
}

#[cfg(unix)]
#[test]
fn links_modes_and_special_files() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;

    // A new file has the mode that any new file has here.
    File::create(at("any")).unwrap();
    1.0.save_npz(at("new.npz")).unwrap();
    assert_eq!(mode(&at("new.npz")), mode(&at("any")));
    for kept in [0o600, 0o640, 0o604, 0o755, 0o444] {
        fs::set_permissions(at("new.npz"), PermissionsExt::from_mode(kept)).unwrap();
        2.0.save_npz(at("new.npz")).unwrap();
        assert_eq!(mode(&at("new.npz")), kept);
    }

    // Links stay, through several of them, and a dangling one gets its target.
    fs::create_dir(at("deep")).unwrap();
    symlink("deep/real.npz", at("link.npz")).unwrap();
    symlink(at("link.npz"), at("link to link.npz")).unwrap();
    3.0.save_npz(at("link to link.npz")).unwrap();
    4.0.save_npz(at("link.npz")).unwrap();
    assert_eq!(f64::load_npz(at("deep/real.npz")).unwrap(), 4.0);
    assert!(fs::symlink_metadata(at("link.npz")).unwrap().is_symlink());
    symlink("loop b", at("loop a")).unwrap();
    symlink("loop a", at("loop b")).unwrap();
    assert!(1.0.save_npz(at("loop a")).is_err());

    let fifo = crate::pipes::fifo(folder.path());
    let error = 1.0.save_npz(&fifo).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("not a regular file"), "{error}");
    assert!(savez!("/dev/null", 1.0).is_err());

    let strange = folder.path().join(OsStr::from_bytes(b"\xff\xfe.npz"));
    5.0.save_npz(&strange).unwrap();
    assert_eq!(f64::load_npz(&strange).unwrap(), 5.0);
    assert!(files(&at("deep")).len() == 1);
    let litter = |file: &PathBuf| file.file_name().unwrap().as_bytes().starts_with(b".npz-");
    assert!(!files(folder.path()).iter().any(litter));
}

/// Fails at the n-th call, once or from then on.
struct Failing {
    bytes: Vec<u8>,
    calls: usize,
    fails_at: usize,
    forever: bool,
}

impl Failing {
    fn new(fails_at: usize, forever: bool) -> Self {
        Self { bytes: Vec::new(), calls: 0, fails_at, forever }
    }

    fn call(&mut self) -> io::Result<()> {
        self.calls += 1;
        if self.calls == self.fails_at || (self.forever && self.calls > self.fails_at) {
            return Err(io::Error::other("the disk is full"));
        }
        Ok(())
    }
}

impl Write for Failing {
    /// Takes a part of what it is given, and says so.
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.call()?;
        let part = buf.len().min(300_000);
        self.bytes.extend_from_slice(&buf[..part]);
        Ok(part)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.call()
    }
}

#[test]
fn a_failing_writer_is_never_called_a_success() {
    let large = Array1::from_iter((0..140_000).map(f64::from));
    let matrix = Array2::from_shape_fn((300, 500), |(i, j)| (i * j) as f64);
    let write = |out: Failing, options: &SaveOptions| -> (bool, Result<Failing>) {
        let mut writer = NpzWriter::with_options(out, options).unwrap();
        // A caller who goes on after an error must not get an archive with a hole.
        let mut failed = writer.add("large", &large).is_err();
        failed |= writer.add("small", &arr1(&[1.0_f32])).is_err();
        failed |= writer.add("strided", &matrix.t()).is_err();
        (failed, writer.finish())
    };
    for compression in [Compression::Stored, Compression::Deflate(1)] {
        let options = SaveOptions::new().compression(compression);
        let (failed, whole) = write(Failing::new(usize::MAX, true), &options);
        let whole = whole.unwrap();
        assert!(!failed && whole.calls > 4, "{}", whole.calls);
        assert_eq!(NpzReader::from_bytes(&whole.bytes).unwrap().len(), 3);
        for fails_at in 1..=whole.calls {
            for forever in [false, true] {
                let (_, result) = write(Failing::new(fails_at, forever), &options);
                let error = result.err().unwrap_or_else(|| panic!("call {fails_at} failed"));
                assert_eq!(error.kind(), ErrorKind::Io, "{error}");
            }
        }
    }
    let npy = |out| NpyWriter::new(out).write(&large.slice(s![..;-1]));
    let calls = npy(Failing::new(usize::MAX, true)).unwrap().calls;
    for fails_at in 1..=calls {
        let error = npy(Failing::new(fails_at, false)).err().unwrap();
        assert_eq!(error.to_string(), "can't write: the disk is full");
    }
}

/// A reader that gives a few bytes at a time and is interrupted now and then.
struct Hesitant<R> {
    reader: R,
    calls: usize,
}

impl<R: Read> Read for Hesitant<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let few = buf.len().min(1 + self.calls % 997);
        self.reader.read(&mut buf[..few])
    }
}

impl<R: Seek> Seek for Hesitant<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}

#[test]
fn short_reads_and_interruptions_are_no_errors() {
    let array = Array1::from_iter((0..100_000).map(f64::from));
    let texts = arr1(&["a".to_owned(), "日本".to_owned()]);
    let hesitant = |bytes| Hesitant { reader: Cursor::new(bytes), calls: 0 };
    let npy = NpyWriter::new(Vec::new()).write(&array).unwrap();
    let found: Array1<f64> = NpyReader::new(hesitant(npy)).unwrap().read().unwrap();
    assert_eq!(found, array);

    for compression in [Compression::Stored, Compression::Deflate(6)] {
        let options = SaveOptions::new().compression(compression);
        let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
        writer.add("array", &array).unwrap();
        writer.add("texts", &texts).unwrap();
        let npz = writer.finish().unwrap();
        let reader = NpzReader::from_seek(hesitant(npz)).unwrap();
        assert_eq!(reader.get::<f64, ndarray::Ix1>("array").unwrap(), array);
        assert_eq!(reader.get::<String, ndarray::Ix1>("texts").unwrap(), texts);
    }
}

/// The way to a path, which knows sizes before and patches checksums in, and the way through any
/// writer give the same bytes.
#[test]
fn both_doors_write_the_same_bytes() {
    let large = Array2::from_shape_fn((450, 400), |(i, j)| (i * j % 251) as f64);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    let all = [Compression::Stored, Compression::Stored, Compression::Deflate(6)];
    for (compression, alignment) in all.into_iter().zip([1, 64, 32768]).chain([(all[0], 32768)]) {
        let options =
            SaveOptions::new().compression(compression).alignment(alignment).durable(false);
        fn fill<W: Write>(writer: &mut NpzWriter<W>, large: &Array2<f64>) {
            let one = [1_u8];
            writer.add("small", &ArrayView1::from(&one)).unwrap();
            writer.add("contiguous", large).unwrap();
            writer.add("transposed", &large.t()).unwrap();
            writer.add("größe", &large.slice(s![..;-1, ..;2])).unwrap();
            writer.add("empty", &Array1::<u16>::zeros(0)).unwrap();
        }
        let mut file = NpzWriter::create_with(&path, &options).unwrap();
        fill(&mut file, &large);
        file.finish().unwrap();
        let mut memory = NpzWriter::with_options(Vec::new(), &options).unwrap();
        fill(&mut memory, &large);
        let bytes = memory.finish().unwrap();
        assert!(fs::read(&path).unwrap() == bytes, "{compression:?}, {alignment}");
        for entry in NpzReader::from_bytes(&bytes).unwrap().entries() {
            let offset = entry.data_offset().unwrap();
            assert_eq!(offset.is_some(), compression == Compression::Stored);
            assert!(offset.is_none_or(|offset| offset.is_multiple_of(alignment as u64)));
        }
    }
}
