//! The bytes of an array that depend on its values alone.

use super::AnyArray;
use crate::dtype::DType;
use crate::npy::canonical::canonicalise;
use crate::npy::header::Order;

/// Put together at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// Whether two types differ at most in their byte order.
pub(super) fn same_dtype(a: &DType, b: &DType) -> bool {
    match (a, b) {
        (DType::Scalar(a), DType::Scalar(b)) => {
            // where nothing is swapped the order is a part of the type: '<V2' is a bfloat16
            a.kind() == b.kind() && (a.order() == b.order() || a.kind().unit_size() > 1)
        }
        (DType::Subarray(a), DType::Subarray(b)) => {
            a.shape() == b.shape() && same_dtype(a.base(), b.base())
        }
        (DType::Record(a), DType::Record(b)) => {
            a.itemsize() == b.itemsize()
                && a.fields().len() == b.fields().len()
                && a.fields().iter().zip(b.fields()).all(|(a, b)| {
                    let same = a.offset() == b.offset() && a.is_called_like(b);
                    same && same_dtype(a.dtype(), b.dtype())
                })
        }
        _ => false,
    }
}

/// The memory positions of the items in C order.
pub(super) struct Positions<'a> {
    shape: &'a [usize],
    /// In items, for each dimension.
    strides: Vec<usize>,
    index: Vec<usize>,
    next: Option<usize>,
}

impl<'a> Positions<'a> {
    pub(super) fn new(shape: &'a [usize], order: Order) -> Self {
        let next = (!shape.contains(&0)).then_some(0);
        Self { shape, strides: strides(shape, order), index: vec![0; shape.len()], next }
    }
}

/// How far apart in memory the items are along each dimension, in items.
pub(super) fn strides(shape: &[usize], order: Order) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    let mut stride: usize = 1;
    let mut set = |axis: usize| {
        strides[axis] = stride;
        stride = stride.saturating_mul(shape[axis]);
    };
    match order {
        Order::C => (0..shape.len()).rev().for_each(&mut set),
        Order::Fortran => (0..shape.len()).for_each(&mut set),
    }
    strides
}

impl Iterator for Positions<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let found = self.next?;
        let mut position = found;
        self.next = None;
        for axis in (0..self.shape.len()).rev() {
            self.index[axis] += 1;
            position += self.strides[axis];
            if self.index[axis] < self.shape[axis] {
                self.next = Some(position);
                break;
            }
            position -= self.strides[axis] * self.shape[axis];
            self.index[axis] = 0;
        }
        Some(found)
    }
}

/// The canonical bytes of an array, block by block; equal types and shapes make equal blocks.
pub(super) struct Canonical<'a> {
    array: &'a AnyArray,
    /// Set unless the items stand in C order already.
    positions: Option<Positions<'a>>,
    done: usize,
    block: Vec<u8>,
}

impl<'a> Canonical<'a> {
    pub(super) fn new(array: &'a AnyArray) -> Self {
        let shape = array.shape();
        let fortran =
            array.order() == Order::Fortran && shape.iter().filter(|&&size| size > 1).count() > 1;
        let positions = fortran.then(|| Positions::new(shape, Order::Fortran));
        Self { array, positions, done: 0, block: Vec::new() }
    }

    pub(super) fn block(&mut self) -> Option<&[u8]> {
        let (dtype, bytes) = (self.array.dtype(), self.array.as_bytes());
        let itemsize = dtype.itemsize();
        let left = bytes.len() - self.done;
        if left == 0 {
            return None;
        }
        let len = left.min((BLOCK_BYTES / itemsize).max(1) * itemsize);
        self.block.clear();
        match &mut self.positions {
            None => self.block.extend_from_slice(bytes.get(self.done..self.done + len)?),
            Some(positions) => {
                for position in positions.take(len / itemsize) {
                    let item = bytes.get(position * itemsize..)?.get(..itemsize)?;
                    self.block.extend_from_slice(item);
                }
            }
        }
        self.done += len;
        canonicalise(dtype, &mut self.block);
        Some(&self.block)
    }
}
