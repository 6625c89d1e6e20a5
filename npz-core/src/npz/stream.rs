//! One entry's bytes on their way in: unpacked, counted and checked.

use std::ops::Range;
use std::sync::Arc;

use bytemuck::allocation::try_zeroed_vec;
use crc32fast::Hasher;

#[cfg(feature = "deflate")]
use super::deflate::Inflater;
use crate::element::{Finish, ReadExact};
use crate::error::{Error, ErrorKind, Result};
use crate::io::bulk::{Bulk, hot_parts};
use crate::io::read_at::{ReadAt, fill};
#[cfg(feature = "deflate")]
use crate::options;
use crate::options::Meter;

/// Packed bytes read at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// So much larger than its packed bytes an entry may say it is, and be believed before they are
/// unpacked.
#[cfg(feature = "deflate")]
const TRUSTED_RATIO: u64 = 16;

/// Some bytes of the file.
pub(super) fn read(source: &dyn ReadAt, range: Range<u64>) -> Result<Vec<u8>> {
    let mut bytes = try_zeroed_vec(length(&range)?).map_err(|()| too_large())?;
    fill(source, &mut bytes, range.start)?;
    Ok(bytes)
}

fn length(range: &Range<u64>) -> Result<usize> {
    let len = range.end.checked_sub(range.start).and_then(|len| usize::try_from(len).ok());
    len.ok_or_else(too_large)
}

#[cold]
fn too_large() -> Error {
    Error::new(ErrorKind::Limit, "a part of the file is too large for memory")
}

/// Some bytes of the file, perhaps shared with a [`Window`](super::window::Window).
#[derive(Clone, Default)]
pub(crate) struct Bytes {
    shared: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Bytes {
    pub(crate) fn read(source: &dyn ReadAt, range: Range<u64>) -> Result<Self> {
        Self::default().refill(source, range)
    }

    /// The same into memory that is there, if nobody else looks at it.
    pub(crate) fn refill(mut self, source: &dyn ReadAt, range: Range<u64>) -> Result<Self> {
        let len = length(&range)?;
        if let Some(bytes) = Arc::get_mut(&mut self.shared).filter(|bytes| len <= bytes.len()) {
            fill(source, &mut bytes[..len], range.start)?;
            return Ok(Self { range: 0..len, ..self });
        }
        Ok(Self { range: 0..len, shared: Arc::new(read(source, range)?) })
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.shared.get(self.range.clone()).unwrap_or_default()
    }

    /// Bytes that are in memory for another reason.
    #[cfg(feature = "zip")]
    pub(crate) fn from_vec(bytes: Vec<u8>) -> Self {
        Self { range: 0..bytes.len(), shared: Arc::new(bytes) }
    }

    /// All but the first `count` bytes.
    pub(crate) fn skip(mut self, count: usize) -> Self {
        self.range.start = self.range.start.saturating_add(count).min(self.range.end);
        self
    }

    /// The first `count` bytes.
    pub(crate) fn take(mut self, count: usize) -> Self {
        self.range.end = self.range.start.saturating_add(count).min(self.range.end);
        self
    }
}

/// The packed bytes of an entry: some in memory already, the rest still in the file.
#[derive(Clone)]
pub(crate) struct Packed<'a> {
    source: &'a dyn ReadAt,
    ready: Bytes,
    rest: Range<u64>,
}

impl<'a> Packed<'a> {
    pub(crate) fn new(source: &'a dyn ReadAt, ready: Bytes, rest: Range<u64>) -> Self {
        Self { source, ready, rest }
    }

    /// Bytes not yet consumed.
    pub(crate) fn left(&self) -> u64 {
        self.ready.as_slice().len() as u64 + self.rest.end.saturating_sub(self.rest.start)
    }

    /// The next bytes, none only at the end.
    #[cfg(feature = "deflate")]
    pub(crate) fn chunk(&mut self) -> Result<&[u8]> {
        if self.ready.as_slice().is_empty() && !self.rest.is_empty() {
            let end = self.rest.end.min(self.rest.start.saturating_add(CHUNK_BYTES as u64));
            self.ready = Bytes::read(self.source, self.rest.start..end)?;
            self.rest.start = end;
        }
        Ok(self.ready.as_slice())
    }

