//! Where things go in an archive that is being written, and the headers that say so.
//!
//! Pure arithmetic, decided before the first byte: same input, same bytes, on every platform.
//!
//! - Local headers carry real sizes and the real CRC, since readers that start at the front need
//!   them. A writer that learns the CRC and the compressed size too late writes the header with
//!   zeros there and patches it, and gets the very same bytes: a header's length depends only on
//!   the [`Member`], its offset and the alignment, never on what compression made of the data.
//!   Only where data come piece by piece and nothing can be patched does a data descriptor follow
//!   them, see [`Slot::with_descriptor`].
//! - Zip64 where a number needs it and nowhere else. (NumPy always writes it, which several
//!   readers can't read.) Whether a compressed entry needs it in its local header is decided by
//!   [`most_compressed`], for the reason above.
//! - The array data of stored entries, not their npy headers, begin at a multiple of the
//!   [`Alignment`]. An extra field of the local header takes up the room, [`extra::ALIGNMENT`].
//! - In [NumPy's framing](Alignment::NUMPY) all that is as CPython's `zipfile` does it for `np.savez`:
//!   zip64 in every local header, in the directory from 2 GiB on, and no padding.
//! - Whatever else a zip file records is constant: 1980-01-01 as the time, Unix as the system,
//!   `rw-------` as the mode; the same as in NumPy's own files.

use crate::error::{Error, ErrorKind, Result};
use crate::npz::method::Method;
use crate::npz::record::{
    CentralHeader, DataDescriptor, EndRecord, ExtraFields, LocalHeader, Zip64EndRecord,
    Zip64Locator, extra, flag,
};

/// 1980-01-01, 00:00:00: the first moment that the format can say.
const TIME: u16 = 0;
const DATE: u16 = 0x0021;
/// "Made by" Unix, since the attributes are a Unix mode.
const UNIX: u16 = 3 << 8;
const RW_OWNER: u32 = 0o600 << 16;
/// Versions needed to extract.
const PLAIN: u16 = 20;
const ZIP64: u16 = 45;

/// Length of the alignment field without padding: id, length, the alignment itself.
const ALIGNMENT_FIELD: u64 = 6;

/// A power of two that array data are aligned to, or 0 for NumPy's framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Alignment(u16);

impl Alignment {
    /// No alignment, no padding.
    #[cfg(test)]
    pub(crate) const NONE: Self = Self(1);
    /// No alignment either, and all headers as `np.savez` has them.
    pub(crate) const NUMPY: Self = Self(0);
    /// The padding and a zip64 field must fit into one header's extra fields, 65,535 bytes.
    pub(crate) const MAX: Self = Self(1 << 15);
    /// What the field can say, see [`Self::field`].
    const FIELD_MAX: u16 = 1 << 14;

    pub(crate) fn new(bytes: usize) -> Result<Self> {
        match u16::try_from(bytes) {
            Ok(alignment) if alignment.is_power_of_two() => Ok(Self(alignment)),
            _ => Err(Error::new(
                ErrorKind::Limit,
                format!("alignment: expected a power of two up to {}, found {bytes}", Self::MAX.0),
            )),
        }
    }

    /// Bytes from `at` to the next multiple, as far as an alignment field can fill them: none,
    /// or at least the length of an empty one.
    fn padding(self, at: u64) -> u64 {
        let alignment = u64::from(self.0.max(1));
        match at.wrapping_neg() % alignment {
            0 => 0,
            gap => {
                let short = ALIGNMENT_FIELD.saturating_sub(gap);
                gap + short.next_multiple_of(alignment)
            }
        }
    }

    /// The largest number that is said in 32 bits: the format's, or that of `zipfile`, which takes
    /// them for signed.
    fn largest(self) -> u64 {
        if self == Self::NUMPY { (1 << 31) - 1 } else { u64::from(u32::MAX) - 1 }
    }

    /// The alignment as its field says it. The topmost bit has another meaning there to Commons
    /// Compress; what is aligned to 32,768 bytes is aligned to 16,384 too.
    fn field(self) -> u16 {
        self.0.min(Self::FIELD_MAX)
    }
}

/// 64 bytes: a cache line, the widest vector, and what NumPy pads its own headers to.
impl Default for Alignment {
    fn default() -> Self {
        Self(64)
    }
}

