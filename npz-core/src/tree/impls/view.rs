//! `ViewNpz`: arrays that are borrowed, what is loaded by value, and what holds others.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use half::{bf16, f16};
use ndarray::{Array, ArrayView, ArrayView1, CowArray, Dimension, Ix1, OwnedArcRepr};
use num_complex::Complex;

use crate::element::unit::UnitType;
use crate::element::{
    ByteString, Bytes, ComplexLongDouble, DateTime64, Element, F4E2M1Fn, F6E2M3Fn, F6E3M2Fn,
    F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu, Int1, Int2,
    Int4, LongDouble, LossyString, Text, TimeDelta64, UInt1, UInt2, UInt4, Void,
};
use crate::error::{ErrorKind, Result};
use crate::npy::AnyArray;
use crate::tree::{Expect, LoadNpz, Migration, ViewNode, ViewNpz};

impl<'a, A: Element, D: Dimension> ViewNpz<'a> for ArrayView<'a, A, D> {
    fn expect(at: &mut Expect<'_>) {
        at.view::<A, D>();
    }

    fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
        at.view()
    }

    fn is_leaf() -> bool {
        true
    }
}

impl<'a, A: Element, D: Dimension> ViewNpz<'a> for CowArray<'a, A, D> {
    fn expect(at: &mut Expect<'_>) {
        at.array::<A, D>();
    }

    fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
        at.view_or_load::<A, D, Self>()
    }

    fn is_leaf() -> bool {
        true
    }
}

fn slice<'a, A>(at: &ViewNode<'_, 'a>, view: ArrayView1<'a, A>) -> Result<&'a [A]> {
    let error = || at.node().error(ErrorKind::Misaligned, "the items don't follow each other");
    view.to_slice().ok_or_else(error)
}

impl<'a, A: Element> ViewNpz<'a> for &'a [A] {
    fn expect(at: &mut Expect<'_>) {
        at.view::<A, Ix1>();
    }

    fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
        slice(at, at.view()?)
    }

    fn is_leaf() -> bool {
        true
    }
}

impl<'a, A: Element> ViewNpz<'a> for Cow<'a, [A]> {
    fn expect(at: &mut Expect<'_>) {
        at.array::<A, Ix1>();
    }

    fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
        match at.view::<A, Ix1>() {
            Ok(view) => slice(at, view).map(Cow::Borrowed),
            // Of another dtype, it may be converted.
            Err(error) if matches!(error.kind(), ErrorKind::Misaligned | ErrorKind::Dtype) => {
                let array = at.node().array::<A, Ix1>()?;
                Ok(Cow::Owned(array.into_raw_vec_and_offset().0))
            }
            Err(error) => Err(error),
        }
    }

    fn is_leaf() -> bool {
        true
    }
}

/// Types that borrow nothing are viewed as they are loaded.
macro_rules! by_value {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<'a, $($generics)*> ViewNpz<'a> for $type {
            fn expect(at: &mut Expect<'_>) {
                <Self as LoadNpz>::expect(at);
            }

            fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
                at.load()
            }

            fn is_leaf() -> bool {
                <Self as LoadNpz>::is_leaf()
            }

            fn is_leaf_slice() -> bool {
                <Self as LoadNpz>::is_leaf_slice()
            }

            fn expect_slice(at: &mut Expect<'_>, len: Option<usize>) {
                <Self as LoadNpz>::expect_slice(at, len);
            }

            fn view_slice(at: &ViewNode<'_, 'a>) -> Result<Vec<Self>> {
                <Self as LoadNpz>::load_slice(at.node())
            }
        }
    )*};
}

