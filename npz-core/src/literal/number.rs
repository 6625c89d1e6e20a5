//! Numbers: Python's spellings of integers and floats.

use super::{Bracketed, Parser, Value, cursor};
use crate::error::{Error, ErrorKind, Result};

impl Parser<'_> {
    /// `+` or `-` and a number. Python takes one sign only.
    pub(super) fn signed_number(&mut self) -> Result<Value> {
        let negative = self.cursor.peek() == Some(b'-');
        self.cursor.advance(1);
        self.skip_blanks()?;
        // a parsed integer is not negative, so its opposite exists
        Ok(match self.unsigned_number()? {
            Value::Int(int) if negative => Value::Int(-int),
            Value::Float(float) if negative => Value::Float(-float),
            value => value,
        })
    }

    /// A number, perhaps in parentheses.
    fn unsigned_number(&mut self) -> Result<Value> {
        match self.cursor.peek() {
            Some(b'0'..=b'9' | b'.') => return self.number(),
            Some(b'(') => {
                let Bracketed { mut items, trailing_comma } =
                    self.bracketed(b')', Self::unsigned_number)?;
                if let (Some(only), true, false) = (items.pop(), items.is_empty(), trailing_comma) {
                    return Ok(only);
                }
            }
            _ => {}
        }
        Err(self.cursor.expected("a number after the sign"))
    }

    pub(super) fn number(&mut self) -> Result<Value> {
        let prefix = (self.cursor.peek(), self.cursor.peek_at(1));
        let value = match prefix {
            (Some(b'0'), Some(b'x' | b'X')) => self.radix_integer(16)?,
            (Some(b'0'), Some(b'o' | b'O')) => self.radix_integer(8)?,
            (Some(b'0'), Some(b'b' | b'B')) => self.radix_integer(2)?,
            _ => self.decimal()?,
        };
        if self.python2_longs {
            self.skip_long_suffix();
        }
        if self.cursor.at_word() {
            return Err(self.cursor.expected("the end of the number"));
        }
        Ok(value)
    }

    fn radix_integer(&mut self, radix: u32) -> Result<Value> {
        let offset = self.cursor.offset();
        self.cursor.advance(2);
        self.cursor.eat(b'_');
        let digits = self.digits(radix)?;
        integer(&digits, radix, offset)
    }

    fn decimal(&mut self) -> Result<Value> {
        let offset = self.cursor.offset();
        let whole = match self.cursor.peek() {
            Some(b'.') => String::new(),
            _ => self.digits(10)?,
        };
        let mut float = String::new();
        if self.cursor.eat(b'.') {
            float.push('.');
            if self.cursor.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                float += &self.digits(10)?;
            } else if whole.is_empty() {
                return Err(self.cursor.expected("a digit"));
            }
        }
        if self.cursor.eat(b'e') || self.cursor.eat(b'E') {
            float.push('e');
            if self.cursor.eat(b'-') {
                float.push('-');
            } else {
                self.cursor.eat(b'+');
            }
            float += &self.digits(10)?;
        }
        if float.is_empty() {
            if whole.starts_with('0') && whole.bytes().any(|digit| digit != b'0') {
                let message = "expected a number without leading zeros, found Python 2's octal";
                return Err(cursor::failure(message, offset));
            }
            return integer(&whole, 10, offset);
        }
        let invalid = |_| cursor::failure("expected a number", offset);
        (whole + &float).parse().map(Value::Float).map_err(invalid)
    }

    /// One or more digits, with single underscores between them, which are left out.
    fn digits(&mut self, radix: u32) -> Result<String> {
        let offset = self.cursor.offset();
        let mut digits = String::new();
        loop {
            match self.cursor.peek().map(char::from) {
                Some(digit) if digit.is_digit(radix) => digits.push(digit),
                _ => return Err(self.cursor.expected("a digit")),
            }
            if digits.len() > self.limits.digits {
                let message = format!("a number of more than {} digits", self.limits.digits);
                return Err(
                    Error::new(ErrorKind::Limit, message).with_offset(cursor::as_u64(offset))
                );
            }
            self.cursor.advance(1);
            let another = |byte: Option<u8>| byte.is_some_and(|b| char::from(b).is_digit(radix));
            if !self.cursor.eat(b'_') && !another(self.cursor.peek()) {
                return Ok(digits);
            }
        }
    }

    /// NumPy drops every name `L` that follows a number, even `3 L L`.
    fn skip_long_suffix(&mut self) {
        loop {
            let rest = self.cursor.rest();
            let word = rest.trim_start_matches([' ', '\t', '\x0c']);
            let mut after = word.chars();
            let suffix = after.next() == Some('L')
                && !after.next().is_some_and(|c| c.is_alphanumeric() || c == '_');
            if !suffix {
                return;
            }
            self.cursor.advance(rest.len() - word.len() + 1);
        }
    }
}

fn integer(digits: &str, radix: u32, offset: usize) -> Result<Value> {
    i128::from_str_radix(digits, radix).map(Value::Int).map_err(|_| {
        let message = format!("the number {digits} doesn't fit any integer of a header");
        Error::new(ErrorKind::Limit, message).with_offset(cursor::as_u64(offset))
    })
}
