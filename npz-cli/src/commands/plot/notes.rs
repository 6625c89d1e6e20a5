//! What is said below a picture.

use crate::chart::{curve, heat};
use crate::figures::short;
use crate::statistics::{Numbers, Summary};
use crate::text::count;

/// As many bins as show the form of the distribution and not the noise: Scott's rule.
pub(super) fn bins(numbers: &Numbers, asked: Option<u16>) -> usize {
    if let Some(asked) = asked {
        return usize::from(asked);
    }
    let (Some(low), Some(high), Some(std)) = (numbers.min, numbers.max, numbers.std) else {
        return 1;
    };
    let width = 3.49 * std / crate::values::unsigned(numbers.finite.max(1)).cbrt();
    let range = high.to_f64() - low.to_f64();
    if width > 0.0 && range.is_finite() {
        return crate::values::index((range / width).ceil()).clamp(12, 100);
    }
    50
}

/// What there is to say below a histogram.
pub(super) fn note(summary: &Summary, numbers: &Numbers) -> String {
    let mut parts = vec![format!("{} values", count(numbers.count))];
    if let (Some(min), Some(max)) = (numbers.min, numbers.max) {
        parts.push(format!("{} to {}", summary.text(min), summary.text(max)));
    }
    let time = numbers.whole_mean.and_then(|ticks| summary.time(ticks));
    if let Some(mean) = time.or(numbers.mean.map(short)) {
        parts.push(format!("mean {mean}"));
    }
    if let Some(std) = numbers.std {
        parts.push(format!("std {}", short(std)));
    }
    parts.extend(numbers.odd().map(|(what, number)| format!("{} {what}", count(number))));
    if numbers.magnitude {
        parts.push("magnitudes".to_owned());
    }
    parts.join(" · ")
}

/// Below a heat map.
pub(super) fn heat(grid: &heat::Grid, magnitude: bool, robust: bool) -> String {
    let mut parts = Vec::new();
    if let Some((rows, columns)) = grid.together() {
        parts.push(format!("each cell is the mean of about {rows} × {columns} values"));
    }
    if magnitude {
        parts.push("magnitudes".to_owned());
    }
    if robust {
        parts.push("colours without the outermost 2 %".to_owned());
    }
    parts.join(" · ")
}

/// Below a line.
pub(super) fn line(series: &curve::Series, magnitude: bool) -> String {
    let mut parts = Vec::new();
    if series.is_thinned() {
        parts.push("means, between the smallest and the largest values".to_owned());
    }
    if magnitude {
        parts.push("magnitudes".to_owned());
    }
    if series.missing > 0 {
        parts.push(format!("{} not finite", count(series.missing)));
    }
    parts.join(" · ")
}
