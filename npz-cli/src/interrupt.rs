//! Ctrl-C while something is being written: the half-written file goes, the old one stays.
//!
//! Commands that only read end as every program does. Those that write call [`guard`]; from then
//! on a signal is noted, the next read of input fails, and with it whatever is being written, which
//! removes its temporary file. A second signal ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Failure, Result};

static HAPPENED: AtomicBool = AtomicBool::new(false);
static GUARDED: AtomicBool = AtomicBool::new(false);

/// Notes signals from here on.
pub(crate) fn guard() {
    if GUARDED.swap(true, Ordering::Relaxed) {
        return;
    }
    // Without a handler, the signal ends the program as ever.
    let _ = ctrlc::set_handler(|| {
        if HAPPENED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
}

/// Whether there was one.
pub(crate) fn happened() -> bool {
    HAPPENED.load(Ordering::Relaxed)
}

/// Fails if there was one.
pub(crate) fn check() -> Result<()> {
    if happened() { Err(Failure::Interrupted) } else { Ok(()) }
}
