//! `ViewNpz`: the mirror of `load`, for structs that borrow from the file's bytes.

use crate::ast::{Field, Role, Struct};
use crate::attr::Fallback;
use crate::bound;
use crate::emit::{self, Derive, Private};
use crate::errors::Errors;
use crate::load;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Lifetime};

/// The lifetime of the bytes: the struct's own, or a fresh one for a struct that borrows nothing.
pub(crate) fn lifetime(input: &DeriveInput) -> Lifetime {
    let own = input.generics.lifetimes().next();
    own.map_or_else(|| emit::fresh_lifetime(input), |param| param.lifetime.clone())
}

/// All views of a struct borrow from the same bytes.
pub(crate) fn check(input: &DeriveInput, errors: &mut Errors) {
    for param in input.generics.lifetimes().skip(1) {
        let message = format!(
            "a struct that is viewed borrows from one file, so it has one lifetime; replace `{}` \
             by `{}`",
            param.lifetime,
            lifetime(input),
        );
        errors.at(&param.lifetime, message);
    }
}

/// The impl of `ViewNpz` for a struct without mistakes.
pub(crate) fn expand(input: &Struct<'_>, private: &Private) -> TokenStream {
    let siblings: Vec<&str> = input.entry_names().map(|name| name.text.as_str()).collect();
    let each = || input.fields.iter().map(|field| Call { field, private, siblings: &siblings });

    let expected = each().filter_map(|call| call.expect());
    let expect = quote!(#(#expected)*);
    let values = each().map(|call| {
        let (member, value) = (&call.field.member, call.view());
        quote!(#member: #value)
    });
    let view = quote!(#private::Result::Ok(Self { #(#values),* }));

    let predicates = bound::predicates(input, private, Derive::View);
    let mut methods = methods(input.original, private, &expect, &view);
    methods.extend(is_leaf(input, private));
    emit::impl_block(input.original, private, Derive::View, predicates, &methods)
}

/// The trait's methods with these bodies.
pub(crate) fn methods(
    input: &DeriveInput,
    private: &Private,
    expect: &TokenStream,
    view: &TokenStream,
) -> TokenStream {
    let lifetime = lifetime(input);
    quote! {
        fn expect(__at: &mut #private::Expect<'_>) {
            #expect
        }

        fn view(__at: &#private::ViewNode<'_, #lifetime>) -> #private::Result<Self> {
            #view
        }
    }
}

/// A newtype of an array is an array too: as a map's value its key may have any dots.
fn is_leaf(input: &Struct<'_>, private: &Private) -> Option<TokenStream> {
    let only = input.fields.iter().find(|field| matches!(field.role, Role::Transparent))?;
    let (ty, lifetime) = (only.ty, lifetime(input.original));
    Some(quote! {
        fn is_leaf() -> bool {
            <#ty as #private::ViewNpz<#lifetime>>::is_leaf()
        }
    })
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
                    quote!(#private::Expect::view_field_or_default::<#ty>(__at, #name);)
                } else {
                    quote!(#private::Expect::view_field::<#ty>(__at, #name);)
                })
            }
            Role::Flattened => {
                Some(quote!(#private::Expect::view_flatten::<#ty>(__at, &[#(#siblings),*]);))
            }
            Role::Transparent => Some(quote!(#private::Expect::view_transparent::<#ty>(__at);)),
            Role::Skipped => None,
        }
    }

    fn view(&self) -> TokenStream {
        let Self { field, private, siblings } = self;
        let ty = field.ty;
        match (&field.role, &field.attrs.default) {
            (Role::Entry(name), None) => {
                let name = &name.text;
                quote!(#private::ViewNode::field::<#ty>(__at, #name)?)
            }
            (Role::Entry(name), Some(default)) => {
                let (name, fallback) = (&name.text, load::function(&default.value, ty));
                quote!(#private::ViewNode::field_or_else::<#ty>(__at, #name, #fallback)?)
            }
            (Role::Transparent, _) => quote!(#private::ViewNode::transparent::<#ty>(__at)?),
            (Role::Flattened, _) => {
                quote!(#private::ViewNode::flatten::<#ty>(__at, &[#(#siblings),*])?)
            }
            (Role::Skipped, default) => {
                let default = default.as_ref().map_or(&Fallback::Trait, |given| &given.value);
                let fallback = load::function(default, ty);
                let (_, last) = emit::ends(&fallback);
                let call = quote_spanned!(last=> ());
                quote!(#fallback #call)
            }
        }
    }
}
