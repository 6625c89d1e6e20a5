//! Sources that fail, stutter or come in pieces: an error or the very values, never others.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, Ix1, arr1, arr2, s};
use npz_core::{
    Compression, ErrorKind, NpyReader, NpyStream, NpyWriter, NpzReader, NpzStream, NpzWriter,
    ReadAt, Result, SaveOptions, SeekSource, StreamEntry,
};

/// Fails the call of this number, or from it on.
#[derive(Default)]
struct Plan {
    calls: AtomicUsize,
    fail_at: usize,
    forever: bool,
}

impl Plan {
    fn call(&self) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        if call == self.fail_at || self.forever && call > self.fail_at {
            return Err(io::Error::other("a planned fault"));
        }
        Ok(())
    }
}

struct Faulty<'a, R> {
    inner: R,
    plan: &'a Plan,
}

impl<R: Read> Read for Faulty<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.plan.call()?;
        // Small pieces, so that there are many calls to fail.
        let len = buf.len().min(100);
        self.inner.read(&mut buf[..len])
    }
}

impl<R: Seek> Seek for Faulty<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.plan.call()?;
        self.inner.seek(to)
    }
}

impl ReadAt for Faulty<'_, &[u8]> {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.plan.call()?;
        self.inner.read_exact_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        self.plan.call()?;
        self.inner.size()
    }
}

type Found = (Array1<f32>, Array1<String>, Vec<u8>);

fn archive(compression: Compression) -> Vec<u8> {
    let options = SaveOptions::new().compression(compression);
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    let noise = Array1::from_iter(
        (0..500_u32).map(|n| u16::try_from(n.wrapping_mul(2_654_435_761) >> 16).unwrap()),
    );
    writer.add("x", &noise.mapv(f32::from)).unwrap();
    writer.add("t", &arr1(&["ab".to_owned(), "ß".to_owned()])).unwrap();
    writer.finish().unwrap()
}

fn load(reader: &NpzReader<'_>) -> Result<Found> {
    Ok((reader.get("x")?, reader.get("t")?, reader.bytes("x")?))
}

/// Runs `read` with every call failing in turn, once and from then on, until none is left to fail.
/// Gives the number of faults.
fn with_every_fault<T: PartialEq + std::fmt::Debug>(
    expected: &T,
    read: impl Fn(&Plan) -> Result<T>,
) -> usize {
    let mut faults = 0;
    for forever in [false, true] {
        for fail_at in 0.. {
            let plan = Plan { fail_at, forever, ..Plan::default() };
            let outcome = read(&plan);
            if plan.calls.into_inner() <= fail_at {
                assert_eq!(&outcome.unwrap(), expected);
                break;
            }
            faults += 1;
            match outcome {
                Ok(found) => panic!("call {fail_at} failed, and yet {found:?}"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Io, "call {fail_at}: {error}"),
            }
        }
    }
    faults
}

#[test]
fn every_failing_read_is_an_error() {
    let mut faults = 0;
    for compression in [Compression::Stored, Compression::Deflate(6)] {
        let bytes = archive(compression);
        let expected = load(&NpzReader::from_bytes(&bytes).unwrap()).unwrap();
        faults += with_every_fault(&expected, |plan| {
            load(&NpzReader::new(Faulty { inner: &bytes[..], plan })?)
        });
        faults += with_every_fault(&expected, |plan| {
            let cursor = Faulty { inner: Cursor::new(&bytes), plan };
            let source = SeekSource::new(cursor).map_err(|error| {
                npz_core::Error::new(ErrorKind::Io, "find the end").with_source(error)
            })?;
            load(&NpzReader::new(source)?)
        });
        let (x, t) = (expected.0.clone(), expected.1.clone());
        faults += with_every_fault(&(x, t), |plan| {
            let mut stream = NpzStream::new(Faulty { inner: &bytes[..], plan });
            let x = StreamEntry::read(stream.next_entry()?.unwrap())?;
            let t = StreamEntry::read(stream.next_entry()?.unwrap())?;
            assert!(stream.next_entry()?.is_none());
            Ok((x, t))
        });
        let rows = expected.0.slice(s![100..200]).to_owned();
        faults += with_every_fault(&rows, |plan| {
            NpzReader::new(Faulty { inner: &bytes[..], plan })?.slice("x", s![100..200])
        });
        faults += with_every_fault(&expected.0, |plan| {
            let reader = NpzReader::new(Faulty { inner: &bytes[..], plan })?;
            let chunks = reader.chunks::<f32, Ix1>("x", 7)?;
            let items: Vec<f32> =
                chunks.map(|rows| Ok(rows?.to_vec())).collect::<Result<Vec<_>>>()?.concat();
            Ok(Array1::from(items))
        });
    }
    let array = arr2(&[[1.5_f64, 2.5], [f64::MAX, -0.0]]);
    let npy = NpyWriter::new(Vec::new()).write(&array).unwrap();
    faults +=
        with_every_fault(&array, |plan| NpyReader::new(Faulty { inner: &npy[..], plan })?.read());
    faults +=
        with_every_fault(&array, |plan| NpyStream::new(Faulty { inner: &npy[..], plan }).read());
    assert!(faults > 300, "{faults}");
    println!("{faults} reads failed, each an error");
}

