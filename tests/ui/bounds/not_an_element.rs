//! A generic struct can be saved for the types that can be.
use ndarray::Array2;
use npz_core::{LoadNpz, SaveNpz};

#[derive(SaveNpz, LoadNpz)]
struct Linear<A> {
    weight: Array2<A>,
}

#[derive(SaveNpz, LoadNpz)]
struct Model<A, T> {
    layers: Vec<Linear<A>>,
    extra: T,
}

fn main() -> npz_core::Result<()> {
    let linear = Linear::<std::time::Instant>::load_npz("linear.npz")?;
    linear.save_npz("linear.npz")?;
    let model = Model { layers: vec![linear], extra: 1.0_f32 };
    model.save_npz("model.npz")?;
    Model { layers: vec![Linear::<f32>::load_npz("linear.npz")?], extra: std::thread::current() }
        .save_npz("model.npz")
}
