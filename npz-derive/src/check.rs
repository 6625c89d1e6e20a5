//! The rules that hold between attributes, names and fields. One function for each rule.

mod record;

use crate::ast::{Enum, Field, Name, Role, Struct, Style, Variant, entry_names};
use crate::attr::{Given, StructAttrs};
use crate::case::Rule;
use crate::emit::Derive;
use crate::errors::Errors;
use crate::leaf::Scope;
use crate::shape;
use proc_macro2::Ident;
use std::collections::HashMap;
use syn::DeriveInput;

/// Reports everything that is wrong with a struct whose attributes could be read.
pub(crate) fn check(input: &Struct<'_>, derive: Derive, errors: &mut Errors) {
    container(&input.attrs, errors);
    rename_all_needs_names(input.attrs.rename_all.as_ref(), input.style, "struct", errors);
    if derive == Derive::Record {
        return record::check(input, errors);
    }
    record::layout_is_of_records(input, derive, errors);
    fields(input.original, &input.fields, None, errors);
}

/// Reports everything that is wrong with an enum whose attributes could be read.
pub(crate) fn check_enum(input: &Enum<'_>, errors: &mut Errors) {
    container(&input.attrs, errors);
    has_variants(input, errors);
    tag_is_for_fields(input, errors);
    variants_differ(input, errors);
    for variant in &input.variants {
        let rename_all = variant.attrs.rename_all.as_ref();
        rename_all_needs_names(rename_all, variant.style, "variant", errors);
        fields(input.original, &variant.fields, Some(input.tag.text.as_str()), errors);
    }
}

/// The rules for what may stand on structs and enums alike.
fn container(attrs: &StructAttrs, errors: &mut Errors) {
    if let Some(separator) = &attrs.separator {
        let text = separator.value.value();
        if text.is_empty() || text.contains(|c: char| c == '\0' || c.is_ascii_digit()) {
            let message = "the separator joins the levels of a name, as in `layers/0/weight`; it \
                can't be empty, nor contain a digit, which are a list's indices, nor the character \
                NUL (`\\0`)";
            errors.at(&separator.value, message);
        }
    }
    match (&attrs.version, &attrs.migrate) {
        (Some(version), _) if !version.value.base10_parse::<u64>().is_ok_and(|n| n > 0) => {
            let message = "a version is a number from 1 on; files from before there were versions \
                count as version 0";
            errors.at(&version.value, message);
        }
        (None, Some(migrate)) => {
            let message = "`migrate` renames the entries of files of older versions: say which \
                version this is, with `version = 1` or higher";
            errors.at(&migrate.word, message);
        }
        _ => {}
    }
}

