//! Columns: rows of cells, as wide as they need to be.

use std::io;

use crate::output::Output;
use crate::text::{shorten, width};

/// Where the texts of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows of cells, as wide as they need to be.
///
/// Where the terminal is too narrow, the first column gives way until names could no longer be told
/// from each other; then spare columns do, and then the last ones.
#[derive(Debug)]
pub(crate) struct Table {
    aligns: Vec<Align>,
    /// All cells one behind the other, but for those that are repeated.
    text: String,
    rows: Vec<Row>,
    /// What stands behind the first cells, a row's after another's.
    others: Vec<Cell>,
    /// Of the next cell.
    column: usize,
    widths: Vec<usize>,
    spare: Vec<usize>,
}

/// Where a cell's text is, and how wide it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    start: u32,
    end: u32,
    width: u32,
}

/// There may be very many of them, and most of few kinds.
#[derive(Clone, Copy, Debug)]
struct Row {
    first: Cell,
    /// Where its other cells are, which several rows may share.
    others: u32,
}

/// The first column is not made narrower than this.
const LEAST_FIRST: usize = 12;

const GAP: usize = 2;

/// Lines are printed so many bytes at a time.
const PRINTED: usize = 32 << 10;

impl Table {
    pub(crate) fn new(aligns: &[Align]) -> Self {
        let widths = vec![0; aligns.len()];
        Self {
            aligns: aligns.to_vec(),
            text: String::new(),
            rows: Vec::new(),
            others: Vec::new(),
            column: 0,
            widths,
            spare: Vec::new(),
        }
    }

    /// These columns, the first one first, are what one can do without, and names need no more than
    /// a third of the terminal.
    pub(crate) fn with_spare(self, columns: &[usize]) -> Self {
        Self { spare: columns.to_vec(), ..self }
    }

    /// A row; it has as many cells as there are columns.
    pub(crate) fn push<T: AsRef<str>>(&mut self, row: impl IntoIterator<Item = T>) {
        for cell in row {
            self.cell(|text| text.push_str(cell.as_ref()));
        }
    }

    /// The next cell, of which `write` adds the text.
    pub(crate) fn cell(&mut self, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        let width = width(self.text.get(start..).unwrap_or_default());
        self.add(start, width);
    }

    /// The first cell of a row that is in all others like an earlier one, and in the same colours.
    pub(crate) fn repeat(&mut self, first: &str, like: usize) {
        let start = self.text.len();
        self.text.push_str(first);
        self.add(start, width(first));
        let others = self.rows.get(like).map(|row| row.others);
        if let Some((row, others)) = self.rows.last_mut().zip(others) {
            row.others = others;
            self.column = 0;
        }
    }

    /// What was added to the text since `start` is the next cell.
    fn add(&mut self, start: usize, width: usize) {
        if let Some(widest) = self.widths.get_mut(self.column) {
            *widest = (*widest).max(width);
        }
        let cell = Cell { start: place(start), end: place(self.text.len()), width: place(width) };
        if self.column == 0 {
            self.rows.push(Row { first: cell, others: place(self.others.len()) });
        } else {
            self.others.push(cell);
        }
        self.column = if self.column + 1 < self.aligns.len() { self.column + 1 } else { 0 };
    }

    /// Prints it, in `most` columns if there is a limit. `paint` colours a cell, told its row, its
    /// column and its text.
    pub(crate) fn print(
        &self,
        out: &mut Output,
        most: Option<usize>,
        paint: impl Fn(usize, usize, &str) -> String,
    ) -> io::Result<()> {
        let is_plain = !out.style().is_on();
        let paint = |row, column, cell: &str, line: &mut String| match is_plain {
            true => line.push_str(cell),
            false => line.push_str(&paint(row, column, cell)),
        };
        self.lines(most, paint, |lines| out.bytes(lines.as_bytes()))
    }

    /// How wide columns are that fit into `most`; `None` for those that are left out.
    fn fit(&self, most: Option<usize>) -> Vec<Option<usize>> {
        let mut widths: Vec<Option<usize>> = self.widths.iter().copied().map(Some).collect();
        let Some((&first, most)) = self.widths.first().zip(most) else { return widths };
        let part = if self.spare.is_empty() { most / 2 } else { most / 3 };
        let least = first.min(LEAST_FIRST.max(part));
        let mut last = widths.len();
        let mut spare = self.spare.iter();
        loop {
            let rest = widths.iter().skip(1).flatten().map(|width| width + GAP);
            let room = most.saturating_sub(rest.sum());
            if room >= least || last <= 1 {
                widths[0] = Some(first.min(room.max(1)));
                return widths;
            }
            match spare.next() {
                Some(&column) if column > 0 && column < last => widths[column] = None,
                Some(_) => {}
                None => {
                    last -= 1;
                    widths[last] = None;
                }
            }
        }
    }

    /// Prints all lines, many of them at a time.
    fn lines<E>(
        &self,
        most: Option<usize>,
        paint: impl Fn(usize, usize, &str, &mut String),
        mut print: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let widths = self.fit(most);
        let mut lines = String::with_capacity(PRINTED + 1024);
        let mut rest = String::new();
        let mut before = None;
        for (at, row) in self.rows.iter().enumerate() {
            let start = lines.len();
            let gap = self.put(&mut lines, 0, 0, row.first, &widths, |cell, line| {
                paint(at, 0, cell, line);
            });
            // Many a row has the very cells of the one before, but for the name.
            if before.replace(row.others) != Some(row.others) {
                rest.clear();
                let mut blanks = 0;
                for (column, cell) in (1..self.aligns.len()).zip(self.others(row.others)) {
                    blanks = self.put(&mut rest, blanks, column, *cell, &widths, |cell, line| {
                        paint(at, column, cell, line);
                    });
                }
                rest.truncate(rest.trim_end_matches(' ').len());
            }
            if rest.is_empty() {
                let line = lines.get(start..).unwrap_or_default();
                lines.truncate(start + line.trim_end_matches(' ').len());
            } else {
                put_blanks(&mut lines, gap);
                lines.push_str(&rest);
            }
            lines.push('\n');
            if lines.len() >= PRINTED {
                print(&lines)?;
                lines.clear();
            }
        }
        print(&lines)
    }

