//! Arrays that are read some rows at a time.

use std::fmt;
use std::io::Read;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use ndarray::{Array, Dimension};

use super::header::{Header, Order};
use super::reader::{IoSource, NpyReader};
use crate::options::Cast;

use super::slice::{Gather, Selection, read_slice, recount};
use super::{array, check};
use crate::element::{Element, ReadExact};
use crate::error::{Error, ErrorKind, Result};
use crate::io::read_at::ReadAt;

/// Arrays in Fortran order up to this size are held in memory where their rows are wanted, which
/// are scattered over all of the file.
pub(crate) const GATHER_BYTES: u64 = 32 << 20;

/// Most rows without any bytes: no file size bounds their number.
const ZERO_WIDTH_ROWS: usize = 1 << 24;

/// The bytes of an array, from the first to the last.
pub(crate) trait Body: ReadExact {
    /// Whether all of them are known to be there.
    fn is_present(&self) -> bool;

    /// Called behind the last one: checks what can be checked only there.
    fn finish(&mut self) -> Result<()>;
}

/// Where rows come from.
pub(crate) enum RowSource<'a> {
    /// They follow each other.
    Stream(Box<dyn Body + 'a>),
    /// They are gathered from an array in Fortran order that starts somewhere in a source, and
    /// whose checksum is known to be right.
    Gather(Box<dyn ReadAt + 'a>, u64),
}

/// An array, some rows at a time: the items of [`NpzReader::chunks`](crate::NpzReader::chunks) and
/// [`NpyReader::chunks`].
///
/// Each item is an array of the whole's type and number of dimensions, with as many indices along
/// the first axis as asked for; the last one may have fewer. Only one is in memory at a time.
///
/// The checksum of an entry is known when its last byte has been read. If it is wrong, the last
/// item is an error instead of the last rows: who must not act on damaged data keeps what he does
/// with the earlier ones undone until he has seen the end. After an error nothing follows.
pub struct ArrayChunks<'a, A, D> {
    header: Header,
    rows: usize,
    cast: Cast,
    done: usize,
    over: bool,
    source: RowSource<'a>,
    /// Says in what entry and file an error was.
    place: Box<dyn Fn(Error) -> Error + 'a>,
    item: PhantomData<fn() -> Array<A, D>>,
}

impl<A, D> fmt::Debug for ArrayChunks<'_, A, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrayChunks")
            .field("header", &self.header)
            .field("rows", &self.rows)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

/// Fails unless an array under `header` can be read as `A`s by chunks of `rows`.
pub(crate) fn check_chunks<A: Element, D: Dimension>(
    header: &Header,
    cast: Cast,
    rows: usize,
) -> Result<()> {
    check::<A, D>(header, cast)?;
    let Some((&len, row)) = header.shape().split_first() else {
        let message = "expected an array of rows, found one without dimensions";
        return Err(Error::new(ErrorKind::Shape, message));
    };
    if rows == 0 {
        return Err(Error::new(ErrorKind::Shape, "expected chunks of 1 row or more, found 0"));
    }
    let widthless = header.dtype().itemsize() == 0 || row.contains(&0);
    if widthless && len > ZERO_WIDTH_ROWS {
        let message = format!("{len} rows of no bytes are more than the {ZERO_WIDTH_ROWS} allowed");
        return Err(Error::new(ErrorKind::Limit, message));
    }
    Ok(())
}

/// Whether the rows of an array follow each other in the file.
pub(crate) fn has_rows(header: &Header) -> bool {
    header.order() == Order::C || header.shape().iter().filter(|&&size| size != 1).count() <= 1
}

impl<'a, A: Element, D: Dimension> ArrayChunks<'a, A, D> {
    /// `header` has passed [`check_chunks`].
    pub(crate) fn new(
        header: Header,
        cast: Cast,
        rows: usize,
        source: RowSource<'a>,
        place: impl Fn(Error) -> Error + 'a,
    ) -> Self {
        let place = Box::new(place);
        Self { header, rows, cast, done: 0, over: false, source, place, item: PhantomData }
    }

