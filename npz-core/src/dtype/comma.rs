//! Comma strings: `i4,f8`, a record of the fields `f0` and `f1`.
//!
//! `np.save` never writes one, but `np.load` reads them. Each part is an optional byte order, an
//! optional shape (`2` or `(2, 3)`), again an optional byte order, and a type.

use super::descr::Reader;
use super::typestr::scalar;
use super::{ByteOrder, DType, Record};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::{self, repr_short};

const BLANKS: [char; 6] = [' ', '\t', '\n', '\r', '\x0b', '\x0c'];

/// Whether NumPy reads the string by these rules: it starts with a digit or `()`, a byte order
/// apart, or has a comma outside square brackets.
pub(super) fn applies(text: &str) -> bool {
    let first = text.strip_prefix(['<', '>', '=', '|']).unwrap_or(text);
    if first.starts_with(|c: char| c.is_ascii_digit()) || first.starts_with("()") {
        return true;
    }
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        byte == b',' && depth == 0
    })
}

pub(super) fn parse(text: &str, reader: &mut Reader<'_>) -> Result<DType> {
    let mut types = Vec::new();
    let mut rest = text;
    let mut is_list = false;
    while !rest.is_empty() {
        reader.count_field()?;
        let part = Part::split_off(&mut rest);
        let dtype = part.dtype(reader);
        types.push(dtype.map_err(|error| unfit(text, error.kind()))?);
        let after = rest.trim_start_matches(BLANKS);
        match after.strip_prefix(',') {
            Some(next) => {
                rest = next.trim_start_matches(BLANKS);
                is_list = true;
            }
            None if after.is_empty() => break,
            None => return Err(unfit(text, ErrorKind::Corrupt)),
        }
    }
    match types.pop() {
        Some(only) if types.is_empty() && !is_list => Ok(only),
        last => {
            types.extend(last);
            let names = (0..).map(|i| format!("f{i}"));
            let record = Record::packed(names.zip(types));
            record.map(DType::Record).map_err(|_| unfit(text, ErrorKind::Corrupt))
        }
    }
}

/// The error of a part, as the error of the whole string.
#[cold]
fn unfit(text: &str, kind: ErrorKind) -> Error {
    Error::new(kind, format!("expected dtypes separated by commas, found {}", repr_short(text)))
}

/// One part between commas, cut but not understood yet.
struct Part<'a> {
    orders: [&'a str; 2],
    shape: &'a str,
    code: &'a str,
}

impl<'a> Part<'a> {
    /// Takes from the text what can belong to a part, as NumPy's regular expression does.
    fn split_off(text: &mut &'a str) -> Self {
        let before = take(text, order_len);
        let shape = take(text, shape_len);
        let after = take(text, order_len);
        Self { orders: [before, after], shape, code: take(text, code_len) }
    }

    fn dtype(&self, reader: &mut Reader<'_>) -> Result<DType> {
        let order = match self.orders {
            [order, ""] | ["", order] => order,
            [before, after] if native(before) == native(after) => after,
            _ => {
                let message = "expected one byte order, found two";
                return Err(Error::new(ErrorKind::Corrupt, message));
            }
        };
        let order = if native(order) == NATIVE { "" } else { order };
        let dtype = DType::Scalar(scalar(&format!("{order}{}", self.code))?);
        if self.shape.is_empty() {
            return Ok(dtype);
        }
        let shape = literal::parse(self.shape, reader.limits(), false)?;
        reader.shaped(dtype, &shape)
    }
}

const NATIVE: &str = "=";

/// Orders that mean the machine's own are one and the same.
fn native(order: &str) -> &str {
    let own = ByteOrder::NATIVE.sign();
    if order == "|" || order.starts_with(own) { NATIVE } else { order }
}

/// Takes as many bytes from the text as `len` says.
fn take<'a>(text: &mut &'a str, len: fn(&str) -> usize) -> &'a str {
    let (taken, rest) = text.split_at_checked(len(text)).unwrap_or((text, ""));
    *text = rest;
    taken
}

/// `[<>|=]?`
fn order_len(text: &str) -> usize {
    usize::from(text.starts_with(['<', '>', '|', '=']))
}

/// ` *[(]?[ ,0-9]*[)]? *`
fn shape_len(text: &str) -> usize {
    let rest = text.trim_start_matches(' ');
    let rest = rest.strip_prefix('(').unwrap_or(rest);
    let rest = rest.trim_start_matches(|c: char| c == ' ' || c == ',' || c.is_ascii_digit());
    let rest = rest.strip_prefix(')').unwrap_or(rest);
    text.len() - rest.trim_start_matches(' ').len()
}

/// `[A-Za-z0-9.?]*(\[[a-zA-Z0-9,.]+\])?`
fn code_len(text: &str) -> usize {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let rest = text.trim_start_matches(|c| is_word(c) || c == '?');
    let unit = rest.strip_prefix('[').and_then(|unit| {
        let after = unit.trim_start_matches(|c| is_word(c) || c == ',');
        after.strip_prefix(']').filter(|_| after.len() < unit.len())
    });
    text.len() - unit.unwrap_or(rest).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn parse(text: &str) -> Result<DType> {
        super::parse(text, &mut Reader::new(&Limits::default()))
    }

    #[test]
    fn reads_what_numpy_reads() {
        for (text, printed) in [
            ("i4,f8", "[('f0', '<i4'), ('f1', '<f8')]"),
            ("i4,", "[('f0', '<i4')]"),
            ("i4,f8 ", "[('f0', '<i4'), ('f1', '<f8')]"),
            ("i4 , f8\n", "[('f0', '<i4'), ('f1', '<f8')]"),
            ("2i4,f4", "[('f0', '<i4', (2,)), ('f1', '<f4')]"),
            (">2i4,f4", "[('f0', '>i4', (2,)), ('f1', '<f4')]"),
            ("2>i4,=f4", "[('f0', '>i4', (2,)), ('f1', '<f4')]"),
            ("i4, (2,3)f8,", "[('f0', '<i4'), ('f1', '<f8', (2, 3))]"),
            ("0i4,i4", "[('f0', '<i4', (0,)), ('f1', '<i4')]"),
            ("3S,i4", "[('f0', '|S3'), ('f1', '<i4')]"),
            ("i4,M8[ns]", "[('f0', '<i4'), ('f1', '<M8[ns]')]"),
            ("1i4", "('<i4', (1,))"),
            ("( 2 , )i4", "('<i4', (2,))"),
            ("()i4", "'<i4'"),
            ("<()i4", "'<i4'"),
        ] {
            assert!(applies(text), "{text:?}");
            let dtype = parse(text).unwrap();
            let native = printed.replace("'<", &format!("'{}", ByteOrder::NATIVE.sign()));
            assert_eq!(dtype.to_string(), native, "{text:?}");
        }
    }

    #[test]
    fn refuses_what_numpy_refuses() {
        for text in [
            "i4,,f8",
            ",i4",
            ">2<i4,f4",
            "(2,)S,f4",
            "2",
            "<4",
            "()",
            "i4,i4x",
            " i4,f8",
            "i4;f8,",
            "M8[s/2],i4",
            ",",
            "i4,é",
        ] {
            assert!(applies(text), "{text:?}");
            assert!(parse(text).is_err(), "{text:?}");
        }
        assert!(!applies("(1)i4"));
        assert!(!applies("M8[3,s]"));
    }
}
