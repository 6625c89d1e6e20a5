//! Parts of arrays: which bytes they are, and reading just these.

mod gather;
mod runs;
mod selection;

use std::fs::{File, OpenOptions};
use std::path::Path;

use ndarray::{Array, ArrayD, Dimension, IxDyn, SliceArg};

use super::any::AnyArray;
use super::array;
use super::header::Header;
use super::reader::{check_trailing, read_header};
use crate::element::{Element, ReadExact, check_dtype};
use crate::error::{Error, ErrorKind, Result};
use crate::io::read_at::ReadAt;
use crate::io::regular;
use crate::options::{Cast, LoadOptions};

pub(crate) use self::gather::{Gather, Skim};
pub(crate) use self::selection::Selection;

/// Reads a slice of the array in a `.npy` file, and no more of the file than that.
///
/// Ranges, negative indices, steps, single indices and new axes mean what they mean to
/// the `slice` of [`ndarray`]; but one that is outside of the array is an error, not a panic.
/// Stretches of the file that are less than 512 bytes apart are read at once.
///
/// ```
/// use npz_core::ndarray::{Array, arr1, s};
/// use npz_core::{read_npy_slice, write_npy};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("a.npy");
/// write_npy(&path, &Array::from_shape_fn((1000, 8), |(row, column)| row * 10 + column))?;
/// let part = read_npy_slice::<usize, _>(&path, s![100..200;50, ..;-3])?;
/// assert_eq!(part, npz_core::ndarray::arr2(&[[1007, 1004, 1001], [1507, 1504, 1501]]));
/// let row = read_npy_slice::<usize, _>(&path, s![-1, ..2])?;
/// assert_eq!(row, arr1(&[9990, 9991]));
/// # Ok::<(), npz_core::Error>(())
/// ```
///
/// # Errors
/// As [`read_npy`](crate::read_npy); [`ErrorKind::Shape`] also for a slice that isn't in the array.
pub fn read_npy_slice<A: Element, S: SliceArg<IxDyn>>(
    path: impl AsRef<Path>,
    slice: S,
) -> Result<Array<A, S::OutDim>> {
    read_npy_slice_with(path, slice, &LoadOptions::default())
}

/// Reads a slice of the array in a `.npy` file as `options` say.
///
/// # Errors
/// As [`read_npy_slice`].
pub fn read_npy_slice_with<A: Element, S: SliceArg<IxDyn>>(
    path: impl AsRef<Path>,
    slice: S,
    options: &LoadOptions,
) -> Result<Array<A, S::OutDim>> {
    let path = path.as_ref();
    let open = || {
        let (file, found) = regular::open(path, OpenOptions::new().read(true), "an npy file")?;
        let size = found.len();
        let mut start = FromStart { file: &file, at: 0 };
        let (header, data_offset) = read_header(Vec::new(), &mut start, &options.limits)?;
        let data_offset = data_offset as u64;
        let (expected, found) = (header.nbytes() as u64, size.saturating_sub(data_offset));
        if found < expected {
            let message = format!(
                "the file is cut short: the header promises {expected} bytes of data, found {found}"
            );
            return Err(Error::new(ErrorKind::Truncated, message).with_offset(size));
        }
        check_trailing(data_offset.saturating_add(expected), size, options)?;
        check_dtype::<A>(header.dtype(), options.cast)?;
        let selection = Selection::new(&header, &slice)?;
        let mut bytes =
            Gather::new(&file, data_offset, selection.runs()).on_threads(options.threads);
        read_slice(&selection, options.cast, true, &mut bytes)
    };
    open().map_err(|error| error.with_path(path))
}

/// Reads the items of a slice, whose bytes `source` gives in the file's order.
pub(crate) fn read_slice<A: Element, D: Dimension>(
    selection: &Selection,
    cast: Cast,
    present: bool,
    source: &mut dyn ReadExact,
) -> Result<Array<A, D>> {
    let array: ArrayD<A> = array::read(selection.header(), cast, present, source)
        .map_err(|error| recount(error, "counted among those of the slice"))?;
    selection.shape(array)
}

/// Reads the items of a slice of any dtype, whose bytes `source` gives in the file's order. The
/// result is in C order.
pub(crate) fn read_any_slice(
    selection: &Selection,
    present: bool,
    source: &mut dyn ReadExact,
) -> Result<AnyArray> {
    let array = array::read_any(selection.header().clone(), present, source)?;
    selection.shape_any(array)
}

/// Adds to an error that counts items what it counts.
#[cold]
pub(crate) fn recount(error: Error, how: &str) -> Error {
    if error.kind() != ErrorKind::Value {
        return error;
    }
    Error::new(ErrorKind::Value, format!("{} ({how})", error.message()))
}

/// Fails unless a part of the array under `header` can be read as `A`s.
pub(crate) fn check_items<A: Element>(header: &Header, cast: Cast) -> Result<()> {
    check_dtype::<A>(header.dtype(), cast)
}

/// A file from its start on, in few bytes at a time.
struct FromStart<'a> {
    file: &'a File,
    at: u64,
}

impl ReadExact for FromStart<'_> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.file.read_exact_at(buf, self.at).map_err(|error| Error::io("read", error))?;
        self.at += buf.len() as u64;
        Ok(())
    }
}
