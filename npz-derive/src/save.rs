//! `SaveNpz`: one call for each field that is in the file.

use crate::ast::{Field, Role, Struct};
use crate::attr::StructAttrs;
use crate::bound;
use crate::emit::{self, Derive, Private};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Member};

/// The impl of `SaveNpz` for a struct without mistakes.
pub(crate) fn expand(input: &Struct<'_>, private: &Private) -> TokenStream {
    let calls = input.fields.iter().filter_map(|field| call(field, &value(field), private));
    let body = quote! {
        #(#calls)*
        #private::Result::Ok(())
    };
    let (original, attrs, fields) = (input.original, &input.attrs, input.fields.iter());
    let predicates = bound::predicates(original, attrs, fields, private, Derive::Save);
    let mut methods = methods(original, private, &body);
    let only = input.only_field().map(value);
    methods.extend(about_the_file(attrs, only.as_ref(), private));
    emit::impl_block(original, private, Derive::Save, predicates, &methods)
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

/// What the struct or enum says of the file that it is saved to as a whole, or else what the newtype's
/// `only` field does.
pub(crate) fn about_the_file(
    attrs: &StructAttrs,
    only: Option<&TokenStream>,
    private: &Private,
) -> TokenStream {
    let of_only = |method: TokenStream| only.map(|only| quote!(#private::SaveNpz::#method(#only)));
    let separator = attrs.separator().or_else(|| of_only(quote!(separator)));
    let separator = separator.map(|value| {
        quote! {
            fn separator(&self) -> ::core::option::Option<&'static ::core::primitive::str> {
                #value
            }
        }
    });
    let version = attrs.version().or_else(|| of_only(quote!(version)));
    let version = version.map(|value| {
        quote! {
            fn version(&self) -> ::core::option::Option<::core::primitive::u64> {
                #value
            }
        }
    });
    quote!(#separator #version)
}

/// Plans the field whose reference is `value`; nothing for what is not in the file.
pub(crate) fn call(
    field: &Field<'_>,
    value: &TokenStream,
    private: &Private,
) -> Option<TokenStream> {
    let custom = field.custom("plan", private);
    let call = match (&field.role, custom) {
        (Role::Entry(name), None) => {
            let name = &name.text;
            quote!(#private::Plan::field(__plan, #name, #value)?;)
        }
        (Role::Entry(name), Some(plan)) => {
            let name = &name.text;
            quote!(#private::Plan::field_with(__plan, #name, |__plan| #plan(#value, __plan))?;)
        }
        (Role::Flattened, _) => quote!(#private::Plan::flatten(__plan, #value)?;),
        (Role::Transparent, None) => quote!(#private::Plan::transparent(__plan, #value)?;),
        (Role::Transparent, Some(plan)) => quote!(#plan(#value, __plan)?;),
        (Role::Skipped, _) => return None,
    };
    Some(match &field.attrs.skip_if {
        Some(skip_if) => {
            let (path, (_, last)) = (&skip_if.value, emit::ends(&skip_if.value));
            let is_left_out = quote_spanned!(last=> #path(#value));
            let not = quote_spanned!(last=> !);
            quote!(if #not #is_left_out { #call })
        }
        None => call,
    })
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
