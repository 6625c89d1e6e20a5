//! The local header and the data descriptor of an entry, checked against the directory.

use std::fmt::Display;
use std::ops::Range;

use super::LENIENT;
use super::central::{self, Extras, Widened};
use super::listed::{Entry, Located, Numbers};
use crate::error::{Error, ErrorKind, Result, shown_bytes};
use crate::npz::method::Method;
use crate::npz::record::{DataDescriptor, Fault, Fields, LocalHeader, flag};

/// The newest version of the format that we know, 6.3.
const NEWEST: u16 = 63;

impl Numbers {
    /// Refuses what only this entry is to blame for, before anything of it is read.
    pub(crate) fn check_readable(&self) -> Result<()> {
        let has = |bits| self.flags & bits != 0;
        let problem = if has(flag::STRONG_ENCRYPTION | flag::MASKED | flag::ENCRYPTED) {
            "it is encrypted; decrypt the archive with another program".into()
        } else if has(flag::PATCHED) {
            "it holds patch data, which only make sense with another archive".into()
        } else if self.needed & 0xFF > NEWEST {
            // The upper byte, a system in old archives, means nothing.
            let (major, minor) = ((self.needed & 0xFF) / 10, (self.needed & 0xFF) % 10);
            format!("it needs version {major}.{minor} of the zip format, 6.3 is the newest known")
        } else if let Method::Other(code) = self.method {
            let hint = match code {
                12 | 14 | 93 => "; try LoadOptions::lenient, with the feature of that name",
                _ => "",
            };
            format!("it is compressed by {}, expected stored or deflated{hint}", self.method)
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Unsupported, problem))
    }
}

