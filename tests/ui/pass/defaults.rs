//! Every way to give a function that makes up a value.
#![deny(warnings)]
#![allow(dead_code)]

use ndarray::Array1;
use npz_core::{LoadNpz, SaveNpz};
use std::time::Instant;

#[derive(SaveNpz, LoadNpz)]
struct Model<A> {
    #[npz(default = "functions::half")]
    dropout: f32,
    #[npz(default = "f32::default")]
    zero: f32,
    #[npz(default = "Vec::new")]
    list: Vec<f32>,
    #[npz(default = "Self::no_bias")]
    bias: Array1<A>,
    #[npz(default = "<f64 as Default>::default")]
    qualified: f64,
    #[npz(default = "Option::<A>::default", skip)]
    turbofish: Option<A>,
    #[npz(skip, default = "Instant::now")]
    loaded: Instant,
    #[npz(skip, default)]
    said_twice: u64,
}

mod functions {
    pub fn half() -> f32 {
        0.5
    }
}

impl<A> Model<A> {
    fn no_bias() -> Array1<A> {
        Array1::from_vec(Vec::new())
    }
}

fn main() {
    fn both<T: SaveNpz + LoadNpz>() {}
    both::<Model<f32>>();
}
