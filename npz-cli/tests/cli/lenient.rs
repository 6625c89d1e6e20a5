//! `--lenient`: what is written of what only `np.load` reads can be read by all.

use std::fs;
use std::path::Path;

use npz_core::ndarray::arr1;
use npz_core::{AnyArray, NpyWriter, NpzReader, savez, write_npy};

use crate::files::{Folder, array, text, zipped};
use crate::run::npz;

fn lenient(args: &[&str]) {
    let (status, out, err) = npz([args, &["--lenient"]].concat());
    assert_eq!((status, out.as_str(), err.as_str()), (0, "", ""), "{args:?}");
}

fn sound(path: &Path) -> Vec<String> {
    assert_eq!(npz(["verify", text(path)]).0, 0);
    NpzReader::open(path).unwrap().names().map(str::to_owned).collect()
}

#[test]
fn bytes_behind_arrays_do_not_go_along() {
    let folder = Folder::new();
    let file = folder.path("a.npz");
    let one = arr1(&[1.5_f32, 2.5]);
    let npy = NpyWriter::new(Vec::new()).write(&one).unwrap();
    let more = [&npy[..], b"more"].concat();
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        for (args, names) in [
            (&["rm", text(&file), "b"][..], &["a"][..]),
            (&["mv", text(&file), "a", "c"], &["c", "b"]),
            (&["mv", text(&file), "a*", "c*"], &["c", "b"]),
            (&["cp", text(&file), "a", "c"], &["a", "b", "c"]),
            (&["cp", text(&file), "b", "c"], &["a", "b", "c"]),
            (&["set-meta", text(&file), "k=v"], &["a", "b"]),
            (&["repack", text(&file), text(&file)], &["a", "b"]),
            (&["repack", text(&file), text(&file), "--numpy"], &["a", "b"]),
            (
                &["convert", text(&file), text(&file), "--rename", "a=b", "--rename", "b=a"],
                &["b", "a"],
            ),
            (&["convert", text(&file), text(&file), "--only", "a", "--cast", "f2"], &["a"]),
        ] {
            zipped(&file, &[("a.npy", &more), ("b.npy", &npy)], method);
            lenient(args);
            assert_eq!(sound(&file), names, "{args:?}");
            for name in names {
                assert_eq!(array(&file, name).to_text(false), "[1.5 2.5]", "{args:?}");
            }
        }
    }
    zipped(&file, &[("a.npy", &more)], zip::CompressionMethod::Stored);
    let (status, _, err) = npz(["cp", "--lenient", text(&file), "a", "a"]);
    assert!(status == 2 && err.contains("an entry of this name is there already"), "{err}");
}

#[test]
fn what_cannot_be_read_is_not_written() {
    let folder = Folder::new();
    let (file, to) = (folder.path("a.npz"), folder.path("to.npz"));
    savez!(&file, bad = arr1(&[1.0, 2.0]), good = arr1(&[3.0])).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let one = bytes.windows(2).position(|pair| pair == [0xf0, 0x3f]).unwrap();
    bytes[one] ^= 1;
    fs::write(&file, &bytes).unwrap();
    for args in [
        &["repack", text(&file), text(&to)][..],
        &["convert", text(&file), text(&to)],
        &["rm", text(&file), "good"],
        &["mv", text(&file), "bad", "worse"],
    ] {
        let (status, _, err) = npz([args, &["--lenient"]].concat());
        assert!(status == 2 && err.contains("entry \"bad\": the data are damaged"), "{err}");
        assert!(!to.exists() && fs::read(&file).unwrap() == bytes, "{args:?}");
    }
    let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1.0, 2.0])).unwrap();
    let cut = folder.path("cut.npz");
    zipped(&cut, &[("w.npy", &npy[..npy.len() - 1])], zip::CompressionMethod::Deflated);
    let (status, _, err) = npz(["repack", "--lenient", text(&cut), text(&to)]);
    assert!(status == 2 && err.contains("cut.npz: entry \"w\": the data of shape (2,)"), "{err}");
    // What goes needn't be sound.
    lenient(&["convert", text(&file), text(&to), "--only", "good"]);
    assert_eq!(sound(&to), ["good"]);
    lenient(&["rm", text(&file), "bad"]);
    assert_eq!(sound(&file), ["good"]);
}

