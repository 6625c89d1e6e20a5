//! The archive's names as a tree: what stands below a level.

use std::collections::BTreeSet;
use std::ops::Range;

/// The keys of an archive, sorted, so that everything below a level is one run of them.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    /// Key, and its entry's place in the directory.
    sorted: Vec<(&'a str, usize)>,
    separator: &'a str,
}

impl<'a> Names<'a> {
    pub(crate) fn new(keys: impl Iterator<Item = (&'a str, usize)>, separator: &'a str) -> Self {
        let mut sorted: Vec<_> = keys.collect();
        sorted.sort_unstable();
        Self { sorted, separator }
    }

    pub(crate) fn separator(&self) -> &'a str {
        self.separator
    }

    pub(crate) fn all(&self) -> &[(&'a str, usize)] {
        &self.sorted
    }

    /// The entry of exactly this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let at = self.sorted.binary_search_by(|(key, _)| (*key).cmp(name)).ok()?;
        Some(self.sorted[at].1)
    }

    /// Whether anything stands at `level` or below it.
    pub(crate) fn exists(&self, level: &str) -> bool {
        self.find(level).is_some() || !self.below(level).is_empty()
    }

    /// The rest of each name below `level`, after its separator, in sorted order.
    pub(crate) fn rests(&self, level: &str) -> impl Iterator<Item = &'a str> + use<'a, '_> {
        let skip = if level.is_empty() { 0 } else { level.len() + self.separator.len() };
        self.sorted[self.below(level)].iter().filter_map(move |(key, _)| key.get(skip..))
    }

    /// The first component of each name below `level`, each once, in sorted order.
    pub(crate) fn children(&self, level: &str) -> BTreeSet<&'a str> {
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
        let start = self.sorted.partition_point(|(key, _)| *key < prefix.as_str());
        let end = start
            + self.sorted[start..].partition_point(|(key, _)| key.starts_with(prefix.as_str()));
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_told_from_its_neighbours() {
        let keys = ["a.b", "a", "a-b", "a.c.d", "ab.c", "a.c.e"];
        let names = Names::new(keys.into_iter().zip(0..), ".");
        assert_eq!(names.rests("a").collect::<Vec<_>>(), ["b", "c.d", "c.e"]);
        assert_eq!(names.children("a").into_iter().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(names.children("").into_iter().collect::<Vec<_>>(), ["a", "a-b", "ab"]);
        assert_eq!(names.find("a.c.d"), Some(3));
        assert!(names.exists("a.c") && names.exists("a") && !names.exists("a.c.d.e"));
        assert!(names.find("a.c").is_none() && !names.exists("b"));
    }
}
