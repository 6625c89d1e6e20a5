//! Times from and to those of the `chrono` crate.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::convert::NANOS_PER_SECOND;
use super::unit::UnitType;
use super::{DateTime64, TimeDelta64, out_of_range};
use crate::error::{Error, Result};

/// Whole seconds, and nanoseconds from there on.
fn parts(nanos: i128) -> Option<(i64, u32)> {
    let seconds = i64::try_from(nanos.div_euclid(NANOS_PER_SECOND)).ok()?;
    Some((seconds, u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).ok()?))
}

impl<U: UnitType, const COUNT: u32> TryFrom<DateTime64<U, COUNT>> for DateTime<Utc> {
    type Error = Error;

    fn try_from(time: DateTime64<U, COUNT>) -> Result<Self> {
        let name = "chrono::DateTime";
        let parts = parts(time.nanos(name)?);
        let converted = parts.and_then(|(seconds, nanos)| Self::from_timestamp(seconds, nanos));
        converted.ok_or_else(|| out_of_range(&time, name))
    }
}

/// A leap second counts as the second after it, as NumPy has none.
impl<U: UnitType, const COUNT: u32> TryFrom<DateTime<Utc>> for DateTime64<U, COUNT> {
    type Error = Error;

    fn try_from(time: DateTime<Utc>) -> Result<Self> {
        let nanos = i128::from(time.timestamp()) * NANOS_PER_SECOND;
        Self::from_nanos(nanos + i128::from(time.timestamp_subsec_nanos()), &time)
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<DateTime64<U, COUNT>> for NaiveDateTime {
    type Error = Error;

    fn try_from(time: DateTime64<U, COUNT>) -> Result<Self> {
        DateTime::<Utc>::try_from(time).map(|time| time.naive_utc())
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<NaiveDateTime> for DateTime64<U, COUNT> {
    type Error = Error;

    fn try_from(time: NaiveDateTime) -> Result<Self> {
        time.and_utc().try_into()
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<TimeDelta64<U, COUNT>> for TimeDelta {
    type Error = Error;

    fn try_from(span: TimeDelta64<U, COUNT>) -> Result<Self> {
        let name = "chrono::TimeDelta";
        let parts = parts(span.nanos(name)?);
        let converted = parts.and_then(|(seconds, nanos)| Self::new(seconds, nanos));
        converted.ok_or_else(|| out_of_range(&span, name))
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<TimeDelta> for TimeDelta64<U, COUNT> {
    type Error = Error;

    fn try_from(span: TimeDelta) -> Result<Self> {
        let nanos = i128::from(span.num_seconds()) * NANOS_PER_SECOND;
        Self::from_nanos(nanos + i128::from(span.subsec_nanos()), &span)
    }
}
