//! `pack`, `extract`, `rm`, `mv`, `cp`, `set-meta`.

use std::fs;

use npz_core::ndarray::arr1;
use npz_core::{AnyArray, NpzReader, savez, write_npy};

use crate::files::{Folder, array, mixed, network, text, zipped};
use crate::run::npz;

fn names(path: &std::path::Path) -> Vec<String> {
    NpzReader::open(path).unwrap().names().map(str::to_owned).collect()
}

/// Runs what has to succeed, and say nothing.
fn quietly(args: &[&str]) {
    assert_eq!(npz(args), (0, String::new(), String::new()), "{args:?}");
}

#[test]
fn entries_go_are_renamed_and_copied_and_the_others_stay_as_they_are() {
    let folder = Folder::new();
    let path = network(&folder, "network.npz");
    let file = text(&path);
    let bias = array(&path, "layers.3.bias");
    let facts = |name: &str| {
        let reader = NpzReader::open(&path).unwrap();
        let entry = reader.entry(name).unwrap();
        (entry.method(), entry.packed_size(), entry.crc32())
    };
    quietly(&["repack", "--deflate", "9", file, file]);
    let packed = facts("embed");
    quietly(&["rm", file, "step", "layers.*.weight"]);
    quietly(&["mv", file, "layers.*", "blocks.*"]);
    quietly(&["mv", file, "head/small", "small"]);
    quietly(&["cp", file, "embed", "tied"]);
    quietly(&["cp", file, "small", "small2"]);
    let names = names(&path);
    assert_eq!(names.len(), 29 - 13 + 2);
    assert!(
        names.iter().any(|name| name == "blocks.11.bias") && !names.iter().any(|n| n == "step")
    );
    assert_eq!(array(&path, "blocks.3.bias"), bias);
    assert_eq!((facts("embed"), facts("tied")), (packed, packed));
    let reader = NpzReader::open(&path).unwrap();
    assert_eq!(reader.logical_dtype("small2").unwrap(), Some("float8_e4m3fn"));
    assert_eq!(reader.metadata().unwrap()["licence"], "CC0");
    assert_eq!(folder.names(), ["network.npz"]);
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let folder = Folder::new();
    let path = network(&folder, "network.npz");
    let file = text(&path);
    let before = fs::read(&path).unwrap();
    for (args, said) in [
        (&["rm", file, "name", "stepp"][..], "the nearest name in the file is"),
        (&["rm", file, "x.*"], "no name matches"),
        (&["mv", file, "step", "name"], "an entry of this name is there already"),
        (&["mv", file, "step", "../step"], "\"..\" level"),
        (&["mv", file, "q*", "r*"], "no name begins with"),
        (&["cp", file, "step", "name"], "an entry of this name is there already"),
        (&["set-meta", file, "key"], "expected KEY=VALUE"),
        (&["set-meta", file, "--unset", "key"], "have no key"),
        (&["pack", file, "missing.npy"], "missing.npy: can't open the file"),
    ] {
        let (status, out, err) = npz(args);
        assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1), "{args:?}");
        assert!(err.contains(said), "{args:?}: {err}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(folder.names(), ["network.npz"]);
}

#[test]
fn metadata_are_set_and_unset() {
    let folder = Folder::new();
    let path = network(&folder, "network.npz");
    let file = text(&path);
    quietly(&["set-meta", file, "run=8", "note=a=b", "--unset", "licence"]);
    let reader = NpzReader::open(&path).unwrap();
    let metadata: Vec<_> = reader.metadata().unwrap().iter().collect();
    assert_eq!(
        metadata,
        [(&"note".to_owned(), &"a=b".to_owned()), (&"run".to_owned(), &"8".to_owned())]
    );
    assert_eq!(reader.logical_dtype("head/small").unwrap(), Some("float8_e4m3fn"));
}

