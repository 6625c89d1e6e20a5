//! What there is to know of an array's values, found in one pass; and how they are spread, in a
//! second one.

mod leaf;
mod moments;
mod text;

use npz_core::{AnyArray, DType, Header, Order, Result, Scalar, ScalarKind};

use self::leaf::{Leaf, LeafKind};
use self::moments::{Floats, Wholes};
use self::text::Texts;
use crate::figures::exact;
use crate::histogram::{Bins, Histogram};
use crate::scan::{self, Fold};
use crate::values::{Decoder, Values, wide};

/// Makes the blocks of an array, from its first item on; for each pass anew.
pub(crate) trait Blocks {
    /// Blocks of so many items, or whatever is at hand.
    ///
    /// # Errors
    /// When the array can't be opened.
    fn blocks(&self, items: usize) -> Result<Box<dyn Iterator<Item = Result<AnyArray>> + '_>>;
}

/// The array itself, if it is in memory.
impl Blocks for AnyArray {
    fn blocks(&self, items: usize) -> Result<Box<dyn Iterator<Item = Result<AnyArray>> + '_>> {
        let itemsize = self.dtype().itemsize();
        let size = items.max(1).saturating_mul(itemsize);
        if self.nbytes() <= size {
            return Ok(Box::new(std::iter::once(Ok(self.clone()))));
        }
        Ok(Box::new(self.as_bytes().chunks(size).map(move |bytes| {
            let count = bytes.len().checked_div(itemsize).unwrap_or(0);
            let header = Header::new(self.dtype().clone(), Order::C, [count])?;
            AnyArray::from_bytes(header, bytes)
        })))
    }
}

/// The statistics of one value of each item, or of all items.
#[derive(Clone, Debug)]
pub(crate) struct Summary {
    /// Of the record's field; empty for items that are the value themselves.
    pub(crate) name: String,
    pub(crate) scalar: Scalar,
    pub(crate) facts: Facts,
}

/// What there is to know, by what the values are.
#[derive(Clone, Debug)]
pub(crate) enum Facts {
    Numbers(Numbers),
    Texts(Texts),
    /// Bytes without a meaning that is known: how many values.
    Opaque(u64),
}

/// What there is to know of numbers and times. Where nothing else is said, of the finite ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) count: u64,
    pub(crate) finite: u64,
    pub(crate) min: Option<Number>,
    pub(crate) max: Option<Number>,
    /// Of floats, the smallest and the largest that have a place in a histogram.
    floats: [f64; 2],
    pub(crate) mean: Option<f64>,
    /// Of times, the mean to the nearest unit.
    pub(crate) whole_mean: Option<i128>,
    pub(crate) std: Option<f64>,
    pub(crate) nan: u64,
    pub(crate) positive_infinite: u64,
    pub(crate) negative_infinite: u64,
    pub(crate) zeros: u64,
    /// Of times: NaT.
    pub(crate) not_times: u64,
    /// Whether these are the magnitudes of complex numbers.
    pub(crate) magnitude: bool,
    pub(crate) histogram: Option<Histogram>,
}

impl Numbers {
    /// Everything that is neither a number nor a time.
    pub(crate) fn not_finite(&self) -> u64 {
        self.nan + self.positive_infinite + self.negative_infinite
    }

    /// What is neither, by its name, as far as there is some.
    pub(crate) fn odd(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let all = [
            ("NaN", self.nan),
            ("NaT", self.not_times),
            ("+inf", self.positive_infinite),
            ("-inf", self.negative_infinite),
        ];
        all.into_iter().filter(|(_, number)| *number > 0)
    }

    /// At most `most` bins over all of the numbers.
    pub(crate) fn bins(&self, most: usize) -> Option<Bins> {
        match (self.min?, self.max?) {
            (Number::Whole(low), Number::Whole(high)) => Bins::whole(low, high, most),
            _ => Bins::floats(self.floats[0], self.floats[1], most),
        }
    }
}

/// A number as exact as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Whole(i128),
    Float(f64),
}

impl Number {
    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::Whole(number) => wide(number),
            Self::Float(number) => number,
        }
    }
}

