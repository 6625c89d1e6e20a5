//! Arrays where they lie: views of an `.npy` file's bytes, without a copy.

use std::ops::Range;

use ndarray::{ArrayView, ArrayViewMut, Dimension, IxDyn, Shape, ShapeBuilder};

use super::array::check;
use super::header::{Header, Order};
use super::reader::{check_trailing, read_header};
use crate::element::{Element, Payload};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::repr_shape;
use crate::options::{Cast, LoadOptions};

/// A view of an `.npy` file's bytes: in memory, included in the program, or mapped.
///
/// Only the header is read. A view needs elements that are the same bytes in memory and in the
/// file: numbers and `bool`, in the machine's byte order, at an address where the type can stand.
/// Headers end at multiples of 16 or 64 bytes, so aligned bytes have aligned data. Bytes behind the
/// array are left alone.
///
/// ```
/// use npz_core::ndarray::{ArrayView2, arr2};
/// use npz_core::{NpyView, NpyWriter};
///
/// let bytes = NpyWriter::new(Vec::new()).write(&arr2(&[[1_u8, 2], [3, 4]]))?;
/// let file = NpyView::new(&bytes)?;
/// assert_eq!(file.header().shape(), [2, 2]);
/// let array: ArrayView2<u8> = file.view()?;
/// assert_eq!(array[[1, 0]], 3);
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NpyView<'a> {
    stored: Stored,
    bytes: &'a [u8],
}

impl<'a> NpyView<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// When the bytes are no `.npy` file, or end before the array does.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        Self::new_with(bytes, &LoadOptions::default())
    }

    /// Reads the header, within the options' limits.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn new_with(bytes: &'a [u8], options: &LoadOptions) -> Result<Self> {
        Ok(Self { stored: Stored::read(bytes, options)?, bytes })
    }

    /// The array's dtype, shape and order.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.stored.header
    }

    /// The array, which lives as long as the bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Dtype`] or [`ErrorKind::Shape`] if the array is of another type or another
    /// number of dimensions; [`ErrorKind::Misaligned`] if it can't be viewed in place, and what to
    /// do about it; [`ErrorKind::Value`] for a `bool` that is neither 0 nor 1.
    pub fn view<A: Element, D: Dimension>(&self) -> Result<ArrayView<'a, A, D>> {
        self.stored.view(self.bytes)
    }
}

/// A view of an `.npy` file's bytes that may be changed.
///
/// ```
/// use npz_core::ndarray::{Array1, ArrayViewMut1, arr1};
/// use npz_core::{NpyReader, NpyViewMut, NpyWriter};
///
/// let mut bytes = NpyWriter::new(Vec::new()).write(&arr1(&[1_u8, 2, 3]))?;
/// let mut file = NpyViewMut::new(&mut bytes)?;
/// let mut array: ArrayViewMut1<u8> = file.view_mut()?;
/// array[0] = 7;
/// let array: Array1<u8> = NpyReader::new(bytes.as_slice())?.read()?;
/// assert_eq!(array, arr1(&[7, 2, 3]));
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyViewMut<'a> {
    stored: Stored,
    bytes: &'a mut [u8],
}

impl<'a> NpyViewMut<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// As [`NpyView::new`].
    pub fn new(bytes: &'a mut [u8]) -> Result<Self> {
        Self::new_with(bytes, &LoadOptions::default())
    }

    /// Reads the header, within the options' limits.
    ///
    /// # Errors
    /// As [`NpyView::new`].
    pub fn new_with(bytes: &'a mut [u8], options: &LoadOptions) -> Result<Self> {
        Ok(Self { stored: Stored::read(bytes, options)?, bytes })
    }

    /// The array's dtype, shape and order.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.stored.header
    }

    /// The array.
    ///
    /// # Errors
    /// As [`NpyView::view`].
    pub fn view<A: Element, D: Dimension>(&self) -> Result<ArrayView<'_, A, D>> {
        self.stored.view(self.bytes)
    }

    /// The array, to be changed in place.
    ///
    /// # Errors
    /// As [`NpyView::view`].
    pub fn view_mut<A: Element, D: Dimension>(&mut self) -> Result<ArrayViewMut<'_, A, D>> {
        self.stored.view_mut(self.bytes)
    }
}

/// No bytes, at an address where any type can stand.
#[repr(align(128))]
struct Anywhere([u8; 0]);

static ANYWHERE: Anywhere = Anywhere([]);

/// An array that lies uncompressed in a file: its header, and where its data are.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) header: Header,
    data: Range<usize>,
}

impl Stored {
    /// Of an `.npy` file.
    pub(crate) fn read(bytes: &[u8], options: &LoadOptions) -> Result<Self> {
        let (header, start) = read_header(Vec::new(), &mut &*bytes, &options.limits)?;
        let end = start.saturating_add(header.nbytes());
        check_trailing(end as u64, bytes.len() as u64, options)?;
        if end > bytes.len() {
            let message = format!(
                "the file is cut short: the header promises {} bytes of data, found {}",
                header.nbytes(),
                bytes.len().saturating_sub(start)
            );
            let error = Error::new(ErrorKind::Truncated, message);
            return Err(error.with_offset(bytes.len() as u64));
        }
        Ok(Self { header, data: start..end })
    }

