//! Records among taken names, without a prelude, and under the strictest lints.
#![no_implicit_prelude]
#![deny(warnings, missing_docs, unused, future_incompatible, nonstandard_style, rust_2018_idioms)]
#![deny(missing_debug_implementations, trivial_casts, unreachable_pub, unused_qualifications)]
#![deny(unused_results, unused_lifetimes, single_use_lifetimes, explicit_outlives_requirements)]
#![deny(clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

#[allow(dead_code, missing_docs, missing_debug_implementations, non_camel_case_types)]
#[allow(unreachable_pub)]
mod taken {
    pub struct Ok;
    pub struct Some;
    pub struct Result;
    pub struct Option;
    pub struct Vec;
    pub struct Iterator;
    pub struct Default;
    pub struct Element;
    pub struct Encoder;
    pub struct Decoder;
    pub struct Fields;
    pub struct Layout;
    pub struct DType;
    pub struct u8;
    pub struct usize;
    pub struct bool;
    pub mod core {}
    pub mod std {}
    pub mod npz_core {}
    pub mod record {}
}

#[allow(unused_imports)]
use taken::*;

use ::std::clone::Clone;
use ::std::cmp::PartialEq;
use ::std::fmt::Debug;
use ::std::marker::PhantomData;

/// A record.
#[derive(Clone, Debug, PartialEq, ::npz_core::NpyRecord)]
pub struct Particle {
    /// Its number.
    pub id: i64,
    /// Where it is.
    pub pos: [[f32; 3]; 2],
    /// A record that the crate keeps to itself.
    r#type: Hidden<f64, 2>,
}

#[derive(Clone, Copy, Debug, PartialEq, ::npz_core::NpyRecord)]
#[npz(align, allow_unexpected, rename_all = "UPPERCASE")]
struct Hidden<T, const N: ::core::primitive::usize> {
    values: [T; N],
    #[npz(skip)]
    cache: ::std::option::Option<()>,
    #[npz(skip, default = "seven")]
    seven: i32,
}

/// A tuple.
#[derive(Clone, Debug, PartialEq, ::npz_core::NpyRecord)]
#[npz(packed)]
pub struct Tuple(f32, ::core::primitive::bool);

/// A record with a marker, and a tree as well.
#[derive(Clone, Debug, PartialEq)]
#[derive(::npz_core::NpyRecord, ::npz_core::SaveNpz, ::npz_core::LoadNpz)]
#[npz(element_only)]
pub struct Unit<T, U> {
    /// The number.
    pub number: T,
    #[npz(skip)]
    unit: PhantomData<U>,
}

/// A deprecated one.
#[derive(Clone, Debug, ::npz_core::NpyRecord)]
pub struct Old {
    /// The field.
    #[deprecated]
    pub field: f32,
}

const fn seven() -> i32 {
    7
}

/// What the derives promise.
fn value<T: ::npz_core::Element + ::npz_core::SaveNpz + ::npz_core::LoadNpz>() {}

fn main() {
    /// A struct in a function is not in the crate's module tree.
    #[derive(Clone, ::npz_core::NpyRecord)]
    struct Local {
        particles: [Particle; 2],
    }
    value::<Local>();
    value::<Tuple>();
    value::<Unit<f32, ::core::primitive::u8>>();
}
