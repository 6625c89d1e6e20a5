//! Zip records ↔ bytes, field by field, as in APPNOTE.TXT 6.3.10.
//!
//! No policy here: a record parses when its signature stands and its bytes are all there. What the
//! fields may say is [`layout`](super::layout)'s business when writing and
//! [`directory`](super::directory)'s when reading. Names follow the specification where it says
//! more than it hides: `needed` is "version needed to extract", `made_by` "version made by".

mod extra_fields;

pub(crate) use self::extra_fields::ExtraFields;

/// Bits of the general purpose flag.
pub(crate) mod flag {
    pub(crate) const ENCRYPTED: u16 = 1;
    /// CRC and sizes follow the data.
    pub(crate) const DESCRIPTOR: u16 = 1 << 3;
    pub(crate) const PATCHED: u16 = 1 << 5;
    pub(crate) const STRONG_ENCRYPTION: u16 = 1 << 6;
    /// The name is UTF-8, else code page 437.
    pub(crate) const UTF8: u16 = 1 << 11;
    /// Local headers are masked, since the directory is encrypted.
    pub(crate) const MASKED: u16 = 1 << 13;
}

/// Where an entry comes from, and what it is there.
pub(crate) mod host {
    /// Whether `made_by` means a system of Microsoft's: FAT, HPFS, NTFS, VFAT.
    pub(crate) fn is_dos(made_by: u16) -> bool {
        matches!(made_by >> 8, 0 | 6 | 10 | 14)
    }

    /// Whether the external attributes mean a folder, in DOS's bits or in Unix's.
    pub(crate) fn says_folder(external: u32) -> bool {
        external & 0x10 != 0 || external >> 28 == 0o4
    }
}

/// Ids of extra fields.
pub(crate) mod extra {
    /// The true values of header fields that are all ones.
    pub(crate) const ZIP64: u16 = 0x0001;
    /// Info-ZIP's name in UTF-8, beside one in some code page.
    pub(crate) const UNICODE_PATH: u16 = 0x7075;
    /// A `u16` alignment and zero bytes up to it: the field of Android's apksigner, Commons
    /// Compress and others, which therefore know what it is for and keep it when they copy.
    pub(crate) const ALIGNMENT: u16 = 0xD935;
    /// Where the segments of a deflated entry start, see `deflate::marks`: "nz", ours alone, in the
    /// directory only.
    pub(crate) const MARKS: u16 = 0x7A6E;
}

/// Why bytes are not the record they should be, or a record can't become bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The bytes end before the record does.
    Short,
    /// Another signature, or none.
    Signature,
    /// A variable part longer than its 16-bit length can say.
    Long,
}

type Result<T, E = Fault> = std::result::Result<T, E>;

/// Little-endian fields, taken one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk().ok_or(Fault::Short)?;
        self.0 = tail;
        Ok(*head)
    }

    #[inline]
    pub(crate) fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    #[inline]
    pub(crate) fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    #[inline]
    fn bytes(&mut self, len: u16) -> Result<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(usize::from(len)).ok_or(Fault::Short)?;
        self.0 = tail;
        Ok(head)
    }

    fn signature(&mut self, signature: &[u8; 4]) -> Result<()> {
        if self.array()? == *signature { Ok(()) } else { Err(Fault::Signature) }
    }

    /// The fields of a record's part of fixed length, behind its signature, and those that follow.
    /// With the length known, a compiler checks it once and not for every field.
    #[inline]
    fn of_record<const LEN: usize>(bytes: &'a [u8], signature: &[u8; 4]) -> Result<(Self, Self)> {
        let Some(fixed) = bytes.first_chunk::<LEN>() else {
            Self(bytes).signature(signature)?;
            return Err(Fault::Short);
        };
        let mut fixed = Self(fixed);
        fixed.signature(signature)?;
        Ok((fixed, Self(bytes.get(LEN..).unwrap_or_default())))
    }
}

/// The mirror of [`Fields`]: a record's part of fixed length, of which the compiler knows what is
/// where.
struct Out<'a>(&'a mut [u8]);

