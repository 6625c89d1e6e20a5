//! What we write, NumPy reads: every element type, byte order, memory order, dimension, storage.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use half::{bf16, f16};
use ndarray::{
    Array, Array1, Array2, ArrayD, ArrayView1, ArrayView2, CowArray, Dimension, IxDyn,
    ShapeBuilder, arr0, arr1, s,
};
use npz_core::{
    ByteOrder, Compression, Element, NpzWriter, SaveNpz, SaveOptions, savez, write_npy,
    write_npy_with,
};
use num_complex::Complex;

use crate::oracle::{self, Described};

/// Files to be shown to NumPy together, and what it should see in them.
struct Written {
    folder: tempfile::TempDir,
    files: Vec<PathBuf>,
    expected: Vec<Described>,
}

impl Written {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), files: Vec::new(), expected: Vec::new() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(format!("{}.npy", self.files.len()))
    }

    /// Writes `array` with `options`, and expects its items in C order as these bytes.
    fn add<A: Element, D: Dimension>(
        &mut self,
        array: &ndarray::ArrayRef<A, D>,
        options: &SaveOptions,
        (descr, dtype): (&str, &str),
        fortran: bool,
        bytes: Vec<u8>,
    ) {
        let path = self.path();
        write_npy_with(&path, array, options).unwrap();
        self.files.push(path);
        self.expected.push(Described {
            key: None,
            descr: descr.to_owned(),
            dtype: dtype.to_owned(),
            shape: array.shape().to_vec(),
            fortran,
            version: 1,
            bytes,
        });
    }

    fn check(&self) {
        let Some(found) = oracle::describe(&self.files) else { return };
        for ((file, found), expected) in self.files.iter().zip(&found).zip(&self.expected) {
            assert_eq!(found.as_slice(), std::slice::from_ref(expected), "{}", file.display());
        }
        assert_eq!(found.len(), self.expected.len());
    }
}

const SHAPES: [&[usize]; 10] =
    [&[], &[1], &[5], &[0], &[3, 4], &[4, 0], &[1, 3], &[2, 3, 4], &[2, 0, 3], &[2, 1, 3, 2]];

/// Writes every shape in every layout and byte order; `bits` makes the n-th item and its
/// little-endian bytes.
fn every_layout<A: Element>(
    written: &mut Written,
    code: &str,
    dtype: &str,
    bits: impl Fn(usize) -> (A, Vec<u8>),
) {
    let size = bits(0).1.len();
    let orders = [ByteOrder::Little, ByteOrder::Big];
    for order in orders {
        let mark = match (size, order) {
            (1, _) => '|',
            (_, ByteOrder::Big) => '>',
            _ => '<',
        };
        // NumPy forgets a void's byte order, so a big-endian bfloat16 only keeps its bytes.
        if code == "V2" && order == ByteOrder::Big {
            continue;
        }
        let descr = format!("'{mark}{code}'");
        let names = (descr.as_str(), dtype);
        let plain = SaveOptions::new().byte_order(order).durable(false);
        let keep = plain.clone().keep_fortran_order(true);
        for shape in SHAPES {
            let count: usize = shape.iter().product();
            let items = || (0..count).map(|n| bits(n).0).collect::<Vec<A>>();
            let array = ArrayD::from_shape_vec(shape, items()).unwrap();
            let bytes: Vec<u8> = (0..count).flat_map(|n| bits(n).1).collect();
            written.add(&array, &plain, names, false, bytes.clone());
            written.add(&array, &keep, names, false, bytes);

            let fortran = ArrayD::from_shape_vec(shape.f(), items()).unwrap();
            let index = ArrayD::from_shape_vec(shape.f(), (0..count).collect()).unwrap();
            let bytes: Vec<u8> = index.iter().flat_map(|&n| bits(n).1).collect();
            written.add(&fortran, &plain, names, false, bytes.clone());
            written.add(&fortran, &keep, names, !fortran.is_standard_layout(), bytes);

            // In neither order: every second item from the back, along every axis.
            let mut view = array.view();
            let mut index =
                ArrayD::from_shape_vec(shape, (0..count).collect::<Vec<usize>>()).unwrap();
            for axis in 0..shape.len() {
                let slice = ndarray::Slice::new(0, None, -2);
                view.slice_axis_inplace(ndarray::Axis(axis), slice);
                index.slice_axis_inplace(ndarray::Axis(axis), slice);
            }
            let bytes = index.iter().flat_map(|&n| bits(n).1).collect();
            written.add(&view, &keep, names, false, bytes);
        }
    }
}

