//! A bar for work that takes longer than a second: on the standard error, if that is a terminal.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter work needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far something is; may be told from many threads.
#[derive(Debug)]
pub(crate) struct Progress {
    start: Instant,
    total: u64,
    done: AtomicU64,
    wanted: bool,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Of `total` bytes.
    pub(crate) fn new(total: u64) -> Self {
        let wanted = io::stderr().is_terminal();
        let (done, bar) = (AtomicU64::new(0), OnceLock::new());
        Self { start: Instant::now(), total, done, wanted, bar }
    }

    /// So many bytes more are done.
    pub(crate) fn add(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        self.show(done);
    }

    /// So many bytes are done in all.
    pub(crate) fn set(&self, bytes: u64) {
        self.done.store(bytes, Ordering::Relaxed);
        self.show(bytes);
    }

    fn show(&self, done: u64) {
        if self.wanted && (self.bar.get().is_some() || self.start.elapsed() > PATIENCE) {
            self.bar.get_or_init(|| bar(self.total)).set_position(done);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: u64) -> ProgressBar {
    let template = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
