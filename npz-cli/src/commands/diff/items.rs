//! The items of an array as numbers of their own kind.

use npz_core::{AnyArray, ByteOrder, LongDouble, Scalar, ScalarKind};

use super::exact::Exact;
use crate::values::{Decoder, Values};

/// Numbers in C order.
pub(super) enum Items {
    Whole(Vec<i128>),
    /// Floats, or, if `complex`, the two parts of each number one behind the other.
    Float {
        parts: Vec<f64>,
        complex: bool,
    },
    Long {
        parts: Vec<LongDouble>,
        complex: bool,
    },
}

impl Items {
    /// Of an array whose items are `bytes`, little-endian; `None` for what is no number, or a time.
    pub(super) fn of(array: &AnyArray, bytes: &[u8]) -> Option<Self> {
        let scalar = array.dtype().as_scalar()?;
        let (kind, complex) = match scalar.kind() {
            ScalarKind::C64 => (ScalarKind::F32, true),
            ScalarKind::C128 => (ScalarKind::F64, true),
            ScalarKind::Complex32 => (ScalarKind::F16, true),
            ScalarKind::CLongDouble => (ScalarKind::LongDouble, true),
            kind => (kind, false),
        };
        if kind == ScalarKind::LongDouble {
            // Other machines' long doubles are bits that nobody knows.
            let read = |item: &[u8; 16]| LongDouble::from_le_bytes(*item).ok();
            let parts = bytes.as_chunks().0.iter().map(read).collect::<Option<_>>()?;
            return Some(Self::Long { parts, complex });
        }
        let order = match scalar.order() {
            ByteOrder::Big => ByteOrder::Little,
            order => order,
        };
        let decoder = Decoder::new(Scalar::new(kind, order), array.logical_dtype())?;
        if decoder.is_time() {
            return None;
        }
        Some(match decoder.decode(bytes).ok()? {
            Values::Float(parts) => Self::Float { parts, complex },
            Values::Signed(items) => Self::Whole(items.into_iter().map(i128::from).collect()),
            Values::Unsigned(items) => Self::Whole(items.into_iter().map(i128::from).collect()),
        })
    }

    /// Of long doubles, whether two have the same 80 bits, whatever lies behind these.
    pub(super) fn same_bits(&self, other: &Self, at: usize) -> Option<bool> {
        let (Self::Long { parts: a, complex }, Self::Long { parts: b, complex: other }) =
            (self, other)
        else {
            return None;
        };
        let each = 1 + usize::from(*complex);
        let range = at * each..(at + 1) * each;
        Some(complex == other && a.get(range.clone()) == b.get(range))
    }

    /// The number at a place, and its imaginary part.
    pub(super) fn exact(&self, at: usize) -> [Exact; 2] {
        fn pair<T: Copy + Into<Exact>>(parts: &[T], complex: bool, at: usize) -> [Exact; 2] {
            let part = |at: usize| parts.get(at).map_or(Exact::ZERO, |&part| part.into());
            if complex { [part(2 * at), part(2 * at + 1)] } else { [part(at), Exact::ZERO] }
        }
        match self {
            Self::Whole(items) => pair(items, false, at),
            Self::Float { parts, complex } => pair(parts, *complex, at),
            Self::Long { parts, complex } => pair(parts, *complex, at),
        }
    }
}

/// The counts of an array whose items are times; `bytes` as above.
pub(super) fn ticks(array: &AnyArray, bytes: &[u8]) -> Option<Vec<i64>> {
    let kind = array.dtype().kind()?;
    matches!(kind, ScalarKind::DateTime(_) | ScalarKind::TimeDelta(_))
        .then(|| bytes.as_chunks().0.iter().map(|&item| i64::from_le_bytes(item)).collect())
}
