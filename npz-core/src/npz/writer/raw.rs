//! Entries under names that are settled elsewhere: copied as they are, packed anew, or written.

use std::fs::File;

use super::pending::{Announced, Pending};
use super::{BUFFER_BYTES, Entry, NpzWriter};
use crate::element::{ArraySource, ReadExact};
use crate::error::Result;
use crate::io::atomic::AtomicFile;
use crate::io::read_at::fill;
use crate::npz::archive::Facts;
use crate::npz::layout::{Member, Slot};
use crate::npz::metadata::Metadata;
use crate::npz::stream::EntryStream;
use crate::options::{Compression, STEP_BYTES};

/// Read and packed at a time.
const CHUNK_BYTES: u64 = 256 << 10;

/// Up to here copying through the buffer costs less than asking the system.
const SMALL_BYTES: u64 = 64 << 10;

impl NpzWriter<AtomicFile> {
    /// Copies an entry, packed as it is, whose packed bytes start at `start` of `file`. Of its
    /// first bytes, alignment passes over `prefix_len`.
    pub(crate) fn copy_entry(
        &mut self,
        member: &str,
        facts: Facts<'_>,
        prefix_len: u64,
        (file, start): (&File, u64),
        told: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<()> {
        let Facts { method, crc, size, packed_size, marks, .. } = facts;
        let member = Member { name: member, method, size, prefix_len };
        let slot = Slot::new(member, self.out.position(), self.alignment)?;
        self.out.write(&slot.local_header(crc, packed_size)?)?;
        match usize::try_from(packed_size) {
            Ok(len) if packed_size <= SMALL_BYTES => {
                self.out.make_room(packed_size)?;
                let at = self.out.buffer.len();
                self.out.buffer.resize(at + len, 0);
                fill(file, &mut self.out.buffer[at..], start)?;
            }
            _ => {
                self.out.flush()?;
                let mut done = 0;
                while done < packed_size {
                    let count = (STEP_BYTES as u64).min(packed_size - done);
                    let from = start.saturating_add(done);
                    let copied = self.out.writer.copy_from(file, from, count);
                    copied.map_err(|error| self.out.failed(error))?;
                    self.out.written = self.out.written.saturating_add(count);
                    done += count;
                    told(done)?;
                }
            }
        }
        self.directory.push_marked(&slot, crc, packed_size, sound(marks, size, packed_size))
    }

    /// Packs the bytes of an entry anew, and compares their checksum. Of the first bytes,
    /// alignment passes over `prefix_len`.
    pub(crate) fn repack_entry(
        &mut self,
        member: &str,
        prefix_len: u64,
        mut bytes: EntryStream<'_>,
        compression: Compression,
        told: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<()> {
        let size = Some(bytes.left());
        // An npy header was found to be so long, so it is within the limits.
        let mut prefix = vec![0; usize::try_from(prefix_len).unwrap_or(0)];
        bytes.read_exact(&mut prefix)?;
        let announced = Announced { member: member.to_owned(), prefix: &prefix, size, compression };
        let mut entry = Pending::begin(self, announced)?;
        let mut chunk = Vec::new();
        let rest = bytes.left();
        while bytes.left() > 0 {
            let count = usize::try_from(bytes.left().min(CHUNK_BYTES)).unwrap_or(BUFFER_BYTES);
            chunk.resize(count, 0);
            bytes.read_exact(&mut chunk)?;
            entry.write(&mut self.out, &chunk)?;
            let done = rest.saturating_sub(bytes.left());
            if done.is_multiple_of(STEP_BYTES as u64) {
                told(done)?;
            }
        }
        bytes.finish()?;
        entry.finish(self, &prefix)
    }

    /// Writes an array as the member of this name.
    pub(crate) fn write_entry(&mut self, member: &str, source: &dyn ArraySource) -> Result<()> {
        let entry = Entry::new(member.into(), source, &self.options)?;
        self.write_entries(std::slice::from_ref(&entry))
    }

    /// Says what the metadata will say, instead of what the options do.
    pub(crate) fn set_metadata(&mut self, metadata: Metadata) {
        self.metadata = metadata;
    }

    /// Takes disk space that will be needed.
    pub(crate) fn reserve_bytes(&self, size: u64) -> Result<()> {
        self.out.writer.reserve(size)
    }
}

/// Marks that may be right, to go with what they mark.
#[cfg(feature = "deflate")]
fn sound(marks: &[u8], size: u64, packed: u64) -> &[u8] {
    use crate::npz::deflate::Marks;

    if Marks::parse(marks, size, packed).is_some() { marks } else { &[] }
}

/// What reads none keeps none.
#[cfg(not(feature = "deflate"))]
fn sound(_: &[u8], _: u64, _: u64) -> &'static [u8] {
    &[]
}
