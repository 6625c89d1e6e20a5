//! `ls` and `info`: what people see, and what programs do.

use std::collections::BTreeSet;
use std::fs;

use npz_core::ndarray::arr1;
use serde_json::Value;
use sha2::Digest;

use crate::files::{Folder, array, deflated, golden, json, mixed, network, odd, text, zipped};
use crate::numpy::python;
use crate::run::npz;

#[test]
fn tables_trees_and_folded_names() {
    let folder = Folder::new();
    let (network, odd) = (network(&folder, "network.npz"), odd(&folder, "odd.npz"));
    let deflated = deflated(&folder, "deflated.npz");
    for (name, args) in [
        ("ls.txt", &["ls", text(&network)][..]),
        ("ls-long.txt", &["ls", "--long", text(&odd), text(&deflated)]),
        ("ls-tree.txt", &["ls", "--tree", text(&network)]),
        ("ls-fold.txt", &["ls", "--fold", text(&network)]),
        ("ls-tree-fold.txt", &["ls", "-tf", text(&network)]),
        ("ls-sort.txt", &["ls", "--sort", "size", "--reverse", "--fold", text(&network)]),
        ("info.txt", &["info", text(&network), text(&odd)]),
    ] {
        let (status, out, err) = npz(args);
        assert_eq!((status, err.as_str()), (0, ""), "{args:?}");
        golden(name, &folder.hide(&out));
    }
}

#[test]
fn every_member_is_listed_and_no_pickle_opened() {
    let folder = Folder::new();
    let mixed = mixed(&folder, "mixed.npz");
    let (status, lines) = json(&["ls", "--json", text(&mixed)]);
    assert_eq!(status, 0);
    let entries = lines[0]["entries"].as_array().unwrap();
    let facts: Vec<_> = entries
        .iter()
        .map(|e| (e["name"].as_str().unwrap(), e["member"].as_str().unwrap(), e["kind"].as_str()))
        .collect();
    let expected = [
        ("a", "a.npy", Some("array")),
        ("o", "o.npy", Some("array")),
        ("read.me", "read.me", Some("bytes")),
    ];
    assert_eq!(facts, expected);
    assert_eq!((&entries[1]["dtype"], &entries[1]["nbytes"]), (&"|O".into(), &Value::Null));
    assert_eq!((&entries[2]["dtype"], &entries[2]["nbytes"]), (&Value::Null, &6.into()));
    let (status, out, _) = npz(["ls", text(&mixed)]);
    assert_eq!(status, 0);
    golden("ls-mixed.txt", &out);
}

#[test]
fn metadata_are_a_member_like_others_to_programs() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let file = text(&network);
    for command in ["ls", "digest", "verify"] {
        let (status, lines) = json(&[command, "--json", file]);
        let entries = lines[0]["entries"].as_array().unwrap();
        assert_eq!((status, entries.len()), (0, 30), "{command}");
        let last = &entries[29];
        assert_eq!((&last["name"], &last["dtype"]), (&"__metadata__".into(), &"|u1".into()));
        assert_eq!((&last["member"], &last["kind"]), (&"__metadata__.npy".into(), &"array".into()));
    }
    // NumPy's digest of it, and that of the file without it.
    let (_, lines) = json(&["digest", "--json", file]);
    let bytes = array(&network, "__metadata__");
    let digest = sha2::Sha256::digest(bytes.as_bytes());
    let sha: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(lines[0]["entries"][29]["sha256"], sha);
    let (_, other) = json(&["digest", "--json", text(&odd(&folder, "odd.npz"))]);
    assert_eq!(npz(["set-meta", file, "--unset", "licence", "--unset", "run"]).0, 0);
    let (_, fewer) = json(&["digest", "--json", file]);
    assert_eq!(lines[0]["sha256"], fewer[0]["sha256"]);
    assert_ne!(lines[0]["sha256"], other[0]["sha256"]);
    // To people it is no entry, unless they ask for all.
    let (_, short, _) = npz(["ls", file]);
    assert!(
        !short.contains("__metadata__") && short.contains("29 entries and metadata, "),
        "{short}"
    );
    let (_, long, _) = npz(["ls", "--long", file]);
    assert!(
        long.contains("\n__metadata__ ") && long.contains("\n29 entries and metadata, "),
        "{long}"
    );
}

