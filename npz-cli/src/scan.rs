//! Looking at all items of an array, on all cores, in little memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use npz_core::{AnyArray, DType, Result};

/// A block holds no more items than this. It is part of the result: where blocks end decides how
/// sums are rounded.
const BLOCK_ITEMS: usize = 32 << 10;

/// A block holds no more bytes than this, or one item.
const BLOCK_BYTES: usize = 1 << 20;

/// Blocks that wait for a core. When there are more, who reads them helps.
const WAITING: usize = 16;

/// How many items of a type to look at together.
pub(crate) fn block_items(dtype: &DType) -> usize {
    BLOCK_BYTES.checked_div(dtype.itemsize()).unwrap_or(BLOCK_ITEMS).clamp(1, BLOCK_ITEMS)
}

/// What is found out of an array, block by block.
pub(crate) trait Fold: Sync {
    /// What is found out of one block.
    type Part: Send;

    /// Looks at some items.
    ///
    /// # Errors
    /// When they are none of their type.
    fn block(&self, block: &AnyArray) -> Result<Self::Part>;

    /// Adds what the following block had to say.
    fn merge(&self, total: &mut Self::Part, next: Self::Part);
}

/// Looks at all `blocks`. They are looked at by whatever core is free and merged in their order, so
/// the result doesn't depend on the number of cores. `None` if there are none.
pub(crate) fn scan<F: Fold>(
    fold: &F,
    blocks: impl Iterator<Item = Result<AnyArray>>,
    mut read: impl FnMut(u64),
) -> Result<Option<F::Part>> {
    let merged = Mutex::new(Merged { next: 0, early: BTreeMap::new(), total: None });
    let add = |number: usize, part: Result<F::Part>| {
        merged.lock().unwrap_or_else(PoisonError::into_inner).add(fold, number, part);
    };
    let waiting = AtomicUsize::new(0);
    let (add, waiting) = (&add, &waiting);
    rayon::in_place_scope(|scope| {
        let mut blocks = blocks.enumerate().peekable();
        while let Some((number, block)) = blocks.next() {
            let block = block?;
            read(u64::try_from(block.nbytes()).unwrap_or(u64::MAX));
            // Nothing else is left to do beside the last one.
            let last = blocks.peek().is_none();
            if last || waiting.load(Ordering::Relaxed) >= WAITING {
                add(number, fold.block(&block));
                continue;
            }
            waiting.fetch_add(1, Ordering::Relaxed);
            scope.spawn(move |_| {
                add(number, fold.block(&block));
                waiting.fetch_sub(1, Ordering::Relaxed);
            });
        }
        Ok(())
    })?;
    let merged = merged.into_inner().unwrap_or_else(PoisonError::into_inner);
    merged.total.transpose()
}

/// Does `work` for each number below `count`, several at a time; the results are in order.
///
/// These are threads of their own, beside those that [`scan`] uses: one that waits for its blocks
/// must not begin something else meanwhile, for which it would wait in turn.
pub(crate) fn for_each<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::new());
    let run = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            let result = work(number);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
        }
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 1..cores.min(count) {
            scope.spawn(run);
        }
        run();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

/// What is found out of the first blocks, and of those that were ready before their turn.
struct Merged<P> {
    next: usize,
    early: BTreeMap<usize, Result<P>>,
    total: Option<Result<P>>,
}

impl<P> Merged<P> {
    fn add(&mut self, fold: &impl Fold<Part = P>, number: usize, part: Result<P>) {
        self.early.insert(number, part);
        while let Some(part) = self.early.remove(&self.next) {
            self.next += 1;
            match (&mut self.total, part) {
                (Some(Err(_)), _) => {}
                (Some(Ok(total)), Ok(part)) => fold.merge(total, part),
                (total, part) => *total = Some(part),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use npz_core::ndarray::{Array1, Ix1};
    use npz_core::{Error, Header, Order, ScalarKind};

    use super::*;

    /// The bytes in order: any other order of merging shows.
    struct Sequence;

    impl Fold for Sequence {
        type Part = Vec<u8>;

        fn block(&self, block: &AnyArray) -> Result<Vec<u8>> {
            let items: Array1<u8> = block.to_array::<u8, Ix1>()?;
            // Later blocks are ready earlier.
            std::thread::sleep(std::time::Duration::from_micros(u64::from(255 - items[0]) * 4));
            if items[0] == 222 {
                return Err(AnyArray::read_npy("/nowhere/222").unwrap_err());
            }
            Ok(items.to_vec())
        }

        fn merge(&self, total: &mut Vec<u8>, next: Vec<u8>) {
            total.extend(next);
        }
    }

    fn blocks(count: u8) -> impl Iterator<Item = Result<AnyArray>> {
        (0..count)
            .map(|item| AnyArray::from_bytes(Header::new(ScalarKind::U8, Order::C, [1])?, &[item]))
    }

    #[test]
    fn parts_are_merged_in_their_order() {
        for threads in [1, 2, 7] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut bytes = 0;
            let all = pool.install(|| scan(&Sequence, blocks(200), |more| bytes += more));
            assert_eq!(all.unwrap().unwrap(), (0..200).collect::<Vec<u8>>());
            assert_eq!(bytes, 200);
        }
        assert_eq!(scan(&Sequence, blocks(0), |_| {}).unwrap(), None);
    }

    #[test]
    fn results_are_in_order() {
        assert_eq!(for_each(100, |number| number * 2), (0..200).step_by(2).collect::<Vec<_>>());
        assert!(for_each(0, |number| number).is_empty());
    }

    #[test]
    fn errors_come_through() {
        assert!(scan(&Sequence, blocks(250), |_| {}).unwrap_err().to_string().contains("222"));
        let bad = || Err::<AnyArray, Error>(AnyArray::read_npy("/nowhere/at all").unwrap_err());
        let cut = blocks(20).chain(std::iter::once_with(bad));
        assert!(scan(&Sequence, cut, |_| {}).unwrap_err().to_string().contains("at all"));
    }
}
