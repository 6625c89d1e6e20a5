//! Numbers of eight bits and fewer that NumPy knows from `ml_dtypes` only: one byte each, dtype
//! `|V1`, so that which of them an array holds stands in the archive's metadata.

mod float;
mod int;

pub use self::float::{
    F4E2M1Fn, F6E2M3Fn, F6E3M2Fn, F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2,
    F8E5M2Fnuz, F8E8M0Fnu,
};
pub use self::int::{Int1, Int2, Int4, UInt1, UInt2, UInt4};

use super::Element;
use crate::dtype::{DType, ScalarKind};

/// The number of a byte of the float that `ml_dtypes` calls by this name.
pub(crate) fn named_float(name: &str) -> Option<fn(u8) -> f32> {
    macro_rules! by_name {
        ($($type:ident)*) => {$(
            if <$type as Element>::logical_dtype() == Some(name) {
                return Some(|bits| $type::from_bits(bits).to_f32());
            }
        )*};
    }
    by_name! {
        F4E2M1Fn F6E2M3Fn F6E3M2Fn F8E3M4 F8E4M3 F8E4M3B11Fnuz F8E4M3Fn F8E4M3Fnuz F8E5M2 F8E5M2Fnuz
        F8E8M0Fnu
    }
    None
}

/// Whether each item is one byte without a type of its own.
fn is_one_byte(dtype: &DType) -> bool {
    dtype.kind() == Some(ScalarKind::Void(1))
}

/// Elements of one byte: `$read` makes them of the byte in the file, `$write` the other way.
macro_rules! one_byte {
    ($type:ty, $logical:literal, $accepts:expr, $read:expr, $write:expr) => {
        impl crate::element::Element for $type {
            fn dtype<'a>(
                _: impl Iterator<Item = &'a Self>,
            ) -> crate::error::Result<crate::dtype::DType> {
                Ok(crate::dtype::ScalarKind::Void(1).into())
            }

            fn encode(
                items: &[Self],
                _: &crate::dtype::DType,
                out: &mut Vec<u8>,
            ) -> crate::error::Result<()> {
                out.extend(items.iter().map($write));
                Ok(())
            }

            fn accepts(dtype: &crate::dtype::DType) -> bool {
                let accepts: fn(&crate::dtype::DType) -> bool = $accepts;
                accepts(dtype)
            }

            fn decode(
                payload: &mut crate::element::Payload<'_>,
            ) -> crate::error::Result<Vec<Self>> {
                payload.decode_with(|bytes, out| {
                    out.extend(bytes.iter().copied().map($read));
                    Ok(())
                })
            }

            fn logical_dtype() -> Option<&'static str> {
                Some($logical)
            }

            fn expected() -> std::borrow::Cow<'static, str> {
                concat!("dtype '|V1' (", stringify!($type), ")").into()
            }
        }
    };
}

use one_byte;
