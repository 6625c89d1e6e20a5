//! Ctrl-C while something is being written: the half-written file goes, the old one stays.
//!
//! Commands that only read end as every program does. Those that write call [`guard`]; from then
//! on a signal is noted, the next read of input fails, and with it whatever is being written, which
//! removes its temporary file. A second signal, which is often the same push of the key, waits a
//! moment for that before it ends the program.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::error::{Failure, Result};

/// What is being packed is looked at every few megabytes; at the highest level these take a second.
const MOST_WAIT: Duration = Duration::from_secs(3);

static HAPPENED: AtomicBool = AtomicBool::new(false);
static GUARDED: AtomicBool = AtomicBool::new(false);
static RELEASED: AtomicBool = AtomicBool::new(false);

/// Notes signals from here on.
pub(crate) fn guard() {
    if GUARDED.swap(true, Ordering::Relaxed) {
        return;
    }
    // Without a handler, the signal ends the program as ever.
    let _ = ctrlc::set_handler(|| {
        let again = HAPPENED.swap(true, Ordering::Relaxed);
        if RELEASED.load(Ordering::Relaxed) {
            let _ = writeln!(io::stderr(), "npz: {}", Failure::Interrupted);
            std::process::exit(130);
        }
        if again {
            std::thread::sleep(MOST_WAIT);
            std::process::exit(130);
        }
    });
}

/// From here on, when there is nothing left to be removed, a signal ends the program at once.
pub(crate) fn release() {
    RELEASED.store(true, Ordering::Relaxed);
}

/// Whether there was one.
pub(crate) fn happened() -> bool {
    HAPPENED.load(Ordering::Relaxed)
}

/// Fails if there was one.
pub(crate) fn check() -> Result<()> {
    if happened() { Err(Failure::Interrupted) } else { Ok(()) }
}