/// Bits that repeat late, so that a wrong place shows.
fn scramble(n: usize) -> u64 {
    (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

macro_rules! integers {
    ($written:expr, $($type:ty: $code:literal $name:literal),* $(,)?) => {$(
        every_layout($written, $code, $name, |n| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
            let item = match n { 0 => <$type>::MIN, 1 => <$type>::MAX, _ => scramble(n) as $type };
            (item, item.to_le_bytes().to_vec())
        });
    )*};
}

#[test]
fn integers_and_bools_in_every_layout() {
    let mut written = Written::new();
    integers!(&mut written, i8: "i1" "int8", i16: "i2" "int16", i32: "i4" "int32", i64: "i8" "int64",
        u8: "u1" "uint8", u16: "u2" "uint16", u32: "u4" "uint32", u64: "u8" "uint64",
        isize: "i8" "int64", usize: "u8" "uint64");
    every_layout(&mut written, "b1", "bool", |n| (n % 3 == 1, vec![u8::from(n % 3 == 1)]));
    assert!(written.files.len() > 900);
    written.check();
}

/// Random bits and quiet and signalling NaNs, which must keep every bit.
#[test]
fn floats_in_every_layout_keep_every_bit() {
    #[allow(clippy::cast_possible_truncation)]
    fn bits16(n: usize, awkward: [u16; 3]) -> u16 {
        awkward.get(n).copied().unwrap_or(scramble(n) as u16)
    }
    #[allow(clippy::cast_possible_truncation)]
    fn bits32(n: usize) -> u32 {
        // signalling NaN, negative NaN with payload, -0.0
        [0x7f80_0001, 0xffc1_2345, 0x8000_0000].get(n).copied().unwrap_or(scramble(n) as u32)
    }
    fn bits64(n: usize) -> u64 {
        let awkward = [0x7ff0_0000_0000_0001, 0xfff8_dead_beef_0001, 1 << 63];
        awkward.get(n).copied().unwrap_or(scramble(n))
    }

    let mut written = Written::new();
    every_layout(&mut written, "f2", "float16", |n| {
        let bits = bits16(n, [0x7c01, 0xfe55, 0x8000]);
        (f16::from_bits(bits), bits.to_le_bytes().to_vec())
    });
    every_layout(&mut written, "V2", "bfloat16", |n| {
        let bits = bits16(n, [0x7f81, 0xffc5, 0x8000]);
        (bf16::from_bits(bits), bits.to_le_bytes().to_vec())
    });
    every_layout(&mut written, "f4", "float32", |n| {
        (f32::from_bits(bits32(n)), bits32(n).to_le_bytes().to_vec())
    });
    every_layout(&mut written, "f8", "float64", |n| {
        (f64::from_bits(bits64(n)), bits64(n).to_le_bytes().to_vec())
    });
    every_layout(&mut written, "c8", "complex64", |n| {
        let (re, im) = (bits32(n), bits32(n + 1));
        let bytes = [re.to_le_bytes(), im.to_le_bytes()].concat();
        (Complex::new(f32::from_bits(re), f32::from_bits(im)), bytes)
    });
    every_layout(&mut written, "c16", "complex128", |n| {
        let (re, im) = (bits64(n), bits64(n + 1));
        let bytes = [re.to_le_bytes(), im.to_le_bytes()].concat();
        (Complex::new(f64::from_bits(re), f64::from_bits(im)), bytes)
    });
    written.check();
}

#[test]
fn the_bytes_are_those_of_np_save() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let options = SaveOptions::new().keep_fortran_order(true);
    let big = options.clone().byte_order(ByteOrder::Big);
    let base = Array::from_shape_fn((3, 4), |(i, j)| (10 * i + j) as f64);

    write_npy(path("c.npy"), &base).unwrap();
    write_npy_with(path("f.npy"), &base.t(), &options).unwrap();
    write_npy_with(path("big.npy"), &base.t(), &big).unwrap();
    write_npy(path("scalar.npy"), &arr0(1.5_f32)).unwrap();
    write_npy(path("empty.npy"), &Array2::<i16>::zeros((0, 3))).unwrap();
    write_npy(path("text.npy"), &arr1(&["héllo", "", "日本"]).mapv(str::to_owned)).unwrap();
    write_npy_with(path("big_text.npy"), &arr1(&["ab".to_owned()]), &big).unwrap();
    write_npy(path("complex.npy"), &arr1(&[Complex::new(1.0_f32, -0.0)])).unwrap();
    write_npy(path("half.npy"), &arr1(&[f16::from_f32(0.1)])).unwrap();
    write_npy(path("brain.npy"), &arr1(&[bf16::from_f32(0.1)])).unwrap();
    write_npy(path("bool.npy"), &arr1(&[true, false])).unwrap();
    write_npy(path("many.npy"), &ArrayD::<u8>::zeros(IxDyn(&[1; 32]))).unwrap();
    write_npy(path("long.npy"), &Array1::<u32>::zeros(100_000)).unwrap();
    // The first header that doesn't fit into 128 bytes is due to many dimensions.
    for dimensions in [10, 20, 64] {
        let array = ArrayD::<u8>::zeros(IxDyn(&vec![1; dimensions]));
        write_npy(path(&format!("dimensions_{dimensions}.npy")), &array).unwrap();
    }
    let files: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 16);
    oracle::assert_bytes_of_np_save(&files);
}

