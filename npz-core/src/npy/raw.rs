//! Arrays that lie somewhere as they are.

use std::fmt;
use std::sync::Arc;

use ndarray::{IxDyn, SliceArg};

use super::any::AnyArray;
use super::array::read_any;
use super::chunks::Body;
use super::header::{Header, Order};
use super::pieces::AnyPieces;
use super::reader::{check_trailing, read_header};
use super::slice::{Gather, Selection, read_any_slice};
use super::values::{ValueCounts, count_values};
use crate::dtype::ByteOrder;
use crate::element::{ArraySource, ReadExact, Sink, check_no_objects};
use crate::error::{Error, ErrorKind, Result};
use crate::io::read_at::ReadAt;
use crate::literal::repr_shape;
use crate::options::{LoadOptions, Meter, VerifyOptions};

/// Read at a time on the way to a writer.
const CHUNK_BYTES: usize = 1 << 20;

/// An array of any dtype whose items lie, not packed, somewhere in a file or another positional
/// source: behind the header of a `.npy` file, or in a file of another format that is known to
/// hold them there.
///
/// Nothing is in memory but the header. It can be read, in part or by and by, and written to an
/// archive ([`NpzWriter::add_raw`](crate::NpzWriter::add_raw),
/// [`NpzEditor::put_raw`](crate::NpzEditor::put_raw)) whatever its size.
///
/// ```
/// use npz_core::ndarray::{arr1, s};
/// use npz_core::{LoadOptions, NpyWriter, NpzReader, NpzWriter, RawArray};
///
/// let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1_u16, 2, 3, 4]))?;
/// let array = RawArray::from_npy(npy, 0, &LoadOptions::new())?;
/// assert_eq!((array.header().shape(), array.offset()), (&[4][..], 128));
/// assert_eq!(array.slice(s![1..;2])?.to_string(), "[2 4]");
///
/// let mut writer = NpzWriter::new(Vec::new());
/// writer.add_raw("x", &array)?;
/// let bytes = writer.finish()?;
/// assert_eq!(NpzReader::from_bytes(&bytes)?.any("x")?, array.read()?);
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Clone)]
pub struct RawArray<'a> {
    header: Header,
    source: Arc<dyn ReadAt + 'a>,
    offset: u64,
    logical: Option<Box<str>>,
}

impl fmt::Debug for RawArray<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawArray")
            .field("header", &self.header)
            .field("offset", &self.offset)
            .field("logical", &self.logical)
            .finish_non_exhaustive()
    }
}

impl<'a> RawArray<'a> {
    /// The array under `header` whose items start at byte `offset` of `source`.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if `source` ends before the array does.
    pub fn new(header: Header, source: impl ReadAt + 'a, offset: u64) -> Result<Self> {
        let size = source.size().map_err(|error| Error::io("find the file's size", error))?;
        let found = size.saturating_sub(offset);
        let expected = header.nbytes() as u64;
        if found < expected && !header.dtype().has_object() {
            let message = format!(
                "the file is cut short: shape {} of dtype {} takes {expected} bytes, found {found}",
                repr_shape(header.shape()),
                header.dtype()
            );
            return Err(Error::new(ErrorKind::Truncated, message).with_offset(size));
        }
        Ok(Self { header, source: Arc::new(source), offset, logical: None })
    }

    /// The array of the `.npy` file that starts at byte `start` of `source`. Reads its header.
    ///
    /// # Errors
    /// When the bytes are no `.npy` header, `source` ends before the array does, or goes on behind it
    /// though [`LoadOptions::allow_trailing`] is `false`.
    pub fn from_npy(source: impl ReadAt + 'a, start: u64, options: &LoadOptions) -> Result<Self> {
        let place = |error: Error| error.map_offset(|at| at.saturating_add(start));
        let mut bytes = Tail { source: &source, at: start };
        let (header, len) = read_header(Vec::new(), &mut bytes, &options.limits).map_err(place)?;
        let offset = start.saturating_add(len as u64);
        let size = source.size().map_err(|error| Error::io("find the file's size", error))?;
        // Only a pickle itself knows where it ends.
        if !header.dtype().has_object() {
            check_trailing(offset.saturating_add(header.nbytes() as u64), size, options)?;
        }
        Self::new(header, source, offset)
    }

    /// Says by `ml_dtypes`' name what the items are, where the dtype doesn't tell; an archive that
    /// the array is written to will say it too.
    #[must_use]
    pub fn with_logical_dtype(self, name: Option<&str>) -> Self {
        Self { logical: name.map(Into::into), ..self }
    }

    /// What the items are, where the dtype doesn't tell.
    #[must_use]
    pub fn logical_dtype(&self) -> Option<&str> {
        self.logical.as_deref()
    }

    /// The dtype, shape and order.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Where its items start in the source, in bytes.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for Python objects; when reading fails.
    pub fn read(&self) -> Result<AnyArray> {
        check_no_objects(self.header.dtype())?;
        let array = read_any(self.header.clone(), true, &mut self.bytes())?;
        Ok(array.with_logical_dtype(self.logical_dtype()))
    }

    /// Reads a slice of it, and no more of the source than that; see
    /// [`NpzReader::any_slice`](crate::NpzReader::any_slice).
    ///
    /// # Errors
    /// As [`read`](Self::read); [`ErrorKind::Shape`] for a slice that isn't in the array.
    pub fn slice<S: SliceArg<IxDyn>>(&self, slice: S) -> Result<AnyArray> {
        check_no_objects(self.header.dtype())?;
        let selection = Selection::new(&self.header, &slice)?;
        let mut bytes = Gather::new(&*self.source, self.offset, selection.runs());
        let array = read_any_slice(&selection, true, &mut bytes)?;
        Ok(array.with_logical_dtype(self.logical_dtype()))
    }

