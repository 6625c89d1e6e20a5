//! Enums: a variant's name as text, and beside it the variant's fields, by the calls that a
//! struct's fields have.

use crate::ast::{Enum, Field, Role, Style, Variant};
use crate::bound;
use crate::emit::{self, Derive, Private};
use crate::load::{self, Calls};
use crate::save;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The impl of `SaveNpz` for an enum without mistakes.
pub(crate) fn save(input: &Enum<'_>, private: &Private) -> TokenStream {
    let all_are_units = input.variants.iter().all(Variant::is_unit);
    let arms = input.variants.iter().map(|variant| {
        let (pattern, name) = (pattern(variant), &variant.name.text);
        let tag = &input.tag.text;
        let named = match variant.is_unit() {
            true if all_are_units => quote!(variant(__plan, ::core::option::Option::None, #name)),
            // As a map's value it must be told from those with fields below its key.
            true => quote!(bare_variant(__plan, #name)),
            false => quote!(variant(__plan, ::core::option::Option::Some(#tag), #name)),
        };
        let calls = variant.fields.iter().enumerate().filter_map(|(index, field)| {
            let value = binding(index, field);
            save::call(field, &quote!(#value), private)
        });
        quote! {
            #pattern => {
                #private::Plan::#named?;
                #(#calls)*
            }
        }
    });
    let body = quote! {
        match self {
            #(#arms)*
        }
        #private::Result::Ok(())
    };
    let mut methods = save::methods(input.original, private, &body);
    methods.extend(save::about_the_file(&input.attrs, None, private));
    impl_block(input, private, Derive::Save, &methods)
}

/// The impl of `LoadNpz` for an enum without mistakes.
pub(crate) fn load(input: &Enum<'_>, private: &Private) -> TokenStream {
    let tag = input.tag.text.as_str();
    let names = |unit: bool| {
        let variants = input.variants.iter().filter(move |variant| variant.is_unit() == unit);
        variants.map(|variant| variant.name.text.as_str()).collect::<Vec<_>>()
    };
    let (units, others) = (names(true), names(false));
    let variant = quote!(#tag, &[#(#units),*], &[#(#others),*]);

    let with_fields = input.variants.iter().filter(|variant| !variant.is_unit());
    let expected = with_fields.map(|variant| {
        let name = &variant.name.text;
        let calls = Calls::new(&variant.fields, Some(tag), private);
        let calls = calls.iter().filter_map(|call| call.expect()).collect::<TokenStream>();
        quote!(#name => { #calls })
    });
    let fields = match others.as_slice() {
        [] => quote!(|_, _| {}),
        _ => quote!(|__at, __variant| match __variant { #(#expected)* _ => {} }),
    };
    let expect = quote!(#private::Expect::variant(__at, #variant, #fields););

    let built = input.variants.iter().map(|variant| {
        let (name, ident) = (&variant.name.text, variant.ident);
        let calls = Calls::new(&variant.fields, Some(tag), private);
        let built = calls.build(&quote!(Self::#ident), variant.style);
        quote!(#name => #private::Result::Ok(#built),)
    });
    let load = quote! {
        match #private::Node::variant(__at, #variant)? {
            #(#built)*
            __other => #private::Result::Err(#private::Node::no_variant(__at, __other)),
        }
    };
    let mut methods = load::methods(private, &expect, &load);
    if others.is_empty() {
        methods.extend(quote! {
            fn is_leaf() -> ::core::primitive::bool {
                true
            }
        });
    }
    methods.extend(load::about_the_file(&input.attrs, None, private));
    impl_block(input, private, Derive::Load, &methods)
}

fn impl_block(
    input: &Enum<'_>,
    private: &Private,
    derive: Derive,
    methods: &TokenStream,
) -> TokenStream {
    let fields = input.variants.iter().flat_map(|variant| &variant.fields);
    let predicates = bound::predicates(input.original, &input.attrs, fields, private, derive);
    emit::impl_block(input.original, private, derive, predicates, methods)
}

/// `Self::Variant { weight: __0, cache: _ }`
fn pattern(variant: &Variant<'_>) -> TokenStream {
    let ident = variant.ident;
    let bound = variant.fields.iter().enumerate().map(|(index, field)| match field.role {
        Role::Skipped => quote!(_),
        _ => {
            let binding = binding(index, field);
            quote!(#binding)
        }
    });
    match variant.style {
        Style::Named => {
            let members = variant.fields.iter().map(|field| &field.member);
            quote!(Self::#ident { #(#members: #bound),* })
        }
        Style::Tuple => quote!(Self::#ident(#(#bound),*)),
        Style::Unit => quote!(Self::#ident),
    }
}

/// The name of a field inside of its variant's arm, placed at the field's type.
fn binding(index: usize, field: &Field<'_>) -> Ident {
    let (_, last) = emit::ends(field.ty);
    format_ident!("__{index}", span = last)
}
