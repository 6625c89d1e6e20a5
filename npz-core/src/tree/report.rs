//! Everything that kept a value from being loaded, in one error.

use super::names::Names;
use crate::error::{Error, ErrorKind, short_name};
use crate::nearest::nearest;

/// Most problems that the one line tells; [`Error::errors`] has all of them.
const MOST_SHOWN: usize = 40;

/// Most missing names for which a like one is looked for.
const MOST_COMPARED: usize = 200;

/// The problems found so far, and the entries that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    errors: Vec<Error>,
    missing: Vec<String>,
    used: Vec<bool>,
}

impl Problems {
    pub(crate) fn new(entries: usize) -> Self {
        Self { used: vec![false; entries], ..Self::default() }
    }

    pub(crate) fn add(&mut self, error: Error) {
        self.errors.push(error);
    }

    pub(crate) fn missing(&mut self, name: &str) {
        self.missing.push(name.to_owned());
    }

    /// Notes that somebody takes an entry. Nobody else may: saved again, it would be there twice.
    pub(crate) fn used(&mut self, index: usize, name: &str) {
        let twice = self.used.get_mut(index).is_some_and(|used| std::mem::replace(used, true));
        if twice {
            let message = "two fields of the type take this entry";
            self.add(Error::new(ErrorKind::Duplicate, message).with_entry(name));
        }
    }

    /// The one error, or nothing if the file has all that a `T` needs.
    pub(crate) fn into_error<T>(self, names: &Names<'_>, allow_unexpected: bool) -> Option<Error> {
        let Self { mut errors, missing, used } = self;
        let unused: Vec<&str> = names
            .all()
            .iter()
            .filter(|(_, index)| used.get(*index) == Some(&false))
            .map(|(name, _)| *name)
            .collect();
        for (n, name) in missing.iter().enumerate() {
            let near = if n < MOST_COMPARED { nearest(name, &unused) } else { None };
            let message = match near {
                Some(near) => format!("missing; the nearest name in the file is {near:?}"),
                None => "missing".to_owned(),
            };
            errors.push(Error::new(ErrorKind::NotFound, message).with_entry(name));
        }
        if !allow_unexpected {
            errors.extend(unused.iter().map(|name| {
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
