//! Names: the nearest one to a wrong one, and globs.

/// Letters to be typed anew are no more than this, however long the name.
const MOST_APART: usize = 32;

/// Pairs of letters: an error may be slow, but not for long. It takes hundreds of thousands of names, or
/// very long ones.
const MOST_LOOKED_AT: usize = 1 << 29;

/// Longer names are not mistyped.
const LONGEST: usize = 256;

/// The name that was most likely meant: one a few keystrokes away, or one that contains it.
pub(crate) fn nearest<'a>(
    wanted: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let letters: Vec<char> = wanted.chars().take(LONGEST + 1).collect();
    // Typed anew from the first letter to the last, it is another name.
    let fewer = letters.len().saturating_sub(1);
    let mut most = letters.len().div_ceil(3).min(MOST_APART).min(fewer);
    let (mut near, mut looked_at) = (None, 0);
    for name in names.clone() {
        let distance = distance(&letters, name, most);
        looked_at += letters.len() * (2 * most + 1);
        if distance <= most {
            near = Some(name);
            // Only a nearer one would do better.
            most = distance.saturating_sub(1);
            if distance <= 1 {
                break;
            }
        }
        if looked_at > MOST_LOOKED_AT {
            break;
        }
    }
    let contained = || names.clone().find(|name| wanted.len() > 2 && name.contains(wanted));
    near.or_else(contained)
}

/// Letters to be typed anew; more than `most` is only known to be more, as it is for very long names.
fn distance(a: &[char], b: &str, most: usize) -> usize {
    let b: Vec<char> = b.chars().take(LONGEST + 1).collect();
    if a.len().max(b.len()) > LONGEST || a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        // Farther from the diagonal than `most`, no way leads back to it that is short enough.
        let (first, end) = (i.saturating_sub(most), (i + most + 1).min(b.len()));
        let mut diagonal = row[first];
        row[first] = if first == 0 { i + 1 } else { most + 1 };
        if let Some(beyond) = row.get_mut(end + 1) {
            *beyond = most + 1;
        }
        let mut least = row[first];
        #[cfg(test)]
        tests::LOOKED_AT.set(tests::LOOKED_AT.get() + end - first);
        for j in first..end {
            let replaced = diagonal + usize::from(*x != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
            least = least.min(row[j + 1]);
        }
        if least > most {
            return most + 1;
        }
    }
    row[b.len()]
}

/// Whether `name` matches a `glob`: `*` stands for any characters, `?` for one.
pub(crate) fn matches(glob: &str, name: &str) -> bool {
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut g, mut n) = (0, 0);
    // Where the last star was, and what it has eaten up to.
    let mut star = None;
    while n < name.len() {
        match glob.get(g) {
            Some('*') => {
                star = Some((g, n));
                g += 1;
            }
            Some(&c) if c == '?' || c == name[n] => {
                g += 1;
                n += 1;
            }
            _ => {
                let Some((at, eaten)) = star else { return false };
                star = Some((at, eaten + 1));
                g = at + 1;
                n = eaten + 1;
            }
        }
    }
    glob[g..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// Pairs of letters.
        pub(super) static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn the_nearest_name() {
        let names = ["layers.0.weight", "layers.0.bias", "step"];
        let near = |wanted| nearest(wanted, names.into_iter());
        assert_eq!(near("layers.0.wieght"), Some("layers.0.weight"));
        assert_eq!(near("bias"), Some("layers.0.bias"));
        assert_eq!(near("stop"), Some("step"));
        assert_eq!(near("q"), None);
        // One letter is as good as any other.
        assert_eq!(nearest("q", ["a", "b"].into_iter()), None);
        assert_eq!(nearest("qq", ["ab", "qb"].into_iter()), Some("qb"));
        assert_eq!(nearest("", ["a"].into_iter()), None);
    }

    #[test]
    fn all_names_are_looked_at() {
        let names: Vec<String> = (0..5000).map(|at| format!("layers.{at}.weight")).collect();
        let near = |wanted| nearest(wanted, names.iter().map(String::as_str));
        assert_eq!(near("layers.4321.weigth"), Some("layers.4321.weight"));
        LOOKED_AT.set(0);
        assert_eq!(near("layers.0.weigh"), Some("layers.0.weight"));
        assert!(LOOKED_AT.get() < 1000, "{}", LOOKED_AT.get());
    }

    #[test]
    fn few_letters_are_counted_as_all_are() {
        /// Without any bounds.
        fn plain(a: &[char], b: &[char]) -> usize {
            match (a.split_first(), b.split_first()) {
                (None, _) => b.len(),
                (_, None) => a.len(),
                (Some((x, a1)), Some((y, b1))) => {
                    let replaced = plain(a1, b1) + usize::from(x != y);
                    replaced.min(plain(a1, b) + 1).min(plain(a, b1) + 1)
                }
            }
        }
        let words =
            ["", "a", "ab", "ba", "abab", "baba", "aabb", "bbaab", "abcde", "cdeab", "bcdea"];
        for (a, b) in words.into_iter().flat_map(|a| words.map(|b| (a, b))) {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = plain(&letters(a), &letters(b));
            for most in 0..6 {
                let found = distance(&letters(a), b, most);
                assert_eq!(found.min(most + 1), expected.min(most + 1), "{a} {b} {most}");
            }
        }
    }

    #[test]
    fn long_names_are_no_slip() {
        let long = "M".repeat(60_000);
        assert_eq!(nearest(&long[1..], [long.as_str()].into_iter()), Some(&*long));
        assert_eq!(nearest(&format!("{}N", &long[2..]), [long.as_str()].into_iter()), None);
        let names = vec![&long[..255]; 1000];
        assert_eq!(nearest(&format!("N{}", &long[..254]), names.into_iter()), Some(&long[..255]));
        // The longest ones aren't compared, the others along the diagonal alone, name by name.
        assert!(LOOKED_AT.get() <= 1000 * 255 * (2 * MOST_APART + 1), "{}", LOOKED_AT.get());
    }

    #[test]
    fn globs() {
        for (glob, name, found) in [
            ("*", "", true),
            ("layers.*.weight", "layers.0.weight", true),
            ("layers.*.weight", "layers.0.bias", false),
            ("*a*b*c", "xaxxbbxc", true),
            ("?", "é", true),
            ("?", "", false),
            ("a[0]", "a[0]", true),
        ] {
            assert_eq!(matches(glob, name), found, "{glob} {name}");
        }
        // No star, however many, takes long.
        assert!(!matches(&"*a".repeat(50), &"a".repeat(49)));
    }
}
