//! The types that an array's elements can have: a pure model of NumPy's dtypes.

mod comma;
mod datetime;
mod descr;
mod record;
mod scalar;
#[cfg(test)]
pub(crate) mod strategy;
mod typestr;

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::literal::{self, Value};

pub use self::datetime::{TimeUnit, Unit};
pub use self::record::{Field, Record, Subarray};
pub use self::scalar::{ByteOrder, Scalar, ScalarKind};

/// The largest size of one element in bytes, in NumPy a C `int`.
const MAX_ITEMSIZE: usize = i32::MAX as usize;

/// The type of an array's elements, as the `descr` of a header gives it.
///
/// It prints as `np.save` writes it and parses whatever `np.load` understands:
///
/// ```
/// use npz_core::{DType, ScalarKind};
///
/// let dtype: DType = "float32".parse()?;
/// assert_eq!(dtype, DType::from(ScalarKind::F32));
/// assert_eq!(dtype.to_string(), "'<f4'");
///
/// let dtype: DType = "[('id', '<u8'), ('at', '<f4', (3,)), ('', '|V4')]".parse()?;
/// let record = dtype.as_record().expect("a list of fields");
/// assert_eq!(record.fields()[1].offset(), 8);
/// assert_eq!(dtype.itemsize(), 8 + 3 * 4 + 4);
/// # Ok::<(), npz_core::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DType {
    /// One value, such as `'<f4'`.
    Scalar(Scalar),
    /// A small array inside each element, such as `('<f4', (2, 3))`. Only fields of records and
    /// other subarrays have such a type: NumPy merges an array of them into the array's shape.
    Subarray(Subarray),
    /// Named fields, such as `[('x', '<f4'), ('y', '<f4')]`.
    Record(Record),
}

impl DType {
    /// The size of one element in bytes. (Of a Python object: of the pointer to it.)
    #[must_use]
    pub fn itemsize(&self) -> usize {
        match self {
            Self::Scalar(scalar) => scalar.itemsize(),
            Self::Subarray(subarray) => subarray.itemsize(),
            Self::Record(record) => record.itemsize(),
        }
    }

    /// Whether Python objects are in it, at any depth. Their data is a pickle, which is never
    /// read.
    #[must_use]
    pub fn has_object(&self) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.kind() == ScalarKind::Object,
            Self::Subarray(subarray) => subarray.base().has_object(),
            Self::Record(record) => record.fields().iter().any(|field| field.dtype().has_object()),
        }
    }

    /// The scalar, if it is one.
    #[must_use]
    pub fn as_scalar(&self) -> Option<Scalar> {
        match self {
            Self::Scalar(scalar) => Some(*scalar),
            _ => None,
        }
    }

    /// The subarray, if it is one.
    #[must_use]
    pub fn as_subarray(&self) -> Option<&Subarray> {
        match self {
            Self::Subarray(subarray) => Some(subarray),
            _ => None,
        }
    }

    /// The record, if it is one.
    #[must_use]
    pub fn as_record(&self) -> Option<&Record> {
        match self {
            Self::Record(record) => Some(record),
            _ => None,
        }
    }

    /// The kind of the scalar, if it is one.
    ///
    /// ```
    /// use npz_core::{DType, ScalarKind};
    ///
    /// let dtype: DType = ">i2".parse()?;
    /// assert_eq!(dtype.kind(), Some(ScalarKind::I16));
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn kind(&self) -> Option<ScalarKind> {
        self.as_scalar().map(Scalar::kind)
    }

    /// A short text for messages, which names the type as a Rust programmer knows it.
    ///
    /// ```
    /// use npz_core::DType;
    ///
    /// let describe = |descr: &str| descr.parse().map(|dtype: DType| dtype.describe());
    /// assert_eq!(describe("<f4")?, "'<f4' (f32)");
    /// assert_eq!(describe("<M8[ns]")?, "'<M8[ns]' (datetime64[ns])");
    /// assert_eq!(describe("[('x', '<f4'), ('y', '<f4')]")?, "a record of 'x', 'y'");
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Scalar(scalar) => match scalar.kind().rust_name() {
                Some(rust) => format!("{self} ({rust})"),
                None => format!("{self} ({})", scalar.name()),
            },
            Self::Subarray(subarray) => {
                let shape = literal::repr_shape(subarray.shape());
                format!("a {shape} subarray of {}", subarray.base().describe())
            }
            Self::Record(record) => record.describe(),
        }
    }

    /// A scalar as a header spells it, anything longer as [`describe`](Self::describe) does: a dtype
    /// out of a file may take a million letters.
    pub(crate) fn brief(&self) -> String {
        match self {
            Self::Scalar(scalar) => Self::Scalar(*scalar).to_string(),
            _ => self.describe(),
        }
    }

    /// The same type with everything of more than one byte in `order`, at any depth.
    ///
    /// Plain voids (`'|V8'`) have no order, and keep having none.
    ///
    /// ```
    /// use npz_core::{ByteOrder, DType};
    ///
    /// let dtype: DType = "[('x', '<f4'), ('id', 'S3')]".parse()?;
    /// let big = dtype.with_byte_order(ByteOrder::Big);
    /// assert_eq!(big.to_string(), "[('x', '>f4'), ('id', '|S3')]");
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_byte_order(self, order: ByteOrder) -> Self {
        match self {
            Self::Scalar(scalar) if scalar.order() == ByteOrder::NotApplicable => self,
            Self::Scalar(scalar) => Self::Scalar(Scalar::new(scalar.kind(), order)),
            Self::Subarray(subarray) => Self::Subarray(subarray.with_byte_order(order)),
            Self::Record(record) => Self::Record(record.with_byte_order(order)),
        }
    }

    /// Whether every value is in the machine's byte order.
    pub(crate) fn is_native(&self) -> bool {
        match self {
            Self::Scalar(scalar) => {
                matches!(scalar.order(), ByteOrder::NATIVE | ByteOrder::NotApplicable)
            }
            Self::Subarray(subarray) => subarray.base().is_native(),
            Self::Record(record) => record.fields().iter().all(|field| field.dtype().is_native()),
        }
    }

    /// The size of one element, if NumPy could have such a type.
    pub(crate) fn checked_itemsize(&self) -> Result<usize> {
        let itemsize = self.itemsize();
        if itemsize > MAX_ITEMSIZE {
            return Err(too_large(itemsize));
        }
        Ok(itemsize)
    }
}

