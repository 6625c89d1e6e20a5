//! What a type asks for at its own level, so that a flattened one's neighbours leave it alone.

use super::{Expect, Found};
use crate::tree::names::{NO_NAME, Names};
use crate::tree::node::{Shared, Source};
use crate::tree::place::Place;

/// What a type asks for at its own level.
#[derive(Debug, Default)]
pub(crate) struct OwnNames {
    /// One level down; none for lists and maps, which take any.
    pub(crate) names: Vec<String>,
    /// Whether there may be an entry at the very level.
    pub(crate) entry: bool,
}

impl Expect<'_> {
    /// What `expect` may ask for at its own level.
    pub(crate) fn names_of(expect: fn(&mut Expect<'_>)) -> OwnNames {
        const LEVEL: &str = "level";
        let (names, shared) = (Names::none(NO_NAME), Shared::default());
        let source = Source { archive: None, names, allow_missing: false, shared, ahead: None };
        let mut found = Found::default();
        let place = Place::root().at_level(LEVEL);
        expect(&mut Expect { source: &source, found: &mut found, place, named: Vec::new() });
        let entries = found.schema.entries.into_iter().map(|entry| entry.name);
        let mut own = OwnNames::default();
        for name in entries.chain(found.elsewhere) {
            match name.strip_prefix(LEVEL).and_then(|rest| rest.strip_prefix(NO_NAME)) {
                None => own.entry = true,
                // What stands before the next separator is the name at this level.
                Some(below) => match below.split(NO_NAME).next().unwrap_or_default() {
                    "" => {}
                    first => own.names.push(first.to_owned()),
                },
            }
        }
        own
    }
}
