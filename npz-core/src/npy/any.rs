//! An array whose type is known only at run time.

mod canonical;
mod file;
mod print;

use std::io;

use ndarray::{Array, ArrayRef, ArrayView, CowArray, Dimension, IxDyn, ShapeBuilder};

use self::canonical::Canonical;
use super::array;
use super::header::{Header, Order};
use crate::dtype::{ByteOrder, DType};
use crate::element::{ArraySource, Buffer, Element, Sink, check_logical, check_no_objects};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::repr_shape;
use crate::options::Cast;

/// An array of any dtype, known at run time: its header and its bytes.
///
/// It holds whatever stands in a file that is no pickle: records, text, times, `longdouble`, plain
/// voids. It can be looked at (`Display` is NumPy's `str`, `Debug` its `repr`), taken as a typed
/// array where there is a Rust type for it, and written back with the bytes it came with. It can
/// be a field of a derived struct or a value of a map.
///
/// ```
/// use std::collections::HashMap;
/// use npz_core::ndarray::{Array1, ArrayView1, Ix1, arr1};
/// use npz_core::{AnyArray, Cast, LoadNpz, ScalarKind, savez};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("a.npz");
/// savez!(&path, x = arr1(&[1.5_f32, 2.5]), name = "run 7".to_owned())?;
/// let all: HashMap<String, AnyArray> = LoadNpz::load_npz(&path)?;
///
/// let x = &all["x"];
/// assert_eq!((x.dtype().kind(), x.shape()), (Some(ScalarKind::F32), &[2][..]));
/// let view: ArrayView1<f32> = x.view()?; // no copy
/// assert_eq!(view[1], 2.5);
/// let wide: Array1<f64> = x.cast(Cast::Lossless)?;
/// assert_eq!(wide, arr1(&[1.5, 2.5]));
/// assert_eq!(x.to_string(), "[1.5 2.5]");
/// assert_eq!(format!("{:?}", all["name"]), "array('run 7', dtype='<U5')");
/// # Ok::<(), npz_core::Error>(())
/// ```
///
/// # Equality
///
/// Two are equal if shape, dtype and every bit of every value are, whatever the byte order and the
/// order of the items. So, unlike as numbers, NaN equals the same NaN, and 0.0 differs from -0.0.
/// Bytes between the fields of a record don't matter. Those behind the 80 bits of a `longdouble` of
/// x86 do, though as [`LongDouble`](crate::LongDouble) they don't: on other machines they are a part
/// of the number, and the dtype is the same.
#[derive(Clone)]
pub struct AnyArray {
    header: Header,
    bytes: Buffer,
    logical: Option<Box<str>>,
}

impl AnyArray {
    /// A copy of an array, in C order and, whatever the machine, little-endian.
    ///
    /// # Errors
    /// When the items have no dtype that holds them, or memory runs out.
    pub fn new<A: Element, D: Dimension>(array: &ArrayRef<A, D>) -> Result<Self> {
        let source = CowArray::from(array.view());
        let header = source.header(ByteOrder::Little, false)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(header.nbytes()).map_err(|_| {
            let message = format!("can't allocate {} bytes", header.nbytes());
            Error::new(ErrorKind::Limit, message)
        })?;
        source.write(&header, &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(Self::from_bytes(header, &bytes)?.with_logical_dtype(A::logical_dtype()))
    }

    /// The array that `bytes` are under `header`. They are copied to where any type can stand.
    ///
    /// ```
    /// use npz_core::ndarray::Array2;
    /// use npz_core::{AnyArray, DType, Header, Order};
    ///
    /// let dtype: DType = ">u2".parse()?;
    /// let array = AnyArray::from_bytes(Header::new(dtype, Order::Fortran, [1, 2])?, &[0, 1, 0, 2])?;
    /// let typed: Array2<u16> = array.to_array()?;
    /// assert_eq!(typed, npz_core::ndarray::arr2(&[[1, 2]]));
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the header promises another number of bytes,
    /// [`ErrorKind::Unsupported`] for Python objects.
    pub fn from_bytes(header: Header, bytes: &[u8]) -> Result<Self> {
        check_no_objects(header.dtype())?;
        if bytes.len() != header.nbytes() {
            let message = format!(
                "shape {} of dtype {} takes {} bytes, found {}",
                repr_shape(header.shape()),
                header.dtype(),
                header.nbytes(),
                bytes.len()
            );
            return Err(Error::new(ErrorKind::Shape, message));
        }
        Ok(Self { header, bytes: Buffer::copy_of(bytes)?, logical: None })
    }

    /// `bytes` are just as many as `header` promises, and no objects.
    pub(super) fn from_parts(header: Header, bytes: Buffer) -> Self {
        Self { header, bytes, logical: None }
    }

    /// The same bytes under another header, of as many.
    pub(super) fn with_header(self, header: Header) -> Self {
        Self { header, ..self }
    }

    /// The dtype, shape and order.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The type of the items.
    #[must_use]
    pub fn dtype(&self) -> &DType {
        self.header.dtype()
    }

    /// How many items there are along each dimension.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        self.header.shape()
    }

