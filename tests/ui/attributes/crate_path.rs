use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(crate = "not a path")]
struct Unreadable {
    weight: f32,
}

fn main() {}
