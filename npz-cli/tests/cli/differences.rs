//! `diff`, `verify` and `digest`.

use std::fs;

use half::{bf16, f16};
use npz_core::ndarray::{Array2, arr1};
use npz_core::unit::{Day, Second};
use npz_core::{
    AnyArray, DType, DateTime64, Header, NpzWriter, Order, SaveOptions, savez, write_npy,
};
use num_complex::Complex;

use crate::files::{Folder, golden, json, mixed, network, text};
use crate::run::npz;

#[test]
fn the_exit_status_says_whether_files_differ() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let (packed, missing) = (folder.path("packed.npz"), folder.path("missing.npz"));
    assert_eq!(npz(["repack", "--deflate", "6", text(&network), text(&packed)]).0, 0);
    let (status, out, _) = npz(["diff", text(&network), text(&packed)]);
    assert_eq!((status, out.as_str()), (0, "the same: 29 entries\n"));
    assert_eq!(npz(["rm", text(&packed), "step"]).0, 0);
    assert_eq!(
        npz(["diff", "--quiet", text(&network), text(&packed)]),
        (1, String::new(), String::new())
    );
    assert_eq!(npz(["diff", "--only", "layers.*", text(&network), text(&packed)]).0, 0);
    let (status, out, err) = npz(["diff", text(&network), text(&missing)]);
    assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1));
}

#[test]
fn differences_are_told_one_by_one() {
    let folder = Folder::new();
    let (a, b) = (folder.path("a.npz"), folder.path("b.npz"));
    let options = |value: &str| SaveOptions::new().metadata("run", value);
    let mut writer = NpzWriter::create_with(&a, &options("7")).unwrap();
    writer.add("same", &arr1(&[1, 2])).unwrap();
    writer.add("values", &arr1(&[1.0, 2.0, 4.0])).unwrap();
    writer.add("dtype", &arr1(&[1.0_f64, 2.0])).unwrap();
    writer.add("shape", &arr1(&[1_u8])).unwrap();
    writer.add("gone", &arr1(&[true])).unwrap();
    writer.add("count", &arr1(&[u64::MAX])).unwrap();
    writer.finish().unwrap();
    let mut writer = NpzWriter::create_with(&b, &options("8")).unwrap();
    writer.add("count", &arr1(&[u64::MAX - 1])).unwrap();
    writer.add("values", &arr1(&[1.0, 2.5, f64::NAN])).unwrap();
    writer.add("dtype", &arr1(&[1.0_f32, 2.0])).unwrap();
    writer.add("shape", &arr1(&[1_u8, 2])).unwrap();
    writer.add("new", &Array2::<f32>::zeros((2, 3))).unwrap();
    writer.add("same", &arr1(&[1, 2])).unwrap();
    writer.finish().unwrap();
    let (status, out, err) = npz(["diff", text(&a), text(&b)]);
    assert_eq!((status, err.as_str()), (1, ""));
    golden("diff.txt", &folder.hide(&out));
    let (_, lines) = json(&["diff", "--json", text(&a), text(&b)]);
    let changes: Vec<_> = lines[0]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["name"].as_str().unwrap(), entry["change"].as_str().unwrap()))
        .collect();
    let expected = [
        ("same", "same"),
        ("values", "values"),
        ("dtype", "dtype"),
        ("shape", "shape"),
        ("gone", "removed"),
        ("count", "values"),
        ("new", "added"),
    ];
    assert_eq!(changes, expected);
    assert_eq!(lines[0]["metadata"], serde_json::json!({"run": ["7", "8"]}));
    assert_eq!(lines[0]["entries"][1]["difference"]["max_abs"], 0.5);
    assert_eq!(lines[0]["entries"][1]["difference"]["non_finite"], 1);
}

