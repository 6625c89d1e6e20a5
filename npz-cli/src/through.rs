//! Streams for commands that need files: what comes through the standard input or another pipe is
//! put into a file for them, and what they make for the standard output goes there from one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use npz_core::Error;
use tempfile::TempDir;

use crate::error::{Failure, Result, Status};
use crate::interrupt;
use crate::output::Output;
use crate::source::copy_nameless;
use crate::source::input::{pipe_into, stdin_into};
use crate::write::system;

/// A file to be read: the one that was given, or one that stands for a stream.
pub(crate) struct Input {
    given: PathBuf,
    path: PathBuf,
    /// Goes with it.
    folder: Option<TempDir>,
}

impl Input {
    pub(crate) fn new(given: &Path) -> Result<Self> {
        let other = |found: fs::Metadata| !found.is_file() && !found.is_dir();
        if !is_dash(given) && !fs::metadata(given).is_ok_and(other) {
            return Ok(Self { given: given.to_owned(), path: given.to_owned(), folder: None });
        }
        // A signal must not leave behind what has been read.
        interrupt::guard();
        let folder = folder().map_err(|error| error.with_path(given))?;
        // The name may be what tells the format.
        let path = folder.path().join(given.file_name().unwrap_or("-".as_ref()));
        let made = File::create(&path).map_err(|error| system("make a file for it", error));
        let copied = made.and_then(|mut file| match is_dash(given) {
            true => stdin_into(&mut file),
            false => pipe_into(given, &mut file),
        });
        copied.map_err(|error| error.with_path(given))?;
        Ok(Self { given: given.to_owned(), path, folder: Some(folder) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Says what was given where the file is meant that stands for it.
    pub(crate) fn named<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|failure| renamed(failure, self.folder.as_ref(), &self.given))
    }
}

/// Does `work` with the files that stand for `input` and `output`.
pub(crate) fn through(
    input: &Path,
    output: &Path,
    out: &mut Output,
    work: impl FnOnce(&Path, &Path) -> Result<Status>,
) -> Result<Status> {
    // A pipe can't be changed in its place, which `work` will say.
    let in_place = input == output && !is_dash(input);
    let input = match in_place {
        true => Input { given: input.to_owned(), path: input.to_owned(), folder: None },
        false => Input::new(input)?,
    };
    if !is_dash(output) {
        return input.named(work(input.path(), output));
    }
    // A signal must not leave behind what has been made.
    interrupt::guard();
    let folder = folder().map_err(|error| error.with_path("-"))?;
    // What is changed in its place is where it was put.
    let to = match is_dash(&input.given) {
        true => input.path().to_owned(),
        false => folder.path().join("-"),
    };
    let done = work(input.path(), &to).map_err(|failure| renamed(failure, Some(&folder), output));
    let status = input.named(done)?;
    let failed = |error| system("read the file that was made for it", error).with_path("-");
    let mut file = File::open(&to).map_err(failed)?;
    // The open file needs no name, and without one nothing is left to be removed: whoever waits for
    // the reader of the pipe can be stopped.
    let folders = [input.folder, Some(folder)];
    if folders.into_iter().flatten().all(|folder| folder.close().is_ok()) {
        interrupt::check()?;
        interrupt::release();
    }
    io::copy(&mut file, out)?;
    Ok(status)
}

fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn folder() -> npz_core::Result<TempDir> {
    tempfile::tempdir().map_err(|error| system("make a file for it", error))
}

/// Says `given` where a file in `folder` is meant.
fn renamed(failure: Failure, folder: Option<&TempDir>, given: &Path) -> Failure {
    let Some(folder) = folder.map(TempDir::path) else { return failure };
    let inside = |error: &Error| error.path().is_some_and(|path| path.starts_with(folder));
    match failure {
        Failure::Data(error) if inside(&error) => {
            Failure::Data(copy_nameless(&error).with_path(given))
        }
        Failure::Usage(message) => {
            let name = folder.join(given.file_name().unwrap_or("-".as_ref()));
            let given = given.display().to_string();
            Failure::Usage(message.replace(&name.display().to_string(), &given))
        }
        other => other,
    }
}