#[test]
fn names_that_strict_readers_refuse_have_to_change() {
    let folder = Folder::new();
    let file = folder.path("a.npz");
    let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1_u8])).unwrap();
    zipped(
        &file,
        &[("a\0b.npy", &npy), ("c/", b"hello"), ("d.npy", &npy)],
        zip::CompressionMethod::Stored,
    );
    let (status, _, err) = npz(["mv", "--lenient", text(&file), "c/", "c"]);
    assert!(status == 2 && err.contains("its name has a NUL"), "{err}");
    let (status, _, err) = npz(["rm", "--lenient", text(&file), "a?b"]);
    assert!(status == 2 && err.contains("its name is that of a folder"), "{err}");
    lenient(&["rm", text(&file), "a?b", "c/"]);
    assert_eq!(sound(&file), ["d"]);
    zipped(&file, &[("c/", b"hello"), ("d.npy", &npy)], zip::CompressionMethod::Stored);
    lenient(&["mv", text(&file), "c/", "c"]);
    assert_eq!(sound(&file), ["c", "d"]);
}

#[test]
fn arrays_are_packed_into_archives_that_only_np_load_opens() {
    let folder = Folder::new();
    let (file, new) = (folder.path("a.npz"), folder.path("b.npy"));
    savez!(&file, a = arr1(&[1_u8])).unwrap();
    write_npy(&new, &arr1(&[2_u8])).unwrap();
    let bytes = [b"#!/bin/sh\n".to_vec(), fs::read(&file).unwrap()].concat();
    fs::write(&file, &bytes).unwrap();
    let (status, _, err) = npz(["pack", text(&file), text(&new)]);
    assert!(status == 2 && err.contains("--lenient"), "{err}");
    lenient(&["pack", text(&file), text(&new)]);
    assert_eq!(sound(&file), ["a", "b"]);
    // What is replaced needn't be sound.
    let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1_u8])).unwrap();
    let cut = &npy[..npy.len() - 1];
    zipped(&file, &[("b.npy", cut), ("a.npy", &npy)], zip::CompressionMethod::Stored);
    lenient(&["pack", text(&file), text(&new)]);
    assert_eq!(sound(&file), ["b", "a"]);
    assert_eq!(array(&file, "b"), AnyArray::read_npy(&new).unwrap());
}

#[cfg(feature = "bzip2")]
#[test]
fn foreign_methods_are_packed_anew() {
    use std::io::Read;

    use npz_core::Method;

    let folder = Folder::new();
    let (plain, file) = (crate::files::network(&folder, "plain.npz"), folder.path("a.npz"));
    let other = folder.path("other.npz");
    let mut archive = zip::ZipArchive::new(fs::File::open(&plain).unwrap()).unwrap();
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        members.push((member.name().unwrap().into_owned(), bytes));
    }
    members.push(("read.me".to_owned(), b"hello\n".to_vec()));
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, b)| (&**name, &**b)).collect();
    for args in [
        &["rm", text(&file), "read.me", "step"][..],
        &["mv", text(&file), "step", "steps"],
        &["cp", text(&file), "step", "steps"],
        &["set-meta", text(&file), "k=v"],
        &["repack", text(&file), text(&other)],
        &["repack", text(&file), text(&other), "--store"],
        &[
            "convert",
            text(&file),
            text(&other),
            "--only",
            "*e*",
            "--only",
            "head/small",
            "--cast",
            "step=i4",
        ],
    ] {
        zipped(&file, &members, zip::CompressionMethod::Bzip2);
        if args[0] == "convert" {
            assert_eq!(npz(["rm", "--lenient", text(&file), "read.me"]).0, 0);
        }
        lenient(args);
        let made = if other.exists() { &other } else { &file };
        sound(made);
        let reader = NpzReader::open(made).unwrap();
        assert_eq!(reader.metadata().unwrap()["licence"], "CC0", "{args:?}");
        assert_eq!(reader.logical_dtype("head/small").unwrap(), Some("float8_e4m3fn"));
        assert_eq!(array(made, "embed"), array(&plain, "embed"));
        let is_known = |method| matches!(method, Method::Stored | Method::Deflated);
        assert!(reader.entries().all(|entry| is_known(entry.method())), "{args:?}");
        let _ = fs::remove_file(&other);
    }
}
