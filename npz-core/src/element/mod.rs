//! Element types: what an array's items are in Rust and in the file.

mod buffer;
mod bytes;
mod cast;
mod field;
mod fixed;
mod gather;
mod longdouble;
mod number;
mod payload;
pub mod record;
mod small;
mod source;
mod strips;
mod text;
mod time;

use std::borrow::Cow;

use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result, short_name};
use crate::options::Cast;

pub(crate) use self::buffer::Buffer;
pub use self::bytes::ByteString;
pub(crate) use self::cast::nearest_f16;
pub use self::field::{FixedElement, RecordField};
pub use self::fixed::{Bytes, Text, Void};
pub use self::longdouble::{ComplexLongDouble, LongDouble};
pub use self::payload::Payload;
pub(crate) use self::payload::{Finish, ReadExact, short, whole_units};
pub(crate) use self::small::named_float;
pub use self::small::{
    F4E2M1Fn, F6E2M3Fn, F6E3M2Fn, F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2,
    F8E5M2Fnuz, F8E8M0Fnu, Int1, Int2, Int4, UInt1, UInt2, UInt4,
};
pub(crate) use self::source::{ArraySource, Sink};
pub(crate) use self::strips::Gatherer;
pub use self::text::LossyString;
pub(crate) use self::time::NAT;
pub(crate) use self::time::print::{datetime_text, timedelta_text};
pub use self::time::{DateTime64, TimeDelta64, unit};

