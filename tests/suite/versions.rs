//! Files of other versions of a struct, and attributes that act together.

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, CowArray, Ix1, arr1, arr2};
use npz_core::{ErrorKind, LoadNpz, LoadOptions, NpzWriter, SaveNpz, ViewNpz, savez};
use tempfile::TempDir;

#[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
#[npz(version = 2, migrate = "renamed")]
struct Model {
    embed: Array2<f32>,
    layers: Vec<Layer>,
}

#[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
struct Layer {
    scale: Array1<f32>,
}

/// Version 0 wrote `table`, version 1 `embedding`; both had the layers below `blocks`.
fn renamed(from: u64, name: &str) -> Option<String> {
    match (from, name) {
        (0, "table") | (1, "embedding") => Some("embed".to_owned()),
        _ => name.strip_prefix("blocks.").map(|rest| format!("layers.{rest}")),
    }
}

/// The same, one version later.
#[derive(SaveNpz)]
#[npz(version = 3)]
struct Later {
    embed: Array2<f32>,
}

#[derive(SaveNpz)]
#[npz(version = 1)]
struct Earlier {
    embedding: Array2<f32>,
    blocks: Vec<Layer>,
}

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.npz");
    (folder, path)
}

fn model() -> Model {
    let layers = vec![Layer { scale: arr1(&[1.0]) }, Layer { scale: arr1(&[2.0, 3.0]) }];
    Model { embed: arr2(&[[1.0, 2.0]]), layers }
}

fn save_earlier(path: &Path) {
    let Model { embed, layers } = model();
    Earlier { embedding: embed, blocks: layers }.save_npz(path).unwrap();
}

/// Entries are not compressed, so the metadata can be seen in the file.
fn says_version_2(bytes: &[u8]) -> bool {
    let said = br#"{"version":2}"#;
    bytes.windows(said.len()).any(|window| window == said)
}

#[test]
fn the_version_is_in_the_metadata() {
    let (_folder, path) = file();
    model().save_npz(&path).unwrap();
    assert!(says_version_2(&std::fs::read(&path).unwrap()));
    assert_eq!(Model::load_npz(&path).unwrap(), model());

    let mut writer = NpzWriter::new(Vec::new());
    writer.add_all(&model()).unwrap();
    let bytes = writer.finish().unwrap();
    assert!(says_version_2(&bytes));

    Box::new(Layer { scale: arr1(&[1.0]) }).save_npz(&path).unwrap();
    assert!(!says_version_2(&std::fs::read(&path).unwrap()));
    Box::new(model()).save_npz(&path).unwrap();
    assert_eq!(*Box::<Model>::load_npz(&path).unwrap(), model());
}

