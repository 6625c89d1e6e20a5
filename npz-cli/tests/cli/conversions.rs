//! `convert`: npz, npy, safetensors.

use std::collections::HashMap;
use std::fs;

use npz_core::ndarray::{Array2, ShapeBuilder, arr1};
use npz_core::{AnyArray, NpzReader, NpzWriter, SaveOptions, write_npy};
use safetensors::SafeTensors;

use crate::files::{Folder, array, json, mixed, network, text};
use crate::numpy::python;
use crate::run::npz;

fn convert(args: &[&str]) {
    let (status, out, err) = npz([&["convert"], args].concat());
    assert_eq!((status, out.as_str(), err.as_str()), (0, "", ""), "{args:?}");
}

#[test]
fn safetensors_and_back() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let (there, back) = (folder.path("n.safetensors"), folder.path("back.npz"));
    // Text has no tensor.
    let (status, _, err) = npz(["convert", text(&network), text(&there)]);
    assert!(status == 2 && err.contains("entry \"name\": safetensors has no type for"), "{err}");
    let npz_file = folder.path("n.npz");
    convert(&[
        text(&network),
        text(&npz_file),
        "--only",
        "layers.*",
        "--only",
        "head/*",
        "--only",
        "embed",
    ]);
    convert(&[text(&npz_file), text(&there)]);
    convert(&[text(&there), text(&back)]);
    let (status, out, _) = npz(["diff", text(&npz_file), text(&back)]);
    assert_eq!((status, out.as_str()), (0, "the same: 27 entries\n"));
    let reader = NpzReader::open(&back).unwrap();
    assert_eq!(reader.metadata().unwrap()["licence"], "CC0");
    assert_eq!(reader.logical_dtype("head/small").unwrap(), Some("float8_e4m3fn"));

    let bytes = fs::read(&there).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.tensor("head/scale").unwrap().dtype(), safetensors::Dtype::BF16);
    assert_eq!(tensors.tensor("head/small").unwrap().dtype(), safetensors::Dtype::F8_E4M3);
    assert_eq!(tensors.tensor("embed").unwrap().data(), array(&network, "embed").as_bytes());
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let strings: HashMap<_, _> = [("licence", "CC0"), ("run", "7")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    assert_eq!(metadata.metadata(), &Some(strings));
    // Written twice, it is the same.
    let again = folder.path("again.safetensors");
    convert(&[text(&npz_file), text(&again)]);
    assert_eq!(fs::read(&again).unwrap(), bytes);
    let (status, lines) = json(&["ls", "--json", text(&there)]);
    assert_eq!((status, &lines[0]["format"]), (0, &"safetensors".into()));
}

#[test]
fn orders_and_byte_orders_are_put_right() {
    let folder = Folder::new();
    let (from, to) = (folder.path("from.npz"), folder.path("to.safetensors"));
    let turned = Array2::from_shape_fn((3, 2).f(), |(i, j)| (i * 10 + j) as f32);
    let options = SaveOptions::new().keep_fortran_order(true).byte_order(npz_core::ByteOrder::Big);
    let mut writer = NpzWriter::create_with(&from, &options).unwrap();
    writer.add("t", &turned).unwrap();
    writer.finish().unwrap();
    convert(&[text(&from), text(&to)]);
    let bytes = fs::read(&to).unwrap();
    let expected: Vec<u8> = turned.iter().flat_map(|x| x.to_le_bytes()).collect();
    assert_eq!(SafeTensors::deserialize(&bytes).unwrap().tensor("t").unwrap().data(), expected);
    assert_eq!(npz(["diff", text(&from), text(&to)]).0, 0);
}

#[test]
fn npy_files_alone_and_in_folders() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let (arrays, back) = (folder.path("arrays/"), folder.path("back.npz"));
    convert(&[text(&network), text(&arrays)]);
    assert!(arrays.join("head/scale.npy").exists());
    convert(&[text(&arrays), text(&back), "--deflate", "1"]);
    let (status, out, _) = npz(["diff", "--only", "*[a-z]*", text(&network), text(&back)]);
    assert!(status == 0, "{out}");
    let (_, out, _) = npz(["diff", text(&network), text(&back)]);
    // A folder of npy files has no place for strings.
    assert!(out.contains("- metadata licence: \"CC0\"") && out.contains("29 the same"), "{out}");

    let one = folder.path("one.npy");
    let (status, _, err) = npz(["convert", text(&network), text(&one)]);
    assert!(status == 2 && err.contains("29 arrays don't go into one npy file"), "{err}");
    convert(&[text(&network), text(&one), "--only", "step"]);
    assert_eq!(AnyArray::read_npy(&one).unwrap(), array(&network, "step"));
    convert(&[text(&one), text(&back)]);
    assert_eq!(NpzReader::open(&back).unwrap().names().collect::<Vec<_>>(), ["one"]);
    // What is no array is not lost silently.
    let mixed = mixed(&folder, "mixed.npz");
    let (status, _, err) = npz(["convert", text(&mixed), text(&arrays)]);
    assert!(status == 2 && err.contains("leave it out with --only"), "{err}");
}

