//! Derive macros of npz-core: a struct's fields are the named arrays of an npz file.
//!
//! This is the manual of `#[derive(SaveNpz)]`, `#[derive(LoadNpz)]`, `#[derive(ViewNpz)]`,
//! `#[derive(NpyRecord)]` and their attribute `#[npz(...)]`. The macros are used through `npz_core`,
//! which exports them beside the traits.
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
//! Unions can't be derived for.
//!
//! # What becomes of an enum
//!
//! A variant of which no field is in the file is its name, as text in the enum's own place. Any
//! other has its fields below that place, like a struct, and beside them its name, in the entry
//! `variant`:
//!
//! ```
//! # use ndarray::{Array2, ArrayView2, aview2};
//! # use npz_core::{LoadNpz, SaveNpz};
//! #[derive(SaveNpz, LoadNpz)]
//! enum Layer {
//!     Relu,                          // layers.0 = "Relu"
//!     Linear { weight: Array2<f32> }, // layers.1.variant = "Linear", layers.1.weight
//!     LeakyRelu(f32),                // layers.2.variant = "LeakyRelu", layers.2.0
//! }
//!
//! #[derive(SaveNpz, LoadNpz)]
//! struct Model {
//!     layers: Vec<Layer>,
//! }
//! ```
//!
//! Fields in variants have the attributes that fields of structs have. (A variant of one unnamed
//! field is no newtype: it has a level `0`, a `rename` or `flatten`.) A name that is none of the
//! enum's is an error that lists those that are. `T::schema()` describes the fields of all
//! variants, as optional; `update_from_npz` replaces an enum as a whole.
//!
//! # Attributes of a field
//!
//! | to | use |
//! |---|---|
//! | give the entry another name | [`rename`](#rename), [`alias`](#alias) |
//! | leave it out of the file | [`skip`](#skip), [`skip_if`](#skip_if) |
//! | load files that lack it | [`default`](#default), [`optional`](#default) |
//! | check its shape | [`shape`](#shape) |
//! | save it in a way of your own | [`with`](#with), [`json`](#json) |
//! | save its parts among those of the struct | [`flatten`](#flatten) |
//! | load arrays of another dtype | [`cast`](#cast) |
//! | say what type parameters must be | [`bound`](#generic-structs) |
//!
//! ## rename
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
//! ## alias
//!
//! **`#[npz(alias = "old")]`**, **`#[npz(alias("old", "older"))]`**: names that the level had, or has
//! in files from elsewhere. Loading takes the first that the file has: the level's name, then the
//! aliases as they are written. Saving doesn't use them.
//!
//! ## skip
//!
//! **`#[npz(skip)]`**: the field is not in the file. Loading takes `Default::default()`, or the
//! function of `default = "…"`.
//!
//! ## skip_if
//!
//! **`#[npz(skip_if = "path::to::function")]`**: the field is left out when `fn(&T) -> bool` says
//! so. Loading takes `Default::default()` then, or the function of `default = "…"`.
//!
//! ```
//! # use npz_core::{LoadNpz, SaveNpz};
//! #[derive(SaveNpz, LoadNpz)]
//! struct Run {
//!     #[npz(skip_if = "Vec::is_empty")]
//!     notes: Vec<String>,
//! }
//! ```
//!
//! ## default
//!
//! **`#[npz(default)]`**, **`#[npz(default = "path::to::function")]`**: where the file has no such
//! entry, loading takes `Default::default()`, or what the function returns. An `Option` needs no
//! `default`: without its entry it is `None`. **`#[npz(optional)]`** is another word for `default`
//! without a function.
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
//! ## shape
//!
//! **`#[npz(shape(vocab, 3, _))]`**, **`#[npz(shape = "vocab, 3, _")]`**: the array's shape, checked
//! before any data is loaded. A number is that length, `_` is any; a name is a length that must be
//! the same wherever the name stands in this struct or variant.
//!
//! ```
//! # use ndarray::{Array1, Array2};
//! # use npz_core::{LoadNpz, SaveNpz};
//! #[derive(SaveNpz, LoadNpz)]
//! struct Embedding {
//!     #[npz(shape(vocab, dim))]
//!     table: Array2<f32>,
//!     #[npz(shape(dim))]
//!     bias: Array1<f32>,
//! }
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("e.npz");
//! let wrong = Embedding { table: Array2::zeros((9, 4)), bias: Array1::zeros(5) };
//! wrong.save_npz(&path)?;
//! let error = Embedding::load_npz(&path).err().unwrap().to_string();
//! assert!(error.contains("expected shape (dim) with dim = 4 as in table, found (5,)"), "{error}");
//! # Ok::<(), npz_core::Error>(())
//! ```
//!
//! ## with
//!
//! **`#[npz(with = "path::to::module")]`**: the module's functions save and load the field, which
//! may be of any type. They stand at the field's level, and may add to it what they like.
//!
//! ```
//! use ndarray::{Array2, Ix2};
//! use npz_core::{Expect, LoadNpz, Node, Plan, Result, SaveNpz};
//!
//! /// Transposed in the file, as PyTorch has it.
//! mod transposed {
//!     # use super::*;
//!     pub fn plan<'a>(value: &'a Array2<f32>, plan: &mut Plan<'a>) -> Result<()> {
//!         plan.array(value.t())
//!     }
//!     pub fn expect(at: &mut Expect<'_>) {
//!         at.array::<f32, Ix2>();
//!     }
//!     pub fn load(at: &Node<'_>) -> Result<Array2<f32>> {
//!         Ok(at.array::<f32, Ix2>()?.reversed_axes())
//!     }
//! }
//!
//! #[derive(SaveNpz, LoadNpz)]
//! struct Linear {
//!     #[npz(with = "transposed")]
//!     weight: Array2<f32>,
//! }
//! # fn main() {}
//! ```
//!
//! No bounds are inferred for such a field.
//!
//! ## json
//!
//! **`#[npz(json)]`**: the field, of any type that serde knows, is one text in JSON. For
//! hyperparameters and the like: `json.loads(str(np.load(path)["settings"]))`. Needs the feature
//! `json` of npz-core. No bounds are inferred for such a field.
//!
//! ## flatten
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
//! ## cast
//!
//! **`#[npz(cast)]`**, **`#[npz(cast = "any")]`**: arrays of this field that have another dtype in
//! the file are converted while loading; by `cast` alone only where no value can change
//! (`Cast::Lossless`), by `"any"` every number to every other (`Cast::Any`). It holds for all that
//! is inside the field, whatever `LoadOptions::cast` says.
//!
//! ```
//! # use ndarray::Array2;
//! # use npz_core::LoadNpz;
//! #[derive(LoadNpz)]
//! struct Embedding {
//!     /// From files of `f16`, `bf16`, `f32` or `f64`.
//!     #[npz(cast)]
//!     weight: Array2<f64>,
//! }
//! ```
//!
//! ## bound
//!
//! **`#[npz(bound = "…")]`**: replaces the bounds that this field would have added, see below.
//!
//! # Attributes of a struct or an enum
//!
//! **`#[npz(rename_all = "camelCase")]`**: how the names of all fields are written, but of those
//! with a `rename`. The rules are those of serde: `lowercase`, `UPPERCASE`, `PascalCase`,
//! `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `SCREAMING-KEBAB-CASE`.
//! (They differ in that `lowercase` lowers a `W` too, and in that letters beyond ASCII count.)
//!
//! Of an enum, `rename_all` says how the names of the variants are written, but of those with a
//! `rename`; on a variant, how the names of its fields are.
//!
//! **`#[npz(tag = "kind")]`**, of an enum: the entry that names the variant, beside its fields;
//! `variant` without this.
//!
//! **`#[npz(separator = "/")]`**: what joins the levels of a name, where the value is saved or
//! loaded as a whole; `.` without this. What `SaveOptions` and `LoadOptions` say goes before it;
//! inside of another value it says nothing.
//!
//! **`#[npz(version = 2)]`**, **`#[npz(version = 2, migrate = "path::to::function")]`**: the version
//! of the names and their meaning, where the value is saved or loaded as a whole. A file of a later
//! version is refused. For one of an earlier version, `fn(from: u64, name: &str) -> Option<String>`
//! gives each entry its name of today; `None` keeps it. A file without a version is version 0.
//!
//! ```
//! # use ndarray::Array2;
//! # use npz_core::{LoadNpz, SaveNpz};
//! #[derive(SaveNpz, LoadNpz)]
//! #[npz(version = 2, migrate = "renamed")]
//! struct Model {
//!     embed: Array2<f32>,
//! }
//!
//! /// Before version 2, `embed` was called `table`.
//! fn renamed(from: u64, name: &str) -> Option<String> {
//!     (from < 2 && name == "table").then(|| "embed".to_owned())
//! }
//! ```
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
//! `bound` takes a list of bounds, which may be empty; `bound(save = "…", load = "…",
//! view = "…", record = "…")` has one for each derive, and leaves those that are not mentioned to be
//! inferred.
//!
//! # Records
//!
//! `#[derive(NpyRecord)]` makes a struct the *item* of arrays, which NumPy calls a structured
//! dtype: one entry holds all fields of all items, row by row. (With `SaveNpz`, each field is an
//! entry of its own.)
//!
//! ```
//! use ndarray::{Array1, arr1};
//! use npz_core::{Element, LoadNpz, NpyRecord, SaveNpz};
//!
//! #[derive(Clone, Debug, PartialEq, NpyRecord)]
//! struct Particle {
//!     id: i64,
//!     #[npz(rename = "position")]
//!     pos: [f32; 3],
//!     spin: Spin,
//! }
//!
//! #[derive(Clone, Debug, PartialEq, NpyRecord)]
//! struct Spin {
//!     up: bool,
//! }
//!
//! let dtype = Particle::dtype([].into_iter())?;
//! assert_eq!(
//!     dtype.to_string(),
//!     "[('id', '<i8'), ('position', '<f4', (3,)), ('spin', [('up', '|b1')])]"
//! );
//!
//! /// Records are the items of arrays and lists, and stand alone, like numbers.
//! #[derive(SaveNpz, LoadNpz)]
//! struct World {
//!     sun: Particle,
//!     planets: Vec<Particle>,
//!     dust: Array1<Particle>,
//! }
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("world.npz");
//! let sun = Particle { id: 1, pos: [0.0; 3], spin: Spin { up: true } };
//! let world = World { dust: arr1(&[sun.clone()]), planets: vec![sun.clone()], sun };
//! world.save_npz(&path)?; // np.load(path)["planets"]["position"] has the shape (1, 3)
//! assert_eq!(World::load_npz(&path)?.dust, world.dust);
//! # Ok::<(), npz_core::Error>(())
//! ```
//!
//! | field | in the dtype |
//! |---|---|
//! | `bool`, a number, any `FixedElement` | what it is as the item of an array |
//! | `[T; N]`, `[[T; N]; M]` | a subarray of shape `(N,)`, `(M, N)` |
//! | another record | a nested record |
//! | of a tuple struct | named `f0`, `f1`, …, as NumPy names it |
//!
//! **Written**, fields stand one behind the other, as in `np.dtype([...])`; `#[npz(packed)]` says
//! so explicitly. With **`#[npz(align)]`** they stand as in `np.dtype([...], align=True)`, with
//! gaps and at the end as well. Bytes in gaps are zero. (NumPy writes what happens to be in memory
//! there.) A nested record has the layout that its own derive says.
//!
//! **Read**, fields are found by name, so their order, offsets, gaps, titles and byte orders don't
//! matter. Each needs its dtype and shape. What is missing, is of another type, or is in the file
//! alone is told in one error. **`#[npz(allow_unexpected)]`** passes over what is in the file
//! alone, which is lost when the records are saved again.
//!
//! `rename`, `rename_all`, `skip` with its `default = "…"`, `crate` and `bound` mean what they mean
//! for the other derives. Bounds are inferred as `T: RecordField`. The struct has to be `Clone`.
//!
//! The derive implements `SaveNpz` and `LoadNpz` too, as for a number, so those can't be derived
//! beside it; the compiler would report conflicting implementations. With
//! **`#[npz(element_only)]`** it doesn't, and they can: then a value alone is a level with an entry
//! for each field, and an array of them is still one entry.
//!
//! # Structs that borrow
//!
//! `#[derive(ViewNpz)]` is for structs whose arrays are views of a file's bytes, in memory or
//! mapped. What is owned is loaded by value. All attributes mean the same,
//! but for `with`, `json` and `cast`, which would need a copy:
//!
//! ```no_run
//! # use ndarray::{ArrayView2, CowArray, Ix1};
//! # use npz_core::ViewNpz;
//! #[derive(ViewNpz)]
//! struct Linear<'a> {
//!     weight: ArrayView2<'a, f32>,
//!     /// A copy, where a view is impossible.
//!     bias: CowArray<'a, f32, Ix1>,
//! }
//! #[derive(ViewNpz)]
//! struct Model<'a> {
//!     layers: Vec<Linear<'a>>,
//! }
//!
//! let bytes = std::fs::read("model.npz").unwrap();
//! let model = Model::view_npz(bytes.as_slice())?; // or of a `NpzMap`
//! # Ok::<(), npz_core::Error>(())
//! ```
//!
//! Such a struct has at most one lifetime, that of the bytes. Enums can't be viewed.
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
mod entry;
mod enums;
mod errors;
mod expand;
mod fallback;
#[cfg(test)]
mod golden;
mod leaf;
mod load;
mod record;
mod save;
mod shape;
mod suggest;
mod view;
mod words;

use crate::emit::Derive;
use crate::expand::expand;

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

/// Derives `Element`: the struct is the item of arrays, a record of its fields. See the
/// [manual](crate#records).
#[proc_macro_derive(NpyRecord, attributes(npz))]
pub fn derive_npy_record(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into(), Derive::Record).into()
}

/// Derives `ViewNpz`: every field borrows from its entry, or is read from it. See the
/// [manual](crate#structs-that-borrow).
#[proc_macro_derive(ViewNpz, attributes(npz))]
pub fn derive_view_npz(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into(), Derive::View).into()
}
