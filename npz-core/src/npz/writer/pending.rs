//! An entry whose bytes come piece by piece.
//!
//! Its CRC, and mostly its packed size, are known only at the end, but stand before the data. So
//! what has room in the buffer stays there until then, a file is patched, and where neither is
//! possible a data descriptor follows.

use std::io::Write;

use crc32fast::Hasher;

use super::{BUFFER_BYTES, NpzWriter, Output};
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "deflate")]
use crate::npz::deflate::Deflater;
use crate::npz::layout::{Alignment, Member, Slot};
use crate::npz::method::Method;
use crate::options::Compression;

/// What is known of an entry before its bytes come.
pub(super) struct Announced<'a> {
    pub(super) member: String,
    /// The first bytes, which alignment passes over: the npy header, or nothing.
    pub(super) prefix: &'a [u8],
    /// The size of all bytes, the prefix included; `None` if it is settled at the end.
    pub(super) size: Option<u64>,
    pub(super) compression: Compression,
}

/// An entry on its way into the archive.
pub(super) struct Pending {
    member: String,
    size: Option<u64>,
    prefix_len: u64,
    offset: u64,
    alignment: Alignment,
    settling: Settling,
    packer: Packer,
    /// Of what follows the prefix.
    crc: Hasher,
    taken: u64,
    packed: u64,
    /// Packed bytes that stand before those of the compressor.
    #[cfg(feature = "deflate")]
    before: usize,
}

/// How the local header gets what is known at the end.
#[derive(Clone, Copy, PartialEq)]
enum Settling {
    /// All of the entry stays in the buffer.
    Held,
    /// The file is patched.
    Patched,
    /// Not at all.
    Descriptor,
}

enum Packer {
    Stored,
    #[cfg(feature = "deflate")]
    Deflated(Box<Deflater>),
}

impl Packer {
    fn new<W: Write>(writer: &NpzWriter<W>, compression: Compression, skipped: usize) -> Self {
        #[cfg(not(feature = "deflate"))]
        let _ = (writer, skipped);
        match compression {
            Compression::Stored => Self::Stored,
            #[cfg(feature = "deflate")]
            compression => Self::Deflated(Box::new(writer.deflater(compression).skip(skipped))),
        }
    }

    fn method(&self) -> Method {
        match self {
            Self::Stored => Method::Stored,
            #[cfg(feature = "deflate")]
            Self::Deflated(_) => Method::Deflated,
        }
    }

    /// The most that `size` bytes can become.
    fn most(&self, size: u64) -> u64 {
        match self {
            Self::Stored => size,
            #[cfg(feature = "deflate")]
            Self::Deflated(_) => crate::npz::layout::most_compressed(size),
        }
    }

    /// The prefix of an open-ended entry as it stands in the file, to be replaced at the end: as
    /// it is, or in deflate's blocks for bytes as they are. The compressor, which doesn't know of
    /// these, goes on after them: they end with a whole byte, and it looks back no further than
    /// its own beginning.
    fn replaceable(&self, prefix: &[u8]) -> Vec<u8> {
        match self {
            Self::Stored => prefix.to_vec(),
            #[cfg(feature = "deflate")]
            Self::Deflated(_) => {
                let mut blocks = Vec::new();
                for piece in prefix.chunks(usize::from(u16::MAX)) {
                    let len = u16::try_from(piece.len()).unwrap_or(u16::MAX);
                    blocks.push(0);
                    blocks.extend(len.to_le_bytes());
                    blocks.extend((!len).to_le_bytes());
                    blocks.extend_from_slice(piece);
                }
                blocks
            }
        }
    }
}

impl Pending {
    /// Writes the local header and the prefix.
    pub(super) fn begin<W: Write>(
        writer: &mut NpzWriter<W>,
        announced: Announced<'_>,
    ) -> Result<Self> {
        let Announced { member, prefix, size, compression } = announced;
        // Of an open-ended entry the prefix isn't packed, see `replaceable`.
        let skipped = if size.is_none() { prefix.len() } else { 0 };
        let packer = Packer::new(writer, compression, skipped);
        let out = &mut writer.out;
        let settling = match size.map(|size| packer.most(size)) {
            Some(most) if most <= BUFFER_BYTES as u64 => {
                out.make_room(most)?;
                Settling::Held
            }
            _ if out.hooks.is_some() => Settling::Patched,
            Some(_) => Settling::Descriptor,
            None => return Err(needs_seek()),
        };
        let mut entry = Self {
            member,
            size,
            prefix_len: prefix.len() as u64,
            offset: out.position(),
            alignment: writer.alignment,
            settling,
            packer,
            crc: Hasher::new(),
            taken: prefix.len() as u64,
            packed: 0,
            #[cfg(feature = "deflate")]
            before: 0,
        };
        let stored = entry.packer.method() == Method::Stored;
        let expected = size.unwrap_or(0);
        let packed = if stored { expected } else { 0 };
        // The checksum is yet to come.
        entry.slot(expected)?.push_local_header(&mut out.buffer, 0, packed)?;
        match size {
            Some(_) => entry.pack(out, prefix)?,
            None => {
                let packed = entry.packer.replaceable(prefix);
                #[cfg(feature = "deflate")]
                {
                    entry.before = packed.len();
                }
                entry.put(out, &packed)?;
            }
        }
        Ok(entry)
    }

