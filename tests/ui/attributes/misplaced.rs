//! Known words in the wrong place.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(skip)]
struct Model {
    #[npz(rename_all = "camelCase")]
    weight: f32,
    #[npz(crate = "npz_core")]
    bias: f32,
}

fn main() {}