#[test]
fn arrays_are_packed_and_extracted() {
    let folder = Folder::new();
    let (a, b) = (folder.path("a.npy"), folder.path("b.npy"));
    write_npy(&a, &arr1(&[1.0, 2.0])).unwrap();
    write_npy(&b, &arr1(&[3_u8])).unwrap();
    let (path, other) = (folder.path("all.npz"), network(&folder, "network.npz"));
    let file = text(&path);
    let bias = format!("bias={}", text(&b));
    quietly(&["pack", file, text(&a), &bias]);
    assert_eq!(names(&path), ["a", "bias"]);
    // Into what is there: replaced in its place, added at the end.
    let replaced = format!("a={}", text(&b));
    quietly(&["pack", "--deflate", "6", file, &replaced, text(&other)]);
    assert_eq!(names(&path).len(), 2 + 29);
    assert_eq!(array(&path, "a"), AnyArray::read_npy(&b).unwrap());
    let reader = NpzReader::open(&path).unwrap();
    assert_eq!(reader.logical_dtype("head/small").unwrap(), Some("float8_e4m3fn"));
    assert_eq!(array(&path, "embed"), array(&other, "embed"));

    let out = folder.path("out");
    quietly(&["extract", file, "bias", "head/*", "-C", text(&out)]);
    assert_eq!(fs::read(out.join("bias.npy")).unwrap(), fs::read(&b).unwrap());
    let scale = AnyArray::read_npy(out.join("head/scale.npy")).unwrap();
    assert_eq!(scale, array(&other, "head/scale"));
    let one = folder.path("one.npy");
    quietly(&["extract", file, "bias", "-o", text(&one)]);
    assert_eq!(fs::read(&one).unwrap(), fs::read(&b).unwrap());
    let (status, _, err) = npz(["extract", file, "-o", text(&one)]);
    assert!(status == 2 && err.contains("31 entries don't go into one file"), "{err}");
}

#[test]
fn members_that_are_no_arrays_are_extracted_as_they_are() {
    let folder = Folder::new();
    let path = mixed(&folder, "mixed.npz");
    let out = folder.path("out");
    quietly(&["extract", text(&path), "a", "read.me", "-C", text(&out)]);
    assert_eq!(fs::read(out.join("read.me")).unwrap(), b"hello\n");
    let (status, _, err) = npz(["extract", text(&path), "o", "-C", text(&out)]);
    assert!(status == 2 && err.contains("Python objects"), "{err}");
}

#[test]
fn no_name_leads_out_of_the_folder() {
    use std::io::Write;

    let folder = Folder::new();
    let path = folder.path("hostile.npz");
    let mut archive = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let array = npz_core::NpyWriter::new(Vec::new()).write(&arr1(&[1])).unwrap();
    for name in ["fine.npy", "../out.npy"] {
        archive.start_file(name, options).unwrap();
        archive.write_all(&array).unwrap();
    }
    archive.finish().unwrap();
    let out = folder.path("below");
    let (status, _, err) = npz(["extract", text(&path), "-C", text(&out)]);
    assert!(status == 2 && err.contains("no path below the folder"), "{err}");
    // Names are looked at before anything is written.
    assert_eq!(folder.names(), ["hostile.npz"]);
}

#[test]
fn nothing_is_extracted_where_not_all_can_be() {
    let folder = Folder::new();
    let mixed = mixed(&folder, "mixed.npz");
    let to = folder.path("to");
    for args in [
        &["extract", text(&mixed), "--dir", text(&to)][..],
        &["convert", text(&mixed), "--only", "?", "--to", "npy", &format!("{}/", text(&to))],
    ] {
        let (status, out, err) = npz(args);
        assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1), "{args:?}: {err}");
        assert!(err.contains("entry \"o\"") && !to.exists(), "{args:?}: {err}");
    }
    let (status, _, err) = npz(["extract", text(&mixed), "-o", text(&to)]);
    assert!(status == 2 && err.contains("3 entries don't go into one file"), "{err}");
    assert!(err.contains("--dir") && !to.exists(), "{err}");
}

#[test]
fn what_is_read_leniently_can_be_changed_too() {
    let folder = Folder::new();
    let file = folder.path("a.npz");
    savez!(&file, a = arr1(&[1_u8]), b = arr1(&[2_u8])).unwrap();
    let mut bytes = b"#!/bin/sh\n".to_vec();
    bytes.extend(fs::read(&file).unwrap());
    for args in [&["rm", "a"][..], &["mv", "a", "c"], &["cp", "a", "c"], &["set-meta", "k=v"]] {
        fs::write(&file, &bytes).unwrap();
        let all = |lenient: &'static str| {
            let mut all = vec![args[0], text(&file)];
            all.extend(&args[1..]);
            all.extend(Some(lenient).filter(|option| !option.is_empty()));
            all.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let (status, _, err) = npz(all(""));
        assert!(status == 2 && err.contains("--lenient"), "{args:?}: {err}");
        assert_eq!(fs::read(&file).unwrap(), bytes, "{args:?}");
        let (status, _, err) = npz(all("--lenient"));
        assert_eq!((status, err.as_str()), (0, ""), "{args:?}");
        // What is written is an archive for all.
        assert!(NpzReader::open(&file).unwrap().contains("b"), "{args:?}");
    }
}

