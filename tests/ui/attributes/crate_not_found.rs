use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(crate = "nowhere")]
struct Model {
    weight: f32,
}

fn main() {}
