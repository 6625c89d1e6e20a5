//! Items of lists and maps that share what they hold: nothing of it may be lost.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use ndarray::{ArcArray1, Array1, ArrayView1, arr1};
use npz_core::{
    ErrorKind, LoadNpz, LoadOptions, NpzReader, NpzWriter, SaveNpz, SaveOptions, ViewNpz,
};
use tempfile::TempDir;

use crate::oracle;

struct Saved {
    path: PathBuf,
    _folder: TempDir,
}

fn saved(value: &impl SaveNpz) -> Saved {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tied.npz");
    value.save_npz(&path).unwrap();
    Saved { path, _folder: folder }
}

#[track_caller]
fn comes_back<T: SaveNpz + LoadNpz + PartialEq + Debug>(value: &T) {
    let saved = saved(value);
    assert_eq!(&T::load_npz(&saved.path).unwrap(), value);
}

fn array() -> ArcArray1<f32> {
    arr1(&[1.0, 2.0]).into_shared()
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
struct Block {
    weight: ArcArray1<f32>,
    bias: Array1<f32>,
}

fn block(weight: &ArcArray1<f32>) -> Rc<Block> {
    Rc::new(Block { weight: weight.clone(), bias: arr1(&[3.0]) })
}

#[test]
fn lists_keep_their_length() {
    let shared = array();
    comes_back(&vec![shared.clone(); 4]);
    comes_back(&vec![shared.clone(), arr1(&[5.0]).into_shared(), shared.clone()]);
    comes_back(&[shared.clone(), shared.clone(), arr1(&[5.0]).into_shared()]);
    let one = block(&shared);
    comes_back(&vec![one.clone(), one.clone(), block(&shared), one]);
    comes_back(&vec![vec![shared.clone(); 2]; 2]);
    comes_back(&vec![Some(shared.clone()), Some(shared)]);
}

#[test]
fn maps_keep_their_keys() {
    let shared = array();
    let keys = ["a", "b.c", "d"].map(str::to_owned);
    comes_back(&BTreeMap::from(keys.clone().map(|key| (key, shared.clone()))));
    let keys = ["a", "b", "c"].map(str::to_owned);
    comes_back(&BTreeMap::from(keys.map(|key| (key, block(&shared)))));
    comes_back(&BTreeMap::from([(1_u8, array()), (2, shared.clone()), (3, shared)]));
}

#[test]
fn owned_arrays_and_views_have_them_too() {
    let saved = saved(&vec![array(), array(), array()]);
    let apart = Vec::<Array1<f32>>::load_npz(&saved.path).unwrap();
    assert_eq!(apart.len(), 3);

    let shared = array();
    let map = BTreeMap::from(["a", "b"].map(|key| (key.to_owned(), shared.clone())));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.npz");
    map.save_npz(&path).unwrap();
    let owned = BTreeMap::<String, Array1<f32>>::load_npz(&path).unwrap();
    assert_eq!(owned.keys().collect::<Vec<_>>(), ["a", "b"]);
    let bytes = std::fs::read(&path).unwrap();
    let views: BTreeMap<String, ArrayView1<'_, f32>> = ViewNpz::view_npz(&bytes[..]).unwrap();
    assert_eq!(views["a"], views["b"]);
}

#[test]
fn items_share_memory_again() {
    let shared = array();
    let saved = saved(&vec![shared.clone(), shared]);
    let loaded = Vec::<ArcArray1<f32>>::load_npz(&saved.path).unwrap();
    assert_eq!(loaded[0].as_ptr(), loaded[1].as_ptr());
    let names: Vec<_> = NpzReader::open(&saved.path).unwrap().names().map(str::to_owned).collect();
    assert_eq!(names, ["0"]);
}

#[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
struct Nested {
    embed: ArcArray1<f32>,
    a: Rc<Block>,
    b: Rc<Block>,
    all: Vec<Rc<Block>>,
}

#[test]
fn what_is_shared_may_share_something() {
    let embed = array();
    let a = block(&embed);
    let nested = Nested { embed, b: a.clone(), all: vec![a.clone(), a.clone()], a };
    comes_back(&nested);
    let saved = saved(&nested);
    let loaded = Nested::load_npz(&saved.path).unwrap();
    assert!(Rc::ptr_eq(&loaded.a, &loaded.b) && Rc::ptr_eq(&loaded.a, &loaded.all[1]));
    assert_eq!(loaded.a.weight.as_ptr(), loaded.embed.as_ptr());
}

#[test]
fn entries_below_an_alias_are_there() {
    #[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
    struct Below {
        a: ArcArray1<f32>,
        b: ArcArray1<f32>,
        #[npz(rename = "b.c")]
        c: f64,
    }
    let a = array();
    comes_back(&Below { b: a.clone(), a, c: 7.0 });
}

/// What an alias stands for is below it: another entry of that name would be one or the other.
#[test]
fn names_that_an_alias_has_are_taken() {
    #[derive(SaveNpz)]
    struct Twice {
        a: Rc<Block>,
        b: Rc<Block>,
        #[npz(rename = "b.weight")]
        c: f64,
    }
    let a = block(&array());
    let folder = tempfile::tempdir().unwrap();
    let error = Twice { b: a.clone(), a, c: 7.0 }.save_npz(folder.path().join("t.npz"));
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Duplicate);
    assert!(error.to_string().contains("b.weight"), "{error}");
}

