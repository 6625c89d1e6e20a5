//! Entries that are deflated, on many threads.

use std::io::Write;
use std::sync::Arc;

use super::{BUFFER_BYTES, Entry, NpzWriter, wrong_length};
use crate::error::Result;
use crate::npz::deflate::Deflater;
use crate::npz::layout::Slot;
use crate::npz::method::Method;
use crate::options::{self, Compression};

impl<W: Write> NpzWriter<W> {
    pub(super) fn deflater(&self, compression: Compression) -> Deflater {
        let threads = options::threads(self.options.threads);
        Deflater::new(Arc::clone(&self.packers), compression, threads)
    }

    pub(super) fn deflate(&mut self, entry: &Entry<'_>, compression: Compression) -> Result<()> {
        let slot = Slot::new(entry.member(Method::Deflated)?, self.out.position(), self.alignment)?;
        let mut deflater = self.deflater(compression);
        let write_at = self.out.hooks.as_ref().map(|hooks| hooks.write_at);
        let (crc, len) = match write_at {
            Some(write_at) if entry.size()? > BUFFER_BYTES as u64 => {
                self.out.placeholder(&slot, 0)?;
                let mut put = |bytes: &[u8]| self.out.write(bytes);
                let (crc, len) = entry.deflate(&mut deflater, &mut put)?;
                self.out.flush()?;
                let header = slot.local_header(crc, len)?;
                self.out.patch(write_at, &header, slot.offset())?;
                (crc, len)
            }
            _ => {
                let mut all = Vec::new();
                let mut put = |bytes: &[u8]| {
                    all.extend_from_slice(bytes);
                    Ok(())
                };
                let (crc, len) = entry.deflate(&mut deflater, &mut put)?;
                self.out.write(&slot.local_header(crc, len)?)?;
                self.out.write(&all)?;
                (crc, len)
            }
        };
        self.directory.push(&slot, crc, len)
    }
}

impl Entry<'_> {
    /// Packs header and payload; returns the checksum of both and the packed length.
    fn deflate(
        &self,
        deflater: &mut Deflater,
        sink: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<(u32, u64)> {
        deflater.write(&self.npy, sink)?;
        let mut left = self.header.nbytes();
        self.source.write(&self.header, &mut |bytes| {
            left = left.checked_sub(bytes.len()).ok_or_else(wrong_length)?;
            deflater.write(bytes, sink)
        })?;
        if left > 0 {
            return Err(wrong_length());
        }
        let packed = deflater.finish(sink)?;
        Ok((packed.crc.finalize(), packed.len))
    }
}
