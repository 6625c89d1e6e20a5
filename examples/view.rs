//! Models that are used where they lie: no loading, no copy.
//!
//! Data that are part of the program are viewed in it; a model that was learnt from them is saved,
//! and then viewed in a memory map of its file.
//!
//! ```text
//! cargo run --release --example view [MODEL.npz]
//! ```
//!
//! The model goes beside this program unless a path is given.

// Only the caller of `NpzMap::open` can know that nobody writes into the file.
#![allow(unsafe_code)]

use std::env;
use std::error::Error;
use std::path::PathBuf;

use ndarray::{Array2, ArrayView1, ArrayView2, ArrayView3};
use npz_core::{NpzMap, SaveNpz, ViewNpz, include_npz};

/// Aligned, as `include_bytes!` alone would not be.
static DIGITS: &[u8] = include_npz!("data/digits.npz");

#[derive(ViewNpz)]
struct Digits<'a> {
    images: ArrayView3<'a, u8>,
    target: ArrayView1<'a, u8>,
}

/// Tells digits by the mean image that they are nearest to.
#[derive(SaveNpz, ViewNpz)]
struct Model<'a> {
    /// Borrowed.
    means: ArrayView2<'a, f32>,
    /// Loaded by value, like all that is small.
    names: Vec<String>,
    images_seen: u64,
}

impl Model<'_> {
    fn classify(&self, image: ArrayView2<'_, u8>) -> &str {
        let distance = |mean: ArrayView1<'_, f32>| -> f32 {
            image.iter().zip(mean).map(|(&pixel, mean)| (f32::from(pixel) - mean).powi(2)).sum()
        };
        let distances = self.means.rows().into_iter().map(distance);
        let nearest = distances.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
        &self.names[nearest.map_or(0, |(index, _)| index)]
    }
}

fn learn(digits: &Digits<'_>) -> Array2<f32> {
    let mut sums = Array2::zeros((10, 64));
    let mut counts = [0.0_f32; 10];
    for (image, &digit) in digits.images.outer_iter().zip(digits.target) {
        let mut sum = sums.row_mut(usize::from(digit));
        sum.iter_mut().zip(image).for_each(|(sum, &pixel)| *sum += f32::from(pixel));
        counts[usize::from(digit)] += 1.0;
    }
    sums.rows_mut().into_iter().zip(counts).for_each(|(mut sum, count)| sum /= count);
    sums
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = match env::args_os().nth(1) {
        Some(path) => PathBuf::from(path),
        None => env::current_exe()?.with_file_name("means.npz"),
    };
    let digits = Digits::view_npz(DIGITS)?;
    println!("{} images of digits are part of this program", digits.images.len() / 64);

    let means = learn(&digits);
    let names = (0..10).map(|digit: u8| digit.to_string()).collect();
    let images_seen = digits.target.len() as u64;
    Model { means: means.view(), names, images_seen }.save_npz(&path)?;

    // SAFETY: nobody writes into this file. (Saving over it would be fine: it puts a new one in its
    // place, and the map keeps the old.)
    let map = unsafe { NpzMap::open(&path)? };
    let model = Model::view_npz(&map)?;
    println!("{}: a model of {} images, mapped", path.display(), model.images_seen);

    let images = digits.images.outer_iter().zip(digits.target);
    let right = images.filter(|(image, digit)| model.classify(image.view()) == digit.to_string());
    println!("it tells {} of {} digits", right.count(), digits.target.len());
    Ok(())
}
