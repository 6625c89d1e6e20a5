//! Derive macros of npz-core: a struct's fields are the named arrays of an npz file.
//!
//! This is the manual of `#[derive(SaveNpz)]`, `#[derive(LoadNpz)]`, `#[derive(ViewNpz)]` and their attribute
//! `#[npz(...)]`. The macros are used through `npz_core`, which exports them beside the traits.
//!
//! ```no_run
//! use ndarray::{Array1, Array2};
//! use npz_core::{LoadNpz, SaveNpz};
//!
//! #[derive(SaveNpz, LoadNpz)]
//! struct Linear {
//!     weight: Array2<f32>,
//!     bias: Option<Array1<f32>>,
//! }
//!
//! #[derive(SaveNpz, LoadNpz)]
//! struct Model {
//!     embed: Array2<f32>,
//!     layers: Vec<Linear>,
//!     #[npz(skip)]
//!     steps: u64,
//! }
//!
//! # fn main() -> npz_core::Result<()> {
//! # let linear = Linear { weight: Array2::zeros((2, 2)), bias: None };
//! # let model = Model { embed: Array2::zeros((3, 2)), layers: vec![linear], steps: 0 };
//! model.save_npz("model.npz")?; // "embed", "layers.0.weight"
//! let model = Model::load_npz("model.npz")?;
//! # Ok(())
//! # }
//! ```
//!
//! # What becomes of a struct
//!
//! | struct | in the file |
//! |---|---|
//! | `struct S { a: A, b: B }` | a level `a` and a level `b`; `r#type` is `type` |
//! | `struct S(A, B);` | a level `0` and a level `1`; a field keeps its number when others are skipped |
//! | `struct S(A);` | what `A` is, in the place of `S`: a newtype leaves no trace |
//! | `struct S;` | nothing |
//!
//! A level that is an array is an entry of that name. The levels of a struct inside a struct are
//! joined: `layers.0.weight`. A tuple struct whose fields are skipped but for one is a newtype
//! too, so a marker beside the value may stay: `struct S<U>(A, #[npz(skip)] PhantomData<U>)`.
//!
//! Enums and unions can't be derived for.
//!
//! # Attributes of a field
//!
//! **`#[npz(rename = "name")]`**: the level's name in the file.
//! It may have any character but NUL and `\`, can't be an absolute path nor have a part `..`, and
//! can't be `__metadata__`, where the file keeps its metadata. Dots reach down:
//!
//! ```
//! # use ndarray::Array2;
//! # use npz_core::{LoadNpz, SaveNpz};
//! /// One array of a large file.
//! #[derive(SaveNpz, LoadNpz)]
//! struct Head {
//!     #[npz(rename = "decoder.head.weight")]
//!     weight: Array2<f32>,
//! }
//! ```
//!
//! **`#[npz(skip)]`**: the field is not in the file. Loading takes `Default::default()`, or the
//! function of `default = "…"`.
//!
//! **`#[npz(default)]`**, **`#[npz(default = "path::to::function")]`**: where the file has no such
//! entry, loading takes `Default::default()`, or what the function returns. An `Option` needs no
//! `default`: without its entry it is `None`.
//!
//! ```
//! # use ndarray::Array2;
//! # use npz_core::{LoadNpz, SaveNpz};
//! #[derive(SaveNpz, LoadNpz)]
//! struct Attention {
//!     query: Array2<f32>,
//!     /// Files from before version 2 don't have it.
//!     #[npz(default = "one")]
//!     scale: f32,
//!     #[npz(skip)]
//!     cache: Vec<Array2<f32>>,
//! }
//!
//! fn one() -> f32 {
//!     1.0
//! }
//! ```
//!
//! **`#[npz(flatten)]`**: the field's own levels stand among those of the struct, without one for
//! the field. A flattened map takes every entry that no other field has.
//!
//! ```
//! # use ndarray::{Array2, ArrayD};
//! # use npz_core::{LoadNpz, SaveNpz};
//! # use std::collections::HashMap;
//! #[derive(SaveNpz, LoadNpz)]
//! struct Checkpoint {
//!     weight: Array2<f32>,
//!     #[npz(flatten)]
//!     others: HashMap<String, ArrayD<f32>>,
//! }
//! ```
//!
//! **`#[npz(bound = "…")]`**: replaces the bounds that this field would have added, see below.
//!
//! # Attributes of a struct
//!
//! **`#[npz(rename_all = "camelCase")]`**: how the names of all fields are written, but of those
//! with a `rename`. The rules are those of serde: `lowercase`, `UPPERCASE`, `PascalCase`,
//! `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `SCREAMING-KEBAB-CASE`.
//! (They differ in that `lowercase` lowers a `W` too, and in that letters beyond ASCII count.)
//!
//! **`#[npz(crate = "path")]`**: where npz-core is, if not at `::npz_core`; for macros and crates
//! that export it under another name.
//!
//! **`#[npz(bound = "…")]`**: replaces all inferred bounds.
//!
//! # Generic structs
//!
//! Bounds are inferred from the fields, so they need not be written:
//!
//! ```
//! # use ndarray::{Array, Array2};
//! # use npz_core::{LoadNpz, SaveNpz};
//! # #[derive(SaveNpz, LoadNpz)] struct Linear<A> { weight: Array2<A> }
//! # use std::marker::PhantomData;
//! #[derive(SaveNpz, LoadNpz)]
//! struct Model<A, D, T, U> {
//!     tensor: Array<A, D>,    // A: Element, D: Dimension
//!     layers: Vec<Linear<A>>, // Linear<A>: SaveNpz
//!     extra: Option<T>,       // T: SaveNpz
//!     unit: PhantomData<U>,   // nothing
//!     #[npz(skip)]
//!     cache: T, //                T: Default, to load
//! }
//! ```
//!
//! Inside of `Vec`, `Option`, `Box`, `Rc`, `Arc`, `&`, arrays, slices, tuples and the values of
//! `HashMap` and `BTreeMap`, the same rules hold. They go by the last word of a type's path: a
//! type of yours that is called `Array2` or `Vec` and is another thing needs `bound`. So do two
//! generic structs that hold each other, on one of the two:
//!
//! ```
//! # use ndarray::Array1;
//! # use npz_core::{LoadNpz, SaveNpz};
//! #[derive(SaveNpz, LoadNpz)]
//! #[npz(bound = "A: npz_core::Element")]
//! struct Branch<A> {
//!     length: Array1<A>,
//!     twigs: Vec<Twig<A>>,
//! }
//!
//! #[derive(SaveNpz, LoadNpz)]
//! struct Twig<A> {
//!     branch: Option<Box<Branch<A>>>,
//! }
//! ```
//!
//! `bound` takes a list of bounds, which may be empty; `bound(save = "…", load = "…", view = "…")`
//! has one for each trait, and leaves the trait that is not mentioned to be inferred.
//!
//! # Structs that borrow
//!
//! `#[derive(ViewNpz)]` is for structs whose arrays are views of a file's bytes, in memory or mapped.
//! What is owned is loaded by value. All attributes mean the same:
//!
//! ```no_run
//! # use ndarray::{ArrayView2, CowArray, Ix1};
//! # use npz_core::{NpzReader, ViewNpz};
//! #[derive(ViewNpz)]
//! struct Linear<'a> {
//!     #[npz(rename = "kernel")]
//!     weight: ArrayView2<'a, f32>,
//!     /// A copy, where a view is impossible.
//!     bias: CowArray<'a, f32, Ix1>,
//! }
//!
//! #[derive(ViewNpz)]
//! struct Model<'a> {
//!     layers: Vec<Linear<'a>>,
//!     step: u64,
//! }
//!
//! # fn main() -> npz_core::Result<()> {
//! let bytes = std::fs::read("model.npz").unwrap();
//! let model = Model::view_npz(bytes.as_slice())?; // or of a `NpzMap`
//! # Ok(())
//! # }
//! ```
//!
//! Such a struct has at most one lifetime, that of the bytes. It can derive `SaveNpz` as well.
//!
//! # Mistakes
//!
//! All mistakes of a struct are reported at once, each where it stands: unknown words, words that
//! contradict each other, two fields of one name, names that no entry can have. The structs are
//! checked against each other when a value is saved: names that clash through `flatten` or a dot
//! are an error before the file is touched.

