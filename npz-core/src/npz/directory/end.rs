//! The records at the end of an archive: where the directory is, and how many entries it has.

use std::ops::Range;

use super::LENIENT;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::npz::record::{CentralHeader, EndRecord, Zip64EndRecord, Zip64Locator};

/// As many bytes of a file's end as hold all its end records, with the longest comment.
pub(super) const TAIL: u64 =
    (Zip64EndRecord::LEN + Zip64Locator::LEN + EndRecord::LEN + MAX_COMMENT) as u64;

const MAX_COMMENT: usize = 0xFFFF;

/// What the end records say, once they agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) entries: u64,
    /// The bytes of the directory, which lie in the file.
    pub(super) directory: Range<u64>,
}

impl End {
    /// Checks the number of entries, and the directory's size, before anything is read or
    /// allocated for them.
    pub(super) fn check_entries(&self, limits: &Limits) -> Result<()> {
        let at = self.directory.start;
        if self.entries > limits.entries as u64 {
            let message = format!(
                "the archive has {} entries, more than the {} allowed (Limits::entries)",
                self.entries, limits.entries
            );
            return Err(Error::new(ErrorKind::Limit, message).with_offset(at));
        }
        let size = self.directory.end - self.directory.start;
        if size > limits.directory_bytes {
            let message = format!(
                "the archive's directory takes {size} bytes, more than the {} allowed \
                 (Limits::directory_bytes)",
                limits.directory_bytes
            );
            return Err(Error::new(ErrorKind::Limit, message).with_offset(at));
        }
        // An upper bound too, or one would be read of which the end record doesn't know.
        if self.entries.saturating_mul(CentralHeader::LEN as u64) > size {
            return Err(corrupt(
                at,
                format!(
                    "the end record counts {} entries, but the directory's {size} bytes are too \
                     few for them{LENIENT}",
                    self.entries
                ),
            ));
        }
        Ok(())
    }
}

/// Finds and checks the end records in the `tail` of a file, its last [`TAIL`] bytes or all of
/// them, which starts at byte `start`. `None` if there is no whole end record.
pub(super) fn find(tail: &[u8], start: u64) -> Result<Option<End>> {
    let Some(at) = find_end_record(tail, start)? else { return Ok(None) };
    let Some(Ok(end)) = tail.get(at..).map(EndRecord::parse) else { return Ok(None) };
    let locator = at.checked_sub(Zip64Locator::LEN).and_then(|locator_at| {
        let locator = Zip64Locator::parse(tail.get(locator_at..)?).ok()?;
        Some((locator, locator_at))
    });
    let claim = match locator {
        Some((locator, locator_at)) => zip64(tail, start, &end, &locator, locator_at)?,
        None => Claim {
            disk: end.disk.into(),
            directory_disk: end.directory_disk.into(),
            entries_here: end.entries_here.into(),
            entries: end.entries.into(),
            size: end.directory_size.into(),
            offset: end.directory_offset.into(),
            at: start + at as u64,
        },
    };
    claim.check().map(Some)
}

/// The position of the one end record. Readers search for it from either side, by its signature
/// alone or by its comment's length too: all of them must find the same.
fn find_end_record(tail: &[u8], start: u64) -> Result<Option<usize>> {
    let file_end = start + tail.len() as u64;
    // Where an end record at `at` says that the file ends.
    let ends_at = |at: usize| {
        let record = EndRecord::parse(tail.get(at..)?).ok()?;
        Some(start + at as u64 + EndRecord::LEN as u64 + u64::from(record.comment_len))
    };
    let mut signatures = tail
        .windows(EndRecord::SIGNATURE.len())
        .enumerate()
        .rev()
        .filter(|(_, window)| *window == EndRecord::SIGNATURE)
        .map(|(at, _)| at);
    let Some(last) = signatures.next() else { return Ok(None) };
    let at = start + last as u64;
    if let Some(other) = signatures.find(|&at| ends_at(at) == Some(file_end)) {
        let message = format!(
            "ambiguous archive: end records at bytes {} and {at}, the second in the comment of \
             the first{LENIENT}",
            start + other as u64
        );
        return Err(corrupt(at, message));
    }
    match ends_at(last) {
        None => Ok(None),
        Some(end) if end == file_end => Ok(Some(last)),
        Some(end) if end < file_end => {
            let message = format!(
                "the archive ends at byte {end}, but {} more bytes follow{LENIENT}",
                file_end - end
            );
            Err(corrupt(end, message))
        }
        Some(end) => {
            let message = format!(
                "the archive's comment is cut short: it should end at byte {end}, but the file \
                 does at byte {file_end}{LENIENT}"
            );
            Err(Error::new(ErrorKind::Truncated, message).with_offset(at))
        }
    }
}

