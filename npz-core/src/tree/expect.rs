//! What a type needs from a file, held against what the file has.

mod own;
mod variant;
mod view;

use std::borrow::Cow;
use std::fmt;

use ndarray::Dimension;

use super::ahead::{LoadData, Loaded};
use super::load::LoadNpz;
use super::node::Source;
use super::place::Place;
use super::report::Findings;
use super::schema::{Dim, Schema, SchemaEntry, check_shape};
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::npy::Header;
use crate::npz::Archive;
use crate::options::Cast;

/// Collects what a type needs from the entries at one place of a file, and every way in which
/// the file falls short of it.
///
/// Handed to [`LoadNpz::expect`]. Only headers are read; no problem stops the check, so one
/// error can tell all of them. Without a file it describes the type instead: then everything
/// optional is there, and a list or map has one item.
pub struct Expect<'a> {
    source: &'a Source<'a>,
    found: &'a mut Found,
    place: Place,
    /// The dimensions that fields at this level have named so far.
    named: Vec<(&'static str, usize, String)>,
}

/// Reads an entry's data, and keeps none of them.
pub(crate) type CheckData = fn(&Archive<'_>, usize, Cast) -> Result<()>;

/// An entry that will be loaded.
#[derive(Debug)]
pub(crate) struct WantedData {
    pub(crate) index: usize,
    pub(crate) cast: Cast,
    /// How to check its data, for whoever must know before the first entry is loaded.
    pub(crate) check: CheckData,
    pub(crate) load: LoadData,
    /// The bytes of its array; none if something else wants it too.
    pub(crate) bytes: u64,
}

/// What is wanted of an entry.
struct Wanted<F> {
    expected: fn() -> Cow<'static, str>,
    dimensions: Option<usize>,
    check: F,
    check_data: CheckData,
    load: LoadData,
}

/// What has been found, whether against a file or without one.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) findings: Findings,
    pub(crate) schema: Schema,
    /// The entries that will be loaded.
    pub(crate) wanted: Vec<WantedData>,
    /// How many optional things are around what is being described.
    optional: usize,
    /// How many pointers are around, whose values are loaded once for all their places.
    sharing: usize,
    /// The bytes of arrays that are loaded more than once, for each time but the first.
    pub(crate) repeated: u64,
    /// Where else parts of a type may stand that is described without a file.
    elsewhere: Vec<String>,
    /// The types that are being described, outermost first.
    within: Vec<&'static str>,
}

impl Found {
    pub(crate) fn new(entries: usize) -> Self {
        Self { findings: Findings::new(entries), ..Self::default() }
    }
}

impl fmt::Debug for Expect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expect").field("level", &self.place.level).finish()
    }
}

impl<'a> Expect<'a> {
    pub(crate) fn root(source: &'a Source<'a>, found: &'a mut Found) -> Self {
        Self { source, found, place: Place::root(), named: Vec::new() }
    }

    /// Needs a `T` at the root.
    pub(crate) fn whole<T: LoadNpz>(&mut self) {
        self.at::<T>(self.place.clone());
    }

    fn at<T: LoadNpz>(&mut self, place: Place) {
        self.at_with(place, std::any::type_name::<T>(), T::expect);
    }

    fn at_with(
        &mut self,
        place: Place,
        type_name: &'static str,
        expect: impl FnOnce(&mut Expect<'_>),
    ) {
        if let Some(archive) = self.archive() {
            let limit = archive.limits().tree_depth;
            if place.depth > limit {
                let message = format!("nested more than {limit} levels deep (Limits::tree_depth)");
                return self.found.findings.mismatched(place.error(ErrorKind::Limit, message));
            }
        } else if !type_name.is_empty() && self.found.within.contains(&pointee(type_name)) {
            return;
        }
        self.found.within.push(pointee(type_name));
        let (source, found) = (self.source, &mut *self.found);
        expect(&mut Expect { source, found, place, named: Vec::new() });
        self.found.within.pop();
    }

    fn archive(&self) -> Option<Archive<'a>> {
        self.source.archive
    }

    /// Needs a `T` one level down, under `name`.
    pub fn field<T: LoadNpz>(&mut self, name: &str) {
        self.field_of::<T>(name, name);
    }

    /// Needs a `T` one level down, under `name`, for the field that Rust calls `field`.
    #[doc(hidden)]
    pub fn field_of<T: LoadNpz>(&mut self, name: &str, field: &str) {
        self.at::<T>(self.place.field(name, field, &self.source.names));
    }

    /// Takes a `T` under `name`, or nothing.
    pub fn field_or_default<T: LoadNpz>(&mut self, name: &str) {
        self.field_of_or_default::<T>(name, name);
    }

    /// Takes a `T` under `name`, for the field that Rust calls `field`, or nothing.
    #[doc(hidden)]
    pub fn field_of_or_default<T: LoadNpz>(&mut self, name: &str, field: &str) {
        let place = self.place.field(name, field, &self.source.names);
        self.optional(place, std::any::type_name::<T>(), T::expect);
    }

