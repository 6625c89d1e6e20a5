//! Times as NumPy prints them.

use std::fmt;

use super::unit::UnitType;
use super::{DateTime64, NAT, TimeDelta64, convert};
use crate::dtype::Unit;

/// A time as ISO 8601 has it, as far as the unit goes: `2023-11-14T22:13:20.000`, `2023-11`, `NaT`;
/// without a unit, the plain number.
pub(crate) fn datetime_text(ticks: i64, unit: Unit, count: u32) -> String {
    if ticks == NAT {
        return "NaT".to_owned();
    }
    let value = i128::from(ticks) * i128::from(count);
    let fraction = |per_second: i128, digits: usize| {
        let seconds = clock(value.div_euclid(per_second), Unit::Second);
        format!("{seconds}.{:0digits$}", value.rem_euclid(per_second))
    };
    match unit {
        Unit::Generic => value.to_string(),
        Unit::Year => format!("{:04}", 1970 + value),
        Unit::Month => {
            format!("{:04}-{:02}", 1970 + value.div_euclid(12), value.rem_euclid(12) + 1)
        }
        Unit::Week => day(value * 7),
        Unit::Day => day(value),
        Unit::Hour => clock(value * 3600, Unit::Hour),
        Unit::Minute => clock(value * 60, Unit::Minute),
        Unit::Second => clock(value, Unit::Second),
        Unit::Milli => fraction(1_000, 3),
        Unit::Micro => fraction(1_000_000, 6),
        Unit::Nano => fraction(1_000_000_000, 9),
        Unit::Pico => fraction(1_000_000_000_000, 12),
        Unit::Femto => fraction(1_000_000_000_000_000, 15),
        Unit::Atto => fraction(1_000_000_000_000_000_000, 18),
    }
}

fn day(days: i128) -> String {
    let (year, month, day) = convert::date(days);
    format!("{year:04}-{month:02}-{day:02}")
}

fn clock(seconds: i128, to: Unit) -> String {
    let (date, of_day) = (day(seconds.div_euclid(86_400)), seconds.rem_euclid(86_400));
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    match to {
        Unit::Hour => format!("{date}T{hour:02}"),
        Unit::Minute => format!("{date}T{hour:02}:{minute:02}"),
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
    }
}

/// A duration: `75 seconds`, `NaT`.
pub(crate) fn timedelta_text(ticks: i64, unit: Unit, count: u32) -> String {
    if ticks == NAT {
        return "NaT".to_owned();
    }
    let name = match unit {
        Unit::Year => "years",
        Unit::Month => "months",
        Unit::Week => "weeks",
        Unit::Day => "days",
        Unit::Hour => "hours",
        Unit::Minute => "minutes",
        Unit::Second => "seconds",
        Unit::Milli => "milliseconds",
        Unit::Micro => "microseconds",
        Unit::Nano => "nanoseconds",
        Unit::Pico => "picoseconds",
        Unit::Femto => "femtoseconds",
        Unit::Atto => "attoseconds",
        Unit::Generic => "generic time units",
    };
    format!("{} {name}", i128::from(ticks) * i128::from(count))
}

/// As NumPy writes it, to the unit.
impl<U: UnitType, const COUNT: u32> fmt::Display for DateTime64<U, COUNT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&datetime_text(self.ticks(), U::UNIT, COUNT))
    }
}

/// As NumPy writes it: `75 seconds`, `NaT`.
impl<U: UnitType, const COUNT: u32> fmt::Display for TimeDelta64<U, COUNT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&timedelta_text(self.ticks(), U::UNIT, COUNT))
    }
}

impl<U: UnitType, const COUNT: u32> fmt::Debug for DateTime64<U, COUNT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<U: UnitType, const COUNT: u32> fmt::Debug for TimeDelta64<U, COUNT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
