//! Whether files are sound.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use npz_core::{DType, Error, ErrorKind, Header, ScalarKind, ValueCounts, VerifyOptions};
use serde::Serialize;

use crate::cli::ReadArgs;
use crate::commands::each_or;
use crate::error::{Failure, Result, Status, tell};
use crate::json::{JsonEntry, JsonError, JsonFile};
use crate::output::Output;
use crate::progress::Progress;
use crate::source::{Entry, Format, Kind, METADATA, Source, copy};
use crate::text::{count, plural, printable, size};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// npz, npy or safetensors files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Take NaN and infinite values for a fault
    #[arg(long)]
    finite: bool,
    /// Print faults only
    #[arg(long, short)]
    quiet: bool,
    /// Print a line of JSON for each file
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Debug, Serialize)]
struct Verified<'a> {
    #[serde(flatten)]
    entry: JsonEntry<'a>,
    sound: bool,
    nan: u64,
    inf: u64,
    /// Bools other than 0 and 1, and characters that aren't Unicode's.
    invalid: u64,
}

#[derive(Debug, Serialize)]
struct VerifiedFile<'a> {
    #[serde(flatten)]
    file: JsonFile<'a, Vec<Verified<'a>>>,
    sound: bool,
    /// What the strict reader has against the file, where the lenient one opened it.
    framing: Option<JsonError>,
}

/// What was found in a file.
struct Findings<'s> {
    /// What the strict reader has against it, where the lenient one opened it.
    framing: Option<Error>,
    entries: Vec<(&'s Entry, Result<ValueCounts, Error>)>,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let unopened = |error: Error, out: &mut Output| {
        let advice = advice(&error);
        tell(out, &error.into());
        if let Some(line) = advice {
            let _ = writeln!(io::stderr(), "     {}", out.error_style().dim(line));
        }
    };
    each_or(&args.files, args.read, args.json, out, unopened, |source, out| {
        let found = verify(source);
        let odd = |values: &ValueCounts| args.finite && (values.nan() > 0 || values.infinite() > 0);
        let faulty = |found: &Result<ValueCounts, Error>| found.as_ref().map_or(true, odd);
        let sound = found.framing.is_none() && !found.entries.iter().any(|(_, one)| faulty(one));
        let status = if sound { Status::Done } else { Status::Found };
        out.note(status);
        if args.json {
            let entries = found.entries.iter().map(|(entry, found)| {
                let error = found.as_ref().err().map(JsonError::new);
                let values = found.as_ref().copied().unwrap_or_default();
                Verified {
                    entry: JsonEntry::new(entry).with_error(error),
                    sound: !faulty(found),
                    nan: values.nan(),
                    inf: values.infinite(),
                    invalid: values.invalid(),
                }
            });
            let entries = entries.collect();
            let framing = found.framing.as_ref().map(JsonError::new);
            out.json(&VerifiedFile { file: JsonFile::new(source, entries), sound, framing })?;
        } else {
            print(args, source, &found, out)?;
        }
        Ok(status)
    })
}

/// Reads all of a file.
fn verify(source: &Source) -> Findings<'_> {
    let members = source.members();
    let size = |entry: &&Entry| entry.unpacked_nbytes;
    let total = members.iter().filter_map(size).fold(0, u64::saturating_add);
    let progress = Arc::new(Progress::new(total));
    let options = VerifyOptions::new().values(true);
    let options = |before: u64| {
        let progress = Arc::clone(&progress);
        options.clone().progress(move |told| {
            progress.set(before.saturating_add(told.done()));
            ControlFlow::Continue(())
        })
    };
    if let Some(reader) = source.archive() {
        let (framing, found) = reader.verify_report(&options(0)).into_parts();
        let framing = framing.map(|error| error.with_path(source.path()));
        let result = |found: npz_core::EntryReport| {
            let values = found.values().unwrap_or_default();
            found.into_fault().map_or(Ok(values), |error| Err(error.with_path(source.path())))
        };
        let entries = members.into_iter().zip(found.into_iter().map(result));
        return Findings { framing, entries: entries.collect() };
    }
    let mut before = 0_u64;
    let found = members.into_iter().enumerate().map(|(index, entry)| {
        let options = options(before);
        before = before.saturating_add(entry.unpacked_nbytes.unwrap_or(0));
        (entry, verify_raw(source, index, &options))
    });
    Findings { framing: None, entries: found.collect() }
}

/// Reads all of an array that lies in a file as it is.
fn verify_raw(
    source: &Source,
    index: usize,
    options: &VerifyOptions,
) -> Result<ValueCounts, Error> {
    let array = source.raw(index)?;
    if array.header().dtype().has_object() {
        return Ok(ValueCounts::default());
    }
    let found = array.verify(options).map_err(|error| source.place_at(index, error))?;
    Ok(found.unwrap_or_default())
}

