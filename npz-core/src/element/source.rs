//! An array on its way out: what the writers need to know of it, whatever its type.

use ndarray::{ArrayViewD, Axis, CowArray, Dimension};

use super::Element;
use crate::dtype::ByteOrder;
use crate::error::Result;
use crate::npy::header::{Header, Order};

/// Bytes gathered from a strided array, or encoded, at a time: they stay in the cache.
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
            _ => {
                encoded.clear();
                A::encode(items, header.dtype(), &mut encoded)?;
                sink(&encoded)
            }
        };
        let view = match header.order() {
            Order::C => self.view(),
            Order::Fortran => self.view().reversed_axes(),
        };
        gather(&view.into_dyn(), per_chunk, &mut Vec::new(), &mut write_items)
    }
}

/// Hands out the items in C order, at most `per_chunk` at a time: straight from memory where
/// they are contiguous, else copied together in blocks of whole rows.
fn gather<A: Clone>(
    view: &ArrayViewD<'_, A>,
    per_chunk: usize,
    scratch: &mut Vec<A>,
    write: &mut impl FnMut(&[A]) -> Result<()>,
) -> Result<()> {
    if view.is_empty() {
        return Ok(());
    }
    if let Some(items) = view.as_slice() {
        return items.chunks(per_chunk).try_for_each(write);
    }
    if view.len() <= per_chunk {
        scratch.clear();
        scratch.extend(view.iter().cloned());
        return write(scratch);
    }
    // Longer than a chunk, so there are at least two items and one axis.
    let row = view.len() / view.len_of(Axis(0));
    if row > per_chunk {
        return view.outer_iter().try_for_each(|row| gather(&row, per_chunk, scratch, write));
    }
    view.axis_chunks_iter(Axis(0), per_chunk / row)
        .try_for_each(|rows| gather(&rows, per_chunk, scratch, write))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, ArrayD, IxDyn, s};

    use super::*;

    #[test]
    fn gathers_in_logical_order_whatever_the_strides() {
        let base: ArrayD<usize> =
            Array::from_shape_fn(IxDyn(&[7, 5, 6]), |i| i[0] * 100 + i[1] * 10 + i[2]);
        let reversed = base.slice(s![..;-2, 1.., ..;3]).into_dyn();
        let permuted = base.view().permuted_axes(IxDyn(&[2, 0, 1]));
        let broadcast = base.broadcast(IxDyn(&[3, 7, 5, 6])).unwrap();
        for view in [base.view(), reversed, permuted, broadcast] {
            for per_chunk in [1, 4, 7, 31, 1000] {
                let mut found = Vec::new();
                gather(&view, per_chunk, &mut Vec::new(), &mut |items| {
                    assert!(items.len() <= per_chunk);
                    found.extend_from_slice(items);
                    Ok(())
                })
                .unwrap();
                assert_eq!(found, view.iter().copied().collect::<Vec<_>>());
            }
        }
    }
}
