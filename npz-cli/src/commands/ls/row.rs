//! One line of a listing.

use std::borrow::Cow;

use npz_core::{ByteOrder, DType, Header, Order};

use crate::numbers::is_bf16;
use crate::output::Style;
use crate::source::{Entry, Kind};
use crate::table::Table;
use crate::text::{count, printable, put_number, put_size};

/// One entry, several of a kind, or a level of names.
#[derive(Clone, Debug, Default)]
pub(super) struct Row<'e> {
    /// As it is printed; before it, what a tree draws.
    pub(super) name: Cow<'e, str>,
    pub(super) branch: String,
    pub(super) dtype: Cow<'e, str>,
    pub(super) shape: Shape<'e>,
    /// Of the data.
    pub(super) nbytes: Option<u64>,
    /// Of the whole entry, unpacked.
    pub(super) unpacked: Option<u64>,
    pub(super) packed: Option<u64>,
    pub(super) method: Cow<'static, str>,
    pub(super) offset: Option<u64>,
    pub(super) crc32: Option<u32>,
    /// How many entries it stands for.
    pub(super) times: usize,
    /// No array that can be read.
    pub(super) is_odd: bool,
}

impl<'e> Row<'e> {
    pub(super) fn new(entry: &'e Entry, long: bool) -> Self {
        let header = entry.header.as_deref();
        let descr = if long { entry.descr().map(Cow::Owned) } else { None };
        let dtype = match descr.unwrap_or_else(|| dtype(entry)) {
            Cow::Borrowed(dtype) => printable(dtype),
            Cow::Owned(dtype) => printable(&dtype).into_owned().into(),
        };
        Self {
            name: name(entry),
            branch: String::new(),
            dtype,
            shape: header.map_or(Shape::None, Shape::Of),
            nbytes: entry.nbytes(),
            unpacked: entry.unpacked_nbytes,
            packed: entry.stored_nbytes,
            method: entry.method_name(),
            offset: entry.data_offset,
            crc32: entry.crc32,
            times: 1,
            is_odd: !entry.is_readable_array(),
        }
    }

    /// Adds its cells, and says what colours want to know of it.
    pub(super) fn put(&self, table: &mut Table, long: bool) -> Look {
        table.cell(|text| {
            *text += &self.branch;
            *text += &self.name;
            if self.times > 1 {
                *text += " ×";
                *text += &count(self.times as u64);
            }
        });
        table.push([&self.dtype]);
        table.cell(|text| self.shape.put(text));
        table.cell(|text| match self.nbytes {
            Some(bytes) if long => *text += &count(bytes),
            Some(bytes) => put_size(text, bytes),
            None => {}
        });
        table.cell(|text| match (self.packed, self.unpacked) {
            (Some(packed), _) if long => *text += &count(packed),
            (Some(packed), Some(unpacked)) => *text += &ratio(packed, unpacked),
            _ => {}
        });
        table.push([&self.method]);
        if long {
            table.push([self.offset.map(|at| at.to_string()).unwrap_or_default()]);
            table.push([self.crc32.map(|crc| format!("{crc:08x}")).unwrap_or_default()]);
        }
        let branch = u32::try_from(self.branch.len()).unwrap_or(u32::MAX);
        Look { branch, is_many: self.times > 1, is_odd: self.is_odd }
    }
}

/// As it is printed.
pub(super) fn name(entry: &Entry) -> Cow<'_, str> {
    match entry.name() {
        Some("") => "\"\"".into(),
        name => name.map_or("-".into(), printable),
    }
}

/// What colours depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Bytes of what a tree draws.
    branch: u32,
    is_many: bool,
    pub(super) is_odd: bool,
}

impl Look {
    /// The name in colour, the tree before it and the number behind it not.
    pub(super) fn paint_name(self, cell: &str, style: Style) -> String {
        let branch = usize::try_from(self.branch).unwrap_or(usize::MAX);
        let Some((branch, rest)) = cell.split_at_checked(branch) else {
            return style.name(cell);
        };
        let times = if self.is_many { rest.rfind(" ×") } else { None };
        let (name, times) = rest.split_at(times.unwrap_or(rest.len()));
        format!("{}{}{}", style.dim(branch), style.name(name), style.dim(times))
    }
}

/// What stands in the column of shapes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Shape<'e> {
    #[default]
    None,
    Of(&'e Header),
    /// Of a level of names: how many entries.
    Level(String),
}

impl Shape<'_> {
    fn put(&self, text: &mut String) {
        match self {
            Self::None => {}
            Self::Of(header) => {
                put_shape(text, header.shape());
                if header.order() == Order::Fortran {
                    *text += " F";
                }
            }
            Self::Level(entries) => *text += entries,
        }
    }
}

/// As Python writes it.
pub(crate) fn shape(shape: &[usize]) -> String {
    let mut text = String::new();
    put_shape(&mut text, shape);
    text
}

fn put_shape(text: &mut String, shape: &[usize]) {
    text.push('(');
    for (at, &size) in shape.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        put_number(text, size as u64);
    }
    text.push_str(if shape.len() == 1 { ",)" } else { ")" });
}

/// What the items are, in a word: NumPy's name of the dtype.
pub(crate) fn dtype(entry: &Entry) -> Cow<'_, str> {
    if let Some(name) = &entry.logical_dtype {
        return (&**name).into();
    }
    let Some(header) = &entry.header else {
        return if entry.kind == Kind::Bytes { "bytes" } else { "unreadable" }.into();
    };
    match header.dtype() {
        DType::Scalar(_) if is_bf16(header.dtype()) => "bfloat16".into(),
        DType::Scalar(_) if header.dtype().has_object() => "object".into(),
        DType::Scalar(scalar) if scalar.order() == ByteOrder::Big => scalar.to_string().into(),
        DType::Scalar(scalar) => scalar.name(),
        DType::Record(record) => {
            const SHOWN: usize = 3;
            let names = record.fields().iter().map(npz_core::Field::name);
            let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
            if names.len() > SHOWN {
                names.truncate(SHOWN);
                names.push("…");
            }
            format!("{{{}}}", names.join(" ")).into()
        }
        other => other.to_string().into(),
    }
}

/// Hundredths, rounded, but nothing is packed to 0 %, or left at 100 % by rounding.
pub(super) fn ratio(packed: u64, unpacked: u64) -> Cow<'static, str> {
    if unpacked == 0 || packed == unpacked {
        return "100%".into();
    }
    let percent = (u128::from(packed) * 100 + u128::from(unpacked) / 2) / u128::from(unpacked);
    match percent {
        0 => "<1%".into(),
        100 if packed < unpacked => "99%".into(),
        percent => format!("{percent}%").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios() {
        for (packed, unpacked, text) in
            [(0, 0, "100%"), (1, 1000, "<1%"), (999, 1000, "99%"), (2, 3, "67%"), (6, 4, "150%")]
        {
            assert_eq!(ratio(packed, unpacked), text);
        }
        assert_eq!([shape(&[]), shape(&[3]), shape(&[1, 2])], ["()", "(3,)", "(1, 2)"]);
    }
}
