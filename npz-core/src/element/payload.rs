//! The bytes of one array, on their way in.

use bytemuck::{AnyBitPattern, NoUninit, Zeroable};

use crate::dtype::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::io::pages;

/// Bytes read, checked and converted at a time: they stay in the cache between these steps.
pub(super) const CHUNK_BYTES: usize = 256 << 10;

/// Allocated at once for a source whose length is only a promise; then doubled as bytes arrive.
pub(super) const FIRST_ALLOCATION: usize = 1 << 20;

/// Most items without any bytes (`|V0`, `<U0`): no file size bounds their number, and in memory
/// they do take some.
const ZERO_WIDTH_ITEMS: usize = 1 << 18;

/// What is done to a piece of what was read, such as swapping bytes.
pub(crate) type Finish<'f> = dyn Fn(&mut [u8]) + Sync + 'f;

/// Where a payload's bytes come from.
pub(crate) trait ReadExact {
    /// Fills `buf`, or fails.
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()>;

    /// Fills `buf`, which may be large, and applies `finish` to pieces of it, all of it once, while
    /// they are in the cache. A piece has whole units of `unit` bytes, counted from the start. What
    /// can be read from several places at once is read by several threads.
    fn read_pieces(&mut self, buf: &mut [u8], unit: usize, finish: &Finish<'_>) -> Result<()> {
        for piece in buf.chunks_mut(whole_units(CHUNK_BYTES, unit)) {
            self.read_exact(piece)?;
            finish(piece);
        }
        Ok(())
    }
}

/// About `bytes`, in whole units of `unit` bytes, one at least.
pub(crate) fn whole_units(bytes: usize, unit: usize) -> usize {
    bytes.checked_div(unit).map_or(bytes, |count| count.max(1) * unit)
}

impl ReadExact for &[u8] {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        let Some((head, tail)) = self.split_at_checked(buf.len()) else {
            return Err(short(buf.len(), self.len()));
        };
        buf.copy_from_slice(head);
        *self = tail;
        Ok(())
    }
}

/// The file ends inside array data.
#[cold]
pub(crate) fn short(expected: usize, found: usize) -> Error {
    Error::new(
        ErrorKind::Truncated,
        format!("the data end early: expected {expected} more bytes, found {found}"),
    )
}

/// The data of one array in a file: its dtype, its number of items, and their bytes, to be read
/// once from the start.
///
/// Handed to [`Element::decode`](crate::Element::decode). No buffer is ever sized by a length
/// that the file only promises.
pub struct Payload<'a> {
    dtype: &'a DType,
    len: usize,
    /// Whether all the bytes are known to be there.
    present: bool,
    source: &'a mut dyn ReadExact,
}

impl std::fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payload").field("dtype", &self.dtype).field("len", &self.len).finish()
    }
}

impl<'a> Payload<'a> {
    /// `len` items of `dtype`. `present` says that the source holds all of their bytes, so that
    /// memory for them may be taken at once.
    pub(crate) fn new(
        dtype: &'a DType,
        len: usize,
        present: bool,
        source: &'a mut dyn ReadExact,
    ) -> Result<Self> {
        if dtype.itemsize() == 0 && len > ZERO_WIDTH_ITEMS {
            return Err(Error::new(
                ErrorKind::Limit,
                format!("{len} items of zero width are more than the {ZERO_WIDTH_ITEMS} allowed"),
            ));
        }
        Ok(Self { dtype, len, present, source })
    }

