//! Saves one model with each crate, loads it again, and counts the lines that a user writes.

mod with_burn;
mod with_ndarray_npy;
mod with_npyz;
mod with_npz;
mod with_safetensors;

pub use with_npz::{Linear, Model};

use ndarray::{Array1, Array2};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let layer = |bias| Linear { weight: Array2::eye(4), bias };
    let model = Model {
        embed: Array2::ones((8, 4)),
        layers: vec![layer(Some(Array1::ones(4))), layer(None)],
        step: 7,
    };
    let folder = std::env::temp_dir().join(format!("npz-compare-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = |name: &str| folder.join(name).display().to_string();

    type Save = fn(&Model, &str) -> Result<()>;
    type Load = fn(&str) -> Result<Model>;
    let crates: [(&str, &str, Save, Load); 4] = [
        ("npz", include_str!("with_npz.rs"), with_npz::save, with_npz::load),
        (
            "ndarray-npy",
            include_str!("with_ndarray_npy.rs"),
            with_ndarray_npy::save,
            with_ndarray_npy::load,
        ),
        ("npyz", include_str!("with_npyz.rs"), with_npyz::save, with_npyz::load),
        (
            "safetensors",
            include_str!("with_safetensors.rs"),
            with_safetensors::save,
            with_safetensors::load,
        ),
    ];
    for (name, source, save, load) in crates {
        let path = path(name);
        save(&model, &path)?;
        let loaded = load(&path)?;
        let same = loaded.embed == model.embed
            && loaded.step == model.step
            && loaded.layers.len() == model.layers.len()
            && loaded.layers.iter().zip(&model.layers).all(|(a, b)| a.weight == b.weight && a.bias == b.bias);
        println!("{name:12} {:3} lines, same values: {same}", lines(source));
    }
    let path = path("burn.safetensors");
    with_burn::save(&with_burn::new(), &path)?;
    with_burn::load(&path)?;
    println!("{:12} {:3} lines, tensors of its own", "burn", lines(include_str!("with_burn.rs")));
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Lines of code: neither blank nor comment.
fn lines(source: &str) -> usize {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    source.lines().filter(is_code).count()
}
