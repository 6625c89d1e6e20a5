//! Saving on several threads: the same bytes as on one, told as it goes on, and stopped cleanly.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use ndarray::{Array, Array1, ArrayD, ArrayView, IxDyn, s};
use npz_core::{
    ByteOrder, Compression, ErrorKind, LoadNpz, NpzReader, NpzWriter, SaveNpz, SaveOptions,
};

/// More than a second thread is asked for, and strided ones among them.
fn arrays() -> BTreeMap<String, ArrayD<f64>> {
    let base = |shape: &[usize]| {
        let len: usize = shape.iter().product();
        let items = (0_u32..).take(len).map(f64::from);
        Array::from_iter(items).into_shape_with_order(IxDyn(shape)).unwrap()
    };
    let turned = |shape: &[usize], axes: &[usize]| base(shape).permuted_axes(IxDyn(axes));
    let named = [
        ("flat", base(&[400_000])),
        ("small", base(&[3, 2])),
        ("transposed", turned(&[700, 500], &[1, 0])),
        ("turned", turned(&[160, 70, 80], &[2, 0, 1])),
        ("scattered", turned(&[9, 300, 4, 50], &[3, 1, 0, 2])),
        ("scalar", base(&[])),
    ];
    named.into_iter().map(|(name, array)| (name.to_owned(), array)).collect()
}

