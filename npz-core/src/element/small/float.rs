//! Floats of eight bits and fewer.
//!
//! All but one have a sign, an exponent and a fraction, with numbers below the smallest normal one;
//! they differ in the widths, in the exponent's bias, and in what stands for infinity and NaN.

use std::fmt;

use super::{is_one_byte, one_byte};
use crate::dtype::ScalarKind;

/// What a type keeps of infinity and NaN.
#[derive(Clone, Copy, PartialEq)]
enum Special {
    /// The largest exponent, as in IEEE 754.
    Ieee,
    /// NaN alone, as the largest code of each sign.
    Nan,
    /// NaN alone, in place of negative zero.
    NanAsNegativeZero,
    /// Neither: what is too large becomes the largest number.
    Finite,
}

/// A format of one sign bit, some exponent bits and `fraction` bits.
#[derive(Clone, Copy)]
struct Format {
    width: u32,
    fraction: u32,
    bias: i32,
    special: Special,
}

impl Format {
    fn sign_bit(self) -> u8 {
        1 << (self.width - 1)
    }

    /// The code of the largest number.
    fn largest(self) -> u8 {
        match self.special {
            Special::Ieee => self.infinity() - 1,
            Special::Nan => self.sign_bit() - 2,
            Special::NanAsNegativeZero | Special::Finite => self.sign_bit() - 1,
        }
    }

    /// The code of positive infinity, where there is one.
    fn infinity(self) -> u8 {
        self.sign_bit() - (1 << self.fraction)
    }

    fn nan(self, negative: bool) -> u8 {
        let sign = if negative { self.sign_bit() } else { 0 };
        match self.special {
            Special::Ieee => sign | self.infinity() | 1 << (self.fraction - 1),
            Special::Nan => sign | (self.sign_bit() - 1),
            Special::NanAsNegativeZero => self.sign_bit(),
            // As ml_dtypes does it: there is nothing better to write.
            Special::Finite => sign ^ self.sign_bit(),
        }
    }

    fn decode(self, bits: u8) -> f32 {
        // In the narrower types ml_dtypes takes any of the unused bits for the sign.
        let negative = bits >> (self.width - 1) != 0;
        let code = bits & (self.sign_bit() - 1);
        let magnitude = match self.special {
            Special::NanAsNegativeZero if bits == self.sign_bit() => f32::NAN,
            Special::Ieee if code == self.infinity() => f32::INFINITY,
            Special::Ieee | Special::Nan if code > self.largest() => f32::NAN,
            _ => {
                let fraction = code & ((1 << self.fraction) - 1);
                let exponent = code >> self.fraction;
                let leading = if exponent == 0 { 0 } else { 1 << self.fraction };
                let scale = i32::from(exponent.max(1)) - self.bias - self.fraction.cast_signed();
                f32::from(leading | fraction) * power_of_two(scale)
            }
        };
        if negative { -magnitude } else { magnitude }
    }

    /// The nearest number, ties to the even code.
    fn encode(self, number: f32) -> u8 {
        let negative = number.is_sign_negative();
        if number.is_nan() {
            return self.nan(negative);
        }
        let sign = if negative { self.sign_bit() } else { 0 };
        let smallest = 1 - self.bias;
        let (exponent, magnitude) = (exponent_of(number).max(smallest), number.abs());
        // The number in steps of its neighbourhood. What is far too large is as good as infinite.
        let steps = if exponent > smallest + 64 {
            f32::INFINITY
        } else {
            let step = self.fraction.cast_signed() - exponent;
            (magnitude * power_of_two(step)).round_ties_even()
        };
        let below = (exponent - smallest).min(64) << self.fraction;
        #[expect(clippy::cast_possible_truncation, reason = "whole and small, or saturates")]
        let code = below.saturating_add(steps as i32);
        match u8::try_from(code) {
            Ok(0) if self.special == Special::NanAsNegativeZero => 0,
            Ok(code) if code <= self.largest() => sign | code,
            _ => match self.special {
                Special::Ieee => sign | self.infinity(),
                Special::Finite => sign | self.largest(),
                Special::Nan | Special::NanAsNegativeZero => self.nan(negative),
            },
        }
    }
}

/// For exponents of normal numbers, as all are that occur here.
fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits((exponent + 127).cast_unsigned() << 23)
}

/// The exponent of a number's leading bit; of zero and numbers below the normal ones, a lower bound
/// of no interest.
fn exponent_of(number: f32) -> i32 {
    ((number.to_bits() >> 23) & 0xFF).cast_signed() - 127
}

const E8M0_NAN: u8 = 0xFF;

fn decode_e8m0(bits: u8) -> f32 {
    match bits {
        E8M0_NAN => f32::NAN,
        // 2^-127 is no normal f32.
        0 => f32::from_bits(1 << 22),
        exponent => f32::from_bits(u32::from(exponent) << 23),
    }
}

/// The nearest power of two, ties to the larger one.
fn encode_e8m0(number: f32) -> u8 {
    let bits = number.to_bits();
    // Negative numbers and negative zero have the sign bit; zero has none else.
    if bits == 0 || bits >> 31 != 0 || number.is_nan() {
        return E8M0_NAN;
    }
    let (exponent, fraction) = (bits >> 23, bits & 0x7F_FFFF);
    // Below the normal numbers the fraction's first bit is 2^-127 itself, and ml_dtypes takes all
    // that is larger for the next power.
    let up = if exponent == 0 { fraction > 1 << 22 } else { fraction >= 1 << 22 };
    u8::try_from(exponent + u32::from(up)).unwrap_or(E8M0_NAN)
}

