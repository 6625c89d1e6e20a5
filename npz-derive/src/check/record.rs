//! The rules of records.

use super::{names_differ, skipped_is_not_in_the_file};
use crate::ast::{Role, Struct, entry_names};
use crate::attr::{FieldAttrs, Given, StructAttrs};
use crate::emit::Derive;
use crate::errors::Errors;
use proc_macro2::Ident;

/// Reports everything that is wrong with a record whose attributes could be read.
pub(super) fn check(input: &Struct<'_>, errors: &mut Errors) {
    has_fields(input, errors);
    owns_its_values(input, errors);
    has_one_layout(input, errors);
    file_is_of_values(&input.attrs, errors);
    for field in &input.fields {
        skipped_is_not_in_the_file(field, errors);
        if field.attrs.skip.is_some() {
            continue;
        }
        words_are_of_values(input, &field.attrs, errors);
        if let Some(flatten) = &field.attrs.flatten {
            let message =
                "the fields of a record can't be flattened into another; remove `flatten`";
            errors.at(&flatten.word, message);
        }
        if let Some(default) = &field.attrs.default {
            let message = "every record in a file has all its fields, so none is absent; remove \
                `default`, or add `skip`";
            errors.at(&default.word, message);
        }
    }
    for (name, _) in entry_names(&input.fields) {
        if name.text.is_empty() {
            errors.at_span(name.span, "a field's name can't be empty: NumPy would choose one");
        }
    }
    names_differ(&input.fields, "field", None, errors);
}

/// What is said of an entry or of a file means nothing to a record, which is an item in an array.
/// With `element_only`, it is meant for the other derives.
fn words_are_of_values(input: &Struct<'_>, field: &FieldAttrs, errors: &mut Errors) {
    if input.attrs.element_only.is_some() {
        return;
    }
    let flags = [&field.optional, &field.json].into_iter().flatten().map(|given| &given.word);
    let paths = [&field.skip_if, &field.with].into_iter().flatten().map(|given| &given.word);
    let aliases = field.aliases.iter().map(|given| &given.word);
    let shape = field.shape.iter().map(|given| &given.word);
    let cast = field.cast.iter().map(|given| &given.word);
    for word in flags.chain(paths).chain(aliases).chain(shape).chain(cast) {
        not_of_records(word, errors);
    }
}

fn file_is_of_values(attrs: &StructAttrs, errors: &mut Errors) {
    if attrs.element_only.is_some() {
        return;
    }
    let separator = attrs.separator.iter().map(|given| &given.word);
    let version = attrs.version.iter().map(|given| &given.word);
    let migrate = attrs.migrate.iter().map(|given| &given.word);
    for word in separator.chain(version).chain(migrate) {
        not_of_records(word, errors);
    }
}

fn not_of_records(word: &Ident, errors: &mut Errors) {
    let message = format!(
        "`{word}` does nothing here: a record is an item of arrays, and has no entries of its own; \
         remove it, or add `element_only` and derive SaveNpz and LoadNpz as well"
    );
    errors.at(word, message);
}

fn has_fields(input: &Struct<'_>, errors: &mut Errors) {
    if input.fields.iter().all(|field| matches!(field.role, Role::Skipped)) {
        let message = "a record needs a field that is in the file";
        errors.at(&input.original.ident, message);
    }
}

fn owns_its_values(input: &Struct<'_>, errors: &mut Errors) {
    for param in input.original.generics.lifetimes() {
        let message = "a record is read from a file, so it owns its values; remove the lifetime";
        errors.at(&param.lifetime, message);
    }
}

fn has_one_layout(input: &Struct<'_>, errors: &mut Errors) {
    if let (Some(packed), Some(_)) = (&input.attrs.packed, &input.attrs.align) {
        let message = "a record is either packed or aligned; remove `packed` or `align`";
        errors.at(&packed.word, message);
    }
}

/// A struct that is a record too is marked as such, since a record is saved by its own impl.
pub(super) fn layout_is_of_records(input: &Struct<'_>, derive: Derive, errors: &mut Errors) {
    let attrs = &input.attrs;
    // A record's own impls don't make it viewable.
    if attrs.element_only.is_some() || derive == Derive::View {
        return;
    }
    let words = [&attrs.packed, &attrs.align, &attrs.allow_unexpected];
    for Given { word, .. } in words.into_iter().flatten() {
        let the_trait = derive.trait_name();
        let message = format!(
            "`{word}` is about `#[derive(NpyRecord)]`, which implements {the_trait} as well: \
             remove it, or the derive of {the_trait}, or add `element_only` to have both derives"
        );
        errors.at(word, message);
    }
}
