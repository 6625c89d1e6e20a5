//! One regular `.npy` file, of which any part can be read at any time.

use std::fs::File;

use super::header::Header;
use super::reader::{check_trailing, read_header};
use crate::element::{Finish, ReadExact};
use crate::error::{Error, ErrorKind, Result};
use crate::io::bulk::{Bulk, hot_parts};
use crate::io::read_at::fill;
use crate::options::{LoadOptions, Meter};

/// Read of a file before its header is known: mostly more than the header.
const AHEAD_BYTES: u64 = 1 << 10;

/// Reads the array of a file of `size` bytes, of which any can be read at any time.
pub(super) fn read<T>(
    file: &File,
    size: u64,
    options: &LoadOptions,
    read: impl FnOnce(Header, bool, &mut dyn ReadExact) -> Result<T>,
) -> Result<T> {
    let mut body = FileBody::new(file, size, options)?;
    let (header, data_offset) = read_header(Vec::new(), &mut body, &options.limits)?;
    // A pickle has a size of its own; that it is one is what the user should hear.
    let pickle = header.dtype().has_object();
    let (found, expected) =
        (size.saturating_sub(data_offset as u64), if pickle { 0 } else { header.nbytes() as u64 });
    if found < expected {
        let message = format!(
            "the file is cut short: the header promises {expected} bytes of data, found {found}"
        );
        return Err(Error::new(ErrorKind::Truncated, message).with_offset(size));
    }
    body.meter = Meter::new(&options.progress, expected);
    let value = read(header, !pickle, &mut body)?;
    check_trailing(body.at, size, options)?;
    Ok(value)
}

/// A regular file from its start on.
struct FileBody<'a> {
    file: &'a File,
    /// The first bytes.
    head: Vec<u8>,
    at: u64,
    threads: usize,
    meter: Option<Meter<'a>>,
}

impl<'a> FileBody<'a> {
    fn new(file: &'a File, size: u64, options: &LoadOptions) -> Result<Self> {
        let mut head = vec![0; usize::try_from(size.min(AHEAD_BYTES)).unwrap_or(0)];
        fill(file, &mut head, 0)?;
        Ok(Self { file, head, at: 0, threads: options.threads, meter: None })
    }

    /// What is in memory of that which comes next.
    fn ready(&self, most: usize) -> &[u8] {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let ready = self.head.get(at..).unwrap_or_default();
        ready.get(..most).unwrap_or(ready)
    }
}

impl ReadExact for FileBody<'_> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.read_pieces(buf, 1, &|_| {})
    }

    fn read_pieces(&mut self, buf: &mut [u8], unit: usize, finish: &Finish<'_>) -> Result<()> {
        let (ready, threads) = (self.ready(buf.len()), self.threads);
        let offset = self.at.saturating_add(ready.len() as u64);
        let bulk = Bulk { source: self.file, ready, offset, threads };
        bulk.read(buf, unit, |piece| {
            hot_parts(piece, unit).for_each(finish);
            // There is no entry that could be named.
            self.meter.as_ref().map_or(Ok(()), |meter| meter.add(piece.len(), ""))
        })?;
        self.at = self.at.saturating_add(buf.len() as u64);
        Ok(())
    }
}
