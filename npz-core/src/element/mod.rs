//! Element types: what an array's items are in Rust and in the file.

mod number;
mod payload;
mod source;
mod text;

use std::borrow::Cow;

use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};

pub use self::payload::Payload;
pub(crate) use self::payload::{ReadExact, short};
pub(crate) use self::source::ArraySource;

/// A type that can be the items of an array in a file.
///
/// Implemented for `bool`, `i8`…`i64`, `u8`…`u64`, `isize`, `usize` (always 8 bytes in the file),
/// [`f16`](half::f16), [`bf16`](half::bf16), `f32`, `f64`, `Complex<f32>`, `Complex<f64>` and
/// `String`. The trait is open: a type of your own becomes an element with the four required
/// methods.
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the element type of an array in an npy or npz file",
    note = "elements are bool, integers, floats (f16 and bf16 too), complex numbers and String",
    note = "for a type of your own, implement `npz_core::Element`"
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

    /// The items that these bytes are, the other way round: for bytes of a dtype that this type
    /// [accepts](Self::accepts), in the machine's byte order, and as wide as the type.
    ///
    /// With it, arrays can be viewed where they lie in memory. `None` if the bytes stand at an
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

    /// What error messages call the dtype that this type wants, such as `dtype '<f4' (f32)`.
    #[must_use]
    fn expected() -> Cow<'static, str> {
        let name = std::any::type_name::<Self>();
        match Self::dtype([].into_iter()) {
            Ok(dtype) => format!("dtype {dtype} ({name})").into(),
            Err(_) => name.into(),
        }
    }
}

/// Fails unless `A` can read `dtype`: the one wording of that error.
pub(crate) fn check_dtype<A: Element>(dtype: &DType) -> Result<()> {
    if A::accepts(dtype) {
        return Ok(());
    }
    if dtype.has_object() {
        return Err(refuse_objects(dtype));
    }
    let expected = A::expected();
    let message = format!("expected {expected}, found {}", dtype.describe());
    Err(Error::new(ErrorKind::Dtype, message))
}

/// Python objects stand in the file as a pickle, which runs code when it is read.
#[cold]
pub(crate) fn refuse_objects(dtype: &DType) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "dtype {dtype} holds Python objects, stored as a pickle, which is never read; \
             save it from Python with a numeric or string dtype instead"
        ),
    )
}
