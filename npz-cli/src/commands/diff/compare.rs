//! Values against values, in bounded memory.

use npz_core::{AnyArray, Error, ErrorKind, Result};
use serde::Serialize;

use crate::canonical::{in_order, piece_items};
use crate::numbers;
use crate::progress::Progress;
use crate::slice;
use crate::source::{Kind, Source};
use crate::text::count;

/// Up to which difference numbers are the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerance {
    pub(super) relative: f64,
    pub(super) absolute: f64,
}

/// How values differ.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Difference {
    /// Values that are not the same.
    pub(super) differing: u64,
    pub(super) total: u64,
    /// The largest |a - b|, of numbers that are finite in both.
    pub(super) max_abs: Option<f64>,
    /// The largest |a - b| / |b|, of those where b is not 0.
    pub(super) max_rel: Option<f64>,
    /// Numbers that are finite in at most one of both, and not the same.
    pub(super) non_finite: u64,
}

impl Difference {
    /// Whether the arrays are not the same.
    pub(super) fn counts(&self) -> bool {
        self.differing > 0
    }

    pub(super) fn describe(&self) -> String {
        let mut line = format!("{} of {} values", count(self.differing), count(self.total));
        if let Some(max) = self.max_abs {
            line += &format!(", max abs {max:.3e}");
        }
        if let Some(max) = self.max_rel {
            line += &format!(", max rel {max:.3e}");
        }
        if self.non_finite > 0 {
            line += &format!(", {} with NaN or infinity", count(self.non_finite));
        }
        line
    }

    /// Takes in two pieces of the same items.
    fn add(&mut self, a: &AnyArray, b: &AnyArray, tolerance: Option<Tolerance>) -> Result<()> {
        self.total += a.len() as u64;
        let alike = a.dtype() == b.dtype();
        if alike && a.as_bytes() == b.as_bytes() {
            return Ok(());
        }
        // Without a tolerance the bits decide, once they are in one order.
        let exact = tolerance.is_none();
        let (left, right) = (canonical(a)?, canonical(b)?);
        let (left_size, right_size) = (a.dtype().itemsize(), b.dtype().itemsize());
        let same_type = left_size == right_size;
        let item = |bytes: &[u8], size: usize, at: usize| {
            bytes.get(at * size..).and_then(|bytes| bytes.get(..size)).map(<[u8]>::to_vec)
        };
        let same_bits =
            |at: usize| same_type && item(&left, left_size, at) == item(&right, right_size, at);
        if let (Some(x), Some(y)) = (numbers::integers(a), numbers::integers(b)) {
            for (at, (x, y)) in x.into_iter().zip(y).enumerate() {
                #[expect(clippy::cast_precision_loss, reason = "it is told in a few digits")]
                let (distance, size) = ((x - y).unsigned_abs() as f64, y.unsigned_abs() as f64);
                // Of two types, the numbers decide.
                let same =
                    if exact { same_bits(at) || x == y } else { within(distance, size, tolerance) };
                self.differing += u64::from(!same);
                self.widen(distance, size);
            }
            return Ok(());
        }
        let numbers = |array: &AnyArray| numbers::floats(array).or_else(|| numbers::parts(array));
        if let (Some(x), Some(y)) = (numbers(a), numbers(b))
            && x.len() == y.len()
        {
            // A complex number is two, and counts once.
            let each = x.len().checked_div(a.len()).unwrap_or(1).max(1);
            for (at, (x, y)) in x.chunks(each).zip(y.chunks(each)).enumerate() {
                if exact && same_bits(at) {
                    continue;
                }
                let same = self.add_numbers(x, y, tolerance);
                // The same numbers of two types are the same; of one type, 0.0 and -0.0 are not.
                let same = if exact { same && !alike && !same_type } else { same };
                self.differing += u64::from(!same);
            }
            return Ok(());
        }
        if !same_type {
            return Err(Error::new(ErrorKind::Dtype, "values of these types can't be compared"));
        }
        self.differing += (0..a.len()).filter(|&at| !same_bits(at)).count() as u64;
        Ok(())
    }

    /// Takes in a number, or the two of a complex one; says whether they are the same.
    fn add_numbers(&mut self, a: &[f64], b: &[f64], tolerance: Option<Tolerance>) -> bool {
        let finite = a.iter().chain(b).all(|number| number.is_finite());
        if !finite {
            let same = a.iter().zip(b).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()));
            self.non_finite += u64::from(!same);
            return same;
        }
        let size = |numbers: &mut dyn Iterator<Item = f64>| numbers.fold(0.0, f64::hypot);
        let distance = size(&mut a.iter().zip(b).map(|(a, b)| a - b));
        let other = size(&mut b.iter().copied());
        self.widen(distance, other);
        within(distance, other, tolerance)
    }

    fn widen(&mut self, distance: f64, size: f64) {
        let widest = |max: Option<f64>, found: f64| Some(max.map_or(found, |max| max.max(found)));
        self.max_abs = widest(self.max_abs, distance);
        if size > 0.0 {
            self.max_rel = widest(self.max_rel, distance / size);
        }
    }
}

fn within(distance: f64, size: f64, tolerance: Option<Tolerance>) -> bool {
    let none = Tolerance { relative: 0.0, absolute: 0.0 };
    let Tolerance { relative, absolute } = tolerance.unwrap_or(none);
    distance <= absolute + relative * size
}

fn canonical(array: &AnyArray) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(array.nbytes());
    let written = array.write_canonical(&mut bytes);
    written.map_err(|error| Error::new(ErrorKind::Io, format!("can't compare: {error}")))?;
    Ok(bytes)
}

