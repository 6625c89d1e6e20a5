//! One line of a listing.

use npz_core::{ByteOrder, DType, Order};

use crate::numbers::is_bf16;
use crate::output::Style;
use crate::source::{Entry, Kind};
use crate::text::{count, printable, size};

/// One entry, several of a kind, or a level of names.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// As it is printed; before it, what a tree draws.
    pub(super) name: String,
    pub(super) branch: String,
    pub(super) dtype: String,
    pub(super) shape: String,
    /// Of the data.
    pub(super) nbytes: Option<u64>,
    /// Of the whole entry, unpacked.
    pub(super) unpacked: Option<u64>,
    pub(super) packed: Option<u64>,
    pub(super) method: String,
    pub(super) offset: Option<u64>,
    pub(super) crc32: Option<u32>,
    /// How many entries it stands for.
    pub(super) times: usize,
    /// No array that can be read.
    pub(super) is_odd: bool,
}

impl Row {
    pub(super) fn new(entry: &Entry, long: bool) -> Self {
        let header = entry.header.as_ref();
        let fortran = header.is_some_and(|header| header.order() == Order::Fortran);
        let shape = header.map(|header| shape(header.shape())).unwrap_or_default();
        let dtype = match (long, entry.descr()) {
            (true, Some(descr)) => descr,
            _ => dtype(entry),
        };
        Self {
            name: entry.name.as_deref().map_or_else(|| "-".to_owned(), printable),
            branch: String::new(),
            dtype: printable(&dtype),
            shape: if fortran { shape + " F" } else { shape },
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

    pub(super) fn cells(&self, long: bool) -> Vec<String> {
        let times =
            if self.times > 1 { format!(" ×{}", count(self.times as u64)) } else { String::new() };
        let bytes = |bytes: u64| if long { count(bytes) } else { size(bytes) };
        let packed = match (self.packed, self.unpacked) {
            (Some(packed), _) if long => count(packed),
            (Some(packed), Some(unpacked)) => ratio(packed, unpacked),
            _ => String::new(),
        };
        let mut cells = vec![
            format!("{}{}{times}", self.branch, self.name),
            self.dtype.clone(),
            self.shape.clone(),
            self.nbytes.map(bytes).unwrap_or_default(),
            packed,
            self.method.clone(),
        ];
        if long {
            cells.push(self.offset.map(|at| at.to_string()).unwrap_or_default());
            cells.push(self.crc32.map(|crc| format!("{crc:08x}")).unwrap_or_default());
        }
        cells
    }
}

/// The name in colour, the tree before it and the number behind it not.
pub(super) fn paint_name(row: &Row, cell: &str, style: Style) -> String {
    let Some(rest) = cell.strip_prefix(&row.branch) else { return style.name(cell) };
    let (name, times) = rest.rsplit_once(" ×").unwrap_or((rest, ""));
    let times = if times.is_empty() { String::new() } else { format!(" ×{times}") };
    format!("{}{}{}", style.dim(&row.branch), style.name(name), style.dim(&times))
}

/// As Python writes it.
pub(crate) fn shape(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    match sizes.as_slice() {
        [one] => format!("({one},)"),
        sizes => format!("({})", sizes.join(", ")),
    }
}

/// What the items are, in a word: NumPy's name of the dtype.
pub(crate) fn dtype(entry: &Entry) -> String {
    if let Some(name) = &entry.logical_dtype {
        return name.clone();
    }
    let Some(header) = &entry.header else {
        return if entry.kind == Kind::Bytes { "bytes" } else { "unreadable" }.to_owned();
    };
    match header.dtype() {
        DType::Scalar(_) if is_bf16(header.dtype()) => "bfloat16".to_owned(),
        DType::Scalar(_) if header.dtype().has_object() => "object".to_owned(),
        DType::Scalar(scalar) if scalar.order() == ByteOrder::Big => scalar.to_string(),
        DType::Scalar(scalar) => scalar.name().into_owned(),
        DType::Record(record) => {
            const SHOWN: usize = 3;
            let names = record.fields().iter().map(npz_core::Field::name);
            let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
            if names.len() > SHOWN {
                names.truncate(SHOWN);
                names.push("…");
            }
            format!("{{{}}}", names.join(" "))
        }
        other => other.to_string(),
    }
}

/// Hundredths, rounded, but nothing is packed to 0 %, or left at 100 % by rounding.
pub(super) fn ratio(packed: u64, unpacked: u64) -> String {
    if unpacked == 0 || packed == unpacked {
        return "100%".to_owned();
    }
    let percent = (u128::from(packed) * 100 + u128::from(unpacked) / 2) / u128::from(unpacked);
    match percent {
        0 => "<1%".to_owned(),
        100 if packed < unpacked => "99%".to_owned(),
        percent => format!("{percent}%"),
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
