//! Archives that are edited: what changes, and that nothing else does.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ndarray::{Array1, Array2, arr1};
use npz_core::{
    Compression, ErrorKind, LoadNpz, Method, NpzEditor, NpzReader, NpzWriter, SaveNpz, SaveOptions,
    savez,
};
use tempfile::TempDir;

use crate::oracle;

fn fast() -> SaveOptions {
    SaveOptions::new().durable(false)
}

fn ramp(len: usize) -> Array1<f32> {
    Array1::from_iter((0..len).map(|i| i as f32 / 8.0))
}

/// A folder with an archive of these arrays.
fn archive(arrays: &[(&str, Array1<f32>)], options: &SaveOptions) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    let mut writer = NpzWriter::create_with(&path, options).unwrap();
    arrays.iter().for_each(|(name, array)| writer.add(name, array).unwrap());
    writer.finish().unwrap();
    (folder, path)
}

fn abc() -> (TempDir, PathBuf) {
    archive(&[("a", ramp(3)), ("b", ramp(40_000)), ("c", ramp(5))], &fast())
}

fn names(path: &Path) -> Vec<String> {
    NpzReader::open(path).unwrap().names().map(str::to_owned).collect()
}

/// The packed bytes of each member, cut out of the file.
fn packed(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    let at = |at: usize, len: usize| {
        let field = bytes[at..at + len].iter().rev();
        field.fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let mut found = BTreeMap::new();
    let end = bytes.len() - 22;
    let mut header = at(end + 16, 4);
    while header < end {
        let (len, name_len) = (at(header + 20, 4), at(header + 28, 2));
        let local = at(header + 42, 4);
        let name = String::from_utf8(bytes[header + 46..][..name_len].to_vec()).unwrap();
        let start = local + 30 + at(local + 26, 2) + at(local + 28, 2);
        found.insert(name, bytes[start..start + len].to_vec());
        header += 46 + name_len + at(header + 30, 2) + at(header + 32, 2);
    }
    found
}

#[test]
fn edits_make_the_archive_that_would_have_been_written() {
    let (folder, path) = abc();
    let (new, added) = (ramp(70_000), arr1(&[1_i64, 2]));
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.put("b", &new).unwrap();
    editor.put("d", &added).unwrap();
    editor.rename("c", "see").unwrap();
    editor.remove("a.npy").unwrap();
    assert_eq!(editor.names().collect::<Vec<_>>(), ["b", "see", "d"]);
    assert!(editor.contains("see") && !editor.contains("c") && !editor.contains("a"));
    editor.commit().unwrap();

    let mut expected = NpzWriter::new(Vec::new());
    expected.add("b", &new).unwrap();
    expected.add("see", &ramp(5)).unwrap();
    expected.add("d", &added).unwrap();
    assert!(fs::read(&path).unwrap() == expected.finish().unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    oracle::unzip(&path);
    oracle::testzip([&path]);
}

#[test]
fn without_changes_our_own_archives_stay_byte_for_byte() {
    for options in [fast(), fast().compression(Compression::Deflate(6)), fast().alignment(4096)] {
        let (_folder, path) =
            archive(&[("a", ramp(3)), ("größe", ramp(40_000)), ("c", ramp(0))], &options);
        let before = fs::read(&path).unwrap();
        NpzEditor::open_with(&path, &options).unwrap().commit().unwrap();
        assert!(fs::read(&path).unwrap() == before);
    }
}

#[test]
fn one_of_a_thousand_entries_changes_and_the_others_are_not_even_looked_at() {
    // No two alike, most of them small.
    let array = |i: usize| ramp(if i.is_multiple_of(100) { 20_000 } else { 8 + i }) + i as f32;
    let arrays: Vec<_> = (0..1000).map(|i| (format!("layer{i}"), array(i))).collect();
    let arrays: Vec<_> = arrays.iter().map(|(name, array)| (&**name, array.clone())).collect();
    for compression in [Compression::Stored, Compression::Deflate(1)] {
        let (_folder, path) = archive(&arrays, &fast().compression(compression));
        // A damaged entry, a small and a large one each: copied as it is, found out later.
        let reader = NpzReader::open(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for name in ["layer3", "layer500"] {
            let whole = packed(&path).remove(&format!("{name}.npy")).unwrap();
            let start = bytes.windows(whole.len()).position(|window| window == whole).unwrap();
            for byte in &mut bytes[start + whole.len() / 2..][..8] {
                *byte ^= 0xFF;
            }
            assert!(reader.get::<f32, ndarray::Ix1>(name).is_ok());
        }
        fs::write(&path, &bytes).unwrap();
        let before = packed(&path);

        let new = ramp(777);
        let mut editor = NpzEditor::open_with(&path, &fast()).unwrap();
        editor.put("layer7", &new).unwrap();
        editor.commit().unwrap();
        let mut after = packed(&path);
        assert_eq!(after.len(), 1000);
        assert_ne!(after["layer7.npy"], before["layer7.npy"]);
        after.insert("layer7.npy".into(), before["layer7.npy"].clone());
        assert!(after == before);

        let reader = NpzReader::open(&path).unwrap();
        assert_eq!(reader.get::<f32, _>("layer7").unwrap(), new);
        for (name, array) in &arrays[490..510] {
            match *name {
                "layer500" => {
                    let error = reader.get::<f32, ndarray::Ix1>(name).unwrap_err();
                    assert!(matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Truncated));
                }
                _ => assert_eq!(reader.get::<f32, _>(name).unwrap(), array),
            }
        }
        assert!(reader.get::<f32, ndarray::Ix1>("layer3").is_err());
        for entry in reader.entries().filter(|entry| entry.method() == Method::Stored) {
            if entry.name() == "layer3" {
                continue; // Its npy header is what was damaged.
            }
            assert_eq!(entry.data_offset().unwrap().unwrap() % 64, 0, "{}", entry.name());
        }
    }
}

#[test]
fn archives_of_numpy_are_edited() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["stored.npz", "packed.npz"].map(|name| folder.path().join(name));
    let code = "import numpy as np, sys\n\
                arrays = {'a': np.arange(9.0), 'b': np.eye(300, dtype='f4'), 'ü': np.array('x')}\n\
                np.savez(sys.argv[1], **arrays)\n\
                np.savez_compressed(sys.argv[2], **arrays)";
    if oracle::python(code, &paths).is_none() {
        return;
    }
    for path in &paths {
        let before = packed(path);
        let a = arr1(&[1.5]);
        let mut editor = NpzEditor::open(path).unwrap();
        editor.put("a", &a).unwrap();
        editor.rename("ü", "ö").unwrap();
        editor.commit().unwrap();
        let after = packed(path);
        assert_eq!(after["b.npy"], before["b.npy"]);
        assert_eq!(after["ö.npy"], before["ü.npy"]);
        oracle::unzip(path);
        let found = oracle::describe([path]).unwrap().remove(0);
        let shapes: Vec<_> = found.iter().map(|a| (a.key.as_deref().unwrap(), &*a.shape)).collect();
        assert_eq!(shapes, [("a", &[1][..]), ("b", &[300, 300]), ("ö", &[])]);
        // Aligned now, which NumPy's own are not.
        let reader = NpzReader::open(path).unwrap();
        let entry = reader.entry("b").unwrap();
        assert!(entry.data_offset().unwrap().is_none_or(|offset| offset % 64 == 0));
    }
    oracle::testzip(&paths);
    oracle::assert_bytes_of_np_save(&paths);
}

#[test]
fn entries_are_packed_anew_and_realigned() {
    let arrays = [("a", ramp(3)), ("b", ramp(300_000)), ("c", ramp(40_000))];
    let deflated = fast().compression(Compression::Deflate(6));
    let (_folder, path) = archive(&arrays, &fast());
    let stored = fs::read(&path).unwrap();
    let mut editor = NpzEditor::open_with(&path, &fast()).unwrap();
    editor.recompress("b", Compression::Deflate(6)).unwrap();
    editor.commit().unwrap();
    let reader = NpzReader::open(&path).unwrap();
    let methods: Vec<_> = reader.entries().map(|entry| entry.method()).collect();
    assert_eq!(methods, [Method::Stored, Method::Deflated, Method::Stored]);
    assert!(reader.entry("b").unwrap().packed_size() < 1_000_000);
    assert_eq!(reader.get::<f32, _>("b").unwrap(), ramp(300_000));
    oracle::unzip(&path);

    let mut editor = NpzEditor::open_with(&path, &fast()).unwrap();
    editor.recompress_all(Compression::Deflate(6)).unwrap();
    editor.commit().unwrap();
    let (_other, at_once) = archive(&arrays, &deflated);
    assert!(fs::read(&path).unwrap() == fs::read(at_once).unwrap());

    let mut editor = NpzEditor::open_with(&path, &fast()).unwrap();
    editor.recompress_all(Compression::Stored).unwrap();
    editor.commit().unwrap();
    assert!(fs::read(&path).unwrap() == stored);

    let mut editor = NpzEditor::open_with(&path, &fast()).unwrap();
    editor.realign(8192).unwrap();
    editor.commit().unwrap();
    for entry in NpzReader::open(&path).unwrap().entries() {
        assert_eq!(entry.data_offset().unwrap().unwrap() % 8192, 0);
    }

    let mut editor = NpzEditor::open(&path).unwrap();
    assert!(editor.recompress("a", Compression::Deflate(10)).is_err());
    assert!(editor.recompress_all(Compression::Deflate(11)).is_err());
    assert!(editor.realign(48).is_err());
    assert_eq!(
        editor.recompress("x", Compression::Stored).unwrap_err().kind(),
        ErrorKind::NotFound
    );

    // Packing anew looks at the bytes, and so finds damage.
    let mut bytes = fs::read(&path).unwrap();
    let at = NpzReader::open(&path).unwrap().entry("c").unwrap().data_offset().unwrap().unwrap();
    bytes[usize::try_from(at).unwrap() + 5] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.recompress("c", Compression::Deflate(6)).unwrap();
    let error = editor.commit().unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Corrupt, Some("c")), "{error}");
    assert!(fs::read(&path).unwrap() == bytes);
}

