//! The standard output: colours where they are wanted, and how wide the terminal is.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use clap::ValueEnum;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::error::Status;
use crate::text::{is_hidden, is_plain};

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    on: bool,
}

impl Style {
    fn new(color: Color, is_terminal: bool) -> Self {
        let refused = || {
            let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
        };
        let on = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !refused(),
        };
        Self { on }
    }

    pub(crate) fn is_on(self) -> bool {
        self.on
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.on && !text.is_empty() {
            return format!("\x1b[{code}m{text}\x1b[0m");
        }
        text.to_owned()
    }

    /// Headings.
    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What is there, but not the matter.
    pub(crate) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// Names of entries.
    pub(crate) fn name(self, text: &str) -> String {
        self.paint("36", text)
    }

    /// Sound, equal, added.
    pub(crate) fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Broken, removed.
    pub(crate) fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// Changed, worth a look.
    pub(crate) fn warn(self, text: &str) -> String {
        self.paint("33", text)
    }
}

/// The standard output. Everything is printed through it, so that a closed pipe is an error like
/// others.
#[derive(Debug)]
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    color: Color,
    is_terminal: bool,
    width: Option<usize>,
    status: Status,
}

impl Output {
    pub(crate) fn new(color: Color) -> Self {
        let is_terminal = io::stdout().is_terminal();
        // Who sets COLUMNS wants it to count, in a pipe too.
        let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let found = || {
            let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
            Some(usize::from(width.0))
        };
        let width = asked.or_else(|| if is_terminal { found() } else { None });
        let width = width.filter(|&width| width > 0);
        let out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
        Self { out, color, is_terminal, width, status: Status::Done }
    }

    /// Keeps what the exit status has to say, also if nobody reads what is printed after it.
    pub(crate) fn note(&mut self, status: Status) {
        self.status = self.status.max(status);
    }

    /// The worst that was noted.
    pub(crate) fn status(&self) -> Status {
        self.status
    }

    pub(crate) fn style(&self) -> Style {
        Style::new(self.color, self.is_terminal)
    }

    /// Colours of the standard error.
    pub(crate) fn error_style(&self) -> Style {
        Style::new(self.color, io::stderr().is_terminal())
    }

    /// Whether a person is looking.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Columns of the terminal; `None` where there is no limit.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    pub(crate) fn line(&mut self, line: impl AsRef<str>) -> io::Result<()> {
        self.out.write_all(line.as_ref().as_bytes())?;
        self.out.write_all(b"\n")
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// One line of JSON.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        value.serialize(&mut Serializer::with_formatter(&mut self.out, Spelled))?;
        self.out.write_all(b"\n")
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// JSON in one line, in which characters are spelled out that do something to a terminal.
struct Spelled;

impl Formatter for Spelled {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        if is_plain(rest) {
            return out.write_all(rest.as_bytes());
        }
        // Those of ASCII but one are spelled out by JSON's own rules.
        while let Some(at) = rest.find(|c: char| c >= '\x7f' && is_hidden(c)) {
            let (plain, hidden) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            let mut chars = hidden.chars();
            let mut units = [0; 2];
            for unit in chars.next().unwrap_or_default().encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = chars.as_str();
        }
        out.write_all(rest.as_bytes())
    }
}

/// For what is data itself: archives, arrays.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    #[test]
    fn json_changes_nothing_about_the_terminal() {
        let name = "a\u{9b}31m\x1b\u{7f}é\u{202e}日";
        let mut line = Vec::new();
        name.serialize(&mut Serializer::with_formatter(&mut line, Spelled)).unwrap();
        let line = String::from_utf8(line).unwrap();
        assert_eq!(line, "\"a\\u009b31m\\u001b\\u007fé\\u202e日\"");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), name);
    }
}