#[test]
fn every_storage_and_stride() {
    let base = Array::from_shape_fn((4, 6), |(i, j)| (10 * i + j) as f32);
    let column = base.column(2);
    let broadcast = column.broadcast((3, 4)).unwrap();
    let shared = base.clone().into_shared();
    let cow = CowArray::from(base.slice(s![1.., ..;2]));
    let owned_cow: CowArray<'_, f32, _> = base.t().to_owned().into();

    #[derive(SaveNpz)]
    struct All<'a> {
        owned: Array2<f32>,
        column: ArrayView1<'a, f32>,
        reversed: ArrayView2<'a, f32>,
        broadcast: ArrayView2<'a, f32>,
        shared: ndarray::ArcArray2<f32>,
        cow: CowArray<'a, f32, ndarray::Ix2>,
        owned_cow: CowArray<'a, f32, ndarray::Ix2>,
        reference: &'a Array2<f32>,
        dynamic: ArrayD<f32>,
        text: Cow<'a, str>,
        slice: &'a [i16],
    }
    let all = All {
        owned: base.clone(),
        column,
        reversed: base.slice(s![..;-1, ..;-2]),
        broadcast,
        shared,
        cow,
        owned_cow,
        reference: &base,
        dynamic: base.clone().into_dyn(),
        text: "née".into(),
        slice: &[-1, 2],
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.npz");
    all.save_npz(&path).unwrap();

    let bytes = |items: Vec<f32>| items.iter().flat_map(|item| item.to_le_bytes()).collect();
    let array = |key: &str, shape: &[usize], items: Vec<f32>| Described {
        key: Some(key.to_owned()),
        descr: "'<f4'".to_owned(),
        dtype: "float32".to_owned(),
        shape: shape.to_vec(),
        fortran: false,
        version: 1,
        bytes: bytes(items),
    };
    let all_items: Vec<f32> = base.iter().copied().collect();
    let mut expected = vec![
        array("owned", &[4, 6], all_items.clone()),
        array("column", &[4], vec![2.0, 12.0, 22.0, 32.0]),
        array("reversed", &[4, 3], all.reversed.iter().copied().collect()),
        array("broadcast", &[3, 4], [2.0, 12.0, 22.0, 32.0].repeat(3)),
        array("shared", &[4, 6], all_items.clone()),
        array("cow", &[3, 3], vec![10.0, 12.0, 14.0, 20.0, 22.0, 24.0, 30.0, 32.0, 34.0]),
        array("owned_cow", &[6, 4], base.t().iter().copied().collect()),
        array("reference", &[4, 6], all_items.clone()),
        array("dynamic", &[4, 6], all_items),
    ];
    expected.push(Described {
        descr: "'<U3'".to_owned(),
        dtype: "str96".to_owned(),
        bytes: "née".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        ..array("text", &[], vec![])
    });
    expected.push(Described {
        descr: "'<i2'".to_owned(),
        dtype: "int16".to_owned(),
        bytes: [-1_i16, 2].iter().flat_map(|item| item.to_le_bytes()).collect(),
        ..array("slice", &[2], vec![])
    });
    let Some(mut found) = oracle::describe([&path]) else { return };
    assert_eq!(found.remove(0), expected);
}

