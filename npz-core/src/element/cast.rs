//! From the number types of a file to those that are asked for.

use bytemuck::{AnyBitPattern, NoUninit, Zeroable};
use half::{bf16, f16};
use num_complex::Complex;

use super::Payload;
use crate::dtype::{ByteOrder, DType, ScalarKind};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Cast;

/// Whether an array of `dtype` may be converted to numbers of the kind `to`.
pub(super) fn allowed(dtype: &DType, to: ScalarKind, cast: Cast) -> bool {
    let (Some(from), Some(to)) = (source(dtype), range(to)) else { return false };
    match cast {
        Cast::Exact => false,
        Cast::Lossless => holds(to, from),
        Cast::Any => true,
    }
}

/// The values of a number type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Range {
    Bool,
    /// Of so many bits.
    Unsigned(u32),
    Signed(u32),
    Float(Float),
    Complex(Float),
}

/// The digits of a binary fraction, and the exponents of the smallest and the largest number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Float {
    digits: u32,
    smallest: i32,
    largest: i32,
}

const F16: Float = Float { digits: 11, smallest: -24, largest: 15 };
const BF16: Float = Float { digits: 8, smallest: -133, largest: 127 };
const F32: Float = Float { digits: 24, smallest: -149, largest: 127 };
const F64: Float = Float { digits: 53, smallest: -1074, largest: 1023 };

fn source(dtype: &DType) -> Option<Range> {
    let scalar = dtype.as_scalar()?;
    // without an order they are two bytes of anything; `to_array` takes them for a bf16 all the same
    let plain_void = scalar.order() == ByteOrder::NotApplicable;
    range(scalar.kind()).filter(|_| !(plain_void && scalar.kind() == ScalarKind::Void(2)))
}

fn range(kind: ScalarKind) -> Option<Range> {
    Some(match kind {
        ScalarKind::Bool => Range::Bool,
        ScalarKind::I8 => Range::Signed(8),
        ScalarKind::I16 => Range::Signed(16),
        ScalarKind::I32 => Range::Signed(32),
        ScalarKind::I64 => Range::Signed(64),
        ScalarKind::U8 => Range::Unsigned(8),
        ScalarKind::U16 => Range::Unsigned(16),
        ScalarKind::U32 => Range::Unsigned(32),
        ScalarKind::U64 => Range::Unsigned(64),
        ScalarKind::F16 => Range::Float(F16),
        ScalarKind::Void(2) => Range::Float(BF16),
        ScalarKind::F32 => Range::Float(F32),
        ScalarKind::F64 => Range::Float(F64),
        ScalarKind::C64 => Range::Complex(F32),
        ScalarKind::C128 => Range::Complex(F64),
        _ => return None,
    })
}

/// Whether every value of `from` is one of `to`.
fn holds(to: Range, from: Range) -> bool {
    match (from, to) {
        (Range::Bool, _) => true,
        (_, Range::Bool) => false,
        (Range::Unsigned(from), Range::Unsigned(to)) => from <= to,
        (Range::Unsigned(from), Range::Signed(to)) => from < to,
        (Range::Signed(from), Range::Signed(to)) => from <= to,
        (Range::Signed(_), Range::Unsigned(_)) => false,
        // the exponents of all floats go beyond their digits
        (Range::Unsigned(bits), Range::Float(to)) => bits <= to.digits,
        (Range::Signed(bits), Range::Float(to)) => bits - 1 <= to.digits,
        (Range::Float(from), Range::Float(to)) => {
            from.digits <= to.digits && from.smallest >= to.smallest && from.largest <= to.largest
        }
        (Range::Complex(from), Range::Complex(to)) => holds(Range::Float(to), Range::Float(from)),
        (real, Range::Complex(to)) => holds(Range::Float(to), real),
        (Range::Float(_) | Range::Complex(_), _) => false,
    }
}

/// A number that every other can be converted to.
pub(super) trait Number: Zeroable + Clone {
    fn of_i8(value: i8) -> Self;
    fn of_i16(value: i16) -> Self;
    fn of_i32(value: i32) -> Self;
    fn of_i64(value: i64) -> Self;
    fn of_u8(value: u8) -> Self;
    fn of_u16(value: u16) -> Self;
    fn of_u32(value: u32) -> Self;
    fn of_u64(value: u64) -> Self;
    fn of_f32(value: f32) -> Self;
    fn of_f64(value: f64) -> Self;

    fn of_f16(value: f16) -> Self {
        Self::of_f32(value.to_f32())
    }

    fn of_bf16(value: bf16) -> Self {
        Self::of_f32(value.to_f32())
    }

