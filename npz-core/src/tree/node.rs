//! Where a value is read from.

use std::fmt;

use ndarray::{Array, Dimension};

use super::expect::Expect;
use super::load::LoadNpz;
use super::names::Names;
use super::plan::UNNAMED;
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::npz::Archive;

/// An archive whose names are known as a tree.
pub(crate) struct Source<'a> {
    pub(crate) archive: Archive<'a>,
    pub(crate) names: Names<'a>,
}

/// A place in an archive: an entry, or the level above some entries.
///
/// Handed to [`LoadNpz::load`], once [`LoadNpz::expect`] has found that everything is there.
pub struct Node<'a> {
    source: &'a Source<'a>,
    place: Place,
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("level", &self.place.level).finish()
    }
}

/// A level, and what of it belongs to somebody else. What [`Node`] and
/// [`Expect`](super::Expect) have in common.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) level: String,
    /// At a level that a flattened value shares: the names that its neighbours take.
    taken: Vec<String>,
    /// Whether the level's name is its own, not that of the struct it is flattened into.
    own_level: bool,
    /// Whether it is a level that a flattened value shares.
    shared: bool,
    pub(crate) depth: usize,
}

impl Place {
    pub(crate) fn root() -> Self {
        Self { level: String::new(), taken: vec![], own_level: false, shared: false, depth: 0 }
    }

    pub(crate) fn child(&self, name: &str, names: &Names<'_>) -> Self {
        let level = if self.level.is_empty() {
            name.to_owned()
        } else {
            [&self.level, names.separator(), name].concat()
        };
        Self { level, taken: vec![], own_level: true, shared: false, depth: self.depth + 1 }
    }

    /// The place of a value that is flattened here, beside fields called `siblings` and the
    /// `others`, which are flattened here too. What this place must leave alone, it must as well.
    pub(crate) fn flattened(
        &self,
        source: &Source<'_>,
        siblings: &[&str],
        others: &[fn(&mut Expect<'_>)],
    ) -> Self {
        let mut taken = self.taken.clone();
        taken.extend(siblings.iter().map(|&name| name.to_owned()));
        taken.extend(others.iter().flat_map(|other| Expect::names_of(source, *other)));
        let (level, depth) = (self.level.clone(), self.depth + 1);
        Self { level, taken, own_level: false, shared: true, depth }
    }

    /// Whether a value that needs what `expect` tells is here. At a level of its own, everything
    /// is a part of it; at a shared one, only what has its names.
    pub(crate) fn holds(&self, source: &Source<'_>, expect: fn(&mut Expect<'_>)) -> bool {
        if !self.shared {
            return source.names.exists(&self.level);
        }
        let own = Expect::names_of(source, expect);
        if own.is_empty() {
            return !self.keys(&source.names, false).is_empty();
        }
        own.iter().any(|name| source.names.exists(&self.child(name, &source.names).level))
    }

    /// Whether an empty list or map leaves its mark here.
    pub(crate) fn has_own_level(&self) -> bool {
        self.own_level
    }

    /// The name of the entry at this very place.
    pub(crate) fn name(&self) -> &str {
        if self.level.is_empty() { UNNAMED } else { &self.level }
    }

    /// What error messages call the place.
    pub(crate) fn label(&self) -> &str {
        if self.level.is_empty() { "the file" } else { &self.level }
    }

    /// The keys of a map at this place: of arrays, all that follows the level; of anything
    /// larger, the next component.
    pub(crate) fn keys<'n>(&self, names: &Names<'n>, leaves: bool) -> Vec<&'n str> {
        let ours = |key: &&str| {
            !self.taken.iter().any(|taken| {
                key.strip_prefix(taken.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(names.separator()))
            })
        };
        if leaves {
            names.rests(&self.level).filter(ours).collect()
        } else {
            names.children(&self.level).into_iter().filter(ours).collect()
        }
    }

    /// The length of a list at this place: its children are `0`, `1`, … without a gap.
    pub(crate) fn list_len(&self, names: &Names<'_>) -> Result<usize> {
        let children = names.children(&self.level);
        let mut indices = Vec::with_capacity(children.len());
        for child in &children {
            match child.parse::<usize>() {
                Ok(index) if index.to_string() == *child => indices.push(index),
                _ => {
                    let message = format!("expected a list's index (0, 1, …), found {child:?}");
                    return Err(self.error(ErrorKind::Name, message));
                }
            }
        }
        indices.sort_unstable();
        match (0..).zip(&indices).find(|(expected, found)| expected != *found) {
            None => Ok(indices.len()),
            Some((missing, _)) => {
                let last = indices.last().copied().unwrap_or_default();
                let message = format!("the list goes up to {last} but has no item {missing}");
                Err(self.error(ErrorKind::NotFound, message))
            }
        }
    }

    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, message: String) -> Error {
        let error = Error::new(kind, message);
        if self.level.is_empty() { error } else { error.with_entry(&self.level) }
    }
}

