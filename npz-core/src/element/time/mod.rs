//! Times and spans of time: `DateTime64` ↔ `M8`, `TimeDelta64` ↔ `m8`.

#[cfg(feature = "chrono")]
mod chrono;
mod convert;
#[cfg(feature = "jiff")]
mod jiff;
pub(crate) mod print;
mod std_time;
pub mod unit;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::marker::PhantomData;

use self::convert::Step;
use self::unit::UnitType;
use super::{Element, Payload};
use crate::dtype::{ByteOrder, DType, ScalarKind, TimeUnit};
use crate::error::{Error, ErrorKind, Result};

/// "Not a time".
pub(crate) const NAT: i64 = i64::MIN;

/// The unit as NumPy's dtype has it.
fn time_unit<U: UnitType, const COUNT: u32>() -> Result<TimeUnit> {
    TimeUnit::new(U::UNIT, COUNT)
}

fn step<U: UnitType, const COUNT: u32>() -> Step {
    Step { unit: U::UNIT, count: COUNT }
}

#[cold]
fn not_a_time(into: &str) -> Error {
    Error::new(ErrorKind::Value, format!("expected a time, found NaT, which is no {into}"))
}

#[cold]
fn out_of_range(what: &dyn std::fmt::Display, into: &str) -> Error {
    let message = format!("{what} is out of the range of {into}, or has another kind of unit");
    Error::new(ErrorKind::Value, message)
}

macro_rules! times {
    ($($(#[$doc:meta])* $name:ident, $kind:path, $convert:path;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name<U: UnitType, const COUNT: u32 = 1> {
            ticks: i64,
            unit: PhantomData<U>,
        }

        impl<U: UnitType, const COUNT: u32> $name<U, COUNT> {
            /// "Not a time", the value for what is unknown.
            pub const NAT: Self = Self::new(NAT);

            /// So many steps of the unit; of `i64::MIN`, [`NAT`](Self::NAT).
            #[must_use]
            pub const fn new(ticks: i64) -> Self {
                Self { ticks, unit: PhantomData }
            }

            /// The number of steps of the unit, as it stands in the file.
            #[must_use]
            pub const fn ticks(self) -> i64 {
                self.ticks
            }

            /// Whether it is "not a time".
            #[must_use]
            pub const fn is_nat(self) -> bool {
                self.ticks == NAT
            }

            /// The number of steps; `None` for NaT.
            #[must_use]
            pub const fn get(self) -> Option<i64> {
                if self.is_nat() { None } else { Some(self.ticks) }
            }

            /// The same in another unit, rounded down where that is coarser, as NumPy's `astype`
            /// does; NaT stays NaT.
            ///
            /// # Errors
            /// [`ErrorKind::Value`] if it is out of the other unit's range (NumPy would give a
            /// wrong number), or the units don't go together.
            pub fn to<V: UnitType, const TO: u32>(self) -> Result<$name<V, TO>> {
                let Some(ticks) = self.get() else { return Ok($name::NAT) };
                let ticks = $convert(ticks.into(), step::<U, COUNT>(), step::<V, TO>());
                $name::from_wide(ticks).ok_or_else(|| out_of_range(&self, &$name::<V, TO>::name()))
            }

            /// Of a number that may be out of range; NaT is, too.
            fn from_wide(ticks: Option<i128>) -> Option<Self> {
                let ticks = i64::try_from(ticks?).ok()?;
                (ticks != NAT).then_some(Self::new(ticks))
            }

            /// Of nanoseconds, rounded down to the unit.
            fn from_nanos(nanos: i128, from: &dyn std::fmt::Display) -> Result<Self> {
                let ticks = $convert(nanos, Step::NANO, step::<U, COUNT>());
                Self::from_wide(ticks).ok_or_else(|| out_of_range(from, &Self::name()))
            }

            /// In nanoseconds, rounded down.
            fn nanos(self, into: &str) -> Result<i128> {
                let ticks = self.get().ok_or_else(|| not_a_time(into))?;
                let nanos = $convert(ticks.into(), step::<U, COUNT>(), Step::NANO);
                nanos.ok_or_else(|| out_of_range(&self, into))
            }

            fn name() -> String {
                let count = if COUNT == 1 { String::new() } else { format!(", {COUNT}") };
                format!("{}<{}{count}>", stringify!($name), U::NAME)
            }
        }

        /// NaT.
        impl<U: UnitType, const COUNT: u32> Default for $name<U, COUNT> {
            fn default() -> Self {
                Self::NAT
            }
        }

        /// NaT equals itself and comes last, where `np.sort` puts it.
        impl<U: UnitType, const COUNT: u32> Ord for $name<U, COUNT> {
            fn cmp(&self, other: &Self) -> Ordering {
                (self.is_nat(), self.ticks).cmp(&(other.is_nat(), other.ticks))
            }
        }

        impl<U: UnitType, const COUNT: u32> PartialOrd for $name<U, COUNT> {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        /// `None` is NaT.
        impl<U: UnitType, const COUNT: u32> From<Option<i64>> for $name<U, COUNT> {
            fn from(ticks: Option<i64>) -> Self {
                Self::new(ticks.unwrap_or(NAT))
            }
        }

        impl<U: UnitType, const COUNT: u32> Element for $name<U, COUNT> {
            fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
                Ok($kind(time_unit::<U, COUNT>()?).into())
            }

            fn encode(items: &[Self], dtype: &DType, out: &mut Vec<u8>) -> Result<()> {
                let ticks = items.iter().map(|item| item.ticks);
                if is_big(dtype) {
                    out.extend(ticks.flat_map(i64::to_be_bytes));
                } else {
                    out.extend(ticks.flat_map(i64::to_le_bytes));
                }
                Ok(())
            }

            fn accepts(dtype: &DType) -> bool {
                match dtype.kind() {
                    Some($kind(unit)) => time_unit::<U, COUNT>().is_ok_and(|own| own == unit),
                    _ => false,
                }
            }

            fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
                let ticks = if payload.dtype().is_native() {
                    payload.read_plain(|_: &mut [i64]| {})?
                } else {
                    payload.read_plain(|ticks: &mut [i64]| {
                        ticks.iter_mut().for_each(|ticks| *ticks = ticks.swap_bytes());
                    })?
                };
                Ok(ticks.into_iter().map(Self::new).collect())
            }

            fn expected() -> Cow<'static, str> {
                match Self::dtype([].into_iter()) {
                    Ok(dtype) => format!("dtype {dtype} ({})", Self::name()).into(),
                    Err(_) => Self::name().into(),
                }
            }
        }
    )*};
}

