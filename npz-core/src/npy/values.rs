//! What an array's values are, as far as a dtype of any kind can tell.

use super::header::Header;
use crate::dtype::{ByteOrder, DType, Record, Scalar, ScalarKind};
use crate::element::{Payload, ReadExact, named_float};
use crate::error::Result;

/// How many values of an array are not what one would expect of numbers, flags and text.
///
/// Values are counted, not items: a complex number has two, a record those of all its fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValueCounts {
    nan: u64,
    infinite: u64,
    invalid: u64,
}

impl ValueCounts {
    /// Floats that are not a number, halves of complex numbers among them.
    #[must_use]
    pub fn nan(&self) -> u64 {
        self.nan
    }

    /// Floats that are infinite.
    #[must_use]
    pub fn infinite(&self) -> u64 {
        self.infinite
    }

    /// Bytes of bools other than 0 and 1, and characters beyond Unicode or half of a surrogate
    /// pair. NumPy loads them; an array of `bool` or `String` can't hold them.
    #[must_use]
    pub fn invalid(&self) -> u64 {
        self.invalid
    }

    /// Whether there are none of any sort.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, dtype: &DType, bytes: &[u8]) {
        match dtype {
            DType::Scalar(scalar) => self.add_scalars(*scalar, bytes),
            DType::Subarray(subarray) => self.add(subarray.base(), bytes),
            DType::Record(record) => self.add_records(record, bytes),
        }
    }

    fn add_records(&mut self, record: &Record, bytes: &[u8]) {
        for item in bytes.chunks_exact(record.itemsize().max(1)) {
            for field in record.fields() {
                let end = field.offset().saturating_add(field.dtype().itemsize());
                self.add(field.dtype(), item.get(field.offset()..end).unwrap_or_default());
            }
        }
    }

    fn add_scalars(&mut self, scalar: Scalar, bytes: &[u8]) {
        /// The largest numbers are infinity, and beyond it NaN, once the sign is gone.
        macro_rules! floats {
            ($bits:ty, $mantissa:literal) => {{
                const MAGNITUDE: $bits = <$bits>::MAX >> 1;
                const INFINITY: $bits = MAGNITUDE >> $mantissa << $mantissa;
                let big = scalar.order() == ByteOrder::Big;
                for &value in bytes.as_chunks().0 {
                    let bits = match big {
                        true => <$bits>::from_be_bytes(value),
                        false => <$bits>::from_le_bytes(value),
                    };
                    self.nan += u64::from(bits & MAGNITUDE > INFINITY);
                    self.infinite += u64::from(bits & MAGNITUDE == INFINITY);
                }
            }};
        }
        match scalar.kind() {
            ScalarKind::F8 => floats!(u8, 2),
            ScalarKind::F16 | ScalarKind::Complex32 => floats!(u16, 10),
            ScalarKind::F32 | ScalarKind::C64 => floats!(u32, 23),
            ScalarKind::F64 | ScalarKind::C128 => floats!(u64, 52),
            // bfloat16, see ScalarKind::Void.
            ScalarKind::Void(2) if scalar.order() != ByteOrder::NotApplicable => floats!(u16, 7),
            ScalarKind::LongDouble | ScalarKind::CLongDouble => {
                self.add_long_doubles(scalar, bytes);
            }
            ScalarKind::Bool => self.invalid += count(bytes, |&byte| byte > 1),
            ScalarKind::Str(_) => {
                let big = scalar.order() == ByteOrder::Big;
                self.invalid += count(bytes.as_chunks().0, |&unit| {
                    let code =
                        if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
                    char::from_u32(code).is_none()
                });
            }
            _ => {}
        }
    }

    /// Those of x86, whose leading bit of the significand is written out.
    fn add_long_doubles(&mut self, scalar: Scalar, bytes: &[u8]) {
        for &value in bytes.as_chunks().0 {
            let bits = match scalar.order() {
                ByteOrder::Big => u128::from_be_bytes(value),
                _ => u128::from_le_bytes(value),
            };
            if bits >> 64 & 0x7FFF == 0x7FFF {
                let infinite = bits << 65 == 0;
                self.nan += u64::from(!infinite);
                self.infinite += u64::from(infinite);
            }
        }
    }
}

/// What the bytes of one of `ml_dtypes`' floats are, by their value.
struct Named([ValueCounts; 256]);

impl Named {
    /// `None` if nothing of this name can be out of the ordinary.
    fn new(name: &str) -> Option<Self> {
        let number = named_float(name)?;
        let mut counts = [ValueCounts::default(); 256];
        for (bits, counts) in (0..=u8::MAX).zip(&mut counts) {
            let number = number(bits);
            counts.nan = u64::from(number.is_nan());
            counts.infinite = u64::from(number.is_infinite());
        }
        Some(Self(counts))
    }

    fn add(&self, counts: &mut ValueCounts, bytes: &[u8]) {
        for &byte in bytes {
            let found = self.0[usize::from(byte)];
            counts.nan += found.nan;
            counts.infinite += found.infinite;
        }
    }
}

fn count<T>(values: &[T], is: impl Fn(&T) -> bool) -> u64 {
    values.iter().map(|value| u64::from(is(value))).sum()
}

