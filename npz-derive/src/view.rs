//! `ViewNpz`: the mirror of `load`, for structs that borrow from the file's bytes.

use crate::ast::{self, Field, Role, Struct};
use crate::bound;
use crate::emit::{self, Derive, Private};
use crate::errors::Errors;
use crate::load;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Lifetime};

/// The lifetime of the bytes: the struct's own, or a fresh one for a struct that borrows nothing.
pub(crate) fn lifetime(input: &DeriveInput) -> Lifetime {
    let own = input.generics.lifetimes().next();
    own.map_or_else(|| emit::fresh_lifetime(input), |param| param.lifetime.clone())
}

/// What can't be said of a struct that is viewed.
pub(crate) fn check(input: &Struct<'_>, errors: &mut Errors) {
    one_lifetime(input.original, errors);
    for Field { attrs, .. } in &input.fields {
        let with = attrs.with.iter().map(|given| &given.word);
        let json = attrs.json.iter().map(|given| &given.word);
        let cast = attrs.cast.iter().map(|given| &given.word);
        for word in with.chain(json).chain(cast) {
            let message = format!(
                "`{word}` makes a new value, and a view has what is in the file; remove it, or \
                 derive LoadNpz for a struct that owns its arrays"
            );
            errors.at(word, message);
        }
    }
}

/// All views of a struct borrow from the same bytes.
fn one_lifetime(input: &DeriveInput, errors: &mut Errors) {
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
    let (original, attrs) = (input.original, &input.attrs);
    let names = ast::entry_names(&input.fields).into_iter().map(|(name, _)| name.text);
    let (siblings, lifetime) = (names.collect::<Vec<_>>(), lifetime(original));
    let beside = Beside { fields: &input.fields, siblings: &siblings, lifetime: &lifetime };
    let each = || input.fields.iter().map(|field| Call { field, private, beside: &beside });

    let expected = each().filter_map(|call| call.expect());
    let expect = quote!(#(#expected)*);
    let values = each().map(|call| {
        let (member, value) = (&call.field.member, call.view());
        quote!(#member: #value)
    });
    let view = quote!(#private::Result::Ok(Self { #(#values),* }));

    let predicates = bound::predicates(original, attrs, input.fields.iter(), private, Derive::View);
    let mut methods = methods(original, private, &expect, &view);
    methods.extend(is_leaf(input, private));
    let only = input.only().map(|ty| quote!(<#ty as #private::ViewNpz<#lifetime>>));
    methods.extend(load::about_the_file(attrs, only.as_ref(), private));
    emit::impl_block(original, private, Derive::View, predicates, &methods)
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
        fn is_leaf() -> ::core::primitive::bool {
            <#ty as #private::ViewNpz<#lifetime>>::is_leaf()
        }
    })
}

/// What the calls of all fields need.
struct Beside<'a> {
    fields: &'a [Field<'a>],
    /// The names that a flattened field must leave alone.
    siblings: &'a [String],
    lifetime: &'a Lifetime,
}

/// A field, with what its calls need beside it.
struct Call<'a> {
    field: &'a Field<'a>,
    private: &'a Private,
    beside: &'a Beside<'a>,
}

impl Call<'_> {
    fn expect(&self) -> Option<TokenStream> {
        let Self { field, private, .. } = self;
        let (ty, to) = (field.ty, quote!(#private::Expect));
        let name = match &field.role {
            Role::Entry(name) => name,
            Role::Flattened => {
                let (method, neighbours) = self.neighbours();
                let method = format_ident!("view_{method}");
                return Some(quote!(#to::#method::<#ty>(__at, #neighbours);));
            }
            Role::Transparent => return Some(quote!(#to::view_transparent::<#ty>(__at);)),
            Role::Skipped => return None,
        };
        let (looked_for, rust_name) = (field.looked_for(name, &to), field.rust_name());
        // Borrowed by the search for the name, `__at` can't be lent in the same call.
        let (found, looked_for) = match field.attrs.aliases.is_empty() {
            true => (None, looked_for),
            false => (Some(quote!(let __name = #looked_for;)), quote!(__name)),
        };
        let call = match (field.fallback(), field.has_one_name(name)) {
            (None, true) => quote!(#to::view_field::<#ty>(__at, #looked_for);),
            (None, false) => quote!(#to::view_field_of::<#ty>(__at, #looked_for, #rust_name);),
            (Some(_), true) => quote!(#to::view_field_or_default::<#ty>(__at, #looked_for);),
            (Some(_), false) => {
                quote!(#to::view_field_of_or_default::<#ty>(__at, #looked_for, #rust_name);)
            }
        };
        let shape = field.attrs.shape.as_ref().map(|shape| {
            let dims = shape.value.tokens(private);
            quote!(#to::shape(__at, #looked_for, #rust_name, #dims);)
        });
        Some(quote!(#found #call #shape))
    }

    fn view(&self) -> TokenStream {
        let Self { field, private, .. } = self;
        let (ty, to) = (field.ty, quote!(#private::ViewNode));
        let name = match &field.role {
            Role::Entry(name) => name,
            Role::Flattened => {
                let (method, neighbours) = self.neighbours();
                return quote!(#to::#method::<#ty>(__at, #neighbours)?);
            }
            Role::Transparent => return quote!(#to::transparent::<#ty>(__at)?),
            Role::Skipped => {
                let default = field.default_function();
                let (_, last) = emit::ends(&default);
                let call = quote_spanned!(last=> ());
                return quote!(#default #call);
            }
        };
        let (looked_for, rust_name) = (field.looked_for(name, &to), field.rust_name());
        match (field.default_function(), field.has_one_name(name)) {
            (None, true) => quote!(#to::field::<#ty>(__at, #looked_for)?),
            (None, false) => quote!(#to::field_of::<#ty>(__at, #looked_for, #rust_name)?),
            (Some(default), true) => {
                quote!(#to::field_or_else::<#ty>(__at, #looked_for, #default)?)
            }
            (Some(default), false) => {
                quote!(#to::field_of_or_else::<#ty>(__at, #looked_for, #rust_name, #default)?)
            }
        }
    }

    /// The method for a flattened field, and what stands beside the field, as in `load`.
    fn neighbours(&self) -> (Ident, TokenStream) {
        let Self { field, private, beside: Beside { fields, siblings, lifetime } } = self;
        let others = fields.iter().filter(|other| matches!(other.role, Role::Flattened));
        let others: Vec<_> =
            others.filter(|other| other.member != field.member).map(|other| other.ty).collect();
        let names = quote!(&[#(#siblings),*]);
        if others.is_empty() {
            return (format_ident!("flatten"), names);
        }
        let others = quote!(&[#(<#others as #private::ViewNpz<#lifetime>>::expect),*]);
        (format_ident!("flatten_beside"), quote!(#names, #others))
    }
}
