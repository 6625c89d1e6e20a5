//! The types of single values.

use std::borrow::Cow;
use std::fmt;

use super::{TimeUnit, Unit};

/// The order of the bytes in each number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// `<`, least significant byte first.
    Little,
    /// `>`, most significant byte first.
    Big,
    /// `|`, for types made of single bytes.
    NotApplicable,
}

impl ByteOrder {
    /// The order of the machine that this runs on.
    pub const NATIVE: Self = if cfg!(target_endian = "big") { Self::Big } else { Self::Little };

    /// The sign that stands for it in front of a type: `<`, `>` or `|`.
    #[must_use]
    pub fn sign(self) -> char {
        match self {
            Self::Little => '<',
            Self::Big => '>',
            Self::NotApplicable => '|',
        }
    }
}

/// What a single value is, its byte order apart.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarKind {
    /// `?`, one byte. A file may hold other bytes than 0 and 1.
    Bool,
    /// `i1`
    I8,
    /// `i2`
    I16,
    /// `i4`
    I32,
    /// `i8`
    I64,
    /// `u1`
    U8,
    /// `u2`
    U16,
    /// `u4`
    U32,
    /// `u8`
    U64,
    /// `f1`, the `float8_e5m2` of `ml_dtypes`. NumPy writes such files and can't read them.
    F8,
    /// `f2`
    F16,
    /// `f4`
    F32,
    /// `f8`
    F64,
    /// `f16`, C's `long double`: the 80 bits of x86 padded to 16 bytes, on other machines IEEE
    /// quadruple precision or two doubles. The file doesn't tell which.
    LongDouble,
    /// `W4`, the `complex32` of `ml_dtypes`: two `f2`. NumPy can't read it.
    Complex32,
    /// `c8`, two `f4`
    C64,
    /// `c16`, two `f8`
    C128,
    /// `c32`, two `f16` (see [`LongDouble`](Self::LongDouble))
    CLongDouble,
    /// `S`, so many bytes, padded with NUL.
    Bytes(u32),
    /// `U`, so many characters of four bytes each, padded with NUL.
    Str(u32),
    /// `V`, so many bytes of unknown meaning. `<V2` is how bfloat16 is written.
    Void(u32),
    /// `M8`, 64-bit count of a unit since 1970; the smallest number is "not a time".
    DateTime(TimeUnit),
    /// `m8`, 64-bit count of a unit; the smallest number is "not a time".
    TimeDelta(TimeUnit),
    /// `O`, Python objects, stored as a pickle that is never read.
    Object,
}

impl ScalarKind {
    /// The size of a value in bytes. (Of a Python object: of the pointer to it.)
    #[must_use]
    pub fn itemsize(self) -> usize {
        match self {
            Self::Bool | Self::I8 | Self::U8 | Self::F8 => 1,
            Self::I16 | Self::U16 | Self::F16 => 2,
            Self::I32 | Self::U32 | Self::F32 | Self::Complex32 => 4,
            Self::I64 | Self::U64 | Self::F64 | Self::C64 => 8,
            Self::DateTime(_) | Self::TimeDelta(_) | Self::Object => 8,
            Self::LongDouble | Self::C128 => 16,
            Self::CLongDouble => 32,
            Self::Bytes(len) | Self::Void(len) => to_usize(len),
            Self::Str(len) => to_usize(len).saturating_mul(4),
        }
    }

    /// The size of the pieces that the byte order turns around: half a complex number, one
    /// character of a string.
    #[must_use]
    pub fn unit_size(self) -> usize {
        match self {
            Self::Complex32 | Self::C64 | Self::C128 | Self::CLongDouble => self.itemsize() / 2,
            Self::Str(_) => 4,
            Self::Bytes(_) | Self::Void(_) | Self::Object => 1,
            _ => self.itemsize(),
        }
    }

