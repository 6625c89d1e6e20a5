//! The few things that came last.

/// As many are kept.
pub(super) const KEPT: usize = 8;

/// The things that were kept last; the oldest makes room for the next.
pub(super) struct Recent<T> {
    all: Vec<T>,
    /// The one that is given up next.
    oldest: usize,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { all: Vec::new(), oldest: 0 }
    }
}

impl<T> Recent<T> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.all.iter()
    }

    pub(super) fn keep(&mut self, one: T) {
        match self.all.get_mut(self.oldest) {
            Some(place) => *place = one,
            None => self.all.push(one),
        }
        self.oldest = (self.oldest + 1) % KEPT;
    }
}
