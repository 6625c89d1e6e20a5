//! The bytes of an array whose type is known only at run time, at an address where any type can
//! stand.

use std::fmt;

use super::payload::{FIRST_ALLOCATION, ReadExact, reserve, try_zeroed};
use crate::error::Result;

/// Its alignment is the largest that an element can ask for.
type Unit = u128;

/// Bytes whose first stands at a multiple of 16.
#[derive(Clone, Default)]
pub(crate) struct Buffer {
    units: Vec<Unit>,
    len: usize,
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer").field("len", &self.len).finish_non_exhaustive()
    }
}

impl Buffer {
    pub(crate) fn zeroed(len: usize) -> Result<Self> {
        Ok(Self { units: try_zeroed(len.div_ceil(size_of::<Unit>()))?, len })
    }

    pub(crate) fn copy_of(bytes: &[u8]) -> Result<Self> {
        let mut buffer = Self::zeroed(bytes.len())?;
        buffer.as_mut_slice().copy_from_slice(bytes);
        Ok(buffer)
    }

    /// Reads `len` bytes to where they stay. `present` says that the source holds them all;
    /// otherwise memory grows with what arrives.
    pub(crate) fn read(len: usize, present: bool, source: &mut dyn ReadExact) -> Result<Self> {
        let mut buffer = Self::zeroed(if present { len } else { len.min(FIRST_ALLOCATION) })?;
        let mut done = 0;
        loop {
            let rest = buffer.as_mut_slice().get_mut(done..).unwrap_or_default();
            source.read_pieces(rest, 1, &|_| {})?;
            done = buffer.len;
            if done == len {
                return Ok(buffer);
            }
            let more = done.min(len - done);
            let units = (done + more).div_ceil(size_of::<Unit>());
            let more_units = units.saturating_sub(buffer.units.len());
            reserve(&mut buffer.units, more_units)?;
            buffer.units.resize(units, 0);
            buffer.len = done + more;
        }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        bytemuck::cast_slice(&self.units).get(..self.len).unwrap_or_default()
    }

    fn as_mut_slice(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.units).get_mut(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn reads_what_is_there_whether_promised_or_known() {
        let source: Vec<u8> = (0..=250).cycle().take(3 * FIRST_ALLOCATION + 5).collect();
        for len in [0, 1, 15, 16, 17, FIRST_ALLOCATION, FIRST_ALLOCATION + 1, source.len()] {
            for present in [false, true] {
                let buffer = Buffer::read(len, present, &mut source.as_slice()).unwrap();
                assert!(buffer.as_slice() == &source[..len], "{len}");
            }
        }
    }

    #[test]
    fn a_promise_takes_no_memory() {
        let error = Buffer::read(isize::MAX as usize, false, &mut [0; 100].as_slice());
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Truncated);
        let error = Buffer::read(isize::MAX as usize, true, &mut [0; 100].as_slice());
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Limit);
    }
}
