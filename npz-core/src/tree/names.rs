//! The archive's names as a tree: what stands below a level.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::migrate::Rule;
use crate::error::{Error, ErrorKind, Result};
use crate::options::{LoadOptions, SEPARATOR};

/// The keys of an archive, as the load's rules rename and filter them, sorted, so that
/// everything below a level is one run of them.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    /// Key, and its entry's place in the directory.
    sorted: Vec<(Cow<'a, str>, usize)>,
    /// Levels that stand for others: tied weights, which are in the file once.
    aliases: BTreeMap<String, String>,
    separator: &'a str,
    /// Behind the name that was found last: mostly the one that is looked for next.
    next: Cell<usize>,
}

impl<'a> Names<'a> {
    /// The keys are renamed by the `migration`, then by the options' rules. The levels are joined
    /// as the options say, or else by `separator`, or by a dot.
    ///
    /// # Errors
    /// When the rules give two entries one name.
    pub(crate) fn new(
        keys: impl Iterator<Item = (&'a str, usize)>,
        aliases: &BTreeMap<String, String>,
        migration: Option<&Rule<'_>>,
        options: &'a LoadOptions,
        separator: Option<&'static str>,
    ) -> Result<Self> {
        let level = |name: &String| rename(name, migration, options).into_owned();
        let aliases = aliases.iter().map(|(alias, of)| (level(alias), level(of))).collect();
        let renamed = keys.map(|(key, index)| (rename(key, migration, options), index));
        let mut sorted: Vec<_> = renamed.filter(|(key, _)| options.only.keeps(key)).collect();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let message = "the renaming rules give this name to two entries of the file";
            return Err(Error::new(ErrorKind::Duplicate, message).with_entry(&*pair[0].0));
        }
        let separator = options.separator.as_deref().or(separator).unwrap_or(SEPARATOR);
        Ok(Self { sorted, aliases, separator, next: Cell::new(0) })
    }

    /// No names: for a description that has no file.
    pub(crate) fn none(separator: &'a str) -> Self {
        Self { sorted: Vec::new(), aliases: BTreeMap::new(), separator, next: Cell::new(0) }
    }

    pub(crate) fn separator(&self) -> &'a str {
        self.separator
    }

    /// Every name with its entry's place in the directory.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, usize)> {
        self.sorted.iter().map(|(key, index)| (&**key, *index))
    }

    /// The level that really stands in the file: another one if `level`, or a level above it, is
    /// an alias. An alias of an alias is none, so that a file can't lead in circles.
    pub(crate) fn resolve<'l>(&self, level: &'l str) -> Cow<'l, str> {
        if self.aliases.is_empty() {
            return Cow::Borrowed(level);
        }
        if let Some(target) = self.aliases.get(level) {
            return Cow::Owned(target.clone());
        }
        let ends = level.match_indices(self.separator).map(|(at, _)| level.split_at(at));
        ends.filter_map(|(above, below)| Some([self.aliases.get(above)?, below].concat()))
            .next()
            .map_or(Cow::Borrowed(level), Cow::Owned)
    }

    /// Whether the values at `level`, a resolved one, belong to several fields.
    pub(crate) fn is_shared(&self, level: &str) -> bool {
        self.aliases.values().any(|target| target == level)
    }

    /// The entry of exactly this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let name = &*self.resolve(name);
        let guess = self.next.get();
        let at = match self.sorted.get(guess) {
            Some((key, _)) if **key == *name => guess,
            _ => self.sorted.binary_search_by(|(key, _)| (**key).cmp(name)).ok()?,
        };
        self.next.set(at + 1);
        Some(self.sorted[at].1)
    }

    /// Whether anything stands at `level` or below it.
    pub(crate) fn exists(&self, level: &str) -> bool {
        self.find(level).is_some() || !self.below(&self.resolve(level)).is_empty()
    }

    /// The rest of each name below `level`, after its separator, in sorted order.
    pub(crate) fn rests(&self, level: &str) -> impl Iterator<Item = &str> {
        let level = self.resolve(level);
        let skip = if level.is_empty() { 0 } else { level.len() + self.separator.len() };
        self.sorted[self.below(&level)].iter().filter_map(move |(key, _)| key.get(skip..))
    }

    /// The first component of each name below `level`, each once, in sorted order.
    pub(crate) fn children(&self, level: &str) -> BTreeSet<&str> {
        self.rests(level)
            .map(|rest| rest.split_once(self.separator).map_or(rest, |(child, _)| child))
            .collect()
    }

    /// The run of names below `level`. At the root that is all of them.
    fn below(&self, level: &str) -> Range<usize> {
        if level.is_empty() {
            return 0..self.sorted.len();
        }
        let prefix = [level, self.separator].concat();
        let start = self.sorted.partition_point(|(key, _)| **key < *prefix);
        let end = start + self.sorted[start..].partition_point(|(key, _)| key.starts_with(&prefix));
        start..end
    }
}