fn print(args: &Args, source: &Source, found: &Findings<'_>, out: &mut Output) -> Result<()> {
    let style = out.style();
    let file = printable(source.name());
    let mut faults = 0;
    let errors = found.entries.iter().filter_map(|(_, found)| found.as_ref().err());
    let errors: Vec<&Error> = found.framing.iter().chain(errors).collect();
    for error in &errors {
        faults += 1;
        let line = Failure::from(copy(error)).to_string();
        out.line(format!("{} {}", style.bad("fault:"), printable(&line)))?;
        if let Some(advice) = advice(error) {
            out.line(format!("       {}", style.dim(advice)))?;
        }
    }
    if let Some(advice) = removal(source, &errors) {
        out.line(format!("       {}", style.dim(&printable(&advice))))?;
    }
    for (entry, values) in &found.entries {
        let Ok(values) = values else { continue };
        let name = entry.name().map(|name| format!("entry {name:?}: ")).unwrap_or_default();
        let odd = [(values.nan(), "NaN"), (values.infinite(), "infinite")];
        let told = |told: &[(u64, &str)]| {
            let told = told.iter().filter(|(number, _)| *number > 0);
            let told: Vec<_> =
                told.map(|(number, what)| format!("{} {what}", count(*number))).collect();
            told.join(" and ")
        };
        let numbers = told(&odd);
        if !numbers.is_empty() && (args.finite || !args.quiet) {
            faults += usize::from(args.finite);
            let word = if args.finite { style.bad("fault:") } else { style.warn("note: ") };
            let all = entry.header.as_deref().map_or(0, Header::len);
            let parts = entry.header.as_deref().map_or(1, |header| parts(header.dtype()));
            let values = plural(all, "value", "values");
            let line = match parts {
                1 => format!("{numbers} of {values}"),
                // Each of them counts.
                _ => format!(
                    "{numbers} of the {} parts of {values}",
                    count(parts.saturating_mul(all as u64))
                ),
            };
            out.line(format!("{word} {file}: {}{line}", printable(&name)))?;
        }
        let invalid =
            told(&[(values.invalid(), "of its values are no bool or character of theirs")]);
        let objects = entry.kind == Kind::Array && !entry.is_readable_array();
        let objects =
            if objects { "holds Python objects, a pickle, which npz never reads" } else { "" };
        for line in [&invalid, objects] {
            if !line.is_empty() && !args.quiet {
                let line = format!("{name}{line}");
                out.line(format!("{} {file}: {}", style.warn("note: "), printable(&line)))?;
            }
        }
    }
    let all = found.entries.len();
    let sound = found.entries.iter().filter(|(_, found)| found.is_ok()).count();
    if sound < all && all > 1 && !args.quiet {
        let sound = count(sound as u64);
        let line = format!("{sound} of {} can be read", plural(all, "entry", "entries"));
        out.line(format!("{} {file}: {line}", style.warn("note: ")))?;
    }
    if faults == 0 && !args.quiet {
        let bytes = found.entries.iter().filter_map(|(entry, _)| entry.unpacked_nbytes);
        let read = size(bytes.fold(0, u64::saturating_add));
        let entries = plural(source.entries().len(), "entry", "entries");
        out.line(format!("{} {file}: {entries}, {read} read", style.good("sound:")))?;
    }
    Ok(())
}

/// Of how many scalars an item consists: a complex number has two, a record those of its fields.
fn parts(dtype: &DType) -> u64 {
    match dtype {
        DType::Subarray(subarray) => {
            let len = |&len: &usize| u64::try_from(len).unwrap_or(u64::MAX);
            let items = subarray.shape().iter().map(len).fold(1, u64::saturating_mul);
            items.saturating_mul(parts(subarray.base()))
        }
        DType::Record(record) => {
            let fields = record.fields().iter().map(|field| parts(field.dtype()));
            fields.fold(0, u64::saturating_add)
        }
        _ => match dtype.kind() {
            Some(
                ScalarKind::Complex32
                | ScalarKind::C64
                | ScalarKind::C128
                | ScalarKind::CLongDouble,
            ) => 2,
            _ => 1,
        },
    }
}

/// What can be done about an error.
fn advice(error: &Error) -> Option<&'static str> {
    let said = match error.kind() {
        // Whatever it is.
        ErrorKind::Corrupt if error.message().starts_with("not an npz file") => "",
        ErrorKind::Truncated => {
            "it was cut short while it was written or copied: write or fetch it again"
        }
        ErrorKind::Corrupt if error.entry().is_some() => {
            "its bytes have changed since they were written: fetch the file again, or take another copy"
        }
        ErrorKind::Corrupt => {
            "other programs may see other arrays in it, or none: have it written again"
        }
        ErrorKind::Limit => "it asks for more than it can hold, as hostile files do",
        ErrorKind::Duplicate => "npz repack --lenient keeps the one that NumPy finds",
        _ => "",
    };
    Some(said).filter(|said| !said.is_empty())
}

/// How to go on without all that can't be read: one after the other can't be removed, since what
/// stays has to be readable.
fn removal(source: &Source, errors: &[&Error]) -> Option<String> {
    // Others are copied as they are, and so can stay.
    if source.format() != Format::Npz {
        return None;
    }
    let mut seen = BTreeSet::new();
    let names = errors.iter().filter_map(|error| error.entry());
    let names: Vec<_> =
        names.filter(|&name| name != METADATA && seen.insert(name)).map(quoted).collect();
    let them = match names.len() {
        0 => return None,
        1 => "it",
        _ => "them",
    };
    let file = quoted(source.name());
    Some(format!("to go on without {them}: npz rm {file} {}", names.join(" ")))
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "._-/+,:@%=".contains(c);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', "'\\''")).into()
}
