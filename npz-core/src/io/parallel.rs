//! Work on several threads, with the results of one.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::threads::{AtomicBool, Mutex, scope, start};
use crate::error::{Error, ErrorKind, Result};

/// Calls `work` with each of `items` on up to `threads` threads, the caller's among them, and
/// returns what it gave, in the items' order.
///
/// Items are taken in their order, so an error is that of the first item that has one, as on a single
/// thread; those that nobody has taken by then are left out. A thread that can't be started is done
/// without.
///
/// # Errors
/// The first of `work`'s, or that another thread has panicked. A panic on the caller's goes on.
pub(crate) fn map<T: Send, R: Send>(
    threads: usize,
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    if threads <= 1 {
        return items.map(work).collect();
    }
    let queue = Mutex::new(items.enumerate());
    let stopped = AtomicBool::new(false);
    let run = || {
        let mut done = Vec::new();
        while !stopped.load(Ordering::Relaxed) {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((index, item)) = next else { break };
            let result = work(item);
            let failed = result.is_err();
            done.push((index, result));
            if failed {
                stopped.store(true, Ordering::Relaxed);
            }
        }
        done
    };
    let (mut all, others) = scope(|scope| {
        let others: Vec<_> = (1..threads).map_while(|_| start(scope, "npz", run)).collect();
        let own = run();
        (own, others.into_iter().map(|other| other.join()).collect::<Vec<_>>())
    });
    for other in others {
        all.extend(other.map_err(|_| panicked())?);
    }
    all.sort_unstable_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cold]
fn panicked() -> Error {
    Error::new(ErrorKind::Io, "a thread that helped has panicked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_threads_gives_the_same() {
        let expected: Vec<u32> = (0..100).map(|n| n * n).collect();
        for threads in [0, 1, 2, 3, 8, 200] {
            assert_eq!(map(threads, 0..100, |n| Ok(n * n)).unwrap(), expected);
            assert!(map(threads, 0..0, |n: u32| Ok(n)).unwrap().is_empty());
        }
    }

    #[test]
    fn the_first_error_is_the_error() {
        for threads in [1, 2, 3, 8] {
            let taken = Mutex::new(0);
            let work = |n: usize| {
                *taken.lock().unwrap() += 1;
                // The later one is found first.
                if n == 40 {
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
                match n {
                    40 | 41 => Err(Error::new(ErrorKind::Corrupt, n.to_string())),
                    _ => Ok(n),
                }
            };
            let error = map(threads, 0..10_000, work).unwrap_err();
            assert_eq!(error.to_string(), "40", "{threads} threads");
            assert!(*taken.lock().unwrap() < 10_000);
        }
    }

    #[test]
    fn a_panic_elsewhere_is_an_error() {
        let caller = std::thread::current().id();
        let work = |n: usize| {
            assert!(std::thread::current().id() == caller, "as it should");
            // Leave the other one something to do.
            std::thread::sleep(std::time::Duration::from_millis(2));
            Ok(n)
        };
        let error = map(2, 0..1000, work).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
    }

    #[test]
    fn a_panic_here_goes_on() {
        let caller = std::thread::current().id();
        let work = |_| {
            if std::thread::current().id() == caller {
                panic!("here");
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
            Ok(())
        };
        let run = || map(3, 0..1000, work).map(drop);
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_err();
        assert_eq!(*panic.downcast_ref::<&str>().unwrap(), "here");
    }
}
