//! Counts of values in bins.

use crate::values::{NAT, Values, float, index, signed, wide};

/// Marks of a sparkline, lowest first.
const MARKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Counts that go side by side.
const LANES: usize = 4;

/// As many values are counted in 32 bits.
const MOST_COUNTED: usize = 1 << 20;

/// Where the bins are. All are equally wide; the last one holds its upper end too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bins {
    /// Between two different floats.
    Float { low: f64, high: f64, count: usize },
    /// Each of `width` integers, the first of them `low`.
    Whole { low: i128, width: i128, count: usize },
}

impl Bins {
    /// At most `most` bins from `low` to `high`; `None` if the range is empty or no range.
    pub(crate) fn floats(low: f64, high: f64, most: usize) -> Option<Self> {
        let count = most.max(1);
        if !(low.is_finite() && high.is_finite()) || low > high {
            return None;
        }
        if low < high {
            return Some(Self::Float { low, high, count });
        }
        // One value stands in the middle, as in NumPy.
        let half = if low.abs() < 1e9 { 0.5 } else { low.abs() * 1e-3 };
        Some(Self::Float { low: low - half, high: high + half, count })
    }

    /// At most `most` bins of whole numbers from `low` to `high`: a bin for each number, if there
    /// are no more than that.
    pub(crate) fn whole(low: i128, high: i128, most: usize) -> Option<Self> {
        let most = i128::try_from(most.max(1)).unwrap_or(1);
        let span = high.checked_sub(low).filter(|&span| span >= 0)?.saturating_add(1);
        let width = ceil(span, most);
        Some(Self::Whole { low, width, count: usize::try_from(ceil(span, width)).ok()? })
    }

    pub(crate) fn count(&self) -> usize {
        match *self {
            Self::Float { count, .. } | Self::Whole { count, .. } => count,
        }
    }

    /// Where the bin at `index` starts; that behind the last one is where the last one ends.
    pub(crate) fn edge(&self, index: usize) -> f64 {
        match *self {
            Self::Float { high, count, .. } if index >= count => high,
            Self::Float { low, high, count } => {
                let part = float(index) / float(count);
                // The width of the widest ranges is infinite.
                if (high - low).is_finite() {
                    low + float(index) * ((high - low) / float(count))
                } else {
                    low * (1.0 - part) + high * part
                }
            }
            Self::Whole { low, width, .. } => {
                let index = i128::try_from(index).unwrap_or(i128::MAX);
                wide(low.saturating_add(width.saturating_mul(index)))
            }
        }
    }
}

/// The bin of a value by the edges alone; one more than there are for a value in none.
fn by_edges(edges: &[f64], value: f64) -> usize {
    let count = edges.len().saturating_sub(1);
    match edges.get(1..count) {
        Some(inner) if (edges[0]..=edges[count]).contains(&value) => {
            inner.partition_point(|&edge| edge <= value)
        }
        _ => count,
    }
}

fn ceil(a: i128, b: i128) -> i128 {
    (a / b).saturating_add(i128::from(a % b != 0))
}

/// How many values are in each bin. Those outside of all, and what is no number, don't count.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Histogram {
    bins: Bins,
    counts: Vec<u64>,
}

impl Histogram {
    pub(crate) fn new(bins: Bins) -> Self {
        Self { counts: vec![0; bins.count()], bins }
    }

    pub(crate) fn bins(&self) -> &Bins {
        &self.bins
    }

    pub(crate) fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Where the bins start and the last one ends.
    pub(crate) fn edges(&self) -> Vec<f64> {
        (0..=self.counts.len()).map(|index| self.bins.edge(index)).collect()
    }

    /// Counts some values. If they are `times`, one number stands for none.
    pub(crate) fn add(&mut self, values: &Values, times: bool) {
        match (&self.bins, values) {
            (&Bins::Float { low, high, .. }, Values::Float(values)) => {
                self.add_floats(low, high, values);
            }
            (Bins::Float { .. }, _) => {}
            (&Bins::Whole { low, width, .. }, Values::Signed(values)) => {
                let values = values.iter().filter(|&&value| !(times && value == NAT));
                self.add_whole(low, width, values.map(|&value| i128::from(value)));
            }
            (&Bins::Whole { low, width, .. }, Values::Unsigned(values)) => {
                self.add_whole(low, width, values.iter().map(|&value| i128::from(value)));
            }
            (Bins::Whole { .. }, Values::Float(_)) => {}
        }
    }

