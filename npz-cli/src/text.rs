//! Text for people: names made fit to print, sizes, columns.

use std::borrow::Cow;
use std::io;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::Output;

/// A name or message as one line that changes nothing about the terminal: control characters and
/// those that turn the direction of writing are spelled out.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown.into()
}

/// Columns that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// At most `columns` of `text`, its middle left out if need be.
pub(crate) fn shorten(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return text.into();
    }
    let Some(room) = columns.checked_sub(1) else { return "".into() };
    let take = |chars: &mut dyn Iterator<Item = char>, room: usize| {
        let mut taken = String::new();
        let mut used = 0;
        for c in chars {
            used += c.width().unwrap_or(0);
            if used > room {
                break;
            }
            taken.push(c);
        }
        taken
    };
    let end: String = take(&mut text.chars().rev(), room / 2).chars().rev().collect();
    let start = take(&mut text.chars(), room - width(&end));
    format!("{start}…{end}").into()
}

/// Lines of at most so many columns, ended between words; a longer word is a line.
pub(crate) fn wrap(text: &str, columns: Option<usize>) -> Vec<String> {
    let Some(columns) = columns else { return vec![text.to_owned()] };
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `text` and blanks up to `columns`.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(width(text));
    format!("{text}{:gap$}", "")
}

/// Blanks up to `columns` and `text`.
pub(crate) fn pad_left(text: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(width(text));
    format!("{:gap$}{text}", "")
}

/// A number of bytes, in three digits or so.
pub(crate) fn size(bytes: u64) -> String {
    let mut text = String::new();
    put_size(&mut text, bytes);
    text
}

/// Adds a number of bytes, in three digits or so.
pub(crate) fn put_size(text: &mut String, bytes: u64) {
    const UNITS: [&str; 6] = [" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"];
    if bytes < 1024 {
        put_number(text, bytes);
        text.push_str(" B");
        return;
    }
    // Rounded, in so many parts of the unit; ten times the most is more than 64 bits hold.
    let parts = |of: u128, unit: usize| {
        let bits = 10 * (unit + 1);
        (u128::from(bytes) * of + (1 << (bits - 1))) >> bits
    };
    let put =
        |text: &mut String, number| put_number(text, u64::try_from(number).unwrap_or(u64::MAX));
    let mut unit = 0;
    // What would be rounded up to 1024 is 1.0 of the next.
    while parts(1, unit) >= 1024 && unit + 1 < UNITS.len() {
        unit += 1;
    }
    match parts(10, unit) {
        tenths if tenths < 1000 => {
            put(text, tenths / 10);
            text.push('.');
            put(text, tenths % 10);
        }
        _ => put(text, parts(1, unit)),
    }
    text.push_str(UNITS[unit]);
}

/// Adds a number; lists are long, and `write!` takes its time.
pub(crate) fn put_number(text: &mut String, number: u64) {
    let mut digits = [0; 20];
    let mut left = number;
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    text.push_str(str::from_utf8(&digits[at..]).unwrap_or_default());
}

/// A number with its digits in groups of three.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 array`, `2 arrays`.
pub(crate) fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number as u64), if number == 1 { one } else { many })
}

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
    /// All cells one behind the other, row by row, but for those that are repeated.
    text: String,
    cells: Vec<Cell>,
    widths: Vec<usize>,
    spare: Vec<usize>,
}

/// Where a cell's text is, and how wide it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    start: u32,
    end: u32,
    width: u32,
}

/// The first column is not made narrower than this.
const LEAST_FIRST: usize = 12;

const GAP: usize = 2;

