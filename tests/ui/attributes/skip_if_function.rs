//! The function of `skip_if` looks at the field and says yes or no.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(skip_if = "by_value")]
    a: f32,
    #[npz(skip_if = "says_nothing")]
    b: f32,
    #[npz(skip_if = "not_there")]
    c: f32,
}

fn by_value(value: f32) -> bool {
    value == 0.0
}

fn says_nothing(_: &f32) {}

fn main() {}
