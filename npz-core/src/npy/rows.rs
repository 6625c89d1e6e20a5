//! The items of an array on their way out, counted against its shape.

use std::marker::PhantomData;

use ndarray::{ArrayRef, ArrayView1, CowArray, Dimension};

use super::header::{Header, Order};
use crate::dtype::{DType, ScalarKind};
use crate::element::{ArraySource, Element, check_dtype};
use crate::error::{Error, ErrorKind, Result, short_name};
use crate::literal::repr_shape;
use crate::options::Cast;

/// Takes the bytes of items in order.
pub(crate) type Sink<'s> = dyn FnMut(&[u8]) -> Result<()> + 's;

/// The dtype of all `A`s, if it doesn't depend on them; else `given` names the way to say one.
pub(crate) fn fixed_dtype<A: Element>(given: &str) -> Result<DType> {
    let dtype = A::dtype([].into_iter())?;
    if !is_of_any_width::<A>(&dtype) {
        return Ok(dtype);
    }
    let message =
        format!("how wide the items get isn't known before they come; say it with {given}");
    Err(Error::new(ErrorKind::Dtype, message))
}

/// Whether `A`s are text or bytes of any width, like `String`, which fit themselves to what there is;
/// `dtype` is that of none of them.
fn is_of_any_width<A: Element>(dtype: &DType) -> bool {
    let wider = match dtype.kind() {
        Some(ScalarKind::Str(width)) => ScalarKind::Str(width.saturating_add(1)),
        Some(ScalarKind::Bytes(width)) => ScalarKind::Bytes(width.saturating_add(1)),
        _ => return false,
    };
    A::accepts(&wider.into())
}

/// Fails if text or bytes in `dtype` are narrower than an `A` writes. Such can be read as `A`s, which
/// have room to spare, so [`check_dtype`] lets them pass.
fn check_width<A: Element>(dtype: &DType) -> Result<()> {
    let Ok(own) = A::dtype([].into_iter()) else { return Ok(()) };
    let Some((expected, found)) = narrower(&own, dtype) else { return Ok(()) };
    if is_of_any_width::<A>(&own) {
        return Ok(());
    }
    let message = format!(
        "expected dtype {expected} to write {} to, found {found}, which is too narrow; take the \
         wider one, or save the array once more with it",
        short_name::<A>()
    );
    Err(Error::new(ErrorKind::Dtype, message))
}

/// The first text or bytes that are narrower in `found` than in `own`: both.
fn narrower<'d>(own: &'d DType, found: &'d DType) -> Option<(&'d DType, &'d DType)> {
    match (item_of(own), item_of(found)) {
        (own @ DType::Scalar(ours), found @ DType::Scalar(theirs)) => {
            let (ours, theirs) = match (ours.kind(), theirs.kind()) {
                (ScalarKind::Str(ours), ScalarKind::Str(theirs))
                | (ScalarKind::Bytes(ours), ScalarKind::Bytes(theirs)) => (ours, theirs),
                _ => return None,
            };
            (theirs < ours).then_some((own, found))
        }
        (DType::Record(ours), DType::Record(theirs)) => ours.fields().iter().find_map(|field| {
            let other = theirs.fields().iter().find(|other| other.name() == field.name())?;
            narrower(field.dtype(), other.dtype())
        }),
        _ => None,
    }
}

/// What all the subarrays around a dtype are of.
fn item_of(mut dtype: &DType) -> &DType {
    while let DType::Subarray(subarray) = dtype {
        dtype = subarray.base();
    }
    dtype
}

/// Counts rows and turns them into bytes. Rows are what follow each other in the file: along the
/// first axis in C order, along the last one in Fortran order.
pub(crate) struct Rows<A> {
    /// In its shape the number of rows is that at the start.
    header: Header,
    /// The rows that were promised; `None` for any number.
    most: Option<usize>,
    /// The most rows that the header in the file can count.
    room: usize,
    /// Lengths of one row's axes, the one that varies fastest last.
    row: Vec<usize>,
    row_len: usize,
    rows: usize,
    /// Items of the last row, while it isn't whole.
    partial: usize,
    /// Some items were written and others of the same call weren't.
    torn: bool,
    items: PhantomData<fn(A)>,
}

impl<A> Rows<A> {
    /// What the file's header says so far.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The number of whole rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }
}

impl<A: Element> Rows<A> {
    /// An array of `shape` without any rows yet; if `open`, its number of rows is settled at the
    /// end.
    pub(crate) fn new(dtype: DType, order: Order, shape: Vec<usize>, open: bool) -> Result<Self> {
        let mut rows = Self::resume(Header::new(dtype, order, shape)?, usize::MAX)?;
        rows.most = (!open).then_some(rows.rows);
        rows.rows = 0;
        Ok(rows)
    }

    /// The array under `header`, with all of its rows and further ones, up to `room` in all.
    pub(crate) fn resume(header: Header, room: usize) -> Result<Self> {
        check_dtype::<A>(header.dtype(), Cast::Exact)?;
        check_width::<A>(header.dtype())?;
        let mut axes = header.shape().to_vec();
        if header.order() == Order::Fortran {
            axes.reverse();
        }
        // Without dimensions there is one row of one item.
        let (rows, row) = match axes.split_first() {
            Some((&rows, row)) => (rows, row.to_vec()),
            None => (1, Vec::new()),
        };
        let row_len = row.iter().try_fold(1_usize, |product, &len| product.checked_mul(len));
        let row_len = if row.contains(&0) { Some(0) } else { row_len };
        let row_len = row_len.ok_or_else(|| too_many(&header))?;
        let (most, partial, torn, items) = (None, 0, false, PhantomData);
        Ok(Self { header, most, room, row, row_len, rows, partial, torn, items })
    }