#[test]
fn a_writer_keeps_names_that_an_alias_has() {
    #[derive(SaveNpz)]
    struct Both {
        a: Rc<Block>,
        b: Rc<Block>,
    }
    let a = block(&array());
    let mut writer = NpzWriter::new(Vec::new());
    writer.add_all(&Both { b: a.clone(), a }).unwrap();
    let error = writer.add("b.weight", &arr1(&[0.0])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Duplicate);
    writer.add("b.more", &arr1(&[0.0])).unwrap();
}

#[test]
fn rules_rename_either_of_two_that_are_tied() {
    #[derive(SaveNpz)]
    struct Both {
        encoder: Arc<Plain>,
        decoder: Arc<Plain>,
    }
    #[derive(SaveNpz, LoadNpz)]
    struct Plain {
        weight: Array1<f32>,
    }
    let encoder = Arc::new(Plain { weight: arr1(&[1.0]) });
    let saved = saved(&Both { decoder: encoder.clone(), encoder });
    for prefix in ["encoder.", "decoder."] {
        let options = LoadOptions::new().rename_prefix(prefix, "").only_prefix("weight");
        assert_eq!(
            Plain::load_npz_with(&saved.path, &options).unwrap().weight.len(),
            1,
            "{prefix}"
        );
    }
}

/// An archive of these arrays and this `__metadata__`, which no writer takes from its user.
fn with_metadata(arrays: &[(String, Array1<f32>)], metadata: &str) -> Vec<u8> {
    let mut writer = NpzWriter::new(Vec::new());
    for (name, array) in arrays {
        writer.add(name, array).unwrap();
    }
    let needle = b"_0metadata_0";
    writer.add("_0metadata_0", &Array1::from(metadata.as_bytes().to_vec())).unwrap();
    let mut bytes = writer.finish().unwrap();
    for at in 0..bytes.len() - needle.len() {
        if bytes[at..].starts_with(needle) {
            bytes[at..at + needle.len()].copy_from_slice(b"__metadata__");
        }
    }
    bytes
}

/// A small file that would be a thousand times its size, or take as long.
#[test]
fn aliases_cant_be_a_bomb() {
    let aliases = |count: usize, of: &str| {
        let pairs: Vec<String> = (0..count).map(|at| format!("\"{at}\":\"{of}\"")).collect();
        format!("{{\"aliases\":{{{}}}}}", pairs.join(","))
    };
    let large = [("w".to_owned(), Array1::zeros(20_000))];
    let bytes = with_metadata(&large, &aliases(20_000, "w"));
    let options = LoadOptions::new().only_prefix("1");
    let load = |options: &LoadOptions| {
        let reader = NpzReader::from_bytes_with(&bytes, options).unwrap();
        reader.load::<BTreeMap<String, Array1<f32>>>().map(|map| map.len())
    };
    let error = load(&options).unwrap_err();
    assert!(error.to_string().contains("Limits::inflate_ratio"), "{error}");
    let all = LoadOptions::new();
    let reader = NpzReader::from_bytes_with(&bytes, &all).unwrap();
    assert_eq!(reader.load::<BTreeMap<String, ArcArray1<f32>>>().unwrap().len(), 20_001);

    let many: Vec<_> = (0..3000).map(|at| (format!("w.{at}"), Array1::zeros(1))).collect();
    let bytes = with_metadata(&many, &aliases(2000, "w"));
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    let error = reader.load::<BTreeMap<String, Vec<Array1<f32>>>>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);

    // As many dots as a name may have, and an alias of each.
    let dots = ".".repeat(60_000);
    let deep: Vec<_> = (0..20).map(|at| (format!("{dots}{at}"), Array1::zeros(1))).collect();
    let bytes = with_metadata(&deep, &aliases(60, "w"));
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.load::<BTreeMap<String, ArcArray1<f32>>>().unwrap().len(), 20);
}

