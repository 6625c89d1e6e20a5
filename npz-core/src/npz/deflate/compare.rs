//! Bytes beside those that stand some distance before them.

/// How many bytes from `at` on are those `distance` before. From `most` on, some more are counted or
/// none.
#[inline]
pub(super) fn equal(bytes: &[u8], at: usize, distance: usize, most: usize) -> usize {
    let (ours, before) = (&bytes[at..], &bytes[at - distance..]);
    let mut same = 0;
    while same < most {
        let word = |bytes: &[u8]| Some(u64::from_le_bytes(*bytes.get(same..)?.first_chunk()?));
        let (Some(ours), Some(before)) = (word(ours), word(before)) else { break };
        let difference = ours ^ before;
        if difference != 0 {
            return same + (difference.trailing_zeros() / 8) as usize;
        }
        same += 8;
    }
    let pairs = ours[same..].iter().zip(&before[same..]);
    same + pairs.take(most.saturating_sub(same)).take_while(|(a, b)| a == b).count()
}
