//! Generic structs need no bounds written by hand.
#![deny(warnings)]
#![allow(dead_code)]

use ndarray::{
    Array, Array1, Array2, ArrayBase, ArrayD, ArrayRef, ArrayView, ArrayView2, Ix2, OwnedRepr,
    ViewRepr,
};
use npz_core::{LoadNpz, SaveNpz};
use num_complex::Complex;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;
use std::sync::Arc;

/// Neither an element nor a value.
struct Nothing;

#[derive(SaveNpz, LoadNpz)]
struct Linear<A> {
    weight: Array2<A>,
    bias: Option<Array1<A>>,
}

type Matrix<A> = Array2<A>;

#[derive(SaveNpz, LoadNpz)]
struct Model<A, D, T, U> {
    layers: Vec<Linear<A>>,
    boxed: Box<(Linear<A>, Arc<T>)>,
    tensor: Array<A, D>,
    spectrum: ArrayD<Complex<A>>,
    base: ArrayBase<OwnedRepr<A>, Ix2>,
    alias: Matrix<A>,
    named: BTreeMap<String, HashMap<String, Array1<A>>>,
    values: Vec<T>,
    fixed: [T; 2],
    unit: PhantomData<U>,
    #[npz(skip)]
    cache: Option<U>,
    #[npz(default)]
    maybe: Vec<T>,
}

#[derive(SaveNpz, LoadNpz)]
struct Maps<K, V, S> {
    sorted: BTreeMap<K, V>,
    hashed: HashMap<String, V, S>,
}

trait Family {
    type State;
    type Item;
}

struct Plain;

impl Family for Plain {
    type State = Linear<f32>;
    type Item = f64;
}

#[derive(SaveNpz, LoadNpz)]
struct Trained<F: Family> {
    state: F::State,
    items: Array1<<F as Family>::Item>,
    list: Vec<<F as Family>::State>,
}

#[derive(SaveNpz)]
struct Views<'a, A: Clone, B: ?Sized, S: ndarray::RawData, D> {
    view: ArrayView2<'a, A>,
    base: ArrayBase<ViewRepr<&'a A>, D>,
    spelled: ArrayView<'a, A, D>,
    array_ref: &'a ArrayRef<A, D>,
    raw: ArrayBase<S, D>,
    slice: &'a [A],
    cow: Cow<'a, [A]>,
    tail: &'a B,
}

#[derive(SaveNpz)]
struct Tail<T: ?Sized> {
    head: f32,
    tail: T,
}

#[derive(SaveNpz)]
struct Dynamic<'a, T> {
    layer: Box<dyn Layer<T> + Send + 'a>,
}

trait Layer<T> {}

impl<T> SaveNpz for dyn Layer<T> + Send + '_ {
    fn plan<'a>(&'a self, _: &mut npz_core::__private::Plan<'a>) -> npz_core::Result<()> {
        Ok(())
    }
}

#[derive(SaveNpz, LoadNpz)]
struct Tree<A> {
    value: Array1<A>,
    children: Vec<Tree<A>>,
    left: Option<Box<Self>>,
    named: BTreeMap<String, self::Tree<A>>,
    wrapped: Vec<Wrapper<Tree<A>>>,
}

#[derive(SaveNpz, LoadNpz)]
struct Wrapper<T>(Option<Box<T>>);

// Each of the two holds the other, so one must say what they need.
#[derive(SaveNpz, LoadNpz)]
#[npz(bound = "A: npz_core::Element")]
struct Branch<A> {
    length: Array1<A>,
    twigs: Vec<Twig<A>>,
}

#[derive(SaveNpz, LoadNpz)]
struct Twig<A> {
    branch: Option<Box<Branch<A>>>,
}

fn main() {
    fn save<T: SaveNpz + ?Sized>() {}
    fn both<T: SaveNpz + LoadNpz>() {}
    both::<Model<f32, Ix2, f64, Nothing>>();
    both::<Model<f64, ndarray::IxDyn, Linear<f32>, Nothing>>();
    both::<Maps<String, f32, std::collections::hash_map::RandomState>>();
    both::<Trained<Plain>>();
    both::<Tree<f32>>();
    both::<Branch<f32>>();
    both::<Twig<f32>>();
    save::<Views<'_, f32, str, OwnedRepr<u8>, Ix2>>();
    save::<Tail<[f32]>>();
    save::<Dynamic<'_, Nothing>>();
}
