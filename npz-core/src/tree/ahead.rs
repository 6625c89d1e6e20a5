//! Entries that other threads load before the value comes to them.
//!
//! A value is put together on one thread, entry by entry, and what it wants is known before that. So
//! small entries, and those that one thread alone can unpack, are loaded in parts of about a MiB by
//! all threads, the value's own among them whenever it would have to wait. Large stored entries are
//! left alone: their bytes are shared out to all threads as it is.
//!
//! Results don't depend on it: each array, or its error, is what the value would have found itself,
//! and it comes to them in its own order.

use std::any::Any;
use std::ops::Range;
use std::sync::PoisonError;

use super::expect::WantedData;
use crate::error::Result;
use crate::io::threads::{Condvar, Mutex, MutexGuard, scope, start};
use crate::npz::Archive;
use crate::options::Cast;

/// Loaded at a time by one thread: much more than it costs to hand it over.
const PART_BYTES: u64 = 1 << 20;

/// As many bytes may have been loaded that the value has not come to yet, so that a value that
/// makes something smaller of its arrays needn't have room for all of them.
const AHEAD_BYTES: u64 = 64 << 20;

/// An array that somebody knows the type of.
pub(crate) type Loaded = Box<dyn Any + Send>;

/// How to load an entry's array as the type that wants it.
pub(crate) type LoadData = fn(&Archive<'_>, usize, Cast) -> Result<Loaded>;

/// What is loaded ahead, for a value that is being loaded.
pub(crate) struct Ahead<'a> {
    archive: Archive<'a>,
    /// In the order of the value.
    wanted: Vec<&'a WantedData>,
    parts: Vec<Part>,
    /// For each entry of the archive, its place in `wanted`, if it has one.
    places: Vec<Option<usize>>,
    state: Mutex<State>,
    /// A part is loaded, or there is room for another one.
    news: Condvar,
}

/// Some of those wanted.
struct Part {
    wanted: Range<usize>,
    bytes: u64,
}

struct State {
    parts: Vec<Progress>,
    /// No part before this is free.
    next: usize,
    /// What has been loaded and not taken.
    bytes: u64,
    /// Threads that wait for room.
    waiting: usize,
    /// The value is there, or has failed.
    over: bool,
}

enum Progress {
    Free,
    Busy,
    /// What is left of it. The entries that a thread didn't come to are missing.
    Done(Vec<Option<Result<Loaded>>>),
}

