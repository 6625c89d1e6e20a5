//! All views of a struct borrow from the same bytes.

use npz_core::ViewNpz;
use npz_core::ndarray::ArrayView1;

#[derive(ViewNpz)]
struct Pair<'a, 'b> {
    first: ArrayView1<'a, f32>,
    second: ArrayView1<'b, f32>,
}

fn main() {
    let _ = Pair::view_npz(&[0_u8; 4]);
}
