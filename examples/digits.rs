//! Trains a small network on handwritten digits that NumPy wrote, saves it with its optimizer,
//! loads it back, and checks that nothing changed.
//!
//! ```text
//! cargo run --release --example digits [CHECKPOINT.npz]
//! ```
//!
//! The checkpoint goes beside this program unless a path is given.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use ndarray::{Array, Array1, Array2, Array3, ArrayView1, Axis, Dimension, Zip};
use npz_core::{LoadNpz, NpzReader, SaveNpz};

/// What `numpy.savez("digits.npz", images=..., target=...)` wrote: the fields are the entries.
/// Dtypes and shapes are checked against the file before any data is read.
#[derive(LoadNpz)]
struct Digits {
    /// 8 × 8 pixels each, from 0 to 16.
    images: Array3<u8>,
    /// The digit that each image shows.
    target: Array1<u8>,
}

/// `outputs = inputs · weight + bias`
#[derive(Clone, SaveNpz, LoadNpz)]
struct Linear<A> {
    weight: Array2<A>,
    bias: Array1<A>,
}

/// Saved as `layers.0.weight`, `layers.0.bias`, `layers.1.weight`, …
#[derive(Clone, SaveNpz, LoadNpz)]
struct Model {
    layers: Vec<Linear<f32>>,
}

/// The moments have the model's own structure, and so its names: `m.layers.0.weight`, …
#[derive(Clone, SaveNpz, LoadNpz)]
struct Adam {
    m: Model,
    v: Model,
}

/// All that is needed to go on training where the last run stopped.
#[derive(SaveNpz, LoadNpz)]
struct Checkpoint {
    model: Model,
    adam: Adam,
    step: u64,
}

const EPOCHS: usize = 40;
const BATCH: usize = 32;
const LEARNING_RATE: f32 = 2e-3;
const REQUIRED_ACCURACY: f64 = 0.95;

