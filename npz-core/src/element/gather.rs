//! Copying strided items into C order, in blocks that suit the cache.
//!
//! Read in its own order, a transposed array uses one item of each cache line it touches, and by
//! the time it comes to the next one the line is gone. So lines are taken whole, and where there
//! are as many, several that follow each other: a processor that sees a few in a row fetches the
//! next before it is asked for, and four take less than twice the time of one. Their items are
//! turned in the innermost cache.

use std::array;

use ndarray::{ArrayView2, ArrayViewD, ArrayViewMut2, ArrayViewMutD, Axis, Zip, s};

/// Cache lines to take from one place.
pub(super) const LINES: usize = 4;

/// Items along each side of a tile: all of its lines, of both arrays, fit the innermost cache.
const TILE: usize = 16;

/// The axis along which items lie closest in memory.
pub(super) fn fast_axis<A>(view: &ArrayViewD<'_, A>) -> Option<usize> {
    let axes = view.shape().iter().zip(view.strides()).enumerate();
    let long = axes.filter(|(_, (size, _))| **size > 1);
    long.min_by_key(|(_, (_, stride))| stride.unsigned_abs()).map(|(axis, _)| axis)
}

/// Copies `from` into `out`, which is in C order.
pub(super) fn fill<A: Clone>(from: ArrayViewD<'_, A>, mut out: ArrayViewMutD<'_, A>) {
    let last = from.ndim().saturating_sub(1);
    match fast_axis(&from) {
        Some(fast) if fast != last && from.len_of(Axis(fast)) * from.len_of(Axis(last)) > TILE => {
            let mut axes: Vec<usize> = (0..last).filter(|axis| *axis != fast).collect();
            axes.extend([fast, last]);
            fill_planes(&from.permuted_axes(axes.clone()), &mut out.permuted_axes(axes));
        }
        _ => out.assign(&from),
    }
}

/// Copies plane by plane of the last two axes.
fn fill_planes<A: Clone>(from: &ArrayViewD<'_, A>, out: &mut ArrayViewMutD<'_, A>) {
    if from.ndim() > 2 {
        for (from, mut out) in from.outer_iter().zip(out.outer_iter_mut()) {
            fill_planes(&from, &mut out);
        }
    } else if let (Ok(from), Ok(mut out)) =
        (from.view().into_dimensionality(), out.view_mut().into_dimensionality())
    {
        fill_plane(from, &mut out);
    }
}

/// Copies a plane whose items lie closest along the first axis.
fn fill_plane<A: Clone>(from: ArrayView2<'_, A>, out: &mut ArrayViewMut2<'_, A>) {
    match size_of::<A>() {
        1 => fill_blocks::<A, 64, 256, 64>(from, out),
        2 => fill_blocks::<A, 32, 128, 32>(from, out),
        4 => fill_blocks::<A, 16, 64, 32>(from, out),
        8 => fill_blocks::<A, 8, 32, 16>(from, out),
        16 => fill_blocks::<A, 4, 16, 16>(from, out),
        _ => fill_tiles(from, out),
    }
}

/// Copies blocks of `DEEP` rows, which are [`LINES`] cache lines of `LINE` items, and `WIDE`
/// columns; what is left in squares of a line, and what is left then in tiles.
fn fill_blocks<A: Clone, const LINE: usize, const DEEP: usize, const WIDE: usize>(
    from: ArrayView2<'_, A>,
    out: &mut ArrayViewMut2<'_, A>,
) {
    const { assert!(DEEP == LINES * LINE, "blocks are of whole lines") };
    let (rows, columns) = from.dim();
    let (deep, wide) = (rows - rows % DEEP, columns - columns % WIDE);
    let (high, square) = (rows - rows % LINE, columns - columns % LINE);
    if from.strides().first() != Some(&1) {
        return fill_tiles(from, out);
    }
    turn::<A, DEEP, WIDE>(from.slice(s![..deep, ..wide]), out.slice_mut(s![..deep, ..wide]));
    let squares = s![deep..high, ..square];
    turn::<A, LINE, LINE>(from.slice(squares), out.slice_mut(squares));
    for rest in [s![..deep, wide..], s![deep..high, square..], s![high.., ..]] {
        fill_tiles(from.slice(rest), &mut out.slice_mut(rest));
    }
}

