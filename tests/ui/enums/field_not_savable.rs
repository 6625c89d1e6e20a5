//! What a variant holds must be savable and loadable too.
use npz_core::{LoadNpz, SaveNpz};

struct Foreign;

#[derive(SaveNpz, LoadNpz)]
enum Layer {
    Linear(f32),
    Other { foreign: Foreign },
}

fn main() {}