    /// Calls `expect`, which may need anything, one level down under `name`.
    #[doc(hidden)]
    pub fn field_with(&mut self, name: &str, field: &str, expect: impl FnOnce(&mut Expect<'_>)) {
        let place = self.place.field(name, field, &self.source.names);
        self.at_with(place, "", expect);
    }

    /// Calls `expect` one level down under `name` if anything is there.
    #[doc(hidden)]
    pub fn field_with_or_default(
        &mut self,
        name: &str,
        field: &str,
        expect: impl FnOnce(&mut Expect<'_>),
    ) {
        self.optional(self.place.field(name, field, &self.source.names), "", expect);
    }

    fn optional(
        &mut self,
        place: Place,
        type_name: &'static str,
        expect: impl FnOnce(&mut Expect<'_>),
    ) {
        if self.archive().is_some() && !self.source.names.exists(&place.level) {
            return;
        }
        self.found.optional += 1;
        self.at_with(place, type_name, expect);
        self.found.optional -= 1;
    }

    /// Needs what several places may share, and is then loaded once.
    pub(crate) fn shared(&mut self, expect: impl FnOnce(&mut Self)) {
        self.found.sharing += 1;
        expect(self);
        self.found.sharing -= 1;
    }

    /// Takes a `T` at this very place, or nothing.
    pub(crate) fn maybe<T: LoadNpz>(&mut self) {
        if self.is_file() && !self.place.holds(&self.source.names, T::expect) {
            return;
        }
        // The type has been noted with the `Option` around it.
        self.optional(self.place.clone(), "", T::expect);
    }

    /// The first of `names` under which there is anything; else the first of them all.
    #[doc(hidden)]
    #[must_use]
    pub fn either<'n>(&mut self, names: &[&'n str]) -> &'n str {
        if !self.is_file() {
            let places = names.iter().map(|name| self.place.field(name, name, &self.source.names));
            self.found.elsewhere.extend(places.map(|place| place.level));
        }
        self.place.either(names, &self.source.names)
    }

    /// Holds the shape of the array under `name` against `dims`, whose names mean the same length
    /// in all fields of one struct.
    #[doc(hidden)]
    pub fn shape(&mut self, name: &str, field: &str, dims: &[Dim]) {
        let place = self.place.field(name, field, &self.source.names);
        let Some(archive) = self.archive() else {
            let entry = self.found.schema.entries.iter_mut().rfind(|e| e.name == place.level);
            if let Some(entry) = entry {
                entry.shape = Some(dims.to_vec());
            }
            return;
        };
        let Some(index) = self.source.names.find(&place.level) else {
            if self.source.names.exists(&place.level) {
                let message = "expected one array, as its `shape` says; found entries below this";
                self.found.findings.mismatched(place.error(ErrorKind::Shape, message));
            }
            return;
        };
        // Damaged headers have been recorded before.
        let Ok(header) = archive.header(index) else { return };
        if let Err(message) = check_shape(header.shape(), dims, field, &mut self.named) {
            self.found.findings.mismatched(place.error(ErrorKind::Shape, message));
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
        // Without a file nobody looks for names, and the others would ask for this one's in turn.
        let others = if self.is_file() { others } else { &[] };
        self.at::<T>(self.place.flattened(siblings, others));
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
        self.array_where::<A>(D::NDIM, crate::npy::check::<A, D>);
    }

    /// Needs, at this place, an array of any dtype but Python objects.
    pub fn any(&mut self) {
        self.entry(Wanted {
            expected: || "any dtype".into(),
            dimensions: None,
            check: |_: &Archive<'_>, _, header: &Header, _| {
                crate::element::check_no_objects(header.dtype())
            },
            check_data: |archive, index, _| archive.any(index).map(drop),
            load: |archive, index, _| archive.any(index).map(|array| Box::new(array) as Loaded),
        });
    }

