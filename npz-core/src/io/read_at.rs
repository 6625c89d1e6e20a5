//! Positional reads: many threads, one source, no cursor to share.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, ErrorKind, Result};

/// Bytes that can be read at any position through a shared reference.
///
/// Implemented for files, byte slices, `Vec<u8>`, `Arc` of these, and, through [`SeekSource`],
/// for everything that is `Read + Seek`. Implement it to read archives from elsewhere.
///
/// ```
/// use npz_core::ReadAt;
///
/// let source: &[u8] = b"0123456789";
/// let mut buf = [0; 3];
/// source.read_exact_at(&mut buf, 4)?;
/// assert_eq!((&buf, source.size()?), (b"456", 10));
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait ReadAt: Send + Sync {
    /// Fills `buf` with the bytes that start at `offset`.
    ///
    /// # Errors
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) if the source ends before `buf` is full.
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()>;

    /// The number of bytes in the source.
    ///
    /// # Errors
    /// When the system can't tell.
    fn size(&self) -> io::Result<u64>;

    /// Whether several threads that read at once are served at once: then large arrays are read by
    /// several, if [`LoadOptions::threads`](crate::LoadOptions::threads) allows it. `false` unless
    /// overridden; `true` of files and memory. Sources whose readers wait for each other, or that
    /// are paid by the request, are best left at `false`.
    fn reads_in_parallel(&self) -> bool {
        false
    }

    /// Whether several reads of 256 KiB cost no more than one of all their bytes: then a large array is
    /// read by so many, which are checked while they are in the processor's cache, and otherwise
    /// by 2 MiB. `false` unless overridden; `true` of files and memory.
    fn reads_are_cheap(&self) -> bool {
        false
    }
}

/// Fills `buf` from `source`, which was long enough when it was opened.
pub(crate) fn fill(source: &dyn ReadAt, buf: &mut [u8], offset: u64) -> Result<()> {
    // Not every source can take a call that asks for nothing as the nothing it is.
    if buf.is_empty() {
        return Ok(());
    }
    source.read_exact_at(buf, offset).map_err(|error| {
        let truncated = error.kind() == io::ErrorKind::UnexpectedEof;
        let error = Error::io("read", error);
        if truncated {
            return Error::new(ErrorKind::Truncated, "the file became shorter while it was read")
                .with_source(error);
        }
        error
    })
}

impl ReadAt for File {
    #[cfg(unix)]
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buf, offset)
    }

    #[cfg(windows)]
    fn read_exact_at(&self, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
        use std::os::windows::fs::FileExt;
        while !buf.is_empty() {
            match self.seek_read(buf, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    buf = &mut buf[n..];
                    offset += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }

    fn reads_in_parallel(&self) -> bool {
        true
    }

    fn reads_are_cheap(&self) -> bool {
        true
    }
}

impl ReadAt for [u8] {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        let from = usize::try_from(offset).ok();
        let bytes = from
            .and_then(|from| self.get(from..)?.get(..buf.len()))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        buf.copy_from_slice(bytes);
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn reads_in_parallel(&self) -> bool {
        true
    }

    fn reads_are_cheap(&self) -> bool {
        true
    }
}

impl ReadAt for Vec<u8> {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.as_slice().read_exact_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn reads_in_parallel(&self) -> bool {
        true
    }

    fn reads_are_cheap(&self) -> bool {
        true
    }
}

/// What a pointer to a source reads, the source reads.
macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<T: ReadAt + ?Sized> ReadAt for $pointer {
            fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
                (**self).read_exact_at(buf, offset)
            }

            fn size(&self) -> io::Result<u64> {
                (**self).size()
            }

            fn reads_in_parallel(&self) -> bool {
                (**self).reads_in_parallel()
            }

            fn reads_are_cheap(&self) -> bool {
                (**self).reads_are_cheap()
            }
        }
    )*};
}

forward!(&T, Box<T>, Arc<T>);

/// A reader with a cursor, such as a `BufReader` or a `Cursor`, as a positional source.
///
/// Reads take turns behind a lock; prefer a source that can read positionally by itself.
pub struct SeekSource<R> {
    reader: Mutex<R>,
    size: u64,
}

impl<R> fmt::Debug for SeekSource<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeekSource").field("size", &self.size).finish_non_exhaustive()
    }
}

impl<R: Read + Seek> SeekSource<R> {
    /// Wraps `reader`, whose bytes from its very start to its end are the source.
    ///
    /// # Errors
    /// When the end can't be found by seeking.
    pub fn new(mut reader: R) -> io::Result<Self> {
        let size = reader.seek(SeekFrom::End(0))?;
        Ok(Self { reader: Mutex::new(reader), size })
    }

    /// The reader, its cursor anywhere.
    pub fn into_inner(self) -> R {
        self.reader.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Read + Seek + Send> ReadAt for SeekSource<R> {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        // The cursor is set before every read, so a panic elsewhere can't have spoilt it.
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.seek(SeekFrom::Start(offset))?;
        reader.read_exact(buf)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }
}

/// A positional source as a reader with a cursor, for libraries that want one.
#[cfg(feature = "zip")]
#[derive(Clone)]
pub(crate) struct Cursor<S> {
    source: S,
    size: u64,
    position: u64,
}

#[cfg(feature = "zip")]
impl<S: ReadAt> Cursor<S> {
    pub(crate) fn new(source: S) -> io::Result<Self> {
        let size = source.size()?;
        Ok(Self { source, size, position: 0 })
    }
}

#[cfg(feature = "zip")]
impl<S: ReadAt> Read for Cursor<S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(self.position);
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        self.source.read_exact_at(&mut buf[..count], self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

#[cfg(feature = "zip")]
impl<S: ReadAt> Seek for Cursor<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_reads_the_same() {
        let bytes: Vec<u8> = (0..100).collect();
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, &bytes).unwrap();
        let slice: &[u8] = &bytes;
        let seek = SeekSource::new(io::Cursor::new(bytes.clone())).unwrap();
        let sources: [&dyn ReadAt; 4] = [&file, &slice, &Arc::new(bytes.clone()), &seek];
        for source in sources {
            assert_eq!(source.size().unwrap(), 100);
            let mut buf = [0; 10];
            source.read_exact_at(&mut buf, 90).unwrap();
            assert_eq!(buf, bytes[90..]);
            let past = source.read_exact_at(&mut buf, 91).unwrap_err();
            assert_eq!(past.kind(), io::ErrorKind::UnexpectedEof);
            let far = source.read_exact_at(&mut buf, 1 << 40).unwrap_err();
            assert_eq!(far.kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}
