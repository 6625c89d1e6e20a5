//! What generated code and macros call. No part of the public API: it may change at any time.

pub use ndarray::Dimension;

pub use crate::element::Element;
pub use crate::error::Result;
pub use crate::include::Aligned;
pub use crate::tree::{Dim, Expect, LoadNpz, Node, Plan, SaveNpz, ViewNode, ViewNpz};

/// The body of [`savez!`](crate::savez).
pub fn savez(
    path: impl AsRef<std::path::Path>,
    values: &[(Option<&str>, &dyn SaveNpz)],
) -> Result<()> {
    crate::tree::save_all(path.as_ref(), values)
}
