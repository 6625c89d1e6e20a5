//! What can be a field of a record: elements of fixed width, and arrays of them.

use half::{bf16, f16};
use num_complex::Complex;

use super::time::unit::UnitType;
use super::{
    Bytes, ComplexLongDouble, DateTime64, Element, F4E2M1Fn, F6E2M3Fn, F6E3M2Fn, F8E3M4, F8E4M3,
    F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu, Int1, Int2, Int4,
    LongDouble, Text, TimeDelta64, UInt1, UInt2, UInt4, Void,
};
use crate::dtype::{DType, Subarray};
use crate::error::Result;

/// An [`Element`] whose dtype is the same for all values, so that it can be a field of a record.
///
/// Implemented for all numbers, `bool`, times, text and bytes of fixed width ([`Text`], [`Bytes`],
/// [`Void`]), and records with `#[derive(NpyRecord)]`. What the archive's metadata say of a type
/// that is one byte in the file, they say of whole arrays only: in a record the struct decides.
///
/// An element of your own is made one by a line, as long as its [`dtype`](Element::dtype) doesn't
/// look at the items and its [`encode`](Element::encode) and [`decode`](Element::decode) know
/// nothing but them:
///
/// ```
/// # use npz_core::{DType, Element, FixedElement, Payload, Result};
/// # #[derive(Clone)] struct Chance(u8);
/// # impl Element for Chance {
/// #     fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> { "u1".parse() }
/// #     fn encode(items: &[Self], _: &DType, out: &mut Vec<u8>) -> Result<()> {
/// #         out.extend(items.iter().map(|item| item.0));
/// #         Ok(())
/// #     }
/// #     fn accepts(dtype: &DType) -> bool { u8::accepts(dtype) }
/// #     fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
/// #         Ok(u8::decode(payload)?.into_iter().map(Chance).collect())
/// #     }
/// # }
/// impl FixedElement for Chance {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no element of fixed width",
    note = "for an `Element` of your own, add `impl npz_core::FixedElement for …`"
)]
pub trait FixedElement: Element {
    /// What a field's offset is a multiple of in a record with `#[npz(align)]`, by NumPy's rule:
    /// the size of the number, or of half a complex one; 4 for text; 1 for bytes and packed
    /// records.
    #[must_use]
    fn alignment() -> usize {
        match Self::dtype(std::iter::empty()) {
            Ok(DType::Scalar(scalar)) => scalar.kind().unit_size(),
            _ => 1,
        }
    }
}

macro_rules! fixed {
    ($($type:ty),*) => {$(
        impl FixedElement for $type {}
    )*};
}

fixed! {
    bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize,
    f16, f32, f64, Complex<f32>, Complex<f64>, LongDouble, ComplexLongDouble,
    F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu,
    F6E2M3Fn, F6E3M2Fn, F4E2M1Fn, Int1, Int2, Int4, UInt1, UInt2, UInt4
}

impl<const N: usize> FixedElement for Text<N> {}
impl<const N: usize> FixedElement for Bytes<N> {}
impl<const N: usize> FixedElement for Void<N> {}
impl<U: UnitType, const COUNT: u32> FixedElement for DateTime64<U, COUNT> {}
impl<U: UnitType, const COUNT: u32> FixedElement for TimeDelta64<U, COUNT> {}

/// In the file it is a void, which has no alignment; to NumPy with `ml_dtypes` it is a number.
impl FixedElement for bf16 {
    fn alignment() -> usize {
        align_of::<Self>()
    }
}

/// What can be a field of a record: any [`FixedElement`], and arrays `[T; N]`, `[[T; N]; M]`, …
/// of one, which are subarrays of shape `(N,)`, `(M, N)`, ….
///
/// Not to be implemented: implement [`FixedElement`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a record",
    label = "not an element of fixed width, nor an array `[T; N]` of one",
    note = "fields are bool, numbers, times, `Text<N>`, `Bytes<N>`, structs with `#[derive(NpyRecord)]`, and arrays `[T; N]` of these",
    note = "`String` has no fixed width, and `Vec` no fixed length",
    note = "for an `Element` of your own, add `impl npz_core::FixedElement for …`; to leave a field out of the record, add `#[npz(skip)]`"
)]
pub trait RecordField: Clone + Send + Sync + 'static {
    /// What it is an array of, or itself.
    type Item: FixedElement;

    /// Appends the lengths, the outermost first.
    #[doc(hidden)]
    fn push_shape(shape: &mut Vec<usize>);

    /// All items of some fields, in order.
    #[doc(hidden)]
    fn items(fields: &[Self]) -> &[Self::Item];

    /// `count` fields from all their items, or `None` if those are of another number.
    #[doc(hidden)]
    fn from_items(items: Vec<Self::Item>, count: usize) -> Option<Vec<Self>>;
}

impl<T: FixedElement> RecordField for T {
    type Item = T;

    fn push_shape(_: &mut Vec<usize>) {}

    fn items(fields: &[Self]) -> &[T] {
        fields
    }

    fn from_items(items: Vec<T>, count: usize) -> Option<Vec<Self>> {
        (items.len() == count).then_some(items)
    }
}

impl<T: RecordField, const N: usize> RecordField for [T; N] {
    type Item = T::Item;

    fn push_shape(shape: &mut Vec<usize>) {
        shape.push(N);
        T::push_shape(shape);
    }

    fn items(fields: &[Self]) -> &[T::Item] {
        T::items(fields.as_flattened())
    }

    fn from_items(items: Vec<T::Item>, count: usize) -> Option<Vec<Self>> {
        let inner = T::from_items(items, count.checked_mul(N)?)?;
        if N == 0 {
            return Some((0..count).map(|_| std::array::from_fn(|i| inner[i].clone())).collect());
        }
        let arrays = inner.chunks_exact(N);
        Some(arrays.map(|items| std::array::from_fn(|i| items[i].clone())).collect())
    }
}

/// The dtype of a field: that of its items, or a subarray.
pub(crate) fn dtype_of<F: RecordField>() -> Result<DType> {
    let dtype = F::Item::dtype(std::iter::empty())?;
    let mut shape = Vec::new();
    F::push_shape(&mut shape);
    if shape.is_empty() {
        return Ok(dtype);
    }
    Subarray::new(dtype, shape).map(DType::from)
}
