//! Values against values, in bounded memory.

use npz_core::{AnyArray, ByteOrder, DType, Error, ErrorKind, Result, ScalarKind};
use serde::Serialize;

use super::exact::{Exact, Wide};
use super::items::{self, Items};
use super::times::Times;
use crate::canonical::{in_order, piece_items};
use crate::progress::Progress;
use crate::slice;
use crate::source::{Kind, Source};
use crate::text::count;
use crate::values::wide;

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
    pub(super) fn describe(&self) -> String {
        if self.differing == 0 {
            return "the values are the same".to_owned();
        }
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

    /// Takes in two pieces of the same items; says whether they can be compared.
    fn add(&mut self, a: &AnyArray, b: &AnyArray, tolerance: Option<Tolerance>) -> Result<bool> {
        self.total += a.len() as u64;
        // What an array doesn't say of its type isn't another one.
        let alike = little(a) == little(b)
            && (a.logical_dtype() == b.logical_dtype()
                || a.logical_dtype().is_none()
                || b.logical_dtype().is_none());
        if alike && a.dtype() == b.dtype() && a.as_bytes() == b.as_bytes() {
            return Ok(true);
        }
        // Of one type the bits decide, unless there is a tolerance: 0.0 and -0.0 are not the same. Of
        // two types the numbers do.
        let exact = alike && tolerance.is_none();
        let (left, right) = (canonical(a)?, canonical(b)?);
        let bits = |at: usize| item(&left, a.dtype(), at) == item(&right, b.dtype(), at);
        match (Items::of(a, &left), Items::of(b, &right)) {
            (Some(Items::Whole(x)), Some(Items::Whole(y))) => {
                for (x, y) in x.into_iter().zip(y) {
                    let (distance, size) = (wide((x - y).abs()), wide(y.abs()));
                    let same = x == y || within(distance, size, tolerance);
                    self.differing += u64::from(!same);
                    self.widen(distance, size);
                }
            }
            (
                Some(Items::Float { parts: x, complex: false }),
                Some(Items::Float { parts: y, complex: false }),
            ) => {
                for (at, (x, y)) in x.into_iter().zip(y).enumerate() {
                    if exact && bits(at) {
                        continue;
                    }
                    let is_near = self.add_floats(x, y, tolerance);
                    self.differing += u64::from(!is_near || exact);
                }
            }
            (Some(x), Some(y)) => {
                for at in 0..a.len() {
                    let same = x.same_bits(&y, at).unwrap_or_else(|| bits(at));
                    if exact && same {
                        continue;
                    }
                    let is_near = self.add_exact(x.exact(at), y.exact(at), tolerance);
                    self.differing += u64::from(!is_near || exact);
                }
            }
            _ if alike => self.differing += (0..a.len()).filter(|&at| !bits(at)).count() as u64,
            _ if are_texts(a.dtype(), b.dtype()) => {
                // A narrower text is as wide once there are zeros behind it.
                let text = |bytes: &[u8]| {
                    let end = bytes.iter().rposition(|&byte| byte != 0);
                    bytes[..end.map_or(0, |end| end + 1)].to_vec()
                };
                let differ = |&at: &usize| {
                    item(&left, a.dtype(), at).map(text) != item(&right, b.dtype(), at).map(text)
                };
                self.differing += (0..a.len()).filter(differ).count() as u64;
            }
            _ => {
                let (Some(times), Some(x), Some(y)) = (
                    Times::new(a.dtype(), b.dtype()),
                    items::ticks(a, &left),
                    items::ticks(b, &right),
                ) else {
                    return Ok(false);
                };
                self.differing +=
                    x.into_iter().zip(y).filter(|&(x, y)| !times.are_same(x, y)).count() as u64;
            }
        }
        Ok(true)
    }

    /// Takes in two floats; says whether they are the same number, or near enough.
    fn add_floats(&mut self, a: f64, b: f64, tolerance: Option<Tolerance>) -> bool {
        let (distance, size) = ((a - b).abs(), b.abs());
        let most = tolerance.map_or(0.0, |t| t.absolute + t.relative * size);
        if !(distance.is_finite() && most.is_finite()) {
            // Numbers that aren't, and distances between the largest ones.
            return self.add_exact([a.into(), Exact::ZERO], [b.into(), Exact::ZERO], tolerance);
        }
        self.widen(distance, size);
        distance <= most
    }

    /// The same of any two numbers, which may be complex.
    fn add_exact(&mut self, a: [Exact; 2], b: [Exact; 2], tolerance: Option<Tolerance>) -> bool {
        let are_same = a[0].is(b[0]) && a[1].is(b[1]);
        if !a.iter().chain(&b).all(|part| part.is_finite()) {
            self.non_finite += u64::from(!are_same);
            return are_same;
        }
        let distance = a[0].distance(b[0]).hypot(a[1].distance(b[1]));
        let size = b[0].size().hypot(b[1].size());
        let rel = (!size.is_zero()).then(|| distance.over(size).to_f64());
        self.widen_to(distance.to_f64(), rel);
        let Some(Tolerance { relative, absolute }) = tolerance else { return are_same };
        are_same || distance <= Wide::from(absolute).plus(Wide::from(relative).times(size))
    }

    fn widen(&mut self, distance: f64, size: f64) {
        self.widen_to(distance, (size > 0.0).then(|| distance / size));
    }

    fn widen_to(&mut self, distance: f64, rel: Option<f64>) {
        let widest = |max: Option<f64>, found: f64| Some(max.map_or(found, |max| max.max(found)));
        self.max_abs = widest(self.max_abs, distance);
        if let Some(rel) = rel {
            self.max_rel = widest(self.max_rel, rel);
        }
    }
}

