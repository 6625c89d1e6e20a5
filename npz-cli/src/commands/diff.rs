//! What differs between two files.

mod compare;
mod exact;
mod items;
mod times;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use npz_core::{ByteOrder, Error};
use serde::Serialize;

use self::compare::{Difference, Outcome, Tolerance, compare};
use crate::cli::ReadArgs;
use crate::commands::{failed_in_json, matches_any};
use crate::error::{Failure, Result, Status, tell};
use crate::json::{JsonEntry, JsonError};
use crate::output::Output;
use crate::progress::Progress;
use crate::source::{Entry, Source, copy};
use crate::text::{count, plural, printable};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An npz, npy or safetensors file
    a: PathBuf,
    /// Another one, perhaps of another format
    b: PathBuf,
    /// Take numbers for the same up to this part of B's: |a - b| <= atol + rtol * |b|. Not those of
    /// records, nor times
    #[arg(long, value_name = "R", value_parser = tolerance)]
    rtol: Option<f64>,
    /// Take numbers for the same up to this difference. Not those of records, nor times
    #[arg(long, value_name = "A", value_parser = tolerance)]
    atol: Option<f64>,
    /// Compare only entries whose names match
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Print nothing: the exit status tells
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
    /// Print a line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    read: ReadArgs,
}

fn tolerance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number >= 0.0 => Ok(number),
        _ => Err("expected a number, 0 or more".to_owned()),
    }
}

/// What has become of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Change {
    Same,
    Added,
    Removed,
    /// An array in one file, bytes in the other.
    Kind,
    Dtype,
    Shape,
    Values,
    Error,
}

struct Compared<'s> {
    name: Option<&'s str>,
    a: Option<&'s Entry>,
    b: Option<&'s Entry>,
    change: Change,
    difference: Option<Difference>,
    error: Option<Error>,
}

#[derive(Debug, Serialize)]
struct JsonCompared<'a> {
    name: Option<&'a str>,
    change: Change,
    a: Option<JsonEntry<'a>>,
    b: Option<JsonEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<&'a Difference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JsonError>,
}

#[derive(Debug, Serialize)]
struct JsonDiff<'a> {
    a: &'a str,
    b: &'a str,
    same: bool,
    entries: Vec<JsonCompared<'a>>,
    /// By key, what A and B say.
    metadata: BTreeMap<&'a str, [Option<&'a str>; 2]>,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let mut open = |path: &PathBuf| -> Result<Option<Source>> {
        let opened = Source::open(path, &args.read.options());
        match opened.and_then(|source| source.check_description().map(|()| source)) {
            Ok(source) => Ok(Some(source)),
            Err(error) if args.json => failed_in_json(path, &error, out).map(|_| None),
            Err(error) => Err(error.into()),
        }
    };
    let (Some(a), Some(b)) = (open(&args.a)?, open(&args.b)?) else { return Ok(Status::Failed) };
    let tolerance = match (args.rtol, args.atol) {
        (None, None) => None,
        (rtol, atol) => {
            Some(Tolerance { relative: rtol.unwrap_or(0.0), absolute: atol.unwrap_or(0.0) })
        }
    };
    let compared = compare_all(args, &a, &b, tolerance)?;
    let metadata = metadata(&a, &b);
    let same = metadata.is_empty() && compared.iter().all(|one| one.change == Change::Same);
    let failed = compared.iter().any(|one| one.change == Change::Error);
    let status = match (failed, same) {
        (true, _) => Status::Failed,
        (false, true) => Status::Done,
        (false, false) => Status::Found,
    };
    out.note(status);
    if args.json {
        let entries = compared.iter().map(JsonCompared::new).collect();
        out.json(&JsonDiff { a: a.name(), b: b.name(), same, entries, metadata })?;
    } else if !args.quiet {
        print(&a, &b, &compared, &metadata, out)?;
    }
    if !args.json {
        for error in compared.iter().filter_map(|one| one.error.as_ref()) {
            tell(out, &copy(error).into());
        }
    }
    Ok(status)
}