/// What either record says of the directory.
struct Claim {
    disk: u64,
    directory_disk: u64,
    entries_here: u64,
    entries: u64,
    size: u64,
    offset: u64,
    /// Where the record itself stands, and the directory should end.
    at: u64,
}

impl Claim {
    fn check(self) -> Result<End> {
        let Self { disk, directory_disk, entries_here, entries, size, offset, at } = self;
        if (disk, directory_disk, entries_here) != (0, 0, entries) {
            let message = format!(
                "the end record says that this is part {disk} of several files, with \
                 {entries_here} of {entries} entries{LENIENT}"
            );
            return Err(corrupt(at, message));
        }
        if offset.checked_add(size) != Some(at) {
            let message = format!(
                "the end record doesn't stand at the end of the directory, which by its words has \
                 {size} bytes and starts at byte {offset}{LENIENT}"
            );
            return Err(corrupt(at, message));
        }
        Ok(End { entries, directory: offset..at })
    }
}

/// Checks the zip64 records against the plain one, whose fields are either the same or all ones.
fn zip64(
    tail: &[u8],
    start: u64,
    end: &EndRecord,
    locator: &Zip64Locator,
    locator_at: usize,
) -> Result<Claim> {
    let at = start + locator_at as u64;
    if (locator.disk, locator.disks) != (0, 1) {
        let message = format!(
            "the zip64 locator says that the directory is on part {} of {} files",
            locator.disk, locator.disks
        );
        return Err(corrupt(at, message));
    }
    // Some readers go where the locator points, some look right before it.
    let record_at = locator_at.checked_sub(Zip64EndRecord::LEN);
    let Some((record_at, Ok(record))) =
        record_at.and_then(|at| Some((at, Zip64EndRecord::parse(tail.get(at..)?))))
    else {
        let message = format!("no zip64 end record stands before its locator{LENIENT}");
        return Err(corrupt(at, message));
    };
    let record_at = start + record_at as u64;
    let ones16 = u64::from(u16::MAX);
    let ones32 = u64::from(u32::MAX);
    let position = (locator.record_offset, record_at);
    let length = (record.following, Zip64EndRecord::FOLLOWING);
    let disk = (record.disk.into(), u64::from(end.disk));
    let directory_disk = (record.directory_disk.into(), u64::from(end.directory_disk));
    let entries_here = (record.entries_here, u64::from(end.entries_here));
    let entries = (record.entries, u64::from(end.entries));
    let size = (record.directory_size, u64::from(end.directory_size));
    let offset = (record.directory_offset, u64::from(end.directory_offset));
    for (what, (wide, plain), unless) in [
        ("position", position, None),
        ("length", length, None),
        ("disk", disk, Some(ones16)),
        ("directory's disk", directory_disk, Some(ones16)),
        ("count of entries here", entries_here, Some(ones16)),
        ("count of entries", entries, Some(ones16)),
        ("directory's size", size, Some(ones32)),
        ("directory's offset", offset, Some(ones32)),
    ] {
        if wide != plain && Some(plain) != unless {
            let message =
                format!("the zip64 end record's {what}: found {wide}, expected {plain}{LENIENT}");
            return Err(corrupt(record_at, message));
        }
    }
    Ok(Claim {
        disk: record.disk.into(),
        directory_disk: record.directory_disk.into(),
        entries_here: record.entries_here,
        entries: record.entries,
        size: record.directory_size,
        offset: record.directory_offset,
        at: record_at,
    })
}

fn corrupt(at: u64, message: String) -> Error {
    Error::new(ErrorKind::Corrupt, message).with_offset(at)
}
