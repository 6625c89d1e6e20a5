//! Names that clash; and the mistakes are the only errors, although the enum is used.
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
enum Activation {
    Relu,
    #[npz(rename = "Relu")]
    Leaky(f32),
    #[npz(rename = "")]
    Tanh,
    #[npz(rename = "a\0")]
    Gelu,
}

#[derive(SaveNpz, LoadNpz)]
enum Fields {
    Named {
        variant: f32,
        #[npz(rename = "x")]
        first: f32,
        #[npz(alias = "x")]
        second: f32,
    },
}

#[derive(SaveNpz, LoadNpz)]
#[npz(tag = "kind")]
enum Tagged {
    Named { kind: f32, variant: f32 },
    Tuple(#[npz(alias = "kind")] f32),
}

#[derive(SaveNpz, LoadNpz)]
#[npz(tag = "../kind")]
enum BadTag {
    Tuple(f32),
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
