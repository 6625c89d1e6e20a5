//! The shape that `#[npz(shape(vocab, dim, 3, _))]` asks of an array.

use crate::emit::Private;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{GenericArgument, LitInt, PathArguments, Token, Type, TypePath};

/// A list of dimensions.
#[derive(Debug)]
pub(crate) struct Shape(Vec<Dim>);

/// One dimension.
#[derive(Debug)]
enum Dim {
    /// `_`
    Any,
    /// `3`
    Exact(usize),
    /// `vocab`: a length that all dimensions of this name share.
    Named(String),
}

impl Parse for Shape {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let dims = Punctuated::<Dim, Token![,]>::parse_terminated(input)?;
        Ok(Self(dims.into_iter().collect()))
    }
}

impl Parse for Dim {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.parse::<Option<Token![_]>>()?.is_some() {
            return Ok(Self::Any);
        }
        if input.peek(LitInt) {
            return length(&input.parse()?).map(Self::Exact);
        }
        if input.peek(Ident::peek_any) {
            return Ok(Self::Named(input.call(Ident::parse_any)?.unraw().to_string()));
        }
        Err(input.error("a dimension is a number, a name, or `_` for any length"))
    }
}

fn length(literal: &LitInt) -> syn::Result<usize> {
    let plain = literal.suffix().is_empty().then(|| literal.base10_parse().ok()).flatten();
    plain.ok_or_else(|| syn::Error::new(literal.span(), "a length is a plain number, like `3`"))
}

impl Shape {
    /// How many dimensions it has.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// `&[Dim::Named("vocab"), Dim::Exact(3)]`
    pub(crate) fn tokens(&self, private: &Private) -> TokenStream {
        let dims = self.0.iter().map(|dim| match dim {
            Dim::Any => quote!(#private::Dim::Any),
            Dim::Exact(length) => {
                let mut length = proc_macro2::Literal::usize_unsuffixed(*length);
                length.set_span(Span::call_site());
                quote!(#private::Dim::Exact(#length))
            }
            Dim::Named(name) => quote!(#private::Dim::Named(#name)),
        });
        quote!(&[#(#dims),*])
    }
}

/// How many dimensions a type like `Array2<f32>` has, inside of an `Option` or a pointer too, and
/// what it is called. Known by its last word, as in `leaf`.
pub(crate) fn dimensions(ty: &Type) -> Option<(String, usize)> {
    let Type::Path(TypePath { qself: None, path, .. }) = ty else { return None };
    let last = path.segments.last()?;
    let name = last.ident.unraw().to_string();
    let PathArguments::AngleBracketed(args) = &last.arguments else { return None };
    match name.as_str() {
        "Option" | "Box" | "Rc" | "Arc" => match args.args.first()? {
            GenericArgument::Type(inner) => dimensions(inner),
            _ => None,
        },
        _ => {
            let family = name.strip_suffix(|digit: char| digit.is_ascii_digit())?;
            let is_array = ["Array", "ArcArray", "CowArray", "ArrayView"].contains(&family);
            let digit = name[family.len()..].parse().ok()?;
            is_array.then(|| (last.ident.to_token_stream().to_string(), digit))
        }
    }
}
