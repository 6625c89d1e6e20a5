//! Times as NumPy prints them.

use std::fmt;

use super::convert::{self, Step};
use super::unit::UnitType;
use super::{DateTime64, TimeDelta64};
use crate::dtype::Unit;

/// Digits of a second's fraction.
fn digits(unit: Unit) -> usize {
    match unit {
        Unit::Milli => 3,
        Unit::Micro => 6,
        Unit::Nano => 9,
        Unit::Pico => 12,
        Unit::Femto => 15,
        Unit::Atto => 18,
        _ => 0,
    }
}

/// As NumPy writes it, to the unit: `2023-11-14T22:13:20.000`, `2023-11`, `NaT`; without a unit,
/// the plain number.
impl<U: UnitType, const COUNT: u32> fmt::Display for DateTime64<U, COUNT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(ticks) = self.get() else { return f.pad("NaT") };
        let ticks = i128::from(ticks) * i128::from(COUNT);
        let in_unit = Step { unit: U::UNIT, count: 1 };
        let whole = |unit| convert::span(ticks, in_unit, Step { unit, count: 1 }).unwrap_or(0);
        let (year, month, day) = match U::UNIT {
            Unit::Generic => return ticks.fmt(f),
            Unit::Year => return f.pad(&format!("{:04}", 1970 + ticks)),
            Unit::Month => {
                let (year, month) = convert::year_and_month(ticks);
                return f.pad(&format!("{year:04}-{month:02}"));
            }
            _ => convert::date(whole(Unit::Day)),
        };
        let mut text = format!("{year:04}-{month:02}-{day:02}");
        if !matches!(U::UNIT, Unit::Week | Unit::Day) {
            text += &format!("T{:02}", whole(Unit::Hour).rem_euclid(24));
        }
        if !matches!(U::UNIT, Unit::Week | Unit::Day | Unit::Hour) {
            text += &format!(":{:02}", whole(Unit::Minute).rem_euclid(60));
        }
        if !matches!(U::UNIT, Unit::Week | Unit::Day | Unit::Hour | Unit::Minute) {
            text += &format!(":{:02}", whole(Unit::Second).rem_euclid(60));
        }
        let digits = digits(U::UNIT);
        if digits > 0 {
            let per_second = (0..digits).fold(1, |product, _| product * 10);
            text += &format!(".{:0digits$}", ticks.rem_euclid(per_second));
        }
        f.pad(&text)
    }
}

/// As NumPy writes it: `75 seconds`, `NaT`.
impl<U: UnitType, const COUNT: u32> fmt::Display for TimeDelta64<U, COUNT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(ticks) = self.get() else { return f.pad("NaT") };
        let ticks = i128::from(ticks) * i128::from(COUNT);
        let unit = match U::UNIT {
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
        f.pad(&format!("{ticks} {unit}"))
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
