//! Which entries a load looks at, and under what names.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

type Rule = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;
type Predicate = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Rules that turn a file's names into a type's names, applied one after the other.
#[derive(Clone, Default)]
pub(crate) struct Rename(Vec<Rule>);

impl Rename {
    pub(crate) fn push(&mut self, rule: impl Fn(&str) -> Option<String> + Send + Sync + 'static) {
        self.0.push(Arc::new(rule));
    }

    pub(crate) fn apply<'a>(&self, name: &'a str) -> Cow<'a, str> {
        self.0.iter().fold(Cow::Borrowed(name), |name, rule| match rule(&name) {
            Some(renamed) => Cow::Owned(renamed),
            None => name,
        })
    }
}

impl fmt::Debug for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rules", self.0.len())
    }
}

/// What of the renamed names is looked at: what all predicates keep.
#[derive(Clone, Default)]
pub(crate) struct Only(Vec<Predicate>);

impl Only {
    pub(crate) fn push(&mut self, predicate: impl Fn(&str) -> bool + Send + Sync + 'static) {
        self.0.push(Arc::new(predicate));
    }

    pub(crate) fn keeps(&self, name: &str) -> bool {
        self.0.iter().all(|keeps| keeps(name))
    }
}

impl fmt::Debug for Only {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} predicates", self.0.len())
    }
}
