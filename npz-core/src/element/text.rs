//! Text: `String` ↔ `<U`, NumPy's fixed-width UCS-4.

use super::{Element, Payload};
use crate::dtype::{ByteOrder, DType, ScalarKind};
use crate::error::{Error, ErrorKind, Result};

fn layout(dtype: &DType) -> Option<(usize, ByteOrder)> {
    match dtype {
        DType::Scalar(scalar) => match scalar.kind() {
            ScalarKind::Str(width) => Some((width as usize, scalar.order())),
            _ => None,
        },
        _ => None,
    }
}

#[cold]
fn not_text(dtype: &DType) -> Error {
    Error::new(ErrorKind::Dtype, format!("expected text (dtype '<U…'), found {dtype}"))
}

/// Code units are read in the file's order whatever the machine's.
fn unit(bytes: &[u8], order: ByteOrder) -> u32 {
    let array = bytes.try_into().unwrap_or_default();
    if order == ByteOrder::Big { u32::from_be_bytes(array) } else { u32::from_le_bytes(array) }
}

impl Element for String {
    /// As wide as the longest item, and like NumPy at least one character wide.
    fn dtype<'a>(items: impl Iterator<Item = &'a Self>) -> Result<DType> {
        let mut width = 1;
        for (index, item) in items.enumerate() {
            if item.ends_with('\0') {
                return Err(Error::new(
                    ErrorKind::Value,
                    format!(
                        "string {index} ends with NUL, which NumPy's text drops; save its bytes instead"
                    ),
                ));
            }
            width = width.max(item.chars().count());
        }
        // NumPy's own bound: an item's size is a C int.
        let width =
            u32::try_from(width).ok().filter(|&width| width < 1 << 29).ok_or_else(|| {
                Error::new(
                    ErrorKind::Limit,
                    format!("a string of {width} characters is too long for NumPy"),
                )
            })?;
        Ok(ScalarKind::Str(width).into())
    }

    fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
        let (width, order) = layout(dtype).ok_or_else(|| not_text(dtype))?;
        for item in items {
            let end = out.len() + width * 4;
            for c in item.chars() {
                let unit = u32::from(c);
                out.extend(if order == ByteOrder::Big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                });
            }
            if out.len() > end {
                return Err(Error::new(
                    ErrorKind::Value,
                    format!("a string is longer than {dtype} holds"),
                ));
            }
            out.resize(end, 0);
        }
        Ok(())
    }

    fn accepts(dtype: &DType) -> bool {
        layout(dtype).is_some()
    }

    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        let dtype = payload.dtype();
        let (width, order) = layout(dtype).ok_or_else(|| not_text(dtype))?;
        if width == 0 {
            return payload.decode_with(|_, out| {
                out.push(String::new());
                Ok(())
            });
        }
        payload.decode_with(|bytes, out: &mut Vec<String>| {
            for item in bytes.chunks_exact(width * 4) {
                let index = out.len();
                let mut units: Vec<u32> = item.chunks_exact(4).map(|unit_bytes| unit(unit_bytes, order)).collect();
                units.truncate(units.iter().rposition(|&unit| unit != 0).map_or(0, |last| last + 1));
                let text: Option<String> = units.iter().map(|&unit| char::from_u32(unit)).collect();
                out.push(text.ok_or_else(|| {
                    let bad = units.iter().find(|&&unit| char::from_u32(unit).is_none());
                    Error::new(
                        ErrorKind::Value,
                        format!("item {index} holds the code point {:#x}, which is no Unicode character", bad.copied().unwrap_or_default()),
                    )
                })?);
            }
            Ok(())
        })
    }

    fn expected() -> std::borrow::Cow<'static, str> {
        "text, dtype '<U…' (String)".into()
    }
}
