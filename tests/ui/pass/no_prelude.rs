//! The expansions lean on no prelude, and on no name that the user may have taken.
#![no_implicit_prelude]
#![deny(warnings)]
#![allow(dead_code, non_camel_case_types, unused_imports)]

mod taken {
    pub struct Ok;
    pub struct Err;
    pub struct Some;
    pub struct None;
    pub struct Result;
    pub struct Option;
    pub struct Vec;
    pub struct Self_;
    pub struct Default;
    pub struct Plan;
    pub struct Expect;
    pub struct Node;
    pub struct Element;
    pub struct str;
    pub struct usize;
    pub mod core {}
    pub mod std {}
    pub mod npz_core {}
    pub mod ndarray {}
    pub mod __private {}
    pub trait SaveNpz {}
    pub trait LoadNpz {}
}

use taken::*;

#[derive(::npz_core::SaveNpz, ::npz_core::LoadNpz)]
struct Named<A, T> {
    weight: ::ndarray::Array2<A>,
    values: ::std::vec::Vec<T>,
    #[npz(skip)]
    cache: ::std::option::Option<u64>,
    #[npz(default)]
    bias: f32,
    #[npz(default = "one")]
    gain: f32,
    #[npz(flatten)]
    rest: ::std::collections::BTreeMap<::std::string::String, ::ndarray::ArrayD<A>>,
}

#[derive(::npz_core::SaveNpz, ::npz_core::LoadNpz)]
struct Tuple(f32, #[npz(rename = "last")] f64);

#[derive(::npz_core::SaveNpz, ::npz_core::LoadNpz)]
#[npz(separator = "/", version = 1)]
enum Enum<T> {
    None,
    Some(f32, #[npz(skip)] u8),
    Ok {
        #[npz(alias = "w", shape(_, n), skip_if = "::ndarray::Array2::is_empty")]
        err: ::ndarray::Array2<f32>,
        #[npz(json)]
        str: ::std::string::String,
        #[npz(optional)]
        usize: T,
    },
}

#[derive(::npz_core::SaveNpz, ::npz_core::LoadNpz)]
struct Newtype(f32);

#[derive(::npz_core::SaveNpz, ::npz_core::LoadNpz)]
struct Unit;

fn one() -> f32 {
    1.0
}

fn main() {}
