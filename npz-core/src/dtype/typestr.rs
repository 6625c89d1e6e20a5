//! Scalars given as a string: `<f4`, `float32`, `M8[ns]`.

use super::{ByteOrder, Scalar, ScalarKind, TimeUnit, Unit};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::repr_short;

/// The scalar that NumPy takes the string for.
pub(super) fn scalar(text: &str) -> Result<Scalar> {
    let (order, code) = split_order(text);
    let found = by_code(code).or_else(|| by_name(text));
    let kind = found.ok_or_else(|| not_understood(text, code))?;
    // <V2 is what np.save writes for the bfloat16 of ml_dtypes
    let order = if text == "bfloat16" { ByteOrder::Little } else { order };
    Ok(Scalar::new(kind, order))
}

/// The order that the first character gives; without one, and for `=` and `|`, none.
fn split_order(text: &str) -> (ByteOrder, &str) {
    let mut chars = text.chars();
    match chars.next() {
        Some('<') => (ByteOrder::Little, chars.as_str()),
        Some('>') => (ByteOrder::Big, chars.as_str()),
        Some('=' | '|') => (ByteOrder::NotApplicable, chars.as_str()),
        _ => (ByteOrder::NotApplicable, text),
    }
}

#[cold]
fn not_understood(text: &str, code: &str) -> Error {
    let shown = repr_short(text);
    if matches!(code, "f12" | "c24") {
        let message = format!("{shown} is the long double of 32-bit machines, which is not read");
        return Error::new(ErrorKind::Unsupported, message);
    }
    let message = format!("expected a NumPy dtype such as '<f4', found {shown}");
    Error::new(ErrorKind::Corrupt, message)
}

/// What the text after the byte order means: a time, a letter, or a letter and a size.
fn by_code(code: &str) -> Option<ScalarKind> {
    for (name, kind) in [("M8", 'M'), ("m8", 'm'), ("datetime64", 'M'), ("timedelta64", 'm')] {
        if let Some(suffix) = code.strip_prefix(name) {
            return TimeUnit::parse(suffix).map(|unit| time(kind, unit));
        }
    }
    let mut chars = code.chars();
    let letter = chars.next()?;
    if chars.as_str().is_empty() {
        return by_letter(letter);
    }
    // 'S', 'U' and 'V' count bytes or characters, the others name a size
    let (size, "") = leading_integer(chars.as_str())? else { return None };
    let size = u32::try_from(size).ok().filter(|&size| i32::try_from(size).is_ok())?;
    Some(match (letter, size) {
        ('S' | 'a', _) => ScalarKind::Bytes(size),
        ('U', _) if size <= i32::MAX.unsigned_abs() / 4 => ScalarKind::Str(size),
        ('V', _) => ScalarKind::Void(size),
        ('b', 1) => ScalarKind::Bool,
        ('i', 1) => ScalarKind::I8,
        ('i', 2) => ScalarKind::I16,
        ('i', 4) => ScalarKind::I32,
        ('i', 8) => ScalarKind::I64,
        ('u', 1) => ScalarKind::U8,
        ('u', 2) => ScalarKind::U16,
        ('u', 4) => ScalarKind::U32,
        ('u', 8) => ScalarKind::U64,
        ('f', 1) => ScalarKind::F8,
        ('f', 2) => ScalarKind::F16,
        ('f', 4) => ScalarKind::F32,
        ('f', 8) => ScalarKind::F64,
        ('f', 16) => ScalarKind::LongDouble,
        ('W', 4) => ScalarKind::Complex32,
        ('c', 8) => ScalarKind::C64,
        ('c', 16) => ScalarKind::C128,
        ('c', 32) => ScalarKind::CLongDouble,
        ('M' | 'm', 8) => time(letter, Unit::Generic.into()),
        ('O', 4 | 8) => ScalarKind::Object,
        _ => return None,
    })
}

fn time(letter: char, unit: TimeUnit) -> ScalarKind {
    if letter == 'M' { ScalarKind::DateTime(unit) } else { ScalarKind::TimeDelta(unit) }
}

/// NumPy's one-letter codes. Those whose size depends on the machine have that of 64-bit Linux.
fn by_letter(letter: char) -> Option<ScalarKind> {
    Some(match letter {
        '?' => ScalarKind::Bool,
        'b' => ScalarKind::I8,
        'h' => ScalarKind::I16,
        'i' => ScalarKind::I32,
        'l' | 'q' | 'p' | 'n' => ScalarKind::I64,
        'B' => ScalarKind::U8,
        'H' => ScalarKind::U16,
        'I' => ScalarKind::U32,
        'L' | 'Q' | 'P' | 'N' => ScalarKind::U64,
        'e' => ScalarKind::F16,
        'f' => ScalarKind::F32,
        'd' => ScalarKind::F64,
        'g' => ScalarKind::LongDouble,
        'F' => ScalarKind::C64,
        'D' => ScalarKind::C128,
        'G' => ScalarKind::CLongDouble,
        'c' => ScalarKind::Bytes(1),
        'S' | 'a' => ScalarKind::Bytes(0),
        'U' => ScalarKind::Str(0),
        'V' => ScalarKind::Void(0),
        'M' | 'm' => time(letter, Unit::Generic.into()),
        // 'T', variable-width strings, are saved as objects, too
        'O' | 'T' => ScalarKind::Object,
        _ => return None,
    })
}

