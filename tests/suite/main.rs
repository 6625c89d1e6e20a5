//! The suite: one binary, a module for each theme.

// A test says what is wrong by panicking; its helpers may do the same.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod any;
mod append;
mod atomic;
mod attributes;
mod bad_files;
mod big;
mod bits;
mod calls;
mod corpus;
mod damage;
mod derive;
mod editor;
mod editor_metadata;
mod examples;
mod faults_in;
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
mod properties;
mod random_dtypes;
mod records;
mod slices;
mod streams_in;
mod streams_out;
mod tied;
mod types;
mod ui;
mod verify;
mod versions;
mod views;
