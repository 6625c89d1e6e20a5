//! A struct or an enum as the derives see it: borrowed from syn, with its attributes read.

use crate::attr::{Fallback, FieldAttrs, Given, StructAttrs, VariantAttrs};
use crate::case::Rule;
use crate::emit::Derive;
use crate::errors::Errors;
use crate::words::On;
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, Member, Type};

/// The entry that names an enum's variant, unless `tag` names another.
const TAG: &str = "variant";

/// A struct and its attributes.
#[derive(Debug)]
pub(crate) struct Struct<'a> {
    pub(crate) original: &'a DeriveInput,
    pub(crate) attrs: StructAttrs,
    pub(crate) style: Style,
    pub(crate) fields: Vec<Field<'a>>,
}

impl Struct<'_> {
    /// A newtype's only field, if all it says of files is what the newtype says.
    pub(crate) fn only_field(&self) -> Option<&Field<'_>> {
        let only = self.fields.iter().find(|field| matches!(field.role, Role::Transparent))?;
        (only.attrs.with.is_none() && only.attrs.json.is_none()).then_some(only)
    }

    /// That field's type.
    pub(crate) fn only(&self) -> Option<&syn::Type> {
        self.only_field().map(|field| field.ty)
    }
}

/// An enum and its attributes.
#[derive(Debug)]
pub(crate) struct Enum<'a> {
    pub(crate) original: &'a DeriveInput,
    pub(crate) attrs: StructAttrs,
    /// The name of the entry that names the variant, beside the variant's fields.
    pub(crate) tag: Name,
    pub(crate) variants: Vec<Variant<'a>>,
}

/// A variant of an enum.
#[derive(Debug)]
pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) attrs: VariantAttrs,
    /// What it is called in the file.
    pub(crate) name: Name,
    pub(crate) style: Style,
    pub(crate) fields: Vec<Field<'a>>,
}

/// How a struct or a variant is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Named,
    Tuple,
    Unit,
}

/// A field, its attributes, and what becomes of it.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) ty: &'a Type,
    /// How it is reached from `self`.
    pub(crate) member: Member,
    pub(crate) attrs: FieldAttrs,
    pub(crate) role: Role,
}

/// What a field is in the file.
#[derive(Debug)]
pub(crate) enum Role {
    /// A level of its own, under this name.
    Entry(Name),
    /// Its entries stand among those of the struct.
    Flattened,
    /// The only field of a tuple struct: it stands in the place of the struct.
    Transparent,
    /// Nothing.
    Skipped,
}

/// An entry's name and the tokens that it comes from.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl<'a> Struct<'a> {
    /// The model of `original`, or nothing if it is no struct.
    pub(crate) fn from_syn(
        original: &'a DeriveInput,
        derive: Derive,
        errors: &mut Errors,
    ) -> Option<Self> {
        let Data::Struct(data) = &original.data else {
            return None;
        };
        let attrs = StructAttrs::parse(&original.attrs, On::Struct, errors);
        let style = Style::of(&data.fields);
        // A record of one field is a record still.
        let newtypes = derive != Derive::Record;
        let fields = fields(&data.fields, attrs.rename_all.as_ref(), newtypes, derive, errors);
        Some(Self { original, attrs, style, fields })
    }
}

impl<'a> Enum<'a> {
    /// The model of `original`, or nothing if it is no enum.
    pub(crate) fn from_syn(
        original: &'a DeriveInput,
        derive: Derive,
        errors: &mut Errors,
    ) -> Option<Self> {
        let Data::Enum(data) = &original.data else {
            return None;
        };
        let attrs = StructAttrs::parse(&original.attrs, On::Enum, errors);
        let tag = match &attrs.tag {
            Some(tag) => Name::given(tag),
            None => Name { text: TAG.to_owned(), span: original.ident.span() },
        };
        let variants = data.variants.iter().map(|variant| {
            let of_variant = VariantAttrs::parse(&variant.attrs, errors);
            let plain = || variant.ident.unraw().to_string();
            let name = match (&of_variant.rename, &attrs.rename_all) {
                (Some(rename), _) => Name::given(rename),
                (None, Some(rule)) => {
                    let text = rule.value.apply_to_variant(&plain());
                    Name { text, span: variant.ident.span() }
                }
                (None, None) => Name { text: plain(), span: variant.ident.span() },
            };
            let style = Style::of(&variant.fields);
            let rename_all = of_variant.rename_all.as_ref();
            let fields = fields(&variant.fields, rename_all, false, derive, errors);
            Variant { ident: &variant.ident, attrs: of_variant, name, style, fields }
        });
        let variants = variants.collect();
        Some(Self { original, attrs, tag, variants })
    }
}