/// The names of NumPy's type dictionary, as on 64-bit Linux, and bfloat16. They take no byte
/// order.
fn by_name(name: &str) -> Option<ScalarKind> {
    Some(match name {
        "bool" | "bool_" => ScalarKind::Bool,
        "int8" | "byte" => ScalarKind::I8,
        "int16" | "short" => ScalarKind::I16,
        "int32" | "intc" => ScalarKind::I32,
        "int64" | "int" | "int_" | "intp" | "long" | "longlong" => ScalarKind::I64,
        "uint8" | "ubyte" => ScalarKind::U8,
        "uint16" | "ushort" => ScalarKind::U16,
        "uint32" | "uintc" => ScalarKind::U32,
        "uint64" | "uint" | "uintp" | "ulong" | "ulonglong" => ScalarKind::U64,
        "float16" | "half" => ScalarKind::F16,
        "float32" | "single" => ScalarKind::F32,
        "float64" | "float" | "double" => ScalarKind::F64,
        "float128" | "longdouble" => ScalarKind::LongDouble,
        "complex64" | "csingle" => ScalarKind::C64,
        "complex128" | "complex" | "cdouble" => ScalarKind::C128,
        "complex256" | "clongdouble" => ScalarKind::CLongDouble,
        "bytes" | "bytes_" => ScalarKind::Bytes(0),
        "str" | "str_" | "unicode" => ScalarKind::Str(0),
        "void" => ScalarKind::Void(0),
        "bfloat16" => ScalarKind::Void(2),
        "object" | "object_" => ScalarKind::Object,
        _ => return None,
    })
}

/// The integer that the text begins with and what follows it, by the rules of C's `strtol`:
/// blanks in front, one sign, any number of digits. NumPy reads `i 4` and `i+04`.
pub(super) fn leading_integer(text: &str) -> Option<(i64, &str)> {
    let unsigned = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let (negative, digits) = match unsigned.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, unsigned.strip_prefix('+').unwrap_or(unsigned)),
    };
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = digits.get(..digits.len() - rest.len()).filter(|digits| !digits.is_empty())?;
    // too many digits are too large a number, however large
    let value = digits.parse().unwrap_or(i64::MAX);
    Some((if negative { -value } else { value }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_numpy_reads() {
        for (text, printed) in [
            ("<f4", "<f4"),
            (">f8", ">f8"),
            ("i4", "<i4"),
            ("|i4", "<i4"),
            ("=u1", "|u1"),
            (">b1", "|b1"),
            ("?", "|b1"),
            ("e", "<f2"),
            ("l", "<i8"),
            ("c", "|S1"),
            ("<S5", "|S5"),
            ("a5", "|S5"),
            ("S-0", "|S0"),
            (">U3", ">U3"),
            ("str", "<U0"),
            ("V5", "|V5"),
            ("<V2", "<V2"),
            (">V2", ">V2"),
            ("=V2", "|V2"),
            ("bfloat16", "<V2"),
            ("i04", "<i4"),
            ("i+4", "<i4"),
            ("<i 4", "<i4"),
            ("i\n4", "<i4"),
            ("O4", "|O"),
            ("|O8", "|O"),
            ("T", "|O"),
            ("half", "<f2"),
            ("M8", "<M8"),
            ("|M8[s]", "<M8[s]"),
            ("M 8", "<M8"),
            (">datetime64[s]", ">M8[s]"),
            ("timedelta64[D]", "<m8[D]"),
            ("<f16", "<f16"),
            (">c32", ">c32"),
            ("<f1", "<f1"),
            (">W4", ">W4"),
            ("S2147483647", "|S2147483647"),
            ("U536870911", "<U536870911"),
        ] {
            let scalar = scalar(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let native = printed.replacen('<', &ByteOrder::NATIVE.sign().to_string(), 1);
            let expected =
                if text.starts_with('<') || text == "bfloat16" { printed } else { &native };
            assert_eq!(scalar.to_string(), expected, "{text:?}");
        }
    }

    #[test]
    fn refuses_what_numpy_refuses() {
        let sizes =
            ["", "i3", "i16", "c4", "f3", "b0", "i0", "i-0", "O0", "O16", "T16", "M4", "?1"];
        let forms = ["x", "<", "<<i4", " i4", "i4 ", "i4\n", "<i4\0", "i-4", "i4x", "|T16", "S 5 "];
        let names = ["string", "Float64", ">float64", "=int", "<bfloat16", "void0", "int4"];
        let times = ["M8[]", "M8[ns", "M8[-1s]", "<M8[B]", "f8[ns]", "M[s]", "m8 "];
        let large = ["V9999999999", "S2147483648", "U536870912", "V99999999999999999999999"];
        for text in [&sizes[..], &forms, &names, &times, &large].concat() {
            let error = scalar(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{text:?}");
        }
    }

    #[test]
    fn long_doubles_of_other_machines_are_named() {
        assert_eq!(scalar("<f12").unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(scalar("c24").unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn integers_by_strtol() {
        assert_eq!(leading_integer(" +04x"), Some((4, "x")));
        assert_eq!(leading_integer("-1"), Some((-1, "")));
        assert_eq!(leading_integer("99999999999999999999"), Some((i64::MAX, "")));
        assert_eq!(leading_integer("+-1"), None);
        assert_eq!(leading_integer("x"), None);
    }
}
