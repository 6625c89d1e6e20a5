//! What generated code and macros call. No part of the public API: it may change at any time.

pub use ndarray::Dimension;

pub use crate::__json as json;
pub use crate::dtype::DType;
pub use crate::element::record::{self, RecordFields};
pub use crate::element::{Element, FixedElement, Payload, RecordField};
pub use crate::error::Result;
pub use crate::include::Aligned;
pub use crate::options::Cast;
pub use crate::tree::leaf;
pub use crate::tree::{Dim, Expect, LoadNpz, Migration, Node, Plan, SaveNpz, ViewNode, ViewNpz};

/// The body of [`savez!`](crate::savez).
pub fn savez(
    path: impl AsRef<std::path::Path>,
    values: &[(Option<&str>, &dyn SaveNpz)],
) -> Result<()> {
    crate::tree::save_all(path.as_ref(), values)
}

/// A function of [`json`](crate::json), which `#[npz(json)]` calls.
#[cfg(feature = "json")]
#[doc(hidden)]
#[macro_export]
macro_rules! __json {
    ($function:ident) => {
        $crate::json::$function
    };
}

/// Says what `#[npz(json)]` lacks.
#[cfg(not(feature = "json"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __json {
    ($function:ident) => {
        ::core::compile_error!(
            "`#[npz(json)]` needs the feature `json` of npz-core: run `cargo add npz-core \
             --features json`"
        )
    };
}
