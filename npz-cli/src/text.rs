//! Text for people: names made fit to print, sizes, columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A name or message as one line that changes nothing about the terminal: control characters and
/// those that turn the direction of writing are spelled out.
pub(crate) fn printable(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Columns that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// At most `columns` of `text`, its middle left out if need be.
pub(crate) fn shorten(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let Some(room) = columns.checked_sub(1) else { return String::new() };
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
    format!("{start}…{end}")
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
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    // What would be rounded up to 1024 is 1.0 of the next.
    while value >= 1023.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = if value < 99.95 { 1 } else { 0 };
    format!("{value:.digits$} {}", UNITS[unit])
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
/// Where the terminal is too narrow, the first column gives way, and then the last ones do.
#[derive(Debug)]
pub(crate) struct Table {
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

/// The first column is not made narrower than this.
const LEAST_FIRST: usize = 12;

const GAP: usize = 2;

impl Table {
    pub(crate) fn new(aligns: &[Align]) -> Self {
        Self { aligns: aligns.to_vec(), rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// The lines. `paint` colours a cell, told its row, its column and its text.
    pub(crate) fn lines(
        &self,
        most: Option<usize>,
        paint: impl Fn(usize, usize, &str) -> String,
    ) -> Vec<String> {
        let mut widths: Vec<usize> = (0..self.aligns.len())
            .map(|at| self.rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max())
            .map(Option::unwrap_or_default)
            .collect();
        if let Some(most) = most {
            fit(&mut widths, most);
        }
        let line = |(at, row): (usize, &Vec<String>)| {
            let mut line = String::new();
            let cells = row.iter().zip(&self.aligns).zip(&widths).enumerate();
            for (column, ((cell, align), &columns)) in cells {
                let cell = shorten(cell, columns);
                let gap = " ".repeat(columns.saturating_sub(width(&cell)));
                if column > 0 {
                    line += &" ".repeat(GAP);
                }
                let painted = paint(at, column, &cell);
                match align {
                    Align::Left => line.extend([painted, gap]),
                    Align::Right => line.extend([gap, painted]),
                }
            }
            line.truncate(line.trim_end().len());
            line
        };
        self.rows.iter().enumerate().map(line).collect()
    }
}

/// Makes columns fit into `most`.
fn fit(widths: &mut Vec<usize>, most: usize) {
    loop {
        let rest: usize = widths.iter().skip(1).map(|width| width + GAP).sum();
        let Some(first) = widths.first_mut() else { return };
        if *first + rest <= most {
            return;
        }
        let room = most.saturating_sub(rest);
        if room >= LEAST_FIRST.min(*first) || widths.len() == 1 {
            widths[0] = room.max(1);
            return;
        }
        widths.pop();
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
    fn columns_give_way_from_the_right() {
        let mut table = Table::new(&[Align::Left, Align::Right, Align::Left]);
        table.push(vec!["a long name of an entry".into(), "12".into(), "stored".into()]);
        let lines = |most| table.lines(Some(most), |_, _, cell| cell.to_owned()).remove(0);
        assert_eq!(lines(80), "a long name of an entry  12  stored");
        assert_eq!(lines(26), "a long … entry  12  stored");
        assert_eq!(lines(17), "a long… entry  12");
        assert_eq!(lines(5), "a …ry");
    }
}
