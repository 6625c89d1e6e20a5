//! Statistics of text.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};

/// More different texts than this aren't counted: memory is bounded.
const MOST_DISTINCT: usize = 100_000;

/// What there is to know of text, or of bytes with NUL behind them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Texts {
    pub(crate) count: u64,
    pub(crate) empty: u64,
    /// The shortest and the longest, in characters (of bytes, in bytes).
    lengths: Option<(u64, u64)>,
    total: u64,
    /// Hashes of the different ones; `None` if there are too many.
    seen: Option<HashSet<u64>>,
}

/// Of no items.
impl Default for Texts {
    fn default() -> Self {
        Self { count: 0, empty: 0, lengths: None, total: 0, seen: Some(HashSet::new()) }
    }
}

impl Texts {
    /// Of items of `itemsize` bytes, in characters of `unit` bytes each.
    pub(crate) fn of(bytes: &[u8], itemsize: usize, unit: usize) -> Self {
        let mut all = Self::default();
        for item in bytes.chunks_exact(itemsize.max(1)) {
            // NumPy pads by zeros, and takes none at the end for a character.
            let end = item.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            let length = end.div_ceil(unit.max(1));
            all.add(length, item.get(..length * unit).unwrap_or(item));
        }
        all
    }

    /// Of `count` items that have no room for any character.
    pub(crate) fn empty(count: usize) -> Self {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let seen = HashSet::from_iter((count > 0).then_some(0));
        let lengths = (count > 0).then_some((0, 0));
        Self { count, empty: count, lengths, total: 0, seen: Some(seen) }
    }

    fn add(&mut self, length: usize, text: &[u8]) {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.count += 1;
        self.empty += u64::from(length == 0);
        self.total = self.total.saturating_add(length);
        let (least, most) = self.lengths.unwrap_or((length, length));
        self.lengths = Some((least.min(length), most.max(length)));
        if let Some(seen) = &mut self.seen {
            let mut hasher = DefaultHasher::new();
            hasher.write(text);
            seen.insert(hasher.finish());
            if seen.len() > MOST_DISTINCT {
                self.seen = None;
            }
        }
    }

    /// Merges what is known of the items that follow.
    pub(crate) fn merge(&mut self, next: Self) {
        self.count += next.count;
        self.empty += next.empty;
        self.total = self.total.saturating_add(next.total);
        self.lengths = match (self.lengths, next.lengths) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (ours, theirs) => ours.or(theirs),
        };
        self.seen = match (self.seen.take(), next.seen) {
            (Some(mut ours), Some(theirs)) => {
                ours.extend(theirs);
                (ours.len() <= MOST_DISTINCT).then_some(ours)
            }
            _ => None,
        };
    }

    pub(crate) fn lengths(&self) -> Option<(u64, u64)> {
        self.lengths
    }

    /// The mean length.
    pub(crate) fn mean(&self) -> Option<f64> {
        let [total, count] = [self.total, self.count].map(crate::values::unsigned);
        (self.count > 0).then(|| total / count)
    }

    /// How many different ones there are; `None` for more than can be counted.
    pub(crate) fn distinct(&self) -> Option<usize> {
        self.seen.as_ref().map(HashSet::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_different_ones() {
        let bytes = b"ab\0\0\0\0abc\0\0\0";
        let mut all = Texts::default();
        for item in bytes.chunks(3) {
            all.merge(Texts::of(item, 3, 1));
        }
        assert_eq!((all.count, all.empty, all.lengths()), (4, 2, Some((0, 3))));
        assert_eq!((all.mean(), all.distinct()), (Some(1.25), Some(3)));
        // 'é' and NUL before it: only those at the end are padding.
        let wide: Vec<u8> = [0_u32, 0xE9, 0].into_iter().flat_map(u32::to_be_bytes).collect();
        assert_eq!(Texts::of(&wide, 12, 4).lengths(), Some((2, 2)));
        assert_eq!((Texts::empty(5).distinct(), Texts::empty(0).lengths()), (Some(1), None));
    }

    #[test]
    fn too_many_are_not_counted() {
        let count = u32::try_from(MOST_DISTINCT + 1).unwrap();
        let bytes: Vec<u8> = (1..=count).flat_map(u32::to_le_bytes).collect();
        let mut all = Texts::default();
        for part in bytes.chunks(40_000) {
            all.merge(Texts::of(part, 4, 1));
        }
        assert_eq!((all.distinct(), all.count), (None, u64::from(count)));
        all.merge(Texts::of(b"abcd", 4, 1));
        assert_eq!(all.distinct(), None);
    }
}
