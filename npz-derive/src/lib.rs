#![doc = include_str!("manual.md")]

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