/// What is known of an entry before its data are packed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    /// Its name in the archive, with `.npy`.
    pub(crate) name: &'a str,
    pub(crate) method: Method,
    /// Length of its bytes before compression, npy header included.
    pub(crate) size: u64,
    /// Length of the npy header, or of whatever stands before what is to be aligned.
    pub(crate) prefix_len: u64,
}

/// The most that `size` bytes may become by compression.
///
/// No deflate stream in sensible blocks comes near this: stored blocks add 5 bytes to 16 KiB, a
/// flush some more, and fixed Huffman codes, which the fastest encoders fall back to, an eighth.
/// It may be generous, for all it costs is 20 bytes in entries just short of 4 GiB.
pub(crate) fn most_compressed(size: u64) -> u64 {
    size.saturating_add(size / 8).saturating_add(size / 64).saturating_add(1024)
}

/// An entry's place in the archive.
#[derive(Clone, Debug)]
pub(crate) struct Slot<'a> {
    member: Member<'a>,
    offset: u64,
    alignment: Alignment,
    /// Length of the alignment field, 0 for none.
    padding: u64,
    /// Whether the local header has a zip64 field.
    zip64: bool,
    /// Whether CRC and sizes follow the data.
    descriptor: bool,
}

impl<'a> Slot<'a> {
    /// The place of `member` if its local header starts at `offset`.
    pub(crate) fn new(member: Member<'a>, offset: u64, alignment: Alignment) -> Result<Self> {
        Self::place(member, offset, alignment, false)
    }

    /// The place of a `member` whose size is settled at the end: the local header has the same
    /// length for all sizes, since it always has a zip64 field.
    pub(crate) fn open_ended(
        member: Member<'a>,
        offset: u64,
        alignment: Alignment,
    ) -> Result<Self> {
        Self::place(member, offset, alignment, true)
    }

    /// The same place for an entry whose CRC follows its data. The sizes of a stored one stand
    /// in the local header all the same, so that it can be read from the front.
    pub(crate) fn with_descriptor(self) -> Self {
        Self { descriptor: true, ..self }
    }

    fn place(
        member: Member<'a>,
        offset: u64,
        alignment: Alignment,
        any_size: bool,
    ) -> Result<Self> {
        let most = match member.method {
            Method::Stored => member.size,
            Method::Deflated => most_compressed(member.size),
            // Their headers hold more than we know: flags of lzma, versions of the others.
            other => {
                let message = format!("can't write an entry as {other}; store or deflate it");
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
        };
        let zip64 = any_size || alignment == Alignment::NUMPY || !fits(most);
        let mut slot = Self { member, offset, alignment, padding: 0, zip64, descriptor: false };
        if member.method == Method::Stored {
            let data = add(slot.data_offset()?, member.prefix_len)?;
            slot.padding = alignment.padding(data);
        }
        Ok(slot)
    }

    /// Where the entry begins, its local header first.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    fn header_len(&self) -> u64 {
        (LocalHeader::LEN + self.member.name.len()) as u64 + self.extras_len()
    }

    /// Length of the local header's extra fields.
    fn extras_len(&self) -> u64 {
        let zip64 = if self.zip64 { 4 + 16 } else { 0 };
        zip64 + self.padding
    }

    /// Where the entry's bytes begin, the npy header first.
    pub(crate) fn data_offset(&self) -> Result<u64> {
        add(self.offset, self.header_len())
    }

    /// Where the next thing begins, once the entry's bytes have been packed into `compressed`.
    pub(crate) fn end(&self, compressed: u64) -> Result<u64> {
        add(self.data_offset()?, compressed)
    }

    /// The local header. Its length is the same for all `crc` and `compressed`, so that zeros will
    /// do until they are known; the `compressed` size of a stored entry always is.
    pub(crate) fn local_header(&self, crc: u32, compressed: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.push_local_header(&mut bytes, crc, compressed)?;
        Ok(bytes)
    }

