//! `NpyRecord`: a struct is an element of arrays, a record whose fields are the struct's.
//!
//! The struct lists its fields; all that is done with them is in npz-core's `record`. Besides
//! `Element` come the traits that make it a field of other records and a value to be saved.

use crate::ast::{Field, Name, Role, Struct, Style};
use crate::attr::{Fallback, StructAttrs};
use crate::bound;
use crate::emit::{self, Derive, Private};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{DeriveInput, WherePredicate};

/// All impls for a struct without mistakes.
pub(crate) fn expand(input: &Struct<'_>, private: &Private) -> TokenStream {
    let (original, attrs, fields_of) = (input.original, &input.attrs, input.fields.iter());
    let predicates = bound::predicates(original, attrs, fields_of, private, Derive::Record);
    let listed = |the_trait: &str, methods: &TokenStream| {
        let the_trait = format_ident!("{the_trait}");
        emit::impl_of(original, private, &the_trait, predicates.clone(), methods)
    };
    let fields = listed("RecordFields", &fields(input, private));
    let element = listed("Element", &element(original, private));
    let fixed = listed(
        "FixedElement",
        &quote! {
            fn alignment() -> ::core::primitive::usize {
                #private::record::alignment::<Self>()
            }
        },
    );
    let value = value(original, &input.attrs, private, &predicates);
    quote!(#fields #element #fixed #value)
}

/// What other code asks of the struct, so that a mistake in it is the only one.
pub(crate) fn fallback(input: &DeriveInput, attrs: &StructAttrs, private: &Private) -> TokenStream {
    // Without the bounds that the fields ask for, the impls would be mistakes of their own.
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let never = quote!(::core::unreachable!());
    let methods = element_methods(input, private, [&never, &never, &never, &never]);
    let element = emit::impl_of(input, private, &format_ident!("Element"), Vec::new(), &methods);
    let fixed = format_ident!("FixedElement");
    let fixed = emit::impl_of(input, private, &fixed, Vec::new(), &TokenStream::new());
    let value = value(input, attrs, private, &[]);
    quote!(#element #fixed #value)
}

/// The methods of `RecordFields`.
fn fields(input: &Struct<'_>, private: &Private) -> TokenStream {
    let record = quote!(#private::record);
    let layout = match input.attrs.align {
        Some(_) => quote!(Aligned),
        None => quote!(Packed),
    };
    let allow_unexpected = input.attrs.allow_unexpected.is_some();
    let columns: Vec<Column<'_>> = columns(input);
    let list = columns.iter().map(|Column { name, field, .. }| {
        let (name, ty) = (&name.text, field.ty);
        quote!(#record::Fields::field::<#ty>(__to, #name);)
    });
    let put = columns.iter().map(|Column { field, .. }| {
        let (member, ty) = (&field.member, field.ty);
        quote!(#record::Encoder::field::<Self, #ty>(__to, __items, |__item| &__item.#member)?;)
    });
    let take = columns.iter().map(|Column { local, field, .. }| {
        let ty = field.ty;
        quote!(let mut #local = #record::Decoder::field::<#ty>(__from)?;)
    });
    let built = build(input, &columns);
    quote! {
        const LAYOUT: #record::Layout = #record::Layout::#layout;
        const ALLOW_UNEXPECTED: ::core::primitive::bool = #allow_unexpected;

        fn pass(__pass: #record::Pass<'_, '_, Self>) -> #private::Result<()> {
            match __pass {
                #record::Pass::List(__to) => {
                    #(#list)*
                }
                #record::Pass::Put(__items, __to) => {
                    #(#put)*
                }
                #record::Pass::Take(__from, __out) => {
                    #(#take)*
                    #record::Decoder::build(
                        __from,
                        __out,
                        || ::core::option::Option::Some(#built),
                    );
                }
            }
            #private::Result::Ok(())
        }
    }
}

/// A field that is in the file.
struct Column<'a> {
    name: &'a Name,
    /// The iterator over its values.
    local: Ident,
    field: &'a Field<'a>,
}

fn columns<'a>(input: &'a Struct<'_>) -> Vec<Column<'a>> {
    let in_file = input.fields.iter().filter_map(|field| match &field.role {
        Role::Entry(name) => Some((name, field)),
        Role::Flattened | Role::Transparent | Role::Skipped => None,
    });
    let column = |(index, (name, field))| {
        let local = format_ident!("__column{index}");
        Column { name, local, field }
    };
    in_file.enumerate().map(column).collect()
}

/// `Self { … }` or `Self(…)`, one value from each column.
fn build(input: &Struct<'_>, columns: &[Column<'_>]) -> TokenStream {
    let mut columns = columns.iter();
    let values = input.fields.iter().map(|field| {
        let value = match field.role {
            Role::Skipped => absent(field),
            _ => {
                let local = columns.next().map(|column| &column.local);
                quote!(::core::iter::Iterator::next(&mut #local)?)
            }
        };
        (&field.member, value)
    });
    let (members, values): (Vec<_>, Vec<_>) = values.unzip();
    match input.style {
        Style::Tuple => quote!(Self(#(#values),*)),
        Style::Named | Style::Unit => quote!(Self { #(#members: #values),* }),
    }
}

/// The value of a field that is not in the file.
fn absent(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    match field.attrs.default.as_ref().map(|given| &given.value) {
        Some(Fallback::Function(path)) => quote!(#path()),
        Some(Fallback::Trait) | None => quote!(<#ty as ::core::default::Default>::default()),
    }
}

fn element(input: &DeriveInput, private: &Private) -> TokenStream {
    let dtype = quote!(#private::record::dtype::<Self>());
    let encode = quote!(#private::record::encode(__items, __dtype, __out));
    let accepts = quote!(#private::record::accepts::<Self>(__dtype));
    let decode = quote!(#private::record::decode(__payload));
    let mut methods = element_methods(input, private, [&dtype, &encode, &accepts, &decode]);
    methods.extend(quote! {
        fn faults(__dtype: &#private::DType, __faults: &mut #private::record::Faults) {
            #private::record::faults::<Self>(__dtype, __faults)
        }
    });
    methods
}

/// The required methods of `Element` with these bodies.
fn element_methods(
    input: &DeriveInput,
    private: &Private,
    [dtype, encode, accepts, decode]: [&TokenStream; 4],
) -> TokenStream {
    let lifetime = emit::fresh_lifetime(input);
    quote! {
        fn dtype<#lifetime>(
            _: impl ::core::iter::Iterator<Item = &#lifetime Self>,
        ) -> #private::Result<#private::DType>
        where
            Self: #lifetime,
        {
            #dtype
        }

        fn encode(
            __items: &[Self],
            __dtype: &#private::DType,
            __out: &mut ::std::vec::Vec<::core::primitive::u8>,
        ) -> #private::Result<()> {
            #encode
        }

        fn accepts(__dtype: &#private::DType) -> ::core::primitive::bool {
            #accepts
        }

        fn decode(
            __payload: &mut #private::Payload<'_>,
        ) -> #private::Result<::std::vec::Vec<Self>> {
            #decode
        }
    }
}

/// `SaveNpz` and `LoadNpz`: a record is a value like a number.
fn value(
    input: &DeriveInput,
    attrs: &StructAttrs,
    private: &Private,
    predicates: &[WherePredicate],
) -> TokenStream {
    if attrs.element_only.is_some() {
        return TokenStream::new();
    }
    let lifetime = emit::fresh_lifetime(input);
    let save = quote! {
        fn plan<#lifetime>(
            &#lifetime self,
            __plan: &mut #private::Plan<#lifetime>,
        ) -> #private::Result<()> {
            #private::leaf::plan(self, __plan)
        }

        fn plan_slice<#lifetime>(
            __items: &#lifetime [Self],
            __plan: &mut #private::Plan<#lifetime>,
        ) -> #private::Result<()> {
            #private::leaf::plan_slice(__items, __plan)
        }
    };
    let load = quote! {
        fn expect(__at: &mut #private::Expect<'_>) {
            #private::leaf::expect::<Self>(__at)
        }

        fn load(__at: &#private::Node<'_>) -> #private::Result<Self> {
            #private::leaf::load(__at)
        }

        fn is_leaf() -> ::core::primitive::bool {
            true
        }

        fn is_leaf_slice() -> ::core::primitive::bool {
            true
        }

        fn expect_slice(
            __at: &mut #private::Expect<'_>,
            __len: ::core::option::Option<::core::primitive::usize>,
        ) {
            #private::leaf::expect_slice::<Self>(__at, __len)
        }

        fn load_slice(
            __at: &#private::Node<'_>,
        ) -> #private::Result<::std::vec::Vec<Self>> {
            #private::leaf::load_slice(__at)
        }
    };
    let impls = [(Derive::Save, save), (Derive::Load, load)].map(|(derive, methods)| {
        emit::impl_of(input, private, &derive.trait_name(), predicates.to_vec(), &methods)
    });
    quote!(#(#impls)*)
}
