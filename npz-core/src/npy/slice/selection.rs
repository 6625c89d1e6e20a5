//! What a slice means for an array of some shape.

use ndarray::{
    Array, ArrayD, Axis, Dimension, IxDyn, ShapeBuilder, Slice, SliceArg, SliceInfoElem,
};

use super::runs::{Pick, Runs};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::repr_shape;
use crate::npy::header::{Header, Order};
use crate::npy::{AnyArray, has_rows};

/// A slice of the array under a header, checked against its shape.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    axes: Vec<AxisPart>,
    /// Where axes of length 1 come in between, in the result's order.
    new_axes: Vec<usize>,
    /// What is read: the axes as they are in the file, less what isn't taken.
    header: Header,
    itemsize: usize,
    /// Whether everything is taken, in whatever direction.
    everything: bool,
}

#[derive(Clone, Copy, Debug)]
struct AxisPart {
    pick: Pick,
    reversed: bool,
    /// It is one index, and the result doesn't have the axis.
    removed: bool,
}

impl Selection {
    /// Like `ndarray`, but what doesn't fit is an error instead of a panic.
    pub(crate) fn new(header: &Header, info: &impl SliceArg<IxDyn>) -> Result<Self> {
        let shape = header.shape();
        if info.in_ndim() != shape.len() {
            let (expected, plural) = (info.in_ndim(), if info.in_ndim() == 1 { "" } else { "s" });
            let message = format!(
                "the slice is one of {expected} dimension{plural}, found shape {}",
                repr_shape(shape)
            );
            return Err(Error::new(ErrorKind::Shape, message));
        }
        let mut axes = Vec::with_capacity(shape.len());
        let mut new_axes = Vec::new();
        let mut kept = 0;
        for elem in info.as_ref() {
            let next = shape.get(axes.len()).copied().unwrap_or(0);
            let part = match *elem {
                SliceInfoElem::NewAxis => {
                    new_axes.push(kept);
                    kept += 1;
                    continue;
                }
                SliceInfoElem::Index(index) => one(index, axes.len(), next)?,
                SliceInfoElem::Slice { start, end, step } => {
                    range(Slice { start, end, step }, axes.len(), next)?
                }
            };
            kept += usize::from(!part.removed);
            axes.push(part);
        }
        Self::of(header, axes, new_axes)
    }

    /// `count` indices from `first` on along the first axis, and all along the others.
    pub(crate) fn rows(header: &Header, first: usize, count: usize) -> Result<Self> {
        let mut block: Vec<_> = header.shape().iter().map(|&len| (0, len)).collect();
        if let Some(axis) = block.first_mut() {
            *axis = (first, count);
        }
        Self::block(header, &block)
    }

    /// Of each axis, the first index and the number of indices.
    pub(crate) fn block(header: &Header, block: &[(usize, usize)]) -> Result<Self> {
        let part = |(&(first, count), &len)| {
            let pick = Pick { first, step: 1, count, len };
            AxisPart { pick, reversed: false, removed: false }
        };
        Self::of(header, block.iter().zip(header.shape()).map(part).collect(), Vec::new())
    }

    fn of(header: &Header, axes: Vec<AxisPart>, new_axes: Vec<usize>) -> Result<Self> {
        let counts: Vec<usize> = axes.iter().map(|part| part.pick.count).collect();
        let everything = counts == header.shape();
        let itemsize = header.dtype().itemsize();
        let header = Header::new(header.dtype().clone(), header.order(), counts)?;
        Ok(Self { axes, new_axes, header, itemsize, everything })
    }

    /// The header of what is taken, before axes change direction, go or come.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// Whether all items are taken.
    pub(crate) fn is_everything(&self) -> bool {
        self.everything
    }

    /// The bytes that are taken, counted from the array's first.
    pub(crate) fn runs(&self) -> Runs {
        let picks = self.axes.iter().map(|part| part.pick);
        match self.header.order() {
            Order::C => Runs::new(picks.rev(), self.itemsize),
            Order::Fortran => Runs::new(picks, self.itemsize),
        }
    }

    /// Makes the slice of the array under [`header`](Self::header).
    pub(crate) fn shape<A, D: Dimension>(&self, mut array: ArrayD<A>) -> Result<Array<A, D>> {
        for (axis, part) in self.axes.iter().enumerate() {
            if part.reversed {
                array.invert_axis(Axis(axis));
            }
        }
        for (axis, part) in self.axes.iter().enumerate().rev() {
            if part.removed {
                array = array.index_axis_move(Axis(axis), 0);
            }
        }
        for &axis in &self.new_axes {
            array = array.insert_axis(Axis(axis));
        }
        array.into_dimensionality().map_err(|error| {
            let message = "the slice has another number of dimensions than it should";
            Error::new(ErrorKind::Shape, message).with_source(error)
        })
    }
}

