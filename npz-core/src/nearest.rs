//! The name that a person may have meant.

/// Most names that are looked through: an error may be slow, but not for long.
const MOST_COMPARED: usize = 1000;

/// The candidate that a person may have meant: one is the end of the other (a prefix was added
/// or dropped), or few letters differ.
pub(crate) fn nearest<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short).is_some_and(|rest| rest.ends_with(['.', '/']))
    };
    let considered = candidates.iter().take(MOST_COMPARED);
    considered
        .filter_map(|candidate| {
            if ends(candidate, name) || ends(name, candidate) {
                return Some((0, *candidate));
            }
            let lens = [name.chars().count(), candidate.chars().count()];
            let longest = lens[0].max(lens[1]);
            // Names this long are no slip of the pen, and comparing them takes quadratic time. Nor
            // is it one if that many letters are too few.
            if longest > 256 || lens[0].abs_diff(lens[1]) * 3 > longest {
                return None;
            }
            let distance = edit_distance(name, candidate);
            (distance * 3 <= longest).then_some((distance, *candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters to insert, delete or replace, or neighbours to swap (optimal string
/// alignment).
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (mut before, mut above) = (Vec::new(), (0..=b.len()).collect::<Vec<usize>>());
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let replaced = above[j] + usize::from(a[i] != b[j]);
            let mut least = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                let swapped: &Vec<usize> = &before;
                least = least.min(swapped[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in
            [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("bias", "bais", 1)]
        {
            assert_eq!(edit_distance(a, b), expected, "{a} {b}");
            assert_eq!(edit_distance(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn nearest_names_are_near() {
        let names = ["layers.0.weight", "layers.0.biass", "model.embed", "step"];
        assert_eq!(nearest("layers.0.bias", &names), Some("layers.0.biass"));
        assert_eq!(nearest("embed", &names), Some("model.embed"));
        assert_eq!(nearest("temperature", &names), None);
    }
}
