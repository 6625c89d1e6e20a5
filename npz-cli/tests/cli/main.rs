//! The command as people run it: one binary, a module for each theme.

// A test says what is wrong by panicking; its helpers may do the same.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod conversions;
mod corpus;
mod differences;
mod edits;
mod files;
mod lenient;
mod listings;
mod manners;
mod model;
mod numpy;
mod pipes;
mod plot;
mod repacking;
mod report;
mod run;
mod stats;
mod transcripts;
mod values;
