//! One entry of an archive that comes by.

use std::fmt;
use std::io::Read;

use ndarray::{Array, Dimension};

use super::input::cut_short;
use super::{Current, NpzStream, SKIP_BYTES, State};
use crate::element::{Element, ReadExact};
use crate::error::{Error, ErrorKind, Result};
use crate::npy::{self, AnyArray, ArrayChunks, Header, RowSource};
use crate::npz::method::Method;

/// An entry of an [`NpzStream`], to be read now or never.
pub struct StreamEntry<'s, R> {
    pub(super) stream: &'s mut NpzStream<R>,
}

impl<R: Read> fmt::Debug for StreamEntry<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamEntry")
            .field("name", &self.name())
            .field("header", &self.header())
            .finish_non_exhaustive()
    }
}

impl<'s, R: Read> StreamEntry<'s, R> {
    /// Its name, without the `.npy` of its member.
    #[must_use]
    pub fn name(&self) -> &str {
        self.stream.current.as_ref().map_or("", Current::key)
    }

    /// The name of its member in the archive, with `.npy`.
    #[must_use]
    pub fn member(&self) -> &str {
        self.stream.current.as_ref().map_or("", |current| current.announced.entry.name())
    }

    /// How it is packed.
    #[must_use]
    pub fn method(&self) -> Method {
        let current = self.stream.current.as_ref();
        current.map_or(Method::Stored, |current| current.announced.entry.method())
    }

    /// The dtype, shape and order of its array; `None` if the member is no npy file.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.stream.current.as_ref()?.header.as_ref()
    }

    /// Reads the array.
    ///
    /// # Errors
    /// [`ErrorKind::Dtype`], [`ErrorKind::Shape`] or [`ErrorKind::Value`] if the array is another
    /// one than asked for, and then the stream goes on with the next entry; other errors are the
    /// stream's last.
    pub fn read<A: Element, D: Dimension>(mut self) -> Result<Array<A, D>> {
        let name = self.name().to_owned();
        let mut read = || {
            let header = self.header().ok_or_else(not_an_array)?.clone();
            let array = npy::read_array(&header, self.stream.options.cast, false, &mut self)?;
            self.stream.finish()?;
            Ok(array)
        };
        read().map_err(|error: Error| error.with_entry(&name))
    }

    /// Reads the array, whatever its dtype.
    ///
    /// What the archive's metadata say of it isn't known yet, since they come last: the array has no
    /// [`logical_dtype`](AnyArray::logical_dtype).
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{NpzStream, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &arr1(&[1.5_f32, 2.0]))?;
    /// let bytes = writer.finish()?;
    ///
    /// let mut stream = NpzStream::new(bytes.as_slice());
    /// while let Some(entry) = stream.next_entry()? {
    ///     println!("{}: {}", entry.name().to_owned(), entry.read_any()?);
    /// }
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Dtype`] for a member that is no array, [`ErrorKind::Unsupported`] for Python
    /// objects, and then the stream goes on with the next entry; other errors are the stream's
    /// last.
    pub fn read_any(mut self) -> Result<AnyArray> {
        let name = self.name().to_owned();
        let mut read = || {
            let header = self.header().ok_or_else(not_an_array)?.clone();
            let array = npy::read_any(header, false, &mut self)?;
            self.stream.finish()?;
            Ok(array)
        };
        read().map_err(|error: Error| error.with_entry(&name))
    }

    /// Reads the array some rows at a time, as [`NpzReader::chunks`](crate::NpzReader::chunks)
    /// does. Of an array that is left before its last row, the rest is passed over.
    ///
    /// # Errors
    /// As [`read`](Self::read); [`ErrorKind::Unsupported`] for an array in Fortran order.
    pub fn chunks<A: Element, D: Dimension>(self, rows: usize) -> Result<ArrayChunks<'s, A, D>>
    where
        R: 's,
    {
        let (name, cast) = (self.name().to_owned(), self.stream.options.cast);
        let place = move |error: Error| error.with_entry(&name);
        let check = || {
            let header = self.header().ok_or_else(not_an_array)?;
            npy::check_chunks::<A, D>(header, cast, rows)?;
            if npy::has_rows(header) {
                return Ok(header.clone());
            }
            let message = "the array is in Fortran order, so its rows don't follow each other; \
                           read it whole";
            Err(Error::new(ErrorKind::Unsupported, message))
        };
        let header = check().map_err(&place)?;
        Ok(ArrayChunks::new(header, cast, rows, RowSource::Stream(Box::new(self)), place))
    }

    /// Reads the bytes of a member that is no npy file.
    ///
    /// # Errors
    /// [`ErrorKind::Dtype`] for an array; errors in the archive are the stream's last.
    pub fn bytes(self) -> Result<Vec<u8>> {
        let name = self.name().to_owned();
        let stream = self.stream;
        let Some(current) = stream.current.as_mut().filter(|current| current.header.is_none())
        else {
            let message = "expected bytes, found an array; StreamEntry::read reads it";
            return Err(Error::new(ErrorKind::Dtype, message).with_entry(name));
        };
        let mut bytes = std::mem::take(&mut current.start);
        let mut read = || loop {
            let len = bytes.len();
            bytes.try_reserve(SKIP_BYTES).map_err(|_| {
                let message = format!("can't allocate {SKIP_BYTES} more bytes");
                Error::new(ErrorKind::Limit, message)
            })?;
            bytes.resize(len + SKIP_BYTES, 0);
            let count = current.body.read(&mut stream.input, &mut bytes[len..]);
            bytes.truncate(len + count.as_ref().copied().unwrap_or(0));
            if count? == 0 {
                return Ok(());
            }
        };
        let done = read().and_then(|()| stream.finish());
        if done.is_err() {
            stream.state = State::Lost;
        }
        done.map_err(|error| error.with_entry(name))?;
        Ok(bytes)
    }
}

impl<R: Read> ReadExact for StreamEntry<'_, R> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        let NpzStream { current, input, state, .. } = &mut *self.stream;
        let Some(current) = current else { return Err(cut_short()) };
        let read = current.body.read_exact(input, buf);
        current.left = current.left.saturating_sub(buf.len() as u64);
        if read.is_err() {
            // Nobody knows how much of it was read.
            *state = State::Lost;
        }
        read
    }
}

impl<R: Read> npy::Body for StreamEntry<'_, R> {
    fn is_present(&self) -> bool {
        false
    }

    fn finish(&mut self) -> Result<()> {
        self.stream.finish()
    }
}

#[cold]
fn not_an_array() -> Error {
    let message =
        "expected an array, found a member that is no npy file; StreamEntry::bytes reads it";
    Error::new(ErrorKind::Dtype, message)
}
