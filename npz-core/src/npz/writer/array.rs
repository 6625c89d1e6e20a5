//! Arrays that are written as their rows come.

use std::fmt;
use std::io::Write;

use ndarray::{ArrayRef, Dimension};

use super::NpzWriter;
use super::pending::{Announced, Pending, needs_seek};
use crate::dtype::DType;
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::npy::{Order, Rows, fixed_dtype};
use crate::npz::entry::member;

/// An entry of an archive that takes its array row by row, in bounded memory.
///
/// Made by [`NpzWriter::array_writer`] and [`NpzWriter::array_writer_open`]. It must be
/// [finished](Self::finish): an archive with an entry that was dropped half-way can't be.
///
/// ```
/// use npz_core::ndarray::{Array1, Array2, array};
/// use npz_core::{NpzReader, NpzWriter};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("run.npz");
/// let mut archive = NpzWriter::create(&path)?;
/// let mut frames = archive.array_writer::<f32>("frames", [4, 2])?;
/// frames.push(&array![0.0, 1.0])?; // a row
/// frames.push(&array![[2.0, 3.0], [4.0, 5.0]])?; // two rows
/// frames.push_slice(&[6.0, 7.0])?; // items, row after row
/// frames.finish()?;
///
/// let mut losses = archive.array_writer_open::<f64>("losses", &[])?; // as long as it gets
/// for step in 1..=10 {
///     losses.push_slice(&[1.0 / f64::from(step)])?;
/// }
/// losses.finish()?;
/// archive.finish()?;
///
/// let reader = NpzReader::open(&path)?;
/// let frames: Array2<f32> = reader.get("frames")?;
/// let losses: Array1<f64> = reader.get("losses")?;
/// assert_eq!((frames[[3, 1]], losses.len()), (7.0, 10));
/// # Ok::<(), npz_core::Error>(())
/// ```
#[must_use = "an ArrayWriter that isn't finished spoils its archive"]
pub struct ArrayWriter<'w, A, W: Write> {
    archive: &'w mut NpzWriter<W>,
    name: String,
    rows: Rows<A>,
    entry: Pending,
}

impl<A, W: Write> fmt::Debug for ArrayWriter<'_, A, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, rows, .. } = self;
        f.debug_struct("ArrayWriter").field("name", name).field("rows", &rows.rows()).finish()
    }
}

