//! What the attributes of the derives do to a file, as NumPy sees it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, Array3, arr1, arr2};
use npz_core::{ErrorKind, LoadNpz, LoadOptions, NpzReader, SaveNpz, SaveOptions, savez};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::oracle;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.npz");
    (folder, path)
}

fn names(path: &Path) -> Vec<String> {
    NpzReader::open(path).unwrap().names().map(str::to_owned).collect()
}

/// Saved as its transpose: PyTorch's way round.
mod transposed {
    use ndarray::{Array2, Ix2};
    use npz_core::{Expect, Node, Plan, Result};

    pub(super) fn plan<'a>(value: &'a Array2<f32>, plan: &mut Plan<'a>) -> Result<()> {
        plan.array(value.t())
    }

    pub(super) fn expect(at: &mut Expect<'_>) {
        at.array::<f32, Ix2>();
    }

    pub(super) fn load(at: &Node<'_>) -> Result<Array2<f32>> {
        at.array::<f32, Ix2>().map(Array2::reversed_axes)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Settings {
    learning_rate: f64,
    name: String,
}

#[derive(Clone, Debug, PartialEq, SaveNpz, LoadNpz)]
#[npz(rename_all = "kebab-case", tag = "kind")]
enum Activation {
    Relu,
    LeakyRelu {
        slope: f32,
    },
    #[npz(rename = "per channel")]
    PerChannel(#[npz(shape(n))] Array1<f32>, Array1<f32>),
}

#[derive(Clone, Debug, PartialEq, SaveNpz, LoadNpz)]
struct Linear<A> {
    weight: Array2<A>,
}

fn one() -> f32 {
    1.0
}

fn is_one(value: &f32) -> bool {
    *value == 1.0
}

fn renamed(from: u64, name: &str) -> Option<String> {
    (from < 2 && name == "table").then(|| "embed".to_owned())
}

/// Every attribute that there is.
#[derive(Clone, Debug, PartialEq, SaveNpz, LoadNpz)]
#[npz(
    rename_all = "camelCase",
    separator = "/",
    version = 2,
    migrate = "renamed",
    crate = "npz_core",
    bound = "A: npz_core::Element"
)]
struct Model<A> {
    #[npz(shape(vocab, dim))]
    embed: Array2<A>,
    #[npz(alias = "bias", alias("b", "offset"), shape = "dim")]
    out_bias: Array1<A>,
    #[npz(rename = "head.weight", with = "transposed")]
    head: Array2<f32>,
    #[npz(skip_if = "is_one", default = "one")]
    scale: f32,
    #[npz(optional)]
    momentum: f64,
    #[npz(default)]
    step_count: u64,
    #[npz(json)]
    settings: Settings,
    #[npz(skip)]
    cache: Vec<f32>,
    #[npz(flatten)]
    last: Linear<A>,
    activation: Activation,
    gates: Vec<Activation>,
}