macro_rules! floats {
    ($($(#[$doc:meta])* $name:ident, $logical:literal, $accepts:expr,
       $decode:expr, $encode:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// `ml_dtypes` calls it
        #[doc = concat!("`", $logical, "`.")]
        /// Compares as the numbers do: a NaN equals nothing, not even itself.
        #[derive(Clone, Copy, Default)]
        pub struct $name(u8);

        impl $name {
            /// The number of this code, which is the byte in the file.
            #[must_use]
            pub const fn from_bits(bits: u8) -> Self {
                Self(bits)
            }

            /// The code, which is the byte in the file.
            #[must_use]
            pub const fn to_bits(self) -> u8 {
                self.0
            }

            /// Rounds as `ml_dtypes` does.
            #[must_use]
            pub fn from_f32(number: f32) -> Self {
                Self($encode(number))
            }

            /// The number, exactly.
            #[must_use]
            pub fn to_f32(self) -> f32 {
                $decode(self.0)
            }
        }

        impl From<$name> for f32 {
            fn from(number: $name) -> Self {
                number.to_f32()
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.to_f32() == other.to_f32()
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                self.to_f32().partial_cmp(&other.to_f32())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.to_f32().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.to_f32().fmt(f)
            }
        }

        one_byte!($name, $logical, $accepts, Self, |item| item.0);
    )*};
}

/// [`floats!`] of a [`Format`]: width, bits of fraction, bias, and what is special.
macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident, $logical:literal, $accepts:expr,
       $width:literal, $fraction:literal, $bias:literal, $special:ident;)*) => {$(
        floats! {
            $(#[$doc])*
            $name, $logical, $accepts,
            |bits| $name::FORMAT.decode(bits), |number| $name::FORMAT.encode(number);
        }

        impl $name {
            const FORMAT: Format =
                Format { width: $width, fraction: $fraction, bias: $bias, special: Special::$special };
        }
    )*};
}

formats! {
    /// A float of 3 bits exponent and 4 bits fraction, up to 15.5, with infinities.
    F8E3M4, "float8_e3m4", is_one_byte, 8, 4, 3, Ieee;
    /// A float of 4 bits exponent and 3 bits fraction, up to 240, with infinities.
    F8E4M3, "float8_e4m3", is_one_byte, 8, 3, 7, Ieee;
    /// A float of 4 bits exponent and 3 bits fraction, up to 448, without infinities: what is too
    /// large becomes NaN. This is the one that PyTorch and most hardware mean by E4M3.
    ///
    /// ```
    /// use npz_core::F8E4M3Fn;
    ///
    /// assert_eq!(F8E4M3Fn::from_f32(0.3).to_f32(), 0.3125);
    /// assert_eq!(F8E4M3Fn::from_f32(448.0).to_bits(), 0x7E);
    /// assert!(F8E4M3Fn::from_f32(1e4).to_f32().is_nan());
    /// ```
    F8E4M3Fn, "float8_e4m3fn", is_one_byte, 8, 3, 7, Nan;
    /// A float of 4 bits exponent, biased by 11, and 3 bits fraction, up to 30; one NaN, no
    /// infinities, no negative zero.
    F8E4M3B11Fnuz, "float8_e4m3b11fnuz", is_one_byte, 8, 3, 11, NanAsNegativeZero;
    /// A float of 4 bits exponent, biased by 8, and 3 bits fraction, up to 240; one NaN, no
    /// infinities, no negative zero.
    F8E4M3Fnuz, "float8_e4m3fnuz", is_one_byte, 8, 3, 8, NanAsNegativeZero;
    /// A float of 5 bits exponent and 2 bits fraction, up to 57344, with infinities: half of an
    /// [`f16`](half::f16). Read from `<f1` too, as `np.save` writes it and can't read it.
    F8E5M2, "float8_e5m2", |dtype| is_one_byte(dtype) || dtype.kind() == Some(ScalarKind::F8),
        8, 2, 15, Ieee;
    /// A float of 5 bits exponent, biased by 16, and 2 bits fraction, up to 57344; one NaN, no
    /// infinities, no negative zero.
    F8E5M2Fnuz, "float8_e5m2fnuz", is_one_byte, 8, 2, 16, NanAsNegativeZero;
    /// A float of 2 bits exponent and 3 bits fraction, up to 7.5, without infinities and NaN: what
    /// is too large becomes the largest, and NaN a zero.
    F6E2M3Fn, "float6_e2m3fn", is_one_byte, 6, 3, 1, Finite;
    /// A float of 3 bits exponent and 2 bits fraction, up to 28, without infinities and NaN: what
    /// is too large becomes the largest, and NaN a zero.
    F6E3M2Fn, "float6_e3m2fn", is_one_byte, 6, 2, 3, Finite;
    /// A float of 2 bits exponent and 1 bit fraction, up to 6, without infinities and NaN: what is
    /// too large becomes the largest, and NaN a zero.
    F4E2M1Fn, "float4_e2m1fn", is_one_byte, 4, 1, 1, Finite;
}

floats! {
    /// A power of two from 2⁻¹²⁷ to 2¹²⁷, or NaN: the scale of a block of narrow numbers. There is
    /// no zero and no sign; both become NaN.
    F8E8M0Fnu, "float8_e8m0fnu", is_one_byte, decode_e8m0, encode_e8m0;
}
