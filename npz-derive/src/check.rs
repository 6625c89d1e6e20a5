//! The rules that hold between attributes, names and fields. One function for each rule.

mod record;

use crate::ast::{Field, Role, Struct, Style};
use crate::emit::Derive;
use crate::errors::Errors;
use crate::leaf::Scope;
use proc_macro2::Ident;
use std::collections::HashMap;
use syn::Member;
use syn::ext::IdentExt as _;

/// Reports everything that is wrong with a struct whose attributes could be read.
pub(crate) fn check(input: &Struct<'_>, derive: Derive, errors: &mut Errors) {
    rename_all_needs_names(input, errors);
    if derive == Derive::Record {
        return record::check(input, errors);
    }
    record::layout_is_of_records(input, derive, errors);
    for field in &input.fields {
        skipped_is_not_in_the_file(field, errors);
        flattened_has_no_name(field, errors);
        flattened_cannot_be_absent(field, errors);
        flattened_is_not_itself(input, field, errors);
    }
    names_are_entry_names(input, errors);
    names_differ(input, "entry", errors);
}

fn rename_all_needs_names(input: &Struct<'_>, errors: &mut Errors) {
    let Some(rename_all) = &input.attrs.rename_all else { return };
    let reason = match input.style {
        Style::Named => return,
        Style::Tuple => "the fields of a tuple struct are named by their numbers",
        Style::Unit => "a unit struct has no fields",
    };
    errors.at(&rename_all.word, format!("`rename_all` does nothing here: {reason}; remove it"));
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

/// A struct whose entries stand among its own entries would never end.
fn flattened_is_not_itself(input: &Struct<'_>, field: &Field<'_>, errors: &mut Errors) {
    let message = match field.role {
        Role::Transparent => {
            "the only field of a tuple struct takes the place of the struct, so it can't hold \
             the struct again; name it with `#[npz(rename = \"...\")]`"
        }
        Role::Flattened => "a struct can't be flattened into itself; remove `flatten`",
        Role::Entry(_) | Role::Skipped => return,
    };
    if Scope::new(input.original).holds_itself(field.ty) {
        errors.at(field.ty, message);
    }
}

fn names_are_entry_names(input: &Struct<'_>, errors: &mut Errors) {
    for name in input.entry_names() {
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

fn names_differ(input: &Struct<'_>, what: &str, errors: &mut Errors) {
    let mut taken: HashMap<&str, &Member> = HashMap::new();
    for field in &input.fields {
        let Role::Entry(name) = &field.role else { continue };
        match taken.get(name.text.as_str()) {
            None => {
                taken.insert(&name.text, &field.member);
            }
            Some(first) => {
                let message = format!(
                    "the {what} name {:?} is already taken by the field `{}`; rename one of them",
                    name.text,
                    member_text(first),
                );
                errors.at_span(name.span, message);
            }
        }
    }
}

fn member_text(member: &Member) -> String {
    match member {
        Member::Named(ident) => Ident::unraw(ident).to_string(),
        Member::Unnamed(index) => index.index.to_string(),
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