impl Variant<'_> {
    /// Whether nothing of the variant but its name is in the file.
    pub(crate) fn is_unit(&self) -> bool {
        self.fields.iter().all(|field| matches!(field.role, Role::Skipped))
    }
}

impl Style {
    fn of(fields: &Fields) -> Self {
        match fields {
            Fields::Named(_) => Style::Named,
            Fields::Unnamed(_) => Style::Tuple,
            Fields::Unit => Style::Unit,
        }
    }
}

impl Name {
    fn given(literal: &Given<syn::LitStr>) -> Self {
        Self { text: literal.value.value(), span: literal.value.span() }
    }
}

impl Field<'_> {
    /// What Rust calls the field: `weight`, or `0` in a tuple.
    pub(crate) fn rust_name(&self) -> String {
        match &self.member {
            Member::Named(ident) => ident.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// Where the value comes from when the file doesn't have it; nothing if it must.
    pub(crate) fn fallback(&self) -> Option<&Fallback> {
        let attrs = &self.attrs;
        let implied = attrs.skip.is_some() || attrs.skip_if.is_some() || attrs.optional.is_some();
        let written = attrs.default.as_ref().map(|default| &default.value);
        written.or(implied.then_some(&Fallback::Trait))
    }
}

/// The names that the fields have or had, each with its field: what a flattened one must leave
/// alone.
pub(crate) fn entry_names<'f, 'a>(fields: &'f [Field<'a>]) -> Vec<(Name, &'f Field<'a>)> {
    let names_of = |field: &'f Field<'a>| {
        let Role::Entry(Name { text, span }) = &field.role else { return Vec::new() };
        let own = Name { text: text.clone(), span: *span };
        let names = std::iter::once(own).chain(field.attrs.aliases.iter().map(Name::given));
        names.map(|name| (name, field)).collect()
    };
    fields.iter().flat_map(names_of).collect()
}

/// The fields of a struct or a variant; if `newtypes`, the only field of a tuple leaves no trace.
fn fields<'a>(
    fields: &'a Fields,
    rename_all: Option<&Given<Rule>>,
    newtypes: bool,
    derive: Derive,
    errors: &mut Errors,
) -> Vec<Field<'a>> {
    let attrs_of_fields: Vec<_> =
        fields.iter().map(|field| FieldAttrs::parse(&field.attrs, errors)).collect();
    let kept = attrs_of_fields.iter().filter(|attrs| attrs.skip.is_none()).count();
    let is_newtype = newtypes && Style::of(fields) == Style::Tuple && kept == 1;
    fields
        .iter()
        .zip(fields.members())
        .zip(attrs_of_fields)
        .map(|((field, member), attrs)| {
            let role = role(rename_all, &attrs, &member, is_newtype, derive, field.ty.span());
            Field { ty: &field.ty, member, attrs, role }
        })
        .collect()
}

fn role(
    rename_all: Option<&Given<Rule>>,
    field: &FieldAttrs,
    member: &Member,
    is_newtype: bool,
    derive: Derive,
    ty: Span,
) -> Role {
    if field.skip.is_some() {
        return Role::Skipped;
    }
    if let Some(rename) = &field.rename {
        return Role::Entry(Name::given(rename));
    }
    if is_newtype {
        return Role::Transparent;
    }
    if field.flatten.is_some() {
        return Role::Flattened;
    }
    Role::Entry(match member {
        Member::Named(ident) => {
            let plain = ident.unraw().to_string();
            let text = match rename_all {
                Some(rule) => rule.value.apply(&plain),
                None => plain,
            };
            Name { text, span: ident.span() }
        }
        // As NumPy names fields without a name.
        Member::Unnamed(index) if derive == Derive::Record => {
            Name { text: format!("f{}", index.index), span: ty }
        }
        Member::Unnamed(index) => Name { text: index.index.to_string(), span: ty },
    })
}
