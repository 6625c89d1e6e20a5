//! How to verify.

/// How deep [`NpzReader::verify_report`](crate::NpzReader::verify_report) looks.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    pub(crate) values: bool,
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
}
