//! Numbers of any type as they are, and distances between them that no float may hold.

use npz_core::LongDouble;

use crate::values::wide;

/// The bits of a long double's exponent.
const SPECIAL: u16 = 0x7FFF;

/// A number without any rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Exact {
    /// `significand * 2^exponent`; the significand takes no more than 65 bits and a sign.
    Finite { significand: i128, exponent: i32 },
    /// NaN, or infinite.
    Special(f64),
}

impl Exact {
    pub(super) const ZERO: Self = Self::Finite { significand: 0, exponent: 0 };

    pub(super) fn is_finite(self) -> bool {
        matches!(self, Self::Finite { .. })
    }

    /// Whether both are the same number, or both none.
    pub(super) fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Special(a), Self::Special(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Self::Finite { .. }, Self::Finite { .. }) => self.distance(other).is_zero(),
            _ => false,
        }
    }

    /// How large it is; of what is not finite 0.
    pub(super) fn size(self) -> Wide {
        self.distance(Self::ZERO)
    }

    /// |a - b|, rounded once, at the end, and never to 0; of what is not finite 0.
    pub(super) fn distance(self, other: Self) -> Wide {
        let (
            Self::Finite { significand: a, exponent: i },
            Self::Finite { significand: b, exponent: j },
        ) = (self, other)
        else {
            return Wide::ZERO;
        };
        let ((a, i), (b, j)) = match (a, b) {
            (0, _) => return Wide::new(wide(b).abs(), j),
            (_, 0) => return Wide::new(wide(a).abs(), i),
            _ if i >= j => ((a, i), (b, j)),
            _ => ((b, j), (a, i)),
        };
        // The one of the larger exponent is brought to that of the other, as far as there is room.
        let room = a.unsigned_abs().leading_zeros().saturating_sub(3);
        let shift = i.abs_diff(j);
        if shift <= room {
            return Wide::new(wide((a << shift) - b).abs(), j);
        }
        // What is beyond that is less than a float tells of the sum.
        let rest = b.checked_shr(shift - room).unwrap_or(if b < 0 { -1 } else { 0 });
        Wide::new(wide((a << room) - rest).abs(), i - room.cast_signed())
    }
}

impl From<i128> for Exact {
    fn from(number: i128) -> Self {
        Self::Finite { significand: number, exponent: 0 }
    }
}

impl From<f64> for Exact {
    fn from(number: f64) -> Self {
        if !number.is_finite() {
            return Self::Special(number);
        }
        let bits = number.to_bits();
        let fraction = i128::from(bits & ((1 << 52) - 1));
        let (significand, exponent) = match (bits >> 52) & 0x7FF {
            0 => (fraction, -1074),
            exponent => (fraction | 1 << 52, i32::try_from(exponent).unwrap_or(0) - 1075),
        };
        let significand = if number.is_sign_negative() { -significand } else { significand };
        Self::Finite { significand, exponent }
    }
}

impl From<LongDouble> for Exact {
    fn from(number: LongDouble) -> Self {
        let bytes = number.to_le_bytes();
        let significand = u64::from_le_bytes(bytes.first_chunk().copied().unwrap_or_default());
        let top = u16::from_le_bytes([bytes[8], bytes[9]]);
        let exponent = top & SPECIAL;
        if exponent == SPECIAL {
            return Self::Special(number.to_f64());
        }
        let significand = i128::from(significand);
        let significand = if top > SPECIAL { -significand } else { significand };
        Self::Finite { significand, exponent: i32::from(exponent.max(1)) - 16383 - 63 }
    }
}

/// A number that is not negative, as exact as a float, of any size: `part * 2^exponent`. Its part
/// is 0, or from 0.5 up to 1, so that larger numbers have larger exponents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wide {
    exponent: i32,
    part: f64,
}

impl Wide {
    pub(super) const ZERO: Self = Self { exponent: i32::MIN, part: 0.0 };
    const INFINITE: Self = Self { exponent: i32::MAX, part: 0.5 };

    fn new(part: f64, exponent: i32) -> Self {
        if part == 0.0 {
            return Self::ZERO;
        }
        if !part.is_finite() {
            return Self::INFINITE;
        }
        const EXPONENT: u64 = 0x7FF << 52;
        // 2^64: below the smallest normal number there is no leading bit.
        const ENLARGE: f64 = 18_446_744_073_709_551_616.0;
        let is_small = part.to_bits() & EXPONENT == 0;
        let (bits, less) = match is_small {
            true => ((part * ENLARGE).to_bits(), 64),
            false => (part.to_bits(), 0),
        };
        let found = i32::try_from((bits & EXPONENT) >> 52).unwrap_or(0) - 1022 - less;
        let part = f64::from_bits(bits & !EXPONENT | 1022 << 52);
        Self { exponent: exponent.saturating_add(found), part }
    }

