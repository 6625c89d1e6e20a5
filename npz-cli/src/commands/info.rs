//! What a file is, and who can read it.

mod peers;
mod writer;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use npz_core::{Header, Method, Order};
use serde::Serialize;

use self::peers::{Peer, peers};
use crate::cli::ReadArgs;
use crate::commands::{each, unreadable};
use crate::error::{Result, Status};
use crate::output::Output;
use crate::source::{Entry, Format, Source};
use crate::text::{count, pad, plural, printable, size, wrap};
use crate::write::alignment;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// npz, npy or safetensors files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print a line of JSON for each file
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Debug, Serialize)]
struct Info<'a> {
    file: &'a str,
    format: &'static str,
    size: u64,
    entries: usize,
    arrays: usize,
    nbytes: u64,
    methods: BTreeMap<Cow<'static, str>, usize>,
    dtypes: BTreeMap<Cow<'a, str>, usize>,
    fortran_order: usize,
    /// The largest power of two that the data of all arrays start at multiples of; `null` if none
    /// can be used in place.
    alignment: Option<usize>,
    /// Whether every array can be used in place.
    mappable: bool,
    /// Why not.
    not_mappable: Vec<String>,
    writer: Option<&'static str>,
    peers: Vec<Peer>,
    metadata: &'a BTreeMap<String, String>,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let mut first = true;
    each(&args.files, args.read, args.json, out, |source, out| {
        let info = info(source);
        if args.json {
            out.json(&info)?;
        } else {
            if !std::mem::take(&mut first) {
                out.line("")?;
            }
            print(&info, out)?;
        }
        Ok(unreadable(source, args.json, out))
    })
}

fn info(source: &Source) -> Info<'_> {
    let entries = source.entries();
    let mut methods = BTreeMap::new();
    let mut dtypes = BTreeMap::new();
    let mut fortran_order = 0;
    for entry in entries {
        *methods.entry(entry.method_name()).or_insert(0) += 1;
        if let Some(header) = &entry.header {
            *dtypes.entry(super::ls::dtype(entry)).or_insert(0) += 1;
            fortran_order += usize::from(header.order() == Order::Fortran);
        }
    }
    let arrays: Vec<&Entry> = entries.iter().filter(|entry| entry.header.is_some()).collect();
    let offsets = arrays.iter().filter_map(|entry| entry.data_offset);
    let alignment = alignment(offsets);
    let not_mappable = not_mappable(&arrays);
    Info {
        file: source.name(),
        format: source.format().name(),
        size: source.size(),
        entries: entries.len(),
        arrays: arrays.len(),
        nbytes: arrays.iter().filter_map(|entry| entry.nbytes()).fold(0, u64::saturating_add),
        methods,
        dtypes,
        fortran_order,
        alignment,
        mappable: not_mappable.is_empty(),
        not_mappable,
        writer: writer::guess(source),
        peers: if source.format() == Format::Safetensors { Vec::new() } else { peers(source) },
        metadata: source.metadata(),
    }
}

/// Why arrays can't be used in place, each reason with the number of arrays.
fn not_mappable(arrays: &[&Entry]) -> Vec<String> {
    let packed = |entry: &Entry| !matches!(entry.method, None | Some(Method::Stored));
    let numbers = |header: &Header| header.dtype().as_scalar();
    let mut reasons = [
        (0, "packed"),
        (0, "of a type that isn't numbers"),
        (0, "in the other byte order"),
        (0, "not aligned to their items"),
    ];
    for entry in arrays {
        let Some(header) = &entry.header else { continue };
        let at = if packed(entry) {
            0
        } else if let Some(scalar) = numbers(header) {
            let unit = scalar.kind().unit_size().max(1) as u64;
            if !is_number(scalar.kind()) {
                1
            } else if !scalar.is_native() {
                2
            } else if entry.data_offset.is_none_or(|at| !at.is_multiple_of(unit)) {
                3
            } else {
                continue;
            }
        } else {
            1
        };
        reasons[at].0 += 1;
    }
    let reasons = reasons.into_iter().filter(|(number, _)| *number > 0);
    reasons.map(|(number, why)| format!("{} {why}", count(number))).collect()
}

fn is_number(kind: npz_core::ScalarKind) -> bool {
    use npz_core::ScalarKind::{
        Bytes, CLongDouble, DateTime, LongDouble, Object, Str, TimeDelta, Void,
    };
    match kind {
        Void(2 | 1) => true,
        Bytes(_) | Str(_) | Object | DateTime(_) | TimeDelta(_) | LongDouble | CLongDouble
        | Void(_) => false,
        _ => true,
    }
}

/// Columns of the terminal that are left behind `taken` of them.
fn room(out: &Output, taken: usize) -> Option<usize> {
    out.width().map(|width| width.saturating_sub(taken).max(20))
}

fn print(info: &Info<'_>, out: &mut Output) -> Result<()> {
    let style = out.style();
    out.line(style.bold(&printable(info.file)))?;
    let mut facts: Vec<(&str, String)> = Vec::new();
    let list = |counts: &BTreeMap<Cow<'_, str>, usize>| {
        let parts =
            counts.iter().map(|(name, number)| format!("{name} ×{}", count(*number as u64)));
        printable(&parts.collect::<Vec<_>>().join(", ")).into_owned()
    };
    facts.push(("format", format!("{}, {}", info.format, size(info.size))));
    let mut entries = plural(info.entries, "entry", "entries");
    if info.arrays != info.entries {
        entries += &format!(", {} of them arrays", count(info.arrays as u64));
    }
    facts.push(("holds", format!("{entries}, {} of data", size(info.nbytes))));
    if !info.methods.is_empty() {
        facts.push(("packing", list(&info.methods)));
    }
    if !info.dtypes.is_empty() {
        facts.push(("dtypes", list(&info.dtypes)));
    }
    if info.fortran_order > 0 {
        let arrays = plural(info.fortran_order, "array", "arrays");
        facts.push(("order", format!("{arrays} in Fortran order")));
    }
    if let Some(alignment) = info.alignment {
        facts.push(("alignment", plural(alignment, "byte", "bytes")));
    }
    let mappable = match info.mappable {
        true => "yes, every array can be used in place".to_owned(),
        false => format!("not all: {}", info.not_mappable.join(", ")),
    };
    facts.push(("mappable", mappable));
    facts.push(("written by", info.writer.unwrap_or("nobody that shows").to_owned()));
    for (name, value) in facts {
        let mut heading = style.dim(&pad(name, 10));
        for line in wrap(&value, room(out, 14)) {
            out.line(format!("  {heading}  {line}"))?;
            heading = " ".repeat(10);
        }
    }
    if !info.metadata.is_empty() {
        out.line(format!("  {}", style.dim("metadata")))?;
        for (key, value) in info.metadata {
            out.line(format!("    {} = {}", style.name(&printable(key)), printable(value)))?;
        }
    }
    if !info.peers.is_empty() {
        out.line(format!("  {}", style.dim("readers")))?;
        let names = info.peers.iter().map(|peer| peer.name.len()).max().unwrap_or(0);
        for peer in &info.peers {
            let why = if peer.reads { "reads it".to_owned() } else { peer.why.join("; ") };
            let mut name = pad(peer.name, names);
            for line in wrap(&why, room(out, names + 6)) {
                let line = if peer.reads { style.good(&line) } else { style.warn(&line) };
                out.line(format!("    {name}  {line}"))?;
                name = " ".repeat(names);
            }
        }
    }
    Ok(())
}
