//! The items of a strided array in C order, gathered in blocks that suit the cache.
//!
//! Read in its own order, a transposed array uses one item of each cache line it touches, and by
//! the time it comes to the next one the line is gone. So it is gathered in strips of several rows,
//! and these in tiles that are as wide in the one order as in the other.

use ndarray::{ArrayView2, ArrayViewD, ArrayViewMut2, ArrayViewMutD, Axis, IxDyn, Zip, s};

use super::Element;
use crate::error::{Error, ErrorKind, Result};

/// Gathered at a time, if the rows are small enough.
const STRIP_BYTES: usize = 1 << 20;

/// The most for a strip that is made of whole cache lines.
const WIDE_STRIP_BYTES: usize = 8 << 20;

const LINE_BYTES: usize = 64;

/// Items along each side of a tile: all of its lines, of both arrays, fit the innermost cache.
const TILE: usize = 16;

/// Hands out the items in C order, in pieces: straight from memory if they are contiguous.
pub(super) fn gather<A: Element>(
    view: &ArrayViewD<'_, A>,
    write: &mut impl FnMut(&[A]) -> Result<()>,
) -> Result<()> {
    gather_strips(view, Strip::of::<A>(), &mut Vec::new(), write)
}

/// How many items make a strip.
#[derive(Clone, Copy)]
struct Strip {
    items: usize,
    most: usize,
    line: usize,
}

impl Strip {
    fn of<A>() -> Self {
        let size = size_of::<A>().max(1);
        let items = |bytes: usize| (bytes / size).max(1);
        Self { items: items(STRIP_BYTES), most: items(WIDE_STRIP_BYTES), line: items(LINE_BYTES) }
    }

    /// How many of the rows of `view`, of `row` items each, to gather at a time; 0 if one is too
    /// long.
    fn rows<A>(self, view: &ArrayViewD<'_, A>, row: usize) -> usize {
        let rows = self.items / row;
        let whole_lines = self.line.saturating_mul(row) <= self.most;
        if fast_axis(view) == Some(0) && whole_lines { rows.max(self.line) } else { rows }
    }
}

/// The axis along which items lie closest in memory.
fn fast_axis<A>(view: &ArrayViewD<'_, A>) -> Option<usize> {
    let axes = view.shape().iter().zip(view.strides()).enumerate();
    let long = axes.filter(|(_, (size, _))| **size > 1);
    long.min_by_key(|(_, (_, stride))| stride.unsigned_abs()).map(|(axis, _)| axis)
}

fn gather_strips<A: Element>(
    view: &ArrayViewD<'_, A>,
    strip: Strip,
    scratch: &mut Vec<A>,
    write: &mut impl FnMut(&[A]) -> Result<()>,
) -> Result<()> {
    let Some(first) = view.first() else { return Ok(()) };
    if let Some(items) = view.as_slice() {
        return items.chunks(strip.items).try_for_each(write);
    }
    if view.len() <= strip.items {
        return write(filled(view, first, scratch)?);
    }
    // Longer than a strip, so there are at least two items and one axis.
    let row = view.len() / view.len_of(Axis(0));
    match strip.rows(view, row) {
        0 => view.outer_iter().try_for_each(|row| gather_strips(&row, strip, scratch, write)),
        rows => view
            .axis_chunks_iter(Axis(0), rows)
            .try_for_each(|rows| write(filled(&rows, first, scratch)?)),
    }
}

/// The items of `view` in C order, in `scratch`.
fn filled<'s, A: Element>(
    view: &ArrayViewD<'_, A>,
    any: &A,
    scratch: &'s mut Vec<A>,
) -> Result<&'s [A]> {
    if A::as_bytes(&[]).is_none() {
        // Of items that own something no copy is made that isn't needed.
        scratch.clear();
        scratch.extend(view.iter().cloned());
        return Ok(scratch);
    }
    if scratch.len() < view.len() {
        scratch.resize(view.len(), any.clone());
    }
    let items = scratch.get_mut(..view.len()).unwrap_or_default();
    let out = ArrayViewMutD::from_shape(IxDyn(view.shape()), items).map_err(|error| {
        Error::new(ErrorKind::Shape, "a strip has as many items as its shape says")
            .with_source(error)
    })?;
    fill(view.view(), out);
    Ok(scratch.get(..view.len()).unwrap_or_default())
}

