//! Times that are counted in different units.

use npz_core::{DType, ScalarKind, TimeUnit, Unit};

use crate::values::NAT;

/// What one step of a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Months of the calendar.
    Months(i128),
    /// 10⁻¹⁸ s
    Attoseconds(i128),
}

const DAY: i128 = 86_400 * SECOND;
const SECOND: i128 = 1_000_000_000_000_000_000;

impl Step {
    /// `None` for plain numbers without a unit, and for steps of no length.
    fn new(unit: TimeUnit) -> Option<Self> {
        let count = i128::from(unit.count());
        let step = match unit.unit() {
            Unit::Year => Self::Months(12 * count),
            Unit::Month => Self::Months(count),
            Unit::Week => Self::Attoseconds(7 * DAY * count),
            Unit::Day => Self::Attoseconds(DAY * count),
            Unit::Hour => Self::Attoseconds(3600 * SECOND * count),
            Unit::Minute => Self::Attoseconds(60 * SECOND * count),
            Unit::Second => Self::Attoseconds(SECOND * count),
            Unit::Milli => Self::Attoseconds(1_000_000_000_000_000 * count),
            Unit::Micro => Self::Attoseconds(1_000_000_000_000 * count),
            Unit::Nano => Self::Attoseconds(1_000_000_000 * count),
            Unit::Pico => Self::Attoseconds(1_000_000 * count),
            Unit::Femto => Self::Attoseconds(1_000 * count),
            Unit::Atto => Self::Attoseconds(count),
            Unit::Generic => return None,
        };
        (count > 0).then_some(step)
    }
}

/// How times of two types are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    a: Side,
    b: Side,
}

#[derive(Clone, Copy, Debug)]
struct Side {
    /// Of dates: so many months make a step, and the days before them are counted.
    months: Option<i128>,
    /// What a step, or a day, is longer than the other side's, without what both have in common.
    factor: i128,
}

impl Times {
    /// `None` for what are no times, a date and a duration, and where no unit is known. A duration in
    /// months has no number of days.
    pub(super) fn new(a: &DType, b: &DType) -> Option<Self> {
        let (a, b, dates) = match (a.kind()?, b.kind()?) {
            (ScalarKind::DateTime(a), ScalarKind::DateTime(b)) => (a, b, true),
            (ScalarKind::TimeDelta(a), ScalarKind::TimeDelta(b)) => (a, b, false),
            _ => return None,
        };
        let (a, b) = (Step::new(a)?, Step::new(b)?);
        let side = |step, other| match (step, other) {
            (Step::Months(step), Step::Months(_)) | (Step::Attoseconds(step), _) => {
                Some(Side { months: None, factor: step })
            }
            (Step::Months(step), Step::Attoseconds(_)) => {
                dates.then_some(Side { months: Some(step), factor: DAY })
            }
        };
        let (mut x, mut y) = (side(a, b)?, side(b, a)?);
        let common = divisor(x.factor, y.factor);
        (x.factor, y.factor) = (x.factor / common, y.factor / common);
        Some(Self { a: x, b: y })
    }

    /// Whether two counts stand for the same time, or both for none.
    pub(super) fn are_same(self, a: i64, b: i64) -> bool {
        if a == NAT || b == NAT {
            return a == b;
        }
        let (a, b) = (self.a.ticks(a), self.b.ticks(b));
        // a * factor == b * factor, which might be more than 128 bits hold
        a % self.b.factor == 0 && b % self.a.factor == 0 && a / self.b.factor == b / self.a.factor
    }
}

impl Side {
    fn ticks(self, count: i64) -> i128 {
        match self.months {
            None => count.into(),
            Some(step) => days(i128::from(count) * step),
        }
    }
}

/// The days from 1970 to the first of the month that is so many months later.
fn days(months: i128) -> i128 {
    // A year that starts in March has its odd day at the end.
    let (year, month) = ((months - 2).div_euclid(12), (months - 2).rem_euclid(12));
    let year = year + 1970;
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let days = year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5;
    era * 146_097 + days - 719_468
}

fn divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(a: &str, b: &str) -> Option<Times> {
        Times::new(&a.parse().unwrap(), &b.parse().unwrap())
    }

    #[test]
    fn the_same_time_in_two_units() {
        for (a, x, b, y) in [
            ("<M8[D]", 20_000, "<M8[s]", 20_000 * 86_400),
            ("<M8[W]", -3, "<M8[12h]", -42),
            ("<M8[Y]", 30, "<M8[M]", 360),
            ("<M8[Y]", 30, "<M8[D]", 10_957),
            ("<M8[Y]", -1, "<M8[D]", -365),
            ("<M8[M]", 25, "<M8[D]", 31 + 730),
            ("<M8[M]", 26, "<M8[ms]", (31 + 29 + 730) * 86_400_000),
            ("<m8[25s]", 2, "<m8[ns]", 50_000_000_000),
            ("<m8[Y]", 2, "<m8[M]", 24),
            ("<M8[D]", NAT, "<M8[s]", NAT),
            ("<M8[D]", 0, "<M8[as]", 0),
        ] {
            let (there, back) = (times(a, b).unwrap(), times(b, a).unwrap());
            assert!(there.are_same(x, y) && back.are_same(y, x), "{a} {x} {b} {y}");
            assert!(!there.are_same(x, y + 1) && !there.are_same(x + 1, y), "{a} {x} {b} {y}");
        }
        // The largest of all, in the smallest steps.
        let far = times("<M8[2147483647W]", "<M8[as]").unwrap();
        assert!(!far.are_same(i64::MAX, i64::MAX) && far.are_same(0, 0));
    }

    #[test]
    fn what_has_no_common_measure() {
        for (a, b) in [
            ("<M8[D]", "<m8[D]"),
            ("<M8[D]", "<i8"),
            ("<M8", "<M8[D]"),
            ("<m8[M]", "<m8[D]"),
            ("<M8[0s]", "<M8[D]"),
        ] {
            assert!(times(a, b).is_none() && times(b, a).is_none(), "{a} {b}");
        }
    }
}