impl<'a> Node<'a> {
    pub(crate) fn root(source: &'a Source<'a>) -> Self {
        Self { source, place: Place::root() }
    }

    pub(crate) fn child(&self, name: &str) -> Node<'a> {
        Node { source: self.source, place: self.place.child(name, &self.source.names) }
    }

    pub(crate) fn keys(&self, leaves: bool) -> Vec<&'a str> {
        self.place.keys(&self.source.names, leaves)
    }

    pub(crate) fn list_len(&self) -> Result<usize> {
        self.place.list_len(&self.source.names)
    }

    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        self.place.error(kind, message.into())
    }

    /// Whether there is an entry at this place, or any below it.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.source.names.exists(&self.place.level)
    }

    /// Whether the content of an `Option` is here.
    pub(crate) fn holds<T: LoadNpz>(&self) -> bool {
        self.place.holds(self.source, T::expect)
    }

    /// Loads the value one level down, under `name`.
    ///
    /// # Errors
    /// What `T`'s [`load`](LoadNpz::load) returns.
    pub fn field<T: LoadNpz>(&self, name: &str) -> Result<T> {
        T::load(&self.child(name))
    }

    /// Loads the value under `name`, or takes `default` if nothing is there.
    ///
    /// # Errors
    /// What `T`'s [`load`](LoadNpz::load) returns.
    pub fn field_or_else<T: LoadNpz>(&self, name: &str, default: impl FnOnce() -> T) -> Result<T> {
        let child = self.child(name);
        if child.exists() { T::load(&child) } else { Ok(default()) }
    }

    /// Loads a value whose parts stand at this level, beside those called `siblings`.
    ///
    /// # Errors
    /// What `T`'s [`load`](LoadNpz::load) returns.
    pub fn flatten<T: LoadNpz>(&self, siblings: &[&str]) -> Result<T> {
        self.flatten_beside(siblings, &[])
    }

    /// The same, with other flattened values beside it.
    #[doc(hidden)]
    pub fn flatten_beside<T: LoadNpz>(
        &self,
        siblings: &[&str],
        others: &[fn(&mut Expect<'_>)],
    ) -> Result<T> {
        let place = self.place.flattened(self.source, siblings, others);
        T::load(&Node { source: self.source, place })
    }

    /// Loads a newtype's only value from the newtype's own place.
    #[doc(hidden)]
    pub fn transparent<T: LoadNpz>(&self) -> Result<T> {
        T::load(self)
    }

    /// Reads the array at this place.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::Dtype`], [`ErrorKind::Shape`], and everything that
    /// can be wrong with the entry's bytes.
    pub fn array<A: Element, D: Dimension>(&self) -> Result<Array<A, D>> {
        let name = self.place.name();
        let Some(index) = self.source.names.find(name) else {
            return Err(Error::new(ErrorKind::NotFound, "no such entry").with_entry(name));
        };
        self.source.archive.array(index)
    }
}
