//! Python's `repr`, for the values that are written.

use std::fmt::Write as _;

use super::printable::is_printable;
use super::{Literal, Value};

/// Python's `repr` of a `str`.
pub(crate) fn repr_str(text: &str) -> String {
    quoted(text.chars().map(Ok))
}

/// Python's `repr` of any value, which reads as the same value again.
pub(crate) fn repr(value: &Value) -> String {
    match value {
        Value::None => "None".to_owned(),
        Value::Ellipsis => "...".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(int) => int.to_string(),
        Value::Float(float) => repr_float(*float),
        Value::Str(text) => repr_str(text),
        Value::Codes(codes) => quoted(codes.iter().map(|&code| char::from_u32(code).ok_or(code))),
        Value::Bytes(bytes) => {
            let char_of =
                |&byte: &u8| if byte.is_ascii() { Ok(byte.into()) } else { Err(byte.into()) };
            "b".to_owned() + &quoted(bytes.iter().map(char_of))
        }
        Value::Tuple(items) => match items.as_slice() {
            [only] => format!("({},)", repr(&only.value)),
            _ => format!("({})", list(items)),
        },
        Value::List(items) => format!("[{}]", list(items)),
        Value::Set(items) => format!("{{{}}}", list(items)),
        Value::Dict(pairs) => {
            let pair = |(key, item): &(Literal, Literal)| {
                format!("{}: {}", repr(&key.value), repr(&item.value))
            };
            format!("{{{}}}", pairs.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    }
}

fn list(items: &[Literal]) -> String {
    items.iter().map(|item| repr(&item.value)).collect::<Vec<_>>().join(", ")
}

/// The fewest digits that read as the same number, with an exponent below 1e-4 and from 1e16 on.
fn repr_float(float: f64) -> String {
    let shortest = format!("{float:e}");
    let Some((digits, exponent)) = shortest.split_once('e') else {
        // Python has no literal but this; NaN comes of no literal.
        return if float < 0.0 { "-1e999" } else { "1e999" }.to_owned();
    };
    match exponent.parse() {
        Ok(-4..16) => format!("{float:?}"),
        Ok(exponent) => format!("{digits}e{exponent:+03}"),
        Err::<i32, _>(_) => shortest,
    }
}

/// Characters, and code points that are none, in quotes.
///
/// Single quotes, unless the text has one and no double quote; escaped is what
/// `str.isprintable` rejects.
fn quoted(chars: impl Iterator<Item = Result<char, u32>> + Clone) -> String {
    let has = |quote| chars.clone().any(|c| c == Ok(quote));
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    let mut repr = String::with_capacity(chars.size_hint().0 + 2);
    repr.push(quote);
    for c in chars {
        match c {
            Ok('\n') => repr.push_str("\\n"),
            Ok('\r') => repr.push_str("\\r"),
            Ok('\t') => repr.push_str("\\t"),
            Ok('\\') => repr.push_str("\\\\"),
            Ok(c) if c == quote => repr.extend(['\\', c]),
            Ok(c) if is_printable(c) => repr.push(c),
            _ => {
                let code = c.map_or_else(|code| code, u32::from);
                // writing to a String can't fail
                let _ = match code {
                    0..=0xff => write!(repr, "\\x{code:02x}"),
                    0x100..=0xffff => write!(repr, "\\u{code:04x}"),
                    _ => write!(repr, "\\U{code:08x}"),
                };
            }
        }
    }
    repr.push(quote);
    repr
}

/// [`repr_str`] for messages: of a long text only the beginning.
pub(crate) fn repr_short(text: &str) -> String {
    const SHOWN: usize = 64;
    match text.char_indices().nth(SHOWN) {
        None => repr_str(text),
        Some((end, _)) => repr_str(text.get(..end).unwrap_or_default()) + "…",
    }
}

/// Python's `repr` of a tuple of sizes: `()`, `(3,)`, `(2, 3)`.
pub(crate) fn repr_shape(shape: &[usize]) -> String {
    match shape {
        [only] => format!("({only},)"),
        _ => {
            let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
            format!("({})", sizes.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes_are_those_of_python() {
        assert_eq!(repr_str(""), "''");
        assert_eq!(repr_str("it's"), "\"it's\"");
        assert_eq!(repr_str("q\""), "'q\"'");
        assert_eq!(repr_str("'\""), "'\\'\"'");
        assert_eq!(repr_str("a\nb\t\r\\"), r"'a\nb\t\r\\'");
        assert_eq!(repr_str("\0\x7f\u{85}\u{a0}"), r"'\x00\x7f\x85\xa0'");
        assert_eq!(repr_str("é中\u{200b}\u{e0001}😀"), r"'é中\u200b\U000e0001😀'");
    }

    #[test]
    fn values_are_printed_as_python_does() {
        let limits = crate::Limits::default();
        for text in [
            r"'\ud800'",
            r"'\ud83d\ude00é'",
            r"'\udfff\x00'",
            "b'it\\xe9\\x7f'",
            "b\"it's\"",
            "(5,)",
            "((), [True, False, None], {'a': -1}, {1})",
            "(1.0, -0.5, 0.0001, 1e-05, 1e+16, 123456789012345.6, 1.5e+300, 1e-320, 1e999, -1e999)",
        ] {
            let literal = crate::literal::parse(text, &limits, false).unwrap();
            assert_eq!(repr(&literal.value), text);
        }
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(repr_short("é"), "'é'");
        assert_eq!(repr_short(&"é".repeat(65)), format!("'{}'…", "é".repeat(64)));
    }

    #[test]
    fn shapes() {
        assert_eq!(repr_shape(&[]), "()");
        assert_eq!(repr_shape(&[3]), "(3,)");
        assert_eq!(repr_shape(&[2, 0, 3]), "(2, 0, 3)");
    }
}
