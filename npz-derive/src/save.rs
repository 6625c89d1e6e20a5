//! `SaveNpz`: one call for each field that is in the file.

use crate::ast::{Field, Role, Struct};
use crate::bound;
use crate::emit::{self, Derive, Private};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Member};

/// The impl of `SaveNpz` for a struct without mistakes.
pub(crate) fn expand(input: &Struct<'_>, private: &Private) -> TokenStream {
    let calls = input.fields.iter().filter_map(|field| call(field, private));
    let body = quote! {
        #(#calls)*
        #private::Result::Ok(())
    };
    let predicates = bound::predicates(input, private, Derive::Save);
    let methods = methods(input.original, private, &body);
    emit::impl_block(input.original, private, Derive::Save, predicates, &methods)
}

/// The trait's methods, which plan the entries by `body`.
pub(crate) fn methods(input: &DeriveInput, private: &Private, body: &TokenStream) -> TokenStream {
    let lifetime = emit::fresh_lifetime(input);
    quote! {
        fn plan<#lifetime>(
            &#lifetime self,
            __plan: &mut #private::Plan<#lifetime>,
        ) -> #private::Result<()> {
            #body
        }
    }
}

fn call(field: &Field<'_>, private: &Private) -> Option<TokenStream> {
    let value = value(field);
    match &field.role {
        Role::Entry(name) => {
            let name = &name.text;
            Some(quote!(#private::Plan::field(__plan, #name, #value)?;))
        }
        Role::Flattened => Some(quote!(#private::Plan::flatten(__plan, #value)?;)),
        Role::Transparent => Some(quote!(#private::Plan::transparent(__plan, #value)?;)),
        Role::Skipped => None,
    }
}

/// `&self.field`, placed at the field's type.
fn value(field: &Field<'_>) -> TokenStream {
    let (first, last) = emit::ends(field.ty);
    let mut member = field.member.clone();
    match &mut member {
        Member::Named(ident) => ident.set_span(ident.span().located_at(last)),
        Member::Unnamed(index) => index.span = last,
    }
    let borrowed_self = quote_spanned!(first=> &self);
    quote!(#borrowed_self.#member)
}
