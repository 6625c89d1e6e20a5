//! Opening what has to be a file: read in any order, mapped, or changed.

use std::fs::{self, File, Metadata, OpenOptions};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// Opens the file at `path`, which is to be `what`. A pipe that stands there is refused: opening it as
/// usual would wait for its other end.
pub(crate) fn open(path: &Path, options: &OpenOptions, what: &str) -> Result<(File, Metadata)> {
    let file = at_once(path, options).map_err(|error| Error::io("open the file", error))?;
    let metadata = file.metadata().map_err(|error| Error::io("look at the file", error))?;
    let message = match metadata.file_type() {
        found if found.is_file() => return Ok((file, metadata)),
        found if found.is_dir() => format!("is a folder, not {what}"),
        _ => format!("is a pipe or a device, not {what}; copy it to a file first"),
    };
    Err(Error::new(ErrorKind::Io, message))
}

/// Whether `file` is what stands at `path` now.
pub(crate) fn is_at(file: &File, path: &Path) -> Result<bool> {
    let look = |error| Error::io("look at the file", error);
    let open = file.metadata().map_err(look)?;
    match fs::metadata(path) {
        Ok(now) => Ok(is_same(&open, &now)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(look(error)),
    }
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// As far as can be told.
#[cfg(not(unix))]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    a.len() == b.len() && a.created().ok() == b.created().ok()
}

#[cfg(unix)]
fn at_once(path: &Path, options: &OpenOptions) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    match options.clone().custom_flags(flags).open(path) {
        // A file that somebody holds a lease on, which no pipe has.
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => options.open(path),
        done => done,
    }
}

#[cfg(not(unix))]
fn at_once(path: &Path, options: &OpenOptions) -> std::io::Result<File> {
    options.open(path)
}
