//! What the numbers in records mean.

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
