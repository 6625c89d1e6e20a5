//! Modes, owners, links, special files and odd names: what a save keeps, follows and refuses.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ndarray::s;
use npz_core::{ErrorKind, LoadNpz, NpyAppender, NpzEditor, NpzReader, SaveNpz, read_npy_slice};

use crate::pipes::fifo;
use crate::saver::{NEW, OLD, in_shell, names, run, said, save, version};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn is_root() -> bool {
    let folder = tempfile::tempdir().unwrap();
    fs::metadata(folder.path()).unwrap().uid() == 0
}

#[test]
fn a_new_file_has_the_mode_that_the_umask_leaves() {
    for (umask, expected) in [("022", 0o644), ("002", 0o664), ("077", 0o600), ("000", 0o666)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npz");
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        let output = run(in_shell(&script, &save(&path, NEW, &[])));
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(mode(&path), expected, "umask {umask}");
    }
}

#[test]
fn an_existing_file_keeps_its_mode_and_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    1.0.save_npz(&path).unwrap();
    for kept in [0o600, 0o640, 0o604, 0o664, 0o755, 0o444, 0o400, 0o2640] {
        fs::set_permissions(&path, PermissionsExt::from_mode(kept)).unwrap();
        f64::from(kept).save_npz(&path).unwrap();
        assert_eq!(
            (mode(&path), f64::load_npz(&path).unwrap()),
            (kept, f64::from(kept)),
            "{kept:o}"
        );
    }
    if !is_root() {
        return eprintln!("SKIPPED: another owner: needs root");
    }
    chown(&path, Some(12345), Some(54321)).unwrap();
    2.0.save_npz(&path).unwrap();
    let found = fs::metadata(&path).unwrap();
    assert_eq!((found.uid(), found.gid(), mode(&path)), (12345, 54321, 0o2640));
}

/// Whoever may not read the old file can't read the new one while it is being written either.
#[test]
fn a_file_in_the_making_is_private_if_the_old_one_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    1.0.save_npz(&path).unwrap();
    let writer = npz_core::NpzWriter::create(&path).unwrap();
    let names = names(folder.path());
    let temp = names.iter().find(|name| **name != Path::new("a.npz")).unwrap();
    assert_eq!(mode(&folder.path().join(temp)), 0o600);
    drop(writer);
}

#[test]
fn links_stay_and_their_targets_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["deep", "deep/er"] {
        fs::create_dir(at(name)).unwrap();
    }
    // A chain: relative, absolute, up and down.
    symlink("deep/er/real.npz", at("one")).unwrap();
    symlink(at("one"), at("deep/two")).unwrap();
    symlink("../two", at("deep/er/three")).unwrap();
    // At first the last one dangles.
    for (version, name) in [(1.0, "one"), (2.0, "deep/two"), (3.0, "deep/er/three")] {
        version.save_npz(at(name)).unwrap();
        assert_eq!(f64::load_npz(at("deep/er/real.npz")).unwrap(), version);
    }
    for link in ["one", "deep/two", "deep/er/three"] {
        assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
    }
    symlink("loop b", at("loop a")).unwrap();
    symlink("loop a", at("loop b")).unwrap();
    let error = 1.0.save_npz(at("loop a")).unwrap_err();
    assert!(error.to_string().contains("loop of symbolic links"), "{error}");
    symlink("no/such/folder.npz", at("nowhere")).unwrap();
    assert_eq!(1.0.save_npz(at("nowhere")).unwrap_err().kind(), ErrorKind::NotFound);
    symlink("deep", at("folder")).unwrap();
    assert_eq!(1.0.save_npz(at("folder")).unwrap_err().kind(), ErrorKind::Conflict);
    // Nothing beside the links, and nothing beside the file.
    let expected = ["deep", "folder", "loop a", "loop b", "nowhere", "one"];
    assert_eq!(names(folder.path()), expected.map(Path::new));
    assert_eq!(names(&at("deep/er")), ["real.npz", "three"].map(Path::new));
}

#[test]
fn another_name_of_the_file_keeps_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("a.npz"), folder.path().join("b.npz"));
    1.0.save_npz(&path).unwrap();
    fs::hard_link(&path, &other).unwrap();
    2.0.save_npz(&path).unwrap();
    assert_eq!((f64::load_npz(&path).unwrap(), f64::load_npz(&other).unwrap()), (2.0, 1.0));
}

