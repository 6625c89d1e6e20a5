//! Floating-point numbers: as many digits as tell a number from its neighbours, but at most 8
//! behind the point, in columns.

use std::cmp::Ordering;

use super::long::{Long, Special};
use crate::element::nearest_f16;

/// Most digits behind the point.
const PRECISION: usize = 8;

/// More than any number has.
const ALL_DIGITS: usize = 1100;

/// A number of a type, which decides on its digits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Float(f64, Width),
    Long(Long),
}

impl Number {
    fn is_finite(self) -> bool {
        match self {
            Self::Float(value, _) => value.is_finite(),
            Self::Long(long) => long.special.is_none(),
        }
    }

    pub(super) fn is_nan(self) -> bool {
        match self {
            Self::Float(value, _) => value.is_nan(),
            Self::Long(long) => long.special == Some(Special::Nan),
        }
    }

    pub(super) fn is_zero(self) -> bool {
        match self {
            Self::Float(value, _) => value == 0.0,
            Self::Long(long) => long.is_zero(),
        }
    }

    pub(super) fn has_minus(self) -> bool {
        match self {
            Self::Float(value, _) => value.is_sign_negative(),
            Self::Long(long) => long.negative,
        }
    }

    fn width(self) -> Width {
        match self {
            Self::Float(_, width) => width,
            Self::Long(_) => Width::F64,
        }
    }

    /// How its size compares with that of `other`, which is of the same type; neither is zero.
    fn compare_size(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Float(value, _), Self::Float(other, _)) => value.abs().total_cmp(&other.abs()),
            (Self::Long(long), Self::Long(other)) => long.compare_size(other),
            _ => Ordering::Equal,
        }
    }

    /// Whether its size is less than `limit`; it isn't zero.
    fn is_below(self, limit: f64) -> bool {
        match self {
            Self::Float(value, _) => value.abs() < limit,
            Self::Long(long) => long.compare_size(Long::of(limit)).is_lt(),
        }
    }

    /// Whether a number that stands alone, and isn't zero, is so small that it has an exponent.
    fn is_tiny(self) -> bool {
        match self {
            Self::Float(value, _) => value.abs() < 1e-4,
            Self::Long(long) => long.compare_size(Long::TEN_THOUSANDTH).is_lt(),
        }
    }

    /// How many times as large as `other` it is; neither is zero.
    fn times(self, other: Self) -> f64 {
        match (self, other) {
            (Self::Float(value, width), Self::Float(other, _)) => {
                width.round(value.abs() / other.abs())
            }
            (Self::Long(long), Self::Long(other)) => long.times(other),
            _ => 1.0,
        }
    }

    /// The fewest digits that make just this number, and the decimal exponent of the first.
    fn shortest(self) -> (String, i32) {
        match self {
            Self::Float(value, width) => width.shortest(value),
            Self::Long(long) => long.shortest(),
        }
    }

    /// So many digits behind the first, and the decimal exponent of that.
    fn digits(self, behind: usize) -> (String, i32) {
        match self {
            Self::Float(value, _) => split(&format!("{:.behind$e}", value.abs())),
            Self::Long(long) => long.to_digits(behind),
        }
    }

    /// What stands before and behind the point, so many digits of it.
    fn fixed(self, behind: usize) -> (String, String) {
        match self {
            Self::Float(value, _) => {
                let text = format!("{:.behind$}", value.abs());
                let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
                (whole.to_owned(), fraction.to_owned())
            }
            Self::Long(long) => long.to_fixed(behind),
        }
    }
}

/// Which type the numbers are of; their values are all values of `f64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    F16,
    F32,
    F64,
}

impl Width {
    /// From here on, numbers are written with an exponent.
    fn exponent_from(self) -> f64 {
        match self {
            Self::F16 => 1e3,
            Self::F32 => 1e6,
            Self::F64 => 1e8,
        }
    }

