//! The Python literals that a header is made of.
//!
//! `np.load` hands the header's text to `ast.literal_eval`. This is that language, less what can
//! only compute, read in one pass over the text: no backtracking, recursion bounded by
//! [`Limits::literal_depth`], and every failure knows its place.

mod cursor;
mod number;
mod print;
mod printable;
mod string;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

use self::cursor::Cursor;

pub(crate) use self::print::{repr, repr_shape, repr_short, repr_str};

/// A value and the byte offset in the parsed text where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Literal {
    pub(crate) offset: usize,
    pub(crate) value: Value,
}

impl Literal {
    /// The offset, as errors carry it.
    pub(crate) fn position(&self) -> u64 {
        cursor::as_u64(self.offset)
    }
}

/// What a Python literal can be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    None,
    Ellipsis,
    Bool(bool),
    Int(i128),
    /// A header has no use for one; it is read so that an error can name it.
    Float(f64),
    Str(String),
    /// A string that is no Unicode text: its code points, some of which are lone surrogates.
    Codes(Vec<u32>),
    Bytes(Vec<u8>),
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
    Set(Vec<Literal>),
    /// The items as written: of equal keys, Python keeps the last one's value.
    Dict(Vec<(Literal, Literal)>),
}

impl Value {
    /// The kind of the value, for messages: `"a tuple"`.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Ellipsis => "...",
            Self::Bool(true) => "True",
            Self::Bool(false) => "False",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Str(_) => "a string",
            Self::Codes(_) => "a string with a lone surrogate",
            Self::Bytes(_) => "a bytes string",
            Self::Tuple(_) => "a tuple",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Dict(_) => "a dict",
        }
    }

    /// Whether Python takes the value as a key or as a set's item.
    fn is_hashable(&self) -> bool {
        match self {
            Self::List(_) | Self::Set(_) | Self::Dict(_) => false,
            Self::Tuple(items) => items.iter().all(|item| item.value.is_hashable()),
            _ => true,
        }
    }
}

/// Reads `text` as one Python literal, as `ast.literal_eval` does.
///
/// With `python2_longs` the letter `L` after a number is skipped, as NumPy does for headers that
/// Python 2 may have written.
pub(crate) fn parse(text: &str, limits: &Limits, python2_longs: bool) -> Result<Literal> {
    if let Some(offset) = text.find('\0') {
        return Err(cursor::failure("expected text, found a NUL byte", offset));
    }
    let values = limits.fields.saturating_mul(VALUES_PER_FIELD).saturating_add(FURTHER_VALUES);
    let mut parser =
        Parser { cursor: Cursor::new(text), limits, python2_longs, open: 0, values_left: values };
    parser.cursor.skip_to_statement()?;
    let literal = parser.literal()?;
    parser.cursor.skip_rest()?;
    Ok(literal)
}

/// A field of a dtype is a tuple of its name, perhaps with a title, its type and its shape.
const VALUES_PER_FIELD: usize = 8;

/// The header's own values; and the dimensions of some fields may be many.
const FURTHER_VALUES: usize = 4096;

struct Parser<'a> {
    cursor: Cursor<'a>,
    limits: &'a Limits,
    python2_longs: bool,
    /// Brackets open here. Inside them a line's end is a blank like others.
    open: usize,
    /// How many more values there may be: each takes two bytes of text and many more of memory.
    values_left: usize,
}

impl Parser<'_> {
    fn literal(&mut self) -> Result<Literal> {
        let offset = self.cursor.offset();
        self.values_left = self.values_left.checked_sub(1).ok_or_else(|| {
            let message = "more values than a header of any dtype within the limits has; raise \
                           Limits::fields if you trust the file";
            Error::new(ErrorKind::Limit, message).with_offset(cursor::as_u64(offset))
        })?;
        let value = match self.cursor.peek() {
            Some(b'(') => return self.parenthesised(),
            Some(b'[') => Value::List(self.bracketed(b']', Self::literal)?.items),
            Some(b'{') => self.braced()?,
            Some(b'+' | b'-') => self.signed_number()?,
            Some(b'0'..=b'9') => self.number()?,
            Some(b'.') if self.cursor.eat_str("...") => Value::Ellipsis,
            Some(b'.') => self.number()?,
            Some(_) if self.at_string() => self.string()?,
            _ => self.keyword()?,
        };
        Ok(Literal { offset, value })
    }

    fn keyword(&mut self) -> Result<Value> {
        let word = self.cursor.word();
        let value = match word {
            "None" => Value::None,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            _ => return Err(self.cursor.expected("a value")),
        };
        self.cursor.advance(word.len());
        Ok(value)
    }

    /// `(…)`: a tuple, or any value in parentheses.
    fn parenthesised(&mut self) -> Result<Literal> {
        let offset = self.cursor.offset();
        let Bracketed { mut items, trailing_comma } = self.bracketed(b')', Self::literal)?;
        match items.pop() {
            Some(only) if items.is_empty() && !trailing_comma => Ok(only),
            last => {
                items.extend(last);
                Ok(Literal { offset, value: Value::Tuple(items) })
            }
        }
    }

    /// `{…}`: a dict, or a set.
    fn braced(&mut self) -> Result<Value> {
        let mut keyed = None;
        let entries = self.bracketed(b'}', |parser| {
            let key = parser.literal()?;
            if !key.value.is_hashable() {
                let found = key.value.kind_name();
                let message = format!("expected a key that Python can hash, found {found}");
                return Err(cursor::failure(message, key.offset));
            }
            parser.skip_blanks()?;
            // the first entry says which of the two it is
            let keyed = *keyed.get_or_insert_with(|| parser.cursor.peek() == Some(b':'));
            if !keyed {
                return Ok((key, None));
            }
            if !parser.cursor.eat(b':') {
                return Err(parser.cursor.expected("':'"));
            }
            parser.skip_blanks()?;
            let value = parser.literal()?;
            Ok((key, Some(value)))
        })?;
        Ok(if keyed == Some(false) {
            Value::Set(entries.items.into_iter().map(|(item, _)| item).collect())
        } else {
            let pair = |(key, value): (_, Option<_>)| value.map(|value| (key, value));
            Value::Dict(entries.items.into_iter().filter_map(pair).collect())
        })
    }

    /// Everything from a bracket to its `close`, separated by commas.
    fn bracketed<T>(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Bracketed<T>> {
        if self.open >= self.limits.literal_depth {
            let message = format!(
                "brackets nested deeper than {} levels; raise Limits::literal_depth if you trust \
                 the file",
                self.limits.literal_depth
            );
            return Err(Error::new(ErrorKind::Limit, message)
                .with_offset(cursor::as_u64(self.cursor.offset())));
        }
        self.open += 1;
        self.cursor.advance(1);
        let mut bracketed = Bracketed { items: Vec::new(), trailing_comma: false };
        loop {
            self.skip_blanks()?;
            let may_continue = bracketed.items.is_empty() || bracketed.trailing_comma;
            if self.cursor.eat(close) {
                break;
            }
            if !may_continue {
                return Err(self.cursor.expected(&format!("',' or '{}'", char::from(close))));
            }
            bracketed.items.push(item(self)?);
            self.skip_blanks()?;
            bracketed.trailing_comma = self.cursor.eat(b',');
        }
        self.open -= 1;
        Ok(bracketed)
    }

    fn skip_blanks(&mut self) -> Result<()> {
        self.cursor.skip_blanks(self.open > 0)
    }
}

/// What stood between two brackets.
struct Bracketed<T> {
    items: Vec<T>,
    trailing_comma: bool,
}

#[cfg(test)]
mod tests;
