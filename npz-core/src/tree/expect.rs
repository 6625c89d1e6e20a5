//! What a type needs from a file, held against what the file has.

use std::fmt;

use ndarray::Dimension;

use super::load::LoadNpz;
use super::node::{Place, Source};
use super::report::Problems;
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::npy::Header;

/// Collects what a type needs from the entries at one place of a file, and every way in which
/// the file falls short of it.
///
/// Handed to [`LoadNpz::expect`]. Only headers are read; no problem stops the check, so one
/// error can tell all of them.
pub struct Expect<'a> {
    source: &'a Source<'a>,
    problems: &'a mut Problems,
    place: Place,
    /// Collects the names that are asked for at one level, instead of looking for them.
    listing: Option<&'a mut Vec<String>>,
}

impl fmt::Debug for Expect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expect").field("level", &self.place.level).finish()
    }
}

impl<'a> Expect<'a> {
    pub(crate) fn root(source: &'a Source<'a>, problems: &'a mut Problems) -> Self {
        Self { source, problems, place: Place::root(), listing: None }
    }

    /// The names that `expect` asks for at its own level; none for lists and maps.
    pub(crate) fn names_of(source: &Source<'_>, expect: fn(&mut Expect<'_>)) -> Vec<String> {
        let mut names = Vec::new();
        let (problems, place) = (&mut Problems::default(), Place::root());
        expect(&mut Expect { source, problems, place, listing: Some(&mut names) });
        names
    }

    fn at<T: LoadNpz>(&mut self, place: Place) {
        let limit = self.source.archive.limits().tree_depth;
        if place.depth > limit {
            let message = format!("nested more than {limit} levels deep (Limits::tree_depth)");
            return self.problems.add(place.error(ErrorKind::Limit, message));
        }
        let listing = self.listing.as_deref_mut();
        T::expect(&mut Expect { source: self.source, problems: self.problems, place, listing });
    }

    /// Whether only names are wanted; then takes this one.
    fn list(&mut self, name: &str) -> bool {
        if let Some(names) = &mut self.listing {
            names.push(name.to_owned());
        }
        self.listing.is_some()
    }

    /// Needs a `T` one level down, under `name`.
    pub fn field<T: LoadNpz>(&mut self, name: &str) {
        if self.list(name) {
            return;
        }
        self.at::<T>(self.place.child(name, &self.source.names));
    }

    /// Takes a `T` under `name`, or nothing.
    pub fn field_or_default<T: LoadNpz>(&mut self, name: &str) {
        if self.list(name) {
            return;
        }
        let place = self.place.child(name, &self.source.names);
        if self.source.names.exists(&place.level) {
            self.at::<T>(place);
        }
    }

    /// Needs a `T` whose parts stand at this level, beside those called `siblings`.
    pub fn flatten<T: LoadNpz>(&mut self, siblings: &[&str]) {
        self.flatten_beside::<T>(siblings, &[]);
    }

    /// The same, with other flattened values beside it.
    #[doc(hidden)]
    pub fn flatten_beside<T: LoadNpz>(
        &mut self,
        siblings: &[&str],
        others: &[fn(&mut Expect<'_>)],
    ) {
        let others = if self.listing.is_some() { &[] } else { others };
        self.at::<T>(self.place.flattened(self.source, siblings, others));
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

    /// Needs an array here whose header passes `check`.
    pub(crate) fn array_where(&mut self, check: impl FnOnce(&Header) -> Result<()>) {
        if self.listing.is_some() {
            return;
        }
        let name = self.place.name();
        let Some(index) = self.source.names.find(name) else {
            return self.problems.missing(name);
        };
        self.problems.used(index, name);
        let checked = self
            .source
            .archive
            .header(index)
            .and_then(|header| check(&header).map_err(|error| error.with_entry(name)));
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
        self.listing.is_some() || self.source.names.exists(&self.place.level)
    }

    /// Whether the content of an `Option` is here.
    pub(crate) fn holds<T: LoadNpz>(&self) -> bool {
        self.listing.is_some() || self.place.holds(self.source, T::expect)
    }

    /// A list or a map is missing altogether, not even marked as empty.
    pub(crate) fn missing(&mut self, what: &str) {
        let name = self.place.label();
        let message = format!("missing {what} (saved empty, it would be an array of shape (0,))");
        self.problems.add(Error::new(ErrorKind::NotFound, message).with_entry(name));
    }

    pub(crate) fn keys(&self, leaves: bool) -> Vec<&'a str> {
        if self.listing.is_some() {
            return Vec::new();
        }
        self.place.keys(&self.source.names, leaves)
    }

    /// The number of children `0`, `1`, …; recorded as a problem if they have gaps.
    pub(crate) fn list_len(&mut self) -> Option<usize> {
        if self.listing.is_some() {
            return None;
        }
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
            self.problems.used(index, &self.place.level);
        }
        empty
    }

    /// Whether this is a level of its own, where an empty list or map leaves its mark.
    pub(crate) fn has_own_level(&self) -> bool {
        self.place.has_own_level()
    }
}
