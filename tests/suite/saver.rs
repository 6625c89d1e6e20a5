//! `tests/programs/saver.rs`, run and judged by the tests of saving: as a program of its own it can be
//! killed, and made to fail where the environment says.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where a test's file stands, and what it holds before and after a save.
pub(crate) const OLD: u64 = 1;
pub(crate) const NEW: u64 = 2;

/// The program, as `cargo test` has built it beside this one.
pub(crate) fn saver() -> Command {
    let suite = env::current_exe().unwrap();
    let profile = suite.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples/saver").with_extension(env::consts::EXE_EXTENSION);
    assert!(program.exists(), "{} is not built: cargo build --examples", program.display());
    Command::new(program)
}

pub(crate) fn save(path: &Path, version: u64, options: &[&str]) -> Command {
    let mut command = saver();
    command.arg("save").arg(path).arg(version.to_string()).args(options);
    command
}

/// Runs a script of the shell in which `"$0" "$@"` is a save: to limit it, or to mask modes.
pub(crate) fn in_shell(script: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(command.get_program()).args(command.get_args());
    shell
}

pub(crate) fn run(mut command: Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The version of the whole file at `path`; a torn one is the test's failure.
pub(crate) fn version(path: &Path) -> u64 {
    let mut command = saver();
    command.arg("load").arg(path);
    let output = run(command);
    assert!(output.status.success(), "{}: torn: {}", path.display(), said(&output));
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.trim().strip_prefix("VERSION=").unwrap().parse().unwrap()
}

/// The folder's names, hidden ones too.
pub(crate) fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into()).collect();
    names.sort();
    names
}

/// A folder with the old version of a file in it.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
    old: Vec<u8>,
}

impl Place {
    pub(crate) fn new(name: impl AsRef<OsStr>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name.as_ref());
        let output = run(save(&path, OLD, &[]));
        assert!(output.status.success(), "{}", said(&output));
        let old = fs::read(&path).unwrap();
        Self { folder, path, old }
    }

    /// As it was at first, whatever has happened.
    pub(crate) fn reset(&self) {
        for name in names(self.folder.path()) {
            fs::remove_file(self.folder.path().join(name)).unwrap();
        }
        fs::write(&self.path, &self.old).unwrap();
    }

    pub(crate) fn is_old(&self) -> bool {
        fs::read(&self.path).unwrap() == self.old
    }

    /// Nothing but the file itself is in the folder.
    pub(crate) fn is_clean(&self) -> bool {
        names(self.folder.path()) == [Path::new(self.path.file_name().unwrap())]
    }
}

#[test]
fn saves_loads_and_dumps() {
    let place = Place::new("a.npz");
    let path = &place.path;
    assert_eq!(version(path), OLD);
    let ways: [&[&str]; 4] = [&[], &["--from-map"], &["--from-map", "--compress"], &["--compress"]];
    let sizes = ways.map(|options| {
        let output = run(save(path, NEW, options));
        assert!(output.status.success(), "{options:?}: {}", said(&output));
        assert_eq!(version(path), NEW);
        fs::metadata(path).unwrap().len()
    });
    // From a map or from memory, the same file.
    assert_eq!((sizes[0], sizes[2]), (sizes[1], sizes[3]));
    let dump = |path: &Path| {
        let mut command = saver();
        command.arg("dump").arg(path);
        let output = run(command);
        let printed = String::from_utf8(output.stdout.clone()).unwrap();
        (output.status.code(), printed, said(&output))
    };
    let (status, printed, _) = dump(path);
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!((status, lines.len()), (Some(0), 6), "{printed}");
    assert!(lines[0].starts_with("\"ids\" '<u8' [250000] "), "{printed}");
    assert_eq!(lines[0].rsplit(' ').next().unwrap().len(), 64, "{printed}");

    let torn = place.folder.path().join("torn.npz");
    fs::write(&torn, &fs::read(path).unwrap()[..10_000]).unwrap();
    let (status, printed, said) = dump(&torn);
    assert_eq!((status, printed.as_str(), said.lines().count()), (Some(1), "", 1), "{said}");

    let npy = place.folder.path().join("a.npy");
    assert!(run(save(&npy, 7, &[])).status.success());
    assert_eq!(version(&npy), 7);
    assert!(dump(&npy).1.starts_with("\"\" '<u8' [250000] "));
}
