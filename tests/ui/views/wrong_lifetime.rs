//! What is viewed lives as long as the bytes, and no longer.

use npz_core::ViewNpz;
use npz_core::ndarray::ArrayView1;

#[derive(ViewNpz)]
struct Weights<'a> {
    weight: ArrayView1<'a, f32>,
}

fn dangling() -> Weights<'static> {
    let bytes = vec![0_u8; 4];
    Weights::view_npz(bytes.as_slice()).unwrap()
}

fn main() {
    dangling();
}