    /// Its items, so many at a time, in the order in which they lie there.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for Python objects.
    pub fn pieces(&self, items: usize) -> Result<AnyPieces<'_>> {
        check_no_objects(self.header.dtype())?;
        let body = Box::new(self.bytes());
        let pieces = AnyPieces::new(self.header.clone(), items, body, |error| error);
        Ok(pieces.with_logical_dtype(self.logical_dtype()))
    }

    /// Reads all of it and keeps none, to tell that it can be read, and, if the options ask for it,
    /// how many of its values are out of the ordinary. There is no checksum to be compared.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{LoadOptions, NpyWriter, RawArray, VerifyOptions};
    ///
    /// let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1.0, f64::NAN]))?;
    /// let array = RawArray::from_npy(npy, 0, &LoadOptions::new())?;
    /// let counts = array.verify(&VerifyOptions::new().values(true))?;
    /// assert_eq!(counts.unwrap().nan(), 1);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for Python objects; when reading fails.
    pub fn verify(&self, options: &VerifyOptions) -> Result<Option<ValueCounts>> {
        check_no_objects(self.header.dtype())?;
        let total = self.header.nbytes() as u64;
        let meter = Meter::new(&options.progress, total);
        let mut bytes = Metered { bytes: self.bytes(), meter: meter.as_ref() };
        if options.values {
            return count_values(&self.header, self.logical_dtype(), true, &mut bytes).map(Some);
        }
        let mut chunk = vec![0; self.header.nbytes().min(CHUNK_BYTES)];
        let mut left = self.header.nbytes();
        while left > 0 {
            let count = left.min(CHUNK_BYTES);
            bytes.read_exact(&mut chunk[..count])?;
            left -= count;
        }
        Ok(None)
    }

    fn bytes(&self) -> Tail<'_> {
        Tail { source: &*self.source, at: self.offset }
    }
}

/// Bytes whose reading is told of.
struct Metered<'s> {
    bytes: Tail<'s>,
    meter: Option<&'s Meter<'s>>,
}

impl ReadExact for Metered<'_> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.bytes.read_exact(buf)?;
        self.meter.map_or(Ok(()), |meter| meter.add(buf.len(), ""))
    }
}

/// A source from somewhere on.
struct Tail<'s> {
    source: &'s dyn ReadAt,
    at: u64,
}

impl ReadExact for Tail<'_> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        if buf.is_empty() {
            return Ok(());
        }
        self.source.read_exact_at(buf, self.at).map_err(|error| Error::io("read", error))?;
        self.at = self.at.saturating_add(buf.len() as u64);
        Ok(())
    }
}

impl Body for Tail<'_> {
    fn is_present(&self) -> bool {
        true
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}

/// As it is, whatever the options say; but an order that means nothing is C, as NumPy writes it.
impl ArraySource for RawArray<'_> {
    fn header(&self, _: ByteOrder, _: bool) -> Result<Header> {
        check_no_objects(self.header.dtype())?;
        let header = &self.header;
        if header.order() == Order::C || (!super::has_rows(header) && !header.is_empty()) {
            return Ok(header.clone());
        }
        Header::new(self.header.dtype().clone(), Order::C, self.header.shape())
    }

    fn logical_dtype(&self) -> Option<&str> {
        self.logical.as_deref()
    }

    fn bytes(&self, _: &Header) -> Option<&[u8]> {
        None
    }

    fn write(&self, header: &Header, sink: &mut Sink<'_>) -> Result<()> {
        let mut bytes = self.bytes();
        let mut left = header.nbytes();
        let mut chunk = vec![0; left.min(CHUNK_BYTES)];
        while left > 0 {
            let count = left.min(CHUNK_BYTES);
            bytes.read_exact(&mut chunk[..count])?;
            sink(&chunk[..count])?;
            left -= count;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, ShapeBuilder, arr1, s};

    use super::*;
    use crate::npy::NpyWriter;
    use crate::options::SaveOptions;

    #[test]
    fn parts_of_what_lies_in_a_source() {
        let array = Array2::from_shape_fn((3, 4).f(), |(i, j)| i * 10 + j);
        let options = SaveOptions::new().keep_fortran_order(true);
        let npy = NpyWriter::with_options(vec![9; 5], &options).write(&array).unwrap();
        let raw = RawArray::from_npy(npy, 5, &LoadOptions::new()).unwrap();
        assert_eq!((raw.header().order(), raw.offset()), (Order::Fortran, 5 + 128));
        assert_eq!(raw.read().unwrap().to_array::<usize, _>().unwrap(), array);
        let part = raw.slice(s![..;-2, 1..3]).unwrap();
        assert_eq!(part.order(), Order::C);
        assert_eq!(part.to_array::<usize, _>().unwrap(), array.slice(s![..;-2, 1..3]));
        let pieces: Vec<usize> = raw.pieces(5).unwrap().map(|piece| piece.unwrap().len()).collect();
        assert_eq!(pieces, [5, 5, 2]);
    }

    #[test]
    fn a_source_that_ends_early_is_told_at_once() {
        let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1_u32, 2])).unwrap();
        let cut = &npy[..npy.len() - 1];
        let error = RawArray::from_npy(cut, 0, &LoadOptions::new()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Truncated, Some(135)));
        let header = Header::new("|O".parse::<crate::DType>().unwrap(), Order::C, [2]).unwrap();
        let objects = RawArray::new(header, vec![0_u8; 3], 0).unwrap();
        assert_eq!(objects.read().unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(objects.slice(s![0]).unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(objects.pieces(1).unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
