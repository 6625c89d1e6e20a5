//! Units of time as types: what `DateTime64<Nano>` and `TimeDelta64<Second, 25>` are made of.
//!
//! A unit's number of steps, 25 in the last example, is the second parameter.

use std::fmt::Debug;
use std::hash::Hash;

use crate::dtype::Unit;

/// A unit of time as a type.
pub trait UnitType: Copy + Ord + Hash + Debug + Default + Send + Sync + 'static {
    /// The unit.
    const UNIT: Unit;
    /// The unit's name in Rust.
    const NAME: &'static str;
}

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name;

        impl UnitType for $name {
            const UNIT: Unit = Unit::$name;
            const NAME: &'static str = stringify!($name);
        }
    )*};
}

units! {
    /// `Y`, a calendar year
    Year;
    /// `M`, a calendar month
    Month;
    /// `W`, seven days
    Week;
    /// `D`, 24 hours
    Day;
    /// `h`
    Hour;
    /// `m`
    Minute;
    /// `s`
    Second;
    /// `ms`, 10⁻³ s
    Milli;
    /// `us`, 10⁻⁶ s
    Micro;
    /// `ns`, 10⁻⁹ s
    Nano;
    /// `ps`, 10⁻¹² s
    Pico;
    /// `fs`, 10⁻¹⁵ s
    Femto;
    /// `as`, 10⁻¹⁸ s
    Atto;
    /// No unit: plain numbers, as in a bare `M8`
    Generic;
}
