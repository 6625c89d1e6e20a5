//! Saves a network so that Python can build its own from the file, and prints the Python that does
//! it, with nothing but NumPy.
//!
//! ```text
//! cargo run --example for_python network.npz [relu] > network.py && python network.py
//! ```
//!
//! The names are those of a PyTorch `state_dict`, so this works as well:
//! `model.load_state_dict({k: torch.from_numpy(f[k]) for k in f if k.startswith("layers.")})`.

use std::env;
use std::error::Error;
use std::path::PathBuf;

use ndarray::{Array1, Array2};
use npz_core::SaveNpz;
use serde::Serialize;

#[derive(SaveNpz)]
struct Network {
    /// What Python needs to build the network before it has weights: one text, in JSON.
    #[npz(json)]
    config: Config,
    /// One text: `relu` or `tanh`.
    activation: Activation,
    layers: Vec<Linear>,
    example: Example,
}

#[derive(Serialize)]
struct Config {
    sizes: Vec<usize>,
}

#[derive(Clone, Copy, SaveNpz)]
#[npz(rename_all = "lowercase")]
enum Activation {
    Relu,
    Tanh,
}

/// `outputs = inputs · weight + bias`
#[derive(SaveNpz)]
struct Linear {
    /// One column for each output; in the file a row for each, as in PyTorch.
    #[npz(with = "transposed")]
    weight: Array2<f32>,
    bias: Array1<f32>,
}

/// An input, and what the network makes of it, so that Python can check itself.
#[derive(SaveNpz)]
struct Example {
    input: Array2<f32>,
    output: Array2<f32>,
}

mod transposed {
    use ndarray::Array2;
    use npz_core::{Plan, Result};

    pub(super) fn plan<'a>(value: &'a Array2<f32>, plan: &mut Plan<'a>) -> Result<()> {
        plan.array(value.t())
    }
}

const PYTHON: &str = r#"
import json
import numpy as np

f = np.load(PATH)
sizes = json.loads(str(f["config"]))["sizes"]
activation = {"relu": lambda x: np.maximum(x, 0), "tanh": np.tanh}[str(f["activation"])]
layers = [(f[f"layers.{i}.weight"], f[f"layers.{i}.bias"]) for i in range(len(sizes) - 1)]
assert [layers[0][0].shape[1]] + [len(bias) for _, bias in layers] == sizes

def network(x):
    for i, (weight, bias) in enumerate(layers):
        x = x @ weight.T + bias
        x = activation(x) if i + 1 < len(layers) else x
    return x

assert np.allclose(network(f["example.input"]), f["example.output"], atol=1e-5)
print("the same outputs in Python, of a network with the sizes", sizes)
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args_os().nth(1).map_or_else(|| PathBuf::from("network.npz"), PathBuf::from);

    // Numbers that look random enough.
    let mut step = 0.0_f32;
    let mut next = || {
        step += 1.0;
        (step * step * 0.7).sin()
    };
    let sizes = vec![4, 8, 3];
    let layers: Vec<Linear> = sizes
        .windows(2)
        .map(|pair| Linear {
            weight: Array2::from_shape_simple_fn((pair[0], pair[1]), &mut next),
            bias: Array1::from_shape_simple_fn(pair[1], &mut next),
        })
        .collect();
    let input = Array2::from_shape_simple_fn((5, sizes[0]), &mut next);

    let activation = match env::args().nth(2).as_deref() {
        Some("relu") => Activation::Relu,
        _ => Activation::Tanh,
    };
    let mut output = input.clone();
    for (index, layer) in layers.iter().enumerate() {
        output = output.dot(&layer.weight) + &layer.bias;
        if index + 1 < layers.len() {
            output.mapv_inplace(|value| match activation {
                Activation::Relu => value.max(0.0),
                Activation::Tanh => value.tanh(),
            });
        }
    }

    let example = Example { input, output };
    Network { config: Config { sizes }, activation, layers, example }.save_npz(&path)?;
    println!("{}", PYTHON.trim().replace("PATH", &format!("{:?}", path.display().to_string())));
    Ok(())
}
