//! Lines of a listing, as they come.

use npz_core::{Header, Method};
use std::sync::Arc;

use super::row::{self, Look, Row};
use crate::source::{Entry, Kind};
use crate::table::{Align, Table};

/// Looks of so many entries are kept, to be repeated: layers are much alike, and there may be very
/// many.
const KEPT: usize = 8;

/// A table of entries, with a heading if there are any.
pub(super) struct List {
    table: Table,
    long: bool,
    looks: Vec<Look>,
    seen: Vec<Seen>,
    /// Which one was met last.
    last: usize,
}

/// All that a short line shows of an entry, but for its name.
struct Seen {
    facts: Facts,
    header: Option<Arc<Header>>,
    logical: Option<Box<str>>,
    row: usize,
}

type Facts = (Kind, Option<Method>, Option<u64>, Option<u64>, bool);

fn facts(entry: &Entry) -> Facts {
    let sizes = (entry.unpacked_nbytes, entry.stored_nbytes);
    (entry.kind, entry.method, sizes.0, sizes.1, entry.error.is_some())
}

impl Seen {
    fn is(&self, entry: &Entry, facts: Facts) -> bool {
        self.facts == facts
            && self.header == entry.header
            && self.logical.as_deref() == entry.logical_dtype.as_deref()
    }
}

impl List {
    pub(super) fn new(long: bool) -> Self {
        let mut aligns = vec![Align::Left, Align::Left, Align::Left, Align::Right];
        aligns.extend([Align::Right, Align::Left]);
        if long {
            aligns.extend([Align::Right, Align::Left]);
        }
        let (looks, seen) = (Vec::new(), Vec::new());
        Self { table: Table::new(&aligns), long, looks, seen, last: 0 }
    }

    /// Adds an entry.
    pub(super) fn entry(&mut self, entry: &Entry) {
        if self.long {
            return self.row(&Row::new(entry, true));
        }
        let facts = facts(entry);
        // What is like the last one, or comes in turn, is found soon.
        let order = (self.last..self.seen.len()).chain(0..self.last);
        let found = order.into_iter().find_map(|at| {
            let seen = self.seen.get(at).filter(|seen| seen.is(entry, facts))?;
            Some((at, seen.row))
        });
        if let Some((at, row)) = found {
            self.last = at;
            // The first row is the heading.
            self.table.repeat(&row::name(entry), row + 1);
            return self.looks.extend(self.looks.get(row).copied());
        }
        self.row(&Row::new(entry, false));
        let (header, logical) = (entry.header.clone(), entry.logical_dtype.clone());
        let seen = Seen { facts, header, logical, row: self.looks.len() - 1 };
        self.last = if self.seen.is_empty() { 0 } else { (self.last + 1) % KEPT };
        match self.seen.get_mut(self.last) {
            Some(oldest) => *oldest = seen,
            None => {
                self.last = self.seen.len();
                self.seen.push(seen);
            }
        }
    }

    /// Adds a line of one entry or of several.
    pub(super) fn row(&mut self, row: &Row<'_>) {
        if self.looks.is_empty() {
            self.table.push(["name", "dtype", "shape", "size", "packed", "method"]);
            self.table.push(if self.long { &["offset", "crc32"][..] } else { &[] });
        }
        self.looks.push(row.put(&mut self.table, self.long));
    }

    /// The table, and what colours depend on, by its rows behind the heading.
    pub(super) fn into_parts(self) -> (Table, Vec<Look>) {
        (self.table, self.looks)
    }
}
