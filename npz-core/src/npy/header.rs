//! The header of an `.npy` file ↔ its bytes.

mod frame;

use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::literal::{self, Literal, Value, repr_shape};

use self::frame::{Prefix, decode_text, encode_text, file_offset};

pub use self::frame::Version;

/// Most dimensions of an array in NumPy 2.
const MAX_DIMENSIONS: usize = 64;

/// NumPy leaves room for the array to grow along its first axis up to so many digits.
const GROWTH_DIGITS: usize = 21;

/// Whether a file that begins with these bytes says it is an `.npy` file.
pub(crate) fn is_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(frame::MAGIC)
}

/// The order in which the elements follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The last index varies fastest.
    #[default]
    C,
    /// The first index varies fastest (`fortran_order`).
    Fortran,
}

/// What [`Header::decode`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// The bytes are the beginning of a header. Try again with this many of them, counted from
    /// the first. With fewer the file is truncated.
    Need(usize),
    /// A whole header.
    Done {
        /// The header.
        header: Header,
        /// Where the elements begin, counted from the first byte.
        data_offset: usize,
        /// The version it was stored as.
        version: Version,
    },
}

/// What an `.npy` file says of its array: the elements' type, order and number.
///
/// ```
/// use npz_core::{Header, Order, ScalarKind};
///
/// let header = Header::new(ScalarKind::F32, Order::C, [2, 3])?;
/// assert_eq!(header.nbytes(), 24);
/// let bytes = header.encode()?;
/// assert_eq!(bytes.len(), 128);
/// assert!(bytes[10..].starts_with(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"));
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    dtype: DType,
    order: Order,
    shape: Vec<usize>,
    len: usize,
    nbytes: usize,
}

impl Header {
    /// The header of an array.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dtype`] for a subarray, whose dimensions belong into `shape`;
    /// [`ErrorKind::Limit`] for more than 64 dimensions or if the sizes multiplied, zeros left
    /// out, exceed the memory that a machine can address. NumPy could not read such a file.
    pub fn new(
        dtype: impl Into<DType>,
        order: Order,
        shape: impl Into<Vec<usize>>,
    ) -> Result<Self> {
        Self::checked(dtype.into(), order, shape.into(), MAX_DIMENSIONS)
    }

    fn checked(dtype: DType, order: Order, shape: Vec<usize>, dimensions: usize) -> Result<Self> {
        if dtype.as_subarray().is_some() {
            let message = format!(
                "expected a dtype of single elements, found {}; put its dimensions into the \
                 array's shape",
                dtype.describe()
            );
            return Err(Error::new(ErrorKind::Dtype, message));
        }
        if shape.len() > dimensions {
            let message =
                format!("expected at most {dimensions} dimensions, found {}", shape.len());
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let itemsize = dtype.checked_itemsize()?;
        // like NumPy: a zero makes the array empty, and the other sizes must fit all the same
        let mut sizes = shape.iter().filter(|&&size| size > 0);
        let elements = sizes.try_fold(1_usize, |product, &size| product.checked_mul(size));
        let bytes = elements.and_then(|elements| elements.checked_mul(itemsize.max(1)));
        let (Some(elements), Some(bytes)) = (elements, bytes.filter(fits_memory)) else {
            let message = format!(
                "an array of shape {} of {itemsize}-byte elements is larger than any memory",
                repr_shape(&shape)
            );
            return Err(Error::new(ErrorKind::Limit, message));
        };
        let empty = shape.contains(&0);
        let len = if empty { 0 } else { elements };
        let nbytes = if empty || itemsize == 0 { 0 } else { bytes };
        Ok(Self { dtype, order, shape, len, nbytes })
    }

    /// The type of the elements.
    #[must_use]
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }

    /// The order of the elements.
    #[must_use]
    pub fn order(&self) -> Order {
        self.order
    }

    /// How many elements there are along each dimension.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of elements; 1 for an array without dimensions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no elements: one dimension is zero.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The size of all elements in bytes; at most `isize::MAX`. Of Python objects, which are
    /// pickled, it says nothing.
    #[must_use]
    pub fn nbytes(&self) -> usize {
        self.nbytes
    }

