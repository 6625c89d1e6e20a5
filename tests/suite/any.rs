//! Arrays of any dtype: as text beside NumPy, in structs, and in real files.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::path::Path;

use ndarray::{Array1, Array2, arr1, arr2};
use npz_core::{
    AnyArray, Cast, ErrorKind, LoadNpz, LoadOptions, NpyReader, NpyWriter, NpzReader, SaveNpz,
    read_npy_with, savez,
};

use crate::oracle;

#[test]
fn text_is_that_of_numpy() {
    let directory = tempfile::tempdir().unwrap();
    let args = [OsStr::new("--make"), directory.path().as_os_str()];
    let Some(printed) = oracle::run("printed.py", args) else { return };
    let printed = printed.as_array().unwrap();
    assert!(printed.len() > 700, "{}", printed.len());
    let mut differences = Vec::new();
    for (index, printed) in printed.iter().enumerate() {
        let array = AnyArray::read_npy(directory.path().join(format!("{index}.npy"))).unwrap();
        for (found, expected) in
            [(array.to_string(), &printed[0]), (format!("{array:?}"), &printed[1])]
        {
            if *expected != *found {
                differences.push(format!(
                    "{index}, {}:\nNumPy: {}\nfound: {found}",
                    array.dtype(),
                    expected.as_str().unwrap()
                ));
            }
        }
    }
    let few = differences.len().min(20);
    assert!(differences.is_empty(), "{}:\n{}", differences.len(), differences[..few].join("\n"));
}

fn sample(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/matplotlib").join(name)
}

#[derive(LoadNpz)]
struct Topography {
    topo: Array2<f32>,
    #[npz(cast)]
    longitude: Array1<f64>,
    #[npz(cast = "any")]
    latitude: Array1<i16>,
}

#[test]
fn the_sample_data_of_matplotlib() {
    let ground = Topography::load_npz(sample("topobathy.npz")).unwrap();
    assert_eq!(ground.topo.dim(), (ground.latitude.len(), ground.longitude.len()));
    let exact: Array1<f32> =
        NpzReader::open(sample("topobathy.npz")).unwrap().get("longitude").unwrap();
    assert_eq!(ground.longitude, exact.mapv(f64::from));

    let files = [sample("goog.npz"), sample("topobathy.npz")];
    let code = "
import hashlib, json, sys
import numpy as np
digest = lambda a: hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()
for path in sys.argv[1:]:
    with np.load(path) as f:
        print(json.dumps({k: [str(f[k].dtype), list(f[k].shape), digest(f[k]), repr(f[k])] for k in f}))
";
    let Some(printed) = oracle::python(code, &files) else { return };
    for (file, line) in files.iter().zip(printed.lines()) {
        let expected: BTreeMap<String, (String, Vec<usize>, String, String)> =
            serde_json::from_str(line).unwrap();
        let found: HashMap<String, AnyArray> = LoadNpz::load_npz(file).unwrap();
        assert_eq!(found.len(), expected.len());
        for (name, (dtype, shape, digest, repr)) in expected {
            let array = &found[&name];
            let hex: String = array.digest().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!((array.shape(), &hex), (&shape[..], &digest), "{name}: {dtype}");
            assert_eq!(format!("{array:?}"), repr);
        }
    }
}

/// The other one, as records with a date.
#[test]
fn prices_are_records_of_a_struct() {
    use npz_core::{DateTime64, NpyRecord, unit::Day};

    #[derive(Clone, NpyRecord)]
    struct Price {
        date: DateTime64<Day>,
        open: f64,
        high: f64,
        low: f64,
        close: f64,
        volume: i64,
        adj_close: f64,
    }
    #[derive(LoadNpz)]
    struct Prices {
        price_data: Array1<Price>,
    }

    let prices = Prices::load_npz(sample("goog.npz")).unwrap().price_data;
    assert_eq!(prices.len(), 1047);
    let first = &prices[0];
    assert_eq!(first.date.to_string(), "2004-08-19");
    assert!(prices.iter().all(|day| {
        let within = |price: f64| day.low <= price && price <= day.high;
        within(day.open) && within(day.close) && day.volume > 0 && day.adj_close > 0.0
    }));
}

