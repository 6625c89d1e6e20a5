//! The digits of x86's `long double`, of which no standard type knows all.

use std::cmp::Ordering;

use crate::element::LongDouble;

/// A number of 80 bits: `significand * 2^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Long {
    pub(super) negative: bool,
    significand: u64,
    exponent: i32,
    pub(super) special: Option<Special>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    Infinity,
    Nan,
}

impl Long {
    /// The lower 80 bits.
    pub(super) fn from_bits(bits: u128) -> Self {
        let significand = u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
        let exponent = i32::try_from(bits >> 64 & 0x7FFF).unwrap_or_default();
        let special = match (exponent, significand << 1) {
            (0x7FFF, 0) => Some(Special::Infinity),
            (0x7FFF, _) => Some(Special::Nan),
            _ => None,
        };
        // Subnormal numbers have the smallest normal one's exponent.
        let exponent = exponent.max(1) - 16_383 - 63;
        Self { negative: bits >> 79 & 1 == 1, significand, exponent, special }
    }

    /// The nearest to a ten-thousandth.
    pub(super) const TEN_THOUSANDTH: Self = Self {
        negative: false,
        significand: 0xD1B7_1758_E219_652C,
        exponent: -14 - 63,
        special: None,
    };

    pub(super) fn of(number: f64) -> Self {
        Self::from_bits(u128::from_le_bytes(LongDouble::from_f64(number).to_le_bytes()))
    }

    pub(super) fn is_zero(self) -> bool {
        self.special.is_none() && self.significand == 0
    }

    /// The power of two just below it, and how many times as large it is.
    fn scaled(self) -> (i32, f64) {
        let shift = self.significand.leading_zeros();
        #[allow(clippy::cast_precision_loss)]
        let times = (self.significand << shift.min(63)) as f64 / (1_u64 << 63) as f64;
        (self.exponent + 63 - shift.cast_signed(), times)
    }

    /// How its size compares with `other`'s; both are finite, and neither is zero.
    pub(super) fn compare_size(self, other: Self) -> Ordering {
        let key = |long: Self| {
            let shift = long.significand.leading_zeros().min(63);
            (long.exponent - shift.cast_signed(), long.significand << shift)
        };
        key(self).cmp(&key(other))
    }

    /// How many times as large as `other` it is, both being no zero; infinite if too often.
    pub(super) fn times(self, other: Self) -> f64 {
        let ((a, x), (b, y)) = (self.scaled(), other.scaled());
        x / y * 2_f64.powi(a.saturating_sub(b))
    }

    /// The fewest digits that make just this number, and the decimal exponent of the first.
    pub(super) fn shortest(self) -> (String, i32) {
        if self.significand == 0 {
            return ("0".to_owned(), 0);
        }
        // Half way to the neighbours. The one below a power of two is nearer.
        let below = if self.significand == 1 << 63 { 1 } else { 2 };
        let four = u128::from(self.significand) * 4;
        let [low, own, high] =
            [four - below, four, four + 2].map(|times| Decimal::new(times, self.exponent - 2));
        let len = high.digits.len();
        let pad = |decimal: &Decimal| {
            let zeros = vec![0; len.saturating_sub(decimal.digits.len())];
            [zeros, decimal.digits.clone()].concat()
        };
        let (low, high) = (pad(&low), pad(&high));
        // One of few digits is padded behind as well: all have one scale.
        let fits = |count: &usize| {
            let rounded = own.rounded(*count);
            let missing = own.digits.len().saturating_sub(*count);
            let padded = [rounded.digits.clone(), vec![0; missing]].concat();
            let padded = [vec![0; len.saturating_sub(padded.len())], padded].concat();
            padded > low && padded < high
        };
        let count = (1..=22).find(fits).unwrap_or(22);
        own.rounded(count).scientific()
    }

    /// Its digits up to `behind` of them behind the first, and the exponent of that.
    pub(super) fn to_digits(self, behind: usize) -> (String, i32) {
        let (mut digits, exponent) = match self.significand {
            0 => ("0".to_owned(), 0),
            times => Decimal::new(times.into(), self.exponent).rounded(behind + 1).scientific(),
        };
        let zeros = (behind + 1).saturating_sub(digits.len());
        digits.extend(std::iter::repeat_n('0', zeros));
        (digits, exponent)
    }

