use npz_core::ndarray::{Array, Array1, arr1};
use npz_core::{DType, DateTime64, unit};

use super::*;

fn summarize_any(array: &AnyArray, bins: usize) -> Vec<Summary> {
    let bins = move |_: &Numbers| bins;
    summarize(array.dtype(), array.logical_dtype(), array, Some(&bins), &|_| {}).unwrap().unwrap()
}

fn numbers(summary: &Summary) -> &Numbers {
    match &summary.facts {
        Facts::Numbers(numbers) => numbers,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let array = Array::from_shape_fn(300_000, |i| {
        (f64::from(u32::try_from(i).unwrap()) * 0.7).sin() * 1e3 + 1e-3
    });
    let array = AnyArray::new(&array).unwrap();
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| summarize_any(&array, 40))
    };
    let expected = of(1);
    for threads in [2, 3, 8] {
        assert_eq!(format!("{:?}", of(threads)), format!("{expected:?}"));
    }
    let histogram = numbers(&expected[0]).histogram.as_ref().unwrap();
    assert_eq!(histogram.counts().iter().sum::<u64>(), 300_000);
}

#[test]
fn empty_arrays_and_single_values() {
    let none = AnyArray::new(&Array1::<f32>::zeros(0)).unwrap();
    let found = summarize_any(&none, 9);
    assert_eq!((numbers(&found[0]).count, numbers(&found[0]).min), (0, None));
    assert_eq!(numbers(&found[0]).histogram, None);
    let one = AnyArray::new(&npz_core::ndarray::arr0(7_u8)).unwrap();
    let found = summarize_any(&one, 9);
    assert_eq!(numbers(&found[0]).max, Some(Number::Whole(7)));
    assert_eq!(numbers(&found[0]).std, Some(0.0));
}

#[test]
fn times_are_told_as_times() {
    type Day = DateTime64<unit::Day>;
    let array = arr1(&[Day::new(0), Day::NAT, Day::new(31)]);
    let found = &summarize_any(&AnyArray::new(&array).unwrap(), 9)[0];
    let facts = numbers(found);
    assert_eq!((facts.count, facts.finite, facts.not_times), (3, 2, 1));
    let Some(Number::Whole(max)) = facts.max else { panic!("{facts:?}") };
    assert_eq!(found.time(max).unwrap(), "1970-02-01");
    assert_eq!(found.time(facts.whole_mean.unwrap()).unwrap(), "1970-01-17");
}

#[test]
fn fields_of_records() {
    let dtype: DType =
        "[('x', '>f4'), ('name', 'S2'), ('n', '<u8', (2,)), ('raw', 'V3')]".parse().unwrap();
    let mut bytes = Vec::new();
    for i in 0..100_u16 {
        bytes.extend(f32::from(i).to_be_bytes());
        bytes.extend([b'a', if i < 50 { 0 } else { b'b' }]);
        bytes.extend(u64::from(i).to_le_bytes());
        bytes.extend(u64::MAX.to_le_bytes());
        bytes.extend([1, 2, 3]);
    }
    let header = Header::new(dtype, Order::C, [100]).unwrap();
    let found = summarize_any(&AnyArray::from_bytes(header, &bytes).unwrap(), 10);
    let names: Vec<_> = found.iter().map(|summary| summary.name.as_str()).collect();
    assert_eq!(names, ["x", "name", "n", "raw"]);
    assert_eq!(numbers(&found[0]).mean, Some(49.5));
    let Facts::Texts(texts) = &found[1].facts else { panic!("{found:?}") };
    assert_eq!((texts.lengths(), texts.distinct()), (Some((1, 2)), Some(2)));
    assert_eq!(numbers(&found[2]).max, Some(Number::Whole(u64::MAX.into())));
    assert_eq!(numbers(&found[2]).count, 200);
    assert!(matches!(found[3].facts, Facts::Opaque(100)));
}

#[test]
fn objects_have_none() {
    struct Never;
    impl Blocks for Never {
        fn blocks(&self, _: usize) -> Result<Box<dyn Iterator<Item = Result<AnyArray>> + '_>> {
            panic!("a pickle is not opened")
        }
    }
    let found = summarize(&"O".parse().unwrap(), None, &Never, None, &|_| {});
    assert!(found.unwrap().is_none());
}

#[test]
fn long_doubles_that_no_float_holds_are_numbers() {
    let item = |top: u16, significand: u64| {
        [&significand.to_le_bytes()[..], &top.to_le_bytes(), &[7; 6]].concat()
    };
    const ONE: u64 = 1 << 63;
    let (huge, tiny, infinite) = (item(0x3FFF + 1329, ONE), item(9, ONE), item(0x7FFF, ONE));
    let minus = item(0xBFFF + 1329, ONE);
    let (one, zero) = (item(0x3FFF, ONE), item(0, 0));
    let of = |dtype: &str, items: &[&Vec<u8>]| {
        let bytes = items.iter().copied().flatten().copied().collect::<Vec<u8>>();
        let dtype: DType = dtype.parse().unwrap();
        let header = Header::new(dtype.clone(), Order::C, [bytes.len() / dtype.itemsize()]);
        let array = AnyArray::from_bytes(header.unwrap(), &bytes).unwrap();
        numbers(&summarize_any(&array, 4)[0]).clone()
    };
    let found = of("<f16", &[&huge, &tiny, &one, &zero, &infinite]);
    assert_eq!((found.count, found.finite, found.zeros), (5, 4, 1));
    assert_eq!((found.positive_infinite, found.negative_infinite, found.nan), (1, 0, 0));
    assert_eq!(
        (found.min, found.max),
        (Some(Number::Float(0.0)), Some(Number::Float(f64::INFINITY)))
    );
    assert_eq!((found.mean, found.std), (Some(f64::INFINITY), Some(f64::INFINITY)));
    // The others have their places.
    assert_eq!(found.histogram.unwrap().counts().iter().sum::<u64>(), 3);
    let found = of("<f16", &[&minus, &minus]);
    assert!(found.histogram.is_none());
    assert_eq!((found.finite, found.negative_infinite), (2, 0));
    assert_eq!(found.max, Some(Number::Float(f64::NEG_INFINITY)));
    let found = of("<c32", &[&zero, &minus, &tiny, &zero, &zero, &infinite]);
    assert_eq!((found.finite, found.zeros, found.positive_infinite), (2, 0, 1));
}