/// A fault that passes leaves a reader as good as before.
#[test]
fn a_reader_goes_on_after_a_fault() {
    let bytes = archive(Compression::Deflate(6));
    let expected = load(&NpzReader::from_bytes(&bytes).unwrap()).unwrap();
    for fail_at in 2..20 {
        let plan = Plan { fail_at, ..Plan::default() };
        let reader = NpzReader::new(Faulty { inner: &bytes[..], plan: &plan }).unwrap();
        let _ = load(&reader);
        plan.calls.fetch_max(fail_at + 1, Ordering::Relaxed);
        assert_eq!(load(&reader).unwrap(), expected, "{fail_at}");
    }
}

/// Gives few bytes at a time, and before each an interruption.
struct Stutter<R> {
    inner: R,
    sizes: Vec<usize>,
    turn: usize,
}

impl<R: Read> Read for Stutter<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn.is_multiple_of(2) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = self.sizes[self.turn / 2 % self.sizes.len()];
        let len = buf.len().min(size);
        self.inner.read(&mut buf[..len])
    }
}

impl<R: Seek> Seek for Stutter<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn pieces_and_interruptions_change_nothing() {
    let sizes =
        [vec![1], vec![2], vec![3, 1], vec![7], vec![63, 64, 65], vec![4096], vec![1, 5000]];
    for compression in [Compression::Stored, Compression::Deflate(6)] {
        let bytes = archive(compression);
        let expected = load(&NpzReader::from_bytes(&bytes).unwrap()).unwrap();
        for sizes in &sizes {
            let stutter = || Stutter { inner: Cursor::new(&bytes), sizes: sizes.clone(), turn: 0 };
            let reader = NpzReader::from_seek(stutter()).unwrap();
            assert_eq!(load(&reader).unwrap(), expected, "{sizes:?}");
            let mut stream = NpzStream::new(stutter());
            let x: Array1<f32> = StreamEntry::read(stream.next_entry().unwrap().unwrap()).unwrap();
            assert_eq!(x, expected.0);
            // Passed over, not read.
            assert_eq!(stream.next_entry().unwrap().unwrap().name(), "t");
            assert!(stream.next_entry().unwrap().is_none());
        }
    }
    let array = arr2(&[[1.5_f64, 2.5], [f64::MAX, -0.0]]);
    let one = NpyWriter::new(Vec::new()).write(&array).unwrap();
    let two = one.repeat(2);
    for sizes in &sizes {
        let stutter = || Stutter { inner: Cursor::new(&two), sizes: sizes.clone(), turn: 0 };
        assert_eq!(NpyReader::new(stutter()).unwrap().read::<f64, _>().unwrap(), array);
        let arrays: Vec<_> = NpyStream::new(stutter()).collect::<Result<_>>().unwrap();
        assert_eq!(arrays.len(), 2);
        assert!(arrays.iter().all(|read| read.to_array::<f64, _>().unwrap() == array));
    }
}

/// A file that shrinks, or grows, between two looks at it.
#[test]
fn a_file_that_changes_under_the_reader() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    let bytes = archive(Compression::Stored);
    for len in [0, 30, 500, bytes.len() - 1] {
        std::fs::write(&path, &bytes).unwrap();
        let reader = NpzReader::open(&path).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_len(len as u64).unwrap();
        let outcome = load(&reader);
        match outcome {
            // All that is read lies before the cut.
            Ok(_) => assert_eq!(len, bytes.len() - 1),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Truncated, "{len}: {error}"),
        }
    }
    // Replaced as a save does it, the reader keeps the file it opened.
    std::fs::write(&path, &bytes).unwrap();
    let reader = NpzReader::open(&path).unwrap();
    let expected = load(&reader).unwrap();
    npz_core::savez!(&path, x = arr1(&[0.0_f32])).unwrap();
    assert_eq!(load(&reader).unwrap(), expected);
    assert_eq!(NpzReader::open(&path).unwrap().len(), 1);
}