    /// What stands before and behind the point, `behind` digits of it.
    pub(super) fn to_fixed(self, behind: usize) -> (String, String) {
        let decimal = Decimal::new(self.significand.into(), self.exponent);
        let count = decimal.whole_len() + i64::try_from(behind).unwrap_or(i64::MAX);
        let (digits, shift) = match usize::try_from(count) {
            Ok(count) => {
                let rounded = decimal.rounded(count);
                (rounded.text(), rounded.exponent)
            }
            Err(_) => (String::new(), 0),
        };
        // As an integer of so many digits behind the point.
        let behind_now = -shift;
        let missing = i64::try_from(behind).unwrap_or(i64::MAX) - behind_now;
        let zeros = usize::try_from(missing).unwrap_or_default();
        let all = digits + &"0".repeat(zeros);
        let all = format!("{all:0>width$}", width = behind + 1);
        let (whole, fraction) = all.split_at(all.len() - behind);
        let whole = whole.trim_start_matches('0');
        (if whole.is_empty() { "0" } else { whole }.to_owned(), fraction.to_owned())
    }
}

/// An exact decimal number: digits, the last of which stands for `10^exponent`. No zeros lead.
struct Decimal {
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// `times * 2^exponent`
    fn new(times: u128, exponent: i32) -> Self {
        let mut number: Vec<u32> = (0..4)
            .map(|at| low(u64::try_from(times >> (32 * at) & 0xFFFF_FFFF).unwrap_or_default()))
            .collect();
        // 2^-n is 5^n * 10^-n.
        let (factor, largest, count) =
            if exponent < 0 { (5, 13, -exponent) } else { (2, 31, exponent) };
        let mut left = count;
        while left > 0 {
            let now = left.min(largest);
            multiply(&mut number, u32::pow(factor, now.unsigned_abs()));
            left -= now;
        }
        let mut digits = Vec::new();
        while number.iter().any(|&limb| limb != 0) {
            let mut rest = divide(&mut number, 1_000_000_000);
            while number.last() == Some(&0) {
                number.pop();
            }
            for _ in 0..9 {
                digits.push(u8::try_from(rest % 10).unwrap_or_default());
                rest /= 10;
            }
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        digits.reverse();
        Self { digits, exponent: i64::from(exponent.min(0)) }
    }

    /// How many digits stand before the point: none or fewer below one.
    fn whole_len(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX) + self.exponent
    }

    /// The nearest number of `count` digits at most, ties to even.
    fn rounded(&self, count: usize) -> Self {
        let Some((kept, dropped)) = self.digits.split_at_checked(count) else {
            return Self { digits: self.digits.clone(), exponent: self.exponent };
        };
        let mut digits = kept.to_vec();
        let exponent = self.exponent + i64::try_from(dropped.len()).unwrap_or_default();
        let half = match dropped.split_first() {
            Some((5, rest)) if rest.iter().all(|&digit| digit == 0) => Ordering::Equal,
            Some((first, _)) => first.cmp(&5).then(Ordering::Greater),
            None => Ordering::Less,
        };
        let odd = digits.last().is_some_and(|digit| digit % 2 == 1);
        if half.is_gt() || half.is_eq() && odd {
            let nines = digits.iter().rev().take_while(|&&digit| digit == 9).count();
            let end = digits.len() - nines;
            digits[end..].fill(0);
            match digits[..end].last_mut() {
                Some(digit) => *digit += 1,
                None => digits.insert(0, 1),
            }
        }
        Self { digits, exponent }
    }

    fn text(&self) -> String {
        self.digits.iter().map(|digit| char::from(b'0' + digit)).collect()
    }

    /// The digits without zeros behind, and the exponent of the first.
    fn scientific(&self) -> (String, i32) {
        let text = self.text();
        let exponent = i32::try_from(self.whole_len() - 1).unwrap_or_default();
        (text[..text.trim_end_matches('0').len().max(1)].to_owned(), exponent)
    }
}

fn low(number: u64) -> u32 {
    u32::try_from(number & 0xFFFF_FFFF).unwrap_or_default()
}

/// Limbs of 32 bits, the lowest first.
fn multiply(number: &mut Vec<u32>, by: u32) {
    let mut carry = 0;
    for limb in number.iter_mut() {
        let product = u64::from(*limb) * u64::from(by) + carry;
        (*limb, carry) = (low(product), product >> 32);
    }
    if carry > 0 {
        number.push(low(carry));
    }
}

/// What is left over.
fn divide(number: &mut [u32], by: u32) -> u32 {
    let mut rest = 0;
    for limb in number.iter_mut().rev() {
        let all = rest << 32 | u64::from(*limb);
        *limb = low(all / u64::from(by));
        rest = all % u64::from(by);
    }
    low(rest)
}