fn within(distance: f64, size: f64, tolerance: Option<Tolerance>) -> bool {
    tolerance.is_some_and(|t| distance <= t.absolute + t.relative * size)
}

/// Whether both are text, or bytes, of whatever width.
fn are_texts(a: &DType, b: &DType) -> bool {
    matches!(
        (a.kind(), b.kind()),
        (Some(ScalarKind::Str(_)), Some(ScalarKind::Str(_)))
            | (Some(ScalarKind::Bytes(_)), Some(ScalarKind::Bytes(_)))
    )
}

fn little(array: &AnyArray) -> DType {
    array.dtype().clone().with_byte_order(ByteOrder::Little)
}

/// The bytes of one item.
fn item<'b>(bytes: &'b [u8], dtype: &DType, at: usize) -> Option<&'b [u8]> {
    let size = dtype.itemsize();
    bytes.get(at * size..).and_then(|bytes| bytes.get(..size))
}

fn canonical(array: &AnyArray) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(array.nbytes());
    let written = array.write_canonical(&mut bytes);
    written.map_err(|error| Error::new(ErrorKind::Io, format!("can't compare: {error}")))?;
    Ok(bytes)
}

/// Rows of arrays that lie in different orders are compared so many bytes at a time.
const BLOCK_BYTES: usize = 64 << 20;

/// What has come of a comparison.
pub(super) enum Outcome {
    /// Of what has no values: the same bytes.
    Same,
    Values(Difference),
    /// Nobody knows what values of these two types have in common.
    NotCompared,
}

/// Compares the values of two entries of one shape.
pub(super) fn compare(
    (a, at): (&Source, usize),
    (b, other): (&Source, usize),
    tolerance: Option<Tolerance>,
    progress: &Progress,
) -> Result<Outcome> {
    let (x, y) = (&a.entries()[at], &b.entries()[other]);
    let (Some(left), Some(right)) = (&x.header, &y.header) else {
        let same = x.kind == Kind::Bytes && a.member_bytes(at)? == b.member_bytes(other)?;
        if same {
            return Ok(Outcome::Same);
        }
        let all = Difference { differing: 1, total: 1, ..Difference::default() };
        return Ok(Outcome::Values(all));
    };
    // Pickles are never opened, but the same bytes are the same objects.
    let objects = [left, right].map(|header| header.dtype().has_object());
    if objects.contains(&true) && left.dtype() != right.dtype() {
        return Ok(Outcome::NotCompared);
    }
    if objects == [true, true]
        && left.order() == right.order()
        && a.pickle(at)? == b.pickle(other)?
    {
        return Ok(Outcome::Same);
    }
    let mut difference = Difference::default();
    if left.order() == right.order() || (in_order(left) && in_order(right)) {
        let items = piece_items(left).min(piece_items(right));
        let mut others = b.pieces(other, items)?;
        for piece in a.pieces(at, items)? {
            let (piece, twin) = (piece?, others.next().unwrap_or_else(|| Err(ended()))?);
            if !difference.add(&piece, &twin, tolerance)? {
                return Ok(Outcome::NotCompared);
            }
            progress.add((piece.nbytes() + twin.nbytes()) as u64);
        }
        // The last one tells of the checksum.
        let difference = Outcome::Values(difference);
        return others.next().map_or(Ok(difference), |piece| piece.and(Err(ended())));
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
        if !difference.add(&part, &twin, tolerance)? {
            return Ok(Outcome::NotCompared);
        }
        progress.add((part.nbytes() + twin.nbytes()) as u64);
    }
    Ok(Outcome::Values(difference))
}