    /// The same for a number that stands alone.
    fn scalar_exponent_from(self) -> f64 {
        match self {
            Self::F64 => 1e16,
            _ => self.exponent_from(),
        }
    }

    fn round(self, value: f64) -> f64 {
        match self {
            Self::F16 => nearest_f16(value).to_f64(),
            #[allow(clippy::cast_possible_truncation)]
            Self::F32 => f64::from(value as f32),
            Self::F64 => value,
        }
    }

    /// The fewest digits that make just this number, and the decimal exponent of the first.
    fn shortest(self, value: f64) -> (String, i32) {
        let value = value.abs();
        let same =
            |text: &String| text.parse().is_ok_and(|parsed: f64| self.round(parsed) == value);
        // Rounded, ties to even as NumPy has them.
        let even = |digits: usize| format!("{value:.digits$e}");
        let text = match self {
            #[allow(clippy::cast_possible_truncation)]
            Self::F32 => format!("{:e}", value as f32),
            Self::F64 => format!("{value:e}"),
            // Just above a power of two there is more room than below, and the even one may not be in it.
            Self::F16 => (0..5)
                .flat_map(|digits| [even(digits), above(&even(digits))])
                .find(same)
                .unwrap_or_else(|| even(5)),
        };
        let digits = text.find('e').unwrap_or_default().saturating_sub(2);
        split(&Some(even(digits)).filter(same).unwrap_or(text))
    }
}

/// `1.26e-3` for `1.25e-3`.
fn above(text: &str) -> String {
    let (digits, exponent) = split(text);
    let next = (digits.parse().unwrap_or(0_u32) + 1).to_string();
    let (first, rest) = next.split_at(1);
    let exponent = exponent + i32::from(next.len() > digits.len());
    format!("{first}.{rest}e{exponent}")
}

/// `1.25e-3` as its digits and its exponent.
fn split(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or_default())
}

fn sign(value: Number, plus: bool) -> &'static str {
    match (value.has_minus(), plus) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    }
}

/// What stands before and behind the point.
fn positional(value: Number, precision: usize, plus: bool) -> (String, String) {
    let (digits, exponent) = value.shortest();
    let len = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let fraction_len = len.saturating_sub(1).saturating_sub(exponent);
    let too_long = usize::try_from(fraction_len).is_ok_and(|len| len > precision);
    let (whole, fraction) = if too_long {
        let (whole, fraction) = value.fixed(precision);
        (whole, fraction.trim_end_matches('0').to_owned())
    } else if exponent < 0 {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        ("0".to_owned(), zeros + &digits)
    } else {
        let point = exponent.unsigned_abs() as usize + 1;
        let zeros = "0".repeat(point.saturating_sub(digits.len()));
        let digits = digits + &zeros;
        let (whole, fraction) = digits.split_at(point);
        (whole.to_owned(), fraction.to_owned())
    };
    let fraction = if value.is_zero() { String::new() } else { fraction };
    (sign(value, plus).to_owned() + &whole, fraction)
}

/// The first digit, those behind the point, and the exponent; at least `least` behind the point.
fn scientific(value: Number, least: usize, most: usize, plus: bool) -> [String; 3] {
    let (mut digits, mut exponent) = value.shortest();
    if digits.len() - 1 > most {
        (digits, exponent) = value.digits(most);
        digits.truncate(digits.trim_end_matches('0').len().max(1));
    }
    if digits.len() - 1 < least {
        // NumPy goes on with the digits of the number itself
        (digits, exponent) = value.digits(least);
    }
    let (first, rest) = digits.split_at(1);
    let exponent = format!("{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
    [sign(value, plus).to_owned() + first, rest.to_owned(), exponent]
}

/// A number for itself, with all its digits.
pub(super) fn scalar(value: Number, trim_zero: bool) -> String {
    if !value.is_finite() {
        return non_finite(value, false);
    }
    let by_point = || !value.is_tiny() && value.is_below(value.width().scalar_exponent_from());
    if value.is_zero() || by_point() {
        let (whole, fraction) = positional(value, ALL_DIGITS, false);
        return match (fraction.is_empty(), trim_zero) {
            (true, true) => whole,
            (true, false) => whole + ".0",
            (false, _) => format!("{whole}.{fraction}"),
        };
    }
    let [first, rest, exponent] = scientific(value, 0, ALL_DIGITS, false);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}e{exponent}")
}