fn is_big(dtype: &DType) -> bool {
    dtype.as_scalar().is_some_and(|scalar| scalar.order() == ByteOrder::Big)
}

times! {
    /// A time: NumPy's `datetime64`, a count of some unit since 1970 in 64 bits.
    ///
    /// The [unit](crate::unit) is part of the type, as it is part of the dtype:
    /// `DateTime64<Nano>` is `<M8[ns]`, `DateTime64<Second, 25>` is `<M8[25s]`, and
    /// `DateTime64<Generic>` the bare `<M8`. An array of another unit in a file is an error, and
    /// [`to`](Self::to) converts once it is loaded.
    ///
    /// NumPy's times know no time zone; by custom they are UTC, and so take them the conversions
    /// from and to [`SystemTime`](std::time::SystemTime), and to the types of `chrono` and `jiff`
    /// (features of these names). They round down to the coarser unit, and are errors for NaT and
    /// out of range.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use npz_core::DateTime64;
    /// use npz_core::unit::{Day, Milli, Second};
    ///
    /// let time = DateTime64::<Second>::new(1_700_000_000);
    /// assert_eq!(time.to_string(), "2023-11-14T22:13:20");
    /// assert_eq!(time.to::<Day, 1>()?.to_string(), "2023-11-14");
    ///
    /// let system = SystemTime::UNIX_EPOCH + Duration::from_micros(1_234_567);
    /// assert_eq!(DateTime64::<Milli>::try_from(system)?.ticks(), 1234);
    /// assert_eq!(SystemTime::try_from(time)?.elapsed().is_ok(), true);
    /// assert!(SystemTime::try_from(DateTime64::<Second>::NAT).is_err());
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    DateTime64, ScalarKind::DateTime, convert::time;
    /// A span of time: NumPy's `timedelta64`, a count of some unit in 64 bits.
    ///
    /// The [unit](crate::unit) is part of the type, as for [`DateTime64`]. Conversions from and to
    /// [`Duration`](std::time::Duration), and to the types of `chrono` and `jiff` (features of
    /// these names), round down to the coarser unit, and are errors for NaT and out of range. Years
    /// and months have no fixed length, so they convert to each other only.
    ///
    /// ```
    /// use std::time::Duration;
    /// use npz_core::TimeDelta64;
    /// use npz_core::unit::{Hour, Second};
    ///
    /// let span = TimeDelta64::<Second, 25>::new(3);
    /// assert_eq!(Duration::try_from(span)?, Duration::from_secs(75));
    /// assert_eq!(TimeDelta64::<Hour>::new(2).to::<Second, 1>()?.ticks(), 7200);
    /// assert!(TimeDelta64::<Hour>::new(i64::MAX).to::<Second, 1>().is_err());
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    TimeDelta64, ScalarKind::TimeDelta, convert::span;
}
