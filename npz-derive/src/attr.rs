//! `#[npz(...)]`: from tokens to typed values. What contradicts what is `check`'s business.

use crate::case::Rule;
use crate::errors::Errors;
use crate::shape::Shape;
use crate::suggest::nearest;
use crate::words::{self, On, Word};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, ExprPath, LitInt, LitStr, Meta, Path, Token, WherePredicate, parenthesized, token,
};

/// A value together with the word that gave it, to point at in errors.
#[derive(Debug)]
pub(crate) struct Given<T> {
    pub(crate) word: Ident,
    pub(crate) value: T,
}

/// The attributes of a struct, or of an enum.
#[derive(Debug, Default)]
pub(crate) struct StructAttrs {
    pub(crate) rename_all: Option<Given<Rule>>,
    /// Of an enum: the name of the entry that names the variant.
    pub(crate) tag: Option<Given<LitStr>>,
    pub(crate) separator: Option<Given<LitStr>>,
    pub(crate) version: Option<Given<LitInt>>,
    pub(crate) migrate: Option<Given<ExprPath>>,
    pub(crate) bounds: Bounds,
    pub(crate) krate: Option<Path>,
    pub(crate) packed: Option<Given<()>>,
    pub(crate) align: Option<Given<()>>,
    pub(crate) allow_unexpected: Option<Given<()>>,
    pub(crate) element_only: Option<Given<()>>,
}

/// The attributes of an enum's variant.
#[derive(Debug, Default)]
pub(crate) struct VariantAttrs {
    pub(crate) rename: Option<Given<LitStr>>,
    pub(crate) rename_all: Option<Given<Rule>>,
}

/// The attributes of a field.
#[derive(Debug, Default)]
pub(crate) struct FieldAttrs {
    pub(crate) rename: Option<Given<LitStr>>,
    pub(crate) aliases: Vec<Given<LitStr>>,
    pub(crate) skip: Option<Given<()>>,
    pub(crate) skip_if: Option<Given<ExprPath>>,
    pub(crate) default: Option<Given<Fallback>>,
    pub(crate) optional: Option<Given<()>>,
    pub(crate) flatten: Option<Given<()>>,
    pub(crate) shape: Option<Given<Shape>>,
    pub(crate) with: Option<Given<ExprPath>>,
    pub(crate) json: Option<Given<()>>,
    pub(crate) cast: Option<Given<Cast>>,
    pub(crate) bounds: Bounds,
}

/// How far the arrays of a field are converted while loading.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cast {
    Lossless,
    Any,
}

/// Where the value of a field that is not in the file comes from.
#[derive(Debug)]
pub(crate) enum Fallback {
    /// `Default::default`
    Trait,
    /// The function of this path.
    Function(ExprPath),
}

/// Bounds that the user wrote; they replace the inferred ones of a struct or a field.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) save: Option<Vec<WherePredicate>>,
    pub(crate) load: Option<Vec<WherePredicate>>,
    pub(crate) record: Option<Vec<WherePredicate>>,
    pub(crate) view: Option<Vec<WherePredicate>>,
}

impl StructAttrs {
    /// `on` says whether these are a struct's or an enum's.
    pub(crate) fn parse(attrs: &[Attribute], on: On, errors: &mut Errors) -> Self {
        let mut parsed = Self::default();
        each(attrs, on, errors, |item| {
            match item.word.name {
                "rename_all" => parsed.rename_all = Some(item.give(rule(&item.string()?)?)),
                "bound" => parsed.bounds = bounds(&item)?,
                "tag" => parsed.tag = Some(item.give(item.string()?)),
                "separator" => parsed.separator = Some(item.give(item.string()?)),
                "version" => parsed.version = Some(item.give(item.integer()?)),
                "migrate" => {
                    parsed.migrate = Some(item.give(parse_str(&item, ExprPath::parse)?));
                }
                "packed" => parsed.packed = Some(item.flag()?),
                "align" => parsed.align = Some(item.flag()?),
                "allow_unexpected" => parsed.allow_unexpected = Some(item.flag()?),
                "element_only" => parsed.element_only = Some(item.flag()?),
                "crate" => parsed.krate = Some(parse_str(&item, Path::parse_mod_style)?),
                other => return Err(item.forgotten(other)),
            }
            Ok(())
        });
        parsed
    }

