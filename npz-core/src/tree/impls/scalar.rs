//! Scalars: arrays without dimensions, and in lists one array of one dimension.

use half::{bf16, f16};
use num_complex::Complex;

use super::leaf;
use crate::element::unit::UnitType;
use crate::element::{
    ByteString, Bytes, ComplexLongDouble, DateTime64, F4E2M1Fn, F6E2M3Fn, F6E3M2Fn, F8E3M4, F8E4M3,
    F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu, Int1, Int2, Int4,
    LongDouble, LossyString, Text, TimeDelta64, UInt1, UInt2, UInt4, Void,
};
use crate::error::Result;
use crate::tree::{Expect, LoadNpz, Node, Plan, SaveNpz};

macro_rules! scalars {
    (@ [$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> SaveNpz for $type {
            fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
                leaf::plan(self, plan)
            }

            fn plan_slice<'a>(items: &'a [Self], plan: &mut Plan<'a>) -> Result<()> {
                leaf::plan_slice(items, plan)
            }
        }

        impl<$($generics)*> LoadNpz for $type {
            fn expect(at: &mut Expect<'_>) {
                leaf::expect::<Self>(at);
            }

            fn load(at: &Node<'_>) -> Result<Self> {
                leaf::load(at)
            }

            fn is_leaf() -> bool {
                true
            }

            fn is_leaf_slice() -> bool {
                true
            }

            fn expect_slice(at: &mut Expect<'_>, len: Option<usize>) {
                leaf::expect_slice::<Self>(at, len);
            }

            fn load_slice(at: &Node<'_>) -> Result<Vec<Self>> {
                leaf::load_slice(at)
            }

            fn update_slice(items: &mut Vec<Self>, at: &Node<'_>) -> Result<()> {
                leaf::update_slice(items, at)
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

/// Text that is borrowed can be saved like text that is owned, as one item.
impl SaveNpz for str {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        plan.array(ndarray::arr0(self.to_owned()))
    }
}
