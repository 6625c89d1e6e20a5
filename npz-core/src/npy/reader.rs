//! Reading `.npy` files.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use ndarray::{Array, Dimension};

use super::any::AnyArray;
use super::array;
use super::header::{Decoded, Header};
use crate::element::{Element, Finish, ReadExact};
use crate::error::{Error, ErrorKind, Result};
use crate::io::bulk::{Bulk, hot_parts};
use crate::io::read_at::fill;
use crate::limits::Limits;
use crate::options::{Cast, LoadOptions, Meter};

/// Reads the array of a `.npy` file.
///
/// Bytes behind the array are left alone, as `np.load` does.
///
/// ```
/// use npz_core::ndarray::{Array2, arr2};
/// use npz_core::{read_npy, write_npy};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("a.npy");
/// write_npy(&path, &arr2(&[[1.5_f32, 2.5]]))?;
/// let array: Array2<f32> = read_npy(&path)?;
/// assert_eq!(array, arr2(&[[1.5, 2.5]]));
/// # Ok::<(), npz_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Dtype`] or [`ErrorKind::Shape`] if the array is of another type or another number
/// of dimensions; everything that can be wrong with a file.
pub fn read_npy<A: Element, D: Dimension>(path: impl AsRef<Path>) -> Result<Array<A, D>> {
    read_npy_with(path, &LoadOptions::default())
}

/// Reads the array of a `.npy` file as `options` say.
///
/// # Errors
/// As [`read_npy`].
pub fn read_npy_with<A: Element, D: Dimension>(
    path: impl AsRef<Path>,
    options: &LoadOptions,
) -> Result<Array<A, D>> {
    open(path.as_ref(), options, |header, present, source| {
        array::read(&header, options.cast, present, source)
    })
}

/// Opens the `.npy` file at `path`, and reads its array by `read`, which gets the header, whether
/// all bytes are known to be there, and these.
pub(super) fn open<T>(
    path: &Path,
    options: &LoadOptions,
    read: impl FnOnce(Header, bool, &mut dyn ReadExact) -> Result<T>,
) -> Result<T> {
    let open = || {
        let file = File::open(path).map_err(|error| Error::io("open the file", error))?;
        let metadata = file.metadata().map_err(|error| Error::io("look at the file", error))?;
        if metadata.is_file() {
            return read_file(&file, metadata.len(), options, read);
        }
        let mut reader = NpyReader::with_options(BufReader::new(file), options)?;
        let value = read(reader.header.clone(), false, &mut IoSource(&mut reader.reader))?;
        reader.finish()?;
        Ok(value)
    };
    open().map_err(|error| error.with_path(path))
}

/// Reads the array of a file of `size` bytes, of which any can be read at any time.
fn read_file<T>(
    file: &File,
    size: u64,
    options: &LoadOptions,
    read: impl FnOnce(Header, bool, &mut dyn ReadExact) -> Result<T>,
) -> Result<T> {
    let mut body = FileBody::new(file, size, options)?;
    let (header, data_offset) = read_header(Vec::new(), &mut body, &options.limits)?;
    // A pickle has a size of its own; that it is one is what the user should hear.
    let pickle = header.dtype().has_object();
    let (found, expected) =
        (size.saturating_sub(data_offset as u64), if pickle { 0 } else { header.nbytes() as u64 });
    if found < expected {
        let message = format!(
            "the file is cut short: the header promises {expected} bytes of data, found {found}"
        );
        return Err(Error::new(ErrorKind::Truncated, message).with_offset(size));
    }
    body.meter = Meter::new(&options.progress, expected);
    let value = read(header, !pickle, &mut body)?;
    if !options.allow_trailing && body.at < size {
        return Err(trailing());
    }
    Ok(value)
}

/// Reads one array in `.npy` format from any [`Read`].
///
/// ```
/// use npz_core::ndarray::{Array1, arr1};
/// use npz_core::{NpyReader, NpyWriter};
///
/// let bytes = NpyWriter::new(Vec::new()).write(&arr1(&[1_u16, 2, 3]))?;
/// let reader = NpyReader::new(bytes.as_slice())?;
/// assert_eq!(reader.header().shape(), [3]);
/// let array: Array1<u16> = reader.read()?;
/// assert_eq!(array, arr1(&[1, 2, 3]));
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct NpyReader<R> {
    header: Header,
    cast: Cast,
    allow_trailing: bool,
    reader: R,
}

impl<R> fmt::Debug for NpyReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpyReader").field("header", &self.header).finish_non_exhaustive()
    }
}

