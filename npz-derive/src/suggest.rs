//! The nearest word, for "did you mean".

/// The word of `known` that `typed` was probably meant to be, if one is near enough.
pub(crate) fn nearest<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A third of the letters may be wrong: the measure that rustc uses for its own suggestions.
    let allowed = typed.chars().count().max(3) / 3;
    let typed = simplify(typed);
    known
        .into_iter()
        .map(|word| (distance(&typed, &simplify(word)), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Case and separators are what is misremembered most: `RenameAll` is near `rename_all`.
fn simplify(word: &str) -> Vec<char> {
    word.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// The number of letters to insert, delete, replace, or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before_last = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (i, &from) in a.iter().enumerate() {
        let mut row = vec![i + 1; width];
        for (j, &to) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(from != to);
            row[j + 1] = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            let swapped = i > 0 && j > 0 && from == b[j - 1] && a[i - 1] == to;
            if swapped {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const WORDS: [&str; 4] = ["rename", "rename_all", "skip", "default"];

    #[test]
    fn typing_mistakes_are_near() {
        for (typed, meant) in [
            ("renam", "rename"),
            ("reanme", "rename"),
            ("renameAll", "rename_all"),
            ("rename-all", "rename_all"),
            ("Skip", "skip"),
            ("skp", "skip"),
            ("defualt", "default"),
        ] {
            assert_eq!(nearest(typed, WORDS), Some(meant), "{typed}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for typed in ["", "x", "compress", "ignore", "dtype"] {
            assert_eq!(nearest(typed, WORDS), None, "{typed}");
        }
    }
}
