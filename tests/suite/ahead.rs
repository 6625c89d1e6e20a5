//! Many entries loaded by several threads: the same values and the same errors as by one.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, Array2, ArrayD, Ix1};
use npz_core::{
    AnyArray, Cast, Compression, DType, Element, ErrorKind, Expect, LoadNpz, LoadOptions, Node,
    NpzReader, NpzWriter, Payload, Result, SaveNpz, SaveOptions, ScalarKind, SeekSource,
};

const THREADS: [usize; 5] = [0, 1, 2, 3, 8];

type Arrays = BTreeMap<String, Array1<u64>>;

/// Entries of 8 KiB, of which 128 make a part that one thread loads.
fn arrays(count: u64) -> Arrays {
    let array = |n: u64| Array1::from_iter((0..1024).map(|at| number(n) ^ (at & 7)));
    (0..count).map(|n| (format!("layer.{n:04}"), array(n))).collect()
}

/// Found nowhere else in the archive.
fn number(n: u64) -> u64 {
    (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn saved(value: &impl SaveNpz, compression: Compression) -> Vec<u8> {
    let options = SaveOptions::new().compression(compression);
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    writer.add_all(value).unwrap();
    writer.finish().unwrap()
}

fn load<T: LoadNpz>(bytes: &[u8], threads: usize) -> Result<T> {
    NpzReader::from_bytes_with(bytes, &LoadOptions::new().threads(threads))?.load()
}

#[test]
fn any_number_of_threads_gives_the_same_values() {
    for compression in [Compression::Stored, Compression::Auto, Compression::Deflate(1)] {
        let value = arrays(1000);
        let bytes = saved(&value, compression);
        for threads in THREADS {
            assert!(load::<Arrays>(&bytes, threads).unwrap() == value, "{threads} threads");
        }
        // A source whose readers wait for each other.
        let source = SeekSource::new(Cursor::new(&bytes)).unwrap();
        assert!(NpzReader::new(source).unwrap().load::<Arrays>().unwrap() == value);
    }
}

#[test]
fn large_ones_that_one_thread_unpacks_are_loaded_side_by_side() {
    // As NumPy writes them, without marks of ours; more of them than may wait to be taken.
    let value: Vec<Array2<u32>> = (0..24).map(|n| Array2::from_elem((1024, 1024 + n), 7)).collect();
    let options = SaveOptions::new().compression(Compression::Deflate(1)).numpy_framing(true);
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    writer.add_all(&value).unwrap();
    let bytes = writer.finish().unwrap();
    for threads in [1, 2, 3] {
        assert!(load::<Vec<Array2<u32>>>(&bytes, threads).unwrap() == value, "{threads} threads");
        let any: Vec<AnyArray> = load(&bytes, threads).unwrap();
        assert_eq!(any[23].shape(), [1024, 1047]);
    }
}

#[test]
fn the_error_is_that_of_the_first_entry_that_has_one() {
    let mut bytes = saved(&arrays(1000), Compression::Stored);
    for damaged in [998, 700, 431] {
        let item = number(damaged).to_le_bytes();
        let at = bytes.windows(8).position(|window| window == item).unwrap();
        bytes[at] ^= 0x10;
        for threads in THREADS {
            let error = load::<Arrays>(&bytes, threads).unwrap_err();
            let name = format!("layer.{damaged:04}");
            assert_eq!((error.kind(), error.entry()), (ErrorKind::Corrupt, Some(&*name)));
            assert!(error.to_string().contains("CRC"), "{error}");
        }
    }
}

#[test]
fn a_load_can_be_cancelled_at_any_entry() {
    let bytes = saved(&arrays(2000), Compression::Deflate(1));
    for threads in THREADS {
        let heard = Arc::new(AtomicUsize::new(0));
        let options = LoadOptions::new().threads(threads).progress({
            let heard = Arc::clone(&heard);
            move |progress| {
                heard.fetch_add(1, Ordering::Relaxed);
                assert!(progress.done() <= progress.total().unwrap());
                match progress.done() > 8 << 20 {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            }
        });
        let reader = NpzReader::from_bytes_with(&bytes, &options).unwrap();
        assert_eq!(reader.load::<Arrays>().unwrap_err().kind(), ErrorKind::Cancelled);
        assert!(heard.load(Ordering::Relaxed) >= 2);
    }
}

/// Loads other things than it has asked for, in another order, some twice and some not at all.
#[derive(Debug, PartialEq)]
struct Fickle(Vec<f64>);

impl LoadNpz for Fickle {
    fn expect(at: &mut Expect<'_>) {
        for n in 0..1000 {
            at.field::<Array1<u64>>(&format!("layer.{n:04}"));
        }
    }

    fn load(at: &Node<'_>) -> Result<Self> {
        let mut firsts = Vec::new();
        for n in (0..1000).rev().step_by(3) {
            let name = format!("layer.{n:04}");
            let twice: [Array1<u64>; 2] = [at.field(&name)?, at.field(&name)?];
            assert_eq!(twice[0], twice[1]);
            let any: AnyArray = at.field(&name)?;
            assert_eq!(any.shape(), [1024]);
            let dynamic: ArrayD<u64> = at.field(&name)?;
            assert_eq!(dynamic.into_dimensionality::<Ix1>().unwrap(), twice[0]);
            let cast: Array1<f64> = at.field_with(&name, &name, |at| at.cast(Cast::Any).array())?;
            assert!(at.field::<Array2<u64>>(&name).is_err());
            firsts.push(cast[0]);
        }
        Ok(Self(firsts))
    }
}

#[test]
fn a_value_may_load_other_things_than_it_asked_for() {
    let bytes = saved(&arrays(1000), Compression::Stored);
    let expected = load::<Fickle>(&bytes, 1).unwrap();
    assert_eq!(expected.0.len(), 334);
    for threads in THREADS {
        assert_eq!(load::<Fickle>(&bytes, threads).unwrap(), expected);
    }
}

/// An element that panics at 13.
#[derive(Clone, Debug)]
struct Superstitious;

impl Element for Superstitious {
    fn dtype<'a>(_: impl Iterator<Item = &'a Self>) -> Result<DType> {
        Ok(ScalarKind::U64.into())
    }

    fn encode(_: &[Self], _: &DType, _: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }

    fn accepts(dtype: &DType) -> bool {
        u64::accepts(dtype)
    }

    fn decode(payload: &mut Payload<'_>) -> Result<Vec<Self>> {
        let items = u64::decode(payload)?;
        assert!(!items.contains(&number(13)), "unlucky");
        Ok(vec![Self; items.len()])
    }
}

#[test]
fn a_panic_of_an_element_is_the_callers() {
    let bytes = saved(&arrays(1000), Compression::Stored);
    for threads in THREADS {
        let load = || load::<BTreeMap<String, Array1<Superstitious>>>(&bytes, threads);
        let panic = catch_unwind(load).unwrap_err();
        assert_eq!(*panic.downcast_ref::<&str>().unwrap(), "unlucky");
    }
}
