//! Versions and separators that can't be.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
#[npz(version = 0, separator = "")]
struct Zero {
    a: f32,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(migrate = "renamed")]
struct Alone {
    a: f32,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(version = "2", migrate, separator = '/')]
struct Wrong {
    a: f32,
}

#[derive(SaveNpz, LoadNpz)]
#[npz(version = 2, migrate = "without_version")]
struct Signature {
    a: f32,
}

fn without_version(_: &str) -> Option<String> {
    None
}

fn main() {}
