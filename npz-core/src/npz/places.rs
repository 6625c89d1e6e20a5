//! Arrays whose places in the file were found before.

use std::sync::{Arc, RwLock};

use super::recent::Recent;
use crate::npy::Header;

/// A stored array that is read in parts: what its headers say.
pub(super) struct Place {
    pub(super) index: usize,
    pub(super) header: Header,
    /// Where its data start in the file.
    pub(super) start: u64,
}

/// Those that came last. Who takes rows out of an array takes many, and to read its headers again
/// takes as long as to read a row.
#[derive(Default)]
pub(super) struct Places(RwLock<Recent<Arc<Place>>>);

impl Places {
    /// The place of the entry at `index`, if it is known.
    pub(super) fn find(&self, index: usize) -> Option<Arc<Place>> {
        // Who would have to wait for another thread looks into the file.
        let kept = self.0.try_read().ok()?;
        kept.iter().find(|place| place.index == index).map(Arc::clone)
    }

    /// Keeps what was found.
    pub(super) fn keep(&self, place: Place) {
        let Ok(mut kept) = self.0.try_write() else { return };
        if kept.iter().all(|known| known.index != place.index) {
            kept.keep(Arc::new(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recent::KEPT;
    use super::*;
    use crate::dtype::ScalarKind;
    use crate::npy::Order;

    #[test]
    fn the_last_ones_are_known() {
        let places = Places::default();
        let header = |index| Header::new(ScalarKind::F32, Order::C, [index]).unwrap();
        for index in 0..3 * KEPT {
            assert!(places.find(index).is_none());
            for _ in 0..2 {
                places.keep(Place { index, header: header(index), start: index as u64 });
            }
            for known in 0..=index {
                let found = places.find(known).map(|place| (place.start, place.header.clone()));
                let expected = (known + KEPT > index).then(|| (known as u64, header(known)));
                assert_eq!(found, expected, "{known} of {index}");
            }
        }
    }
}
