//! Levels that would never end.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct List {
    value: f32,
    #[npz(flatten)]
    next: Option<Box<List>>,
}

#[derive(SaveNpz, LoadNpz)]
struct Endless(Option<Box<Self>>);

fn main() {}
