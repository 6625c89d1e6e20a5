//! Numbers: bool, integers, floats, complex.
//!
//! All but `bool` are plain: their bytes in the file are their bytes in memory, up to the byte
//! order. Bytes are swapped as unsigned integers, never as floats, so that every NaN keeps its
//! payload.

use bytemuck::{AnyBitPattern, NoUninit};
use half::{bf16, f16};
use num_complex::Complex;

use super::{Element, Payload, cast};
use crate::dtype::{ByteOrder, DType, Scalar, ScalarKind};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Cast;

/// The kind of an array of scalars, and whether their bytes stand in the machine's order.
fn scalar(dtype: &DType) -> Option<(ScalarKind, bool)> {
    match dtype {
        DType::Scalar(scalar) => {
            let order = scalar.order();
            Some((scalar.kind(), order == ByteOrder::NATIVE || order == ByteOrder::NotApplicable))
        }
        _ => None,
    }
}

fn is_native(dtype: &DType) -> bool {
    scalar(dtype).is_none_or(|(_, native)| native)
}

/// Swaps the bytes of items in units of `U`.
fn swap<T: NoUninit + AnyBitPattern, U: NoUninit + AnyBitPattern>(
    items: &mut [T],
    swap_bytes: impl Fn(U) -> U,
) {
    for unit in bytemuck::cast_slice_mut::<T, U>(items) {
        *unit = swap_bytes(*unit);
    }
}

/// What is written unless another order is asked for. For bf16 the order is all that tells `<V2`
/// from two bytes of no meaning.
fn little_endian(kind: ScalarKind) -> DType {
    Scalar::new(kind, ByteOrder::Little).into()
}

/// Plain elements: `$type` is `$kind` in the file and is swapped in units of `$unit`.
macro_rules! plain {
    ($($type:ty, $unit:ty, $kind:expr, $accepts:path $(: $size:literal)?;)*) => {$(
        impl Element for $type {
            fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
                Ok(little_endian($kind))
            }

            fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
                let bytes = bytemuck::cast_slice(items);
                match scalar(dtype) {
                    Some((_, false)) => {
                        let units = bytemuck::cast_slice::<$type, $unit>(items);
                        out.extend(units.iter().flat_map(|unit| unit.swap_bytes().to_ne_bytes()));
                    }
                    _ => out.extend_from_slice(bytes),
                }
                Ok(())
            }

            fn accepts(dtype: &DType) -> bool {
                matches!(scalar(dtype), Some(($accepts $(($size))?, _)))
            }

            fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
                if is_native(payload.dtype()) {
                    return payload.read_plain(|_: &mut [$type]| {});
                }
                payload.read_plain(|items| swap::<$type, $unit>(items, <$unit>::swap_bytes))
            }

            fn decode_into(payload: &mut Payload<'_>, items: &mut [Self]) -> Result<()> {
                if is_native(payload.dtype()) {
                    return payload.read_plain_into(items, |_| {});
                }
                let swap = |items: &mut [$type]| swap::<$type, $unit>(items, <$unit>::swap_bytes);
                payload.read_plain_into(items, swap)
            }

            fn check(payload: &mut Payload<'_>) -> Result<()> {
                payload.skip()
            }

            fn as_bytes(items: &[Self]) -> Option<&[u8]> {
                Some(bytemuck::cast_slice(items))
            }

            fn from_bytes(bytes: &[u8]) -> Option<&[Self]> {
                bytemuck::try_cast_slice(bytes).ok()
            }

            fn from_bytes_mut(bytes: &mut [u8]) -> Option<&mut [Self]> {
                bytemuck::try_cast_slice_mut(bytes).ok()
            }

            fn casts(dtype: &DType, cast: Cast) -> bool {
                cast::allowed(dtype, $kind, cast)
            }

            fn decode_cast(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
                cast::decode(payload)
            }
        }
    )*};
}

plain! {
    i8, u8, ScalarKind::I8, ScalarKind::I8;
    i16, u16, ScalarKind::I16, ScalarKind::I16;
    i32, u32, ScalarKind::I32, ScalarKind::I32;
    i64, u64, ScalarKind::I64, ScalarKind::I64;
    u8, u8, ScalarKind::U8, ScalarKind::U8;
    u16, u16, ScalarKind::U16, ScalarKind::U16;
    u32, u32, ScalarKind::U32, ScalarKind::U32;
    u64, u64, ScalarKind::U64, ScalarKind::U64;
    f16, u16, ScalarKind::F16, ScalarKind::F16;
    f32, u32, ScalarKind::F32, ScalarKind::F32;
    f64, u64, ScalarKind::F64, ScalarKind::F64;
    Complex<f32>, u32, ScalarKind::C64, ScalarKind::C64;
    Complex<f64>, u64, ScalarKind::C128, ScalarKind::C128;
    // NumPy has no bfloat16 of its own: ml_dtypes, JAX and MLX all write it as '<V2'. A file that
    // went through NumPy once more says '|V2', with the same bytes.
    bf16, u16, ScalarKind::Void(2), ScalarKind::Void: 2;
}

#[cfg(target_pointer_width = "64")]
plain! {
    isize, u64, ScalarKind::I64, ScalarKind::I64;
    usize, u64, ScalarKind::U64, ScalarKind::U64;
}

/// Any byte is a bool for NumPy; in Rust only 0 and 1 are, so each byte is looked at.
impl Element for bool {
    fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
        Ok(ScalarKind::Bool.into())
    }

    fn encode(items: &[Self], _: &DType, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(bytemuck::cast_slice(items));
        Ok(())
    }

    fn accepts(dtype: &DType) -> bool {
        matches!(scalar(dtype), Some((ScalarKind::Bool, _)))
    }

    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        payload.decode_with(|bytes, out: &mut Vec<bool>| {
            if let Some(at) = bytes.iter().position(|&byte| byte > 1) {
                let (index, byte) = (out.len() + at, bytes[at]);
                return Err(Error::new(
                    ErrorKind::Value,
                    format!("item {index} is the byte {byte}, but a bool is 0 or 1; load it as u8"),
                ));
            }
            out.extend(bytes.iter().map(|&byte| byte != 0));
            Ok(())
        })
    }

    fn as_bytes(items: &[Self]) -> Option<&[u8]> {
        Some(bytemuck::cast_slice(items))
    }

    fn from_bytes(bytes: &[u8]) -> Option<&[Self]> {
        bytemuck::checked::try_cast_slice(bytes).ok()
    }

    fn from_bytes_mut(bytes: &mut [u8]) -> Option<&mut [Self]> {
        bytemuck::checked::try_cast_slice_mut(bytes).ok()
    }

    fn casts(dtype: &DType, cast: Cast) -> bool {
        cast::allowed(dtype, ScalarKind::Bool, cast)
    }

    fn decode_cast(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        cast::decode(payload)
    }
}