    /// Appends the [local header](Self::local_header) to `out`.
    pub(crate) fn push_local_header(
        &self,
        out: &mut Vec<u8>,
        crc: u32,
        compressed: u64,
    ) -> Result<()> {
        debug_assert!(self.member.method != Method::Stored || compressed == self.member.size);
        let sizes = match (self.descriptor, self.member.method) {
            (true, Method::Deflated) => [0; 2],
            _ => [self.member.size, compressed],
        };
        let crc = if self.descriptor { 0 } else { crc };
        // Taken once: it is a second of what small entries cost.
        let mut extras = Vec::with_capacity(usize::try_from(self.extras_len()).unwrap_or(0));
        if self.zip64 {
            // Both sizes, as the format demands of local headers, even if one is small.
            push_extra(&mut extras, extra::ZIP64, sizes.map(u64::to_le_bytes).as_flattened(), 0)?;
        } else if !fits(compressed) {
            return Err(self.inflated(compressed));
        }
        if let Some(zeros) = self.padding.checked_sub(ALIGNMENT_FIELD) {
            let zeros = usize::try_from(zeros).unwrap_or(usize::MAX);
            let field = self.alignment.field().to_le_bytes();
            push_extra(&mut extras, extra::ALIGNMENT, &field, zeros)?;
        }
        let [uncompressed, compressed] =
            if self.zip64 { [u32::MAX; 2] } else { sizes.map(saturate) };
        let header = LocalHeader {
            needed: self.needed(),
            flags: self.flags(),
            method: self.member.method.code(),
            time: TIME,
            date: DATE,
            crc,
            compressed,
            uncompressed,
            name: self.member.name.as_bytes(),
            extra: &extras,
        };
        out.reserve(header.len());
        header.encode(out).map_err(|_| self.too_long())
    }

    /// What follows the data; nothing where the local header says it all.
    pub(crate) fn descriptor(&self, crc: u32, compressed: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.descriptor {
            let descriptor = DataDescriptor { crc, compressed, uncompressed: self.member.size };
            descriptor.encode(self.zip64, &mut bytes).map_err(|_| self.inflated(compressed))?;
        }
        Ok(bytes)
    }

    #[cold]
    fn inflated(&self, compressed: u64) -> Error {
        let message = format!(
            "{} bytes became {compressed} by compression, more than any method should make of \
             them; store the entry instead",
            self.member.size
        );
        Error::new(ErrorKind::Limit, message)
    }

    fn push_central_header(
        &self,
        out: &mut Vec<u8>,
        crc: u32,
        compressed: u64,
        marks: &[u8],
    ) -> Result<()> {
        let wide: Vec<u8> = self.wide(compressed).flat_map(u64::to_le_bytes).collect();
        let mut extras = Vec::new();
        if !wide.is_empty() {
            push_extra(&mut extras, extra::ZIP64, &wide, 0)?;
        }
        if !marks.is_empty() {
            push_extra(&mut extras, extra::MARKS, marks, 0)?;
        }
        let needed = self.needed();
        let largest = self.alignment.largest();
        let sizes_are_wide = self.alignment == Alignment::NUMPY
            && (self.member.size > largest || compressed > largest);
        let header = CentralHeader {
            made_by: UNIX | needed,
            needed,
            flags: self.flags(),
            method: self.member.method.code(),
            time: TIME,
            date: DATE,
            crc,
            compressed: if sizes_are_wide { u32::MAX } else { saturate(compressed) },
            uncompressed: if sizes_are_wide { u32::MAX } else { saturate(self.member.size) },
            disk: 0,
            internal: 0,
            external: RW_OWNER,
            offset: if self.offset > largest { u32::MAX } else { saturate(self.offset) },
            name: self.member.name.as_bytes(),
            extra: &extras,
            comment: &[],
        };
        header.encode(out).map_err(|_| self.too_long())
    }

    fn central_header_len(&self, compressed: u64) -> u64 {
        let wide = match self.wide(compressed).count() as u64 {
            0 => 0,
            count => 4 + 8 * count,
        };
        (CentralHeader::LEN + self.member.name.len()) as u64 + wide
    }

    /// The numbers of the central header that need zip64, in the order of its field.
    fn wide(&self, compressed: u64) -> impl Iterator<Item = u64> {
        let sizes = [self.member.size, compressed];
        let largest = self.alignment.largest();
        // zipfile says both sizes in 64 bits, or none.
        let both = self.alignment == Alignment::NUMPY && sizes.iter().any(|&size| size > largest);
        let sizes = sizes.into_iter().filter(move |&size| both || size > largest);
        sizes.chain([self.offset].into_iter().filter(move |&offset| offset > largest))
    }

    /// The same in both headers, so that they can be compared.
    fn needed(&self) -> u16 {
        if self.zip64 || !fits(self.offset) { ZIP64 } else { PLAIN }
    }

    fn flags(&self) -> u16 {
        let name = if self.member.name.is_ascii() { 0 } else { flag::UTF8 };
        if self.descriptor { name | flag::DESCRIPTOR } else { name }
    }

    fn too_long(&self) -> Error {
        let len = self.member.name.len();
        let message = format!("a name in an archive has at most 65535 bytes, this one {len}");
        Error::new(ErrorKind::Name, message)
    }
}

