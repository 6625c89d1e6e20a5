//! An array on its way out: what the writers need to know of it, whatever its type.

use ndarray::{ArrayViewD, CowArray, Dimension};

use super::Element;
use super::strips::{Gatherer, Strips, gather};
use crate::dtype::ByteOrder;
use crate::error::Result;
use crate::npy::header::{Header, Order};

/// Encoded at a time: the items and their bytes stay in the cache.
const CHUNK_BYTES: usize = 256 << 10;

/// Takes the pieces of a payload in order.
pub(crate) type Sink<'s> = dyn FnMut(&[u8]) -> Result<()> + 's;

/// An array of any type and dimension that can be written.
pub(crate) trait ArraySource: Send + Sync {
    /// The header the array gets: its dtype in `byte_order`; in C order, unless `keep_order` and
    /// the array lies in memory in Fortran order.
    fn header(&self, byte_order: ByteOrder, keep_order: bool) -> Result<Header>;

    /// What the metadata call its type, if the dtype doesn't tell.
    fn logical_dtype(&self) -> Option<&str>;

    /// The payload under `header`, if it lies in memory just so.
    fn bytes(&self, header: &Header) -> Option<&[u8]>;

    /// Gives the payload under `header` to `sink`, piece by piece.
    fn write(&self, header: &Header, sink: &mut Sink<'_>) -> Result<()>;

    /// What gathers the payload under `header` in any order, if it has to be gathered and nothing
    /// else.
    fn gatherer(&self, header: &Header) -> Option<Box<dyn Gatherer + '_>> {
        let _ = header;
        None
    }
}

impl<A: Element, D: Dimension> ArraySource for CowArray<'_, A, D> {
    fn header(&self, byte_order: ByteOrder, keep_order: bool) -> Result<Header> {
        let dtype = A::dtype(self.iter())?.with_byte_order(byte_order);
        let fortran = keep_order && !self.is_standard_layout() && self.t().is_standard_layout();
        let order = if fortran { Order::Fortran } else { Order::C };
        Header::new(dtype, order, self.shape().to_vec())
    }

    fn logical_dtype(&self) -> Option<&str> {
        A::logical_dtype()
    }

    fn bytes(&self, header: &Header) -> Option<&[u8]> {
        if !header.dtype().is_native() {
            return None;
        }
        let items = match header.order() {
            Order::C => self.as_slice(),
            Order::Fortran if self.t().is_standard_layout() => self.as_slice_memory_order(),
            Order::Fortran => None,
        };
        A::as_bytes(items?)
    }

    fn write(&self, header: &Header, sink: &mut Sink<'_>) -> Result<()> {
        if let Some(bytes) = self.bytes(header) {
            return sink(bytes);
        }
        let per_chunk = CHUNK_BYTES.checked_div(header.dtype().itemsize()).unwrap_or(1).max(1);
        let in_place = header.dtype().is_native();
        let mut encoded = Vec::new();
        let mut write_items = |items: &[A]| match A::as_bytes(items) {
            Some(bytes) if in_place => sink(bytes),
            _ => items.chunks(per_chunk).try_for_each(|items| {
                encoded.clear();
                A::encode(items, header.dtype(), &mut encoded)?;
                sink(&encoded)
            }),
        };
        gather(in_order(self, header), &mut write_items)
    }

    fn gatherer(&self, header: &Header) -> Option<Box<dyn Gatherer + '_>> {
        A::as_bytes(&[]).filter(|_| header.dtype().is_native())?;
        Some(Box::new(Strips::new(in_order(self, header))))
    }
}

/// The array with its axes in the order in which the file has its items.
fn in_order<'v, A, D: Dimension>(
    array: &'v CowArray<'_, A, D>,
    header: &Header,
) -> ArrayViewD<'v, A> {
    let view = match header.order() {
        Order::C => array.view(),
        Order::Fortran => array.view().reversed_axes(),
    };
    view.into_dyn()
}
