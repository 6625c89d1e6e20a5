//! Fields need a fixed width.
use npz_core::NpyRecord;

#[derive(Clone, NpyRecord)]
struct Text {
    name: String,
}

#[derive(Clone, NpyRecord)]
struct List {
    values: Vec<f32>,
}

#[derive(Clone, NpyRecord)]
struct Nested {
    plain: [Plain; 3],
}

#[derive(Clone)]
struct Plain {
    x: f32,
}

fn main() {}
