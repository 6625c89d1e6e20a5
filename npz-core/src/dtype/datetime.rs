//! Units of time.

use std::fmt;

use super::typestr::leading_integer;
use crate::error::{Error, ErrorKind, Result};

/// A unit of time, in NumPy's order from the longest to the shortest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `Y`, a calendar year
    Year,
    /// `M`, a calendar month
    Month,
    /// `W`, seven days
    Week,
    /// `D`, 24 hours
    Day,
    /// `h`
    Hour,
    /// `m`
    Minute,
    /// `s`
    Second,
    /// `ms`, 10⁻³ s
    Milli,
    /// `us`, 10⁻⁶ s
    Micro,
    /// `ns`, 10⁻⁹ s
    Nano,
    /// `ps`, 10⁻¹² s
    Pico,
    /// `fs`, 10⁻¹⁵ s
    Femto,
    /// `as`, 10⁻¹⁸ s
    Atto,
    /// No unit: plain numbers. Written as nothing.
    Generic,
}

impl Unit {
    const SYMBOLS: [(Self, &str); 14] = [
        (Self::Year, "Y"),
        (Self::Month, "M"),
        (Self::Week, "W"),
        (Self::Day, "D"),
        (Self::Hour, "h"),
        (Self::Minute, "m"),
        (Self::Second, "s"),
        (Self::Milli, "ms"),
        (Self::Micro, "us"),
        (Self::Nano, "ns"),
        (Self::Pico, "ps"),
        (Self::Femto, "fs"),
        (Self::Atto, "as"),
        (Self::Generic, "generic"),
    ];

    /// NumPy's sign for the unit: `ns`; for [`Generic`](Self::Generic), `generic`.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        Self::SYMBOLS.iter().find(|(unit, _)| *unit == self).map_or("generic", |(_, sign)| sign)
    }

    fn from_symbol(symbol: &str) -> Option<Self> {
        if symbol == "μs" {
            return Some(Self::Micro);
        }
        Self::SYMBOLS.iter().find(|(_, sign)| *sign == symbol).map(|(unit, _)| *unit)
    }

    /// Shorter units and how many of them NumPy takes for one of these, in the order it tries
    /// them when a unit is divided. A year is 365 days here, and a month 30.
    fn parts(self) -> &'static [(Self, u32)] {
        match self {
            Self::Year => &[(Self::Month, 12), (Self::Week, 52), (Self::Day, 365)],
            Self::Month => &[(Self::Week, 4), (Self::Day, 30), (Self::Hour, 720)],
            Self::Week => &[(Self::Day, 7), (Self::Hour, 168), (Self::Minute, 10_080)],
            Self::Day => &[(Self::Hour, 24), (Self::Minute, 1440), (Self::Second, 86_400)],
            Self::Hour => &[(Self::Minute, 60), (Self::Second, 3600)],
            Self::Minute => &[(Self::Second, 60), (Self::Milli, 60_000)],
            Self::Second => &[(Self::Milli, 1000), (Self::Micro, 1_000_000)],
            Self::Milli => &[(Self::Micro, 1000), (Self::Nano, 1_000_000)],
            Self::Micro => &[(Self::Nano, 1000), (Self::Pico, 1_000_000)],
            Self::Nano => &[(Self::Pico, 1000), (Self::Femto, 1_000_000)],
            Self::Pico => &[(Self::Femto, 1000), (Self::Atto, 1_000_000)],
            Self::Femto => &[(Self::Atto, 1000)],
            Self::Atto | Self::Generic => &[],
        }
    }
}

/// What a datetime counts: a unit, or a multiple of one.
///
/// ```
/// use npz_core::{TimeUnit, Unit};
///
/// assert_eq!(TimeUnit::from(Unit::Nano).to_string(), "ns");
/// assert_eq!(TimeUnit::new(Unit::Second, 25)?.to_string(), "25s");
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeUnit {
    unit: Unit,
    count: u32,
}

impl TimeUnit {
    /// Steps of `count` units; at most `i32::MAX`, and always 1 for [`Unit::Generic`].
    ///
    /// Zero is allowed because NumPy allows it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Value`] if the count is too large.
    pub fn new(unit: Unit, count: u32) -> Result<Self> {
        if i32::try_from(count).is_err() {
            let message = format!("expected at most {} units of time, found {count}", i32::MAX);
            return Err(Error::new(ErrorKind::Value, message));
        }
        let count = if unit == Unit::Generic { 1 } else { count };
        Ok(Self { unit, count })
    }

    /// The unit.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.unit
    }

    /// How many of the unit make one step.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// What follows `M8` or `m8`: nothing, `[ns]`, `[25s]`, `[D/24]`.
    pub(super) fn parse(suffix: &str) -> Option<Self> {
        if suffix.is_empty() {
            return Some(Unit::Generic.into());
        }
        let inner = suffix.strip_prefix('[')?.strip_suffix(']')?;
        let (count, symbol) = leading_integer(inner).unwrap_or((1, inner));
        let (symbol, divisor) = match symbol.split_once('/') {
            None => (symbol, 1),
            Some((symbol, divisor)) => match leading_integer(divisor)? {
                (divisor, "") => (symbol, divisor),
                _ => return None,
            },
        };
        let mut unit = Unit::from_symbol(symbol)?;
        let mut count = u32::try_from(count).ok()?;
        let divisor = u32::try_from(divisor).ok().filter(|divisor| *divisor > 0)?;
        if divisor != 1 {
            let (part, per) = unit.parts().iter().find(|(_, per)| per % divisor == 0)?;
            unit = *part;
            count = count.checked_mul(per / divisor)?;
        }
        Self::new(unit, count).ok()
    }
}

impl From<Unit> for TimeUnit {
    fn from(unit: Unit) -> Self {
        Self { unit, count: 1 }
    }
}

/// As NumPy puts it in brackets: `ns`, `25s`; for [`Unit::Generic`], `generic`.
impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count != 1 {
            write!(f, "{}", self.count)?;
        }
        f.write_str(self.unit.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_numpy_reads() {
        for (suffix, printed) in [
            ("", "generic"),
            ("[generic]", "generic"),
            ("[2generic]", "generic"),
            ("[ns]", "ns"),
            ("[1ns]", "ns"),
            ("[0s]", "0s"),
            ("[-0s]", "0s"),
            ("[ +25s]", "25s"),
            ("[μs]", "us"),
            ("[s/1]", "s"),
            ("[s/2]", "500ms"),
            ("[s/ +2]", "500ms"),
            ("[D/24]", "h"),
            ("[Y/52]", "W"),
            ("[M/4]", "W"),
            ("[2W/168]", "2h"),
            ("[ms/1000000]", "ns"),
            ("[fs/2]", "500as"),
            ("[2147483647as]", "2147483647as"),
        ] {
            assert_eq!(TimeUnit::parse(suffix).unwrap().to_string(), printed, "{suffix}");
        }
    }

    #[test]
    fn refuses_what_numpy_refuses() {
        let refused = ["[]", "[ns", "ns]", "[B]", "[-1s]", "[2147483648s]", "[as/2]", "[fs/3]"];
        let never = ["[s/0]", "[s/-2]", "[generic/2]", "[s/2x]", "[s/]", "[ns]]", " ", "[ns] "];
        for suffix in refused.into_iter().chain(never) {
            assert_eq!(TimeUnit::parse(suffix), None, "{suffix}");
        }
        // NumPy's C int overflows here
        assert_eq!(TimeUnit::parse("[2147483647s/2]"), None);
    }
}
