//! The bytes of items that depend on their values alone.

use crate::dtype::{ByteOrder, DType, Record};

/// Turns items of `dtype` little-endian, and what is between their fields zero.
pub(crate) fn canonicalise(dtype: &DType, items: &mut [u8]) {
    match dtype {
        DType::Scalar(scalar) => {
            let unit = scalar.kind().unit_size();
            if unit > 1 && scalar.order() == ByteOrder::Big {
                items.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
            }
        }
        DType::Subarray(subarray) => canonicalise(subarray.base(), items),
        DType::Record(record) if record.itemsize() > 0 => {
            for item in items.chunks_exact_mut(record.itemsize()) {
                canonicalise_record(record, item);
            }
        }
        DType::Record(_) => {}
    }
}

/// The fields stand in the order of their offsets, without overlap.
fn canonicalise_record(record: &Record, item: &mut [u8]) {
    let mut end = 0;
    for field in record.fields() {
        let start = field.offset();
        if let Some(gap) = item.get_mut(end..start) {
            gap.fill(0);
        }
        end = start.saturating_add(field.dtype().itemsize());
        if let Some(bytes) = item.get_mut(start..end) {
            canonicalise(field.dtype(), bytes);
        }
    }
    if let Some(gap) = item.get_mut(end..) {
        gap.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_padding_are_gone() {
        let dtype: DType = ">u2".parse().unwrap();
        let mut items = [0, 1, 2, 3];
        canonicalise(&dtype, &mut items);
        assert_eq!(items, [1, 0, 3, 2]);
        // Complex numbers are swapped by halves.
        let dtype: DType = ">c8".parse().unwrap();
        let mut items = [0, 1, 2, 3, 4, 5, 6, 7];
        canonicalise(&dtype, &mut items);
        assert_eq!(items, [3, 2, 1, 0, 7, 6, 5, 4]);
        let field = |name: &str, offset, dtype: &str| {
            crate::dtype::Field::new(name, offset, dtype.parse::<DType>().unwrap())
        };
        let fields = vec![field("a", 1, ">u2"), field("b", 4, "<u2")];
        let dtype = DType::from(Record::new(fields, 8).unwrap());
        let mut items = [9; 16];
        items[1] = 1;
        items[12] = 2;
        canonicalise(&dtype, &mut items);
        assert_eq!(items, [0, 9, 1, 0, 9, 9, 0, 0, 0, 9, 9, 0, 2, 9, 0, 0]);
    }
}
