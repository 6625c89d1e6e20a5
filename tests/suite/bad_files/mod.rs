//! A file for each way to fool or to exhaust a reader that we know of: every one is refused, for
//! the right reason, in little memory and time, whichever door it comes in by.
//!
//! The rows are those of the threat table in `docs/hostile-files.md`. Files are made here; none is
//! kept.

mod archives;
mod doors;
mod memory;
mod npy;
mod zip;

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use npz_core::ErrorKind;

pub(crate) use self::archives::sound as sound_archives;
use self::doors::{Outcome, read_archive, read_npy};
pub(crate) use self::zip::{Member, build};

/// Longest time of a processor that any of them may take; unoptimized code is some ten times slower.
const LONGEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2000 } else { 500 });

/// How a file is to be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    /// An array of whatever type it says.
    Any,
    Bool,
    Text,
    Bytes,
    F64,
    /// All that is in an archive.
    Archive,
}

/// A file that must be refused.
pub(crate) struct Bad {
    /// Of the threat table.
    row: &'static str,
    name: String,
    /// What the error may be.
    kinds: &'static [ErrorKind],
    bytes: Vec<u8>,
    load: As,
}

pub(crate) fn all() -> Vec<Bad> {
    let mut all = npy::cases();
    let members: Vec<Bad> = all.iter().flat_map(in_archives).collect();
    all.extend(archives::cases());
    all.extend(members);
    all
}

/// The same array as a member of archives that are sound by themselves.
fn in_archives(bad: &Bad) -> [Bad; 2] {
    let wrap = |how: &str, member: Member| Bad {
        row: bad.row,
        name: format!("{}, {how} in an archive", bad.name),
        // What isn't an array at all is a member like others there, and no array to ask for.
        kinds: match bad.bytes.starts_with(b"\x93NUMPY") {
            true => bad.kinds,
            false => &[ErrorKind::Dtype],
        },
        bytes: build(&[member], false, |_| {}),
        load: bad.load,
    };
    [
        wrap("stored", Member::stored("a.npy", &bad.bytes)),
        wrap("deflated", Member::deflated("a.npy", &bad.bytes)),
    ]
}

impl Bad {
    fn is_archive(&self) -> bool {
        self.load == As::Archive || self.name.ends_with("in an archive")
    }
}

#[test]
fn every_bad_file_is_refused_for_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad");
    let mut faults = Vec::new();
    let mut rows = BTreeMap::new();
    let all = all();
    for bad in &all {
        let Bad { row, name, kinds, bytes, load } = bad;
        fs::write(&path, bytes).unwrap();
        let errors = match bad.is_archive() {
            true => read_archive(&path, bytes, *load),
            false => read_npy(&path, bytes, *load),
        };
        let mut fault = |what: String| faults.push(format!("{row} {name}: {what}"));
        for Outcome { door, result, took } in errors {
            if took > LONGEST {
                fault(format!("{door} took {took:?}"));
            }
            match result {
                // It comes last, and is passed over.
                Ok(()) if door == "a stream" && name.starts_with("metadata") => {}
                Ok(()) => fault(format!("{door} takes it")),
                Err(error) if !kinds.contains(&error.kind()) => {
                    fault(format!("{door} says {:?}: {error}", error.kind()));
                }
                Err(error) => {
                    let line = error.to_string();
                    if line.contains('\n') || line.len() > 600 || line.len() < 12 {
                        fault(format!("{door}: no line of an error: {line}"));
                    }
                }
            }
        }
        *rows.entry(*row).or_insert(0) += 1;
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), all.len(), faults.join("\n"));
    let expected = [
        "H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9", "Z1", "Z10", "Z11", "Z2", "Z3", "Z4",
        "Z5", "Z6", "Z7", "Z8", "Z9",
    ];
    assert!(rows.keys().eq(&expected), "{rows:?}");
    println!("{} bad files refused: {rows:?}", all.len());
}

/// To see what other programs make of them: `NPZ_BAD_FILES_TO=folder cargo test --test suite bad_files`
/// leaves them there.
#[test]
fn files_for_other_programs() {
    let Some(folder) = std::env::var_os("NPZ_BAD_FILES_TO") else { return };
    for (at, bad) in all().iter().enumerate() {
        let extension = if bad.is_archive() { "npz" } else { "npy" };
        let name = format!("{at:04}-{}.{extension}", bad.row);
        fs::write(std::path::Path::new(&folder).join(name), &bad.bytes).unwrap();
    }
}

#[test]
fn the_archives_that_were_changed_are_sound_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("good");
    for (name, bytes) in sound_archives() {
        fs::write(&path, &bytes).unwrap();
        for Outcome { door, result, .. } in read_archive(&path, &bytes, As::Archive) {
            result.unwrap_or_else(|error| panic!("{name}, {door}: {error}"));
        }
    }
}
