//! Times from and to those of the standard library.

use std::time::{Duration, SystemTime};

use super::convert::NANOS_PER_SECOND;
use super::unit::UnitType;
use super::{DateTime64, TimeDelta64, out_of_range};
use crate::error::{Error, Result};

/// Of nanoseconds; `None` for more seconds than a `Duration` has, and for negative ones.
fn duration(nanos: i128) -> Option<Duration> {
    let seconds = u64::try_from(nanos.div_euclid(NANOS_PER_SECOND)).ok()?;
    let nanos = u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).ok()?;
    Some(Duration::new(seconds, nanos))
}

fn nanos(duration: Duration) -> i128 {
    i128::from(duration.as_secs()) * NANOS_PER_SECOND + i128::from(duration.subsec_nanos())
}

impl<U: UnitType, const COUNT: u32> TryFrom<DateTime64<U, COUNT>> for SystemTime {
    type Error = Error;

    fn try_from(time: DateTime64<U, COUNT>) -> Result<Self> {
        let nanos = time.nanos("SystemTime")?;
        let system = if nanos < 0 {
            duration(-nanos).and_then(|duration| Self::UNIX_EPOCH.checked_sub(duration))
        } else {
            duration(nanos).and_then(|duration| Self::UNIX_EPOCH.checked_add(duration))
        };
        system.ok_or_else(|| out_of_range(&time, "SystemTime"))
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<SystemTime> for DateTime64<U, COUNT> {
    type Error = Error;

    fn try_from(time: SystemTime) -> Result<Self> {
        let nanos = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => nanos(since),
            Err(before) => -nanos(before.duration()),
        };
        Self::from_nanos(nanos, &format_args!("a time of {nanos} ns since 1970"))
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<TimeDelta64<U, COUNT>> for Duration {
    type Error = Error;

    fn try_from(span: TimeDelta64<U, COUNT>) -> Result<Self> {
        let nanos = span.nanos("Duration")?;
        duration(nanos).ok_or_else(|| out_of_range(&span, "Duration"))
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<Duration> for TimeDelta64<U, COUNT> {
    type Error = Error;

    fn try_from(span: Duration) -> Result<Self> {
        Self::from_nanos(nanos(span), &format_args!("a span of {span:?}"))
    }
}
