//! What a type needs from a file, held against what the file has.

use std::fmt;

use ndarray::Dimension;

use super::load::LoadNpz;
use super::node::{Place, Source};
use super::report::Problems;
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::npy::Header;
use crate::options::Cast;

/// Collects what a type needs from the entries at one place of a file, and every way in which
/// the file falls short of it.
///
/// Handed to [`LoadNpz::expect`]. Only headers are read; no problem stops the check, so one
/// error can tell all of them.
pub struct Expect<'a> {
    source: &'a Source<'a>,
    problems: &'a mut Problems,
    place: Place<'a>,
}

impl fmt::Debug for Expect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expect").field("level", &self.place.level).finish()
    }
}

impl<'a> Expect<'a> {
    pub(crate) fn root(source: &'a Source<'a>, problems: &'a mut Problems) -> Self {
        Self { source, problems, place: Place::root() }
    }

    fn at<T: LoadNpz>(&mut self, place: Place<'_>) {
        let limit = self.source.archive.limits().tree_depth;
        if place.depth > limit {
            let message = format!("nested more than {limit} levels deep (Limits::tree_depth)");
            return self.problems.add(place.error(ErrorKind::Limit, message));
        }
        T::expect(&mut Expect { source: self.source, problems: self.problems, place });
    }

    /// Needs a `T` one level down, under `name`.
    pub fn field<T: LoadNpz>(&mut self, name: &str) {
        self.at::<T>(self.place.child(name, &self.source.names));
    }

    /// Takes a `T` under `name`, or nothing.
    pub fn field_or_default<T: LoadNpz>(&mut self, name: &str) {
        let place = self.place.child(name, &self.source.names);
        if self.source.names.exists(&place.level) {
            self.at::<T>(place);
        }
    }

    /// Needs a `T` whose parts stand at this level, beside those called `siblings`.
    pub fn flatten<T: LoadNpz>(&mut self, siblings: &[&str]) {
        self.at::<T>(self.place.flattened(siblings));
    }

    /// Needs a newtype's only value at the newtype's own place.
    #[doc(hidden)]
    pub fn transparent<T: LoadNpz>(&mut self) {
        let mut place = self.place.clone();
        place.depth += 1;
        self.at::<T>(place);
    }

    /// Needs, at this place, an array of `A`s with `D`'s number of dimensions.
    pub fn array<A: Element, D: Dimension>(&mut self) {
        self.array_where(crate::npy::check::<A, D>);
    }

    /// Needs, at this place, an array of any dtype but Python objects.
    pub fn any(&mut self) {
        self.array_where(|header, _| crate::element::check_no_objects(header.dtype()));
    }

    /// The same place, where arrays are converted as far as `cast` allows.
    pub fn cast(&mut self, cast: Cast) -> Expect<'_> {
        let place = self.place.with_cast(cast);
        Expect { source: self.source, problems: self.problems, place }
    }

    /// Needs an array here whose header passes `check`.
    pub(crate) fn array_where(&mut self, check: impl FnOnce(&Header, Cast) -> Result<()>) {
        let name = self.place.name();
        let Some(index) = self.source.names.find(name) else {
            return self.problems.missing(name);
        };
        self.problems.used(index);
        let cast = self.place.cast(&self.source.archive);
        let checked = self
            .source
            .archive
            .header(index)
            .and_then(|header| check(&header, cast).map_err(|error| error.with_entry(name)));
        if let Err(error) = checked {
            self.problems.add(error);
        }
    }

    /// Records a problem of the caller's own. The place is added to it.
    pub fn problem(&mut self, error: Error) {
        self.problems.add(error.with_entry(self.place.label()));
    }

    /// Whether there is an entry at this place, or any below it.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.source.names.exists(&self.place.level)
    }

    /// A list or a map is missing altogether, not even marked as empty.
    pub(crate) fn missing(&mut self, what: &str) {
        let name = self.place.label();
        let message = format!("missing {what} (saved empty, it would be an array of shape (0,))");
        self.problems.add(Error::new(ErrorKind::NotFound, message).with_entry(name));
    }

    pub(crate) fn keys(&self, leaves: bool) -> Vec<&'a str> {
        self.place.keys(&self.source.names, leaves)
    }

    /// The number of children `0`, `1`, …; recorded as a problem if they have gaps.
    pub(crate) fn list_len(&mut self) -> Option<usize> {
        match self.place.list_len(&self.source.names) {
            Ok(len) => Some(len),
            Err(error) => {
                self.problems.add(error);
                None
            }
        }
    }

    /// Whether an array without items at this very place marks an empty list or map.
    pub(crate) fn take_empty_mark(&mut self) -> bool {
        if !self.place.has_own_level() {
            return false;
        }
        let Some(index) = self.source.names.find(&self.place.level) else { return false };
        let empty = self.source.archive.header(index).is_ok_and(|header| header.shape() == [0]);
        if empty {
            self.problems.used(index);
        }
        empty
    }

    /// Whether this is a level of its own, where an empty list or map leaves its mark.
    pub(crate) fn has_own_level(&self) -> bool {
        self.place.has_own_level()
    }
}
