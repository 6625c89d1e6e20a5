//! Digests of entries, whatever their size.

use sha2::{Digest, Sha256};

use super::archive::{Archive, not_an_array};
use super::reader::NpzReader;
use super::stream::EntryStream;
use crate::element::{ReadExact, refuse_objects};
use crate::error::{Error, ErrorKind, Result};
use crate::npy::{self, GATHER_BYTES, Gather, Header, Selection, Skim};

/// Hashed at a time, in whole items.
const BLOCK_BYTES: usize = 256 << 10;

impl NpzReader<'_> {
    /// The SHA-256 of the array called `name`: of its items' bytes in C order, every number and
    /// character little-endian, the padding of records zero. Two arrays of one shape and dtype
    /// have the same digest just if they are the same bit by bit, however they are packed, ordered
    /// and aligned. Shape and dtype are not in it. A `longdouble` is all of its 16 bytes, also where
    /// some are padding: the dtype doesn't tell of which machine it is.
    ///
    /// The entry's checksum is compared. Little memory is used: arrays in C order come in pieces
    /// of 256 KiB. Of one in Fortran order up to 32 MiB are in memory; a larger one takes as many
    /// passes as it has such parts, over the pieces of a stored entry, and over all of a
    /// compressed one.
    ///
    /// ```
    /// use npz_core::ndarray::{ShapeBuilder, Array};
    /// use npz_core::{ByteOrder, Compression, NpzReader, NpzWriter, SaveOptions};
    ///
    /// let array = Array::from_shape_fn((20, 30).f(), |(row, column)| row as f32 / column as f32);
    /// let digest = |options: &SaveOptions| {
    ///     let mut writer = NpzWriter::with_options(Vec::new(), options)?;
    ///     writer.add("x", &array)?;
    ///     NpzReader::from_bytes(&writer.finish()?)?.digest("x")
    /// };
    /// let plain = digest(&SaveOptions::new())?;
    /// let options = SaveOptions::new().byte_order(ByteOrder::Big).keep_fortran_order(true);
    /// assert_eq!(digest(&options.compression(Compression::Deflate(6)))?, plain);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get); [`ErrorKind::Unsupported`] for Python objects.
    pub fn digest(&self, name: &str) -> Result<[u8; 32]> {
        let (archive, index) = self.find(name)?;
        let named = |error: Error| archive.in_file(error.with_entry(archive.index.key(index)));
        archive.digest(index).map_err(named)
    }
}

impl<'a> Archive<'a> {
    fn digest(&self, index: usize) -> Result<[u8; 32]> {
        let (header, mut stream) = self.checked(index)?;
        let mut hasher = Sha256::new();
        if npy::has_rows(&header) {
            hash_items(&header, &mut stream, &mut hasher)?;
            self.finish(stream)?;
        } else {
            self.hash_blocks(index, &header, stream, &mut hasher)?;
        }
        Ok(hasher.finalize().into())
    }

    fn checked(&self, index: usize) -> Result<(Header, EntryStream<'a>)> {
        let (header, stream) = self.open_array(index)?.ok_or_else(not_an_array)?;
        if header.dtype().has_object() {
            return Err(refuse_objects(header.dtype()));
        }
        self.check_size(&header, &stream)?;
        Ok((header, stream))
    }

    /// Hashes an array in Fortran order, block by block in C order.
    fn hash_blocks(
        &self,
        index: usize,
        header: &Header,
        mut stream: EntryStream<'a>,
        hasher: &mut Sha256,
    ) -> Result<()> {
        let blocks = Blocks::new(header, GATHER_BYTES);
        let start = stream.position();
        let single = header.nbytes() as u64 <= GATHER_BYTES;
        if let (Some(start), false) = (start, single) {
            // Gathering compares no checksum.
            stream.drain()?;
            self.finish(stream)?;
            for block in blocks {
                let selection = Selection::block(header, &block)?;
                let mut bytes = Gather::new(self.source, start, selection.runs());
                hash_block(&selection, &mut bytes, hasher)?;
            }
            return Ok(());
        }
        let mut stream = Some(stream);
        for block in blocks {
            let mut stream = match stream.take() {
                Some(stream) => stream,
                None => self.checked(index)?.1,
            };
            let selection = Selection::block(header, &block)?;
            let mut bytes = Skim::new(&mut stream, header.nbytes() as u64, selection.runs());
            hash_block(&selection, &mut bytes, hasher)?;
            bytes.finish()?;
            self.finish(stream)?;
        }
        // Nothing is in an empty array, but it has a checksum.
        stream.map_or(Ok(()), |stream| self.finish(stream))
    }
}

/// Hashes items that follow each other in C order.
fn hash_items(header: &Header, source: &mut dyn ReadExact, hasher: &mut Sha256) -> Result<()> {
    let itemsize = header.dtype().itemsize();
    let per_block = BLOCK_BYTES.checked_div(itemsize).unwrap_or(1).max(1);
    let mut left = header.nbytes();
    let mut bytes = Vec::new();
    while left > 0 {
        let count = left.min(per_block.saturating_mul(itemsize));
        resize(&mut bytes, count)?;
        source.read_exact(&mut bytes)?;
        npy::canonicalise(header.dtype(), &mut bytes);
        hasher.update(&bytes);
        left -= count;
    }
    Ok(())
}