impl Selection {
    /// Makes the slice, in C order, of the array under [`header`](Self::header).
    pub(crate) fn shape_any(&self, array: AnyArray) -> Result<AnyArray> {
        let turned = self.axes.iter().any(|part| part.reversed && part.pick.count > 1);
        // Items without bytes have no places to change, and there may be any number of them.
        if self.header.nbytes() > 0 && (turned || !has_rows(&self.header)) {
            return self.gather(&array);
        }
        let kept = self.axes.iter().filter(|part| !part.removed);
        let mut shape: Vec<usize> = kept.map(|part| part.pick.count).collect();
        for &axis in &self.new_axes {
            shape.insert(axis, 1);
        }
        let header = Header::new(self.header.dtype().clone(), Order::C, shape)?;
        Ok(array.with_header(header))
    }

    /// The same item by item, where they have to change places.
    fn gather(&self, array: &AnyArray) -> Result<AnyArray> {
        let len = self.header.len();
        let mut places = reserved(len)?;
        places.extend(0..len);
        let order = self.header.order() == Order::Fortran;
        let shape = IxDyn(self.header.shape()).set_f(order);
        let places = ArrayD::from_shape_vec(shape, places).map_err(|error| {
            let message = "the slice is too large for memory";
            Error::new(ErrorKind::Limit, message).with_source(error)
        })?;
        let places: ArrayD<usize> = self.shape(places)?;
        let mut bytes = reserved(array.nbytes())?;
        for place in &places {
            let item = array.as_bytes().get(place * self.itemsize..);
            let item = item.and_then(|bytes| bytes.get(..self.itemsize));
            bytes.extend_from_slice(item.unwrap_or_default());
        }
        let header = Header::new(self.header.dtype().clone(), Order::C, places.shape())?;
        AnyArray::from_bytes(header, &bytes)
    }
}

/// An empty vector with room for `len` items, or an error instead of an abort.
fn reserved<T>(len: usize) -> Result<Vec<T>> {
    let mut items = Vec::new();
    items.try_reserve_exact(len).map_err(|error| {
        let bytes = len.saturating_mul(size_of::<T>());
        let message = format!("can't allocate {bytes} bytes to turn the slice");
        Error::new(ErrorKind::Limit, message).with_source(error)
    })?;
    Ok(items)
}

/// A negative index counts from the end. What is before the start stays negative.
fn absolute(index: isize, len: usize) -> Option<usize> {
    if index >= 0 {
        return usize::try_from(index).ok();
    }
    len.checked_sub(index.unsigned_abs())
}

fn one(index: isize, axis: usize, len: usize) -> Result<AxisPart> {
    let Some(first) = absolute(index, len).filter(|&first| first < len) else {
        let message = format!("the index {index} is outside of axis {axis}, whose length is {len}");
        return Err(Error::new(ErrorKind::Shape, message));
    };
    let pick = Pick { first, step: 1, count: 1, len };
    Ok(AxisPart { pick, reversed: false, removed: true })
}

fn range(slice: Slice, axis: usize, len: usize) -> Result<AxisPart> {
    let Slice { start, end, step } = slice;
    let inside = |index| absolute(index, len).filter(|&index| index <= len);
    let (Some(from), Some(to)) = (inside(start), end.map_or(Some(len), inside)) else {
        let end = end.map(|end| end.to_string()).unwrap_or_default();
        let message = format!(
            "the range {start}..{end} is outside of axis {axis}, whose length is {len}; end it at \
             {len} or leave its end open"
        );
        return Err(Error::new(ErrorKind::Shape, message));
    };
    let stride = step.unsigned_abs();
    if stride == 0 {
        let message = format!("the slice of axis {axis} has the step 0");
        return Err(Error::new(ErrorKind::Shape, message));
    }
    let span = to.saturating_sub(from);
    let count = span.div_ceil(stride);
    // Backwards, the items are counted from the last one: the first one read is what is left.
    let first = match (step < 0, count.checked_sub(1)) {
        (true, Some(more)) => to - 1 - more * stride,
        _ => from,
    };
    let pick = Pick { first, step: stride, count, len };
    Ok(AxisPart { pick, reversed: step < 0, removed: false })
}