by_value! {
    [] bool; [] i8; [] i16; [] i32; [] i64; [] isize; [] u8; [] u16; [] u32; [] u64; [] usize;
    [] f16; [] bf16; [] f32; [] f64; [] Complex<f32>; [] Complex<f64>; [] String; [] Cow<'_, str>;
    [] LossyString; [] ByteString; [] LongDouble; [] ComplexLongDouble;
    [] F8E3M4; [] F8E4M3; [] F8E4M3B11Fnuz; [] F8E4M3Fn; [] F8E4M3Fnuz; [] F8E5M2; [] F8E5M2Fnuz;
    [] F8E8M0Fnu; [] F6E2M3Fn; [] F6E3M2Fn; [] F4E2M1Fn;
    [] Int1; [] Int2; [] Int4; [] UInt1; [] UInt2; [] UInt4;
    [const N: usize] Text<N>; [const N: usize] Bytes<N>; [const N: usize] Void<N>;
    [U: UnitType, const COUNT: u32] DateTime64<U, COUNT>;
    [U: UnitType, const COUNT: u32] TimeDelta64<U, COUNT>;
    [A: Element, D: Dimension] Array<A, D>;
    [A: Element, D: Dimension + 'static] ndarray::ArrayBase<OwnedArcRepr<A>, D>;
    [] AnyArray; [T: ?Sized] PhantomData<T>;
    [] ();
}

macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<'a, T: ViewNpz<'a>> ViewNpz<'a> for $pointer {
            fn expect(at: &mut Expect<'_>) {
                T::expect(at);
            }

            fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
                T::view(at).map(Self::new)
            }

            fn is_leaf() -> bool {
                T::is_leaf()
            }
        }
    )*};
}

pointers!(Box<T>, Rc<T>, Arc<T>);

impl<'a, T: ViewNpz<'a>> ViewNpz<'a> for Option<T> {
    fn expect(at: &mut Expect<'_>) {
        at.view_maybe::<T>();
    }

    fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
        at.holds::<T>().then(|| T::view(at)).transpose()
    }

    fn is_leaf() -> bool {
        T::is_leaf()
    }

    fn default_separator() -> Option<&'static str> {
        T::default_separator()
    }

    fn migration() -> Option<Migration> {
        T::migration()
    }
}

macro_rules! lists {
    ($($list:ty, $view:expr;)*) => {$(
        impl<'a, T: ViewNpz<'a>> ViewNpz<'a> for $list {
            fn expect(at: &mut Expect<'_>) {
                T::expect_slice(at, None);
            }

            fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
                T::view_slice(at).map($view)
            }

            fn is_leaf() -> bool {
                T::is_leaf_slice()
            }
        }
    )*};
}

lists! {
    Vec<T>, |items| items;
    Box<[T]>, Vec::into_boxed_slice;
}

impl<'a, T: ViewNpz<'a>, const N: usize> ViewNpz<'a> for [T; N] {
    fn expect(at: &mut Expect<'_>) {
        T::expect_slice(at, Some(N));
    }

    fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
        T::view_slice(at)?.try_into().map_err(|items: Vec<T>| {
            let message = format!("expected {N} items, found {}", items.len());
            at.node().error(ErrorKind::Shape, message)
        })
    }

    fn is_leaf() -> bool {
        T::is_leaf_slice()
    }
}

macro_rules! tuples {
    ($(($($type:ident $name:literal),*);)*) => {$(
        impl<'a, $($type: ViewNpz<'a>),*> ViewNpz<'a> for ($($type,)*) {
            fn expect(at: &mut Expect<'_>) {
                $(at.view_field::<$type>($name);)*
            }

            fn view(at: &ViewNode<'_, 'a>) -> Result<Self> {
                Ok(($(at.field::<$type>($name)?,)*))
            }
        }
    )*};
}

tuples! {
    (A "0");
    (A "0", B "1");
    (A "0", B "1", C "2");
    (A "0", B "1", C "2", D "3");
    (A "0", B "1", C "2", D "3", E "4");
    (A "0", B "1", C "2", D "3", E "4", F "5");
    (A "0", B "1", C "2", D "3", E "4", F "5", G "6");
    (A "0", B "1", C "2", D "3", E "4", F "5", G "6", H "7");
    (A "0", B "1", C "2", D "3", E "4", F "5", G "6", H "7", I "8");
    (A "0", B "1", C "2", D "3", E "4", F "5", G "6", H "7", I "8", J "9");
    (A "0", B "1", C "2", D "3", E "4", F "5", G "6", H "7", I "8", J "9", K "10");
    (A "0", B "1", C "2", D "3", E "4", F "5", G "6", H "7", I "8", J "9", K "10", L "11");
}
