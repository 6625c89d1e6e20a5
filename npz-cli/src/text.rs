//! Text for people: names made fit to print, sizes, numbers.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A name or message as one line that changes nothing about the terminal: control characters and
/// those that nobody sees, or that turn the direction of writing, are spelled out.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown.into()
}

/// Whether a character does something to the terminal, or makes a text look like another one.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
        )
}

/// Values for a person at the terminal, line by line; who reads them through a pipe wants them as
/// they are.
pub(crate) fn shown(text: &str, is_terminal: bool) -> Cow<'_, str> {
    let is_fit = |c: char| c == '\n' || !is_hidden(c);
    if !is_terminal || text.chars().all(is_fit) {
        return text.into();
    }
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n").into()
}

/// Whether all of it are letters of ASCII, each a column wide. Looks at all bytes at once, not at one
/// after the other: most names are short, and plain.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_nothing_about_the_terminal() {
        assert_eq!(printable("a\x1b[31m\nb\u{202e}é日"), "a\\u{1b}[31m\\nb\\u{202e}é日");
        for c in ['\u{7f}', '\u{9b}', '\u{ad}', '\u{61c}', '\u{200b}', '\u{feff}'] {
            assert_eq!(printable(&format!("é{c}")), format!("é{}", c.escape_default()));
        }
    }

    #[test]
    fn values_change_nothing_about_the_terminal() {
        let text = "\x1b]0;title\x07\n[1 2]";
        assert_eq!(shown(text, true), "\\u{1b}]0;title\\u{7}\n[1 2]");
        assert_eq!(shown(text, false), text);
        assert_eq!(shown("[[1 2]\n [3 4]]", true), "[[1 2]\n [3 4]]");
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
}
