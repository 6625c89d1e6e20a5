//! `LoadNpz`: `expect` says what is needed, `load` builds the struct from it. The two are mirror
//! images; only what is not in the file appears in `load` alone.

use crate::ast::{Field, Role, Struct, Style};
use crate::attr::Fallback;
use crate::bound;
use crate::emit::{self, Derive, Private};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;

/// The impl of `LoadNpz` for a struct without mistakes.
pub(crate) fn expand(input: &Struct<'_>, private: &Private) -> TokenStream {
    let siblings: Vec<&str> = input.entry_names().map(|name| name.text.as_str()).collect();
    let each = || input.fields.iter().map(|field| Call { field, private, siblings: &siblings });

    let expected = each().filter_map(|call| call.expect());
    let expect = quote!(#(#expected)*);
    let built = build(input, each());
    let load = quote!(#private::Result::Ok(#built));

    let predicates = bound::predicates(input, private, Derive::Load);
    let mut methods = methods(private, &expect, &load);
    methods.extend(is_leaf(input, private));
    emit::impl_block(input.original, private, Derive::Load, predicates, &methods)
}

/// The trait's methods with these bodies.
pub(crate) fn methods(private: &Private, expect: &TokenStream, load: &TokenStream) -> TokenStream {
    quote! {
        fn expect(__at: &mut #private::Expect<'_>) {
            #expect
        }

        fn load(__at: &#private::Node<'_>) -> #private::Result<Self> {
            #load
        }
    }
}

/// A newtype of an array is an array too: as a map's value its key may have any dots.
fn is_leaf(input: &Struct<'_>, private: &Private) -> Option<TokenStream> {
    let only = input.fields.iter().find(|field| matches!(field.role, Role::Transparent))?;
    let ty = only.ty;
    Some(quote! {
        fn is_leaf() -> bool {
            <#ty as #private::LoadNpz>::is_leaf()
        }
    })
}

/// `Self { … }`, `Self(…)` or `Self`.
fn build<'a>(input: &Struct<'_>, calls: impl Iterator<Item = Call<'a>>) -> TokenStream {
    match input.style {
        Style::Named => {
            let fields = calls.map(|call| {
                let (member, value) = (&call.field.member, call.load());
                quote!(#member: #value)
            });
            quote!(Self { #(#fields),* })
        }
        Style::Tuple => {
            let values = calls.map(|call| call.load());
            quote!(Self(#(#values),*))
        }
        Style::Unit => quote!(Self),
    }
}

/// A field, with what its calls need beside it.
struct Call<'a> {
    field: &'a Field<'a>,
    private: &'a Private,
    siblings: &'a [&'a str],
}

impl Call<'_> {
    fn expect(&self) -> Option<TokenStream> {
        let Self { field, private, siblings } = self;
        let ty = field.ty;
        match &field.role {
            Role::Entry(name) => {
                let name = &name.text;
                Some(if field.attrs.default.is_some() {
                    quote!(#private::Expect::field_or_default::<#ty>(__at, #name);)
                } else {
                    quote!(#private::Expect::field::<#ty>(__at, #name);)
                })
            }
            Role::Flattened => {
                Some(quote!(#private::Expect::flatten::<#ty>(__at, &[#(#siblings),*]);))
            }
            Role::Transparent => Some(quote!(#private::Expect::transparent::<#ty>(__at);)),
            Role::Skipped => None,
        }
    }

    fn load(&self) -> TokenStream {
        let Self { field, private, siblings } = self;
        let ty = field.ty;
        match (&field.role, &field.attrs.default) {
            (Role::Entry(name), None) => {
                let name = &name.text;
                quote!(#private::Node::field::<#ty>(__at, #name)?)
            }
            (Role::Entry(name), Some(default)) => {
                let (name, fallback) = (&name.text, function(&default.value, ty));
                quote!(#private::Node::field_or_else::<#ty>(__at, #name, #fallback)?)
            }
            (Role::Transparent, _) => quote!(#private::Node::transparent::<#ty>(__at)?),
            (Role::Flattened, _) => {
                quote!(#private::Node::flatten::<#ty>(__at, &[#(#siblings),*])?)
            }
            (Role::Skipped, default) => {
                let default = default.as_ref().map_or(&Fallback::Trait, |given| &given.value);
                let fallback = function(default, ty);
                let (_, last) = emit::ends(&fallback);
                let call = quote_spanned!(last=> ());
                quote!(#fallback #call)
            }
        }
    }
}

/// The function that makes up the value of a field that is not in the file.
pub(crate) fn function(fallback: &Fallback, ty: &Type) -> TokenStream {
    match fallback {
        Fallback::Trait => quote!(<#ty as ::core::default::Default>::default),
        Fallback::Function(path) => quote!(#path),
    }
}
