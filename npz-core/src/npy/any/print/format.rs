//! Items as text, in the columns that all shown items take.

use std::fmt::Write;

use half::f16;

use super::float::{self, Column, Number, Width};
use super::long::Long;
use super::{EDGE, THRESHOLD};
use crate::dtype::{ByteOrder, DType, Scalar, ScalarKind, TimeUnit};
use crate::element::{NAT, datetime_text, timedelta_text};
use crate::literal::repr_str;

/// Gives every item that is shown to a visitor.
pub(super) type Items<'a> = &'a dyn Fn(&mut dyn FnMut(&[u8]));

/// How the items of one dtype are written.
pub(super) enum Format {
    Bool {
        /// As wide as `False`.
        padded: bool,
    },
    Integer {
        scalar: Scalar,
        width: usize,
    },
    Float {
        scalar: Scalar,
        column: Column,
    },
    Complex {
        scalar: Scalar,
        parts: Box<[Column; 2]>,
    },
    Date {
        scalar: Scalar,
        unit: TimeUnit,
        width: usize,
    },
    Duration {
        scalar: Scalar,
        width: usize,
    },
    /// Without columns.
    Plain(Scalar),
    Subarray {
        base: Box<Self>,
        itemsize: usize,
        shape: Vec<usize>,
    },
    Record(Vec<(usize, usize, Self)>),
}

impl Format {
    /// `single` says that there is one item and no dimension.
    pub(super) fn new(dtype: &DType, single: bool, items: Items<'_>) -> Self {
        match dtype {
            DType::Scalar(scalar) => Self::of_scalar(*scalar, single, items),
            DType::Subarray(subarray) => {
                let itemsize = subarray.base().itemsize();
                let base = Self::new(subarray.base(), false, &|visit| {
                    items(&mut |item| item.chunks_exact(itemsize.max(1)).for_each(&mut *visit));
                });
                Self::Subarray { base: base.into(), itemsize, shape: subarray.shape().to_vec() }
            }
            DType::Record(record) => {
                let field = |field: &crate::dtype::Field| {
                    let (start, end) = (field.offset(), field.offset() + field.dtype().itemsize());
                    let format = Self::new(field.dtype(), single, &|visit| {
                        items(&mut |item| visit(item.get(start..end).unwrap_or_default()));
                    });
                    (start, end, format)
                };
                Self::Record(record.fields().iter().map(field).collect())
            }
        }
    }

    fn of_scalar(scalar: Scalar, single: bool, items: Items<'_>) -> Self {
        let widest = |text: &dyn Fn(&[u8]) -> String| {
            let mut width = 0;
            items(&mut |item| width = width.max(text(item).len()));
            width
        };
        let column = |plus, part: usize| {
            Column::new(plus, &|visit| {
                items(&mut |item| visit(parts(scalar, item)[part]));
            })
        };
        match scalar.kind() {
            ScalarKind::Bool => Self::Bool { padded: !single },
            ScalarKind::F16 | ScalarKind::F32 | ScalarKind::F64 | ScalarKind::LongDouble => {
                Self::Float { scalar, column: column(false, 0) }
            }
            ScalarKind::C64 | ScalarKind::C128 | ScalarKind::CLongDouble => {
                Self::Complex { scalar, parts: Box::new([column(false, 0), column(true, 1)]) }
            }
            ScalarKind::DateTime(unit) => Self::Date {
                scalar,
                unit,
                // of the earliest and the latest, as NumPy measures them
                width: time_width(scalar, items, &|value| {
                    datetime_text(value, unit.unit(), unit.count()).len() + 2
                }),
            },
            ScalarKind::TimeDelta(_) => Self::Duration {
                scalar,
                width: time_width(scalar, items, &|value| value.to_string().len()),
            },
            kind if is_integer(kind) => {
                Self::Integer { scalar, width: widest(&|item| integer(scalar, item).to_string()) }
            }
            _ => Self::Plain(scalar),
        }
    }