/// Copies blocks of `DEEP` rows and `WIDE` columns, which leave nothing; the items of a column lie
/// together. They are turned in a block of their own: the lines of a plane are some pages apart, and
/// would push each other out of the cache where they lie.
fn turn<A: Clone, const DEEP: usize, const WIDE: usize>(
    from: ArrayView2<'_, A>,
    mut out: ArrayViewMut2<'_, A>,
) {
    let (rows, columns) = from.dim();
    let Some(any) = from.first() else { return };
    let mut block: [[A; WIDE]; DEEP] = array::from_fn(|_| array::from_fn(|_| any.clone()));
    for top in (0..rows).step_by(DEEP) {
        let lines = from.slice(s![top..top + DEEP, ..]).reversed_axes();
        let lines = lines.outer_iter().filter_map(|line| line.to_slice());
        let mut lines = lines.filter_map(|line| line.first_chunk::<DEEP>());
        let mut rows = out.slice_mut(s![top..top + DEEP, ..]);
        let mut rows: Vec<_> = rows.outer_iter_mut().filter_map(|row| row.into_slice()).collect();
        for left in (0..columns).step_by(WIDE) {
            for (column, line) in (0..WIDE).zip(&mut lines) {
                for (kept, item) in block.iter_mut().zip(line) {
                    kept[column].clone_from(item);
                }
            }
            for (row, kept) in rows.iter_mut().zip(&block) {
                row[left..left + WIDE].clone_from_slice(kept);
            }
        }
    }
}

fn fill_tiles<A: Clone>(from: ArrayView2<'_, A>, out: &mut ArrayViewMut2<'_, A>) {
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
    use std::fmt::Debug;

    use ndarray::Array;

    use super::*;

    /// Items are made from the number of each.
    fn check<A: Copy + PartialEq + Debug>(make: impl Fn([u8; 16]) -> A) {
        let item = |index: usize| make((index as u128).to_le_bytes());
        let planes = [
            (1, 100),
            (100, 1),
            (15, 17),
            (16, 16),
            (33, 47),
            (64, 31),
            (64, 64),
            (130, 67),
            (300, 131),
        ];
        for (rows, columns) in planes {
            let base = Array::from_iter((0..2 * rows * columns).map(item));
            let base = base.into_shape_with_order((2, columns, rows)).unwrap();
            let turned = base.view().permuted_axes([0, 2, 1]).into_dyn();
            let every_second = turned.slice(s![.., ..;2, ..]).into_dyn();
            let backwards = turned.slice(s![.., ..;-1, ..;-1]).into_dyn();
            let outward = base.view().permuted_axes([2, 0, 1]).into_dyn();
            for view in [turned.view(), every_second, backwards, outward] {
                let mut out = vec![item(usize::MAX); view.len()];
                fill(view.view(), ArrayViewMutD::from_shape(view.shape(), &mut out).unwrap());
                assert_eq!(out, view.iter().copied().collect::<Vec<A>>());
            }
        }
    }

    #[test]
    fn blocks_and_tiles_meet_without_gap_or_overlap() {
        check(|[low, ..]| low);
        check(|[a, b, ..]| u16::from_le_bytes([a, b]));
        check(|[a, b, c, d, ..]| u32::from_le_bytes([a, b, c, d]));
        check(|[a, b, c, ..]| u64::from_le_bytes([a, b, c, a, b, c, a, b]));
        check(u128::from_le_bytes);
        check(|[a, b, c, ..]| [a, b, c]);
    }
}