fn model() -> Model<f32> {
    Model {
        embed: arr2(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
        out_bias: arr1(&[0.5, -0.5]),
        head: arr2(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        scale: 1.0,
        momentum: 0.9,
        step_count: 7,
        settings: Settings { learning_rate: 1e-3, name: "größe".to_owned() },
        cache: Vec::new(),
        last: Linear { weight: arr2(&[[9.0]]) },
        activation: Activation::LeakyRelu { slope: 0.25 },
        gates: vec![Activation::Relu, Activation::PerChannel(arr1(&[1.0]), arr1(&[2.0, 3.0]))],
    }
}

#[test]
fn every_attribute_in_one_struct_that_numpy_reads() {
    let (_folder, path) = file();
    let model = model();
    model.save_npz(&path).unwrap();
    assert_eq!(Model::<f32>::load_npz(&path).unwrap(), model);

    let code = r"
import json, sys, numpy as np
f = np.load(sys.argv[1])
assert sorted(f.files) == sorted('''embed outBias head.weight momentum stepCount settings weight
    activation/kind activation/slope gates/0 gates/1/kind gates/1/0 gates/1/1
    __metadata__'''.split()), f.files
assert f['embed'].tolist() == [[1, 2], [3, 4], [5, 6]]
assert f['head.weight'].tolist() == [[1, 4], [2, 5], [3, 6]]
assert json.loads(str(f['settings'])) == {'learning_rate': 1e-3, 'name': 'größe'}
assert f['activation/kind'] == 'leaky-relu' and f['activation/slope'] == 0.25
assert f['gates/0'] == 'relu' and f['gates/1/kind'] == 'per channel'
assert f['gates/1/1'].tolist() == [2, 3] and f['stepCount'] == 7 and f['momentum'] == 0.9
";
    let Some(_) = oracle::python(code, [&path]) else { return };
}

#[test]
fn a_file_with_five_faults_gives_one_error_that_lists_them() {
    #[derive(Debug, LoadNpz)]
    struct Layer {
        #[npz(rename = "w", shape(inputs, outputs))]
        weight: Array2<f32>,
        #[npz(shape(outputs))]
        bias: Array1<f32>,
    }
    #[derive(Debug, LoadNpz)]
    struct Model {
        layers: Vec<Layer>,
        activation: Activation,
        step: u64,
    }
    let (_folder, path) = file();
    let mut writer = npz_core::NpzWriter::create(&path).unwrap();
    writer.add("layers.0.w", &Array2::<f64>::zeros((3, 2))).unwrap();
    writer.add("layers.0.bias", &Array1::<f32>::zeros(2)).unwrap();
    writer.add("layers.1.w", &Array2::<f32>::zeros((2, 4))).unwrap();
    writer.add("layers.1.bias", &Array1::<f32>::zeros(5)).unwrap();
    writer.add("activation", &ndarray::arr0("relv".to_owned())).unwrap();
    writer.add("steps", &ndarray::arr0(1_u64)).unwrap();
    writer.finish().unwrap();

    let error = Model::load_npz(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let found: Vec<_> = error
        .errors()
        .iter()
        .map(|error| (error.entry().unwrap_or_default(), error.field().unwrap_or_default()))
        .collect();
    let expected = [
        ("layers.0.w", "layers[0].weight"),
        ("layers.1.bias", "layers[1].bias"),
        ("activation", "activation"),
        ("step", "step"),
        ("steps", ""),
    ];
    assert_eq!(found, expected, "{error}");
    let line = error.to_string();
    for part in [
        "layers[0].weight",
        "found '<f8'",
        "expected shape (outputs,) with outputs = 4 as in weight, found (5,)",
        "unknown variant \"relv\", expected one of \"relu\", \"leaky-relu\", \"per channel\"",
        "the nearest name in the file is \"steps\"",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!line.contains('\n'), "{line}");
}

#[test]
fn old_names_are_found() {
    #[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
    struct Model {
        #[npz(alias = "w", alias("kernel"))]
        weight: f32,
        #[npz(flatten)]
        rest: BTreeMap<String, f32>,
    }
    let (_folder, path) = file();
    let model = |rest: &[(&str, f32)]| Model {
        weight: 2.0,
        rest: rest.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
    };
    savez!(&path, kernel = 2.0_f32, other = 3.0_f32).unwrap();
    assert_eq!(Model::load_npz(&path).unwrap(), model(&[("other", 3.0)]));
    savez!(&path, w = 2.0_f32).unwrap();
    assert_eq!(Model::load_npz(&path).unwrap(), model(&[]));
    model(&[]).save_npz(&path).unwrap();
    assert_eq!(names(&path), ["weight"]);

    // Both: the new one is loaded, and nobody takes the other.
    savez!(&path, w = 1.0_f32, weight = 2.0_f32).unwrap();
    let error = Model::load_npz(&path).unwrap_err();
    assert_eq!(error.errors()[0].entry(), Some("w"), "{error}");
    savez!(&path, v = 1.0_f32).unwrap();
    let error = Model::load_npz(&path).unwrap_err().to_string();
    assert!(error.contains("weight") && error.contains("missing"), "{error}");
}

#[test]
fn what_may_be_absent() {
    #[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
    struct Model {
        #[npz(skip_if = "Vec::is_empty")]
        notes: Vec<String>,
        #[npz(skip_if = "is_one", default = "one")]
        scale: f32,
        #[npz(optional)]
        momentum: f32,
    }
    let (_folder, path) = file();
    let small = Model { notes: Vec::new(), scale: 1.0, momentum: 0.0 };
    small.save_npz(&path).unwrap();
    assert_eq!(names(&path), ["momentum"]);
    assert_eq!(Model::load_npz(&path).unwrap(), small);
    let large = Model { notes: vec!["a".to_owned()], scale: 2.0, momentum: 0.5 };
    large.save_npz(&path).unwrap();
    assert_eq!(names(&path), ["notes", "scale", "momentum"]);
    assert_eq!(Model::load_npz(&path).unwrap(), large);

    savez!(&path, scale = 3.0_f32).unwrap();
    let mut updated = large;
    updated.update_from_npz(&path, &LoadOptions::new()).unwrap();
    assert_eq!(updated, Model { notes: Vec::new(), scale: 3.0, momentum: 0.0 });
}

#[test]
fn shapes_are_checked_with_their_names() {
    #[derive(Debug, LoadNpz)]
    struct Model {
        #[npz(shape(vocab, dim))]
        embed: Array2<f32>,
        #[npz(shape(dim, 3, _))]
        conv: Array3<f32>,
    }
    let (_folder, path) = file();
    let save = |conv: [usize; 3]| {
        savez!(&path, embed = Array2::<f32>::zeros((5, 4)), conv = Array3::<f32>::zeros(conv))
            .unwrap();
        Model::load_npz(&path).map(drop)
    };
    save([4, 3, 9]).unwrap();
    let error = save([5, 3, 1]).unwrap_err().to_string();
    let expected = "expected shape (dim, 3, _) with dim = 4 as in embed, found (5, 3, 1)";
    assert!(error.contains(expected), "{error}");
    let error = save([4, 2, 1]).unwrap_err().to_string();
    assert!(error.contains("expected shape (dim, 3, _), found (4, 2, 1)"), "{error}");
    assert!(Model::schema().to_string().contains("(vocab, dim)"), "{}", Model::schema());

    /// A shape is one array's.
    #[derive(Debug, LoadNpz)]
    struct Wrong {
        #[npz(shape(n))]
        inner: Inner,
    }
    #[derive(Debug, LoadNpz)]
    struct Inner {
        a: Array1<f32>,
    }
    let mut writer = npz_core::NpzWriter::create(&path).unwrap();
    writer.add("inner.a", &Array1::<f32>::zeros(2)).unwrap();
    writer.finish().unwrap();
    let error = Wrong::load_npz(&path).unwrap_err();
    assert!(error.to_string().contains("expected one array"), "{error}");
}

#[test]
fn separators_are_the_outermost_types_unless_the_options_say_another() {
    #[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
    #[npz(separator = "/")]
    struct Outer {
        inner: Inner,
    }
    #[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
    #[npz(separator = "::")]
    struct Inner {
        value: Pair,
    }
    #[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
    struct Pair(f32, f32);

    let (_folder, path) = file();
    let outer = Outer { inner: Inner { value: Pair(1.0, 2.0) } };
    Box::new(&outer).save_npz(&path).unwrap();
    assert_eq!(names(&path), ["inner/value/0", "inner/value/1"]);
    assert_eq!(*Box::<Outer>::load_npz(&path).unwrap(), outer);
    assert_eq!(Outer::schema().entries()[0].name, "inner/value/0");

    outer.inner.save_npz(&path).unwrap();
    assert_eq!(names(&path), ["value::0", "value::1"]);
    outer.save_npz_with(&path, &SaveOptions::new().separator(".")).unwrap();
    assert_eq!(names(&path), ["inner.value.0", "inner.value.1"]);
    assert!(Outer::load_npz(&path).is_err());
    let loaded = Outer::load_npz_with(&path, &LoadOptions::new().separator("."));
    assert_eq!(loaded.unwrap(), outer);
}

#[test]
fn enums_stand_everywhere() {
    #[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
    struct Model {
        list: Vec<Unit>,
        map: BTreeMap<String, Unit>,
        maybe: Option<Activation>,
        none: Option<Activation>,
        boxed: Box<Activation>,
        tree: Tree,
    }
    #[derive(Clone, Copy, Debug, PartialEq, SaveNpz, LoadNpz)]
    enum Unit {
        A,
        B,
    }
    #[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
    enum Tree {
        Leaf(f32),
        Node(Box<Tree>, Box<Tree>),
    }
    let leaf = |value| Box::new(Tree::Leaf(value));
    let model = Model {
        list: vec![Unit::B, Unit::A],
        // A value that is one entry lets its key have dots.
        map: BTreeMap::from([("a.b".to_owned(), Unit::A)]),
        maybe: Some(Activation::Relu),
        none: None,
        boxed: Box::new(Activation::PerChannel(arr1(&[1.0]), arr1(&[]))),
        tree: Tree::Node(leaf(1.0), Box::new(Tree::Node(leaf(2.0), leaf(3.0)))),
    };
    let (_folder, path) = file();
    model.save_npz(&path).unwrap();
    assert_eq!(Model::load_npz(&path).unwrap(), model);

    for root in [Activation::Relu, Activation::LeakyRelu { slope: 0.5 }] {
        root.save_npz(&path).unwrap();
        assert_eq!(Activation::load_npz(&path).unwrap(), root);
    }
    assert_eq!(names(&path), ["kind", "slope"]);
    Activation::Relu.save_npz(&path).unwrap();
    assert_eq!(names(&path), ["arr_0"]);

    let schema = Activation::schema();
    let described: Vec<_> =
        schema.entries().iter().map(|entry| (entry.name.as_str(), entry.optional)).collect();
    assert_eq!(described, [("kind", false), ("slope", true), ("0", true), ("1", true)]);
}

#[test]
fn a_variants_own_fields_are_needed_and_no_others() {
    let (_folder, path) = file();
    let check = |entries: &[(&str, &str)]| {
        let mut writer = npz_core::NpzWriter::create(&path).unwrap();
        for (name, text) in entries {
            match text.parse::<f32>() {
                Ok(number) => writer.add(name, &ndarray::arr0(number)).unwrap(),
                Err(_) => writer.add(name, &ndarray::arr0((*text).to_owned())).unwrap(),
            }
        }
        writer.finish().unwrap();
        let report = Activation::check_npz(&path, &LoadOptions::new()).unwrap();
        let missing: Vec<_> = report.missing.into_iter().map(|missing| missing.name).collect();
        (missing.join(" "), report.unexpected.join(" "), report.mismatched.len())
    };
    let report = |missing: &str, unexpected: &str, mismatched: usize| {
        (missing.to_owned(), unexpected.to_owned(), mismatched)
    };
    assert_eq!(check(&[("kind", "leaky-relu"), ("slope", "1")]), report("", "", 0));
    assert_eq!(check(&[("kind", "leaky-relu"), ("0", "1")]), report("slope", "0", 0));
    assert_eq!(check(&[("slope", "1")]), report("kind", "slope", 0));
    // A unit's name as a tag, and the other way round.
    assert_eq!(check(&[("kind", "relu")]), report("", "", 1));
    assert_eq!(check(&[("arr_0", "leaky-relu")]), report("", "", 1));
    assert_eq!(check(&[("kind", "1"), ("slope", "1")]), report("", "slope", 1));
}

#[test]
fn updates_reuse_memory_and_replace_enums() {
    let (_folder, path) = file();
    let saved = model();
    saved.save_npz(&path).unwrap();
    let mut value = Model { scale: 3.0, activation: Activation::Relu, ..model() };
    value.embed.fill(0.0);
    value.cache = vec![1.0];
    let before = value.embed.as_ptr();
    value.update_from_npz(&path, &LoadOptions::new()).unwrap();
    assert_eq!(value.embed.as_ptr(), before);
    // What is skipped is left alone; what was left out takes its default.
    assert_eq!(value, Model { cache: vec![1.0], ..saved });
}

#[test]
fn an_update_takes_an_enum_whole_or_not_at_all() {
    #[derive(Debug, PartialEq, SaveNpz, LoadNpz)]
    struct Model {
        weight: f32,
        activation: Activation,
        gates: Vec<Activation>,
        maybe: Option<Activation>,
    }
    let (_folder, path) = file();
    let mut writer = npz_core::NpzWriter::create(&path).unwrap();
    writer.add("weight", &ndarray::arr0(2.0_f32)).unwrap();
    for part in ["activation", "gates.0", "maybe"] {
        let name = format!("{part}.kind");
        writer.add(&name, &ndarray::arr0("leaky-relu".to_owned())).unwrap();
    }
    writer.finish().unwrap();

    let before = |weight| Model {
        weight,
        activation: Activation::Relu,
        gates: vec![Activation::Relu, Activation::Relu],
        maybe: None,
    };
    let mut model = before(1.0);
    let error = model.update_from_npz(&path, &LoadOptions::new()).unwrap_err();
    assert_eq!((error.errors().len(), &model), (3, &before(1.0)), "{error}");
    let options = LoadOptions::new().allow_missing(true);
    let report = model.update_from_npz(&path, &options).unwrap();
    assert_eq!((report.missing.len(), &model), (3, &before(2.0)));
}

#[test]
fn text_that_is_not_the_types_json_names_its_place() {
    #[derive(Debug, LoadNpz)]
    struct Run {
        #[npz(json)]
        settings: Settings,
    }
    let (_folder, path) = file();
    savez!(&path, settings = "{\"name\": 3}".to_owned()).unwrap();
    let error = Run::load_npz(&path).unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Value, Some("settings")));
    assert!(error.to_string().contains("invalid type: integer `3`"), "{error}");
}