/// Hashes a part of an array in C order, whose items come in Fortran order.
fn hash_block(
    selection: &Selection,
    source: &mut dyn ReadExact,
    hasher: &mut Sha256,
) -> Result<()> {
    let header = selection.header();
    let (shape, itemsize) = (header.shape(), header.dtype().itemsize());
    let mut bytes = Vec::new();
    resize(&mut bytes, header.nbytes())?;
    source.read_exact(&mut bytes)?;
    npy::canonicalise(header.dtype(), &mut bytes);

    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = itemsize;
    for &size in shape {
        strides.push(stride);
        stride = stride.saturating_mul(size);
    }
    let mut index = vec![0; shape.len()];
    let mut at: usize = 0;
    let mut items = Vec::with_capacity(BLOCK_BYTES);
    for _ in 0..if itemsize > 0 { header.len() } else { 0 } {
        if items.len() + itemsize > BLOCK_BYTES {
            hasher.update(&items);
            items.clear();
        }
        items.extend_from_slice(
            at.checked_add(itemsize).and_then(|end| bytes.get(at..end)).unwrap_or_default(),
        );
        for ((index, &size), &stride) in index.iter_mut().zip(shape).zip(&strides).rev() {
            *index += 1;
            at += stride;
            if *index < size {
                break;
            }
            at -= stride * size;
            *index = 0;
        }
    }
    hasher.update(&items);
    Ok(())
}

fn resize(bytes: &mut Vec<u8>, len: usize) -> Result<()> {
    let more = len.saturating_sub(bytes.len());
    bytes.try_reserve(more).map_err(|_| {
        Error::new(ErrorKind::Limit, format!("can't allocate {len} bytes for a part of the array"))
    })?;
    bytes.resize(len, 0);
    Ok(())
}

/// The parts of an array, in C order: some indices of one axis, one index of each before it, and
/// all of those behind.
struct Blocks {
    shape: Vec<usize>,
    /// The axis of which a part has several indices.
    axis: usize,
    per_block: usize,
    next: Option<Vec<usize>>,
}

impl Blocks {
    /// Parts of at most `most` bytes each, or of one item.
    fn new(header: &Header, most: u64) -> Self {
        let shape = header.shape().to_vec();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut axis = shape.len().saturating_sub(1);
        let mut inner = header.dtype().itemsize().max(1);
        while axis > 0 && inner.saturating_mul(shape[axis]) <= most {
            inner = inner.saturating_mul(shape[axis].max(1));
            axis -= 1;
        }
        // However many items without bytes there are, they are nothing to read.
        let next = (header.nbytes() > 0).then(|| vec![0; shape.len()]);
        Self { axis, per_block: (most / inner).max(1), next, shape }
    }
}

impl Iterator for Blocks {
    /// First index and number of indices of each axis.
    type Item = Vec<(usize, usize)>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.next.take()?;
        let count = |axis: usize| match axis.cmp(&self.axis) {
            std::cmp::Ordering::Less => 1,
            std::cmp::Ordering::Equal => self.per_block.min(self.shape[axis] - start[axis]),
            std::cmp::Ordering::Greater => self.shape[axis],
        };
        let block: Vec<_> = (0..start.len()).map(|axis| (start[axis], count(axis))).collect();
        let mut next = start;
        for axis in (0..=self.axis.min(next.len().saturating_sub(1))).rev() {
            next[axis] += block[axis].1;
            if next[axis] < self.shape[axis] {
                self.next = Some(next);
                break;
            }
            next[axis] = 0;
        }
        Some(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::ScalarKind;
    use crate::npy::Order;

    #[test]
    fn items_without_bytes_are_no_blocks() {
        let header = Header::new(ScalarKind::Void(0), Order::Fortran, [1 << 30, 1 << 30]).unwrap();
        assert_eq!(Blocks::new(&header, 1000).count(), 0);
    }

    #[test]
    fn blocks_are_the_array_in_c_order() {
        for shape in [vec![3, 4, 5], vec![1, 7], vec![6, 1, 1, 2], vec![2, 0]] {
            let header = Header::new(ScalarKind::U16, Order::Fortran, shape.clone()).unwrap();
            // Items of an array in Fortran order, each its own place in C order.
            let c = ndarray::ArrayD::from_shape_vec(
                shape.clone(),
                (0..u16::try_from(header.len()).unwrap()).collect(),
            )
            .unwrap();
            let bytes: Vec<u8> = c.t().iter().flat_map(|item| item.to_le_bytes()).collect();
            let expected: Vec<u8> = c.iter().flat_map(|item| item.to_le_bytes()).collect();
            let expected = Sha256::digest(&expected);
            for most in [1, 2, 4, 7, 10, 16, 40, 1000] {
                let mut hasher = Sha256::new();
                for block in Blocks::new(&header, most) {
                    let selection = Selection::block(&header, &block).unwrap();
                    assert!(selection.header().nbytes() as u64 <= most.max(2));
                    let mut gather = Gather::new(&bytes, 0, selection.runs());
                    hash_block(&selection, &mut gather, &mut hasher).unwrap();
                }
                assert_eq!(hasher.finalize(), expected, "{shape:?} {most}");
            }
        }
    }
}
