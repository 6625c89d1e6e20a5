//! A file that is replaced in one step, or not at all.
//!
//! The steps, each of which some saver in this field leaves out: follow symbolic links; refuse
//! what is no regular file; make a temporary file beside the target, exclusively; reserve its
//! space, so that a full disk is known early; write; take over the old file's mode; flush it to
//! the disk once (after a failed `fsync` Linux forgets what it couldn't write, so it is never
//! tried again); rename it over the target; flush the folder. On any error the target is as it
//! was and the temporary file is gone. Whoever has the old file open or mapped keeps its bytes.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::writeback::WriteBack;
use crate::error::{Error, ErrorKind, Result};

/// As many links as Linux follows before it says `ELOOP`.
const MOST_LINKS: usize = 40;

/// A name is drawn at random from 2^64, so a second clash already means something else is wrong.
const MOST_NAMES: usize = 16;

/// What an [`NpzWriter`](crate::NpzWriter) to a path writes to: a temporary file, which takes the
/// target's place when the writer is finished and is removed if it is dropped before.
#[derive(Debug)]
pub struct AtomicFile {
    /// `None` only while `commit` or `drop` runs.
    file: Option<File>,
    temp: PathBuf,
    /// The path as the caller gave it, for messages.
    path: PathBuf,
    /// Where links led: the file to be replaced.
    target: PathBuf,
    /// What stands there now.
    old: Option<fs::Metadata>,
    durable: bool,
    write_back: WriteBack,
}

impl AtomicFile {
    /// Starts to replace, or to create, the file at `path`.
    pub(crate) fn create(path: &Path, durable: bool) -> Result<Self> {
        Self::start(path, durable).map_err(|error| error.with_path(path))
    }

    fn start(path: &Path, durable: bool) -> Result<Self> {
        let target = follow_links(path)?;
        let old = match fs::metadata(&target) {
            Ok(metadata) if metadata.is_file() => Some(metadata),
            Ok(metadata) => {
                let what = if metadata.is_dir() { "a folder" } else { "not a regular file" };
                let message = format!("is {what}, so it can't be replaced; save to another path");
                return Err(Error::new(ErrorKind::Conflict, message));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::io("look at the file to be replaced", error)),
        };
        if target.file_name().is_none() {
            return Err(Error::new(ErrorKind::Conflict, "the path names no file to save to"));
        }
        let (file, temp) = create_temp(parent(&target), old.is_some())?;
        // Tells a sweeper that this file is alive. Some network file systems have no locks.
        let _ = file.try_lock();
        Ok(Self {
            file: Some(file),
            temp,
            path: path.to_owned(),
            target,
            old,
            durable,
            write_back: WriteBack::default(),
        })
    }

    /// Takes `size` bytes of disk, so that a full disk is an error now and not in the middle.
    pub(crate) fn reserve(&self, size: u64) -> Result<()> {
        let reserve = || super::writeback::reserve(self.file()?, size);
        reserve()
            .map_err(|error| Error::io("reserve the file's space", error).with_path(&self.path))
    }

    /// Overwrites bytes that were written before.
    pub(crate) fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
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
        super::copy::copy(from, offset, self.file()?, len)
    }

    /// Puts the file in the target's place, and, if durable, waits until it is on the disk. Once
    /// it is there, nothing more can be written.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.try_commit().map_err(|error| error.with_path(&self.path))
    }

    fn try_commit(&mut self) -> Result<()> {
        let file = self.file().map_err(|error| Error::io("finish the file", error))?;
        self.take_over_owner(file)?;
        if self.durable {
            file.sync_all().map_err(|error| Error::io("flush the file to the disk", error))?;
        }
        fs::rename(&self.temp, &self.target)
            .map_err(|error| Error::io("put the new file in place", error))?;
        // From here on the temporary name is gone; dropping `self` must not remove anything.
        self.file = None;
        if self.durable {
            sync_folder(parent(&self.target))?;
        }
        Ok(())
    }

    /// The new file gets the old one's mode, and its owner as far as that is allowed.
    fn take_over_owner(&self, file: &File) -> Result<()> {
        let Some(old) = &self.old else { return Ok(()) };
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let new = file.metadata().map_err(|error| Error::io("look at the new file", error))?;
            if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
                // Only root may give files away; a group that we are in may still be kept.
                let _ = std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid()))
                    .or_else(|_| std::os::unix::fs::fchown(file, None, Some(old.gid())));
            }
        }
        file.set_permissions(old.permissions())
            .map_err(|error| Error::io("give the new file the old one's mode", error))
    }

    /// A file that is waited for in the end goes to the disk while it is written.
    fn wrote(&mut self, count: usize) {
        if let (Some(file), true) = (&self.file, self.durable) {
            self.write_back.wrote(file, count as u64);
        }
    }

    fn file(&self) -> io::Result<&File> {
        self.file.as_ref().ok_or_else(|| io::Error::other("the file is already in place"))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let count = self.file()?.write(buf)?;
        self.wrote(count);
        Ok(count)
    }

    fn write_vectored(&mut self, bufs: &[io::IoSlice<'_>]) -> io::Result<usize> {
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
        if self.file.take().is_some() {
            // Nobody is left to hear about it, and the target is untouched either way.
            let _ = fs::remove_file(&self.temp);
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

/// Where the links at `path` lead, so that the link stays and its target is replaced.
fn follow_links(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = parent(&target).join(next),
            // Not a link, or nothing there: this is the place.
            Err(_) => return Ok(target),
        }
    }
    Err(Error::new(ErrorKind::Conflict, "is a loop of symbolic links"))
}

/// An own, short name, since the target's may already be as long as a name can be.
fn create_temp(folder: &Path, private: bool) -> Result<(File, PathBuf)> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Beside an existing file, nobody else may read the new one until it has that file's mode.
        options.mode(if private { 0o600 } else { 0o666 });
    }
    #[cfg(not(unix))]
    let _ = private;
    for _ in 0..MOST_NAMES {
        let temp = folder.join(temp_name());
        match options.open(&temp) {
            Ok(file) => return Ok((file, temp)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io("create a file beside the one to be saved", error)),
        }
    }
    Err(Error::new(ErrorKind::Conflict, "can't find a free name for a temporary file beside it"))
}

fn temp_name() -> OsString {
    // Every `RandomState` has its own keys, from the system's randomness.
    let random = RandomState::new().build_hasher().finish();
    format!(".npz-{random:016x}.tmp").into()
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<()> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    match synced {
        Ok(()) => Ok(()),
        // Some file systems know no such thing as flushing a folder.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
        {
            Ok(())
        }
        Err(error) => Err(Error::io(
            "flush the folder (the new file is in place, but may not survive a power cut)",
            error,
        )),
    }
}

/// Windows has no way to flush a folder; its rename is ordered by the file system's journal.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}