    /// Fills `buf` with the bytes that start `offset` behind the next one, and consumes none.
    #[cfg(feature = "deflate")]
    pub(crate) fn read_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        let ready = self.ready.as_slice();
        let skip = usize::try_from(offset).unwrap_or(usize::MAX).min(ready.len());
        let ready = ready.get(skip..).unwrap_or_default();
        let (head, tail) = buf.split_at_mut(ready.len().min(buf.len()));
        head.copy_from_slice(ready.get(..head.len()).unwrap_or_default());
        let behind = offset.saturating_add(head.len() as u64);
        let at = behind.saturating_sub(self.ready.as_slice().len() as u64);
        fill(self.source, tail, self.rest.start.saturating_add(at))
    }

    pub(crate) fn consume(&mut self, count: usize) {
        self.ready = std::mem::take(&mut self.ready).skip(count);
    }

    /// Fills `buf`, straight from the file where nothing is ready.
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        if (buf.len() as u64) > self.left() {
            let found = usize::try_from(self.left()).unwrap_or(usize::MAX);
            return Err(crate::element::short(buf.len(), found));
        }
        let ready = self.ready.as_slice();
        let count = ready.len().min(buf.len());
        let (head, tail) = buf.split_at_mut(count);
        head.copy_from_slice(ready.get(..count).unwrap_or_default());
        self.consume(count);
        fill(self.source, tail, self.rest.start)?;
        self.rest.start += tail.len() as u64;
        Ok(())
    }

    /// Fills `buf`, which may be large, on several threads, and calls `each` with pieces of it.
    fn read_pieces<R: Send>(
        &mut self,
        threads: usize,
        buf: &mut [u8],
        unit: usize,
        each: impl Fn(&mut [u8]) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        // The bytes of the next entry are not this one's.
        if (buf.len() as u64) > self.left() {
            let found = usize::try_from(self.left()).unwrap_or(usize::MAX);
            return Err(crate::element::short(buf.len(), found));
        }
        let (source, offset) = (self.source, self.rest.start);
        let ready = self.ready.as_slice();
        let count = ready.len().min(buf.len());
        let bulk = Bulk { source, ready: ready.get(..count).unwrap_or_default(), offset, threads };
        let results = bulk.read(buf, unit, each)?;
        self.consume(count);
        self.rest.start += (buf.len() - count) as u64;
        Ok(results)
    }
}

