//! What makes new values is for structs that own them.
use ndarray::{Array1, ArrayView1};
use npz_core::ViewNpz;

#[derive(ViewNpz)]
struct Model<'a> {
    #[npz(cast)]
    converted: ArrayView1<'a, f64>,
    #[npz(with = "elsewhere")]
    custom: Array1<f64>,
    #[npz(json)]
    settings: String,
}

#[derive(ViewNpz)]
enum Layer<'a> {
    Linear(ArrayView1<'a, f64>),
}

fn main() {}
