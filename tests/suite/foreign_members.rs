//! Members that somebody else put there: no npy files, and other things called `__metadata__`.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use ndarray::{Array1, arr0, arr1};
use npz_core::{
    AnyArray, ErrorKind, LoadNpz, LoadOptions, NpyWriter, NpzEditor, NpzReader, NpzWriter, Result,
    SaveOptions,
};
use tempfile::TempDir;

use crate::bad_files::{Member, build};

fn npy(array: &AnyArray) -> Vec<u8> {
    NpyWriter::new(Vec::new()).write_any(array).unwrap()
}

fn numbers() -> AnyArray {
    AnyArray::new(&arr1(&[1.5_f64, 2.5])).unwrap()
}

fn written(members: &[Member]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.npz");
    fs::write(&path, build(members, false, |_| {})).unwrap();
    (folder, path)
}

/// An array, a text, and another array.
fn with_notes() -> (TempDir, PathBuf) {
    let array = npy(&numbers());
    written(&[
        Member::stored("x.npy", &array),
        Member::stored("notes.txt", b"hello"),
        Member::stored("y.npy", &array),
    ])
}

#[test]
fn members_that_are_no_arrays_get_no_name_that_means_something_else() {
    let (_folder, path) = with_notes();
    let save = SaveOptions::new().durable(false);
    for name in ["__metadata__.npy", "__metadata__", "d/", "x.npy/", ".npy", ""] {
        for copy in [false, true] {
            let mut editor = NpzEditor::open_with(&path, &save).unwrap();
            let done = match copy {
                false => editor.rename("notes.txt", name),
                true => editor.copy("notes.txt", name),
            };
            assert_eq!(done.unwrap_err().kind(), ErrorKind::Name, "{name:?} {copy}");
            editor.commit().unwrap();
            let reader = NpzReader::open(&path).unwrap();
            assert_eq!(reader.names().collect::<Vec<_>>(), ["x", "notes.txt", "y"]);
            assert_eq!(reader.bytes("notes.txt").unwrap(), b"hello");
        }
    }
    let one = arr1(&[1_u8]);
    let mut editor = NpzEditor::open_with(&path, &save).unwrap();
    for refused in [editor.rename("x", "__metadata__.npy"), editor.put("__metadata__.npy", &one)] {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Name);
    }
    drop(editor);
    let mut editor = NpzEditor::open_with(&path, &save).unwrap();
    editor.rename("notes.txt", "d/notes.txt").unwrap();
    editor.copy("d/notes.txt", "more").unwrap();
    editor.set_metadata("k", "v");
    editor.commit().unwrap();
    let reader = NpzReader::open(&path).unwrap();
    reader.verify().unwrap();
    assert_eq!(reader.bytes("d/notes.txt").unwrap(), b"hello");
    assert_eq!(reader.bytes("more").unwrap(), b"hello");
}

#[test]
fn writers_refuse_the_metadatas_name_with_its_suffix_too() {
    let mut writer = NpzWriter::new(Vec::new());
    for name in ["__metadata__", "__metadata__.npy"] {
        assert_eq!(writer.add(name, &arr1(&[1_u8])).unwrap_err().kind(), ErrorKind::Name);
    }
    assert!(NpzReader::from_bytes(&writer.finish().unwrap()).unwrap().is_empty());
}

#[test]
fn an_array_that_somebody_calls_metadata_says_nothing_of_the_others() {
    let foreign = [
        npy(&AnyArray::new(&arr0("hello".to_owned())).unwrap()),
        npy(&AnyArray::new(&arr1(&[1_i64, 2, 3])).unwrap()),
        npy(&AnyArray::new(&arr0(7_u8)).unwrap()),
        b"a text".to_vec(),
    ];
    for foreign in &foreign {
        let members = [
            Member::stored("x.npy", &npy(&numbers())),
            Member::stored("__metadata__.npy", foreign),
        ];
        let (_folder, path) = written(&members);
        for lenient in [false, true] {
            let options = LoadOptions::new().lenient(lenient);
            let all: HashMap<String, Array1<f64>> =
                LoadNpz::load_npz_with(&path, &options).unwrap();
            assert_eq!(all, HashMap::from([("x".to_owned(), arr1(&[1.5, 2.5]))]));
            let reader = NpzReader::open_with(&path, &options).unwrap();
            assert_eq!(reader.any("x").unwrap(), numbers());
            assert!(reader.metadata().unwrap().is_empty());
            reader.verify().unwrap();
        }
    }
    // Bytes in a row that aren't what they should be may be damaged ones of ours.
    let members = [
        Member::stored("x.npy", &npy(&numbers())),
        Member::stored("__metadata__.npy", &npy(&AnyArray::new(&arr1(b"{")).unwrap())),
    ];
    let (_folder, path) = written(&members);
    let all: Result<HashMap<String, Array1<f64>>> = LoadNpz::load_npz(&path);
    assert_eq!(all.unwrap_err().kind(), ErrorKind::Corrupt);
}