impl Out<'_> {
    /// The signature, and behind it the fields that `put` writes: all that the length has room for.
    #[inline]
    fn record<const LEN: usize>(signature: [u8; 4], put: impl FnOnce(&mut Out<'_>)) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        let mut out = Out(&mut bytes);
        out.array(signature);
        put(&mut out);
        debug_assert!(out.0.is_empty(), "a record has fields for its whole length");
        bytes
    }

    #[inline]
    fn array<const N: usize>(&mut self, bytes: [u8; N]) -> &mut Self {
        let Some((head, tail)) = std::mem::take(&mut self.0).split_first_chunk_mut() else {
            debug_assert!(false, "a record has no more fields than its length has room for");
            return self;
        };
        *head = bytes;
        self.0 = tail;
        self
    }

    #[inline]
    fn u16(&mut self, value: u16) -> &mut Self {
        self.array(value.to_le_bytes())
    }

    #[inline]
    fn u32(&mut self, value: u32) -> &mut Self {
        self.array(value.to_le_bytes())
    }

    #[inline]
    fn u64(&mut self, value: u64) -> &mut Self {
        self.array(value.to_le_bytes())
    }
}

fn short_len(bytes: &[u8]) -> Result<u16> {
    u16::try_from(bytes.len()).map_err(|_| Fault::Long)
}

/// Stands before the data of every entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LocalHeader<'a> {
    pub(crate) needed: u16,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) time: u16,
    pub(crate) date: u16,
    pub(crate) crc: u32,
    pub(crate) compressed: u32,
    pub(crate) uncompressed: u32,
    pub(crate) name: &'a [u8],
    pub(crate) extra: &'a [u8],
}

impl<'a> LocalHeader<'a> {
    pub(crate) const SIGNATURE: [u8; 4] = *b"PK\x03\x04";
    /// Length without name and extra fields.
    pub(crate) const LEN: usize = 30;

    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let (mut fields, mut rest) =
            Fields::of_record::<{ LocalHeader::LEN }>(bytes, &Self::SIGNATURE)?;
        let needed = fields.u16()?;
        let flags = fields.u16()?;
        let method = fields.u16()?;
        let time = fields.u16()?;
        let date = fields.u16()?;
        let crc = fields.u32()?;
        let compressed = fields.u32()?;
        let uncompressed = fields.u32()?;
        let name_len = fields.u16()?;
        let extra_len = fields.u16()?;
        let name = rest.bytes(name_len)?;
        let extra = rest.bytes(extra_len)?;
        Ok(Self { needed, flags, method, time, date, crc, compressed, uncompressed, name, extra })
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) -> Result<()> {
        let (name_len, extra_len) = (short_len(self.name)?, short_len(self.extra)?);
        let fixed: [u8; LocalHeader::LEN] = Out::record(Self::SIGNATURE, |out| {
            out.u16(self.needed).u16(self.flags).u16(self.method).u16(self.time).u16(self.date);
            out.u32(self.crc).u32(self.compressed).u32(self.uncompressed);
            out.u16(name_len).u16(extra_len);
        });
        out.extend_from_slice(&fixed);
        out.extend_from_slice(self.name);
        out.extend_from_slice(self.extra);
        Ok(())
    }

    /// Length of the whole header; the data start there.
    pub(crate) fn len(&self) -> usize {
        Self::LEN + self.name.len() + self.extra.len()
    }
}

/// One entry of the central directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CentralHeader<'a> {
    pub(crate) made_by: u16,
    pub(crate) needed: u16,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) time: u16,
    pub(crate) date: u16,
    pub(crate) crc: u32,
    pub(crate) compressed: u32,
    pub(crate) uncompressed: u32,
    pub(crate) disk: u16,
    pub(crate) internal: u16,
    pub(crate) external: u32,
    pub(crate) offset: u32,
    pub(crate) name: &'a [u8],
    pub(crate) extra: &'a [u8],
    pub(crate) comment: &'a [u8],
}

impl<'a> CentralHeader<'a> {
    pub(crate) const SIGNATURE: [u8; 4] = *b"PK\x01\x02";
    /// Length without name, extra fields and comment.
    pub(crate) const LEN: usize = 46;
    /// Where the name's length stands.
    const NAME_LEN_AT: usize = 28;
    /// Where the offset of the local header stands.
    const OFFSET_AT: usize = 42;

