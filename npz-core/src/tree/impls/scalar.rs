//! Scalars: arrays without dimensions, and in lists one array of one dimension.

use half::{bf16, f16};
use num_complex::Complex;

use super::leaf;
use crate::error::Result;
use crate::tree::{Expect, LoadNpz, Node, Plan, SaveNpz};

macro_rules! scalars {
    ($($type:ty),*) => {$(
        impl SaveNpz for $type {
            fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
                leaf::plan(self, plan)
            }

            fn plan_slice<'a>(items: &'a [Self], plan: &mut Plan<'a>) -> Result<()> {
                leaf::plan_slice(items, plan)
            }
        }

        impl LoadNpz for $type {
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
    )*};
}

scalars! {
    bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize,
    f16, bf16, f32, f64, Complex<f32>, Complex<f64>, String
}

/// Text that is borrowed can be saved like text that is owned, as one item.
impl SaveNpz for str {
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
        plan.array(ndarray::arr0(self.to_owned()))
    }
}
