//! Tied weights: what fields share is in the file once, and shared again after loading.

use std::rc::Rc;
use std::sync::Arc;

use ndarray::{ArcArray1, ArcArray2, Array1, Array2, arr1};
use npz_core::{ErrorKind, LoadNpz, LoadOptions, NpzReader, NpzWriter, SaveNpz};

use crate::oracle;

#[derive(SaveNpz, LoadNpz)]
struct Linear {
    weight: ArcArray2<f32>,
    bias: Array1<f32>,
}

#[derive(SaveNpz, LoadNpz)]
struct Model {
    embed: ArcArray2<f32>,
    head: Linear,
    encoder: Arc<Linear>,
    decoder: Arc<Linear>,
    names: Rc<Vec<String>>,
    same_names: Rc<Vec<String>>,
}

fn model() -> Model {
    let embed = Array2::from_shape_fn((3, 2), |(i, j)| (i * 2 + j) as f32).into_shared();
    let encoder = Arc::new(Linear { weight: Array2::eye(2).into_shared(), bias: Array1::ones(2) });
    let names = Rc::new(vec!["a".to_owned(), "b".to_owned()]);
    Model {
        head: Linear { weight: embed.clone(), bias: Array1::zeros(2) },
        embed,
        decoder: encoder.clone(),
        encoder,
        same_names: names.clone(),
        names,
    }
}

#[test]
fn shared_values_are_stored_once_and_shared_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tied.npz");
    model().save_npz(&path).unwrap();

    let reader = NpzReader::open(&path).unwrap();
    let names: Vec<_> = reader.names().collect();
    assert_eq!(names, ["embed", "head.bias", "encoder.weight", "encoder.bias", "names"]);

    let loaded = Model::load_npz(&path).unwrap();
    assert_eq!(loaded.head.weight, model().embed);
    assert_eq!(loaded.head.weight.as_ptr(), loaded.embed.as_ptr());
    assert!(Arc::ptr_eq(&loaded.encoder, &loaded.decoder));
    assert!(Rc::ptr_eq(&loaded.names, &loaded.same_names));
    assert_eq!(loaded.decoder.bias, Array1::<f32>::ones(2));

    // Saved again, it is the same file.
    let again = folder.path().join("again.npz");
    loaded.save_npz(&again).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&again).unwrap());
}

#[test]
fn values_that_are_equal_but_not_shared_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("apart.npz");
    let mut apart = model();
    apart.head.weight = apart.embed.to_owned().into_shared();
    apart.decoder =
        Arc::new(Linear { weight: Array2::eye(2).into_shared(), bias: Array1::ones(2) });
    apart.save_npz(&path).unwrap();
    let loaded = Model::load_npz(&path).unwrap();
    assert_ne!(loaded.head.weight.as_ptr(), loaded.embed.as_ptr());
    assert!(!Arc::ptr_eq(&loaded.encoder, &loaded.decoder));
}

#[test]
fn types_that_share_nothing_load_tied_weights_too() {
    #[derive(LoadNpz)]
    struct Plain {
        embed: Array2<f32>,
        head: PlainLinear,
    }
    #[derive(LoadNpz)]
    struct PlainLinear {
        weight: Array2<f32>,
        bias: Array1<f32>,
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tied.npz");
    model().save_npz(&path).unwrap();
    let options = LoadOptions::new().allow_unexpected(true);
    let (plain, report) = Plain::load_npz_report(&path, &options).unwrap();
    assert_eq!(plain.embed, plain.head.weight);
    assert_eq!(plain.head.bias.len(), 2);
    assert_eq!(report.loaded, ["embed", "head.weight", "head.bias"]);
    assert_eq!(report.unexpected, ["encoder.bias", "encoder.weight", "names"]);
}

#[test]
fn renaming_rules_apply_to_aliases() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tied.npz");
    #[derive(SaveNpz, LoadNpz)]
    struct Outer<T> {
        model: T,
    }
    Outer { model: model() }.save_npz(&path).unwrap();
    let options = LoadOptions::new().rename_prefix("model.", "");
    let loaded = Model::load_npz_with(&path, &options).unwrap();
    assert_eq!(loaded.head.weight.as_ptr(), loaded.embed.as_ptr());
}

