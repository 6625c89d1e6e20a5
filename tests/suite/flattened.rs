//! What stands at a level that others share.

use std::collections::BTreeMap;
use std::fmt::Debug;

use ndarray::{Array1, arr1};
use npz_core::{LoadNpz, SaveNpz, SaveOptions, savez};

#[track_caller]
fn comes_back<T: SaveNpz + LoadNpz + PartialEq + Debug>(value: &T) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.npz");
    value.save_npz(&path).unwrap();
    assert_eq!(&T::load_npz(&path).unwrap(), value);
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
enum Unit {
    One,
    Two,
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
enum Mixed {
    Plain,
    Scaled { by: f64 },
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
struct Renamed {
    #[npz(alias = "old")]
    new: Array1<f64>,
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
struct Optional<T> {
    w: f64,
    #[npz(flatten)]
    inner: Option<T>,
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
struct Beside<T> {
    #[npz(flatten)]
    inner: T,
    #[npz(flatten)]
    rest: BTreeMap<String, Array1<f64>>,
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
struct Within<T> {
    part: T,
}

#[test]
fn an_option_is_there_by_any_of_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.npz");
    savez!(&path, w = 1.0, old = arr1(&[2.0])).unwrap();
    let loaded = Optional::<Renamed>::load_npz(&path).unwrap();
    assert_eq!(loaded.inner, Some(Renamed { new: arr1(&[2.0]) }));
    comes_back(&Optional { w: 1.0, inner: Some(Renamed { new: arr1(&[2.0]) }) });
    comes_back(&Optional::<Renamed> { w: 1.0, inner: None });
}

#[test]
fn an_optional_enum_is_there_by_its_name() {
    for inner in [Some(Mixed::Plain), Some(Mixed::Scaled { by: 2.0 }), None] {
        comes_back(&Within { part: Optional { w: 1.0, inner } });
    }
    for inner in [Some(Mixed::Plain), Some(Mixed::Scaled { by: 2.0 }), None] {
        comes_back(&Optional { w: 1.0, inner });
    }
    for inner in [Some(Unit::One), Some(Unit::Two), None] {
        comes_back(&Within { part: Optional { w: 1.0, inner } });
    }
    comes_back(&Optional { w: 1.0, inner: Some(Unit::Two) });
}

#[test]
fn a_map_leaves_its_neighbours_names_alone() {
    #[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
    struct Unnamed {
        #[npz(rename = "arr_0")]
        first: f64,
        #[npz(rename = "#")]
        number: f64,
        #[npz(rename = "*")]
        star: f64,
    }
    let rest = || BTreeMap::from([("z".to_owned(), arr1(&[1.0]))]);
    let unnamed = Unnamed { first: 1.0, number: 2.0, star: 3.0 };
    comes_back(&Beside { inner: unnamed, rest: rest() });
    for inner in [Mixed::Plain, Mixed::Scaled { by: 2.0 }] {
        comes_back(&Beside { inner, rest: rest() });
    }
    for inner in [Mixed::Plain, Mixed::Scaled { by: 2.0 }] {
        comes_back(&Within { part: Beside { inner, rest: rest() } });
    }
    comes_back(&Beside { inner: Unit::Two, rest: rest() });

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.npz");
    savez!(&path, old = arr1(&[2.0]), z = arr1(&[1.0])).unwrap();
    let loaded = Beside::<Renamed>::load_npz(&path).unwrap();
    assert_eq!(loaded, Beside { inner: Renamed { new: arr1(&[2.0]) }, rest: rest() });
}

#[test]
fn a_map_of_structs_leaves_dotted_names_alone() {
    #[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
    struct Dotted {
        #[npz(rename = "fc1.weight")]
        weight: f64,
        #[npz(flatten)]
        layers: BTreeMap<String, Within<f64>>,
    }
    let layers = BTreeMap::from([("fc2".to_owned(), Within { part: 2.0 })]);
    comes_back(&Dotted { weight: 1.0, layers });
}

/// A key must be told from what stands below it.
#[test]
fn keys_that_cant_be_told_from_levels_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("k.npz");
    let dotted = BTreeMap::from([("a.b".to_owned(), Mixed::Plain)]);
    assert!(dotted.save_npz(&path).unwrap_err().to_string().contains("separator"));
    BTreeMap::from([("a.b".to_owned(), Unit::One)]).save_npz(&path).unwrap();

    let layers = |key: &str| BTreeMap::from([(key.to_owned(), Within { part: 1.0 })]);
    let options = SaveOptions::new().separator("__");
    let error = layers("layer_").save_npz_with(&path, &options).unwrap_err();
    assert!(error.to_string().contains("separator"), "{error}");
    layers("_layer").save_npz_with(&path, &options).unwrap();
}

#[test]
fn a_map_may_have_an_item_without_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.npz");
    let Some(_) = crate::oracle::python(
        "import sys, numpy; numpy.savez(sys.argv[1], **{'': numpy.ones(2), 'b': numpy.zeros(1)})",
        [path.as_os_str()],
    ) else {
        return;
    };
    let all = BTreeMap::<String, Array1<f64>>::load_npz(&path).unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["", "b"]);
}

#[test]
fn what_wraps_a_value_says_the_same_of_its_file() {
    #[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
    #[npz(separator = "/", version = 3)]
    struct Versioned {
        sub: Within<f64>,
    }
    #[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
    struct New(Versioned);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.npz");
    let value = || Versioned { sub: Within { part: 1.0 } };
    New(value()).save_npz(&path).unwrap();
    assert_eq!(Versioned::load_npz(&path).unwrap(), value());
    Some(value()).save_npz(&path).unwrap();
    assert_eq!(Versioned::load_npz(&path).unwrap(), value());
    value().save_npz(&path).unwrap();
    assert_eq!(New::load_npz(&path).unwrap(), New(value()));
    assert_eq!(Option::<Versioned>::load_npz(&path).unwrap(), Some(value()));
}