/// Metadata that nobody reads again aren't written.
#[test]
fn metadata_have_their_limit_when_saved_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.npz");
    std::fs::write(&path, "old").unwrap();
    let options = SaveOptions::new().metadata("k", "v".repeat(5 << 20));
    let error = arr1(&[1.0]).save_npz_with(&path, &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
}

#[test]
fn python_finds_all_of_a_list() {
    let shared = array();
    let saved = saved(&vec![shared.clone(), shared]);
    let script = "import json, sys, numpy\n\
                  z = numpy.load(sys.argv[1])\n\
                  print(json.loads(bytes(z['__metadata__']))['aliases'], z['0'])";
    let Some(output) = oracle::python(script, [saved.path.as_os_str()]) else { return };
    assert_eq!(output.trim(), "{'1': '0'} [1. 2.]");
}

/// What shares an earlier item's arrays writes none, and still its key must be told from what is below.
#[test]
fn keys_with_dots_are_refused_for_what_is_shared_too() {
    let refused = |saved: npz_core::Result<Vec<u8>>| {
        let error = saved.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Name);
        assert!(error.to_string().contains("contains the separator"), "{error}");
    };
    fn written<T: SaveNpz>(value: &T) -> npz_core::Result<Vec<u8>> {
        let mut writer = NpzWriter::new(Vec::new());
        writer.add_all(value)?;
        writer.finish()
    }
    let blocks = Arc::new(vec![Block { weight: array(), bias: arr1(&[3.0]) }]);
    let list = |keys: [&str; 2]| keys.map(|key| (key.to_owned(), blocks.clone()));
    refused(written(&BTreeMap::from(list(["a", "a.0"]))));
    refused(written(&BTreeMap::from(list(["a", "a.b"]))));
    let one = block(&array());
    refused(written(&BTreeMap::from(["a", "a.b"].map(|key| (key.to_owned(), one.clone())))));
    let map = Arc::new(BTreeMap::from([("x".to_owned(), 1.0_f32)]));
    let other = Arc::new(BTreeMap::from([("y".to_owned(), 2.0_f32)]));
    let maps = [("a", &map), ("b.q", &map), ("b", &other)];
    refused(written(&BTreeMap::from(maps.map(|(key, map)| (key.to_owned(), map.clone())))));
    // Arrays themselves may have any key.
    let shared = array();
    comes_back(&BTreeMap::from(["a", "a.b", "c.d"].map(|key| (key.to_owned(), shared.clone()))));
    let other = arr1(&[7.0]).into_shared();
    for keys in [
        ["a", "a.b", "c"],
        ["a", "c", "a.b"],
        ["c", "a", "a.b"],
        ["b.a", "b", "c"],
        ["a", "b", "b.a"],
    ] {
        for different in 0..3 {
            let mut at = 0;
            let map = BTreeMap::from(keys.map(|key| {
                at += 1;
                (key.to_owned(), if at == different + 1 { other.clone() } else { shared.clone() })
            }));
            // Another array below one that others stand for would be found below these as well.
            let within = map.iter().find(|(_, array)| **array == other).unwrap().0;
            let stands_below = ["a.b", "b.a"].contains(&within.as_str());
            match stands_below && keys.contains(&"c") {
                true => {
                    let error = written(&map).unwrap_err();
                    assert_eq!((error.kind(), error.entry()), (ErrorKind::Name, Some(&**within)));
                }
                false => comes_back(&map),
            }
        }
    }
}
