//! Arrays that are made when they are written: of many, no more than one is in memory, and of a large one
//! no more than a part.

use std::error::Error as _;
use std::io;
use std::sync::{Mutex, PoisonError};

use npz_core::{AnyArray, Error, Header, RawArray, ReadAt, Result};

use crate::source::copy;

/// The items of an array whose parts are made when somebody reads them.
struct Later<'a> {
    make: Box<dyn Fn(u64) -> Result<AnyArray> + Send + Sync + 'a>,
    /// The last part and its number, until its last byte has been read.
    made: Mutex<Option<(u64, AnyArray)>>,
    part_bytes: u64,
    nbytes: u64,
}

/// The array under `header` that `make` will make.
pub(crate) fn later<'a>(
    header: Header,
    logical: Option<&str>,
    make: impl Fn() -> Result<AnyArray> + Send + Sync + 'a,
) -> Result<RawArray<'a>> {
    let all = header.nbytes() as u64;
    later_in_parts(header, logical, all, move |_| make())
}

/// The array under `header` whose parts `make` will make, by their numbers; each has `part_bytes`, the last
/// one what is left.
pub(crate) fn later_in_parts<'a>(
    header: Header,
    logical: Option<&str>,
    part_bytes: u64,
    make: impl Fn(u64) -> Result<AnyArray> + Send + Sync + 'a,
) -> Result<RawArray<'a>> {
    let (nbytes, part_bytes) = (header.nbytes() as u64, part_bytes.max(1));
    let items = Later { make: Box::new(make), made: Mutex::new(None), part_bytes, nbytes };
    Ok(RawArray::new(header, items, 0)?.with_logical_dtype(logical))
}

impl ReadAt for Later<'_> {
    fn read_exact_at(&self, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        while !buf.is_empty() {
            let (part, within) = (offset / self.part_bytes, offset % self.part_bytes);
            if made.as_ref().is_none_or(|(number, _)| *number != part) {
                // The last one's memory is given back before.
                *made = None;
                *made = Some((part, (self.make)(part).map_err(io::Error::other)?));
            }
            let bytes = made.as_ref().map(|(_, part)| part.as_bytes()).unwrap_or_default();
            let left = (bytes.len() as u64).saturating_sub(within);
            let len = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
            if len == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let (now, rest) = buf.split_at_mut(len);
            bytes.read_exact_at(now, within)?;
            (buf, offset) = (rest, offset + len as u64);
            if offset >= self.nbytes {
                *made = None;
            }
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
        let parts: Vec<AnyArray> =
            [&[1_u16, 2][..], &[3]].map(|part| AnyArray::new(&arr1(part)).unwrap()).into();
        let make = |part| Ok(parts[usize::try_from(part).unwrap()].clone());
        let raw = later_in_parts(array.header().clone(), None, 4, make).unwrap();
        assert_eq!(raw.read().unwrap(), array);
        // A part that is too short is an error, not a loop.
        let raw = later_in_parts(array.header().clone(), None, 5, make).unwrap();
        assert_eq!(raw.read().unwrap_err().kind(), ErrorKind::Truncated);
        let fails = || Err(Error::new(ErrorKind::Corrupt, "damaged").with_entry("w"));
        let raw = later(array.header().clone(), None, fails).unwrap();
        let error = cause(raw.read().unwrap_err());
        assert_eq!((error.kind(), error.message()), (ErrorKind::Corrupt, "damaged"));
        assert_eq!(error.entry(), Some("w"));
    }
}
