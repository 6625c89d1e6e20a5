//! Runs comparisons: every row in turn, in an order that moves on each round, each job in a
//! process of its own.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::Result;
use crate::job::{Job, Library, Measured};
use crate::profile::profile;
use crate::python::Python;
use crate::results::{Compared, Measurements};
use crate::workload::{Comparison, Measure, Row, Workload};

/// A row whose first time is longer than this is measured in the first [`FEW`] rounds only.
const SLOW_NANOSECONDS: u64 = 2_500_000_000;
const FEW: usize = 3;

pub(crate) struct Runner<'a> {
    /// Where the files are.
    pub(crate) folder: &'a Path,
    pub(crate) rounds: usize,
    /// `None` to leave NumPy out.
    pub(crate) python: Option<&'a Python>,
}

impl Runner<'_> {
    /// Measures those of the workload's comparisons that are chosen.
    pub(crate) fn run(
        &self,
        workload: Workload,
        chosen: impl Fn(&str) -> bool,
        mut done: impl FnMut(Compared) -> Result<()>,
    ) -> Result<()> {
        let Workload { files, comparisons } = workload;
        let mut comparisons: Vec<Comparison> =
            comparisons.into_iter().filter(|comparison| chosen(&comparison.id)).collect();
        if self.python.is_none() {
            for comparison in &mut comparisons {
                comparison.rows.retain(|row| row.job.library != Library::Numpy);
                let rows = &comparison.rows;
                let is_row = |name: &str| rows.iter().any(|row| row.name == name);
                comparison.targets.retain(|target| target.against.as_deref().is_none_or(is_row));
            }
        }
        let folder = tempfile::tempdir_in(self.folder)?;
        let jobs = comparisons.iter().flat_map(|comparison| &comparison.rows).map(|row| &row.job);
        let used: Vec<_> =
            jobs.flat_map(|job| [Some(job.file.clone()), job.input.clone()]).flatten().collect();
        for file in files {
            // NumPy's own files need the input too, which is made before them.
            let needed = used.contains(&file.file)
                || (self.python.is_some() && file.file.as_os_str() == crate::workload::INPUT);
            if needed && (file.library != Library::Numpy || self.python.is_some()) {
                self.measure(&file, folder.path())?;
            }
        }
        for comparison in comparisons {
            eprintln!("{}: {}", comparison.id, comparison.title);
            let rows = self.compare(&comparison, folder.path())?;
            let mut compared = Compared::new(&comparison, rows)?;
            for row in slow(&comparison, &compared) {
                let job = job_in(&row.job, folder.path());
                compared.profiles.extend(profile(&row.name, &job)?);
            }
            done(compared)?;
        }
        Ok(())
    }

    fn compare(&self, comparison: &Comparison, folder: &Path) -> Result<Vec<Measurements>> {
        let rows = &comparison.rows;
        let mut all: Vec<Measurements> =
            rows.iter().map(|row| Measurements::new(&row.name, row.job.library)).collect();
        for round in 0..self.rounds {
            for turn in 0..rows.len() {
                let at = (turn + round) % rows.len();
                let Row { job, name } = &rows[at];
                let slow = all[at].first().is_some_and(|first| first > SLOW_NANOSECONDS);
                if slow && round >= FEW {
                    continue;
                }
                let measured = self.measure(job, folder);
                all[at]
                    .push(measured.map_err(|error| format!("{}, {name}: {error}", comparison.id))?);
            }
        }
        Ok(all)
    }

    fn measure(&self, job: &Job, folder: &Path) -> Result<Measured> {
        let job = job_in(job, folder);
        let mut command = match (job.library, self.python) {
            (Library::Numpy, Some(python)) => {
                let mut told = serde_json::to_value(&job)?;
                told["tensors"] =
                    job.data.tensors().into_iter().map(|t| json!(t)).collect::<Value>();
                told["memory"] = job.memory().into();
                let mut command = python.command();
                command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/worker.py"));
                // A command line has its limit.
                let file = folder.join("job.json");
                std::fs::write(&file, serde_json::to_string(&told)?)?;
                command.arg(file);
                command
            }
            _ => {
                let mut command = Command::new(env::current_exe()?);
                command.arg(crate::JOB).arg(serde_json::to_string(&job)?);
                command
            }
        };
        let output = command
            .envs([crate::THRESHOLD])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(format!("the process that measures has failed: {}", output.status).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// The job with its files in `folder`.
fn job_in(job: &Job, folder: &Path) -> Job {
    let input = job.input.as_ref().map(|input| folder.join(input));
    Job { file: folder.join(&job.file), input, ..job.clone() }
}

/// The rows that take longer than they should.
fn slow<'c>(comparison: &'c Comparison, compared: &Compared) -> Vec<&'c Row> {
    let targets = comparison.targets.iter().zip(&compared.targets);
    let missed = targets.filter(|(target, found)| target.measure == Measure::Time && !found.met);
    let missed: Vec<&str> = missed.map(|(target, _)| target.of.as_str()).collect();
    comparison.rows.iter().filter(|row| missed.contains(&row.name.as_str())).collect()
}
