//! Heat maps.

use super::color::{NOT_A_NUMBER, Scale};
use super::curve::cell;
use super::{Anchor, Captions, Drawing, MARGIN, Mark, Paint, Raster, SMALL, axis, font};
use crate::values::{float, index};

/// A square cell is no larger than this.
const MOST_CELL: f64 = 48.0;

/// What the colour for no number means.
const MISSING: &str = "not finite";

/// Values in cells of rows and columns, as many of them together as there have to be.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    /// Of the array.
    shape: (usize, usize),
    rows: usize,
    columns: usize,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    sum: f64,
    count: u64,
    missing: bool,
}

impl Grid {
    /// Of an array of `shape` in at most so many rows and columns.
    pub(crate) fn new(shape: (usize, usize), most: (usize, usize)) -> Self {
        let (rows, columns) = (shape.0.min(most.0.max(1)), shape.1.min(most.1.max(1)));
        Self { shape, rows, columns, cells: vec![Cell::default(); rows.saturating_mul(columns)] }
    }

    /// Adds values of one row, from the array's column `from` on.
    pub(crate) fn add_along(&mut self, row: usize, from: usize, values: &[f64]) {
        let row = cell(row, self.shape.0, self.rows);
        for (column, part) in parts(from, values, self.shape.1, self.columns) {
            self.add(row, column, part);
        }
    }

    /// Adds values of one column, from the array's row `from` on.
    pub(crate) fn add_down(&mut self, column: usize, from: usize, values: &[f64]) {
        let column = cell(column, self.shape.1, self.columns);
        for (row, part) in parts(from, values, self.shape.0, self.rows) {
            self.add(row, column, part);
        }
    }

    fn add(&mut self, row: usize, column: usize, values: &[f64]) {
        let Some(cell) = self.cells.get_mut(row * self.columns + column) else { return };
        for &value in values {
            if value.is_finite() {
                cell.sum += value;
                cell.count += 1;
            } else {
                cell.missing = true;
            }
        }
    }

    /// The mean of a cell's values; NaN if one of them is no finite number.
    pub(crate) fn value(&self, row: usize, column: usize) -> f64 {
        match self.cells.get(row * self.columns + column) {
            Some(cell) if !cell.missing && cell.count > 0 => {
                cell.sum / crate::values::unsigned(cell.count)
            }
            _ => f64::NAN,
        }
    }

    /// Whether some cell holds what is no finite number.
    pub(crate) fn has_missing(&self) -> bool {
        self.cells.iter().any(|cell| cell.missing)
    }

    /// How many rows and columns of the array are in one cell, if that is more than one.
    pub(crate) fn together(&self) -> Option<(usize, usize)> {
        let (rows, columns) =
            (self.shape.0.div_ceil(self.rows.max(1)), self.shape.1.div_ceil(self.columns.max(1)));
        (rows > 1 || columns > 1).then_some((rows, columns))
    }

    /// Colours from the smallest to the largest cell; if `robust`, without the outermost fiftieths.
    pub(crate) fn scale(&self, robust: bool) -> Scale {
        let all = (0..self.rows).flat_map(|row| (0..self.columns).map(move |at| (row, at)));
        let mut values: Vec<f64> =
            all.map(|(row, at)| self.value(row, at)).filter(|value| value.is_finite()).collect();
        values.sort_unstable_by(f64::total_cmp);
        let last = values.len().saturating_sub(1);
        let (from, to) = if robust { (last / 50, last - last / 50) } else { (0, last) };
        match (values.get(from), values.get(to)) {
            (Some(&low), Some(&high)) => Scale::new(low, high),
            _ => Scale::new(0.0, 1.0),
        }
    }

    /// A pixel for each cell.
    pub(crate) fn raster(&self, scale: Scale) -> Raster {
        self.pixels(|value| scale.of(value))
    }

    /// The same without colours.
    pub(crate) fn greys(&self, scale: Scale) -> Raster {
        self.pixels(|value| scale.grey(value))
    }

    fn pixels(&self, of: impl Fn(f64) -> [u8; 3]) -> Raster {
        Raster::new(self.columns, self.rows, |row, column| of(self.value(row, column)))
    }
}

