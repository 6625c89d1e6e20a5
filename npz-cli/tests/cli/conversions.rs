//! `convert`: npz, npy, safetensors.

use std::collections::HashMap;
use std::fs;

use npz_core::ndarray::{Array2, ShapeBuilder, arr1};
use npz_core::{AnyArray, NpzReader, NpzWriter, SaveOptions, savez, write_npy};
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
    // What the archive says of them is there as it was.
    let said = fs::read(arrays.join("__metadata__.npy")).unwrap();
    assert!(said == NpzReader::open(&network).unwrap().bytes("__metadata__").unwrap());
    convert(&[text(&arrays), text(&back), "--deflate", "1"]);
    let (status, out, _) = npz(["diff", text(&network), text(&back)]);
    assert_eq!((status, out.as_str()), (0, "the same: 29 entries\n"));
    let reader = NpzReader::open(&back).unwrap();
    assert_eq!(reader.logical_dtype("head/small").unwrap(), Some("float8_e4m3fn"));

    let one = folder.path("one.npy");
    let (status, _, err) = npz(["convert", text(&network), text(&one)]);
    assert!(status == 2 && err.contains("29 arrays don't go into one npy file"), "{err}");
    let plain = folder.path("plain.npz");
    savez!(&plain, step = arr1(&[7_u8])).unwrap();
    convert(&[text(&plain), text(&one)]);
    assert_eq!(AnyArray::read_npy(&one).unwrap(), array(&plain, "step"));
    convert(&[text(&one), text(&back)]);
    assert_eq!(NpzReader::open(&back).unwrap().names().collect::<Vec<_>>(), ["one"]);
    // What is no array is not lost silently.
    let mixed = mixed(&folder, "mixed.npz");
    let (status, _, err) = npz(["convert", text(&mixed), text(&arrays)]);
    assert!(status == 2 && err.contains("leave it out with --only"), "{err}");
}

#[test]
fn one_npy_file_says_what_it_has_no_place_for() {
    let folder = Folder::new();
    let (network, one) = (network(&folder, "network.npz"), folder.path("one.npy"));
    let only = |name: &str, more: &[&str]| {
        let args = [&["convert", text(&network), text(&one), "--only", name], more].concat();
        let (status, out, err) = npz(args);
        assert_eq!((status, out.as_str()), (0, ""), "{err}");
        err
    };
    for (name, more, lost) in [
        ("step", &[][..], "the strings of the metadata"),
        ("head/small", &[], "the strings of the metadata and the name of its type, float8_e4m3fn"),
        ("head/small", &["--cast", "f4"], "the strings of the metadata"),
    ] {
        let err = only(name, more);
        assert!(err.starts_with("npz: note: ") && err.lines().count() == 1, "{err}");
        assert!(err.contains(&format!("has no place for {lost}; ")), "{err}");
    }
    assert_eq!(npz(["set-meta", text(&network), "--unset", "run", "--unset", "licence"]).0, 0);
    assert_eq!(only("step", &[]), "");
    assert!(only("head/small", &[]).contains("has no place for the name of its type"));
}

