//! Bytes of an entry, as they come → packed bytes, in order.

use std::sync::{Arc, Mutex, PoisonError};

use crc32fast::Hasher;

use super::SEGMENT_BYTES;
use super::marks::MarksWriter;
use super::packer::{Mode, Packer};
use crate::error::{Error, ErrorKind, Result};
use crate::io::failpoint;
use crate::io::in_order::{capped, in_order};
use crate::options::Compression;

/// Takes packed bytes in order, each time with the number of bytes that they were.
type Sink<'s> = dyn FnMut(&[u8], usize) -> Result<()> + 's;

/// Memory for packing, shared by threads and used again for the next entry.
#[derive(Default)]
pub(crate) struct Packers {
    packers: Mutex<Vec<Packer>>,
    buffers: Mutex<Vec<Vec<u8>>>,
}

/// A packed segment, to be [handed back](Packers::reuse).
pub(crate) struct Segment {
    bytes: Vec<u8>,
    len: usize,
    unpacked: usize,
    /// Of the bytes before they were packed.
    pub(crate) crc: Hasher,
}

impl Segment {
    pub(crate) fn packed(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Packers {
    fn pack(&self, mode: Mode, segment: &[u8], last: bool) -> Result<Segment> {
        let mut crc = Hasher::new();
        crc.update(segment);
        let mut bytes = take(&self.buffers);
        let mut packer = take(&self.packers);
        let len = packer.pack(mode, segment, last, &mut bytes)?;
        put_back(&self.packers, packer);
        Ok(Segment { bytes, len, unpacked: segment.len(), crc })
    }

    /// Packs bytes that make one segment, which is all of a stream.
    pub(crate) fn pack_whole(
        &self,
        compression: Compression,
        write: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<Segment> {
        let mut bytes = take(&self.buffers);
        bytes.clear();
        write(&mut bytes)?;
        let segment = self.pack(compression.into(), &bytes, true);
        put_back(&self.buffers, bytes);
        segment
    }

    /// Keeps the memory of a segment for the next.
    pub(crate) fn reuse(&self, segment: Segment) {
        put_back(&self.buffers, segment.bytes);
    }
}

fn take<T: Default>(all: &Mutex<Vec<T>>) -> T {
    all.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
}

fn put_back<T>(all: &Mutex<Vec<T>>, one: T) {
    all.lock().unwrap_or_else(PoisonError::into_inner).push(one);
}

/// What has become of the bytes of an entry.
#[derive(Default)]
pub(crate) struct Packed {
    pub(crate) len: u64,
    /// Of the bytes before they were packed.
    pub(crate) crc: Hasher,
    pub(crate) marks: MarksWriter,
}

/// Packs bytes as they come.
pub(crate) struct Deflater {
    packers: Arc<Packers>,
    mode: Mode,
    threads: usize,
    /// What has come and isn't packed: never nothing once something has come, since only the end
    /// tells which segment is the last.
    pending: Vec<u8>,
    /// So many bytes at the start of `pending` are none of ours.
    skipped: usize,
    packed: Packed,
}

impl Deflater {
    pub(crate) fn new(packers: Arc<Packers>, compression: Compression, threads: usize) -> Self {
        let packed = Packed::default();
        Self {
            packers,
            mode: compression.into(),
            threads: capped(threads),
            pending: Vec::new(),
            skipped: 0,
            packed,
        }
    }

    /// A deflater for what follows the first `skipped` bytes of an entry, which its caller packs;
    /// segments are counted from the start all the same.
    pub(crate) fn skip(mut self, skipped: usize) -> Self {
        self.skipped = skipped % SEGMENT_BYTES;
        self.pending = vec![0; self.skipped];
        self
    }

    /// Packs `bytes`; whatever is ready goes to `sink`.
    pub(crate) fn write(&mut self, mut bytes: &[u8], sink: &mut Sink<'_>) -> Result<()> {
        loop {
            let batch = self.batch_bytes();
            if self.pending.len() + bytes.len() <= batch {
                return self.keep(bytes);
            }
            // Up to a whole number of segments, which a batch is too; then, without a copy, all
            // that are whole. What follows is never nothing.
            let missing = self.pending.len().next_multiple_of(SEGMENT_BYTES) - self.pending.len();
            let (head, rest) = bytes.split_at(missing);
            self.keep(head)?;
            let whole = (rest.len() - 1) / SEGMENT_BYTES * SEGMENT_BYTES;
            let (whole, rest) = rest.split_at(whole);
            let pending = std::mem::take(&mut self.pending);
            let segments = pending.chunks(SEGMENT_BYTES).chain(whole.chunks(SEGMENT_BYTES));
            self.pack(segments.collect(), false, sink)?;
            self.pending = pending;
            self.pending.clear();
            bytes = rest;
        }
    }

    /// Ends the stream.
    pub(crate) fn finish(&mut self, sink: &mut Sink<'_>) -> Result<Packed> {
        let pending = std::mem::take(&mut self.pending);
        let segments: Vec<&[u8]> = match pending.is_empty() {
            true => vec![&[]],
            false => pending.chunks(SEGMENT_BYTES).collect(),
        };
        self.pack(segments, true, sink)?;
        Ok(std::mem::take(&mut self.packed))
    }

    /// As many bytes as keep the threads busy for a while.
    fn batch_bytes(&self) -> usize {
        match self.threads {
            1 => SEGMENT_BYTES,
            threads => 2 * threads * SEGMENT_BYTES,
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<()> {
        self.pending.try_reserve(bytes.len()).map_err(|_| {
            let message = format!("can't allocate {} bytes to compress", bytes.len());
            Error::new(ErrorKind::Limit, message)
        })?;
        self.pending.extend_from_slice(bytes);
        Ok(())
    }

    fn pack(&mut self, mut segments: Vec<&[u8]>, end: bool, sink: &mut Sink<'_>) -> Result<()> {
        let skipped = std::mem::take(&mut self.skipped);
        if let Some(first) = segments.first_mut() {
            *first = first.get(skipped..).unwrap_or_default();
        }
        let Self { packers, mode, threads, packed, .. } = self;
        let work = |index: usize| {
            failpoint::hit("deflate.packing").map_err(|error| Error::io("compress", error))?;
            let last = end && index + 1 == segments.len();
            packers.pack(*mode, segments.get(index).copied().unwrap_or_default(), last)
        };
        in_order(segments.len(), *threads, work, |segment| {
            packed.len += segment.len as u64;
            packed.crc.combine(&segment.crc);
            packed.marks.push(segment.len);
            sink(segment.packed(), segment.unpacked)?;
            packers.reuse(segment);
            Ok(())
        })
    }
}
