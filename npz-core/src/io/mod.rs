//! Input and output that knows no syntax: positional reads, and files replaced in one step.

pub(crate) mod atomic;
mod copy;
pub(crate) mod locked;
#[cfg(feature = "mmap")]
pub(crate) mod mmap;
mod pages;
pub(crate) mod read_at;
pub(crate) mod write_at;
mod writeback;