/// A type that can be the items of an array in a file.
///
/// Implemented for the types of the [table below](#dtypes). A struct becomes an element, with a
/// field for each of its own, by [`#[derive(NpyRecord)]`](crate::NpyRecord). The trait is open: a
/// type of your own becomes an element with the four required methods.
///
/// ```
/// use npz_core::ndarray::{Array1, arr1};
/// use npz_core::{DType, Element, Error, ErrorKind, Payload, Result, ScalarKind, read_npy, write_npy};
///
/// /// A probability in steps of 1/255, kept as one byte.
/// #[derive(Clone, Debug, PartialEq)]
/// struct Chance(u8);
///
/// impl Element for Chance {
///     fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
///         Ok(ScalarKind::U8.into())
///     }
///     fn encode(items: &[Self], _: &DType, out: &mut Vec<u8>) -> Result<()> {
///         out.extend(items.iter().map(|item| item.0));
///         Ok(())
///     }
///     fn accepts(dtype: &DType) -> bool {
///         *dtype == ScalarKind::U8.into()
///     }
///     fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
///         payload.decode_with(|bytes, out| {
///             out.extend(bytes.iter().map(|&byte| Chance(byte)));
///             Ok(())
///         })
///     }
/// }
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("chances.npy");
/// let chances = arr1(&[Chance(0), Chance(255)]);
/// write_npy(&path, &chances)?;
/// assert_eq!(read_npy::<Chance, _>(&path)?, chances);
/// # Ok::<(), Error>(())
/// ```
///
/// # Types of other crates
///
/// Neither the trait nor the type is yours then, so a newtype takes the impl. It can leave the
/// work to an element that has the same bytes, whose byte orders and checks it gets with them. By
/// one more line, [`FixedElement`], it is a field of records too:
///
/// ```
/// use std::net::Ipv4Addr;
///
/// use npz_core::ndarray::{Array1, arr1};
/// use npz_core::{DType, Element, FixedElement, NpyRecord, Payload, Result, read_npy, write_npy};
///
/// /// An address, in the file the number that it is.
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// struct Address(Ipv4Addr);
///
/// impl Element for Address {
///     fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
///         u32::dtype([].into_iter())
///     }
///     fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
///         let numbers: Vec<u32> = items.iter().map(|address| address.0.to_bits()).collect();
///         u32::encode(&numbers, dtype, out)
///     }
///     fn accepts(dtype: &DType) -> bool {
///         u32::accepts(dtype)
///     }
///     fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
///         let numbers = u32::decode(payload)?;
///         Ok(numbers.into_iter().map(|bits| Address(Ipv4Addr::from_bits(bits))).collect())
///     }
/// }
///
/// impl FixedElement for Address {}
///
/// # #[cfg(feature = "derive")] {
/// #[derive(Clone, Debug, PartialEq, NpyRecord)]
/// struct Hit {
///     from: Address,
///     hops: [Address; 2],
///     bytes: u64,
/// }
/// # }
///
/// // The foreign values are wrapped on the way out, and unwrapped on the way in.
/// let addresses = arr1(&[Ipv4Addr::LOCALHOST, Ipv4Addr::new(192, 0, 2, 7)]);
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("addresses.npy");
/// write_npy(&path, &addresses.mapv(Address))?;
/// let read: Array1<Address> = read_npy(&path)?;
/// assert_eq!(read.mapv(|address| address.0), addresses);
/// # Ok::<(), npz_core::Error>(())
/// ```
///
/// As the field of a derived struct, the newtype's array stands as it is:
/// `peers: Array1<Address>`. A foreign type that is an array itself, such as a matrix, needs no
/// element: a newtype of it implements [`SaveNpz`](crate::SaveNpz) and
/// [`LoadNpz`](crate::LoadNpz), as the examples of [`Plan`](crate::Plan) and `LoadNpz` do.
///
/// # Dtypes
///
#[doc = include_str!("dtypes.md")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the element type of an array in an npy or npz file",
    note = "elements are bool, integers, floats (f16 and bf16 too), complex numbers and String",
    note = "for a struct of your own, add `#[derive(NpyRecord)]`; for another type, implement `npz_core::Element`"
)]
pub trait Element: Clone + Send + Sync + 'static {
    /// The dtype that holds all of `items`; for types of fixed width the items don't matter.
    ///
    /// # Errors
    /// When some item can't be held by any dtype.
    fn dtype<'a>(items: impl Iterator<Item = &'a Self>) -> Result<DType>
    where
        Self: 'a;

    /// Appends the bytes of `items`, laid out as `dtype` says, to `out`.
    ///
    /// `dtype` is what [`dtype`](Self::dtype) returned, perhaps in the other byte order.
    ///
    /// # Errors
    /// When an item doesn't fit into `dtype`.
    fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()>;

    /// Whether an array of `dtype` in a file can be read as this type.
    fn accepts(dtype: &DType) -> bool;

    /// Reads all items of an array, whose dtype this type [accepts](Self::accepts).
    ///
    /// # Errors
    /// When the bytes end early, or an item's bytes are no valid value.
    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>>;

    /// Reads all items into memory that is there already.
    ///
    /// # Errors
    /// As [`decode`](Self::decode); then what `items` holds is unspecified.
    ///
    /// # Panics
    /// If `items` has another length than the payload.
    fn decode_into(payload: &mut Payload<'_>, items: &mut [Self]) -> Result<()> {
        items.clone_from_slice(&Self::decode(payload)?);
        Ok(())
    }

    /// Reads all items and keeps none: fails just where [`decode`](Self::decode) would.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn check(payload: &mut Payload<'_>) -> Result<()> {
        Self::decode(payload).map(drop)
    }

    /// The bytes of `items` in memory, if they are just the bytes that
    /// [`encode`](Self::encode) would write in the machine's byte order.
    ///
    /// With it, contiguous arrays are written straight from their memory.
    #[must_use]
    fn as_bytes(items: &[Self]) -> Option<&[u8]> {
        let _ = items;
        None
    }

    /// What the archive's metadata call this type, if its dtype doesn't tell: `float8_e4m3fn` and
    /// others are all `|V1` in the file.
    ///
    /// Such an array can be read as this type unless the metadata name another one.
    #[must_use]
    fn logical_dtype() -> Option<&'static str> {
        None
    }

    /// The items that these bytes are, the other way round: for bytes of a dtype that this type
    /// [accepts](Self::accepts), in the machine's byte order, and as wide as the type.
    ///
    /// With it, arrays can be viewed where they lie in memory, and an
    /// [`AnyArray`](crate::AnyArray) without a copy. `None` if the bytes stand at an
    /// address where the type can't, or are no valid value of it.
    #[must_use]
    fn from_bytes(bytes: &[u8]) -> Option<&[Self]> {
        let _ = bytes;
        None
    }

    /// As [`from_bytes`](Self::from_bytes), of bytes that may be changed: for types of which any
    /// value is valid bytes of the dtype.
    #[must_use]
    fn from_bytes_mut(bytes: &mut [u8]) -> Option<&mut [Self]> {
        let _ = bytes;
        None
    }

    /// Whether an array of `dtype` can be converted to this type as far as `cast` allows.
    ///
    /// Asked only about what this type doesn't [accept](Self::accepts) as it is.
    #[must_use]
    fn casts(dtype: &DType, cast: Cast) -> bool {
        let _ = (dtype, cast);
        false
    }

    /// Reads and converts all items of an array, whose dtype this type [casts](Self::casts).
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn decode_cast(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        Self::decode(payload)
    }

    /// What error messages call the dtype that this type wants, such as `dtype '<f4' (f32)`.
    #[must_use]
    fn expected() -> Cow<'static, str> {
        let name = short_name::<Self>();
        match Self::dtype([].into_iter()) {
            Ok(dtype) => format!("dtype {dtype} ({name})").into(),
            Err(_) => name.into(),
        }
    }

    /// What is wrong with parts of a dtype, where this type asks for several.
    #[doc(hidden)]
    fn faults(dtype: &DType, faults: &mut record::Faults) {
        let _ = (dtype, faults);
    }
}

