//! Where the segments of a packed entry start, told to our own reader.
//!
//! An extra field of the directory, which others pass over. It is a hint: the reader checks that
//! every segment is whole blocks that give just its bytes, which makes it the same as reading the
//! entry from its start, and does the latter if it isn't so.

use std::ops::Range;

use super::SEGMENT_BYTES;

/// Stands first, and says which form follows.
const SIGNATURE: [u8; 4] = *b"npz\x01";
/// Signature, and the segments' size as a power of two.
const HEAD: usize = SIGNATURE.len() + 1;

/// The most lengths that are written: their field, with others, has to stay below 64 KiB.
const MOST: usize = 16_000;
/// Larger segments would take too much memory for each thread.
const LARGEST_SEGMENT: u64 = 4 << 20;

/// The packed lengths of an entry's segments, as they are written.
#[derive(Debug, Default)]
pub(crate) struct MarksWriter {
    lens: Vec<u64>,
}

impl MarksWriter {
    pub(super) fn push(&mut self, len: usize) {
        self.lens.push(len as u64);
    }

    /// Says that `len` packed bytes stand before all others.
    pub(crate) fn prepend(&mut self, len: usize) {
        if let Some(first) = self.lens.first_mut() {
            *first += len as u64;
        }
    }

    /// The content of the field; empty if there is nothing to say.
    pub(crate) fn encode(mut self) -> Vec<u8> {
        let mut segment = SEGMENT_BYTES as u64;
        // Of the last one no length is written, since the entry's own tells it.
        while self.lens.len() > MOST + 1 {
            self.lens = self.lens.chunks(2).map(|pair| pair.iter().sum()).collect();
            segment *= 2;
        }
        let lens = self.lens.split_last().map_or(&[][..], |(_, lens)| lens);
        let narrow: Option<Vec<u32>> = lens.iter().map(|&len| u32::try_from(len).ok()).collect();
        match narrow {
            Some(narrow) if !narrow.is_empty() && segment <= LARGEST_SEGMENT => {
                let mut bytes = SIGNATURE.to_vec();
                bytes.push(u8::try_from(segment.ilog2()).unwrap_or(0));
                bytes.extend(narrow.into_iter().flat_map(u32::to_le_bytes));
                bytes
            }
            _ => Vec::new(),
        }
    }
}

/// Where segments are said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    segment: u64,
    size: u64,
    /// Where each starts among the packed bytes, and where the last one ends.
    bounds: Vec<u64>,
}

impl Marks {
    /// The content of a field, of an entry of `size` bytes packed into `packed`; `None` if it
    /// can't be right.
    pub(crate) fn parse(field: &[u8], size: u64, packed: u64) -> Option<Self> {
        let (head, lens) = field.split_at_checked(HEAD)?;
        let (signature, power) = head.split_first_chunk()?;
        if *signature != SIGNATURE {
            return None;
        }
        let segment = 1_u64.checked_shl(u32::from(*power.first()?))?;
        let (lens, rest) = lens.as_chunks::<4>();
        let count = lens.len() as u64 + 1;
        let right = (SEGMENT_BYTES as u64..=LARGEST_SEGMENT).contains(&segment)
            && rest.is_empty()
            && count > 1
            && lens.len() <= MOST
            && size.div_ceil(segment) == count;
        if !right {
            return None;
        }
        // As long as a segment gets that isn't packed at all, and with room for another writer's
        // habits: this much is read at once.
        let most = segment + segment / 4;
        let mut bounds = vec![0];
        let mut end = 0_u64;
        for len in
            lens.iter().map(|len| u64::from(u32::from_le_bytes(*len))).map(Some).chain([None])
        {
            let len = len.or_else(|| packed.checked_sub(end))?;
            if len == 0 || len > most {
                return None;
            }
            end = end.checked_add(len)?;
            bounds.push(end);
        }
        (end == packed).then_some(Self { segment, size, bounds })
    }

    /// Bytes of every segment but the last.
    pub(super) fn segment(&self) -> u64 {
        self.segment
    }