#[test]
fn values_of_two_dtypes_are_compared_as_numbers() {
    let folder = Folder::new();
    let (a, b) = (folder.path("a.npz"), folder.path("b.npz"));
    let day = arr1(&[DateTime64::<Day>::new(20_000)]);
    let second = arr1(&[DateTime64::<Second>::new(20_000 * 86_400)]);
    savez!(
        &a,
        whole = arr1(&[1_i32, 2, 3]),
        bits = arr1(&[f16::ONE]),
        top = arr1(&[u64::MAX]),
        time = day,
        text = arr1(&["8 bytes!".to_owned()]),
    )
    .unwrap();
    savez!(
        &b,
        whole = arr1(&[1.0_f32, 2.0, 3.0]),
        bits = arr1(&[bf16::from_bits(0x3C00)]),
        top = arr1(&[-1_i64]),
        time = second,
        text = arr1(&[1.0]),
    )
    .unwrap();
    let (status, out, err) = npz(["diff", text(&a), text(&b)]);
    assert_eq!((status, err.as_str()), (1, ""));
    golden("diff-dtypes.txt", &folder.hide(&out));
    let (_, lines) = json(&["diff", "--json", text(&a), text(&b)]);
    let entries = lines[0]["entries"].as_array().unwrap();
    assert!(entries.iter().all(|entry| entry["change"] == "dtype"), "{entries:?}");
    let differing = |at: usize| &entries[at]["difference"]["differing"];
    assert_eq!([0, 1, 2, 3].map(|at| differing(at).as_u64()), [0, 1, 1, 0].map(Some));
    assert!(entries[4].get("difference").is_none());
}

#[test]
fn damage_is_told_where_dtypes_differ_too() {
    let folder = Folder::new();
    let (a, b) = (folder.path("a.npz"), folder.path("b.npz"));
    savez!(&a, x = arr1(&[1.0, 2.0])).unwrap();
    savez!(&b, x = arr1(&[1.0_f32, 2.0])).unwrap();
    let mut bytes = fs::read(&a).unwrap();
    let (_, lines) = json(&["ls", "--json", text(&a)]);
    let at = usize::try_from(lines[0]["entries"][0]["data_offset"].as_u64().unwrap()).unwrap();
    bytes[at] ^= 1;
    fs::write(&a, &bytes).unwrap();
    let (status, _, err) = npz(["diff", text(&a), text(&b)]);
    assert!(status == 2 && err.contains("entry \"x\""), "{status} {err}");
}

#[test]
fn pickles_are_the_same_if_their_bytes_are() {
    let folder = Folder::new();
    let a = mixed(&folder, "a.npz");
    let (packed, other) = (folder.path("packed.npz"), folder.path("other.npz"));
    assert_eq!(npz(["repack", "--deflate", "6", text(&a), text(&packed)]).0, 0);
    let (status, out, err) = npz(["diff", text(&a), text(&packed)]);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "the same: 3 entries\n", ""));
    let mut bytes = fs::read(&a).unwrap();
    let at = bytes.windows(13).position(|text| text == b"never opened.").unwrap();
    bytes[at] = b'N';
    fs::write(&other, &bytes).unwrap();
    // Of other bytes nobody knows, and that is no difference.
    let (status, out, err) = npz(["diff", text(&a), text(&other)]);
    assert_eq!((status, out.as_str()), (2, "the same: 2 entries; 1 can't be compared\n"));
    assert!(err.lines().count() == 1 && err.contains("entry \"o\""), "{err}");
}

#[test]
fn pickles_of_their_own_are_the_same_too() {
    let folder = Folder::new();
    let mixed = mixed(&folder, "mixed.npz");
    let bytes = fs::read(&mixed).unwrap();
    let magic = b"\x93NUMPY";
    // The second array of the archive, stored as it is.
    let starts = bytes.windows(6).enumerate().filter(|(_, found)| found == magic);
    let start = starts.map(|(at, _)| at).nth(1).unwrap();
    let end = start + bytes[start..].windows(2).position(|found| found == b"PK").unwrap();
    let (a, b, c) = (folder.path("a.npy"), folder.path("b.npy"), folder.path("c.npy"));
    fs::write(&a, &bytes[start..end]).unwrap();
    fs::write(&b, &bytes[start..end]).unwrap();
    fs::write(&c, [&bytes[start..end - 1], b"!"].concat()).unwrap();
    let (status, out, err) = npz(["diff", text(&a), text(&b)]);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "the same: 1 entry\n", ""));
    assert_eq!(npz(["diff", text(&a), text(&c)]).0, 2);
    // Against the one of the archive, which has the bytes of a name behind it.
    let (status, out, err) = npz(["diff", "--only", "o", text(&mixed), text(&a)]);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "the same: 1 entry\n", ""));
}

