//! Values along one axis.

use super::axis;
use super::{Anchor, Captions, Drawing, MARGIN, Mark, Paint, SMALL, font};
use crate::values::float;

/// Values in columns, as many of them together as there have to be.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    len: usize,
    columns: Vec<Column>,
    /// Values that are no finite numbers.
    pub(crate) missing: u64,
}

#[derive(Clone, Copy, Debug)]
struct Column {
    min: f64,
    max: f64,
    sum: f64,
    count: u64,
}

impl Series {
    /// Of `len` values in at most `most` columns.
    pub(crate) fn new(len: usize, most: usize) -> Self {
        let none = Column { min: f64::INFINITY, max: f64::NEG_INFINITY, sum: 0.0, count: 0 };
        Self { len, columns: vec![none; len.min(most.max(1))], missing: 0 }
    }

    /// Adds the values that start at place `from`.
    pub(crate) fn add(&mut self, from: usize, values: &[f64]) {
        let count = self.columns.len();
        for (at, &value) in values.iter().enumerate() {
            if !value.is_finite() {
                self.missing += 1;
                continue;
            }
            let place = cell(from + at, self.len, count);
            if let Some(column) = self.columns.get_mut(place) {
                column.min = column.min.min(value);
                column.max = column.max.max(value);
                column.sum += value;
                column.count += 1;
            }
        }
    }

    /// Whether several values are in one column.
    pub(crate) fn is_thinned(&self) -> bool {
        self.len > self.columns.len()
    }

    /// The smallest and the largest value.
    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        let low = self.columns.iter().map(|column| column.min).fold(f64::INFINITY, f64::min);
        let high = self.columns.iter().map(|column| column.max).fold(f64::NEG_INFINITY, f64::max);
        (low <= high).then_some((low, high))
    }

    /// Of each column the place of its middle, and smallest, mean and largest value, if it has any.
    pub(crate) fn points(&self) -> impl Iterator<Item = (f64, Option<[f64; 3]>)> {
        let per_column = float(self.len) / float(self.columns.len().max(1));
        self.columns.iter().enumerate().map(move |(at, column)| {
            let place = (float(at) + 0.5) * per_column - 0.5;
            let mean = (column.sum / crate::values::unsigned(column.count))
                .clamp(column.min, column.max.max(column.min));
            (place, (column.count > 0).then_some([column.min, mean, column.max]))
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

/// Which of `cells` the place `at` of `len` falls into.
pub(crate) fn cell(at: usize, len: usize, cells: usize) -> usize {
    let place = (at as u128).saturating_mul(cells as u128) / (len.max(1) as u128);
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// A line through values, with axes.
pub(crate) fn draw(series: &Series, captions: &Captions, width: f64, height: f64) -> Drawing {
    let mut drawing = Drawing::new(width, height, captions.label("line"));
    let (low, high) = spread(series.range().unwrap_or((0.0, 1.0)));
    let up = captions.ticks(low, high, 6, 0.0);
    let left =
        MARGIN + up.labels.iter().map(|label| font::width(label, SMALL)).fold(0.0, f64::max) + 8.0;
    let (right, top) = (width - MARGIN, captions.above() + 6.0);
    let bottom = height - captions.below() - SMALL - 10.0;
    let y =
        |value: f64| bottom - (value * 0.5 - low * 0.5) / (high * 0.5 - low * 0.5) * (bottom - top);
    for (&place, label) in up.places.iter().zip(&up.labels) {
        let at = y(place);
        drawing.line((left, at.round() + 0.5), (right, at.round() + 0.5), Paint::Grid);
        let at = at + SMALL * 0.35;
        drawing.text(left - 8.0, at, SMALL, Anchor::End, Paint::Muted, label.clone());
    }
    let last = float(series.len().saturating_sub(1)).max(1.0);
    let x = |place: f64| left + place / last * (right - left);
    let wanted = crate::values::index((right - left) / 90.0).max(2);
    let along = axis::ticks(0.0, last, wanted, 1.0);
    for (&place, label) in along.places.iter().zip(along.labels) {
        drawing.line((x(place), bottom + 1.0), (x(place), bottom + 5.0), Paint::Muted);
        let at = x(place).min(width - font::width(&label, SMALL) / 2.0 - 2.0);
        drawing.text(at, bottom + SMALL + 7.0, SMALL, Anchor::Middle, Paint::Muted, label);
    }
    drawing.line((left, bottom + 0.5), (right, bottom + 0.5), Paint::Muted);

    // A gap where there are no values.
    let points: Vec<_> = series.points().collect();
    let mut areas = Vec::new();
    let mut lines = Vec::new();
    for part in points.split(|(_, values)| values.is_none()) {
        let at = |pick: usize| {
            let point = move |&(place, values): &(f64, Option<[f64; 3]>)| {
                values.and_then(|all| all.get(pick).copied()).map(|value| (place, value))
            };
            part.iter().filter_map(point)
        };
        let pixel = |(place, value): (f64, f64)| (x(place), y(value));
        if series.is_thinned() {
            let mut around: Vec<_> = at(2).map(pixel).collect();
            around.extend(at(0).map(pixel).collect::<Vec<_>>().into_iter().rev());
            areas.push(Mark::Area { points: around, paint: Paint::Soft });
        }
        let mut points: Vec<_> = at(1).map(pixel).collect();
        // A lone value is a dash.
        if let [(at, value)] = points[..] {
            points = vec![(at - 2.0, value), (at + 2.0, value)];
        }
        lines.push(Mark::Line { points, width: 1.5, paint: Paint::Data });
    }
    drawing.marks.extend(areas);
    drawing.marks.extend(lines);
    captions.draw(&mut drawing);
    drawing
}

/// A range that isn't one is made one.
fn spread((low, high): (f64, f64)) -> (f64, f64) {
    if low < high {
        return (low, high);
    }
    let half = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
    (low - half, high + half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_what_sticks_out() {
        let mut series = Series::new(1000, 10);
        let mut values = vec![0.0; 1000];
        (values[55], values[56], values[999]) = (9.0, f64::NAN, -3.0);
        series.add(0, &values[..500]);
        series.add(500, &values[500..]);
        assert_eq!((series.range(), series.missing), (Some((-3.0, 9.0)), 1));
        let points: Vec<_> = series.points().collect();
        assert_eq!((points.len(), points[0].0), (10, 49.5));
        assert_eq!(points[0].1.unwrap()[2], 9.0);
        assert!(series.is_thinned());
        let drawing = draw(&series, &Captions::default(), 300.0, 200.0);
        assert!(drawing.marks.iter().any(|mark| matches!(mark, Mark::Area { .. })));
    }

    #[test]
    fn gaps_are_gaps() {
        let mut series = Series::new(5, 100);
        series.add(0, &[1.0, f64::NAN, 2.0, 3.0, f64::INFINITY]);
        let drawing = draw(&series, &Captions::default(), 300.0, 200.0);
        let data = |mark: &&Mark| matches!(mark, Mark::Line { paint: Paint::Data, .. });
        let lines = drawing.marks.iter().filter(data);
        let long =
            lines.filter(|mark| matches!(mark, Mark::Line { points, .. } if points.len() == 2));
        assert_eq!(long.count(), 2);
        let mut none = Series::new(3, 100);
        none.add(0, &[f64::NAN; 3]);
        assert_eq!(none.range(), None);
        draw(&none, &Captions::default(), 300.0, 200.0);
        let mut one = Series::new(1, 100);
        one.add(0, &[5.0]);
        draw(&one, &Captions::default(), 300.0, 200.0);
    }
}
