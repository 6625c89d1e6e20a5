//! Strings: prefixes, quotes, escapes, and pieces side by side.

use super::{Parser, Value, cursor};
use crate::error::{Error, ErrorKind, Result};

/// What the letters in front of the quote say.
#[derive(Clone, Copy, Default)]
struct Prefix {
    len: usize,
    bytes: bool,
    raw: bool,
}

impl Parser<'_> {
    /// The prefix, if a string starts here that literals may contain.
    fn string_prefix(&self) -> Option<Prefix> {
        let mut prefix = Prefix::default();
        let mut unicode = false;
        loop {
            match self.cursor.peek_at(prefix.len) {
                Some(b'\'' | b'"') => return Some(prefix),
                Some(b'b' | b'B') if !prefix.bytes && !unicode => prefix.bytes = true,
                Some(b'r' | b'R') if !prefix.raw && !unicode => prefix.raw = true,
                Some(b'u' | b'U') if prefix.len == 0 => unicode = true,
                _ => return None,
            }
            prefix.len += 1;
        }
    }

    pub(super) fn at_string(&self) -> bool {
        self.string_prefix().is_some()
    }

    /// One or more strings in a row, which Python joins.
    pub(super) fn string(&mut self) -> Result<Value> {
        let mut content = Vec::new();
        let mut bytes = None;
        while let Some(prefix) = self.string_prefix() {
            if *bytes.get_or_insert(prefix.bytes) != prefix.bytes {
                return Err(self.cursor.expected("a string of the same kind as the one before"));
            }
            self.cursor.advance(prefix.len);
            self.quoted(prefix, &mut content)?;
            self.skip_blanks()?;
        }
        if bytes == Some(true) {
            return Ok(Value::Bytes(content));
        }
        Ok(match String::from_utf8(content) {
            Ok(text) => Value::Str(text),
            Err(error) => Value::Codes(code_points(error.as_bytes())),
        })
    }

    /// From the opening quote to the closing one.
    fn quoted(&mut self, prefix: Prefix, content: &mut Vec<u8>) -> Result<()> {
        let opening = self.cursor.offset();
        let quote = self.cursor.peek().unwrap_or_default();
        let triple = self.cursor.eat_str("'''") || self.cursor.eat_str("\"\"\"");
        if !triple {
            self.cursor.advance(1);
        }
        let unclosed = || cursor::failure("expected a closing quote, found none", opening);
        loop {
            let byte = self.cursor.peek().ok_or_else(unclosed)?;
            match byte {
                b'\n' | b'\r' if !triple => return Err(unclosed()),
                b'\n' | b'\r' => {
                    self.cursor.eat_newline();
                    content.push(b'\n');
                }
                b'\\' if prefix.raw => self.raw_backslash(content),
                b'\\' => self.escape(prefix, content)?,
                _ if byte == quote => {
                    let closed = if triple {
                        self.cursor.eat_str("'''") || self.cursor.eat_str("\"\"\"")
                    } else {
                        self.cursor.eat(quote)
                    };
                    if closed {
                        return Ok(());
                    }
                    content.push(byte);
                    self.cursor.advance(1);
                }
                _ => self.plain(prefix, quote, content)?,
            }
        }
    }

    /// The run of characters that mean themselves.
    fn plain(&mut self, prefix: Prefix, quote: u8, content: &mut Vec<u8>) -> Result<()> {
        let rest = self.cursor.rest();
        let special = [char::from(quote), '\\', '\n', '\r'];
        let plain = rest.split(special).next().unwrap_or_default();
        if prefix.bytes && !plain.is_ascii() {
            return Err(self.cursor.expected("ASCII in a bytes string"));
        }
        content.extend_from_slice(plain.as_bytes());
        self.cursor.advance(plain.len());
        Ok(())
    }

    /// In a raw string the backslash stays, and so does a quote or a line's end after it.
    fn raw_backslash(&mut self, content: &mut Vec<u8>) {
        content.push(b'\\');
        self.cursor.advance(1);
        if self.cursor.eat_newline() {
            content.push(b'\n');
        } else if let Some(byte @ (b'\\' | b'\'' | b'"')) = self.cursor.peek() {
            content.push(byte);
            self.cursor.advance(1);
        }
    }

    fn escape(&mut self, prefix: Prefix, content: &mut Vec<u8>) -> Result<()> {
        let offset = self.cursor.offset();
        self.cursor.advance(1);
        if self.cursor.eat_newline() {
            return Ok(());
        }
        let Some(letter) = self.cursor.peek() else {
            return Ok(());
        };
        let simple = match letter {
            b'\\' | b'\'' | b'"' => letter,
            b'a' => b'\x07',
            b'b' => b'\x08',
            b'f' => b'\x0c',
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => b'\x0b',
            b'0'..=b'7' => {
                let code = self.octal();
                return push_code(code, prefix, content, offset);
            }
            b'x' | b'u' | b'U' if letter == b'x' || !prefix.bytes => {
                self.cursor.advance(1);
                let digits = match letter {
                    b'x' => 2,
                    b'u' => 4,
                    _ => 8,
                };
                let code = self.hex(digits)?;
                return push_code(code, prefix, content, offset);
            }
            b'N' if !prefix.bytes => {
                let message = "character names (\\N{…}) are not read; NumPy never writes them";
                return Err(
                    Error::new(ErrorKind::Unsupported, message).with_offset(cursor::as_u64(offset))
                );
            }
            // an unknown escape is two ordinary characters
            _ => {
                content.push(b'\\');
                return Ok(());
            }
        };
        content.push(simple);
        self.cursor.advance(1);
        Ok(())
    }

    /// Up to three octal digits.
    fn octal(&mut self) -> u32 {
        let mut code = 0;
        for _ in 0..3 {
            let Some(digit @ b'0'..=b'7') = self.cursor.peek() else { break };
            code = code * 8 + u32::from(digit - b'0');
            self.cursor.advance(1);
        }
        code
    }

    /// Exactly so many hexadecimal digits.
    fn hex(&mut self, digits: usize) -> Result<u32> {
        let mut code: u32 = 0;
        for _ in 0..digits {
            let digit = self.cursor.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.cursor.expected("a hexadecimal digit of the escape"));
            };
            // eight digits at most fill the 32 bits
            code = code << 4 | digit;
            self.cursor.advance(1);
        }
        Ok(code)
    }
}