#[test]
fn damaged_metadata_are_told_and_the_arrays_are_listed() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let mut bytes = fs::read(&network).unwrap();
    let at = bytes.windows(7).rposition(|text| text == b"licence").unwrap();
    bytes[at] ^= 1;
    fs::write(&network, bytes).unwrap();
    let (status, lines) = json(&["ls", "--json", text(&network)]);
    let entries = lines[0]["entries"].as_array().unwrap();
    assert_eq!((status, entries.len()), (2, 30));
    assert_eq!(
        (&entries[29]["name"], &entries[29]["error"]["kind"]),
        (&"__metadata__".into(), &"corrupt".into())
    );
    assert_eq!(entries.iter().filter(|entry| entry.get("error").is_some()).count(), 1);
    for command in ["ls", "info"] {
        let (status, out, err) = npz([command, text(&network)]);
        assert_eq!((status, err.lines().count()), (2, 1), "{command}: {err}");
        assert!(out.contains("29 entries") && err.contains("entry \"__metadata__\""), "{err}");
    }
    let (status, out, _) = npz(["verify", text(&network)]);
    assert!(status == 1 && out.starts_with("fault: ") && out.contains("__metadata__"), "{out}");
    // What the types are isn't known then, so nothing is made of it.
    let to = folder.path("to.safetensors");
    for args in [&["convert", "--only", "head/scale"][..], &["diff"], &["show"]] {
        let second = if args[0] == "show" { "embed" } else { text(&to) };
        let second = if args[0] == "diff" { text(&network) } else { second };
        let (status, _, err) = npz([args, &[text(&network), second]].concat());
        assert!(status == 2 && err.contains("\"__metadata__\"") && !to.exists(), "{args:?} {err}");
    }
}

#[test]
fn json_has_the_fields_that_are_promised() {
    let folder = Folder::new();
    let (network, odd) = (network(&folder, "network.npz"), odd(&folder, "odd.npz"));
    let (status, lines) = json(&["ls", "--json", text(&network), text(&odd)]);
    assert_eq!((status, lines.len()), (0, 2));
    let keys = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let set =
        |names: &[&str]| -> BTreeSet<String> { names.iter().map(|n| (*n).to_owned()).collect() };
    let fields = [
        "name",
        "member",
        "kind",
        "dtype",
        "shape",
        "fortran_order",
        "method",
        "nbytes",
        "stored_nbytes",
        "data_offset",
        "crc32",
    ];
    for file in &lines {
        assert_eq!(keys(file), set(&["file", "format", "entries", "metadata"]));
        for entry in file["entries"].as_array().unwrap() {
            let mut found = keys(entry);
            found.remove("logical_dtype");
            assert_eq!(found, set(&fields));
        }
    }
    assert_eq!(lines[0]["metadata"], serde_json::json!({"licence": "CC0", "run": "7"}));
    // The data are where it says.
    let bytes = fs::read(&odd).unwrap();
    for (entry, data) in
        lines[1]["entries"].as_array().unwrap().iter().zip([&[1_u8, 2, 3][..], &[1, 0]])
    {
        let at = usize::try_from(entry["data_offset"].as_u64().unwrap()).unwrap();
        assert_eq!(&bytes[at..at + data.len()], data);
    }
    let fortran = &lines[1]["entries"][2];
    assert_eq!((&fortran["fortran_order"], &fortran["dtype"]), (&true.into(), &"<u8".into()));
    assert_eq!(lines[1]["entries"][4]["dtype"], "[('x', '<f4'), ('n', '<i8', (2,))]");
    let small = &lines[0]["entries"][26];
    assert_eq!(
        (&small["dtype"], &small["logical_dtype"]),
        (&"|V1".into(), &"float8_e4m3fn".into())
    );
}