#[test]
fn each_key_is_for_what_there_was() {
    let folder = Folder::new();
    let file = folder.path("a.npz");
    for keys in [&["a*", "a"][..], &["a", "a"], &["a*", "*a"], &["a.npy", "a*", "a?"]] {
        savez!(&file, a = arr1(&[1_u8]), aa = arr1(&[2_u8]), b = arr1(&[3_u8])).unwrap();
        quietly(&[&["rm", text(&file)], keys].concat());
        let left = if keys == ["a", "a"] { &["aa", "b"][..] } else { &["b"] };
        assert_eq!(names(&file), left, "{keys:?}");
    }
}

#[test]
fn many_names_change_at_once() {
    let folder = Folder::new();
    let file = folder.path("a.npz");
    savez!(&file, a = arr1(&[1_u8]), aa = arr1(&[2_u8]), b = arr1(&[3_u8])).unwrap();
    quietly(&["mv", text(&file), "a*", "aa*"]);
    assert_eq!(names(&file), ["aa", "aaa", "b"]);
    assert_eq!(array(&file, "aaa"), AnyArray::new(&arr1(&[2_u8])).unwrap());
    quietly(&["mv", text(&file), "aa*", "a*"]);
    assert_eq!(names(&file), ["a", "aa", "b"]);
    // What stays in the way is.
    let before = fs::read(&file).unwrap();
    let (status, _, err) = npz(["mv", text(&file), "a*", "b*"]);
    assert!(status == 2 && err.contains("entry \"b\": an entry of this name is there"), "{err}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let (status, _, err) = npz(["mv", text(&file), "aab*", "c*"]);
    assert!(status == 2 && err.contains("the nearest name in the file is \"aa\""), "{err}");
}

#[test]
fn no_array_takes_the_place_of_another_one_that_is_packed() {
    let folder = Folder::new();
    let (x, y) = (folder.path("x"), folder.path("y"));
    for dir in [&x, &y] {
        fs::create_dir(dir).unwrap();
        write_npy(dir.join("a.npy"), &arr1(&[1_u8])).unwrap();
    }
    let (one, other) = (x.join("a.npy"), y.join("a.npy"));
    let (new, old) = (folder.path("new.npz"), folder.path("old.npz"));
    savez!(&old, b = arr1(&[1_u8])).unwrap();
    let before = fs::read(&old).unwrap();
    let twin = format!("a.npy={}", text(&other));
    for archive in [text(&new), text(&old), "-"] {
        let (status, out, err) = npz(["pack", archive, text(&one), text(&other)]);
        assert_eq!((status, out.as_str()), (2, ""), "{archive}");
        assert!(err.contains("two entries are named \"a\""), "{err}");
        let (status, out, err) = npz(["pack", archive, text(&one), &twin]);
        assert_eq!((status, out.as_str()), (2, ""), "{archive}");
        assert!(err.contains("\"a\" and \"a.npy\" can't be told apart"), "{err}");
    }
    assert!(!new.exists() && fs::read(&old).unwrap() == before);
}

#[cfg(unix)]
#[test]
fn files_whose_names_are_no_text_are_packed_under_another() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    let folder = Folder::new();
    let archive = folder.path("a.npz");
    let odd = folder.path("").into_os_string();
    let odd = OsString::from_vec([odd.into_vec(), b"caf\xe9.npy".to_vec()].concat());
    if write_npy(&odd, &arr1(&[1_u8])).is_err() {
        // Some file systems take text only.
        return;
    }
    let pack = |file: OsString| npz(["pack".into(), archive.clone().into_os_string(), file]);
    let (status, _, err) = pack(odd.clone());
    assert!(status == 2 && err.contains("its name is not UTF-8"), "{err}");
    let mut named = OsString::from("cafe=");
    named.push(&odd);
    assert_eq!(pack(named), (0, String::new(), String::new()));
    assert_eq!(names(&archive), ["cafe"]);
}

