//! Structs whose parts come from `macro_rules!`, each with its own idea of what a name means.
#![deny(warnings)]
#![allow(dead_code)]

use ndarray::{Array1, Array2};
use npz_core::{LoadNpz, SaveNpz};

macro_rules! layer {
    ($name:ident<$param:ident> { $($field:ident: $ty:ty,)* } $flat:ty, $path:literal) => {
        #[derive(SaveNpz, LoadNpz)]
        struct $name<$param> {
            $($field: $ty,)*
            fixed: Vec<Array1<$param>>,
            #[npz(rename = $path)]
            renamed: Option<matrix!($param)>,
            #[npz(flatten)]
            flat: $flat,
            #[npz(default = "zero")]
            zero: f32,
        }
    };
}

fn zero() -> f32 {
    0.0
}

macro_rules! matrix {
    ($item:ty) => { Array2<$item> };
}

#[derive(SaveNpz, LoadNpz)]
struct Scale {
    scale: f32,
}

layer!(Linear<A> { weight: Array2<A>, bias: Option<Array1<A>>, } Scale, "dense/kernel:0");

macro_rules! tuple {
    ($name:ident, $($ty:ty),*) => {
        #[derive(SaveNpz, LoadNpz)]
        struct $name($($ty),*);
    };
}

tuple!(Newtype, Array2<f32>);
tuple!(Pair, Array2<f32>, Vec<Newtype>);

fn main() {
    fn both<T: SaveNpz + LoadNpz>() {}
    both::<Linear<f32>>();
    both::<Pair>();
}
