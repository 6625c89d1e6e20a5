//! A place in the tree of names: what [`Node`](super::Node) and [`Expect`](super::Expect) share.

use std::collections::BTreeSet;

use super::expect::Expect;
use super::names::Names;
use super::plan::UNNAMED;
use crate::error::{Error, ErrorKind, Result};
use crate::nearest::nearest;
use crate::npz::Archive;
use crate::options::Cast;

/// A level of names, the field that it is for, and what of the level belongs to somebody else.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) level: String,
    /// The same in Rust's words: `layers[0].weight`.
    pub(crate) field: String,
    /// At a level that a flattened value shares: the names that its neighbours take.
    taken: Vec<String>,
    /// Whether the level's name is its own, not that of the struct it is flattened into.
    own_level: bool,
    /// Whether it is a level that a flattened value shares.
    shared: bool,
    pub(crate) depth: usize,
    /// How far arrays at and below this place are converted, if not as the options say.
    cast: Option<Cast>,
}

impl Place {
    pub(crate) fn root() -> Self {
        let (level, field) = (String::new(), String::new());
        Self {
            level,
            field,
            taken: Vec::new(),
            own_level: false,
            shared: false,
            depth: 0,
            cast: None,
        }
    }

    pub(crate) fn at_level(self, level: &str) -> Self {
        Self { level: level.to_owned(), ..self }
    }

    /// The place under `name`, for the field that Rust calls `field`.
    pub(crate) fn field(&self, name: &str, field: &str, names: &Names<'_>) -> Self {
        let dot = if self.field.is_empty() { "" } else { "." };
        self.child(name, [&self.field, dot, field].concat(), names)
    }

    /// The place of a list's or map's item.
    pub(crate) fn item(&self, key: &str, names: &Names<'_>) -> Self {
        self.child(key, [&self.field, "[", key, "]"].concat(), names)
    }

    fn child(&self, name: &str, field: String, names: &Names<'_>) -> Self {
        let level = if self.level.is_empty() {
            name.to_owned()
        } else {
            [&self.level, names.separator(), name].concat()
        };
        let depth = self.depth + 1;
        let (taken, cast) = (Vec::new(), self.cast);
        Self { level, field, taken, own_level: true, shared: false, depth, cast }
    }

    /// The place of a value that is flattened here, beside fields called `siblings` and the
    /// `others`, which are flattened here too. What this place must leave alone, it must as well.
    pub(crate) fn flattened(&self, siblings: &[&str], others: &[fn(&mut Expect<'_>)]) -> Self {
        let mut taken = self.taken.clone();
        taken.extend(siblings.iter().map(|&name| name.to_owned()));
        for own in others.iter().map(|other| Expect::names_of(*other)) {
            taken.extend(own.names);
            if own.entry && self.level.is_empty() {
                taken.push(UNNAMED.to_owned());
            }
        }
        let (level, field) = (self.level.clone(), self.field.clone());
        let (depth, cast) = (self.depth + 1, self.cast);
        Self { level, field, taken, own_level: false, shared: true, depth, cast }
    }

    pub(crate) fn with_cast(&self, cast: Cast) -> Self {
        Self { cast: Some(cast), ..self.clone() }
    }

    pub(crate) fn cast(&self, archive: &Archive<'_>) -> Cast {
        self.cast.unwrap_or_else(|| archive.cast())
    }

    /// Whether a value that needs what `expect` tells is here. At a level of its own, everything
    /// is a part of it; at a shared one, only what has its names.
    pub(crate) fn holds(&self, names: &Names<'_>, expect: fn(&mut Expect<'_>)) -> bool {
        if !self.shared {
            return names.exists(&self.level);
        }
        let own = Expect::names_of(expect);
        if own.names.is_empty() && !own.entry {
            return !self.keys(names, false).is_empty();
        }
        let is_there = |name: &String| names.exists(&self.field(name, name, names).level);
        (own.entry && names.find(self.name()).is_some()) || own.names.iter().any(is_there)
    }

    /// Whether an empty list or map leaves its mark here.
    pub(crate) fn has_own_level(&self) -> bool {
        self.own_level
    }

    /// The name of the entry at this very place.
    pub(crate) fn name(&self) -> &str {
        // A map may have an item without a name, which isn't the root.
        if self.level.is_empty() && !self.own_level { UNNAMED } else { &self.level }
    }

    /// What error messages call the place.
    pub(crate) fn label(&self) -> &str {
        if self.level.is_empty() { "the file" } else { &self.level }
    }

    /// The first of `candidates` under which there is anything; else the first of them all.
    pub(crate) fn either<'n>(&self, candidates: &[&'n str], names: &Names<'_>) -> &'n str {
        let there = |name: &&&str| names.exists(&self.field(name, name, names).level);
        candidates.iter().find(there).or(candidates.first()).copied().unwrap_or_default()
    }

    /// The keys of a map at this place: of arrays, all that follows the level; of anything
    /// larger, the next component.
    pub(crate) fn keys(&self, names: &Names<'_>, leaves: bool) -> Vec<String> {
        let ours = |key: &&str| {
            !self.taken.iter().any(|taken| {
                key.strip_prefix(taken.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(names.separator()))
            })
        };
        let rests = names.rests(&self.level).filter(ours);
        if leaves {
            return rests.map(str::to_owned).collect();
        }
        let children: BTreeSet<&str> = rests.map(|rest| names.child(rest)).collect();
        children.into_iter().map(str::to_owned).collect()
    }

    /// The length of a list at this place: its children are `0`, `1`, … without a gap.
    pub(crate) fn list_len(&self, names: &Names<'_>) -> Result<usize> {
        let children = names.children(&self.level);
        let mut indices = Vec::with_capacity(children.len());
        for child in &children {
            match child.parse::<usize>() {
                Ok(index) if index.to_string() == *child => indices.push(index),
                _ => {
                    let message = format!("expected a list's index (0, 1, …), found {child:?}");
                    return Err(self.error(ErrorKind::Name, message));
                }
            }
        }
        indices.sort_unstable();
        match (0..).zip(&indices).find(|(expected, found)| expected != *found) {
            None => Ok(indices.len()),
            Some((missing, _)) => {
                let last = indices.last().copied().unwrap_or_default();
                let message = format!("the list goes up to {last} but has no item {missing}");
                Err(self.error(ErrorKind::NotFound, message))
            }
        }
    }

    /// Where the name of an enum's variant stands: at this place for variants without fields, at
    /// `tag` below it for the others.
    pub(crate) fn variant(
        &self,
        tag: &str,
        units: &[&str],
        others: &[&str],
        names: &Names<'_>,
    ) -> Self {
        let below = self.field(tag, tag, names);
        let here = names.find(self.name()).is_some() && names.find(&below.level).is_none();
        if others.is_empty() || (here && !units.is_empty()) { self.clone() } else { below }
    }

    #[cold]
    pub(crate) fn unknown_variant(&self, found: &str, units: &[&str], others: &[&str]) -> Error {
        let known: Vec<&str> = units.iter().chain(others).copied().collect();
        let near = nearest(found, &known).map(|near| format!("; perhaps {near:?} was meant"));
        let message = format!(
            "unknown variant {found:?}, expected one of {}{}",
            known.iter().map(|known| format!("{known:?}")).collect::<Vec<_>>().join(", "),
            near.unwrap_or_default()
        );
        self.error(ErrorKind::Value, message)
    }

    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let error = Error::new(kind, message.into());
        if self.level.is_empty() {
            error
        } else {
            error.with_entry(&self.level).with_field(&self.field)
        }
    }
}