/// The directory of an archive that is being written; grows by one header per entry.
#[derive(Debug, Default)]
pub(crate) struct CentralDirectory {
    headers: Vec<u8>,
    entries: u64,
    numpy: bool,
}

impl CentralDirectory {
    /// Adds an entry whose bytes have been packed.
    pub(crate) fn push(&mut self, slot: &Slot<'_>, crc: u32, compressed: u64) -> Result<()> {
        self.push_marked(slot, crc, compressed, &[])
    }

    /// The same with the marks of its segments, if there are any.
    pub(crate) fn push_marked(
        &mut self,
        slot: &Slot<'_>,
        crc: u32,
        compressed: u64,
        marks: &[u8],
    ) -> Result<()> {
        slot.push_central_header(&mut self.headers, crc, compressed, marks)?;
        self.numpy = slot.alignment == Alignment::NUMPY;
        self.entries += 1;
        Ok(())
    }

    /// Everything that follows the last entry, which ends at `offset`.
    pub(crate) fn finish(self, offset: u64) -> Result<Vec<u8>> {
        let Self { headers: mut bytes, entries, numpy } = self;
        let size = bytes.len() as u64;
        if Zip64Locator::ends(&bytes) {
            let message = "the directory ends with what every reader takes for a zip64 locator; give \
                           the last entry another name, or write another entry after it";
            return Err(Error::new(ErrorKind::Name, message));
        }
        let alignment = if numpy { Alignment::NUMPY } else { Alignment::default() };
        if needs_zip64_end(entries, size, offset, alignment) {
            let record = Zip64EndRecord {
                following: Zip64EndRecord::FOLLOWING,
                made_by: if numpy { ZIP64 } else { UNIX | ZIP64 },
                needed: ZIP64,
                disk: 0,
                directory_disk: 0,
                entries_here: entries,
                entries,
                directory_size: size,
                directory_offset: offset,
            };
            record.encode(&mut bytes);
            let locator = Zip64Locator { disk: 0, record_offset: add(offset, size)?, disks: 1 };
            locator.encode(&mut bytes);
        }
        let entries = u16::try_from(entries).unwrap_or(u16::MAX);
        let end = EndRecord {
            disk: 0,
            directory_disk: 0,
            entries_here: entries,
            entries,
            directory_size: saturate(size),
            directory_offset: saturate(offset),
            comment_len: 0,
        };
        end.encode(&mut bytes);
        Ok(bytes)
    }
}

/// The length of an archive of `members` if all of them are stored, known before the first byte.
pub(crate) fn stored_len<'a>(
    members: impl IntoIterator<Item = Member<'a>>,
    alignment: Alignment,
) -> Result<u64> {
    let (mut offset, mut directory, mut entries) = (0, 0, 0);
    for member in members {
        let slot = Slot::new(Member { method: Method::Stored, ..member }, offset, alignment)?;
        offset = slot.end(member.size)?;
        directory = add(directory, slot.central_header_len(member.size))?;
        entries += 1;
    }
    let zip64 = if needs_zip64_end(entries, directory, offset, alignment) {
        Zip64EndRecord::LEN + Zip64Locator::LEN
    } else {
        0
    };
    add(add(offset, directory)?, (zip64 + EndRecord::LEN) as u64)
}

fn needs_zip64_end(
    entries: u64,
    directory_size: u64,
    directory_offset: u64,
    alignment: Alignment,
) -> bool {
    let most = u64::from(u16::MAX) - u64::from(alignment != Alignment::NUMPY);
    entries > most || directory_size > alignment.largest() || directory_offset > alignment.largest()
}

/// Whether a number can be said in 32 bits; all ones say that it can't.
fn fits(number: u64) -> bool {
    number < u64::from(u32::MAX)
}

fn saturate(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Appends an extra field of `data` and of `zeros` behind them.
fn push_extra(extras: &mut Vec<u8>, id: u16, data: &[u8], zeros: usize) -> Result<()> {
    ExtraFields::encode(extras, id, data, zeros)
        .map_err(|_| Error::new(ErrorKind::Limit, "more than 65535 bytes of padding for one entry"))
}

fn add(a: u64, b: u64) -> Result<u64> {
    a.checked_add(b)
        .ok_or_else(|| Error::new(ErrorKind::Limit, "the archive would exceed 2^64 bytes"))
}

#[cfg(test)]
pub(in crate::npz) mod tests;