impl<'a> JsonCompared<'a> {
    fn new(one: &'a Compared<'a>) -> Self {
        Self {
            name: one.name,
            change: one.change,
            a: one.a.map(JsonEntry::new),
            b: one.b.map(JsonEntry::new),
            difference: one.difference.as_ref(),
            error: one.error.as_ref().map(JsonError::new),
        }
    }
}

fn compare_all<'s>(
    args: &Args,
    a: &'s Source,
    b: &'s Source,
    tolerance: Option<Tolerance>,
) -> Result<Vec<Compared<'s>>> {
    let is_meant = |entry: &Entry| matches_any(&args.only, entry.label());
    let mut named = a.entries().iter().chain(b.entries()).filter(|entry| entry.name().is_some());
    if named.clone().next().is_some() && !named.any(is_meant) {
        let (a, b) = (a.name(), b.name());
        return Err(Failure::usage(format!("{a}, {b}: no name matches {}", args.only.join(", "))));
    }
    // The last of several of one name, as NumPy has it.
    let places = |source: &'s Source| -> BTreeMap<Option<&'s str>, usize> {
        let entries = source.entries().iter().enumerate();
        // An array without a name can't be left out by it.
        let entries = entries.filter(|(_, entry)| entry.name().is_none() || is_meant(entry));
        entries.map(|(at, entry)| (entry.name(), at)).collect()
    };
    let (in_a, mut in_b) = (places(a), places(b));
    // Where one file has but one array without a name, it is compared with the other's only one.
    let lone =
        |names: &BTreeMap<Option<&str>, usize>| names.len() == 1 && names.contains_key(&None);
    let paired = (lone(&in_a) && in_b.len() == 1) || (lone(&in_b) && in_a.len() == 1);
    let progress = Progress::new(a.size().saturating_add(b.size()));
    let mut compared = Vec::new();
    // In the order of the files.
    let mut order: Vec<(Option<&str>, usize)> = in_a.into_iter().collect();
    order.sort_by_key(|(_, at)| *at);
    for (name, at) in order {
        let other = if paired { in_b.pop_first().map(|(_, at)| at) } else { in_b.remove(&name) };
        let entry = &a.entries()[at];
        compared.push(match other {
            None => Compared::lone(name, Some(entry), None),
            Some(other) => both(name, (a, at), (b, other), tolerance, &progress),
        });
    }
    let mut added: Vec<(Option<&str>, usize)> = in_b.into_iter().collect();
    added.sort_by_key(|(_, at)| *at);
    let added = added.into_iter().map(|(name, at)| Compared::lone(name, None, b.entries().get(at)));
    compared.extend(added);
    Ok(compared)
}

impl<'s> Compared<'s> {
    fn lone(name: Option<&'s str>, a: Option<&'s Entry>, b: Option<&'s Entry>) -> Self {
        let change = if a.is_some() { Change::Removed } else { Change::Added };
        Self { name, a, b, change, difference: None, error: None }
    }
}

fn both<'s>(
    name: Option<&'s str>,
    (a, at): (&'s Source, usize),
    (b, other): (&'s Source, usize),
    tolerance: Option<Tolerance>,
    progress: &Progress,
) -> Compared<'s> {
    let (x, y) = (&a.entries()[at], &b.entries()[other]);
    let error = x.error.as_ref().or(y.error.as_ref()).map(copy);
    let change = match (&x.header, &y.header) {
        _ if error.is_some() => Change::Error,
        (Some(x), Some(y)) => {
            let little = |header: &npz_core::Header| {
                header.dtype().clone().with_byte_order(ByteOrder::Little)
            };
            match (little(x) == little(y), x.shape() == y.shape()) {
                (_, false) => Change::Shape,
                (false, true) => Change::Dtype,
                (true, true) => Change::Same,
            }
        }
        (None, None) => Change::Same,
        _ => Change::Kind,
    };
    let change = if change == Change::Same && x.logical_dtype != y.logical_dtype && both_known(x, y)
    {
        Change::Dtype
    } else {
        change
    };
    let mut compared = Compared { name, a: Some(x), b: Some(y), change, difference: None, error };
    // Numbers of two types can be compared as well.
    if matches!(change, Change::Same | Change::Dtype) {
        match compare((a, at), (b, other), tolerance, progress) {
            Ok(Outcome::Values(difference)) => {
                let differ = difference.differing > 0;
                if change == Change::Same && differ {
                    compared.change = Change::Values;
                }
                // Of two types it's worth to know that the values are the same.
                compared.difference = (differ || change == Change::Dtype).then_some(difference);
            }
            Ok(Outcome::Same | Outcome::NotCompared) => {}
            Err(error) => (compared.change, compared.error) = (Change::Error, Some(error)),
        }
    }
    compared
}

