//! The command as people run it: one binary, a module for each theme.

// A test says what is wrong by panicking; its helpers may do the same.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod numpy;
mod plot;
mod report;
mod run;
mod stats;
