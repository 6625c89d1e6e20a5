//! How to verify.

use std::ops::ControlFlow;

use super::{Callback, Progress};

/// How deep [`NpzReader::verify_report`](crate::NpzReader::verify_report) and
/// [`RawArray::verify`](crate::RawArray::verify) look.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    pub(crate) values: bool,
    pub(crate) progress: Callback,
}

impl VerifyOptions {
    /// The defaults: framing, headers, sizes and checksums, but not the values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether to count the values that are no finite numbers, and those that no `bool` or `char`
    /// of Rust can hold; `false` by default. It takes about as long as the checksums do.
    #[must_use]
    pub fn values(mut self, yes: bool) -> Self {
        self.values = yes;
        self
    }

    /// Calls `tell` as the work goes on, as [`LoadOptions::progress`](crate::LoadOptions::progress)
    /// does. If it returns [`ControlFlow::Break`], what is not yet verified has the fault
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    #[must_use]
    pub fn progress(
        mut self,
        tell: impl Fn(&Progress<'_>) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> Self {
        self.progress = Callback::new(tell);
        self
    }
}
