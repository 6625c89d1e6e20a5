//! Loads weights that were saved from Python under the names of a PyTorch `state_dict`, whose
//! matrices lie the other way round, and checks that the network says what it said there.
//!
//! ```text
//! cargo run --example torch_weights [WEIGHTS.npz]
//! ```
//!
//! In Python: `np.savez("weights.npz", **{k: v.numpy() for k, v in model.state_dict().items()})`.
//! Where the names have a prefix, `LoadOptions::rename_prefix("module.", "")` takes it off.

use std::env;
use std::error::Error;
use std::path::PathBuf;

use ndarray::{Array1, Array2};
use npz_core::LoadNpz;

/// `outputs = inputs · weight + bias`
#[derive(LoadNpz)]
struct Linear {
    /// One column for each output. PyTorch has a row for each, and the shape is that of the file.
    #[npz(with = "transposed", shape(outputs, inputs))]
    weight: Array2<f32>,
    #[npz(shape(outputs))]
    bias: Array1<f32>,
}

/// `layers.0.weight`, `layers.0.bias`, `layers.1.weight`, …
#[derive(LoadNpz)]
struct Network {
    layers: Vec<Linear>,
}

/// What the file has beside the weights: an input, and what the network made of it in Python.
#[derive(LoadNpz)]
struct Example {
    #[npz(shape(samples, _))]
    input: Array2<f32>,
    #[npz(shape(samples, _))]
    output: Array2<f32>,
}

#[derive(LoadNpz)]
struct File {
    #[npz(flatten)]
    network: Network,
    example: Example,
}

mod transposed {
    use ndarray::{Array2, Ix2};
    use npz_core::{Expect, Node, Result};

    pub(super) fn expect(at: &mut Expect<'_>) {
        at.array::<f32, Ix2>();
    }

    pub(super) fn load(at: &Node<'_>) -> Result<Array2<f32>> {
        // In standard layout, for what comes after; `reversed_axes` alone would copy nothing.
        Ok(at.array::<f32, Ix2>()?.reversed_axes().as_standard_layout().into_owned())
    }
}

impl Network {
    fn forward(&self, input: &Array2<f32>) -> Array2<f32> {
        let mut values = input.clone();
        for (index, layer) in self.layers.iter().enumerate() {
            values = values.dot(&layer.weight) + &layer.bias;
            if index + 1 < self.layers.len() {
                values.mapv_inplace(|value| value.max(0.0));
            }
        }
        values
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/torch_weights.npz");
    let path = env::args_os().nth(1).map_or_else(|| PathBuf::from(data), PathBuf::from);

    println!("needed, before any file is opened:\n{}\n", File::schema());
    let File { network, example } = File::load_npz(&path)?;
    for (index, layer) in network.layers.iter().enumerate() {
        println!("layer {index}: {} inputs, {} outputs", layer.weight.nrows(), layer.bias.len());
    }

    let output = network.forward(&example.input);
    if output.dim() != example.output.dim() {
        return Err("the network's outputs have another shape than Python's".into());
    }
    let furthest = (&output - &example.output).fold(0.0_f32, |most, off| most.max(off.abs()));
    if furthest > 1e-5 {
        return Err(format!("the outputs are up to {furthest} away from Python's").into());
    }
    println!("the outputs are those of Python, to within {furthest:e}");
    Ok(())
}
