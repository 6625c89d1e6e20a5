//! What the metadata say stays true while an archive is written by rows or edited.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ndarray::{Array1, Ix1, arr1};
use npz_core::{
    Compression, ErrorKind, F8E5M2, Int4, LoadNpz, NpzEditor, NpzReader, NpzWriter, SaveNpz,
    SaveOptions, UInt4, savez,
};
use serde_json::{Value, json};

use crate::oracle;

#[derive(Debug, Clone, PartialEq, SaveNpz, LoadNpz)]
struct Layer {
    w: Array1<f32>,
    b: Array1<f32>,
}

#[derive(SaveNpz, LoadNpz)]
struct Tied {
    embed: Arc<Array1<f32>>,
    head: Arc<Array1<f32>>,
    first: Arc<Layer>,
    second: Arc<Layer>,
    codes: Array1<Int4>,
}

fn tied() -> Tied {
    let (embed, first) = (Arc::new(arr1(&[1.0, 2.0])), Arc::new(layer(3.0)));
    Tied {
        head: Arc::clone(&embed),
        embed,
        second: Arc::clone(&first),
        first,
        codes: int4s(&[1, -2]),
    }
}

fn layer(at: f32) -> Layer {
    Layer { w: arr1(&[at]), b: arr1(&[at, at]) }
}

fn int4s(numbers: &[i32]) -> Array1<Int4> {
    numbers.iter().map(|&number| Int4::try_from(number).unwrap()).collect()
}

fn save(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("tied.npz");
    tied().save_npz_with(&path, &SaveOptions::new().metadata("run", "7")).unwrap();
    path
}

/// What the metadata say, and that they stand at the end.
fn metadata(path: &Path) -> Value {
    let reader = NpzReader::open(path).unwrap();
    if let Some(members) = oracle::testzip([path]) {
        let members: Vec<_> = members[0].iter().map(|member| member.name.as_str()).collect();
        let at = members.iter().position(|name| *name == "__metadata__.npy");
        assert!(at.is_none_or(|at| at + 1 == members.len()), "{members:?}");
    }
    let bytes: Array1<u8> = reader.get("__metadata__").unwrap();
    serde_json::from_slice(&bytes.to_vec()).unwrap()
}

fn edit<'a>(path: &Path, change: impl FnOnce(&mut NpzEditor<'a>)) -> Value {
    let mut editor = NpzEditor::open(path).unwrap();
    change(&mut editor);
    editor.commit().unwrap();
    metadata(path)
}

#[test]
fn arrays_written_by_rows_are_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.npz");
    let mut writer = NpzWriter::create(&path).unwrap();
    let mut rows = writer.array_writer::<Int4>("fixed", [2]).unwrap();
    rows.push_slice(int4s(&[1, -1]).as_slice().unwrap()).unwrap();
    rows.finish().unwrap();
    let mut rows = writer.array_writer_open::<F8E5M2>("open", &[]).unwrap();
    rows.push_slice(&[F8E5M2::from_f32(0.5)]).unwrap();
    rows.finish().unwrap();
    writer.array_writer::<f32>("plain", [0]).unwrap().finish().unwrap();
    writer.finish().unwrap();
    let dtypes = json!({"fixed": "int4", "open": "float8_e5m2"});
    assert_eq!(metadata(&path), json!({"dtypes": dtypes}));
    assert!(NpzReader::open(&path).unwrap().get::<UInt4, Ix1>("fixed").is_err());
}

#[test]
fn what_is_said_of_an_entry_moves_and_goes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = save(&folder);
    let aliases = json!({"head": "embed", "second": "first"});
    let strings = json!({"run": "7"});
    let all = json!({"aliases": aliases, "dtypes": {"codes": "int4"}, "metadata": strings});
    assert_eq!(metadata(&path), all);
    let before = std::fs::read(&path).unwrap();
    assert_eq!(edit(&path, |_| ()), all);
    assert!(std::fs::read(&path).unwrap() == before);

    // Renamed there and back: the archive is the same again, value for value.
    let renamed = edit(&path, |editor| {
        editor.rename("codes", "nibbles").unwrap();
        editor.rename("embed", "tokens").unwrap();
        editor.rename("first.w", "first.v").unwrap();
    });
    let aliases = json!({"head": "tokens", "second": "first"});
    assert_eq!(
        renamed,
        json!({"aliases": aliases, "dtypes": {"nibbles": "int4"}, "metadata": strings})
    );
    edit(&path, |editor| {
        editor.rename("nibbles", "codes").unwrap();
        editor.rename("tokens", "embed").unwrap();
        editor.rename("first.v", "first.w").unwrap();
    });
    assert!(std::fs::read(&path).unwrap() == before);
    let loaded = Tied::load_npz(&path).unwrap();
    assert!(Arc::ptr_eq(&loaded.embed, &loaded.head) && Arc::ptr_eq(&loaded.first, &loaded.second));

    // Replaced: by something else, by a type to tell of, and an alias by an entry of its own.
    let (codes, plain) = (int4s(&[7]), arr1(&[0.5_f32]));
    let scales = arr1(&[F8E5M2::from_f32(2.0)]);
    let replaced = edit(&path, |editor| {
        editor.put("codes", &scales).unwrap();
        editor.put("more", &codes).unwrap();
        editor.put("head", &plain).unwrap();
    });
    let dtypes = json!({"codes": "float8_e5m2", "more": "int4"});
    assert_eq!(
        replaced,
        json!({"aliases": {"second": "first"}, "dtypes": dtypes, "metadata": strings})
    );
    let removed = edit(&path, |editor| {
        editor.put("codes", &plain).unwrap();
        editor.remove("more").unwrap();
        editor.remove("second").unwrap();
        editor.remove("first.w").unwrap();
        editor.remove("first.b").unwrap();
        editor.remove("embed").unwrap();
    });
    assert_eq!(removed, json!({"metadata": strings}));
    assert_eq!(NpzReader::open(&path).unwrap().get::<f32, _>("head").unwrap(), plain);

    // With options that have strings too, both are there, and one entry of metadata only.
    let options = SaveOptions::new().metadata("more", "yes");
    NpzEditor::open_with(&path, &options).unwrap().commit().unwrap();
    assert_eq!(metadata(&path), json!({"metadata": {"run": "7", "more": "yes"}}));
    oracle::unzip(&path);
}

