//! The index of an archive: what is where, under what name.

use std::ops::Range;

use super::LENIENT;
use super::by_name::{ByName, Names, Order};
use super::central::{self, plain};
use super::end::End;
use super::listed::{Entry, Kept};
use super::tiles::{Row, tile};
use crate::error::{Error, ErrorKind, Result, Shown};
use crate::limits::Limits;
use crate::npz::entry;
use crate::npz::record::CentralHeader;

/// The index of an archive: what is where, under what name.
///
/// The directory's bytes are the index: they were read in any case, and to put what they say into
/// memory of its own takes longer than to parse one header again when somebody asks for its entry.
#[derive(Debug)]
pub(crate) struct Directory {
    headers: Headers,
    /// Where each entry ends, unless that is where the next one starts.
    ends: Option<Vec<u64>>,
    by_name: ByName,
    start: u64,
}

/// The headers of a directory, which have been checked.
#[derive(Debug)]
struct Headers {
    bytes: Vec<u8>,
    /// Where each header starts in them.
    places: Vec<u32>,
    /// Those that don't say everything in their plain fields, in words that need no decoding; by the
    /// entry's index.
    odd: Vec<(usize, Kept)>,
}

impl Directory {
    /// Parses those of `bytes` which the end record says are the directory.
    pub(super) fn parse(
        mut bytes: Vec<u8>,
        mut range: Range<usize>,
        end: &End,
        limits: &Limits,
    ) -> Result<Self> {
        // The end of a file that has been read for a small one needn't stay.
        if bytes.len() / 2 > range.len() {
            bytes = bytes.get(range.clone()).unwrap_or_default().to_vec();
            range = 0..bytes.len();
        }
        let (mut places, mut odd) = (Vec::new(), Vec::new());
        // No more than the bytes that are there can hold, which has been checked.
        let count = usize::try_from(end.entries).map_err(|_| no_room(end))?;
        places.try_reserve_exact(count).map_err(|_| no_room(end))?;
        let (mut order, mut row, mut total) = (Order::new(), Row::new(), 0_u64);
        let mut rest = bytes.get(range.clone()).unwrap_or_default();
        while !rest.is_empty() {
            let at = end.directory.end - rest.len() as u64;
            let header = CentralHeader::parse(rest).map_err(|fault| central::broken(fault, at))?;
            if places.len() == places.capacity() {
                places.try_reserve(1).map_err(|_| no_room(end))?;
            }
            let place = u32::try_from(range.end - rest.len()).map_err(|_| no_room(end))?;
            let numbers = match plain(&header) {
                Some(numbers) => {
                    order.add(header.name);
                    numbers
                }
                None => {
                    let kept = Kept::new(&header, at)?;
                    match kept.raw_name {
                        None => order.add(header.name),
                        Some(_) => order.add_decoded(&kept.name),
                    }
                    let numbers = kept.numbers;
                    odd.push((places.len(), kept));
                    numbers
                }
            };
            places.push(place);
            row.add(numbers, header.name.len());
            total = total.saturating_add(numbers.size);
            rest = rest.get(header.len()..).unwrap_or_default();
        }
        let names = order.traits();
        let headers = Headers { bytes, places, odd };
        if headers.len() as u64 != end.entries {
            let message = format!(
                "the end record counts {} entries, but the directory has {}{LENIENT}",
                end.entries,
                headers.len()
            );
            return Err(Error::new(ErrorKind::Corrupt, message).with_offset(end.directory.start));
        }
        let by_name = ByName::new(&headers, names).map_err(|same| match same {
            Some(places) => duplicate(places.map(|place| headers.entry(place))),
            None => no_room(end),
        })?;
        let start = end.directory.start;
        let mut directory = Self { headers, ends: None, by_name, start };
        if !row.fills(start) {
            let mut entries: Vec<Entry<'_>> = directory.entries().collect();
            tile(&mut entries, start)?;
            directory.ends = Some(entries.iter().map(|entry| entry.end).collect());
        }
        check_total(std::iter::once(total), limits)?;
        Ok(directory)
    }

    /// The number of entries.
    pub(crate) fn len(&self) -> usize {
        self.headers.len()
    }

