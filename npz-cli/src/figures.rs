//! Numbers as people read them.

use crate::statistics::Number;

/// A number in at most this many digits.
const DIGITS: usize = 5;

/// A number in five significant digits, without zeros that say nothing: `0.12346`, `1.5`, `1e-9`.
pub(crate) fn short(number: f64) -> String {
    significant(number, DIGITS)
}

/// Whole numbers as they are, others in five digits.
pub(crate) fn exact(number: Number) -> String {
    match number {
        Number::Whole(number) => number.to_string(),
        Number::Float(number) => short(number),
    }
}

/// A number in so many significant digits, like C's `%g`.
pub(crate) fn significant(number: f64, digits: usize) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if !number.is_finite() {
        return number.to_string();
    }
    let digits = digits.max(1);
    let scientific = format!("{:.*e}", digits - 1, number);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // Whole numbers of some more digits are easier to read than their powers.
    let most = i32::try_from(digits).unwrap_or(i32::MAX).max(7);
    if !(-4..most).contains(&exponent) {
        return format!("{}e{exponent}", trim(mantissa));
    }
    let decimals = i32::try_from(digits).unwrap_or(i32::MAX) - 1 - exponent;
    trim(&format!("{number:.*}", usize::try_from(decimals).unwrap_or(0))).to_owned()
}

/// Without zeros behind the point that say nothing.
fn trim(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// A part of a whole: `12%`, `<0.1%`.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0%".to_owned();
    }
    let share = crate::values::unsigned(part) / crate::values::unsigned(whole) * 100.0;
    match share {
        _ if part == whole => "100%".to_owned(),
        share if share < 0.1 => "<0.1%".to_owned(),
        share if share > 99.9 => ">99.9%".to_owned(),
        share if share < 9.95 => format!("{share:.1}%"),
        share => format!("{share:.0}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_digits() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.123_456_7, "0.12346"),
            (1234.567, "1234.6"),
            (123_456.7, "123457"),
            (1e6, "1000000"),
            (12_345_678.0, "1.2346e7"),
            (0.000_123, "0.000123"),
            (0.000_012_3, "1.23e-5"),
            (0.000_001_23, "1.23e-6"),
            (99_999.96, "100000"),
            (9.999_99e-6, "1e-5"),
            (f64::INFINITY, "inf"),
            (5e-324, "4.9407e-324"),
        ] {
            assert_eq!(short(number), text);
        }
        assert_eq!(exact(Number::Whole(u64::MAX.into())), "18446744073709551615");
    }

    #[test]
    fn parts_of_a_whole() {
        for (part, whole, text) in [
            (0, 5, "0%"),
            (5, 5, "100%"),
            (1, 3, "33%"),
            (1, 30, "3.3%"),
            (1, 1_000_000, "<0.1%"),
            (999_999, 1_000_000, ">99.9%"),
        ] {
            assert_eq!(percent(part, whole), text);
        }
    }
}
