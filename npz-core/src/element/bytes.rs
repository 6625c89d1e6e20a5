//! Bytes of any length: `ByteString` ↔ `|S`.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::{Deref, DerefMut};

use super::payload::reserve;
use super::{Element, Payload};
use crate::dtype::{DType, ScalarKind};
use crate::error::{Error, ErrorKind, Result};

/// The bytes without the NULs at their end, which NumPy takes for padding.
pub(super) fn trimmed(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1)]
}

/// The dtype of so many bytes. NumPy's own bound is that an item's size is a C int.
pub(super) fn dtype_of_width(width: usize, kind: fn(u32) -> ScalarKind) -> Result<DType> {
    let fits = u32::try_from(width).ok().filter(|&width| width < 1 << 31);
    fits.map(|width| kind(width).into()).ok_or_else(|| {
        Error::new(ErrorKind::Limit, format!("an item of {width} bytes is too long for NumPy"))
    })
}

#[cold]
fn ends_with_nul(what: &str) -> Error {
    let message = format!(
        "{what} ends with NUL, which NumPy's bytes drop; save it as Bytes, as Void or as an array \
         of u8"
    );
    Error::new(ErrorKind::Value, message)
}

/// Bytes of any length: NumPy's `|S`, as wide in the file as the longest item.
///
/// NULs at the end can't be saved, because NumPy takes them for padding and drops them; NULs
/// before another byte stay. For bytes of one length use [`Bytes`](crate::Bytes) or
/// [`Void`](crate::Void), which keep what is there.
///
/// ```
/// use npz_core::ByteString;
/// use npz_core::ndarray::{Array1, arr1};
/// use npz_core::{NpyReader, NpyWriter};
///
/// let names = arr1(&[ByteString::from("first"), ByteString::from(b"\xff\0\x01")]);
/// let bytes = NpyWriter::new(Vec::new()).write(&names)?;
/// let again: Array1<ByteString> = NpyReader::new(&bytes[..])?.read()?;
/// assert_eq!(again, names);
/// assert_eq!(format!("{}", again[1]), r"\xff\x00\x01");
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteString(pub Vec<u8>);

impl Deref for ByteString {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for ByteString {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl Borrow<[u8]> for ByteString {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for ByteString {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

macro_rules! from {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> From<$type> for ByteString {
            fn from(bytes: $type) -> Self {
                Self(bytes.into())
            }
        }
    )*};
}

from! {
    [] Vec<u8>;
    [] &[u8];
    [const N: usize] &[u8; N];
    [] &str;
    [] String;
}

impl From<ByteString> for Vec<u8> {
    fn from(bytes: ByteString) -> Self {
        bytes.0
    }
}

/// Writes bytes beyond printable ASCII as `\xff`, like `Debug` without its quotes.
impl fmt::Display for ByteString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.escape_ascii().fmt(f)
    }
}

impl fmt::Debug for ByteString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.escape_ascii())
    }
}

impl Element for ByteString {
    fn dtype<'a>(items: impl Iterator<Item = &'a Self>) -> Result<DType> {
        let mut width = 1;
        for (index, item) in items.enumerate() {
            if item.last() == Some(&0) {
                return Err(ends_with_nul(&format!("byte string {index}")));
            }
            width = width.max(item.len());
        }
        dtype_of_width(width, ScalarKind::Bytes)
    }

    fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
        let width = dtype.itemsize();
        for item in items {
            // Where rows come by and by, nobody has looked at them before.
            if item.last() == Some(&0) {
                return Err(ends_with_nul("a byte string"));
            }
            let Some(padding) = width.checked_sub(item.len()) else {
                let message = format!("a byte string is longer than {dtype} holds");
                return Err(Error::new(ErrorKind::Value, message));
            };
            out.extend_from_slice(item);
            out.resize(out.len() + padding, 0);
        }
        Ok(())
    }

    fn accepts(dtype: &DType) -> bool {
        matches!(dtype.kind(), Some(ScalarKind::Bytes(_)))
    }

    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        let width = payload.dtype().itemsize();
        payload.decode_with(|bytes, out| {
            if width == 0 {
                out.push(Self::default());
            }
            for item in bytes.chunks_exact(width.max(1)) {
                let mut bytes = Vec::new();
                let item = trimmed(item);
                reserve(&mut bytes, item.len())?;
                bytes.extend_from_slice(item);
                out.push(Self(bytes));
            }
            Ok(())
        })
    }

    fn expected() -> Cow<'static, str> {
        "bytes, dtype '|S…' (ByteString)".into()
    }
}