impl Table {
    pub(crate) fn new(aligns: &[Align]) -> Self {
        let widths = vec![0; aligns.len()];
        Self {
            aligns: aligns.to_vec(),
            text: String::new(),
            cells: Vec::new(),
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
        let column = self.cells.len() % self.aligns.len().max(1);
        if let Some(widest) = self.widths.get_mut(column) {
            *widest = (*widest).max(width);
        }
        // Beyond four gigabytes of text, cells are blank.
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (start, end) = (place(start), place(self.text.len()));
        self.cells.push(Cell { start, end, width: place(width) });
    }

    /// All but the first cell of a row, as in the row before, and in the same colours.
    pub(crate) fn repeat(&mut self) {
        let columns = self.aligns.len();
        if let Some(before) = self.cells.len().checked_sub(columns) {
            self.cells.extend_from_within(before..before + columns.saturating_sub(1));
        }
    }

    /// Prints it, in `most` columns if there is a limit. `paint` colours a cell, told its row, its column and its text.
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
        self.each_line(most, paint, |line| out.line(line))
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

    fn each_line<E>(
        &self,
        most: Option<usize>,
        paint: impl Fn(usize, usize, &str, &mut String),
        mut print: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let widths = self.fit(most);
        let (mut line, mut rest) = (String::new(), String::new());
        let mut before: &[Cell] = &[];
        for (row, cells) in self.cells.chunks(self.aligns.len().max(1)).enumerate() {
            line.clear();
            let Some((first, others)) = cells.split_first() else { continue };
            let gap = self.put(&mut line, 0, 0, *first, &widths, |cell, line| {
                paint(row, 0, cell, line);
            });
            put_blanks(&mut line, gap);
            // Many a row has the very cells of the one before, but for the name.
            if others.is_empty() || others != before {
                rest.clear();
                let mut at = 0;
                for (column, cell) in (1..).zip(others) {
                    at = self.put(&mut rest, at, column, *cell, &widths, |cell, line| {
                        paint(row, column, cell, line);
                    });
                }
                before = others;
            }
            line.push_str(&rest);
            line.truncate(line.trim_end_matches(' ').len());
            print(&line)?;
        }
        Ok(())
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
        let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        let text = self.text.get(place(cell.start)..place(cell.end)).unwrap_or_default();
        let (text, taken) = match place(cell.width) {
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

    #[test]
    fn names_change_nothing_about_the_terminal() {
        assert_eq!(printable("a\x1b[31m\nb\u{202e}é日"), "a\\u{1b}[31m\\nb\\u{202e}é日");
    }

    #[test]
    fn widths_are_those_of_the_terminal() {
        assert_eq!(width("日本"), 4);
        assert_eq!(shorten("layers.0.weight", 9), "laye…ight");
        assert_eq!(shorten("日本語日本語", 7), "日本…語");
        assert_eq!(shorten("abc", 3), "abc");
        assert_eq!(shorten("abc", 0), "");
        assert_eq!(pad("日", 4) + "|", "日  |");
        assert_eq!(wrap("a bc 日本 longer d", Some(6)), ["a bc", "日本", "longer", "d"]);
        assert_eq!(wrap("a b", None), ["a b"]);
    }

    #[test]
    fn sizes_have_three_digits() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (102_400, "100 KiB"),
            (1_048_000, "1023 KiB"),
            (1_048_575, "1.0 MiB"),
            (u64::MAX, "16.0 EiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(count(1_234_567), "1,234,567");
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
                repeated.push(&row[..1]);
                repeated.repeat();
            } else {
                repeated.push(row);
            }
        }
        assert!(repeated.text.len() < whole.text.len());
        let lines = |table: &Table, most| {
            let mut all = Vec::new();
            let paint = |_, column, cell: &str, line: &mut String| {
                line.push_str(&format!("<{column}{cell}>"));
            };
            table
                .each_line(most, paint, |line| {
                    all.push(line.to_owned());
                    Ok::<(), ()>(())
                })
                .unwrap();
            all
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
            let mut all = String::new();
            let paint = |_, _, cell: &str, line: &mut String| line.push_str(cell);
            table
                .each_line(Some(most), paint, |line| {
                    all.push_str(line);
                    Ok::<(), ()>(())
                })
                .unwrap();
            all
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
