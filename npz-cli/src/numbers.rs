//! Values of any dtype as numbers, where they are some.

use npz_core::{AnyArray, ByteOrder, DType, Header, Order, Scalar, ScalarKind};
use serde_json::Value;

use crate::values::{Decoder, Values};

/// All items in C order, for numbers that are floats, integers, bools, or one of `ml_dtypes`'.
pub(crate) fn floats(array: &AnyArray) -> Option<Vec<f64>> {
    Some(decoded(array)?.into_floats(false))
}

/// All items in C order, where each is one number and no time.
fn decoded(array: &AnyArray) -> Option<Values> {
    let scalar = array.dtype().as_scalar()?;
    let order = match scalar.order() {
        ByteOrder::Big => ByteOrder::Little,
        order => order,
    };
    let decoder = Decoder::new(Scalar::new(scalar.kind(), order), array.logical_dtype())?;
    if decoder.is_magnitude() || decoder.is_time() {
        return None;
    }
    let mut bytes = Vec::with_capacity(array.nbytes());
    array.write_canonical(&mut bytes).ok()?;
    decoder.decode(&bytes).ok()
}

/// Real and imaginary parts by turns, for complex numbers of an array in C order.
pub(crate) fn parts(array: &AnyArray) -> Option<Vec<f64>> {
    let scalar = array.dtype().as_scalar()?;
    let half = match scalar.kind() {
        ScalarKind::C64 => ScalarKind::F32,
        ScalarKind::C128 => ScalarKind::F64,
        ScalarKind::CLongDouble => ScalarKind::LongDouble,
        ScalarKind::Complex32 => ScalarKind::F16,
        _ => return None,
    };
    let header = Header::new(Scalar::new(half, scalar.order()), Order::C, [array.len() * 2]);
    floats(&AnyArray::from_bytes(header.ok()?, array.as_bytes()).ok()?)
}

/// All items in C order, for integers and bools, which floats might not hold.
pub(crate) fn integers(array: &AnyArray) -> Option<Vec<i128>> {
    match decoded(array)? {
        Values::Signed(items) => Some(items.into_iter().map(i128::from).collect()),
        Values::Unsigned(items) => Some(items.into_iter().map(i128::from).collect()),
        Values::Float(_) => None,
    }
}

/// An array whose type NumPy knows no numbers for, `bfloat16` or one of `ml_dtypes`', as `float32`,
/// which holds all of them; any other one as it is.
pub(crate) fn named(array: AnyArray) -> AnyArray {
    let is_f8 = array.dtype().kind() == Some(ScalarKind::F8);
    if !is_f8 && !is_bf16(array.dtype()) && array.logical_dtype().is_none() {
        return array;
    }
    let widened = floats(&array).and_then(|numbers| {
        #[expect(clippy::cast_possible_truncation, reason = "each of them is a float32")]
        let bytes: Vec<u8> =
            numbers.into_iter().flat_map(|number| (number as f32).to_le_bytes()).collect();
        let dtype: DType = "<f4".parse().ok()?;
        AnyArray::from_bytes(Header::new(dtype, Order::C, array.shape()).ok()?, &bytes).ok()
    });
    widened.unwrap_or(array)
}

/// Long doubles, and complex numbers that Rust has no type for, as `float64` and `complex128`; any
/// other array as it is.
pub(crate) fn plain(array: AnyArray) -> AnyArray {
    let (descr, numbers) = match array.dtype().kind() {
        Some(ScalarKind::LongDouble) => ("<f8", floats(&array)),
        Some(kind @ (ScalarKind::CLongDouble | ScalarKind::Complex32)) => {
            let mut bytes = Vec::with_capacity(array.nbytes());
            let scalar = Scalar::new(kind, ByteOrder::Little);
            let in_order = array.write_canonical(&mut bytes).ok().and_then(|()| {
                AnyArray::from_bytes(Header::new(scalar, Order::C, array.shape()).ok()?, &bytes)
                    .ok()
            });
            ("<c16", in_order.as_ref().and_then(parts))
        }
        _ => return array,
    };
    let plain = numbers.and_then(|numbers| {
        let bytes: Vec<u8> = numbers.into_iter().flat_map(f64::to_le_bytes).collect();
        let dtype: DType = descr.parse().ok()?;
        AnyArray::from_bytes(Header::new(dtype, Order::C, array.shape()).ok()?, &bytes).ok()
    });
    plain.unwrap_or(array)
}