fn ended() -> Error {
    Error::new(ErrorKind::Truncated, "one of the arrays ended early while they were compared")
}

#[cfg(test)]
mod tests {
    use npz_core::ndarray::arr1;
    use npz_core::{Header, LongDouble, Order};
    use num_complex::Complex;

    use super::*;

    fn difference(a: &AnyArray, b: &AnyArray, tolerance: Option<Tolerance>) -> Difference {
        let mut difference = Difference::default();
        assert!(difference.add(a, b, tolerance).unwrap());
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

    fn typed(dtype: &str, logical: Option<&str>, bytes: &[u8]) -> AnyArray {
        let dtype: DType = dtype.parse().unwrap();
        let len = bytes.len() / dtype.itemsize();
        let header = Header::new(dtype, Order::C, [len]).unwrap();
        AnyArray::from_bytes(header, bytes).unwrap().with_logical_dtype(logical)
    }

    #[test]
    fn of_two_types_the_numbers_decide() {
        let whole = AnyArray::new(&arr1(&[1_i32, 2, 3])).unwrap();
        let single = AnyArray::new(&arr1(&[1.0_f32, 2.0, 3.0])).unwrap();
        let double = AnyArray::new(&arr1(&[1.0, 2.0, 3.0])).unwrap();
        let complex = arr1(&[1.0_f32, 2.0, 3.0]).map(|&re| Complex { re, im: 0.0 });
        let complex = AnyArray::new(&complex).unwrap();
        let half = typed("<f2", None, &[0, 0x3C, 0, 0xC0]);
        let brain = typed("<V2", None, &[0x80, 0x3F, 0, 0xC0]);
        let fours = typed("|V1", Some("float8_e4m3fn"), &[0x38]);
        let fives = typed("|V1", Some("float8_e5m2"), &[0x3C]);
        let long = [1.0, 2.0, 3.0].map(|n| LongDouble::from_f64(n).to_le_bytes()).concat();
        let long = typed("<f16", None, &long);
        for (a, b) in [
            (&whole, &single),
            (&double, &complex),
            (&complex, &whole),
            (&long, &single),
            (&complex, &long),
            (&half, &brain),
            (&fours, &fives),
        ] {
            for (a, b) in [(a, b), (b, a)] {
                let found = difference(a, b, None);
                assert_eq!((found.differing, found.max_abs), (0, Some(0.0)), "{a} {b}");
            }
        }
        // The same bits are not the same numbers.
        let bits = [0, 0x3C, 0, 0x3C];
        let found = difference(&typed("<f2", None, &bits), &typed("<V2", None, &bits), None);
        assert_eq!(found.differing, 2);
        let found = difference(&fours, &typed("|V1", Some("float8_e5m2"), &[0x38]), None);
        assert_eq!((found.differing, found.max_abs), (1, Some(0.5)));
        let [top, minus] = ["<u8", "<i8"].map(|dtype| typed(dtype, None, &[0xFF; 8]));
        let found = difference(&top, &minus, None);
        assert_eq!((found.differing, found.max_abs), (1, Some(2_f64.powi(64))));
        // A float has no room for all digits of an integer.
        let (whole, float) = (arr1(&[(1_i64 << 53) + 1]), arr1(&[2_f64.powi(53)]));
        let (whole, float) = (AnyArray::new(&whole).unwrap(), AnyArray::new(&float).unwrap());
        let found = difference(&whole, &float, None);
        assert_eq!((found.differing, found.max_abs), (1, Some(1.0)));
        // An imaginary part counts.
        let tilted = AnyArray::new(&arr1(&[Complex { re: 1.0, im: 0.25 }])).unwrap();
        let one = AnyArray::new(&arr1(&[1_u8])).unwrap();
        let found = difference(&tilted, &one, None);
        assert_eq!((found.differing, found.max_abs, found.max_rel), (1, Some(0.25), Some(0.25)));
    }

    #[test]
    fn times_of_two_units_are_the_same_times() {
        let times =
            |dtype, counts: [i64; 3]| typed(dtype, None, &counts.map(i64::to_le_bytes).concat());
        let days = times("<M8[D]", [1, 20_000, i64::MIN]);
        let found = difference(&days, &times("<M8[s]", [86_400, 20_000, i64::MIN]), None);
        assert_eq!((found.differing, found.total, found.max_abs), (1, 3, None));
        // Other things that take eight bytes have nothing to do with them.
        let mut none = Difference::default();
        assert!(!none.add(&days, &times("<i8", [1, 2, 3]), None).unwrap());
        assert!(!none.add(&days, &times("<m8[D]", [1, 2, 3]), None).unwrap());
        assert!(!none.add(&days, &typed("|S8", None, &[b'a'; 24]), None).unwrap());
    }

    #[test]
    fn long_doubles_are_more_than_floats() {
        let long = |significand: u64, exponent: u16, padding: u8| {
            let bytes = [&significand.to_le_bytes()[..], &exponent.to_le_bytes(), &[padding; 6]];
            typed("<f16", None, &bytes.concat())
        };
        const ONE: u64 = 1 << 63;
        let relative = |relative| Some(Tolerance { relative, absolute: 0.0 });
        // 2^1329 and twice that: for a float, both are infinite.
        let (large, larger) = (long(ONE, 16383 + 1329, 0), long(ONE, 16383 + 1330, 0));
        let found = difference(&large, &larger, relative(1e-9));
        assert_eq!((found.differing, found.non_finite), (1, 0));
        assert_eq!((found.max_abs, found.max_rel), (Some(f64::INFINITY), Some(0.5)));
        assert_eq!(difference(&large, &larger, relative(0.5)).differing, 0);
        // Too small for one, and closer together than its last digit.
        let (small, smaller) = (long(ONE, 3000, 0), long(ONE, 2999, 0));
        assert_eq!(difference(&small, &smaller, relative(0.1)).differing, 1);
        let (one, next) = (long(ONE, 16383, 0), long(ONE + 1, 16383, 0));
        let found = difference(&one, &next, relative(0.0));
        assert_eq!((found.differing, found.max_abs), (1, Some(2_f64.powi(-63))));
        // What lies behind the 80 bits is no number of anybody's.
        assert_eq!(difference(&one, &long(ONE, 16383, 7), None).differing, 0);
        assert_eq!(difference(&one, &next, None).differing, 1);
        // The largest floats are farther apart than any float says.
        let ends = [f64::MAX, -f64::MAX].map(|end| AnyArray::new(&arr1(&[end])).unwrap());
        assert_eq!(difference(&ends[0], &ends[1], relative(1.5)).differing, 1);
        assert_eq!(difference(&ends[0], &ends[1], relative(2.0)).differing, 0);
    }

    #[test]
    fn text_and_records_differ_item_by_item() {
        let any = |text: [&str; 3]| AnyArray::new(&arr1(&text.map(str::to_owned))).unwrap();
        let found = difference(&any(["a", "b", "c"]), &any(["a", "x", "y"]), None);
        assert_eq!((found.differing, found.max_abs), (2, None));
        // Of another width.
        let found = difference(&any(["a", "b", ""]), &any(["a", "bcd", ""]), None);
        assert_eq!((found.differing, found.total), (1, 3));
        let found = difference(&typed("S2", None, b"a\0b\0"), &typed("S1", None, b"ac"), None);
        assert_eq!(found.differing, 1);
        let mut none = Difference::default();
        let (text, bytes) = (typed("<U1", None, &[97, 0, 0, 0]), typed("S4", None, &[97, 0, 0, 0]));
        assert!(!none.add(&text, &bytes, None).unwrap());
    }
}
