//! What can't be read at all.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz]
struct Model {
    #[npz = "w"]
    a: f32,
    #[npz("w")]
    b: f32,
    #[npz(skip default)]
    c: f32,
    #[npz(rename = "x" skip)]
    d: f32,
    #[npz(,)]
    e: f32,
    #[npz(skip; default, flaten)]
    f: f32,
}

fn main() {}
