//! A file that isn't what a type needs: everything that is wrong, in one error, in plain words.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use ndarray::{Array1, Array2, ArrayD, Ix1, arr0, arr1, arr2};
use npz_core::{
    ErrorKind, LoadNpz, LoadOptions, NpzReader, NpzWriter, Result, SaveNpz, read_npy, savez,
};

#[derive(SaveNpz, LoadNpz, Debug)]
struct Linear {
    weight: Array2<f32>,
    bias: Array1<f32>,
}

#[derive(SaveNpz, LoadNpz, Debug)]
struct Model {
    embed: Array2<f32>,
    layers: Vec<Linear>,
    step: u64,
}

fn archive(add: impl FnOnce(&mut NpzWriter<Vec<u8>>) -> Result<()>) -> Vec<u8> {
    let mut writer = NpzWriter::new(Vec::new());
    add(&mut writer).unwrap();
    writer.finish().unwrap()
}

fn load<T: LoadNpz>(bytes: &[u8]) -> Result<T> {
    NpzReader::from_bytes(bytes)?.load()
}

/// The lines of an error: its own, and one for each difference.
fn lines<T: LoadNpz + std::fmt::Debug>(bytes: &[u8]) -> Vec<String> {
    let error = load::<T>(bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    error.errors().iter().map(ToString::to_string).collect()
}

#[test]
fn one_error_tells_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.npz");
    savez!(
        &path,
        embed = arr2(&[[1.0_f64]]),
        "layers.0.weight" = arr1(&[1.0_f32]),
        "layers.0.biass" = arr1(&[1.0_f32]),
        "layers.1.weight" = arr2(&[[1.0_f32]]),
        "layers.1.bias" = arr1(&[1_i64]),
        steps = 3_u64,
        "optimizer.m" = arr1(&[0.0_f32]),
    )
    .unwrap();
    let error = Model::load_npz(&path).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Mismatch, Some(path.as_path())));
    let expected = [
        "entry \"embed\": expected dtype '<f4' (f32), found '<f8' (f64); change the type, or load \
         with LoadOptions::cast(Cast::Any), which may change values",
        "entry \"layers.0.weight\" (field layers[0].weight): expected 2 dimensions, found shape (1,)",
        "entry \"layers.1.bias\" (field layers[1].bias): expected dtype '<f4' (f32), found '<i8' \
         (i64); change the type, or load with LoadOptions::cast(Cast::Any), which may change values",
        "entry \"layers.0.bias\" (field layers[0].bias): missing; the nearest name in the file is \"layers.0.biass\"",
        "entry \"step\": missing; the nearest name in the file is \"steps\"",
        "entry \"layers.0.biass\": unexpected (LoadOptions::allow_unexpected passes over it)",
        "entry \"optimizer.m\": unexpected (LoadOptions::allow_unexpected passes over it)",
        "entry \"steps\": unexpected (LoadOptions::allow_unexpected passes over it)",
    ];
    let found: Vec<_> = error.errors().iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
    let line = format!("{}: doesn't match Model: {}", path.display(), expected.join("; "));
    assert_eq!(error.to_string(), line);
    assert_eq!(format!("{error:?}"), line);

    use ErrorKind::{Dtype, Name, NotFound, Shape};
    let kinds: Vec<_> = error.errors().iter().map(npz_core::Error::kind).collect();
    assert_eq!(kinds, [Dtype, Shape, Dtype, NotFound, NotFound, Name, Name, Name]);
    assert_eq!(error.errors()[3].entry(), Some("layers.0.bias"));

    let options = LoadOptions::new().allow_unexpected(true);
    let error = Model::load_npz_with(&path, &options).unwrap_err();
    assert_eq!(error.errors().len(), 5);
}

#[test]
fn unexpected_entries_are_refused_unless_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linear.npz");
    savez!(&path, weight = arr2(&[[1.0_f32]]), bias = arr1(&[2.0_f32]), old = 1.0).unwrap();
    let error = Linear::load_npz(&path).unwrap_err();
    assert_eq!(error.errors().len(), 1);
    assert!(error.to_string().contains("\"old\": unexpected"), "{error}");
    let options = LoadOptions::new().allow_unexpected(true);
    assert_eq!(Linear::load_npz_with(&path, &options).unwrap().bias, arr1(&[2.0]));
}