#[test]
fn a_folder_says_what_its_arrays_are() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let (arrays, to) = (folder.path("arrays/"), folder.path("to.safetensors"));
    let said = || {
        let bytes =
            AnyArray::read_npy(arrays.join("__metadata__.npy")).unwrap().as_bytes().to_vec();
        serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()
    };
    let strings = serde_json::json!({"licence": "CC0", "run": "7"});
    // Nothing is said of what isn't written, or is something else now.
    convert(&[text(&network), text(&arrays), "--only", "embed"]);
    assert_eq!(said(), serde_json::json!({"metadata": strings}));
    convert(&[text(&network), text(&arrays), "--only", "head/small", "--cast", "f4"]);
    assert_eq!(said(), serde_json::json!({"metadata": strings}));
    convert(&[text(&network), text(&arrays), "--only", "head/*", "--rename", "head/*=*"]);
    let expected = serde_json::json!({"dtypes": {"small": "float8_e4m3fn"}, "metadata": strings});
    assert_eq!(said(), expected);
    // Of the arrays that are there and stay, what was said is said.
    let plain = folder.path("plain.npz");
    savez!(&plain, scale = arr1(&[7_u8])).unwrap();
    convert(&[text(&plain), text(&arrays)]);
    assert_eq!(said(), expected);
    convert(&[text(&arrays), text(&to), "--only", "small"]);
    let bytes = fs::read(&to).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.tensor("small").unwrap().dtype(), safetensors::Dtype::F8_E4M3);
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(metadata.metadata().as_ref().unwrap()["licence"], "CC0");
    // Where nothing is to be said, nothing is.
    let others = folder.path("others/");
    convert(&[text(&plain), text(&others)]);
    assert!(!others.join("__metadata__.npy").exists());
    let (status, _, err) =
        npz(["convert", text(&plain), text(&others), "--rename", "scale=__metadata__"]);
    assert!(status == 2 && err.contains("reserved for the metadata"), "{err}");
    // Damaged, nobody knows what the arrays are.
    for bytes in [&b"{"[..], b"[]", b"{\"dtypes\": {\"small\": 1}}"] {
        write_npy(arrays.join("__metadata__.npy"), &arr1(bytes)).unwrap();
        for (from, to) in [(&arrays, &to), (&plain, &arrays)] {
            let (status, _, err) = npz(["convert", text(from), text(to)]);
            assert!(
                status == 2 && err.contains("__metadata__.npy: expected a JSON object"),
                "{err}"
            );
        }
    }
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
fn casts_lose_what_the_help_says() {
    use num_complex::Complex;

    let folder = Folder::new();
    let (from, to) = (folder.path("from.npz"), folder.path("to.npz"));
    let floats = arr1(&[1.9, -1.9, 300.0, -1.0e9, f64::NAN, 70000.0]);
    let (ints, complex) = (arr1(&[300_i32, -1]), arr1(&[Complex::new(0.0, 2.0)]));
    savez!(&from, f = floats, i = ints, c = complex).unwrap();
    for (name, dtype, shown) in [
        ("f", "i1", "[   1   -1  127 -128    0  127]"),
        ("f", "u1", "[  1   0 255   0   0 255]"),
        ("f", "f2", "[  1.9  -1.9 300.   -inf   nan   inf]"),
        ("i", "u1", "[ 44 255]"),
        ("c", "f4", "[0.]"),
        ("c", "bool", "[ True]"),
    ] {
        convert(&[text(&from), text(&to), "--cast", &format!("{name}={dtype}")]);
        assert_eq!(array(&to, name).to_text(true), shown, "{name} {dtype}");
    }
    let (_, help, _) = npz(["convert", "--help"]);
    assert!(help.contains("NumPy's astype") && help.contains("integers wrap"), "{help}");
    let (_, help, _) = npz(["diff", "--help"]);
    assert!(help.contains("nor times"), "{help}");
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

#[test]
fn names_change_all_at_once() {
    let folder = Folder::new();
    let (from, to) = (folder.path("from.npz"), folder.path("to.npz"));
    savez!(&from, a = arr1(&[1_u8]), b = arr1(&[2_u8]), aa = arr1(&[3_u8])).unwrap();
    for (args, expected) in [
        (&["--rename", "a=b", "--rename", "b=a"][..], &[("b", 1), ("a", 2), ("aa", 3)][..]),
        (&["--rename", "a=b", "--rename", "b=c"], &[("b", 1), ("c", 2), ("aa", 3)]),
        (&["--only", "a", "--rename", "a=b"], &[("b", 1)]),
        (&["--rename", "a*=aa*"], &[("aa", 1), ("b", 2), ("aaa", 3)]),
        (
            &["--rename", "aa=a", "--rename", "a=aa", "--cast", "a=u1"],
            &[("aa", 1), ("b", 2), ("a", 3)],
        ),
    ] {
        convert(&[&[text(&from), text(&to)], args].concat());
        let reader = NpzReader::open(&to).unwrap();
        let value = |name| array(&to, name).as_bytes()[0];
        let found: Vec<_> = reader.names().map(|name| (name, value(name))).collect();
        assert_eq!(found, expected, "{args:?}");
    }
    for (args, said) in [
        (&["--rename", "a=b"][..], "two entries would be named \"b\""),
        (&["--rename", "c=b"], "--rename c=b: no entry has such a name"),
        (&["--rename", "aaa=x"], "the nearest name in the file is \"aa\""),
        (&["--rename", "*=p.*", "--rename", "a=q"], "for \"a\" --rename *=p.* comes first"),
        (&["--only", "b", "--rename", "a=q"], "for \"a\" --only leaves it out"),
        (&["--only", "aaa"], "no name matches \"aaa\"; the nearest name in the file is \"aa\""),
        (&["--only", "a", "--only", "nope*"], "no name matches \"nope*\""),
        (&["--cast", "nope=f4"], "--cast nope=f4: no entry has such a name"),
    ] {
        let (status, _, err) =
            npz([&["convert", text(&from), text(&folder.path("no.npz"))], args].concat());
        assert_eq!((status, err.lines().count()), (2, 1), "{args:?}: {err}");
        assert!(err.contains(said), "{args:?}: {err}");
    }
    assert_eq!(folder.names(), ["from.npz", "to.npz"]);
}

#[test]
fn what_is_not_cast_stays_as_it_is_in_an_archive() {
    let folder = Folder::new();
    let (from, to) = (folder.path("from.npz"), folder.path("to.npz"));
    let mixed = mixed(&folder, "mixed.npz");
    let options = SaveOptions::new().compression(npz_core::Compression::Deflate(9));
    let mut writer = NpzWriter::create_with(&from, &options).unwrap();
    writer.add("x", &arr1(&[1.5_f64; 500])).unwrap();
    writer.add("y", &arr1(&[7_i64; 500])).unwrap();
    writer.add("s", &arr1(&["a".to_owned()])).unwrap();
    writer.finish().unwrap();
    let packed = |path: &std::path::Path, name: &str| {
        let reader = NpzReader::open(path).unwrap();
        let entry = reader.entry(name).unwrap();
        (entry.method(), entry.packed_size())
    };
    let expected = ["y", "s"].map(|name| packed(&from, name));
    for args in [&["--cast", "x=f4"][..], &["--cast", "f4"], &["--rename", "x=z"]] {
        convert(&[&[text(&from), text(&to)], args].concat());
        assert_eq!(["y", "s"].map(|name| packed(&to, name)), expected, "{args:?}");
    }
    convert(&[text(&from), text(&to), "--cast", "*=f4"]);
    let dtypes = ["x", "y", "s"].map(|name| array(&to, name).dtype().to_string());
    assert_eq!(dtypes, ["'<f4'", "'<f4'", "'<U1'"]);
    // As it was, for all that is cast.
    assert_eq!(packed(&to, "x").0, npz_core::Method::Deflated);
    assert_eq!(
        array(&to, "x").to_text(true),
        AnyArray::new(&arr1(&[1.5_f32; 500])).unwrap().to_text(true)
    );

    // A pickle goes along, whatever becomes of the others, and wherever they go.
    convert(&[text(&mixed), text(&to), "--only", "?", "--cast", "a=f4"]);
    assert_eq!(NpzReader::open(&to).unwrap().names().collect::<Vec<_>>(), ["a", "o"]);
    let (status, _, err) = npz(["convert", text(&from), text(&to), "--cast", "s=f4"]);
    assert!(status == 2 && err.contains("--cast s=f4: expected numbers, found '<U1'"), "{err}");
}

#[cfg(unix)]
#[test]
fn streams_are_taken_for_files() {
    use std::process::{Command, Stdio};

    let folder = Folder::new();
    let (from, to) = (mixed(&folder, "mixed.npz"), folder.path("to.npz"));
    let (network, deflated) = (network(&folder, "network.npz"), folder.path("deflated.npz"));
    convert(&[text(&network), text(&deflated), "--deflate", "9"]);
    let sh = |script: &str| {
        let output = Command::new("bash")
            .args(["-c", script, "bash", env!("CARGO_BIN_EXE_npz")])
            .args([&from, &to, &deflated])
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), err)
    };
    for script in [
        r#""$1" convert "$2" - --only '?' > "$3""#,
        r#""$1" convert - "$3" --only '?' < "$2""#,
        r#"cat "$2" | "$1" convert - - --only '?' > "$3""#,
        r#""$1" convert <(cat "$2") "$3" --only '?'"#,
        r#""$1" repack <(cat "$2") "$3" && "$1" rm "$3" read.me"#,
        r#""$1" repack <(cat "$2") - > "$3" && "$1" rm "$3" read.me"#,
        r#"mkfifo "$3.pipe"; (cat "$2" > "$3.pipe" &); "$1" convert "$3.pipe" "$3" --only '?' --cast f4"#,
    ] {
        let _ = fs::remove_file(&to);
        assert_eq!(sh(script), (Some(0), String::new()), "{script}");
        let reader = NpzReader::open(&to).unwrap();
        assert_eq!(reader.names().collect::<Vec<_>>(), ["a", "o"], "{script}");
    }
    // What is packed stays so.
    assert_eq!(sh(r#""$1" convert - - < "$4" > "$3""#), (Some(0), String::new()));
    assert!(fs::read(&to).unwrap() == fs::read(&deflated).unwrap());
    // An error names what was given, and not what stands for it.
    for (script, said) in [
        (r#"echo PK | "$1" convert - "$3""#, "npz: -: not an npz file"),
        (r#""$1" convert <(echo PK) "$3""#, "npz: /dev/fd/"),
        (r#""$1" convert - "$3" < "$2""#, "npz: -: entry \"read.me\": is no array"),
    ] {
        let (status, err) = sh(script);
        assert!(status == Some(2) && err.starts_with(said) && err.lines().count() == 1, "{err}");
    }
    let names = folder.names();
    assert_eq!(names, ["deflated.npz", "mixed.npz", "network.npz", "to.npz", "to.npz.pipe"]);
}
