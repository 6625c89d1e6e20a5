//! What the time of an operation is spent on, by `perf`, where that is installed.

use std::env;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::job::Job;

/// Tells the process that does a job where its profiler listens, and where it answers.
const LISTENS: &str = "NPZ_PERF_LISTENS";
const ANSWERS: &str = "NPZ_PERF_ANSWERS";

/// Shares below this are not told.
const LEAST_PERCENT: f64 = 2.0;
const MOST_SYMBOLS: usize = 10;

/// Where a row's time went.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) row: String,
    /// In percent of the samples, on all threads, `[k]` before what the kernel did.
    pub(crate) symbols: Vec<(f64, String)>,
}

/// Does the job once more, with a profiler that looks on while the clock runs. `None` without one.
pub(crate) fn profile(row: &str, job: &Job) -> Result<Option<Profile>> {
    if Command::new("perf").arg("--version").stdout(Stdio::null()).status().is_err() {
        return Ok(None);
    }
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let (listens, answers, samples) = (path("listens"), path("answers"), path("samples"));
    let made = Command::new("mkfifo").args([&listens, &answers]).status()?;
    if !made.success() {
        return Ok(None);
    }
    let control = format!("fifo:{},{}", listens.display(), answers.display());
    let recorded = Command::new("perf")
        .args(["record", "--quiet", "-e", "cpu-clock", "-F", "5000", "-D", "-1", "--control"])
        .arg(control)
        .arg("-o")
        .arg(&samples)
        .arg("--")
        .arg(env::current_exe()?)
        .arg(crate::JOB)
        .arg(serde_json::to_string(job)?)
        .envs([crate::THRESHOLD])
        .env(LISTENS, &listens)
        .env(ANSWERS, &answers)
        .stdin(Stdio::null())
        .output()?;
    // Where the system lets nobody look, there is nothing to see.
    if !recorded.status.success() {
        return Ok(None);
    }
    let report = Command::new("perf")
        .args(["report", "--stdio", "--no-children", "-F", "overhead,symbol", "-t", "|", "-i"])
        .arg(&samples)
        .output()?;
    let symbols = symbols(&String::from_utf8_lossy(&report.stdout));
    Ok((!symbols.is_empty()).then(|| Profile { row: row.to_owned(), symbols }))
}

/// The lines of a report: a share, a bar, `[k]` or `[.]`, and a symbol.
fn symbols(report: &str) -> Vec<(f64, String)> {
    let lines = report.lines().filter(|line| !line.starts_with('#'));
    let shares = lines.filter_map(|line| {
        let (share, symbol) = line.split_once('|')?;
        let share: f64 = share.trim().trim_end_matches('%').parse().ok()?;
        let symbol = symbol.trim();
        Some((share, symbol.strip_prefix("[.] ").unwrap_or(symbol).to_owned()))
    });
    shares.filter(|(share, _)| *share >= LEAST_PERCENT).take(MOST_SYMBOLS).collect()
}

/// Runs the operation with the profiler looking on, if there is one.
pub(crate) fn observed<T>(operation: impl FnOnce() -> T) -> Result<T> {
    tell("enable\n")?;
    let result = operation();
    tell("disable\n")?;
    Ok(result)
}

fn tell(what: &str) -> Result<()> {
    let (Some(listens), Some(answers)) = (env::var_os(LISTENS), env::var_os(ANSWERS)) else {
        return Ok(());
    };
    let open = |path: &Path| OpenOptions::new().read(true).write(true).open(path);
    let mut answers = open(answers.as_ref())?;
    open(listens.as_ref())?.write_all(what.as_bytes())?;
    // It answers with a line, and a zero behind that.
    let mut byte = [0];
    while byte != *b"\n" {
        answers.read_exact(&mut byte)?;
    }
    Ok(())
}
