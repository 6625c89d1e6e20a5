//! What may be absent from the file.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Inner {
    scale: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(optional, default = "one")]
    a: f32,
    #[npz(optional = "one")]
    b: f32,
    #[npz(skip, skip_if = "is_one", optional)]
    c: f32,
    #[npz(flatten, skip_if = "is_one")]
    d: Inner,
    #[npz(skip_if)]
    e: f32,
    #[npz(skip_if = "a + b")]
    f: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct Newtype(#[npz(optional)] f32);

fn main() {}
