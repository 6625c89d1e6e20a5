//! What is made up on loading needs a `Default`.
use npz_core::{LoadNpz, SaveNpz};
use std::time::Instant;

#[derive(SaveNpz, LoadNpz)]
struct Timed<T> {
    weight: f32,
    #[npz(skip)]
    started: T,
}

fn main() -> npz_core::Result<()> {
    Timed { weight: 1.0, started: Instant::now() }.save_npz("timed.npz")?;
    Timed::<Instant>::load_npz("timed.npz").map(drop)
}
