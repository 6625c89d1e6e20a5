//! Finding entries by their names.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;

use crate::npz::entry::{SUFFIX, key};
use crate::npz::hash::NameHasher;

/// As many names are searched for among sorted ones. Then it looks as if many were wanted, which a
/// table finds faster.
const SEARCHES: usize = 16;

/// The names of entries, by their places in the directory.
pub(super) trait Names {
    fn len(&self) -> usize;

    /// The bytes of the name at `place` in UTF-8.
    fn bytes(&self, place: usize) -> &[u8];
}

/// The places of entries by their names. Whoever made the names knows nothing of the hasher's keys,
/// so no names can be chosen to collide.
#[derive(Debug)]
pub(super) struct ByName {
    names: Traits,
    searches: AtomicUsize,
    /// Made when it is needed; `None` if there is no memory for it.
    table: OnceLock<Option<Table>>,
}

/// What can be seen of names while they come by, in the order of the directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits {
    /// Whether each is greater than the one before it, as those of maps that were saved are: then
    /// no two are the same, and a few are found without a table.
    sorted: bool,
    /// Whether all members are called as those of arrays are: then no name less its suffix is
    /// another member's.
    plain: bool,
}

/// Looks at them.
#[derive(Debug)]
pub(super) struct Order<'n> {
    last: Option<&'n [u8]>,
    traits: Traits,
}

impl<'n> Order<'n> {
    pub(super) fn new() -> Self {
        Self { last: None, traits: Traits { sorted: true, plain: true } }
    }

    #[inline]
    pub(super) fn add(&mut self, name: &'n [u8]) {
        self.traits.sorted &= self.last.is_none_or(|last| precedes(last, name));
        self.traits.plain &= is_plain(name);
        self.last = Some(name);
    }

    /// The next name, which isn't at hand for long.
    pub(super) fn add_decoded(&mut self, name: &str) {
        self.traits =
            Traits { sorted: false, plain: self.traits.plain && is_plain(name.as_bytes()) };
    }

    pub(super) fn traits(&self) -> Traits {
        self.traits
    }
}

/// Whether `one` comes before `other`: mostly their first or second eight bytes say so.
#[inline]
fn precedes(one: &[u8], other: &[u8]) -> bool {
    let ((ones, _), (others, _)) = (one.as_chunks::<8>(), other.as_chunks());
    let words = ones.iter().zip(others);
    match words.map(|(a, b)| (u64::from_be_bytes(*a), u64::from_be_bytes(*b))).find(|(a, b)| a != b)
    {
        Some((a, b)) => a < b,
        None => one < other,
    }
}

/// Whether a member is called as that of an array is, whose own name doesn't end so.
#[inline]
fn is_plain(name: &[u8]) -> bool {
    let suffix = SUFFIX.as_bytes();
    name.strip_suffix(suffix).is_some_and(|key| !key.ends_with(suffix))
}

impl ByName {
    /// The places of names, of which two must not be the same.
    ///
    /// # Errors
    /// The places of the first pair that is, by its second; or none, if there is no memory.
    pub(super) fn new(names: &impl Names, traits: Traits) -> Result<Self, Option<[usize; 2]>> {
        let table = match traits.sorted {
            true => OnceLock::new(),
            false => OnceLock::from(Some(Table::new(names)?)),
        };
        Ok(Self { names: traits, searches: AtomicUsize::new(0), table })
    }

    /// The place of the member of that very name.
    pub(super) fn find(&self, name: &str, names: &impl Names) -> Option<usize> {
        let name = name.as_bytes();
        let table = match self.table.get() {
            Some(table) => table.as_ref(),
            None if self.searches.fetch_add(1, Ordering::Relaxed) < SEARCHES => None,
            None => self.table.get_or_init(|| Table::new(names).ok()).as_ref(),
        };
        if let Some(table) = table {
            return table.find(name, names);
        }
        let (mut from, mut to) = (0, names.len());
        while from < to {
            let middle = from + (to - from) / 2;
            match names.bytes(middle).cmp(name) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// Whether a member of that very name can be there.
    pub(super) fn may_be_member(&self, name: &str) -> bool {
        !self.names.plain || name.ends_with(SUFFIX)
    }

    /// What users call the member.
    pub(super) fn key<'m>(&self, member: &'m str, names: &impl Names) -> &'m str {
        let key = key(member);
        if !self.names.plain && self.find(key, names).is_some() { member } else { key }
    }
}

#[derive(Debug)]
struct Table {
    hasher: NameHasher,
    places: HashTable<u32>,
}

impl Table {
    fn new(names: &impl Names) -> Result<Self, Option<[usize; 2]>> {
        let (hasher, mut places) = (NameHasher::default(), HashTable::new());
        let name = |place: &u32| names.bytes(to_usize(*place));
        let count = u32::try_from(names.len()).map_err(|_| None)?;
        let rehash = |place: &u32| hasher.hash_bytes(name(place));
        places.try_reserve(names.len(), rehash).map_err(|_| None)?;
        for place in 0..count {
            let bytes = name(&place);
            let same = |other: &u32| name(other) == bytes;
            match places.entry(hasher.hash_bytes(bytes), same, rehash) {
                Slot::Vacant(slot) => {
                    slot.insert(place);
                }
                Slot::Occupied(other) => return Err(Some([*other.get(), place].map(to_usize))),
            }
        }
        Ok(Self { hasher, places })
    }

    fn find(&self, name: &[u8], names: &impl Names) -> Option<usize> {
        let same = |place: &u32| names.bytes(to_usize(*place)) == name;
        self.places.find(self.hasher.hash_bytes(name), same).copied().map(to_usize)
    }
}

fn to_usize(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
