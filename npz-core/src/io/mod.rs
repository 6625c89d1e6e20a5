//! Input and output that knows no syntax: positional reads, and files replaced in one step.

pub(crate) mod atomic;
pub(crate) mod read_at;