/// Archives that others must be able to open: empty, one, many, odd names, deflated.
#[test]
fn archives_pass_zipfile_and_unzip() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let noise: Array1<u64> = (0..200_000).map(scramble).collect();
    let names =
        ["plain", "größe", "日本/重み", "with blank", "a/b/c", "émoji 🦀", "new\nline", "-n"];
    let deflate = SaveOptions::new().compression(Compression::Deflate(6)).durable(false);
    let stored = SaveOptions::new().durable(false);
    let page = stored.clone().alignment(4096);
    let fill = |path: &Path, options: &SaveOptions| {
        let mut writer = NpzWriter::create_with(path, options).unwrap();
        for name in names {
            writer.add(name, &arr1(&[1.0_f32, 2.0])).unwrap();
        }
        writer.add("noise", &noise).unwrap();
        writer.add("zeros", &Array2::<f64>::zeros((1000, 300))).unwrap();
        writer.add("strided", &noise.slice(s![..;-3])).unwrap();
        writer.add("none", &Array1::<u8>::zeros(0)).unwrap();
        writer.finish().unwrap();
    };
    fill(&path("stored.npz"), &stored);
    fill(&path("deflated.npz"), &deflate);
    fill(&path("page.npz"), &page);
    NpzWriter::create(path("empty.npz")).unwrap().finish().unwrap();
    savez!(path("unnamed.npz"), arr1(&[1_u8]), named = 2.5, arr1(&[true])).unwrap();
    let files = ["stored.npz", "deflated.npz", "page.npz", "empty.npz", "unnamed.npz"].map(path);

    // Unzip takes an archive without entries for damaged, NumPy's own too.
    for file in files.iter().filter(|file| !file.ends_with("empty.npz")) {
        oracle::unzip(file);
    }
    let Some(members) = oracle::testzip(&files) else { return };
    let listed: Vec<_> = members[0].iter().map(|member| member.name.as_str()).take(8).collect();
    assert_eq!(listed, names.map(|name| format!("{name}.npy")));
    assert!(members[0].iter().all(|member| member.method == "stored"));
    assert!(members[0].iter().all(|member| (member.offset + 128).is_multiple_of(64)));
    assert!(members[1].iter().all(|member| member.method == "deflated"));
    assert!(members[2].iter().all(|member| (member.offset + 128).is_multiple_of(4096)));
    assert_eq!(members[3], []);
    let listed: Vec<_> = members[4].iter().map(|member| member.name.as_str()).collect();
    assert_eq!(listed, ["named.npy", "arr_0.npy", "arr_1.npy"]);

    let described = oracle::describe(&files).unwrap();
    assert_eq!(described[0], described[1]);
    assert_eq!(described[0], described[2]);
    assert_eq!(described[0].len(), names.len() + 4);
    oracle::assert_bytes_of_np_save(&files);
}

/// The line that the README shows.
#[test]
fn a_struct_has_its_names_in_numpy() {
    #[derive(SaveNpz)]
    struct Linear {
        weight: Array2<f32>,
        bias: Array1<f32>,
    }
    #[derive(SaveNpz)]
    struct Model {
        layers: Vec<Linear>,
        step: u64,
    }
    let linear = Linear { weight: Array2::eye(3), bias: Array1::zeros(3) };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.npz");
    Model { layers: vec![linear], step: 7 }.save_npz(&path).unwrap();
    let code = "import numpy, sys; print({k: v.shape for k, v in numpy.load(sys.argv[1]).items()})";
    let Some(printed) = oracle::python(code, [&path]) else { return };
    let expected = "{'layers.0.weight': (3, 3), 'layers.0.bias': (3,), 'step': ()}";
    assert_eq!(printed.trim(), expected);
}