/// The name that the rules make of a key: those for files of an older version, then the options'.
fn rename<'a>(
    key: &'a str,
    migration: Option<&Rule<'_>>,
    options: &'a LoadOptions,
) -> Cow<'a, str> {
    match migration.and_then(|migration| migration(key)) {
        Some(key) => Cow::Owned(options.rename.apply(&key).into_owned()),
        None => options.rename.apply(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new<'a>(
        keys: &[&'a str],
        aliases: &BTreeMap<String, String>,
        options: &'a LoadOptions,
    ) -> Result<Names<'a>> {
        Names::new(keys.iter().copied().zip(0..), aliases, None, options, None)
    }

    #[test]
    fn a_level_is_told_from_its_neighbours() {
        let keys = ["a.b", "a", "a-b", "a.c.d", "ab.c", "a.c.e"];
        let options = LoadOptions::new();
        let names = new(&keys, &BTreeMap::new(), &options).unwrap();
        assert_eq!(names.rests("a").collect::<Vec<_>>(), ["b", "c.d", "c.e"]);
        assert_eq!(names.children("a").into_iter().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(names.children("").into_iter().collect::<Vec<_>>(), ["a", "a-b", "ab"]);
        assert_eq!(names.find("a.c.d"), Some(3));
        assert!(names.exists("a.c") && names.exists("a") && !names.exists("a.c.d.e"));
        assert!(names.find("a.c").is_none() && !names.exists("b"));
    }

    #[test]
    fn aliases_stand_for_other_levels() {
        let aliases = [("head.w", "embed.w"), ("b", "a"), ("a.b", "a")];
        let aliases = aliases.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        let options = LoadOptions::new();
        let keys = ["embed.w", "a.x", "a.y.z"];
        let names = new(&keys, &aliases, &options).unwrap();
        assert_eq!(names.find("head.w"), Some(0));
        assert_eq!(names.find("b.y.z"), Some(2));
        assert_eq!(names.children("b").into_iter().collect::<Vec<_>>(), ["x", "y"]);
        assert!(names.exists("b.y") && !names.exists("b.z") && !names.exists("a.b.b"));
        assert!(names.is_shared("a") && names.is_shared("embed.w") && !names.is_shared("b"));
    }

    #[test]
    fn rules_rename_and_filter() {
        let options = LoadOptions::new().rename_prefix("model.", "").only_prefix("a");
        let keys = ["model.a.w", "a.v", "b", "model.b"];
        let names = new(&keys, &BTreeMap::new(), &options).unwrap();
        assert_eq!(names.all().collect::<Vec<_>>(), [("a.v", 1), ("a.w", 0)]);

        let clash = new(&["model.a", "a"], &BTreeMap::new(), &options).unwrap_err();
        assert_eq!((clash.kind(), clash.entry()), (ErrorKind::Duplicate, Some("a")));
    }
}