#[test]
fn the_bytes_are_those_of_one_thread() {
    let arrays = arrays();
    let backwards: BTreeMap<String, ArrayView<'_, f64, IxDyn>> = arrays
        .iter()
        .map(|(name, array)| {
            let mut view = array.view();
            (0..view.ndim()).for_each(|axis| view.invert_axis(ndarray::Axis(axis)));
            (name.clone(), view)
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    for order in [ByteOrder::Little, ByteOrder::Big] {
        for options in [
            SaveOptions::new().byte_order(order),
            SaveOptions::new().byte_order(order).keep_fortran_order(true),
        ] {
            let options = options.durable(false);
            let values: [&dyn SaveNpz; 2] = [&arrays, &backwards];
            for value in values {
                let mut expected = None;
                for threads in [1, 2, 3, 8] {
                    let options = options.clone().threads(threads);
                    (&value).save_npz_with(&path, &options).unwrap();
                    let at_path = fs::read(&path).unwrap();
                    // A writer that can't go back needs the checksums first.
                    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
                    writer.add_all(value).unwrap();
                    let forward = writer.finish().unwrap();
                    assert!(forward == at_path, "{threads} threads, forward");
                    let expected = expected.get_or_insert_with(|| at_path.clone());
                    assert!(*expected == at_path, "{threads} threads");
                }
            }
            let loaded = BTreeMap::<String, ArrayD<f64>>::load_npz(&path).unwrap();
            for (name, view) in &backwards {
                assert_eq!(loaded[name], view, "{name}");
            }
        }
    }
}

#[test]
fn many_small_ones_are_those_of_one_thread() {
    // Whole batches of small ones, some of which have to be gathered, before, between and behind
    // large ones.
    let grid = Array::from_iter(0..300_u32).into_shape_with_order((20, 15)).unwrap();
    let mut value = BTreeMap::new();
    for n in 0..4_000_u32 {
        let view = match n {
            1_000 | 2_500 | 2_501 => Array::from_elem((300, 1_000), n).into_dyn(),
            n if n % 3 == 0 => grid.t().slice_move(s![.., ..n as usize % 20]).to_owned().into_dyn(),
            n if n % 3 == 1 => {
                grid.t().as_standard_layout().into_owned().reversed_axes().into_dyn()
            }
            n => Array1::from_elem(n as usize, 7).into_dyn(),
        };
        value.insert(format!("{n:05}"), view);
    }
    let saved = |threads| {
        let options = SaveOptions::new().threads(threads).byte_order(ByteOrder::Big);
        let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
        writer.add_all(&value).unwrap();
        writer.finish().unwrap()
    };
    let bytes = saved(1);
    for threads in [2, 3, 8] {
        assert!(saved(threads) == bytes, "{threads} threads");
    }
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.load::<BTreeMap<String, ArrayD<u32>>>().unwrap(), value);
}

type Told = Arc<Mutex<Vec<(u64, Option<u64>, String)>>>;

/// Options that note down what they are told, and say stop from `limit` bytes on.
fn noting(limit: u64) -> (SaveOptions, Told) {
    let told = Told::default();
    let notes = told.clone();
    let options = SaveOptions::new().durable(false).progress(move |progress| {
        let note = (progress.done(), progress.total(), progress.entry().to_owned());
        notes.lock().unwrap().push(note);
        if progress.done() >= limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    (options, told)
}

#[test]
fn progress_is_told_up_to_the_end() {
    let value = BTreeMap::from([
        ("a".to_owned(), Array1::<f64>::ones(2_000_000)),
        ("b".to_owned(), Array1::<f64>::ones(10)),
    ]);
    let bytes = 8 * 2_000_010;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    for compression in [Compression::Stored, Compression::Auto, Compression::Deflate(1)] {
        for threads in [1, 2] {
            let (options, told) = noting(u64::MAX);
            let options = options.threads(threads).compression(compression);
            value.save_npz_with(&path, &options).unwrap();
            let told = told.lock().unwrap();
            assert!(told.is_sorted_by(|a, b| a.0 < b.0), "{compression:?}: {told:?}");
            assert!(told.iter().all(|note| note.1 == Some(bytes)), "{compression:?}: {told:?}");
            assert!(told.len() >= 3, "{compression:?}: {told:?}");
            assert_eq!(told.first().unwrap().2, "a");
            assert_eq!(*told.last().unwrap(), (bytes, Some(bytes), "b".to_owned()));
        }
    }
}

#[test]
fn progress_counts_what_is_gathered_too() {
    let whole = Array1::<f64>::ones(2_000_000);
    let value = vec![whole.slice(s![..;2]), whole.slice(s![..20;2])];
    let bytes = 8 * 1_000_010;
    let folder = tempfile::tempdir().unwrap();
    for compression in [Compression::Stored, Compression::Auto, Compression::Deflate(1)] {
        for threads in [1, 2] {
            let (options, told) = noting(u64::MAX);
            let options = options.threads(threads).compression(compression);
            value.save_npz_with(folder.path().join("a.npz"), &options).unwrap();
            let told = told.lock().unwrap();
            assert!(told.is_sorted_by(|a, b| a.0 < b.0), "{compression:?}: {told:?}");
            assert_eq!(*told.last().unwrap(), (bytes, Some(bytes), "1".to_owned()));
        }
    }
}

#[test]
fn a_save_that_is_cancelled_leaves_the_old_file_and_nothing_else() {
    let value = vec![Array1::<f64>::ones(1_500_000), Array1::zeros(1_500_000)];
    let strided = vec![value[0].slice(s![..;2]), value[1].slice(s![..;2])];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    fs::write(&path, "old").unwrap();
    for compression in [Compression::Stored, Compression::Auto, Compression::Deflate(1)] {
        for threads in [1, 2] {
            for limit in [0, 5 << 20] {
                let values: [&dyn SaveNpz; 2] = [&value, &strided];
                for value in values {
                    let (options, _) = noting(limit);
                    let options = options.threads(threads).compression(compression);
                    let error = (&value).save_npz_with(&path, &options).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
                    assert!(error.entry().is_some() && error.path() == Some(&path), "{error}");
                    assert_eq!(fs::read(&path).unwrap(), b"old");
                    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
                }
            }
        }
    }
}

#[test]
fn an_archive_that_is_written_array_by_array_tells_no_total() {
    let (options, told) = noting(u64::MAX);
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    writer.add("a", &Array1::<u8>::zeros(5 << 20)).unwrap();
    writer.add("b", &Array1::<u8>::zeros(5 << 20)).unwrap();
    let bytes = writer.finish().unwrap();
    let told = told.lock().unwrap();
    assert!(told.iter().all(|note| note.1.is_none()), "{told:?}");
    assert!(told.iter().any(|note| note.2 == "b" && note.0 > 5 << 20), "{told:?}");
    assert_eq!(NpzReader::from_bytes(&bytes).unwrap().len(), 2);
}
