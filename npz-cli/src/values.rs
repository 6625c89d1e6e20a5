//! Items as numbers, whatever their dtype.

use half::{bf16, f16};
use npz_core::ndarray::Ix1;
use npz_core::{
    AnyArray, ByteOrder, Cast, ComplexLongDouble, DType, Element, F4E2M1Fn, F6E2M3Fn, F6E3M2Fn,
    F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu, Header,
    Int1, Int2, Int4, LongDouble, Order, Result, Scalar, ScalarKind, UInt1, UInt2, UInt4,
};

/// The number that stands for "not a time".
pub(crate) const NAT: i64 = i64::MIN;

/// Some items.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    /// Floats, widened; of complex numbers their magnitudes.
    Float(Vec<f64>),
    /// Integers; `bool` as 0 and 1, times as counts of their unit.
    Signed(Vec<i64>),
    /// `u64`, which an `i64` doesn't hold.
    Unsigned(Vec<u64>),
}

impl Values {
    /// As floats, for pictures: large integers are rounded, what is not a time is NaN.
    pub(crate) fn into_floats(self, times: bool) -> Vec<f64> {
        match self {
            Self::Float(items) => items,
            Self::Signed(items) => {
                let float = |item| if times && item == NAT { f64::NAN } else { signed(item) };
                items.into_iter().map(float).collect()
            }
            Self::Unsigned(items) => items.into_iter().map(unsigned).collect(),
        }
    }
}

/// The nearest float.
#[expect(clippy::cast_precision_loss, reason = "rounding is meant")]
pub(crate) fn signed(item: i64) -> f64 {
    item as f64
}

/// The nearest float.
#[expect(clippy::cast_precision_loss, reason = "rounding is meant")]
pub(crate) fn unsigned(item: u64) -> f64 {
    item as f64
}

/// The nearest float.
#[expect(clippy::cast_precision_loss, reason = "rounding is meant")]
pub(crate) fn wide(item: i128) -> f64 {
    item as f64
}

/// The nearest float.
pub(crate) fn float(count: usize) -> f64 {
    unsigned(u64::try_from(count).unwrap_or(u64::MAX))
}

/// The whole number in a float; what is outside of the range becomes its end.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is meant"
)]
pub(crate) fn index(number: f64) -> usize {
    number as usize
}

/// The nearest whole number; what is outside of the range becomes its end.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is meant")]
pub(crate) fn whole(number: f64) -> i128 {
    number.round() as i128
}

/// Makes numbers of the bytes of items of one type.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    kind: Kind,
    order: ByteOrder,
}

#[derive(Clone, Debug)]
enum Kind {
    Scalar(ScalarKind),
    Bfloat16,
    /// The number of each byte.
    Bytes(Box<[f64]>),
}

impl Decoder {
    /// `None` if items of this type are no numbers: text, plain voids, Python objects. `logical` is
    /// what an archive's metadata say of it.
    pub(crate) fn new(scalar: Scalar, logical: Option<&str>) -> Option<Self> {
        let kind = match scalar.kind() {
            ScalarKind::Void(1) => Kind::Bytes(small(logical?)?),
            ScalarKind::F8 => Kind::Bytes(table::<F8E5M2>(|item| f64::from(item.to_f32()))?),
            // The order mark tells bfloat16 from two plain bytes.
            ScalarKind::Void(2)
                if scalar.order() != ByteOrder::NotApplicable || logical == Some("bfloat16") =>
            {
                Kind::Bfloat16
            }
            ScalarKind::Void(_)
            | ScalarKind::Bytes(_)
            | ScalarKind::Str(_)
            | ScalarKind::Object => return None,
            kind => Kind::Scalar(kind),
        };
        Some(Self { kind, order: scalar.order() })
    }

    /// Whether the numbers are magnitudes of complex ones.
    pub(crate) fn is_magnitude(&self) -> bool {
        matches!(
            self.kind,
            Kind::Scalar(
                ScalarKind::Complex32
                    | ScalarKind::C64
                    | ScalarKind::C128
                    | ScalarKind::CLongDouble
            )
        )
    }

    /// Whether the numbers count a unit of time, and one stands for none.
    pub(crate) fn is_time(&self) -> bool {
        matches!(self.kind, Kind::Scalar(ScalarKind::DateTime(_) | ScalarKind::TimeDelta(_)))
    }

