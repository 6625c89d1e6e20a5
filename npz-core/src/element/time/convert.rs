//! From one unit of time to another, always rounding down, as NumPy does.

use crate::dtype::Unit;

pub(super) const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// A unit with its number of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) unit: Unit,
    pub(super) count: u32,
}

impl Step {
    pub(super) const NANO: Self = Self { unit: Unit::Nano, count: 1 };
    const DAY: Self = Self { unit: Unit::Day, count: 1 };

    /// Its length in months, for units whose length in days varies.
    fn months(self) -> Option<i128> {
        match self.unit {
            Unit::Year => Some(12 * i128::from(self.count)),
            Unit::Month => Some(i128::from(self.count)),
            _ => None,
        }
    }

    /// Its length in seconds as a fraction, for the other units.
    fn seconds(self) -> Option<(i128, i128)> {
        let (seconds, parts) = match self.unit {
            Unit::Year | Unit::Month | Unit::Generic => return None,
            Unit::Week => (7 * 86_400, 1),
            Unit::Day => (86_400, 1),
            Unit::Hour => (3600, 1),
            Unit::Minute => (60, 1),
            Unit::Second => (1, 1),
            Unit::Milli => (1, 1_000),
            Unit::Micro => (1, 1_000_000),
            Unit::Nano => (1, NANOS_PER_SECOND),
            Unit::Pico => (1, 1_000_000_000_000),
            Unit::Femto => (1, 1_000_000_000_000_000),
            Unit::Atto => (1, 1_000_000_000_000_000_000),
        };
        Some((seconds * i128::from(self.count), parts))
    }
}

/// A span of `ticks` steps of `from` in steps of `to`; `None` if that can't be said: it is out of
/// range, or only one of them is a calendar unit, or generic.
pub(super) fn span(ticks: i128, from: Step, to: Step) -> Option<i128> {
    if let (Some(from), Some(to)) = (from.months(), to.months()) {
        return divide(ticks.checked_mul(from)?, to);
    }
    if (from.unit, to.unit) == (Unit::Generic, Unit::Generic) {
        return Some(ticks);
    }
    let ((from, from_parts), (to, to_parts)) = (from.seconds()?, to.seconds()?);
    // At most 2^31 weeks in attoseconds here, and so far from an overflow.
    let (up, down) = (from * to_parts, to * from_parts);
    let common = gcd(up, down);
    if common == 0 {
        return divide(0, down);
    }
    divide(ticks.checked_mul(up / common)?, down / common)
}

/// The same for a time since 1970, where a calendar tells how long months are.
pub(super) fn time(ticks: i128, from: Step, to: Step) -> Option<i128> {
    match (from.months(), to.months()) {
        (Some(months), None) => {
            let (year, month) = year_and_month(ticks.checked_mul(months)?);
            span(days_since_1970(year, month)?, Step::DAY, to)
        }
        (None, Some(months)) => {
            let (year, month, _) = date(span(ticks, from, Step::DAY)?);
            divide((year - 1970) * 12 + month - 1, months)
        }
        _ => span(ticks, from, to),
    }
}

/// Rounds down; nothing for zero steps, which NumPy allows.
fn divide(number: i128, by: i128) -> Option<i128> {
    number.checked_div_euclid(by)
}

fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The year, and the month from 1 to 12, of so many months since 1970.
pub(super) fn year_and_month(months: i128) -> (i128, i128) {
    (1970 + months.div_euclid(12), months.rem_euclid(12) + 1)
}

const DAYS_PER_400_YEARS: i128 = 146_097;

/// Days from 1970 to a month's first, in the Gregorian calendar extended both ways.
fn days_since_1970(year: i128, month: i128) -> Option<i128> {
    // Years from March on, so that a leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5;
    let day = year * 365 + year / 4 - year / 100 + day_of_year;
    // 719,468 days from 1 March of year 0 to 1970.
    era.checked_mul(DAYS_PER_400_YEARS)?.checked_add(day - 719_468)
}

/// The year, month and day of so many days since 1970.
pub(super) fn date(days: i128) -> (i128, i128, i128) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(DAYS_PER_400_YEARS), days.rem_euclid(DAYS_PER_400_YEARS));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn step(unit: Unit, count: u32) -> Step {
        Step { unit, count }
    }

    #[test]
    fn dates_and_days_are_inverse() {
        for days in (-1_000_000..1_000_000).step_by(37) {
            let (year, month, day) = date(days);
            assert_eq!(days_since_1970(year, month).unwrap() + day - 1, days);
        }
        assert_eq!(date(-1), (1969, 12, 31));
        assert_eq!(date(59 + 365 * 2), (1972, 2, 29));
    }

    #[test]
    fn conversions_round_down() {
        let second = step(Unit::Second, 1);
        assert_eq!(span(-1, Step::NANO, second), Some(-1));
        assert_eq!(span(61, second, step(Unit::Second, 25)), Some(2));
        assert_eq!(span(3, step(Unit::Second, 0), second), Some(0));
        assert_eq!(span(3, second, step(Unit::Second, 0)), None);
        assert_eq!(span(1, step(Unit::Month, 1), Step::DAY), None);
        assert_eq!(span(1, step(Unit::Generic, 1), second), None);
        assert_eq!(span(-7, step(Unit::Month, 1), step(Unit::Year, 1)), Some(-1));
        let weeks = step(Unit::Week, u32::MAX >> 1);
        assert_eq!(span(i128::from(i64::MAX), weeks, step(Unit::Atto, 1)), None);
        assert_eq!(time(1, step(Unit::Month, 1), Step::DAY), Some(31));
        assert_eq!(time(-1, Step::DAY, step(Unit::Year, 1)), Some(-1));
        assert_eq!(time(59, Step::DAY, step(Unit::Month, 1)), Some(2));
    }
}
