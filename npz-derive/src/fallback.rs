//! What comes out when the struct has mistakes: the mistakes, and an empty impl beside them.
//!
//! Without the impl every `save_npz()` in the program would be an error of its own, and the one
//! that matters would drown.

use crate::attr::StructAttrs;
use crate::emit::{self, Derive, Private};
use crate::errors::Errors;
use crate::words::On;
use crate::{load, record, save, view};
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

pub(crate) fn expand(input: &DeriveInput, derive: Derive, errors: &Errors) -> TokenStream {
    // Mistakes in these attributes are in `errors` already.
    let attrs = StructAttrs::parse(&input.attrs, On::Struct, &mut Errors::default());
    let private = Private::new(&attrs);
    if derive == Derive::Record {
        let stub = record::fallback(input, &attrs, &private);
        return quote!(#errors #stub);
    }
    let never = quote!(::core::unreachable!());
    let methods = match derive {
        Derive::Save => save::methods(input, &private, &never),
        Derive::Load | Derive::Record => load::methods(&private, &never, &never),
        Derive::View => view::methods(input, &private, &never, &never),
    };
    let stub = emit::impl_block(input, &private, derive, Vec::new(), &methods);
    quote!(#errors #stub)
}
