//! The rules of `rename_all`.

/// A way to write the words of a field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Rule {
    /// Every rule, spelled as it looks.
    pub(crate) const ALL: [(&'static str, Rule); 8] = [
        ("lowercase", Rule::Lower),
        ("UPPERCASE", Rule::Upper),
        ("PascalCase", Rule::Pascal),
        ("camelCase", Rule::Camel),
        ("snake_case", Rule::Snake),
        ("SCREAMING_SNAKE_CASE", Rule::ScreamingSnake),
        ("kebab-case", Rule::Kebab),
        ("SCREAMING-KEBAB-CASE", Rule::ScreamingKebab),
    ];

    /// The rule that is spelled so.
    pub(crate) fn from_name(name: &str) -> Option<Rule> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, rule)| rule)
    }

    /// The name of a field under this rule. As in serde, the words of a field are what stands
    /// between underscores, since that is how Rust's own fields are written.
    pub(crate) fn apply(self, field: &str) -> String {
        match self {
            Rule::Snake => field.to_owned(),
            Rule::Lower => field.to_lowercase(),
            Rule::Upper | Rule::ScreamingSnake => field.to_uppercase(),
            Rule::Pascal => field.split('_').map(|word| capitalize(word, true)).collect(),
            Rule::Camel => {
                let mut upper = false;
                let mut camel = String::with_capacity(field.len());
                for word in field.split('_').filter(|word| !word.is_empty()) {
                    camel.push_str(&capitalize(word, upper));
                    upper = true;
                }
                camel
            }
            Rule::Kebab => field.replace('_', "-"),
            Rule::ScreamingKebab => field.to_uppercase().replace('_', "-"),
        }
    }
}

impl Rule {
    /// The name of a variant under this rule: its words begin with the capitals.
    pub(crate) fn apply_to_variant(self, variant: &str) -> String {
        match self {
            Rule::Pascal => variant.to_owned(),
            Rule::Lower => variant.to_lowercase(),
            Rule::Upper => variant.to_uppercase(),
            Rule::Camel => capitalize(variant, false),
            Rule::Snake | Rule::ScreamingSnake | Rule::Kebab | Rule::ScreamingKebab => {
                let mut snake = String::with_capacity(variant.len());
                for letter in variant.chars() {
                    if letter.is_uppercase() && !snake.is_empty() {
                        snake.push('_');
                    }
                    snake.extend(letter.to_lowercase());
                }
                self.apply(&snake)
            }
        }
    }
}

/// The word with its first letter in upper or lower case.
fn capitalize(word: &str, upper: bool) -> String {
    let mut letters = word.chars();
    match letters.next() {
        None => String::new(),
        Some(first) if upper => first.to_uppercase().chain(letters).collect(),
        Some(first) => first.to_lowercase().chain(letters).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;

    /// The rules in the order of `Rule::ALL`.
    fn all(field: &str) -> Vec<String> {
        Rule::ALL.into_iter().map(|(_, rule)| rule.apply(field)).collect()
    }

    #[test]
    fn as_serde_has_them() {
        assert_eq!(
            all("outcome"),
            [
                "outcome", "OUTCOME", "Outcome", "outcome", "outcome", "OUTCOME", "outcome",
                "OUTCOME"
            ]
        );
        assert_eq!(
            all("very_tasty"),
            [
                "very_tasty",
                "VERY_TASTY",
                "VeryTasty",
                "veryTasty",
                "very_tasty",
                "VERY_TASTY",
                "very-tasty",
                "VERY-TASTY"
            ]
        );
        assert_eq!(all("a")[2..4], ["A", "a"]);
        assert_eq!(all("z42")[2..4], ["Z42", "z42"]);
    }

    #[test]
    fn variants_as_serde_has_them() {
        let all = |variant: &str| {
            Rule::ALL
                .into_iter()
                .map(|(_, rule)| rule.apply_to_variant(variant))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            all("VeryTasty"),
            [
                "verytasty",
                "VERYTASTY",
                "VeryTasty",
                "veryTasty",
                "very_tasty",
                "VERY_TASTY",
                "very-tasty",
                "VERY-TASTY"
            ]
        );
        assert_eq!(all("A")[2..5], ["A", "a", "a"]);
    }

    #[test]
    fn odd_names() {
        assert_eq!(Rule::Camel.apply("_leading_and_trailing_"), "leadingAndTrailing");
        assert_eq!(Rule::Pascal.apply("double__underscore"), "DoubleUnderscore");
        assert_eq!(Rule::Camel.apply("__"), "");
        assert_eq!(Rule::Lower.apply("W_q"), "w_q");
        assert_eq!(Rule::Pascal.apply("σ_x"), "ΣX");
        assert_eq!(Rule::Upper.apply("größe"), "GRÖSSE");
    }

    #[test]
    fn every_rule_has_its_name() {
        for (name, rule) in Rule::ALL {
            assert_eq!(Rule::from_name(name), Some(rule));
        }
        assert_eq!(Rule::from_name("camelcase"), None);
    }
}
