//! From a header and the bytes behind it to an array.

use ndarray::{Array, Dimension, IxDyn, ShapeBuilder};

use super::any::AnyArray;
use super::header::{Header, Order};
use crate::element::{self, Buffer, Element, Payload, ReadExact, check_dtype, check_no_objects};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::repr_shape;
use crate::options::Cast;

/// Fails unless an array under `header` can be read as `A`s with `D`'s number of dimensions,
/// converted as far as `cast` allows.
pub(crate) fn check<A: Element, D: Dimension>(header: &Header, cast: Cast) -> Result<()> {
    check_dtype::<A>(header.dtype(), cast)?;
    match D::NDIM {
        Some(expected) if expected != header.shape().len() => {
            let plural = if expected == 1 { "" } else { "s" };
            let message = format!(
                "expected {expected} dimension{plural}, found shape {}",
                repr_shape(header.shape())
            );
            Err(Error::new(ErrorKind::Shape, message))
        }
        _ => Ok(()),
    }
}

/// Reads the array under `header`. `present` says that the source holds all of its bytes.
pub(crate) fn read<A: Element, D: Dimension>(
    header: &Header,
    cast: Cast,
    present: bool,
    source: &mut dyn ReadExact,
) -> Result<Array<A, D>> {
    check_no_objects(header.dtype())?;
    check::<A, D>(header, cast)?;
    let mut payload = Payload::new(header.dtype(), header.len(), present, source)?;
    let items = element::decode(&mut payload)?;
    assemble(header, items)
}

/// Reads the array under `header` into `array`: into its memory, if shape and order are the same.
pub(crate) fn read_into<A: Element, D: Dimension>(
    header: &Header,
    cast: Cast,
    present: bool,
    source: &mut dyn ReadExact,
    array: &mut Array<A, D>,
) -> Result<()> {
    let fits = header.order() == Order::C && array.shape() == header.shape();
    let items = array.as_slice_mut().filter(|_| fits && A::accepts(header.dtype()));
    let Some(items) = items else {
        *array = read(header, cast, present, source)?;
        return Ok(());
    };
    check::<A, D>(header, cast)?;
    let mut payload = Payload::new(header.dtype(), header.len(), present, source)?;
    A::decode_into(&mut payload, items)
}

/// Reads the data under `header` as `A`s, and keeps none of them.
pub(crate) fn check_data<A: Element>(
    header: &Header,
    cast: Cast,
    present: bool,
    source: &mut dyn ReadExact,
) -> Result<()> {
    check_dtype::<A>(header.dtype(), cast)?;
    let mut payload = Payload::new(header.dtype(), header.len(), present, source)?;
    if A::accepts(header.dtype()) {
        return A::check(&mut payload);
    }
    A::decode_cast(&mut payload).map(drop)
}

/// Reads the bytes of the array under `header`, whatever its type.
pub(crate) fn read_any(
    header: Header,
    present: bool,
    source: &mut dyn ReadExact,
) -> Result<AnyArray> {
    check_no_objects(header.dtype())?;
    let bytes = Buffer::read(header.nbytes(), present, source)?;
    Ok(AnyArray::from_parts(header, bytes))
}

fn assemble<A, D: Dimension>(header: &Header, items: Vec<A>) -> Result<Array<A, D>> {
    let fault = || {
        let message = format!("shape {} is too large for an array", repr_shape(header.shape()));
        Error::new(ErrorKind::Limit, message)
    };
    let shape = D::from_dimension(&IxDyn(header.shape())).ok_or_else(fault)?;
    Array::from_shape_vec(shape.set_f(header.order() == Order::Fortran), items)
        .map_err(|error| fault().with_source(error))
}
