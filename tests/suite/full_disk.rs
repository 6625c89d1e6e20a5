//! Disks that are full, and files that may not be so large: the old file stays, nothing is left, and
//! the error says why.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use ndarray::Array1;
use npz_core::{ErrorKind, NpzWriter, SaveNpz};

use crate::saver::{NEW, OLD, Place, in_shell, names, run, said, save, version};

const WAYS: [(&str, &[&str]); 4] =
    [("a.npz", &[]), ("a.npz", &["--compress"]), ("a.npz", &["--from-map"]), ("a.npy", &[])];

/// The shell counts in blocks of this size.
const BLOCK: u64 = 512;

/// With the signal ignored, as servers do, a file beyond the limit is `EFBIG`; with it, the program
/// ends there.
#[test]
fn a_limit_on_file_sizes() {
    for (name, options) in WAYS {
        let place = Place::new(name);
        let size = fs::metadata(&place.path).unwrap().len();
        for part in 0..8 {
            let blocks = size / BLOCK * part / 8;
            for signal in ["trap '' XFSZ; ", ""] {
                place.reset();
                let script = format!("{signal}ulimit -c 0; ulimit -f {blocks}; exec \"$0\" \"$@\"");
                let output = run(in_shell(&script, &save(&place.path, NEW, options)));
                let told = said(&output);
                assert!(!output.status.success(), "{name} {options:?} {blocks}: {told}");
                assert!(place.is_old(), "{name} {options:?} {blocks}: {told}");
                if !signal.is_empty() {
                    assert_eq!(output.status.code(), Some(1), "{told}");
                    assert!(told.contains("File too large") && told.lines().count() == 1, "{told}");
                    assert!(place.is_clean(), "{name} {options:?} {blocks}: {told}");
                }
            }
        }
    }
}

/// A file system in memory, which is gone when this is dropped. `None`, said in one line, where it
/// can't be mounted.
struct Tmpfs(PathBuf);

impl Tmpfs {
    fn mount(on: &Path, options: &str) -> Option<Self> {
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", options, "npz"]).arg(on).output();
        match mount {
            Ok(output) if output.status.success() => Some(Self(on.to_owned())),
            Ok(output) => {
                eprintln!("SKIPPED: a full tmpfs: {}", said(&output).trim());
                None
            }
            Err(error) => {
                eprintln!("SKIPPED: a full tmpfs: mount: {error}");
                None
            }
        }
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let unmount = || {
            let status = Command::new("umount").arg(&self.0).status();
            status.is_ok_and(|status| status.success())
        };
        // A program that another test is just starting has all of this one's files for a moment.
        let unmounted = (0..100).any(|_| {
            let done = unmount();
            if !done {
                thread::sleep(Duration::from_millis(50));
            }
            done
        });
        assert!(unmounted, "{}", self.0.display());
    }
}

#[test]
fn a_full_disk() {
    for (name, options) in WAYS {
        let original = Place::new(name);
        let size = fs::metadata(&original.path).unwrap().len();
        for part in 0..8 {
            let folder = tempfile::tempdir().unwrap();
            // Room for the old file, and for a part of the new one.
            let room = (size + size * part / 8).next_multiple_of(4096) + 4096;
            let Some(_mounted) = Tmpfs::mount(folder.path(), &format!("size={room}")) else {
                return;
            };
            let path = folder.path().join(name);
            fs::copy(&original.path, &path).unwrap();
            let output = run(save(&path, NEW, options));
            let told = said(&output);
            match output.status.success() {
                // Packed, it may fit.
                true => assert_eq!(version(&path), NEW),
                false => {
                    assert!(told.contains("No space left on device"), "{told}");
                    assert_eq!(version(&path), OLD);
                }
            }
            assert!(part > 6 || !output.status.success() || options.contains(&"--compress"));
            assert_eq!(names(folder.path()), [Path::new(name)], "{told}");
        }
    }
}

#[test]
fn no_inode_is_left() {
    let folder = tempfile::tempdir().unwrap();
    // One for the folder itself, and one for the file.
    let Some(_mounted) = Tmpfs::mount(folder.path(), "size=16m,nr_inodes=2") else { return };
    let path = folder.path().join("a.npz");
    // Nothing is here to be saved beside, so the file itself takes the inode.
    1.0.save_npz(&path).unwrap();
    let error = 2.0.save_npz(&path).unwrap_err();
    assert!(error.to_string().contains("No space left on device"), "{error}");
    assert_eq!(names(folder.path()), [Path::new("a.npz")]);
}

/// It is known before the first byte is written, where all sizes are.
#[test]
fn a_full_disk_is_noticed_early() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_mounted) = Tmpfs::mount(folder.path(), "size=4m") else { return };
    let large = Array1::<f64>::zeros(1 << 20);
    let error = large.save_npz(folder.path().join("a.npz")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("can't reserve the file's space"), "{error}");
    let error = npz_core::write_npy(folder.path().join("a.npy"), &large).unwrap_err();
    assert!(error.to_string().contains("can't reserve the file's space"), "{error}");
    // Entry by entry it is known when the disk is full.
    let mut writer = NpzWriter::create(folder.path().join("a.npz")).unwrap();
    let error = writer.add("large", &large).unwrap_err();
    assert!(error.to_string().contains("No space left on device"), "{error}");
    drop(writer);
    assert!(names(folder.path()).is_empty());
}