    /// The dtype, shape and order of the whole array.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn len(&self) -> usize {
        self.header.shape().first().copied().unwrap_or(0)
    }

    fn read(&mut self) -> Result<Option<Array<A, D>>> {
        let count = self.rows.min(self.len() - self.done);
        let array = match &mut self.source {
            _ if count == 0 => None,
            RowSource::Gather(source, start) => {
                let selection = Selection::rows(&self.header, self.done, count)?;
                let mut bytes = Gather::new(&**source, *start, selection.runs());
                Some(read_slice(&selection, self.cast, true, &mut bytes)?)
            }
            RowSource::Stream(body) => {
                let mut shape = self.header.shape().to_vec();
                shape[0] = count;
                let header = Header::new(self.header.dtype().clone(), Order::C, shape)?;
                let done = self.done;
                let (cast, present) = (self.cast, body.is_present());
                let array = array::read(&header, cast, present, &mut BodyBytes(&mut **body));
                Some(array.map_err(|error| {
                    recount(error, &format!("counted from the first of row {done}"))
                })?)
            }
        };
        self.done += count;
        if self.done == self.len() {
            self.over = true;
            if let RowSource::Stream(body) = &mut self.source {
                body.finish()?;
            }
        }
        Ok(array)
    }
}

/// A body as the bytes it is.
struct BodyBytes<'b, 'a>(&'b mut (dyn Body + 'a));

impl ReadExact for BodyBytes<'_, '_> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.0.read_exact(buf)
    }
}

impl<A: Element, D: Dimension> Iterator for ArrayChunks<'_, A, D> {
    type Item = Result<Array<A, D>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let array = self.read();
        self.over |= array.is_err();
        array.map_err(&self.place).transpose()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.over { 0 } else { self.len() - self.done };
        // An error may come early, and one may come where no rows are.
        (usize::from(left > 0), Some(left.div_ceil(self.rows).max(usize::from(!self.over))))
    }
}

impl<A: Element, D: Dimension> FusedIterator for ArrayChunks<'_, A, D> {}

/// The rest of a `.npy` file.
struct NpyBody<R>(NpyReader<R>);

impl<R: Read> ReadExact for NpyBody<R> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        IoSource(self.0.rest()).read_exact(buf)
    }
}

impl<R: Read> Body for NpyBody<R> {
    fn is_present(&self) -> bool {
        false
    }

    fn finish(&mut self) -> Result<()> {
        self.0.finish()
    }
}

impl<R: Read> NpyReader<R> {
    /// Reads the array `rows` rows at a time, from any [`Read`], with no more in memory than that.
    ///
    /// ```
    /// use npz_core::ndarray::{Array, Ix2};
    /// use npz_core::{NpyReader, NpyWriter};
    ///
    /// let array = Array::from_shape_fn((10, 3), |(row, column)| (row * column) as f32);
    /// let bytes = NpyWriter::new(Vec::new()).write(&array)?;
    /// let mut total = 0.0;
    /// for rows in NpyReader::new(bytes.as_slice())?.chunks::<f32, Ix2>(4)? {
    ///     total += rows?.sum(); // of 4, 4 and 2 rows
    /// }
    /// assert_eq!(total, array.sum());
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`read`](Self::read); [`ErrorKind::Shape`] for an array without dimensions, or 0 rows;
    /// [`ErrorKind::Unsupported`] for an array in Fortran order, whose rows are spread over all of
    /// the file.
    pub fn chunks<'r, A: Element, D: Dimension>(self, rows: usize) -> Result<ArrayChunks<'r, A, D>>
    where
        R: 'r,
    {
        let (header, cast) = (self.header().clone(), self.cast());
        check_chunks::<A, D>(&header, cast, rows)?;
        if !has_rows(&header) {
            let message = "the array is in Fortran order, so its rows don't follow each other; read \
                           it whole, or rows by read_npy_slice";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let source = RowSource::Stream(Box::new(NpyBody(self)));
        Ok(ArrayChunks::new(header, cast, rows, source, |error| error))
    }
}