#[test]
fn values_that_share_keep_sharing_when_they_are_put() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    savez!(&path, model = arr1(&[1.0]), other = arr1(&[2_u8])).unwrap();
    let (mut value, again) = (tied(), tied());
    value.codes = int4s(&[3]);
    edit(&path, |editor| editor.put_value("model", &value).unwrap());
    let said = edit(&path, |editor| {
        editor.remove("other").unwrap();
        editor.put_value("model", &again).unwrap();
    });
    let aliases = json!({"model.head": "model.embed", "model.second": "model.first"});
    assert_eq!(said, json!({"aliases": aliases, "dtypes": {"model.codes": "int4"}}));

    #[derive(LoadNpz)]
    struct Root {
        model: Tied,
    }
    let Tied { embed, head, first, second, codes } = Root::load_npz(&path).unwrap().model;
    assert!(Arc::ptr_eq(&embed, &head) && Arc::ptr_eq(&first, &second));
    assert_eq!((embed, first, codes), (again.embed, again.first, again.codes));
}

#[test]
fn aliases_are_never_left_without_what_they_stand_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = save(&folder);
    let before = std::fs::read(&path).unwrap();
    let (array, plain) = (arr1(&[1.0_f32]), [7_u8; 2]);
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.put("extra", &array).unwrap();
    editor.put_value("list", &plain).unwrap();
    let refused = [
        (editor.remove("embed").unwrap_err(), ErrorKind::Conflict, "remove \"head\" first"),
        (editor.rename("first.w", "w").unwrap_err(), ErrorKind::Conflict, "remove \"second\""),
        (editor.rename("extra", "head").unwrap_err(), ErrorKind::Duplicate, "remove it first"),
        (editor.rename("extra", "second.x").unwrap_err(), ErrorKind::Duplicate, "below it"),
        (editor.copy("codes", "head").unwrap_err(), ErrorKind::Duplicate, "remove it first"),
        (editor.copy("codes", "second").unwrap_err(), ErrorKind::Duplicate, "remove it first"),
        (editor.copy("codes", "second.x").unwrap_err(), ErrorKind::Duplicate, "below it"),
        (editor.put("second.x", &array).unwrap_err(), ErrorKind::Duplicate, "below it"),
        (editor.put_value("head.x", &plain).unwrap_err(), ErrorKind::Duplicate, "below it"),
    ];
    for (error, kind, said) in refused {
        assert_eq!((error.kind(), error.path()), (kind, Some(&*path)), "{error}");
        assert!(error.entry().is_some() && error.to_string().contains(said), "{error}");
    }
    editor.remove("extra").unwrap();
    editor.remove("list").unwrap();
    // One of several entries that an alias stands for goes, and the last one doesn't.
    editor.remove("first.b").unwrap();
    assert_eq!(editor.remove("first.w").unwrap_err().kind(), ErrorKind::Conflict);
    drop(editor);
    assert!(std::fs::read(&path).unwrap() == before);
}

#[test]
fn a_copy_takes_the_place_of_an_alias_that_was_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = save(&folder);
    let said = edit(&path, |editor| {
        editor.remove("head").unwrap();
        editor.copy("first.b", "head").unwrap();
    });
    assert_eq!(said["aliases"], json!({"second": "first"}));
    let loaded = Tied::load_npz(&path).unwrap();
    assert_eq!((*loaded.head).clone(), layer(3.0).b);
    assert_eq!(loaded.embed, tied().embed);
}

#[test]
fn metadata_of_others_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    let code = "import numpy, sys; numpy.savez(sys.argv[1], a=[1.0], __metadata__=[0.5])";
    if oracle::python(code, [&path]).is_none() {
        return;
    }
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.rename("a", "b").unwrap();
    editor.recompress_all(Compression::Deflate(1)).unwrap();
    editor.commit().unwrap();
    // What must be said can't be.
    let codes = int4s(&[1]);
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.put("codes", &codes).unwrap();
    assert_eq!(editor.commit().unwrap_err().entry(), Some("__metadata__"));
    let reader = NpzReader::open(&path).unwrap();
    assert_eq!(reader.get::<f64, Ix1>("__metadata__").unwrap(), arr1(&[0.5]));
}