    /// Writes one row or several.
    pub(crate) fn push<D: Dimension>(
        &mut self,
        array: &ArrayRef<A, D>,
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        let fortran = self.header.order() == Order::Fortran;
        let mut shape = array.shape().to_vec();
        if fortran {
            shape.reverse();
        }
        let rows = match shape.split_first() {
            _ if shape == self.row => 1,
            Some((&rows, row)) if row == self.row => rows,
            _ => return Err(self.misfit(array.shape())),
        };
        if self.partial > 0 && rows > 0 {
            let message = format!(
                "the last row has {} of {} items; complete it before whole rows",
                self.partial, self.row_len
            );
            return Err(Error::new(ErrorKind::Shape, message));
        }
        let rows = self.count(rows, 0)?;
        let view = array.view();
        let source = CowArray::from(if fortran { view.reversed_axes() } else { view });
        self.write(&source, array.len(), sink)?;
        self.rows = rows;
        Ok(())
    }

    /// Writes items, which needn't be whole rows.
    pub(crate) fn push_slice(&mut self, items: &[A], sink: &mut Sink<'_>) -> Result<()> {
        if items.is_empty() {
            return self.write(&CowArray::from(ArrayView1::from(items)), 0, sink);
        }
        let total = self.partial.saturating_add(items.len());
        let (Some(rows), Some(partial)) =
            (total.checked_div(self.row_len), total.checked_rem(self.row_len))
        else {
            let message = format!("expected no items in rows of no items, found {}", items.len());
            return Err(Error::new(ErrorKind::Shape, message));
        };
        let rows = self.count(rows, partial)?;
        self.write(&CowArray::from(ArrayView1::from(items)), items.len(), sink)?;
        (self.rows, self.partial) = (rows, partial);
        Ok(())
    }

    /// The header of all rows so far, which must be whole and as many as were promised.
    pub(crate) fn finish(&self) -> Result<Header> {
        if self.torn {
            return Err(torn());
        }
        let shape = repr_shape(self.header.shape());
        if self.partial > 0 {
            let message = format!(
                "the last row is not whole: expected {} items, found {}",
                self.row_len, self.partial
            );
            return Err(Error::new(ErrorKind::Shape, message));
        }
        match self.most {
            None => self.with_rows(self.rows),
            // Rows of nothing needn't be pushed.
            Some(most) if self.rows == most || self.row_len == 0 => Ok(self.header.clone()),
            Some(most) => {
                let message =
                    format!("expected {most} rows for shape {shape}, found {}", self.rows);
                Err(Error::new(ErrorKind::Shape, message))
            }
        }
    }

    /// The header of an array with this number of rows.
    pub(crate) fn with_rows(&self, rows: usize) -> Result<Header> {
        let mut shape = self.header.shape().to_vec();
        let growing = match self.header.order() {
            Order::C => shape.first_mut(),
            Order::Fortran => shape.last_mut(),
        };
        if let Some(growing) = growing {
            *growing = rows;
        }
        Header::new(self.header.dtype().clone(), self.header.order(), shape)
    }

    /// The number of rows with `more` of them, if there is room for these and `partial` items.
    fn count(&self, more: usize, partial: usize) -> Result<usize> {
        let rows = self.rows.checked_add(more).ok_or_else(|| too_many(&self.header))?;
        let all = if partial > 0 { rows.saturating_add(1) } else { rows };
        match self.most {
            Some(most) if all > most => {
                let shape = repr_shape(self.header.shape());
                let message = format!("expected {most} rows for shape {shape}, found {all}");
                Err(Error::new(ErrorKind::Shape, message))
            }
            Some(_) => Ok(rows),
            None if all > self.room => Err(no_room()),
            None => self.with_rows(all).map(|_| rows),
        }
    }

    fn write(&mut self, source: &dyn ArraySource, len: usize, sink: &mut Sink<'_>) -> Result<()> {
        if self.torn {
            return Err(torn());
        }
        let header = Header::new(self.header.dtype().clone(), Order::C, [len])?;
        let (expected, mut given) = (header.nbytes(), 0_usize);
        let result = source.write(&header, &mut |bytes| {
            given = given.saturating_add(bytes.len());
            if given > expected { Err(wrong_length()) } else { sink(bytes) }
        });
        let result =
            result.and_then(|()| if given < expected { Err(wrong_length()) } else { Ok(()) });
        self.torn = result.is_err() && given > 0;
        result
    }

    #[cold]
    fn misfit(&self, found: &[usize]) -> Error {
        let mut row = self.row.clone();
        if self.header.order() == Order::Fortran {
            row.reverse();
        }
        let axis = if self.header.order() == Order::Fortran { "last" } else { "first" };
        let message = format!(
            "expected a row of shape {}, or several along one more axis, the {axis}; found {}",
            repr_shape(&row),
            repr_shape(found)
        );
        Error::new(ErrorKind::Shape, message)
    }
}

#[cold]
fn too_many(header: &Header) -> Error {
    let shape = repr_shape(header.shape());
    Error::new(
        ErrorKind::Limit,
        format!("so many rows of shape {shape} are larger than any memory"),
    )
}

#[cold]
pub(crate) fn no_room() -> Error {
    let message = "the file's npy header has no room for so many digits in the shape; save the \
                   array once more with write_npy or np.save, which leave room";
    Error::new(ErrorKind::Limit, message)
}

#[cold]
fn torn() -> Error {
    let message = "items were written in part only, so this array can't be completed; start again";
    Error::new(ErrorKind::Io, message)
}

/// A type's `encode` and its `dtype` disagree, which would tear the file.
#[cold]
fn wrong_length() -> Error {
    let message = "the element type encodes another number of bytes than its dtype says";
    Error::new(ErrorKind::Corrupt, message)
}