/// Whether a dtype is how bfloat16 is written.
pub(crate) fn is_bf16(dtype: &DType) -> bool {
    dtype.as_scalar().is_some_and(|scalar| {
        scalar.kind() == ScalarKind::Void(2) && scalar.order() != ByteOrder::NotApplicable
    })
}

/// All items in C order: numbers as numbers, those that JSON doesn't have as `"nan"`, `"inf"` and
/// `"-inf"`, complex ones as pairs, everything else as NumPy prints it.
pub(crate) fn json(array: &AnyArray) -> Vec<Value> {
    let number = |number: f64| match serde_json::Number::from_f64(number) {
        Some(number) => Value::Number(number),
        None if number.is_nan() => "nan".into(),
        None if number > 0.0 => "inf".into(),
        None => "-inf".into(),
    };
    if array.dtype().kind() == Some(ScalarKind::Bool)
        && let Some(bools) = integers(array)
    {
        return bools.into_iter().map(|flag| (flag != 0).into()).collect();
    }
    if let Some(integers) = integers(array) {
        let integer = |integer: i128| match i64::try_from(integer) {
            Ok(integer) => integer.into(),
            Err(_) => u64::try_from(integer).map_or(Value::Null, Value::from),
        };
        return integers.into_iter().map(integer).collect();
    }
    if let Some(parts) = parts(array) {
        return parts
            .chunks_exact(2)
            .map(|pair| pair.iter().copied().map(number).collect())
            .collect();
    }
    if let Some(floats) = floats(array) {
        return floats.into_iter().map(number).collect();
    }
    let itemsize = array.dtype().itemsize();
    let item = |at: usize| {
        let bytes = array.as_bytes().get(at * itemsize..).and_then(|bytes| bytes.get(..itemsize));
        let header = Header::new(array.dtype().clone(), Order::C, []).ok()?;
        Some(AnyArray::from_bytes(header, bytes?).ok()?.to_text(false))
    };
    (0..array.len()).map(|at| item(at).map_or(Value::Null, Value::from)).collect()
}

#[cfg(test)]
mod tests {
    use npz_core::ndarray::arr1;

    use super::*;

    fn any(dtype: &str, bytes: &[u8]) -> AnyArray {
        let dtype: DType = dtype.parse().unwrap();
        let len = bytes.len() / dtype.itemsize();
        AnyArray::from_bytes(Header::new(dtype, Order::C, [len]).unwrap(), bytes).unwrap()
    }

    #[test]
    fn numbers_of_all_kinds() {
        assert_eq!(floats(&any("<V2", &[0x80, 0x3f, 0, 0xc0])), Some(vec![1.0, -2.0]));
        assert_eq!(floats(&any("|V2", &[0x80, 0x3f])), None);
        assert_eq!(floats(&any("<f1", &[0x3c])), Some(vec![1.0]));
        assert_eq!(floats(&any("|b1", &[0, 1])), Some(vec![0.0, 1.0]));
        assert_eq!(floats(&any("|S2", &[0, 1])), None);
        assert_eq!(parts(&any(">c8", &[0x3f, 0x80, 0, 0, 0, 0, 0, 0])), Some(vec![1.0, 0.0]));
        assert_eq!(integers(&any("<u8", &[0xff; 8])), Some(vec![i128::from(u64::MAX)]));
        assert_eq!(named(any("<V2", &[0x80, 0x3f])).to_text(false), "[1.]");
        assert_eq!(named(any("|V2", &[0x80, 0x3f])).dtype().to_string(), "'|V2'");
    }

    #[test]
    fn json_has_every_value() {
        let of = |array: &AnyArray| Value::from(json(array)).to_string();
        assert_eq!(of(&any("|b1", &[1, 0])), "[true,false]");
        assert_eq!(of(&any("<u8", &[0xff; 8])), "[18446744073709551615]");
        let floats = AnyArray::new(&arr1(&[0.5, f64::NAN, f64::NEG_INFINITY])).unwrap();
        assert_eq!(of(&floats), r#"[0.5,"nan","-inf"]"#);
        assert_eq!(of(&any("<c8", &[0, 0, 0x80, 0x3f, 0, 0, 0, 0])), "[[1.0,0.0]]");
        assert_eq!(of(&AnyArray::new(&arr1(&["é".to_owned()])).unwrap()), r#"["é"]"#);
        assert_eq!(of(&any("|S2", b"ab")), r#"["b'ab'"]"#);
    }
}
