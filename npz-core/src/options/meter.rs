//! How far a piece of work is, counted.

use std::sync::{Mutex, PoisonError};

use super::progress::STEP_BYTES;
use super::{Callback, Progress};
use crate::error::Result;

/// Counts the bytes that are done, and tells a callback now and then, and when all are done.
pub(crate) struct Meter<'a> {
    callback: &'a Callback,
    total: u64,
    /// Locked while the callback is told, so that it hears one thread at a time.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: u64,
    told: u64,
    /// Whether the callback's wish to stop is passed over.
    deaf: bool,
}

impl<'a> Meter<'a> {
    /// `None` if nobody listens.
    pub(crate) fn new(callback: &'a Callback, total: u64) -> Option<Self> {
        callback.is_set().then(|| Self { callback, total, state: Mutex::default() })
    }

    /// From now on the work can't be cancelled.
    pub(crate) fn commit(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).deaf = true;
    }

    /// `bytes` more of `entry` are done. An error means to stop.
    pub(crate) fn add(&self, bytes: usize, entry: &str) -> Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // What is read twice counts no more than what there is.
        state.done = state.done.saturating_add(bytes as u64).min(self.total);
        let done = state.done;
        let news = done - state.told;
        if news < STEP_BYTES as u64 && (done < self.total || news == 0) {
            return Ok(());
        }
        state.told = done;
        let told = self.callback.tell(&Progress::new(done, Some(self.total), entry));
        if state.deaf { Ok(()) } else { told }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::Arc;

    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn tells_now_and_then_and_at_the_end() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let callback = Callback::new({
            let heard = Arc::clone(&heard);
            move |progress| {
                assert_eq!(progress.total(), Some(10 << 20));
                heard.lock().unwrap().push((progress.done(), progress.entry().to_owned()));
                ControlFlow::Continue(())
            }
        });
        let meter = Meter::new(&callback, 10 << 20).unwrap();
        for n in 0..11 {
            meter.add(1 << 20, if n < 6 { "a" } else { "b" }).unwrap();
        }
        let expected = [(4 << 20, "a"), (8 << 20, "b"), (10 << 20, "b")];
        let expected = expected.map(|(done, entry)| (done, entry.to_owned()));
        assert_eq!(*heard.lock().unwrap(), expected);
        assert!(Meter::new(&Callback::default(), 1).is_none());
    }

    #[test]
    fn stops_until_it_is_too_late() {
        let callback = Callback::new(|_| ControlFlow::Break(()));
        let meter = Meter::new(&callback, 10).unwrap();
        meter.add(5, "a").unwrap();
        let error = meter.add(5, "a").unwrap_err();
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Cancelled, Some("a")));
        let meter = Meter::new(&callback, 10).unwrap();
        meter.commit();
        meter.add(10, "a").unwrap();
    }
}
