//! `bound` has a side for each of the traits.

use npz_core::ViewNpz;
use npz_core::ndarray::ArrayView1;

#[derive(ViewNpz)]
#[npz(bound(vew = "A: npz_core::Element"))]
struct Weights<'a, A> {
    weight: ArrayView1<'a, A>,
}

fn main() {}
