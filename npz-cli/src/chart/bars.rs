//! Histograms.

use super::axis::{self, Ticks};
use super::{Anchor, Captions, Drawing, MARGIN, Mark, Paint, SMALL, font};
use crate::histogram::{Bins, Histogram};
use crate::values::{float, unsigned};

/// How a count becomes a height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Counts {
    #[default]
    Linear,
    /// So that what is rare can be seen beside what is frequent.
    Logarithmic,
}

impl Counts {
    fn height(self, count: f64) -> f64 {
        match self {
            Self::Linear => count,
            Self::Logarithmic => (count + 1.0).log10(),
        }
    }

    fn ticks(self, most: f64) -> Ticks {
        match self {
            Self::Linear => axis::counts(most, 5),
            Self::Logarithmic => {
                let mut places = vec![0.0];
                let mut power = 1.0;
                while power <= most && places.len() < 30 {
                    places.push(power);
                    power *= 10.0;
                }
                let labels = places.iter().map(|&count| axis::short_count(count)).collect();
                Ticks { places, labels }
            }
        }
    }
}

/// A histogram with axes.
pub(crate) fn draw(
    histogram: &Histogram,
    counts: Counts,
    captions: &Captions,
    width: f64,
    height: f64,
) -> Drawing {
    let mut drawing = Drawing::new(width, height, captions.label("histogram"));
    let most = unsigned(histogram.counts().iter().copied().max().unwrap_or(0)).max(1.0);
    let up = counts.ticks(most);
    let left =
        MARGIN + up.labels.iter().map(|label| font::width(label, SMALL)).fold(0.0, f64::max) + 8.0;
    let (right, top) = (width - MARGIN, captions.above() + 6.0);
    let bottom = height - captions.below() - SMALL - 10.0;
    let y = |count: f64| bottom - counts.height(count) / counts.height(most) * (bottom - top);
    for (&place, label) in up.places.iter().zip(&up.labels) {
        let at = y(place);
        drawing.line((left, at.round() + 0.5), (right, at.round() + 0.5), Paint::Grid);
        let at = at + SMALL * 0.35;
        drawing.text(left - 8.0, at, SMALL, Anchor::End, Paint::Muted, label.clone());
    }
    bars(histogram, counts, &mut drawing, [left, top, right, bottom]);
    drawing.line((left, bottom + 0.5), (right, bottom + 0.5), Paint::Muted);
    values(histogram, captions, &mut drawing, [left, right, bottom]);
    captions.draw(&mut drawing);
    drawing
}

/// The numbers below the bars.
fn values(
    histogram: &Histogram,
    captions: &Captions,
    drawing: &mut Drawing,
    [left, right, bottom]: [f64; 3],
) {
    let bins = histogram.bins();
    let (low, high) = (bins.edge(0), bins.edge(bins.count()));
    let each = if captions.times.is_some() { 180.0 } else { 90.0 };
    let wanted = crate::values::index((right - left) / each).max(2);
    // A bin of one whole number has its name in its middle.
    let (ticks, shift) = match bins {
        Bins::Whole { width: 1, .. } => (captions.ticks(low, high - 1.0, wanted, 1.0), 0.5),
        Bins::Whole { .. } => (captions.ticks(low, high, wanted, 1.0), 0.0),
        Bins::Float { .. } => (captions.ticks(low, high, wanted, 0.0), 0.0),
    };
    for (&place, label) in ticks.places.iter().zip(ticks.labels) {
        let part = (place * 0.5 - low * 0.5 + shift * 0.5) / (high * 0.5 - low * 0.5);
        let x = left + part * (right - left);
        drawing.line((x, bottom + 1.0), (x, bottom + 5.0), Paint::Muted);
        let half = font::width(&label, SMALL) / 2.0;
        let x = x.min(drawing.width - half - 2.0).max(half + 2.0);
        drawing.text(x, bottom + SMALL + 7.0, SMALL, Anchor::Middle, Paint::Muted, label);
    }
}

/// The bars alone, between left, top, right and bottom.
fn bars(
    histogram: &Histogram,
    counts: Counts,
    drawing: &mut Drawing,
    [left, top, right, bottom]: [f64; 4],
) {
    let all = histogram.counts();
    let most = counts.height(unsigned(all.iter().copied().max().unwrap_or(0)).max(1.0));
    let step = (right - left) / float(all.len().max(1));
    let gap = if step > 4.0 { 1.0 } else { 0.0 };
    for (at, &count) in all.iter().enumerate().filter(|(_, count)| **count > 0) {
        // What is there can be seen.
        let tall = (counts.height(unsigned(count)) / most * (bottom - top)).max(1.0);
        let x = left + float(at) * step;
        drawing.rect(x, bottom - tall, (step - gap).max(0.5), tall, Paint::Data);
    }
}

/// The outline of a histogram without axes, for a page with many of them.
pub(crate) fn small(histogram: &Histogram, label: String, width: f64, height: f64) -> Drawing {
    let mut drawing = Drawing::new(width, height, label);
    let all = histogram.counts();
    let most = unsigned(all.iter().copied().max().unwrap_or(0)).max(1.0);
    let step = width / float(all.len().max(1));
    let mut points = vec![(0.0, height)];
    for (at, &count) in all.iter().enumerate() {
        let tall = if count > 0 { (unsigned(count) / most * (height - 1.0)).max(1.0) } else { 0.0 };
        let y = height - tall;
        points.extend([(float(at) * step, y), (float(at + 1) * step, y)]);
    }
    points.push((width, height));
    // Where the height doesn't change there is no point.
    points.dedup();
    let bends = |three: &[(f64, f64)]| three[0].1 != three[1].1 || three[1].1 != three[2].1;
    let mut kept: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    kept.extend(points.windows(3).filter(|three| bends(three)).map(|three| three[1]));
    kept.extend(points.last());
    drawing.marks.push(Mark::Area { points: kept, paint: Paint::Data });
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Values;

    fn histogram() -> Histogram {
        let mut histogram = Histogram::new(Bins::whole(0, 9, 20).unwrap());
        histogram.add(&Values::Signed(vec![0, 1, 1, 1, 9]), false);
        histogram
    }

    #[test]
    fn bars_are_as_tall_as_their_counts() {
        let drawing = draw(&histogram(), Counts::Linear, &Captions::default(), 400.0, 200.0);
        let tall: Vec<f64> = drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Box { height, .. } => Some(*height),
                _ => None,
            })
            .collect();
        assert_eq!(tall.len(), 3);
        assert!((tall[1] / tall[0] - 3.0).abs() < 1e-9 && tall[0] == tall[2]);
        let log = draw(&histogram(), Counts::Logarithmic, &Captions::default(), 400.0, 200.0);
        assert!(log.marks.len() > 10);
    }

    #[test]
    fn outlines_have_few_points() {
        let drawing = small(&histogram(), String::new(), 100.0, 30.0);
        let [Mark::Area { points, .. }] = drawing.marks.as_slice() else { panic!("{drawing:?}") };
        assert_eq!(points.first(), Some(&(0.0, 30.0)));
        assert_eq!(points.last(), Some(&(100.0, 30.0)));
        assert!(points.len() < 12, "{points:?}");
    }
}
