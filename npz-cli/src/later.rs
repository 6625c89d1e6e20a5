//! Arrays that are made when they are written: of many, no more than one is in memory.

use std::error::Error as _;
use std::io;
use std::sync::{Mutex, PoisonError};

use npz_core::{AnyArray, Error, Header, RawArray, ReadAt, Result};

use crate::source::copy;

/// The items of an array that is made when somebody reads them.
struct Later<'a> {
    make: Box<dyn Fn() -> Result<AnyArray> + Send + Sync + 'a>,
    /// Until its last byte has been read.
    made: Mutex<Option<AnyArray>>,
    nbytes: u64,
}

/// The array under `header` that `make` will make.
pub(crate) fn later<'a>(
    header: Header,
    logical: Option<&str>,
    make: impl Fn() -> Result<AnyArray> + Send + Sync + 'a,
) -> Result<RawArray<'a>> {
    let nbytes = header.nbytes() as u64;
    let items = Later { make: Box::new(make), made: Mutex::new(None), nbytes };
    Ok(RawArray::new(header, items, 0)?.with_logical_dtype(logical))
}

impl ReadAt for Later<'_> {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.is_none() {
            *made = Some((self.make)().map_err(io::Error::other)?);
        }
        let bytes = made.as_ref().map(AnyArray::as_bytes).unwrap_or_default();
        bytes.read_exact_at(buf, offset)?;
        if offset.saturating_add(buf.len() as u64) >= self.nbytes {
            *made = None;
        }
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.nbytes)
    }
}

/// What kept an array from being made, where that is why it couldn't be written.
pub(crate) fn cause(error: Error) -> Error {
    let made = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    let made = made.and_then(io::Error::get_ref).and_then(|inner| inner.downcast_ref::<Error>());
    made.map(copy).unwrap_or(error)
}

#[cfg(test)]
mod tests {
    use npz_core::ErrorKind;
    use npz_core::ndarray::arr1;

    use super::*;

    #[test]
    fn they_are_made_when_they_are_read() {
        let array = AnyArray::new(&arr1(&[1_u16, 2, 3])).unwrap();
        let raw = later(array.header().clone(), None, || Ok(array.clone())).unwrap();
        assert_eq!(raw.read().unwrap(), array);
        assert_eq!(raw.read().unwrap(), array);
        let fails = || Err(Error::new(ErrorKind::Corrupt, "damaged").with_entry("w"));
        let raw = later(array.header().clone(), None, fails).unwrap();
        let error = cause(raw.read().unwrap_err());
        assert_eq!((error.kind(), error.message()), (ErrorKind::Corrupt, "damaged"));
        assert_eq!(error.entry(), Some("w"));
    }
}
