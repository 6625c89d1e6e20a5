//! Colours for numbers.

use colorous::{Gradient, RED_BLUE, VIRIDIS};

/// For what is no number: neither gradient has it.
pub(crate) const NOT_A_NUMBER: [u8; 3] = [0xd4, 0x1c, 0xb4];

/// A smaller part than this on the other side of zero isn't worth half of the colours.
const LEAST_SIDE: f64 = 0.05;

/// A gradient has so many colours: with that for what is no number, a byte tells each of them.
const STEPS: f64 = 254.0;

/// Which colour a number has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Whether zero is in the middle: white between blue and red.
    diverging: bool,
}

impl Scale {
    /// For numbers from `low` to `high`.
    pub(crate) fn new(low: f64, high: f64) -> Self {
        let most = low.abs().max(high.abs());
        let diverging = low < 0.0 && high > 0.0 && low.abs().min(high) >= LEAST_SIDE * most;
        if diverging {
            return Self { low: -most, high: most, diverging };
        }
        Self { low, high, diverging }
    }

    fn gradient(self) -> Gradient {
        if self.diverging { RED_BLUE } else { VIRIDIS }
    }

    /// The number's place between the ends, 0 to 1.
    pub(crate) fn part(self, number: f64) -> f64 {
        let (low, high) = (self.low * 0.5, self.high * 0.5);
        if high <= low {
            return 0.5;
        }
        ((number * 0.5 - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// The colour at a place between the ends.
    pub(crate) fn color(self, part: f64) -> [u8; 3] {
        let part = (part.clamp(0.0, 1.0) * STEPS).round() / STEPS;
        // Blue is cold, and below.
        let part = if self.diverging { 1.0 - part } else { part };
        self.gradient().eval_continuous(part).into_array()
    }

    /// The number's colour.
    pub(crate) fn of(self, number: f64) -> [u8; 3] {
        match number {
            f64::INFINITY => self.color(1.0),
            f64::NEG_INFINITY => self.color(0.0),
            number if number.is_nan() => NOT_A_NUMBER,
            number => self.color(self.part(number)),
        }
    }

    /// The number's shade, from black to white, where there are no colours.
    pub(crate) fn grey(self, number: f64) -> [u8; 3] {
        if number.is_nan() { NOT_A_NUMBER } else { [byte(self.part(number)); 3] }
    }
}

/// A part of 255.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
fn byte(part: f64) -> u8 {
    (part * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_pale_where_both_sides_count() {
        let both = Scale::new(-1.0, 2.0);
        assert_eq!((both.low, both.high), (-2.0, 2.0));
        assert!(both.of(0.0).iter().all(|&part| part > 0xe0));
        let [red, _, blue] = both.of(2.0);
        assert!(red > blue);
        let one = Scale::new(-0.001, 2.0);
        assert_eq!((one.low, one.high), (-0.001, 2.0));
        assert_eq!(one.of(f64::NAN), NOT_A_NUMBER);
        assert_eq!([-2.0, 0.0, 2.0, f64::INFINITY].map(|x| both.grey(x)[0]), [0, 128, 255, 255]);
        assert_eq!(Scale::new(3.0, 3.0).part(3.0), 0.5);
        assert_eq!(Scale::new(f64::MIN, f64::MAX).part(f64::MAX), 1.0);
    }
}
