//! What is in a file.

mod fold;
mod row;
mod tree;

use std::cmp::Ordering;
use std::path::PathBuf;

use clap::ValueEnum;

use self::row::Row;
pub(crate) use self::row::{dtype, shape};
use crate::cli::ReadArgs;
use crate::commands::{each, unreadable};
use crate::error::{Result, Status};
use crate::json::{JsonEntries, JsonFile};
use crate::output::Output;
use crate::source::{Entry, Source};
use crate::table::{Align, Table};
use crate::text::{plural, printable, size, width};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// npz, npy or safetensors files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Group names by their levels, which end at '.' or '/'
    #[arg(long, short)]
    tree: bool,
    /// Put names into one line that differ only in a number: layers.#.weight ×32
    #[arg(long, short)]
    fold: bool,
    /// Sort by something else than the order in the file
    #[arg(long, short, value_name = "BY")]
    sort: Option<Sort>,
    /// The other way round
    #[arg(long, short)]
    reverse: bool,
    /// Show dtypes as NumPy writes them, where data start, checksums, and sizes to the byte
    #[arg(long, short)]
    long: bool,
    /// Print a line of JSON for each file
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// By name, numbers in it by their value
    Name,
    /// Largest first
    Size,
    /// By the bytes in the file, largest first
    Packed,
    /// Best packed first
    Ratio,
    Dtype,
    Shape,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let several = args.files.len() > 1;
    let mut first = true;
    each(&args.files, args.read, args.json, out, |source, out| {
        if args.json {
            out.json(&JsonFile::new(source, JsonEntries(&listed(source, args))))?;
        } else {
            if !std::mem::take(&mut first) {
                out.line("")?;
            }
            if several {
                let heading = out.style().bold(&printable(source.name()));
                out.line(format!("{heading}:"))?;
            }
            print(source, args, out)?;
        }
        Ok(unreadable(source, args.json, out))
    })
}

/// What is shown, in the order that was asked for. What describes the other members is for programs,
/// and for those who want to know all.
fn listed<'s>(source: &'s Source, args: &Args) -> Vec<&'s Entry> {
    let mut entries = match args.json || args.long {
        true => source.members(),
        false => source.entries().iter().collect(),
    };
    if let Some(by) = args.sort {
        entries.sort_by(|a, b| compare(by, a, b));
    }
    if args.reverse {
        entries.reverse();
    }
    entries
}

fn compare(by: Sort, a: &Entry, b: &Entry) -> Ordering {
    let shape = |entry: &Entry| entry.header.as_ref().map(|header| header.shape().to_vec());
    match by {
        Sort::Name => natural(a.label(), b.label()),
        Sort::Size => b.nbytes().cmp(&a.nbytes()),
        Sort::Packed => b.stored_nbytes.cmp(&a.stored_nbytes),
        Sort::Ratio => {
            // a's packed / a's size < b's packed / b's size
            let number = |bytes: Option<u64>| u128::from(bytes.unwrap_or(0));
            let left = number(a.stored_nbytes) * number(b.unpacked_nbytes);
            left.cmp(&(number(b.stored_nbytes) * number(a.unpacked_nbytes)))
        }
        Sort::Dtype => a.descr().cmp(&b.descr()),
        Sort::Shape => shape(a).cmp(&shape(b)),
    }
}

/// Compares names as people do: `layers.2` before `layers.10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let digits =
            |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let order = match (digits(a), digits(b)) {
            (0, _) | (_, 0) => {
                let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else {
                    return a.len().cmp(&b.len());
                };
                (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
                x.cmp(&y)
            }
            (i, j) => {
                let (x, y) = (&a[..i], &b[..j]);
                (a, b) = (&a[i..], &b[j..]);
                let (v, w) = (x.trim_start_matches('0'), y.trim_start_matches('0'));
                v.len().cmp(&w.len()).then_with(|| v.cmp(w)).then_with(|| i.cmp(&j))
            }
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn print(source: &Source, args: &Args, out: &mut Output) -> Result<()> {
    let style = out.style();
    let mut aligns = vec![Align::Left, Align::Left, Align::Left, Align::Right];
    aligns.extend([Align::Right, Align::Left]);
    if args.long {
        aligns.extend([Align::Right, Align::Left]);
    }
    let entries = listed(source, args);
    let mut table = Table::new(&aligns);
    if !entries.is_empty() {
        table.push(["name", "dtype", "shape", "size", "packed", "method"]);
        table.push(if args.long { &["offset", "crc32"][..] } else { &[] });
    }
    let mut looks = Vec::with_capacity(entries.len());
    if args.fold || args.tree {
        let rows = entries.into_iter().map(|entry| Row::new(entry, args.long));
        let mut rows: Vec<Row<'_>> = rows.collect();
        if args.fold {
            rows = fold::fold(rows);
        }
        if args.tree {
            rows = tree::tree(rows);
        }
        looks.extend(rows.iter().map(|row| row.put(&mut table, args.long)));
    } else {
        // Row by row, since there may be very many, and mostly of few kinds.
        let mut last = None;
        for entry in entries {
            let look = match last.replace(entry).zip(looks.last().copied()) {
                Some((last, look)) if !args.long && row::are_alike(last, entry) => {
                    table.repeat(&row::name(entry));
                    look
                }
                _ => Row::new(entry, args.long).put(&mut table, args.long),
            };
            looks.push(look);
        }
    }
    let look = |row: usize| row.checked_sub(1).and_then(|row| looks.get(row));
    table.print(out, out.width(), |row, column, cell| match (look(row), column) {
        (None, _) | (_, 5..) => style.dim(cell),
        (Some(look), 0) => look.paint_name(cell, style),
        (Some(look), 1) if look.is_odd => style.warn(cell),
        _ => cell.to_owned(),
    })?;
    Ok(out.line(style.dim(&total(source, out.width())))?)
}

/// What all entries are together, in no more columns than there are.
fn total(source: &Source, most: Option<usize>) -> String {
    let entries = source.entries();
    let (mut unpacked, mut packed, mut whole) = (0_u64, 0_u64, 0_u64);
    for entry in entries {
        unpacked = unpacked.saturating_add(entry.nbytes().unwrap_or(0));
        packed = packed.saturating_add(entry.stored_nbytes.unwrap_or(0));
        whole = whole.saturating_add(entry.unpacked_nbytes.unwrap_or(0));
    }
    let described = if source.members().len() > entries.len() { " and metadata" } else { "" };
    let mut parts = vec![
        format!("{}{described}", plural(entries.len(), "entry", "entries")),
        format!("{} of data", size(unpacked)),
        format!("{} {}", source.format().name(), size(source.size())),
    ];
    if packed < whole {
        parts.push(format!("packed to {}", row::ratio(packed, whole)));
    }
    while parts.len() > 1 && most.is_some_and(|most| width(&parts.join(", ")) > most) {
        parts.pop();
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_people_do() {
        let mut names = ["b", "a10", "a2", "a02", "a", "é2x1", "é2x01", ""];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["", "a", "a2", "a02", "a10", "b", "é2x1", "é2x01"]);
    }
}