impl Entry<'_> {
    /// The bytes that [`check_local`](Self::check_local) needs: the local header (and as many
    /// more as a data descriptor takes). Since an archive has no gaps, the header's length is known
    /// before it is read; without a data descriptor the data start right at this range's end.
    pub(crate) fn local_range(&self) -> Range<u64> {
        self.offset..self.end.saturating_sub(self.compressed)
    }

    /// Checks the local header, with which `bytes` start, at least [`local_range`](Self::local_range)
    /// of them: it must say what the directory says, and end so that the data fill the space up
    /// to the next entry.
    pub(crate) fn check_local(&self, bytes: &[u8]) -> Result<Located> {
        self.check_readable()?;
        if self.method == Method::Stored && self.compressed != self.size {
            return Err(self.corrupt(format!(
                "it is stored, yet takes {} bytes for {}{LENIENT}",
                self.compressed, self.size
            )));
        }
        let header = LocalHeader::parse(bytes).map_err(|fault| match fault {
            Fault::Signature => self.corrupt("no local header stands where the directory says"),
            _ if (bytes.len() as u64) < self.local_range().end - self.offset => Error::new(
                ErrorKind::Truncated,
                format!("the file ends in its local header, at byte {}", self.offset),
            ),
            _ => self.corrupt("its local header reaches into the next entry"),
        })?;
        let extras = Extras::parse(header.extra)
            .map_err(|problem| self.corrupt(format!("its local header {problem}")))?;
        self.check_fields(&header, &extras)?;
        self.check_widened(extras.zip64.is_some())?;
        self.check_sizes(&header, &extras)?;
        self.locate(&header, extras.zip64.is_some())
    }

    /// Refuses zip64 numbers of the directory that no program writes beside such a local header, with a
    /// zip64 field or without one.
    pub(super) fn check_widened(&self, zip64: bool) -> Result<()> {
        let written = match self.widened {
            Widened::No => true,
            Widened::Size => zip64 && !self.has_descriptor(),
            Widened::Both => zip64,
        };
        if written {
            return Ok(());
        }
        Err(self.corrupt(format!(
            "the directory has zip64 numbers for it, which its local header doesn't go with{LENIENT}"
        )))
    }

    fn check_fields(&self, header: &LocalHeader<'_>, extras: &Extras<'_>) -> Result<()> {
        if header.name != self.raw_name {
            let name = shown_bytes(header.name);
            return Err(self.corrupt(format!("its local header has another name, {name}")));
        }
        if header.flags != self.flags {
            let hex = |flags| format!("{flags:#06x}");
            return Err(self.disagree("flags", hex(header.flags), hex(self.flags)));
        }
        // It is the same name again, unless an extra field has another.
        if extras.unicode_path.is_some() {
            central::decode_name(header.name, header.flags, extras)
                .map_err(|problem| self.corrupt(format!("its local header {problem}")))?;
        }
        let method = Method::from_code(header.method);
        if method != self.method {
            return Err(self.disagree("method", method, self.method));
        }
        if header.crc != self.crc && !(self.has_descriptor() && header.crc == 0) {
            let hex = |crc| format!("{crc:#010x}");
            return Err(self.disagree("CRC", hex(header.crc), hex(self.crc)));
        }
        Ok(())
    }

    /// Both sizes, which may be missing (zero) if a data descriptor follows.
    fn check_sizes(&self, header: &LocalHeader<'_>, extras: &Extras<'_>) -> Result<()> {
        let narrow = [header.uncompressed, header.compressed];
        let wide = match extras.zip64 {
            None if narrow.contains(&u32::MAX) => {
                return Err(
                    self.corrupt(format!("its local header lacks the zip64 sizes{LENIENT}"))
                );
            }
            None => narrow.map(u64::from),
            Some(data) => {
                // A local header has both sizes there, even if only one is large.
                let mut fields = Fields::new(data);
                match (fields.u64(), fields.u64()) {
                    (Ok(size), Ok(compressed)) if fields.is_empty() => [size, compressed],
                    _ => {
                        return Err(self.corrupt(format!(
                            "its local header's zip64 field has {} bytes, expected 16{LENIENT}",
                            data.len()
                        )));
                    }
                }
            }
        };
        if self.has_descriptor() {
            self.check_left_out([wide[1], wide[0]], extras.zip64.is_some())?;
        }
        let names = ["size", "compressed size"];
        for (((name, narrow), wide), expected) in
            names.into_iter().zip(narrow).zip(wide).zip([self.size, self.compressed])
        {
            if narrow != u32::MAX && u64::from(narrow) != wide {
                return Err(self.corrupt(format!(
                    "its local header has two values for its {name}, {narrow} and {wide}{LENIENT}"
                )));
            }
            if wide != expected && !(self.has_descriptor() && wide == 0) {
                return Err(self.disagree(name, wide, expected));
            }
        }
        Ok(())
    }

    /// Which sizes, packed and unpacked, a local header may leave (as zero) to the data descriptor: both,
    /// or as by Info-ZIP's `-fd` the packed one, in plain fields.
    pub(super) fn check_left_out(&self, [packed, size]: [u64; 2], zip64: bool) -> Result<()> {
        let known = match (packed == 0 && self.compressed > 0, size == 0 && self.size > 0) {
            (true, true) | (false, false) => true,
            (true, false) => !zip64 || self.size == 0,
            (false, true) => packed == 0,
        };
        if known {
            return Ok(());
        }
        Err(self.corrupt(format!(
            "its local header says {packed} bytes packed and {size} unpacked, one of them left to the data \
             descriptor{LENIENT}"
        )))
    }

    fn locate(&self, header: &LocalHeader<'_>, zip64: bool) -> Result<Located> {
        let start = self.offset + header.len() as u64;
        let end = start.saturating_add(self.compressed);
        let Some(rest) = self.end.checked_sub(end) else {
            return Err(self.corrupt(format!(
                "its data end at byte {end}, but the next thing starts at byte {}{LENIENT}",
                self.end
            )));
        };
        let explained = match self.has_descriptor() {
            true => DataDescriptor::lens(zip64, self.compressed, self.size).contains(&rest),
            false => rest == 0,
        };
        if !explained {
            return Err(self.corrupt(format!(
                "its data end at byte {end} and the next thing starts at byte {}: bytes between \
                 belong to nothing{LENIENT}",
                self.end
            )));
        }
        Ok(Located { data: start..end, descriptor: end..self.end })
    }

    /// Checks the bytes of [`Located::descriptor`]; none are fine for an entry that has none.
    pub(crate) fn check_descriptor(&self, bytes: &[u8]) -> Result<()> {
        let expected =
            DataDescriptor { crc: self.crc, compressed: self.compressed, uncompressed: self.size };
        let fine = match self.has_descriptor() {
            true => DataDescriptor::parse(bytes) == Ok(expected),
            false => bytes.is_empty(),
        };
        if fine {
            return Ok(());
        }
        let at = self.end.saturating_sub(bytes.len() as u64);
        let message = format!(
            "the data descriptor at byte {at} of the file doesn't repeat the directory's CRC and \
             sizes{LENIENT}"
        );
        Err(Error::new(ErrorKind::Corrupt, message))
    }

    fn disagree(&self, what: &str, local: impl Display, central: impl Display) -> Error {
        self.corrupt(format!(
            "{what}: its local header says {local}, the directory says {central}{LENIENT}"
        ))
    }

    /// The readers add the entry's name, and byte offsets mean the entry's own bytes then: so the
    /// position in the file is part of the message.
    fn corrupt(&self, message: impl Display) -> Error {
        Error::new(ErrorKind::Corrupt, format!("at byte {} of the file: {message}", self.offset))
    }
}
