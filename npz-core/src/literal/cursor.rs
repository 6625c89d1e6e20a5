//! A place in the text, and Python's rules about lines and blanks.

use crate::error::{Error, ErrorKind, Result};

/// The error for text that is no literal.
#[cold]
pub(super) fn failure(message: impl AsRef<str>, offset: usize) -> Error {
    let message = format!("can't parse the Python literal: {}", message.as_ref());
    Error::new(ErrorKind::Corrupt, message).with_offset(as_u64(offset))
}

/// An offset as errors carry it.
pub(super) fn as_u64(offset: usize) -> u64 {
    u64::try_from(offset).unwrap_or(u64::MAX)
}

/// Whether the byte can stand inside a Python name. Python allows many characters beyond ASCII,
/// and none of them can follow a value, so all count.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

pub(super) struct Cursor<'a> {
    text: &'a str,
    /// Always on a character's boundary.
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The byte `ahead` of the next one.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    /// Steps over `count` bytes, which must be whole characters.
    pub(super) fn advance(&mut self, count: usize) {
        self.at += count;
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn eat_str(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    /// Steps over a line's end: LF, CR or CRLF.
    pub(super) fn eat_newline(&mut self) -> bool {
        let carriage_return = self.eat(b'\r');
        self.eat(b'\n') || carriage_return
    }

    /// The name or number that starts here, possibly empty; stays in place.
    pub(super) fn word(&self) -> &'a str {
        let rest = self.rest();
        rest.split_once(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_')
            .map_or(rest, |(word, _)| word)
    }

    pub(super) fn at_word(&self) -> bool {
        self.peek().is_some_and(is_word)
    }

    /// The error for something else than `wanted` standing here.
    #[cold]
    pub(super) fn expected(&self, wanted: &str) -> Error {
        let found = match (self.word(), self.rest().chars().next()) {
            ("", None) => "the end of the text".to_owned(),
            ("", Some(c)) => format!("{c:?}"),
            (word, _) if word.chars().count() > 32 => "a long word".to_owned(),
            (word, _) => format!("{word:?}"),
        };
        failure(format!("expected {wanted}, found {found}"), self.at)
    }

    /// Steps over blanks and continued lines; inside brackets, over line ends and comments too.
    pub(super) fn skip_blanks(&mut self, inside: bool) -> Result<()> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\x0c') => self.advance(1),
                Some(b'\\') => {
                    self.advance(1);
                    if !self.eat_newline() || self.peek().is_none() {
                        return Err(self.expected("another line after '\\'"));
                    }
                }
                Some(b'\n' | b'\r') if inside => self.advance(1),
                Some(b'#') if inside => self.skip_comment(),
                _ => return Ok(()),
            }
        }
    }

    fn skip_comment(&mut self) {
        let rest = self.rest();
        self.advance(rest.find(['\n', '\r']).unwrap_or(rest.len()));
    }

    /// From the very start to the value: over blank lines and comments. Blanks and tabs of the
    /// first line don't count, on later lines they would indent the value.
    pub(super) fn skip_to_statement(&mut self) -> Result<()> {
        let rest = self.rest();
        self.advance(rest.len() - rest.trim_start_matches([' ', '\t']).len());
        while self.skip_blank_line() {}
        let line = self.at;
        self.skip_indentation();
        // Python starts counting anew after a form feed
        let blanks = self.text.get(line..self.at).unwrap_or_default();
        if !blanks.is_empty() && !blanks.ends_with('\x0c') {
            let message = "expected the value at its line's start, found it indented";
            return Err(failure(message, self.at));
        }
        Ok(())
    }

    /// From the value's end to the very end, where only blank lines and comments may stand.
    pub(super) fn skip_rest(&mut self) -> Result<()> {
        self.skip_blanks(false)?;
        if self.peek() == Some(b'#') {
            self.skip_comment();
        }
        if self.eat_newline() {
            while self.skip_blank_line() {}
            self.skip_indentation();
            if self.peek() == Some(b'#') {
                self.skip_comment();
            }
        }
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected("nothing more after the value")),
        }
    }

    /// Steps over the line if it ends and only blanks stand there, with a comment or a `\` after
    /// them.
    fn skip_blank_line(&mut self) -> bool {
        let line = self.at;
        self.skip_indentation();
        match self.peek() {
            Some(b'#') => self.skip_comment(),
            Some(b'\\') => self.advance(1),
            _ => {}
        }
        let blank = self.eat_newline();
        if !blank {
            self.at = line;
        }
        blank
    }

    fn skip_indentation(&mut self) {
        while let Some(b' ' | b'\t' | b'\x0c') = self.peek() {
            self.advance(1);
        }
    }
}
