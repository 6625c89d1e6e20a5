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
//!     match reader.step(bytes)? {
//!         Step::Need(range) => bytes = read(range)?,
//!         Step::Done(directory) => break directory,
//!     }
//! };
//! ```

mod by_name;
mod central;
mod end;
mod forward;
mod index;
mod listed;
mod local;
#[cfg(test)]
mod tests;
mod tiles;

use std::ops::Range;

use self::end::End;
pub(crate) use self::forward::{Announced, Ending, Seen};
pub(crate) use self::index::Directory;
#[cfg(any(feature = "zip", test))]
pub(crate) use self::index::check_total;
pub(crate) use self::listed::Entry;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// Ends the message of every error that `np.load` might not have made of the same file.
const LENIENT: &str = "; np.load may open it: try LoadOptions::lenient";

/// What a [`DirectoryReader`] wants.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one for each archive")]
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
    /// Bytes that were handed over before and follow those asked for.
    behind: Vec<u8>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nothing asked yet.
    New,
    /// Asked for the end of the file.
    Tail,
    /// Asked for the directory, or what of it didn't come with the end of the file.
    Directory(End),
    /// Asked for the first bytes, to say what the file is, since it isn't an archive.
    Head,
}

impl DirectoryReader {
    /// A reader for a file of `len` bytes.
    pub(crate) fn new(len: u64, limits: &Limits) -> Self {
        Self { len, limits: limits.clone(), asked: 0..0, behind: Vec::new(), state: State::New }
    }

    /// Takes the bytes of the range asked for by the last call (none at the first call).
    pub(crate) fn step(&mut self, mut bytes: Vec<u8>) -> Result<Step> {
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
            State::New if self.len == 0 => Err(no_end_record(&bytes)),
            State::New => {
                let start = self.len.saturating_sub(end::TAIL);
                Ok(self.ask(start..self.len, State::Tail))
            }
            State::Tail => match end::find(&bytes, self.asked.start)? {
                Some(end) => self.directory(bytes, end),
                None if self.asked.start == 0 => Err(no_end_record(&bytes)),
                None => Ok(self.ask(0..8, State::Head)),
            },
            State::Directory(end) => {
                let behind = std::mem::take(&mut self.behind);
                bytes.try_reserve_exact(behind.len()).map_err(|_| index::no_room(&end))?;
                bytes.extend_from_slice(&behind);
                self.directory(bytes, end)
            }
            State::Head => Err(no_end_record(&bytes)),
        }
    }

    fn ask(&mut self, range: Range<u64>, state: State) -> Step {
        self.asked = range.clone();
        self.state = state;
        Step::Need(range)
    }

    /// Parses the directory if it is among `bytes`, which start with what was asked for, else asks for
    /// what is missing.
    fn directory(&mut self, bytes: Vec<u8>, end: End) -> Result<Step> {
        end.check_entries(&self.limits)?;
        let within = |at: u64| usize::try_from(at.checked_sub(self.asked.start)?).ok();
        if let (Some(from), Some(to)) = (within(end.directory.start), within(end.directory.end))
            && to <= bytes.len()
        {
            return Directory::parse(bytes, from..to, &end, &self.limits).map(Step::Done);
        }
        let missing = end.directory.start..end.directory.end.min(self.asked.start);
        // It ends at the end records, so these bytes are its own, and what is behind them.
        self.behind = bytes;
        Ok(self.ask(missing, State::Directory(end)))
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
