//! NumPy, `zipfile` and `unzip`, asked by the tests.
//!
//! The first test that asks makes a virtual environment under `target/` with the pinned packages of
//! `tests/requirements.txt`; later runs find it there and need no network. Starting Python with NumPy
//! takes a tenth of a second or more, so a test hands over all its files at once.
//!
//! Every helper gives `None` where the oracle is switched off, and says so in one line:
//!
//! ```ignore
//! let Some(found) = oracle::describe([&path]) else { return };
//! ```

use std::ffi::OsStr;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, thread};

use serde_json::Value;

const SKIP: &str = "NPZ_SKIP_PYTHON";
const REQUIREMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/requirements.txt");
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/python");

/// An array as NumPy finds it in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Described {
    /// The name in the archive, without `.npy`; `None` for a file that is an array itself.
    pub(crate) key: Option<String>,
    /// The header's `descr` in Python's notation, quotes and all: `'<f4'`.
    pub(crate) descr: String,
    /// NumPy's name of the dtype, whatever the byte order: `float32`, `bfloat16`.
    pub(crate) dtype: String,
    pub(crate) shape: Vec<usize>,
    /// The header's `fortran_order`.
    pub(crate) fortran: bool,
    /// The header's major version.
    pub(crate) version: u64,
    /// The items in C order, little-endian.
    pub(crate) bytes: Vec<u8>,
}

/// A member as Python's `zipfile` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) compressed: u64,
    /// `stored`, `deflated`, or the number of another method.
    pub(crate) method: String,
    /// Where the member's data starts in the file.
    pub(crate) offset: u64,
}

/// Every array of each npy or npz file, in the file's order.
pub(crate) fn describe<P: AsRef<OsStr>>(
    files: impl IntoIterator<Item = P>,
) -> Option<Vec<Vec<Described>>> {
    let files = run("describe.py", files)?;
    Some(list(&files).iter().map(|arrays| list(arrays).iter().map(described).collect()).collect())
}

/// Fills `directory` with what `save.py` says: every element type, byte order, memory order and
/// number of dimensions, as `np.save`, `np.savez` and `np.savez_compressed` write them.
pub(crate) fn save(directory: &Path) -> Option<Vec<Described>> {
    Some(list(&run("save.py", [directory])?).iter().map(described).collect())
}

/// Asserts that `np.save` writes each of these npy files, or each member of these npz files, with
/// the same bytes.
pub(crate) fn assert_bytes_of_np_save<P: AsRef<OsStr>>(
    files: impl IntoIterator<Item = P>,
) -> Option<()> {
    let differences = run("resave.py", files)?;
    assert!(list(&differences).is_empty(), "np.save writes other bytes: {differences:#}");
    Some(())
}

/// Opens each archive with Python's `zipfile`, checks all CRCs, and lists the members.
pub(crate) fn testzip<P: AsRef<OsStr>>(
    files: impl IntoIterator<Item = P>,
) -> Option<Vec<Vec<Member>>> {
    let archives = run("testzip.py", files)?;
    let member = |row: &Value| Member {
        name: text(&row[0]),
        size: row[1].as_u64().unwrap(),
        compressed: row[2].as_u64().unwrap(),
        method: row[3].as_str().map_or_else(|| row[3].to_string(), str::to_owned),
        offset: row[4].as_u64().unwrap(),
    };
    Some(list(&archives).iter().map(|rows| list(rows).iter().map(member).collect()).collect())
}

/// Runs Python `code` that imports NumPy; what it prints is returned. A failure is the test's.
pub(crate) fn python<P: AsRef<OsStr>>(
    code: &str,
    args: impl IntoIterator<Item = P>,
) -> Option<String> {
    let mut command = interpreter()?;
    command.arg("-c").arg(code).args(args);
    Some(finish(command))
}

/// Runs a script of `tests/suite/python`, which has nothing to say unless it fails.
pub(crate) fn run_plain<P: AsRef<OsStr>>(
    script: &str,
    args: impl IntoIterator<Item = P>,
) -> Option<()> {
    let mut command = interpreter()?;
    command.arg(Path::new(SCRIPTS).join(script)).args(args);
    finish(command);
    Some(())
}

/// Runs a script of `tests/suite/python`, which prints JSON.
pub(crate) fn run<P: AsRef<OsStr>>(
    script: &str,
    args: impl IntoIterator<Item = P>,
) -> Option<Value> {
    let mut command = interpreter()?;
    command.arg(Path::new(SCRIPTS).join(script)).args(args);
    let printed = finish(command);
    Some(serde_json::from_str(&printed).unwrap_or_else(|e| panic!("{script}: {e}: {printed}")))
}

/// Checks an archive with `unzip -t`.
pub(crate) fn unzip(file: &Path) -> Option<()> {
    match Command::new("unzip").arg("-tqq").arg(file).output() {
        Ok(output) if output.status.success() => Some(()),
        Ok(output) => panic!("unzip -t {}: {}", file.display(), said(&output)),
        Err(_) => {
            skipped("there is no `unzip` on this machine");
            None
        }
    }
}

/// Past libtest's capture, which would keep the line of a passing test to itself.
fn skipped(why: &str) {
    let thread = thread::current();
    let _ = writeln!(io::stderr(), "SKIPPED {}: {why}", thread.name().unwrap_or("test"));
}