    /// What an archive's metadata call the type of the items, where the dtype doesn't tell:
    /// `float8_e4m3fn` and others are all `|V1` in the file. It is kept when the array is saved.
    #[must_use]
    pub fn logical_dtype(&self) -> Option<&str> {
        self.logical.as_deref()
    }

    /// Says by `ml_dtypes`' name what the items are, where the dtype doesn't tell. An archive that the
    /// array is saved to will say it too.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{AnyArray, NpzReader, NpzWriter, Void};
    ///
    /// let array = AnyArray::new(&arr1(&[Void([0x38])]))?.with_logical_dtype(Some("float8_e4m3fn"));
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add_any("x", &array)?;
    /// let bytes = writer.finish()?;
    /// assert_eq!(NpzReader::from_bytes(&bytes)?.logical_dtype("x")?, Some("float8_e4m3fn"));
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_logical_dtype(self, name: Option<&str>) -> Self {
        Self { logical: name.map(Into::into), ..self }
    }

    /// The order of the items in [`as_bytes`](Self::as_bytes).
    #[must_use]
    pub fn order(&self) -> Order {
        self.header.order()
    }

    /// The number of items; 1 for an array without dimensions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.header.len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.header.is_empty()
    }

    /// The size of all items in bytes.
    #[must_use]
    pub fn nbytes(&self) -> usize {
        self.header.nbytes()
    }

    /// The bytes as they stand in the file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The array as it lies in memory, for numbers in the machine's byte order.
    ///
    /// # Errors
    /// [`ErrorKind::Dtype`] or [`ErrorKind::Shape`] if the array is of another type, by its dtype or
    /// its [logical one](Self::logical_dtype), or another number of dimensions;
    /// [`ErrorKind::Misaligned`] if the bytes aren't the values that Rust would have there, and
    /// [`to_array`](Self::to_array) has to make them.
    pub fn view<A: Element, D: Dimension>(&self) -> Result<ArrayView<'_, A, D>> {
        array::check::<A, D>(&self.header, Cast::Exact)?;
        self.check_logical::<A>()?;
        let dtype = self.dtype();
        let plain = dtype.is_native() && dtype.itemsize() == size_of::<A>();
        let items = plain.then(|| A::from_bytes(self.as_bytes())).flatten();
        let Some(items) = items.filter(|items| items.len() == self.len()) else {
            let message = format!(
                "the bytes of {} are no {} in memory; AnyArray::to_array converts them",
                dtype.describe(),
                std::any::type_name::<A>()
            );
            return Err(Error::new(ErrorKind::Misaligned, message));
        };
        let shape = D::from_dimension(&IxDyn(self.shape()));
        let shape = shape.map(|shape| shape.set_f(self.order() == Order::Fortran));
        let view = shape.and_then(|shape| ArrayView::from_shape(shape, items).ok());
        view.ok_or_else(|| {
            let message = format!("shape {} is too large for a view", repr_shape(self.shape()));
            Error::new(ErrorKind::Limit, message)
        })
    }

    /// A typed copy.
    ///
    /// # Errors
    /// [`ErrorKind::Dtype`] or [`ErrorKind::Shape`] if the array is of another type, by its dtype or
    /// its [logical one](Self::logical_dtype), or another number of dimensions;
    /// [`ErrorKind::Value`] if an item is no value of the type.
    pub fn to_array<A: Element, D: Dimension>(&self) -> Result<Array<A, D>> {
        self.cast(Cast::Exact)
    }

    /// A typed copy, converted as far as `cast` allows.
    ///
    /// # Errors
    /// As [`to_array`](Self::to_array).
    pub fn cast<A: Element, D: Dimension>(&self, cast: Cast) -> Result<Array<A, D>> {
        self.check_logical::<A>()?;
        array::read(&self.header, cast, true, &mut self.as_bytes())
    }

    fn check_logical<A: Element>(&self) -> Result<()> {
        check_logical::<A>(self.logical_dtype(), "AnyArray::logical_dtype")
    }

    /// Writes the bytes that depend on the values alone: in C order, every number and character
    /// little-endian, zeros between the fields of records. They are fit to be hashed; shape and
    /// dtype are not in them. A `longdouble` is all of its 16 bytes, also where some are padding.
    ///
    /// # Errors
    /// Those of `writer`.
    pub fn write_canonical(&self, mut writer: impl io::Write) -> io::Result<()> {
        let mut canonical = Canonical::new(self);
        while let Some(block) = canonical.block() {
            writer.write_all(block)?;
        }
        Ok(())
    }

    /// The SHA-256 of the [canonical bytes](Self::write_canonical).
    #[cfg(feature = "digest")]
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        use sha2::Digest;

        let mut hasher = sha2::Sha256::new();
        let mut canonical = Canonical::new(self);
        while let Some(block) = canonical.block() {
            hasher.update(block);
        }
        hasher.finalize().into()
    }
}