/// Values in a row, by the cell they fall into.
fn parts(
    from: usize,
    values: &[f64],
    len: usize,
    cells: usize,
) -> impl Iterator<Item = (usize, &[f64])> {
    let mut rest = values;
    let mut at = from;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let place = cell(at, len, cells);
        // The first place of the next cell.
        let next = (place as u128 + 1) * len as u128;
        let next = usize::try_from(next.div_ceil(cells.max(1) as u128)).unwrap_or(usize::MAX);
        let count = next.saturating_sub(at).clamp(1, rest.len());
        let (part, behind) = rest.split_at(count);
        (rest, at) = (behind, at + count);
        Some((place, part))
    })
}

/// A heat map with axes and a scale, in at most this width and height.
pub(crate) fn draw(
    grid: &Grid,
    scale: Scale,
    captions: &Captions,
    width: f64,
    height: f64,
) -> Drawing {
    let down = indices(grid.shape.0);
    let left = MARGIN
        + down.labels.iter().map(|label| font::width(label, SMALL)).fold(0.0, f64::max)
        + 8.0;
    let bar = captions.ticks(scale.low, scale.high, 6, 0.0);
    let bar_labels = bar.labels.iter().map(|label| font::width(label, SMALL)).fold(0.0, f64::max);
    let legend = if grid.has_missing() { font::width(MISSING, SMALL) } else { 0.0 };
    let beside = 18.0 + 14.0 + 8.0 + bar_labels.max(legend) + MARGIN;
    let (top, below) = (captions.above() + 6.0, SMALL + 12.0 + captions.below());
    let room = (width - left - beside, height - top - below);
    let (wide, tall) = extent(grid, room);

    let needed = (left + wide + beside).max(captions.least_width().min(width));
    let legend = if grid.has_missing() { 24.0 } else { 0.0 };
    let full = tall.max(80.0 + legend);
    let mut drawing = Drawing::new(needed, top + full + below, captions.label("heat map"));
    let image = grid.raster(scale);
    drawing.marks.push(Mark::Image { x: left, y: top, width: wide, height: tall, image });

    let (rows, columns) = (float(grid.shape.0), float(grid.shape.1));
    let apart = (SMALL * 1.6) / tall * rows;
    let shown = |place: &f64, last: &mut f64, least: f64| {
        let far = *place - *last >= least;
        if far {
            *last = *place;
        }
        far
    };
    let mut last = f64::NEG_INFINITY;
    for (place, label) in down.places.iter().zip(&down.labels) {
        if shown(place, &mut last, apart) {
            let y = top + (place + 0.5) / rows * tall;
            drawing.line((left - 4.0, y), (left, y), Paint::Muted);
            let y = y + SMALL * 0.35;
            drawing.text(left - 8.0, y, SMALL, Anchor::End, Paint::Muted, label.clone());
        }
    }
    let along = indices(grid.shape.1);
    let widest = along.labels.iter().map(|label| font::width(label, SMALL)).fold(0.0, f64::max);
    let apart = (widest + 10.0) / wide * columns;
    let mut last = f64::NEG_INFINITY;
    for (place, label) in along.places.iter().zip(&along.labels) {
        if shown(place, &mut last, apart) {
            let x = left + (place + 0.5) / columns * wide;
            drawing.line((x, top + tall), (x, top + tall + 4.0), Paint::Muted);
            let y = top + tall + SMALL + 7.0;
            drawing.text(x, y, SMALL, Anchor::Middle, Paint::Muted, label.clone());
        }
    }
    legend_beside(&mut drawing, scale, bar, [left + wide + 18.0, top, full - legend]);
    if grid.has_missing() {
        let (x, y) = (left + wide + 18.0, top + full - 12.0);
        drawing.rect(x, y, 14.0, 12.0, Paint::Color(NOT_A_NUMBER));
        let text = MISSING.to_owned();
        drawing.text(x + 22.0, y + 10.0, SMALL, Anchor::Start, Paint::Muted, text);
    }
    captions.draw(&mut drawing);
    drawing
}