    /// The cells behind a row's first one.
    fn others(&self, start: u32) -> &[Cell] {
        self.others.get(index(start)..).unwrap_or_default()
    }

    /// Adds a cell to a line that should have `at` blanks at its end, and says how many it should have
    /// then.
    fn put(
        &self,
        line: &mut String,
        at: usize,
        column: usize,
        cell: Cell,
        widths: &[Option<usize>],
        paint: impl FnOnce(&str, &mut String),
    ) -> usize {
        let (Some(&Some(columns)), Some(align)) = (widths.get(column), self.aligns.get(column))
        else {
            return at;
        };
        let text = self.text.get(index(cell.start)..index(cell.end)).unwrap_or_default();
        let (text, taken) = match index(cell.width) {
            fits if fits <= columns && !text.is_empty() => (text.into(), fits),
            _ => {
                let text = shorten(text, columns);
                let taken = width(&text);
                (text, taken)
            }
        };
        let gap = columns.saturating_sub(taken);
        let before = if *align == Align::Right { gap } else { 0 };
        let at = at + if column > 0 { GAP } else { 0 } + before;
        if text.is_empty() {
            return at + gap - before;
        }
        put_blanks(line, at);
        paint(&text, line);
        gap - before
    }
}

/// Beyond four gigabytes of text, cells are blank.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

fn put_blanks(text: &mut String, mut count: usize) {
    const BLANKS: &str = "                                ";
    while count > 0 {
        let some = count.min(BLANKS.len());
        text.push_str(&BLANKS[..some]);
        count -= some;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(
        table: &Table,
        most: Option<usize>,
        paint: impl Fn(usize, usize, &str, &mut String),
    ) -> String {
        let mut all = String::new();
        let print = |lines: &str| {
            all.push_str(lines);
            Ok::<(), ()>(())
        };
        table.lines(most, paint, print).unwrap();
        all
    }

    #[test]
    fn long_tables_are_printed_in_parts() {
        let mut table = Table::new(&[Align::Left, Align::Right]);
        let rows: Vec<String> = (0..20_000).map(|row| format!("name {row:05}")).collect();
        for (at, name) in rows.iter().enumerate() {
            if at % 3 > 0 { table.repeat(name, at - at % 3) } else { table.push([name, "1"]) }
        }
        let all = printed(&table, None, |_, _, cell, line| line.push_str(cell));
        let expected: String = rows.iter().map(|name| format!("{name}  1\n")).collect();
        assert!(all == expected);
    }

    #[test]
    fn blanks_end_no_line() {
        let mut table = Table::new(&[Align::Left, Align::Right, Align::Left]);
        table.push(["a ", "", ""]);
        table.repeat("long name  ", 0);
        table.push(["", "", ""]);
        let all = printed(&table, None, |_, _, cell, line| line.push_str(cell));
        assert_eq!(all, "a\nlong name\n\n");
    }

    #[test]
    fn repeated_cells_look_as_before() {
        let aligns = [Align::Left, Align::Right, Align::Left, Align::Right];
        let rows = [
            ["a", "12", "stored", ""],
            ["long name", "12", "stored", ""],
            ["日本", "12", "stored", ""],
            ["", "3", "", "x"],
            ["b", "3", "", "x"],
        ];
        let (mut whole, mut repeated) = (Table::new(&aligns), Table::new(&aligns));
        for (at, row) in rows.iter().enumerate() {
            whole.push(row);
            if at > 0 && row[1..] == rows[at - 1][1..] {
                repeated.repeat(row[0], at - 1);
            } else {
                repeated.push(row);
            }
        }
        assert!(repeated.text.len() < whole.text.len());
        let lines = |table: &Table, most| {
            let paint = |_, column, cell: &str, line: &mut String| {
                line.push_str(&format!("<{column}{cell}>"));
            };
            let all = printed(table, most, paint);
            all.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        for most in [None, Some(100), Some(22), Some(14), Some(5)] {
            assert_eq!(lines(&whole, most), lines(&repeated, most));
        }
        assert_eq!(lines(&whole, None)[2], "<0日本>       <112>  <2stored>");
        assert_eq!(lines(&repeated, None)[4], "<0b>           <13>          <3x>");
    }

    #[test]
    fn columns_give_way_from_the_right() {
        let mut table = Table::new(&[Align::Left, Align::Right, Align::Left]);
        table.push(["a long name of an entry", "12", "stored"]);
        let lines = |most| {
            let paint = |_, _, cell: &str, line: &mut String| line.push_str(cell);
            printed(&table, Some(most), paint).trim_end_matches('\n').to_owned()
        };
        assert_eq!(lines(80), "a long name of an entry  12  stored");
        assert_eq!(lines(32), "a long nam… an entry  12  stored");
        assert_eq!(lines(26), "a long … entry  12  stored");
        assert_eq!(lines(22), "a long na…an entry  12");
        assert_eq!(lines(17), "a long… entry  12");
        assert_eq!(lines(5), "a …ry");
        let table = table.with_spare(&[1]);
        assert_eq!(table.fit(Some(80)), [Some(23), Some(2), Some(6)]);
        assert_eq!(table.fit(Some(32)), [Some(20), Some(2), Some(6)]);
        assert_eq!(table.fit(Some(22)), [Some(14), None, Some(6)]);
    }
}