impl<R: Read> NpyReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When the bytes are no `.npy` header, or `reader` fails.
    pub fn new(reader: R) -> Result<Self> {
        Self::with_options(reader, &LoadOptions::default())
    }

    /// Reads the header, and later the array, as `options` say.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_options(mut reader: R, options: &LoadOptions) -> Result<Self> {
        let source = &mut IoSource(&mut reader);
        let (header, _) = read_header(Vec::new(), source, &options.limits)?;
        Ok(Self { header, cast: options.cast, allow_trailing: options.allow_trailing, reader })
    }

    /// The array's dtype, shape and order.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The header, how far its array may be converted, and what follows it.
    pub(super) fn into_parts(self) -> (Header, Cast, R) {
        (self.header, self.cast, self.reader)
    }

    /// Reads the array.
    ///
    /// # Errors
    /// [`ErrorKind::Dtype`] or [`ErrorKind::Shape`] if the array is of another type or another
    /// number of dimensions; [`ErrorKind::Truncated`] if the bytes end early.
    pub fn read<A: Element, D: Dimension>(mut self) -> Result<Array<A, D>> {
        let source = &mut IoSource(&mut self.reader);
        let array = array::read(&self.header, self.cast, false, source)?;
        self.finish()?;
        Ok(array)
    }

    /// Reads the array, whatever its dtype.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for Python objects; [`ErrorKind::Truncated`] if the bytes end
    /// early.
    pub fn read_any(mut self) -> Result<AnyArray> {
        let source = &mut IoSource(&mut self.reader);
        let array = array::read_any(self.header.clone(), false, source)?;
        self.finish()?;
        Ok(array)
    }

    /// Looks for bytes behind the array, if there may be none.
    fn finish(mut self) -> Result<()> {
        if self.allow_trailing || is_at_end(&mut self.reader, &mut [0])? {
            return Ok(());
        }
        Err(trailing())
    }
}

#[cold]
fn trailing() -> Error {
    let message = "bytes follow the array; LoadOptions::allow_trailing passes over them, and \
                   NpyStream reads arrays that follow each other";
    Error::new(ErrorKind::Corrupt, message)
}

/// Whether there is nothing more to read. Otherwise the next byte is in `byte`.
pub(super) fn is_at_end(reader: &mut impl Read, byte: &mut [u8; 1]) -> Result<bool> {
    loop {
        match reader.read(byte) {
            Ok(count) => return Ok(count == 0),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::io("read", error)),
        }
    }
}

/// A caller's reader, its errors in our words.
pub(super) struct IoSource<R>(pub(super) R);

impl<R: Read> ReadExact for IoSource<R> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.0.read_exact(buf).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                Error::new(ErrorKind::Truncated, "the file ends before the array does")
            }
            _ => Error::io("read", error),
        })
    }
}

/// Read of a file before its header is known: mostly all of it.
const AHEAD_BYTES: u64 = 1 << 10;

/// A regular file from its start on.
struct FileBody<'a> {
    file: &'a File,
    /// The first bytes.
    head: Vec<u8>,
    at: u64,
    threads: usize,
    meter: Option<Meter<'a>>,
}

impl<'a> FileBody<'a> {
    fn new(file: &'a File, size: u64, options: &LoadOptions) -> Result<Self> {
        let mut head = vec![0; usize::try_from(size.min(AHEAD_BYTES)).unwrap_or(0)];
        fill(file, &mut head, 0)?;
        Ok(Self { file, head, at: 0, threads: options.threads, meter: None })
    }

    /// What is in memory of that which comes next.
    fn ready(&self, most: usize) -> &[u8] {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let ready = self.head.get(at..).unwrap_or_default();
        ready.get(..most).unwrap_or(ready)
    }
}

impl ReadExact for FileBody<'_> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.read_pieces(buf, 1, &|_| {})
    }

    fn read_pieces(&mut self, buf: &mut [u8], unit: usize, finish: &Finish<'_>) -> Result<()> {
        let (ready, threads) = (self.ready(buf.len()), self.threads);
        let offset = self.at.saturating_add(ready.len() as u64);
        let bulk = Bulk { source: self.file, ready, offset, threads };
        bulk.read(buf, unit, |piece| {
            hot_parts(piece, unit).for_each(finish);
            // There is no entry that could be named.
            self.meter.as_ref().map_or(Ok(()), |meter| meter.add(piece.len(), ""))
        })?;
        self.at = self.at.saturating_add(buf.len() as u64);
        Ok(())
    }
}

/// Reads a header that starts with `bytes`, and not one byte more; returns it with its length.
pub(crate) fn read_header(
    mut bytes: Vec<u8>,
    source: &mut dyn ReadExact,
    limits: &Limits,
) -> Result<(Header, usize)> {
    loop {
        match Header::decode(&bytes, limits)? {
            Decoded::Done { header, data_offset, .. } => return Ok((header, data_offset)),
            // The decoder asks for little at a time, and never for more than the limit.
            Decoded::Need(len) => {
                let have = bytes.len();
                bytes.resize(len, 0);
                source.read_exact(&mut bytes[have..]).map_err(|error| match error.kind() {
                    ErrorKind::Truncated => {
                        Error::new(ErrorKind::Truncated, "the file ends inside the npy header")
                    }
                    _ => error,
                })?;
            }
        }
    }
}
