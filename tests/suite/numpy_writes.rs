//! What NumPy writes, we read: the files of `tests/suite/python/save.py`, bit for bit.

use std::fmt::Debug;
use std::path::Path;

use half::{bf16, f16};
use ndarray::{Array0, Array1, Array2, Array3, Array4, ArrayD};
use npz_core::{
    ByteOrder, Element, ErrorKind, LoadOptions, NpyReader, NpzReader, Order, SaveOptions, read_npy,
    write_npy_with,
};
use num_complex::Complex;

use crate::oracle::{self, Described};

/// The items of an array in C order, as little-endian bytes.
trait Bits: Element + PartialEq + Debug {
    fn bits(&self) -> Vec<u8>;
}

macro_rules! bits {
    ($($type:ty),*) => {$(
        impl Bits for $type {
            fn bits(&self) -> Vec<u8> {
                self.to_le_bytes().to_vec()
            }
        }
    )*};
}

bits!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f16, bf16, f32, f64);

impl Bits for bool {
    fn bits(&self) -> Vec<u8> {
        vec![u8::from(*self)]
    }
}

impl<T: Bits> Bits for Complex<T>
where
    Complex<T>: Element,
{
    fn bits(&self) -> Vec<u8> {
        [self.re.bits(), self.im.bits()].concat()
    }
}

fn flat<A: Bits>(array: &ArrayD<A>) -> Vec<u8> {
    array.iter().flat_map(Bits::bits).collect()
}