fn non_finite(value: Number, plus: bool) -> String {
    match (value.is_nan(), value.has_minus(), plus) {
        (true, _, true) => "+nan",
        (true, _, false) => "nan",
        (false, true, _) => "-inf",
        (false, false, true) => "+inf",
        (false, false, false) => "inf",
    }
    .to_owned()
}

/// The columns of some numbers.
#[derive(Clone, Debug)]
pub(super) struct Column {
    plus: bool,
    /// Places before and behind the point.
    left: usize,
    right: usize,
    /// With an exponent of so many digits.
    exponent: Option<usize>,
    precision: usize,
}

type Visit<'a> = &'a mut dyn FnMut(Number);

impl Column {
    /// `each` gives all numbers; `plus` writes the sign of positive ones.
    pub(super) fn new(plus: bool, each: &dyn Fn(Visit<'_>)) -> Self {
        let mut ends: Option<(Number, Number)> = None;
        let (mut any_finite, mut any_special, mut negative_infinity) = (false, false, false);
        each(&mut |value| {
            any_finite |= value.is_finite();
            any_special |= !value.is_finite();
            negative_infinity |= !value.is_finite() && !value.is_nan() && value.has_minus();
            if value.is_finite() && !value.is_zero() {
                let (smallest, largest) = ends.unwrap_or((value, value));
                ends = Some((
                    if value.compare_size(smallest).is_lt() { value } else { smallest },
                    if value.compare_size(largest).is_gt() { value } else { largest },
                ));
            }
        });
        let spread = ends.is_some_and(|(smallest, largest)| {
            let width = largest.width();
            !largest.is_below(width.exponent_from())
                || smallest.is_below(width.round(0.0001))
                || largest.times(smallest) > 1000.0
        });
        let mut column = Self { plus, left: 0, right: 0, exponent: None, precision: PRECISION };
        if any_finite && spread {
            let (mut exponent_len, mut fraction_len) = (0, 0);
            each(&mut |value| {
                if value.is_finite() {
                    let [first, rest, exponent] = scientific(value, 0, PRECISION, plus);
                    column.left = column.left.max(first.len());
                    fraction_len = rest.len().max(fraction_len);
                    exponent_len = exponent.len().max(exponent_len);
                }
            });
            column.precision = fraction_len;
            column.exponent = Some(exponent_len - 1);
            column.right = exponent_len + 1 + fraction_len;
        } else if any_finite {
            each(&mut |value| {
                if value.is_finite() {
                    let (whole, fraction) = positional(value, PRECISION, plus);
                    column.left = column.left.max(whole.len());
                    column.right = column.right.max(fraction.len());
                }
            });
        }
        if any_special {
            let point = column.right + 1;
            let infinity = 3 + usize::from(plus || negative_infinity);
            column.left = column.left.max(infinity.max(3).saturating_sub(point));
        }
        column
    }

    pub(super) fn number(&self, value: Number) -> String {
        if !value.is_finite() {
            let total = self.left + self.right + 1;
            return format!("{:>total$}", non_finite(value, self.plus));
        }
        if let Some(len) = self.exponent {
            let [first, rest, exponent] =
                scientific(value, self.precision, self.precision, self.plus);
            let (sign, digits) = exponent.split_at(1);
            return format!("{first:>left$}.{rest}e{sign}{digits:0>len$}", left = self.left);
        }
        let (whole, fraction) = positional(value, self.precision, self.plus);
        format!("{whole:>left$}.{fraction:<right$}", left = self.left, right = self.right)
    }
}
