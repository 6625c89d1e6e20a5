//! Writing `.npy` files as their rows come.

use std::fmt;
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use ndarray::{ArrayRef, Dimension};

use super::header::Order;
use super::rows::{Rows, fixed_dtype};
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::io::atomic::AtomicFile;
use crate::io::write_at::{self, WriteAt};
use crate::options::SaveOptions;

/// Small rows are put together in a buffer of this size.
const BUFFER_BYTES: usize = 64 << 10;

/// Writes one array in `.npy` format row by row, in bounded memory.
///
/// With a known shape to any [`Write`]; with any number of rows to a path, or to whatever can go
/// back to the header when the number is known.
///
/// ```
/// use npz_core::ndarray::{Array2, array};
/// use npz_core::{NpyArrayWriter, read_npy};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("log.npy");
/// let mut log = NpyArrayWriter::create_open(&path, &[2])?;
/// for step in 0..5 {
///     log.push(&array![f64::from(step), 0.5])?; // a row
/// }
/// log.push(&array![[5.0, 0.5], [6.0, 0.5]])?; // two
/// log.finish()?; // only now is the file at `path`
/// let array: Array2<f64> = read_npy(&path)?;
/// assert_eq!(array.dim(), (7, 2));
///
/// let mut pipe = NpyArrayWriter::new(Vec::new(), [2, 3])?;
/// pipe.push_slice(&[1_u8, 2, 3, 4])?; // items, row after row
/// pipe.push_slice(&[5, 6])?;
/// let bytes = pipe.finish()?;
/// assert!(bytes.ends_with(&[1, 2, 3, 4, 5, 6]));
/// # Ok::<(), npz_core::Error>(())
/// ```
#[must_use = "without finish, the file is cut short, or not there at all"]
pub struct NpyArrayWriter<A, W: Write> {
    rows: Rows<A>,
    out: BufWriter<W>,
    /// Where the header is, for a number of rows that is settled at the end.
    header_at: u64,
    header_len: usize,
    hooks: Hooks<W>,
    path: Option<PathBuf>,
}

/// What a writer can do beyond writing forward.
struct Hooks<W> {
    write_at: Option<WriteAt<W>>,
    commit: fn(&mut W) -> Result<()>,
}

impl<A, W: Write> fmt::Debug for NpyArrayWriter<A, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpyArrayWriter")
            .field("header", self.rows.header())
            .field("rows", &self.rows.rows())
            .finish_non_exhaustive()
    }
}

impl<A: Element> NpyArrayWriter<A, AtomicFile> {
    /// Starts an array of `shape` that will stand at `path` once it is
    /// [finished](Self::finish), atomically and durably; until then a file that is there already
    /// stays as it is.
    ///
    /// # Errors
    /// As [`new`](Self::new), and when no file can be created beside `path`.
    pub fn create(path: impl AsRef<Path>, shape: impl Into<Vec<usize>>) -> Result<Self> {
        let dtype = fixed_dtype::<A>("NpyArrayWriter::create_with");
        Self::at_path(path.as_ref(), dtype, shape.into(), false, &SaveOptions::default())
    }

    /// Starts an array of `shape` and of a given dtype at `path`, as `options` say of byte order
    /// and durability.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_with(
        path: impl AsRef<Path>,
        dtype: impl Into<DType>,
        shape: impl Into<Vec<usize>>,
        options: &SaveOptions,
    ) -> Result<Self> {
        Self::at_path(path.as_ref(), Ok(dtype.into()), shape.into(), false, options)
    }

    /// Starts an array of any number of rows of shape `row` (`&[]` for single numbers) that will
    /// stand at `path` once it is finished.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_open(path: impl AsRef<Path>, row: &[usize]) -> Result<Self> {
        let dtype = fixed_dtype::<A>("NpyArrayWriter::create_open_with");
        let shape = [&[0], row].concat();
        Self::at_path(path.as_ref(), dtype, shape, true, &SaveOptions::default())
    }

    /// Starts an array of any number of rows of shape `row` and of a given dtype at `path`, as
    /// `options` say of byte order and durability.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_open_with(
        path: impl AsRef<Path>,
        dtype: impl Into<DType>,
        row: &[usize],
        options: &SaveOptions,
    ) -> Result<Self> {
        Self::at_path(path.as_ref(), Ok(dtype.into()), [&[0], row].concat(), true, options)
    }

    fn at_path(
        path: &Path,
        dtype: Result<DType>,
        shape: Vec<usize>,
        open: bool,
        options: &SaveOptions,
    ) -> Result<Self> {
        let start = || {
            options.check()?;
            let dtype = dtype?.with_byte_order(options.byte_order);
            let rows = Rows::<A>::new(dtype, Order::C, shape, open)?;
            let file = AtomicFile::create(path, options.durable)?;
            file.reserve(rows.header().nbytes() as u64)?;
            let write_at = open.then_some(AtomicFile::write_at as _);
            let hooks = Hooks { write_at, commit: AtomicFile::commit };
            Self::start(file, rows, 0, hooks)
        };
        let mut writer = start().map_err(|error| error.with_path(path))?;
        writer.path = Some(path.to_owned());
        Ok(writer)
    }
}

