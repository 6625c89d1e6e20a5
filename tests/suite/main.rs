//! The suite: one binary, a module for each theme.

// A test says what is wrong by panicking; its helpers may do the same.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod atomic;
mod big;
mod calls;
mod derive;
mod examples;
mod hostile;
mod house;
mod lenient;
mod mismatch;
mod numpy_reads;
mod numpy_writes;
mod oracle;
mod properties;
mod ui;