    /// Of an entry in an archive, whose data stand at `start`.
    pub(crate) fn at(header: Header, start: usize) -> Self {
        let end = start.saturating_add(header.nbytes());
        Self { header, data: start..end }
    }

    fn data<'a>(&self, file: &'a [u8]) -> Result<&'a [u8]> {
        file.get(self.data.clone()).ok_or_else(too_short)
    }

    /// Fails unless the array, which is of `A`s, can be viewed where it is. Values aren't looked at.
    pub(crate) fn check<A: Element>(&self, file: &[u8]) -> Result<()> {
        self.check_place::<A>(self.data(file)?)
    }

    fn check_place<A: Element>(&self, data: &[u8]) -> Result<()> {
        let fault = |message| Err(Error::new(ErrorKind::Misaligned, message));
        let (dtype, name) = (self.header.dtype(), std::any::type_name::<A>());
        if dtype.itemsize() != size_of::<A>() || A::from_bytes(&ANYWHERE.0).is_none() {
            return fault(format!(
                "{} in the file is not what {name} is in memory, so it can't be viewed; load it",
                dtype.describe()
            ));
        }
        if !dtype.is_native() {
            return fault(format!(
                "{} is not in this machine's byte order, so it can't be viewed; load it instead, \
                 or save it again in this order",
                dtype.describe()
            ));
        }
        if self.header.is_empty() || data.as_ptr().cast::<A>().is_aligned() {
            return Ok(());
        }
        let (align, start) = (align_of::<A>(), self.data.start);
        fault(if start.is_multiple_of(align) {
            format!(
                "the file's bytes lie in memory where no {name} can be viewed, at no multiple of \
                 {align}; include them by include_npz!, map the file, or load the array instead"
            )
        } else {
            format!(
                "the data start at byte {start}, no multiple of {align}, so {name} can't be \
                 viewed there; save the file again with npz, which aligns, or load it instead"
            )
        })
    }

    /// The array in the file's bytes.
    pub(crate) fn view<'a, A: Element, D: Dimension>(
        &self,
        file: &'a [u8],
    ) -> Result<ArrayView<'a, A, D>> {
        check::<A, D>(&self.header, Cast::Exact)?;
        let data = self.data(file)?;
        self.check_place::<A>(data)?;
        let items = match self.header.is_empty() {
            true => Some(&[][..]),
            false => A::from_bytes(data).filter(|items| items.len() == self.header.len()),
        };
        let items = items.ok_or_else(|| self.invalid::<A>(data))?;
        ArrayView::from_shape(self.shape::<D>()?, items)
            .map_err(|error| self.too_large().with_source(error))
    }

    /// The array in the file's bytes, to be changed.
    pub(crate) fn view_mut<'a, A: Element, D: Dimension>(
        &self,
        file: &'a mut [u8],
    ) -> Result<ArrayViewMut<'a, A, D>> {
        check::<A, D>(&self.header, Cast::Exact)?;
        let data = self.data(file)?;
        self.check_place::<A>(data)?;
        if !self.header.is_empty() && A::from_bytes(data).is_none() {
            return Err(self.invalid::<A>(data));
        }
        let data = file.get_mut(self.data.clone()).ok_or_else(too_short)?;
        let items = match self.header.is_empty() {
            true => Some(&mut [][..]),
            false => A::from_bytes_mut(data).filter(|items| items.len() == self.header.len()),
        };
        let items = items.ok_or_else(|| {
            let name = std::any::type_name::<A>();
            let message = format!("{name} can be viewed but not changed in place");
            Error::new(ErrorKind::Misaligned, message)
        })?;
        ArrayViewMut::from_shape(self.shape::<D>()?, items)
            .map_err(|error| self.too_large().with_source(error))
    }

    fn shape<D: Dimension>(&self) -> Result<Shape<D>> {
        let shape = D::from_dimension(&IxDyn(self.header.shape()));
        let shape = shape.ok_or_else(|| self.too_large())?;
        Ok(shape.set_f(self.header.order() == Order::Fortran))
    }

    #[cold]
    fn too_large(&self) -> Error {
        let shape = repr_shape(self.header.shape());
        Error::new(ErrorKind::Limit, format!("shape {shape} is too large for an array"))
    }

    /// What is wrong with bytes that can't be these items: what reading them would say.
    #[cold]
    fn invalid<A: Element>(&self, mut data: &[u8]) -> Error {
        let payload = Payload::new(self.header.dtype(), self.header.len(), true, &mut data);
        let checked = payload.and_then(|mut payload| A::check(&mut payload));
        let name = std::any::type_name::<A>();
        let otherwise =
            || Error::new(ErrorKind::Value, format!("the bytes are no values of {name}"));
        checked.err().unwrap_or_else(otherwise)
    }
}

#[cold]
fn too_short() -> Error {
    Error::new(ErrorKind::Truncated, "the file became shorter since its header was read")
}