    /// Reads the header that `bytes` begin with; more may follow.
    ///
    /// No I/O: where there aren't enough bytes it says how many it takes, never more than
    /// [`Limits::header_bytes`] and 12.
    ///
    /// ```
    /// use npz_core::{Decoded, Header, Limits, Order, ScalarKind};
    ///
    /// let bytes = Header::new(ScalarKind::F64, Order::Fortran, [5])?.encode()?;
    /// assert_eq!(Header::decode(&bytes[..10], &Limits::default())?, Decoded::Need(128));
    /// let Decoded::Done { header, data_offset, .. } = Header::decode(&bytes, &Limits::default())? else {
    ///     unreachable!("that is all of it");
    /// };
    /// assert_eq!((header.shape(), data_offset), (&[5][..], 128));
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`] for bytes that are no header, [`ErrorKind::Unsupported`] for
    /// versions and types that are never read, [`ErrorKind::Limit`] for a header or an array
    /// beyond `limits`. Offsets are counted from the first byte.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded> {
        let (version, text_len) = match Prefix::parse(bytes)? {
            Prefix::Need(needed) => return Ok(Decoded::Need(needed)),
            Prefix::Done { version, text_len } => (version, text_len),
        };
        if text_len > limits.header_bytes {
            let message = format!(
                "expected a header of at most {} bytes, found one of {text_len}; raise \
                 Limits::header_bytes if you trust the file",
                limits.header_bytes
            );
            return Err(Error::new(ErrorKind::Limit, message).with_offset(8));
        }
        let prefix_len = version.prefix_len();
        let data_offset = prefix_len.saturating_add(text_len);
        let Some(text) = bytes.get(prefix_len..data_offset) else {
            return Ok(Decoded::Need(data_offset));
        };
        let text = decode_text(text, version)?;
        let header = Self::from_text(&text, version, limits)
            .map_err(|error| error.map_offset(|offset| file_offset(&text, version, offset)))?;
        let size = data_offset.saturating_add(header.nbytes);
        if u64::try_from(size).unwrap_or(u64::MAX) > limits.entry_bytes {
            let message = format!(
                "expected a header and array of at most {} bytes, found {size}; raise \
                 Limits::entry_bytes if you trust the file",
                limits.entry_bytes
            );
            return Err(Error::new(ErrorKind::Limit, message));
        }
        Ok(Decoded::Done { header, data_offset, version })
    }

    /// Offsets in errors are those in `text`.
    fn from_text(text: &str, version: Version, limits: &Limits) -> Result<Self> {
        let literal = literal::parse(text, limits, version <= Version::V2)?;
        let keys = Keys::of(&literal)?;
        // in NumPy's order, so that of several faults both name the same one
        let shape = shape(keys.shape, limits)?;
        let order = match keys.fortran_order.value {
            Value::Bool(false) => Order::C,
            Value::Bool(true) => Order::Fortran,
            ref other => {
                let found = other.kind_name();
                let message =
                    format!("expected 'fortran_order' to be True or False, found {found}");
                return Err(corrupt(message, keys.fortran_order));
            }
        };
        let dtype = single(DType::from_literal(keys.descr, limits)?);
        if dtype.as_subarray().is_some() {
            let found = dtype.describe();
            let message = format!("expected a dtype of single elements, found {found}");
            return Err(corrupt(message, keys.descr));
        }
        Self::checked(dtype, order, shape, limits.dimensions)
            .map_err(|error| error.with_offset(keys.shape.position()))
    }

    /// The bytes that `np.save` writes before the elements.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] if the header is larger than 4 GiB.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let text = self.text();
        let latin1 = text.chars().all(|c| u8::try_from(c).is_ok());
        if !latin1 {
            return encode_text(&text, Version::V3);
        }
        encode_text(&text, Version::V1).or_else(|_| encode_text(&text, Version::V2))
    }

    /// The bytes of the header in a certain version of the format.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] if the header is too large for it, [`ErrorKind::Name`] if a field's
    /// name isn't Latin-1 text and the version isn't 3.0.
    pub fn encode_version(&self, version: Version) -> Result<Vec<u8>> {
        encode_text(&self.text(), version)
    }

    /// The bytes of the header in a certain version, with as many blanks as give it this `len`;
    /// `None` if it is longer. So a header that stands in a file is replaced by a later one.
    pub(crate) fn encode_at_len(&self, version: Version, len: usize) -> Result<Option<Vec<u8>>> {
        frame::encode_text_at_len(&self.literal(), version, len)
    }

    /// The length of the header in a certain version without any blanks behind it.
    pub(crate) fn least_len(&self, version: Version) -> Result<usize> {
        frame::least_len(&self.literal(), version)
    }

    /// The length of the axis that a file can grow along by appending.
    pub(crate) fn growing(&self) -> Option<usize> {
        match self.order {
            Order::C => self.shape.first(),
            Order::Fortran => self.shape.last(),
        }
        .copied()
    }

    fn literal(&self) -> String {
        let Self { dtype, shape, .. } = self;
        let flag = if self.order == Order::Fortran { "True" } else { "False" };
        let tuple = repr_shape(shape);
        format!("{{'descr': {dtype}, 'fortran_order': {flag}, 'shape': {tuple}, }}")
    }

    fn text(&self) -> String {
        let mut text = self.literal();
        if let Some(size) = self.growing() {
            let digits = size.to_string().len();
            text.extend(std::iter::repeat_n(' ', GROWTH_DIGITS.saturating_sub(digits)));
        }
        text
    }
}

fn fits_memory(bytes: &usize) -> bool {
    isize::try_from(*bytes).is_ok()
}

#[cold]
fn corrupt(message: String, at: &Literal) -> Error {
    Error::new(ErrorKind::Corrupt, message).with_offset(at.position())
}

/// The three values of a header's dict.
struct Keys<'a> {
    descr: &'a Literal,
    fortran_order: &'a Literal,
    shape: &'a Literal,
}

impl<'a> Keys<'a> {
    fn of(literal: &'a Literal) -> Result<Self> {
        let Value::Dict(items) = &literal.value else {
            let found = literal.value.kind_name();
            return Err(corrupt(
                format!("expected the header to be a dict, found {found}"),
                literal,
            ));
        };
        let [mut descr, mut fortran_order, mut shape] = [None; 3];
        for (key, value) in items {
            let slot = match &key.value {
                Value::Str(name) if name == "descr" => &mut descr,
                Value::Str(name) if name == "fortran_order" => &mut fortran_order,
                Value::Str(name) if name == "shape" => &mut shape,
                other => {
                    let expected = "expected only the keys 'descr', 'fortran_order' and 'shape'";
                    let found = match other {
                        Value::Str(name) => literal::repr_short(name),
                        other => other.kind_name().to_owned(),
                    };
                    return Err(corrupt(format!("{expected} in the header, found {found}"), key));
                }
            };
            // Python would take the last one's value, and who looks for a key by its name the first
            if slot.replace(value).is_some() {
                let message = format!("the header has the key {} twice", literal::repr(&key.value));
                return Err(corrupt(message, key));
            }
        }
        let missing = |key: &str| corrupt(format!("the header has no key '{key}'"), literal);
        Ok(Self {
            descr: descr.ok_or_else(|| missing("descr"))?,
            fortran_order: fortran_order.ok_or_else(|| missing("fortran_order"))?,
            shape: shape.ok_or_else(|| missing("shape"))?,
        })
    }
}

fn shape(literal: &Literal, limits: &Limits) -> Result<Vec<usize>> {
    let Value::Tuple(sizes) = &literal.value else {
        let found = literal.value.kind_name();
        return Err(corrupt(format!("expected 'shape' to be a tuple, found {found}"), literal));
    };
    // before its items are looked at: there may be a million
    if sizes.len() > limits.dimensions {
        let message =
            format!("expected at most {} dimensions, found {}", limits.dimensions, sizes.len());
        return Err(Error::new(ErrorKind::Limit, message).with_offset(literal.position()));
    }
    let size = |item: &Literal| match item.value {
        Value::Int(size) if size < 0 => {
            Err(corrupt(format!("expected a size in 'shape', found {size}"), item))
        }
        Value::Int(size) => usize::try_from(size).map_err(|_| {
            let message = format!("the size {size} in 'shape' is larger than any memory");
            Error::new(ErrorKind::Limit, message).with_offset(item.position())
        }),
        ref other => {
            let found = other.kind_name();
            Err(corrupt(format!("expected 'shape' to hold integers, found {found}"), item))
        }
    };
    sizes.iter().map(size).collect()
}

/// NumPy takes an array of subarrays for an array of more dimensions, which then has too many
/// elements, unless it is one to each.
fn single(dtype: DType) -> DType {
    match dtype {
        DType::Subarray(subarray) if subarray.shape().iter().all(|&size| size == 1) => {
            single(subarray.base().clone())
        }
        dtype => dtype,
    }
}

#[cfg(test)]
mod tests;
