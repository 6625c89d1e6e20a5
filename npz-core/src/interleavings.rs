//! What several threads do together, in many orders: `.ci/interleavings`.
//!
//! A scheduler decides at every lock, wake-up and message who goes on. Where there are few orders all
//! are tried, else as many as are asked for, at random and with few changes of turn. A deadlock, a lost
//! wake-up, a panic or another result than that of one thread ends the run, and prints the order.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, Array2};
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

use crate::error::{Error, ErrorKind, Result};
use crate::io::in_order::in_order;
use crate::io::parallel;
use crate::{Compression, LoadOptions, NpzReader, NpzWriter, SaveOptions};

/// How many orders of each.
fn orders() -> usize {
    std::env::var("NPZ_ORDERS").map_or(1000, |text| text.parse().unwrap())
}

fn run(scheduler: impl Scheduler + 'static, test: impl Fn() + Send + Sync + 'static) -> usize {
    let mut config = Config::new();
    config.stack_size = 1 << 20;
    Runner::new(scheduler, config).run(test)
}

/// In `most` orders of each kind.
fn often(what: &str, most: usize, test: impl Fn() + Send + Sync + Clone + 'static) {
    let random = run(RandomScheduler::new(most), test.clone());
    let few_turns = run(PctScheduler::new(3, most), test);
    println!("{what}: {random} orders at random, {few_turns} of few turns");
}

/// In all orders, if they are no more than a hundred times as many as are asked for, else often.
fn always(what: &str, test: impl Fn() + Send + Sync + Clone + 'static) {
    let most = 100 * orders();
    let tried = run(DfsScheduler::new(Some(most), false), test.clone());
    if tried < most {
        return println!("{what}: all {tried} orders");
    }
    println!("{what}: {tried} orders, which aren't all");
    often(what, orders(), test);
}

fn failure(message: &'static str) -> Error {
    Error::new(ErrorKind::Io, message)
}

#[test]
fn results_in_order() {
    for (count, threads) in [(2, 2), (3, 2), (5, 2), (9, 2), (3, 3), (6, 3), (20, 4)] {
        always(&format!("{count} results of {threads} threads"), move || {
            let mut found = Vec::new();
            let take = |index| {
                found.push(index);
                Ok(())
            };
            in_order(count, threads, Ok, take).unwrap();
            assert_eq!(found, (0..count).collect::<Vec<_>>());
        });
    }
}

#[test]
fn results_in_order_until_an_error() {
    for (count, threads, end) in [(3, 2, 0), (3, 2, 2), (6, 2, 3), (4, 3, 1), (20, 4, 7)] {
        always(&format!("{count} results of {threads} threads, an error at {end}"), move || {
            let mut found = 0;
            let work = |index| if index == end { Err(failure("worked")) } else { Ok(index) };
            let take = |_| {
                found += 1;
                Ok(())
            };
            let error = in_order(count, threads, work, take).unwrap_err();
            assert_eq!((error.message(), found), ("worked", end));
            let take = |index| if index == end { Err(failure("taken")) } else { Ok(()) };
            assert_eq!(in_order(count, threads, Ok, take).unwrap_err().message(), "taken");
        });
    }
}

#[test]
fn shared_out() {
    for (count, threads) in [(1, 2), (2, 2), (4, 2), (3, 3), (8, 3)] {
        always(&format!("{count} pieces for {threads} threads"), move || {
            let done = AtomicUsize::new(0);
            let work = |index: usize| -> Result<usize> {
                done.fetch_add(1, Ordering::SeqCst);
                if index == 5 { Err(failure("five")) } else { Ok(index) }
            };
            match parallel::map(threads, 0..count, work) {
                Ok(all) => assert_eq!(all, (0..count).collect::<Vec<_>>()),
                Err(error) => assert!(count > 5 && error.message() == "five"),
            }
            assert!(done.into_inner() >= count.min(6));
        });
    }
}

/// As NumPy writes it: no segments are marked, so nobody unpacks them side by side.
fn saved(arrays: &BTreeMap<String, Array1<u8>>, compression: Compression) -> Vec<u8> {
    let options = SaveOptions::new().compression(compression).threads(1);
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    arrays.iter().for_each(|(name, array)| writer.add(name, array).unwrap());
    writer.finish().unwrap()
}

