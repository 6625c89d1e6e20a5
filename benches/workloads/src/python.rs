//! A virtual environment with the NumPy that the tests use, made once.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::Result;

const REQUIREMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/requirements.txt");

pub(crate) struct Python(PathBuf);

impl Python {
    /// The environment beside the program; `NPZ_PYTHON` says which Python makes it, as for the tests.
    pub(crate) fn new() -> Result<Self> {
        let base = env::var_os("NPZ_PYTHON").unwrap_or_else(|| "python3".into());
        let requirements = fs::read_to_string(REQUIREMENTS)?;
        let mut hasher = DefaultHasher::new();
        (&base, &requirements).hash(&mut hasher);
        let program = env::current_exe()?;
        let folder = program.parent().ok_or("the program is in no folder")?;
        let home = folder.join(format!("numpy-{:016x}", hasher.finish()));
        let python = Self(home.join("bin/python"));
        let done = home.join("done");
        if !done.exists() {
            eprintln!("making an environment with NumPy, once");
            python.make(base, &home)?;
            fs::write(done, "")?;
        }
        Ok(python)
    }

    fn make(&self, base: OsString, home: &Path) -> Result<()> {
        run(Command::new(base).args(["-m", "venv", "--clear"]).arg(home))?;
        let mut install = self.command();
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        run(install.arg(REQUIREMENTS))
    }

    /// Without the user's own settings, and without leaving a cache behind.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.0);
        command.args(["-E", "-s", "-B"]);
        command
    }

    /// Of Python and of NumPy.
    pub(crate) fn versions(&self) -> Result<[(String, String); 2]> {
        let code = "import numpy, platform; print(platform.python_version(), numpy.__version__)";
        let output = self.command().args(["-c", code]).output()?;
        let said = String::from_utf8(output.stdout)?;
        let (python, numpy) =
            said.trim().split_once(' ').ok_or("Python doesn't say its version")?;
        Ok([("Python".to_owned(), python.to_owned()), ("NumPy".to_owned(), numpy.to_owned())])
    }
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if !status.success() {
        return Err(format!("{:?} failed: {status}", command.get_program()).into());
    }
    Ok(())
}