fn interpreter() -> Option<Command> {
    // The outcome, good or bad, holds for every test of this process.
    static ENVIRONMENT: OnceLock<Result<PathBuf, String>> = OnceLock::new();

    if env::var_os(SKIP).is_some_and(|value| !value.is_empty() && value != "0") {
        skipped("NumPy is not asked, since NPZ_SKIP_PYTHON is set");
        return None;
    }
    match ENVIRONMENT.get_or_init(environment) {
        Ok(python) => {
            let mut command = Command::new(python);
            // The user's own Python settings have no say, and no cache is left among the sources.
            command.args(["-E", "-s", "-B", "-X", "utf8"]);
            Some(command)
        }
        Err(why) => panic!("{why}; or set {SKIP}=1 to run the tests without NumPy"),
    }
}

/// The interpreter of the virtual environment, which is made if it isn't there.
fn environment() -> Result<PathBuf, String> {
    let base = env::var_os("NPZ_PYTHON")
        .unwrap_or_else(|| if cfg!(windows) { "python" } else { "python3" }.into());
    let requirements =
        fs::read_to_string(REQUIREMENTS).map_err(|e| format!("{REQUIREMENTS}: {e}"))?;
    let mut hasher = DefaultHasher::new();
    (&base, requirements).hash(&mut hasher);

    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("tmp is in target");
    let home = target.join(format!("oracle-venv-{:016x}", hasher.finish()));
    let python = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    // Written last, so an environment that was cut short is not mistaken for a whole one.
    let done = home.join("done");
    if done.exists() {
        return Ok(python);
    }

    // Tests may run as many processes. One makes the environment; the others wait for it here.
    // The lock goes with its process, so none is left behind.
    let lock = target.join("oracle-venv.lock");
    let lock = File::create(&lock)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|e| format!("{}: {e}", lock.display()))?;
    if !done.exists() {
        make(&base, &home, &python)?;
        fs::write(&done, "").map_err(|e| format!("{}: {e}", done.display()))?;
    }
    drop(lock);
    Ok(python)
}

fn make(base: &OsStr, home: &Path, python: &Path) -> Result<(), String> {
    let _ = writeln!(io::stderr(), "making {} with NumPy, once", home.display());
    let output = Command::new(base)
        .args(["-m", "venv", "--clear"])
        .arg(home)
        .output()
        .map_err(|e| format!("can't start {base:?} ({e}): install Python 3.10 or newer"))?;
    if !output.status.success() {
        let said = said(&output);
        return Err(if said.contains("ensurepip") || said.contains("No module named venv") {
            format!("{base:?} has no venv module: install it (Debian, Ubuntu: python3-venv)")
        } else {
            format!("{base:?} -m venv failed: {said}")
        });
    }
    let output = Command::new(python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(REQUIREMENTS)
        .output()
        .map_err(|e| format!("can't start {}: {e}", python.display()))?;
    if !output.status.success() {
        return Err(format!("can't install {REQUIREMENTS}: {}", said(&output)));
    }
    Ok(())
}

fn finish(mut command: Command) -> String {
    let output = command.output().unwrap_or_else(|e| {
        panic!("{e}: delete `target/oracle-venv-*` if its Python has moved: {command:?}")
    });
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).expect("Python prints UTF-8")
}

fn said(output: &Output) -> String {
    let all = [output.stdout.as_slice(), &output.stderr].concat();
    format!("{}\n{}", output.status, String::from_utf8_lossy(&all).trim())
}

fn described(value: &Value) -> Described {
    let shape = list(&value["shape"]).iter();
    Described {
        key: value["key"].as_str().map(str::to_owned),
        descr: text(&value["descr"]),
        dtype: text(&value["dtype"]),
        shape: shape.map(|n| usize::try_from(n.as_u64().unwrap()).unwrap()).collect(),
        fortran: value["fortran"].as_bool().unwrap(),
        version: value["version"].as_u64().unwrap(),
        bytes: text(&value["hex"])
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The oracles agree with themselves, so what they say of other files means something.
#[test]
fn numpy_agrees_with_itself() {
    let directory = tempfile::tempdir().unwrap();
    let Some(saved) = save(directory.path()) else { return };
    let file = |name: &str| directory.path().join(name);

    let archives = [file("stored.npz"), file("deflated.npz")];
    let found = describe(&archives).unwrap();
    let (versions, arrays): (Vec<_>, Vec<_>) =
        saved.iter().partition(|array| array.key.as_ref().unwrap().starts_with("version_"));
    assert!(arrays.len() > 500 && arrays.iter().all(|array| array.version == 1));
    assert_eq!(versions.iter().map(|array| array.version).collect::<Vec<_>>(), [1, 2, 3]);
    for found in &found {
        assert!(found.iter().eq(arrays.iter().copied()));
    }
    assert_bytes_of_np_save(&archives);

    let members = testzip(&archives).unwrap();
    assert!(members[0].iter().all(|m| m.method == "stored" && m.size == m.compressed));
    assert!(members[1].iter().all(|m| m.method == "deflated" && m.offset > 0));
    assert!(
        members[0]
            .iter()
            .zip(&arrays)
            .all(|(member, array)| { member.name.strip_suffix(".npy") == array.key.as_deref() })
    );
    for archive in &archives {
        unzip(archive);
    }

    let code = "import numpy, sys; print(*numpy.load(sys.argv[1]).files)";
    assert_eq!(python(code, [file("unnamed.npz")]).unwrap().trim(), "arr_0 arr_1 arr_2");
}
