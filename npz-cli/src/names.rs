//! Names that are meant, and names that change.

use std::collections::HashSet;

use npz_core::{Error, NpzEditor, Result};

use crate::pattern::nearest;
use crate::text::shorten;

/// Names that are suggested are shown in so many columns: some are longer than any screen.
pub(crate) const SUGGESTED_COLUMNS: usize = 200;

/// What an error says of the name that was most likely meant by `wanted`, if there is one.
pub(crate) fn likely<'a>(
    wanted: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Option<String> {
    let near = shorten(nearest(wanted, names)?, SUGGESTED_COLUMNS);
    Some(format!("the nearest name in the file is {near:?}"))
}

/// To be said after a name that is no entry's: the one that was most likely meant.
pub(crate) fn hint<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    likely(wanted, names.into_iter()).map(|near| format!("; {near}")).unwrap_or_default()
}

/// Gives entries other names, all at once: names may be swapped, or passed on from one to the next.
pub(crate) fn rename_all(editor: &mut NpzEditor<'_>, pairs: &[(String, String)]) -> Result<()> {
    let new_names: HashSet<&str> = pairs.iter().map(|(_, new)| new.as_str()).collect();
    let mut waiting = Vec::new();
    for (old, new) in pairs.iter().filter(|(old, new)| old != new) {
        if !editor.contains(new) {
            editor.rename(old, new)?;
            continue;
        }
        // It is taken, perhaps by one that goes on itself: this one waits under a name that nobody
        // has or wants. An alias that stands for a level above it goes on to do so.
        let mut aside = format!("{old}~");
        while editor.contains(&aside) || new_names.contains(aside.as_str()) {
            aside.push('~');
        }
        editor.rename(old, &aside)?;
        waiting.push((aside, old, new));
    }
    for (aside, old, new) in waiting {
        editor.rename(&aside, new).map_err(|error| match error.entry() {
            Some(entry) if entry == aside => {
                let plain = Error::new(error.kind(), error.message().to_owned()).with_entry(old);
                match error.path() {
                    Some(path) => plain.with_path(path),
                    None => plain,
                }
            }
            _ => error,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_no_longer_than_a_screen() {
        let long = "weight".repeat(10_000);
        let said = hint("weightw", [long.as_str()].into_iter());
        assert!(said.starts_with("; the nearest name in the file is \"weight"), "{said}");
        assert!(said.len() < 300 && said.contains('…'), "{said}");
        assert_eq!(hint("q", ["step"].into_iter()), "");
    }
}
