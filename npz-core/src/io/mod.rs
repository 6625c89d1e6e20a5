//! Input and output that knows no syntax: positional reads, and files replaced in one step.

pub(crate) mod atomic;
pub(crate) mod bulk;
mod copy;
pub(crate) mod failpoint;
mod folder;
pub(crate) mod in_order;
pub(crate) mod locked;
#[cfg(feature = "mmap")]
pub(crate) mod mmap;
pub(crate) mod pages;
pub(crate) mod parallel;
pub(crate) mod read_at;
pub(crate) mod regular;
pub(crate) mod sweep;
mod temp;
pub(crate) mod threads;
pub(crate) mod write_at;
mod writeback;