/// The file says in its metadata what NumPy can't see.
#[test]
fn python_finds_the_aliases() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tied.npz");
    model().save_npz(&path).unwrap();
    let script = "import json, sys, numpy\n\
                  z = numpy.load(sys.argv[1])\n\
                  aliases = json.loads(bytes(z['__metadata__']))['aliases']\n\
                  print(sorted(aliases.items()), (z[aliases['head.weight']] == z['embed']).all())";
    let Some(output) = oracle::python(script, [path.as_os_str()]) else { return };
    let expected =
        "[('decoder', 'encoder'), ('head.weight', 'embed'), ('same_names', 'names')] True";
    assert_eq!(output.trim(), expected);
}

/// Aliases of a hostile file: in circles, to nothing, deep.
#[test]
fn hostile_aliases_lead_nowhere() {
    use npz_core::NpzWriter;
    for (aliases, kind) in [
        (r#"{"aliases":{"embed":"w","w":"embed"}}"#, "missing"),
        (r#"{"aliases":{"embed":"embed.embed"}}"#, "missing"),
        (r#"{"aliases":{"embed":""}}"#, "missing"),
        (r#"{"aliases":{"embed":1}}"#, "__metadata__"),
        (r#"{"aliases":[]}"#, "__metadata__"),
    ] {
        // The name is reserved, so it is put in behind the writer's back: as another of its length.
        let mut writer = NpzWriter::new(Vec::new());
        writer.add("embedx", &Array2::<f32>::eye(2)).unwrap();
        writer.add("_0metadata_0", &Array1::from(aliases.as_bytes().to_vec())).unwrap();
        let mut bytes = writer.finish().unwrap();
        let needle = b"_0metadata_0";
        let places: Vec<usize> = bytes
            .windows(needle.len())
            .enumerate()
            .filter_map(|(at, window)| (window == needle).then_some(at))
            .collect();
        for at in places {
            bytes[at..at + needle.len()].copy_from_slice(b"__metadata__");
        }
        #[derive(Debug, LoadNpz)]
        struct Embed {
            embed: Array2<f32>,
        }
        let error = NpzReader::from_bytes(&bytes).unwrap().load::<Embed>().unwrap_err();
        assert!(error.to_string().contains(kind), "{aliases}: {error}");
    }
}

#[test]
fn a_value_that_cannot_be_added_leaves_nothing_behind() {
    #[derive(SaveNpz, LoadNpz)]
    struct Pair {
        x: ArcArray1<i32>,
        y: ArcArray1<i32>,
    }
    #[derive(SaveNpz)]
    struct Named {
        x: ArcArray1<i32>,
        y: ArcArray1<i32>,
        name: String,
    }
    let shared = arr1(&[1, 2]).into_shared();
    let pair = Pair { x: shared.clone(), y: shared.clone() };
    let bytes = |writer: NpzWriter<Vec<u8>>| writer.finish().unwrap();
    let add = |writer: &mut NpzWriter<_>, name: &str| writer.add(name, &arr1(&[5])).unwrap();

    // An array has a name that is taken, or an alias has.
    for taken in ["x", "y"] {
        let (mut writer, mut plain) = (NpzWriter::new(Vec::new()), NpzWriter::new(Vec::new()));
        add(&mut writer, taken);
        let error = writer.add_all(&pair).unwrap_err();
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Duplicate, Some(taken)), "{error}");
        for name in ["x", "y"] {
            if name != taken {
                add(&mut writer, name);
            }
        }
        add(&mut plain, taken);
        add(&mut plain, if taken == "x" { "y" } else { "x" });
        assert_eq!(bytes(writer), bytes(plain));
    }

    // An array can't be saved.
    let (mut writer, mut plain) = (NpzWriter::new(Vec::new()), NpzWriter::new(Vec::new()));
    let named = Named { x: shared.clone(), y: shared, name: "a\0".to_owned() };
    let error = writer.add_all(&named).unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Value, Some("name")), "{error}");
    writer.add_all(&pair).unwrap();
    plain.add_all(&pair).unwrap();
    let bytes = bytes(writer);
    assert_eq!(bytes, plain.finish().unwrap());
    let loaded: Pair = NpzReader::from_bytes(&bytes).unwrap().load().unwrap();
    assert_eq!((loaded.y.as_ptr(), loaded.y), (loaded.x.as_ptr(), pair.y));
}