    /// The numbers of whole items.
    ///
    /// # Errors
    /// For long doubles that no x86 processor makes.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Values> {
        let big = self.order == ByteOrder::Big
            || self.order == ByteOrder::NotApplicable && cfg!(target_endian = "big");
        let kind = match &self.kind {
            Kind::Bytes(table) => {
                let number = |&byte: &u8| table.get(usize::from(byte)).copied();
                return Ok(Values::Float(
                    bytes.iter().map(|byte| number(byte).unwrap_or(f64::NAN)).collect(),
                ));
            }
            Kind::Bfloat16 => {
                return Ok(Values::Float(each(bytes, big, |item| {
                    f64::from(bf16::from_le_bytes(item).to_f32())
                })));
            }
            Kind::Scalar(kind) => *kind,
        };
        Ok(match kind {
            ScalarKind::Bool => Values::Signed(bytes.iter().map(|&b| i64::from(b != 0)).collect()),
            ScalarKind::I8 => {
                Values::Signed(each(bytes, big, |item| i8::from_le_bytes(item).into()))
            }
            ScalarKind::I16 => {
                Values::Signed(each(bytes, big, |item| i16::from_le_bytes(item).into()))
            }
            ScalarKind::I32 => {
                Values::Signed(each(bytes, big, |item| i32::from_le_bytes(item).into()))
            }
            ScalarKind::I64 | ScalarKind::DateTime(_) | ScalarKind::TimeDelta(_) => {
                Values::Signed(each(bytes, big, i64::from_le_bytes))
            }
            ScalarKind::U8 => Values::Signed(bytes.iter().copied().map(i64::from).collect()),
            ScalarKind::U16 => {
                Values::Signed(each(bytes, big, |item| u16::from_le_bytes(item).into()))
            }
            ScalarKind::U32 => {
                Values::Signed(each(bytes, big, |item| u32::from_le_bytes(item).into()))
            }
            ScalarKind::U64 => Values::Unsigned(each(bytes, big, u64::from_le_bytes)),
            ScalarKind::Complex32 => Values::Float(magnitudes(halves(bytes, big))),
            ScalarKind::C64 => Values::Float(magnitudes(singles(bytes, big))),
            ScalarKind::C128 => Values::Float(magnitudes(doubles(bytes, big))),
            ScalarKind::F16 => Values::Float(halves(bytes, big)),
            ScalarKind::F32 => Values::Float(singles(bytes, big)),
            ScalarKind::F64 => Values::Float(doubles(bytes, big)),
            ScalarKind::LongDouble => {
                let items: Vec<LongDouble> = typed(Scalar::new(kind, self.order), bytes)?;
                Values::Float(items.into_iter().map(LongDouble::to_f64).collect())
            }
            ScalarKind::CLongDouble => {
                let items: Vec<ComplexLongDouble> = typed(Scalar::new(kind, self.order), bytes)?;
                let parts = items.into_iter().flat_map(|item| [item.re, item.im]);
                Values::Float(magnitudes(parts.map(LongDouble::to_f64).collect()))
            }
            // Those are no numbers: `new` makes no decoder for them.
            _ => Values::Float(Vec::new()),
        })
    }
}

/// Of long doubles, how many are numbers that a float takes for something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Beyond {
    /// Finite, and larger than any float.
    pub(crate) positive: u64,
    pub(crate) negative: u64,
    /// Not 0, and nearer to it than any float.
    pub(crate) tiny: u64,
}

impl Decoder {
    /// What [`decode`](Self::decode) can't say of these items.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn beyond(&self, bytes: &[u8]) -> Result<Beyond> {
        let mut found = Beyond::default();
        let mut add = |parts: &[LongDouble], number: f64| {
            let is_finite = |part: &LongDouble| {
                let [.., low, high] = part.to_le_bytes()[..10] else { return true };
                u16::from_le_bytes([low, high]) & 0x7FFF != 0x7FFF
            };
            let is_zero = |part: &LongDouble| part.to_le_bytes()[..8] == [0; 8];
            if number.is_infinite() && parts.iter().all(is_finite) {
                let is_positive = number > 0.0;
                found.positive += u64::from(is_positive);
                found.negative += u64::from(!is_positive);
            }
            found.tiny += u64::from(number == 0.0 && !parts.iter().all(is_zero));
        };
        match self.kind {
            Kind::Scalar(kind @ ScalarKind::LongDouble) => {
                let items: Vec<LongDouble> = typed(Scalar::new(kind, self.order), bytes)?;
                items.iter().for_each(|item| add(&[*item], item.to_f64()));
            }
            Kind::Scalar(kind @ ScalarKind::CLongDouble) => {
                let items: Vec<ComplexLongDouble> = typed(Scalar::new(kind, self.order), bytes)?;
                for item in items {
                    add(&[item.re, item.im], item.re.to_f64().hypot(item.im.to_f64()));
                }
            }
            _ => {}
        }
        Ok(found)
    }
}

fn halves(bytes: &[u8], big: bool) -> Vec<f64> {
    each(bytes, big, |item| f64::from(f16::from_le_bytes(item).to_f32()))
}

fn singles(bytes: &[u8], big: bool) -> Vec<f64> {
    each(bytes, big, |item| f64::from(f32::from_le_bytes(item)))
}

fn doubles(bytes: &[u8], big: bool) -> Vec<f64> {
    each(bytes, big, f64::from_le_bytes)
}

fn each<const N: usize, T>(bytes: &[u8], big: bool, read: impl Fn([u8; N]) -> T) -> Vec<T> {
    let (items, _) = bytes.as_chunks::<N>();
    if big {
        let turned = |item: &[u8; N]| {
            let mut item = *item;
            item.reverse();
            read(item)
        };
        return items.iter().map(turned).collect();
    }
    items.iter().map(|item| read(*item)).collect()
}