#[test]
fn casts_and_new_names() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let to = folder.path("to.npz");
    convert(&[
        text(&network),
        text(&to),
        "--only",
        "layers.0*",
        "--only",
        "step",
        "--only",
        "head/s*",
        "--rename",
        "layers.*=*",
        "--rename",
        "step=n",
        "--cast",
        "bfloat16",
        "--cast",
        "n=<i4",
    ]);
    let reader = NpzReader::open(&to).unwrap();
    let facts: Vec<_> = reader
        .entries()
        .map(|entry| (entry.name(), entry.header().unwrap().unwrap().dtype().to_string()))
        .collect();
    let expected = [
        ("0.weight", "'<V2'"),
        ("0.bias", "'<V2'"),
        ("head/scale", "'<V2'"),
        ("head/small", "'<V2'"),
        ("n", "'<i4'"),
    ];
    assert_eq!(facts.iter().map(|(n, d)| (*n, d.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(npz(["show", text(&to), "head/small"]).1, "[0. 1. 2. 3.]\n");
    for (args, said) in [
        (&["--cast", "float7"][..], "expected a type of numbers"),
        (&["--rename", "q=r"], "no entry has such a name"),
        (&["--rename", "step=name"], "two entries would be named \"name\""),
        (&["--only", "q"], "no name matches"),
    ] {
        let (status, _, err) = npz([&["convert", text(&network), text(&to)][..], args].concat());
        assert!(status == 2 && err.contains(said), "{err}");
    }
    let (status, _, err) = npz(["convert", text(&network), text(&folder.path("x.bin"))]);
    assert!(status == 2 && err.contains("say --to npz"), "{err}");
}

#[test]
fn archives_keep_what_their_metadata_say() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let to = folder.path("to.npz");
    convert(&[text(&network), text(&to), "--rename", "head/small=small"]);
    let reader = NpzReader::open(&to).unwrap();
    assert_eq!(reader.logical_dtype("small").unwrap(), Some("float8_e4m3fn"));
    assert_eq!(reader.len(), 29);
}

#[test]
fn numpy_opens_what_is_written() {
    let folder = Folder::new();
    let (a, b) = (folder.path("a.npy"), folder.path("b.safetensors"));
    write_npy(&a, &arr1(&[1.5_f32, -2.0])).unwrap();
    convert(&[text(&a), text(&b)]);
    let c = folder.path("c.npz");
    convert(&[text(&b), text(&c)]);
    let code = "import numpy, sys; f = numpy.load(sys.argv[1]); print(f.files, f['a'])";
    let Some(said) = python(code, [text(&c)]) else { return };
    assert_eq!(said.trim(), "['a'] [ 1.5 -2. ]");
}

#[test]
fn hostile_safetensors_are_refused() {
    let folder = Folder::new();
    let path = folder.path("a.safetensors");
    let header = |text: &str, more: usize| {
        let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
        bytes.extend(text.bytes());
        bytes.extend(vec![0; more]);
        bytes
    };
    let tensor = |dtype: &str, end: usize| {
        format!("{{\"t\":{{\"dtype\":\"{dtype}\",\"shape\":[2],\"data_offsets\":[0,{end}]}}}}")
    };
    for (bytes, said) in [
        (Vec::new(), "expected 8 bytes or more"),
        (u64::MAX.to_le_bytes().to_vec(), "its header would take"),
        (header("{", 0), "header is damaged"),
        (header(&tensor("F32", 8), 7), "the tensors take 8 bytes, found 7"),
        (header(&tensor("F32", 8), 9), "the tensors take 8 bytes, found 9"),
        (header(&tensor("F32", 9), 9), "header is damaged"),
        (header(&tensor("F99", 8), 8), "header is damaged"),
    ] {
        fs::write(&path, bytes).unwrap();
        let (status, out, err) = npz(["ls", text(&path)]);
        assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1));
        assert!(err.contains(said), "{err}");
    }
    fs::write(&path, header(&tensor("F4", 1), 1)).unwrap();
    let (status, lines) = json(&["ls", "--json", text(&path)]);
    assert_eq!((status, &lines[0]["entries"][0]["error"]["kind"]), (2, &"unsupported".into()));
}
