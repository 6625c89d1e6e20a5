//! Files that are replaced in one step, and what is written into them.

use std::convert::Infallible;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use npz_core::{Error, ErrorKind, LoadOptions, NpzReader, Result, SaveOptions};
use tempfile::{NamedTempFile, TempPath};

use crate::interrupt;
use crate::output::Output;
use crate::progress::Progress;

/// How archives are written: with a bar, and stopped by Ctrl-C.
pub(crate) fn save_options(total: u64) -> SaveOptions {
    let progress = Arc::new(Progress::new(total));
    SaveOptions::new().progress(move |told| {
        progress.set(told.done());
        if interrupt::happened() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
}

/// The largest power of two, up to the size of a page, that all `offsets` are multiples of.
pub(crate) fn alignment(offsets: impl Iterator<Item = u64>) -> Option<usize> {
    offsets.map(|at| at.trailing_zeros().min(12)).min().map(|bits| 1 << bits)
}

/// The options for an archive that is to be changed, whose data stay at multiples of what they were
/// put at multiples of.
pub(crate) fn aligned_as(path: &Path, load: &LoadOptions, save: SaveOptions) -> SaveOptions {
    /// As everything is written.
    const USUAL: usize = 64;

    // What is wrong with the file will be said when it is changed.
    let Ok(reader) = NpzReader::open_with(path, load) else { return save };
    let mut offsets = Vec::new();
    let Ok(()) = reader.headings().visit(|_, heading| {
        offsets.extend(heading.ok().and_then(|heading| heading.data_offset()));
        Ok::<(), Infallible>(())
    });
    match alignment(offsets.into_iter()) {
        Some(bytes) if bytes > USUAL => save.alignment(bytes),
        _ => save,
    }
}

/// Writes a file that takes the place of what stands at `path` once `write` is done; on any error
/// that stays as it is. `-` is the standard output.
pub(crate) fn replace(
    path: &Path,
    out: &mut Output,
    write: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    if path.as_os_str() == "-" {
        write(out)?;
        return out.flush().map_err(|error| system("write", error));
    }
    let run = || {
        let target = follow(path)?;
        let (temp, temp_path) = create(&target)?;
        let mut file = BufWriter::with_capacity(1 << 20, temp);
        write(&mut file)?;
        let file = file.into_inner().map_err(|error| system("write", error.into_error()))?;
        if let Ok(old) = fs::metadata(&target) {
            let kept = file.set_permissions(old.permissions());
            kept.map_err(|error| system("give the new file the old one's mode", error))?;
        }
        file.sync_all().map_err(|error| system("flush the file to the disk", error))?;
        if interrupt::happened() {
            return Err(Error::new(ErrorKind::Cancelled, "interrupted"));
        }
        temp_path.persist(&target).map_err(|error| system("put the new file in place", error.error))
    };
    run().map_err(|error| error.with_path(path))
}

/// The same for bytes that are there.
pub(crate) fn write(path: &Path, bytes: &[u8], out: &mut Output) -> crate::error::Result<()> {
    interrupt::guard();
    let all = |file: &mut dyn Write| file.write_all(bytes).map_err(|error| system("write", error));
    Ok(replace(path, out, all)?)
}

/// Fails if what is made of the file at `input` would take its place.
pub(crate) fn check_apart(input: &Path, output: &Path) -> crate::error::Result<()> {
    let (Ok(from), Ok(to)) = (fs::canonicalize(input), fs::canonicalize(output)) else {
        return Ok(());
    };
    if from != to || output.as_os_str() == "-" {
        return Ok(());
    }
    let name = output.display();
    let message = format!("{name}: is the file that is read, and would be lost; write to another");
    Err(crate::error::Failure::usage(message))
}

/// Where links lead, also to a file that isn't there yet, so that they stay links.
fn follow(path: &Path) -> Result<PathBuf> {
    /// As many as Linux follows.
    const MOST_LINKS: usize = 40;

    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {
            return fs::canonicalize(path).map_err(|error| system("follow the link", error));
        }
        Ok(_) => {
            let message = "is not a regular file, so it can't be replaced; save to another path";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        Err(_) => {}
    }
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(next) = fs::read_link(&place) else { return Ok(place) };
        place = folder_of(&place).join(next);
    }
    Err(Error::new(ErrorKind::Conflict, "is a loop of symbolic links"))
}

/// A bare name stands in the current folder.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn create(target: &Path) -> Result<(fs::File, TempPath)> {
    let folder = folder_of(target);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".npz-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Beside an existing file, nobody else may read the new one until it has that file's mode.
        let mode = if target.exists() { 0o600 } else { 0o666 };
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    let file = builder.tempfile_in(folder).map(NamedTempFile::into_parts);
    file.map_err(|error| system("create a file beside the one to be written", plain(error)))
}

/// Without the name of a file that nobody has asked for, which tempfile adds.
fn plain(error: io::Error) -> io::Error {
    let text = error.to_string();
    let said = text.split_once(" at path ").map_or(&*text, |(said, _)| said);
    io::Error::new(error.kind(), said)
}

pub(crate) fn system(doing: &str, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Error::new(ErrorKind::Io, crate::error::BROKEN_PIPE).with_source(error);
    }
    Error::new(ErrorKind::Io, format!("can't {doing}: {error}")).with_source(error)
}