#[cold]
fn too_large(itemsize: usize) -> Error {
    let message =
        format!("expected a dtype of at most {MAX_ITEMSIZE} bytes an element, found {itemsize}");
    Error::new(ErrorKind::Limit, message)
}

impl From<Scalar> for DType {
    fn from(scalar: Scalar) -> Self {
        Self::Scalar(scalar)
    }
}

/// In little-endian order.
impl From<ScalarKind> for DType {
    fn from(kind: ScalarKind) -> Self {
        Self::Scalar(kind.into())
    }
}

impl From<Subarray> for DType {
    fn from(subarray: Subarray) -> Self {
        Self::Subarray(subarray)
    }
}

impl From<Record> for DType {
    fn from(record: Record) -> Self {
        Self::Record(record)
    }
}

/// The literal that `np.save` writes into a header: `'<f4'`, quotes included, or
/// `[('x', '<f4'), ('', '|V4')]`.
impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        descr::print(self, f)
    }
}

/// Parses a header's literal, such as `'<f4'` or `[('x', '<f4')]`, or a bare name such as `<f4`
/// or `float32`.
impl FromStr for DType {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let limits = Limits::default();
        match literal::parse(text, &limits, false) {
            Ok(literal) if !matches!(literal.value, Value::Int(_)) => {
                Self::from_literal(&literal, &limits)
            }
            Err(error) if text.trim_start().starts_with(['[', '\'', '"']) => Err(error),
            _ => descr::Reader::new(&limits).text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_literals_and_bare_names() {
        for (text, printed) in [
            ("<f4", "'<f4'"),
            ("'<f4'", "'<f4'"),
            ("int", "'<i8'"),
            ("(2,)i4,f8", "[('f0', '<i4', (2,)), ('f1', '<f8')]"),
            ("('<i4', (2, 3))", "('<i4', (2, 3))"),
            ("[('x', '<f4')]", "[('x', '<f4')]"),
        ] {
            let dtype: DType = text.parse().unwrap();
            assert_eq!(dtype.to_string(), printed);
            assert_eq!(printed.parse::<DType>().unwrap(), dtype);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |text: &str| text.parse::<DType>().unwrap_err().to_string();
        assert!(error("<f3").contains("'<f3'"), "{}", error("<f3"));
        assert!(error("").contains("''"), "{}", error(""));
        assert!(error("None").contains("found None"), "{}", error("None"));
        assert!(error("[('x', '<f4'").contains("found the end"), "{}", error("[('x', '<f4'"));
        assert!(error("4").contains("'4'"), "{}", error("4"));
    }

    #[test]
    fn finds_objects_at_any_depth() {
        let has_object = |text: &str| text.parse::<DType>().unwrap().has_object();
        assert!(has_object("O"));
        assert!(has_object("[('a', '<i4'), ('b', [('c', '|O', (2,))])]"));
        assert!(!has_object("[('a', '<i4'), ('b', '|V8')]"));
    }
}
