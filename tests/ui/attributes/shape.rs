//! Shapes that can't be read, or can't be.
use ndarray::{Array1, Array2};
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(shape)]
    bare: Array2<f32>,
    #[npz(shape("vocab", 3))]
    quoted: Array2<f32>,
    #[npz(shape(-1, 3))]
    negative: Array2<f32>,
    #[npz(shape(3usize, n))]
    suffix: Array2<f32>,
    #[npz(shape = "n m")]
    no_comma: Array2<f32>,
    #[npz(shape(n * 2, m), renam = "x")]
    computed: Array2<f32>,
    #[npz(shape(n, m, 3))]
    too_many: Array2<f32>,
    #[npz(shape())]
    none: Option<Array1<f32>>,
    #[npz(flatten, shape(n))]
    flat: Inner,
    #[npz(json, shape(n))]
    text: Vec<f32>,
}

#[derive(SaveNpz, LoadNpz)]
struct Inner {
    scale: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct Newtype(#[npz(shape(n))] Array1<f32>);

fn main() {}