#[test]
fn lists_and_maps_say_what_is_wrong_with_their_names() {
    let list = |names: &[&str]| {
        archive(|writer| names.iter().try_for_each(|name| writer.add(name, &arr0(1.0_f32))))
    };
    type Items = (Vec<(f32,)>,);
    let found = lines::<Items>(&list(&["0.0.0", "0.2.0"]));
    assert_eq!(found[0], "entry \"0\": the list goes up to 2 but has no item 1");
    let found = lines::<Items>(&list(&["0.99999999999.0"]));
    assert_eq!(found[0], "entry \"0\": the list goes up to 99999999999 but has no item 0");
    let found = lines::<Items>(&list(&["0.0.0", "0.x.0"]));
    assert_eq!(found[0], "entry \"0\": expected a list's index (0, 1, …), found \"x\"");
    let found = lines::<Items>(&list(&["0.00.0"]));
    assert_eq!(found[0], "entry \"0\": expected a list's index (0, 1, …), found \"00\"");
    let found = lines::<Items>(&list(&["0.99999999999999999999999.0"]));
    assert!(found[0].contains("expected a list's index"), "{found:?}");
    let found = lines::<Items>(&list(&[]));
    assert_eq!(
        found,
        ["entry \"0\": missing a list or map (saved empty, it would be an array of shape (0,))"]
    );

    let found = lines::<([(f32,); 2],)>(&list(&["0.0.0", "0.1.0", "0.2.0"]));
    assert_eq!(found, ["entry \"0\": expected a list of 2 items, found 3"]);
    let found = lines::<([f32; 2],)>(&archive(|writer| writer.add("0", &arr1(&[1.0_f32]))));
    assert_eq!(found, ["entry \"0\": expected shape (2,), found (1,)"]);

    let found = lines::<(BTreeMap<u8, f32>,)>(&list(&["0.7", "0.256", "0.x", "0.07"]));
    assert_eq!(
        found,
        [
            "entry \"0\": \"07\" is no key of type u8",
            "entry \"0\": \"256\" is no key of type u8",
            "entry \"0\": \"x\" is no key of type u8",
        ]
    );
    let found = lines::<(HashMap<String, f32>,)>(&list(&["1"]));
    assert!(found[0].contains("\"0\": missing a list or map"), "{found:?}");

    // A whole-file dictionary tells every array that is of another type.
    let bytes = archive(|writer| {
        writer.add("a", &arr0(1.0_f32))?;
        writer.add("b", &arr0(1_u8))?;
        writer.add("c", &arr0("x".to_owned()))
    });
    let found = lines::<HashMap<String, ArrayD<f32>>>(&bytes);
    assert_eq!(
        found,
        [
            "entry \"b\": expected dtype '<f4' (f32), found '|u1' (u8); load with \
             LoadOptions::cast(Cast::Lossless), or change the type",
            "entry \"c\": expected dtype '<f4' (f32), found '<U1' (str32)",
        ]
    );
}

/// Names of types as their users write them.
#[test]
fn types_have_short_names() {
    let bytes = archive(|writer| writer.add("arr_0", &arr0(1_u8)));
    let line = |error: npz_core::Error| error.errors()[0].to_string();
    assert_eq!(
        line(load::<half::bf16>(&bytes).unwrap_err()),
        "entry \"arr_0\": expected dtype '<V2' (bf16), found '|u1' (u8); load with \
         LoadOptions::cast(Cast::Lossless), or change the type"
    );
    assert_eq!(
        line(load::<num_complex::Complex<f64>>(&bytes).unwrap_err()),
        "entry \"arr_0\": expected dtype '<c16' (Complex<f64>), found '|u1' (u8); \
         load with LoadOptions::cast(Cast::Lossless), or change the type"
    );
    assert_eq!(
        line(load::<String>(&bytes).unwrap_err()),
        "entry \"arr_0\": expected text, dtype '<U…' (String), found '|u1' (u8)"
    );
    let error = load::<Vec<Option<Linear>>>(&archive(|_| Ok(()))).unwrap();
    assert!(error.is_empty());
    let error = load::<BTreeMap<String, Linear>>(&bytes).unwrap_err();
    assert!(error.to_string().starts_with("doesn't match BTreeMap<String, Linear>: "), "{error}");
}

#[test]
fn single_arrays_and_lookups() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    savez!(&path, weights = arr1(&[1.0_f32]), "model.bias" = arr1(&[1.0_f32])).unwrap();
    let reader = NpzReader::open(&path).unwrap();
    let message = |error: npz_core::Error| {
        let line = error.to_string();
        line.strip_prefix(&format!("{}: ", path.display())).unwrap().to_owned()
    };
    assert_eq!(
        message(reader.get::<f32, Ix1>("weight").unwrap_err()),
        "entry \"weight\": no such entry; the nearest name in the file is \"weights\""
    );
    assert_eq!(
        message(reader.get::<f32, Ix1>("bias").unwrap_err()),
        "entry \"bias\": no such entry; the nearest name in the file is \"model.bias\""
    );
    assert_eq!(
        message(reader.get::<f32, Ix1>("something else").unwrap_err()),
        "entry \"something else\": no such entry among the file's 2"
    );
    assert_eq!(
        message(reader.get::<f64, Ix1>("weights").unwrap_err()),
        "entry \"weights\": expected dtype '<f8' (f64), found '<f4' (f32); load with \
         LoadOptions::cast(Cast::Lossless), or change the type"
    );
    assert_eq!(
        message(reader.get::<f32, ndarray::Ix2>("weights").unwrap_err()),
        "entry \"weights\": expected 2 dimensions, found shape (1,)"
    );
    let error = NpzReader::open(folder.path().join("none.npz")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.path(), Some(folder.path().join("none.npz").as_path()));
    let error = read_npy::<f32, Ix1>(Path::new("/no/such/folder/a.npy")).unwrap_err();
    assert!(
        error.to_string().starts_with("/no/such/folder/a.npy: can't open the file: "),
        "{error}"
    );
    // The cause is in the line once, and no second time in the long form.
    assert_eq!(format!("{error:#}"), error.to_string());
    assert!(std::error::Error::source(&error).is_some());
    let error = NpzReader::open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("is a folder, not an npz file"), "{error}");
}

#[test]
fn a_long_list_of_differences_stays_readable() {
    let bytes = archive(|writer| {
        (0..1000).try_for_each(|n| writer.add(&format!("old_{n}"), &arr0(1.0_f32)))
    });
    let error = load::<[(f32,); 3]>(&bytes).unwrap_err();
    let many: Result<HashMap<String, Array1<f32>>> = load(&bytes);
    let many = many.unwrap_err();
    assert_eq!(many.errors().len(), 1000);
    assert!(many.to_string().ends_with("; and 960 more"), "{many}");
    assert!(many.to_string().len() < 10_000 && error.to_string().len() < 10_000);
}