/// The statistics of an array: of its only value, or of each of its records' fields. `None` for
/// Python objects, and for records of too many fields.
///
/// `read` is told how many bytes have been read. If `bins`, a second pass counts the numbers in at
/// most so many bins.
///
/// # Errors
/// When the array can't be read.
pub(crate) fn summarize(
    dtype: &DType,
    logical: Option<&str>,
    array: &dyn Blocks,
    bins: Option<&dyn Fn(&Numbers) -> usize>,
    read: &(dyn Fn(u64) + Sync),
) -> Result<Option<Vec<Summary>>> {
    let Some(leaves) = leaf::leaves(dtype, logical) else { return Ok(None) };
    let items = scan::block_items(dtype);
    let first = Pass { leaves: &leaves };
    let found = scan::scan(&first, array.blocks(items)?, read)?;
    let found = found.unwrap_or_else(|| leaves.iter().map(Leaf::start).collect());
    let mut summaries: Vec<Summary> =
        leaves.iter().zip(found).map(|(leaf, found)| leaf.summary(found)).collect();

    let Some(most) = bins else { return Ok(Some(summaries)) };
    let places: Vec<Option<Bins>> = summaries.iter().map(|summary| summary.bins(most)).collect();
    if places.iter().all(Option::is_none) {
        return Ok(Some(summaries));
    }
    let second = Counting { leaves: &leaves, places: &places };
    let counted = scan::scan(&second, array.blocks(items)?, read)?;
    for (summary, histogram) in summaries.iter_mut().zip(counted.unwrap_or_default()) {
        if let Facts::Numbers(numbers) = &mut summary.facts {
            numbers.histogram = histogram;
        }
    }
    Ok(Some(summaries))
}

impl Summary {
    fn bins(&self, most: &dyn Fn(&Numbers) -> usize) -> Option<Bins> {
        match &self.facts {
            Facts::Numbers(numbers) => numbers.bins(most(numbers)),
            _ => None,
        }
    }

    /// The count of a unit of time as NumPy prints it; `None` if the values are no times.
    pub(crate) fn time(&self, count: i128) -> Option<String> {
        time_text(self.scalar, count)
    }

    /// One of its numbers, as exact as it is, or the time that it stands for.
    pub(crate) fn text(&self, number: Number) -> String {
        let time = match number {
            Number::Whole(ticks) => self.time(ticks),
            Number::Float(_) => None,
        };
        time.unwrap_or_else(|| exact(number))
    }
}

/// The count of a unit of time as NumPy prints it; `None` for types that are no times.
pub(crate) fn time_text(scalar: Scalar, count: i128) -> Option<String> {
    if !matches!(scalar.kind(), ScalarKind::DateTime(_) | ScalarKind::TimeDelta(_)) {
        return None;
    }
    let bytes = i64::try_from(count).ok()?.to_le_bytes();
    let header = Header::new(scalar.kind(), Order::C, []).ok()?;
    AnyArray::from_bytes(header, &bytes).ok().map(|array| array.to_string())
}

/// What was found out so far of one leaf.
enum Found {
    Floats(Floats),
    Wholes(Wholes),
    Texts(Texts),
    Opaque(u64),
}

impl Leaf {
    /// Of no items.
    fn start(&self) -> Found {
        match &self.kind {
            LeafKind::Number(decoder) => match decoder.decode(&[]) {
                Ok(Values::Float(_)) | Err(_) => Found::Floats(Floats::of(&[])),
                Ok(_) => Found::Wholes(Wholes::default()),
            },
            LeafKind::Text(_) => Found::Texts(Texts::default()),
            LeafKind::Opaque => Found::Opaque(0),
        }
    }

    fn find(&self, block: &AnyArray, scratch: &mut Vec<u8>) -> Result<Found> {
        let itemsize = block.dtype().itemsize();
        let values = self.values(block.len());
        Ok(match &self.kind {
            LeafKind::Number(decoder) => {
                let bytes = self.gather(block.as_bytes(), itemsize, scratch);
                match decoder.decode(bytes)? {
                    Values::Float(values) => {
                        Found::Floats(Floats::of(&values).with_beyond(decoder.beyond(bytes)?))
                    }
                    Values::Signed(values) => {
                        Found::Wholes(Wholes::of_signed(&values, decoder.is_time()))
                    }
                    Values::Unsigned(values) => Found::Wholes(Wholes::of_unsigned(&values)),
                }
            }
            LeafKind::Text(_) if self.scalar.itemsize() == 0 => Found::Texts(Texts::empty(values)),
            LeafKind::Text(unit) => {
                let bytes = self.gather(block.as_bytes(), itemsize, scratch);
                Found::Texts(Texts::of(bytes, self.scalar.itemsize(), *unit))
            }
            LeafKind::Opaque => Found::Opaque(u64::try_from(values).unwrap_or(u64::MAX)),
        })
    }

