//! DType ↔ the literal in a header: `'<f4'`, `[('x', '<f4'), ('y', '<i4', (2,))]`.

use std::fmt;

use super::record::{is_unsized, reads_as_gap};
use super::{DType, Field, MAX_ITEMSIZE, Record, Scalar, ScalarKind, Subarray, comma, typestr};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::literal::{Literal, Value, repr, repr_shape};

impl DType {
    /// The type that a header's `descr` stands for, by the rules of `np.load`. Errors carry the
    /// literal's offsets.
    pub(crate) fn from_literal(literal: &Literal, limits: &Limits) -> Result<Self> {
        Reader::new(limits).dtype(literal)
    }

    /// The scalar that a string such as `<f4` stands for by the same rules.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        if comma::applies(code) {
            return None;
        }
        typestr::scalar(code).ok().map(Self::Scalar)
    }
}

/// Reads one `descr`; counts the fields across all its levels.
pub(super) struct Reader<'a> {
    limits: &'a Limits,
    fields: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, fields: 0 }
    }

    pub(super) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// A type given as a string.
    pub(super) fn text(&mut self, text: &str) -> Result<DType> {
        if comma::applies(text) {
            return comma::parse(text, self);
        }
        typestr::scalar(text).map(DType::Scalar)
    }

    fn dtype(&mut self, literal: &Literal) -> Result<DType> {
        match &literal.value {
            Value::Str(text) => self.text(text),
            Value::Tuple(pair) => match pair.as_slice() {
                [base, shape] => {
                    let base = self.dtype(base)?;
                    self.shaped(base, shape)
                }
                _ => Err(corrupt(format!(
                    "expected a dtype and its shape, found a tuple of {} items",
                    pair.len()
                ))),
            },
            Value::List(fields) => self.record(fields),
            other => Err(corrupt(format!(
                "expected a dtype: a string, a (dtype, shape) pair or a list of fields; found {}",
                other.kind_name()
            ))),
        }
        .map_err(|error| error.with_offset(literal.position()))
    }

    /// A type and the second item of its pair: a shape or a size, or a second description of
    /// the same bytes.
    pub(super) fn shaped(&mut self, base: DType, second: &Literal) -> Result<DType> {
        let size = match (&second.value, base.as_scalar()) {
            (Value::Int(size), Some(scalar)) if scalar.itemsize() == 0 => Some((scalar, *size)),
            _ => None,
        };
        if let Some((scalar, size)) = size {
            return resized(scalar, size);
        }
        let shape = match &second.value {
            Value::Int(_) => std::slice::from_ref(second),
            Value::Tuple(sizes) if sizes.is_empty() && !is_unsized(&base) => return Ok(base),
            Value::Tuple(sizes) => sizes.as_slice(),
            Value::List(sizes) if matches!(sizes.as_slice(), [first, ..] if is_int(first)) => {
                sizes.as_slice()
            }
            Value::Str(_) | Value::List(_) => return self.described_twice(base, second),
            other => {
                return Err(corrupt(format!(
                    "expected a subarray's shape, found {}",
                    other.kind_name()
                ))
                .with_offset(second.position()));
            }
        };
        if shape.len() > self.limits.dimensions {
            let message = format!(
                "expected a subarray of at most {} dimensions, found {}",
                self.limits.dimensions,
                shape.len()
            );
            return Err(Error::new(ErrorKind::Limit, message).with_offset(second.position()));
        }
        let shape: Vec<usize> = shape.iter().map(size_of_dimension).collect::<Result<_>>()?;
        Subarray::new(base, shape).map(DType::Subarray).map_err(unfit)
    }

    /// `('|V4', [fields])`: two descriptions of the same bytes, of which that with fields counts.
    fn described_twice(&mut self, base: DType, second: &Literal) -> Result<DType> {
        let other = self.dtype(second)?;
        let (size, other_size) = (base.itemsize(), other.itemsize());
        let fits = size == other_size || (size == 0 && base.as_scalar().is_some());
        match other {
            DType::Record(record) if fits => Ok(DType::Record(record)),
            _ if size == other_size => Ok(base),
            _ => Err(corrupt(format!(
                "expected a second description of the same {size} bytes, found one of {other_size}"
            ))),
        }
    }

    fn record(&mut self, literals: &[Literal]) -> Result<DType> {
        let mut fields = Vec::with_capacity(literals.len().min(self.limits.fields));
        let mut end: usize = 0;
        for literal in literals {
            self.count_field()?;
            let field = self.field(literal, end);
            let (field, size) = field.map_err(|error| error.with_offset(literal.position()))?;
            fields.extend(field);
            end = end.saturating_add(size);
            if end > MAX_ITEMSIZE {
                let message = format!("expected fields of at most {MAX_ITEMSIZE} bytes in all");
                return Err(corrupt(message).with_offset(literal.position()));
            }
        }
        Record::new(fields, end).map(DType::Record).map_err(unfit)
    }

    /// The field at `offset`, if it is more than a gap, and its size.
    fn field(&mut self, literal: &Literal, offset: usize) -> Result<(Option<Field>, usize)> {
        let (name, dtype) = match &literal.value {
            Value::Tuple(parts) | Value::List(parts) => match parts.as_slice() {
                [name, descr] => (name, self.dtype(descr)?),
                [name, descr, shape] => {
                    let base = self.dtype(descr)?;
                    (name, self.shaped(base, shape)?)
                }
                _ => {
                    let found = parts.len();
                    let expected = "expected a field's name, dtype and perhaps its shape";
                    return Err(corrupt(format!("{expected}, found {found} items")));
                }
            },
            Value::Str(pair) => return two_letters(pair, offset),
            other => {
                let found = other.kind_name();
                return Err(corrupt(format!("expected a field's tuple, found {found}")));
            }
        };
        let size = dtype.itemsize();
        let blank = matches!(&name.value, Value::Str(text) if text.is_empty());
        if blank && reads_as_gap(&dtype) {
            return Ok((None, size));
        }
        named(name, offset, dtype).map(|field| (Some(field), size))
    }

    pub(super) fn count_field(&mut self) -> Result<()> {
        self.fields += 1;
        if self.fields > self.limits.fields {
            let message = format!(
                "a dtype of more than {} fields; raise Limits::fields if you trust the file",
                self.limits.fields
            );
            return Err(Error::new(ErrorKind::Limit, message));
        }
        Ok(())
    }
}