impl PartialEq for AnyArray {
    fn eq(&self, other: &Self) -> bool {
        if self.shape() != other.shape() || !canonical::same_dtype(self.dtype(), other.dtype()) {
            return false;
        }
        let (mut ours, mut theirs) = (Canonical::new(self), Canonical::new(other));
        loop {
            match (ours.block(), theirs.block()) {
                (None, None) => return true,
                (ours, theirs) if ours != theirs => return false,
                _ => {}
            }
        }
    }
}

impl Eq for AnyArray {}

/// As it is, whatever the options say.
impl ArraySource for AnyArray {
    fn header(&self, _: ByteOrder, _: bool) -> Result<Header> {
        Ok(self.header.clone())
    }

    fn logical_dtype(&self) -> Option<&str> {
        self.logical.as_deref()
    }

    fn bytes(&self, _: &Header) -> Option<&[u8]> {
        Some(self.as_bytes())
    }

    fn write(&self, _: &Header, sink: &mut Sink<'_>) -> Result<()> {
        sink(self.as_bytes())
    }
}

impl ArraySource for &AnyArray {
    fn header(&self, byte_order: ByteOrder, keep_order: bool) -> Result<Header> {
        ArraySource::header(*self, byte_order, keep_order)
    }

    fn logical_dtype(&self) -> Option<&str> {
        ArraySource::logical_dtype(*self)
    }

    fn bytes(&self, header: &Header) -> Option<&[u8]> {
        ArraySource::bytes(*self, header)
    }

    fn write(&self, header: &Header, sink: &mut Sink<'_>) -> Result<()> {
        ArraySource::write(*self, header, sink)
    }
}

#[cfg(test)]
mod tests;
