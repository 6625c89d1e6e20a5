//! Arrays as pictures see them: in rows and columns, or along one axis.

use npz_core::{Header, Order, Result};

use crate::chart::curve::Series;
use crate::chart::heat::Grid;
use crate::scan;
use crate::statistics::Blocks;
use crate::values::Decoder;

/// The rows and columns of an array: the first axis, and all others together.
pub(crate) fn sides(shape: &[usize]) -> (usize, usize) {
    match shape {
        [] => (1, 1),
        [len] => (1, *len),
        [rows, others @ ..] => {
            (*rows, others.iter().fold(1, |all: usize, &len| all.saturating_mul(len)))
        }
    }
}

/// An array's values in at most so many cells. `read` is told how many bytes have been read.
///
/// # Errors
/// When the array can't be read.
pub(crate) fn grid(
    header: &Header,
    decoder: &Decoder,
    array: &dyn Blocks,
    most: (usize, usize),
    read: &dyn Fn(u64),
) -> Result<Grid> {
    let (rows, columns) = sides(header.shape());
    let mut grid = Grid::new((rows, columns), most);
    let by_columns = header.order() == Order::Fortran && header.shape().len() > 1;
    let run = if by_columns { rows } else { columns };
    for_each(header, decoder, array, read, |mut at, mut values| {
        while !values.is_empty() && run > 0 {
            let (line, from) = (at / run, at % run);
            let (part, rest) = values.split_at((run - from).min(values.len()));
            if by_columns {
                grid.add_down(column(header.shape(), line), from, part);
            } else {
                grid.add_along(line, from, part);
            }
            at += part.len();
            values = rest;
        }
    })?;
    Ok(grid)
}

/// An array's values in at most so many columns, in the file's order.
///
/// # Errors
/// When the array can't be read.
pub(crate) fn series(
    header: &Header,
    decoder: &Decoder,
    array: &dyn Blocks,
    most: usize,
    read: &dyn Fn(u64),
) -> Result<Series> {
    let mut series = Series::new(header.len(), most);
    for_each(header, decoder, array, read, |at, values| series.add(at, values))?;
    Ok(series)
}

fn for_each(
    header: &Header,
    decoder: &Decoder,
    array: &dyn Blocks,
    read: &dyn Fn(u64),
    mut look: impl FnMut(usize, &[f64]),
) -> Result<()> {
    let mut at = 0;
    for block in array.blocks(scan::block_items(header.dtype()))? {
        let block = block?;
        read(u64::try_from(block.nbytes()).unwrap_or(u64::MAX));
        let values = decoder.decode(block.as_bytes())?.into_floats(decoder.is_time());
        look(at, &values);
        at += values.len();
    }
    Ok(())
}

/// Of an array in Fortran order, the column of the `line`th run along the first axis: the other
/// axes count from the front there, and from the back here.
fn column(shape: &[usize], line: usize) -> usize {
    let (mut left, mut column) = (line, 0_usize);
    let mut places = Vec::with_capacity(shape.len());
    for &len in shape.get(1..).unwrap_or_default() {
        places.push((left % len.max(1), len));
        left /= len.max(1);
    }
    for (place, len) in places {
        column = column.saturating_mul(len).saturating_add(place);
    }
    column
}

#[cfg(test)]
mod tests {
    use npz_core::AnyArray;
    use npz_core::ndarray::{Array3, ShapeBuilder};
    use npz_core::{LoadOptions, NpyWriter, RawArray, SaveOptions};

    use super::*;
    use crate::statistics::decoder;

    #[test]
    fn both_orders_make_the_same_grid() {
        let value = |(i, j, k): (usize, usize, usize)| (i * 100 + j * 10 + k) as f64;
        let options = SaveOptions::new().keep_fortran_order(true);
        let read = |array: &Array3<f64>| -> AnyArray {
            let npy = NpyWriter::with_options(Vec::new(), &options).write(array).unwrap();
            RawArray::from_npy(npy, 0, &LoadOptions::new()).unwrap().read().unwrap()
        };
        let c = read(&Array3::from_shape_fn((3, 4, 5), value));
        let fortran = read(&Array3::from_shape_fn((3, 4, 5).f(), value));
        assert_eq!(fortran.order(), Order::Fortran);
        for array in [c, fortran] {
            let decoder = decoder(array.dtype(), None).unwrap();
            let grid = grid(array.header(), &decoder, &array, (99, 99), &|_| {}).unwrap();
            let raster = grid.raster(grid.scale(false));
            assert_eq!((raster.height, raster.width), (3, 20));
            for row in 0..3 {
                for column in 0..20 {
                    assert_eq!(grid.value(row, column), value((row, column / 5, column % 5)));
                }
            }
        }
    }
}
