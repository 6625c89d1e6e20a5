//! Python's `repr`, for the values that are written.

use std::fmt::Write as _;

use super::printable::is_printable;

/// Python's `repr` of a `str`.
///
/// Single quotes, unless the text has one and no double quote; escaped is what
/// `str.isprintable` rejects.
pub(crate) fn repr_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut repr = String::with_capacity(text.len() + 2);
    repr.push(quote);
    for c in text.chars() {
        match c {
            '\n' => repr.push_str("\\n"),
            '\r' => repr.push_str("\\r"),
            '\t' => repr.push_str("\\t"),
            '\\' => repr.push_str("\\\\"),
            _ if c == quote => repr.extend(['\\', c]),
            _ if is_printable(c) => repr.push(c),
            _ => {
                let code = u32::from(c);
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
