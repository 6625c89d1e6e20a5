//! Reading a part of an entry, or an entry into memory that is there.

use ndarray::{Array, ArrayRef, Dimension, IxDyn, SliceArg};

use super::archive::{Archive, not_an_array};
use super::places::Place;
use super::reader::NpzReader;
use crate::element::{Element, ReadExact};
use crate::error::{Error, Result};
use crate::npy::{self, Gather, Header, Selection, Skim};

impl NpzReader<'_> {
    /// Reads a slice of the array called `name`.
    ///
    /// Ranges, negative indices, steps, single indices and new axes mean what they mean to
    /// the `slice` of [`ndarray`]; but one that is outside of the array is an error, not a
    /// panic. The result's items lie in memory in the file's order.
    ///
    /// Of a stored entry only the slice is read; stretches of the file that are less than 512
    /// bytes apart are read at once. Its checksum can't be compared then, unless the slice is all
    /// of the array or the entry has no more than 64 KiB. A compressed entry is unpacked to its end,
    /// 256 KiB at a time, and its checksum is compared.
    ///
    /// ```
    /// use npz_core::ndarray::{Array, NewAxis, arr1, arr2, s};
    /// use npz_core::{ErrorKind, NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &Array::from_shape_fn((1000, 8), |(row, column)| row * 10 + column))?;
    /// let bytes = writer.finish()?;
    ///
    /// let reader = NpzReader::from_bytes(&bytes)?;
    /// let rows = reader.slice::<usize, _>("x", s![100..200;50, ..;-3])?;
    /// assert_eq!(rows, arr2(&[[1007, 1004, 1001], [1507, 1504, 1501]]));
    /// let column = reader.slice::<usize, _>("x", s![-2.., 3])?;
    /// assert_eq!(column, arr1(&[9983, 9993]));
    /// assert_eq!(reader.slice::<usize, _>("x", s![.., NewAxis, 0])?.shape(), [1000, 1]);
    /// let error = reader.slice::<usize, _>("x", s![900..1100, ..]).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Shape);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get); [`ErrorKind::Shape`](crate::ErrorKind::Shape) also for a slice that
    /// isn't in the array.
    pub fn slice<A: Element, S: SliceArg<IxDyn>>(
        &self,
        name: &str,
        slice: S,
    ) -> Result<Array<A, S::OutDim>> {
        let (archive, index) = self.find(name)?;
        let named = |error: Error| archive.in_file(error.with_entry(archive.index.key(index)));
        archive.slice(index, &slice).map_err(named)
    }

    /// Reads the array called `name` into `array`, which must have its shape: an array, a view of
    /// one, whatever its strides. Where the items lie in memory as they do in the file they go
    /// straight there.
    ///
    /// ```
    /// use npz_core::ndarray::{Array2, arr2, s};
    /// use npz_core::{NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &arr2(&[[1, 2], [3, 4]]))?;
    /// let bytes = writer.finish()?;
    ///
    /// let mut batch = Array2::<i32>::zeros((3, 2));
    /// NpzReader::from_bytes(&bytes)?.read_into("x", &mut batch.slice_mut(s![1.., ..]))?;
    /// assert_eq!(batch, arr2(&[[0, 0], [1, 2], [3, 4]]));
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get); [`ErrorKind::Shape`](crate::ErrorKind::Shape) also if `array` has
    /// another shape. What `array` holds after an error is unspecified: data may turn out to be
    /// damaged only when all have been read.
    pub fn read_into<A: Element, D: Dimension>(
        &self,
        name: &str,
        array: &mut ArrayRef<A, D>,
    ) -> Result<()> {
        let (archive, index) = self.find(name)?;
        archive.fill(index, array).map_err(|error| archive.in_file(error))
    }
}

impl Archive<'_> {
    fn slice<A: Element, S: SliceArg<IxDyn>>(
        &self,
        index: usize,
        slice: &S,
    ) -> Result<Array<A, S::OutDim>> {
        let select = |header: &Header| {
            npy::check_items::<A>(header, self.cast())?;
            self.check_logical::<A>(index)?;
            Selection::new(header, slice)
        };
        self.part(index, select, |selection, present, bytes| {
            npy::read_slice(selection, self.cast(), present, bytes)
        })
    }

    /// Reads what `select` makes of the header of the array at `index`, by `read`, which is told
    /// whether the bytes are known to be there.
    pub(super) fn part<T>(
        &self,
        index: usize,
        select: impl Fn(&Header) -> Result<Selection>,
        read: impl Fn(&Selection, bool, &mut dyn ReadExact) -> Result<T>,
    ) -> Result<T> {
        let places = &self.learned.places;
        let gather = |selection: &Selection, start| {
            let bytes = Gather::new(self.source, start, selection.runs());
            read(selection, true, &mut bytes.on_threads(self.options.threads))
        };
        if let Some(place) = places.find(index) {
            let selection = select(&place.header)?;
            if !selection.is_everything() {
                return gather(&selection, place.start);
            }
        }
        let (header, stream) = self.open_array(index)?.ok_or_else(not_an_array)?;
        let mut stream = self.as_asked(stream);
        self.check_size(&header, &stream)?;
        let selection = select(&header)?;
        if let Some(start) = stream.position()
            && !selection.is_everything()
        {
            places.keep(Place { index, header, start });
            return gather(&selection, start);
        }
        let present = stream.is_present();
        let part = if selection.is_everything() {
            read(&selection, present, &mut stream)?
        } else {
            let mut bytes = Skim::new(&mut stream, header.nbytes() as u64, selection.runs());
            let part = read(&selection, present, &mut bytes)?;
            bytes.finish()?;
            part
        };
        self.finish(stream)?;
        Ok(part)
    }

    fn fill<A: Element, D: Dimension>(
        &self,
        index: usize,
        array: &mut ArrayRef<A, D>,
    ) -> Result<()> {
        self.read(index, |header, stream| {
            self.check_logical::<A>(index)?;
            npy::fill(&header, self.cast(), stream, array)
        })
    }
}
