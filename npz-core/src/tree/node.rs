//! Where a value is read from.

mod view;

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use ndarray::{Array, ArrayD, Dimension};

use super::ahead::Ahead;
use super::expect::Expect;
use super::load::LoadNpz;
use super::names::Names;
use super::place::Place;
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::npy::AnyArray;
use crate::npz::{Archive, Tell};
use crate::options::{Cast, Meter};

pub use self::view::ViewNode;

/// An archive whose names are known as a tree; none where a type is described without a file.
pub(crate) struct Source<'a> {
    pub(crate) archive: Option<Archive<'a>>,
    pub(crate) names: Names<'a>,
    /// Whether an update leaves alone what the file doesn't have.
    pub(crate) allow_missing: bool,
    /// Values that belong to several fields, by their level and type, once they are loaded.
    pub(crate) shared: Shared,
    /// What other threads load.
    pub(crate) ahead: Option<&'a Ahead<'a>>,
}

impl<'a> Source<'a> {
    /// The same, whose loads are told to `meter`.
    pub(crate) fn telling(self, meter: Option<&'a Meter<'a>>) -> Self {
        let archive = self.archive.map(|archive| archive.telling(Tell::of(meter)));
        Self { archive, ..self }
    }

    /// The same, with entries that are loaded ahead.
    pub(crate) fn taking<'s>(self, ahead: Option<&'s Ahead<'s>>) -> Source<'s>
    where
        'a: 's,
    {
        Source { ahead, ..self }
    }
}

pub(crate) type Shared = RefCell<HashMap<(String, TypeId), Box<dyn Any>>>;

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

impl<'a> Node<'a> {
    pub(crate) fn root(source: &'a Source<'a>) -> Self {
        Self { source, place: Place::root() }
    }