impl<W: Write> NpzWriter<W> {
    /// Starts an entry of `shape` that takes its items as they come, in C order.
    ///
    /// The bytes are those that [`add`](Self::add) writes of a stored array, with one exception:
    /// an entry that is larger than a MiB and goes to a writer that can't go back has its checksum
    /// behind its data, in a data descriptor.
    ///
    /// # Errors
    /// As [`add`](Self::add); [`ErrorKind::Dtype`] for text, whose width depends on its items:
    /// [`array_writer_with_dtype`](Self::array_writer_with_dtype) takes one.
    pub fn array_writer<A: Element>(
        &mut self,
        name: &str,
        shape: impl Into<Vec<usize>>,
    ) -> Result<ArrayWriter<'_, A, W>> {
        let dtype = fixed_dtype::<A>("array_writer_with_dtype");
        self.start_array(name, dtype, shape.into(), false)
    }

    /// Starts an entry of `shape` and of a given dtype, in the byte order of the options.
    ///
    /// ```
    /// use npz_core::ndarray::Array1;
    /// use npz_core::{NpzReader, NpzWriter, ScalarKind};
    ///
    /// let mut archive = NpzWriter::new(Vec::new());
    /// let mut names = archive.array_writer_with_dtype::<String>("names", ScalarKind::Str(8), [2])?;
    /// names.push_slice(&["Ada".to_owned(), "Grace".to_owned()])?;
    /// names.finish()?;
    /// let bytes = archive.finish()?;
    /// let names: Array1<String> = NpzReader::from_bytes(&bytes)?.get("names")?;
    /// assert_eq!(names[1], "Grace");
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`add`](Self::add); [`ErrorKind::Dtype`] for a dtype that can't hold an `A`.
    pub fn array_writer_with_dtype<A: Element>(
        &mut self,
        name: &str,
        dtype: impl Into<DType>,
        shape: impl Into<Vec<usize>>,
    ) -> Result<ArrayWriter<'_, A, W>> {
        self.start_array(name, Ok(dtype.into()), shape.into(), false)
    }

    /// Starts an entry of any number of rows of shape `row` (`&[]` for single numbers).
    ///
    /// The number is settled when the entry is finished: in the npy header, which NumPy gives room
    /// for this, and in the archive's own, which are in the zip64 form even if the entry stays
    /// small.
    ///
    /// # Errors
    /// As [`array_writer`](Self::array_writer); [`ErrorKind::Unsupported`] if the writer beneath
    /// can't go back: [`create`](NpzWriter::create) and [`from_seek`](NpzWriter::from_seek) can.
    pub fn array_writer_open<A: Element>(
        &mut self,
        name: &str,
        row: &[usize],
    ) -> Result<ArrayWriter<'_, A, W>> {
        let dtype = fixed_dtype::<A>("array_writer_open_with_dtype");
        self.start_array(name, dtype, [&[0], row].concat(), true)
    }

    /// Starts an entry of any number of rows of shape `row`, and of a given dtype.
    ///
    /// # Errors
    /// As [`array_writer_open`](Self::array_writer_open); [`ErrorKind::Dtype`] for a dtype that
    /// can't hold an `A`.
    pub fn array_writer_open_with_dtype<A: Element>(
        &mut self,
        name: &str,
        dtype: impl Into<DType>,
        row: &[usize],
    ) -> Result<ArrayWriter<'_, A, W>> {
        self.start_array(name, Ok(dtype.into()), [&[0], row].concat(), true)
    }

    fn start_array<A: Element>(
        &mut self,
        name: &str,
        dtype: Result<DType>,
        shape: Vec<usize>,
        open: bool,
    ) -> Result<ArrayWriter<'_, A, W>> {
        if self.broken {
            return Err(self.broken());
        }
        let named = |error: Error| error.with_entry(name);
        if open && self.out.hooks.is_none() {
            return Err(named(needs_seek()));
        }
        let dtype = dtype.map_err(named)?.with_byte_order(self.options.byte_order);
        let rows = Rows::new(dtype, Order::C, shape, open).map_err(named)?;
        let prefix = rows.header().encode().map_err(named)?;
        let size = (prefix.len() as u64).saturating_add(rows.header().nbytes() as u64);
        self.keys.add(name).map_err(named)?;
        self.broken = true;
        self.unfinished = Some(name.to_owned());
        let announced = Announced {
            member: member(name),
            prefix: &prefix,
            size: (!open).then_some(size),
            compression: self.options.compression,
        };
        let entry = Pending::begin(self, announced).map_err(named)?;
        Ok(ArrayWriter { archive: self, name: name.to_owned(), rows, entry })
    }
}

impl<A: Element, W: Write> ArrayWriter<'_, A, W> {
    /// Appends one row, or several: an array of the entry's shape without its first axis, or with
    /// another length of that.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] for an array of another shape, or more rows than there is room for,
    /// and then nothing is appended; [`ErrorKind::Value`] for text that is longer than the dtype holds
    /// or ends with NUL, and then nothing is appended or, of many items, a part, so that the entry can't
    /// be finished; otherwise what the writer beneath reports.
    pub fn push<D: Dimension>(&mut self, array: &ArrayRef<A, D>) -> Result<()> {
        let Self { archive, rows, entry, name } = self;
        rows.push(array, &mut |bytes| entry.write(&mut archive.out, bytes))
            .map_err(|error| error.with_entry(name))
    }

    /// Appends items, row after row. A row may begin in one slice and end in the next.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_slice(&mut self, items: &[A]) -> Result<()> {
        let Self { archive, rows, entry, name } = self;
        rows.push_slice(items, &mut |bytes| entry.write(&mut archive.out, bytes))
            .map_err(|error| error.with_entry(name))
    }

    /// The number of whole rows so far.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.rows()
    }

    /// Ends the entry.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if there are fewer items than the shape says, or the last row isn't
    /// whole, and then the archive can't be completed; otherwise what the writer beneath reports.
    pub fn finish(self) -> Result<()> {
        let Self { archive, rows, entry, name } = self;
        let finish = || {
            let prefix = rows.finish()?.encode()?;
            if prefix.len() as u64 != entry.prefix_len() {
                let message = "the npy header has no room for so many rows";
                return Err(Error::new(ErrorKind::Limit, message));
            }
            entry.finish(archive, &prefix)?;
            if let Some(dtype) = A::logical_dtype() {
                archive.metadata.dtypes.insert(name.clone(), dtype.to_owned());
            }
            archive.broken = false;
            archive.unfinished = None;
            Ok(())
        };
        finish().map_err(|error: Error| error.with_entry(&name))
    }
}
