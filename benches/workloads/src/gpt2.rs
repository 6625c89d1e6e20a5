//! GPT-2 as a struct, with the names of its published weights.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2, ArrayD, Dimension};
use npz_core::{LoadNpz, SaveNpz};

use crate::Result;

const LAYERS: usize = 12;
const CONTEXT: usize = 1024;
const VOCABULARY: usize = 50_257;

#[derive(SaveNpz, LoadNpz)]
struct Linear {
    weight: Array2<f32>,
    bias: Array1<f32>,
}

#[derive(SaveNpz, LoadNpz)]
struct Norm {
    weight: Array1<f32>,
    bias: Array1<f32>,
}

#[derive(SaveNpz, LoadNpz)]
struct Embedding {
    weight: Array2<f32>,
}

#[derive(SaveNpz, LoadNpz)]
struct Attention {
    c_attn: Linear,
    c_proj: Linear,
}

#[derive(SaveNpz, LoadNpz)]
struct Mlp {
    c_fc: Linear,
    c_proj: Linear,
}

#[derive(SaveNpz, LoadNpz)]
struct Block {
    ln_1: Norm,
    attn: Attention,
    ln_2: Norm,
    mlp: Mlp,
}

#[derive(SaveNpz, LoadNpz)]
pub(crate) struct Gpt2 {
    wte: Embedding,
    wpe: Embedding,
    h: Vec<Block>,
    ln_f: Norm,
}

/// The names and shapes, in the order of the struct.
pub(crate) fn tensors(width: usize) -> Vec<(String, Vec<usize>)> {
    let mut tensors = vec![
        ("wte.weight".to_owned(), vec![VOCABULARY * width / 768, width]),
        ("wpe.weight".to_owned(), vec![CONTEXT, width]),
    ];
    let mut add = |name: &str, shape: &[usize]| tensors.push((name.to_owned(), shape.to_vec()));
    let mut layer = |name: &str, weight: &[usize]| {
        add(&format!("{name}.weight"), weight);
        add(&format!("{name}.bias"), &weight[weight.len() - 1..]);
    };
    for block in (0..LAYERS).map(|block| format!("h.{block}")) {
        layer(&format!("{block}.ln_1"), &[width]);
        layer(&format!("{block}.attn.c_attn"), &[width, 3 * width]);
        layer(&format!("{block}.attn.c_proj"), &[width, width]);
        layer(&format!("{block}.ln_2"), &[width]);
        layer(&format!("{block}.mlp.c_fc"), &[width, 4 * width]);
        layer(&format!("{block}.mlp.c_proj"), &[4 * width, width]);
    }
    layer("ln_f", &[width]);
    tensors
}

impl Gpt2 {
    /// From the arrays of [`tensors`].
    pub(crate) fn new(arrays: Vec<(String, ArrayD<f32>)>) -> Result<Self> {
        let mut arrays = Arrays(arrays.into_iter().collect());
        let model = Self {
            wte: Embedding { weight: arrays.take("wte.weight")? },
            wpe: Embedding { weight: arrays.take("wpe.weight")? },
            h: (0..LAYERS)
                .map(|block| arrays.block(&format!("h.{block}")))
                .collect::<Result<_>>()?,
            ln_f: arrays.norm("ln_f")?,
        };
        match arrays.0.into_keys().next() {
            Some(name) => Err(format!("GPT-2 has no tensor {name}").into()),
            None => Ok(model),
        }
    }
}

struct Arrays(BTreeMap<String, ArrayD<f32>>);

impl Arrays {
    fn take<D: Dimension>(&mut self, name: &str) -> Result<ndarray::Array<f32, D>> {
        let array = self.0.remove(name).ok_or_else(|| format!("GPT-2 needs a tensor {name}"))?;
        Ok(array.into_dimensionality()?)
    }

    fn linear(&mut self, name: &str) -> Result<Linear> {
        let weight = self.take(&format!("{name}.weight"))?;
        Ok(Linear { weight, bias: self.take(&format!("{name}.bias"))? })
    }

    fn norm(&mut self, name: &str) -> Result<Norm> {
        let weight = self.take(&format!("{name}.weight"))?;
        Ok(Norm { weight, bias: self.take(&format!("{name}.bias"))? })
    }

    fn block(&mut self, name: &str) -> Result<Block> {
        let ln_1 = self.norm(&format!("{name}.ln_1"))?;
        let c_attn = self.linear(&format!("{name}.attn.c_attn"))?;
        let c_proj = self.linear(&format!("{name}.attn.c_proj"))?;
        let attn = Attention { c_attn, c_proj };
        let ln_2 = self.norm(&format!("{name}.ln_2"))?;
        let c_fc = self.linear(&format!("{name}.mlp.c_fc"))?;
        let c_proj = self.linear(&format!("{name}.mlp.c_proj"))?;
        Ok(Block { ln_1, attn, ln_2, mlp: Mlp { c_fc, c_proj } })
    }
}
