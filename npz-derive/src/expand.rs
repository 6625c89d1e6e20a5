//! From the tokens of a type to those of its impls.

use crate::ast::{Enum, Struct};
use crate::emit::{Derive, Private};
use crate::errors::Errors;
use crate::{check, enums, fallback, load, record, save, view};
use proc_macro2::{Span, TokenStream};
use syn::{Data, DeriveInput};

/// tokens → syn → `ast` → `check` → `save`, `load`, `view`, `record` or `enums`; at a mistake, `fallback`.
pub(crate) fn expand(input: TokenStream, derive: Derive) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let expanded = match &input.data {
        Data::Struct(_) => of_struct(&input, derive, &mut errors),
        Data::Enum(_) if matches!(derive, Derive::Save | Derive::Load) => {
            of_enum(&input, derive, &mut errors)
        }
        Data::Enum(data) => not_derivable(&input, derive, data.enum_token.span, &mut errors),
        Data::Union(data) => not_derivable(&input, derive, data.union_token.span, &mut errors),
    };
    expanded.unwrap_or_else(|| fallback::expand(&input, derive, &errors))
}

fn of_struct(input: &DeriveInput, derive: Derive, errors: &mut Errors) -> Option<TokenStream> {
    let model = Struct::from_syn(input, derive, errors)?;
    check::check(&model, derive, errors);
    if derive == Derive::View {
        view::check(&model, errors);
    }
    let private = Private::new(&model.attrs);
    errors.is_empty().then(|| match derive {
        Derive::Save => save::expand(&model, &private),
        Derive::Load => load::expand(&model, &private),
        Derive::View => view::expand(&model, &private),
        Derive::Record => record::expand(&model, &private),
    })
}

fn of_enum(input: &DeriveInput, derive: Derive, errors: &mut Errors) -> Option<TokenStream> {
    let model = Enum::from_syn(input, derive, errors)?;
    check::check_enum(&model, errors);
    let private = Private::new(&model.attrs);
    match derive {
        _ if !errors.is_empty() => None,
        Derive::Save => Some(enums::save(&model, &private)),
        Derive::Load => Some(enums::load(&model, &private)),
        Derive::View | Derive::Record => None,
    }
}

/// Says what to do with a type of another kind.
fn not_derivable(
    input: &DeriveInput,
    derive: Derive,
    keyword: Span,
    errors: &mut Errors,
) -> Option<TokenStream> {
    let (the_trait, name) = (derive.trait_name(), &input.ident);
    let (by_hand, kinds) = match derive {
        Derive::Save | Derive::Load => (the_trait.to_string(), "structs and enums"),
        Derive::View => ("ViewNpz<'_>".to_owned(), "structs"),
        Derive::Record => ("Element".to_owned(), "structs"),
    };
    let kind = match &input.data {
        Data::Union(_) => "a union",
        Data::Struct(_) | Data::Enum(_) => "an enum",
    };
    let message = format!(
        "{the_trait} can be derived for {kinds} only; for {kind}, write `impl {by_hand} for \
         {name}`, or keep it in a struct of its numbers and arrays"
    );
    errors.at_span(keyword, message);
    None
}
