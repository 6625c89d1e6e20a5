//! C's `long double` as x86 has it: 80 bits in 16 bytes.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::{Element, Payload};
use crate::dtype::{ByteOrder, DType, ScalarKind};
use crate::error::{Error, ErrorKind, Result};

const SIZE: usize = 16;

/// The leading bit of the significand, which this format writes out.
const INTEGER_BIT: u64 = 1 << 63;

/// The exponent of infinities and NaNs.
const SPECIAL: u16 = 0x7FFF;

/// NumPy's `longdouble` of x86 machines, dtype `<f16`: 80 bits, and 6 bytes of padding.
///
/// The bits are kept as they are in the file; [`to_f64`](Self::to_f64) makes a number of them.
/// Two values are equal if their 80 bits are, whatever the padding, in which NumPy leaves remains
/// of its memory.
///
/// Other machines call other numbers `<f16`, IEEE quadruple precision above all, and the file
/// doesn't tell which. They are taken for those of x86 unless the bits show otherwise: a value
/// that no x86 processor makes is refused, and so is a zero whose padding looks like the exponent
/// of a quadruple. Bytes that are refused can be loaded as [`Void<16>`](crate::Void).
///
/// ```
/// use npz_core::LongDouble;
///
/// let third = LongDouble::from_f64(1.0 / 3.0);
/// assert_eq!(third.to_f64(), 1.0 / 3.0);
/// assert_eq!(third, LongDouble::from_le_bytes(third.to_le_bytes())?);
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct LongDouble([u8; SIZE]);

impl LongDouble {
    /// The number of these bytes, the significand's lowest first.
    ///
    /// # Errors
    /// [`ErrorKind::Value`] if no x86 processor makes it, or if it looks like an IEEE quadruple.
    pub fn from_le_bytes(bytes: [u8; SIZE]) -> Result<Self> {
        let number = Self(bytes);
        match number.fault() {
            None => Ok(number),
            Some(fault) => Err(Error::new(ErrorKind::Value, refusal(fault, SIZE))),
        }
    }

    /// The bytes, the significand's lowest first, padding last.
    #[must_use]
    pub fn to_le_bytes(self) -> [u8; SIZE] {
        self.0
    }

    fn significand(self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }

    /// The exponent's 15 bits, and the sign above them.
    fn top(self) -> u16 {
        u16::from_le_bytes([self.0[8], self.0[9]])
    }

    /// What keeps the bytes from being a number of x86.
    fn fault(self) -> Option<&'static str> {
        let exponent = self.top() & SPECIAL;
        if exponent == 0 {
            // 2^-1023 to 2^1023, as nearly all quadruples that were doubles once.
            let quad = u16::from_le_bytes([self.0[14], self.0[15]]) & SPECIAL;
            return (0x3C00..=0x43FE).contains(&quad).then_some("looks like an IEEE quadruple");
        }
        let invalid = self.significand() & INTEGER_BIT == 0;
        invalid.then_some(if exponent == SPECIAL {
            "is a pseudo-infinity or a pseudo-NaN"
        } else {
            "is an unnormal"
        })
    }

    /// The nearest `f64`, ties to even; what is too large becomes infinite. NaNs stay NaNs and
    /// keep the upper bits of their payload.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        let (significand, top) = (self.significand(), self.top());
        let sign = u64::from(top >> 15) << 63;
        let magnitude = match top & SPECIAL {
            SPECIAL => match significand << 1 {
                0 => f64::INFINITY.to_bits(),
                payload => f64::NAN.to_bits() | payload >> 12,
            },
            exponent => round(significand, i32::from(exponent.max(1)) - 16383),
        };
        f64::from_bits(sign | magnitude)
    }

    /// Just this number: every `f64` is one of them.
    #[must_use]
    pub fn from_f64(number: f64) -> Self {
        let bits = number.to_bits();
        let fraction = bits << 12 >> 1;
        let (significand, exponent) = match (bits >> 52) & 0x7FF {
            0x7FF => (INTEGER_BIT | fraction, u64::from(SPECIAL)),
            0 if fraction == 0 => (0, 0),
            0 => {
                let shift = fraction.leading_zeros();
                (fraction << shift, 16383 - 1022 - u64::from(shift))
            }
            exponent => (INTEGER_BIT | fraction, exponent + 16383 - 1023),
        };
        let top = exponent | bits >> 63 << 15;
        let mut bytes = [0; SIZE];
        bytes[..8].copy_from_slice(&significand.to_le_bytes());
        bytes[8..10].copy_from_slice(&top.to_le_bytes()[..2]);
        Self(bytes)
    }
}

