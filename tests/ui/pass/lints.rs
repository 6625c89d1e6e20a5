//! The strictest crates may use the derives. (`cargo clippy` has to be run on this by hand.)
#![deny(warnings, missing_docs, unused, future_incompatible, nonstandard_style, rust_2018_idioms)]
#![deny(
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    missing_debug_implementations,
    missing_copy_implementations,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use ndarray::{Array, Array1, Array2, ArrayD, ArrayView1, Dimension};
use npz_core::{LoadNpz, SaveNpz};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// Everything that can be written in a struct.
#[derive(Debug, SaveNpz, LoadNpz)]
#[npz(rename_all = "camelCase")]
pub struct Everything<A: Clone, T, D: Dimension, U = f32, const N: usize = 3>
where
    T: Clone,
{
    /// An array.
    pub weight: Array2<A>,
    /// Its dimension is the user's.
    pub tensor: Array<A, D>,
    /// A value.
    pub value: T,
    /// A list.
    pub list: Vec<Option<T>>,
    /// An array of fixed length.
    pub fixed: [f64; N],
    /// A marker.
    pub unit: PhantomData<U>,
    /// Made anew.
    #[npz(skip)]
    pub cache: Vec<u64>,
    /// May be absent.
    #[npz(default)]
    pub bias: Array1<f32>,
    /// May be absent.
    #[npz(default = "one")]
    pub gain: f64,
    /// A struct that the crate keeps to itself.
    hidden: Hidden<A>,
    /// What else is in the file.
    #[npz(flatten)]
    pub rest: BTreeMap<String, ArrayD<A>>,
}

#[derive(Debug, SaveNpz, LoadNpz)]
struct Hidden<A> {
    inner: Array1<A>,
}

/// A pair.
#[derive(Clone, Copy, Debug, SaveNpz, LoadNpz)]
pub struct Pair(pub f32, #[npz(rename = "second")] pub f64);

/// A newtype.
#[derive(Clone, Copy, Debug, SaveNpz, LoadNpz)]
pub struct Newtype(pub f32);

/// Every attribute of an entry.
#[derive(Debug, SaveNpz, LoadNpz)]
#[npz(separator = "/", version = 2, migrate = "renamed")]
pub struct Attributes {
    /// It had another name.
    #[npz(alias = "w", shape(rows, _))]
    pub weight: Array2<f32>,
    /// May be absent.
    #[npz(skip_if = "Vec::is_empty")]
    pub list: Vec<f32>,
    /// May be absent.
    #[npz(optional)]
    pub scale: f32,
    /// Saved by a module.
    #[npz(with = "halved")]
    pub twice: f32,
    /// A text.
    #[npz(json)]
    pub words: Vec<String>,
}

mod halved {
    pub(super) fn plan(value: &f32, plan: &mut npz_core::Plan<'_>) -> npz_core::Result<()> {
        plan.array(ndarray::arr0(value / 2.0))
    }
    pub(super) fn expect(at: &mut npz_core::Expect<'_>) {
        at.array::<f32, ndarray::Ix0>();
    }
    pub(super) fn load(at: &npz_core::Node<'_>) -> npz_core::Result<f32> {
        Ok(at.array::<f32, ndarray::Ix0>()?.into_scalar() * 2.0)
    }
}

fn renamed(from: u64, name: &str) -> Option<String> {
    (from < 2 && name == "scales").then(|| "scale".to_owned())
}

/// All kinds of variants.
#[derive(Clone, Debug, SaveNpz, LoadNpz)]
#[npz(rename_all = "snake_case", tag = "kind")]
pub enum Kinds<A> {
    /// Nothing.
    Unit,
    /// A value.
    Newtype(f32),
    /// Two values, of which one is in the file.
    Tuple(A, #[npz(skip)] u8),
    /// Named values.
    #[npz(rename_all = "camelCase")]
    Named {
        /// A value.
        some_value: Vec<A>,
        /// May be absent.
        #[npz(default)]
        bias: f32,
    },
}

/// Names alone.
#[derive(Clone, Copy, Debug, SaveNpz, LoadNpz)]
pub enum Units {
    /// One.
    First,
    /// Another.
    Second,
}

/// A unit.
#[derive(Clone, Copy, Debug, SaveNpz, LoadNpz)]
pub struct Unit;

/// Braces without anything in them.
#[derive(Clone, Copy, Debug, SaveNpz, LoadNpz)]
pub struct Empty {}

/// Borrows.
#[derive(Clone, Copy, Debug, SaveNpz)]
pub struct Borrowed<'a> {
    /// An array of someone else.
    pub view: ArrayView1<'a, f32>,
    /// A text of someone else.
    pub name: &'a str,
}

const fn one() -> f64 {
    1.0
}

fn main() {}
