//! Means and deviations of numbers that come block by block.
//!
//! Within a block there are two passes, over numbers that are still in the cache; blocks are merged
//! by the formula of Chan, Golub and LeVeque. Neither squares a sum, which would lose what numbers
//! that are large and close together differ by.

use crate::values::{Beyond, NAT, float, signed, unsigned, wide};

/// Sums that go side by side, so that the processor need not wait for each.
const LANES: usize = 8;

/// How many numbers, and where: in the middle, and how far from it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Spread {
    count: u64,
    mean: f64,
    /// What the mean is larger than that. Of large numbers that are close together, blocks have
    /// means that differ by little more than a float rounds away.
    low: f64,
    /// The sum of the squared distances from the mean.
    squares: f64,
}

impl Spread {
    /// Merges the spread of further numbers, whose mean is farther by `shift` than `other` says.
    fn merge(&mut self, other: Self, shift: f64) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = Self { mean: other.mean + shift, ..other };
            return;
        }
        let count = self.count.saturating_add(other.count);
        let (ours, theirs) = (unsigned(self.count), unsigned(other.count));
        let (our_part, part) = (ours / unsigned(count), theirs / unsigned(count));
        let distance = (other.mean - self.mean + shift) + (other.low - self.low);
        self.squares += other.squares + distance * distance * ours * part;
        if distance.is_finite() {
            let low = self.low + distance * part;
            let mean = self.mean + low;
            (self.mean, self.low) = (mean, low - (mean - self.mean));
        } else {
            (self.mean, self.low) = (self.mean * our_part + (other.mean + shift) * part, 0.0);
        }
        self.count = count;
    }

    /// The standard deviation of the numbers themselves, as `np.std` has it.
    fn deviation(self) -> Option<f64> {
        (self.count > 0).then(|| (self.squares / unsigned(self.count)).sqrt())
    }
}

/// What there is to know of floats. All but the counts are of the finite ones.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Floats {
    spread: Spread,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) nan: u64,
    pub(crate) positive_infinite: u64,
    pub(crate) negative_infinite: u64,
    pub(crate) zeros: u64,
    /// Numbers that no float holds: they count as finite, and what they are part of is infinite.
    beyond: Beyond,
}

impl Floats {
    pub(crate) fn of(values: &[f64]) -> Self {
        let mut all = Self {
            spread: Spread::default(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            nan: 0,
            positive_infinite: 0,
            negative_infinite: 0,
            zeros: 0,
            beyond: Beyond::default(),
        };
        let mut finite = [0_u64; LANES];
        let mut zeros = [0_u64; LANES];
        let mut sums = [0.0; LANES];
        let mut least = [f64::INFINITY; LANES];
        let mut most = [f64::NEG_INFINITY; LANES];
        for chunk in values.chunks(LANES) {
            for (lane, &value) in chunk.iter().enumerate() {
                let counts = value.is_finite();
                finite[lane] += u64::from(counts);
                zeros[lane] += u64::from(value == 0.0);
                sums[lane] += if counts { value } else { 0.0 };
                least[lane] = if counts && value < least[lane] { value } else { least[lane] };
                most[lane] = if counts && value > most[lane] { value } else { most[lane] };
            }
        }
        let count: u64 = finite.iter().sum();
        all.zeros = zeros.iter().sum();
        if count < u64::try_from(values.len()).unwrap_or(u64::MAX) {
            let counted = |what: fn(&f64) -> bool| {
                u64::try_from(values.iter().filter(|value| what(value)).count()).unwrap_or(u64::MAX)
            };
            all.nan = counted(|value| value.is_nan());
            all.positive_infinite = counted(|value| *value == f64::INFINITY);
            all.negative_infinite = counted(|value| *value == f64::NEG_INFINITY);
        }
        if count == 0 {
            return all;
        }
        all.min = least.iter().copied().fold(f64::INFINITY, f64::min);
        all.max = most.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = sums.iter().sum();
        let mean = if sum.is_finite() {
            sum / unsigned(count)
        } else {
            // Near the end of the range even some numbers have no sum.
            let parts = values.iter().filter(|value| value.is_finite());
            parts.map(|value| value / unsigned(count)).sum()
        };
        // No rounding puts the mean outside of the numbers.
        let mean = mean.clamp(all.min, all.max);
        let (mut distances, mut squares) = ([0.0; LANES], [0.0; LANES]);
        for chunk in values.chunks(LANES) {
            for (lane, &value) in chunk.iter().enumerate() {
                let distance = if value.is_finite() { value - mean } else { 0.0 };
                distances[lane] += distance;
                squares[lane] += distance * distance;
            }
        }
        // The distances would sum up to 0 if the mean were not rounded.
        let rest: f64 = distances.iter().sum();
        let low = if rest.is_finite() { rest / unsigned(count) } else { 0.0 };
        let squares = squares.iter().sum::<f64>() - low * rest;
        let squares = if squares.is_nan() { f64::INFINITY } else { squares.max(0.0) };
        all.spread = Spread { count, mean, low, squares };
        all
    }

    /// Puts right what the nearest floats have told of long doubles.
    pub(crate) fn with_beyond(self, beyond: Beyond) -> Self {
        Self {
            positive_infinite: self.positive_infinite.saturating_sub(beyond.positive),
            negative_infinite: self.negative_infinite.saturating_sub(beyond.negative),
            zeros: self.zeros.saturating_sub(beyond.tiny),
            beyond,
            ..self
        }
    }

    /// Merges what is known of the numbers that follow.
    pub(crate) fn merge(&mut self, next: &Self) {
        self.spread.merge(next.spread, 0.0);
        self.beyond.positive += next.beyond.positive;
        self.beyond.negative += next.beyond.negative;
        self.beyond.tiny += next.beyond.tiny;
        self.min = self.min.min(next.min);
        self.max = self.max.max(next.max);
        self.nan += next.nan;
        self.positive_infinite += next.positive_infinite;
        self.negative_infinite += next.negative_infinite;
        self.zeros += next.zeros;
    }

    /// The smallest and the largest; infinite where these are no floats.
    pub(crate) fn ends(&self) -> [f64; 2] {
        let Beyond { positive, negative, .. } = self.beyond;
        let low = if negative > 0 { f64::NEG_INFINITY } else { self.min };
        let high = if positive > 0 { f64::INFINITY } else { self.max };
        [low, high]
    }

    /// The number of finite ones.
    pub(crate) fn finite(&self) -> u64 {
        self.spread.count + self.beyond.positive + self.beyond.negative
    }

    pub(crate) fn mean(&self) -> Option<f64> {
        match (self.beyond.positive, self.beyond.negative) {
            (0, 0) => (self.spread.count > 0).then_some(self.spread.mean + self.spread.low),
            (_, 0) => Some(f64::INFINITY),
            (0, _) => Some(f64::NEG_INFINITY),
            // Nobody knows.
            _ => Some(f64::NAN),
        }
    }

    pub(crate) fn deviation(&self) -> Option<f64> {
        match (self.beyond.positive, self.beyond.negative) {
            (0, 0) => self.spread.deviation(),
            _ => Some(f64::INFINITY),
        }
    }
}

/// What there is to know of whole numbers, exact where they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wholes {
    /// Its mean is counted from `anchor`: what numbers near 2^63 differ by is lost in a float.
    spread: Spread,
    anchor: i128,
    sum: i128,
    /// The smallest and the largest.
    range: Option<(i128, i128)>,
    pub(crate) zeros: u64,
    /// Of times: what is none.
    pub(crate) not_times: u64,
}

