//! Work on several threads, whose results the caller takes in order while it goes on.

use std::collections::VecDeque;
use std::panic::{self, AssertUnwindSafe};
use std::sync::PoisonError;

use super::threads::{Condvar, Mutex, MutexGuard, scope, start};
use crate::error::{Error, ErrorKind, Result};

/// More threads than this gain nothing here, and each costs memory.
const MOST_THREADS: usize = 12;

/// Results that may wait for their turn, for each thread.
const WAITING: usize = 2;

/// As many threads as a caller's number allows.
pub(crate) fn capped(threads: usize) -> usize {
    threads.clamp(1, MOST_THREADS)
}

/// What the threads share.
struct State<T> {
    /// The next piece of work.
    next: usize,
    /// Results of pieces from `taken` on, as far as they are there.
    done: VecDeque<Option<Result<T>>>,
    /// Pieces whose results have been taken.
    taken: usize,
    /// Nobody wants more results.
    stop: bool,
}

struct Line<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    count: usize,
    window: usize,
}

/// Does `work` on the numbers below `count`, and hands the results to `take` in their order, on the
/// calling thread. That one works too while it would wait. The first error ends it; a panic of
/// `work` is one.
///
/// No more than a few results for each thread are waiting at any time. A thread that can't be
/// started is done without.
pub(crate) fn in_order<T: Send>(
    count: usize,
    threads: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
    mut take: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    let threads = capped(threads).min(count);
    if threads <= 1 {
        return (0..count).try_for_each(|index| take(work(index)?));
    }
    let line = Line {
        state: Mutex::new(State { next: 0, done: VecDeque::new(), taken: 0, stop: false }),
        changed: Condvar::new(),
        count,
        window: threads * WAITING,
    };
    scope(|scope| {
        // Also when `take` panics: the scope waits for the others.
        let _stop = Stop(&line);
        for _ in 1..threads {
            if start(scope, "npz", || line.help(&work)).is_none() {
                break;
            }
        }
        (0..count).try_for_each(|_| take(line.result(&work)?))
    })
}

/// Ends the work of all.
struct Stop<'a, T>(&'a Line<T>);

impl<T> Drop for Stop<'_, T> {
    fn drop(&mut self) {
        self.0.lock().stop = true;
        self.0.changed.notify_all();
    }
}

impl<T: Send> Line<T> {
    /// Works until nothing is left.
    fn help(&self, work: &impl Fn(usize) -> Result<T>) {
        let mut state = self.lock();
        while !state.stop && state.next < self.count {
            state = match self.claim(&mut state) {
                Some(index) => {
                    drop(state);
                    self.work(index, work)
                }
                None => self.wait(state),
            };
        }
    }

    /// The result whose turn it is.
    fn result(&self, work: &impl Fn(usize) -> Result<T>) -> Result<T> {
        let mut state = self.lock();
        loop {
            if let Some(result) = state.done.front_mut().and_then(Option::take) {
                state.done.pop_front();
                state.taken += 1;
                drop(state);
                self.changed.notify_all();
                return result;
            }
            state = match self.claim(&mut state) {
                Some(index) => {
                    drop(state);
                    self.work(index, work)
                }
                None => self.wait(state),
            };
        }
    }

    /// A piece of work, if there is one and its result may be waiting.
    fn claim(&self, state: &mut State<T>) -> Option<usize> {
        let index = state.next;
        (index < self.count && index < state.taken + self.window).then(|| {
            state.next += 1;
            index
        })
    }

    fn work(&self, index: usize, work: &impl Fn(usize) -> Result<T>) -> MutexGuard<'_, State<T>> {
        // What `work` changes is its own and is dropped with the error.
        let result = panic::catch_unwind(AssertUnwindSafe(|| work(index))).unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Io, "a thread that helped has panicked"))
        });
        let mut state = self.lock();
        // Taken ones are before `index`, since its own isn't there yet.
        let at = index.saturating_sub(state.taken);
        if state.done.len() <= at {
            state.done.resize_with(at + 1, || None);
        }
        state.done[at] = Some(result);
        self.changed.notify_all();
        state
    }

    fn wait<'g>(&self, guard: MutexGuard<'g, State<T>>) -> MutexGuard<'g, State<T>> {
        self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Line<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // No code that can panic runs while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_come_in_order_and_few_wait() {
        for threads in [0, 1, 2, 3, 8, 100] {
            let taken = AtomicUsize::new(0);
            let mut found = Vec::new();
            let work = |index: usize| {
                let ahead = index - taken.load(Ordering::SeqCst).min(index);
                assert!(ahead <= MOST_THREADS * WAITING, "{ahead}");
                if index.is_multiple_of(3) {
                    thread::sleep(Duration::from_micros(50));
                }
                Ok(index)
            };
            in_order(200, threads, work, |index| {
                found.push(index);
                taken.fetch_add(1, Ordering::SeqCst);
                Ok(())
            })
            .unwrap();
            assert_eq!(found, (0..200).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_error_ends_it() {
        for threads in [1, 4] {
            let fail = |index| match index {
                7 => Err(Error::new(ErrorKind::Io, "seven")),
                index => Ok(index),
            };
            let mut last = None;
            let take = |index| {
                last = Some(index);
                Ok(())
            };
            assert!(in_order(100, threads, fail, take).unwrap_err().to_string().contains("seven"));
            assert_eq!(last, Some(6));
            let stop = |index| match index {
                5 => Err(Error::new(ErrorKind::Io, "enough")),
                _ => Ok(()),
            };
            assert!(in_order(100, threads, Ok, stop).unwrap_err().to_string().contains("enough"));
        }
    }

    #[test]
    fn a_panic_is_an_error() {
        let fail = |index| if index == 3 { panic!("on purpose") } else { Ok(index) };
        let error = in_order(10, 2, fail, |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("panicked"), "{error}");
        let caught = panic::catch_unwind(|| in_order(10, 2, Ok, |_| panic!("on purpose")));
        assert!(caught.is_err());
    }
}
