//! The suite: one binary, a module for each theme.

// A test says what is wrong by panicking; its helpers may do the same.
#![allow(clippy::expect_used, clippy::unwrap_used)]

// The fuzz targets ask a crate of this name for the macro that they stand in.
extern crate self as libfuzzer_sys;
pub(crate) use fuzz_targets::fuzz_target;

mod ahead;
mod any;
mod append;
mod atomic;
mod attributes;
mod bad_files;
mod big;
mod bits;
mod calls;
mod compression;
mod corpus;
mod damage;
mod derive;
mod editor;
mod editor_metadata;
mod examples;
mod failing_writers;
mod failpoints;
mod faults_in;
mod flattened;
mod foreign_members;
mod full_disk;
mod fuzz_targets;
mod hostile;
mod house;
mod lenient;
mod loading;
mod metadata;
mod mismatch;
mod numpy_reads;
mod numpy_writes;
mod oracle;
mod others;
mod permissions;
mod pipes;
mod properties;
mod random;
mod random_dtypes;
mod records;
mod replaced;
mod saver;
mod saving;
mod slices;
mod streams_in;
mod streams_out;
mod tied;
mod tied_items;
mod types;
mod ui;
mod verify;
mod versions;
mod views;
mod zip_diff;