impl<A: Element, W: Write> NpyArrayWriter<A, W> {
    /// Starts an array of `shape` in `writer`, which needs no buffer of its own.
    ///
    /// # Errors
    /// For a shape that no file can have, when `writer` fails, and [`ErrorKind::Dtype`] for text,
    /// whose width depends on its items: [`with_dtype`](Self::with_dtype) takes one.
    pub fn new(writer: W, shape: impl Into<Vec<usize>>) -> Result<Self> {
        let dtype = fixed_dtype::<A>("NpyArrayWriter::with_dtype")?;
        let dtype = dtype.with_byte_order(SaveOptions::default().byte_order);
        Self::with_dtype(writer, dtype, shape)
    }

    /// Starts an array of `shape` and of a given dtype in `writer`.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`ErrorKind::Dtype`] for a dtype that can't hold an `A`.
    pub fn with_dtype(
        writer: W,
        dtype: impl Into<DType>,
        shape: impl Into<Vec<usize>>,
    ) -> Result<Self> {
        let rows = Rows::new(dtype.into(), Order::C, shape.into(), false)?;
        Self::start(writer, rows, 0, Hooks { write_at: None, commit: |_| Ok(()) })
    }

    fn start(writer: W, rows: Rows<A>, header_at: u64, hooks: Hooks<W>) -> Result<Self> {
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, writer);
        let header = rows.header().encode()?;
        out.write_all(&header).map_err(|error| Error::io("write", error))?;
        Ok(Self { rows, out, header_at, header_len: header.len(), hooks, path: None })
    }

    /// Appends one row, or several: an array of the shape without its first axis, or with another
    /// length of that.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] for an array of another shape, or more rows than there is room for,
    /// and then nothing is appended; [`ErrorKind::Value`] for text that is longer than the dtype holds
    /// or ends with NUL, and then nothing is appended or, of many items, a part, so that the array can't
    /// be finished; otherwise what the writer reports.
    pub fn push<D: Dimension>(&mut self, array: &ArrayRef<A, D>) -> Result<()> {
        let Self { rows, out, .. } = self;
        let pushed = rows.push(array, &mut |bytes| write(out, bytes));
        pushed.map_err(|error| self.in_file(error))
    }

    /// Appends items, row after row. A row may begin in one slice and end in the next.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_slice(&mut self, items: &[A]) -> Result<()> {
        let Self { rows, out, .. } = self;
        let pushed = rows.push_slice(items, &mut |bytes| write(out, bytes));
        pushed.map_err(|error| self.in_file(error))
    }

    /// The number of whole rows so far.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.rows()
    }

    /// Ends the array, settles its number of rows, and, at a path, puts the file in place. Returns
    /// the writer.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if there are fewer items than the shape says, or the last row isn't
    /// whole; everything that can go wrong with a file. At a path the old file is then as it was,
    /// unless the error is [`ErrorKind::NotDurable`].
    pub fn finish(mut self) -> Result<W> {
        let path = self.path.take();
        self.end().map_err(|error| match path {
            Some(path) => error.with_path(path),
            None => error,
        })
    }

    fn end(mut self) -> Result<W> {
        let header = self.rows.finish()?.encode()?;
        self.out.flush().map_err(|error| Error::io("write", error))?;
        if let Some(write_at) = self.hooks.write_at {
            if header.len() != self.header_len {
                let message = "the npy header has no room for so many rows";
                return Err(Error::new(ErrorKind::Limit, message));
            }
            write_at(self.out.get_mut(), &header, self.header_at)
                .map_err(|error| Error::io("write", error))?;
        }
        (self.hooks.commit)(self.out.get_mut())?;
        self.out.into_inner().map_err(|error| Error::io("write", error.into_error()))
    }

    #[cold]
    fn in_file(&self, error: Error) -> Error {
        match &self.path {
            Some(path) => error.with_path(path),
            None => error,
        }
    }
}

impl<A: Element, W: Write + Seek> NpyArrayWriter<A, W> {
    /// Starts an array of any number of rows of shape `row` (`&[]` for single numbers) at the
    /// current position of `writer`, which is at the array's end when it is finished.
    ///
    /// A file must not be open for appending, where the system ignores positions.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn new_open(writer: W, row: &[usize]) -> Result<Self> {
        let dtype = fixed_dtype::<A>("NpyArrayWriter::new_open_with_dtype")?;
        let dtype = dtype.with_byte_order(SaveOptions::default().byte_order);
        Self::new_open_with_dtype(writer, dtype, row)
    }

    /// Starts an array of any number of rows of shape `row` and of a given dtype.
    ///
    /// # Errors
    /// As [`with_dtype`](Self::with_dtype).
    pub fn new_open_with_dtype(
        mut writer: W,
        dtype: impl Into<DType>,
        row: &[usize],
    ) -> Result<Self> {
        let rows = Rows::new(dtype.into(), Order::C, [&[0], row].concat(), true)?;
        let at = writer.stream_position().map_err(|error| Error::io("find the start", error))?;
        let hooks = Hooks { write_at: Some(write_at::by_seeking::<W>), commit: |_| Ok(()) };
        Self::start(writer, rows, at, hooks)
    }
}

fn write(out: &mut impl Write, bytes: &[u8]) -> Result<()> {
    out.write_all(bytes).map_err(|error| Error::io("write", error))
}
