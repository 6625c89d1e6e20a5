//! The data of an entry that comes by: unpacked, counted, summed.

use std::io::Read;

use crc32fast::Hasher;

#[cfg(feature = "deflate")]
use super::inflate::Inflate;
use super::input::Input;
use crate::element::{ReadExact, short};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::npz::directory::Announced;
use crate::npz::method::Method;
use crate::npz::record::DataDescriptor;

/// Deflate's ratio is reached by long streams only; short ones have some bytes of their own.
const LEAST_SLACK: u64 = 64;

/// While it unpacks, some output may come before all of its input was counted.
const RATIO_SLACK: u64 = 64 << 10;

enum Packing {
    /// As many bytes are left, if that was said before.
    Stored(Option<u64>),
    #[cfg(feature = "deflate")]
    Deflated(Box<Inflate>),
}

pub(super) struct Body {
    packing: Packing,
    crc: Hasher,
    size: u64,
    start: u64,
    /// Bytes of the archive unpacked before these.
    before: u64,
    limits: Limits,
}

impl Body {
    /// `before` bytes were unpacked of the archive already.
    pub(super) fn new(
        announced: &Announced,
        start: u64,
        before: u64,
        limits: &Limits,
    ) -> Result<Self> {
        let packing = match announced.entry.method() {
            Method::Stored => Packing::Stored(announced.sizes.map(|[packed, _]| packed)),
            #[cfg(feature = "deflate")]
            Method::Deflated => {
                Packing::Deflated(Box::new(Inflate::new(announced.sizes.map(|[packed, _]| packed))))
            }
            method => {
                let message = format!("the entry is {method}, which this build can't unpack");
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
        };
        let limits = limits.clone();
        let body = Self { packing, crc: Hasher::new(), size: 0, start, before, limits };
        let [packed, size] = announced.sizes.unwrap_or_default();
        body.check_size(size)?;
        // What can't be is known before any of it is unpacked, as by the reader of files.
        let most = packed.saturating_mul(body.limits.inflate_ratio).saturating_add(LEAST_SLACK);
        if !matches!(body.packing, Packing::Stored(_)) && size > most {
            return Err(body.beyond_ratio(packed, size));
        }
        Ok(body)
    }

    /// Whether nothing tells where the data end, but the data themselves.
    pub(super) fn is_endless(&self) -> bool {
        matches!(self.packing, Packing::Stored(None))
    }

    fn check_size(&self, size: u64) -> Result<()> {
        let Limits { entry_bytes, total_bytes, .. } = self.limits;
        let message = if size > entry_bytes {
            format!("the entry has more bytes than the {entry_bytes} allowed (Limits::entry_bytes)")
        } else if self.before.saturating_add(size) > total_bytes {
            format!(
                "the archive's entries have more bytes than the {total_bytes} allowed \
                 (Limits::total_bytes)"
            )
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Limit, message))
    }

    /// Reads some bytes, none only at the end.
    pub(super) fn read<R: Read>(&mut self, input: &mut Input<R>, buf: &mut [u8]) -> Result<usize> {
        let count = match &mut self.packing {
            Packing::Stored(left) => {
                let most = left.map_or(u64::MAX, |left| left);
                let count = buf.len().min(usize::try_from(most).unwrap_or(usize::MAX));
                input.read_exact(&mut buf[..count])?;
                if let Some(left) = left {
                    *left -= count as u64;
                }
                count
            }
            #[cfg(feature = "deflate")]
            Packing::Deflated(inflate) => inflate.read(input, buf)?,
        };
        self.crc.update(&buf[..count]);
        self.size += count as u64;
        self.check_size(self.size)?;
        let packed = input.position() - self.start;
        let most = packed.saturating_mul(self.limits.inflate_ratio).saturating_add(RATIO_SLACK);
        if !matches!(self.packing, Packing::Stored(_)) && self.size > most {
            return Err(self.beyond_ratio(packed, self.size));
        }
        Ok(count)
    }

    #[cold]
    fn beyond_ratio(&self, packed: u64, size: u64) -> Error {
        let message = format!(
            "{packed} packed bytes hold {size} or more, at most 1 : {} is allowed \
             (Limits::inflate_ratio)",
            self.limits.inflate_ratio
        );
        Error::new(ErrorKind::Limit, message)
    }

    pub(super) fn read_exact<R: Read>(
        &mut self,
        input: &mut Input<R>,
        mut buf: &mut [u8],
    ) -> Result<()> {
        while !buf.is_empty() {
            let count = self.read(input, buf)?;
            if count == 0 {
                return Err(short(buf.len(), 0));
            }
            buf = &mut buf[count..];
        }
        Ok(())
    }

    /// Checks that the data end here, and says what they were.
    pub(super) fn finish<R: Read>(mut self, input: &mut Input<R>) -> Result<DataDescriptor> {
        if !self.is_endless() && self.read(input, &mut [0])? > 0 {
            let message = "more bytes follow the array's data in its entry";
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        #[cfg(feature = "deflate")]
        if let Packing::Deflated(inflate) = &self.packing {
            inflate.check_end()?;
        }
        let compressed = input.position() - self.start;
        Ok(DataDescriptor { crc: self.crc.finalize(), compressed, uncompressed: self.size })
    }
}