#[test]
fn a_load_ahead_of_the_value() {
    // Each is a part of its own.
    let array = |at: u8| (format!("a{at}"), Array1::from_elem(600 << 10, at));
    let arrays: BTreeMap<_, _> = (0..4).map(array).collect();
    let mut damaged = saved(&arrays, Compression::Stored);
    let end = damaged.windows(8).rposition(|bytes| bytes == [2; 8]).unwrap();
    damaged[end] ^= 1;
    for compression in [Compression::Stored, Compression::Deflate(1)] {
        let bytes = saved(&arrays, compression);
        for threads in [2, 3] {
            let (bytes, arrays) = (bytes.clone(), arrays.clone());
            often(
                &format!("a load by {threads} threads, {compression:?}"),
                orders() / 10,
                move || {
                    let options = LoadOptions::new().threads(threads);
                    let reader = NpzReader::from_bytes_with(&bytes, &options).unwrap();
                    let all: HashMap<String, Array1<u8>> = reader.load().unwrap();
                    assert!(
                        all.len() == 4 && all.iter().all(|(name, array)| arrays[name] == array)
                    );
                },
            );
        }
    }
    often("a load that fails", orders() / 10, move || {
        let reader = NpzReader::from_bytes_with(&damaged, &LoadOptions::new().threads(3)).unwrap();
        let error = reader.load::<HashMap<String, Array1<u8>>>().unwrap_err();
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Corrupt, Some("a2")));
    });
}

#[test]
fn headings_read_ahead() {
    let arrays = (0..1100_u16).map(|at| (format!("a{at:04}"), Array1::zeros(usize::from(at % 7))));
    let (names, bytes): (Vec<String>, _) = {
        let arrays: BTreeMap<_, _> = arrays.collect();
        (arrays.keys().cloned().collect(), saved(&arrays, Compression::Stored))
    };
    often("headings", orders() / 4, move || {
        let reader = NpzReader::from_bytes_with(&bytes, &LoadOptions::new().threads(3)).unwrap();
        let mut found = Vec::new();
        let visited = reader.headings().visit(|entry, heading| {
            assert!(heading.unwrap().header().is_some());
            found.push(entry.name().to_owned());
            if found.len() == 1000 { Err("enough") } else { Ok(()) }
        });
        assert!(visited == Err("enough") && found == names[..1000]);
    });
}

/// Small arrays, one that lies in memory as it is written, and strided ones, which both threads gather.
fn save(threads: usize, limit: Option<usize>) -> Result<Vec<u8>> {
    /// Takes so many bytes.
    struct Bounded(Vec<u8>, usize);

    impl std::io::Write for Bounded {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0.len() + bytes.len() > self.1 {
                return Err(std::io::ErrorKind::StorageFull.into());
            }
            self.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let options = SaveOptions::new().threads(threads);
    let to = Bounded(Vec::new(), limit.unwrap_or(usize::MAX));
    let mut writer = NpzWriter::with_options(to, &options)?;
    let small = Array1::<u8>::zeros(100);
    let flat = Array2::from_shape_fn((512, 1024), |(row, column)| (row * 7 + column) as f32);
    let wide = Array2::from_shape_fn((2048, 256), |(row, column)| (row + column * 5) as f64);
    let some = flat.slice(ndarray::s![.., ..;2]);
    writer.add_all(&(vec![small; 5], flat.view(), wide.t(), some))?;
    writer.finish().map(|written| written.0)
}

#[test]
fn a_save_of_stored_arrays() {
    let expected = save(1, None).unwrap();
    let len = expected.len();
    often("a save by two threads", orders() / 20, move || {
        assert!(save(2, None).unwrap() == expected);
    });
    for limit in [0, 600, len / 3, len - 1] {
        often(&format!("a save that fails at {limit}"), orders() / 40, move || {
            assert_eq!(save(2, Some(limit)).unwrap_err().kind(), ErrorKind::Io);
        });
    }
}