    /// The Rust type that holds such a value, if there is one to name.
    pub(super) fn rust_name(self) -> Option<&'static str> {
        Some(match self {
            Self::Bool => "bool",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::F16 => "f16",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::C64 => "Complex<f32>",
            Self::C128 => "Complex<f64>",
            _ => return None,
        })
    }

    /// The letter and the size, in characters for `U`: `("f", 4)`.
    fn code(self) -> (char, usize) {
        let letter = match self {
            Self::Bool => 'b',
            Self::I8 | Self::I16 | Self::I32 | Self::I64 => 'i',
            Self::U8 | Self::U16 | Self::U32 | Self::U64 => 'u',
            Self::F8 | Self::F16 | Self::F32 | Self::F64 | Self::LongDouble => 'f',
            Self::C64 | Self::C128 | Self::CLongDouble => 'c',
            Self::Complex32 => 'W',
            Self::Bytes(_) => 'S',
            Self::Str(len) => return ('U', to_usize(len)),
            Self::Void(_) => 'V',
            Self::DateTime(_) => 'M',
            Self::TimeDelta(_) => 'm',
            Self::Object => 'O',
        };
        (letter, self.itemsize())
    }
}

fn to_usize(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}

/// The type of a single value: its kind and byte order.
///
/// It prints as NumPy's `dtype.str`:
///
/// ```
/// use npz_core::{ByteOrder, Scalar, ScalarKind};
///
/// let scalar = Scalar::new(ScalarKind::F64, ByteOrder::Big);
/// assert_eq!(scalar.to_string(), ">f8");
/// assert_eq!(scalar.name(), "float64");
/// assert_eq!(Scalar::new(ScalarKind::U8, ByteOrder::Big).to_string(), "|u1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scalar {
    kind: ScalarKind,
    order: ByteOrder,
}

impl Scalar {
    /// A scalar of this kind and order, if an order applies to it.
    ///
    /// Types made of single bytes get [`ByteOrder::NotApplicable`] whatever is asked for, except
    /// two that `ml_dtypes` writes with a sign: [`ScalarKind::F8`] is always `<f1`, and
    /// [`ScalarKind::Void`] keeps what is given, since `<V2` tells bfloat16 from two plain bytes.
    /// For other types `NotApplicable` means the machine's own order, as NumPy reads `|i4`.
    #[must_use]
    pub fn new(kind: ScalarKind, order: ByteOrder) -> Self {
        let order = match kind {
            ScalarKind::Void(_) => order,
            ScalarKind::F8 => ByteOrder::Little,
            _ if kind.unit_size() == 1 => ByteOrder::NotApplicable,
            _ if order == ByteOrder::NotApplicable => ByteOrder::NATIVE,
            _ => order,
        };
        Self { kind, order }
    }

    /// What the value is.
    #[must_use]
    pub fn kind(self) -> ScalarKind {
        self.kind
    }

    /// The order of its bytes.
    #[must_use]
    pub fn order(self) -> ByteOrder {
        self.order
    }

    /// The size of a value in bytes. (Of a Python object: of the pointer to it.)
    #[must_use]
    pub fn itemsize(self) -> usize {
        self.kind.itemsize()
    }

    /// Whether the bytes are in the order of the machine that this runs on.
    #[must_use]
    pub fn is_native(self) -> bool {
        self.kind.unit_size() == 1 || self.order == ByteOrder::NATIVE
    }

