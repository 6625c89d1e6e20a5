//! Names that differ only in a number, as one.

use std::collections::HashMap;

use super::row::Row;

/// Puts rows into one whose levels differ only where they are numbers, if all else that is shown
/// of them is the same: `layers.#.weight ×32` where the first of them stood.
pub(super) fn fold(rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let mut folded: Vec<Row<'_>> = Vec::new();
    let mut places = HashMap::new();
    for row in rows {
        let pattern = pattern(&row.name);
        let key = (pattern.clone(), row.dtype.clone(), row.shape.clone(), row.method.clone());
        if pattern == row.name {
            folded.push(row);
            continue;
        }
        match places.get(&key) {
            None => {
                places.insert(key, folded.len());
                folded.push(row);
            }
            Some(&at) => {
                let all = &mut folded[at];
                all.name = pattern.into();
                all.times += row.times;
                let add = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
                all.nbytes = add(all.nbytes, row.nbytes);
                all.unpacked = add(all.unpacked, row.unpacked);
                all.packed = add(all.packed, row.packed);
                (all.offset, all.crc32) = (None, None);
            }
        }
    }
    folded
}

/// The name with `#` for every level that is a number.
fn pattern(name: &str) -> String {
    let mut pattern = String::new();
    for level in name.split_inclusive(['.', '/']) {
        let bare = level.trim_end_matches(['.', '/']);
        if !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit()) {
            pattern.push('#');
            pattern += &level[bare.len()..];
        } else {
            pattern += level;
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn numbers_are_levels() {
        for (name, folded) in [
            ("layers.0.weight", "layers.#.weight"),
            ("blocks/12/attn/3", "blocks/#/attn/#"),
            ("arr_0", "arr_0"),
            ("7", "#"),
            ("a..0.", "a..#."),
            ("conv1.weight", "conv1.weight"),
        ] {
            assert_eq!(pattern(name), folded);
        }
    }
}
