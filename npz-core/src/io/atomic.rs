//! A file that is replaced in one step, or not at all.
//!
//! The steps, each of which some saver in this field leaves out: follow symbolic links; refuse
//! what is no regular file; open the folder, and go through its handle from here on; make a
//! temporary file beside the target, exclusively, and lock it; reserve its space, so that a full
//! disk is known early; write; take over the old file's mode; flush it to the disk once (after a
//! failed `fsync` Linux forgets what it couldn't write, so it is never tried again); rename it over
//! the target; flush the folder. On any error before the rename the target is as it was and the
//! temporary file is gone; the one that can come after it is [`ErrorKind::NotDurable`]. Whoever has
//! the old file open or mapped keeps its bytes.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::folder::{Folder, Found};
use super::locked::Locked;
use super::writeback::{self, WriteBack};
use super::{failpoint, temp};
use crate::error::{Error, ErrorKind, Result};

/// As many links as Linux follows before it says `ELOOP`.
const MOST_LINKS: usize = 40;

/// What an [`NpzWriter`](crate::NpzWriter) to a path writes to: a temporary file, which takes the
/// target's place when the writer is finished and is removed if it is dropped before.
#[derive(Debug)]
pub struct AtomicFile {
    /// `None` once nothing more can be written.
    file: Option<Locked>,
    /// Its name in the folder; `None` once it has another.
    temp: Option<OsString>,
    folder: Folder,
    /// The name of the file to be replaced, where links led.
    target: OsString,
    /// What stands there now.
    old: Option<Found>,
    /// The path as the caller gave it, for messages.
    path: PathBuf,
    durable: bool,
    write_back: WriteBack,
}

impl AtomicFile {
    /// Starts to replace, or to create, the file at `path`.
    pub(crate) fn create(path: &Path, durable: bool) -> Result<Self> {
        Self::start(path, durable).map_err(|error| error.with_path(path))
    }

    fn start(path: &Path, durable: bool) -> Result<Self> {
        let place = follow_links(path)?;
        let Some(target) = file_name(&place) else {
            return Err(Error::new(ErrorKind::Conflict, "the path names no file to save to"));
        };
        let folder =
            Folder::open(parent(&place)).map_err(|error| Error::io("open the folder", error))?;
        let old = folder
            .find(target)
            .map_err(|error| Error::io("look at the file to be replaced", error))?;
        if let Some(old) = old.as_ref().filter(|old| !old.is_file()) {
            let what = if old.is_folder() { "a folder" } else { "not a regular file" };
            let message = format!("is {what}, so it can't be replaced; save to another path");
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        let (file, temp) = temp::create(&folder, old.is_some())?;
        let (target, path) = (target.to_owned(), path.to_owned());
        let (file, temp, write_back) = (Some(file), Some(temp), WriteBack::default());
        let new = Self { file, temp, folder, target, old, path, durable, write_back };
        failpoint::hit("save.created").map_err(|error| Error::io("create the file", error))?;
        Ok(new)
    }

    /// The path as the caller gave it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes `size` bytes of disk, so that a full disk is an error now and not in the middle.
    pub(crate) fn reserve(&self, size: u64) -> Result<()> {
        let reserve = || {
            writeback::reserve(self.file()?, size)?;
            failpoint::hit("save.reserved")
        };
        reserve()
            .map_err(|error| Error::io("reserve the file's space", error).with_path(&self.path))
    }

    /// Overwrites bytes that were written before.
    pub(crate) fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        failpoint::hit("save.patching")?;
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::write_all_at(self.file()?, bytes, offset);
        #[cfg(not(unix))]
        {
            use std::io::{Seek, SeekFrom};
            let mut file = self.file()?;
            let end = file.stream_position()?;
            file.seek(SeekFrom::Start(offset))?;
            file.write_all(bytes)?;
            file.seek(SeekFrom::Start(end)).map(drop)
        }
    }

    /// Appends bytes of another file, which needn't come through this program's memory.
    pub(crate) fn copy_from(&mut self, from: &File, offset: u64, len: u64) -> io::Result<()> {
        failpoint::hit("save.copying")?;
        super::copy::copy(from, offset, self.file()?, len)
    }

