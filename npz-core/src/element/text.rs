//! Text: `String` and `LossyString` ↔ `<U`, NumPy's fixed-width UCS-4.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};

use super::payload::reserve;
use super::{Element, Payload};
use crate::dtype::{ByteOrder, DType, ScalarKind};
use crate::error::{Error, ErrorKind, Result};

/// The width in characters and the byte order of a text dtype.
pub(super) fn layout(dtype: &DType) -> Option<(usize, ByteOrder)> {
    let scalar = dtype.as_scalar()?;
    match scalar.kind() {
        ScalarKind::Str(width) => Some((usize::try_from(width).ok()?, scalar.order())),
        _ => None,
    }
}

#[cold]
pub(super) fn not_text(dtype: &DType) -> Error {
    Error::new(ErrorKind::Dtype, format!("expected text (dtype '<U…'), found {dtype}"))
}

/// The text dtype of so many characters. NumPy's own bound is that an item's size is a C int.
pub(super) fn dtype_of_width(width: usize) -> Result<DType> {
    let fits = u32::try_from(width).ok().filter(|&width| width < 1 << 29);
    fits.map(|width| ScalarKind::Str(width).into()).ok_or_else(|| {
        let message = format!("a text of {width} characters is too long for NumPy");
        Error::new(ErrorKind::Limit, message)
    })
}

/// As wide as the longest item, and like NumPy at least one character wide.
fn dtype_of<'a>(items: impl Iterator<Item = &'a str>) -> Result<DType> {
    let mut width = 1;
    for (index, item) in items.enumerate() {
        if item.ends_with('\0') {
            return Err(ends_with_nul(&format!("string {index}")));
        }
        width = width.max(item.chars().count());
    }
    dtype_of_width(width)
}

#[cold]
fn ends_with_nul(what: &str) -> Error {
    let message = format!("{what} ends with NUL, which NumPy's text drops; save its bytes instead");
    Error::new(ErrorKind::Value, message)
}

pub(super) fn encode_unit(c: char, order: ByteOrder, out: &mut Vec<u8>) {
    let unit = u32::from(c);
    out.extend(if order == ByteOrder::Big { unit.to_be_bytes() } else { unit.to_le_bytes() });
}

fn encode_all<'a>(
    items: impl Iterator<Item = &'a str>,
    dtype: &DType,
    out: &mut Vec<u8>,
) -> Result<()> {
    let (width, order) = layout(dtype).ok_or_else(|| not_text(dtype))?;
    for item in items {
        // Where rows come by and by, nobody has looked at them before.
        if item.ends_with('\0') {
            return Err(ends_with_nul("a string"));
        }
        let end = out.len() + width * 4;
        item.chars().for_each(|c| encode_unit(c, order, out));
        if out.len() > end {
            let message = format!("a string is longer than {dtype} holds");
            return Err(Error::new(ErrorKind::Value, message));
        }
        out.resize(end, 0);
    }
    Ok(())
}

/// One item's bytes up to its last character that is no NUL, as `np.load` understands them.
fn trimmed(item: &[u8]) -> &[u8] {
    let units = item.iter().rposition(|&byte| byte != 0).map_or(0, |last| last / 4 + 1);
    &item[..units * 4]
}

/// The code points of one item, in the file's order whatever the machine's.
pub(super) fn code_points(item: &[u8], order: ByteOrder) -> impl Iterator<Item = u32> + Clone {
    let little = order != ByteOrder::Big;
    trimmed(item).chunks_exact(4).map(move |unit| {
        let unit = unit.try_into().unwrap_or_default();
        if little { u32::from_le_bytes(unit) } else { u32::from_be_bytes(unit) }
    })
}

