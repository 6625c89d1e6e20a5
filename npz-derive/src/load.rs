//! `LoadNpz`: `expect` says what is needed, `load` builds the struct from it, `update` reads into
//! one that exists. The three are mirror images; only what is not in the file appears in `load`
//! alone.

use crate::ast::{self, Field, Role, Struct, Style};
use crate::attr::{Cast, StructAttrs};
use crate::bound;
use crate::emit::{self, Derive, Private};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Member;

/// The impl of `LoadNpz` for a struct without mistakes.
pub(crate) fn expand(input: &Struct<'_>, private: &Private) -> TokenStream {
    let calls = Calls::new(&input.fields, None, private);
    let expected = calls.iter().filter_map(|call| call.expect());
    let expect = quote!(#(#expected)*);
    let built = calls.build(&quote!(Self), input.style);
    let load = quote!(#private::Result::Ok(#built));
    let updated = calls.iter().filter_map(|call| call.update());

    let (original, attrs, fields) = (input.original, &input.attrs, input.fields.iter());
    let predicates = bound::predicates(original, attrs, fields, private, Derive::Load);
    let mut methods = methods(private, &expect, &load);
    methods.extend(quote! {
        fn update(&mut self, __at: &#private::Node<'_>) -> #private::Result<()> {
            #(#updated)*
            #private::Result::Ok(())
        }
    });
    methods.extend(is_leaf(input, private));
    let only = input.only().map(|ty| quote!(<#ty as #private::LoadNpz>));
    methods.extend(about_the_file(attrs, only.as_ref(), private));
    emit::impl_block(original, private, Derive::Load, predicates, &methods)
}

/// The trait's required methods with these bodies.
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
    if only.attrs.with.is_some() {
        return None;
    }
    let ty = only.ty;
    let is_leaf = match only.attrs.json {
        Some(_) => quote!(true),
        None => quote!(<#ty as #private::LoadNpz>::is_leaf()),
    };
    Some(quote! {
        fn is_leaf() -> ::core::primitive::bool {
            #is_leaf
        }
    })
}

/// What the struct or enum says of the files from which it is loaded as a whole, or else what the type of a
/// newtype's `only` field does, by its trait.
pub(crate) fn about_the_file(
    attrs: &StructAttrs,
    only: Option<&TokenStream>,
    private: &Private,
) -> TokenStream {
    let some = |value: TokenStream| quote!(::core::option::Option::Some(#value));
    let separator = attrs.separator();
    let separator = separator.or_else(|| only.map(|only| quote!(#only::default_separator())));
    let separator = separator.map(|value| {
        quote! {
            fn default_separator() -> ::core::option::Option<&'static ::core::primitive::str> {
                #value
            }
        }
    });
    let migration = match (&attrs.version, only) {
        (Some(version), _) => {
            let number = &version.value;
            let rename = match &attrs.migrate {
                Some(migrate) => {
                    let path = &migrate.value;
                    some(quote!(#path))
                }
                None => quote!(::core::option::Option::None),
            };
            Some(some(quote!(#private::Migration { version: #number, rename: #rename })))
        }
        (None, only) => only.map(|only| quote!(#only::migration())),
    };
    let migration = migration.map(|value| {
        quote! {
            fn migration() -> ::core::option::Option<#private::Migration> {
                #value
            }
        }
    });
    quote!(#separator #migration)
}

/// The fields of a struct or a variant, with what their calls need beside them.
pub(crate) struct Calls<'a> {
    fields: &'a [Field<'a>],
    private: &'a Private,
    /// The names that a flattened field must leave alone.
    siblings: Vec<String>,
}

impl<'a> Calls<'a> {
    /// `tag` names the entry that names the variant.
    pub(crate) fn new(fields: &'a [Field<'a>], tag: Option<&'a str>, private: &'a Private) -> Self {
        let names = ast::entry_names(fields).into_iter().map(|(name, _)| name.text);
        let siblings = tag.map(str::to_owned).into_iter().chain(names).collect();
        Self { fields, private, siblings }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Call<'_>> {
        self.fields.iter().map(|field| Call { field, private: self.private, beside: self })
    }

    /// `Self { … }`, `Self(…)` or `Self`, with `path` for `Self`.
    pub(crate) fn build(&self, path: &TokenStream, style: Style) -> TokenStream {
        match style {
            Style::Named => {
                let fields = self.iter().map(|call| {
                    let (member, value) = (&call.field.member, call.load());
                    quote!(#member: #value)
                });
                quote!(#path { #(#fields),* })
            }
            Style::Tuple => {
                let values = self.iter().map(|call| call.load());
                quote!(#path(#(#values),*))
            }
            Style::Unit => path.clone(),
        }
    }
}

/// A field, with what its calls need beside it.
pub(crate) struct Call<'a> {
    field: &'a Field<'a>,
    private: &'a Private,
    /// All fields, this one among them.
    beside: &'a Calls<'a>,
}

impl Call<'_> {
    pub(crate) fn expect(&self) -> Option<TokenStream> {
        let Self { field, private, .. } = self;
        let (ty, custom) = (field.ty, field.custom("expect", private));
        let to = quote!(#private::Expect);
        let at = match self.cast() {
            Some(cast) => quote!(&mut #to::cast(__at, #cast)),
            None => quote!(__at),
        };
        let name = match &field.role {
            Role::Entry(name) => name,
            Role::Flattened => {
                let (method, neighbours) = self.neighbours();
                return Some(quote!(#to::#method::<#ty>(#at, #neighbours);));
            }
            Role::Transparent => {
                return Some(match custom {
                    Some(expect) => quote!(#expect(#at);),
                    None => quote!(#to::transparent::<#ty>(#at);),
                });
            }
            Role::Skipped => return None,
        };
        let (looked_for, rust_name) = (field.looked_for(name, &to), field.rust_name());
        // Borrowed by the search for the name, `__at` can't be lent in the same call.
        let (found, looked_for) = match field.attrs.aliases.is_empty() {
            true => (None, looked_for),
            false => (Some(quote!(let __name = #looked_for;)), quote!(__name)),
        };
        let call = match (custom, field.fallback(), field.has_one_name(name)) {
            (Some(expect), None, _) => {
                quote!(#to::field_with(#at, #looked_for, #rust_name, #expect);)
            }
            (Some(expect), Some(_), _) => {
                quote!(#to::field_with_or_default(#at, #looked_for, #rust_name, #expect);)
            }
            (None, None, true) => quote!(#to::field::<#ty>(#at, #looked_for);),
            (None, None, false) => quote!(#to::field_of::<#ty>(#at, #looked_for, #rust_name);),
            (None, Some(_), true) => quote!(#to::field_or_default::<#ty>(#at, #looked_for);),
            (None, Some(_), false) => {
                quote!(#to::field_of_or_default::<#ty>(#at, #looked_for, #rust_name);)
            }
        };
        let shape = field.attrs.shape.as_ref().map(|shape| {
            let dims = shape.value.tokens(private);
            quote!(#to::shape(__at, #looked_for, #rust_name, #dims);)
        });
        Some(quote!(#found #call #shape))
    }

    fn load(&self) -> TokenStream {
        let Self { field, private, .. } = self;
        let (ty, custom) = (field.ty, field.custom("load", private));
        let to = quote!(#private::Node);
        let at = match self.cast() {
            Some(cast) => quote!(&#to::cast(__at, #cast)),
            None => quote!(__at),
        };
        let name = match &field.role {
            Role::Entry(name) => name,
            Role::Flattened => {
                let (method, neighbours) = self.neighbours();
                return quote!(#to::#method::<#ty>(#at, #neighbours)?);
            }
            Role::Transparent => {
                return match custom {
                    Some(load) => quote!(#load(#at)?),
                    None => quote!(#to::transparent::<#ty>(#at)?),
                };
            }
            Role::Skipped => {
                let default = field.default_function();
                let (_, last) = emit::ends(&default);
                let call = quote_spanned!(last=> ());
                return quote!(#default #call);
            }
        };
        let (looked_for, rust_name) = (field.looked_for(name, &to), field.rust_name());
        match (custom, field.default_function(), field.has_one_name(name)) {
            (Some(load), None, _) => {
                quote!(#to::field_with::<#ty>(#at, #looked_for, #rust_name, #load)?)
            }
            (Some(load), Some(default), _) => {
                quote!(#to::field_with_or_else::<#ty>(
                    #at, #looked_for, #rust_name, #load, #default
                )?)
            }
            (None, None, true) => quote!(#to::field::<#ty>(#at, #looked_for)?),
            (None, None, false) => quote!(#to::field_of::<#ty>(#at, #looked_for, #rust_name)?),
            (None, Some(default), true) => {
                quote!(#to::field_or_else::<#ty>(#at, #looked_for, #default)?)
            }
            (None, Some(default), false) => {
                quote!(#to::field_of_or_else::<#ty>(#at, #looked_for, #rust_name, #default)?)
            }
        }
    }

    fn update(&self) -> Option<TokenStream> {
        let Self { field, private, .. } = self;
        let (ty, custom) = (field.ty, field.custom("load", private));
        let value = self.value();
        let to = quote!(#private::Node);
        let at = match self.cast() {
            Some(cast) => quote!(&#to::cast(__at, #cast)),
            None => quote!(__at),
        };
        let name = match &field.role {
            Role::Entry(name) => name,
            Role::Flattened => {
                let (method, neighbours) = self.neighbours();
                let method = format_ident!("update_{method}");
                return Some(quote!(#to::#method::<#ty>(#at, #neighbours, &mut #value)?;));
            }
            Role::Transparent => {
                return Some(match custom {
                    Some(load) => quote!(#value = #load(#at)?;),
                    None => quote!(<#ty as #private::LoadNpz>::update(&mut #value, #at)?;),
                });
            }
            Role::Skipped => return None,
        };
        let (looked_for, rust_name) = (field.looked_for(name, &to), field.rust_name());
        let default = match field.default_function() {
            Some(default) => quote!(::core::option::Option::Some(#default)),
            None => quote!(::core::option::Option::None),
        };
        Some(match custom {
            Some(load) => quote! {
                #to::update_field_with::<#ty>(
                    #at, #looked_for, #rust_name, &mut #value, #load, #default
                )?;
            },
            None => quote! {
                #to::update_field::<#ty>(#at, #looked_for, #rust_name, &mut #value, #default)?;
            },
        })
    }

    fn cast(&self) -> Option<TokenStream> {
        let private = self.private;
        self.field.attrs.cast.as_ref().map(|cast| match cast.value {
            Cast::Lossless => quote!(#private::Cast::Lossless),
            Cast::Any => quote!(#private::Cast::Any),
        })
    }

    /// The method for a flattened field, and what stands beside the field: the names of entries,
    /// and what other flattened fields need, of which only their types know the names.
    fn neighbours(&self) -> (Ident, TokenStream) {
        let Self { field, private, beside } = self;
        let others = beside.fields.iter().filter(|other| matches!(other.role, Role::Flattened));
        let others: Vec<_> =
            others.filter(|other| other.member != field.member).map(|other| other.ty).collect();
        let siblings = &beside.siblings;
        let names = quote!(&[#(#siblings),*]);
        if others.is_empty() {
            return (format_ident!("flatten"), names);
        }
        let others = quote!(&[#(<#others as #private::LoadNpz>::expect),*]);
        (format_ident!("flatten_beside"), quote!(#names, #others))
    }

    /// `self.field`, placed at the field's type.
    fn value(&self) -> TokenStream {
        let (first, last) = emit::ends(self.field.ty);
        let mut member = self.field.member.clone();
        match &mut member {
            Member::Named(ident) => ident.set_span(ident.span().located_at(last)),
            Member::Unnamed(index) => index.span = last,
        }
        let own = quote_spanned!(first=> self);
        quote!(#own.#member)
    }
}
