//! Words that do not exist; the nearest that does is offered.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(renam = "w")]
    weight: f32,
    #[npz(skip_serializing)]
    cache: f32,
    #[npz(a::b)]
    path: f32,
    #[npz(Flatten, defualt = "x")]
    two: f32,
}

fn main() {}
