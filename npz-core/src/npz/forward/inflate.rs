//! Deflate where the end of the data may be known from the data alone.

use std::io::Read;

use flate2::{Decompress, FlushDecompress, Status};

use super::input::{Input, cut_short};
use crate::error::{Error, ErrorKind, Result};

pub(super) struct Inflate {
    state: Decompress,
    /// Packed bytes not yet taken, if that was said before.
    left: Option<u64>,
    ended: bool,
}

impl Inflate {
    pub(super) fn new(packed: Option<u64>) -> Self {
        Self { state: Decompress::new(false), left: packed, ended: false }
    }

    /// Unpacks some bytes, none only at the end.
    pub(super) fn read<R: Read>(&mut self, input: &mut Input<R>, buf: &mut [u8]) -> Result<usize> {
        while !self.ended && !buf.is_empty() {
            let bytes = input.chunk()?;
            let most = usize::try_from(self.left.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
            let bytes = bytes.get(..most).unwrap_or(bytes);
            let at_end = bytes.is_empty();
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(bytes, buf, FlushDecompress::None);
            let status = status.map_err(|error| {
                let message = format!("the compressed data are damaged: {error}");
                Error::new(ErrorKind::Corrupt, message).with_source(error)
            })?;
            let delta = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
            let read = delta(self.state.total_in(), read);
            let written = delta(self.state.total_out(), written);
            input.consume(read);
            if let Some(left) = &mut self.left {
                *left = left.saturating_sub(read as u64);
            }
            self.ended = status == Status::StreamEnd;
            if written > 0 {
                return Ok(written);
            }
            if at_end && !self.ended {
                return Err(cut_short());
            }
        }
        Ok(0)
    }

    /// Fails if the archive has more packed bytes than the data took.
    pub(super) fn check_end(&self) -> Result<()> {
        match self.left {
            None | Some(0) => Ok(()),
            Some(left) => {
                let message = format!("{left} bytes follow the end of the compressed data");
                Err(Error::new(ErrorKind::Corrupt, message))
            }
        }
    }
}