#[test]
fn values_are_put_in_the_place_of_everything_below_their_name() {
    #[derive(SaveNpz, LoadNpz, PartialEq, Debug)]
    struct Run {
        layers: Vec<Layer>,
        step: u64,
    }
    #[derive(SaveNpz, LoadNpz, PartialEq, Debug, Clone)]
    struct Layer {
        weight: Array2<f64>,
        name: Option<String>,
    }
    let layer = |n: usize| Layer { weight: Array2::eye(n), name: None };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.npz");
    let mut run = Run { layers: vec![layer(1), layer(2), layer(3)], step: 4 };
    run.save_npz(&path).unwrap();

    run.layers = vec![layer(5), Layer { name: Some("last".into()), ..layer(6) }];
    let clash = arr1(&[1_u8]);
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.put_value("layers", &run.layers).unwrap();
    editor.put_value("extra", &run.step).unwrap();
    editor.put("layers2", &clash).unwrap();
    editor.put_value("extra", &run.layers[0]).unwrap();
    editor.remove("extra.weight").unwrap();
    editor.remove("layers2").unwrap();
    editor.commit().unwrap();
    assert_eq!(names(&path), ["layers.0.weight", "layers.1.weight", "layers.1.name", "step"]);
    assert_eq!(Run::load_npz(&path).unwrap(), run);

    let mut editor = NpzEditor::open(&path).unwrap();
    for bad in ["", "/absolute", "__metadata__"] {
        assert_eq!(editor.put_value(bad, &run.step).unwrap_err().kind(), ErrorKind::Name, "{bad}");
    }
    assert_eq!(editor.names().count(), 4);
}

