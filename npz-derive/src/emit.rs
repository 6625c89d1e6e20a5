//! What the expansions of both derives have in common.
//!
//! Generated code names everything by its full path, so that it means the same whatever the
//! user's module has shadowed, and whether or not it has a prelude. Its own names start with two
//! underscores.

use crate::attr::{Bounds, StructAttrs};
use crate::view;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Data, DeriveInput, GenericParam, Generics, Lifetime, LifetimeParam, WherePredicate,
};

/// One of the derives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derive {
    Save,
    Load,
    View,
    Record,
}

impl Derive {
    pub(crate) fn trait_name(self) -> Ident {
        match self {
            Derive::Save => format_ident!("SaveNpz"),
            Derive::Load => format_ident!("LoadNpz"),
            Derive::View => format_ident!("ViewNpz"),
            Derive::Record => format_ident!("NpyRecord"),
        }
    }

    /// The trait as a bound in an impl for `input`.
    pub(crate) fn bound(self, input: &DeriveInput) -> TokenStream {
        let name = self.trait_name();
        match self {
            Derive::View => {
                let lifetime = view::lifetime(input);
                quote!(#name<#lifetime>)
            }
            Derive::Save | Derive::Load | Derive::Record => quote!(#name),
        }
    }

    /// The bounds that the user wrote for this derive.
    pub(crate) fn side(self, bounds: &Bounds) -> Option<&Vec<WherePredicate>> {
        match self {
            Derive::Save => bounds.save.as_ref(),
            Derive::Load => bounds.load.as_ref(),
            Derive::View => bounds.view.as_ref(),
            Derive::Record => bounds.record.as_ref(),
        }
    }
}

/// The path of the module that generated code calls: `::npz_core::__private`.
#[derive(Debug)]
pub(crate) struct Private(TokenStream);

impl Private {
    pub(crate) fn new(attrs: &StructAttrs) -> Self {
        let krate = attrs.krate.as_ref().map_or_else(|| quote!(::npz_core), |path| quote!(#path));
        Self(quote!(#krate::__private))
    }
}

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// The impl of a derive's trait for a struct or an enum.
pub(crate) fn impl_block(
    input: &DeriveInput,
    private: &Private,
    derive: Derive,
    predicates: Vec<WherePredicate>,
    methods: &TokenStream,
) -> TokenStream {
    let mut generics = input.generics.clone();
    if derive == Derive::View && generics.lifetimes().next().is_none() {
        let param = LifetimeParam::new(view::lifetime(input));
        generics.params.insert(0, GenericParam::Lifetime(param));
    }
    impl_for(input, generics, private, &derive.bound(input), predicates, methods)
}

/// The impl of any trait that generated code can name.
pub(crate) fn impl_of(
    input: &DeriveInput,
    private: &Private,
    the_trait: &Ident,
    predicates: Vec<WherePredicate>,
    methods: &TokenStream,
) -> TokenStream {
    let generics = input.generics.clone();
    impl_for(input, generics, private, &the_trait.to_token_stream(), predicates, methods)
}

/// The same for a trait with arguments, with the generics that the impl has.
fn impl_for(
    input: &DeriveInput,
    mut generics: Generics,
    private: &Private,
    the_trait: &TokenStream,
    predicates: Vec<WherePredicate>,
    methods: &TokenStream,
) -> TokenStream {
    generics.make_where_clause().predicates.extend(predicates);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = input.generics.split_for_impl();
    let name = &input.ident;
    let allow = allow_deprecated(input);
    quote! {
        #allow
        #[automatically_derived]
        impl #impl_generics #private::#the_trait for #name #type_generics #where_clause {
            #methods
        }
    }
}

/// The lifetime of a borrowed `self`: one that the struct doesn't use.
pub(crate) fn fresh_lifetime(input: &DeriveInput) -> Lifetime {
    let mut name = "'__npz".to_owned();
    while input.generics.lifetimes().any(|param| param.lifetime.to_string() == name) {
        name.push('_');
    }
    Lifetime::new(&name, Span::call_site())
}

/// The first and the last token of a type as a place for generated code, which is still resolved
/// as generated code. An expression that begins with the one and ends with the other is
/// underlined from end to end: so the compiler's errors about a field show its type.
pub(crate) fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let place = |span: Span| Span::call_site().located_at(span);
    let last = tokens.to_token_stream().into_iter().last();
    let first = tokens.span();
    (place(first), place(last.map_or(first, |token| token.span())))
}

/// `#[allow(deprecated)]`, if the user says it or deprecates a part of the type: the impl has
/// to name that part too.
fn allow_deprecated(input: &DeriveInput) -> Option<TokenStream> {
    let of_fields: Vec<&Attribute> = match &input.data {
        Data::Struct(data) => data.fields.iter().flat_map(|field| &field.attrs).collect(),
        Data::Enum(data) => {
            let fields = data.variants.iter().flat_map(|variant| &variant.fields);
            let of_variants = data.variants.iter().flat_map(|variant| &variant.attrs);
            fields.flat_map(|field| &field.attrs).chain(of_variants).collect()
        }
        Data::Union(_) => Vec::new(),
    };
    let concerned = input.attrs.iter().chain(of_fields).any(|attr| {
        attr.path().is_ident("deprecated")
            || attr.path().is_ident("allow") && mentions_deprecated(attr)
    });
    concerned.then(|| quote!(#[allow(deprecated)]))
}

fn mentions_deprecated(attr: &Attribute) -> bool {
    let mut found = false;
    let parsed = attr.parse_nested_meta(|meta| {
        found |= meta.path.is_ident("deprecated");
        if meta.input.peek(syn::Token![=]) {
            meta.value()?.parse::<syn::Lit>()?;
        }
        Ok(())
    });
    parsed.is_ok() && found
}
