//! Names as a tree.

use std::collections::BTreeMap;

/// A page can't nest without end.
const DEEPEST: usize = 16;

/// Names that begin alike.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// In the order of their first entry.
    pub(crate) items: Vec<Item>,
    places: BTreeMap<String, usize>,
}

#[derive(Debug)]
pub(crate) enum Item {
    /// What these names have in common, and what follows in each.
    Group(String, Group),
    /// The last part of a name, and its place in the file.
    Entry(String, usize),
}

/// The tree of names, whose levels are separated by `/` or by `.`, whichever more of them have.
pub(crate) fn tree<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Group {
    let having = |c: char| names.clone().filter(|name| name.contains(c)).count();
    let separator = if having('/') > having('.') { '/' } else { '.' };
    let mut root = Group::default();
    for (index, name) in names.enumerate() {
        root.insert(name, separator, index, 0);
    }
    root.join(separator);
    root
}

impl Group {
    fn insert(&mut self, name: &str, separator: char, index: usize, depth: usize) {
        // A level without a name is none.
        let cut = name
            .split_once(separator)
            .filter(|(level, rest)| !level.is_empty() && !rest.is_empty() && depth < DEEPEST);
        let Some((level, rest)) = cut else {
            self.items.push(Item::Entry(name.to_owned(), index));
            return;
        };
        let place = match self.places.get(level) {
            Some(&place) => place,
            None => {
                self.items.push(Item::Group(level.to_owned(), Self::default()));
                self.places.insert(level.to_owned(), self.items.len() - 1);
                self.items.len() - 1
            }
        };
        if let Some(Item::Group(_, group)) = self.items.get_mut(place) {
            group.insert(rest, separator, index, depth + 1);
        }
    }

    /// Groups of one item are no groups.
    fn join(&mut self, separator: char) {
        for item in &mut self.items {
            let Item::Group(level, group) = item else { continue };
            group.join(separator);
            if let [_] = group.items.as_slice()
                && let Some(only) = group.items.pop()
            {
                *item = match only {
                    Item::Group(inner, group) => {
                        Item::Group(format!("{level}{separator}{inner}"), group)
                    }
                    Item::Entry(inner, index) => {
                        Item::Entry(format!("{level}{separator}{inner}"), index)
                    }
                };
            }
        }
    }

    /// The number of entries in it, at any depth.
    pub(crate) fn len(&self) -> usize {
        let len = |item: &Item| match item {
            Item::Group(_, group) => group.len(),
            Item::Entry(..) => 1,
        };
        self.items.iter().map(len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(group: &Group) -> String {
        let item = |item: &Item| match item {
            Item::Group(level, group) => format!("{level}({})", text(group)),
            Item::Entry(name, index) => format!("{name}={index}"),
        };
        group.items.iter().map(item).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn levels_are_groups() {
        let names = ["h.0.w", "step", "h.0.b", "h.1.w", "h.1.b", "a.b.c"];
        let tree = tree(names.into_iter());
        assert_eq!(text(&tree), "h(0(w=0 b=2) 1(w=3 b=4)) step=1 a.b.c=5");
        assert_eq!(tree.len(), 6);
    }

    #[test]
    fn strange_names_are_entries() {
        let names = ["", ".", "a.", "x/y/z", "x/y/w", "q/r"];
        assert_eq!(text(&tree(names.into_iter())), "=0 .=1 a.=2 x/y(z=3 w=4) q/r=5");
        let deep = "a.".repeat(100_000) + "b";
        let other = "a.".repeat(100_000) + "c";
        let tree = tree([deep.as_str(), other.as_str()].into_iter());
        assert_eq!(tree.len(), 2);
    }
}
