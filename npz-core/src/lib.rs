//! NumPy's `.npy` and `.npz` files over [`ndarray`]: a bundle of named arrays that Python opens
//! with `np.load`, and the other way round.
//!
//! ```
//! use npz_core::ndarray::{Array1, Array2};
//! use npz_core::{LoadNpz, SaveNpz};
//!
//! #[derive(SaveNpz, LoadNpz)]
//! struct Linear<A> { weight: Array2<A>, bias: Array1<A> }
//!
//! #[derive(SaveNpz, LoadNpz)]
//! struct Weights<A> { embed: Array2<A>, layers: Vec<Linear<A>>, step: u64 }
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("m.npz");
//! let weights = Weights {
//!     embed: Array2::<f32>::eye(4),
//!     layers: vec![Linear { weight: Array2::zeros((4, 2)), bias: Array1::zeros(2) }],
//!     step: 7,
//! };
//! weights.save_npz(&path)?; // atomic, durable; np.load shows layers.0.weight and the others
//! let loaded = Weights::<f32>::load_npz(&path)?; // every name, shape and dtype checked
//! assert_eq!(loaded.layers[0].weight, weights.layers[0].weight);
//! # Ok::<(), npz_core::Error>(())
//! ```
//!
//! # Which door
//!
//! | to | use |
//! |---|---|
//! | save and load a struct, a map, a list | [`SaveNpz`], [`LoadNpz`], derived or not |
//! | save a few arrays at hand | [`savez!`] |
//! | look into an archive, load some of it | [`NpzReader`] |
//! | read some rows, or all by and by | [`NpzReader::slice`], [`NpzReader::chunks`], [`read_npy_slice`] |
//! | read into memory that is there | [`NpzReader::read_into`] |
//! | read an archive from a pipe | [`NpzStream`] |
//! | use arrays where they lie, in memory, in the program or in a mapped file | [`ViewNpz`], [`NpzReader::view`], [`NpyView`], [`include_npz!`], `NpzMap`, `NpyMap` |
//! | change arrays in a file in place | `NpzMapMut`, `NpyMapMut`, [`NpyViewMut`] |
//! | write an archive entry by entry, to any [`Write`](std::io::Write) | [`NpzWriter`] |
//! | read and write single `.npy` files | [`read_npy`], [`write_npy`], [`NpyReader`], [`NpyWriter`] |
//! | write an array row by row, in little memory | [`NpzWriter::array_writer`], [`NpyArrayWriter`] |
//! | append to a `.npy` file that is there | [`NpyAppender`] |
//! | change some entries of an archive | [`NpzEditor`] |
//! | read several arrays from one `.npy` stream | [`NpyStream`] |
//! | hold an array whatever its dtype | [`AnyArray`] |
//! | convert while loading | [`LoadOptions::cast`] |
//! | make a struct an array's element, as in a structured dtype | [`NpyRecord`](derive@NpyRecord) |
//! | make any type of your own one | [`Element`] |
//!
//! # On disk
//!
//! | Rust | entries |
//! |---|---|
//! | an array of any storage and dimension | itself, in C order |
//! | a scalar, a `String`, a record | one without dimensions (text as `<U`) |
//! | `Vec`, slice, `[T; N]` of scalars, `String` or records | one of one dimension |
//! | a struct with `#[derive(NpyRecord)]` | a record, such as `[('id', '<i8'), ('pos', '<f4', (3,))]` |
//! | `Vec`, slice, `[T; N]` of anything else, a tuple | `0`, `1`, … below its name |
//! | a struct | its fields' names below its name; a newtype is its only field |
//! | an enum | the variant's name as text; if it has fields, these below, and the name in `variant` |
//! | `HashMap`, `BTreeMap` with text or integer keys | its keys below its name, sorted |
//! | `Option` | nothing for `None`; what is absent loads as `None` |
//! | an empty list or map | one of shape `(0,)`, so that it can be told from a missing one |
//! | `bf16` | dtype `<V2`, as ml_dtypes, JAX and MLX write it |
//! | `usize`, `isize` | 8 bytes on every machine |
//! | other element types | see the [table of all dtypes](Element#dtypes) |
//!
//! Levels of a name are joined by `.`, as in `layers.0.weight`; the member of the archive has
//! `.npy` added. A value at the root without a name is `arr_0`, as in `np.savez`. A list or map
//! with an item that writes nothing (`None`, a struct without fields) can't be saved, since it
//! would come back shorter.
//!
//! # Metadata
//!
//! What the arrays can't say stands in a last entry, `__metadata__`: JSON in an array of `u8`. It is
//! written only if there is something to say, and no name of yours can be `__metadata__`.
//!
//! ```text
//! {
//!   "aliases":  {"head.weight": "embed.weight"},        what is stored once for both names
//!   "dtypes":   {"layers.0.weight": "float8_e4m3fn"},   what the entry's '|V1' means
//!   "metadata": {"licence": "CC0"},                     strings of the user's
//!   "version":  2                                       of the struct that was saved
//! }
//! ```
//!
//! "dtypes" has the entries whose type is more than their dtype tells, by `ml_dtypes`' names;
//! "metadata" is given by [`SaveOptions::metadata`] and read by [`NpzReader::metadata`]. Unknown
//! keys are passed over. `np.load` shows the entry as one more array, and
//! `json.loads(bytes(file["__metadata__"]))` reads it.
//!
//! "aliases" are for tied weights. What several fields share, by `Arc`, `Rc` or `ArcArray`, is
//! stored once, under the first field's name; an alias is a name, or a level of names, that stands
//! for another. NumPy sees the first name only. (Two directory entries for the same bytes would
//! show it both, but many readers take such an archive for damaged or malicious, this crate
//! among them.) What an alias stands for is an entry, or all entries below a level, and never
//! another alias. After loading, the fields share the value again.
//!
//! # What can be relied on
//!
//! - Saving to a path is atomic and durable: see [`SaveNpz::save_npz`]. What saves leave behind that
//!   were killed, [`sweep_stale`] removes.
//! - Equal values make equal files, whatever the machine and the time.
//! - Loading checks all names, dtypes and shapes before it reads data, and tells every difference
//!   in one [`Error`]. Entries that nobody asked for are an error too, unless
//!   [`LoadOptions::allow_unexpected`] says otherwise.
//! - A file is not trusted: no number in it makes the reader allocate or loop beyond [`Limits`] and
//!   the file's own size, every checksum is compared before a value is handed out (but for views,
//!   which would have to read all of what they are there to leave alone), pickles are never read.
//! - There is no `unsafe` but where files are mapped, with its contract beside it, and in one call
//!   that asks the system for large pages.
//!
//! # Features
//!
//! All on by default: `derive`, the derive macros; `deflate`, compressed entries; `mmap`, memory
//! maps; `zip`, for [`LoadOptions::lenient`]. Off by default: `bzip2`, `lzma` and `zstd` add these
//! methods to the lenient reader; `digest` adds [`AnyArray`]'s and [`NpzReader`]'s; `json` is for
//! `#[npz(json)]`; `failpoints` lets the tests make saves fail; `chrono` and `jiff` convert [`DateTime64`] and [`TimeDelta64`] from and to the
//! types of these crates. Without any feature, stored archives and `.npy` files are read and
//! written.

