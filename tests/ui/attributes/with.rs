//! Modules that `with` can't use.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Inner {
    scale: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(with)]
    bare: f32,
    #[npz(with = "a b")]
    no_path: f32,
    #[npz(with = "a", json)]
    both: f32,
    #[npz(with = "a", flatten)]
    flat: Inner,
    #[npz(json, skip)]
    skipped: f32,
    #[npz(json = "yes")]
    value: f32,
}

fn main() {}
