//! A struct as the derives see it: borrowed from syn, with its attributes read.

use crate::attr::{FieldAttrs, StructAttrs};
use crate::emit::Derive;
use crate::errors::Errors;
use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, Member, Type};

/// A struct and its attributes.
#[derive(Debug)]
pub(crate) struct Struct<'a> {
    pub(crate) original: &'a DeriveInput,
    pub(crate) attrs: StructAttrs,
    pub(crate) style: Style,
    pub(crate) fields: Vec<Field<'a>>,
}

/// How a struct is written.
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
        let style = match data.fields {
            Fields::Named(_) => Style::Named,
            Fields::Unnamed(_) => Style::Tuple,
            Fields::Unit => Style::Unit,
        };
        let attrs = StructAttrs::parse(&original.attrs, errors);
        let attrs_of_fields: Vec<_> =
            data.fields.iter().map(|field| FieldAttrs::parse(&field.attrs, errors)).collect();
        let kept = attrs_of_fields.iter().filter(|attrs| attrs.skip.is_none()).count();
        // A record of one field is a record still.
        let is_newtype = style == Style::Tuple && kept == 1 && derive != Derive::Record;

        let fields = data.fields.iter().zip(data.fields.members()).zip(attrs_of_fields);
        let fields = fields
            .map(|((field, member), attrs_of_field)| {
                let role =
                    role(&attrs, &attrs_of_field, &member, is_newtype, derive, field.ty.span());
                Field { ty: &field.ty, member, attrs: attrs_of_field, role }
            })
            .collect();
        Some(Self { original, attrs, style, fields })
    }

    /// The names of the fields that have one: what a flattened field must leave alone.
    pub(crate) fn entry_names(&self) -> impl Iterator<Item = &Name> {
        self.fields.iter().filter_map(|field| match &field.role {
            Role::Entry(name) => Some(name),
            Role::Flattened | Role::Transparent | Role::Skipped => None,
        })
    }
}

fn role(
    attrs: &StructAttrs,
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
        return Role::Entry(Name { text: rename.value.value(), span: rename.value.span() });
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
            let text = match &attrs.rename_all {
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
