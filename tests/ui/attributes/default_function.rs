//! Faults of the function are shown at its name.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(default = "no_such_function")]
    a: f32,
    #[npz(default = "text")]
    b: f32,
    #[npz(skip, default = "text")]
    c: f32,
    #[npz(skip, default = "takes")]
    d: f32,
}

fn text() -> &'static str {
    "1.0"
}

fn takes(value: f32) -> f32 {
    value
}

fn main() {}