impl<'a> Ahead<'a> {
    /// What of `wanted` to load on several threads; nothing, if that doesn't help.
    fn new(archive: Archive<'a>, wanted: &'a [WantedData]) -> Option<Self> {
        if !archive.reads_in_parallel() {
            return None;
        }
        let mut places = vec![None; archive.len()];
        let (mut chosen, mut parts) = (Vec::new(), Vec::<Part>::new());
        for wanted in wanted {
            let Some(place) = places.get_mut(wanted.index) else { continue };
            if place.is_some() || archive.is_shared_out(wanted.index) {
                continue;
            }
            *place = Some(chosen.len());
            match parts.last_mut() {
                Some(part) if part.bytes + wanted.bytes <= PART_BYTES => {
                    part.wanted.end += 1;
                    part.bytes += wanted.bytes;
                }
                _ => {
                    let first = chosen.len();
                    parts.push(Part { wanted: first..first + 1, bytes: wanted.bytes });
                }
            }
            chosen.push(wanted);
        }
        if parts.len() < 2 {
            return None;
        }
        let free = parts.iter().map(|_| Progress::Free).collect();
        let state = State { parts: free, next: 0, bytes: 0, waiting: 0, over: false };
        let (state, news) = (Mutex::new(state), Condvar::new());
        Some(Self { archive, wanted: chosen, parts, places, state, news })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What other threads do until the value is there.
    fn help(&self) {
        let mut state = self.lock();
        while !state.over {
            state = match self.claim(&mut state) {
                Some(part) => {
                    drop(state);
                    self.load(part);
                    self.lock()
                }
                None if state.next == self.parts.len() => return,
                None => {
                    state.waiting += 1;
                    let mut state = self.wait(state);
                    state.waiting -= 1;
                    state
                }
            };
        }
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        self.news.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next part that nobody has, if there is room for it.
    fn claim(&self, state: &mut State) -> Option<usize> {
        while !matches!(state.parts.get(state.next)?, Progress::Free) {
            state.next += 1;
        }
        let bytes = self.parts.get(state.next)?.bytes;
        if state.bytes > 0 && state.bytes.saturating_add(bytes) > AHEAD_BYTES {
            return None;
        }
        self.start(state, state.next)
    }

    fn start(&self, state: &mut State, part: usize) -> Option<usize> {
        *state.parts.get_mut(part)? = Progress::Busy;
        state.bytes += self.parts.get(part)?.bytes;
        Some(part)
    }

    /// Loads a part that this thread has taken.
    fn load(&self, part: usize) {
        let mut claim = Claim { ahead: self, part, loaded: Vec::new() };
        let Some(Part { wanted, .. }) = self.parts.get(part) else { return };
        for wanted in self.wanted.get(wanted.clone()).unwrap_or_default() {
            let loaded = (wanted.load)(&self.archive, wanted.index, wanted.cast);
            let failed = loaded.is_err();
            claim.loaded.push(Some(loaded));
            // The value won't come to those behind it.
            if failed {
                break;
            }
        }
    }

    /// The entry at `index`, if it is loaded ahead, as the type that wanted it.
    pub(crate) fn take<T: 'static>(&self, index: usize, cast: Cast) -> Option<Result<T>> {
        let place = (*self.places.get(index)?)?;
        let wanted = *self.wanted.get(place)?;
        let part = self.parts.partition_point(|part| part.wanted.end <= place);
        let within = place - self.parts.get(part)?.wanted.start;
        let mut state = self.lock();
        let loaded = loop {
            let next = match state.parts.get_mut(part)? {
                Progress::Done(loaded) => break loaded.get_mut(within)?.take()?,
                Progress::Free => self.start(&mut state, part),
                // Rather than wait, do some of the others' work.
                Progress::Busy => self.claim(&mut state),
            };
            state = match next {
                Some(part) => {
                    drop(state);
                    self.load(part);
                    self.lock()
                }
                None => self.wait(state),
            };
        };
        state.bytes = state.bytes.saturating_sub(wanted.bytes);
        let waiting = state.waiting;
        drop(state);
        if waiting > 0 {
            self.news.notify_all();
        }
        // Who asks for something else than was wanted loads it himself.
        match loaded {
            _ if wanted.cast != cast => None,
            Ok(loaded) => Some(Ok(*loaded.downcast().ok()?)),
            Err(error) => Some(Err(error)),
        }
    }
}

/// A part that a thread has taken; what it has loaded is handed over even if it panics.
struct Claim<'c, 'a> {
    ahead: &'c Ahead<'a>,
    part: usize,
    loaded: Vec<Option<Result<Loaded>>>,
}

impl Drop for Claim<'_, '_> {
    fn drop(&mut self) {
        let mut state = self.ahead.lock();
        if let Some(part) = state.parts.get_mut(self.part) {
            *part = Progress::Done(std::mem::take(&mut self.loaded));
        }
        drop(state);
        self.ahead.news.notify_all();
    }
}

/// Tells the threads that help, however it ends.
struct Over<'c, 'a>(&'c Ahead<'a>);

impl Drop for Over<'_, '_> {
    fn drop(&mut self) {
        self.0.lock().over = true;
        self.0.news.notify_all();
    }
}

/// Loads a value by `load`, while up to `threads` threads, the caller's among them, load ahead what
/// is `wanted`.
pub(crate) fn with_ahead<T>(
    archive: Option<Archive<'_>>,
    wanted: &[WantedData],
    threads: usize,
    load: impl FnOnce(Option<&Ahead<'_>>) -> Result<T>,
) -> Result<T> {
    let archive = archive.filter(|_| threads > 1);
    let Some(ahead) = archive.and_then(|archive| Ahead::new(archive, wanted)) else {
        return load(None);
    };
    scope(|scope| {
        let helpers = threads.min(ahead.parts.len());
        let help = |_| start(scope, "npz-load", || ahead.help());
        let helpers: Vec<_> = (1..helpers).map_while(help).collect();
        let over = Over(&ahead);
        let result = load(Some(&ahead));
        drop(over);
        for helper in helpers {
            // An element's own code may panic there. What it was about to load is missing then, so
            // the value has come to the same panic itself, or never to that entry.
            let _ = helper.join();
        }
        result
    })
}
