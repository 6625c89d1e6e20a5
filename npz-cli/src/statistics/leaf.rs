//! The values in each item: one, or those of a record's fields.

use npz_core::{DType, Scalar, ScalarKind};

use crate::values::Decoder;

/// More than this are not looked at one by one.
const MOST_LEAVES: usize = 1000;

/// A value in each item, or several of one type one behind the other.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    /// Of a field, with those around it: `pos.x`; empty for items that are the value themselves.
    pub(crate) name: String,
    pub(crate) scalar: Scalar,
    /// In bytes from the item's start.
    offset: usize,
    /// How many follow each other.
    count: usize,
    pub(crate) kind: LeafKind,
}

/// What a leaf's bytes are.
#[derive(Clone, Debug)]
pub(crate) enum LeafKind {
    Number(Decoder),
    /// Of characters of so many bytes.
    Text(usize),
    /// Bytes without a meaning that is known.
    Opaque,
}

impl Leaf {
    /// All bytes of this leaf in the items that `bytes` are.
    pub(crate) fn gather<'b>(
        &self,
        bytes: &'b [u8],
        itemsize: usize,
        scratch: &'b mut Vec<u8>,
    ) -> &'b [u8] {
        let size = self.scalar.itemsize().saturating_mul(self.count);
        if size == itemsize {
            return bytes;
        }
        scratch.clear();
        for item in bytes.chunks_exact(itemsize.max(1)) {
            let end = self.offset.saturating_add(size);
            scratch.extend_from_slice(item.get(self.offset..end).unwrap_or_default());
        }
        scratch
    }

    /// The number of values in so many items.
    pub(crate) fn values(&self, items: usize) -> usize {
        items.saturating_mul(self.count)
    }
}

/// The leaves of a type, in the order of their fields; `None` if they are too many, or Python
/// objects are among them.
pub(crate) fn leaves(dtype: &DType, logical: Option<&str>) -> Option<Vec<Leaf>> {
    if dtype.has_object() {
        return None;
    }
    let mut leaves = Vec::new();
    let whole = matches!(dtype, DType::Scalar(_));
    collect(dtype, String::new(), 0, 1, logical.filter(|_| whole), &mut leaves)?;
    Some(leaves)
}

fn collect(
    dtype: &DType,
    name: String,
    offset: usize,
    count: usize,
    logical: Option<&str>,
    leaves: &mut Vec<Leaf>,
) -> Option<()> {
    match dtype {
        DType::Scalar(scalar) => {
            if leaves.len() >= MOST_LEAVES {
                return None;
            }
            let scalar = *scalar;
            let kind = match (Decoder::new(scalar, logical), scalar.kind()) {
                (Some(decoder), _) => LeafKind::Number(decoder),
                (None, ScalarKind::Bytes(_) | ScalarKind::Str(_)) => {
                    LeafKind::Text(scalar.kind().unit_size())
                }
                (None, _) => LeafKind::Opaque,
            };
            leaves.push(Leaf { name, scalar, offset, count, kind });
            Some(())
        }
        DType::Subarray(subarray) => {
            let len = subarray.shape().iter().fold(1_usize, |len, &size| len.saturating_mul(size));
            let base = subarray.base();
            // One behind the other is the case of single values; of records each is on its own.
            if matches!(base, DType::Scalar(_)) {
                return collect(base, name, offset, count.saturating_mul(len), logical, leaves);
            }
            if len > MOST_LEAVES {
                return None;
            }
            for index in 0..len {
                let at = base.itemsize().checked_mul(index)?.checked_add(offset)?;
                collect(base, format!("{name}[{index}]"), at, count, logical, leaves)?;
            }
            Some(())
        }
        DType::Record(record) => record.fields().iter().try_for_each(|field| {
            let dot = if name.is_empty() { "" } else { "." };
            let name = format!("{name}{dot}{}", field.name());
            let at = offset.checked_add(field.offset())?;
            collect(field.dtype(), name, at, count, logical, leaves)
        }),
        // A dtype of a later version.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_of_records() {
        let dtype: DType =
            "[('id', '<u2'), ('at', [('x', '<f4'), ('tag', 'S3')], (2,)), ('m', '<i2', (3,))]"
                .parse()
                .unwrap();
        let found = leaves(&dtype, None).unwrap();
        let names: Vec<_> = found.iter().map(|leaf| leaf.name.as_str()).collect();
        assert_eq!(names, ["id", "at[0].x", "at[0].tag", "at[1].x", "at[1].tag", "m"]);
        let bytes: Vec<u8> = (0..2 * 22).collect();
        let mut scratch = Vec::new();
        assert_eq!(found[0].gather(&bytes, 22, &mut scratch), [0, 1, 22, 23]);
        assert_eq!(found[4].gather(&bytes, 22, &mut scratch), [13, 14, 15, 35, 36, 37]);
        let last: Vec<u8> = (16..22).chain(38..44).collect();
        assert_eq!(found[5].gather(&bytes, 22, &mut scratch), last);
        assert_eq!(found[5].values(2), 6);
    }

    #[test]
    fn what_is_not_looked_at() {
        assert!(leaves(&"O".parse().unwrap(), None).is_none());
        assert!(leaves(&"[('a', 'O')]".parse().unwrap(), None).is_none());
        let many: DType = "[('a', [('x', 'u1'), ('y', 'u1')], (600,))]".parse().unwrap();
        assert!(leaves(&many, None).is_none());
        // Records of nothing are no leaves, and still too many.
        let wide: DType = "[('a', [], (1000000000,))]".parse().unwrap();
        assert!(leaves(&wide, None).is_none());
        let void = leaves(&"V8".parse().unwrap(), None).unwrap();
        assert!(matches!(void[0].kind, LeafKind::Opaque));
    }
}
