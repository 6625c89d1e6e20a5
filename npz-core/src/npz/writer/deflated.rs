//! Deflated entries on their way out: large ones by several threads each, small ones many at once.

use std::io::Write;
use std::sync::Arc;

use super::{BUFFER_BYTES, Entry, NpzWriter};
use crate::error::{Error, Result};
use crate::io::in_order::in_order;
use crate::npz::deflate::{Deflater, Packed, SEGMENT_BYTES};
use crate::npz::layout::Slot;
use crate::npz::method::Method;
use crate::options::{self, Compression};

impl<W: Write> NpzWriter<W> {
    pub(super) fn deflater(&self, compression: Compression) -> Deflater {
        Deflater::new(Arc::clone(&self.packers), compression, self.threads())
    }

    fn threads(&self) -> usize {
        options::threads(self.options.threads)
    }

    /// Deflates entries, on many threads where that helps.
    pub(super) fn deflate_all(
        &mut self,
        entries: &[Entry<'_>],
        compression: Compression,
    ) -> Result<()> {
        for group in entries.chunk_by(|a, b| is_small(a) && is_small(b)) {
            match group {
                [entry] if !is_small(entry) => {
                    let named = |error: Error| error.with_entry(entry.name());
                    self.deflate_large(entry, compression).map_err(named)?;
                }
                small => self.deflate_small(small, compression)?,
            }
        }
        Ok(())
    }

    /// Entries that are one segment each.
    fn deflate_small(&mut self, entries: &[Entry<'_>], compression: Compression) -> Result<()> {
        let packers = Arc::clone(&self.packers);
        // Below this, a thread takes longer to start than to help.
        let bytes = entries.iter().map(Entry::size).fold(0, u64::saturating_add);
        let threads = if bytes < SEGMENT_BYTES as u64 / 4 { 1 } else { self.threads() };
        let named = |entry: &Entry<'_>, error: Error| error.with_entry(entry.name());
        let mut written = entries.iter();
        let work = |index: usize| {
            let entry = &entries[index];
            let write = |all: &mut Vec<u8>| {
                entry.write_unsummed(&mut |bytes| {
                    all.extend_from_slice(bytes);
                    Ok(())
                })
            };
            packers.pack_whole(compression, write).map_err(|error| named(entry, error))
        };
        in_order(entries.len(), threads, work, |segment| {
            let Some(entry) = written.next() else { return Ok(()) };
            let mut write = || {
                let member = entry.member(Method::Deflated);
                let slot = Slot::new(member, self.out.position(), self.alignment)?;
                let (packed, crc) = (segment.packed(), segment.crc.clone().finalize());
                self.out.write(&slot.local_header(crc, packed.len() as u64)?)?;
                self.out.write(packed)?;
                self.directory.push(&slot, crc, packed.len() as u64)?;
                self.progress.advance(entry.name(), entry.payload_len())
            };
            write().map_err(|error| named(entry, error))?;
            packers.reuse(segment);
            Ok(())
        })
    }

    /// An entry of several segments.
    fn deflate_large(&mut self, entry: &Entry<'_>, compression: Compression) -> Result<()> {
        let slot = Slot::new(entry.member(Method::Deflated), self.out.position(), self.alignment)?;
        let mut deflater = self.deflater(compression);
        let progress = &mut self.progress;
        // What is told is the array's bytes, without its header.
        let mut header_left = entry.npy().len();
        let mut advance = |count: usize| {
            let of_header = header_left.min(count);
            header_left -= of_header;
            progress.advance(entry.name(), (count - of_header) as u64)
        };
        let can_patch = self.out.hooks.is_some();
        let Packed { len, crc, marks } = if can_patch {
            slot.push_local_header(&mut self.out.buffer, 0, 0)?;
            let mut put = |bytes: &[u8], count| {
                self.out.write(bytes)?;
                advance(count)
            };
            entry.write_unsummed(&mut |bytes| deflater.write(bytes, &mut put))?;
            deflater.finish(&mut put)?
        } else {
            let mut all = Vec::new();
            let mut put = |bytes: &[u8], count| {
                all.extend_from_slice(bytes);
                advance(count)
            };
            entry.write_unsummed(&mut |bytes| deflater.write(bytes, &mut put))?;
            let packed = deflater.finish(&mut put)?;
            let header = slot.local_header(packed.crc.clone().finalize(), packed.len)?;
            self.out.write(&header)?;
            self.out.write(&all)?;
            packed
        };
        let crc = crc.finalize();
        if can_patch {
            self.out.settle(&slot.local_header(crc, len)?, slot.offset())?;
        }
        self.directory.push_marked(&slot, crc, len, &marks.encode())
    }
}

/// Whether all of an entry is one segment. Then the buffer has room for it, too.
fn is_small(entry: &Entry<'_>) -> bool {
    const { assert!(SEGMENT_BYTES <= BUFFER_BYTES) };
    entry.size() <= SEGMENT_BYTES as u64
}
