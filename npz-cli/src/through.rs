//! `-` for commands that change archives: what comes through the standard input is put into a file
//! for them, and what they make of it goes to the standard output.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use npz_core::Error;
use tempfile::TempDir;

use crate::error::{Failure, Result, Status};
use crate::interrupt;
use crate::output::Output;
use crate::source::copy_nameless;
use crate::source::input::stdin_into;
use crate::write::system;

/// Does `work` with the files that stand for `input` and `output`.
pub(crate) fn through(
    input: &Path,
    output: &Path,
    out: &mut Output,
    work: impl FnOnce(&Path, &Path) -> Result<Status>,
) -> Result<Status> {
    let is_dash = |path: &Path| path.as_os_str() == "-";
    if !is_dash(input) && !is_dash(output) {
        return work(input, output);
    }
    // A signal must not leave behind what has been read.
    interrupt::guard();
    let failed = |error| system("make a file for it", error).with_path("-");
    let folder = tempfile::tempdir().map_err(failed)?;
    let place = |path: &Path| match is_dash(path) {
        true => folder.path().join("-"),
        false => path.to_owned(),
    };
    let (from, to) = (place(input), place(output));
    if is_dash(input) {
        let mut file = File::create(&from).map_err(failed)?;
        stdin_into(&mut file).map_err(|error| error.with_path("-"))?;
    }
    let status = work(&from, &to).map_err(|failure| renamed(failure, &folder))?;
    if is_dash(output) {
        let mut file = File::open(&to).map_err(failed)?;
        // The open file needs no name, and without one nothing is left to be removed: whoever waits
        // for the reader of the pipe can be stopped.
        if folder.close().is_ok() {
            interrupt::check()?;
            interrupt::release();
        }
        io::copy(&mut file, out)?;
    }
    Ok(status)
}

/// Says `-` where the file is meant that stands for it.
fn renamed(failure: Failure, folder: &TempDir) -> Failure {
    let inside = |error: &Error| error.path().is_some_and(|path| path.starts_with(folder.path()));
    match failure {
        Failure::Data(error) if inside(&error) => {
            Failure::Data(copy_nameless(&error).with_path(PathBuf::from("-")))
        }
        Failure::Usage(message) => {
            Failure::Usage(message.replace(&folder.path().join("-").display().to_string(), "-"))
        }
        other => other,
    }
}
