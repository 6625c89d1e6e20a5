//! The index of an archive, read strictly from its end, without I/O.
//!
//! A zip file can be read in more than one way: from the front or from the back, by the local
//! headers or by the central ones, by the first end record or by the last. Where these ways
//! disagree, two programs see two different archives in one file, and one of them may be an
//! attacker's. So this reader takes only files that all readers must see alike:
//!
//! - one end record, whose comment ends where the file ends, and zip64 records, if any, that say
//!   the same ([`end`]);
//! - a directory exactly where the end record says, up to that record, of as many entries as it
//!   says ([`central`]), no two of one name;
//! - entries that tile the file from its first byte up to the directory: no overlap, no gap. When
//!   the archive is opened this can be checked only up to the length of the extra fields in each
//!   local header, and is checked exactly with that header ([`local`]), which must repeat what
//!   the directory says.
//!
//! What one entry alone is to blame for (an unknown method, encryption, a wrong local header) is
//! an error of that entry when it is read, and the others still load.
//!
//! [`DirectoryReader`] asks for byte ranges and is handed bytes, so that a file, a map, a slice and
//! an object store are read by the same code:
//!
//! ```ignore
//! let mut reader = DirectoryReader::new(len, &limits);
//! let mut bytes = Vec::new();
//! let directory = loop {
//!     match reader.step(&bytes)? {
//!         Step::Need(range) => bytes = read(range)?,
//!         Step::Done(directory) => break directory,
//!     }
//! };
//! ```

mod central;
mod end;
mod forward;
mod local;
mod name;
#[cfg(test)]
mod tests;

use std::ops::Range;

use self::central::Widened;
use self::end::End;
pub(crate) use self::forward::{Announced, Ending, Seen};
use self::name::{ByName, Name};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::npz::entry;
use crate::npz::method::Method;
use crate::npz::record::{CentralHeader, LocalHeader, flag};

/// Ends the message of every error that `np.load` might not have made of the same file.
const LENIENT: &str = "; np.load may open it: try LoadOptions::lenient";

/// What a [`DirectoryReader`] wants.
#[derive(Debug)]
pub(crate) enum Step {
    /// To be called again with these bytes of the file, never an empty range, never beyond its end.
    Need(Range<u64>),
    /// Nothing more.
    Done(Directory),
}

/// Reads a directory in a few steps: one for most files, two if directory and end records take
/// more than 64 KiB.
#[derive(Debug)]
pub(crate) struct DirectoryReader {
    len: u64,
    limits: Limits,
    asked: Range<u64>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nothing asked yet.
    New,
    /// Asked for the end of the file.
    Tail,
    /// Asked for the directory, which didn't come with the end of the file.
    Directory(End),
    /// Asked for the first bytes, to say what the file is, since it isn't an archive.
    Head,
}

impl DirectoryReader {
    /// A reader for a file of `len` bytes.
    pub(crate) fn new(len: u64, limits: &Limits) -> Self {
        Self { len, limits: limits.clone(), asked: 0..0, state: State::New }
    }

    /// Takes the bytes of the range asked for by the last call (none at the first call).
    pub(crate) fn step(&mut self, bytes: &[u8]) -> Result<Step> {
        if bytes.len() as u64 != self.asked.end - self.asked.start {
            return Err(Error::new(
                ErrorKind::Truncated,
                format!(
                    "expected {} bytes of the archive, found {}; the file changes while it is read",
                    self.asked.end - self.asked.start,
                    bytes.len()
                ),
            )
            .with_offset(self.asked.start));
        }
        match std::mem::replace(&mut self.state, State::New) {
            State::New if self.len == 0 => Err(no_end_record(bytes)),
            State::New => {
                let start = self.len.saturating_sub(end::TAIL);
                Ok(self.ask(start..self.len, State::Tail))
            }
            State::Tail => match end::find(bytes, self.asked.start)? {
                Some(end) => self.directory(bytes, end),
                None if self.asked.start == 0 => Err(no_end_record(bytes)),
                None => Ok(self.ask(0..8, State::Head)),
            },
            State::Directory(end) => self.directory(bytes, end),
            State::Head => Err(no_end_record(bytes)),
        }
    }

