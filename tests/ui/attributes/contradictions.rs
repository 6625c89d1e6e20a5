//! Words that can't be together.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Inner {
    scale: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(skip, rename = "a")]
    a: f32,
    #[npz(flatten, skip)]
    b: Inner,
    #[npz(flatten, rename = "c")]
    c: Inner,
    #[npz(flatten, default)]
    d: Inner,
    #[npz(default = "f32::default", flatten, rename = "e", skip)]
    e: f32,
    #[npz(cast, skip)]
    f: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct Newtype(#[npz(default)] f32);

fn main() {}