    #[inline]
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let (mut fields, mut rest) =
            Fields::of_record::<{ CentralHeader::LEN }>(bytes, &Self::SIGNATURE)?;
        let made_by = fields.u16()?;
        let needed = fields.u16()?;
        let flags = fields.u16()?;
        let method = fields.u16()?;
        let time = fields.u16()?;
        let date = fields.u16()?;
        let crc = fields.u32()?;
        let compressed = fields.u32()?;
        let uncompressed = fields.u32()?;
        let name_len = fields.u16()?;
        let extra_len = fields.u16()?;
        let comment_len = fields.u16()?;
        let disk = fields.u16()?;
        let internal = fields.u16()?;
        let external = fields.u32()?;
        let offset = fields.u32()?;
        let name = rest.bytes(name_len)?;
        let extra = rest.bytes(extra_len)?;
        let comment = rest.bytes(comment_len)?;
        Ok(Self {
            made_by,
            needed,
            flags,
            method,
            time,
            date,
            crc,
            compressed,
            uncompressed,
            disk,
            internal,
            external,
            offset,
            name,
            extra,
            comment,
        })
    }

    /// The name alone of a header that was parsed before.
    #[inline]
    pub(crate) fn name_in(bytes: &'a [u8]) -> Result<&'a [u8]> {
        let fixed = bytes.first_chunk::<{ CentralHeader::LEN }>().ok_or(Fault::Short)?;
        let len = Fields(&fixed[Self::NAME_LEN_AT..]).u16()?;
        Fields(&bytes[Self::LEN..]).bytes(len)
    }

    /// The same for where its local header is.
    #[inline]
    pub(crate) fn offset_in(bytes: &[u8]) -> Result<u32> {
        let fixed = bytes.first_chunk::<{ CentralHeader::LEN }>().ok_or(Fault::Short)?;
        Fields(&fixed[Self::OFFSET_AT..]).u32()
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) -> Result<()> {
        let (name_len, extra_len) = (short_len(self.name)?, short_len(self.extra)?);
        let comment_len = short_len(self.comment)?;
        let fixed: [u8; CentralHeader::LEN] = Out::record(Self::SIGNATURE, |out| {
            out.u16(self.made_by).u16(self.needed);
            out.u16(self.flags).u16(self.method).u16(self.time).u16(self.date);
            out.u32(self.crc).u32(self.compressed).u32(self.uncompressed);
            out.u16(name_len).u16(extra_len).u16(comment_len);
            out.u16(self.disk).u16(self.internal).u32(self.external).u32(self.offset);
        });
        out.extend_from_slice(&fixed);
        for part in [self.name, self.extra, self.comment] {
            out.extend_from_slice(part);
        }
        Ok(())
    }

    /// Length of the whole header; the next one starts there.
    pub(crate) fn len(&self) -> usize {
        Self::LEN + self.name.len() + self.extra.len() + self.comment.len()
    }
}

/// The last record of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EndRecord {
    pub(crate) disk: u16,
    pub(crate) directory_disk: u16,
    pub(crate) entries_here: u16,
    pub(crate) entries: u16,
    pub(crate) directory_size: u32,
    pub(crate) directory_offset: u32,
    /// The comment may be missing or too long, which a reader must weigh: so only its length.
    pub(crate) comment_len: u16,
}

impl EndRecord {
    pub(crate) const SIGNATURE: [u8; 4] = *b"PK\x05\x06";
    /// Length without the comment.
    pub(crate) const LEN: usize = 22;

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Fields(bytes);
        fields.signature(&Self::SIGNATURE)?;
        Ok(Self {
            disk: fields.u16()?,
            directory_disk: fields.u16()?,
            entries_here: fields.u16()?,
            entries: fields.u16()?,
            directory_size: fields.u32()?,
            directory_offset: fields.u32()?,
            comment_len: fields.u16()?,
        })
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let record: [u8; Self::LEN] = Out::record(Self::SIGNATURE, |out| {
            out.u16(self.disk).u16(self.directory_disk);
            out.u16(self.entries_here).u16(self.entries);
            out.u32(self.directory_size).u32(self.directory_offset).u16(self.comment_len);
        });
        out.extend_from_slice(&record);
    }
}

/// Stands before the [`Zip64Locator`] when a field of the [`EndRecord`] is too small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zip64EndRecord {
    /// Length of what follows this field: [`Self::FOLLOWING`], unless the record is extended.
    pub(crate) following: u64,
    pub(crate) made_by: u16,
    pub(crate) needed: u16,
    pub(crate) disk: u32,
    pub(crate) directory_disk: u32,
    pub(crate) entries_here: u64,
    pub(crate) entries: u64,
    pub(crate) directory_size: u64,
    pub(crate) directory_offset: u64,
}

