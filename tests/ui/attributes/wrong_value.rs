//! Each word says how it is written.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(rename_all(camelCase), crate)]
struct Model {
    #[npz(rename)]
    a: f32,
    #[npz(rename = w)]
    b: f32,
    #[npz(rename("w"))]
    c: f32,
    #[npz(rename = 3)]
    d: f32,
    #[npz(skip = true)]
    e: f32,
    #[npz(default = one)]
    f: f32,
    #[npz(default = "1 + 1")]
    g: f32,
    #[npz(rename = "a" + "b")]
    h: f32,
    #[npz(flatten(true))]
    i: f32,
    #[npz(cast = "wide")]
    j: f32,
    #[npz(cast(any))]
    k: f32,
}

fn main() {}