/// Reads `file`, and the same array from both archives, and compares with what NumPy has.
fn compare<A: Bits>(folder: &Path, archives: &[NpzReader<'_>], expected: &Described) {
    let key = expected.key.as_deref().unwrap();
    let check = |array: ArrayD<A>, from: &str| {
        assert_eq!(array.shape(), expected.shape, "{from} {key}");
        assert_eq!(flat(&array), expected.bytes, "{from} {key}");
        assert_eq!(array.is_standard_layout(), !expected.fortran, "{from} {key}");
    };
    let file = folder.join(format!("{key}.npy"));
    let array = read_npy(&file).unwrap();

    // The static dimension, and no other.
    macro_rules! fixed {
        ($($n:literal $array:ident),*) => {$(
            let fixed = read_npy::<A, _>(&file).map(|array: $array<A>| array.into_dyn());
            if expected.shape.len() == $n {
                assert_eq!(flat(&fixed.unwrap()), expected.bytes, "{key}");
            } else {
                assert_eq!(fixed.unwrap_err().kind(), ErrorKind::Shape, "{key}");
            }
        )*};
    }
    fixed!(0 Array0, 1 Array1, 2 Array2, 3 Array3, 4 Array4);

    let header = NpyReader::new(std::fs::File::open(&file).unwrap()).unwrap().header().clone();
    assert_eq!(header.order() == Order::Fortran, expected.fortran);
    assert_eq!(format!("{}", header.dtype()), expected.descr);

    // What we read, we write as it was.
    let order = if expected.descr.contains('>') { ByteOrder::Big } else { ByteOrder::Little };
    let options = SaveOptions::new().byte_order(order).keep_fortran_order(true).durable(false);
    let again = folder.join("again.npy");
    write_npy_with(&again, &array, &options).unwrap();
    assert_eq!(std::fs::read(&again).unwrap(), std::fs::read(&file).unwrap(), "{key}");

    check(array, "npy");
    for archive in archives {
        check(archive.get(key).unwrap(), "npz");
        assert!(archive.entry(key).unwrap().header().unwrap() == Some(header.clone()));
    }
}

#[test]
fn every_type_order_and_dimension() {
    let folder = tempfile::tempdir().unwrap();
    let Some(saved) = oracle::save(folder.path()) else { return };
    let folder = folder.path();
    let lenient = LoadOptions::new().lenient(true);
    let archives = [
        NpzReader::open(folder.join("stored.npz")).unwrap(),
        NpzReader::open(folder.join("deflated.npz")).unwrap(),
        NpzReader::open_with(folder.join("deflated.npz"), &lenient).unwrap(),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for expected in &saved {
        let key = expected.key.as_deref().unwrap();
        let archives = if key.starts_with("version_") { &[][..] } else { &archives };
        if key.starts_with("version_") {
            // Our own choice of version is NumPy's, so these are not written as they were.
            let array: Array1<f64> = read_npy(folder.join(format!("{key}.npy"))).unwrap();
            assert_eq!(flat(&array.into_dyn()), expected.bytes);
            continue;
        }
        seen.insert(expected.dtype.as_str());
        match expected.dtype.as_str() {
            "bool" => compare::<bool>(folder, archives, expected),
            "int8" => compare::<i8>(folder, archives, expected),
            "int16" => compare::<i16>(folder, archives, expected),
            "int32" => compare::<i32>(folder, archives, expected),
            "int64" => {
                compare::<i64>(folder, archives, expected);
                compare::<isize>(folder, archives, expected);
            }
            "uint8" => compare::<u8>(folder, archives, expected),
            "uint16" => compare::<u16>(folder, archives, expected),
            "uint32" => compare::<u32>(folder, archives, expected),
            "uint64" => {
                compare::<u64>(folder, archives, expected);
                compare::<usize>(folder, archives, expected);
            }
            "float16" => compare::<f16>(folder, archives, expected),
            "bfloat16" => compare::<bf16>(folder, archives, expected),
            "float32" => compare::<f32>(folder, archives, expected),
            "float64" => compare::<f64>(folder, archives, expected),
            "complex64" => compare::<Complex<f32>>(folder, archives, expected),
            "complex128" => compare::<Complex<f64>>(folder, archives, expected),
            other => panic!("{other} is not tested"),
        }
    }
    assert_eq!(seen.len(), 15, "{seen:?}");

    let unnamed = NpzReader::open(folder.join("unnamed.npz")).unwrap();
    assert_eq!(unnamed.names().collect::<Vec<_>>(), ["arr_0", "arr_1", "arr_2"]);
    assert_eq!(unnamed.get::<f64, ndarray::Ix0>("arr_2").unwrap().into_scalar(), 0.5);
}

/// Text, names with and without suffix, members that are no arrays, files that are never read.
#[test]
fn the_odd_ones() {
    let folder = tempfile::tempdir().unwrap();
    let code = r#"
import sys, zipfile, numpy as np
folder = sys.argv[1]
np.save(f"{folder}/text.npy", np.array([["héllo", ""], ["a\0b", "日本"]]))
np.save(f"{folder}/big_text.npy", np.array(["ab", "c"]).astype(">U4"))
np.save(f"{folder}/bytes.npy", np.array([b"ab"]))
np.save(f"{folder}/objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
np.save(f"{folder}/record.npy", np.zeros(2, [("x", "<f4"), ("o", "O")]), allow_pickle=True)
np.save(f"{folder}/times.npy", np.array(["2020-01-01"], "M8[D]"))
np.savez(f"{folder}/odd.npz", **{"a": np.arange(3), "a.npy": np.arange(4), "größe": np.array("x"), "d/e": np.array(2)})
np.savez(f"{folder}/objects.npz", fine=np.arange(2), bad=np.array([None]))
np.savez(f"{folder}/none.npz")
with zipfile.ZipFile(f"{folder}/odd.npz", "a") as archive:
    archive.writestr("README.txt", "hello")
    archive.writestr("empty", "")
    archive.mkdir("folder") if hasattr(archive, "mkdir") else archive.writestr("folder/", "")
np.save(open(f"{folder}/two.npy", "wb"), np.arange(2))
with open(f"{folder}/two.npy", "ab") as f: np.save(f, np.arange(3))
"#;
    if oracle::python(code, [folder.path()]).is_none() {
        return;
    }
    let path = |name: &str| folder.path().join(name);

    let text: Array2<String> = read_npy(path("text.npy")).unwrap();
    assert_eq!(text.iter().collect::<Vec<_>>(), ["héllo", "", "a\0b", "日本"]);
    let text: Array1<String> = read_npy(path("big_text.npy")).unwrap();
    assert_eq!(text.iter().collect::<Vec<_>>(), ["ab", "c"]);

    for name in ["objects.npy", "record.npy"] {
        let error = read_npy::<f32, ndarray::IxDyn>(path(name)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains("pickle, which is never read"), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    let error = read_npy::<f32, ndarray::IxDyn>(path("times.npy")).unwrap_err();
    assert!(
        error.to_string().contains("expected dtype '<f4' (f32), found '<M8[D]' (datetime64[D])"),
        "{error}"
    );
    let error = read_npy::<String, ndarray::IxDyn>(path("bytes.npy")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dtype, "{error}");

    // Several arrays in one stream, one after the other.
    let mut stream = std::fs::File::open(path("two.npy")).unwrap();
    for expected in 2..4 {
        let array: Array1<i64> = NpyReader::new(&mut stream).unwrap().read().unwrap();
        assert_eq!(array, Array1::from_iter(0..expected));
    }
    assert_eq!(NpyReader::new(&mut stream).unwrap_err().kind(), ErrorKind::Truncated);

    let odd = NpzReader::open(path("odd.npz")).unwrap();
    let names: Vec<_> = odd.names().collect();
    assert_eq!(names, ["a", "a.npy.npy", "größe", "d/e", "README.txt", "empty", "folder/"]);
    for name in &names {
        assert!(odd.contains(name));
        assert_eq!(odd.entry(name).unwrap().name(), *name);
    }
    // As in NumPy: `a.npy` is the member of that name, which is the array `a`.
    assert_eq!(odd.get::<i64, ndarray::Ix1>("a").unwrap().len(), 3);
    assert_eq!(odd.get::<i64, ndarray::Ix1>("a.npy").unwrap().len(), 3);
    assert_eq!(odd.get::<i64, ndarray::Ix1>("a.npy.npy").unwrap().len(), 4);
    assert_eq!(odd.get::<String, ndarray::Ix0>("größe").unwrap().into_scalar(), "x");
    assert_eq!(odd.bytes("README.txt").unwrap(), b"hello");
    assert_eq!(odd.bytes("empty").unwrap(), b"");
    assert_eq!(odd.entry("README.txt").unwrap().header().unwrap(), None);
    let error = odd.get::<f32, ndarray::IxDyn>("README.txt").unwrap_err();
    assert!(error.to_string().contains("no npy file; NpzReader::bytes reads it"), "{error}");

    let objects = NpzReader::open(path("objects.npz")).unwrap();
    assert_eq!(objects.get::<i64, ndarray::Ix1>("fine").unwrap().len(), 2);
    let error = objects.get::<i64, ndarray::Ix1>("bad").unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Unsupported, Some("bad")));
    assert!(NpzReader::open(path("none.npz")).unwrap().is_empty());
}
