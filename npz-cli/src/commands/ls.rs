//! What is in a file.

mod fold;
mod list;
mod row;
mod tree;

use std::cmp::Ordering;
use std::convert::Infallible;
use std::path::PathBuf;

use clap::ValueEnum;

use self::list::List;
use self::row::Row;
pub(crate) use self::row::{dtype, shape};
use crate::cli::ReadArgs;
use crate::commands::{each, unreadable};
use crate::error::{Result, Status, tell};
use crate::json::{JsonEntry, JsonFile, JsonMembers};
use crate::output::Output;
use crate::source::{Entry, Source, copy};
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
            return json(source, args, out);
        }
        if !std::mem::take(&mut first) {
            out.line("")?;
        }
        if several {
            let heading = out.style().bold(&printable(source.name()));
            out.line(format!("{heading}:"))?;
        }
        print(source, args, out)
    })
}

impl Args {
    /// Whether entries are shown as the file has them, one after the other.
    fn as_they_come(&self) -> bool {
        self.sort.is_none() && !self.reverse && !self.tree && !self.fold
    }
}

fn json(source: &Source, args: &Args, out: &mut Output) -> Result<Status> {
    if args.as_they_come() {
        let members = JsonMembers::new(source);
        let file = JsonFile::new(source, members);
        let printed = out.json(&file);
        out.note(file.entries.status());
        printed?;
        return Ok(file.entries.status());
    }
    let entries: Vec<_> = listed(source, args).into_iter().map(JsonEntry::new).collect();
    let status = unreadable(source, true, out);
    out.note(status);
    out.json(&JsonFile::new(source, entries))?;
    Ok(status)
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
    let shape = |entry: &Entry| entry.header.as_deref().map(|header| header.shape().to_vec());
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

fn print(source: &Source, args: &Args, out: &mut Output) -> Result<Status> {
    let mut list = List::new(args.long);
    let (mut total, mut errors) = (Total::default(), Vec::new());
    let mut note = |entry: &Entry, describes| {
        total.add(entry, describes);
        errors.extend(entry.error.as_ref().map(copy));
    };
    if args.as_they_come() {
        let looked = source.walk(|entry, describes| {
            note(entry, describes);
            // What describes the others is for those who want to know all.
            if args.long || !describes {
                list.entry(entry);
            }
            Ok::<(), Infallible>(())
        });
        let Ok(()) = looked;
    } else {
        source.members().into_iter().for_each(|entry| note(entry, source.is_description(entry)));
        let entries = listed(source, args).into_iter();
        let mut rows: Vec<Row<'_>> = entries.map(|entry| Row::new(entry, args.long)).collect();
        if args.fold {
            rows = fold::fold(rows);
        }
        if args.tree {
            rows = tree::tree(rows);
        }
        rows.iter().for_each(|row| list.row(row));
    }
    let status = if errors.is_empty() { Status::Done } else { Status::Failed };
    out.note(status);
    let (table, looks) = list.into_parts();
    let style = out.style();
    let look = |row: usize| row.checked_sub(1).and_then(|row| looks.get(row));
    table.print(out, out.width(), |row, column, cell| match (look(row), column) {
        (None, _) | (_, 5..) => style.dim(cell),
        (Some(look), 0) => look.paint_name(cell, style),
        (Some(look), 1) if look.is_odd => style.warn(cell),
        _ => cell.to_owned(),
    })?;
    out.line(style.dim(&total.line(source, out.width())))?;
    errors.into_iter().for_each(|error| tell(out, &error.into()));
    Ok(status)
}

/// What all entries are together.
#[derive(Default)]
struct Total {
    entries: usize,
    /// Of the data.
    nbytes: u64,
    /// Of the whole entries.
    unpacked: u64,
    packed: u64,
    /// Whether there is one that describes the others.
    described: bool,
}

impl Total {
    fn add(&mut self, entry: &Entry, describes: bool) {
        if describes {
            self.described = true;
            return;
        }
        self.entries += 1;
        let add = |sum: u64, more: Option<u64>| sum.saturating_add(more.unwrap_or(0));
        self.nbytes = add(self.nbytes, entry.nbytes());
        self.unpacked = add(self.unpacked, entry.unpacked_nbytes);
        self.packed = add(self.packed, entry.stored_nbytes);
    }

    /// In no more columns than there are.
    fn line(&self, source: &Source, most: Option<usize>) -> String {
        let described = if self.described { " and metadata" } else { "" };
        let mut parts = vec![
            format!("{}{described}", plural(self.entries, "entry", "entries")),
            format!("{} of data", size(self.nbytes)),
            format!("{} {}", source.format().name(), size(source.size())),
        ];
        if self.packed < self.unpacked {
            parts.push(format!("packed to {}", row::ratio(self.packed, self.unpacked)));
        }
        while parts.len() > 1 && most.is_some_and(|most| width(&parts.join(", ")) > most) {
            parts.pop();
        }
        parts.join(", ")
    }
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
