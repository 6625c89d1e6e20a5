//! All mistakes of a record at once.
use npz_core::NpyRecord;

#[derive(Clone, NpyRecord)]
#[npz(packed, align, renam_all = "camelCase")]
struct Layouts<'a> {
    #[npz(flatten)]
    inner: Inner,
    #[npz(default)]
    absent: f32,
    #[npz(rename = "absent")]
    twice: f32,
    #[npz(rename = "")]
    nameless: f32,
    #[npz(skip, rename = "x")]
    skipped: &'a f32,
}

#[derive(Clone, NpyRecord)]
struct Inner {
    x: f32,
}

#[derive(Clone, NpyRecord)]
struct Empty {}

#[derive(Clone, NpyRecord)]
struct Unit;

#[derive(Clone, NpyRecord)]
enum Shape {
    Round,
}

fn main() {
    // The mistakes above are no reason to complain here.
    let _ = ndarray::Array1::from_vec(vec![Unit]);
    fn element<T: npz_core::Element>() {}
    element::<Unit>();
    element::<Shape>();
}