/// Copies `from` into `out`, which is in C order.
fn fill<A: Clone>(from: ArrayViewD<'_, A>, mut out: ArrayViewMutD<'_, A>) {
    let last = from.ndim().saturating_sub(1);
    match fast_axis(&from) {
        Some(fast) if fast != last && from.len_of(Axis(fast)) * from.len_of(Axis(last)) > TILE => {
            let mut axes: Vec<usize> = (0..last).filter(|axis| *axis != fast).collect();
            axes.extend([fast, last]);
            fill_tiles(&from.permuted_axes(axes.clone()), &mut out.permuted_axes(axes));
        }
        _ => out.assign(&from),
    }
}

/// Copies tile by tile over the last two axes.
fn fill_tiles<A: Clone>(from: &ArrayViewD<'_, A>, out: &mut ArrayViewMutD<'_, A>) {
    if from.ndim() > 2 {
        for (from, mut out) in from.outer_iter().zip(out.outer_iter_mut()) {
            fill_tiles(&from, &mut out);
        }
    } else if let (Ok(from), Ok(mut out)) =
        (from.view().into_dimensionality(), out.view_mut().into_dimensionality())
    {
        fill_plane(from, &mut out);
    }
}

fn fill_plane<A: Clone>(from: ArrayView2<'_, A>, out: &mut ArrayViewMut2<'_, A>) {
    let (rows, columns) = from.dim();
    for row in (0..rows).step_by(TILE) {
        let bottom = (row + TILE).min(rows);
        for column in (0..columns).step_by(TILE) {
            let right = (column + TILE).min(columns);
            let tile = from.slice(s![row..bottom, column..right]);
            Zip::from(out.slice_mut(s![row..bottom, column..right]))
                .and(tile)
                .for_each(|out, item| out.clone_from(item));
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, ArrayD, IxDyn, s};

    use super::*;

    fn check(view: &ArrayViewD<'_, u32>) {
        for items in [1, 4, 7, 31, 1000] {
            for (most, line) in [(items, 1), (8 * items, 4), (100 * items, 3)] {
                let mut found = Vec::new();
                let strip = Strip { items, most, line };
                gather_strips(view, strip, &mut Vec::new(), &mut |items| {
                    assert!(items.len() <= most);
                    found.extend_from_slice(items);
                    Ok(())
                })
                .unwrap();
                assert_eq!(found, view.iter().copied().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn gathers_in_logical_order_whatever_the_strides() {
        let base: ArrayD<u32> =
            Array::from_iter(0..7 * 5 * 6).into_shape_with_order(IxDyn(&[7, 5, 6])).unwrap();
        let reversed = base.slice(s![..;-2, 1.., ..;3]).into_dyn();
        let broadcast = base.broadcast(IxDyn(&[3, 7, 5, 6])).unwrap();
        let one = base.slice(s![3..4, .., 2..3]).into_dyn();
        let empty = base.slice(s![3..3, .., ..]).into_dyn();
        for view in [base.view(), reversed, broadcast, one, empty] {
            check(&view);
        }
        for axes in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            check(&base.view().permuted_axes(IxDyn(&axes)));
        }
    }

    #[test]
    fn tiles_meet_without_gap_or_overlap() {
        for (rows, columns) in [(1, 100), (100, 1), (15, 17), (16, 16), (33, 47), (64, 31)] {
            let base =
                Array::from_iter(0..rows * columns).into_shape_with_order((columns, rows)).unwrap();
            let turned = base.t().into_dyn();
            let mut out = vec![0; turned.len()];
            fill(turned.view(), ArrayViewMutD::from_shape(turned.shape(), &mut out).unwrap());
            assert_eq!(out, turned.iter().copied().collect::<Vec<usize>>());
        }
    }
}
