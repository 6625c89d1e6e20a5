//! Writing `.npy` files.

use std::fmt;
use std::io::Write;
use std::path::Path;

use ndarray::{ArrayRef, CowArray, Dimension};

use super::any::AnyArray;
use crate::element::{ArraySource, Element};
use crate::error::{Error, Result};
use crate::io::atomic::AtomicFile;
use crate::options::SaveOptions;

/// Writes an array as a `.npy` file, atomically and durably like
/// [`save_npz`](crate::SaveNpz::save_npz).
///
/// For arrays in C order the bytes are those of `np.save`. The path is taken as it is; no
/// suffix is added.
///
/// ```
/// use npz_core::ndarray::arr1;
/// use npz_core::write_npy;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("a.npy");
/// write_npy(&path, &arr1(&[1.0_f64, 2.0, 3.0]))?;
/// # Ok::<(), npz_core::Error>(())
/// ```
///
/// # Errors
/// Everything that can go wrong with a file; an existing file is then as it was, unless the error is
/// [`ErrorKind::NotDurable`](crate::ErrorKind::NotDurable).
pub fn write_npy<A: Element, D: Dimension>(
    path: impl AsRef<Path>,
    array: &ArrayRef<A, D>,
) -> Result<()> {
    write_npy_with(path, array, &SaveOptions::default())
}

/// Writes an array as a `.npy` file as `options` say; compression and alignment don't apply.
///
/// # Errors
/// As [`write_npy`].
pub fn write_npy_with<A: Element, D: Dimension>(
    path: impl AsRef<Path>,
    array: &ArrayRef<A, D>,
    options: &SaveOptions,
) -> Result<()> {
    create(path.as_ref(), &CowArray::from(array.view()), options)
}

/// Writes a `.npy` file at `path`.
pub(super) fn create(path: &Path, source: &dyn ArraySource, options: &SaveOptions) -> Result<()> {
    let run = || {
        options.check()?;
        let file = AtomicFile::create(path, options.durable)?;
        let size = source.header(options.byte_order, options.keep_order)?.nbytes();
        file.reserve(size as u64)?;
        let mut file = NpyWriter::with_options(file, options).write_source(source)?;
        file.commit()
    };
    run().map_err(|error| error.with_path(path))
}

/// Writes one array in `.npy` format to any [`Write`].
///
/// ```
/// use npz_core::NpyWriter;
/// use npz_core::ndarray::arr2;
///
/// let bytes = NpyWriter::new(Vec::new()).write(&arr2(&[[1_i32, 2]]))?;
/// assert_eq!((&bytes[..6], bytes.len()), (&b"\x93NUMPY"[..], 128 + 8));
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct NpyWriter<W> {
    writer: W,
    options: SaveOptions,
}

impl<W> fmt::Debug for NpyWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpyWriter").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<W: Write> NpyWriter<W> {
    /// Will write to `writer`. Large pieces are written as they are, so it needs no buffer.
    pub fn new(writer: W) -> Self {
        Self::with_options(writer, &SaveOptions::default())
    }

    /// Will write to `writer` as `options` say.
    pub fn with_options(writer: W, options: &SaveOptions) -> Self {
        Self { writer, options: options.clone() }
    }

    /// Writes the array and returns the writer, to which another may follow: see
    /// [`NpyStream`](crate::NpyStream).
    ///
    /// # Errors
    /// When the items have no dtype that holds them, or `writer` fails.
    pub fn write<A: Element, D: Dimension>(self, array: &ArrayRef<A, D>) -> Result<W> {
        self.write_source(&CowArray::from(array.view()))
    }

    /// Writes an array whose type is known only at run time, in its own byte order and order of
    /// items, and returns the writer.
    ///
    /// # Errors
    /// When `writer` fails.
    pub fn write_any(self, array: &AnyArray) -> Result<W> {
        self.write_source(array)
    }

    fn write_source(mut self, source: &dyn ArraySource) -> Result<W> {
        self.options.check()?;
        let header = source.header(self.options.byte_order, self.options.keep_order)?;
        let mut put =
            |bytes: &[u8]| self.writer.write_all(bytes).map_err(|error| Error::io("write", error));
        put(&header.encode()?)?;
        source.write(&header, &mut put)?;
        self.writer.flush().map_err(|error| Error::io("write", error))?;
        Ok(self.writer)
    }
}
