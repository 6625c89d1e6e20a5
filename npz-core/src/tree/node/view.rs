//! Where a value that borrows from a file is viewed.

use std::fmt;

use ndarray::{Array, ArrayView, Dimension};

use super::{Node, Source};
use crate::element::Element;
use crate::error::{ErrorKind, Result};
use crate::tree::{Expect, LoadNpz, ViewNpz};

/// A place in an archive whose bytes live for `'a`: an entry, or the level above some entries.
///
/// Handed to [`ViewNpz::view`], once [`ViewNpz::expect`] has found that everything is there.
pub struct ViewNode<'n, 'a> {
    node: Node<'n>,
    bytes: &'a [u8],
}

impl fmt::Debug for ViewNode<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ViewNode").field("level", &self.node.place.level).finish()
    }
}

impl<'n, 'a> ViewNode<'n, 'a> {
    pub(crate) fn root(source: &'n Source<'n>, bytes: &'a [u8]) -> Self {
        Self { node: Node::root(source), bytes }
    }

    /// The same place, of which nothing is borrowed.
    pub(crate) fn node(&self) -> &Node<'n> {
        &self.node
    }

    /// The place of a list's or map's item.
    pub(crate) fn item(&self, key: &str) -> Self {
        Self { node: self.node.item(key), bytes: self.bytes }
    }

    fn below(&self, name: &str, field: &str) -> Self {
        Self { node: self.node.below(name, field), bytes: self.bytes }
    }

    /// Whether there is an entry at this place, or any below it.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.node.exists()
    }

    /// Whether the content of an `Option` is here.
    pub(crate) fn holds<T: ViewNpz<'a>>(&self) -> bool {
        self.node.place.holds(&self.node.source.names, T::expect)
    }

    /// The first of `names` under which there is anything; else the first of them all.
    #[doc(hidden)]
    #[must_use]
    pub fn either<'t>(&self, names: &[&'t str]) -> &'t str {
        self.node.either(names)
    }

    /// The array at this place, where it lies.
    ///
    /// # Errors
    /// As [`NpzReader::view`](crate::NpzReader::view).
    pub fn view<A: Element, D: Dimension>(&self) -> Result<ArrayView<'a, A, D>> {
        let (archive, index) = self.node.entry()?;
        let view = archive.view(index, self.bytes);
        view.map_err(|error| error.with_field(&self.node.place.field))
    }

    /// The array at this place, where it lies, or else a copy.
    pub(crate) fn view_or_load<A: Element, D: Dimension, T>(&self) -> Result<T>
    where
        T: From<ArrayView<'a, A, D>> + From<Array<A, D>>,
    {
        match self.view::<A, D>() {
            Ok(view) => Ok(view.into()),
            // Of another dtype, it may be converted.
            Err(error) if matches!(error.kind(), ErrorKind::Misaligned | ErrorKind::Dtype) => {
                self.node.array::<A, D>().map(Into::into)
            }
            Err(error) => Err(error),
        }
    }

    /// A value that borrows nothing, read as from any file.
    ///
    /// # Errors
    /// What `T`'s [`load`](LoadNpz::load) returns.
    pub fn load<T: LoadNpz>(&self) -> Result<T> {
        T::load(&self.node)
    }

    /// The value one level down, under `name`.
    ///
    /// # Errors
    /// What `T`'s [`view`](ViewNpz::view) returns.
    pub fn field<T: ViewNpz<'a>>(&self, name: &str) -> Result<T> {
        self.field_of(name, name)
    }

    /// The value under `name`, of the field that Rust calls `field`.
    #[doc(hidden)]
    pub fn field_of<T: ViewNpz<'a>>(&self, name: &str, field: &str) -> Result<T> {
        T::view(&self.below(name, field))
    }

    /// The value under `name`, or `default` if nothing is there.
    ///
    /// # Errors
    /// What `T`'s [`view`](ViewNpz::view) returns.
    pub fn field_or_else<T: ViewNpz<'a>>(
        &self,
        name: &str,
        default: impl FnOnce() -> T,
    ) -> Result<T> {
        self.field_of_or_else(name, name, default)
    }

    /// The value under `name`, of the field that Rust calls `field`, or `default`.
    #[doc(hidden)]
    pub fn field_of_or_else<T: ViewNpz<'a>>(
        &self,
        name: &str,
        field: &str,
        default: impl FnOnce() -> T,
    ) -> Result<T> {
        let below = self.below(name, field);
        if below.exists() { T::view(&below) } else { Ok(default()) }
    }

    /// A value whose parts stand at this level, beside those called `siblings`.
    ///
    /// # Errors
    /// What `T`'s [`view`](ViewNpz::view) returns.
    pub fn flatten<T: ViewNpz<'a>>(&self, siblings: &[&str]) -> Result<T> {
        self.flatten_beside(siblings, &[])
    }

    /// The same, with other flattened values beside it.
    #[doc(hidden)]
    pub fn flatten_beside<T: ViewNpz<'a>>(
        &self,
        siblings: &[&str],
        others: &[fn(&mut Expect<'_>)],
    ) -> Result<T> {
        let (source, place) = (self.node.source, self.node.place.flattened(siblings, others));
        T::view(&ViewNode { node: Node { source, place }, bytes: self.bytes })
    }

    /// A newtype's only value, at the newtype's own place.
    #[doc(hidden)]
    pub fn transparent<T: ViewNpz<'a>>(&self) -> Result<T> {
        T::view(self)
    }
}
