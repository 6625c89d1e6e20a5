//! Writers that fail at their n-th call, once or from then on, for every n until none fails; that take
//! a part of what they are given; and that are interrupted: beneath every kind of writer.

use std::io::{self, Cursor, ErrorKind, Seek, SeekFrom, Write};
use std::sync::LazyLock;

use ndarray::{Array1, Array2, arr1, s};
use npz_core::{
    Compression, NpyArrayWriter, NpyReader, NpyWriter, NpzReader, NpzWriter, Result, SaveOptions,
};

/// What goes wrong, and when.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Never,
    Once(usize),
    Since(usize),
    /// Every call takes a few bytes only, and every third is interrupted.
    Short,
}

struct Faulty {
    inner: Cursor<Vec<u8>>,
    calls: usize,
    fault: Fault,
}

impl Faulty {
    fn new(fault: Fault) -> Self {
        Self { inner: Cursor::new(Vec::new()), calls: 0, fault }
    }

    fn call(&mut self) -> io::Result<()> {
        self.calls += 1;
        let calls = self.calls;
        match self.fault {
            Fault::Once(n) if calls == n => Err(io::Error::other("the disk is full")),
            Fault::Since(n) if calls >= n => Err(io::Error::other("the disk is full")),
            Fault::Short if calls.is_multiple_of(3) => Err(ErrorKind::Interrupted.into()),
            _ => Ok(()),
        }
    }
}

impl Write for Faulty {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.call()?;
        let most = if let Fault::Short = self.fault { 1 + self.calls * 37 % 9000 } else { 300_000 };
        self.inner.write(&buf[..buf.len().min(most)])
    }

    fn flush(&mut self) -> io::Result<()> {
        // Flushes and seeks are not interrupted: no caller begins them again.
        if let Fault::Short = self.fault { Ok(()) } else { self.call() }
    }
}

impl Seek for Faulty {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if !matches!(self.fault, Fault::Short) {
            self.call()?;
        }
        self.inner.seek(to)
    }
}

/// Data for each way through a writer: beyond its buffer and below it, as it lies in memory and not.
static LARGE: LazyLock<Array1<f64>> =
    LazyLock::new(|| Array1::from_iter((0..140_000).map(f64::from)));

static MATRIX: LazyLock<Array2<f32>> =
    LazyLock::new(|| Array2::from_shape_fn((500, 600), |(i, j)| (i * 7 + j) as f32));

/// Enough rows to fill the buffers a few times.
static ROWS: LazyLock<Array2<f32>> = LazyLock::new(|| MATRIX.slice(s![..100, ..]).to_owned());

fn fill<W: Write>(mut writer: NpzWriter<W>) -> Result<W> {
    // A caller who goes on after an error must not get an archive with a hole.
    let mut results = vec![
        writer.add("large", &*LARGE),
        writer.add("small", &arr1(&[1.0_f32])),
        writer.add("turned", &MATRIX.t()),
        writer.add("text", &arr1(&["a".to_owned(), "日本".to_owned()])),
    ];
    results.push(writer.array_writer::<f32>("rows", [100, 600]).and_then(|mut array| {
        ROWS.rows().into_iter().try_for_each(|row| array.push(&row))?;
        array.finish()
    }));
    let finished = writer.finish();
    for result in results {
        result?;
    }
    finished
}

fn options(compression: Compression) -> SaveOptions {
    SaveOptions::new().compression(compression)
}

type Way = fn(Faulty) -> Result<Faulty>;

/// Every kind of writer, but for those to a path, which no wrapper fits beneath.
const WAYS: [(&str, Way); 9] = [
    ("npz", |out| fill(NpzWriter::with_options(out, &options(Compression::Stored))?)),
    ("npz deflated", |out| fill(NpzWriter::with_options(out, &options(Compression::Deflate(1)))?)),
    ("npz, seeking", |out| fill(NpzWriter::from_seek(out, &options(Compression::Stored))?)),
    ("npz deflated, seeking", |out| {
        fill(NpzWriter::from_seek(out, &options(Compression::Deflate(1)))?)
    }),
    ("npz, open rows", |out| {
        let mut writer = NpzWriter::from_seek(out, &SaveOptions::new())?;
        let mut array = writer.array_writer_open::<f32>("rows", &[600])?;
        MATRIX.rows().into_iter().try_for_each(|row| array.push(&row))?;
        array.finish()?;
        writer.finish()
    }),
    ("npy", |out| NpyWriter::new(out).write(&*LARGE)),
    ("npy, strided", |out| NpyWriter::new(out).write(&LARGE.slice(s![..;-1]))),
    ("npy, rows", |out| {
        let mut writer = NpyArrayWriter::new(out, [100, 600])?;
        ROWS.rows().into_iter().try_for_each(|row| writer.push(&row))?;
        writer.finish()
    }),
    ("npy, open rows", |out| {
        let mut writer = NpyArrayWriter::new_open(out, &[600])?;
        ROWS.rows().into_iter().try_for_each(|row| writer.push(&row))?;
        writer.finish()
    }),
];

#[test]
fn every_failed_call_is_an_error() {
    for (name, way) in WAYS {
        let whole = way(Faulty::new(Fault::Never)).unwrap();
        assert!(whole.calls > 3, "{name}: {}", whole.calls);
        check(name, whole.inner.get_ref());
        for n in 1..=whole.calls {
            for fault in [Fault::Once(n), Fault::Since(n)] {
                let error = match way(Faulty::new(fault)) {
                    Ok(_) => panic!("{name}: {fault:?} of {} was no error", whole.calls),
                    Err(error) => error,
                };
                assert_eq!(error.kind(), npz_core::ErrorKind::Io, "{name}: {fault:?}: {error}");
                assert!(
                    error.to_string().contains("the disk is full"),
                    "{name}: {fault:?}: {error}"
                );
            }
        }
        // Beyond the last call there is nothing to fail.
        assert!(way(Faulty::new(Fault::Since(whole.calls + 1))).is_ok(), "{name}");
    }
}

#[test]
fn short_and_interrupted_calls_are_no_errors() {
    for (name, way) in WAYS {
        let whole = way(Faulty::new(Fault::Never)).unwrap();
        let short =
            way(Faulty::new(Fault::Short)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(short.calls > 100, "{name}: {}", short.calls);
        assert!(short.inner.get_ref() == whole.inner.get_ref(), "{name}");
    }
}

fn check(name: &str, bytes: &[u8]) {
    if name.starts_with("npy") {
        NpyReader::new(bytes).unwrap().read_any().unwrap();
    } else {
        NpzReader::from_bytes(bytes).unwrap().verify().unwrap();
    }
}
