//! Packed bytes → the bytes of an entry, as they are asked for.

use flate2::{Decompress, FlushDecompress, Status};

use super::corrupt;
use crate::error::{Error, ErrorKind, Result};
use crate::npz::stream::Packed;

/// Unpacks the bytes of an entry.
pub(crate) struct Inflater<'a> {
    state: Decompress,
    packed: Packed<'a>,
    ended: bool,
}

impl<'a> Inflater<'a> {
    pub(crate) fn new(packed: Packed<'a>) -> Self {
        Self { state: Decompress::new(false), packed, ended: false }
    }

    /// Fills `buf`.
    pub(crate) fn read_exact(&mut self, mut buf: &mut [u8]) -> Result<()> {
        while !buf.is_empty() {
            let written = self.step(buf)?;
            if written == 0 && self.ended {
                let message = "the compressed data end before the entry's declared size";
                return Err(Error::new(ErrorKind::Truncated, message));
            }
            buf = buf.get_mut(written..).unwrap_or_default();
        }
        Ok(())
    }

    /// Checks that the stream ends here, at the end of the packed bytes.
    pub(crate) fn finish(&mut self) -> Result<()> {
        while !self.ended {
            if self.step(&mut [0])? > 0 {
                return Err(corrupt("the compressed data hold more than the declared size"));
            }
        }
        match self.packed.left() {
            0 => Ok(()),
            left => Err(corrupt(format!("{left} bytes follow the end of the compressed data"))),
        }
    }

    /// One call of the inflater; returns how many bytes it gave.
    fn step(&mut self, buf: &mut [u8]) -> Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let input = self.packed.chunk()?;
        let at_end = input.is_empty();
        let (read, written) = (self.state.total_in(), self.state.total_out());
        let status = self.state.decompress(input, buf, FlushDecompress::None);
        let status = status.map_err(|error| {
            corrupt(format!("the compressed data are damaged: {error}")).with_source(error)
        })?;
        let delta = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
        let (read, written) =
            (delta(self.state.total_in(), read), delta(self.state.total_out(), written));
        self.packed.consume(read);
        self.ended = status == Status::StreamEnd;
        if at_end && written == 0 && !self.ended {
            let message = "the compressed data are cut short";
            return Err(Error::new(ErrorKind::Truncated, message));
        }
        Ok(written)
    }
}