    pub(super) fn is_zero(self) -> bool {
        self.part == 0.0
    }

    pub(super) fn plus(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    /// The length of what is so long and so wide.
    pub(super) fn hypot(self, other: Self) -> Self {
        self.with(other, f64::hypot)
    }

    fn with(self, other: Self, sum: impl Fn(f64, f64) -> f64) -> Self {
        let (large, small) = if self >= other { (self, other) } else { (other, self) };
        let apart = i64::from(large.exponent) - i64::from(small.exponent);
        match i32::try_from(apart) {
            Ok(apart) if apart < 64 && !small.is_zero() => {
                Self::new(sum(large.part, small.part * 2_f64.powi(-apart)), large.exponent)
            }
            _ => large,
        }
    }

    pub(super) fn times(self, other: Self) -> Self {
        Self::new(self.part * other.part, self.exponent.saturating_add(other.exponent))
    }

    /// How often `other`, which is not 0, is in it.
    pub(super) fn over(self, other: Self) -> Self {
        Self::new(self.part / other.part, self.exponent.saturating_sub(other.exponent))
    }

    /// The nearest float; infinite beyond the largest.
    pub(super) fn to_f64(self) -> f64 {
        if self.is_zero() || self.exponent < -1080 {
            return 0.0;
        }
        if self.exponent > 1024 {
            return f64::INFINITY;
        }
        let half = self.exponent / 2;
        self.part * 2_f64.powi(half) * 2_f64.powi(self.exponent - half)
    }
}

impl From<f64> for Wide {
    fn from(number: f64) -> Self {
        Self::new(number.abs(), 0)
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (self.exponent, self.part).partial_cmp(&(other.exponent, other.part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_types_are_the_same_numbers() {
        let numbers = [0.0, -0.0, 1.0, -2.5, 1e300, f64::MAX, 5e-324, 2.2e-308, f64::NEG_INFINITY];
        for number in numbers.into_iter().chain([f64::NAN]) {
            let (short, long) = (Exact::from(number), Exact::from(LongDouble::from_f64(number)));
            assert!(short.is(long) && long.is(short), "{number}");
            if number.is_finite() {
                assert_eq!(short.size().to_f64(), number.abs());
                assert_eq!(short.distance(1.into()).to_f64(), (number - 1.0).abs(), "{number}");
            }
        }
        assert!(Exact::from(1_i128 << 64).is(18_446_744_073_709_551_616.0.into()));
        // A float has no room for the last of these digits.
        let (large, float) = (Exact::from((1_i128 << 53) + 1), Exact::from(2_f64.powi(53)));
        assert!(!large.is(float));
        assert_eq!(large.distance(float).to_f64(), 1.0);
        assert!(!Exact::from(f64::NAN).is(0.0.into()));
    }

    #[test]
    fn distances_keep_what_is_left() {
        let far = |significand: i128, exponent| Exact::Finite { significand, exponent };
        assert_eq!(far(1, 100).distance(far((1 << 65) - 1, 35)).to_f64(), 2_f64.powi(35));
        assert_eq!(far(1, 4000).distance(far(1, -4000)), far(1, 4000).size());
        assert_eq!(far(1, 4000).distance(far(-1, -4000)), far(1, 4000).size());
        let (one, two) = (far(1, 4000), far(2, 4000));
        assert_eq!(one.distance(two).over(two.size()).to_f64(), 0.5);
        assert_eq!(one.size().to_f64(), f64::INFINITY);
        assert_eq!(far(1, -4000).size().to_f64(), 0.0);
        assert!(!far(1, -4000).size().is_zero());
    }

    #[test]
    fn wide_numbers_are_added_and_compared() {
        let wide = |number: f64| Wide::from(number);
        assert_eq!(wide(3.0).hypot(wide(4.0)).to_f64(), 5.0);
        assert_eq!(wide(0.0).hypot(wide(4.0)).to_f64(), 4.0);
        assert_eq!(wide(1e-300).plus(wide(1e300)).to_f64(), 1e300);
        assert_eq!(wide(1.5).times(wide(-3.0)).to_f64(), 4.5);
        assert_eq!(wide(5e-324).to_f64(), 5e-324);
        assert!(wide(f64::MAX) < wide(f64::INFINITY) && wide(0.0) < wide(5e-324));
        assert!(wide(f64::MAX).plus(wide(f64::MAX)) > wide(f64::MAX));
    }
}
