//! Hashes of names.

use std::fmt;
use std::hash::{BuildHasher, RandomState};

use siphasher::sip::SipHasher13;

/// A keyed hash of names: archives come from anywhere, and nobody must be able to make one whose
/// names meet in a table. The hash of the standard library, in one call for a whole name, which
/// takes a third of the time.
#[derive(Clone)]
pub(super) struct NameHasher(SipHasher13);

impl NameHasher {
    pub(super) fn hash(&self, name: &str) -> u64 {
        self.hash_bytes(name.as_bytes())
    }

    pub(super) fn hash_bytes(&self, name: &[u8]) -> u64 {
        self.0.hash(name)
    }
}

impl Default for NameHasher {
    fn default() -> Self {
        // The standard library has the system's random numbers, and gives them away only like this.
        let keys = RandomState::new();
        Self(SipHasher13::new_with_keys(keys.hash_one(0), keys.hash_one(1)))
    }
}

impl fmt::Debug for NameHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NameHasher").finish_non_exhaustive()
    }
}
