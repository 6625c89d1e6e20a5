//! `LoadNpz`: `expect` says what is needed, `load` builds the struct from it. The two are mirror
//! images; only what is not in the file appears in `load` alone.

use crate::ast::{Field, Role, Struct, Style};
use crate::attr::{Cast, Fallback};
use crate::bound;
use crate::emit::{self, Derive, Private};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

/// The impl of `LoadNpz` for a struct without mistakes.
pub(crate) fn expand(input: &Struct<'_>, private: &Private) -> TokenStream {
    let siblings: Vec<&str> = input.entry_names().map(|name| name.text.as_str()).collect();
    let flattened: Vec<&Field<'_>> =
        input.fields.iter().filter(|field| matches!(field.role, Role::Flattened)).collect();
    let (siblings, flattened) = (siblings.as_slice(), flattened.as_slice());
    let each = || input.fields.iter().map(|field| Call { field, private, siblings, flattened });

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
    /// All fields that are flattened, perhaps this one too.
    flattened: &'a [&'a Field<'a>],
}

impl Call<'_> {
    fn expect(&self) -> Option<TokenStream> {
        let Self { field, private, .. } = self;
        let ty = field.ty;
        let at = match self.cast() {
            Some(cast) => quote!(&mut #private::Expect::cast(__at, #cast)),
            None => quote!(__at),
        };
        match &field.role {
            Role::Entry(name) => {
                let name = &name.text;
                Some(if field.attrs.default.is_some() {
                    quote!(#private::Expect::field_or_default::<#ty>(#at, #name);)
                } else {
                    quote!(#private::Expect::field::<#ty>(#at, #name);)
                })
            }
            Role::Flattened => {
                let (method, neighbours) = self.neighbours();
                Some(quote!(#private::Expect::#method::<#ty>(#at, #neighbours);))
            }
            Role::Transparent => Some(quote!(#private::Expect::transparent::<#ty>(#at);)),
            Role::Skipped => None,
        }
    }

    fn cast(&self) -> Option<TokenStream> {
        let private = self.private;
        self.field.attrs.cast.as_ref().map(|cast| match cast.value {
            Cast::Lossless => quote!(#private::Cast::Lossless),
            Cast::Any => quote!(#private::Cast::Any),
        })
    }

    fn load(&self) -> TokenStream {
        let Self { field, private, .. } = self;
        let ty = field.ty;
        let at = match self.cast() {
            Some(cast) => quote!(&#private::Node::cast(__at, #cast)),
            None => quote!(__at),
        };
        match (&field.role, &field.attrs.default) {
            (Role::Entry(name), None) => {
                let name = &name.text;
                quote!(#private::Node::field::<#ty>(#at, #name)?)
            }
            (Role::Entry(name), Some(default)) => {
                let (name, fallback) = (&name.text, function(&default.value, ty));
                quote!(#private::Node::field_or_else::<#ty>(#at, #name, #fallback)?)
            }
            (Role::Transparent, _) => quote!(#private::Node::transparent::<#ty>(#at)?),
            (Role::Flattened, _) => {
                let (method, neighbours) = self.neighbours();
                quote!(#private::Node::#method::<#ty>(#at, #neighbours)?)
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

impl Call<'_> {
    /// The method for a flattened field, and what stands beside the field: the names of entries,
    /// and what other flattened fields need, of which only their types know the names.
    fn neighbours(&self) -> (Ident, TokenStream) {
        let Self { field, private, siblings, flattened } = self;
        let others: Vec<_> = flattened
            .iter()
            .filter(|other| other.member != field.member)
            .map(|other| other.ty)
            .collect();
        let names = quote!(&[#(#siblings),*]);
        if others.is_empty() {
            return (format_ident!("flatten"), names);
        }
        let others = quote!(&[#(<#others as #private::LoadNpz>::expect),*]);
        (format_ident!("flatten_beside"), quote!(#names, #others))
    }
}

/// The function that makes up the value of a field that is not in the file.
fn function(fallback: &Fallback, ty: &Type) -> TokenStream {
    match fallback {
        Fallback::Trait => quote!(<#ty as ::core::default::Default>::default),
        Fallback::Function(path) => quote!(#path),
    }
}