    /// As `np.histogram`: the quotient tells the bin, and the edges correct what was rounded.
    fn add_floats(&mut self, low: f64, high: f64, values: &[f64]) {
        let edges = self.edges();
        let count = self.counts.len();
        let (scale, width) = if (high - low).is_finite() {
            (1.0, high - low)
        } else {
            (0.5, high * 0.5 - low * 0.5)
        };
        let per_unit = float(count) / width;
        let place = |value: f64| (value * scale - low * scale) * per_unit;
        // Nearer to an edge than this, rounding may have put a value on the wrong side.
        let rounded = (low.abs() + high.abs()) * scale * per_unit * f64::EPSILON;
        let slack = rounded * 4.0 + float(count) * f64::EPSILON * 4.0;
        // Side by side, so that the processor need not wait for the count before; the last one is
        // of what is in no bin.
        let mut lanes = vec![0_u32; LANES * (count + 1)];
        for values in values.chunks(MOST_COUNTED) {
            lanes.fill(0);
            for chunk in values.chunks(LANES) {
                for (lane, &value) in chunk.iter().enumerate() {
                    let place = place(value);
                    let mut bin = index(place).min(count - 1);
                    let within = place - float(bin);
                    if !(slack..=1.0 - slack).contains(&within) {
                        bin = by_edges(&edges, value);
                    }
                    lanes[lane * (count + 1) + bin] += 1;
                }
            }
            for lane in lanes.chunks(count + 1) {
                for (count, &more) in self.counts.iter_mut().zip(lane) {
                    *count += u64::from(more);
                }
            }
        }
    }

    fn add_whole(&mut self, low: i128, width: i128, values: impl Iterator<Item = i128>) {
        // Nearly always they fit, and then the division is a fast one.
        let narrow = i64::try_from(low).ok().zip(u64::try_from(width).ok());
        for value in values {
            let offset = value - low;
            let bin = match (narrow, u64::try_from(offset)) {
                (Some((_, width)), Ok(offset)) => usize::try_from(offset / width).ok(),
                _ => usize::try_from(offset / width).ok().filter(|_| offset >= 0),
            };
            if let Some(count) = bin.and_then(|bin| self.counts.get_mut(bin)) {
                *count += 1;
            }
        }
    }

    /// Adds the counts of another one with the same bins.
    pub(crate) fn merge(&mut self, other: &Self) {
        debug_assert_eq!(self.bins, other.bins);
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count = count.saturating_add(*more);
        }
    }

    /// A mark for each bin, or for neighbours together where there are more than `most`. Bins
    /// without values are blank; the others are at least the lowest mark.
    pub(crate) fn sparkline(&self, most: usize) -> String {
        let together = self.counts.len().div_ceil(most.max(1)).max(1);
        let sums: Vec<u64> = self
            .counts
            .chunks(together)
            .map(|counts| counts.iter().fold(0, |sum: u64, &count| sum.saturating_add(count)))
            .collect();
        sparkline(&sums)
    }

    /// The value below which this part of all values lies, if they are even within each bin.
    pub(crate) fn quantile(&self, part: f64) -> Option<f64> {
        let total: u64 = self.counts.iter().sum();
        let mut left = part * signed(i64::try_from(total).ok()?);
        for (index, &count) in self.counts.iter().enumerate() {
            let count = signed(i64::try_from(count).ok()?);
            if count > 0.0 && left <= count {
                let (from, to) = (self.bins.edge(index), self.bins.edge(index + 1));
                return Some(from + (to - from) * (left / count));
            }
            left -= count;
        }
        None
    }
}