#[test]
fn lone_arrays_have_no_name_and_those_of_streams_are_counted() {
    let folder = Folder::new();
    let array = npz_core::ndarray::arr1(&[1_u16, 2]);
    let one = npz_core::NpyWriter::new(Vec::new()).write(&array).unwrap();
    let names = |bytes: &[u8], more: &[&str]| -> (i32, Vec<Value>) {
        let path = folder.path("a.npy");
        fs::write(&path, bytes).unwrap();
        let (status, lines) = json(&[&["ls", "--json", text(&path)][..], more].concat());
        assert_eq!(lines[0]["format"], "npy");
        let entries = lines[0]["entries"].as_array().unwrap();
        (status, entries.iter().map(|entry| entry["name"].clone()).collect())
    };
    assert_eq!(names(&one, &[]), (0, vec![Value::Null]));
    assert_eq!(
        names(&[&one[..], &one, &one].concat(), &[]),
        (0, vec!["0".into(), "1".into(), "2".into()])
    );
    // What follows is told, and the array before it still is.
    let junk = [&one[..], b"junk"].concat();
    assert_eq!(names(&junk, &[]), (2, vec!["0".into(), "1".into()]));
    assert_eq!(names(&junk, &["--lenient"]), (0, vec![Value::Null]));
}

#[test]
fn the_unreadable_is_told_and_the_others_are_listed() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let missing = folder.path("missing.npz");
    let (status, lines) = json(&["ls", "--json", text(&missing), text(&network)]);
    assert_eq!((status, lines.len()), (2, 2));
    assert_eq!(lines[0]["error"]["kind"], "not_found");
    assert!(lines[1]["entries"].is_array());

    // A damaged npy header of one entry.
    let mut bytes = fs::read(&network).unwrap();
    let at = bytes.windows(6).position(|magic| magic == b"\x93NUMPY").unwrap();
    bytes[at + 6] = 9;
    let path = folder.path("damaged.npz");
    fs::write(&path, &bytes).unwrap();
    let (status, lines) = json(&["ls", "--json", text(&path)]);
    assert_eq!(status, 2);
    let entries = lines[0]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 30);
    assert_eq!(entries[0]["error"]["kind"], "unsupported");
    assert_eq!(entries[0]["error"]["entry"], "embed");
    assert!(entries[1].get("error").is_none());
    let (status, out, err) = npz(["ls", text(&path)]);
    assert_eq!((status, out.contains("unreadable"), err.lines().count()), (2, true, 1));
    assert!(err.starts_with("npz: ") && err.contains("entry \"embed\""), "{err}");
}

#[test]
fn narrow_and_wide_terminals() {
    let folder = Folder::new();
    let (network, odd) = (network(&folder, "network.npz"), odd(&folder, "odd.npz"));
    let mut all = String::new();
    for columns in ["8", "24", "40", "1000"] {
        for path in [&network, &odd] {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_npz"))
                .env("COLUMNS", columns)
                .args(["ls", "--fold", text(path)])
                .output()
                .unwrap();
            assert!(output.status.success());
            all += &format!("== {columns}\n{}", String::from_utf8(output.stdout).unwrap());
        }
    }
    golden("widths.txt", &all);
}

