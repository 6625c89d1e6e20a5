//! Structs only; and the refusal is the only error, although the enum is used.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
enum Activation {
    Relu,
    #[npz(rename = "leaky")]
    Leaky(f32),
}

#[derive(SaveNpz, LoadNpz)]
struct Layer {
    weight: f32,
    activation: Activation,
}

fn main() -> npz_core::Result<()> {
    Layer { weight: 1.0, activation: Activation::Leaky(0.1) }.save_npz("layer.npz")?;
    Layer::load_npz("layer.npz").map(drop)
}
