//! `-` for commands that change archives: what comes through the standard input is put into a file
//! for them, and what they make of it goes to the standard output.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use npz_core::Error;
use tempfile::TempDir;

use crate::error::{Failure, Result, Status};
use crate::output::Output;
use crate::source::copy_nameless;
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
    let failed = |error| system("make a file for it", error).with_path("-");
    let folder = tempfile::tempdir().map_err(failed)?;
    let place = |path: &Path| match is_dash(path) {
        true => folder.path().join("-"),
        false => path.to_owned(),
    };
    let (from, to) = (place(input), place(output));
    if is_dash(input) {
        let copied = File::create(&from).and_then(|mut file| {
            io::copy(&mut io::stdin().lock(), &mut file)?;
            Ok(())
        });
        copied.map_err(|error| system("read the standard input", error).with_path("-"))?;
    }
    let status = work(&from, &to).map_err(|failure| renamed(failure, &folder))?;
    if is_dash(output) {
        let mut file = File::open(&to).map_err(failed)?;
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
