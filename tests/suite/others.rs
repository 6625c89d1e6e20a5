//! What other programs write, the strict reader takes, with the values that NumPy finds: NumPy and
//! Python's `zipfile`, Info-ZIP, 7-Zip, `ndarray-npy` and `npyz`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ndarray::{Array0, Array1, Array2, arr0, arr1, arr2};
use npz_core::{
    AnyArray, Compression, NpyWriter, NpzReader, NpzStream, NpzWriter, SaveOptions, VerifyOptions,
    read_npy,
};

use crate::oracle;

/// Asserts that the strict reader takes an archive, with all checks; gives its arrays.
fn taken(path: &Path) -> Vec<(String, AnyArray)> {
    let reader = NpzReader::open(path).unwrap();
    let report = reader.verify_report(&VerifyOptions::new().values(true));
    assert!(report.is_sound(), "{report}");
    let arrays = reader.entries().filter(|entry| entry.header().unwrap().is_some());
    arrays.map(|entry| (entry.name().to_owned(), reader.any(entry.name()).unwrap())).collect()
}

/// As they come by; 7-Zip writes what only a directory explains.
fn comes_by(path: &Path) -> usize {
    let bytes = fs::read(path).unwrap();
    let mut stream = NpzStream::new(bytes.as_slice());
    let mut count = 0;
    while let Some(entry) =
        stream.next_entry().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    {
        count += usize::from(entry.header().is_some());
    }
    count
}

#[test]
fn python_writes() {
    let folder = tempfile::tempdir().unwrap();
    if oracle::run_plain("archives.py", [folder.path()]).is_none() {
        return;
    }
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert_eq!(paths.len(), 15);
    let described = oracle::describe(&paths).unwrap();
    for (path, expected) in paths.iter().zip(described) {
        let found = taken(path);
        assert_eq!(found.len(), expected.len(), "{}", path.display());
        for ((name, array), expected) in found.iter().zip(&expected) {
            assert_eq!(Some(name), expected.key.as_ref());
            assert_eq!(array.shape(), expected.shape, "{}: {name}", path.display());
            let mut bytes = Vec::new();
            array.write_canonical(&mut bytes).unwrap();
            assert_eq!(bytes, expected.bytes, "{}: {name}", path.display());
        }
        assert_eq!(comes_by(path), found.len(), "{}", path.display());
    }
}

/// The files `a.npy`, `größe.npy` and `d/e.npy` in a folder.
fn loose_files(folder: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let files = vec![
        ("a.npy", NpyWriter::new(Vec::new()).write(&arr1(&[1.5_f32, -2.5])).unwrap()),
        ("d/e.npy", NpyWriter::new(Vec::new()).write(&Array2::<i64>::zeros((30, 40))).unwrap()),
        ("größe.npy", NpyWriter::new(Vec::new()).write(&arr0(true)).unwrap()),
    ];
    fs::create_dir_all(folder.join("d")).unwrap();
    for (name, bytes) in &files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    files
}

/// Runs a program; `None`, with a line that says so, if it isn't there.
fn run(folder: &Path, program: &str, args: &[&str], stdin: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    // Info-ZIP takes names for what the locale says.
    let Ok(mut child) = command.env("LC_ALL", "C.UTF-8").stderr(Stdio::null()).spawn() else {
        let _ = writeln!(std::io::stderr(), "SKIPPED others: there is no `{program}` here");
        return None;
    };
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} {args:?}: {}", output.status);
    Some(output.stdout)
}

/// Compares the arrays of an archive with the files that were packed.
fn same(path: &Path, files: &[(&str, Vec<u8>)]) {
    let reader = NpzReader::open(path).unwrap();
    reader.verify().unwrap_or_else(|error| panic!("{error}"));
    for (name, bytes) in files {
        assert_eq!(&reader.bytes(name).unwrap(), bytes, "{}: {name}", path.display());
    }
}

