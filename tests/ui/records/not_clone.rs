//! The items of arrays can be cloned.
use npz_core::NpyRecord;

#[derive(NpyRecord)]
struct Point {
    x: f32,
}

fn main() {}
