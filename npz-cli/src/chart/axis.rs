//! Round numbers along an axis.

use crate::figures;

/// Some round numbers in a range, and how they are written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticks {
    pub(crate) places: Vec<f64>,
    pub(crate) labels: Vec<String>,
}

/// About `wanted` round numbers from `low` to `high`, no closer than `least`.
pub(crate) fn ticks(low: f64, high: f64, wanted: usize, least: f64) -> Ticks {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return ends(low, high);
    }
    let rough = span / crate::values::float(wanted.max(1));
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| {
            step >= rough * 0.74 && step >= least && (least == 0.0 || step.fract() == 0.0)
        })
        .unwrap_or(power * 10.0);
    // So small a step is lost beside numbers so large.
    if step <= 0.0 || low.abs().max(high.abs()) / step > 1e14 {
        return ends(low, high);
    }
    let mut places = Vec::new();
    let mut number = (low / step).ceil();
    // A tick that rounding puts a hair outside is one at the end.
    while number * step <= high + span * 1e-9 && places.len() < 100 {
        places.push(number * step);
        number += 1.0;
    }
    let labels =
        places.iter().map(|&place| label(place, step, low.abs().max(high.abs()))).collect();
    Ticks { places, labels }
}

fn ends(low: f64, high: f64) -> Ticks {
    let places = if low == high { vec![low] } else { vec![low, high] };
    let labels = places.iter().map(|&place| figures::short(place)).collect();
    Ticks { places, labels }
}

/// A number with as many digits as tell it from the next one.
fn label(place: f64, step: f64, largest: f64) -> String {
    if place.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    if !(1e-4..1e7).contains(&largest) {
        let digits = (largest / step).log10().floor() + 2.0;
        return figures::significant(place, crate::values::index(digits).clamp(2, 16));
    }
    // A step such as 2.5 has a digit more.
    let exponent = -(step.log10() + 1e-9).floor();
    let more = if (step * 10_f64.powf(exponent)).fract() > 1e-6 { 1.0 } else { 0.0 };
    let decimals = crate::values::index((exponent + more).max(0.0)).min(15);
    format!("{place:.decimals$}")
}

/// Short marks for counts: `1.5M`, `20k`.
pub(crate) fn counts(high: f64, wanted: usize) -> Ticks {
    let mut all = ticks(0.0, high, wanted, 1.0);
    all.labels = all.places.iter().map(|&place| short_count(place)).collect();
    all
}

pub(crate) fn short_count(count: f64) -> String {
    let units = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
    match units.into_iter().find(|(size, _)| count >= *size) {
        Some((size, unit)) => format!("{}{unit}", figures::short(count / size)),
        None => figures::short(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64) -> Vec<String> {
        ticks(low, high, 5, 0.0).labels
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(
            labels(0.0, 1.0),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map(|t| t.replace("0.0", "0"))
        );
        assert_eq!(labels(-3.7, 4.1), ["-2", "0", "2", "4"]);
        assert_eq!(labels(0.0, 1.4), ["0", "0.25", "0.50", "0.75", "1.00", "1.25"]);
        let close = labels(1_700_000_000.0, 1_700_000_003.0);
        assert_eq!(close.len(), 7);
        assert!(close.is_sorted() && close.windows(2).all(|two| two[0] != two[1]), "{close:?}");
        assert_eq!(labels(0.0, 4e-9), ["0", "1e-9", "2e-9", "3e-9", "4e-9"]);
        assert_eq!(labels(0.0, 4e20)[1], "1e20");
    }

    #[test]
    fn strange_ranges_have_ends() {
        assert_eq!(labels(5.0, 5.0), ["5"]);
        assert_eq!(labels(f64::MIN, f64::MAX).len(), 2);
        assert_eq!(labels(1e16, 1e16 + 2.0).len(), 2);
        assert!(!labels(0.0, f64::MIN_POSITIVE).is_empty());
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(counts(3.0, 5).labels, ["0", "1", "2", "3"]);
        assert_eq!(counts(2.4e6, 5).labels[1], "500k");
    }
}