    /// The entries in the order of the directory.
    pub(crate) fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        (0..self.len()).map(|index| self.entry(index))
    }

    /// The entry at `index`, which is less than [`len`](Self::len), but for its end.
    #[inline]
    pub(crate) fn endless(&self, index: usize) -> Entry<'_> {
        self.headers.entry(index)
    }

    /// The entry at `index`, which is less than [`len`](Self::len).
    pub(crate) fn entry(&self, index: usize) -> Entry<'_> {
        let mut entry = self.headers.entry(index);
        entry.numbers.end = match &self.ends {
            Some(ends) => ends[index],
            None if index + 1 < self.len() => self.headers.offset(index + 1),
            None => self.start,
        };
        entry
    }

    /// The name of its member, with `.npy`.
    pub(crate) fn member_name(&self, index: usize) -> &str {
        central::plain_name(self.headers.bytes(index))
    }

    /// Where the directory starts, which is where the last entry ends.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// The index of the entry that NumPy would find: the member of that very name, else the one
    /// of that name and `.npy`.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        // Where all members are called as those of arrays are, only one whose name says so is found by it.
        let bare = self.by_name.may_be_member(name).then(|| self.member(name)).flatten();
        bare.or_else(|| self.member(&entry::member(name)))
    }

    /// The index of the entry of that very name.
    pub(crate) fn member(&self, name: &str) -> Option<usize> {
        self.by_name.find(name, &self.headers)
    }

    /// The name that users see. It is unique, and [`find`](Self::find) finds the entry by it: the
    /// member's name less one `.npy`, or all of it if another member has that shorter name.
    pub(crate) fn key(&self, index: usize) -> &str {
        self.key_of(self.member_name(index))
    }

    /// The same of a member that is there.
    pub(crate) fn key_of<'m>(&self, member: &'m str) -> &'m str {
        self.by_name.key(member, &self.headers)
    }
}

impl Headers {
    #[inline]
    fn odd(&self, index: usize) -> Option<&Kept> {
        if self.odd.is_empty() {
            return None;
        }
        let at = self.odd.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        self.odd.get(at).map(|(_, kept)| kept)
    }

    /// The bytes that a header starts with. They have been parsed before.
    #[inline]
    fn from(&self, index: usize) -> &[u8] {
        let place = usize::try_from(self.places[index]).unwrap_or(usize::MAX);
        self.bytes.get(place..).unwrap_or_default()
    }

    /// An entry but for where it ends.
    fn entry(&self, index: usize) -> Entry<'_> {
        match self.odd(index) {
            Some(kept) => kept.entry(),
            None => Entry::plain(&CentralHeader::parse(self.from(index)).unwrap_or_default()),
        }
    }

    fn offset(&self, index: usize) -> u64 {
        match self.odd(index) {
            Some(kept) => kept.numbers.offset,
            None => CentralHeader::offset_in(self.from(index)).unwrap_or_default().into(),
        }
    }
}

impl Names for Headers {
    fn len(&self) -> usize {
        self.places.len()
    }

    #[inline]
    fn bytes(&self, place: usize) -> &[u8] {
        match self.odd(place) {
            Some(kept) => kept.name.as_bytes(),
            None => CentralHeader::name_in(self.from(place)).unwrap_or_default(),
        }
    }
}

/// Holds what all entries together declare against the limit, before any of them is unpacked.
pub(crate) fn check_total(sizes: impl Iterator<Item = u64>, limits: &Limits) -> Result<()> {
    let total = sizes.fold(0, u64::saturating_add);
    if total <= limits.total_bytes {
        return Ok(());
    }
    let message = format!(
        "the archive's entries take {total} bytes unpacked, more than the {} allowed \
         (Limits::total_bytes)",
        limits.total_bytes
    );
    Err(Error::new(ErrorKind::Limit, message))
}

/// Refuses two entries of one name: NumPy would take the last, others the first.
pub(super) fn duplicate([one, other]: [Entry<'_>; 2]) -> Error {
    let message = format!(
        "two entries are named {}, at bytes {} and {} of the file{LENIENT}",
        Shown(one.name()),
        one.offset,
        other.offset
    );
    Error::new(ErrorKind::Duplicate, message)
}

#[cold]
pub(super) fn no_room(end: &End) -> Error {
    let message = format!("can't allocate room for {} entries", end.entries);
    Error::new(ErrorKind::Limit, message)
}