impl Wholes {
    /// Of `i64`s; if they are `times`, one stands for none.
    pub(crate) fn of_signed(values: &[i64], times: bool) -> Self {
        if times && values.contains(&NAT) {
            let real: Vec<i64> = values.iter().copied().filter(|&value| value != NAT).collect();
            let not_times = length(values.len() - real.len());
            return Self { not_times, ..Self::of_signed(&real, false) };
        }
        let Some(&least) = values.iter().min() else { return Self::default() };
        // The distance of two i64s is a u64.
        let offsets = values.iter().map(|value| value.wrapping_sub(least).cast_unsigned());
        let zeros = values.iter().filter(|&&value| value == 0).count();
        Self::block(i128::from(least), spread(offsets), zeros)
    }

    /// Of `u64`s.
    pub(crate) fn of_unsigned(values: &[u64]) -> Self {
        let Some(&least) = values.iter().min() else { return Self::default() };
        let zeros = values.iter().filter(|&&value| value == 0).count();
        Self::block(i128::from(least), spread(values.iter().map(|value| value - least)), zeros)
    }

    fn block(
        least: i128,
        (count, sum, most, squares): (usize, i128, u64, f64),
        zeros: usize,
    ) -> Self {
        let many = i128::try_from(count).unwrap_or(i128::MAX);
        Self {
            spread: Spread {
                count: length(count),
                mean: wide(sum) / float(count),
                low: 0.0,
                squares,
            },
            anchor: least,
            sum: least.saturating_mul(many).saturating_add(sum),
            range: Some((least, least.saturating_add(i128::from(most)))),
            zeros: length(zeros),
            not_times: 0,
        }
    }