#[test]
fn names_that_cannot_be_are_refused_and_change_nothing() {
    let (_folder, path) = abc();
    let mut writer = NpzWriter::create(&path).unwrap();
    ["a", "weight", "x.npy"].iter().for_each(|name| writer.add(name, &ramp(2)).unwrap());
    writer.finish().unwrap();
    let before = fs::read(&path).unwrap();
    let array = ramp(1);
    let mut editor = NpzEditor::open(&path).unwrap();
    let refused = [
        editor.put("../a", &array).unwrap_err(),
        editor.put("", &array).unwrap_err(),
        editor.put("x", &array).unwrap_err(),
        editor.put("__metadata__", &array).unwrap_err(),
        editor.rename("a", "..").unwrap_err(),
        editor.rename("a", "x").unwrap_err(),
        editor.rename("a", "__metadata__").unwrap_err(),
        editor.rename("a", "weight").unwrap_err(),
        editor.rename("aa", "z").unwrap_err(),
        editor.remove("weigth").unwrap_err(),
    ];
    for (at, error) in refused.iter().enumerate() {
        let kind = match at {
            0..7 => ErrorKind::Name,
            7 => ErrorKind::Duplicate,
            _ => ErrorKind::NotFound,
        };
        assert_eq!((error.kind(), error.path()), (kind, Some(&*path)), "{error}");
        assert!(error.entry().is_some());
    }
    assert!(
        refused[9].to_string().contains("nearest name in the file is \"weight\""),
        "{}",
        refused[9]
    );
    editor.rename("a", "a").unwrap();
    editor.rename("a", "a.b").unwrap();
    editor.rename("a.b", "a").unwrap();
    editor.commit().unwrap();
    assert!(fs::read(&path).unwrap() == before);

    // What was removed leaves its name to others.
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.remove("weight").unwrap();
    editor.rename("a", "weight").unwrap();
    editor.put("a", &array).unwrap();
    editor.commit().unwrap();
    assert_eq!(names(&path), ["weight", "x.npy", "a"]);
    let reader = NpzReader::open(&path).unwrap();
    assert_eq!(reader.get::<f32, _>("weight").unwrap(), ramp(2));
    assert_eq!(reader.get::<f32, _>("a").unwrap(), array);
}

