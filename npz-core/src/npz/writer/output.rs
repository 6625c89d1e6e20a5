//! The writer beneath an archive, and what has not reached it yet.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::error::{Error, Result};

/// Small entries are put together in a buffer of this size; larger data are written as they are.
pub(super) const BUFFER_BYTES: usize = 1 << 20;

/// The writer beneath, and what has not reached it yet.
pub(super) struct Output<W> {
    pub(super) writer: W,
    pub(super) buffer: Vec<u8>,
    /// Bytes handed to `writer` so far.
    pub(super) written: u64,
    pub(super) hooks: Option<Hooks<W>>,
}

/// What a file can do beyond writing forward.
pub(super) struct Hooks<W> {
    /// Where the archive starts in the file.
    pub(super) base: u64,
    pub(super) write_at: fn(&mut W, &[u8], u64) -> io::Result<()>,
    pub(super) commit: fn(&mut W) -> Result<()>,
    /// Of the file, for messages.
    pub(super) path: Option<PathBuf>,
}

impl<W> Output<W> {
    pub(super) fn new(writer: W) -> Self {
        Self { writer, buffer: Vec::new(), written: 0, hooks: None }
    }
}

impl<W: Write> Output<W> {
    pub(super) fn position(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Writes through the buffer, or past it what wouldn't fit.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush()?;
            if bytes.len() > BUFFER_BYTES / 2 {
                return self.put(bytes);
            }
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Empties the buffer unless `size` more bytes fit.
    pub(super) fn make_room(&mut self, size: u64) -> Result<()> {
        if self.position() - self.written + size > BUFFER_BYTES as u64 {
            self.flush()
        } else {
            Ok(())
        }
    }

    pub(super) fn patch(
        &mut self,
        write_at: fn(&mut W, &[u8], u64) -> io::Result<()>,
        bytes: &[u8],
        offset: u64,
    ) -> Result<()> {
        let base = self.hooks.as_ref().map_or(0, |hooks| hooks.base);
        let written = write_at(&mut self.writer, bytes, base.saturating_add(offset));
        written.map_err(|error| self.failed(error))
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let result = self.put(&buffer);
        self.buffer = buffer;
        self.buffer.clear();
        result
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes).map_err(|error| self.failed(error))?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    #[cold]
    pub(super) fn failed(&self, error: io::Error) -> Error {
        let error = Error::io("write", error);
        match self.hooks.as_ref().and_then(|hooks| hooks.path.as_ref()) {
            Some(path) => error.with_path(path),
            None => error,
        }
    }
}
