use npz_core::LoadNpz;
use std::time::Instant;

#[derive(LoadNpz)]
struct Model<'a> {
    weight: f32,
    #[npz(rename = "when")]
    started: Instant,
    borrowed: &'a [f32],
    #[npz(skip)]
    no_default: Instant,
}

fn main() {}
