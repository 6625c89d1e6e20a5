//! Where a value is read from.

use std::fmt;

use ndarray::{Array, Dimension};

use super::load::LoadNpz;
use super::names::Names;
use super::plan::UNNAMED;
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::npy::AnyArray;
use crate::npz::Archive;
use crate::options::Cast;

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
    place: Place<'a>,
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("level", &self.place.level).finish()
    }
}

/// A level, and what of it belongs to somebody else. What [`Node`] and
/// [`Expect`](super::Expect) have in common.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    pub(crate) level: String,
    /// At a level that a flattened value shares: the names that its neighbours take.
    taken: &'a [&'a str],
    /// Whether the level's name is its own, not that of the struct it is flattened into.
    own_level: bool,
    pub(crate) depth: usize,
    /// How far arrays at and below this place are converted, if not as the options say.
    cast: Option<Cast>,
}

impl<'a> Place<'a> {
    pub(crate) fn root() -> Self {
        Self { level: String::new(), taken: &[], own_level: false, depth: 0, cast: None }
    }

    pub(crate) fn child(&self, name: &str, names: &Names<'_>) -> Self {
        let level = if self.level.is_empty() {
            name.to_owned()
        } else {
            [&self.level, names.separator(), name].concat()
        };
        Self { level, taken: &[], own_level: true, depth: self.depth + 1, cast: self.cast }
    }

    pub(crate) fn flattened<'b>(&self, taken: &'b [&'b str]) -> Place<'b> {
        let level = self.level.clone();
        Place { level, taken, own_level: false, depth: self.depth + 1, cast: self.cast }
    }

    pub(crate) fn with_cast(&self, cast: Cast) -> Self {
        Self { cast: Some(cast), ..self.clone() }
    }

    pub(crate) fn cast(&self, archive: &Archive<'_>) -> Cast {
        self.cast.unwrap_or_else(|| archive.cast())
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
                key.strip_prefix(taken)
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
        T::load(&Node { source: self.source, place: self.place.flattened(siblings) })
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
        let cast = self.place.cast(&self.source.archive);
        self.source.archive.array(self.index()?, cast)
    }

    /// Reads the array at this place, whatever its dtype.
    ///
    /// # Errors
    /// As [`array`](Self::array), and [`ErrorKind::Unsupported`] for Python objects.
    pub fn any(&self) -> Result<AnyArray> {
        self.source.archive.any(self.index()?)
    }

    /// The same place, where arrays are converted as far as `cast` allows.
    #[must_use]
    pub fn cast(&self, cast: Cast) -> Self {
        Self { source: self.source, place: self.place.with_cast(cast) }
    }

    fn index(&self) -> Result<usize> {
        let name = self.place.name();
        self.source
            .names
            .find(name)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, "no such entry").with_entry(name))
    }
}