#[test]
fn an_editor_that_is_dropped_or_fails_changes_nothing() {
    let (folder, path) = abc();
    let before = fs::read(&path).unwrap();
    let array = ramp(9);
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.put("a", &array).unwrap();
    editor.remove("b").unwrap();
    drop(editor);
    assert!(fs::read(&path).unwrap() == before);

    // Somebody else was faster; their file stays.
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.remove("b").unwrap();
    savez!(&path, other = arr1(&[1_u8])).unwrap();
    let other = fs::read(&path).unwrap();
    let error = editor.commit().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Conflict, Some(&*path)), "{error}");
    assert!(fs::read(&path).unwrap() == other);

    // A reader goes on with the file it opened.
    let reader = NpzReader::open(&path).unwrap();
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.remove("other").unwrap();
    editor.commit().unwrap();
    assert_eq!(reader.get::<u8, _>("other").unwrap(), arr1(&[1_u8]));
    assert!(names(&path).is_empty());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let error = NpzEditor::open(folder.path().join("none.npz")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(NpzEditor::open(folder.path()).unwrap_err().kind(), ErrorKind::Io);
    fs::write(&path, &before[..before.len() - 1]).unwrap();
    assert_eq!(NpzEditor::open(&path).unwrap_err().path(), Some(&*path));
}

#[test]
fn other_members_stay_and_other_methods_can_only_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    let code = "import sys, zipfile, io, numpy as np\n\
                z = zipfile.ZipFile(sys.argv[1], 'w')\n\
                z.comment = b''\n\
                def npy(n):\n\
                \x20   b = io.BytesIO(); np.save(b, np.arange(n)); return b.getvalue()\n\
                z.writestr('__metadata__.npy', npy(3))\n\
                z.writestr('readme.txt', 'of others')\n\
                z.writestr('raw', npy(4))\n\
                z.writestr('../odd.npy', npy(5), zipfile.ZIP_DEFLATED)\n\
                with z.open('piped.npy', 'w', force_zip64=True) as f: f.write(npy(6))\n\
                z.writestr('bz.npy', npy(7), zipfile.ZIP_BZIP2)\n\
                z.close()";
    if oracle::python(code, [&path]).is_none() {
        return;
    }
    let before = packed(&path);
    let raw = ramp(2);
    let mut editor = NpzEditor::open(&path).unwrap();
    editor.put("raw", &raw).unwrap();
    editor.rename("readme.txt", "README").unwrap();
    let error = editor.commit().unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Unsupported, Some("bz")), "{error}");
    assert!(packed(&path) == before);

    let mut editor = NpzEditor::open(&path).unwrap();
    editor.put("raw", &raw).unwrap();
    editor.rename("readme.txt", "README").unwrap();
    editor.remove("bz").unwrap();
    assert_eq!(editor.remove("__metadata__").unwrap_err().kind(), ErrorKind::Name);
    editor.commit().unwrap();
    let after = packed(&path);
    for (old, new) in [
        ("__metadata__.npy", "__metadata__.npy"),
        ("readme.txt", "README"),
        ("../odd.npy", "../odd.npy"),
        ("piped.npy", "piped.npy"),
    ] {
        assert_eq!(after[new], before[old], "{new}");
    }
    assert_eq!(names(&path), ["README", "raw", "../odd", "piped"]);
    assert_eq!(NpzReader::open(&path).unwrap().get::<f32, _>("raw").unwrap(), raw);
    oracle::testzip([&path]);
}

/// Of a large entry too one hears how far it is, whether it is copied or packed anew, and can stop.
#[test]
fn a_large_entry_is_told_of_and_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    savez!(&path, large = Array1::<u8>::zeros(40 << 20)).unwrap();
    let edit = |stop: u64, compression: Option<Compression>| {
        let told = Arc::new(Mutex::new(Vec::new()));
        let hear = Arc::clone(&told);
        let options = SaveOptions::new().progress(move |progress| {
            hear.lock().unwrap().push(progress.done());
            if progress.done() >= stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let mut editor = NpzEditor::open_with(&path, &options).unwrap();
        if let Some(compression) = compression {
            editor.recompress_all(compression).unwrap();
        }
        let result = editor.commit();
        let told = told.lock().unwrap().clone();
        (result.map_err(|error| error.kind()), told)
    };
    for compression in [None, Some(Compression::Deflate(1))] {
        let before = fs::read(&path).unwrap();
        // In the middle, and at the very end.
        for stop in [20 << 20, 40 << 20] {
            let (result, told) = edit(stop, compression);
            assert_eq!(result, Err(ErrorKind::Cancelled), "{compression:?} {told:?}");
            assert!(told.last().is_some_and(|&done| done >= stop), "{told:?}");
            assert!(fs::read(&path).unwrap() == before);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
        let (result, told) = edit(u64::MAX, compression);
        assert_eq!(result, Ok(()), "{compression:?}");
        assert!(told.len() > 3 && told.is_sorted(), "{told:?}");
    }
}