/// Reads the data under `header` and counts its values. Python objects have none. `logical` is what
/// `ml_dtypes` calls their type, where the dtype doesn't tell.
pub(crate) fn count_values(
    header: &Header,
    logical: Option<&str>,
    present: bool,
    source: &mut dyn ReadExact,
) -> Result<ValueCounts> {
    let mut counts = ValueCounts::default();
    let itemsize = header.dtype().itemsize();
    if itemsize == 0 || header.dtype().has_object() {
        return Ok(counts);
    }
    let mut payload = Payload::new(header.dtype(), header.len(), present, source)?;
    let one_byte = header.dtype().kind() == Some(ScalarKind::Void(1));
    let named = logical.filter(|_| one_byte).and_then(Named::new);
    payload.decode_with(|bytes, items: &mut Vec<()>| {
        match &named {
            Some(named) => named.add(&mut counts, bytes),
            None => counts.add(header.dtype(), bytes),
        }
        items.resize(items.len() + bytes.len() / itemsize, ());
        Ok(())
    })?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::npy::Order;

    fn counts(dtype: &str, bytes: &[u8]) -> (u64, u64, u64) {
        let dtype: DType = dtype.parse().unwrap();
        let len = bytes.len() / dtype.itemsize();
        let header = Header::new(dtype, Order::C, [len]).unwrap();
        let found = count_values(&header, None, true, &mut &*bytes).unwrap();
        assert_eq!(found.is_clean(), found == ValueCounts::default());
        (found.nan(), found.infinite(), found.invalid())
    }

    #[test]
    fn every_width_and_order() {
        let specials = [0.0, -0.0, 1.5, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        let mut expected = (2, 2, 0);
        assert_eq!(counts("<f8", &specials.map(f64::to_le_bytes).concat()), expected);
        assert_eq!(counts(">f8", &specials.map(f64::to_be_bytes).concat()), expected);
        let single = specials.map(|value| half::f16::from_f64(value).to_f32());
        assert_eq!(counts("<f4", &single.map(f32::to_le_bytes).concat()), expected);
        assert_eq!(counts(">f4", &single.map(f32::to_be_bytes).concat()), expected);
        let half = specials.map(half::f16::from_f64);
        assert_eq!(counts("<f2", &half.map(half::f16::to_le_bytes).concat()), expected);
        let brain = specials.map(half::bf16::from_f64);
        assert_eq!(counts("<V2", &brain.map(half::bf16::to_le_bytes).concat()), expected);
        assert_eq!(counts("|V2", &brain.map(half::bf16::to_le_bytes).concat()), (0, 0, 0));
        // A signalling NaN counts too.
        assert_eq!(counts(">f4", &0xFF80_0001_u32.to_be_bytes()), (1, 0, 0));
        assert_eq!(counts("<c8", &[f32::NAN, f32::INFINITY].map(f32::to_le_bytes).concat()), {
            expected.0 = 1;
            expected.1 = 1;
            expected
        });
        let long = |top: u16, significand: u64| {
            [&significand.to_le_bytes()[..], &top.to_le_bytes(), &[9; 6]].concat()
        };
        let [one, infinity, nan] = [(0x3FFF, 1 << 63), (0xFFFF, 1 << 63), (0x7FFF, 3 << 62)]
            .map(|(top, significand)| long(top, significand));
        assert_eq!(counts("<f16", &[&one[..], &infinity, &nan].concat()), (1, 1, 0));
    }

    #[test]
    fn small_floats_by_their_name() {
        let header = Header::new(ScalarKind::Void(1), Order::C, [256]).unwrap();
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let counts = |name: &str| {
            let found = count_values(&header, Some(name), true, &mut &*bytes).unwrap();
            (found.nan(), found.infinite())
        };
        assert_eq!(counts("float8_e5m2"), (6, 2));
        assert_eq!(counts("float8_e4m3fn"), (2, 0));
        assert_eq!(counts("float8_e4m3fnuz"), (1, 0));
        assert_eq!(counts("int4"), (0, 0));
        assert_eq!(counts("unheard of"), (0, 0));
    }

    #[test]
    fn flags_and_text() {
        assert_eq!(counts("|b1", &[0, 1, 2, 255]), (0, 0, 2));
        let codes = [0x41, 0xD800, 0xDFFF, 0x10_FFFF, 0x11_0000, u32::MAX];
        assert_eq!(counts("<U2", &codes.map(u32::to_le_bytes).concat()), (0, 0, 4));
        assert_eq!(counts(">U3", &codes.map(u32::to_be_bytes).concat()), (0, 0, 4));
        assert_eq!(counts("<i4", &[0xFF; 16]), (0, 0, 0));
    }

    #[test]
    fn records_field_by_field() {
        let dtype = "[('a', '|b1'), ('', '|V3'), ('x', '<f4', (2,)), ('in', [('y', '>f8')])]";
        let item = [
            &[7, 0xFF, 0xFF, 0xFF][..],
            &f32::NAN.to_le_bytes(),
            &1_f32.to_le_bytes(),
            &f64::INFINITY.to_be_bytes(),
        ]
        .concat();
        assert_eq!(counts(dtype, &item.repeat(3)), (3, 3, 3));
    }
}