    fn ask(&mut self, range: Range<u64>, state: State) -> Step {
        self.asked = range.clone();
        self.state = state;
        Step::Need(range)
    }

    /// Parses the directory if it is among `bytes`, else asks for it.
    fn directory(&mut self, bytes: &[u8], end: End) -> Result<Step> {
        end.check_entries(&self.limits)?;
        let within = |at: u64| usize::try_from(at.checked_sub(self.asked.start)?).ok();
        if let (Some(from), Some(to)) = (within(end.directory.start), within(end.directory.end))
            && let Some(bytes) = bytes.get(from..to)
        {
            return Directory::parse(bytes, end, &self.limits).map(Step::Done);
        }
        Ok(self.ask(end.directory.clone(), State::Directory(end)))
    }
}

/// Says what a file without an end record is, as far as its first bytes tell.
fn no_end_record(head: &[u8]) -> Error {
    let (kind, message) = match head {
        [] => (ErrorKind::Corrupt, "not an npz file: it is empty"),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => {
            (ErrorKind::Corrupt, "not an npz file but a single npy array: use read_npy")
        }
        [0x80, ..] => (
            ErrorKind::Corrupt,
            "not an npz file but, it seems, a Python pickle, which is never read",
        ),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => (
            ErrorKind::Truncated,
            "the archive is cut short: it begins like an npz file, but has no end record at its end",
        ),
        _ => (
            ErrorKind::Corrupt,
            "not an npz file: it has no zip end record and doesn't begin like a zip file either",
        ),
    };
    Error::new(kind, message)
}

/// The index of an archive: what is where, under what name.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    /// In the order of the directory.
    entries: Vec<Entry>,
    by_name: ByName,
    start: u64,
}

impl Directory {
    /// Parses `bytes`, which the end record says are the directory.
    fn parse(bytes: &[u8], end: End, limits: &Limits) -> Result<Self> {
        let no_room = || {
            let message = format!("can't allocate room for {} entries", end.entries);
            Error::new(ErrorKind::Limit, message)
        };
        let (mut entries, mut names) = (Vec::new(), String::new());
        // No more than the bytes that are there can hold, which has been checked.
        let count = usize::try_from(end.entries).map_err(|_| no_room())?;
        entries.try_reserve_exact(count).map_err(|_| no_room())?;
        let mut rest = bytes;
        while !rest.is_empty() {
            let at = end.directory.end - rest.len() as u64;
            let header = CentralHeader::parse(rest).map_err(|fault| central::broken(fault, at))?;
            if entries.len() == entries.capacity() {
                entries.try_reserve(1).map_err(|_| no_room())?;
            }
            entries.push(Entry::new(&header, at, |name| Name::added(name, &mut names))?);
            rest = rest.get(header.len()..).unwrap_or_default();
        }
        let names = names.into();
        entries.iter_mut().for_each(|entry| entry.name.complete(&names));
        if entries.len() as u64 != end.entries {
            let message = format!(
                "the end record counts {} entries, but the directory has {}{LENIENT}",
                end.entries,
                entries.len()
            );
            return Err(Error::new(ErrorKind::Corrupt, message).with_offset(end.directory.start));
        }
        let by_name = ByName::new(&entries)?;
        tile(&mut entries, end.directory.start)?;
        check_total(entries.iter().map(Entry::size), limits)?;
        Ok(Self { entries, by_name, start: end.directory.start })
    }

    /// The entries in the order of the directory.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
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
        self.by_name.find(name, &self.entries)
    }

    /// The name that users see. It is unique, and [`find`](Self::find) finds the entry by it: the
    /// member's name less one `.npy`, or all of it if another member has that shorter name.
    pub(crate) fn key<'a>(&self, entry: &'a Entry) -> &'a str {
        self.by_name.key(entry.name(), &self.entries)
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

