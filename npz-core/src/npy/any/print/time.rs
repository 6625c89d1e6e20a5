//! Dates and durations.

use crate::dtype::{TimeUnit, Unit};

/// "Not a time".
pub(super) const NAT: i64 = i64::MIN;

/// The date as ISO 8601 has it, as far as the unit goes.
pub(super) fn date(value: i64, unit: TimeUnit) -> String {
    if value == NAT {
        return "NaT".to_owned();
    }
    let value = i128::from(value) * i128::from(unit.count());
    let fraction = |per_second: i128, digits: usize| {
        let seconds = clock(value.div_euclid(per_second), Unit::Second);
        format!("{seconds}.{:0digits$}", value.rem_euclid(per_second))
    };
    match unit.unit() {
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

/// The date of so many days after 1970-01-01, in the Gregorian calendar continued to both sides.
fn day(days: i128) -> String {
    // from the first of March of the year 0, so that the leap day is a year's last
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i128::from(month <= 2);
    format!("{year:04}-{month:02}-{of_month:02}")
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

/// A duration for itself: `5 seconds`.
pub(super) fn duration(value: i64, unit: TimeUnit) -> String {
    if value == NAT {
        return "NaT".to_owned();
    }
    let name = match unit.unit() {
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
    format!("{} {name}", i128::from(value) * i128::from(unit.count()))
}