#[test]
fn nobody_waits_for_the_other_end_of_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = fifo(folder.path());
    type Open = fn(&Path) -> Option<npz_core::Error>;
    let ways: [(&str, Open); 4] = [
        ("reader", |path| NpzReader::open(path).err()),
        ("editor", |path| NpzEditor::open(path).err()),
        ("appender", |path| NpyAppender::<f64>::open(path).err()),
        ("slice", |path| read_npy_slice::<f64, _>(path, s![..]).err()),
    ];
    for (name, open) in ways {
        let (sender, receiver) = mpsc::channel();
        let fifo = path.clone();
        thread::spawn(move || sender.send(open(&fifo)));
        let error = receiver.recv_timeout(Duration::from_secs(20));
        let error = error.unwrap_or_else(|_| panic!("the {name} waits")).unwrap();
        assert_eq!(error.kind(), ErrorKind::Io, "{name}: {error}");
        assert!(error.to_string().contains("is a pipe or a device, not "), "{name}: {error}");
    }
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let refused = |path: &Path, why: &str| {
        let error = 1.0.save_npz(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
        assert!(error.to_string().contains(why), "{error}");
    };
    refused(&fifo(folder.path()), "is not a regular file, so it can't be replaced");
    refused(Path::new("/dev/null"), "is not a regular file");
    symlink("/dev/null", at("null")).unwrap();
    refused(&at("null"), "is not a regular file");
    fs::create_dir(at("folder")).unwrap();
    refused(&at("folder"), "is a folder");
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    refused(&at("socket"), "is not a regular file");
    // A path that says by itself that it is a folder's makes no file of that name.
    for path in ["none/", "none/.", "folder/", "folder/.."] {
        refused(&at(path), "names no file");
    }
    let expected = ["fifo", "folder", "null", "socket"];
    assert_eq!(names(folder.path()), expected.map(Path::new));
}

/// As somebody who may not write there; root may write everywhere.
#[test]
fn folders_that_forbid_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place");
    fs::create_dir(&place).unwrap();
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let path = place.join("a.npz");
    assert!(run(save(&path, OLD, &[])).status.success());
    fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).unwrap();
    let as_nobody = |command: &Command| match is_root() {
        true => {
            let nobody = "exec setpriv --reuid=65534 --regid=65534 --clear-groups -- \"$0\" \"$@\"";
            in_shell(nobody, command)
        }
        false => in_shell("exec \"$0\" \"$@\"", command),
    };

    // The file may be written to, but not be replaced: that would be a save that can tear.
    fs::set_permissions(&place, PermissionsExt::from_mode(0o555)).unwrap();
    let output = run(as_nobody(&save(&path, NEW, &[])));
    if said(&output).contains("setpriv") || said(&output).contains("exec") {
        return eprintln!("SKIPPED: a folder that forbids it: {}", said(&output).trim());
    }
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("Permission denied"), "{}", said(&output));
    assert_eq!(version(&path), OLD);

    // One that may be used but not listed can't be flushed by itself; it is with its file system.
    fs::set_permissions(&place, PermissionsExt::from_mode(0o333)).unwrap();
    let output = run(as_nobody(&save(&path, NEW, &[])));
    fs::set_permissions(&place, PermissionsExt::from_mode(0o755)).unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(version(&path), NEW);
    assert_eq!(names(&place), [Path::new("a.npz")]);
}

#[test]
fn odd_names() {
    let folder = tempfile::tempdir().unwrap();
    let longest = "n".repeat(255);
    let names: [&[u8]; 6] = [
        longest.as_bytes(),
        b"\xff\xfe.npz",
        b"a b\nc",
        b"-",
        b"...",
        b".npz-0123456789abcdef.tmp",
    ];
    for name in names {
        let path = folder.path().join(OsStr::from_bytes(name));
        for version in [1.0, 2.0] {
            version.save_npz(&path).unwrap();
            assert_eq!(f64::load_npz(&path).unwrap(), version);
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), names.len());
    let error = 1.0.save_npz(folder.path().join("n".repeat(256))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    let nul = folder.path().join(OsStr::from_bytes(b"a\0b"));
    assert!(1.0.save_npz(nul).is_err());
    // What stands in the way of a folder's name.
    File::create(folder.path().join("file")).unwrap();
    assert!(1.0.save_npz(folder.path().join("file/a.npz")).is_err());

    // A bare name stands in the current folder.
    let mut command = save(Path::new("bare.npz"), NEW, &[]);
    command.current_dir(folder.path());
    assert!(run(command).status.success());
    assert_eq!(version(&folder.path().join("bare.npz")), NEW);
}