    /// Bytes of the entry.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn is_last(&self, index: usize) -> bool {
        index + 2 == self.bounds.len()
    }

    /// Where the bytes of a segment are in the entry.
    pub(super) fn unpacked(&self, index: usize) -> Range<u64> {
        let start = self.segment.saturating_mul(index as u64).min(self.size);
        start..start.saturating_add(self.segment).min(self.size)
    }

    /// Where it is among the packed bytes.
    pub(super) fn packed(&self, index: usize) -> Range<u64> {
        let bound = |index: usize| self.bounds.get(index).copied().unwrap_or(0);
        bound(index)..bound(index + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SEGMENT: u64 = SEGMENT_BYTES as u64;

    fn field(lens: &[usize]) -> Vec<u8> {
        let mut writer = MarksWriter::default();
        lens.iter().for_each(|&len| writer.push(len));
        writer.encode()
    }

    #[test]
    fn what_is_written_is_read() {
        assert!(field(&[]).is_empty() && field(&[7]).is_empty());
        let bytes = field(&[10, 20, 30]);
        assert_eq!(bytes, b"npz\x01\x14\x0a\0\0\0\x14\0\0\0");
        let marks = Marks::parse(&bytes, 2 * SEGMENT + 5, 60).unwrap();
        assert_eq!((marks.packed(0), marks.packed(1), marks.packed(2)), (0..10, 10..30, 30..60));
        assert_eq!(marks.unpacked(2), 2 * SEGMENT..2 * SEGMENT + 5);
        assert!(marks.is_last(2) && !marks.is_last(1));
        let mut writer = MarksWriter::default();
        [5, 6].iter().for_each(|&len| writer.push(len));
        writer.prepend(100);
        assert_eq!(Marks::parse(&writer.encode(), SEGMENT + 1, 111).unwrap().packed(0), 0..105);
    }

    #[test]
    fn many_segments_are_told_together() {
        for count in [MOST + 1, MOST + 2, 3 * MOST + 1, 4 * MOST + 4] {
            let bytes = field(&vec![100; count]);
            let size = count as u64 * SEGMENT - 9;
            let marks = Marks::parse(&bytes, size, 100 * count as u64).unwrap();
            assert!(bytes.len() < 65_000 && marks.segment() <= LARGEST_SEGMENT);
        }
        assert!(field(&vec![100; 5 * MOST]).is_empty());
    }

    #[test]
    fn what_cant_be_is_refused() {
        let good = field(&[10, 20, 30]);
        let (size, packed) = (2 * SEGMENT + 5, 60);
        assert!(Marks::parse(&good, size, packed).is_some());
        for (size, packed) in [(size, 30), (size, 29), (size, u64::MAX), (size, 0), (SEGMENT, 60)] {
            assert_eq!(Marks::parse(&good, size, packed), None);
        }
        assert_eq!(Marks::parse(&good, u64::MAX, packed), None);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        // Another signature, segments too small, too large or none at all, an empty one, a length
        // beyond all bounds.
        for bad in [
            with(0, b'N'),
            with(4, 19),
            with(4, 23),
            with(4, 64),
            with(4, 255),
            with(5, 0),
            with(8, 255),
        ] {
            assert_eq!(Marks::parse(&bad, size, packed), None);
        }
        assert_eq!(Marks::parse(&good[..12], size, packed), None);
        assert_eq!(Marks::parse(&good[..5], size, packed), None);
        assert_eq!(Marks::parse(&[], size, packed), None);
    }

    proptest! {
        #[test]
        fn any_field_is_refused_or_tiles_the_entry(
            power in 18_u8..25,
            lens in prop::collection::vec(prop_oneof![0_u32..100, any::<u32>()], 0..6),
            size in 0_u64..5 << 20,
            packed in prop_oneof![0_u64..1000, any::<u64>()],
        ) {
            let mut bytes = SIGNATURE.to_vec();
            bytes.push(power);
            bytes.extend(lens.into_iter().flat_map(u32::to_le_bytes));
            if let Some(marks) = Marks::parse(&bytes, size, packed) {
                let mut at = (0, 0);
                let count = marks.bounds.len() - 1;
                for index in 0..count {
                    let (unpacked, packed) = (marks.unpacked(index), marks.packed(index));
                    prop_assert_eq!((unpacked.start, packed.start), at);
                    prop_assert!(packed.end - packed.start <= marks.segment() * 2);
                    at = (unpacked.end, packed.end);
                }
                prop_assert_eq!(at, (size, packed));
            }
        }
    }
}
