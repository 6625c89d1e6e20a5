//! Scalars: arrays without dimensions, and in lists one array of one dimension.

use half::{bf16, f16};
use ndarray::{Array0, ArrayView1, Ix0, Ix1};
use num_complex::Complex;

use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::literal::repr_shape;
use crate::npy::{self, Header};
use crate::options::Cast;
use crate::tree::{Expect, LoadNpz, Node, Plan, SaveNpz};

macro_rules! scalars {
    ($($type:ty),*) => {$(
        impl SaveNpz for $type {
            fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()> {
                plan.scalar(self)
            }

            fn plan_slice<'a>(items: &'a [Self], plan: &mut Plan<'a>) -> Result<()> {
                plan.array(ArrayView1::from(items))
            }
        }

        impl LoadNpz for $type {
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
                at.array_where(|header, cast| check_slice::<Self>(header, cast, len));
            }

            fn load_slice(at: &Node<'_>) -> Result<Vec<Self>> {
                at.array::<Self, Ix1>().map(|array| array.into_raw_vec_and_offset().0)
            }
        }
    )*};
}

scalars! {
    bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize,
    f16, bf16, f32, f64, Complex<f32>, Complex<f64>, String
}

fn check_slice<A: Element>(header: &Header, cast: Cast, len: Option<usize>) -> Result<()> {
    npy::check::<A, Ix1>(header, cast)?;
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