    /// Puts the file in the target's place, and, if durable, waits until it is on the disk.
    /// Whatever comes of it, nothing more can be written.
    pub(crate) fn commit(&mut self) -> Result<()> {
        let committed = match self.put_in_place() {
            Ok(()) => self.flush_folder(),
            Err(error) => Err(self.remove(error)),
        };
        self.file = None;
        committed.map_err(|error| error.with_path(&self.path))
    }

    fn put_in_place(&mut self) -> Result<()> {
        let file = self.file().map_err(|error| Error::io("finish the file", error))?;
        let moded = self.old.as_ref().map_or(Ok(()), |old| old.hand_over(file));
        moded
            .and_then(|()| failpoint::hit("save.moded"))
            .map_err(|error| Error::io("give the new file the old one's mode", error))?;
        if self.durable {
            file.sync_all()
                .and_then(|()| failpoint::hit("save.flushed"))
                .map_err(|error| Error::io("flush the file to the disk", error))?;
        }
        if cfg!(windows) {
            // Which renames no file that is open.
            self.file = None;
        }
        let Some(temp) = &self.temp else { return Ok(()) };
        match self.folder.rename(temp, &self.target) {
            Err(error) if !self.is_in_place() => {
                let mapped = cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied;
                let error = Error::io("put the new file in place", error);
                Err(if mapped { error.with_note(MAPPED) } else { error })
            }
            _ => {
                // From here on the temporary name is gone; nothing must remove it.
                self.temp = None;
                Ok(())
            }
        }
    }

    /// Whether the target is our file: over a network, a rename may be done and reported as failed.
    fn is_in_place(&self) -> bool {
        let ours = self.file.as_ref().and_then(|file| Found::of(file).ok());
        let found = self.folder.find(&self.target).ok().flatten();
        ours.zip(found).is_some_and(|(ours, found)| ours.is(&found))
    }

    fn flush_folder(&self) -> Result<()> {
        let flush = || {
            failpoint::hit("save.renamed")?;
            match &self.file {
                Some(file) if self.durable => self.folder.flush(file),
                _ => Ok(()),
            }
        };
        flush().map_err(|error| {
            let message = format!(
                "the new file is in place but not yet known durable: can't flush the folder: {error}"
            );
            Error::new(ErrorKind::NotDurable, message).with_source(error)
        })
    }

    /// Removes the temporary file because of an error, which tells if that fails too.
    fn remove(&mut self, error: Error) -> Error {
        // Closed first, since Windows keeps the name of an open file.
        self.file = None;
        let Some(temp) = self.temp.take() else { return error };
        match self.folder.remove(&temp) {
            Ok(()) => error,
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => error,
            Err(left) => {
                let temp = temp.display();
                error.with_note(format_args!("{temp} is left behind in its folder: {left}"))
            }
        }
    }

    /// A file that is waited for in the end goes to the disk while it is written.
    fn wrote(&mut self, count: usize) {
        if let (Some(file), true) = (&self.file, self.durable) {
            self.write_back.wrote(file, count as u64);
        }
    }

    fn file(&self) -> io::Result<&File> {
        self.file.as_deref().ok_or_else(|| io::Error::other("the file is already in place"))
    }
}

const MAPPED: &str = "on Windows a file can't be replaced while a program has it mapped; drop the \
                      maps of it before saving";