    /// NumPy's name of the type, `dtype.name`, which doesn't tell the byte order.
    ///
    /// ```
    /// use npz_core::{ScalarKind, Scalar, TimeUnit, Unit};
    ///
    /// let name = |kind: ScalarKind| Scalar::from(kind).name();
    /// assert_eq!(name(ScalarKind::C64), "complex64");
    /// assert_eq!(name(ScalarKind::DateTime(Unit::Nano.into())), "datetime64[ns]");
    /// assert_eq!(name(ScalarKind::Str(3)), "str96");
    /// ```
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        let bits = |name: &'static str| match self.itemsize() {
            0 => Cow::Borrowed(name),
            bytes => Cow::Owned(format!("{name}{}", bytes.saturating_mul(8))),
        };
        let time = |name: &'static str, unit: TimeUnit| match unit.unit() {
            Unit::Generic => Cow::Borrowed(name),
            _ => Cow::Owned(format!("{name}[{unit}]")),
        };
        match self.kind {
            ScalarKind::Bool => "bool".into(),
            ScalarKind::I8 => "int8".into(),
            ScalarKind::I16 => "int16".into(),
            ScalarKind::I32 => "int32".into(),
            ScalarKind::I64 => "int64".into(),
            ScalarKind::U8 => "uint8".into(),
            ScalarKind::U16 => "uint16".into(),
            ScalarKind::U32 => "uint32".into(),
            ScalarKind::U64 => "uint64".into(),
            ScalarKind::F8 => "float8_e5m2".into(),
            ScalarKind::F16 => "float16".into(),
            ScalarKind::F32 => "float32".into(),
            ScalarKind::F64 => "float64".into(),
            ScalarKind::C64 => "complex64".into(),
            ScalarKind::C128 => "complex128".into(),
            ScalarKind::LongDouble => bits("float"),
            ScalarKind::Complex32 | ScalarKind::CLongDouble => bits("complex"),
            ScalarKind::Bytes(_) => bits("bytes"),
            ScalarKind::Str(_) => bits("str"),
            ScalarKind::Void(_) => bits("void"),
            ScalarKind::DateTime(unit) => time("datetime64", unit),
            ScalarKind::TimeDelta(unit) => time("timedelta64", unit),
            ScalarKind::Object => "object".into(),
        }
    }
}

/// In little-endian order.
impl From<ScalarKind> for Scalar {
    fn from(kind: ScalarKind) -> Self {
        let order = match kind {
            ScalarKind::Void(_) => ByteOrder::NotApplicable,
            _ => ByteOrder::Little,
        };
        Self::new(kind, order)
    }
}

/// NumPy's `dtype.str`, without quotes: `<f4`.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (letter, size) = self.kind.code();
        write!(f, "{}{letter}", self.order.sign())?;
        match self.kind {
            ScalarKind::Object => Ok(()),
            ScalarKind::DateTime(unit) | ScalarKind::TimeDelta(unit)
                if unit.unit() != Unit::Generic =>
            {
                write!(f, "{size}[{unit}]")
            }
            _ => write!(f, "{size}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_normalised() {
        let order = |kind, order| Scalar::new(kind, order).order();
        use ByteOrder::{Big, Little, NotApplicable};
        assert_eq!(order(ScalarKind::I8, Big), NotApplicable);
        assert_eq!(order(ScalarKind::Bytes(4), Little), NotApplicable);
        assert_eq!(order(ScalarKind::Object, Little), NotApplicable);
        assert_eq!(order(ScalarKind::F8, Big), Little);
        assert_eq!(order(ScalarKind::Void(2), Big), Big);
        assert_eq!(order(ScalarKind::Void(2), NotApplicable), NotApplicable);
        assert_eq!(order(ScalarKind::Str(0), Big), Big);
        assert_eq!(order(ScalarKind::F32, NotApplicable), ByteOrder::NATIVE);
    }

    #[test]
    fn names_are_those_of_numpy() {
        for (kind, name) in [
            (ScalarKind::Bool, "bool"),
            (ScalarKind::U8, "uint8"),
            (ScalarKind::F16, "float16"),
            (ScalarKind::LongDouble, "float128"),
            (ScalarKind::CLongDouble, "complex256"),
            (ScalarKind::Complex32, "complex32"),
            (ScalarKind::Bytes(5), "bytes40"),
            (ScalarKind::Bytes(0), "bytes"),
            (ScalarKind::Void(7), "void56"),
            (ScalarKind::TimeDelta(Unit::Generic.into()), "timedelta64"),
        ] {
            assert_eq!(Scalar::from(kind).name(), name);
        }
    }

    #[test]
    fn native_is_what_needs_no_swap() {
        assert!(Scalar::new(ScalarKind::F32, ByteOrder::NATIVE).is_native());
        assert!(Scalar::new(ScalarKind::Bytes(3), ByteOrder::Big).is_native());
        let foreign = if cfg!(target_endian = "big") { ByteOrder::Little } else { ByteOrder::Big };
        assert!(!Scalar::new(ScalarKind::F32, foreign).is_native());
    }
}