/// The bits of the double nearest to `significand * 2^(exponent - 63)`.
fn round(significand: u64, exponent: i32) -> u64 {
    if significand == 0 {
        return 0;
    }
    let shift = significand.leading_zeros();
    let exponent = exponent - shift.cast_signed();
    if exponent > 1023 {
        return f64::INFINITY.to_bits();
    }
    // In front of the last 11 bits stand the double's 53, fewer below the smallest normal one.
    let drop = 11 + (-1022 - exponent).max(0).cast_unsigned();
    let significand = u128::from(significand << shift);
    if drop > 64 {
        return 0;
    }
    let (kept, rest) = (significand >> drop, significand & ((1 << drop) - 1));
    let half = 1_u128 << (drop - 1);
    let up = rest > half || (rest == half && kept & 1 == 1);
    let kept = u64::try_from(kept).unwrap_or(u64::MAX) + u64::from(up);
    // A carry runs into the exponent, up to infinity, just as it should.
    match u64::try_from(exponent + 1022) {
        Ok(biased) => (biased << 52) + kept,
        Err(_) => kept,
    }
}

#[cold]
fn refusal(fault: &str, size: usize) -> String {
    format!(
        "{fault}, not a long double of x86, the only one that is read; load it as Void<{size}> and \
         convert it yourself"
    )
}

impl PartialEq for LongDouble {
    fn eq(&self, other: &Self) -> bool {
        self.0[..10] == other.0[..10]
    }
}

impl Eq for LongDouble {}

impl Hash for LongDouble {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0[..10].hash(state);
    }
}

/// As the nearest `f64`.
impl fmt::Display for LongDouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_f64().fmt(f)
    }
}

impl fmt::Debug for LongDouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "LongDouble({:?} = {:#06x}:{:#018x})",
            self.to_f64(),
            self.top(),
            self.significand()
        )
    }
}

impl From<f64> for LongDouble {
    fn from(number: f64) -> Self {
        Self::from_f64(number)
    }
}

impl From<f32> for LongDouble {
    fn from(number: f32) -> Self {
        Self::from_f64(number.into())
    }
}

/// NumPy's `clongdouble` of x86 machines, dtype `<c32`: two [`LongDouble`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ComplexLongDouble {
    /// The real part.
    pub re: LongDouble,
    /// The imaginary part.
    pub im: LongDouble,
}

fn is_big(dtype: &DType) -> bool {
    dtype.as_scalar().is_some_and(|scalar| scalar.order() == ByteOrder::Big)
}

fn put(number: LongDouble, big: bool, out: &mut Vec<u8>) {
    let mut bytes = number.0;
    if big {
        bytes.reverse();
    }
    out.extend_from_slice(&bytes);
}

/// The number of these bytes, part of an item of `size` bytes.
fn get(bytes: &[u8], big: bool, index: usize, size: usize) -> Result<LongDouble> {
    let mut bytes: [u8; SIZE] = bytes.try_into().unwrap_or_default();
    if big {
        bytes.reverse();
    }
    let number = LongDouble(bytes);
    match number.fault() {
        None => Ok(number),
        Some(fault) => {
            let message = format!("item {index} {}", refusal(fault, size));
            Err(Error::new(ErrorKind::Value, message))
        }
    }
}

impl Element for LongDouble {
    fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
        Ok(ScalarKind::LongDouble.into())
    }

    fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
        let big = is_big(dtype);
        items.iter().for_each(|item| put(*item, big, out));
        Ok(())
    }

    fn accepts(dtype: &DType) -> bool {
        dtype.kind() == Some(ScalarKind::LongDouble)
    }

    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        let big = is_big(payload.dtype());
        payload.decode_with(|bytes, out| {
            for item in bytes.chunks_exact(SIZE) {
                out.push(get(item, big, out.len(), SIZE)?);
            }
            Ok(())
        })
    }

    fn expected() -> Cow<'static, str> {
        "dtype '<f16' (LongDouble)".into()
    }
}

impl Element for ComplexLongDouble {
    fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
        Ok(ScalarKind::CLongDouble.into())
    }

    fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
        let big = is_big(dtype);
        items.iter().flat_map(|item| [item.re, item.im]).for_each(|part| put(part, big, out));
        Ok(())
    }

    fn accepts(dtype: &DType) -> bool {
        dtype.kind() == Some(ScalarKind::CLongDouble)
    }

    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        let big = is_big(payload.dtype());
        payload.decode_with(|bytes, out| {
            for item in bytes.chunks_exact(2 * SIZE) {
                let (re, im) = item.split_at(SIZE);
                let index = out.len();
                let part = |bytes| get(bytes, big, index, 2 * SIZE);
                out.push(Self { re: part(re)?, im: part(im)? });
            }
            Ok(())
        })
    }

    fn expected() -> Cow<'static, str> {
        "dtype '<c32' (ComplexLongDouble)".into()
    }
}