fn sparkline(counts: &[u64]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let mark = |&count: &u64| {
        if count == 0 {
            return ' ';
        }
        let level = u128::from(count) * 7 / u128::from(most);
        usize::try_from(level).ok().and_then(|level| MARKS.get(level)).copied().unwrap_or('█')
    };
    counts.iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_fall_where_numpy_puts_them() {
        let mut histogram = Histogram::new(Bins::floats(0.0, 1.0, 10).unwrap());
        // 0.3 * 10 rounds to 3, but 0.3 lies below the edge 0.30000000000000004.
        let values = [0.0, 0.1, 0.2, 0.3, 0.6, 0.7, 0.999, 1.0, 1.1, -0.1, f64::NAN, f64::INFINITY];
        histogram.add(&Values::Float(values.to_vec()), false);
        assert_eq!(histogram.counts(), [1, 1, 2, 0, 0, 1, 1, 0, 0, 2]);
    }

    #[test]
    fn fast_counts_are_those_of_the_edges() {
        for (low, high) in
            [(0.0, 1.0), (-3.7, 11.3), (1e9, 1e9 + 1e-6), (-1e300, 1e308), (5e-324, 1e-320)]
        {
            for most in [1, 7, 10, 64] {
                let bins = Bins::floats(low, high, most).unwrap();
                let mut histogram = Histogram::new(bins.clone());
                let edges = histogram.edges();
                let mut values = vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
                for &edge in &edges {
                    values.extend([edge, edge.next_up(), edge.next_down()]);
                }
                let part = |n: u32| f64::from(n) / 1000.0;
                values.extend((0..=1000).map(|n| low * (1.0 - part(n)) + high * part(n)));
                histogram.add(&Values::Float(values.clone()), false);
                let mut expected = vec![0; bins.count()];
                for value in values.iter().filter(|value| (low..=high).contains(*value)) {
                    let behind = edges[1..bins.count()].iter().filter(|edge| *value >= **edge);
                    expected[behind.count()] += 1;
                }
                assert_eq!(histogram.counts(), expected, "{low} {high} {most}");
            }
        }
    }

    #[test]
    fn the_widest_range_has_bins() {
        let mut histogram = Histogram::new(Bins::floats(f64::MIN, f64::MAX, 4).unwrap());
        histogram.add(&Values::Float(vec![f64::MIN, -1.0, 0.0, f64::MAX]), false);
        assert_eq!(histogram.counts(), [1, 1, 1, 1]);
        assert!(histogram.edges().iter().all(|edge| edge.is_finite()));
    }

    #[test]
    fn one_value_is_in_the_middle() {
        let bins = Bins::floats(2.0, 2.0, 3).unwrap();
        assert_eq!((bins.edge(0), bins.edge(3)), (1.5, 2.5));
        let mut histogram = Histogram::new(bins);
        histogram.add(&Values::Float(vec![2.0; 5]), false);
        assert_eq!(histogram.counts(), [0, 5, 0]);
        assert_eq!(Bins::floats(f64::NAN, 1.0, 3), None);
        assert_eq!(Bins::floats(1.0, f64::INFINITY, 3), None);
    }

    #[test]
    fn whole_numbers_have_bins_of_whole_numbers() {
        assert_eq!(Bins::whole(-2, 3, 10), Some(Bins::Whole { low: -2, width: 1, count: 6 }));
        assert_eq!(Bins::whole(0, 99, 10), Some(Bins::Whole { low: 0, width: 10, count: 10 }));
        assert_eq!(Bins::whole(0, 100, 10), Some(Bins::Whole { low: 0, width: 11, count: 10 }));
        let (low, high) = (i128::from(i64::MIN), i128::from(u64::MAX));
        let mut all = Histogram::new(Bins::whole(low, high, 7).unwrap());
        all.add(&Values::Unsigned(vec![u64::MAX]), false);
        all.add(&Values::Signed(vec![i64::MIN]), false);
        assert_eq!(all.counts(), [1, 0, 0, 0, 0, 0, 1]);
        all.add(&Values::Signed(vec![i64::MIN]), true);
        assert_eq!(all.counts()[0], 1, "no time");
        let mut few = Histogram::new(Bins::whole(-2, 3, 10).unwrap());
        few.add(&Values::Signed(vec![-3, -2, 3, 3, 4]), false);
        assert_eq!(few.counts(), [1, 0, 0, 0, 0, 2]);
    }

    #[test]
    fn sparklines_show_what_is_rare() {
        assert_eq!(sparkline(&[0, 1, 1000, 500]), " ▁█▄");
        assert_eq!(sparkline(&[]), "");
        let mut histogram = Histogram::new(Bins::whole(0, 9, 10).unwrap());
        histogram.add(&Values::Signed((0..10).collect()), false);
        assert_eq!(histogram.sparkline(5), "█████");
        assert_eq!(histogram.quantile(0.5), Some(5.0));
    }
}