    /// The dtype in the file.
    #[must_use]
    pub fn dtype(&self) -> &'a DType {
        self.dtype
    }

    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// When the data end before `buf` is full.
    pub fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.source.read_exact(buf)
    }

    /// Reads all items through a small buffer: `decode` gets the bytes of some whole items and
    /// appends just as many values.
    ///
    /// # Errors
    /// The first error of `decode` or of reading; [`ErrorKind::Corrupt`] if `decode` appended
    /// another number of values.
    pub fn decode_with<T>(
        &mut self,
        mut decode: impl FnMut(&[u8], &mut Vec<T>) -> Result<()>,
    ) -> Result<Vec<T>> {
        let itemsize = self.dtype.itemsize();
        // Items of no width come one by one: an empty slice can't say how many it stands for.
        let per_chunk = CHUNK_BYTES.checked_div(itemsize).unwrap_or(1).max(1);
        let mut items = Vec::new();
        reserve(&mut items, if self.present { self.len } else { self.len.min(per_chunk) })?;
        let mut chunk = Vec::new();
        while items.len() < self.len {
            let count = per_chunk.min(self.len - items.len());
            self.fill(&mut chunk, count * itemsize)?;
            reserve(&mut items, count)?;
            let before = items.len();
            decode(&chunk, &mut items)?;
            if items.len() - before != count {
                return Err(Error::new(
                    ErrorKind::Corrupt,
                    format!(
                        "decoding {count} items of {} gave {}",
                        self.dtype,
                        items.len() - before
                    ),
                ));
            }
        }
        Ok(items)
    }

    /// Reads all items into `items`, whose bytes in the file are their bytes in memory; `finish`
    /// is applied to pieces of them while they are in the cache.
    pub(crate) fn read_plain_into<T: NoUninit + AnyBitPattern>(
        &mut self,
        items: &mut [T],
        finish: impl Fn(&mut [T]) + Sync,
    ) -> Result<()> {
        let finish = |piece: &mut [u8]| finish(bytemuck::cast_slice_mut(piece));
        self.source.read_pieces(bytemuck::cast_slice_mut(items), size_of::<T>(), &finish)
    }

    /// Reads all bytes and keeps none.
    pub(crate) fn skip(&mut self) -> Result<()> {
        let mut left = self.len.saturating_mul(self.dtype.itemsize());
        let mut chunk = vec![0; left.min(CHUNK_BYTES)];
        while left > 0 {
            let count = left.min(CHUNK_BYTES);
            self.source.read_exact(&mut chunk[..count])?;
            left -= count;
        }
        Ok(())
    }

    /// Fills `chunk` with the next `len` bytes. A single item may be large, too, so where they
    /// are only promised memory is taken as they arrive.
    fn fill(&mut self, chunk: &mut Vec<u8>, len: usize) -> Result<()> {
        chunk.truncate(len);
        let mut done = 0;
        while done < len {
            let known = chunk.len().max(CHUNK_BYTES);
            let end = if self.present { len } else { len.min(known.max(done.saturating_mul(2))) };
            reserve(chunk, end.saturating_sub(chunk.len()))?;
            chunk.resize(end, 0);
            self.source.read_exact(chunk.get_mut(done..).unwrap_or_default())?;
            done = end;
        }
        Ok(())
    }

    /// Reads items whose bytes in the file are their bytes in memory; `finish` is applied to
    /// pieces of them while they are in the cache (to swap bytes, say).
    pub(crate) fn read_plain<T: Zeroable + NoUninit + AnyBitPattern>(
        &mut self,
        finish: impl Fn(&mut [T]) + Sync,
    ) -> Result<Vec<T>> {
        self.read_grown(|payload, items| payload.read_plain_into(items, &finish))
    }

    /// All items, in memory that is taken at once if their bytes are known to be there, and else
    /// doubled as they arrive; `fill` gets the next stretch of it.
    fn read_grown<T: Zeroable + Clone>(
        &mut self,
        mut fill: impl FnMut(&mut Self, &mut [T]) -> Result<()>,
    ) -> Result<Vec<T>> {
        let first = if self.present { self.len } else { FIRST_ALLOCATION / size_of::<T>() };
        let mut items: Vec<T> = try_zeroed(first.min(self.len))?;
        let mut done = 0;
        loop {
            fill(self, items.get_mut(done..).unwrap_or_default())?;
            done = items.len();
            if done == self.len {
                return Ok(items);
            }
            let more = done.min(self.len - done);
            reserve(&mut items, more)?;
            items.resize(done + more, T::zeroed());
        }
    }

    /// Reads items that are plain in the file and others in memory, through a small buffer:
    /// `convert` gets as many of the former as there are places for the latter.
    pub(crate) fn read_converted<S, T>(
        &mut self,
        mut convert: impl FnMut(&mut [S], &mut [T]),
    ) -> Result<Vec<T>>
    where
        S: Zeroable + NoUninit + AnyBitPattern,
        T: Zeroable + Clone,
    {
        let per_chunk = CHUNK_BYTES / size_of::<S>();
        let mut chunk: Vec<S> = try_zeroed(per_chunk.min(self.len))?;
        self.read_grown(|payload, items| {
            for out in items.chunks_mut(per_chunk) {
                let chunk = chunk.get_mut(..out.len()).unwrap_or_default();
                payload.source.read_exact(bytemuck::cast_slice_mut(chunk))?;
                convert(chunk, out);
            }
            Ok(())
        })
    }
}

/// `len` zeros, from memory that the system hands out zeroed, in large pages if there are many; or
/// an error instead of an abort.
pub(crate) fn try_zeroed<T: Zeroable>(len: usize) -> Result<Vec<T>> {
    let zeroed = bytemuck::allocation::try_zeroed_vec(len);
    let mut items = zeroed.map_err(|()| out_of_memory::<T>(len))?;
    pages::advise_large(&mut items);
    Ok(items)
}

/// Room for `more` items, or an error instead of an abort.
pub(super) fn reserve<T>(items: &mut Vec<T>, more: usize) -> Result<()> {
    items.try_reserve(more).map_err(|_| out_of_memory::<T>(more))
}

#[cold]
fn out_of_memory<T>(len: usize) -> Error {
    let bytes = len.saturating_mul(size_of::<T>());
    Error::new(ErrorKind::Limit, format!("can't allocate {bytes} bytes for {len} items"))
}
