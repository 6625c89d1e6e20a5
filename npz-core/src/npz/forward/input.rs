//! A reader's bytes, a few of which can be looked at before they are taken.

use std::io::{self, Read};

use crate::element::{ReadExact, short};
use crate::error::{Error, ErrorKind, Result};
use crate::npz::directory::Ending;

const BUFFER_BYTES: usize = 64 << 10;

/// Most bytes of the past that are wanted: those among which end records are looked for.
const RECENT_BYTES: usize = 66 << 10;
const _: () = assert!(RECENT_BYTES as u64 >= Ending::TAIL, "all end records are looked for");

pub(super) struct Input<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Of the buffer, what is taken already.
    taken: usize,
    position: u64,
    /// The last bytes that were taken, and perhaps some before them.
    recent: Vec<u8>,
}

impl<R: Read> Input<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::new(), taken: 0, position: 0, recent: Vec::new() }
    }

    pub(super) fn into_inner(self) -> R {
        self.reader
    }

    /// How many bytes were taken.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    fn ready(&self) -> &[u8] {
        self.buffer.get(self.taken..).unwrap_or_default()
    }

    /// The last bytes that were taken, as many as end records and their comment may be.
    pub(super) fn recent(&self) -> &[u8] {
        last(&self.recent)
    }

    pub(super) fn consume(&mut self, count: usize) {
        let end = self.taken.saturating_add(count).min(self.buffer.len());
        remember(&mut self.recent, self.buffer.get(self.taken..end).unwrap_or_default());
        self.taken = end;
        self.position += count as u64;
    }

    /// The next bytes, at least one, unless there are no more.
    #[cfg(feature = "deflate")]
    pub(super) fn chunk(&mut self) -> Result<&[u8]> {
        self.peek(1)
    }

    /// The next bytes, `len` of them or more; fewer only at the end.
    pub(super) fn peek(&mut self, len: usize) -> Result<&[u8]> {
        while self.ready().len() < len {
            self.buffer.drain(..self.taken);
            self.taken = 0;
            let old = self.buffer.len();
            let most = BUFFER_BYTES.max(len) - old;
            self.buffer.resize(old + most, 0);
            let read = self.read(old);
            self.buffer.truncate(old + read.as_ref().copied().unwrap_or(0));
            if read? == 0 {
                break;
            }
        }
        Ok(self.ready())
    }

    /// One read into the buffer from `at` on.
    fn read(&mut self, at: usize) -> Result<usize> {
        loop {
            match self.reader.read(&mut self.buffer[at..]) {
                Ok(count) => return Ok(count.min(self.buffer.len() - at)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io("read the archive", error)),
            }
        }
    }
}

impl<R: Read> ReadExact for Input<R> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        let count = self.ready().len().min(buf.len());
        let (head, tail) = buf.split_at_mut(count);
        head.copy_from_slice(self.ready().get(..count).unwrap_or_default());
        self.consume(count);
        if tail.len() >= BUFFER_BYTES {
            // Large data go straight to where they belong.
            self.reader.read_exact(tail).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => cut_short(),
                _ => Error::io("read the archive", error),
            })?;
            self.position += tail.len() as u64;
            remember(&mut self.recent, tail);
            return Ok(());
        }
        let len = tail.len();
        let ready = self.peek(len)?;
        let Some(bytes) = ready.get(..len) else {
            let found = ready.len();
            return Err(if found == 0 { cut_short() } else { short(len, found) });
        };
        tail.copy_from_slice(bytes);
        self.consume(len);
        Ok(())
    }
}

fn last(bytes: &[u8]) -> &[u8] {
    bytes.get(bytes.len().saturating_sub(RECENT_BYTES)..).unwrap_or_default()
}

fn remember(recent: &mut Vec<u8>, bytes: &[u8]) {
    let bytes = last(bytes);
    // Some are kept too long, so that they needn't be moved for every few that come.
    if recent.len() + bytes.len() > 4 * RECENT_BYTES {
        recent.drain(..recent.len().saturating_sub(RECENT_BYTES));
    }
    recent.extend_from_slice(bytes);
}

#[cold]
pub(super) fn cut_short() -> Error {
    Error::new(ErrorKind::Truncated, "the archive is cut short: it ends inside an entry")
}
