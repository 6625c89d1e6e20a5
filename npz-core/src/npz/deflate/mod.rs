//! Deflate, both ways, in bounded pieces.
//!
//! An entry is packed in segments of one size, each of whole deflate blocks that look back no
//! further than its start, and ending with a whole byte. So segments are packed by as many threads
//! as there are, and the bytes are the same for any number.

mod bits;
mod compare;
mod decode;
mod deflater;
mod entropy;
mod huffman;
mod inflate;
mod items;
mod marks;
mod packer;
mod runs;
mod sample;
mod segments;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use self::deflater::{Deflater, Packed, Packers};
pub(crate) use self::inflate::Inflater;
pub(crate) use self::marks::Marks;

use crate::error::{Error, ErrorKind};

/// Bytes that are packed by themselves. Larger segments would lose less to their beginnings, which
/// have nothing to look back to, but smaller ones spread over more threads.
pub(crate) const SEGMENT_BYTES: usize = 1 << 20;

#[cold]
fn corrupt(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Corrupt, message)
}
