//! Files to try commands on, and what they should print.

use std::fs;
use std::path::{Path, PathBuf};

use half::bf16;
use npz_core::ndarray::{Array1, Array2, ShapeBuilder, arr0, arr1, arr2};
use npz_core::{AnyArray, Compression, F8E4M3Fn, NpzReader, NpzWriter, SaveOptions};
use serde_json::Value;
use tempfile::TempDir;

use crate::run::npz;

/// A folder that goes when the test is over.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The names of all files, hidden ones too.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// What stands in place of the folder's name in golden files.
    pub(crate) fn hide(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.0.path().display()), "")
    }
}

/// A small network, some of it deflated, with strings in its metadata.
pub(crate) fn network(folder: &Folder, name: &str) -> PathBuf {
    let path = folder.path(name);
    let options = SaveOptions::new().metadata("licence", "CC0").metadata("run", "7");
    let mut writer = NpzWriter::create_with(&path, &options).unwrap();
    writer.add("embed", &Array2::from_shape_fn((40, 8), |(i, j)| (i + j) as f32 / 8.0)).unwrap();
    for layer in 0..12_u8 {
        let weight = Array2::from_elem((8, 8), f32::from(layer));
        writer.add(&format!("layers.{layer}.weight"), &weight).unwrap();
        writer.add(&format!("layers.{layer}.bias"), &Array1::from_elem(8, 0.5_f32)).unwrap();
    }
    writer.add("head/scale", &arr1(&[bf16::from_f32(1.5), bf16::from_f32(-2.0)])).unwrap();
    let small: Array1<F8E4M3Fn> = (0..4_u8).map(|n| F8E4M3Fn::from_f32(n.into())).collect();
    writer.add("head/small", &small).unwrap();
    writer.add("step", &arr0(1000_u64)).unwrap();
    writer.add("name", &arr0("tiny".to_owned())).unwrap();
    writer.finish().unwrap();
    path
}

/// Names of all sorts, one of them deflated, one in Fortran order, one big-endian.
pub(crate) fn odd(folder: &Folder, name: &str) -> PathBuf {
    let path = folder.path(name);
    let options = SaveOptions::new().keep_fortran_order(true);
    let mut writer = NpzWriter::create_with(&path, &options).unwrap();
    writer.add("日本語の名前", &arr1(&[1_u8, 2, 3])).unwrap();
    writer.add("line\nbreak\x1b[31m", &arr1(&[true, false])).unwrap();
    writer.add("fortran", &Array2::from_shape_fn((3, 2).f(), |(i, j)| i * 10 + j)).unwrap();
    let dtype: npz_core::DType = ">i2".parse().unwrap();
    let header = npz_core::Header::new(dtype, npz_core::Order::C, [2]).unwrap();
    writer.add_any("big", &AnyArray::from_bytes(header, &[0, 1, 255, 255]).unwrap()).unwrap();
    let dtype: npz_core::DType = "[('x', '<f4'), ('n', '<i8', (2,))]".parse().unwrap();
    let header = npz_core::Header::new(dtype, npz_core::Order::C, [1]).unwrap();
    writer.add_any("record", &AnyArray::from_bytes(header, &[0; 20]).unwrap()).unwrap();
    writer.finish().unwrap();
    path
}

/// One array, well packed.
pub(crate) fn deflated(folder: &Folder, name: &str) -> PathBuf {
    let path = folder.path(name);
    let options = SaveOptions::new().compression(Compression::Deflate(6));
    let mut writer = NpzWriter::create_with(&path, &options).unwrap();
    writer.add("zeros", &Array2::<f64>::zeros((100, 100))).unwrap();
    writer.add("ramp", &Array1::from_iter(0..2000_i64)).unwrap();
    writer.finish().unwrap();
    path
}

/// An archive with a pickle, a text file and an array, as `zipfile` might make it.
pub(crate) fn mixed(folder: &Folder, name: &str) -> PathBuf {
    use std::io::Write;

    let path = folder.path(name);
    let mut archive = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let array = npz_core::NpyWriter::new(Vec::new()).write(&arr2(&[[1_i32, 2]])).unwrap();
    let mut pickle = array[..10].to_vec();
    let text = "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }";
    pickle.extend(format!("{text:<117}\n").bytes());
    pickle.extend(b"\x80\x04never opened.");
    for (name, bytes) in [("a.npy", &array[..]), ("o.npy", &pickle), ("read.me", b"hello\n")] {
        archive.start_file(name, stored).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
    path
}

/// An archive of these members, as any zip program might make it.
pub(crate) fn zipped(path: &Path, members: &[(&str, &[u8])], method: zip::CompressionMethod) {
    use std::io::Write;

    let mut archive = zip::ZipWriter::new(fs::File::create(path).unwrap());
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in members {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

/// What an archive's entry holds.
pub(crate) fn array(path: &Path, name: &str) -> AnyArray {
    NpzReader::open(path).unwrap().any(name).unwrap()
}

/// What a command prints as JSON, one value for each line, and its exit status.
pub(crate) fn json(args: &[&str]) -> (i32, Vec<Value>) {
    let (status, out, err) = npz(args);
    assert!(!err.contains("panicked"), "{args:?}: {err}");
    (status, out.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Compares with `golden/NAME.txt`; `NPZ_BLESS=1` writes it.
pub(crate) fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/golden").join(name);
    if std::env::var_os("NPZ_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{name} is another; NPZ_BLESS=1 accepts it");
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