    pub(super) fn prefix_len(&self) -> u64 {
        self.prefix_len
    }

    /// Takes the next bytes.
    pub(super) fn write<W: Write>(&mut self, out: &mut Output<W>, bytes: &[u8]) -> Result<()> {
        self.crc.update(bytes);
        self.taken = self.taken.saturating_add(bytes.len() as u64);
        self.pack(out, bytes)
    }

    /// Ends the entry. One without an announced size may have another `prefix` now, of the same
    /// length.
    pub(super) fn finish<W: Write>(
        mut self,
        writer: &mut NpzWriter<W>,
        prefix: &[u8],
    ) -> Result<()> {
        let out = &mut writer.out;
        let marks = self.flush(out)?;
        let mut crc = Hasher::new();
        crc.update(prefix);
        crc.combine(&self.crc);
        let (crc, packed) = (crc.finalize(), self.packed);
        let slot = self.slot(self.taken)?;
        if self.settling == Settling::Descriptor {
            out.write(&slot.descriptor(crc, packed)?)?;
        } else {
            let mut head = slot.local_header(crc, packed)?;
            if self.size.is_none() {
                head.extend(self.packer.replaceable(prefix));
            }
            out.settle(&head, self.offset)?;
        }
        writer.directory.push_marked(&slot, crc, packed, &marks)
    }

    fn slot(&self, size: u64) -> Result<Slot<'_>> {
        let (name, method) = (self.member.as_str(), self.packer.method());
        let member = Member { name, method, size, prefix_len: self.prefix_len };
        let slot = match self.size {
            Some(_) => Slot::new(member, self.offset, self.alignment)?,
            None => Slot::open_ended(member, self.offset, self.alignment)?,
        };
        Ok(if self.settling == Settling::Descriptor { slot.with_descriptor() } else { slot })
    }

    fn pack<W: Write>(&mut self, out: &mut Output<W>, bytes: &[u8]) -> Result<()> {
        let (held, packed) = (self.settling == Settling::Held, &mut self.packed);
        let mut put = |bytes: &[u8]| put(out, held, packed, bytes);
        match &mut self.packer {
            Packer::Stored => put(bytes),
            #[cfg(feature = "deflate")]
            Packer::Deflated(deflater) => deflater.write(bytes, &mut |bytes, _| put(bytes)),
        }
    }

    /// Writes what the compressor still holds; returns the marks of its segments, if there are any.
    fn flush<W: Write>(&mut self, out: &mut Output<W>) -> Result<Vec<u8>> {
        let (held, packed) = (self.settling == Settling::Held, &mut self.packed);
        let mut put = |bytes: &[u8]| put(out, held, packed, bytes);
        match &mut self.packer {
            Packer::Stored => put(&[]).map(|()| Vec::new()),
            #[cfg(feature = "deflate")]
            Packer::Deflated(deflater) => {
                let before = self.before;
                let mut marks = deflater.finish(&mut |bytes, _| put(bytes))?.marks;
                marks.prepend(before);
                Ok(marks.encode())
            }
        }
    }

    fn put<W: Write>(&mut self, out: &mut Output<W>, bytes: &[u8]) -> Result<()> {
        put(out, self.settling == Settling::Held, &mut self.packed, bytes)
    }
}

fn put<W: Write>(out: &mut Output<W>, held: bool, packed: &mut u64, bytes: &[u8]) -> Result<()> {
    *packed = packed.saturating_add(bytes.len() as u64);
    if held {
        out.buffer.extend_from_slice(bytes);
        return Ok(());
    }
    out.write(bytes)
}

impl<W: Write> Output<W> {
    /// Overwrites what was written from `offset` on, in the buffer or in the file.
    pub(super) fn settle(&mut self, bytes: &[u8], offset: u64) -> Result<()> {
        let within = offset.checked_sub(self.written).and_then(|at| usize::try_from(at).ok());
        if let Some(at) = within
            && let Some(place) = self.buffer.get_mut(at..at.saturating_add(bytes.len()))
        {
            place.copy_from_slice(bytes);
            return Ok(());
        }
        self.flush()?;
        let write_at = self.hooks.as_ref().map(|hooks| hooks.write_at);
        self.patch(write_at.ok_or_else(needs_seek)?, bytes, offset)
    }
}

#[cold]
pub(super) fn needs_seek() -> Error {
    let message = "an open-ended entry's size is written into its header at the end, where this \
                   writer can't go back to; use NpzWriter::create or NpzWriter::from_seek";
    Error::new(ErrorKind::Unsupported, message)
}