    /// The same place, where arrays are converted as far as `cast` allows.
    pub fn cast(&mut self, cast: Cast) -> Expect<'_> {
        let place = self.place.with_cast(cast);
        Expect { source: self.source, found: self.found, place, named: Vec::new() }
    }

    /// Needs an array of `A`s here whose header passes `check`.
    pub(crate) fn array_where<A: Element>(
        &mut self,
        dimensions: Option<usize>,
        check: impl FnOnce(&Header, Cast) -> Result<()>,
    ) {
        self.entry(Wanted {
            expected: A::expected,
            dimensions,
            check: |archive: &Archive<'_>, index, header: &Header, cast| {
                check(header, cast)?;
                archive.check_logical::<A>(index)
            },
            check_data: |archive, index, cast| archive.check_data::<A>(index, cast),
            load: |archive, index, cast| {
                // The number of dimensions is known only to who takes it.
                let array = archive.array::<A, ndarray::IxDyn>(index, cast)?;
                Ok(Box::new(array) as Loaded)
            },
        });
    }

    /// Needs an entry here that is as `wanted`.
    fn entry(
        &mut self,
        wanted: Wanted<impl FnOnce(&Archive<'_>, usize, &Header, Cast) -> Result<()>>,
    ) {
        let name = self.place.name();
        let Some(archive) = self.archive() else {
            self.found.schema.entries.push(SchemaEntry {
                name: name.to_owned(),
                field: self.place.field.clone(),
                expected: (wanted.expected)().into_owned(),
                dimensions: wanted.dimensions,
                shape: None,
                optional: self.found.optional > 0,
            });
            return;
        };
        let Some(index) = self.source.names.find(name) else {
            return self.found.findings.missing(name, &self.place.field, false);
        };
        let is_copied = self.found.sharing == 0;
        let first = self.found.findings.used(index);
        if !first && self.found.findings.has_loaded(name) {
            // Saved again, it would be there twice.
            let message = "two fields of the type take this entry";
            return self.problem(Error::new(ErrorKind::Duplicate, message));
        }
        let cast = self.place.cast(&archive);
        let checked = archive.header(index).and_then(|header| {
            let checked = (wanted.check)(&archive, index, &header, cast);
            checked.map_err(|error| error.with_entry(name))?;
            Ok(header.nbytes() as u64)
        });
        match checked {
            Ok(bytes) => {
                if !first && is_copied {
                    self.found.repeated = self.found.repeated.saturating_add(bytes);
                }
                let bytes = if first { bytes } else { 0 };
                let (check, load) = (wanted.check_data, wanted.load);
                self.found.wanted.push(WantedData { index, cast, check, load, bytes });
                self.found.findings.loaded(name);
            }
            Err(error) => self.found.findings.mismatched(error.with_field(&self.place.field)),
        }
    }

    /// Records a problem of the caller's own. The place is added to it.
    pub fn problem(&mut self, error: Error) {
        let error = error.with_entry(self.place.label()).with_field(&self.place.field);
        self.found.findings.mismatched(error);
    }

    /// Whether there is an entry at this place, or any below it.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.archive().is_none() || self.source.names.exists(&self.place.level)
    }

    /// A list or a map is missing altogether, not even marked as empty.
    pub(crate) fn missing(&mut self) {
        self.found.findings.missing(self.place.label(), &self.place.field, true);
    }

    pub(crate) fn keys(&self, leaves: bool) -> Vec<String> {
        if self.archive().is_none() {
            return vec![self.source.names.any_as("*").to_owned()];
        }
        self.place.keys(&self.source.names, leaves)
    }

    /// Needs a `T` for each item of a list: `0`, `1`, …; of just `len`, if that is given.
    pub(crate) fn items<T: LoadNpz>(&mut self, len: Option<usize>) {
        self.items_of(len, std::any::type_name::<T>(), T::expect);
    }

    fn items_of(
        &mut self,
        len: Option<usize>,
        type_name: &'static str,
        expect: fn(&mut Expect<'_>),
    ) {
        if self.archive().is_none() {
            let place = self.place.item(self.source.names.any_as("#"), &self.source.names);
            return self.at_with(place, type_name, expect);
        }
        let found = match self.place.list_len(&self.source.names) {
            Ok(found) => found,
            Err(error) => return self.found.findings.mismatched(error),
        };
        if found == 0 && !self.take_empty_mark() && len != Some(0) && self.place.has_own_level() {
            return self.missing();
        }
        if let Some(len) = len
            && len != found
        {
            let message = format!("expected a list of {len} items, found {found}");
            self.problem(Error::new(ErrorKind::Shape, message));
        }
        for index in 0..found {
            let place = self.place.item(&index.to_string(), &self.source.names);
            self.at_with(place, type_name, expect);
        }
    }

    /// Whether there is a file at all; without one the type is only described.
    pub(crate) fn is_file(&self) -> bool {
        self.archive().is_some()
    }

    /// Needs a `T` under a map's `key`.
    pub(crate) fn key<T: LoadNpz>(&mut self, key: &str) {
        self.at::<T>(self.place.item(key, &self.source.names));
    }

    /// Whether an array without items at this very place marks an empty list or map.
    pub(crate) fn take_empty_mark(&mut self) -> bool {
        if !self.place.has_own_level() {
            return false;
        }
        let Some(archive) = self.archive() else { return false };
        let Some(index) = self.source.names.find(&self.place.level) else { return false };
        let empty = archive.header(index).is_ok_and(|header| header.shape() == [0]);
        if empty {
            self.found.findings.used(index);
            self.found.findings.loaded(&self.place.level);
        }
        empty
    }

    /// Whether this is a level of its own, where an empty list or map leaves its mark.
    pub(crate) fn has_own_level(&self) -> bool {
        self.place.has_own_level()
    }
}

/// The name of a type without the pointers around it, which a type within itself needs.
fn pointee(type_name: &'static str) -> &'static str {
    let pointers =
        ["alloc::boxed::Box<", "alloc::rc::Rc<", "alloc::sync::Arc<", "core::option::Option<"];
    let inner =
        pointers.iter().find_map(|pointer| type_name.strip_prefix(pointer)?.strip_suffix('>'));
    inner.map_or(type_name, pointee)
}