#[test]
fn who_wrote_a_file_and_who_reads_it() {
    let folder = Folder::new();
    let odd = odd(&folder, "odd.npz");
    let numpy = folder.path("numpy.npz");
    let (status, _, err) = npz(["repack", "--numpy", text(&odd), text(&numpy)]);
    assert_eq!((status, err.as_str()), (0, ""));
    let (_, lines) = json(&["info", "--json", text(&odd), text(&numpy)]);
    assert_eq!(lines[0]["writer"], "npz-core");
    assert_eq!(lines[1]["writer"], "NumPy (np.savez)");
    assert_eq!((&lines[0]["alignment"], &lines[0]["mappable"]), (&64.into(), &false.into()));
    let reads = |name: &str| {
        let peers = lines[0]["peers"].as_array().unwrap();
        peers.iter().find(|peer| peer["name"] == name).unwrap()["reads"].as_bool().unwrap()
    };
    assert_eq!([reads("numpy"), reads("candle"), reads("NPZ.jl")], [true, false, false]);
}

#[test]
fn readers_of_one_array_miss_those_behind_it() {
    let folder = Folder::new();
    let stream = folder.path("stream.npy");
    let array = npz_core::NpyWriter::new(Vec::new()).write(&npz_core::ndarray::arr0(7_u8)).unwrap();
    fs::write(&stream, array.repeat(2)).unwrap();
    let (_, lines) = json(&["info", "--json", text(&stream)]);
    let peers = lines[0]["peers"].as_array().unwrap();
    assert!(peers.iter().all(|peer| peer["reads"] == false), "{peers:?}");
    assert_eq!(peers[1]["why"], serde_json::json!(["more than one array"]));
}

#[test]
fn facts_are_wrapped_where_the_terminal_ends() {
    let folder = Folder::new();
    let odd = odd(&folder, "odd.npz");
    let command = |columns: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_npz"));
        let output = command.env("COLUMNS", columns).current_dir(odd.parent().unwrap());
        String::from_utf8(output.args(["info", "odd.npz"]).output().unwrap().stdout).unwrap()
    };
    let (wide, narrow) = (command("1000"), command("50"));
    assert!(wide.lines().any(|line| line.len() > 60), "{wide}");
    assert!(narrow.lines().all(|line| line.chars().count() <= 50), "{narrow}");
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&wide), words(&narrow));
}

#[test]
fn errors_of_entries_say_in_which_file() {
    let folder = Folder::new();
    let (stream, tensors) = (folder.path("stream.npy"), folder.path("f4.safetensors"));
    let one = npz_core::NpyWriter::new(Vec::new()).write(&arr1(&[1_u8])).unwrap();
    fs::write(&stream, [&one[..], &one, &one[..one.len() - 1]].concat()).unwrap();
    let header = br#"{"x":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}"#;
    fs::write(&tensors, [&(header.len() as u64).to_le_bytes()[..], header, &[0]].concat()).unwrap();
    for (path, entry) in [(&stream, "2"), (&tensors, "x")] {
        for command in ["ls", "stats", "digest", "verify"] {
            let (_, out, err) = npz([command, text(path)]);
            let said = format!("{}: entry {entry:?}: ", text(path));
            assert!(out.contains(&said) || err.contains(&said), "{command}: {out}{err}");
        }
    }
}

#[test]
fn names_of_files_talk_to_no_terminal_in_json_either() {
    let folder = Folder::new();
    let path = folder.path("a.npz");
    npz_core::savez!(&path, "a\u{9b}31m\u{202e}" = arr1(&[1_u8])).unwrap();
    let (status, out, _) = npz(["ls", "--json", text(&path)]);
    assert!(status == 0 && out.contains(r"a\u009b31m\u202e") && !out.contains('\u{9b}'), "{out}");
    let (_, lines) = json(&["ls", "--json", text(&path)]);
    assert_eq!(lines[0]["entries"][0]["name"], "a\u{9b}31m\u{202e}");
}

#[test]
fn long_names_are_told_shortened() {
    let folder = Folder::new();
    let path = folder.path("a.npz");
    let name = "M".repeat(60_000);
    let mut writer = npz_core::NpzWriter::create(&path).unwrap();
    writer.add(&name, &arr1(&[1_u8])).unwrap();
    writer.finish().unwrap();
    let (status, _, err) = npz(["show", text(&path), &name[..60]]);
    assert!(status == 2 && err.contains("the nearest name") && err.len() < 1000, "{err}");
    let (status, _, err) = npz(["show", text(&path), "x"]);
    assert!(status == 2 && err.contains("the file has") && err.len() < 1000, "{err}");
}