    /// The separator that is said, as an `Option` of the generated code.
    pub(crate) fn separator(&self) -> Option<TokenStream> {
        let text = &self.separator.as_ref()?.value;
        Some(quote!(::core::option::Option::Some(#text)))
    }

    /// The version that is said, as an `Option` of the generated code.
    pub(crate) fn version(&self) -> Option<TokenStream> {
        let number = &self.version.as_ref()?.value;
        Some(quote!(::core::option::Option::Some(#number)))
    }
}

impl VariantAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut parsed = Self::default();
        each(attrs, On::Variant, errors, |item| {
            match item.word.name {
                "rename" => parsed.rename = Some(item.give(item.string()?)),
                "rename_all" => parsed.rename_all = Some(item.give(rule(&item.string()?)?)),
                other => return Err(item.forgotten(other)),
            }
            Ok(())
        });
        parsed
    }
}

impl FieldAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut parsed = Self::default();
        each(attrs, On::Field, errors, |item| {
            match item.word.name {
                "rename" => parsed.rename = Some(item.give(item.string()?)),
                "skip" => parsed.skip = Some(item.flag()?),
                "flatten" => parsed.flatten = Some(item.flag()?),
                "alias" => parsed.aliases.extend(aliases(&item)?),
                "optional" => parsed.optional = Some(item.flag()?),
                "json" => parsed.json = Some(item.flag()?),
                "shape" => parsed.shape = Some(item.give(shape(&item)?)),
                "with" => parsed.with = Some(item.give(parse_str(&item, ExprPath::parse)?)),
                "skip_if" => {
                    parsed.skip_if = Some(item.give(parse_str(&item, ExprPath::parse)?));
                }
                "bound" => parsed.bounds = bounds(&item)?,
                "cast" => {
                    let cast = if item.is_bare() { Cast::Lossless } else { cast(&item)? };
                    parsed.cast = Some(item.give(cast));
                }
                "default" => {
                    let fallback = if item.is_bare() {
                        Fallback::Trait
                    } else {
                        Fallback::Function(parse_str(&item, ExprPath::parse)?)
                    };
                    parsed.default = Some(item.give(fallback));
                }
                other => return Err(item.forgotten(other)),
            }
            Ok(())
        });
        parsed
    }
}

/// A known word, and the tokens from behind it on.
struct Item<'a> {
    ident: Ident,
    word: &'static Word,
    input: ParseStream<'a>,
}

/// Calls `take` for every word. After a mistake it goes on behind the next comma, so that one
/// mistake hides no other.
fn each(
    attrs: &[Attribute],
    on: On,
    errors: &mut Errors,
    mut take: impl FnMut(Item<'_>) -> syn::Result<()>,
) {
    let mut seen = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("npz")) {
        let Meta::List(list) = &attr.meta else {
            errors.at(attr, "npz attributes stand in parentheses: `#[npz(...)]`");
            continue;
        };
        let read = list.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                let item = next_item(input, on, &mut seen);
                if let Err(error) = item.and_then(&mut take).and_then(|()| comma_or_end(input)) {
                    errors.push(error);
                    skip_to_comma(input)?;
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        });
        if let Err(error) = read {
            errors.push(error);
        }
    }
}

/// The next word, if it is known, may stand here and is new.
fn next_item<'a>(
    input: ParseStream<'a>,
    on: On,
    seen: &mut Vec<&'static str>,
) -> syn::Result<Item<'a>> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected the name of an npz attribute"));
    }
    let ident = input.call(Ident::parse_any)?;
    let fault = |message| Err(syn::Error::new(ident.span(), message));
    match words::find(&ident.to_string(), on) {
        Ok(word) if seen.contains(&word.name) && !word.repeats() => fault(twice(&ident)),
        Ok(word) => {
            seen.push(word.name);
            Ok(Item { ident, word, input })
        }
        Err(message) => fault(message),
    }
}

fn twice(ident: &Ident) -> String {
    format!("`{ident}` is written twice here; keep one of them")
}

fn comma_or_end(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error("expected `,` before this"))
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

impl Item<'_> {
    fn give<T>(&self, value: T) -> Given<T> {
        Given { word: self.ident.clone(), value }
    }

    /// Whether the word comes without a value.
    fn is_bare(&self) -> bool {
        !self.input.peek(Token![=]) && !self.input.peek(token::Paren)
    }

    /// A word without a value.
    fn flag(&self) -> syn::Result<Given<()>> {
        if self.is_bare() {
            return Ok(self.give(()));
        }
        Err(self.error(format!("`{}` takes no value", self.word.name)))
    }

    /// The value of `word = "value"`.
    fn string(&self) -> syn::Result<LitStr> {
        if self.input.peek(Token![=]) && self.input.peek2(LitStr) {
            self.input.parse::<Token![=]>()?;
            return self.input.parse();
        }
        Err(self.error(format!("expected {}", self.word.form)))
    }

    /// The value of `word = 2`.
    fn integer(&self) -> syn::Result<LitInt> {
        if self.input.peek(Token![=]) && self.input.peek2(LitInt) {
            self.input.parse::<Token![=]>()?;
            return self.input.parse();
        }
        Err(self.error(format!("expected {}", self.word.form)))
    }

    fn error(&self, message: String) -> syn::Error {
        syn::Error::new(self.ident.span(), message)
    }

    /// `words` has the word and the match above does not: a mistake in this crate.
    fn forgotten(&self, word: &str) -> syn::Error {
        self.error(format!("npz-derive knows `{word}` but doesn't read it; please report this"))
    }
}

