//! The archive's names as a tree: what stands below a level.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use super::migrate::Rule;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::options::{LoadOptions, SEPARATOR};

/// The separator of names that nobody reads, and that no name contains.
pub(crate) const NO_NAME: &str = "\0";

/// The names that aliases stand for may take so many times the bytes that the metadata may.
const TIED_BYTES: usize = 4;

/// The keys of an archive, as the load's rules rename and filter them, sorted, so that
/// everything below a level is one run of them. What an alias stands for is there under the alias
/// as well.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    sorted: Vec<Name<'a>>,
    /// Levels that hold the very entries of others: tied weights, which are in the file once.
    aliases: BTreeMap<String, String>,
    /// Those others.
    targets: HashSet<String>,
    separator: &'a str,
    /// Deeper than that, there are no levels.
    depth: usize,
    /// Behind the name that was found last: mostly the one that is looked for next.
    next: Cell<usize>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a> {
    key: Cow<'a, str>,
    /// Whether it is an alias's, and not the entry's own.
    is_tied: bool,
    /// The entry's place in the directory.
    index: usize,
}

impl<'a> Names<'a> {
    /// The keys are renamed by the `migration`, then by the options' rules. The levels are joined
    /// as the options say, or else by `separator`, or by a dot.
    ///
    /// # Errors
    /// When the rules give two entries one name, or aliases stand for more names than the limits allow.
    pub(crate) fn new(
        keys: impl Iterator<Item = (&'a str, usize)>,
        aliases: &BTreeMap<String, String>,
        migration: Option<&Rule<'_>>,
        options: &'a LoadOptions,
        separator: Option<&'static str>,
    ) -> Result<Self> {
        let separator = options.separator.as_deref().or(separator).unwrap_or(SEPARATOR);
        let mut keys: Vec<(&str, usize)> = keys.collect();
        let tied = match aliases.is_empty() {
            true => Vec::new(),
            false => {
                keys.sort_unstable();
                tied(&keys, aliases, separator, &options.limits)?
            }
        };
        let own = keys.into_iter().map(|(key, index)| {
            let key = rename(key, migration, options);
            Name { key, is_tied: false, index }
        });
        let tied = tied.into_iter().map(|(key, index)| {
            let key = Cow::Owned(rename(&key, migration, options).into_owned());
            Name { key, is_tied: true, index }
        });
        let mut sorted: Vec<_> =
            own.chain(tied).filter(|name| options.only.keeps(&name.key)).collect();
        sorted.sort_unstable();
        // A rule may take an alias and what it stands for to one place.
        sorted.dedup_by(|next, name| {
            next.is_tied && (&next.key, next.index) == (&name.key, name.index)
        });
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0].key == pair[1].key) {
            let message = "the renaming rules give this name to two entries of the file";
            return Err(Error::new(ErrorKind::Duplicate, message).with_entry(&*pair[0].key));
        }
        let mut names = Self {
            sorted,
            aliases: BTreeMap::new(),
            targets: HashSet::new(),
            separator,
            depth: options.limits.tree_depth,
            next: Cell::new(0),
        };
        let level = |name: &String| rename(name, migration, options).into_owned();
        for (alias, of) in aliases.iter().map(|(alias, of)| (level(alias), level(of))) {
            if names.hold_the_same(&alias, &of) {
                names.targets.insert(of.clone());
                names.aliases.insert(alias, of);
            }
        }
        Ok(names)
    }

    /// No names: for a description that has no file.
    pub(crate) fn none(separator: &'a str) -> Self {
        Self {
            sorted: Vec::new(),
            aliases: BTreeMap::new(),
            targets: HashSet::new(),
            separator,
            depth: 0,
            next: Cell::new(0),
        }
    }

    pub(crate) fn separator(&self) -> &'a str {
        self.separator
    }

    /// What a description has for an item of a list or map, which is `shown` to people.
    pub(crate) fn any_as(&self, shown: &'static str) -> &'static str {
        if self.separator == NO_NAME { "" } else { shown }
    }

    /// Every entry's own name, with its place in the directory.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, usize)> {
        let own = self.sorted.iter().filter(|name| !name.is_tied);
        own.map(|name| (&*name.key, name.index))
    }

    /// Where the values are that `level` shares with other levels; `None` if it shares none.
    pub(crate) fn shared(&self, level: &str) -> Option<Cow<'_, str>> {
        if self.aliases.is_empty() {
            return None;
        }
        if let Some(target) = self.aliases.get(level) {
            return Some(Cow::Borrowed(target));
        }
        let ends = level.match_indices(self.separator).take(self.depth);
        let mut parts = ends.map(|(at, _)| level.split_at(at));
        let target = parts
            .find_map(|(above, below)| Some([self.aliases.get(above)?, below].concat()))
            .unwrap_or_else(|| level.to_owned());
        self.targets.contains(&target).then_some(Cow::Owned(target))
    }

    /// Whether the same entries stand at and below both levels, and any at all.
    fn hold_the_same(&self, one: &str, other: &str) -> bool {
        let entries = |level: &str| {
            let skip = level.len();
            let below = self.sorted[self.below(level)].iter();
            below.map(move |name| (name.key.get(skip..), name.index))
        };
        let (here, there) = (self.find(one), self.find(other));
        let is_any = here.is_some() || !self.below(one).is_empty();
        is_any && here == there && entries(one).eq(entries(other))
    }

    /// The entry of exactly this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let guess = self.next.get();
        let at = match self.sorted.get(guess) {
            Some(guessed) if guessed.key == name => guess,
            _ => self.sorted.binary_search_by(|other| (*other.key).cmp(name)).ok()?,
        };
        self.next.set(at + 1);
        Some(self.sorted[at].index)
    }

    /// Whether anything stands at `level` or below it.
    pub(crate) fn exists(&self, level: &str) -> bool {
        self.find(level).is_some() || !self.below(level).is_empty()
    }

    /// The rest of each name below `level`, after its separator, in sorted order.
    pub(crate) fn rests(&self, level: &str) -> impl Iterator<Item = &str> {
        let skip = if level.is_empty() { 0 } else { level.len() + self.separator.len() };
        self.sorted[self.below(level)].iter().filter_map(move |name| name.key.get(skip..))
    }

    /// The first component of what stands below a level, where that is `rest`.
    pub(crate) fn child<'n>(&self, rest: &'n str) -> &'n str {
        rest.split_once(self.separator).map_or(rest, |(child, _)| child)
    }

    /// The first component of each name below `level`, each once, in sorted order.
    pub(crate) fn children(&self, level: &str) -> BTreeSet<&str> {
        self.rests(level).map(|rest| self.child(rest)).collect()
    }

    /// The run of names below `level`. At the root that is all of them.
    fn below(&self, level: &str) -> Range<usize> {
        if level.is_empty() {
            return 0..self.sorted.len();
        }
        let prefix = [level, self.separator].concat();
        let start = self.sorted.partition_point(|name| *name.key < *prefix);
        let end =
            start + self.sorted[start..].partition_point(|name| name.key.starts_with(&prefix));
        start..end
    }
}

