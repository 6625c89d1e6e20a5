//! Changes entries of an archive. All the others are copied as they are.
//!
//! ```sh
//! cargo run --example edit [model.npz]
//! ```

use std::path::PathBuf;
use std::{env, fs};

use ndarray::{Array1, Array2};
use npz_core::{Compression, NpzEditor, NpzReader, Result, SaveNpz, savez};

#[derive(SaveNpz)]
struct Head {
    weight: Array2<f32>,
    bias: Array1<f32>,
}

fn main() -> Result<()> {
    let path =
        env::args_os().nth(1).map_or_else(|| env::temp_dir().join("model.npz"), PathBuf::from);
    let head = |classes| Head { weight: Array2::ones((256, classes)), bias: Array1::ones(classes) };
    let body = Array2::<f32>::eye(1024);
    savez!(&path, body = body, head = head(10), step = 1_u64, note = "first try".to_owned())?;
    show("before", &path)?;

    // Another head for other classes, one entry less, one under another name, one packed.
    let head = head(3);
    let mut editor = NpzEditor::open(&path)?;
    editor.put_value("head", &head)?;
    editor.remove("note")?;
    editor.rename("step", "pretrained_steps")?;
    editor.recompress("body", Compression::Deflate(6))?;
    editor.commit()?; // until here nothing has changed
    show("after", &path)
}

fn show(when: &str, path: &PathBuf) -> Result<()> {
    println!("{when}: {} bytes", fs::metadata(path).map_or(0, |file| file.len()));
    for entry in NpzReader::open(path)?.entries() {
        println!("  {}, {}, {} bytes", entry.name(), entry.method(), entry.packed_size());
    }
    Ok(())
}
