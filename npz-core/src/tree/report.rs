//! How a file and a type fit together: everything that was loaded, missing, unexpected or
//! mismatched.

use std::collections::HashSet;
use std::fmt;

use super::names::Names;
use crate::error::{Error, ErrorKind, short_name};
use crate::nearest::nearest;

/// Most problems that an error's one line tells; [`Error::errors`] has all of them.
const MOST_SHOWN: usize = 40;

/// Most missing names for which a like one is looked for.
const MOST_COMPARED: usize = 200;

/// How a file's entries and a type's fields fit together.
///
/// Given by [`load_npz_report`](crate::LoadNpz::load_npz_report),
/// [`update_from_npz`](crate::LoadNpz::update_from_npz) and
/// [`check_npz`](crate::LoadNpz::check_npz). Its `Display` is a small table for people.
///
/// ```
/// use npz_core::ndarray::{Array1, arr1};
/// use npz_core::{LoadNpz, LoadOptions, savez};
///
/// #[derive(LoadNpz)]
/// struct Model { weight: Array1<f32>, bias: Array1<f32> }
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("m.npz");
/// savez!(&path, weight = arr1(&["a".to_owned()]), bais = arr1(&[1.0_f32]), step = 3)?;
/// let report = Model::check_npz(&path, &LoadOptions::new())?;
/// assert!(!report.is_match());
/// assert_eq!(report.to_string(), "\
/// missing 1:
///   bias (the nearest name in the file is bais)
/// mismatched 1:
///   weight: expected dtype '<f4' (f32), found '<U1' (str32)
/// unexpected 2:
///   bais
///   step");
/// # Ok::<(), npz_core::Error>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Default)]
pub struct LoadReport {
    /// The entries that the type takes, in the order in which it takes them.
    pub loaded: Vec<String>,
    /// What the type needs and the file doesn't have.
    pub missing: Vec<Missing>,
    /// The entries that the type has no place for.
    pub unexpected: Vec<String>,
    /// What is wrong with entries that the type would take; each says which.
    pub mismatched: Vec<Error>,
}

/// An entry that a type needs and the file doesn't have.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The entry's name.
    pub name: String,
    /// The path of the field that it is for, such as `layers[0].weight`.
    pub field: String,
    /// The entry of the file that may have been meant.
    pub nearest: Option<String>,
    /// Whether it is a list or map, of which not even the mark of an empty one is there.
    of_many: bool,
}

impl LoadReport {
    /// Whether the file has all that the type takes, and nothing else.
    #[must_use]
    pub fn is_match(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.mismatched.is_empty()
    }

    /// The one error, if what is wrong is more than what is allowed.
    pub(crate) fn error<T>(&self, allow_missing: bool, allow_unexpected: bool) -> Option<Error> {
        let mut errors: Vec<Error> = self.mismatched.iter().map(Error::duplicate).collect();
        if !allow_missing {
            errors.extend(self.missing.iter().map(Missing::error));
        }
        if !allow_unexpected {
            errors.extend(self.unexpected.iter().map(|name| {
                let message = "unexpected (LoadOptions::allow_unexpected passes over it)";
                Error::new(ErrorKind::Name, message).with_entry(name)
            }));
        }
        if errors.is_empty() {
            return None;
        }
        let lines: Vec<String> = errors.iter().take(MOST_SHOWN).map(Error::to_string).collect();
        let mut message = format!("doesn't match {}: {}", short_name::<T>(), lines.join("; "));
        if errors.len() > MOST_SHOWN {
            message.push_str(&format!("; and {} more", errors.len() - MOST_SHOWN));
        }
        Some(Error::new(ErrorKind::Mismatch, message).with_errors(errors))
    }
}

impl Missing {
    fn error(&self) -> Error {
        let message = match &self.nearest {
            Some(near) => format!("missing; the nearest name in the file is {near:?}"),
            None if self.of_many => {
                "missing a list or map (saved empty, it would be an array of shape (0,))".to_owned()
            }
            None => "missing".to_owned(),
        };
        Error::new(ErrorKind::NotFound, message).with_entry(&self.name).with_field(&self.field)
    }
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        if !self.loaded.is_empty() {
            let plural = if self.loaded.len() == 1 { "entry" } else { "entries" };
            lines.push(format!("loaded {} {plural}", self.loaded.len()));
        }
        let mut group = |title: &str, items: Vec<String>| {
            if !items.is_empty() {
                lines.push(format!("{title} {}:", items.len()));
                lines.extend(items.into_iter().map(|item| format!("  {item}")));
            }
        };
        let missing = |missing: &Missing| match &missing.nearest {
            Some(near) => format!("{} (the nearest name in the file is {near})", missing.name),
            None => missing.name.clone(),
        };
        group("missing", self.missing.iter().map(missing).collect());
        let mismatched = |error: &Error| match error.entry() {
            Some(entry) => format!("{entry}: {}", error.message()),
            None => error.to_string(),
        };
        group("mismatched", self.mismatched.iter().map(mismatched).collect());
        group("unexpected", self.unexpected.clone());
        f.write_str(if lines.is_empty() { "nothing to load" } else { "" })?;
        f.write_str(&lines.join("\n"))
    }
}

/// What has been found so far while a type was held against a file.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    report: LoadReport,
    used: Vec<bool>,
    /// The names in `report.loaded`, once an entry was taken twice.
    names: Option<HashSet<String>>,
}

impl Findings {
    pub(crate) fn new(entries: usize) -> Self {
        Self { used: vec![false; entries], ..Self::default() }
    }

    pub(crate) fn mismatched(&mut self, error: Error) {
        self.report.mismatched.push(error);
    }

    /// An entry that is not there; or, `of_many`, a list or map.
    pub(crate) fn missing(&mut self, name: &str, field: &str, of_many: bool) {
        let (name, field) = (name.to_owned(), field.to_owned());
        self.report.missing.push(Missing { name, field, nearest: None, of_many });
    }

    /// The entry at `index` has found its place; says whether it is the first time.
    pub(crate) fn used(&mut self, index: usize) -> bool {
        self.used.get_mut(index).is_some_and(|used| !std::mem::replace(used, true))
    }

    pub(crate) fn loaded(&mut self, name: &str) {
        self.report.loaded.push(name.to_owned());
        if let Some(names) = &mut self.names {
            names.insert(name.to_owned());
        }
    }

    /// Whether an entry has been taken under this very name.
    pub(crate) fn has_loaded(&mut self, name: &str) -> bool {
        let loaded = &self.report.loaded;
        self.names.get_or_insert_with(|| loaded.iter().cloned().collect()).contains(name)
    }

    /// Adds what can be known only at the end: who was never asked for, and who was meant.
    pub(crate) fn into_report(self, names: &Names<'_>) -> LoadReport {
        let Self { mut report, used, .. } = self;
        let unused: Vec<&str> = names
            .all()
            .filter(|(_, index)| used.get(*index) == Some(&false))
            .map(|(name, _)| name)
            .collect();
        for missing in report.missing.iter_mut().take(MOST_COMPARED) {
            missing.nearest = nearest(&missing.name, &unused).map(str::to_owned);
        }
        report.unexpected = unused.into_iter().map(str::to_owned).collect();
        report
    }
}
