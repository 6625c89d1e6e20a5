//! One segment → deflate blocks.

use flate2::{Compress, Compression as Level, FlushCompress, Status};

use super::bits::BitWriter;
use super::entropy::{BlockCode, Histogram};
use super::items::Finder;
use super::runs::{Runs, Steps};
use super::sample::{self, Choice};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Compression;

/// Bytes that share one code: enough for its header not to matter, few enough for it to follow
/// the data.
const CHUNK_BYTES: usize = 128 << 10;

/// A block of bytes as they are holds up to so many.
const STORED_BYTES: usize = u16::MAX as usize;

/// Kinds of blocks, as they stand in a block's bits 1 and 2.
const STORED: u64 = 0b00;
const FIXED: u64 = 0b01;

/// How segments are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// By what is in them.
    Auto,
    /// By zlib's level.
    Level(u8),
}

impl From<Compression> for Mode {
    fn from(compression: Compression) -> Self {
        match compression {
            Compression::Auto => Self::Auto,
            Compression::Deflate(level) => Self::Level(level),
            // Not deflated at all, but if it must be, so.
            Compression::Stored => Self::Level(0),
        }
    }
}

/// Packs segments one after the other; keeps memory for the next one.
#[derive(Default)]
pub(super) struct Packer {
    steps: Steps,
    finder: Finder,
    /// One compressor for each level that was asked for.
    zlib: Vec<(u8, Compress)>,
    /// For samples.
    pub(super) scratch: Vec<u8>,
}

impl Packer {
    /// Packs `segment` into `out`, which grows as needed and is used from its start; returns the
    /// length. The stream ends with the `last` segment.
    pub(super) fn pack(
        &mut self,
        mode: Mode,
        segment: &[u8],
        last: bool,
        out: &mut Vec<u8>,
    ) -> Result<usize> {
        let room = most(segment.len());
        if out.len() < room {
            out.resize(room, 0);
        }
        if segment.is_empty() {
            let mut writer = BitWriter::new(out);
            if last {
                // A block with zlib's fixed code, which holds its end alone.
                writer.put(1 | FIXED << 1, 3 + 7);
            }
            return writer.finish().ok_or_else(no_room);
        }
        let choice = match mode {
            Mode::Auto => sample::choose(self, segment)?,
            Mode::Level(0) => Choice::Stored,
            Mode::Level(level) => Choice::Zlib(level),
        };
        match choice {
            Choice::Stored => stored(segment, last, out),
            Choice::Own => self.own(segment, last, out),
            Choice::Items(width) => self.items(width, segment, last, out),
            Choice::Zlib(level) => {
                let packed = self.zlib(level, segment, last, out)?;
                if packed > stored_len(segment.len()) {
                    stored(segment, last, out)
                } else {
                    Ok(packed)
                }
            }
        }
    }

    /// Packs by zlib.
    pub(super) fn zlib(
        &mut self,
        level: u8,
        segment: &[u8],
        last: bool,
        out: &mut [u8],
    ) -> Result<usize> {
        let state = self.level(level);
        state.reset();
        let flush = if last { FlushCompress::Finish } else { FlushCompress::Sync };
        let status = state.compress(segment, out, flush).map_err(|error| {
            Error::new(ErrorKind::Io, "the compressor failed").with_source(error)
        })?;
        let packed = usize::try_from(state.total_out()).unwrap_or(usize::MAX);
        let done = state.total_in() == segment.len() as u64
            && packed < out.len()
            && (!last || status == Status::StreamEnd);
        if done { Ok(packed) } else { Err(no_room()) }
    }

    fn level(&mut self, level: u8) -> &mut Compress {
        let at = self.zlib.iter().position(|(other, _)| *other == level).unwrap_or_else(|| {
            self.zlib.push((level, Compress::new(Level::new(level.into()), false)));
            self.zlib.len() - 1
        });
        &mut self.zlib[at].1
    }

    /// Packs each chunk by the best of what doesn't look for repeats.
    pub(super) fn own(&mut self, segment: &[u8], last: bool, out: &mut [u8]) -> Result<usize> {
        by_chunks(segment, last, out, |start, end, last, writer| {
            self.chunk(&segment[start..end], last, writer);
        })
    }