mod ast;
mod attr;
mod bound;
mod case;
mod check;
mod emit;
mod errors;
mod fallback;
#[cfg(test)]
mod golden;
mod leaf;
mod load;
mod save;
mod suggest;
mod view;
mod words;

use crate::ast::Struct;
use crate::emit::{Derive, Private};
use crate::errors::Errors;
use proc_macro2::TokenStream;
use syn::{Data, DeriveInput};

/// Derives `SaveNpz`: every field is an entry of the file. See the [manual](crate).
#[proc_macro_derive(SaveNpz, attributes(npz))]
pub fn derive_save_npz(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into(), Derive::Save).into()
}

/// Derives `LoadNpz`: every field is read from its entry. See the [manual](crate).
#[proc_macro_derive(LoadNpz, attributes(npz))]
pub fn derive_load_npz(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into(), Derive::Load).into()
}

/// Derives `ViewNpz`: every field borrows from its entry, or is read from it. See the
/// [manual](crate#structs-that-borrow).
#[proc_macro_derive(ViewNpz, attributes(npz))]
pub fn derive_view_npz(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into(), Derive::View).into()
}

/// tokens → syn → `ast` → `check` → `save`, `load` or `view`; at a mistake, `fallback`.
fn expand(input: TokenStream, derive: Derive) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    match Struct::from_syn(&input, &mut errors) {
        Some(model) => {
            check::check(&model, &mut errors);
            if derive == Derive::View {
                view::check(&input, &mut errors);
            }
            if errors.is_empty() {
                let private = Private::new(&model.attrs);
                return match derive {
                    Derive::Save => save::expand(&model, &private),
                    Derive::Load => load::expand(&model, &private),
                    Derive::View => view::expand(&model, &private),
                };
            }
        }
        None => not_a_struct(&input, derive, &mut errors),
    }
    fallback::expand(&input, derive, &errors)
}

fn not_a_struct(input: &DeriveInput, derive: Derive, errors: &mut Errors) {
    let (the_trait, name) = (derive.trait_name(), &input.ident);
    let (keyword, kind) = match &input.data {
        Data::Struct(_) => return,
        Data::Enum(data) => (data.enum_token.span, "an enum"),
        Data::Union(data) => (data.union_token.span, "a union"),
    };
    let message = format!(
        "{the_trait} can be derived for structs only; for {kind}, write `impl {the_trait} for \
         {name}`, or keep it in a struct of its numbers and arrays"
    );
    errors.at_span(keyword, message);
}
