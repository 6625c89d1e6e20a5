//! Python with NumPy, asked by the tests: files that NumPy writes, and its own figures.
//!
//! The virtual environment is the one that the suite at the workspace's root makes; without it, any
//! Python 3 that has NumPy will do, and without that the tests say so and are content.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs, thread};

const SKIP: &str = "NPZ_SKIP_PYTHON";

/// Runs Python `code` and returns what it prints; `None` where there is no NumPy to ask.
pub(crate) fn python<A: AsRef<OsStr>>(
    code: &str,
    args: impl IntoIterator<Item = A>,
) -> Option<String> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();

    if env::var_os(SKIP).is_some_and(|value| !value.is_empty() && value != "0") {
        skipped("NumPy is not asked, since NPZ_SKIP_PYTHON is set");
        return None;
    }
    let Some(python) = PYTHON.get_or_init(find) else {
        skipped("there is no Python with NumPy; the tests of the workspace's root make one");
        return None;
    };
    let output = Command::new(python)
        .args(["-E", "-s", "-B", "-X", "utf8", "-c", code])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Past libtest's capture, which would keep the line of a passing test to itself.
pub(crate) fn skipped(why: &str) {
    let thread = thread::current();
    let _ = writeln!(io::stderr(), "SKIPPED {}: {why}", thread.name().unwrap_or("test"));
}

fn find() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let made = fs::read_dir(target).ok()?.flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("oracle-venv-") && path.join("done").exists()
    });
    let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let made = made.map(|home| home.join(inside));
    let asked = env::var_os("NPZ_PYTHON").map(PathBuf::from);
    let any = ["python3", "python"].into_iter().map(PathBuf::from);
    made.chain(asked).chain(any).find(|python| {
        let output = Command::new(python).args(["-c", "import numpy"]).output();
        output.is_ok_and(|output| output.status.success())
    })
}
