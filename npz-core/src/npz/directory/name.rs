//! The names of entries, and finding entries by them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashTable;

use super::{Entry, LENIENT};
use crate::error::{Error, ErrorKind, Result, Shown};
use crate::npz::entry::{SUFFIX, key};
use crate::npz::hash::NameHasher;

/// A member's name, in a text that the names of a directory share: one piece of memory for all.
#[derive(Clone)]
pub(super) struct Name {
    text: Option<Arc<str>>,
    range: Range<usize>,
}

impl Name {
    /// A name of its own.
    pub(super) fn new(name: &str) -> Self {
        Self { text: Some(name.into()), range: 0..name.len() }
    }

    /// A name that is added to `text`; empty until it is told that the text is complete.
    pub(super) fn added(name: &str, text: &mut String) -> Self {
        let start = text.len();
        text.push_str(name);
        Self { text: None, range: start..text.len() }
    }

    /// Says what the text has become.
    pub(super) fn complete(&mut self, text: &Arc<str>) {
        self.text = Some(Arc::clone(text));
    }

    pub(super) fn as_str(&self) -> &str {
        self.text.as_deref().and_then(|text| text.get(self.range.clone())).unwrap_or_default()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

/// The places of entries by their names. Whoever made the names knows nothing of the hasher's keys,
/// so no names can be chosen to collide.
#[derive(Clone, Debug)]
pub(super) struct ByName {
    hasher: NameHasher,
    places: HashTable<usize>,
    /// Whether all members are called as those of arrays are: then no name less its suffix is
    /// another member's.
    plain: bool,
}

impl ByName {
    /// Refuses two entries of one name: NumPy would take the last, others the first.
    pub(super) fn new(entries: &[Entry]) -> Result<Self> {
        let (hasher, mut places) = (NameHasher::default(), HashTable::new());
        let hash = |place: &usize| hasher.hash(entries.get(*place).map_or("", Entry::name));
        places.try_reserve(entries.len(), hash).map_err(|_| {
            let message = format!("can't allocate room for the names of {} entries", entries.len());
            Error::new(ErrorKind::Limit, message)
        })?;
        let mut plain = true;
        for (place, entry) in entries.iter().enumerate() {
            let name = entry.name();
            let same =
                |other: &usize| entries.get(*other).is_some_and(|other| other.name() == name);
            let hash = hasher.hash(name);
            if let Some(other) = places.find(hash, same).and_then(|other| entries.get(*other)) {
                let message = format!(
                    "two entries are named {}, at bytes {} and {} of the file{LENIENT}",
                    Shown(name),
                    other.offset,
                    entry.offset
                );
                return Err(Error::new(ErrorKind::Duplicate, message));
            }
            places.insert_unique(hash, place, |place| {
                hasher.hash(entries.get(*place).map_or("", Entry::name))
            });
            plain &= name.strip_suffix(SUFFIX).is_some_and(|key| !key.ends_with(SUFFIX));
        }
        Ok(Self { hasher, places, plain })
    }

    /// The place of the member of that very name.
    pub(super) fn find(&self, name: &str, entries: &[Entry]) -> Option<usize> {
        let same = |place: &usize| entries.get(*place).is_some_and(|entry| entry.name() == name);
        self.places.find(self.hasher.hash(name), same).copied()
    }

    /// Whether a member of that very name can be there.
    pub(super) fn may_be_member(&self, name: &str) -> bool {
        !self.plain || name.ends_with(SUFFIX)
    }

    /// What users call the member.
    pub(super) fn key<'e>(&self, member: &'e str, entries: &[Entry]) -> &'e str {
        let key = key(member);
        if !self.plain && self.find(key, entries).is_some() { member } else { key }
    }
}
