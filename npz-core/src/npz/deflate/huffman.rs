//! Prefix codes: the best lengths within a limit, and the canonical code of given lengths.

/// The largest alphabet of deflate: literals, the end of a block, lengths.
pub(super) const SYMBOLS: usize = 286;

/// Bits to be written, lowest first, and their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Code(u32);

impl Code {
    /// `bits` are at most 24.
    pub(super) fn new(bits: u32, len: u32) -> Self {
        Self(bits | len << 24)
    }

    pub(super) fn bits(self) -> u64 {
        u64::from(self.0 & 0xFF_FFFF)
    }

    pub(super) fn len(self) -> u32 {
        self.0 >> 24
    }

    /// This code, and behind it `len` further `bits`.
    pub(super) fn with(self, bits: u32, len: u32) -> Self {
        Self::new(self.0 & 0xFF_FFFF | bits << self.len(), self.len() + len)
    }
}

/// The lengths of a prefix code that makes a text with these `counts` as short as a code of at
/// most `limit` bits can; 0 for symbols that don't occur.
///
/// The code is complete: of fewer than two symbols others get one too, since inflaters differ in
/// what they make of a code with a single symbol.
pub(super) fn lengths(counts: &[u32], limit: u8, lengths: &mut [u8]) {
    lengths.fill(0);
    // Sorted by count, then by symbol, so that the code depends on nothing else.
    let mut order = [0_u64; SYMBOLS];
    let mut used = 0;
    for (symbol, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        order[used] = u64::from(count) << 16 | symbol as u64;
        used += 1;
    }
    if used < 2 {
        let only = order[..used].first().map_or(0, |&key| symbol(key));
        lengths[only] = 1;
        lengths[usize::from(only == 0)] = 1;
        return;
    }
    let order = &mut order[..used];
    order.sort_unstable();
    if !unlimited(order, limit, lengths) {
        package_merge(order, limit, lengths);
    }
}

fn symbol(key: u64) -> usize {
    usize::try_from(key & 0xFFFF).unwrap_or(0)
}

fn count(key: u64) -> u64 {
    key >> 16
}

/// Huffman's algorithm; `false` if some code came out longer than `limit`.
///
/// Leaves are sorted, and inner nodes come into being in ascending order, so the two lightest
/// nodes are always at the heads of two queues.
fn unlimited(leaves: &[u64], limit: u8, lengths: &mut [u8]) -> bool {
    let used = leaves.len();
    let mut weights = [0_u64; SYMBOLS];
    let mut leaf_parents = [0_usize; SYMBOLS];
    let mut parents = [0_usize; SYMBOLS];
    let (mut leaf, mut inner) = (0, 0);
    for node in 0..used - 1 {
        for _ in 0..2 {
            // Of equals the leaf first, which keeps the tree flat.
            let weight = leaves.get(leaf).map(|&key| count(key));
            match weight {
                Some(weight) if inner == node || weight <= weights[inner] => {
                    weights[node] += weight;
                    leaf_parents[leaf] = node;
                    leaf += 1;
                }
                _ => {
                    weights[node] += weights[inner];
                    parents[inner] = node;
                    inner += 1;
                }
            }
        }
    }
    let mut depths = [0_u8; SYMBOLS];
    for node in (0..used - 2).rev() {
        depths[node] = depths[parents[node]] + 1;
    }
    for (&key, &parent) in leaves.iter().zip(&leaf_parents) {
        lengths[symbol(key)] = depths[parent] + 1;
    }
    // The rarest symbol has the longest code.
    leaves.first().is_none_or(|&key| lengths[symbol(key)] <= limit)
}

/// Package-merge (Larmore and Hirschberg): from each list of packages, pairs of neighbours become
/// one package of the next list, among the leaves. A leaf's length is the number of lists in which
/// it is among those that the first `2n - 2` of the last list are made of.
///
/// The leaves taken from a list are always its lightest, so all that must be kept of a list is
/// which of its packages are leaves.
fn package_merge(leaves: &[u64], limit: u8, lengths: &mut [u8]) {
    let mut packages: Vec<u64> = Vec::new();
    let mut lists: Vec<Vec<bool>> = Vec::new();
    for _ in 0..limit {
        let mut list = Vec::with_capacity(leaves.len() + packages.len());
        let mut is_leaf = Vec::with_capacity(list.capacity());
        let (mut left, mut right) = (leaves.iter().map(|&key| count(key)).peekable(), 0);
        loop {
            match (left.peek(), packages.get(right)) {
                (Some(&leaf), package) if package.is_none_or(|&package| leaf <= package) => {
                    list.push(leaf);
                    is_leaf.push(true);
                    left.next();
                }
                (_, Some(&package)) => {
                    list.push(package);
                    is_leaf.push(false);
                    right += 1;
                }
                _ => break,
            }
        }
        packages = list.chunks_exact(2).map(|pair| pair.iter().sum()).collect();
        lists.push(is_leaf);
    }
    leaves.iter().for_each(|&key| lengths[symbol(key)] = 0);
    let mut taken = 2 * leaves.len() - 2;
    for list in lists.iter().rev() {
        let leaf_count = list.iter().take(taken).filter(|is_leaf| **is_leaf).count();
        leaves[..leaf_count].iter().for_each(|&key| lengths[symbol(key)] += 1);
        taken = 2 * (taken - leaf_count);
    }
}

