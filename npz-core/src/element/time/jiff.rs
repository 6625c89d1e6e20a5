//! Times from and to those of the `jiff` crate.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::unit::UnitType;
use super::{DateTime64, TimeDelta64, out_of_range};
use crate::error::{Error, Result};

impl<U: UnitType, const COUNT: u32> TryFrom<DateTime64<U, COUNT>> for Timestamp {
    type Error = Error;

    fn try_from(time: DateTime64<U, COUNT>) -> Result<Self> {
        let name = "jiff::Timestamp";
        Self::from_nanosecond(time.nanos(name)?)
            .map_err(|error| out_of_range(&time, name).with_source(error))
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<Timestamp> for DateTime64<U, COUNT> {
    type Error = Error;

    fn try_from(time: Timestamp) -> Result<Self> {
        Self::from_nanos(time.as_nanosecond(), &time)
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<DateTime64<U, COUNT>> for DateTime {
    type Error = Error;

    fn try_from(time: DateTime64<U, COUNT>) -> Result<Self> {
        Timestamp::try_from(time).map(|time| TimeZone::UTC.to_datetime(time))
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<DateTime> for DateTime64<U, COUNT> {
    type Error = Error;

    fn try_from(time: DateTime) -> Result<Self> {
        let timestamp = TimeZone::UTC.to_timestamp(time);
        let name = "jiff::Timestamp";
        timestamp.map_err(|error| out_of_range(&time, name).with_source(error))?.try_into()
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<TimeDelta64<U, COUNT>> for SignedDuration {
    type Error = Error;

    fn try_from(span: TimeDelta64<U, COUNT>) -> Result<Self> {
        let name = "jiff::SignedDuration";
        Self::try_from_nanos_i128(span.nanos(name)?).ok_or_else(|| out_of_range(&span, name))
    }
}

impl<U: UnitType, const COUNT: u32> TryFrom<SignedDuration> for TimeDelta64<U, COUNT> {
    type Error = Error;

    fn try_from(span: SignedDuration) -> Result<Self> {
        Self::from_nanos(span.as_nanos(), &span)
    }
}
