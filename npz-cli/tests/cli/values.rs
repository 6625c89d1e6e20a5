//! `show`: values as NumPy prints them.

use std::fs;

use npz_core::ndarray::{Array1, Array2, Array3, ShapeBuilder};
use npz_core::{Compression, NpzWriter, SaveOptions, write_npy};

use crate::files::{Folder, golden, json, mixed, network, odd, text};
use crate::numpy::python;
use crate::run::npz;

#[test]
fn parts_are_read_by_numpys_slices() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    for (key, shown) in [
        ("embed[0]", "[0.    0.125 0.25  0.375 0.5   0.625 0.75  0.875]\n"),
        ("embed[1:3, ::4]", "[[0.125 0.625]\n [0.25  0.75 ]]\n"),
        ("embed[-1, -1]", "5.75\n"),
        ("embed[::-20, None, 0]", "[[4.875]\n [2.375]]\n"),
        ("embed[..., 0][0]", ""),
        ("head/scale", "[ 1.5 -2. ]\n"),
        ("head/small", "[0. 1. 2. 3.]\n"),
        ("step", "1000\n"),
        ("name.npy", "tiny\n"),
        ("layers.3.weight[5:5]", "[]\n"),
        ("step[()]", "1000\n"),
        ("embed[39:None, 0_7:]", "[[5.75]]\n"),
    ] {
        let (status, out, err) = npz(["show", text(&network), key]);
        let expected = if shown.is_empty() { 2 } else { 0 };
        assert_eq!((status, out.as_str()), (expected, shown), "{key}: {err}");
    }
    let (_, out, _) = npz(["show", "--repr", text(&network), "layers.0.bias"]);
    assert_eq!(out, "array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5], dtype=float32)\n");
}

#[test]
fn a_wrong_key_or_slice_says_what_is_near() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    for (key, said) in [
        (
            "layers.0.wieght",
            "entry \"layers.0.wieght\": no such entry; the nearest name in the file is \"layers.0.weight\"",
        ),
        ("embed[99]", "entry \"embed\": index 99 is out of bounds for axis 0 with size 40"),
        ("embed[0,0,0]", "too many indices: the array has 2 dimensions"),
        ("embed[a]", "expected an index such as 3"),
        ("embed[0][1]", "expected one pair of brackets behind the name"),
        ("embed[[0, 1]]", "entry \"embed\": expected indices and ranges, found a list of them"),
    ] {
        let (status, out, err) = npz(["show", text(&network), key]);
        assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1));
        assert!(err.contains(said), "{err}");
    }
    let (status, _, err) = npz(["show", text(&network)]);
    assert!(status == 2 && err.contains("has 29 entries; say which one"), "{err}");
}

/// What is left out of a large array is the same whether all of it was read or not.
#[test]
fn large_arrays_are_shown_by_their_edges_as_numpy_does() {
    let folder = Folder::new();
    let array = Array3::from_shape_fn((40, 9, 30), |(i, j, k)| (i * 300 + j * 30 + k) as f64 / 7.0);
    let turned = Array2::from_shape_fn((700, 5).f(), |(i, j)| (i * j) as f32);
    let (stored, packed) = (folder.path("stored.npz"), folder.path("packed.npz"));
    for (path, compression) in [(&stored, Compression::Stored), (&packed, Compression::Deflate(1))]
    {
        let options = SaveOptions::new().compression(compression).keep_fortran_order(true);
        let mut writer = NpzWriter::create_with(path, &options).unwrap();
        writer.add("a", &array).unwrap();
        writer.add("t", &turned).unwrap();
        writer.add("n", &Array1::from_iter(0..5000_i32)).unwrap();
        writer.finish().unwrap();
    }
    let keys = [
        "a",
        "t",
        "n",
        "a[::-1]",
        "a[3:, :, ::2]",
        "n[::-2]",
        "n[10:4000:3]",
        "a[:, 2]",
        "t[:, 1:3]",
    ];
    let mut shown = Vec::new();
    for key in keys {
        let (status, out, err) = npz(["show", text(&stored), key]);
        assert_eq!((status, err.as_str()), (0, ""), "{key}");
        assert!(out.contains("..."), "{key}: {out}");
        assert_eq!(npz(["show", text(&packed), key]).1, out, "{key}");
        shown.push(out);
    }
    golden("show-edges.txt", &shown[..3].concat());
    let code = "import numpy, sys, json\nf = numpy.load(sys.argv[1])\n\
                print(json.dumps([str(eval('f[\"' + k[0] + '\"]' + k[1:])) + '\\n' for k in sys.argv[2:]]))";
    let args = [text(&stored)].into_iter().chain(keys);
    let Some(expected) = python(code, args) else { return };
    let expected: Vec<String> = serde_json::from_str(&expected).unwrap();
    for ((key, found), expected) in keys.iter().zip(&shown).zip(&expected) {
        assert_eq!(found, expected, "{key}");
    }
}

#[test]
fn values_as_json() {
    let folder = Folder::new();
    let odd = odd(&folder, "odd.npz");
    let (_, lines) = json(&["show", "--json", text(&odd), "fortran[1:]"]);
    assert_eq!(lines[0]["shape"], serde_json::json!([2, 2]));
    assert_eq!(lines[0]["values"], serde_json::json!([10, 11, 20, 21]));
    let (_, lines) = json(&["show", "--json", text(&odd), "big"]);
    assert_eq!(
        (&lines[0]["dtype"], &lines[0]["values"]),
        (&">i2".into(), &serde_json::json!([1, -1]))
    );
    let path = folder.path("lone.npy");
    write_npy(&path, &Array1::from_vec(vec![f32::NAN, 0.5])).unwrap();
    let (_, lines) = json(&["show", "--json", text(&path), "[::-1]"]);
    assert_eq!(lines[0]["values"], serde_json::json!([0.5, "nan"]));
}

#[test]
fn bytes_are_shown_if_they_are_text_and_pickles_never() {
    let folder = Folder::new();
    let mixed = mixed(&folder, "mixed.npz");
    assert_eq!(npz(["show", text(&mixed), "read.me"]).1, "hello\n");
    let (status, out, err) = npz(["show", text(&mixed), "o"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("Python objects"), "{err}");
    let bytes = fs::read(&mixed).unwrap();
    assert!(bytes.windows(12).any(|bytes| bytes == b"never opened"));
}

#[test]
fn what_is_asked_for_in_json_fails_in_json() {
    let folder = Folder::new();
    let (network, missing) = (network(&folder, "network.npz"), folder.path("missing.npz"));
    for command in ["show", "stats"] {
        for (file, key, kind, entry) in [
            (&missing, "embed", "not_found", serde_json::Value::Null),
            (&network, "embedd", "not_found", "embedd".into()),
        ] {
            let (status, lines) = json(&[command, "--json", text(file), key]);
            assert_eq!((status, lines.len()), (2, 1), "{command} {key}");
            let error = &lines[0]["error"];
            assert_eq!(lines[0]["file"], text(file));
            assert_eq!((&error["kind"], &error["entry"]), (&kind.into(), &entry), "{error}");
        }
    }
    let mixed = mixed(&folder, "mixed.npz");
    let (status, lines) = json(&["show", "--json", text(&mixed), "read.me"]);
    assert_eq!((status, &lines[0]["dtype"]), (0, &serde_json::Value::Null));
    assert_eq!(lines[0]["values"], serde_json::json!(["hello\n"]));
}