/// A field by its name, or by a tuple of its title and name.
fn named(name: &Literal, offset: usize, dtype: DType) -> Result<Field> {
    let (title, name) = match &name.value {
        Value::Tuple(pair) => match pair.as_slice() {
            [title, name] => (Some(title), name),
            _ => {
                let found = pair.len();
                let message = format!("expected a field's title and name, found {found} items");
                return Err(corrupt(message).with_offset(name.position()));
            }
        },
        _ => (None, name),
    };
    if !matches!(name.value, Value::Str(_) | Value::Codes(_)) {
        let message = format!("expected a field's name, found {}", name.value.kind_name());
        return Err(corrupt(message).with_offset(name.position()));
    }
    let (name, name_literal) = readable(&name.value);
    let field = Field::new(name, offset, dtype);
    match title.map(|title| &title.value) {
        None | Some(Value::None) => Ok(field.with_literals([name_literal, None])),
        Some(title) => {
            let (title, title_literal) = readable(title);
            Ok(field.with_title(title).with_literals([name_literal, title_literal]))
        }
    }
}

/// A name or title to be read, and its literal if it is no text.
fn readable(value: &Value) -> (String, Option<Box<str>>) {
    let text = match value {
        Value::Str(text) => return (text.clone(), None),
        Value::Codes(codes) => {
            let chars = codes.iter().map(|&code| char::from_u32(code));
            Some(chars.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
        }
        _ => None,
    };
    let literal = repr(value);
    (text.unwrap_or_else(|| literal.clone()), Some(literal.into()))
}

/// `'xb'`: Python unpacks a string of two characters like a tuple of two strings.
fn two_letters(pair: &str, offset: usize) -> Result<(Option<Field>, usize)> {
    let mut chars = pair.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some(name), Some(code), None) => {
            let scalar = typestr::scalar(code.encode_utf8(&mut [0; 4]))?;
            Ok((Some(Field::new(name, offset, scalar)), scalar.itemsize()))
        }
        _ => Err(corrupt("expected a field's tuple, found a string")),
    }
}