    /// Packs each chunk by repeats of items of `width` bytes.
    pub(super) fn items(
        &mut self,
        width: usize,
        segment: &[u8],
        last: bool,
        out: &mut [u8],
    ) -> Result<usize> {
        self.finder.begin();
        by_chunks(segment, last, out, |start, end, last, writer| {
            let matches = self.finder.find(segment, start, end, width);
            match pays(matches.bits(), end - start) {
                true => matches.write(writer, last),
                false => store_blocks(&segment[start..end], last, writer),
            }
        })
    }

    fn chunk(&mut self, chunk: &[u8], last: bool, writer: &mut BitWriter<'_>) {
        let runs = Runs::find(chunk, &mut self.steps);
        // Where runs are most of it, counting all bytes anew would be lost time.
        let literals =
            runs.as_ref().is_none_or(|runs| runs.covered() < chunk.len() / 2).then(|| {
                let mut histogram = Histogram::new();
                histogram.add(chunk);
                BlockCode::new(&histogram)
            });
        let bits_of_literals = literals.as_ref().map_or(u64::MAX, BlockCode::bits);
        let bits_of_runs = runs.as_ref().map_or(u64::MAX, Runs::bits);
        let best = bits_of_literals.min(bits_of_runs);
        if !pays(best, chunk.len()) {
            return store_blocks(chunk, last, writer);
        }
        match (literals, runs) {
            (_, Some(runs)) if bits_of_runs == best => runs.write(writer, last),
            (Some(literals), _) => literals.write(chunk, writer, last),
            _ => store_blocks(chunk, last, writer),
        }
    }
}

/// Packs a segment by its chunks: `pack` is told where each starts and ends, and whether it is the
/// last of the stream.
fn by_chunks(
    segment: &[u8],
    last: bool,
    out: &mut [u8],
    mut pack: impl FnMut(usize, usize, bool, &mut BitWriter<'_>),
) -> Result<usize> {
    let mut writer = BitWriter::new(out);
    for start in (0..segment.len()).step_by(CHUNK_BYTES) {
        let end = segment.len().min(start + CHUNK_BYTES);
        pack(start, end, last && end == segment.len(), &mut writer);
    }
    if !last && writer.pending() > 0 {
        // What zlib does to flush: an empty block, which ends with a whole byte.
        store_block(&[], false, &mut writer);
    }
    writer.finish().ok_or_else(no_room)
}

/// The most that `len` bytes are packed into before it is seen that they may as well be stored,
/// and what a [`BitWriter`] wants beyond.
pub(super) fn most(len: usize) -> usize {
    len + len / 8 + len / 64 + 1024
}

/// Whether to pack `len` bytes into so many bits: to save a hundredth isn't worth the time to unpack it.
fn pays(bits: u64, len: usize) -> bool {
    let stored = 8 * stored_len(len) as u64;
    bits.saturating_add(stored / 128) <= stored
}

fn stored_len(len: usize) -> usize {
    len + 5 * len.div_ceil(STORED_BYTES)
}

fn stored(segment: &[u8], last: bool, out: &mut [u8]) -> Result<usize> {
    let mut writer = BitWriter::new(out);
    store_blocks(segment, last, &mut writer);
    writer.finish().ok_or_else(no_room)
}

fn store_blocks(bytes: &[u8], last: bool, writer: &mut BitWriter<'_>) {
    let mut pieces = bytes.chunks(STORED_BYTES).peekable();
    while let Some(piece) = pieces.next() {
        store_block(piece, last && pieces.peek().is_none(), writer);
    }
}

fn store_block(bytes: &[u8], last: bool, writer: &mut BitWriter<'_>) {
    let len = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    writer.put(u64::from(last) | STORED << 1, 3);
    writer.align();
    writer.bytes(&len.to_le_bytes());
    writer.bytes(&(!len).to_le_bytes());
    writer.bytes(bytes);
}

#[cold]
fn no_room() -> Error {
    let message = "compression made more of the data than any method should; store them instead";
    Error::new(ErrorKind::Limit, message)
}
