//! The items of an array of any dtype, some at a time.

use std::fmt;
use std::iter::FusedIterator;

use super::any::AnyArray;
use super::array::read_any;
use super::chunks::Body;
use super::header::{Header, Order};
use crate::element::ReadExact;
use crate::error::{Error, Result};

/// An array's items, so many at a time, in the order in which they stand in the file: what
/// [`NpzReader::any_pieces`](crate::NpzReader::any_pieces) and [`RawArray::pieces`](crate::RawArray::pieces)
/// give. Each piece is an array of one dimension.
///
/// The checksum of an entry is known when its last byte has been read. If it is wrong, the last
/// piece is an error. After an error nothing follows.
pub struct AnyPieces<'a> {
    header: Header,
    logical: Option<Box<str>>,
    items: usize,
    left: usize,
    over: bool,
    body: Box<dyn Body + 'a>,
    /// Says in what entry and file an error was.
    place: Box<dyn Fn(Error) -> Error + 'a>,
}

impl fmt::Debug for AnyPieces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyPieces")
            .field("header", &self.header)
            .field("items", &self.items)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

impl<'a> AnyPieces<'a> {
    /// `body` gives what `header` promises. Items without bytes are no work, and come at once.
    pub(crate) fn new(
        header: Header,
        items: usize,
        body: Box<dyn Body + 'a>,
        place: impl Fn(Error) -> Error + 'a,
    ) -> Self {
        let left = header.len();
        let items = if header.dtype().itemsize() == 0 { left } else { items };
        let place = Box::new(place);
        Self { header, logical: None, items: items.max(1), left, over: false, body, place }
    }

    pub(crate) fn with_logical_dtype(self, name: Option<&str>) -> Self {
        Self { logical: name.map(Into::into), ..self }
    }

    /// The dtype, shape and order of the whole array.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn read(&mut self) -> Result<Option<AnyArray>> {
        let count = self.items.min(self.left);
        let piece = if count > 0 {
            let header = Header::new(self.header.dtype().clone(), Order::C, [count])?;
            let present = self.body.is_present();
            let piece = read_any(header, present, &mut Bytes(&mut *self.body))?;
            Some(piece.with_logical_dtype(self.logical.as_deref()))
        } else {
            None
        };
        self.left -= count;
        if self.left == 0 {
            self.over = true;
            self.body.finish()?;
        }
        Ok(piece)
    }
}

/// A body as the bytes it is.
struct Bytes<'b, 'a>(&'b mut (dyn Body + 'a));

impl ReadExact for Bytes<'_, '_> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.0.read_exact(buf)
    }
}

impl Iterator for AnyPieces<'_> {
    type Item = Result<AnyArray>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let piece = self.read();
        self.over |= piece.is_err();
        piece.map_err(&self.place).transpose()
    }
}

impl FusedIterator for AnyPieces<'_> {}
