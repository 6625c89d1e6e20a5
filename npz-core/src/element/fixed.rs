//! Text and bytes of fixed width: `Text<N>` ↔ `<UN`, `Bytes<N>` ↔ `|SN`, `Void<N>` ↔ `|VN`.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use super::text::{code_points, dtype_of_width, encode_unit, layout, no_character, not_text};
use super::{Element, Payload};
use crate::dtype::{DType, ScalarKind};
use crate::error::{Error, ErrorKind, Result};

#[cold]
fn too_long(found: usize, width: usize, of: &str) -> Error {
    let message = format!("expected at most {width} {of}, found {found}");
    Error::new(ErrorKind::Value, message)
}

/// Text of at most `N` characters, without any allocation: NumPy's `<UN`.
///
/// NULs at the end are padding, as in NumPy: `"a\0"` and `"a"` are the same text. Narrower text in
/// a file is read too; wider text is an error, whatever it holds.
///
/// ```
/// use npz_core::Text;
///
/// let name: Text<8> = "Ångström".parse()?;
/// assert_eq!(name, "Ångström");
/// assert_eq!(name.to_string().len(), 10);
/// assert!("Ångströms".parse::<Text<8>>().is_err());
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const N: usize>([char; N]);

impl<const N: usize> Text<N> {
    /// The text of `chars`.
    ///
    /// # Errors
    /// [`ErrorKind::Value`] if it has more than `N` characters.
    pub fn new(text: &str) -> Result<Self> {
        let text = text.trim_end_matches('\0');
        let mut chars = ['\0'; N];
        let mut source = text.chars();
        for (to, from) in chars.iter_mut().zip(&mut source) {
            *to = from;
        }
        match source.next() {
            None => Ok(Self(chars)),
            Some(_) => Err(too_long(text.chars().count(), N, "characters")),
        }
    }

    /// The characters, without the padding.
    #[must_use]
    pub fn as_chars(&self) -> &[char] {
        let len = self.0.iter().rposition(|&c| c != '\0').map_or(0, |last| last + 1);
        &self.0[..len]
    }

    /// The characters, without the padding.
    pub fn chars(&self) -> impl DoubleEndedIterator<Item = char> + ExactSizeIterator {
        self.as_chars().iter().copied()
    }

    /// The number of characters, without the padding.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_chars().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self(['\0'; N])
    }
}

impl<const N: usize> FromStr for Text<N> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl<const N: usize> TryFrom<&str> for Text<N> {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl<const N: usize> From<Text<N>> for String {
    fn from(text: Text<N>) -> Self {
        text.chars().collect()
    }
}

impl<const N: usize> PartialEq<str> for Text<N> {
    fn eq(&self, other: &str) -> bool {
        self.chars().eq(other.chars())
    }
}

impl<const N: usize> PartialEq<&str> for Text<N> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from(*self))
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from(*self).fmt(f)
    }
}

impl<const N: usize> Element for Text<N> {
    fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
        dtype_of_width(N)
    }

    fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
        let (_, order) = layout(dtype).ok_or_else(|| not_text(dtype))?;
        items.iter().flat_map(|item| item.0).for_each(|c| encode_unit(c, order, out));
        Ok(())
    }

    fn accepts(dtype: &DType) -> bool {
        layout(dtype).is_some_and(|(width, _)| width <= N)
    }

    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        let dtype = payload.dtype();
        let (width, order) = layout(dtype).ok_or_else(|| not_text(dtype))?;
        payload.decode_with(|bytes, out| {
            if width == 0 {
                out.push(Self::default());
            }
            for item in bytes.chunks_exact(width.max(1) * 4) {
                let mut text = Self::default();
                for (to, code) in text.0.iter_mut().zip(code_points(item, order)) {
                    *to = char::from_u32(code).ok_or_else(|| no_character(out.len(), code))?;
                }
                out.push(text);
            }
            Ok(())
        })
    }

    fn expected() -> Cow<'static, str> {
        format!("dtype '<U{N}' or narrower (Text<{N}>)").into()
    }
}

