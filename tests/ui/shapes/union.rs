use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
union Bits {
    float: f32,
    int: u32,
}

fn main() {}