/// Of numbers whose parts follow each other.
fn magnitudes(parts: Vec<f64>) -> Vec<f64> {
    let (pairs, _) = parts.as_chunks::<2>();
    pairs.iter().map(|[re, im]| re.hypot(*im)).collect()
}

/// `bytes` as items of a type that npz-core decodes.
fn typed<A: Element>(scalar: Scalar, bytes: &[u8]) -> Result<Vec<A>> {
    let dtype = DType::from(scalar);
    let count = bytes.len().checked_div(dtype.itemsize()).unwrap_or(0);
    let array = AnyArray::from_bytes(Header::new(dtype, Order::C, [count])?, bytes)?;
    Ok(array.cast::<A, Ix1>(Cast::Exact)?.into_iter().collect())
}

fn table<A: Element>(number: impl Fn(A) -> f64) -> Option<Box<[f64]>> {
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    let items: Vec<A> = typed(ScalarKind::Void(1).into(), &bytes).ok()?;
    Some(items.into_iter().map(number).collect())
}

/// The numbers of one byte that `ml_dtypes` knows by this name.
fn small(logical: &str) -> Option<Box<[f64]>> {
    macro_rules! tables {
        ($(float $float:literal $float_type:ty;)* $(int $int:literal $int_type:ty;)*) => {
            match logical {
                $($float => table::<$float_type>(|item| f64::from(item.to_f32())),)*
                $($int => table::<$int_type>(|item| f64::from(item.get())),)*
                _ => None,
            }
        };
    }
    tables! {
        float "float8_e3m4" F8E3M4;
        float "float8_e4m3" F8E4M3;
        float "float8_e4m3b11fnuz" F8E4M3B11Fnuz;
        float "float8_e4m3fn" F8E4M3Fn;
        float "float8_e4m3fnuz" F8E4M3Fnuz;
        float "float8_e5m2" F8E5M2;
        float "float8_e5m2fnuz" F8E5M2Fnuz;
        float "float8_e8m0fnu" F8E8M0Fnu;
        float "float6_e2m3fn" F6E2M3Fn;
        float "float6_e3m2fn" F6E3M2Fn;
        float "float4_e2m1fn" F4E2M1Fn;
        int "int1" Int1;
        int "int2" Int2;
        int "int4" Int4;
        int "uint1" UInt1;
        int "uint2" UInt2;
        int "uint4" UInt4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(descr: &str, logical: Option<&str>, bytes: &[u8]) -> Option<Values> {
        let dtype: DType = descr.parse().unwrap();
        Decoder::new(dtype.as_scalar().unwrap(), logical).map(|d| d.decode(bytes).unwrap())
    }

    #[test]
    fn every_kind_of_number_in_both_orders() {
        let float = |numbers: &[f64]| Some(Values::Float(numbers.to_vec()));
        let signed = |numbers: &[i64]| Some(Values::Signed(numbers.to_vec()));
        assert_eq!(decode("?", None, &[0, 1, 7]), signed(&[0, 1, 1]));
        assert_eq!(decode("i1", None, &[255]), signed(&[-1]));
        assert_eq!(decode("u1", None, &[255]), signed(&[255]));
        assert_eq!(decode("<i2", None, &[1, 255]), signed(&[-255]));
        assert_eq!(decode(">i2", None, &[255, 1]), signed(&[-255]));
        assert_eq!(decode(">u4", None, &[0, 0, 1, 0]), signed(&[256]));
        assert_eq!(decode("<u8", None, &[255; 8]), Some(Values::Unsigned(vec![u64::MAX])));
        assert_eq!(decode(">M8[D]", None, &NAT.to_be_bytes()), signed(&[NAT]));
        assert_eq!(decode("<f2", None, &[0, 0x3E]), float(&[1.5]));
        assert_eq!(decode(">f4", None, &1.5_f32.to_be_bytes()), float(&[1.5]));
        assert_eq!(decode("<f8", None, &1.5_f64.to_le_bytes()), float(&[1.5]));
        assert_eq!(decode("<V2", None, &[0xC0, 0x3F]), float(&[1.5]));
        assert_eq!(decode(">V2", None, &[0x3F, 0xC0]), float(&[1.5]));
        let complex = [3.0_f32, -4.0].map(f32::to_be_bytes).concat();
        assert_eq!(decode(">c8", None, &complex), float(&[5.0]));
        let long = LongDouble::from_f64(-2.5).to_le_bytes();
        assert_eq!(decode("<f16", None, &long), float(&[-2.5]));
        assert_eq!(decode("V1", Some("float8_e4m3fn"), &[0x3C, 0xBC]), float(&[1.5, -1.5]));
        assert_eq!(decode("V1", Some("int4"), &[0x0F]), float(&[-1.0]));
        assert_eq!(decode("|V2", Some("bfloat16"), &[0xC0, 0x3F]), float(&[1.5]));
        assert_eq!(decode("|V2", None, &[0xC0, 0x3F]), None);
        assert_eq!(decode("V1", None, &[1]), None);
        assert_eq!(decode("V1", Some("nonsense"), &[1]), None);
        assert_eq!(decode("U3", None, &[0; 12]), None);
        assert_eq!(decode("V8", None, &[0; 8]), None);
    }
}
