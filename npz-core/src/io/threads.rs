//! Threads, and what they share.
//!
//! Under `--cfg npz_shuttle` they are those of a scheduler that runs the tests in `interleavings` in
//! one order after the other (`.ci/interleavings`), else the standard library's.

#[cfg(npz_shuttle)]
use shuttle as imp;
#[cfg(not(npz_shuttle))]
use std as imp;

pub(crate) use imp::sync::atomic::{AtomicBool, AtomicUsize};
pub(crate) use imp::sync::{Condvar, Mutex, MutexGuard, mpsc};
pub(crate) use imp::thread::{Scope, ScopedJoinHandle, scope};

/// Starts a thread; `None` where the system has none to give just now, which callers do without.
pub(crate) fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    #[cfg(npz_shuttle)]
    {
        let _ = name;
        Some(scope.spawn(work))
    }
    #[cfg(not(npz_shuttle))]
    std::thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, work).ok()
}