#[test]
fn a_field_of_a_struct_and_the_value_of_a_map() {
    #[derive(SaveNpz, LoadNpz)]
    struct Run {
        name: String,
        data: AnyArray,
        more: BTreeMap<String, AnyArray>,
    }

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("run.npz");
    let times =
        "[('t', '>M8[ns]'), ('', '|V4'), ('v', '<f16')]".parse::<npz_core::DType>().unwrap();
    let header = npz_core::Header::new(times, npz_core::Order::Fortran, [2, 2]).unwrap();
    let bytes: Vec<u8> = (0..=250).cycle().take(header.nbytes()).collect();
    let data = AnyArray::from_bytes(header, &bytes).unwrap();
    let more = BTreeMap::from([("a.b".to_owned(), data.clone())]);
    Run { name: "x".to_owned(), data: data.clone(), more }.save_npz(&path).unwrap();

    let run = Run::load_npz(&path).unwrap();
    assert_eq!((run.name.as_str(), &run.data, &run.more["a.b"]), ("x", &data, &data));
    assert_eq!(run.data.header(), data.header());
    assert_eq!(run.data.as_bytes(), data.as_bytes());

    // into another file, entry by entry
    let reader = NpzReader::open(&path).unwrap();
    assert_eq!(reader.any("more.a.b").unwrap(), data);
    let objects = oracle::python(
        "import numpy, sys; numpy.savez(sys.argv[1], data=numpy.array([None]))",
        [&path],
    );
    if objects.is_some() {
        let error = HashMap::<String, AnyArray>::load_npz(&path).unwrap_err();
        assert_eq!(error.errors()[0].kind(), ErrorKind::Unsupported, "{error}");
    }
}

#[test]
fn casts_of_fields_and_of_whole_files() {
    #[derive(LoadNpz)]
    struct Inner {
        scale: f64,
        flags: Vec<u8>,
    }

    #[derive(LoadNpz)]
    struct Narrow {
        #[npz(cast)]
        inner: Inner,
        #[npz(cast = "any")]
        counts: Array1<u8>,
        exact: Array1<f32>,
    }

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npz");
    savez!(
        &path,
        "inner.scale" = 0.5_f32,
        "inner.flags" = vec![true, false],
        counts = arr1(&[1.9_f64, 300.0]),
        exact = arr1(&[1.0_f32])
    )
    .unwrap();
    let loaded = Narrow::load_npz(&path).unwrap();
    assert_eq!((loaded.inner.scale, loaded.inner.flags), (0.5, vec![1, 0]));
    assert_eq!((loaded.counts, loaded.exact), (arr1(&[1, 255]), arr1(&[1.0])));

    // the rule of a field says nothing about its neighbours
    savez!(
        &path,
        "inner.scale" = 0.5_f32,
        "inner.flags" = vec![1_u16],
        counts = arr1(&[1_u8]),
        exact = arr1(&[1_u8])
    )
    .unwrap();
    let error = Narrow::load_npz(&path).err().unwrap();
    let wrong: Vec<_> = error.errors().iter().map(|error| error.entry().unwrap()).collect();
    assert_eq!(wrong, ["inner.flags", "exact"], "{error}");
    let any = LoadOptions::new().cast(Cast::Any);
    let error = Narrow::load_npz_with(&path, &any).err().unwrap();
    assert_eq!(error.errors().len(), 1, "the field's own rule goes first: {error}");

    let lossless = LoadOptions::new().cast(Cast::Lossless);
    let reader = NpzReader::open_with(&path, &lossless).unwrap();
    let counts: Array1<f32> = reader.get("counts").unwrap();
    assert_eq!(counts, arr1(&[1.0]));
}

#[test]
fn bytes_behind_an_array() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("two.npy");
    let first = NpyWriter::new(Vec::new()).write(&arr2(&[[1_u8, 2]])).unwrap();
    let both = NpyWriter::new(first).write(&arr1(&[3_u8])).unwrap();
    std::fs::write(&path, &both).unwrap();
    let strict = LoadOptions::new().allow_trailing(false);
    let read = |options: &LoadOptions| read_npy_with::<u8, ndarray::Ix2>(&path, options);
    assert_eq!(read(&LoadOptions::new()).unwrap(), arr2(&[[1, 2]]));
    assert_eq!(read(&strict).unwrap_err().kind(), ErrorKind::Corrupt);
    std::fs::write(&path, &both[..130]).unwrap();
    assert_eq!(read(&strict).unwrap(), arr2(&[[1, 2]]));
    let reader = NpyReader::with_options(both.as_slice(), &strict).unwrap();
    assert_eq!(reader.read_any().unwrap_err().kind(), ErrorKind::Corrupt);
}