    fn of_c64(value: Complex<f32>) -> Self {
        Self::of_f32(value.re)
    }

    fn of_c128(value: Complex<f64>) -> Self {
        Self::of_f64(value.re)
    }
}

/// `$of` each source type, `|$value| $make` a `$type`.
macro_rules! number {
    (@each $type:ty: |$value:ident| $make:expr; $($of:ident $source:ty),*; $($rest:tt)*) => {
        impl Number for $type {
            $(
                #[inline]
                #[allow(clippy::cast_lossless, clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss, clippy::cast_precision_loss)]
                fn $of($value: $source) -> Self {
                    $make
                }
            )*
            $($rest)*
        }
    };
    ($type:ty: |$value:ident| $make:expr; $($rest:tt)*) => {
        number! {
            @each $type: |$value| $make;
            of_i8 i8, of_i16 i16, of_i32 i32, of_i64 i64, of_u8 u8, of_u16 u16, of_u32 u32,
            of_u64 u64, of_f32 f32, of_f64 f64;
            $($rest)*
        }
    };
}

/// For types that Rust converts by `as`.
macro_rules! primitives {
    ($($type:ty),*) => {$(
        number! { $type: |value| value as $type; }
    )*};
}

primitives!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

#[cfg(target_pointer_width = "64")]
primitives!(isize, usize);

/// Whether it is anything but zero.
fn is_some<T: PartialEq + Default>(value: T) -> bool {
    value != T::default()
}

number! { bool: |value| is_some(value);
    fn of_c64(value: Complex<f32>) -> Self {
        value.re != 0.0 || value.im != 0.0
    }

    fn of_c128(value: Complex<f64>) -> Self {
        value.re != 0.0 || value.im != 0.0
    }
}

/// The nearest `f16`, ties to even. (`f16::from_f64` rounds to `f32` first, or leaves bits out of account,
/// as the processor has it.)
pub(crate) fn nearest_f16(value: f64) -> f16 {
    #[allow(clippy::cast_possible_truncation)]
    let single = value as f32;
    let rounded = f64::from(single);
    let bits = single.to_bits();
    let exact = rounded == value || value.is_nan();
    // Cut off, and odd if that lost anything: then no second rounding can take it for a tie.
    let bits = match rounded.abs() > value.abs() {
        _ if exact => bits,
        true => (bits - 1) | 1,
        false => bits | 1,
    };
    f16::from_f32(f32::from_bits(bits))
}

// f64 holds every integer that is not beyond f16 anyway.
number! { f16: |value| nearest_f16(value as f64);
    fn of_f16(value: f16) -> Self {
        value
    }
}

// By way of f32, as ml_dtypes has it.
number! { bf16: |value| bf16::from_f32(value as f32);
    fn of_bf16(value: bf16) -> Self {
        value
    }
}

number! { Complex<f32>: |value| Complex::new(value as f32, 0.0);
    fn of_c64(value: Complex<f32>) -> Self {
        value
    }

    fn of_c128(value: Complex<f64>) -> Self {
        Complex::new(f32::of_f64(value.re), f32::of_f64(value.im))
    }
}

number! { Complex<f64>: |value| Complex::new(value as f64, 0.0);
    fn of_c64(value: Complex<f32>) -> Self {
        Complex::new(value.re.into(), value.im.into())
    }

    fn of_c128(value: Complex<f64>) -> Self {
        value
    }
}

/// Reads and converts all items. Which two types it is about is decided once, not for each item.
pub(super) fn decode<T: Number>(payload: &mut Payload<'_>) -> Result<Vec<T>> {
    let scalar = payload.dtype().as_scalar();
    match scalar.map(|scalar| scalar.kind()) {
        // any byte is a bool for NumPy
        Some(ScalarKind::Bool) => {
            convert::<u8, u8, T>(payload, |byte| T::of_u8(u8::from(byte != 0)))
        }
        Some(ScalarKind::I8) => convert::<i8, u8, T>(payload, T::of_i8),
        Some(ScalarKind::I16) => convert::<i16, u16, T>(payload, T::of_i16),
        Some(ScalarKind::I32) => convert::<i32, u32, T>(payload, T::of_i32),
        Some(ScalarKind::I64) => convert::<i64, u64, T>(payload, T::of_i64),
        Some(ScalarKind::U8) => convert::<u8, u8, T>(payload, T::of_u8),
        Some(ScalarKind::U16) => convert::<u16, u16, T>(payload, T::of_u16),
        Some(ScalarKind::U32) => convert::<u32, u32, T>(payload, T::of_u32),
        Some(ScalarKind::U64) => convert::<u64, u64, T>(payload, T::of_u64),
        Some(ScalarKind::F16) => convert::<f16, u16, T>(payload, T::of_f16),
        Some(ScalarKind::Void(2)) => convert::<bf16, u16, T>(payload, T::of_bf16),
        Some(ScalarKind::F32) => convert::<f32, u32, T>(payload, T::of_f32),
        Some(ScalarKind::F64) => convert::<f64, u64, T>(payload, T::of_f64),
        Some(ScalarKind::C64) => convert::<Complex<f32>, u32, T>(payload, T::of_c64),
        Some(ScalarKind::C128) => convert::<Complex<f64>, u64, T>(payload, T::of_c128),
        _ => {
            let message = format!("{} can't be converted", payload.dtype().describe());
            Err(Error::new(ErrorKind::Dtype, message))
        }
    }
}