/// What aliases stand for, each by the alias's name, with its place in the directory; `keys` are sorted.
/// An alias stands for entries alone, not for what other aliases do, so that a file can't lead in circles.
fn tied(
    keys: &[(&str, usize)],
    aliases: &BTreeMap<String, String>,
    separator: &str,
    limits: &Limits,
) -> Result<Vec<(String, usize)>> {
    let (mut tied, mut count, mut bytes) = (Vec::new(), 0_usize, 0_usize);
    for (alias, of) in aliases {
        let itself = keys.binary_search_by(|(key, _)| (*key).cmp(of));
        let prefix = [of, separator].concat();
        let below = &keys[keys.partition_point(|(key, _)| *key < &*prefix)..];
        let below = &below[..below.partition_point(|(key, _)| key.starts_with(&prefix))];
        for &(key, index) in itself.ok().map(|at| &keys[at]).into_iter().chain(below) {
            let name = [alias, key.get(of.len()..).unwrap_or_default()].concat();
            count += 1;
            bytes = bytes.saturating_add(name.len());
            if count > limits.entries || bytes > limits.metadata_bytes.saturating_mul(TIED_BYTES) {
                let message = format!(
                    "the metadata's aliases stand for more names than allowed (Limits::entries, \
                     {}; Limits::metadata_bytes, of whose {} they may take {TIED_BYTES} times as \
                     many)",
                    limits.entries, limits.metadata_bytes
                );
                return Err(Error::new(ErrorKind::Limit, message).with_entry(alias));
            }
            // What is there by its own name is that.
            if keys.binary_search_by(|(key, _)| (**key).cmp(&name)).is_err() {
                tied.push((name, index));
            }
        }
    }
    Ok(tied)
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
        assert_eq!(names.children("head").into_iter().collect::<Vec<_>>(), ["w"]);
        assert_eq!(names.rests("b").collect::<Vec<_>>(), ["x", "y.z"]);
        assert_eq!(
            names.all().map(|(name, _)| name).collect::<Vec<_>>(),
            ["a.x", "a.y.z", "embed.w"]
        );
        let shared = |level| names.shared(level).map(Cow::into_owned);
        assert_eq!(shared("embed.w").as_deref(), Some("embed.w"));
        assert_eq!(shared("head.w").as_deref(), Some("embed.w"));
        // What has been given an alias below itself holds more than the alias of it.
        assert_eq!((shared("b"), shared("a"), shared("a.x")), (None, None, None));
    }

    #[test]
    fn entries_come_before_aliases() {
        let aliases = [("b", "a"), ("c", "a")];
        let aliases = aliases.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        let options = LoadOptions::new();
        let names = new(&["a.x", "a.y", "b.x"], &aliases, &options).unwrap();
        assert_eq!(
            (names.find("b.x"), names.find("b.y"), names.find("c.x")),
            (Some(2), Some(1), Some(0))
        );
        assert_eq!((names.shared("b"), names.shared("c").as_deref()), (None, Some("a")));
    }

    #[test]
    fn aliases_are_bounded() {
        let keys: Vec<String> = (0..100).map(|at| format!("a.{at}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let aliases = |count| (0..count).map(|at| (format!("b{at}"), "a".to_owned())).collect();
        let of = |count, limits: Limits| {
            let options = LoadOptions::new().limits(limits);
            new(&keys, &aliases(count), &options).map(|names| names.sorted.len())
        };
        assert_eq!(of(9, Limits::default().entries(900)).unwrap(), 1000);
        assert_eq!(of(10, Limits::default().entries(900)).unwrap_err().kind(), ErrorKind::Limit);
        assert_eq!(
            of(2, Limits::default().metadata_bytes(200)).unwrap_err().kind(),
            ErrorKind::Limit
        );
    }

    #[test]
    fn rules_reach_what_aliases_stand_for() {
        let aliases = [("decoder".to_owned(), "encoder".to_owned())].into_iter().collect();
        let keys = ["encoder.w", "encoder.b"];
        let options = LoadOptions::new().rename_prefix("decoder.", "").only_prefix("w");
        let names = new(&keys, &aliases, &options).unwrap();
        assert_eq!((names.find("w"), names.sorted.len()), (Some(0), 1));
        let options =
            LoadOptions::new().rename_prefix("decoder.", "").rename_prefix("encoder.", "");
        let names = new(&keys, &aliases, &options).unwrap();
        assert_eq!(names.all().collect::<Vec<_>>(), [("b", 1), ("w", 0)]);
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