/// The canonical code of `lengths`: shorter codes first, then by symbol. Deflate writes them with
/// their highest bit first.
pub(super) fn codes(lengths: &[u8], codes: &mut [Code]) {
    let mut counts = [0_u32; 16];
    lengths.iter().for_each(|&len| counts[usize::from(len & 15)] += 1);
    counts[0] = 0;
    let mut next = [0_u32; 16];
    for len in 1..16 {
        next[len] = (next[len - 1] + counts[len - 1]) << 1;
    }
    for (code, &len) in codes.iter_mut().zip(lengths) {
        *code = Code::default();
        if len > 0 {
            let bits = &mut next[usize::from(len & 15)];
            *code = Code::new(bits.reverse_bits() >> (32 - u32::from(len)), len.into());
            *bits += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lengths_of(counts: &[u32], limit: u8) -> Vec<u8> {
        let mut found = vec![7; counts.len()];
        lengths(counts, limit, &mut found);
        found
    }

    /// In units of the shortest code that the limit allows; all of them make a complete code.
    fn kraft(lengths: &[u8], limit: u8) -> u32 {
        lengths.iter().filter(|&&len| len > 0).map(|len| 1 << (limit - len)).sum()
    }

    fn cost(counts: &[u32], lengths: &[u8]) -> u64 {
        counts.iter().zip(lengths).map(|(&n, &len)| u64::from(n) * u64::from(len)).sum()
    }

    /// The least cost of a code within `limit`, by trying all: at each depth some of the symbols,
    /// the most frequent first, end.
    fn least_cost(sorted: &[u32], limit: u8, open: u64, depth: u64) -> Option<u64> {
        if sorted.is_empty() {
            return Some(0);
        }
        if depth > limit.into() || open == 0 {
            return None;
        }
        let most = sorted.len().min(usize::try_from(open).unwrap());
        let ends = (0..=most).filter_map(|ending| {
            let here: u64 = sorted[..ending].iter().map(|&n| u64::from(n) * depth).sum();
            let open = ((open - ending as u64) * 2).min(64);
            Some(here + least_cost(&sorted[ending..], limit, open, depth + 1)?)
        });
        ends.min()
    }

    #[test]
    fn fewer_than_two_symbols_make_a_complete_code() {
        assert_eq!(lengths_of(&[0; 4], 7), [1, 1, 0, 0]);
        assert_eq!(lengths_of(&[9, 0, 0], 7), [1, 1, 0]);
        assert_eq!(lengths_of(&[0, 0, 9], 7), [1, 0, 1]);
        assert_eq!(lengths_of(&[0, 5, 9], 7), [0, 1, 1]);
    }

    #[test]
    fn fibonacci_counts_reach_every_limit() {
        let mut counts = vec![1, 1];
        while counts.len() < 30 {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        assert_eq!(lengths_of(&counts, 29).iter().max(), Some(&29));
        for limit in 5..29 {
            let found = lengths_of(&counts, limit);
            assert_eq!(kraft(&found, limit), 1 << limit, "{limit}");
            assert_eq!(found.iter().max(), Some(&limit));
        }
    }

    #[test]
    fn codes_are_those_of_the_standards_example() {
        // RFC 1951, 3.2.2: A to H, of lengths 3, 3, 3, 3, 3, 2, 4, 4.
        let mut found = [Code::default(); 8];
        codes(&[3, 3, 3, 3, 3, 2, 4, 4], &mut found);
        let expected = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
        for (code, expected) in found.iter().zip(expected) {
            let bits = (0..code.len()).map(|bit| (code.bits() >> bit & 1).to_string());
            assert_eq!(bits.collect::<String>(), expected);
        }
    }

    proptest! {
        #[test]
        fn no_code_within_the_limit_is_shorter(
            counts in prop::collection::vec(prop_oneof![0_u32..4, 0_u32..5000], 2..9),
            limit in 3_u8..6,
        ) {
            let found = lengths_of(&counts, limit);
            prop_assert_eq!(kraft(&found, limit), 1 << limit);
            let mut sorted: Vec<u32> = counts.iter().copied().filter(|&n| n > 0).collect();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            prop_assume!(sorted.len() > 1);
            prop_assert_eq!(Some(cost(&counts, &found)), least_cost(&sorted, limit, 1, 0));
        }

        #[test]
        fn large_alphabets_get_complete_codes(
            counts in prop::collection::vec(
                prop_oneof![Just(0_u32), 1_u32..3, 1_u32..1 << 20], SYMBOLS),
            limit in 9_u8..15,
        ) {
            let found = lengths_of(&counts, limit);
            prop_assert_eq!(kraft(&found, limit), 1 << limit);
            prop_assert!(found.iter().all(|&len| len <= limit));
        }
    }
}
