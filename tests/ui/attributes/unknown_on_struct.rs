use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(renameAll = "camelCase", deny_unknown_fields)]
struct Model {
    weight: f32,
}

fn main() {}
