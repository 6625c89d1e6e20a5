//! A record is saved by its own impl, unless it is told not to be.
use npz_core::{LoadNpz, NpyRecord, SaveNpz};

#[derive(Clone, NpyRecord, SaveNpz, LoadNpz)]
struct Both {
    x: f32,
}

#[derive(SaveNpz)]
#[npz(align)]
struct NoRecord {
    x: f32,
}

fn main() {}