/// How the bytes are unpacked.
pub(crate) enum Unpack<'a> {
    Stored(Packed<'a>),
    #[cfg(feature = "deflate")]
    Deflated(Box<Inflater<'a>>),
}

/// The unpacked bytes of an entry, as far as its declared size goes; their checksum is taken on
/// the way and compared at the end.
pub(crate) struct EntryStream<'a> {
    unpack: Unpack<'a>,
    left: u64,
    crc: Hasher,
    /// `None` if nobody wants to know.
    expected_crc: Option<u32>,
    threads: usize,
    meter: Option<(&'a Meter<'a>, &'a str)>,
}

impl<'a> EntryStream<'a> {
    pub(crate) fn new(unpack: Unpack<'a>, size: u64, expected_crc: u32) -> Self {
        let (crc, expected_crc) = (Hasher::new(), Some(expected_crc));
        Self { unpack, left: size, crc, expected_crc, threads: 1, meter: None }
    }

    /// Reads large pieces on as many threads, or on as many as help.
    pub(crate) fn on_threads(self, count: usize) -> Self {
        Self { threads: count, ..self }
    }

    /// Takes no checksum, and compares none.
    pub(crate) fn unchecked(self) -> Self {
        Self { expected_crc: None, ..self }
    }

    /// Tells the meter what is read from here on, of the entry of this name.
    pub(crate) fn metered<'m>(self, meter: Option<&'m Meter<'m>>, name: &'m str) -> EntryStream<'m>
    where
        'a: 'm,
    {
        EntryStream { meter: meter.map(|meter| (meter, name)), ..self }
    }

    /// Fails if there are less than `len` bytes left.
    fn check_left(&self, len: usize) -> Result<()> {
        if len as u64 <= self.left {
            return Ok(());
        }
        let found = usize::try_from(self.left).unwrap_or(usize::MAX);
        Err(crate::element::short(len, found))
    }

    /// Bytes not yet read, as the archive declares them.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// Those of the next bytes that are in memory already.
    pub(crate) fn ready(&self) -> &[u8] {
        let ready = match &self.unpack {
            Unpack::Stored(packed) => packed.ready.as_slice(),
            #[cfg(feature = "deflate")]
            Unpack::Deflated(_) => &[],
        };
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        ready.get(..left).unwrap_or(ready)
    }

    /// Moves on behind `count` bytes, no more than are [ready](Self::ready).
    pub(crate) fn skip(&mut self, count: usize) {
        #[cfg_attr(not(feature = "deflate"), allow(irrefutable_let_patterns))]
        let Unpack::Stored(packed) = &mut self.unpack else { return };
        if self.expected_crc.is_some() {
            let skipped = packed.ready.as_slice();
            self.crc.update(skipped.get(..count).unwrap_or(skipped));
        }
        packed.consume(count);
        self.left = self.left.saturating_sub(count as u64);
    }

    /// Whether memory for all of its bytes may be taken at once: they are known to be there, not
    /// only declared, or the packed bytes are, and it takes only some times their number.
    pub(crate) fn is_present(&self) -> bool {
        match &self.unpack {
            Unpack::Stored(_) => true,
            #[cfg(feature = "deflate")]
            Unpack::Deflated(inflater) => {
                self.left <= inflater.packed_len().saturating_mul(TRUSTED_RATIO)
            }
        }
    }

    /// Where in the file the next byte stands, for bytes that are stored there and not all in
    /// memory yet.
    pub(crate) fn position(&self) -> Option<u64> {
        match &self.unpack {
            Unpack::Stored(packed) if !packed.rest.is_empty() => {
                Some(packed.rest.start - packed.ready.as_slice().len() as u64)
            }
            _ => None,
        }
    }

    /// All bytes that are left, in memory that grows as they come.
    pub(crate) fn read_to_end(&mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while self.left > 0 {
            let count = usize::try_from(self.left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
            let start = bytes.len();
            bytes.try_reserve(count).map_err(|_| {
                Error::new(ErrorKind::Limit, format!("can't allocate {count} more bytes"))
            })?;
            bytes.resize(start + count, 0);
            self.read_exact(&mut bytes[start..])?;
        }
        Ok(bytes)
    }

    /// Reads whatever is left and throws it away, for its checksum.
    pub(crate) fn drain(&mut self) -> Result<()> {
        let next = |left| usize::try_from(left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        let mut buf = vec![0; next(self.left)];
        while self.left > 0 {
            let count = next(self.left);
            self.read_exact(&mut buf[..count])?;
        }
        Ok(())
    }

    /// Checks that the entry ends here, and its checksum. No value may be handed out before.
    pub(crate) fn finish(mut self) -> Result<()> {
        if self.left > 0 {
            let message = format!("{} bytes follow the array's data in its entry", self.left);
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        match &mut self.unpack {
            Unpack::Stored(packed) if packed.left() > 0 => {
                let message = format!("{} bytes follow the entry's declared size", packed.left());
                return Err(Error::new(ErrorKind::Corrupt, message));
            }
            Unpack::Stored(_) => {}
            #[cfg(feature = "deflate")]
            Unpack::Deflated(inflater) => inflater.finish()?,
        }
        let found = self.crc.finalize();
        match self.expected_crc {
            Some(expected) if expected != found => {
                let message = format!(
                    "the data are damaged: expected CRC-32 {expected:08x}, found {found:08x}"
                );
                Err(Error::new(ErrorKind::Corrupt, message))
            }
            _ => Ok(()),
        }
    }
}

impl ReadExact for EntryStream<'_> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.check_left(buf.len())?;
        match &mut self.unpack {
            Unpack::Stored(packed) => packed.read_exact(buf)?,
            #[cfg(feature = "deflate")]
            Unpack::Deflated(inflater) => inflater.read_exact(buf)?,
        }
        self.left -= buf.len() as u64;
        if self.expected_crc.is_some() {
            self.crc.update(buf);
        }
        self.meter.map_or(Ok(()), |(meter, name)| meter.add(buf.len(), name))
    }

    fn read_pieces(&mut self, buf: &mut [u8], unit: usize, finish: &Finish<'_>) -> Result<()> {
        self.check_left(buf.len())?;
        let (checked, meter) = (self.expected_crc.is_some(), self.meter);
        let each = |piece: &mut [u8]| {
            let mut crc = Hasher::new();
            for part in hot_parts(piece, unit) {
                if checked {
                    crc.update(part);
                }
                finish(part);
            }
            meter.map_or(Ok(()), |(meter, name)| meter.add(piece.len(), name))?;
            Ok(crc)
        };
        let pieces = match &mut self.unpack {
            Unpack::Stored(packed) if !packed.rest.is_empty() => {
                Some(packed.read_pieces(self.threads, buf, unit, each)?)
            }
            // In memory already.
            Unpack::Stored(_) => None,
            #[cfg(feature = "deflate")]
            Unpack::Deflated(inflater) => {
                inflater.read_parallel(buf, options::threads(self.threads), unit, &each)?
            }
        };
        let Some(pieces) = pieces else {
            return hot_parts(buf, unit).try_for_each(|part| {
                self.read_exact(part)?;
                finish(part);
                Ok(())
            });
        };
        pieces.iter().for_each(|crc| self.crc.combine(crc));
        self.left -= buf.len() as u64;
        Ok(())
    }
}
