//! Names: the nearest one to a wrong one, and globs.

/// The name that was most likely meant: one a few keystrokes away, or one that contains it.
pub(crate) fn nearest<'a>(
    wanted: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let most = wanted.chars().count().div_ceil(3).max(1);
    let near = names.clone().map(|name| (distance(wanted, name, most), name));
    let near = near.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance);
    let contained = || names.clone().find(|name| wanted.len() > 2 && name.contains(wanted));
    near.map(|(_, name)| name).or_else(contained)
}

/// Letters to be typed anew; more than `most` is only known to be more.
fn distance(a: &str, b: &str, most: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
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
    use super::*;

    #[test]
    fn the_nearest_name() {
        let names = ["layers.0.weight", "layers.0.bias", "step"];
        let near = |wanted| nearest(wanted, names.into_iter());
        assert_eq!(near("layers.0.wieght"), Some("layers.0.weight"));
        assert_eq!(near("bias"), Some("layers.0.bias"));
        assert_eq!(near("stop"), Some("step"));
        assert_eq!(near("q"), None);
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
