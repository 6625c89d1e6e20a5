//! Scalars: arrays without dimensions, and in lists one array of one dimension.

use half::{bf16, f16};
use ndarray::{Array0, ArrayView1, Ix0, Ix1};
use num_complex::Complex;

use crate::element::unit::UnitType;
use crate::element::{
    ByteString, Bytes, ComplexLongDouble, DateTime64, Element, F4E2M1Fn, F6E2M3Fn, F6E3M2Fn,
    F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu, Int1, Int2,
    Int4, LongDouble, LossyString, Text, TimeDelta64, UInt1, UInt2, UInt4, Void,
};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::repr_shape;
use crate::npy::{self, Header};
use crate::tree::{Expect, LoadNpz, Node, Plan, SaveNpz};

macro_rules! scalars {
    (@ [$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> SaveNpz for $type {
            fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
                plan.scalar(self)
            }

            fn plan_slice<'a>(items: &'a [Self], plan: &mut Plan<'a>) -> Result<()> {
                plan.array(ArrayView1::from(items))
            }
        }

        impl<$($generics)*> LoadNpz for $type {
            fn expect(at: &mut Expect<'_>) {
                at.array::<Self, Ix0>();
            }

            fn load(at: &Node<'_>) -> Result<Self> {
                at.array::<Self, Ix0>().map(Array0::into_scalar)
            }

            fn is_leaf() -> bool {
                true
            }

            fn is_leaf_slice() -> bool {
                true
            }

            fn expect_slice(at: &mut Expect<'_>, len: Option<usize>) {
                at.array_where::<Self>(|header| check_slice::<Self>(header, len));
            }

            fn load_slice(at: &Node<'_>) -> Result<Vec<Self>> {
                at.array::<Self, Ix1>().map(|array| array.into_raw_vec_and_offset().0)
            }
        }
    };
    ($($type:ty),*; $([$($generics:tt)*] $generic:ty),* $(,)?) => {
        $(scalars!(@ [] $type);)*
        $(scalars!(@ [$($generics)*] $generic);)*
    };
}

scalars! {
    bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize,
    f16, bf16, f32, f64, Complex<f32>, Complex<f64>, LongDouble, ComplexLongDouble,
    F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu,
    F6E2M3Fn, F6E3M2Fn, F4E2M1Fn, Int1, Int2, Int4, UInt1, UInt2, UInt4,
    String, LossyString, ByteString;
    [const N: usize] Text<N>, [const N: usize] Bytes<N>, [const N: usize] Void<N>,
    [U: UnitType, const COUNT: u32] DateTime64<U, COUNT>,
    [U: UnitType, const COUNT: u32] TimeDelta64<U, COUNT>,
}

fn check_slice<A: Element>(header: &Header, len: Option<usize>) -> Result<()> {
    npy::check::<A, Ix1>(header)?;
    match len {
        Some(len) if header.shape() != [len] => Err(Error::new(
            ErrorKind::Shape,
            format!("expected shape ({len},), found {}", repr_shape(header.shape())),
        )),
        _ => Ok(()),
    }
}

/// Text that is borrowed can be saved like text that is owned, as one item.
impl SaveNpz for str {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        plan.array(ndarray::arr0(self.to_owned()))
    }
}
