//! Reading into memory that the caller has, however it is laid out.

use ndarray::{ArrayRef, Dimension};

use super::header::{Header, Order};
use super::slice::recount;
use crate::element::{Element, Payload, ReadExact, check_dtype, decode};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::repr_shape;
use crate::options::Cast;

/// Decoded at a time, where the items can't go straight to their places.
const CHUNK_BYTES: usize = 256 << 10;

/// Reads the array under `header` into the items of `array`, which must have its shape: straight
/// into memory where the items lie there as they do in the file.
pub(crate) fn fill<A: Element, D: Dimension>(
    header: &Header,
    cast: Cast,
    source: &mut dyn ReadExact,
    array: &mut ArrayRef<A, D>,
) -> Result<()> {
    let dtype = header.dtype();
    check_dtype::<A>(dtype, cast)?;
    if array.shape() != header.shape() {
        let message = format!(
            "expected shape {}, that of the array to read into, found shape {}",
            repr_shape(array.shape()),
            repr_shape(header.shape())
        );
        return Err(Error::new(ErrorKind::Shape, message));
    }
    let mut view = match header.order() {
        Order::C => array.view_mut(),
        Order::Fortran => array.view_mut().reversed_axes(),
    };
    if let Some(items) = view.as_slice_mut().filter(|_| A::accepts(dtype)) {
        // The memory is there, so nothing is taken on the file's word.
        return A::decode_into(&mut Payload::new(dtype, items.len(), true, source)?, items);
    }
    let per_chunk = CHUNK_BYTES.checked_div(dtype.itemsize()).unwrap_or(CHUNK_BYTES).max(1);
    let mut places = view.iter_mut();
    let mut done = 0;
    while done < header.len() {
        let count = per_chunk.min(header.len() - done);
        let items = decode::<A>(&mut Payload::new(dtype, count, true, source)?)
            .map_err(|error| recount(error, &format!("counted from item {done} of the file")))?;
        for (item, place) in items.into_iter().zip(places.by_ref().take(count)) {
            *place = item;
        }
        done += count;
    }
    Ok(())
}
