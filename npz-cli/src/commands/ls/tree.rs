//! Names as a tree of their levels.

use std::collections::HashMap;

use super::row::{Row, Shape};
use crate::text::plural;

/// A level of names: an entry, what is below it, or both.
#[derive(Default)]
struct Node<'e> {
    /// With the separator before it, unless that is a dot.
    label: String,
    entry: Option<Row<'e>>,
    below: Vec<Node<'e>>,
    /// Where the level of a name is in `below`: there may be ten thousand.
    places: HashMap<String, usize>,
}

/// Puts rows below the levels of their names. A level with a single one below it shares its line.
pub(super) fn tree(rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let mut root = Node::default();
    for row in rows {
        let mut node = &mut root;
        let mut levels: Vec<&str> = Vec::new();
        let full = row.name.clone();
        let mut rest = &*full;
        // Where a separator ends the name, it is no level.
        while let Some(at) = rest.find(['.', '/']).filter(|&at| at > 0 && at + 1 < rest.len()) {
            levels.push(&rest[..=at]);
            rest = &rest[at + 1..];
        }
        levels.push(rest);
        for level in levels {
            let key = level.trim_end_matches(['.', '/']);
            let at = match node.places.get(key) {
                Some(&at) => at,
                None => {
                    node.places.insert(key.to_owned(), node.below.len());
                    node.below.push(Node { label: level.to_owned(), ..Node::default() });
                    node.below.len() - 1
                }
            };
            node = &mut node.below[at];
        }
        if node.entry.is_some() {
            // Two entries of one name, as lenient reading finds them.
            node.below.push(Node { entry: Some(row), ..Node::default() });
        } else {
            node.entry = Some(row);
        }
    }
    let mut lines = Vec::new();
    for node in root.below {
        draw(node, String::new(), "", &mut lines);
    }
    lines
}

/// Adds the lines of a node, the first behind `branch`, all others behind `indent`.
fn draw<'e>(mut node: Node<'e>, branch: String, indent: &str, lines: &mut Vec<Row<'e>>) {
    while node.entry.is_none() && node.below.len() == 1 {
        let Some(only) = node.below.pop() else { break };
        node = Node { label: node.label + &only.label, ..only };
    }
    let name = if node.below.is_empty() {
        node.label.clone()
    } else {
        node.label.trim_end_matches(['.', '/']).to_owned()
    };
    let mut line = match node.entry.take() {
        Some(row) => row,
        None => group(&node),
    };
    line.name = name.into();
    line.branch = branch;
    lines.push(line);
    let last = node.below.len().saturating_sub(1);
    for (at, below) in node.below.into_iter().enumerate() {
        let (corner, more) = if at == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        draw(below, format!("{indent}{corner}"), &format!("{indent}{more}"), lines);
    }
}

/// What all entries below are together.
fn group<'e>(node: &Node<'_>) -> Row<'e> {
    let none = Some(0);
    let mut sum = Row { nbytes: none, unpacked: none, packed: none, times: 1, ..Row::default() };
    let mut entries = 0;
    add(node, &mut sum, &mut entries);
    sum.shape = Shape::Level(plural(entries, "entry", "entries"));
    sum
}

fn add(node: &Node<'_>, sum: &mut Row<'_>, entries: &mut usize) {
    if let Some(row) = &node.entry {
        *entries += row.times;
        let add = |sum: &mut Option<u64>, more: Option<u64>| {
            *sum = sum.map(|sum| sum.saturating_add(more.unwrap_or(0)));
        };
        add(&mut sum.nbytes, row.nbytes);
        add(&mut sum.unpacked, row.unpacked);
        add(&mut sum.packed, row.packed);
    }
    node.below.iter().for_each(|below| self::add(below, sum, entries));
}