#[test]
fn info_zip_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = loose_files(folder.path());
    // It writes names as they are on the disk, without a word on what they mean: code page 437 then,
    // for Python as well.
    files[2].0 = "gr├╢├ƒe.npy";
    let names = ["a.npy", "d/e.npy", "größe.npy"];
    let archive = |file: &str, switches: &[&str]| {
        let args = [switches, &[file], &names].concat();
        run(folder.path(), "zip", &args, b"").map(|_| folder.path().join(file))
    };
    for (file, switches) in [
        ("plain.zip", &["-q"][..]),
        ("stored.zip", &["-q", "-0"]),
        ("best.zip", &["-q", "-9"]),
        ("no_extra.zip", &["-q", "-X"]),
        ("zip64.zip", &["-q", "-fz"]),
        ("descriptors.zip", &["-q", "-fd"]),
        // With -fz and data descriptors, -fd's or a pipe's, its end record points nowhere: all ones, and
        // no zip64 record.
        ("folders.zip", &["-q", "-r", "-D"]),
        ("utf8.zip", &["-q", "-UN=UTF8"]),
    ] {
        let Some(path) = archive(file, switches) else { return };
        same(&path, &files);
        assert_eq!(comes_by(&path), 3, "{file}");
    }
    run(folder.path(), "zip", &["-q", "-r", "whole.zip", "d"], b"").unwrap();
    assert_eq!(taken(&folder.path().join("whole.zip")).len(), 1);
    // Changed in place, later.
    run(folder.path(), "zip", &["-q", "-d", "plain.zip", "d/e.npy"], b"").unwrap();
    same(&folder.path().join("plain.zip"), &[files[0].clone(), files[2].clone()]);
    run(folder.path(), "zip", &["-q", "plain.zip", "d/e.npy"], b"").unwrap();
    same(&folder.path().join("plain.zip"), &files);
    // To a pipe, so that sizes follow the data; and from one.
    for switches in [&["-q"][..], &["-q", "-0"]] {
        let args = [switches, &["-"], &names].concat();
        let piped = run(folder.path(), "zip", &args, b"").unwrap();
        let path = folder.path().join("piped.zip");
        fs::write(&path, piped).unwrap();
        same(&path, &files);
        assert_eq!(comes_by(&path), 3, "{switches:?}");
    }
    let args = ["-q", "from_pipe.zip", "-"];
    run(folder.path(), "zip", &args, &files[0].1).unwrap();
    let reader = NpzReader::open(folder.path().join("from_pipe.zip")).unwrap();
    reader.verify().unwrap();
    assert_eq!(reader.bytes("-").unwrap(), files[0].1);
}

#[test]
fn seven_zip_writes() {
    let folder = tempfile::tempdir().unwrap();
    let files = loose_files(folder.path());
    for (file, switches) in [
        ("plain.zip", &[][..]),
        ("stored.zip", &["-mx=0"]),
        ("best.zip", &["-mx=9"]),
        ("utf8.zip", &["-mcu=on"]),
        ("no_times.zip", &["-mtc=off"]),
    ] {
        let args = [&["a", "-tzip"], switches, &[file, "a.npy", "d/e.npy", "größe.npy"]].concat();
        if run(folder.path(), "7z", &args, b"").is_none() {
            return;
        }
        same(&folder.path().join(file), &files);
        assert_eq!(comes_by(&folder.path().join(file)), 3, "{file}");
    }
    run(folder.path(), "7z", &["a", "-tzip", "whole.zip", "d"], b"").unwrap();
    assert_eq!(taken(&folder.path().join("whole.zip")).len(), 1);
    run(folder.path(), "7z", &["a", "-tzip", "-sia.npy", "from_pipe.zip"], &files[0].1).unwrap();
    same(&folder.path().join("from_pipe.zip"), &files[..1]);
    run(folder.path(), "7z", &["d", "plain.zip", "d/e.npy"], b"").unwrap();
    same(&folder.path().join("plain.zip"), &[files[0].clone(), files[2].clone()]);
}

/// Files that were made once, by the program that stands beside them.
#[test]
fn other_crates_write() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/peers");
    for peer in ["ndarray_npy", "npyz"] {
        for packing in ["stored", "deflated"] {
            let path = folder.join(format!("{peer}_{packing}.npz"));
            assert_eq!(taken(&path).len(), 5);
            assert_eq!(comes_by(&path), 5);
            let reader = NpzReader::open(&path).unwrap();
            let a: Array1<f32> = reader.get("a").unwrap();
            assert!(a[0] == 1.5 && a[1] == -2.5 && a[2].is_nan());
            assert_eq!(reader.get::<u16, _>("größe").unwrap(), arr2(&[[1, 2], [3, 4]]));
            let fortran: Array2<i64> = reader.get("fortran").unwrap();
            assert!(fortran.t().is_standard_layout() && fortran.shape() == [2, 3]);
            let flag: Array0<bool> = reader.get("flag").unwrap();
            assert!(flag.into_scalar());
            let empty: Array1<f64> = reader.get("empty").unwrap();
            assert!(empty.is_empty());
        }
        let array: Array2<f64> = read_npy(folder.join(format!("{peer}.npy"))).unwrap();
        assert_eq!(array, arr2(&[[1.5, 2.5]]));
    }
}

#[test]
fn we_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.npz");
    for compression in [Compression::Stored, Compression::Deflate(1), Compression::Deflate(9)] {
        for alignment in [1, 64, 4096] {
            for seek in [false, true] {
                let options = SaveOptions::new().compression(compression).alignment(alignment);
                let out = std::io::Cursor::new(Vec::new());
                let mut writer = match seek {
                    true => NpzWriter::from_seek(out, &options).unwrap(),
                    false => NpzWriter::with_options(out, &options).unwrap(),
                };
                writer.add("a", &arr1(&[1.5_f32, -2.5])).unwrap();
                writer.add("größe", &arr0("text".to_owned())).unwrap();
                writer.add("empty", &Array1::<u8>::zeros(0)).unwrap();
                fs::write(&path, writer.finish().unwrap().into_inner()).unwrap();
                assert_eq!((taken(&path).len(), comes_by(&path)), (3, 3));
            }
        }
    }
}
