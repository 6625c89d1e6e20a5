//! A workload: the files it needs, what is compared, and what we want to reach.

use crate::data::{Data, Kind};
use crate::job::{Act, Job, Library};

pub(crate) struct Workload {
    /// Made before the first measurement, and only those that a chosen comparison uses.
    pub(crate) files: Vec<Job>,
    pub(crate) comparisons: Vec<Comparison>,
}

pub(crate) struct Comparison {
    pub(crate) id: String,
    pub(crate) title: String,
    /// The first is the machine's limit, which the others are divided by.
    pub(crate) rows: Vec<Row>,
    pub(crate) targets: Vec<Target>,
}

pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) job: Job,
}

pub(crate) struct Target {
    pub(crate) of: String,
    pub(crate) against: Option<String>,
    pub(crate) measure: Measure,
    pub(crate) at_most: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// In milliseconds, if it is against nothing.
    Time,
    /// Of the file, in MiB.
    Size,
    /// The growth of resident memory, in MiB.
    Memory,
}

impl Comparison {
    pub(crate) fn new(id: &str, title: &str) -> Self {
        let (rows, targets) = (Vec::new(), Vec::new());
        Self { id: id.to_owned(), title: title.to_owned(), rows, targets }
    }

    pub(crate) fn row(mut self, name: &str, job: Job) -> Self {
        self.rows.push(Row { name: name.to_owned(), job });
        self
    }

    /// `of` takes at most so many times the time of `against`.
    pub(crate) fn time(self, of: &str, at_most: f64, against: &str) -> Self {
        self.target(of, Some(against), Measure::Time, at_most)
    }

    /// `of` is at least so many times as fast as `against`.
    pub(crate) fn faster(self, of: &str, at_least: f64, against: &str) -> Self {
        self.time(of, 1.0 / at_least, against)
    }

    pub(crate) fn milliseconds(self, of: &str, at_most: f64) -> Self {
        self.target(of, None, Measure::Time, at_most)
    }

    pub(crate) fn size(self, of: &str, at_most: f64, against: &str) -> Self {
        self.target(of, Some(against), Measure::Size, at_most)
    }

    pub(crate) fn memory(self, of: &str, mib: f64) -> Self {
        self.target(of, None, Measure::Memory, mib)
    }

    fn target(mut self, of: &str, against: Option<&str>, measure: Measure, at_most: f64) -> Self {
        let (of, against) = (of.to_owned(), against.map(str::to_owned));
        self.targets.push(Target { of, against, measure, at_most });
        self
    }

    /// All peers that can do it, each under its name.
    pub(crate) fn peers(
        mut self,
        act: Act,
        data: &Data,
        files: &Files,
        change: fn(Job) -> Job,
    ) -> Self {
        for (library, name) in PEERS {
            let Some((data, note)) = known(library, data) else { continue };
            let Some(file) = files.of(library) else { continue };
            let mut job = change(Job::new(library, act, &data, file));
            if library == Library::Numpy && act == Act::Save {
                job = job.input(INPUT);
            }
            self = self.row(&format!("{name}{note}"), job);
        }
        self
    }
}

pub(crate) const PEERS: [(Library, &str); 4] = [
    (Library::NdarrayNpy, "ndarray-npy"),
    (Library::Npyz, "npyz"),
    (Library::Safetensors, "safetensors"),
    (Library::Numpy, "NumPy"),
];

/// The bytes of the arrays, for Python.
pub(crate) const INPUT: &str = "input";

/// Which file each kind of library works on; `None` for those that can't.
#[derive(Clone, Copy)]
pub(crate) struct Files {
    pub(crate) ndarray_npy: Option<&'static str>,
    pub(crate) npyz: Option<&'static str>,
    pub(crate) safetensors: Option<&'static str>,
    pub(crate) numpy: Option<&'static str>,
}

impl Files {
    /// The same archive for all who read npz.
    pub(crate) fn shared(npz: &'static str, safetensors: &'static str) -> Self {
        let (npz, safetensors) = (Some(npz), Some(safetensors));
        Self { ndarray_npy: npz, npyz: npz, safetensors, numpy: npz }
    }

    /// For saving, where the names don't matter.
    pub(crate) fn saved() -> Self {
        Self::shared(SAVED, SAVED)
    }

    fn of(&self, library: Library) -> Option<&'static str> {
        match library {
            Library::NdarrayNpy => self.ndarray_npy,
            Library::Npyz => self.npyz,
            Library::Safetensors => self.safetensors,
            Library::Numpy => self.numpy,
            Library::Raw | Library::Npz => None,
        }
    }
}

/// What is saved within a measurement, and removed after it.
pub(crate) const SAVED: &str = "saved";

/// The data as a library knows them: ndarray-npy and npyz have no 16-bit floats, and get their bits.
fn known(library: Library, data: &Data) -> Option<(Data, &'static str)> {
    let bits = matches!(library, Library::NdarrayNpy | Library::Npyz);
    match data.kind {
        Kind::F16 if bits => Some((Data { kind: Kind::U16, ..data.clone() }, ", as u16")),
        Kind::Bf16 if bits || library == Library::Numpy => None,
        _ => Some((data.clone(), "")),
    }
}