/// Gives every entry its end and checks that they fill the file from its start to the directory,
/// as far as the directory alone can tell.
fn tile(entries: &mut [Entry], directory: u64) -> Result<()> {
    let mut order: Vec<&mut Entry> = entries.iter_mut().collect();
    order.sort_by_key(|entry| entry.offset);
    if let Some(last) = order.last()
        && last.offset >= directory
    {
        let at = last.offset;
        let message = format!(
            "it should start at byte {at} of the file, but the directory does at byte {directory}"
        );
        return Err(last.at_open(ErrorKind::Corrupt, message));
    }
    let first = order.first().map_or(directory, |entry| entry.offset);
    if first != 0 {
        let message = format!("the first {first} bytes belong to no entry{LENIENT}");
        return Err(Error::new(ErrorKind::Corrupt, message).with_offset(0));
    }
    let ends: Vec<u64> =
        order.iter().skip(1).map(|entry| entry.offset).chain([directory]).collect();
    for (entry, end) in order.into_iter().zip(ends) {
        entry.end = end;
        entry.check_span()?;
    }
    Ok(())
}

/// One entry of an archive, as the directory describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    name: Name,
    /// The name's bytes, if they aren't those of `name`.
    raw_name: Option<Box<[u8]>>,
    needed: u16,
    flags: u16,
    method: Method,
    crc: u32,
    compressed: u64,
    size: u64,
    offset: u64,
    end: u64,
    widened: Widened,
    marks: Box<[u8]>,
}

impl Entry {
    /// The member's name, with its `.npy`.
    pub(crate) fn name(&self) -> &str {
        self.name.as_str()
    }

    pub(crate) fn method(&self) -> Method {
        self.method
    }

    /// The CRC-32 of the uncompressed bytes.
    pub(crate) fn crc(&self) -> u32 {
        self.crc
    }

    /// How many bytes it takes in the file, without headers.
    pub(crate) fn compressed_size(&self) -> u64 {
        self.compressed
    }

    /// How many bytes it has uncompressed, npy header included.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Where its segments are said to start, see `deflate::marks`; empty if it isn't said.
    pub(crate) fn marks(&self) -> &[u8] {
        &self.marks
    }

    /// Its part of the file: local header, data and, if there is one, data descriptor.
    pub(crate) fn span(&self) -> Range<u64> {
        self.offset..self.end
    }

    fn raw_name(&self) -> &[u8] {
        self.raw_name.as_deref().unwrap_or(self.name().as_bytes())
    }

    fn has_descriptor(&self) -> bool {
        self.flags & flag::DESCRIPTOR != 0
    }

    /// Checks that the space up to the next thing is no smaller than what the entry takes, and
    /// no larger than extra fields and a data descriptor can explain.
    fn check_span(&self) -> Result<()> {
        let least = (LocalHeader::LEN + self.raw_name().len()) as u64
            + if self.has_descriptor() { 12 } else { 0 };
        let slack = u64::from(u16::MAX) + if self.has_descriptor() { 24 - 12 } else { 0 };
        let space = self.end.saturating_sub(self.offset);
        let problem = match space
            .checked_sub(least)
            .and_then(|space| space.checked_sub(self.compressed))
        {
            Some(rest) if rest <= slack => return Ok(()),
            Some(_) => format!("they are too far apart for its size of {} bytes", self.compressed),
            None => format!("it overlaps what follows, with its size of {} bytes", self.compressed),
        };
        Err(self.at_open(
            ErrorKind::Corrupt,
            format!(
                "it starts at byte {} of the file and the next thing at byte {}: {problem}{LENIENT}",
                self.offset, self.end
            ),
        ))
    }

    /// An error of this entry that is found before users see it.
    fn at_open(&self, kind: ErrorKind, message: String) -> Error {
        Error::new(kind, message).with_entry(entry::key(self.name()))
    }
}

/// Where the parts of an entry are in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    /// Its packed bytes.
    pub(crate) data: Range<u64>,
    /// The data descriptor, for [`Entry::check_descriptor`]; empty if there is none.
    pub(crate) descriptor: Range<u64>,
}
