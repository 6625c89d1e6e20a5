//! Old names of a field.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Model {
    #[npz(alias = "w", alias = "weight")]
    weight: f32,
    #[npz(alias = "w")]
    wide: f32,
    #[npz(alias("weight", "b"), alias)]
    bias: f32,
    #[npz(alias())]
    scale: f32,
    #[npz(alias("a" "b"), alias(c))]
    shift: f32,
    #[npz(alias = "../x")]
    last: f32,
}

#[derive(SaveNpz, LoadNpz)]
struct Newtype(#[npz(alias = "old")] f32);

fn main() {}