    /// The text of one item.
    pub(super) fn item(&self, item: &[u8]) -> String {
        match self {
            Self::Bool { padded } => match (item.first(), padded) {
                (Some(0), _) => "False".to_owned(),
                (_, true) => " True".to_owned(),
                (_, false) => "True".to_owned(),
            },
            Self::Integer { scalar, width } => format!("{:>width$}", integer(*scalar, item)),
            Self::Float { scalar, column } => column.number(parts(*scalar, item)[0]),
            Self::Complex { scalar, parts: columns } => {
                let [real, imaginary] = &**columns;
                let [re, im] = parts(*scalar, item);
                let im = imaginary.number(im);
                let digits = im.trim_end();
                format!("{}{digits}j{}", real.number(re), &im[digits.len()..])
            }
            Self::Date { scalar, unit, width } => {
                let value = signed(*scalar, item);
                format!(
                    "{:>width$}",
                    format!("'{}'", datetime_text(value, unit.unit(), unit.count()))
                )
            }
            Self::Duration { scalar, width } => match signed(*scalar, item) {
                NAT => format!("{:>width$}", "'NaT'"),
                value => format!("{value:>width$}"),
            },
            Self::Plain(scalar) => plain(*scalar, item),
            Self::Subarray { base, itemsize, shape } => {
                subarray(shape, *itemsize, item, &|item| base.item(item))
            }
            Self::Record(fields) => tuple(fields.iter().map(|(start, end, format)| {
                format.item(item.get(*start..*end).unwrap_or_default())
            })),
        }
    }
}

/// A subarray by its items, if there are more than 1000 by those at the edges.
fn subarray(
    shape: &[usize],
    itemsize: usize,
    bytes: &[u8],
    text: &dyn Fn(&[u8]) -> String,
) -> String {
    let edges =
        shape.iter().any(|&len| len > THRESHOLD) || shape.iter().product::<usize>() > THRESHOLD;
    nested(shape, itemsize, edges, bytes, text)
}

fn nested(
    shape: &[usize],
    itemsize: usize,
    edges: bool,
    bytes: &[u8],
    text: &dyn Fn(&[u8]) -> String,
) -> String {
    let Some((&len, inner)) = shape.split_first() else { return text(bytes) };
    let size = inner.iter().product::<usize>() * itemsize;
    let item = |index: usize| {
        let item = bytes.get(index * size..).and_then(|bytes| bytes.get(..size));
        nested(inner, itemsize, edges, item.unwrap_or_default(), text)
    };
    let mut items: Vec<String>;
    if edges && len > 2 * EDGE {
        items = (0..EDGE).map(item).collect();
        items.push("...".to_owned());
        items.extend((len - EDGE..len).map(item));
    } else {
        items = (0..len).map(item).collect();
    }
    format!("[{}]", items.join(", "))
}

/// In Python's notation, where one item has a comma behind it.
fn tuple(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match &items[..] {
        [only] => format!("({only},)"),
        _ => format!("({})", items.join(", ")),
    }
}

/// The item of an array without dimensions, which `str` writes without quotes and in full.
pub(super) fn scalar(dtype: &DType, item: &[u8]) -> String {
    let DType::Scalar(scalar) = dtype else { return inside_record(dtype, item) };
    let number = |value| float::scalar(value, true);
    match scalar.kind() {
        ScalarKind::Str(_) => text(*scalar, item),
        ScalarKind::DateTime(unit) => {
            datetime_text(signed(*scalar, item), unit.unit(), unit.count())
        }
        ScalarKind::TimeDelta(unit) => {
            timedelta_text(signed(*scalar, item), unit.unit(), unit.count())
        }
        ScalarKind::C64 | ScalarKind::C128 | ScalarKind::CLongDouble => {
            let [re, im] = parts(*scalar, item);
            let plus = if im.has_minus() && !im.is_nan() { "" } else { "+" };
            if re.is_zero() && !re.has_minus() {
                return number(im) + "j";
            }
            format!("({}{plus}{}j)", number(re), number(im))
        }
        _ => inside_record(dtype, item),
    }
}

/// An item as [`scalar`] writes it inside a record: floats in full, all else as in an array.
fn inside_record(dtype: &DType, item: &[u8]) -> String {
    match dtype {
        DType::Scalar(scalar) if is_float(scalar.kind()) => {
            float::scalar(parts(*scalar, item)[0], false)
        }
        DType::Record(record) => tuple(record.fields().iter().map(|field| {
            let bytes = item.get(field.offset()..).and_then(|b| b.get(..field.dtype().itemsize()));
            inside_record(field.dtype(), bytes.unwrap_or_default())
        })),
        DType::Subarray(of) => {
            subarray(of.shape(), of.base().itemsize(), item, &|item| inside_record(of.base(), item))
        }
        _ => Format::new(dtype, true, &|visit| visit(item)).item(item),
    }
}

