//! Entries of any dtype, in part or by and by.

use ndarray::{IxDyn, SliceArg};

use super::archive::{Archive, not_an_array};
use super::chunks::EntryBody;
use super::listing::Entry;
use super::reader::NpzReader;
use super::stream::EntryStream;
use crate::element::check_no_objects;
use crate::error::{Error, Result};
use crate::npy::{self, AnyArray, AnyPieces, Header, Selection};

impl NpzReader<'_> {
    /// Reads a slice of the array called `name`, whatever its dtype. Its items are in C order.
    ///
    /// What is read, and which checksums are compared, is as for [`slice`](Self::slice).
    ///
    /// ```
    /// use npz_core::ndarray::{arr2, s};
    /// use npz_core::{NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &arr2(&[[1_u8, 2, 3], [4, 5, 6]]))?;
    /// let bytes = writer.finish()?;
    /// let part = NpzReader::from_bytes(&bytes)?.any_slice("x", s![-1, ..;-1])?;
    /// assert_eq!(part.to_string(), "[6 5 4]");
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`any`](Self::any); [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a slice that isn't
    /// in the array.
    pub fn any_slice<S: SliceArg<IxDyn>>(&self, name: &str, slice: S) -> Result<AnyArray> {
        let (archive, index) = self.find(name)?;
        let named = |error: Error| archive.in_file(error.with_entry(archive.index.key(index)));
        let array = archive.any_slice(index, &slice).map_err(named)?;
        Ok(array.with_logical_dtype(archive.logical_dtype(index).map_err(named)?))
    }

    /// Reads the array called `name`, whatever its dtype, so many items at a time, in the order in
    /// which they stand in the file. No more than that is in memory.
    ///
    /// ```
    /// use npz_core::ndarray::{Array2, Ix1};
    /// use npz_core::{Cast, NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &Array2::<f32>::eye(100))?;
    /// let bytes = writer.finish()?;
    /// let mut trace = 0.0;
    /// for piece in NpzReader::from_bytes(&bytes)?.any_pieces("x", 4096)? {
    ///     trace += piece?.cast::<f64, Ix1>(Cast::Lossless)?.sum();
    /// }
    /// assert_eq!(trace, 100.0);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`any`](Self::any), but for the checksum, which the last piece tells of.
    pub fn any_pieces(&self, name: &str, items: usize) -> Result<AnyPieces<'_>> {
        let (archive, index) = self.find(name)?;
        let place = move |error: Error| archive.in_file(error.with_entry(archive.index.key(index)));
        let (header, stream) = archive.open_readable(index).map_err(place)?;
        let logical = archive.logical_dtype(index).map_err(place)?;
        let body = Box::new(EntryBody { archive, stream: Some(stream) });
        Ok(AnyPieces::new(header, items, body, place).with_logical_dtype(logical))
    }
}

impl NpzReader<'_> {
    /// What the archive's [metadata](crate#metadata) call the type of the items of the array called
    /// `name`, where its dtype doesn't tell: `float8_e4m3fn` and others are all `|V1` in the file.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), naming the nearest entry there is; as
    /// [`metadata`](Self::metadata).
    pub fn logical_dtype(&self, name: &str) -> Result<Option<&str>> {
        let (archive, index) = self.find(name)?;
        archive.logical_dtype(index).map_err(|error| archive.in_file(error))
    }
}

impl<'a> Entry<'a> {
    /// What the archive's [metadata](crate#metadata) call the type of its items, as
    /// [`NpzReader::logical_dtype`].
    ///
    /// # Errors
    /// As [`NpzReader::metadata`].
    pub fn logical_dtype(&self) -> Result<Option<&'a str>> {
        self.archive.logical_dtype(self.index).map_err(|error| self.archive.in_file(error))
    }
}

impl<'a> Archive<'a> {
    /// What the metadata call the type of the entry at `index`.
    pub(super) fn logical_dtype(&self, index: usize) -> Result<Option<&'a str>> {
        Ok(self.metadata()?.dtypes.get(self.index.key(index)).map(String::as_str))
    }

    fn open_readable(&self, index: usize) -> Result<(Header, EntryStream<'a>)> {
        let (header, stream) = self.open_array(index)?.ok_or_else(not_an_array)?;
        let stream = self.as_asked(stream);
        check_no_objects(header.dtype())?;
        self.check_size(&header, &stream)?;
        Ok((header, stream))
    }

    fn any_slice<S: SliceArg<IxDyn>>(&self, index: usize, slice: &S) -> Result<AnyArray> {
        let select = |header: &Header| {
            check_no_objects(header.dtype())?;
            Selection::new(header, slice)
        };
        self.part(index, select, npy::read_any_slice)
    }
}