/// The value of `word = "value"`, read by `parser`.
fn parse_str<T>(item: &Item<'_>, parser: fn(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    let literal = item.string()?;
    literal.parse_with(parser).map_err(|error| {
        let message = format!("expected {}, but the text can't be read: {error}", item.word.form);
        syn::Error::new(literal.span(), message)
    })
}

fn cast(item: &Item<'_>) -> syn::Result<Cast> {
    let literal = item.string()?;
    match literal.value().as_str() {
        "lossless" => Ok(Cast::Lossless),
        "any" => Ok(Cast::Any),
        typed => {
            let message = format!("unknown cast {typed:?}; a cast is \"lossless\" or \"any\"");
            Err(syn::Error::new(literal.span(), message))
        }
    }
}

fn rule(literal: &LitStr) -> syn::Result<Rule> {
    let typed = literal.value();
    Rule::from_name(&typed).ok_or_else(|| {
        let names = || Rule::ALL.into_iter().map(|(name, _)| name);
        let meant = match nearest(&typed, names()) {
            Some(name) => format!(" did you mean \"{name}\"? The"),
            None => " the".to_owned(),
        };
        let known: Vec<_> = names().map(|name| format!("\"{name}\"")).collect();
        let message = format!("unknown rule {typed:?};{meant} rules are {}", known.join(", "));
        syn::Error::new(literal.span(), message)
    })
}

/// `alias = "old"`, or `alias("old", "older")`.
fn aliases(item: &Item<'_>) -> syn::Result<Vec<Given<LitStr>>> {
    if !item.input.peek(token::Paren) {
        return Ok(vec![item.give(item.string()?)]);
    }
    let content;
    parenthesized!(content in item.input);
    match Punctuated::<LitStr, Token![,]>::parse_terminated(&content) {
        Ok(list) if !list.is_empty() => Ok(list.into_iter().map(|old| item.give(old)).collect()),
        _ => {
            // syn takes tokens that are left over for a second mistake.
            content.parse::<TokenStream>()?;
            Err(item.error(format!("expected {}", item.word.form)))
        }
    }
}

/// `shape(…)`, or the same between quotes.
fn shape(item: &Item<'_>) -> syn::Result<Shape> {
    if !item.input.peek(token::Paren) {
        return parse_str(item, Shape::parse);
    }
    let content;
    parenthesized!(content in item.input);
    Shape::parse(&content).inspect_err(|_| {
        // As above; there is nothing to fail in reading any tokens.
        let _ = content.parse::<TokenStream>();
    })
}

/// `bound = "…"` for all derives, or `bound(save = "…", load = "…")` and so on for each.
fn bounds(item: &Item<'_>) -> syn::Result<Bounds> {
    if !item.input.peek(token::Paren) {
        let all = Some(parse_str(item, predicates)?);
        let (save, load, view) = (all.clone(), all.clone(), all.clone());
        return Ok(Bounds { save, load, view, record: all });
    }
    let content;
    parenthesized!(content in item.input);
    let mut bounds = Bounds::default();
    while !content.is_empty() {
        if let Err(error) = bound_of_side(item.word, &content, &mut bounds) {
            // syn takes tokens that are left over for a second mistake.
            content.parse::<TokenStream>()?;
            return Err(error);
        }
        content.parse::<Option<Token![,]>>()?;
    }
    Ok(bounds)
}

fn bound_of_side(
    word: &'static Word,
    input: ParseStream<'_>,
    bounds: &mut Bounds,
) -> syn::Result<()> {
    let ident = input.call(Ident::parse_any)?;
    let fault = |message| Err(syn::Error::new(ident.span(), message));
    let side = match ident.to_string().as_str() {
        "save" => &mut bounds.save,
        "load" => &mut bounds.load,
        "view" => &mut bounds.view,
        "record" => &mut bounds.record,
        _ => {
            let known = "it has `save`, `load`, `view` and `record`";
            return fault(format!("unknown `{ident}` in `bound(...)`; {known}"));
        }
    };
    if side.is_some() {
        return fault(twice(&ident));
    }
    *side = Some(parse_str(&Item { ident, word, input }, predicates)?);
    comma_or_end(input)
}

fn predicates(input: ParseStream<'_>) -> syn::Result<Vec<WherePredicate>> {
    let list = Punctuated::<WherePredicate, Token![,]>::parse_terminated(input)?;
    Ok(list.into_iter().collect())
}