#[test]
fn earlier_versions_are_renamed() {
    let (_folder, path) = file();
    save_earlier(&path);
    assert_eq!(Model::load_npz(&path).unwrap(), model());
    assert_eq!(*Box::<Model>::load_npz(&path).unwrap(), model());
    let mut old = Model { embed: Array2::zeros((1, 2)), layers: Vec::new() };
    old.update_from_npz(&path, &LoadOptions::new()).unwrap();
    assert_eq!(old, model());

    // Without a version a file is of version 0.
    savez!(&path, table = arr2(&[[5.0_f32]]), layers = Array1::<u8>::zeros(0)).unwrap();
    let expected = Model { embed: arr2(&[[5.0]]), layers: Vec::new() };
    assert_eq!(Model::load_npz(&path).unwrap(), expected);
    savez!(&path, embedding = arr2(&[[5.0_f32]]), layers = Array1::<u8>::zeros(0)).unwrap();
    let error = Model::load_npz(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

#[test]
fn the_options_rules_come_after() {
    let (_folder, path) = file();
    save_earlier(&path);
    #[derive(LoadNpz)]
    #[npz(version = 2, migrate = "renamed")]
    struct Renamed {
        table: Array2<f32>,
    }
    let options = LoadOptions::new().rename_prefix("embed", "table").only_prefix("table");
    assert_eq!(Renamed::load_npz_with(&path, &options).unwrap().table, model().embed);
}

#[test]
fn later_versions_are_refused() {
    let (_folder, path) = file();
    Later { embed: arr2(&[[1.0]]) }.save_npz(&path).unwrap();
    let error = Model::load_npz(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let message = error.to_string();
    for part in ["m.npz", "version 3", "version 2"] {
        assert!(message.contains(part), "{message}");
    }
    // A type without a version loads any.
    #[derive(LoadNpz)]
    struct Any {
        embed: Array2<f32>,
    }
    assert_eq!(Any::load_npz(&path).unwrap().embed, arr2(&[[1.0]]));
}

#[derive(ViewNpz)]
#[npz(version = 2, migrate = "renamed")]
struct Viewed<'a> {
    #[npz(rename = "weights", alias("embed", "older"), shape(rows, 2))]
    embed: ArrayView2<'a, f32>,
    #[npz(optional, shape(rows))]
    bias: Option<ArrayView1<'a, f32>>,
    layers: Vec<LayerView<'a>>,
}

#[derive(ViewNpz)]
struct LayerView<'a> {
    scale: CowArray<'a, f32, Ix1>,
}

#[test]
fn views_are_of_versions_too() {
    let (_folder, path) = file();
    save_earlier(&path);
    let bytes = aligned(&path);
    let viewed = Viewed::view_npz(bytes).unwrap();
    assert_eq!((viewed.embed, viewed.bias), (model().embed.view(), None));
    assert_eq!(viewed.layers[1].scale, arr1(&[2.0, 3.0]));

    Later { embed: arr2(&[[1.0, 2.0]]) }.save_npz(&path).unwrap();
    let error = Viewed::view_npz(aligned(&path)).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);

    let (embed, layers) = (arr2(&[[1.0_f32, 2.0]]), Array1::<u8>::zeros(0));
    savez!(&path, weights = embed, bias = arr1(&[1.0_f32, 2.0]), layers = layers).unwrap();
    let error = Viewed::view_npz(aligned(&path)).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(error.to_string().contains("rows"), "{error}");
}

/// The file's bytes at an address where arrays can be viewed.
fn aligned(path: &Path) -> &'static [u8] {
    let bytes = std::fs::read(path).unwrap();
    let room = vec![0_u8; bytes.len() + 64].leak();
    let start = room.as_ptr().align_offset(64);
    let place = &mut room[start..start + bytes.len()];
    place.copy_from_slice(&bytes);
    place
}

/// Stored twice as large.
mod doubled {
    use ndarray::{Array1, Ix1};
    use npz_core::{Expect, Node, Result};

    pub(super) fn expect(at: &mut Expect<'_>) {
        at.array::<f64, Ix1>();
    }

    pub(super) fn load(at: &Node<'_>) -> Result<Array1<f64>> {
        at.array::<f64, Ix1>().map(|array| array / 2.0)
    }
}

#[derive(Debug, PartialEq, LoadNpz)]
struct Cast {
    #[npz(cast, alias = "old", shape(n))]
    renamed: Array1<f64>,
    #[npz(cast, with = "doubled", alias = "twice")]
    custom: Array1<f64>,
    #[npz(cast = "any", default, shape(n))]
    absent: Array1<u8>,
}

#[test]
fn casts_act_together_with_other_attributes() {
    let (_folder, path) = file();
    savez!(&path, old = arr1(&[1.0_f32, 2.0]), twice = arr1(&[3_i32])).unwrap();
    let expected =
        Cast { renamed: arr1(&[1.0, 2.0]), custom: arr1(&[1.5]), absent: Array1::zeros(0) };
    assert_eq!(Cast::load_npz(&path).unwrap(), expected);
    let mut value = Cast { renamed: arr1(&[0.0, 0.0]), custom: arr1(&[]), absent: arr1(&[1]) };
    value.update_from_npz(&path, &LoadOptions::new()).unwrap();
    assert_eq!(value, expected);

    savez!(
        &path,
        renamed = arr1(&[1.0_f32, 2.0]),
        custom = arr1(&[3_i32]),
        absent = arr1(&[7.0_f64])
    )
    .unwrap();
    let error = Cast::load_npz(&path).unwrap_err();
    assert!(error.to_string().contains('n'), "{error}");
    assert_eq!(Cast::check_npz(&path, &LoadOptions::new()).unwrap().mismatched.len(), 1);
}