#[test]
fn no_two_entries_go_to_one_file() {
    let folder = Folder::new();
    let (file, to) = (folder.path("a.npz"), folder.path("to"));
    let npy = npz_core::NpyWriter::new(Vec::new()).write(&arr1(&[1_u8])).unwrap();
    for (members, said) in [
        (&["a/b.npy", "a/./b.npy", "c.npy"][..], "\"a/./b\" and \"a/b\" would go to one file"),
        (&["a/b.npy", "c.npy", "a//b.npy"], "\"a//b\" and \"a/b\" would go to one file"),
        (&["x.npy", "a.npy", "a.npy/b.npy"], "entry \"a\" would be the file a.npy, and"),
        (&["a.npy/b.npy", "a.npy-b.npy", "a.npy"], "entry \"a\" would be the file a.npy, and"),
    ] {
        let members: Vec<(&str, &[u8])> = members.iter().map(|name| (*name, &npy[..])).collect();
        zipped(&file, &members, zip::CompressionMethod::Stored);
        let into = format!("{}/", text(&to));
        for args in
            [&["extract", text(&file), "-C", text(&to)][..], &["convert", text(&file), &into]]
        {
            let (status, _, err) = npz(args);
            assert!(
                status == 2 && err.contains(said) && err.lines().count() == 1,
                "{args:?}: {err}"
            );
            assert!(!to.exists(), "{args:?}");
        }
    }
    // Said twice, it is the same entry.
    let keys = ["a", "a.npy-b", "*-b", "a"];
    quietly(&[&["extract", text(&file)], &keys[..], &["-C", text(&to)]].concat());
}

#[test]
fn nothing_is_written_over_what_is_read() {
    let folder = Folder::new();
    let file = folder.path("a.npz");
    let npy = npz_core::NpyWriter::new(Vec::new()).write(&arr1(&[1_u8])).unwrap();
    zipped(&file, &[("w.npy", &npy), ("a.npz", b"hello")], zip::CompressionMethod::Stored);
    let before = fs::read(&file).unwrap();
    let dotted = folder.path("./a.npz");
    for args in [
        &["extract", text(&file), "w", "-o", text(&dotted)][..],
        &["extract", text(&file), "-C", text(&folder.path("."))],
        &["report", text(&file), "-o", text(&dotted)],
    ] {
        let (status, _, err) = npz(args);
        assert!(status == 2 && err.contains("is the file that is read"), "{args:?}: {err}");
        assert_eq!(fs::read(&file).unwrap(), before, "{args:?}");
    }
    assert_eq!(folder.names(), ["a.npz"]);
}

#[test]
fn what_is_aligned_stays_so() {
    let folder = Folder::new();
    let (path, other) = (network(&folder, "network.npz"), folder.path("b.npy"));
    let file = text(&path);
    write_npy(&other, &arr1(&[1.0, 2.0])).unwrap();
    quietly(&["repack", "--store", "--align", "4096", file, file]);
    for args in [
        &["set-meta", file, "run=8"][..],
        &["mv", file, "layers.*", "blocks.*"],
        &["rm", file, "step", "blocks.3.*"],
        &["cp", file, "embed", "tied"],
        &["pack", file, text(&other)],
        &["convert", file, file, "--rename", "b=c"],
    ] {
        quietly(args);
        let reader = NpzReader::open(&path).unwrap();
        for entry in reader.entries() {
            let start = entry.data_offset().unwrap().unwrap();
            assert_eq!(start % 4096, 0, "{args:?} {}", entry.name());
        }
    }
    // What was not aligned to more stays small.
    quietly(&["repack", file, file, "--align", "64"]);
    let before = fs::metadata(&path).unwrap().len();
    quietly(&["set-meta", file, "run=9"]);
    assert!(fs::metadata(&path).unwrap().len().abs_diff(before) < 64);
}

#[test]
fn the_nearest_of_all_names_is_told() {
    let folder = Folder::new();
    let path = folder.path("many.npz");
    let file = text(&path);
    let mut writer = npz_core::NpzWriter::create(&path).unwrap();
    for layer in 0..3000 {
        writer.add(&format!("layers.{layer}.weight"), &arr1(&[0_u8])).unwrap();
    }
    writer.finish().unwrap();
    let out = folder.path("no.npz");
    for args in [
        &["rm", file, "layers.2999.weigth"][..],
        &["mv", file, "layers.2999.weigth", "w"],
        &["cp", file, "layers.2999.weigth", "w"],
        &["convert", file, text(&out), "--only", "layers.2999.weigth"],
    ] {
        let (status, _, err) = npz(args);
        assert_eq!(status, 2, "{args:?}");
        assert!(err.contains("nearest name in the file is \"layers.2999.weight\""), "{err}");
    }
    let (status, _, err) = npz(["rm", file, "q"]);
    assert!(status == 2 && err.contains("no such entry among the file's 3000"), "{err}");
}
