//! Entries that are read some rows at a time.

use ndarray::Dimension;

use super::archive::{Archive, not_an_array};
use super::reader::NpzReader;
use super::stream::EntryStream;
use crate::element::{Element, ReadExact, short};
use crate::error::{Error, ErrorKind, Result};
use crate::npy::{self, ArrayChunks, Body, GATHER_BYTES, RowSource};

impl NpzReader<'_> {
    /// Reads the array called `name` by `rows` indices of its first axis at a time, with no more in
    /// memory than that.
    ///
    /// The checksum is compared behind the last row: if it is wrong, the last item is an error.
    ///
    /// Of an array in Fortran order, every row is scattered over the whole entry. Up to 32 MiB it
    /// is held in memory. A larger one is read once for its checksum, if it is stored, and then
    /// again in as many pieces as there are columns, for each chunk; if it is compressed, that is
    /// an error.
    ///
    /// ```
    /// use npz_core::ndarray::{Array, Ix2};
    /// use npz_core::{NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// let array = Array::from_shape_fn((1000, 8), |(row, column)| (row + column) as f64);
    /// writer.add("x", &array)?;
    /// let bytes = writer.finish()?;
    ///
    /// let mut total = 0.0;
    /// for rows in NpzReader::from_bytes(&bytes)?.chunks::<f64, Ix2>("x", 64)? {
    ///     total += rows?.sum();
    /// }
    /// assert_eq!(total, array.sum());
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get); [`ErrorKind::Shape`] also for an array without dimensions, or 0 rows;
    /// [`ErrorKind::Unsupported`] for a large compressed array in Fortran order.
    pub fn chunks<A: Element, D: Dimension>(
        &self,
        name: &str,
        rows: usize,
    ) -> Result<ArrayChunks<'_, A, D>> {
        let (archive, index) = self.find(name)?;
        let place = move |error: Error| archive.in_file(error.with_entry(archive.index.key(index)));
        archive.chunks(index, rows, place).map_err(place)
    }
}

impl<'a> Archive<'a> {
    fn chunks<A: Element, D: Dimension>(
        &self,
        index: usize,
        rows: usize,
        place: impl Fn(Error) -> Error + 'a,
    ) -> Result<ArrayChunks<'a, A, D>> {
        let (header, stream) = self.open_array(index)?.ok_or_else(not_an_array)?;
        let mut stream = self.as_asked(stream);
        self.check_size(&header, &stream)?;
        npy::check_chunks::<A, D>(&header, self.cast(), rows)?;
        self.check_logical::<A>(index)?;
        let source = if npy::has_rows(&header) {
            RowSource::Stream(Box::new(EntryBody { archive: *self, stream: Some(stream) }))
        } else if header.nbytes() as u64 <= GATHER_BYTES {
            let bytes = stream.read_to_end()?;
            self.finish(stream)?;
            RowSource::Gather(Box::new(bytes), 0)
        } else if let Some(start) = stream.position() {
            stream.drain()?;
            self.finish(stream)?;
            RowSource::Gather(Box::new(self.source), start)
        } else {
            let message = "the array is compressed and in Fortran order, so each of its rows needs \
                           all of it unpacked; read it whole, or save it in C order";
            return Err(Error::new(ErrorKind::Unsupported, message));
        };
        Ok(ArrayChunks::new(header, self.cast(), rows, source, place))
    }
}

/// An entry's data, until they are finished.
pub(super) struct EntryBody<'a> {
    pub(super) archive: Archive<'a>,
    pub(super) stream: Option<EntryStream<'a>>,
}

impl ReadExact for EntryBody<'_> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        match &mut self.stream {
            Some(stream) => stream.read_exact(buf),
            None => Err(short(buf.len(), 0)),
        }
    }
}

impl Body for EntryBody<'_> {
    fn is_present(&self) -> bool {
        self.stream.as_ref().is_some_and(EntryStream::is_present)
    }

    fn finish(&mut self) -> Result<()> {
        self.stream.take().map_or(Ok(()), |stream| self.archive.finish(stream))
    }
}