/// An unsigned integer, in units of which bytes are swapped.
trait Swap: NoUninit + AnyBitPattern {
    fn swap(self) -> Self;
}

macro_rules! swap {
    ($($type:ty),*) => {$(
        impl Swap for $type {
            fn swap(self) -> Self {
                self.swap_bytes()
            }
        }
    )*};
}

swap!(u8, u16, u32, u64);

fn convert<S, U: Swap, T: Number>(
    payload: &mut Payload<'_>,
    convert: impl Fn(S) -> T,
) -> Result<Vec<T>>
where
    S: Zeroable + NoUninit + AnyBitPattern,
{
    let native = payload.dtype().is_native();
    payload.read_converted(|items: &mut [S], out: &mut [T]| {
        if !native && size_of::<U>() > 1 {
            for unit in bytemuck::cast_slice_mut::<S, U>(items) {
                *unit = unit.swap();
            }
        }
        for (out, item) in out.iter_mut().zip(items) {
            *out = convert(*item);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::Element;

    #[test]
    fn the_nearest_half_is_found() {
        for bits in 0..0x7C00_u16 {
            let [below, above] = [bits, bits + 1].map(f16::from_bits);
            // 65536 would be next.
            let next = if above.is_finite() { above.to_f64() } else { 65_536.0 };
            let tie = f64::midpoint(below.to_f64(), next);
            let even = if bits % 2 == 0 { below } else { above };
            let (less, more) = (tie.to_bits() - 1, tie.to_bits() + 1);
            let cases = [(tie, even), (f64::from_bits(less), below), (f64::from_bits(more), above)];
            for (value, nearest) in cases.into_iter().chain([(below.to_f64(), below)]) {
                assert_eq!(nearest_f16(value), nearest, "{value:e}");
                assert_eq!(nearest_f16(-value), -nearest, "-{value:e}");
            }
        }
        assert_eq!(nearest_f16(f64::MAX), f16::INFINITY);
        assert_eq!(nearest_f16(-f64::MAX), f16::NEG_INFINITY);
        assert_eq!(nearest_f16(f64::INFINITY), f16::INFINITY);
        assert_eq!(nearest_f16(5e-324).to_bits(), 0);
        assert_eq!(nearest_f16(-5e-324).to_bits(), 0x8000);
        assert!(nearest_f16(f64::NAN).is_nan());
    }

    fn kinds() -> Vec<ScalarKind> {
        use ScalarKind as K;
        let integers = [K::Bool, K::I8, K::I16, K::I32, K::I64, K::U8, K::U16, K::U32, K::U64];
        let floats = [K::F16, K::Void(2), K::F32, K::F64, K::C64, K::C128];
        [&integers[..], &floats].concat()
    }

    /// The extreme values of a kind, as the bytes of a file.
    fn extremes(kind: ScalarKind) -> Vec<Vec<u8>> {
        let bits = |kind: ScalarKind| u32::try_from(kind.itemsize() * 8).unwrap();
        let bytes = |bits: u64, size: usize| bits.to_le_bytes()[..size].to_vec();
        let float = |float: Float, bits: u32| {
            let mantissa = float.digits - 1;
            let top = ((1_u64 << (bits - 1)) - 1) & !((1 << mantissa) - 1);
            // the smallest, the largest, one and a bit, the same negative, zero
            let one = top >> 1 & top;
            let all = [1, top - 1, one | 1, 0];
            let negative = all.map(|value| value | 1 << (bits - 1));
            [all, negative].concat().iter().map(|&v| bytes(v, bits as usize / 8)).collect()
        };
        match range(kind).unwrap() {
            Range::Bool => vec![vec![0], vec![1]],
            Range::Unsigned(bits) | Range::Signed(bits) => {
                let high = 1_u64 << (bits - 1);
                let values = [0, 1, high - 1, high, high + 1, u64::MAX, u64::MAX - 1];
                values.iter().map(|&value| bytes(value, bits as usize / 8)).collect()
            }
            Range::Float(range) => float(range, bits(kind)),
            Range::Complex(range) => {
                let halves: Vec<Vec<u8>> = float(range, bits(kind) / 2);
                halves.iter().zip(halves.iter().rev()).map(|(a, b)| [&a[..], b].concat()).collect()
            }
        }
    }

    fn through<T: Element>(from: ScalarKind, bytes: &[u8]) -> Vec<u8> {
        let dtype = from.into();
        let mut source = bytes;
        let mut payload =
            Payload::new(&dtype, bytes.len() / from.itemsize(), true, &mut source).unwrap();
        let items: Vec<T> = crate::element::decode(&mut payload).unwrap();
        let mut out = Vec::new();
        T::encode(&items, &T::dtype([].into_iter()).unwrap(), &mut out).unwrap();
        out
    }

    fn to(from: ScalarKind, to: ScalarKind, bytes: &[u8]) -> Vec<u8> {
        match to {
            ScalarKind::Bool => through::<bool>(from, bytes),
            ScalarKind::I8 => through::<i8>(from, bytes),
            ScalarKind::I16 => through::<i16>(from, bytes),
            ScalarKind::I32 => through::<i32>(from, bytes),
            ScalarKind::I64 => through::<i64>(from, bytes),
            ScalarKind::U8 => through::<u8>(from, bytes),
            ScalarKind::U16 => through::<u16>(from, bytes),
            ScalarKind::U32 => through::<u32>(from, bytes),
            ScalarKind::U64 => through::<u64>(from, bytes),
            ScalarKind::F16 => through::<f16>(from, bytes),
            ScalarKind::Void(2) => through::<bf16>(from, bytes),
            ScalarKind::F32 => through::<f32>(from, bytes),
            ScalarKind::F64 => through::<f64>(from, bytes),
            ScalarKind::C64 => through::<Complex<f32>>(from, bytes),
            ScalarKind::C128 => through::<Complex<f64>>(from, bytes),
            other => panic!("{other:?}"),
        }
    }

    /// What is called lossless comes back; what comes back for all extremes is called lossless.
    #[test]
    fn lossless_is_what_comes_back() {
        for from in kinds() {
            let bytes = extremes(from).concat();
            for target in kinds() {
                let there = to(from, target, &bytes);
                // back through numbers that the source holds, where Rust's `as` saturates
                let same = to(target, from, &there) == bytes;
                let dtype = ScalarKind::into(from);
                let dtype = match from {
                    ScalarKind::Void(_) => "<V2".parse().unwrap(),
                    _ => dtype,
                };
                let lossless = from == target || allowed(&dtype, target, Cast::Lossless);
                // -0.0 and saturated integers are told by their values, not by coming back
                let by_luck = matches!(
                    (range(from), range(target)),
                    (
                        Some(Range::Unsigned(64) | Range::Signed(64)),
                        Some(Range::Float(_) | Range::Complex(_))
                    )
                );
                assert!(same || !lossless, "{from:?} to {target:?} loses");
                assert!(
                    !same || lossless || by_luck || wraps(from, target),
                    "{from:?} to {target:?}"
                );
            }
        }
    }

    /// Unsigned to signed and the other way comes back if nothing saturates, which it does.
    fn wraps(from: ScalarKind, to: ScalarKind) -> bool {
        let bits = |kind| match range(kind) {
            Some(Range::Unsigned(bits) | Range::Signed(bits)) => bits,
            _ => 0,
        };
        bits(from) > 0 && bits(from) <= bits(to)
    }

    #[test]
    fn any_saturates_like_rust() {
        let bytes = [f64::NAN, 300.0, -1.0, 7.9, f64::INFINITY].map(f64::to_le_bytes).concat();
        assert_eq!(through::<u8>(ScalarKind::F64, &bytes), [0, 255, 0, 7, 255]);
        let bytes = [0.0_f32, -0.0, f32::NAN, 0.5].map(f32::to_le_bytes).concat();
        assert_eq!(through::<bool>(ScalarKind::F32, &bytes), [0, 0, 1, 1]);
        assert_eq!(through::<bool>(ScalarKind::C64, &bytes), [0, 1]);
        assert_eq!(through::<i8>(ScalarKind::I16, &300_i16.to_le_bytes()), [44]);
        assert_eq!(through::<u8>(ScalarKind::Bool, &[0, 1, 2]), [0, 1, 1]);
    }
}
