//! Removing what saves have left behind that were killed.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::folder::{Folder, Found};
use super::temp;
use crate::error::{Error, Result};

/// A file that was written to in this time is left alone, whatever its lock says: on some network
/// file systems locks count on one machine only.
const LEAST_AGE: Duration = Duration::from_secs(60 * 60);

/// Removes the temporary files that killed saves have left in the folder `dir`, and returns their
/// paths.
///
/// A save that fails cleans up behind itself. One whose program is killed, or whose machine stops,
/// can't: it leaves a hidden file `.npz-<16 hexadecimal digits>.tmp` beside its target, as large as
/// what was written so far. No save removes these by itself; call this where a program that saves
/// starts, or once a day.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let checkpoints = folder.path();
/// for removed in npz_core::sweep_stale(checkpoints)? {
///     eprintln!("removed {}, left by a save that was killed", removed.display());
/// }
/// # Ok::<(), npz_core::Error>(())
/// ```
///
/// It can be called at any time, while other programs save to the same folder, or sweep it. A file
/// is removed only if
///
/// - it is a regular file (no link to one) with such a name, directly in `dir`;
/// - nothing was written to it for an hour;
/// - its lock can be taken. A running save holds it until its file is in place, and the system gives
///   it up when the program ends, however it ends. Where a file system has no locks, nothing is
///   removed;
/// - the name still stands for the file that was locked. A save that finishes meanwhile takes its
///   file away from this name, and no other file gets the name again.
///
/// What may not be removed, or vanishes meanwhile, is passed over.
///
/// # Errors
/// When `dir` can't be listed.
pub fn sweep_stale(dir: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
    let dir = dir.as_ref();
    let sweep = || {
        let folder = Folder::open(dir)?;
        let mut removed = Vec::new();
        for entry in fs::read_dir(dir)? {
            let name = entry?.file_name();
            if temp::is_ours(&name) && remove_if_stale(&folder, &name).unwrap_or(false) {
                removed.push(dir.join(name));
            }
        }
        Ok(removed)
    };
    sweep().map_err(|error| Error::io("sweep the folder", error).with_path(dir))
}

/// Says whether it was, and is gone.
fn remove_if_stale(folder: &Folder, name: &OsStr) -> io::Result<bool> {
    let file = folder.open_file(name)?;
    let metadata = file.metadata()?;
    let age = SystemTime::now().duration_since(metadata.modified()?);
    let is_old = metadata.is_file() && age.is_ok_and(|age| age >= LEAST_AGE);
    // Age comes first, so that the lock of a file that has just been made is never taken from it.
    if !is_old || file.try_lock().is_err() {
        return Ok(false);
    }
    let here = folder.find(name)?;
    if !here.is_some_and(|here| Found::of(&file).is_ok_and(|found| here.is(&found))) {
        return Ok(false);
    }
    folder.remove(name)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::io::atomic::AtomicFile;

    /// Makes a file in `folder` that was last written to `age` ago.
    fn aged(folder: &Path, name: &str, age: Duration) -> File {
        let file = File::create(folder.join(name)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
        file
    }

    #[test]
    fn only_what_is_dead_and_ours_goes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let old = LEAST_AGE + Duration::from_secs(5);
        let stale = ".npz-0123456789abcdef.tmp";
        drop(aged(folder, stale, old));
        drop(aged(folder, ".npz-0000000000000001.tmp", LEAST_AGE - Duration::from_secs(60)));
        drop(aged(folder, ".npz-123.tmp", old));
        drop(aged(folder, "model.npz", old));
        let locked = aged(folder, ".npz-0000000000000002.tmp", old);
        locked.lock().unwrap();
        let future = File::create(folder.join(".npz-0000000000000003.tmp")).unwrap();
        future.set_modified(SystemTime::now() + old).unwrap();
        fs::create_dir(folder.join(".npz-0000000000000004.tmp")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("model.npz", folder.join(".npz-0000000000000005.tmp")).unwrap();
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps};

            // A pipe, as old as can be, which can be opened and locked.
            let pipe = folder.join(".npz-0000000000000006.tmp");
            let (mode, long_ago) = (Mode::RUSR | Mode::WUSR, Timespec { tv_sec: 1, tv_nsec: 0 });
            let times = Timestamps { last_access: long_ago, last_modification: long_ago };
            rustix::fs::mknodat(CWD, &pipe, FileType::Fifo, mode, 0).unwrap();
            rustix::fs::utimensat(CWD, &pipe, &times, AtFlags::empty()).unwrap();
        }
        let before = fs::read_dir(folder).unwrap().count();

        assert_eq!(sweep_stale(folder).unwrap(), [folder.join(stale)]);
        assert_eq!(fs::read_dir(folder).unwrap().count(), before - 1);
        assert!(sweep_stale(folder).unwrap().is_empty());
        drop(locked);
        assert_eq!(sweep_stale(folder).unwrap(), [folder.join(".npz-0000000000000002.tmp")]);
    }

    #[test]
    fn a_running_save_is_left_alone_and_what_it_leaves_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npz");
        let age = |path: &Path| {
            let file = File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - LEAST_AGE * 2).unwrap();
        };
        let temp = || {
            let mut all = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
            all.find(|found| *found != path).unwrap()
        };
        let mut saving = AtomicFile::create(&path, false).unwrap();
        age(&temp());
        assert!(sweep_stale(folder.path()).unwrap().is_empty());
        saving.commit().unwrap();
        assert!(sweep_stale(folder.path()).unwrap().is_empty());
        assert!(path.exists());

        // Killed: nothing cleans up, but the system gives up its lock.
        let killed = AtomicFile::create(&path, false).unwrap();
        let temp = temp();
        let kept = folder.path().join("kept");
        fs::hard_link(&temp, &kept).unwrap();
        drop(killed);
        fs::rename(&kept, &temp).unwrap();
        age(&temp);
        assert_eq!(sweep_stale(folder.path()).unwrap(), [temp]);
    }

    #[test]
    fn a_folder_that_is_none_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = sweep_stale(folder.path().join("none")).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::NotFound);
        assert!(error.to_string().contains("can't sweep the folder"), "{error}");
    }
}