#[test]
fn only_what_matches_is_compared() {
    let folder = Folder::new();
    let (a, b, lone) = (folder.path("a.npz"), folder.path("b.npz"), folder.path("lone.npy"));
    savez!(&a, x = arr1(&[1])).unwrap();
    savez!(&b, x = arr1(&[2]), y = arr1(&[1])).unwrap();
    write_npy(&lone, &arr1(&[1])).unwrap();
    let diff = |only: &str, a, b| npz(["diff", "--only", only, text(a), text(b)]);
    for (a, b) in [(&a, &b), (&a, &a), (&a, &lone), (&lone, &b)] {
        let (status, out, err) = diff("z*", a, b);
        assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1));
        assert!(err.contains(": no name matches z*"), "{err}");
    }
    // One entry alone can be left out as well.
    let (status, out, _) = diff("y", &a, &b);
    assert!(status == 1 && out.starts_with("+ y "), "{out}");
    assert_eq!(diff("x", &a, &b).0, 1);
    // What has no name goes with whatever else there is.
    assert_eq!(diff("y", &lone, &b).0, 0);
    assert_eq!(diff("y", &lone, &lone).0, 0);
}

#[test]
fn tolerances() {
    let folder = Folder::new();
    let (a, b) = (folder.path("a.npy"), folder.path("b.npz"));
    write_npy(&a, &arr1(&[100.0_f32, 0.0])).unwrap();
    savez!(&b, x = arr1(&[100.5_f32, 0.001])).unwrap();
    let status = |more: &[&str]| npz([&["diff", text(&a), text(&b)][..], more].concat()).0;
    assert_eq!(status(&[]), 1);
    assert_eq!(status(&["--rtol", "0.01"]), 1);
    assert_eq!(status(&["--rtol", "0.01", "--atol", "0.01"]), 0);
    assert_eq!(status(&["--rtol", "-1"]), 2);
    assert_eq!(status(&["--atol", "nan"]), 2);
}

#[test]
fn damage_is_found_and_said_what_to_do_about() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let (status, out, err) = npz(["verify", text(&network)]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.starts_with("sound: ") && out.contains("network.npz: 29 entries"), "{out}");
    let mut bytes = fs::read(&network).unwrap();
    let (_, lines) = json(&["ls", "--json", text(&network)]);
    let at = usize::try_from(lines[0]["entries"][1]["data_offset"].as_u64().unwrap()).unwrap();
    bytes[at] ^= 1;
    let damaged = folder.path("damaged.npz");
    fs::write(&damaged, &bytes).unwrap();
    let (status, out, _) = npz(["verify", text(&damaged)]);
    assert_eq!(status, 1);
    golden("verify-damaged.txt", &folder.hide(&out));
    let (status, lines) = json(&["verify", "--json", text(&damaged)]);
    assert_eq!((status, &lines[0]["sound"]), (1, &false.into()));
    assert_eq!(lines[0]["entries"][1]["error"]["kind"], "corrupt");
    assert_eq!(lines[0]["entries"][0]["sound"], true);
    // Only the reading of values can tell.
    assert_eq!(npz(["ls", text(&damaged)]).0, 0);
    assert_eq!(npz(["digest", text(&damaged)]).0, 2);
    assert_eq!(npz(["diff", text(&network), text(&damaged)]).0, 2);
    // What it says helps.
    assert_eq!(npz(["rm", text(&damaged), "layers.0.weight"]), (0, String::new(), String::new()));
    assert_eq!(npz(["verify", text(&damaged)]).0, 0);
    fs::write(&damaged, &bytes[..bytes.len() - 30]).unwrap();
    let (status, _, err) = npz(["verify", text(&damaged)]);
    assert!(status == 2 && err.contains("cut short"), "{err}");
}