impl Zip64EndRecord {
    pub(crate) const SIGNATURE: [u8; 4] = *b"PK\x06\x06";
    pub(crate) const LEN: usize = 56;
    pub(crate) const FOLLOWING: u64 = 44;

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Fields(bytes);
        fields.signature(&Self::SIGNATURE)?;
        Ok(Self {
            following: fields.u64()?,
            made_by: fields.u16()?,
            needed: fields.u16()?,
            disk: fields.u32()?,
            directory_disk: fields.u32()?,
            entries_here: fields.u64()?,
            entries: fields.u64()?,
            directory_size: fields.u64()?,
            directory_offset: fields.u64()?,
        })
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let record: [u8; Self::LEN] = Out::record(Self::SIGNATURE, |out| {
            out.u64(self.following).u16(self.made_by).u16(self.needed);
            out.u32(self.disk).u32(self.directory_disk).u64(self.entries_here).u64(self.entries);
            out.u64(self.directory_size).u64(self.directory_offset);
        });
        out.extend_from_slice(&record);
    }
}

/// Stands right before the [`EndRecord`] and tells where the [`Zip64EndRecord`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zip64Locator {
    pub(crate) disk: u32,
    pub(crate) record_offset: u64,
    pub(crate) disks: u32,
}

impl Zip64Locator {
    pub(crate) const SIGNATURE: [u8; 4] = *b"PK\x06\x07";
    pub(crate) const LEN: usize = 20;

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Fields(bytes);
        fields.signature(&Self::SIGNATURE)?;
        Ok(Self { disk: fields.u32()?, record_offset: fields.u64()?, disks: fields.u32()? })
    }

    /// Whether one would be found where `bytes` end.
    pub(crate) fn ends(bytes: &[u8]) -> bool {
        bytes.last_chunk::<{ Self::LEN }>().is_some_and(|last| last.starts_with(&Self::SIGNATURE))
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let record: [u8; Self::LEN] = Out::record(Self::SIGNATURE, |out| {
            out.u32(self.disk).u64(self.record_offset).u32(self.disks);
        });
        out.extend_from_slice(&record);
    }
}

/// What follows the data of an entry whose header was written before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DataDescriptor {
    pub(crate) crc: u32,
    pub(crate) compressed: u64,
    pub(crate) uncompressed: u64,
}

impl DataDescriptor {
    pub(crate) const SIGNATURE: [u8; 4] = *b"PK\x07\x08";

    /// The lengths it comes in, with and without a signature. Programs tell from the local header's zip64
    /// field whether the sizes have 4 or 8 bytes, and those that write none there from the sizes.
    pub(crate) fn lens(zip64: bool, compressed: u64, uncompressed: u64) -> [u64; 2] {
        let wide = zip64 || compressed.max(uncompressed) >= u32::MAX.into();
        if wide { [24, 20] } else { [16, 12] }
    }

    /// Parses exactly `bytes`, whose length, one of [`Self::lens`], tells the form.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut fields = Fields(bytes);
        if matches!(bytes.len(), 16 | 24) {
            fields.signature(&Self::SIGNATURE)?;
        }
        let crc = fields.u32()?;
        let (compressed, uncompressed) = match bytes.len() {
            12 | 16 => (fields.u32()?.into(), fields.u32()?.into()),
            20 | 24 => (fields.u64()?, fields.u64()?),
            len if len < 24 => return Err(Fault::Short),
            _ => return Err(Fault::Long),
        };
        Ok(Self { crc, compressed, uncompressed })
    }

    /// Appends it with its signature; `wide` with sizes of 8 bytes, as an entry has them whose
    /// local header has a zip64 field.
    pub(crate) fn encode(&self, wide: bool, out: &mut Vec<u8>) -> Result<()> {
        if wide {
            let record: [u8; 24] = Out::record(Self::SIGNATURE, |out| {
                out.u32(self.crc).u64(self.compressed).u64(self.uncompressed);
            });
            out.extend_from_slice(&record);
            return Ok(());
        }
        let narrow = |size| u32::try_from(size).map_err(|_| Fault::Long);
        let (compressed, uncompressed) = (narrow(self.compressed)?, narrow(self.uncompressed)?);
        let record: [u8; 16] = Out::record(Self::SIGNATURE, |out| {
            out.u32(self.crc).u32(compressed).u32(uncompressed);
        });
        out.extend_from_slice(&record);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
