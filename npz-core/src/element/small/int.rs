//! Integers of four bits and fewer, one to a byte.

use std::fmt;

use super::{is_one_byte, one_byte};
use crate::error::{Error, ErrorKind, Result};

macro_rules! ints {
    ($($(#[$doc:meta])* $name:ident, $inner:ty, $logical:literal, $bits:literal,
       $min:literal..$max:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// `ml_dtypes` calls it
        #[doc = concat!("`", $logical, "`,")]
        /// and keeps one in each byte, whose upper bits are zero and don't count.
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($inner);

        impl $name {
            /// The smallest one.
            pub const MIN: Self = Self($min);
            /// The largest one.
            pub const MAX: Self = Self($max);

            /// The number.
            #[must_use]
            pub const fn get(self) -> $inner {
                self.0
            }

            /// The number of a byte in a file.
            fn from_byte(byte: u8) -> Self {
                let unused = 8 - $bits;
                Self(<$inner>::from_ne_bytes([byte << unused]) >> unused)
            }

            fn to_byte(self) -> u8 {
                let [byte] = self.0.to_ne_bytes();
                byte & (0xFF >> (8 - $bits))
            }
        }

        impl From<$name> for $inner {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl From<$name> for i32 {
            fn from(number: $name) -> Self {
                number.0.into()
            }
        }

        impl TryFrom<i32> for $name {
            type Error = Error;

            fn try_from(number: i32) -> Result<Self> {
                let inner = <$inner>::try_from(number).ok().map(Self);
                inner.filter(|inner| (Self::MIN..=Self::MAX).contains(inner)).ok_or_else(|| {
                    let message = format!(
                        "expected {} to {} ({}), found {number}",
                        Self::MIN, Self::MAX, stringify!($name)
                    );
                    Error::new(ErrorKind::Value, message)
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        one_byte!($name, $logical, is_one_byte, Self::from_byte, |item| item.to_byte());
    )*};
}

ints! {
    /// An integer of one bit: -1 or 0.
    Int1, i8, "int1", 1, -1..0;
    /// An integer of two bits: -2 to 1.
    Int2, i8, "int2", 2, -2..1;
    /// An integer of four bits: -8 to 7.
    ///
    /// ```
    /// use npz_core::Int4;
    ///
    /// let number = Int4::try_from(-8)?;
    /// assert_eq!((number, number.get()), (Int4::MIN, -8));
    /// assert!(Int4::try_from(8).is_err());
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    Int4, i8, "int4", 4, -8..7;
    /// An integer of one bit without sign: 0 or 1.
    UInt1, u8, "uint1", 1, 0..1;
    /// An integer of two bits without sign: 0 to 3.
    UInt2, u8, "uint2", 2, 0..3;
    /// An integer of four bits without sign: 0 to 15.
    UInt4, u8, "uint4", 4, 0..15;
}