    /// Merges what is known of the numbers that follow.
    pub(crate) fn merge(&mut self, next: &Self) {
        if self.spread.count == 0 {
            self.anchor = next.anchor;
        }
        self.spread.merge(next.spread, wide(next.anchor - self.anchor));
        self.sum = self.sum.saturating_add(next.sum);
        self.range = match (self.range, next.range) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (ours, theirs) => ours.or(theirs),
        };
        self.zeros += next.zeros;
        self.not_times += next.not_times;
    }

    /// How many there are, without what is no time.
    pub(crate) fn count(&self) -> u64 {
        self.spread.count
    }

    pub(crate) fn range(&self) -> Option<(i128, i128)> {
        self.range
    }

    pub(crate) fn mean(&self) -> Option<f64> {
        (self.spread.count > 0).then(|| wide(self.sum) / unsigned(self.spread.count))
    }

    /// The mean to the nearest whole number.
    pub(crate) fn whole_mean(&self) -> Option<i128> {
        let count = i128::from(self.spread.count);
        let doubled = self.sum.checked_mul(2)?.checked_add(count)?;
        (count > 0).then(|| doubled.div_euclid(2 * count))
    }

    pub(crate) fn deviation(&self) -> Option<f64> {
        self.spread.deviation()
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The number, sum, largest, and summed squares of the distances from their mean.
fn spread(offsets: impl Iterator<Item = u64> + Clone) -> (usize, i128, u64, f64) {
    let (mut count, mut sum, mut most) = (0_usize, 0_u128, 0);
    for offset in offsets.clone() {
        count += 1;
        sum += u128::from(offset);
        most = most.max(offset);
    }
    let sum = i128::try_from(sum).unwrap_or(i128::MAX);
    let mean = wide(sum) / float(count);
    let exact = i64::try_from(most).is_ok();
    let mut squares = [0.0; LANES];
    for (at, offset) in offsets.enumerate() {
        // Signed ones are converted faster.
        let number = if exact { signed(offset.cast_signed()) } else { unsigned(offset) };
        let distance = number - mean;
        squares[at % LANES] += distance * distance;
    }
    (count, sum, most, squares.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(values: &[f64], block: usize) -> Floats {
        let mut blocks = values.chunks(block).map(Floats::of);
        let mut all = blocks.next().unwrap_or_else(|| Floats::of(&[]));
        blocks.for_each(|next| all.merge(&next));
        all
    }

    #[test]
    fn large_numbers_that_are_close_together() {
        let values: Vec<f64> = (0..10_000).map(|i| 1e9 + f64::from(i % 10)).collect();
        for block in [7, 1000, 10_000] {
            let all = merged(&values, block);
            assert_eq!((all.min, all.max, all.finite()), (1e9, 1e9 + 9.0, 10_000));
            assert!((all.mean().unwrap() - (1e9 + 4.5)).abs() < 1e-6);
            assert!((all.deviation().unwrap() - 8.25_f64.sqrt()).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_not_finite_is_counted_apart() {
        let values = [1.0, f64::NAN, -0.0, f64::INFINITY, 3.0, f64::NEG_INFINITY, f64::INFINITY];
        for block in 1..8 {
            let all = merged(&values, block);
            assert_eq!((all.finite(), all.nan, all.zeros), (3, 1, 1));
            assert_eq!((all.positive_infinite, all.negative_infinite), (2, 1));
            assert_eq!((all.min, all.max), (0.0, 3.0));
            assert!((all.mean().unwrap() - 4.0 / 3.0).abs() < 1e-15);
        }
        let none = merged(&[f64::NAN; 3], 2);
        assert_eq!((none.mean(), none.deviation(), none.nan), (None, None, 3));
    }

    #[test]
    fn the_ends_of_the_range_have_a_mean() {
        let all = merged(&[f64::MAX; 5], 2);
        assert_eq!((all.mean(), all.deviation()), (Some(f64::MAX), Some(0.0)));
        let mean = merged(&[f64::MAX, f64::MIN, f64::MAX, f64::MIN], 1).mean().unwrap();
        assert!(mean.abs() < 1e294, "{mean}");
    }

    #[test]
    fn whole_numbers_are_exact() {
        let ns = 1_700_000_000_000_000_000_i64;
        let values: Vec<i64> = (0..1000).map(|i| ns + i % 10).collect();
        for block in [1, 3, 256, 1000] {
            let mut all = Wholes::default();
            values.chunks(block).for_each(|part| all.merge(&Wholes::of_signed(part, true)));
            assert_eq!(all.range(), Some((i128::from(ns), i128::from(ns + 9))));
            assert!((all.deviation().unwrap() - 8.25_f64.sqrt()).abs() < 1e-9, "{block}");
            assert_eq!(all.whole_mean(), Some(i128::from(ns + 5)));
        }
        let mut all = Wholes::of_signed(&[NAT, 0, NAT, i64::MAX, -1], true);
        assert_eq!((all.count(), all.not_times, all.zeros), (3, 2, 1));
        all.merge(&Wholes::of_signed(&[NAT], false));
        assert_eq!(all.range(), Some((i128::from(i64::MIN), i128::from(i64::MAX))));
        let top = Wholes::of_unsigned(&[u64::MAX, 0, u64::MAX]);
        assert_eq!((top.range(), top.zeros), (Some((0, i128::from(u64::MAX))), 1));
        assert_eq!(Wholes::of_signed(&[], true).mean(), None);
        assert_eq!(Wholes::of_signed(&[-3, -4], false).whole_mean(), Some(-3));
    }
}