fn push_code(code: u32, prefix: Prefix, content: &mut Vec<u8>, offset: usize) -> Result<()> {
    if prefix.bytes {
        // Python cuts octal escapes beyond 0o377
        content.push(code.to_le_bytes()[0]);
        return Ok(());
    }
    if let Some(c) = char::from_u32(code) {
        content.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        return Ok(());
    }
    if let Ok(surrogate) = u16::try_from(code) {
        // as UTF-8 would have it, if it had surrogates
        let [high, low] = [surrogate >> 6, surrogate & 0x3F].map(u16::to_le_bytes);
        content.extend([0xED, 0x80 | high[0] & 0x3F, 0x80 | low[0]]);
        return Ok(());
    }
    let message = format!("expected an escape up to \\U0010ffff, found \\U{code:08x}");
    Err(cursor::failure(message, offset))
}

/// The code points of what is UTF-8 but for surrogates: only whole ones were pushed.
fn code_points(mut bytes: &[u8]) -> Vec<u32> {
    let mut codes = Vec::new();
    while !bytes.is_empty() {
        let end = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let (text, rest) = bytes.split_at(end);
        codes.extend(String::from_utf8_lossy(text).chars().map(u32::from));
        bytes = match rest {
            [_, high, low, rest @ ..] => {
                codes.push(0xD000 | u32::from(high & 0x3F) << 6 | u32::from(low & 0x3F));
                rest
            }
            _ => &[],
        };
    }
    codes
}