/// The text of an item whose characters are all ASCII, as nearly all are.
fn ascii(item: &[u8], order: ByteOrder) -> Result<Option<String>> {
    let low = if order == ByteOrder::Big { 3 } else { 0 };
    let item = trimmed(item);
    let beyond = item.chunks_exact(4).fold(0, |all, unit| {
        let others = unit[1] | unit[2] | unit[3 - low];
        all | others | unit[low] & 0x80
    });
    if beyond != 0 {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    reserve(&mut bytes, item.len() / 4)?;
    bytes.extend(item.iter().skip(low).step_by(4));
    Ok(String::from_utf8(bytes).ok())
}

/// The text of these characters, or an error instead of an abort: one item may be gigabytes.
fn text(chars: impl Iterator<Item = Result<char>> + Clone) -> Result<String> {
    let len = chars.clone().try_fold(0, |len, c| c.map(|c| len + c.len_utf8()))?;
    let mut text = String::new();
    text.try_reserve_exact(len).map_err(|_| {
        Error::new(ErrorKind::Limit, format!("can't allocate {len} bytes for a text"))
    })?;
    for c in chars {
        text.push(c?);
    }
    Ok(text)
}

#[cold]
pub(super) fn no_character(index: usize, code: u32) -> Error {
    let what = if (0xD800..0xE000).contains(&code) { "a surrogate" } else { "no character" };
    let message = format!(
        "item {index} holds the code point U+{code:04X}, which is {what} in Unicode; load it as \
         LossyString"
    );
    Error::new(ErrorKind::Value, message)
}

/// Reads every item's text; `replace` gives the character for a code point that is none.
fn decode_all<T>(
    payload: &mut Payload<'_>,
    wrap: impl Fn(String) -> T,
    replace: impl Fn(usize, u32) -> Result<char>,
) -> Result<Vec<T>> {
    let dtype = payload.dtype();
    let (width, order) = layout(dtype).ok_or_else(|| not_text(dtype))?;
    let item_of = |item: &[u8], index: usize| match ascii(item, order)? {
        Some(text) => Ok(text),
        None => {
            let char_of = |code| char::from_u32(code).map_or_else(|| replace(index, code), Ok);
            text(code_points(item, order).map(char_of))
        }
    };
    payload.decode_with(|bytes, out| {
        if width == 0 {
            out.push(wrap(String::new()));
        }
        for item in bytes.chunks_exact(width.max(1) * 4) {
            out.push(wrap(item_of(item, out.len())?));
        }
        Ok(())
    })
}

/// As wide in the file as the longest item, and like NumPy at least one character wide.
impl Element for String {
    fn dtype<'a>(items: impl Iterator<Item = &'a Self>) -> Result<DType> {
        dtype_of(items.map(String::as_str))
    }

    fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
        encode_all(items.iter().map(String::as_str), dtype, out)
    }

    fn accepts(dtype: &DType) -> bool {
        layout(dtype).is_some()
    }

    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        decode_all(payload, |text| text, |index, code| Err(no_character(index, code)))
    }

    fn expected() -> Cow<'static, str> {
        "text, dtype '<U…' (String)".into()
    }
}

/// Text that may hold what is no character: a code point beyond U+10FFFF or a surrogate, both of
/// which NumPy lets into a file, is loaded as `U+FFFD`, where `String` would refuse it.
///
/// Saved like a `String`.
///
/// ```
/// use npz_core::LossyString;
///
/// let text = LossyString::from("half a \u{FFFD}");
/// assert!(text.ends_with(char::REPLACEMENT_CHARACTER));
/// assert_eq!(text.to_string(), "half a \u{FFFD}");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LossyString(pub String);

impl Element for LossyString {
    fn dtype<'a>(items: impl Iterator<Item = &'a Self>) -> Result<DType> {
        dtype_of(items.map(|item| item.0.as_str()))
    }

    fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
        encode_all(items.iter().map(|item| item.0.as_str()), dtype, out)
    }

    fn accepts(dtype: &DType) -> bool {
        String::accepts(dtype)
    }

    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        decode_all(payload, Self, |_, _| Ok(char::REPLACEMENT_CHARACTER))
    }

    fn expected() -> Cow<'static, str> {
        "text, dtype '<U…' (LossyString)".into()
    }
}

impl Deref for LossyString {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}

impl DerefMut for LossyString {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.0
    }
}

impl fmt::Display for LossyString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<&str> for LossyString {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for LossyString {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<LossyString> for String {
    fn from(text: LossyString) -> Self {
        text.0
    }
}
