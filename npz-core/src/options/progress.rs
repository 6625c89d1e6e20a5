//! How far a save or a load is, and whether it should go on.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};

/// How far a save or a load is; see [`SaveOptions::progress`](crate::SaveOptions::progress).
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    done: u64,
    total: Option<u64>,
    entry: &'a str,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(done: u64, total: Option<u64>, entry: &'a str) -> Self {
        Self { done, total, entry }
    }

    /// Bytes of array data that are done, before compression.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done
    }

    /// Bytes of array data in all, before compression; `None` where the end isn't known, as in an
    /// archive that is written array by array.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The name of the entry that is being worked on.
    #[must_use]
    pub fn entry(&self) -> &'a str {
        self.entry
    }
}

type Tell = dyn Fn(&Progress<'_>) -> ControlFlow<()> + Send + Sync;

/// Who wants to know, if anybody.
#[derive(Clone, Default)]
pub(crate) struct Callback(Option<Arc<Tell>>);

impl Callback {
    pub(crate) fn new(
        tell: impl Fn(&Progress<'_>) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(tell)))
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// Tells it; an error means to stop.
    pub(crate) fn tell(&self, progress: &Progress<'_>) -> Result<()> {
        match self.0.as_ref().map(|tell| tell(progress)) {
            Some(ControlFlow::Break(())) => {
                let message = "cancelled by the progress callback";
                Err(Error::new(ErrorKind::Cancelled, message).with_entry(progress.entry))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() { "set" } else { "none" })
    }
}

/// Told about once per so many bytes, and at least once per so many more of a large entry.
pub(crate) const STEP_BYTES: usize = 4 << 20;

/// Counts what is done, and tells it now and then.
pub(crate) struct Tracker {
    callback: Callback,
    done: u64,
    told: u64,
    total: Option<u64>,
}

impl Tracker {
    pub(crate) fn new(callback: &Callback) -> Self {
        Self { callback: callback.clone(), done: 0, told: 0, total: None }
    }

    /// Says how many bytes there will be.
    pub(crate) fn set_total(&mut self, total: u64) {
        self.total = Some(total);
    }

    /// How many bytes to work on between two calls of [`advance`](Self::advance), if anybody
    /// listens.
    pub(crate) fn step(&self) -> Option<usize> {
        self.callback.is_set().then_some(STEP_BYTES)
    }

    /// Counts `bytes` of `entry` as done; an error means to stop.
    pub(crate) fn advance(&mut self, entry: &str, bytes: u64) -> Result<()> {
        if !self.callback.is_set() {
            return Ok(());
        }
        // The metadata, written last, are no arrays and weren't announced.
        self.done = self.done.saturating_add(bytes).min(self.total.unwrap_or(u64::MAX));
        let at_end = self.total == Some(self.done) && self.told < self.done;
        if self.done - self.told < STEP_BYTES as u64 && !at_end {
            return Ok(());
        }
        self.told = self.done;
        self.callback.tell(&Progress::new(self.done, self.total, entry))
    }
}