#[test]
fn values_that_are_not_finite_are_noted() {
    let folder = Folder::new();
    let path = folder.path("a.npz");
    savez!(&path, x = arr1(&[1.0, f64::NAN, f64::NEG_INFINITY]), y = arr1(&[1])).unwrap();
    let (status, out, _) = npz(["verify", text(&path)]);
    assert_eq!(status, 0);
    assert!(out.contains("entry \"x\": 1 NaN and 1 infinite of 3 values"), "{out}");
    assert_eq!(npz(["verify", "--finite", text(&path)]).0, 1);
    assert_eq!(npz(["verify", "--quiet", text(&path)]), (0, String::new(), String::new()));
    let mixed = mixed(&folder, "mixed.npz");
    let (status, out, _) = npz(["verify", text(&mixed)]);
    assert!(status == 0 && out.contains("entry \"o\": holds Python objects"), "{out}");
}

#[test]
fn parts_of_values_are_told_as_parts() {
    let folder = Folder::new();
    let path = folder.path("a.npz");
    let mut writer = NpzWriter::create(&path).unwrap();
    writer.add("c", &arr1(&[Complex::new(f64::NAN, f64::NAN)])).unwrap();
    let dtype: DType = "[('n', '<i8'), ('x', '<f4', (4,))]".parse().unwrap();
    let header = Header::new(dtype, Order::C, [1]).unwrap();
    let bytes = [&[0; 8][..], &[f32::NAN; 4].map(f32::to_le_bytes).concat()].concat();
    writer.add_any("r", &AnyArray::from_bytes(header, &bytes).unwrap()).unwrap();
    writer.finish().unwrap();
    let (status, out, _) = npz(["verify", text(&path)]);
    assert_eq!(status, 0);
    assert!(out.contains("entry \"c\": 2 NaN of the 2 parts of 1 value\n"), "{out}");
    assert!(out.contains("entry \"r\": 4 NaN of the 5 parts of 1 value\n"), "{out}");
}

#[test]
fn digests_depend_on_values_alone() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let whole = |path: &str| {
        let (status, out, err) = npz(["digest", "--whole", path]);
        assert_eq!((status, err.as_str()), (0, ""));
        out.split_whitespace().next().unwrap().to_owned()
    };
    let other = folder.path("other.npz");
    let first = whole(text(&network));
    for repacked in [&["--deflate", "3"][..], &["--numpy"], &["--align", "4096"]] {
        let args = [&["repack", text(&network), text(&other)][..], repacked].concat();
        assert_eq!(npz(args).0, 0);
        assert_eq!(whole(text(&other)), first, "{repacked:?}");
    }
    let safetensors = folder.path("other.safetensors");
    let only = ["--only", "layers.*"];
    let convert = |to: &str| npz([&["convert", text(&network), to][..], &only].concat());
    assert_eq!(convert(text(&safetensors)).0, 0);
    assert_eq!(convert(text(&other)).0, 0);
    assert_eq!(whole(text(&safetensors)), whole(text(&other)));
    assert_eq!(npz(["mv", text(&other), "layers.0.bias", "b"]).0, 0);
    assert_ne!(whole(text(&safetensors)), whole(text(&other)));
    let (_, out, _) = npz(["digest", text(&network)]);
    assert_eq!(out.lines().count(), 30);
    assert!(out.lines().last().unwrap().starts_with(&first));
}

#[test]
fn all_that_cannot_be_read_is_removed_at_once() {
    let folder = Folder::new();
    let path = folder.path("a.npz");
    savez!(&path, a = arr1(&[1_u8]), b = arr1(&[2_u8]), c = arr1(&[3_u8])).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let starts: Vec<usize> =
        (0..bytes.len()).filter(|&at| bytes[at..].starts_with(b"PK\x03\x04")).collect();
    // In front of two arrays.
    for &start in &starts[1..3] {
        bytes[start + 3] ^= 1;
    }
    fs::write(&path, &bytes).unwrap();
    // Without one of them, the other is still there.
    assert_eq!(npz(["rm", text(&path), "b"]).0, 2);
    let (status, out, _) = npz(["verify", text(&path)]);
    assert_eq!(status, 1);
    let command = out.lines().find_map(|line| line.split_once("to go on without them: npz "));
    let (_, command) = command.expect(&out);
    assert_eq!(out.matches("npz rm").count(), 1, "{out}");
    assert_eq!(npz(command.split(' ')), (0, String::new(), String::new()), "{command}");
    assert_eq!(npz(["verify", text(&path)]).0, 0);
    assert_eq!(npz_core::NpzReader::open(&path).unwrap().names().collect::<Vec<_>>(), ["a"]);
}
