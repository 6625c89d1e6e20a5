//! Which bytes of an array a slice takes.

use std::ops::Range;

/// What is taken of one axis: `count` indices, every `step`th from `first` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) first: usize,
    pub(crate) step: usize,
    pub(crate) count: usize,
    /// The axis' whole length.
    pub(crate) len: usize,
}

/// The stretches of bytes that are taken, from the first to the last; none is empty, and no two
/// could be one.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    /// The length of every run.
    bytes: u64,
    /// How far apart the runs are and how many there are, for each loop, outermost first.
    loops: Vec<(u64, usize)>,
    index: Vec<usize>,
    next: Option<u64>,
}

impl Runs {
    /// The runs in an array whose axes are `picks`, fastest first, with items of `itemsize`
    /// bytes. All of its bytes are no more than `isize::MAX`.
    pub(crate) fn new(picks: impl Iterator<Item = Pick>, itemsize: usize) -> Self {
        let (mut bytes, mut stride) = (itemsize as u64, itemsize as u64);
        let mut start: u64 = 0;
        let mut loops = Vec::new();
        let mut whole = true;
        let mut empty = itemsize == 0;
        for pick in picks {
            empty |= pick.count == 0;
            start = start.saturating_add(stride.saturating_mul(pick.first as u64));
            if whole && (pick.step == 1 || pick.count == 1) {
                bytes = bytes.saturating_mul(pick.count as u64);
                whole = pick.count == pick.len;
            } else {
                whole = false;
                if pick.count > 1 {
                    loops.push((stride.saturating_mul(pick.step as u64), pick.count));
                }
            }
            stride = stride.saturating_mul(pick.len as u64);
        }
        loops.reverse();
        let index = vec![0; loops.len()];
        Self { bytes, loops, index, next: (!empty).then_some(start) }
    }
}

impl Runs {
    /// The length of every run.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How far the next run is from the end of one, at least.
    pub(crate) fn gap(&self) -> u64 {
        self.loops.last().map_or(u64::MAX, |(stride, _)| stride.saturating_sub(self.bytes))
    }
}

impl Iterator for Runs {
    type Item = Range<u64>;

    fn next(&mut self) -> Option<Range<u64>> {
        let start = self.next.take()?;
        let mut at = start;
        for (index, &(stride, count)) in self.index.iter_mut().zip(&self.loops).rev() {
            *index += 1;
            at += stride;
            if *index < count {
                self.next = Some(at);
                break;
            }
            at -= stride * count as u64;
            *index = 0;
        }
        Some(start..start + self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(first: usize, step: usize, count: usize, len: usize) -> Pick {
        Pick { first, step, count, len }
    }

    fn runs(picks: &[Pick]) -> Vec<(u64, u64)> {
        Runs::new(picks.iter().copied(), 4).map(|run| (run.start, run.end)).collect()
    }

    #[test]
    fn whole_axes_are_one_run() {
        assert_eq!(runs(&[]), [(0, 4)]);
        assert_eq!(runs(&[pick(0, 1, 5, 5), pick(2, 1, 3, 7)]), [(40, 100)]);
        // One row of many is as contiguous as many.
        assert_eq!(runs(&[pick(0, 1, 5, 5), pick(2, 9, 1, 7)]), [(40, 60)]);
    }

    #[test]
    fn parts_of_axes_are_many() {
        assert_eq!(runs(&[pick(1, 1, 2, 5), pick(2, 2, 3, 7)]), [(44, 52), (84, 92), (124, 132)]);
        let steps = runs(&[pick(0, 2, 2, 4), pick(1, 1, 2, 3)]);
        assert_eq!(steps, [(16, 20), (24, 28), (32, 36), (40, 44)]);
        // The outer axis is one index, so it makes no loop.
        assert_eq!(runs(&[pick(1, 2, 2, 4), pick(2, 1, 1, 3)]), [(36, 40), (44, 48)]);
    }

    #[test]
    fn no_two_are_nearer_than_the_gap() {
        let picks = [pick(1, 1, 2, 5), pick(2, 2, 3, 7), pick(0, 3, 2, 4)];
        for outer in 0..=picks.len() {
            let all = Runs::new(picks[..outer].iter().copied(), 4);
            let gap = all.gap();
            let runs: Vec<_> = all.collect();
            let gaps = runs.windows(2).map(|pair| pair[1].start - pair[0].end);
            assert_eq!(gaps.min().unwrap_or(u64::MAX), gap, "{outer}");
        }
    }

    #[test]
    fn nothing_is_no_run() {
        assert!(runs(&[pick(0, 1, 0, 5), pick(0, 1, 3, 3)]).is_empty());
        assert_eq!(Runs::new([pick(0, 1, 3, 3)].into_iter(), 0).count(), 0);
    }
}
