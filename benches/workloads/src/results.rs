//! What was measured, as it is kept in `results/*.json`.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::job::{Library, Measured};
use crate::machine::Machine;
use crate::profile::Profile;
use crate::workload::{Comparison, Measure, Target};

const MIB: f64 = 1_048_576.0;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) machine: Machine,
    /// Names and versions of the libraries.
    pub(crate) versions: Vec<(String, String)>,
    pub(crate) comparisons: Vec<Compared>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Compared {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) rows: Vec<Measurements>,
    pub(crate) targets: Vec<Checked>,
    /// Of rows that missed a target.
    #[serde(default)]
    pub(crate) profiles: Vec<Profile>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measurements {
    pub(crate) name: String,
    pub(crate) library: Library,
    /// One for each round, the rounds of all rows side by side.
    pub(crate) nanoseconds: Vec<u64>,
    /// The most by which resident memory grew in any round.
    pub(crate) memory: u64,
    /// Of the file that was saved.
    pub(crate) size: Option<u64>,
}

/// A target, and whether it was met.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Checked {
    pub(crate) text: String,
    pub(crate) found: String,
    pub(crate) met: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        Some(Self { median: values[values.len() / 2], least, most })
    }
}

impl Measurements {
    pub(crate) fn new(name: &str, library: Library) -> Self {
        let nanoseconds = Vec::new();
        Self { name: name.to_owned(), library, nanoseconds, memory: 0, size: None }
    }

    pub(crate) fn push(&mut self, measured: Measured) {
        self.nanoseconds.push(measured.nanoseconds);
        self.memory = self.memory.max(measured.memory);
        self.size = measured.size;
    }

    pub(crate) fn first(&self) -> Option<u64> {
        self.nanoseconds.first().copied()
    }

    pub(crate) fn milliseconds(&self) -> Option<Spread> {
        Spread::of(self.nanoseconds.iter().map(|&ns| ns as f64 / 1e6).collect())
    }

    /// This one's times divided by the other's, round by round.
    pub(crate) fn ratio(&self, other: &Self) -> Option<Spread> {
        let pairs = self.nanoseconds.iter().zip(&other.nanoseconds);
        Spread::of(pairs.map(|(&own, &others)| own as f64 / others.max(1) as f64).collect())
    }

    pub(crate) fn memory_mib(&self) -> f64 {
        self.memory as f64 / MIB
    }

    pub(crate) fn size_mib(&self) -> Option<f64> {
        Some(self.size? as f64 / MIB)
    }
}

impl Compared {
    pub(crate) fn new(comparison: &Comparison, rows: Vec<Measurements>) -> Result<Self> {
        let Comparison { id, title, targets, .. } = comparison;
        let (id, title) = (id.clone(), title.clone());
        let checked = targets.iter().map(|target| check(target, &rows));
        let targets = checked.collect::<Option<_>>();
        let targets = targets.ok_or_else(|| format!("{id} has a target without a row"))?;
        Ok(Self { id, title, rows, targets, profiles: Vec::new() })
    }

    /// The workload and the title.
    pub(crate) fn name(&self) -> String {
        let workload = self.id.split('-').next().unwrap_or_default();
        format!("{workload} {}", self.title)
    }

    /// The row of a library that its ratio is told by: the first.
    pub(crate) fn row(&self, library: Library) -> Option<&Measurements> {
        self.rows.iter().find(|row| row.library == library)
    }
}

fn check(target: &Target, rows: &[Measurements]) -> Option<Checked> {
    let row = |name: &str| rows.iter().find(|row| row.name == name);
    let (of, limit) = (row(&target.of)?, target.at_most);
    let Some(against) = &target.against else {
        let (value, unit, what) = match target.measure {
            Measure::Time => (of.milliseconds()?.median, "ms", ""),
            Measure::Size => (of.size_mib()?, "MiB", "file "),
            Measure::Memory => (of.memory_mib(), "MiB", "memory "),
        };
        let text = format!("{}: {what}≤ {limit} {unit}", target.of);
        return Some(Checked { text, found: format!("{value:.2} {unit}"), met: value <= limit });
    };
    let other = row(against)?;
    let ratio = match target.measure {
        Measure::Time => of.ratio(other)?.median,
        Measure::Size => of.size_mib()? / other.size_mib()?,
        Measure::Memory => of.memory_mib() / other.memory_mib(),
    };
    let (text, found) = match target.measure {
        // Far below one, people think of how many times as fast.
        Measure::Time if limit < 0.34 => (
            format!("{}: ≥ {:.3} × as fast as {against}", target.of, 1.0 / limit),
            format!("{:.2} ×", 1.0 / ratio),
        ),
        Measure::Time => (format!("{}: ≤ {limit} × {against}", target.of), format!("{ratio:.2} ×")),
        Measure::Size => {
            (format!("{}: file ≤ {limit} × {against}'s", target.of), format!("{ratio:.4} ×"))
        }
        Measure::Memory => {
            (format!("{}: memory ≤ {limit} × {against}'s", target.of), format!("{ratio:.2} ×"))
        }
    };
    Some(Checked { text, found, met: ratio <= limit })
}

impl Results {
    /// What is kept at `path`, if it is of this machine; else nothing yet.
    pub(crate) fn open(path: &Path, machine: &Machine) -> Result<Self> {
        let kept = match fs::read_to_string(path) {
            Ok(text) => Some(serde_json::from_str::<Self>(&text)?),
            Err(_) => None,
        };
        let kept = kept.filter(|kept| kept.machine == *machine);
        Ok(kept.unwrap_or_else(|| Self {
            machine: machine.clone(),
            versions: Vec::new(),
            comparisons: Vec::new(),
        }))
    }

    /// Puts a comparison into its place, the order being that of `ids`.
    pub(crate) fn put(&mut self, compared: Compared, ids: &[String]) {
        self.comparisons.retain(|kept| kept.id != compared.id && ids.contains(&kept.id));
        self.comparisons.push(compared);
        self.comparisons.sort_by_key(|kept| ids.iter().position(|id| *id == kept.id));
    }

    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        Ok(fs::write(path, serde_json::to_string_pretty(self)? + "\n")?)
    }
}