/// The colours and their numbers, from `y` on down.
fn legend_beside(
    drawing: &mut Drawing,
    scale: Scale,
    ticks: axis::Ticks,
    [x, y, height]: [f64; 3],
) {
    let steps = 128;
    let image =
        Raster::new(1, steps, |row, _| scale.color(1.0 - (float(row) + 0.5) / float(steps)));
    drawing.marks.push(Mark::Image { x, y, width: 14.0, height, image });
    for (place, label) in ticks.places.into_iter().zip(ticks.labels) {
        let at = y + (1.0 - scale.part(place)) * height;
        drawing.line((x + 14.0, at), (x + 18.0, at), Paint::Muted);
        let at = at + SMALL * 0.35;
        drawing.text(x + 22.0, at, SMALL, Anchor::Start, Paint::Muted, label);
    }
}

fn indices(len: usize) -> axis::Ticks {
    axis::ticks(0.0, float(len.saturating_sub(1)), 8, 1.0)
}

/// The size of the cells together: whole pixels each where there is room, and squares unless the
/// array is very long.
fn extent(grid: &Grid, room: (f64, f64)) -> (f64, f64) {
    let (columns, rows) = (float(grid.columns.max(1)), float(grid.rows.max(1)));
    let fit = |room: f64, count: f64| {
        let size = (room / count).min(MOST_CELL);
        if size >= 1.0 { size.floor() } else { size.max(1e-3) }
    };
    let (across, down) = (fit(room.0, columns), fit(room.1, rows));
    let side = across.min(down);
    let aspect = (columns / rows).max(rows / columns);
    let (across, down) = if aspect > 6.0 {
        // A strip is widened so far that its short side can be seen.
        (across.min(side * 12.0), down.min(side * 12.0))
    } else {
        (side, side)
    };
    (across * columns, down * rows)
}

/// How many cells there is room for.
pub(crate) fn most_cells(width: f64, height: f64) -> (usize, usize) {
    (index((height - 110.0).max(16.0)), index((width - 150.0).max(16.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_means() {
        let mut rows = Grid::new((4, 6), (2, 3));
        let mut columns = rows.clone();
        let value = |row: usize, column: usize| float(row * 6 + column);
        for row in 0..4 {
            let all: Vec<f64> = (0..6).map(|column| value(row, column)).collect();
            rows.add_along(row, 0, &all[..1]);
            rows.add_along(row, 1, &all[1..]);
        }
        for column in 0..6 {
            let all: Vec<f64> = (0..4).map(|row| value(row, column)).collect();
            columns.add_down(column, 0, &all);
        }
        for row in 0..2 {
            for column in 0..3 {
                let mean = float(row * 12 + column * 2) + 3.5;
                assert_eq!(rows.value(row, column), mean);
                assert_eq!(columns.value(row, column), mean);
            }
        }
        assert_eq!((rows.together(), rows.has_missing()), (Some((2, 2)), false));
        assert_eq!(rows.scale(false), Scale::new(3.5, 19.5));
        rows.add_along(3, 5, &[f64::NAN]);
        assert!(rows.value(1, 2).is_nan() && rows.has_missing());
    }

    #[test]
    fn every_value_is_in_one_cell() {
        for (len, cells) in [(7, 3), (10, 10), (1000, 7), (5, 1)] {
            let values: Vec<f64> = (0..len).map(float).collect();
            let mut seen = Vec::new();
            for (place, part) in parts(0, &values, len, cells) {
                assert!(place < cells);
                assert!(part.iter().all(|&v| cell(index(v), len, cells) == place));
                seen.extend_from_slice(part);
            }
            assert_eq!(seen, values);
        }
    }

    #[test]
    fn small_and_long_arrays_can_be_seen() {
        for shape in [(1, 1), (3, 3), (2, 5000), (5000, 2), (512, 512)] {
            let grid = Grid::new(shape, most_cells(900.0, 700.0));
            let drawing = draw(&grid, grid.scale(false), &Captions::default(), 900.0, 700.0);
            let image = drawing.marks.iter().find_map(|mark| match mark {
                Mark::Image { width, height, .. } => Some((*width, *height)),
                _ => None,
            });
            let (width, height) = image.unwrap();
            assert!(width >= 12.0 && height >= 12.0, "{shape:?}: {width} x {height}");
            assert!(drawing.width <= 900.5 && drawing.height <= 700.5, "{shape:?}");
        }
    }
}
