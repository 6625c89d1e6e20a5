//! Reading `.npy` files.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use ndarray::{Array, Dimension};

use super::any::AnyArray;
use super::array;
use super::file;
use super::header::{Decoded, Header};
use crate::element::{Element, ReadExact};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::options::{Cast, LoadOptions};

/// As many bytes of a header are taken at once.
const HEADER_BYTES: usize = 64 << 10;

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
            return file::read(&file, metadata.len(), options, read);
        }
        let mut reader = NpyReader::with_options(BufReader::new(file), options)?;
        let value = read(reader.header.clone(), false, &mut IoSource(&mut reader.reader))?;
        reader.finish()?;
        Ok(value)
    };
    open().map_err(|error| error.with_path(path))
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
    data_offset: u64,
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
        let (header, data_offset) = read_header(Vec::new(), source, &options.limits)?;
        let data_offset = data_offset as u64;
        let (cast, allow_trailing) = (options.cast, options.allow_trailing);
        Ok(Self { header, data_offset, cast, allow_trailing, reader })
    }

    /// The array's dtype, shape and order.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How far its array may be converted.
    pub(super) fn cast(&self) -> Cast {
        self.cast
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
    pub(super) fn finish(&mut self) -> Result<()> {
        if self.allow_trailing || is_at_end(&mut self.reader, &mut [0])? {
            return Ok(());
        }
        let end = self.data_offset.saturating_add(self.header.nbytes() as u64);
        Err(trailing(end))
    }

    /// What follows the header.
    pub(super) fn rest(&mut self) -> &mut R {
        &mut self.reader
    }
}

/// Fails if more follows the array that ends at byte `end` of a file, and nothing may.
pub(super) fn check_trailing(end: u64, file_size: u64, options: &LoadOptions) -> Result<()> {
    if options.allow_trailing || file_size <= end { Ok(()) } else { Err(trailing(end)) }
}

#[cold]
fn trailing(end: u64) -> Error {
    let message = "bytes follow the array; LoadOptions::allow_trailing passes over them, and \
                   NpyStream reads arrays that follow each other";
    Error::new(ErrorKind::Corrupt, message).with_offset(end)
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

/// Reads until `bytes` are `len`. A header's length is only a promise too, so memory is taken as
/// it comes.
fn fill(bytes: &mut Vec<u8>, len: usize, source: &mut dyn ReadExact) -> Result<()> {
    while bytes.len() < len {
        let have = bytes.len();
        let end = len.min(have.saturating_mul(2).max(HEADER_BYTES));
        bytes.try_reserve(end - have).map_err(|_| {
            Error::new(ErrorKind::Limit, format!("can't allocate {end} bytes for the npy header"))
        })?;
        bytes.resize(end, 0);
        source.read_exact(&mut bytes[have..])?;
    }
    Ok(())
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
                fill(&mut bytes, len, source).map_err(|error| match error.kind() {
                    ErrorKind::Truncated => {
                        Error::new(ErrorKind::Truncated, "the file ends inside the npy header")
                    }
                    _ => error,
                })?;
            }
        }
    }
}