fn is_float(kind: ScalarKind) -> bool {
    matches!(kind, ScalarKind::F16 | ScalarKind::F32 | ScalarKind::F64 | ScalarKind::LongDouble)
}

fn is_integer(kind: ScalarKind) -> bool {
    use ScalarKind as K;
    matches!(kind, K::I8 | K::I16 | K::I32 | K::I64 | K::U8 | K::U16 | K::U32 | K::U64)
}

fn time_width(scalar: Scalar, items: Items<'_>, width: &dyn Fn(i64) -> usize) -> usize {
    let (mut first, mut last, mut any_nat) = (i64::MAX, i64::MIN, false);
    items(&mut |item| match signed(scalar, item) {
        NAT => any_nat = true,
        value => (first, last) = (first.min(value), last.max(value)),
    });
    let times = if first <= last { width(first).max(width(last)) } else { 0 };
    if any_nat { times.max("'NaT'".len()) } else { times }
}

/// The item's bytes little-endian, padded to 16 with zeros.
fn little(scalar: Scalar, item: &[u8]) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(item) {
        *to = *from;
    }
    if scalar.order() == ByteOrder::Big {
        bytes[..item.len().min(16)].reverse();
    }
    bytes
}

fn integer(scalar: Scalar, item: &[u8]) -> i128 {
    let bits = i128::from_le_bytes(little(scalar, item));
    match scalar.kind() {
        ScalarKind::U8 | ScalarKind::U16 | ScalarKind::U32 | ScalarKind::U64 => bits,
        _ => {
            let unused = 128 - 8 * item.len().min(16);
            if unused < 128 { bits << unused >> unused } else { 0 }
        }
    }
}

fn signed(scalar: Scalar, item: &[u8]) -> i64 {
    i64::try_from(integer(scalar, item)).unwrap_or_default()
}

/// A float, or both parts of a complex number.
fn parts(scalar: Scalar, item: &[u8]) -> [Number; 2] {
    let half = |item: &[u8]| {
        let bits = u128::from_le_bytes(little(scalar, item));
        let low = |count: u32| bits & ((1 << count) - 1);
        match scalar.kind() {
            ScalarKind::F16 => {
                let half = f16::from_bits(u16::try_from(low(16)).unwrap_or_default());
                Number::Float(half.to_f64(), Width::F16)
            }
            ScalarKind::F32 | ScalarKind::C64 => {
                let single = f32::from_bits(u32::try_from(low(32)).unwrap_or_default());
                Number::Float(single.into(), Width::F32)
            }
            ScalarKind::LongDouble | ScalarKind::CLongDouble => Number::Long(Long::from_bits(bits)),
            _ => {
                let double = f64::from_bits(u64::try_from(low(64)).unwrap_or_default());
                Number::Float(double, Width::F64)
            }
        }
    };
    let (first, second) = item.split_at(scalar.kind().unit_size().min(item.len()));
    [half(first), half(second)]
}

/// The text without the NULs behind it.
fn text(scalar: Scalar, item: &[u8]) -> String {
    let unit = |bytes: &[u8]| {
        let bytes = bytes.try_into().unwrap_or_default();
        match scalar.order() {
            ByteOrder::Big => u32::from_be_bytes(bytes),
            _ => u32::from_le_bytes(bytes),
        }
    };
    let char_of = |bytes| char::from_u32(unit(bytes)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let text: String = item.chunks_exact(4).map(char_of).collect();
    text.trim_end_matches('\0').to_owned()
}

fn plain(scalar: Scalar, item: &[u8]) -> String {
    match scalar.kind() {
        ScalarKind::Str(_) => repr_str(&text(scalar, item)),
        ScalarKind::Bytes(_) => {
            let len = item.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            bytes(&item[..len])
        }
        _ => {
            let mut text = "b'".to_owned();
            for byte in item {
                let _ = write!(text, "\\x{byte:02X}");
            }
            text + "'"
        }
    }
}

/// Python's `repr` of bytes.
fn bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut text = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\t' => text += "\\t",
            b'\n' => text += "\\n",
            b'\r' => text += "\\r",
            b'\\' => text += "\\\\",
            0x20..=0x7e if char::from(byte) == quote => text.extend(['\\', quote]),
            0x20..=0x7e => text.push(byte.into()),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push(quote);
    text
}
