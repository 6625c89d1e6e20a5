//! Numbers by chance, the same in every run.

/// A small generator, so that a failure's numbers can be drawn again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number less than `end`; 0 if there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }
}