/// `('S', 5)`: a type without a size, and its size.
fn resized(scalar: Scalar, size: i128) -> Result<DType> {
    let kind = u32::try_from(size).ok().and_then(|size| match scalar.kind() {
        ScalarKind::Bytes(_) => Some(ScalarKind::Bytes(size)),
        ScalarKind::Str(_) => Some(ScalarKind::Str(size)),
        ScalarKind::Void(_) => Some(ScalarKind::Void(size)),
        _ => None,
    });
    let fits = |dtype: &DType| dtype.checked_itemsize().is_ok();
    kind.map(|kind| DType::Scalar(Scalar::new(kind, scalar.order())))
        .filter(fits)
        .ok_or_else(|| corrupt(format!("expected the size of '{scalar}', found {size}")))
}

fn is_int(literal: &Literal) -> bool {
    matches!(literal.value, Value::Int(_))
}

fn size_of_dimension(literal: &Literal) -> Result<usize> {
    let size = match &literal.value {
        Value::Int(size) => usize::try_from(*size).ok().filter(|&size| size <= MAX_ITEMSIZE),
        other => {
            let message = format!("expected a dimension, found {}", other.kind_name());
            return Err(corrupt(message).with_offset(literal.position()));
        }
    };
    size.ok_or_else(|| {
        let message = format!("expected a dimension from 0 to {MAX_ITEMSIZE}");
        corrupt(message).with_offset(literal.position())
    })
}

#[cold]
fn corrupt(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Corrupt, message.into())
}

/// What a constructor refuses for many reasons is for a reader one thing: a header that NumPy
/// can't read.
#[cold]
fn unfit(error: Error) -> Error {
    corrupt(error.to_string())
}

/// Writes the type as `np.save` does.
pub(super) fn print(dtype: &DType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match dtype {
        DType::Scalar(scalar) => write!(f, "'{scalar}'"),
        DType::Subarray(subarray) => {
            f.write_str("(")?;
            print(subarray.base(), f)?;
            write!(f, ", {})", repr_shape(subarray.shape()))
        }
        DType::Record(record) => {
            f.write_str("[")?;
            let mut end = 0;
            let mut separator = "";
            for field in record.fields() {
                print_gap(f, &mut separator, field.offset() - end)?;
                end = field.offset() + field.dtype().itemsize();
                f.write_str(std::mem::replace(&mut separator, ", "))?;
                print_field(f, field)?;
            }
            print_gap(f, &mut separator, record.itemsize() - end)?;
            f.write_str("]")
        }
    }
}

fn print_gap(f: &mut fmt::Formatter<'_>, separator: &mut &str, size: usize) -> fmt::Result {
    if size == 0 {
        return Ok(());
    }
    write!(f, "{}('', '|V{size}')", std::mem::replace(separator, ", "))
}

fn print_field(f: &mut fmt::Formatter<'_>, field: &Field) -> fmt::Result {
    let name = field.name_literal();
    match field.title_literal() {
        Some(title) => write!(f, "(({title}, {name}), ")?,
        None => write!(f, "({name}, ")?,
    }
    match field.dtype() {
        DType::Subarray(subarray) => {
            print(subarray.base(), f)?;
            write!(f, ", {})", repr_shape(subarray.shape()))
        }
        dtype => {
            print(dtype, f)?;
            f.write_str(")")
        }
    }
}

#[cfg(test)]
mod tests;
