//! One operation of one library, as the parent tells it to the process that will do it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::data::Data;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Library {
    /// The machine's own limit: the system calls that nobody can do without.
    Raw,
    Npz,
    NdarrayNpy,
    Npyz,
    Safetensors,
    Numpy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Act {
    /// All arrays into a new file.
    Save,
    /// All arrays into memory of their own.
    Load,
    /// As `Load`, by one read into memory with huge pages.
    LoadHuge,
    /// All arrays in place, in a mapped file.
    View,
    /// One byte of each page of what `View` gave.
    Touch,
    /// The file opened, and one array loaded.
    One,
    /// The file opened, and the names listed.
    List,
    /// The rows of the job in one slice, from a file that is open.
    Rows,
    /// The rows of the job one by one, from a file that is open.
    ScatteredRows,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Packing {
    #[default]
    Stored,
    /// The library's own choice when asked to compress.
    Default,
    Deflate(u8),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) library: Library,
    pub(crate) act: Act,
    pub(crate) data: Data,
    /// What is written or read.
    pub(crate) file: PathBuf,
    /// The bytes of the arrays, one after the other, for a process that can't make them itself.
    pub(crate) input: Option<PathBuf>,
    pub(crate) threads: Option<usize>,
    pub(crate) durable: bool,
    pub(crate) packing: Packing,
    pub(crate) big_endian: bool,
    pub(crate) rows: Vec<usize>,
    /// How often the operation is timed within the process; the median is the result.
    pub(crate) repeat: usize,
    /// Whether a saved file stays, on the disk and not only in the page cache.
    pub(crate) keep: bool,
}

impl Job {
    pub(crate) fn new(library: Library, act: Act, data: &Data, file: &str) -> Self {
        Self {
            library,
            act,
            data: data.clone(),
            file: file.into(),
            input: None,
            threads: None,
            durable: false,
            packing: Packing::Stored,
            big_endian: false,
            rows: Vec::new(),
            repeat: 1,
            keep: false,
        }
    }

    pub(crate) fn input(self, file: &str) -> Self {
        Self { input: Some(file.into()), ..self }
    }

    pub(crate) fn threads(self, count: usize) -> Self {
        Self { threads: Some(count), ..self }
    }

    pub(crate) fn durable(self) -> Self {
        Self { durable: true, ..self }
    }

    pub(crate) fn packing(self, packing: Packing) -> Self {
        Self { packing, ..self }
    }

    pub(crate) fn big_endian(self) -> Self {
        Self { big_endian: true, ..self }
    }

    pub(crate) fn rows(self, rows: &[usize]) -> Self {
        Self { rows: rows.to_vec(), ..self }
    }

    pub(crate) fn repeat(self, repeat: usize) -> Self {
        Self { repeat, ..self }
    }

    pub(crate) fn keep(self) -> Self {
        Self { keep: true, ..self }
    }

    /// The memory to have at hand before the operation: what it may take, and the page cache for
    /// what it writes.
    pub(crate) fn memory(&self) -> usize {
        const LITTLE: usize = 64 << 20;
        let copies = match self.act {
            // Some make a contiguous copy of an array that isn't.
            Act::Save if self.data.axes.is_some() => 2,
            // NumPy joins the pieces that it has read.
            Act::Load if self.library == Library::Numpy => 2,
            Act::Save | Act::Load | Act::LoadHuge => 1,
            // Some load the whole array.
            Act::Rows if self.library != Library::Npz => 2,
            Act::Rows => 1,
            Act::View | Act::Touch | Act::One | Act::List | Act::ScatteredRows => 0,
        };
        copies * self.data.size() + LITTLE
    }
}

/// What the process that did the job says.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) nanoseconds: u64,
    /// By how much resident memory grew at most, in bytes.
    pub(crate) memory: u64,
    /// Of the file that was saved.
    pub(crate) size: Option<u64>,
}
