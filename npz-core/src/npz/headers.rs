//! npy headers that were decoded before.

use std::sync::{Arc, Mutex};

use super::recent::Recent;
use crate::error::Result;
use crate::limits::Limits;
use crate::npy::{Decoded, Header};

/// Longer headers, which are those of records, are not kept.
const MOST_BYTES: usize = 256;

/// The headers that came last, in the bytes they came in. In most archives there are many arrays of
/// few shapes; those of one dtype and shape have the same, and to compare them takes a tenth of the
/// time that it takes to decode them.
#[derive(Default)]
pub(super) struct Headers(Mutex<Recent<Known>>);

struct Known {
    bytes: Vec<u8>,
    header: Arc<Header>,
}

impl Headers {
    /// The header that these bytes begin with and where the data behind it start, if all of it is
    /// here: what [`Header::decode`] says, always under the same limits.
    pub(super) fn decode(
        &self,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Option<(Arc<Header>, usize)>> {
        // Who would have to wait for another thread decodes.
        let Ok(mut kept) = self.0.try_lock() else { return decoded(bytes, limits) };
        // A header says itself where it ends, so what begins with the same bytes has the same.
        if let Some(known) = kept.iter().find(|known| bytes.starts_with(&known.bytes)) {
            return Ok(Some((Arc::clone(&known.header), known.bytes.len())));
        }
        let decoded = decoded(bytes, limits)?;
        if let Some((header, data_offset)) = &decoded
            && let Some(bytes) = bytes.get(..*data_offset)
            && bytes.len() <= MOST_BYTES
        {
            kept.keep(Known { bytes: bytes.to_vec(), header: Arc::clone(header) });
        }
        Ok(decoded)
    }
}

fn decoded(bytes: &[u8], limits: &Limits) -> Result<Option<(Arc<Header>, usize)>> {
    Ok(match Header::decode(bytes, limits)? {
        Decoded::Done { header, data_offset, .. } => Some((Arc::new(header), data_offset)),
        Decoded::Need(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::recent::KEPT;
    use super::*;
    use crate::dtype::ScalarKind;
    use crate::npy::Order;

    fn bytes(shape: &[usize]) -> Vec<u8> {
        let header = Header::new(ScalarKind::F32, Order::C, shape).unwrap();
        [header.encode().unwrap(), vec![7; 100]].concat()
    }

    #[test]
    fn says_what_decoding_says() {
        let (headers, limits) = (Headers::default(), Limits::default());
        let mut all: Vec<_> = (0..3 * KEPT).map(|size| bytes(&[size, 2])).collect();
        all.push(bytes(&[2]));
        all.push(bytes(&[])[..10].to_vec());
        all.push(b"\x93NUMPY\x01\x00\x04\x00{1: }".to_vec());
        all.push(b"\x93NUMPY\x07".to_vec());
        // Each again at once, after some others, and after more than are kept.
        for stride in [1, 3, 5, KEPT + 1] {
            for at in (0..stride).flat_map(|first| (first..all.len()).step_by(stride)) {
                for _ in 0..2 {
                    let found = headers.decode(&all[at], &limits).map_err(|e| e.to_string());
                    let expected = decoded(&all[at], &limits).map_err(|e| e.to_string());
                    assert_eq!(found, expected, "{at}");
                }
                assert!(headers.0.lock().unwrap().iter().count() <= KEPT);
            }
        }
        let long = Header::new(ScalarKind::F32, Order::C, vec![1; 60]).unwrap().encode().unwrap();
        assert!(long.len() > MOST_BYTES);
        headers.decode(&long, &limits).unwrap();
        let kept = headers.0.lock().unwrap();
        assert!(kept.iter().all(|known| known.bytes.len() <= MOST_BYTES));
    }
}