#[test]
fn promises_that_an_entry_cannot_keep_are_errors() {
    let folder = Folder::new();
    let path = folder.path("a.npz");
    let npy = npz_core::NpyWriter::new(Vec::new()).write(&arr1(&[1.5_f64, 2.5])).unwrap();
    let huge =
        String::from_utf8_lossy(&npy[10..128]).replace("(2,), }          ", "(1099511627776,), }");
    let huge = [&npy[..10], &huge.as_bytes()[..117], b"\n", &npy[128..]].concat();
    let cut = &npy[..npy.len() - 3];
    let members = [("sound.npy", &npy[..]), ("cut.npy", cut), ("huge.npy", &huge)];
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        zipped(&path, &members, method);
        let (status, lines) = json(&["ls", "--json", text(&path)]);
        assert_eq!(status, 2);
        let entries = lines[0]["entries"].as_array().unwrap();
        assert!(entries[0]["error"].is_null());
        for (entry, name) in entries[1..].iter().zip(["cut", "huge"]) {
            assert_eq!(entry["error"]["kind"], "truncated", "{entry}");
            assert!(entry["shape"].is_null() && entry["data_offset"].is_null(), "{entry}");
            // As reading says it.
            let (_, _, err) = npz(["show", text(&path), name]);
            assert!(err.contains(entry["error"]["message"].as_str().unwrap()), "{err} {entry}");
        }
        let (status, out, err) = npz(["info", text(&path)]);
        assert_eq!((status, err.lines().count()), (2, 2), "{err}");
        assert!(out.contains("2 damaged"), "{out}");
    }
}

#[test]
fn headers_that_np_load_refuses_for_their_length_are_told() {
    let folder = Folder::new();
    // As many characters behind the magic and the length; NumPy takes 10,000.
    let npy = |version: u8, text: &str, characters: usize| {
        let text = format!("{text:<width$}\n", width = characters - 1);
        let mut bytes = [b"\x93NUMPY", &[version, 0][..]].concat();
        let len = u32::try_from(text.len()).unwrap().to_le_bytes();
        bytes.extend(if version == 1 { &len[..2] } else { &len });
        bytes.extend(text.bytes());
        bytes.extend([7; 8]);
        bytes
    };
    let plain = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }";
    let named = "{'descr': [('日本語', '<f8')], 'fortran_order': False, 'shape': (1,), }";
    let code = "import numpy, sys
try: numpy.load(sys.argv[1])['x'] if sys.argv[1].endswith('z') else numpy.load(sys.argv[1])
except ValueError as error: print(error)";
    for (version, text_of, characters, is_read) in [
        (1, plain, 10_000, true),
        (1, plain, 10_001, false),
        (2, plain, 9990, true),
        (2, plain, 10_001, false),
        (3, named, 10_000, true),
        (3, named, 10_001, false),
    ] {
        let (lone, path) = (folder.path("x.npy"), folder.path("x.npz"));
        let bytes = npy(version, text_of, characters);
        fs::write(&lone, &bytes).unwrap();
        zipped(&path, &[("x.npy", &bytes)], zip::CompressionMethod::Deflated);
        for path in [&lone, &path] {
            let (status, lines) = json(&["info", "--json", text(path)]);
            let numpy = &lines[0]["peers"][0];
            let found = (status, &numpy["name"], &numpy["reads"]);
            assert_eq!(found, (0, &"numpy".into(), &is_read.into()), "{version} {characters}");
            assert_eq!(numpy["why"].to_string().contains("max_header_size"), !is_read);
            let Some(said) = python(code, [text(path)]) else { continue };
            assert_eq!(said.contains("max_header_size"), !is_read, "{version} {said}");
        }
    }
}