mod dtype;
mod element;
mod error;
mod include;
#[cfg(all(test, npz_shuttle))]
mod interleavings;
mod io;
mod limits;
mod literal;
mod nearest;
mod npy;
mod npz;
mod options;
mod rules;
mod savez;
mod tree;

#[doc(hidden)]
pub mod __private;

pub use ndarray;
#[cfg(feature = "derive")]
pub use npz_derive::{LoadNpz, NpyRecord, SaveNpz, ViewNpz};

pub use crate::dtype::{
    ByteOrder, DType, Field, Record, Scalar, ScalarKind, Subarray, TimeUnit, Unit,
};
pub use crate::element::{
    ByteString, Bytes, ComplexLongDouble, DateTime64, Element, F4E2M1Fn, F6E2M3Fn, F6E3M2Fn,
    F8E3M4, F8E4M3, F8E4M3B11Fnuz, F8E4M3Fn, F8E4M3Fnuz, F8E5M2, F8E5M2Fnuz, F8E8M0Fnu,
    FixedElement, Int1, Int2, Int4, LongDouble, LossyString, Payload, RecordField, Text,
    TimeDelta64, UInt1, UInt2, UInt4, Void, unit,
};
pub use crate::error::{Error, ErrorKind, Result};
pub use crate::io::atomic::AtomicFile;
#[cfg(feature = "mmap")]
pub use crate::io::mmap::{NpyMap, NpyMapMut, NpzMap, NpzMapMut};
pub use crate::io::read_at::{ReadAt, SeekSource};
pub use crate::io::sweep::sweep_stale;
pub use crate::limits::Limits;
pub use crate::npy::{
    AnyArray, AnyPieces, ArrayChunks, Decoded, Header, NpyAppender, NpyArrayWriter, NpyReader,
    NpyStream, NpyView, NpyViewMut, NpyWriter, Order, RawArray, ValueCounts, Version, read_npy,
    read_npy_slice, read_npy_slice_with, read_npy_with, write_npy, write_npy_with,
};
pub use crate::npz::{
    ArrayWriter, Entry, EntryReport, Heading, Headings, Method, NpzEditor, NpzReader, NpzStream,
    NpzWriter, StreamEntry, VerifyReport,
};
pub use crate::options::{Cast, Compression, LoadOptions, Progress, SaveOptions, VerifyOptions};
#[cfg(feature = "json")]
pub use crate::tree::json;
pub use crate::tree::{
    Dim, Expect, LoadNpz, LoadReport, Missing, Node, Plan, SaveNpz, Schema, SchemaEntry, ViewNode,
    ViewNpz, ViewSource,
};

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

// Lets the examples and tests of this crate derive.
#[cfg(feature = "derive")]
extern crate self as npz_core;
