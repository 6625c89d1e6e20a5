//! Running `npz`.

use std::ffi::OsStr;
use std::process::Command;

/// Exit status, standard output and standard error.
pub(crate) fn npz<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_npz"));
    // What the user's terminal is like has no say.
    for name in ["COLUMNS", "NO_COLOR", "COLORTERM", "TERM"] {
        command.env_remove(name);
    }
    let output = command.args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}