/// What one file doesn't say of a type can't be different.
fn both_known(a: &Entry, b: &Entry) -> bool {
    a.logical_dtype.is_some() && b.logical_dtype.is_some()
}

fn metadata<'s>(a: &'s Source, b: &'s Source) -> BTreeMap<&'s str, [Option<&'s str>; 2]> {
    let keys: BTreeSet<&str> =
        a.metadata().keys().chain(b.metadata().keys()).map(String::as_str).collect();
    let said = |source: &'s Source, key| source.metadata().get(key).map(String::as_str);
    let pairs = keys.into_iter().map(|key| (key, [said(a, key), said(b, key)]));
    pairs.filter(|(_, [a, b])| a != b).collect()
}

fn print(
    a: &Source,
    b: &Source,
    compared: &[Compared<'_>],
    metadata: &BTreeMap<&str, [Option<&str>; 2]>,
    out: &mut Output,
) -> Result<()> {
    let style = out.style();
    let (mut same, mut unknown) = (0, 0);
    let facts = |entry: Option<&Entry>| {
        let Some(entry) = entry else { return String::new() };
        let shape = entry.header.as_deref().map(|header| super::ls::shape(header.shape()));
        format!("{} {}", super::ls::dtype(entry), shape.unwrap_or_default()).trim_end().to_owned()
    };
    for one in compared {
        let name = printable(one.name.or(one.a.and_then(|a| a.name())).unwrap_or("array"));
        let (x, y) = (facts(one.a), facts(one.b));
        let line = match one.change {
            Change::Same => {
                same += 1;
                continue;
            }
            Change::Error => {
                unknown += 1;
                continue;
            }
            Change::Added => style.good(&format!("+ {name}  {y}")),
            Change::Removed => style.bad(&format!("- {name}  {x}")),
            Change::Kind | Change::Dtype | Change::Shape => {
                format!("{} {x} → {y}", style.warn(&format!("~ {name} ")))
            }
            Change::Values => format!("{} {x}", style.warn(&format!("~ {name} "))),
        };
        out.line(line)?;
        match &one.difference {
            Some(difference) => out.line(format!("    {}", difference.describe()))?,
            None if one.change == Change::Dtype => out.line("    the values are not compared")?,
            None => {}
        }
    }
    for (key, [x, y]) in metadata {
        let key = printable(key);
        let quote = |text: &str| format!("{text:?}");
        out.line(match (x, y) {
            (None, Some(y)) => style.good(&format!("+ metadata {key}: {}", quote(y))),
            (Some(x), None) => style.bad(&format!("- metadata {key}: {}", quote(x))),
            (x, y) => {
                let (x, y) = (quote(x.unwrap_or_default()), quote(y.unwrap_or_default()));
                format!("{} {x} → {y}", style.warn(&format!("~ metadata {key}:")))
            }
        })?;
    }
    let changes = compared.len() - same - unknown + metadata.len();
    let mut line = match changes {
        0 => format!("the same: {}", plural(same, "entry", "entries")),
        _ => {
            let differences = plural(changes, "difference", "differences");
            let (a, b) = (printable(a.name()), printable(b.name()));
            format!("{differences} between {a} and {b}; {} the same", count(same as u64))
        }
    };
    if unknown > 0 {
        line += &format!("; {} can't be compared", count(unknown as u64));
    }
    Ok(out.line(style.dim(&line))?)
}