/// Rows of arrays that lie in different orders are compared so many bytes at a time.
const BLOCK_BYTES: usize = 64 << 20;

/// Whether two members of archives are the same as they are.
fn are_same_bytes(a: &Source, at: usize, b: &Source, other: usize) -> bool {
    let sizes = [a.entries()[at].unpacked_nbytes, b.entries()[other].unpacked_nbytes];
    if sizes[0] != sizes[1] || a.archive().is_none() || b.archive().is_none() {
        return false;
    }
    let bytes = (a.member_bytes(at), b.member_bytes(other));
    matches!(bytes, (Ok(left), Ok(right)) if left == right)
}

/// Compares the values of two entries of one shape; `None` if they are no arrays and the same.
pub(super) fn compare(
    (a, at): (&Source, usize),
    (b, other): (&Source, usize),
    tolerance: Option<Tolerance>,
    progress: &Progress,
) -> Result<Option<Difference>> {
    let (x, y) = (&a.entries()[at], &b.entries()[other]);
    let (Some(left), Some(right)) = (&x.header, &y.header) else {
        let same = x.kind == Kind::Bytes && a.member_bytes(at)? == b.member_bytes(other)?;
        return Ok((!same).then(|| Difference { differing: 1, total: 1, ..Difference::default() }));
    };
    // Pickles are never opened, but the same bytes are the same objects.
    if left.dtype().has_object() && right.dtype().has_object() && are_same_bytes(a, at, b, other) {
        return Ok(None);
    }
    let mut difference = Difference::default();
    if left.order() == right.order() || (in_order(left) && in_order(right)) {
        let items = piece_items(left).min(piece_items(right));
        let mut others = b.pieces(other, items)?;
        for piece in a.pieces(at, items)? {
            let (piece, twin) = (piece?, others.next().unwrap_or_else(|| Err(ended()))?);
            difference.add(&piece, &twin, tolerance)?;
            progress.add((piece.nbytes() + twin.nbytes()) as u64);
        }
        // The last one tells of the checksum.
        return others.next().map_or(Ok(Some(difference)), |piece| piece.and(Err(ended())));
    }
    let rows = left.shape().first().copied().unwrap_or(1);
    let row = left.nbytes().max(right.nbytes()).checked_div(rows).unwrap_or(1).max(1);
    let packed = |source: &Source, index: usize| source.entries()[index].data_offset.is_none();
    // Parts of a packed entry cost as much as all of it.
    let step = if packed(a, at) || packed(b, other) { rows } else { BLOCK_BYTES / row };
    let step = step.max(1);
    for start in (0..rows).step_by(step) {
        let end = start.saturating_add(step).min(rows);
        let part = || slice::slice(slice::along(0, start, end, left.shape().len()));
        let (part, twin) = (a.slice(at, &part()?)?, b.slice(other, &part()?)?);
        difference.add(&part, &twin, tolerance)?;
        progress.add((part.nbytes() + twin.nbytes()) as u64);
    }
    Ok(Some(difference))
}

fn ended() -> Error {
    Error::new(ErrorKind::Truncated, "one of the arrays ended early while they were compared")
}

#[cfg(test)]
mod tests {
    use npz_core::ndarray::arr1;

    use super::*;

    fn difference(a: &AnyArray, b: &AnyArray, tolerance: Option<Tolerance>) -> Difference {
        let mut difference = Difference::default();
        difference.add(a, b, tolerance).unwrap();
        difference
    }

    #[test]
    fn bits_decide_unless_a_tolerance_is_given() {
        let any = |numbers: &[f64]| AnyArray::new(&arr1(numbers)).unwrap();
        let (a, b) = (any(&[0.0, f64::NAN, 1.0, 2.0]), any(&[-0.0, f64::NAN, 1.0, 2.5]));
        let exact = difference(&a, &b, None);
        assert_eq!((exact.differing, exact.total), (2, 4));
        assert_eq!((exact.max_abs, exact.max_rel), (Some(0.5), Some(0.2)));
        let loose = |relative, absolute| {
            difference(&a, &b, Some(Tolerance { relative, absolute })).differing
        };
        assert_eq!([loose(0.0, 0.0), loose(0.2, 0.0), loose(0.0, 0.5)], [1, 0, 0]);
        let odd = difference(&any(&[f64::NAN, f64::INFINITY]), &any(&[1.0, f64::INFINITY]), None);
        assert_eq!((odd.differing, odd.non_finite), (1, 1));
    }

    #[test]
    fn large_integers_differ_by_one() {
        let any = |number: u64| AnyArray::new(&arr1(&[number])).unwrap();
        let found = difference(&any(u64::MAX), &any(u64::MAX - 1), None);
        assert_eq!((found.differing, found.max_abs), (1, Some(1.0)));
        // of two types
        let signed = AnyArray::new(&arr1(&[3_i8])).unwrap();
        assert_eq!(difference(&any(3), &signed, None).differing, 0);
        let real = AnyArray::new(&arr1(&[3.0_f32])).unwrap();
        assert_eq!(difference(&any(3), &real, None).differing, 0);
    }

    #[test]
    fn text_and_records_differ_item_by_item() {
        let any = |text: [&str; 3]| AnyArray::new(&arr1(&text.map(str::to_owned))).unwrap();
        let found = difference(&any(["a", "b", "c"]), &any(["a", "x", "y"]), None);
        assert_eq!((found.differing, found.max_abs), (2, None));
    }
}