/// The rules for the fields of a struct, or of a variant that is named by the entry `tag`.
fn fields(input: &DeriveInput, fields: &[Field<'_>], tag: Option<&str>, errors: &mut Errors) {
    for field in fields {
        skipped_is_not_in_the_file(field, errors);
        flattened_has_no_name(field, errors);
        flattened_cannot_be_absent(field, errors);
        words_need_an_entry(field, errors);
        absent_is_said_once(field, errors);
        content_is_said_once(field, errors);
        shape_fits_the_type(field, errors);
        flattened_is_not_itself(input, field, errors);
    }
    names_are_entry_names(fields, errors);
    names_differ(fields, "entry", tag, errors);
}

fn rename_all_needs_names(
    rename_all: Option<&Given<Rule>>,
    style: Style,
    what: &str,
    errors: &mut Errors,
) {
    let Some(rename_all) = rename_all else { return };
    let reason = match style {
        Style::Named => return,
        Style::Tuple => format!("the fields of a tuple {what} are named by their numbers"),
        Style::Unit => format!("a unit {what} has no fields"),
    };
    errors.at(&rename_all.word, format!("`rename_all` does nothing here: {reason}; remove it"));
}

fn has_variants(input: &Enum<'_>, errors: &mut Errors) {
    if input.variants.is_empty() {
        let message = "an enum without variants has no values, so there is nothing to save or load";
        errors.at(&input.original.ident, message);
    }
}

fn tag_is_for_fields(input: &Enum<'_>, errors: &mut Errors) {
    let Some(tag) = &input.attrs.tag else { return };
    if !input.variants.is_empty() && input.variants.iter().all(Variant::is_unit) {
        let message = "`tag` does nothing here: without fields, a variant's name stands in the \
            place of the enum itself; remove it";
        errors.at(&tag.word, message);
    }
    if let Some(reason) = fault(&input.tag.text) {
        errors.at_span(input.tag.span, reason);
    }
}

fn variants_differ(input: &Enum<'_>, errors: &mut Errors) {
    let mut taken: HashMap<&str, &Ident> = HashMap::new();
    for Variant { name: Name { text, span }, ident, .. } in &input.variants {
        if text.is_empty() || text.contains('\0') {
            let message = "a variant's name can't be empty, nor contain the character NUL (`\\0`), \
                which NumPy takes for its end";
            errors.at_span(*span, message);
        } else if let Some(first) = taken.insert(text, ident) {
            let message = format!(
                "the name {text:?} is already taken by the variant `{first}`; rename one of them"
            );
            errors.at_span(*span, message);
        }
    }
}

fn skipped_is_not_in_the_file(field: &Field<'_>, errors: &mut Errors) {
    if field.attrs.skip.is_none() {
        return;
    }
    if let Some(rename) = &field.attrs.rename {
        let message = "a skipped field has no entry to rename; remove `rename` or `skip`";
        errors.at(&rename.word, message);
    }
    if let Some(cast) = &field.attrs.cast {
        let message = "a skipped field has no array to cast; remove `cast` or `skip`";
        errors.at(&cast.word, message);
    }
    if let Some(flatten) = &field.attrs.flatten {
        let message = "a skipped field has no entries to flatten; remove `flatten` or `skip`";
        errors.at(&flatten.word, message);
    }
}

fn flattened_has_no_name(field: &Field<'_>, errors: &mut Errors) {
    if let (Some(_), Some(rename)) = (&field.attrs.flatten, &field.attrs.rename) {
        let message = "a flattened field has no name of its own: its entries stand among those \
            of the struct; remove `rename` or `flatten`";
        errors.at(&rename.word, message);
    }
}

fn flattened_cannot_be_absent(field: &Field<'_>, errors: &mut Errors) {
    let Some(default) = &field.attrs.default else { return };
    let message = match field.role {
        Role::Transparent => {
            "the only field of a tuple struct has no entry of its own that could be absent: put \
             `default` on the field that holds this struct, or name this one with `rename`"
        }
        Role::Flattened => {
            "a flattened field has no entry of its own that could be absent: remove `default`, \
             or put it on the fields inside"
        }
        Role::Entry(_) | Role::Skipped => return,
    };
    errors.at(&default.word, message);
}

/// Words that say something about an entry, on a field that has none of its own.
fn words_need_an_entry(field: &Field<'_>, errors: &mut Errors) {
    let attrs = &field.attrs;
    let aliases = attrs.aliases.iter().map(|alias| &alias.word);
    let shape = attrs.shape.iter().map(|shape| &shape.word);
    let optional = attrs.optional.iter().map(|optional| &optional.word);
    let absent = optional.chain(attrs.skip_if.iter().map(|skip_if| &skip_if.word));
    let content = attrs.with.iter().map(|with| &with.word);
    let content = content.chain(attrs.json.iter().map(|json| &json.word));
    let for_entry = aliases.chain(shape).chain(absent);
    let (words, why, instead): (Vec<&Ident>, _, _) = match field.role {
        Role::Entry(_) => return,
        Role::Transparent => (
            for_entry.collect(),
            "the only field of a tuple struct takes the place of the struct, so it has no entry \
             of its own",
            "put it on the field that holds this struct, or name this one with `rename`",
        ),
        Role::Flattened => (
            for_entry.chain(content).collect(),
            "a flattened field has no entry of its own",
            "remove it, or `flatten`",
        ),
        Role::Skipped => (
            for_entry.chain(content).collect(),
            "a skipped field has no entry",
            "remove it, or `skip`",
        ),
    };
    for word in words {
        errors.at(word, format!("`{word}` does nothing here: {why}; {instead}"));
    }
}

fn absent_is_said_once(field: &Field<'_>, errors: &mut Errors) {
    if let (Some(optional), Some(_)) = (&field.attrs.optional, &field.attrs.default) {
        let message = "`default` says already that the entry may be absent; remove `optional`";
        errors.at(&optional.word, message);
    }
}

fn content_is_said_once(field: &Field<'_>, errors: &mut Errors) {
    if let (Some(_), Some(json)) = (&field.attrs.with, &field.attrs.json) {
        let message = "`with` and `json` both say what the field is in the file; keep one of them";
        errors.at(&json.word, message);
    }
    if let (Some(cast), Some(json)) = (&field.attrs.cast, &field.attrs.json) {
        let message = "`cast` does nothing here: JSON is one text, without a dtype; remove it";
        errors.at(&cast.word, format!("{message}, or `{}`", json.word));
    }
}

fn shape_fits_the_type(field: &Field<'_>, errors: &mut Errors) {
    let attrs = &field.attrs;
    let Some(shape) = &attrs.shape else { return };
    if let Some(json) = &attrs.json {
        let message = "`shape` does nothing here: JSON is one text, without dimensions; remove it";
        errors.at(&shape.word, format!("{message}, or `{}`", json.word));
    }
    // What stands in the file under `with` is not for the type to say.
    let own = attrs.with.is_none() && attrs.json.is_none();
    if let Some((name, dimensions)) = shape::dimensions(field.ty).filter(|_| own)
        && dimensions != shape.value.len()
    {
        let plural = if shape.value.len() == 1 { "" } else { "s" };
        let message = format!(
            "this shape has {} dimension{plural}, an `{name}` has {dimensions}",
            shape.value.len()
        );
        errors.at(&shape.word, message);
    }
}

/// A struct whose entries stand among its own entries would never end.
fn flattened_is_not_itself(input: &DeriveInput, field: &Field<'_>, errors: &mut Errors) {
    let message = match field.role {
        Role::Transparent => {
            "the only field of a tuple struct takes the place of the struct, so it can't hold \
             the struct again; name it with `#[npz(rename = \"...\")]`"
        }
        Role::Flattened => "a struct can't be flattened into itself; remove `flatten`",
        Role::Entry(_) | Role::Skipped => return,
    };
    if Scope::new(input).holds_itself(field.ty) {
        errors.at(field.ty, message);
    }
}

fn names_are_entry_names(fields: &[Field<'_>], errors: &mut Errors) {
    for (name, _) in entry_names(fields) {
        if let Some(reason) = fault(&name.text) {
            errors.at_span(name.span, reason);
        }
    }
}

/// Why this can't be the name of an entry. Each of these would be an error when a value is saved,
/// but the last two: those are names that nobody means.
///
/// A dot is no fault, as long as something stands on both sides of it: `"fc1.weight"` is the
/// entry `weight` one level down, in `fc1`. So one array deep inside a file that was made
/// elsewhere can be named without a struct for every level above it. Should another field of the
/// struct write the same entry, saving says so before it touches the file.
fn fault(name: &str) -> Option<String> {
    let fault = if name.is_empty() {
        "an entry's name can't be empty"
    } else if name == "__metadata__" {
        "`__metadata__` is the entry that holds the file's metadata; choose another name with \
         `#[npz(rename = \"...\")]`"
    } else if name.contains('\0') {
        "an entry's name can't contain the character NUL (`\\0`)"
    } else if name.contains('\\') {
        "an entry's name can't contain `\\`, which NumPy reads as `/` on Windows"
    } else if is_absolute(name) {
        "an entry's name can't be an absolute path: unpacked, it would leave its directory"
    } else if name.split('/').any(|part| part == "..") {
        "an entry's name can't contain the part `..`: unpacked, it would leave its directory"
    } else if let Some(stem) = name.strip_suffix(".npy") {
        return Some(format!(
            "every entry is stored with `.npy` behind its name already; write {stem:?} instead"
        ));
    } else if name.split('.').any(str::is_empty) {
        "an entry's name can't begin or end with a dot, nor have two in a row: a dot separates \
         two levels, and each has a name"
    } else {
        return None;
    };
    Some(fault.to_owned())
}

/// `/w` and `C:/w` are; `w:0` is a name that TensorFlow gives.
fn is_absolute(name: &str) -> bool {
    let drive = |letter: char| letter.is_ascii_alphabetic();
    name.starts_with('/') || name.strip_prefix(drive).is_some_and(|rest| rest.starts_with(":/"))
}

fn names_differ(fields: &[Field<'_>], what: &str, tag: Option<&str>, errors: &mut Errors) {
    let mut taken: HashMap<String, &Field<'_>> = HashMap::new();
    for (Name { text, span }, field) in entry_names(fields) {
        let by = if tag == Some(&text) {
            "the variant's own name; rename the field, or choose another `tag`".to_owned()
        } else {
            match taken.get(&text) {
                None => {
                    taken.insert(text, field);
                    continue;
                }
                Some(first) if std::ptr::eq(*first, field) => {
                    let message = format!("{text:?} is already a name of this field; remove this");
                    errors.at_span(span, message);
                    continue;
                }
                Some(first) => {
                    format!("the field `{}`; rename one of them", first.rust_name())
                }
            }
        };
        errors.at_span(span, format!("the {what} name {text:?} is already taken by {by}"));
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn keys_of_numpy_are_names() {
        for name in
            ["w", "0", "arr_0", "dense/kernel:0", "größe", "with blank", "a-b", "fc1.weight"]
        {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    #[test]
    fn what_no_entry_can_be_called() {
        for (name, part) in [
            ("", "empty"),
            ("__metadata__", "metadata"),
            ("a\0b", "NUL"),
            ("/w", "absolute"),
            ("C:/w", "absolute"),
            ("\\w", "on Windows"),
            ("..", "leave its directory"),
            ("a/../b", "leave its directory"),
            ("w.npy", "write \"w\" instead"),
            (".a", "begin or end with a dot"),
            ("a.", "begin or end with a dot"),
            ("a..b", "two in a row"),
        ] {
            let reason = fault(name).unwrap_or_default();
            assert!(reason.contains(part), "{name:?}: {reason}");
        }
    }
}