impl Write for AtomicFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        failpoint::hit("save.writing")?;
        let count = self.file()?.write(buf)?;
        self.wrote(count);
        Ok(count)
    }

    fn write_vectored(&mut self, bufs: &[io::IoSlice<'_>]) -> io::Result<usize> {
        failpoint::hit("save.writing")?;
        let count = self.file()?.write_vectored(bufs)?;
        self.wrote(count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        self.file = None;
        if let Some(temp) = self.temp.take() {
            // Nobody is left to hear about it, and the target is untouched either way.
            let _ = self.folder.remove(&temp);
        }
    }
}

/// The folder of `path`; a bare name stands in the current one.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The last name of `path`, unless the path says that a folder stands there.
fn file_name(path: &Path) -> Option<&OsStr> {
    let name = path.file_name()?;
    // `Path` passes over what may follow: `a/` and `a/.` have the name `a`.
    path.as_os_str().as_encoded_bytes().ends_with(name.as_encoded_bytes()).then_some(name)
}

/// Where the links at `path` lead, so that the link stays and its target is replaced.
fn follow_links(path: &Path) -> Result<PathBuf> {
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&place) {
            Ok(next) => place = parent(&place).join(next),
            // Not a link, or nothing there: this is the place.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidInput | io::ErrorKind::NotFound
                ) =>
            {
                return Ok(place);
            }
            // Were this taken for no link, a link might be replaced.
            #[cfg(unix)]
            Err(error) => return Err(Error::io("look at the file to be replaced", error)),
            // Windows has an error of its own for what is no link.
            #[cfg(not(unix))]
            Err(_) => return Ok(place),
        }
    }
    Err(Error::new(ErrorKind::Conflict, "is a loop of symbolic links"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that is about to replace `old`, and the folder that it is in.
    fn begun(old: &str) -> (tempfile::TempDir, PathBuf, AtomicFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npz");
        fs::write(&path, old).unwrap();
        let mut file = AtomicFile::create(&path, true).unwrap();
        file.write_all(b"new").unwrap();
        let temp = folder.path().join(file.temp.clone().unwrap());
        (folder, temp, file)
    }

    #[test]
    fn several_parts_are_written_in_one_call() {
        let (folder, _, mut file) = begun("old");
        let parts = [io::IoSlice::new(b" and "), io::IoSlice::new(b"newer")];
        assert_eq!(file.write_vectored(&parts).unwrap(), 10);
        file.commit().unwrap();
        assert_eq!(fs::read(folder.path().join("a.npz")).unwrap(), b"new and newer");
        // There is nothing left to write to.
        assert!(file.write_vectored(&parts).is_err());
    }

    #[test]
    fn an_error_says_what_it_could_not_remove() {
        let (folder, temp, mut file) = begun("old");
        // Somebody has put something in its place that is neither to be renamed nor removed.
        fs::remove_file(&temp).unwrap();
        fs::create_dir(&temp).unwrap();
        let error = file.commit().unwrap_err();
        let left = format!("{} is left behind in its folder", temp.file_name().unwrap().display());
        assert!(error.to_string().contains("can't put the new file in place"), "{error}");
        assert!(error.to_string().contains(&left), "{error}");
        assert_eq!(fs::read(folder.path().join("a.npz")).unwrap(), b"old");

        // What is gone isn't left behind.
        let (folder, temp, mut file) = begun("old");
        fs::remove_file(&temp).unwrap();
        let error = file.commit().unwrap_err();
        assert!(!error.to_string().contains("left behind"), "{error}");
        assert_eq!(fs::read(folder.path().join("a.npz")).unwrap(), b"old");
    }

    #[test]
    fn nothing_is_written_once_it_is_in_place() {
        let (folder, _, mut file) = begun("old");
        file.commit().unwrap();
        assert!(file.write(b"more").is_err() && file.write_at(b"more", 0).is_err());
        assert!(file.commit().is_err());
        drop(file);
        assert_eq!(fs::read(folder.path().join("a.npz")).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_rename_that_was_done_is_no_error() {
        let (folder, temp, mut file) = begun("old");
        // As after a request over the network whose answer was lost.
        let path = folder.path().join("a.npz");
        fs::rename(&temp, &path).unwrap();
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_lock_is_held_until_it_is_in_place_and_no_longer() {
        let (folder, temp, mut file) = begun("old");
        assert!(File::open(&temp).unwrap().try_lock().is_err());
        file.commit().unwrap();
        assert!(File::open(folder.path().join("a.npz")).unwrap().try_lock().is_ok());
    }

    #[test]
    fn paths_that_name_a_folder_have_no_file_name() {
        for path in ["a/", "a/.", "a/..", "..", ".", "/", "", "a//"] {
            assert_eq!(file_name(Path::new(path)), None, "{path:?}");
        }
        for (path, name) in [("a", "a"), ("b/a", "a"), ("./...", "..."), ("a/./b", "b")] {
            assert_eq!(file_name(Path::new(path)), Some(OsStr::new(name)), "{path:?}");
        }
    }
}