    fn at(&self, place: Place) -> Node<'a> {
        Node { source: self.source, place }
    }

    /// The place under `name`, for the field that Rust calls `field`.
    fn below(&self, name: &str, field: &str) -> Node<'a> {
        self.at(self.place.field(name, field, &self.source.names))
    }

    /// The place of a list's or map's item.
    pub(crate) fn item(&self, key: &str) -> Node<'a> {
        self.at(self.place.item(key, &self.source.names))
    }

    pub(crate) fn keys(&self, leaves: bool) -> Vec<String> {
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
        self.place.holds(&self.source.names, T::expect)
    }

    /// Loads the value one level down, under `name`.
    ///
    /// # Errors
    /// What `T`'s [`load`](LoadNpz::load) returns.
    pub fn field<T: LoadNpz>(&self, name: &str) -> Result<T> {
        self.field_of(name, name)
    }

    /// Loads the value under `name`, of the field that Rust calls `field`.
    #[doc(hidden)]
    pub fn field_of<T: LoadNpz>(&self, name: &str, field: &str) -> Result<T> {
        T::load(&self.below(name, field))
    }

    /// Loads the value under `name`, or takes `default` if nothing is there.
    ///
    /// # Errors
    /// What `T`'s [`load`](LoadNpz::load) returns.
    pub fn field_or_else<T: LoadNpz>(&self, name: &str, default: impl FnOnce() -> T) -> Result<T> {
        self.field_of_or_else(name, name, default)
    }

    /// Loads the value under `name`, of the field that Rust calls `field`, or takes `default`.
    #[doc(hidden)]
    pub fn field_of_or_else<T: LoadNpz>(
        &self,
        name: &str,
        field: &str,
        default: impl FnOnce() -> T,
    ) -> Result<T> {
        let below = self.below(name, field);
        if below.exists() { T::load(&below) } else { Ok(default()) }
    }

    /// Loads by `load` what stands under `name`.
    #[doc(hidden)]
    pub fn field_with<T>(
        &self,
        name: &str,
        field: &str,
        load: impl FnOnce(&Node<'_>) -> Result<T>,
    ) -> Result<T> {
        load(&self.below(name, field))
    }

    /// Loads by `load` what stands under `name`, or takes `default` if nothing is there.
    #[doc(hidden)]
    pub fn field_with_or_else<T>(
        &self,
        name: &str,
        field: &str,
        load: impl FnOnce(&Node<'_>) -> Result<T>,
        default: impl FnOnce() -> T,
    ) -> Result<T> {
        let below = self.below(name, field);
        if below.exists() { load(&below) } else { Ok(default()) }
    }

    /// Updates `value` by what stands under `name`. What is missing there, and may be, leaves the
    /// value as it is if the options say so; `default` is for the fields that have one.
    #[doc(hidden)]
    pub fn update_field<T: LoadNpz>(
        &self,
        name: &str,
        field: &str,
        value: &mut T,
        default: Option<fn() -> T>,
    ) -> Result<()> {
        let below = self.below(name, field);
        if below.exists() {
            return value.update(&below);
        }
        match default {
            _ if self.source.allow_missing => Ok(()),
            Some(default) => {
                *value = default();
                Ok(())
            }
            None => value.update(&below),
        }
    }

    /// Updates `value` as [`update_field`](Self::update_field) does, but loads it by `load`.
    #[doc(hidden)]
    pub fn update_field_with<T>(
        &self,
        name: &str,
        field: &str,
        value: &mut T,
        load: impl FnOnce(&Node<'_>) -> Result<T>,
        default: Option<fn() -> T>,
    ) -> Result<()> {
        let below = self.below(name, field);
        match default {
            _ if below.exists() => return below.replace(value, load),
            _ if self.source.allow_missing => {}
            Some(default) => *value = default(),
            None => *value = load(&below)?,
        }
        Ok(())
    }

    /// Updates a value that is loaded whole or not at all: where a part of it is missing, and the
    /// options allow that, it is left as it is.
    pub(crate) fn replace<T>(
        &self,
        value: &mut T,
        load: impl FnOnce(&Node<'_>) -> Result<T>,
    ) -> Result<()> {
        match load(self) {
            Ok(loaded) => *value = loaded,
            Err(error) if self.source.allow_missing && error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Updates a value whose parts stand at this level.
    #[doc(hidden)]
    pub fn update_flatten<T: LoadNpz>(&self, siblings: &[&str], value: &mut T) -> Result<()> {
        value.update(&self.at(self.place.flattened(siblings, &[])))
    }

    /// The same, with other flattened values beside it.
    #[doc(hidden)]
    pub fn update_flatten_beside<T: LoadNpz>(
        &self,
        siblings: &[&str],
        others: &[fn(&mut Expect<'_>)],
        value: &mut T,
    ) -> Result<()> {
        value.update(&self.at(self.place.flattened(siblings, others)))
    }

    /// The first of `names` under which there is anything; else the first of them all.
    #[doc(hidden)]
    #[must_use]
    pub fn either<'n>(&self, names: &[&'n str]) -> &'n str {
        self.place.either(names, &self.source.names)
    }

    /// Which variant of an enum is here; see [`Expect::variant`](super::Expect::variant).
    #[doc(hidden)]
    pub fn variant(
        &self,
        tag: &str,
        units: &[&'static str],
        others: &[&'static str],
    ) -> Result<&'static str> {
        let place = self.place.variant(tag, units, others, &self.source.names);
        let known = if place.level == self.place.level { units } else { others };
        let node = self.at(place);
        let text = node.array::<String, ndarray::Ix0>()?.into_scalar();
        let variant = known.iter().find(|known| **known == text).copied();
        variant.ok_or_else(|| node.place.unknown_variant(&text, units, others))
    }

    /// What generated code says of a variant that it has asked for and doesn't know itself.
    #[doc(hidden)]
    #[must_use]
    pub fn no_variant(&self, found: &str) -> Error {
        self.place.unknown_variant(found, &[], &[])
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
        T::load(&self.at(self.place.flattened(siblings, others)))
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
        let (archive, index) = self.entry()?;
        let cast = self.place.cast(&archive);
        let ahead = self.source.ahead.and_then(|ahead| ahead.take::<ArrayD<A>>(index, cast));
        let loaded = match ahead.map(|loaded| loaded.map(ArrayD::into_dimensionality)) {
            Some(Ok(Ok(array))) => return Ok(array),
            Some(Err(error)) => Err(error),
            // Nobody has loaded it, or for another number of dimensions.
            None | Some(Ok(Err(_))) => archive.array(index, cast),
        };
        loaded.map_err(|error| error.with_field(&self.place.field))
    }

    /// Reads the array at this place into `array`; into its memory, if the shape is the same.
    ///
    /// # Errors
    /// As [`array`](Self::array); then what `array` holds is unspecified.
    pub fn array_into<A: Element, D: Dimension>(&self, array: &mut Array<A, D>) -> Result<()> {
        let (archive, index) = self.entry()?;
        let cast = self.place.cast(&archive);
        let result = archive.array_into(index, cast, array);
        result.map_err(|error| error.with_field(&self.place.field))
    }

    /// Reads the array at this place, whatever its dtype.
    ///
    /// # Errors
    /// As [`array`](Self::array), and [`ErrorKind::Unsupported`] for Python objects.
    pub fn any(&self) -> Result<AnyArray> {
        let (archive, index) = self.entry()?;
        let cast = self.place.cast(&archive);
        let ahead = self.source.ahead.and_then(|ahead| ahead.take(index, cast));
        let loaded = ahead.unwrap_or_else(|| archive.any(index));
        loaded.map_err(|error| error.with_field(&self.place.field))
    }

    /// The same place, where arrays are converted as far as `cast` allows.
    #[must_use]
    pub fn cast(&self, cast: Cast) -> Self {
        self.at(self.place.with_cast(cast))
    }

    /// The value at this place, which other fields may have too: loaded once, and then cloned.
    pub(crate) fn shared<T: Clone + 'static>(
        &self,
        load: impl FnOnce(&Self) -> Result<T>,
    ) -> Result<T> {
        let Some(level) = self.source.names.shared(&self.place.level) else {
            return load(self);
        };
        let key = (level.into_owned(), TypeId::of::<T>());
        if let Some(value) =
            self.source.shared.borrow().get(&key).and_then(|any| any.downcast_ref())
        {
            return Ok(T::clone(value));
        }
        let value = load(self)?;
        self.source.shared.borrow_mut().insert(key, Box::new(value.clone()));
        Ok(value)
    }

    fn entry(&self) -> Result<(Archive<'a>, usize)> {
        let name = self.place.name();
        match (self.source.archive, self.source.names.find(name)) {
            (Some(archive), Some(index)) => Ok((archive, index)),
            _ => Err(Error::new(ErrorKind::NotFound, "no such entry").with_entry(name)),
        }
    }

    pub(crate) fn allow_missing(&self) -> bool {
        self.source.allow_missing
    }
}
