//! One header of the directory → [`Entry`] or, if that takes memory of its own, [`Kept`].

use std::borrow::Cow;

use super::LENIENT;
use super::listed::{Entry, Kept, Numbers};
use crate::error::{Error, ErrorKind, Result, shown_bytes};
use crate::npz::entry;
use crate::npz::method::Method;
use crate::npz::record::{
    CentralHeader, EndRecord, ExtraFields, Fault, Fields, Zip64EndRecord, Zip64Locator, extra,
    flag, host,
};

/// What a header says that needs no decoding: nothing of it stands in extra fields, and its name is
/// what it is. `None` for any other, and for all with which something is wrong.
#[inline]
pub(super) fn plain(header: &CentralHeader<'_>) -> Option<Numbers> {
    let says_all = header.compressed != u32::MAX
        && header.uncompressed != u32::MAX
        && header.offset != u32::MAX
        && header.disk == 0
        && (header.extra.is_empty() || Extras::parse(header.extra).is_ok_and(|all| all.is_empty()));
    // As nearly all are; others are as good if they are the UTF-8 that they are said to be.
    let is_text = is_ascii_text(header.name) || {
        header.flags & flag::UTF8 != 0
            && !header.name.contains(&0)
            && str::from_utf8(header.name).is_ok()
    };
    if !says_all || !is_text || check_kind(header, header.uncompressed.into()).is_err() {
        return None;
    }
    Some(plain_numbers(header))
}

/// Whether a name is ASCII without a NUL. Names are short: eight bytes at once.
fn is_ascii_text(name: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 0xFF;
    // The upper bit of a byte is set, or becomes so when it was zero. What is borrowed from the next
    // byte matters only where one is zero.
    let upper = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        word | word.wrapping_sub(ONES)
    };
    let (words, rest) = name.as_chunks();
    let mut all = words.iter().fold(0, |all, word| all | upper(word));
    all |= match name.last_chunk() {
        Some(last) => upper(last),
        None => rest.iter().fold(0, |all, &byte| all | u64::from(byte | byte.wrapping_sub(1))),
    };
    all & (ONES << 7) == 0
}

fn plain_numbers(header: &CentralHeader<'_>) -> Numbers {
    Numbers {
        needed: header.needed,
        flags: header.flags,
        method: Method::from_code(header.method),
        crc: header.crc,
        compressed: header.compressed.into(),
        size: header.uncompressed.into(),
        offset: header.offset.into(),
        end: 0,
        widened: Widened::No,
    }
}

/// The name of a [`plain`] header.
pub(super) fn plain_name(raw: &[u8]) -> &str {
    str::from_utf8(raw).unwrap_or_default()
}

impl<'d> Entry<'d> {
    /// The entry of a [`plain`] header, but for its end.
    pub(super) fn plain(header: &CentralHeader<'d>) -> Self {
        let numbers = plain_numbers(header);
        Self { decoded: None, raw_name: header.name, numbers, marks: &[] }
    }
}

impl Kept {
    /// The entry of a header that stands at byte `at` of the file. Its end is not known yet.
    pub(super) fn new(header: &CentralHeader<'_>, at: u64) -> Result<Self> {
        let refuse = |kind, problem: String| {
            let name = shown_bytes(header.name);
            let message = format!("the entry {name} of the directory {problem}");
            Error::new(kind, message).with_offset(at)
        };
        let extras = Extras::parse(header.extra).map_err(|p| refuse(ErrorKind::Corrupt, p))?;
        let name = decode_name(header.name, header.flags, &extras)
            .map_err(|problem| refuse(ErrorKind::Name, problem))?;
        let sizes = Sizes::parse(header, &extras).map_err(|p| refuse(ErrorKind::Corrupt, p))?;
        check_kind(header, sizes.uncompressed).map_err(|p| refuse(ErrorKind::Corrupt, p))?;
        let numbers = Numbers {
            compressed: sizes.compressed,
            size: sizes.uncompressed,
            offset: sizes.offset,
            widened: sizes.widened,
            ..plain_numbers(header)
        };
        Ok(Self {
            raw_name: (name.as_bytes() != header.name).then(|| header.name.into()),
            name: name.into(),
            numbers,
            marks: extras.marks.into(),
        })
    }
}

/// Refuses what programs take for different things: a folder with data, a path by which Windows would go,
/// records of another archive in a comment.
#[inline]
fn check_kind(header: &CentralHeader<'_>, size: u64) -> Result<(), String> {
    let folder = header.name.ends_with(b"/") || host::says_folder(header.external);
    if folder && size > 0 {
        return Err(format!("is a folder, yet has {size} bytes of data{LENIENT}"));
    }
    // From there a backslash parts levels, for some. NumPy never writes it there: Python has it as `/`.
    if host::is_dos(header.made_by) && header.name.contains(&b'\\') {
        return Err(format!("has a backslash, and comes from Windows{LENIENT}"));
    }
    let records = [EndRecord::SIGNATURE, Zip64EndRecord::SIGNATURE, Zip64Locator::SIGNATURE];
    if header.comment.windows(4).any(|bytes| records.iter().any(|record| bytes == record)) {
        return Err(format!("has an end record in its comment{LENIENT}"));
    }
    Ok(())
}