fn main() -> Result<(), Box<dyn Error>> {
    let path = match env::args_os().nth(1) {
        Some(path) => PathBuf::from(path),
        None => env::current_exe()?.with_file_name("digits-checkpoint.npz"),
    };

    let digits =
        Digits::load_npz(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/digits.npz"))?;
    let mut random = Random(1);
    let (train, test) = split(&digits, &mut random)?;
    println!("{} images to learn from, {} to test on", train.target.len(), test.target.len());

    let started = Instant::now();
    let mut checkpoint = Checkpoint::new(&[64, 96, 10], &mut random);
    for epoch in 1..=EPOCHS {
        checkpoint.train(&train, &mut random);
        if epoch % 10 == 0 {
            println!("epoch {epoch}: {:.1} % correct", 100.0 * checkpoint.model.accuracy(&test));
        }
    }
    println!("trained in {:.2} s", started.elapsed().as_secs_f64());

    checkpoint.save_npz(&path)?;
    let loaded = Checkpoint::load_npz(&path)?;

    let accuracy = loaded.model.accuracy(&test);
    if accuracy < REQUIRED_ACCURACY {
        return Err(format!("only {:.1} % of the test images recognized", 100.0 * accuracy).into());
    }
    // As bits, since `==` takes -0.0 for 0.0.
    let before = checkpoint.model.logits(&test.images).mapv(f32::to_bits);
    let after = loaded.model.logits(&test.images).mapv(f32::to_bits);
    if before != after || checkpoint.step != loaded.step {
        return Err("the loaded model differs from the saved one".into());
    }
    println!("the loaded model gives the same {} predictions, bit for bit\n", after.nrows());

    println!("{}", path.display());
    let reader = NpzReader::open(&path)?;
    for entry in reader.entries() {
        let Some(header) = entry.header()? else { continue };
        println!("  {:<28} {:<6} {:?}", entry.name(), header.dtype().to_string(), header.shape());
    }
    println!("\nIn Python:");
    println!(
        r#"python3 -c "import numpy; print({{k: v.shape for k, v in numpy.load(r'{}').items()}})""#,
        path.display()
    );
    Ok(())
}

/// Images as rows of 64 numbers from 0 to 1, with their labels.
struct Samples {
    images: Array2<f32>,
    target: Vec<usize>,
}

/// Shuffles, then keeps every fifth image for the test. The file is ordered by writer, so without
/// the shuffle the test would ask for handwritings never seen.
fn split(digits: &Digits, random: &mut Random) -> Result<(Samples, Samples), Box<dyn Error>> {
    let count = digits.target.len();
    let pixels = digits.images.mapv(|pixel| f32::from(pixel) / 16.0);
    let rows = pixels.into_shape_with_order((count, 64))?;
    let order = random.permutation(count);
    let (test, train) = order.split_at(count / 5);
    let pick = |indices: &[usize]| Samples {
        images: rows.select(Axis(0), indices),
        target: indices.iter().map(|&i| usize::from(digits.target[i])).collect(),
    };
    Ok((pick(train), pick(test)))
}

impl Checkpoint {
    /// A network whose layers have these `sizes`, before its first step.
    fn new(sizes: &[usize], random: &mut Random) -> Self {
        let layers = sizes.windows(2).map(|size| {
            // He's initialization, which keeps the signal's size through rectified layers.
            let scale = (6.0 / size[0] as f32).sqrt();
            let weight = || scale * random.symmetric();
            Linear {
                weight: Array2::from_shape_simple_fn((size[0], size[1]), weight),
                bias: Array1::zeros(size[1]),
            }
        });
        let model = Model { layers: layers.collect() };
        let mut zeros = model.clone();
        for layer in &mut zeros.layers {
            layer.weight.fill(0.0);
            layer.bias.fill(0.0);
        }
        Self { model, adam: Adam { m: zeros.clone(), v: zeros }, step: 0 }
    }

    /// One pass over `samples`, in batches, in a new order.
    fn train(&mut self, samples: &Samples, random: &mut Random) {
        for batch in random.permutation(samples.target.len()).chunks(BATCH) {
            let images = samples.images.select(Axis(0), batch);
            let target: Vec<usize> = batch.iter().map(|&i| samples.target[i]).collect();
            let gradient = self.model.gradient(images, &target);
            self.step += 1;
            self.adam.update(&mut self.model, &gradient, self.step);
        }
    }
}

impl Model {
    /// The inputs of every layer, and last the outputs of the last.
    fn activations(&self, images: Array2<f32>) -> Vec<Array2<f32>> {
        let mut all = vec![images];
        for (i, layer) in self.layers.iter().enumerate() {
            let mut outputs = all[i].dot(&layer.weight) + &layer.bias;
            if i + 1 < self.layers.len() {
                outputs.mapv_inplace(|x| x.max(0.0));
            }
            all.push(outputs);
        }
        all
    }

    fn logits(&self, images: &Array2<f32>) -> Array2<f32> {
        self.activations(images.clone()).swap_remove(self.layers.len())
    }

    /// The gradient of the mean cross-entropy, which has the structure of the model itself.
    fn gradient(&self, images: Array2<f32>, target: &[usize]) -> Self {
        let mut inputs = self.activations(images);
        let mut delta = inputs.swap_remove(self.layers.len());
        for (mut row, &label) in delta.rows_mut().into_iter().zip(target) {
            let max = row.fold(f32::NEG_INFINITY, |max, &x| max.max(x));
            row.mapv_inplace(|x| (x - max).exp());
            row /= row.sum();
            row[label] -= 1.0;
        }
        delta /= target.len() as f32;

        let mut gradient = self.clone();
        for (i, layer) in self.layers.iter().enumerate().rev() {
            gradient.layers[i].weight = inputs[i].t().dot(&delta);
            gradient.layers[i].bias = delta.sum_axis(Axis(0));
            // Back through the layer, then through the rectifier in front of it.
            delta = delta.dot(&layer.weight.t());
            delta.zip_mut_with(&inputs[i], |d, &x| *d = if x > 0.0 { *d } else { 0.0 });
        }
        gradient
    }

    /// For each image, the digit whose output is largest.
    fn predictions(&self, images: &Array2<f32>) -> Vec<usize> {
        let largest = |row: ArrayView1<'_, f32>| {
            row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(digit, _)| digit)
        };
        self.logits(images).rows().into_iter().map(largest).collect()
    }

    fn accuracy(&self, samples: &Samples) -> f64 {
        let predictions = self.predictions(&samples.images);
        let correct = predictions.iter().zip(&samples.target).filter(|(a, b)| a == b).count();
        correct as f64 / samples.target.len() as f64
    }
}

impl Adam {
    fn update(&mut self, model: &mut Model, gradient: &Model, step: u64) {
        let moments = self.m.layers.iter_mut().zip(&mut self.v.layers);
        let layers = model.layers.iter_mut().zip(&gradient.layers);
        for ((layer, gradient), (m, v)) in layers.zip(moments) {
            adam(&mut layer.weight, &gradient.weight, &mut m.weight, &mut v.weight, step);
            adam(&mut layer.bias, &gradient.bias, &mut m.bias, &mut v.bias, step);
        }
    }
}

/// One step of Adam (Kingma & Ba, 2015) with the usual constants.
fn adam<D: Dimension>(
    parameter: &mut Array<f32, D>,
    gradient: &Array<f32, D>,
    m: &mut Array<f32, D>,
    v: &mut Array<f32, D>,
    step: u64,
) {
    let (beta1, beta2) = (0.9_f32, 0.999_f32);
    let correction = (1.0 - beta2.powf(step as f32)).sqrt() / (1.0 - beta1.powf(step as f32));
    Zip::from(parameter).and(gradient).and(m).and(v).for_each(|p, &g, m, v| {
        *m = beta1 * *m + (1.0 - beta1) * g;
        *v = beta2 * *v + (1.0 - beta2) * g * g;
        *p -= LEARNING_RATE * correction * *m / (v.sqrt() + 1e-8);
    });
}

/// SplitMix64: every run learns the same, and the example needs no further crate.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in -1..1.
    fn symmetric(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    /// The numbers below `count` in random order.
    fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_cached_key(|_| self.next());
        order
    }
}
