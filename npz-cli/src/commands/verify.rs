//! Whether files are sound.

use std::path::{Path, PathBuf};

use npz_core::{Error, ErrorKind, LoadOptions};
use serde::Serialize;

use crate::canonical::piece_items;
use crate::cli::ReadArgs;
use crate::commands::each;
use crate::error::{Failure, Result, Status};
use crate::json::{JsonEntry, JsonError, JsonFile};
use crate::numbers;
use crate::output::Output;
use crate::progress::Progress;
use crate::source::{Entry, Format, Kind, Source, copy};
use crate::text::{count, plural, printable, size};

/// Check that files are sound, and say what to do if not
///
/// Reads everything: framing, checksums, headers, what they promise. NaN and infinite values are
/// told of. Exit status 1 if an entry is damaged, 2 if a file can't be opened.
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

/// What is unusual among the values of an array.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Values {
    nan: u64,
    inf: u64,
}

#[derive(Debug, Serialize)]
struct Verified<'a> {
    #[serde(flatten)]
    entry: JsonEntry<'a>,
    sound: bool,
    #[serde(flatten)]
    values: Values,
}

#[derive(Debug, Serialize)]
struct VerifiedFile<'a> {
    #[serde(flatten)]
    file: JsonFile<'a, Verified<'a>>,
    sound: bool,
    /// What the strict reader has against the file, where the lenient one opened it.
    framing: Option<JsonError>,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    each(&args.files, args.read, args.json, out, |source, out| {
        let total = source.entries().iter().filter_map(Entry::nbytes).fold(0, u64::saturating_add);
        let progress = Progress::new(total);
        let checked: Vec<Result<Values, Error>> =
            (0..source.entries().len()).map(|index| check(source, index, &progress)).collect();
        drop(progress);
        let framing = framing(args, source);
        let odd = |values: &Values| args.finite && (values.nan > 0 || values.inf > 0);
        let faulty = |checked: &Result<Values, Error>| checked.as_ref().map_or(true, odd);
        let sound = framing.is_none() && !checked.iter().any(faulty);
        if args.json {
            let entry = |(entry, checked): (_, &Result<Values, Error>)| {
                let error = checked.as_ref().err().map(JsonError::new);
                let values = checked.as_ref().copied().unwrap_or_default();
                let entry = JsonEntry::new(entry).with_error(error);
                Verified { entry, sound: !faulty(checked), values }
            };
            let entries = source.entries().iter().zip(&checked).map(entry).collect();
            let framing = framing.as_ref().map(JsonError::new);
            out.json(&VerifiedFile { file: JsonFile::new(source, entries), sound, framing })?;
        } else {
            print(args, source, &checked, framing, out)?;
        }
        Ok(if sound { Status::Done } else { Status::Found })
    })
}

/// Reads all of an entry.
fn check(source: &Source, index: usize, progress: &Progress) -> Result<Values, Error> {
    let entry = &source.entries()[index];
    let mut values = Values::default();
    let Some(header) = entry.header.as_ref().filter(|_| entry.is_readable_array()) else {
        // Bytes and pickles have a checksum at least.
        return match (&entry.error, source.archive(), entry.member.as_deref()) {
            (Some(error), _, _) => Err(copy(error)),
            (None, Some(reader), Some(member)) => {
                let verified = reader.entry(member).and_then(|entry| entry.verify());
                verified.map(|()| values).map_err(|error| error.with_path(source.path()))
            }
            _ => Ok(values),
        };
    };
    for piece in source.pieces(index, piece_items(header))? {
        let piece = piece.map_err(|error| error.with_path(source.path()))?;
        let whole = |float: &f64| float.is_finite();
        let numbers = match numbers::has_floats(&piece) {
            true => numbers::floats(&piece).or_else(|| numbers::parts(&piece)),
            false => None,
        };
        for number in numbers.iter().flatten().filter(|number| !whole(number)) {
            if number.is_nan() {
                values.nan += 1;
            } else {
                values.inf += 1;
            }
        }
        progress.add(piece.nbytes() as u64);
    }
    Ok(values)
}

/// What the strict reader says of an archive that was opened leniently.
fn framing(args: &Args, source: &Source) -> Option<Error> {
    if !args.read.lenient || source.format() != Format::Npz || source.path() == Path::new("-") {
        return None;
    }
    npz_core::NpzReader::open_with(source.path(), &LoadOptions::new()).err()
}

fn print(
    args: &Args,
    source: &Source,
    checked: &[Result<Values, Error>],
    framing: Option<Error>,
    out: &mut Output,
) -> Result<()> {
    let style = out.style();
    let file = printable(source.name());
    let mut faults = 0;
    for error in framing.iter().chain(checked.iter().filter_map(|checked| checked.as_ref().err())) {
        faults += 1;
        out.line(format!(
            "{} {}",
            style.bad("fault:"),
            printable(&Failure::from(copy(error)).to_string())
        ))?;
        if let Some(advice) = advice(error) {
            out.line(format!("       {}", style.dim(advice)))?;
        }
    }
    for (entry, values) in source.entries().iter().zip(checked) {
        let Ok(values) = values else { continue };
        let name =
            entry.name.as_deref().map(|name| format!("entry {name:?}: ")).unwrap_or_default();
        let told = [(values.nan, "NaN"), (values.inf, "infinite")];
        let told = told.iter().filter(|(number, _)| *number > 0);
        let told: Vec<String> =
            told.map(|(number, what)| format!("{} {what}", count(*number))).collect();
        if !told.is_empty() && (args.finite || !args.quiet) {
            faults += usize::from(args.finite);
            let word = if args.finite { style.bad("fault:") } else { style.warn("note: ") };
            let all = entry.header.as_ref().map_or(0, npz_core::Header::len);
            let line = format!("{} of {} values", told.join(" and "), count(all as u64));
            out.line(format!("{word} {file}: {}{line}", printable(&name)))?;
        }
        if entry.kind == Kind::Array && !entry.is_readable_array() && !args.quiet {
            let line = "holds Python objects, a pickle, which npz never reads";
            out.line(format!(
                "{} {}",
                style.warn("note: "),
                printable(&format!("{file}: {name}{line}"))
            ))?;
        }
    }
    if faults == 0 && !args.quiet {
        let bytes = source.entries().iter().filter_map(|entry| entry.unpacked_nbytes);
        let read = size(bytes.fold(0, u64::saturating_add));
        let entries = plural(checked.len(), "entry", "entries");
        out.line(format!("{} {file}: {entries}, {read}", style.good("sound:")))?;
    }
    Ok(())
}

/// What can be done about an error.
fn advice(error: &Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::Truncated => {
            Some("it was cut short while it was written or copied: write or fetch it again")
        }
        ErrorKind::Corrupt => Some(
            "its bytes have changed since they were written: fetch it again, or take another copy; \
             npz rm takes the entry out, and the others stay",
        ),
        ErrorKind::Limit => Some("it asks for more than it can hold, as hostile files do"),
        ErrorKind::Duplicate => Some("npz repack --lenient keeps the one that NumPy finds"),
        _ => None,
    }
}