    fn summary(&self, found: Found) -> Summary {
        let facts = match found {
            Found::Floats(floats) => {
                let magnitude = match &self.kind {
                    LeafKind::Number(decoder) => decoder.is_magnitude(),
                    _ => false,
                };
                Facts::Numbers(Numbers::of_floats(&floats, magnitude))
            }
            Found::Wholes(wholes) => Facts::Numbers(Numbers::of_wholes(&wholes)),
            Found::Texts(texts) => Facts::Texts(texts),
            Found::Opaque(count) => Facts::Opaque(count),
        };
        Summary { name: self.name.clone(), scalar: self.scalar, facts }
    }
}

impl Found {
    fn merge(&mut self, next: Self) {
        match (self, next) {
            (Self::Floats(ours), Self::Floats(next)) => ours.merge(&next),
            (Self::Wholes(ours), Self::Wholes(next)) => ours.merge(&next),
            (Self::Texts(ours), Self::Texts(next)) => ours.merge(next),
            (Self::Opaque(ours), Self::Opaque(next)) => *ours = ours.saturating_add(next),
            // A leaf's blocks are all of one kind.
            _ => {}
        }
    }
}

impl Numbers {
    fn of_floats(floats: &Floats, magnitude: bool) -> Self {
        let any = floats.finite() > 0;
        Self {
            count: floats.finite()
                + floats.nan
                + floats.positive_infinite
                + floats.negative_infinite,
            finite: floats.finite(),
            min: any.then_some(Number::Float(floats.ends()[0])),
            max: any.then_some(Number::Float(floats.ends()[1])),
            floats: [floats.min, floats.max],
            mean: floats.mean(),
            std: floats.deviation(),
            nan: floats.nan,
            positive_infinite: floats.positive_infinite,
            negative_infinite: floats.negative_infinite,
            zeros: floats.zeros,
            magnitude,
            ..Self::default()
        }
    }

    fn of_wholes(wholes: &Wholes) -> Self {
        Self {
            count: wholes.count() + wholes.not_times,
            finite: wholes.count(),
            min: wholes.range().map(|(min, _)| Number::Whole(min)),
            max: wholes.range().map(|(_, max)| Number::Whole(max)),
            mean: wholes.mean(),
            whole_mean: wholes.whole_mean(),
            std: wholes.deviation(),
            zeros: wholes.zeros,
            not_times: wholes.not_times,
            ..Self::default()
        }
    }
}

/// The first pass.
struct Pass<'l> {
    leaves: &'l [Leaf],
}

impl Fold for Pass<'_> {
    type Part = Vec<Found>;

    fn block(&self, block: &AnyArray) -> Result<Vec<Found>> {
        let mut scratch = Vec::new();
        self.leaves.iter().map(|leaf| leaf.find(block, &mut scratch)).collect()
    }

    fn merge(&self, total: &mut Vec<Found>, next: Vec<Found>) {
        total.iter_mut().zip(next).for_each(|(ours, next)| ours.merge(next));
    }
}

/// The second pass.
struct Counting<'l> {
    leaves: &'l [Leaf],
    places: &'l [Option<Bins>],
}

impl Fold for Counting<'_> {
    type Part = Vec<Option<Histogram>>;

    fn block(&self, block: &AnyArray) -> Result<Vec<Option<Histogram>>> {
        let mut scratch = Vec::new();
        let itemsize = block.dtype().itemsize();
        let count = |(leaf, bins): (&Leaf, &Option<Bins>)| {
            let (LeafKind::Number(decoder), Some(bins)) = (&leaf.kind, bins) else {
                return Ok(None);
            };
            let bytes = leaf.gather(block.as_bytes(), itemsize, &mut scratch);
            let mut histogram = Histogram::new(bins.clone());
            histogram.add(&decoder.decode(bytes)?, decoder.is_time());
            Ok(Some(histogram))
        };
        self.leaves.iter().zip(self.places).map(count).collect()
    }

    fn merge(&self, total: &mut Vec<Option<Histogram>>, next: Vec<Option<Histogram>>) {
        for (ours, next) in total.iter_mut().zip(next) {
            if let (Some(ours), Some(next)) = (ours, next) {
                ours.merge(&next);
            }
        }
    }
}

/// Whether an array's items are numbers that a picture can show, and how they are read.
pub(crate) fn decoder(dtype: &DType, logical: Option<&str>) -> Option<Decoder> {
    dtype.as_scalar().and_then(|scalar| Decoder::new(scalar, logical))
}

/// Whether a dtype is how bfloat16 is written.
pub(crate) fn is_bfloat16(dtype: &DType) -> bool {
    decoder(dtype, None).is_some() && matches!(dtype.kind(), Some(ScalarKind::Void(2)))
}

#[cfg(test)]
mod tests;
