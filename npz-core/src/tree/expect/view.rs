//! What a type that borrows from a file needs from it.

use ndarray::Dimension;

use super::Expect;
use crate::element::Element;
use crate::npy;
use crate::options::Cast;
use crate::tree::ViewNpz;

impl Expect<'_> {
    /// Needs, at this place, an array of `A`s with `D`'s number of dimensions that can be viewed
    /// where it lies.
    pub fn view<A: Element, D: Dimension>(&mut self) {
        let found = self.archive().zip(self.source.names.find(self.place.name()));
        self.array_where::<A>(D::NDIM, |header, _| {
            npy::check::<A, D>(header, Cast::Exact)?;
            found.map_or(Ok(()), |(archive, index)| archive.check_view::<A>(index))
        });
    }

    fn view_at<'v, T: ViewNpz<'v>>(&mut self, place: super::Place) {
        self.at_with(place, std::any::type_name::<T>(), T::expect);
    }

    /// Needs a `T` at the root.
    pub(crate) fn view_whole<'v, T: ViewNpz<'v>>(&mut self) {
        self.view_at::<T>(self.place.clone());
    }

    /// Needs a `T` one level down, under `name`.
    pub fn view_field<'v, T: ViewNpz<'v>>(&mut self, name: &str) {
        self.view_field_of::<T>(name, name);
    }

    /// Needs a `T` one level down, under `name`, for the field that Rust calls `field`.
    #[doc(hidden)]
    pub fn view_field_of<'v, T: ViewNpz<'v>>(&mut self, name: &str, field: &str) {
        self.view_at::<T>(self.place.field(name, field, &self.source.names));
    }

    /// Takes a `T` under `name`, or nothing.
    pub fn view_field_or_default<'v, T: ViewNpz<'v>>(&mut self, name: &str) {
        self.view_field_of_or_default::<T>(name, name);
    }

    /// Takes a `T` under `name`, for the field that Rust calls `field`, or nothing.
    #[doc(hidden)]
    pub fn view_field_of_or_default<'v, T: ViewNpz<'v>>(&mut self, name: &str, field: &str) {
        let place = self.place.field(name, field, &self.source.names);
        self.optional(place, std::any::type_name::<T>(), T::expect);
    }

    /// Takes a `T` at this very place, or nothing.
    pub(crate) fn view_maybe<'v, T: ViewNpz<'v>>(&mut self) {
        if self.is_file() && !self.place.holds(&self.source.names, T::expect) {
            return;
        }
        self.optional(self.place.clone(), "", T::expect);
    }

    /// Needs a `T` whose parts stand at this level, beside those called `siblings`.
    pub fn view_flatten<'v, T: ViewNpz<'v>>(&mut self, siblings: &[&str]) {
        self.view_flatten_beside::<T>(siblings, &[]);
    }

    /// The same, with other flattened values beside it.
    #[doc(hidden)]
    pub fn view_flatten_beside<'v, T: ViewNpz<'v>>(
        &mut self,
        siblings: &[&str],
        others: &[fn(&mut Expect<'_>)],
    ) {
        let others = if self.is_file() { others } else { &[] };
        self.view_at::<T>(self.place.flattened(siblings, others));
    }

    /// Needs a newtype's only value at the newtype's own place.
    #[doc(hidden)]
    pub fn view_transparent<'v, T: ViewNpz<'v>>(&mut self) {
        let mut place = self.place.clone();
        place.depth += 1;
        self.view_at::<T>(place);
    }

    /// Needs a `T` for each item of a list; of just `len`, if that is given.
    pub(crate) fn view_items<'v, T: ViewNpz<'v>>(&mut self, len: Option<usize>) {
        self.items_of(len, std::any::type_name::<T>(), T::expect);
    }

    /// Needs a `T` under a map's `key`.
    pub(crate) fn view_key<'v, T: ViewNpz<'v>>(&mut self, key: &str) {
        self.view_at::<T>(self.place.item(key, &self.source.names));
    }
}