/// At most `N` bytes, without any allocation: NumPy's `|SN`.
///
/// Behaves as the slice of its bytes without the NULs at the end, which are padding as in NumPy;
/// NULs before another byte stay. Narrower bytes in a file are read too; wider ones are an error.
///
/// ```
/// use npz_core::Bytes;
///
/// let code = Bytes::<4>::try_from(b"ab".as_slice())?;
/// assert_eq!((&code[..], code.as_array()), (&b"ab"[..], b"ab\0\0"));
/// assert_eq!(Bytes::from(*b"a\0b\0").len(), 3);
/// assert_eq!(format!("{code:?} {code}"), r#"b"ab" ab"#);
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes<const N: usize>([u8; N]);

impl<const N: usize> Bytes<N> {
    /// All the bytes, with the padding.
    #[must_use]
    pub fn as_array(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> Deref for Bytes<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        super::bytes::trimmed(&self.0)
    }
}

impl<const N: usize> TryFrom<&[u8]> for Bytes<N> {
    type Error = Error;

    fn try_from(bytes: &[u8]) -> Result<Self> {
        let mut all = [0; N];
        let room = all.get_mut(..bytes.len());
        room.ok_or_else(|| too_long(bytes.len(), N, "bytes"))?.copy_from_slice(bytes);
        Ok(Self(all))
    }
}

/// Writes bytes beyond printable ASCII as `\xff`, like `Debug` without its quotes.
impl<const N: usize> fmt::Display for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.escape_ascii().fmt(f)
    }
}

impl<const N: usize> fmt::Debug for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.escape_ascii())
    }
}

/// Just `N` bytes of unknown meaning: NumPy's `|VN`. Any value may be in them, NULs too.
///
/// `Void<16>` and `Void<32>` also read the long doubles `<f16` and `<c32`, which may be those of
/// another machine: the bytes as they are in the file, in its byte order.
///
/// ```
/// use npz_core::Void;
///
/// let raw = Void(*b"\x01\x02\0");
/// assert_eq!(raw.0.len(), 3);
/// assert_eq!(format!("{raw:?}"), r#"b"\x01\x02\x00""#);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Void<const N: usize>(pub [u8; N]);

impl<const N: usize> Deref for Void<N> {
    type Target = [u8; N];

    fn deref(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> fmt::Debug for Void<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// What both kinds of raw bytes have in common; they differ in which widths they take.
macro_rules! raw {
    ($($name:ident, $kind:path, $accepts:expr, $expected:literal;)*) => {$(
        impl<const N: usize> Default for $name<N> {
            fn default() -> Self {
                Self([0; N])
            }
        }

        impl<const N: usize> From<[u8; N]> for $name<N> {
            fn from(bytes: [u8; N]) -> Self {
                Self(bytes)
            }
        }

        impl<const N: usize> AsRef<[u8]> for $name<N> {
            fn as_ref(&self) -> &[u8] {
                &self[..]
            }
        }

        impl<const N: usize> Element for $name<N> {
            fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
                super::bytes::dtype_of_width(N, $kind)
            }

            fn encode(items: &[Self], _: &DType, out: &mut Vec<u8>) -> Result<()> {
                items.iter().for_each(|item| out.extend_from_slice(&item.0));
                Ok(())
            }

            fn accepts(dtype: &DType) -> bool {
                let accepts: fn(ScalarKind, usize) -> bool = $accepts;
                dtype.kind().is_some_and(|kind| accepts(kind, N))
            }

            fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
                let width = payload.dtype().itemsize();
                payload.decode_with(|bytes, out| {
                    if width == 0 {
                        out.push(Self::default());
                    }
                    for item in bytes.chunks_exact(width.max(1)) {
                        let mut all = [0; N];
                        all.iter_mut().zip(item).for_each(|(to, from)| *to = *from);
                        out.push(Self(all));
                    }
                    Ok(())
                })
            }

            fn expected() -> Cow<'static, str> {
                format!($expected).into()
            }
        }
    )*};
}

raw! {
    Bytes, ScalarKind::Bytes,
        |kind, width| matches!(kind, ScalarKind::Bytes(_)) && kind.itemsize() <= width,
        "dtype '|S{N}' or narrower (Bytes<{N}>)";
    Void, ScalarKind::Void,
        |kind, width| {
            use ScalarKind::{CLongDouble, LongDouble, Void};
            matches!(kind, Void(_) | LongDouble | CLongDouble) && kind.itemsize() == width
        },
        "dtype '|V{N}' (Void<{N}>)";
}
