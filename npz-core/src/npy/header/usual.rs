//! Headers as `np.save` writes them for arrays of scalars, which is nearly all of them.
//!
//! Read here in a tenth of the time that the parser of literals takes. What is written in any other
//! way, or near a limit, is none of these, so that there is one place for all rules and all errors.

use super::Order;
use crate::dtype::DType;
use crate::limits::Limits;

/// Brackets around brackets: the shape in the dict.
const DEPTH: usize = 2;

/// Digits that any `usize` can have.
const DIGITS: usize = if usize::BITS < 64 { 9 } else { 18 };

/// Further dimensions are for the parser of literals.
const DIMENSIONS: usize = 8;

/// What a text says that is just as `np.save` writes it.
pub(super) fn parse(text: &str, limits: &Limits) -> Option<(DType, Order, Vec<usize>)> {
    if limits.literal_depth < DEPTH {
        return None;
    }
    let rest = text.strip_prefix("{'descr': '")?;
    let (code, rest) = rest.split_at_checked(rest.find('\'')?)?;
    let rest = rest.strip_prefix("', 'fortran_order': ")?;
    let (order, rest) = match rest.strip_prefix("False") {
        Some(rest) => (Order::C, rest),
        None => (Order::Fortran, rest.strip_prefix("True")?),
    };
    let (sizes, rest) = rest.strip_prefix(", 'shape': (")?.split_once(')')?;
    let padding = rest.strip_prefix(", }")?.strip_suffix('\n')?;
    if !padding.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let shape = shape(sizes, limits)?;
    Some((dtype(code)?, order, shape))
}

/// The sizes of `3,` or `3, 4`, or none.
fn shape(text: &str, limits: &Limits) -> Option<Vec<usize>> {
    let mut shape = Vec::new();
    if text.is_empty() {
        return Some(shape);
    }
    let one = text.strip_suffix(',');
    for size in one.unwrap_or(text).split(", ") {
        let number = size.bytes().all(|byte| byte.is_ascii_digit())
            && (size == "0" || !size.starts_with('0'))
            && size.len() <= DIGITS.min(limits.digits);
        if !number || shape.len() == DIMENSIONS.min(limits.dimensions) {
            return None;
        }
        shape.push(size.parse().ok()?);
    }
    // Only one size has the comma, and it must.
    (one.is_some() == (shape.len() == 1)).then_some(shape)
}

/// The scalar of an order, a letter and a size.
fn dtype(code: &str) -> Option<DType> {
    let fits = match code.as_bytes() {
        [b'<' | b'>' | b'|', letter, size] => {
            letter.is_ascii_alphabetic() && (b'1'..=b'9').contains(size)
        }
        [b'<' | b'>' | b'|', letter, b'1', size] => {
            letter.is_ascii_alphabetic() && size.is_ascii_digit()
        }
        _ => false,
    };
    fits.then(|| DType::from_code(code)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::npy::header::{Header, Version};

    fn text(descr: &str, order: &str, shape: &str) -> String {
        format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}    \n")
    }

    /// By the parser of literals: a blank more makes it none of the usual ones.
    fn by_literal(text: &str, limits: &Limits) -> Option<Header> {
        Header::from_text(&text.replacen("{'", "{ '", 1), Version::V1, limits).ok()
    }

    #[test]
    fn says_what_the_parser_of_literals_says() {
        let limits = Limits::default();
        let mut usual = 0;
        for descr in [
            "<f4", ">f8", "|u1", "<f16", "<c8", ">c16", "|b1", "<i1", "|V2", "<V2", "|S7", "<U12",
            "|O8", "<M8", "<m8", "<x4", "<f5", "|S0", "<U0", "f4", "=f4", "<f", "<f44", "|S123",
            "<M8[s]", "2f4", "<f4,", "<é4",
        ] {
            for order in ["False", "True", "0"] {
                for shape in [
                    "()",
                    "(0,)",
                    "(3,)",
                    "(3, 4)",
                    "(3,4)",
                    "(3, 4,)",
                    "(3)",
                    "(03,)",
                    "(-1,)",
                    "(3L,)",
                    "(1, 2, 3, 4, 5, 6, 7, 8)",
                    "(1, 2, 3, 4, 5, 6, 7, 8, 9)",
                    "(,)",
                    "(3, )",
                    "(+3,)",
                    "(999999999999999999,)",
                    "(1000000000000000000,)",
                    "(99999999, 99999999, 99999999)",
                    "[3]",
                    "(True,)",
                ] {
                    let text = text(descr, order, shape);
                    let Some((dtype, order, shape)) = parse(&text, &limits) else { continue };
                    usual += 1;
                    let found = Header::checked(dtype, order, shape, limits.dimensions).ok();
                    assert_eq!(found, by_literal(&text, &limits), "{text}");
                }
            }
        }
        assert!(usual > 100, "{usual}");
    }

    #[test]
    fn other_ways_and_narrow_limits_are_left_to_the_parser() {
        let limits = Limits::default();
        let plain = text("<f4", "False", "(30, 4)");
        assert!(parse(&plain, &limits).is_some());
        for other in [
            plain.replace("'descr'", "\"descr\""),
            plain.replace(", }", "}"),
            plain.replace(", }", ", 'x': 1}"),
            plain.replace('\n', ""),
            plain.replace("   \n", "# \n"),
            [" ", &plain].concat(),
            [&plain, "\n"].concat(),
        ] {
            assert!(parse(&other, &limits).is_none(), "{other}");
        }
        for limits in [
            limits.clone().literal_depth(1),
            limits.clone().digits(1),
            limits.clone().dimensions(1),
        ] {
            assert!(parse(&plain, &limits).is_none(), "{limits:?}");
        }
    }
}
