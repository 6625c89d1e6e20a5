//! Several arrays, one behind the other.

use std::fmt;
use std::io::Read;
use std::iter::FusedIterator;

use ndarray::{Array, Dimension};

use super::any::AnyArray;
use super::array;
use super::header::Header;
use super::reader::{IoSource, is_at_end, read_header};
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::options::LoadOptions;

/// Reads several arrays in `.npy` format that follow each other, as `np.save` writes them into one
/// open file, from any [`Read`]: a file, a pipe, a socket. It goes forward only, and never beyond
/// the array that is asked for.
///
/// ```
/// use npz_core::ndarray::{Array1, Array2, arr1, arr2};
/// use npz_core::{AnyArray, NpyStream, NpyWriter};
///
/// let mut bytes = Vec::new();
/// bytes = NpyWriter::new(bytes).write(&arr1(&[1_u16, 2, 3]))?; // gives the writer back
/// bytes = NpyWriter::new(bytes).write(&arr2(&[[0.5_f64]]))?;
/// bytes = NpyWriter::new(bytes).write(&arr1(&[true]))?;
///
/// let mut stream = NpyStream::new(bytes.as_slice());
/// let counts: Array1<u16> = stream.read()?; // of known types
/// let matrix: Array2<f64> = stream.read()?;
/// let rest = stream.collect::<Result<Vec<AnyArray>, _>>()?; // of any, until the end
/// assert_eq!((counts[2], matrix[[0, 0]], rest.len()), (3, 0.5, 1));
/// # Ok::<(), npz_core::Error>(())
/// ```
///
/// Iterating ends with the first error: behind an array that can't be read, nobody knows where the
/// next one starts.
pub struct NpyStream<R> {
    reader: R,
    options: LoadOptions,
    /// Of the next array, if it was looked at already.
    header: Option<Header>,
    /// Arrays read so far.
    count: usize,
    /// What comes next isn't known to be a header.
    lost: bool,
}

impl<R> fmt::Debug for NpyStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpyStream")
            .field("count", &self.count)
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

impl<R: Read> NpyStream<R> {
    /// Will read from `reader`. Reads are small and many around the headers, so give a file a
    /// [`BufReader`](std::io::BufReader).
    pub fn new(reader: R) -> Self {
        Self::with_options(reader, &LoadOptions::default())
    }

    /// Will read from `reader` as `options` say.
    pub fn with_options(reader: R, options: &LoadOptions) -> Self {
        Self { reader, options: options.clone(), header: None, count: 0, lost: false }
    }

    /// The header of the next array, which stays the next; `None` at the end. A stream without any
    /// array is an error, as in NumPy.
    ///
    /// # Errors
    /// When the bytes are no `.npy` header, or `reader` fails.
    pub fn header(&mut self) -> Result<Option<&Header>> {
        if self.header.is_none() {
            self.header = self.read_header().map_err(|error| self.lose(error))?;
        }
        Ok(self.header.as_ref())
    }

    fn read_header(&mut self) -> Result<Option<Header>> {
        if self.lost {
            let message = "after an error, the start of the next array isn't known";
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        let mut first = [0];
        if is_at_end(&mut self.reader, &mut first)? {
            if self.count > 0 {
                return Ok(None);
            }
            // as in NumPy: more often than not this is a file that was never written
            let message = "expected an array, found no bytes at all";
            return Err(Error::new(ErrorKind::Truncated, message));
        }
        let source = &mut IoSource(&mut self.reader);
        let (header, _) = read_header(first.to_vec(), source, &self.options.limits)?;
        Ok(Some(header))
    }

    /// Reads the next array.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] at the end; [`ErrorKind::Dtype`] or [`ErrorKind::Shape`] if the
    /// array is of another type or another number of dimensions, and then it is still the next;
    /// else the stream can't be read any further.
    pub fn read<A: Element, D: Dimension>(&mut self) -> Result<Array<A, D>> {
        let cast = self.options.cast;
        let Some(header) = self.header()? else {
            let message = format!("the stream ends after {} arrays", self.count);
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        array::check::<A, D>(header, cast)?;
        self.take(|header, source| array::read(&header, cast, false, source))
    }

    /// Reads the next array, whatever its dtype; `None` at the end.
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`ErrorKind::Unsupported`] for Python objects.
    pub fn read_any(&mut self) -> Result<Option<AnyArray>> {
        if self.header()?.is_none() {
            return Ok(None);
        }
        self.take(|header, source| array::read_any(header, false, source)).map(Some)
    }

    /// Reads the array whose header has been read.
    fn take<T>(
        &mut self,
        read: impl FnOnce(Header, &mut IoSource<&mut R>) -> Result<T>,
    ) -> Result<T> {
        let header = self.header.take().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("the stream ends after {} arrays", self.count))
        })?;
        let array = read(header, &mut IoSource(&mut self.reader));
        self.count += usize::from(array.is_ok());
        array.map_err(|error| self.lose(error))
    }

    fn lose(&mut self, error: Error) -> Error {
        self.lost = true;
        error
    }

    /// The reader, which stands before the next array, or behind its header if
    /// [`header`](Self::header) was called.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

/// Each array, until the end or the first error.
impl<R: Read> Iterator for NpyStream<R> {
    type Item = Result<AnyArray>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.lost { None } else { self.read_any().transpose() }
    }
}

impl<R: Read> FusedIterator for NpyStream<R> {}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, arr1};

    use super::*;
    use crate::npy::NpyWriter;

    #[test]
    fn a_wrong_type_leaves_the_array_where_it_is() {
        let bytes = NpyWriter::new(Vec::new()).write(&arr1(&[1_u8, 2])).unwrap();
        let mut stream = NpyStream::new(bytes.as_slice());
        assert_eq!(stream.read::<f32, ndarray::Ix1>().unwrap_err().kind(), ErrorKind::Dtype);
        assert_eq!(stream.header().unwrap().unwrap().shape(), [2]);
        let array: Array1<u8> = stream.read().unwrap();
        assert_eq!(array, arr1(&[1, 2]));
        assert_eq!(stream.read::<u8, ndarray::Ix1>().unwrap_err().kind(), ErrorKind::NotFound);
        assert!(stream.next().is_none());
    }

    #[test]
    fn an_error_is_the_end() {
        let mut bytes = NpyWriter::new(Vec::new()).write(&arr1(&[1_u8])).unwrap();
        bytes.extend(b"rubbish");
        let mut stream = NpyStream::new(bytes.as_slice());
        assert!(stream.next().unwrap().is_ok());
        assert_eq!(stream.next().unwrap().unwrap_err().kind(), ErrorKind::Corrupt);
        assert!(stream.next().is_none());
        assert!(stream.header().is_err());
    }
}