/// What a header's bytes are instead of a header.
pub(super) fn broken(fault: Fault, at: u64) -> Error {
    let message = match fault {
        Fault::Signature => "expected an entry of the directory, found something else",
        Fault::Short | Fault::Long => {
            "an entry of the directory reaches beyond the directory's end"
        }
    };
    Error::new(ErrorKind::Corrupt, message).with_offset(at)
}

/// The extra fields that tell something of an entry, none of them twice; the others don't matter.
pub(super) struct Extras<'a> {
    pub(super) zip64: Option<&'a [u8]>,
    pub(super) unicode_path: Option<&'a [u8]>,
    /// A hint of ours, which isn't trusted; empty if there is none.
    marks: &'a [u8],
}

impl<'a> Extras<'a> {
    fn is_empty(&self) -> bool {
        self.zip64.is_none() && self.unicode_path.is_none() && self.marks.is_empty()
    }

    /// The fields, or what is wrong with them.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let mut extras = Self { zip64: None, unicode_path: None, marks: &[] };
        for field in ExtraFields::new(bytes) {
            let (id, data) = field.map_err(|_| "has extra fields longer than their space")?;
            let place = match id {
                extra::ZIP64 => &mut extras.zip64,
                extra::UNICODE_PATH => &mut extras.unicode_path,
                extra::MARKS => {
                    extras.marks = data;
                    continue;
                }
                _ => continue,
            };
            if place.replace(data).is_some() {
                return Err(format!("has two extra fields of id {id:#06x}{LENIENT}"));
            }
        }
        Ok(extras)
    }
}

/// The name in UTF-8 if flagged so, else in code page 437; or what is wrong with it.
pub(super) fn decode_name<'a>(
    raw: &'a [u8],
    flags: u16,
    extras: &Extras<'a>,
) -> Result<Cow<'a, str>, String> {
    let Some(name) = entry::decode(raw, flags & flag::UTF8 != 0) else {
        return Err("has a name that is not the UTF-8 that it is said to be".into());
    };
    // Python cuts the name there, others keep it whole.
    // Names are short: no search machine is worth its start, but what compares many at once is.
    if name.bytes().fold(false, |found, byte| found | (byte == 0)) {
        return Err(format!("has a name with a NUL{LENIENT}"));
    }
    // Python takes it since 3.12, others never do. Its head is a version and a CRC of the first.
    if let Some(second) = extras.unicode_path
        && second.get(1 + 4..) != Some(name.as_bytes())
    {
        return Err(format!("has a second name in an extra field, not the same{LENIENT}"));
    }
    Ok(name)
}

/// Sizes that the directory has in its zip64 field though they would fit where they belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Widened {
    No,
    /// The unpacked one alone, as by Info-ZIP's `-fz`.
    Size,
    Both,
}

impl Widened {
    /// Zipfile's limit for the plain fields, the lowest that programs have.
    const NARROW: u64 = i32::MAX as u64;

    fn new(header: &CentralHeader<'_>, uncompressed: u64, compressed: u64) -> Result<Self, String> {
        let needed = uncompressed.max(compressed) > Self::NARROW || header.offset == u32::MAX;
        match (header.uncompressed == u32::MAX, header.compressed == u32::MAX) {
            _ if needed => Ok(Self::No),
            (false, false) => Ok(Self::No),
            (true, false) => Ok(Self::Size),
            (true, true) => Ok(Self::Both),
            (false, true) => {
                Err(format!("has a zip64 number for its compressed size alone{LENIENT}"))
            }
        }
    }
}

/// The numbers of a header, with those taken from zip64 that are there.
struct Sizes {
    uncompressed: u64,
    compressed: u64,
    offset: u64,
    widened: Widened,
}

impl Sizes {
    fn parse(header: &CentralHeader<'_>, extras: &Extras<'_>) -> Result<Self, String> {
        let missing = |_| format!("lacks the zip64 numbers that it refers to{LENIENT}");
        let mut zip64 = Fields::new(extras.zip64.unwrap_or_default());
        let mut widen = |number: u32| match number {
            u32::MAX => zip64.u64().map_err(missing),
            number => Ok(number.into()),
        };
        let uncompressed = widen(header.uncompressed)?;
        let compressed = widen(header.compressed)?;
        let offset = widen(header.offset)?;
        let disk = match header.disk {
            u16::MAX => zip64.u32().map_err(missing)?,
            disk => disk.into(),
        };
        if !zip64.is_empty() {
            return Err(format!("has zip64 numbers that it doesn't refer to{LENIENT}"));
        }
        if disk != 0 {
            return Err(format!("is in another file of several{LENIENT}"));
        }
        let widened = Widened::new(header, uncompressed, compressed)?;
        Ok(Self { uncompressed, compressed, offset, widened })
    }
}