/// Fails unless `A` can read `dtype`, converted as far as `cast` allows: the one wording of that
/// error.
pub(crate) fn check_dtype<A: Element>(dtype: &DType, cast: Cast) -> Result<()> {
    if A::accepts(dtype) || A::casts(dtype, cast) {
        return Ok(());
    }
    Err(unfit::<A>(dtype))
}

/// Why `A` can't read `dtype`.
#[cold]
fn unfit<A: Element>(dtype: &DType) -> Error {
    if dtype.has_object() {
        return refuse_objects(dtype);
    }
    let mut faults = record::Faults::default();
    A::faults(dtype, &mut faults);
    if let Some(faults) = faults.into_message() {
        let message = format!("the records have other fields: {faults}");
        return Error::new(ErrorKind::Dtype, message);
    }
    let help = if A::casts(dtype, Cast::Lossless) {
        "; load with LoadOptions::cast(Cast::Lossless), or change the type"
    } else if A::casts(dtype, Cast::Any) {
        "; change the type, or load with LoadOptions::cast(Cast::Any), which may change values"
    } else {
        ""
    };
    let expected = A::expected();
    let message = format!("expected {expected}, found {}{help}", dtype.describe());
    Error::new(ErrorKind::Dtype, message)
}

/// Fails if the items are `found`, as `says` does, and `A` is another one of the types that are
/// alike in the file.
pub(crate) fn check_logical<A: Element>(found: Option<&str>, says: &str) -> Result<()> {
    let (Some(expected), Some(found)) = (A::logical_dtype(), found) else { return Ok(()) };
    if found == expected {
        return Ok(());
    }
    let message = format!(
        "expected {expected}, found {found}, as {says} says; load it as Void<1> for the bytes"
    );
    Err(Error::new(ErrorKind::Dtype, message))
}

/// Reads all items of a dtype that has passed [`check_dtype`].
pub(crate) fn decode<A: Element>(payload: &mut Payload<'_>) -> Result<Vec<A>> {
    if A::accepts(payload.dtype()) { A::decode(payload) } else { A::decode_cast(payload) }
}

/// Fails if Python objects are in `dtype`.
pub(crate) fn check_no_objects(dtype: &DType) -> Result<()> {
    if dtype.has_object() { Err(refuse_objects(dtype)) } else { Ok(()) }
}

/// Python objects stand in the file as a pickle, which runs code when it is read.
#[cold]
pub(crate) fn refuse_objects(dtype: &DType) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "dtype {} holds Python objects, stored as a pickle, which is never read; save it from \
             Python with a numeric or string dtype instead",
            dtype.brief()
        ),
    )
}
