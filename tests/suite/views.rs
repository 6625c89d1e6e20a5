//! Views of bytes and maps: what can be borrowed is, what can't be says why, and files that are
//! changed in place stay whole.

// Only the caller of a map's constructor can know that nobody writes into the file.
#![allow(unsafe_code)]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::{
    Array0, Array1, Array2, ArrayD, ArrayView0, ArrayView1, ArrayView2, ArrayView3, ArrayViewD,
    CowArray, Ix1, Ix2, arr0, arr1, arr2,
};
use npz_core::{
    ByteOrder, Compression, Element, ErrorKind, F8E4M3Fn, F8E5M2, LoadNpz, LoadOptions, NpyMap,
    NpyMapMut, NpyView, NpyViewMut, NpyWriter, NpzMap, NpzMapMut, NpzReader, NpzWriter, ReadAt,
    SaveNpz, SaveOptions, ViewNpz, include_npz, read_npy, savez, write_npy,
};
use num_complex::Complex;

use crate::oracle;

/// The same bytes at an address that is `shift` more than a multiple of 64.
struct Shifted {
    buffer: Vec<u8>,
    start: usize,
    len: usize,
}

impl Shifted {
    fn new(bytes: &[u8], shift: usize) -> Self {
        let mut buffer = vec![0; bytes.len() + 128];
        let start = buffer.as_ptr().align_offset(64) + shift;
        buffer[start..start + bytes.len()].copy_from_slice(bytes);
        Self { buffer, start, len: bytes.len() }
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.start + self.len]
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[self.start..self.start + self.len]
    }
}

fn npz(options: &SaveOptions, add: impl FnOnce(&mut NpzWriter<Vec<u8>>)) -> Shifted {
    let mut writer = NpzWriter::with_options(Vec::new(), options).unwrap();
    add(&mut writer);
    Shifted::new(&writer.finish().unwrap(), 0)
}

fn big_endian() -> SaveOptions {
    SaveOptions::new().byte_order(if cfg!(target_endian = "little") {
        ByteOrder::Big
    } else {
        ByteOrder::Little
    })
}

#[test]
fn every_shift_views_or_says_why() {
    fn check<A: Element + PartialEq + std::fmt::Debug>(items: [A; 3]) {
        let array = Array1::from(items.to_vec());
        let npy = NpyWriter::new(Vec::new()).write(&array).unwrap();
        let mut writer = NpzWriter::new(Vec::new());
        writer.add("x", &array).unwrap();
        let npz = writer.finish().unwrap();
        for shift in 0..64 {
            let npy = Shifted::new(&npy, shift);
            let npz = Shifted::new(&npz, shift);
            let views = [
                NpyView::new(npy.bytes()).unwrap().view::<A, Ix1>(),
                NpzReader::from_bytes(npz.bytes()).unwrap().view::<A, Ix1>("x"),
            ];
            for view in views {
                if shift.is_multiple_of(align_of::<A>()) {
                    assert_eq!(view.unwrap(), array);
                } else {
                    let error = view.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Misaligned);
                    assert!(error.to_string().contains("include_npz!"), "{error}");
                }
            }
            let copied = HashMap::<String, CowArray<'_, A, Ix1>>::view_npz(npz.bytes()).unwrap();
            assert_eq!(copied["x"], array);
            assert_eq!(copied["x"].is_view(), shift.is_multiple_of(align_of::<A>()));
        }
    }
    check([1_u8, 2, 3]);
    check([true, false, true]);
    check([1_i16, 2, 3]);
    check([1.0_f32, 2.0, 3.0]);
    check([1_u64, 2, 3]);
    check([Complex::new(1.0_f64, 2.0); 3]);
}

/// As files of others may have it: a header whose length is no multiple of anything.
#[test]
fn data_at_an_odd_place_of_the_file() {
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    let header = b"{'descr': '<u2', 'fortran_order': False, 'shape': (2,), } \n";
    npy.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    npy.extend(header);
    assert_eq!(npy.len() % 2, 1);
    npy.extend([1, 0, 2, 0]);
    let file = Shifted::new(&npy, 0);
    let error = NpyView::new(file.bytes()).unwrap().view::<u16, Ix1>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misaligned);
    assert!(error.to_string().contains("save the file again with npz"), "{error}");
    // There is an address where it can be viewed all the same.
    let file = Shifted::new(&npy, 1);
    let view: ArrayView1<'_, u16> = NpyView::new(file.bytes()).unwrap().view().unwrap();
    assert_eq!(view, arr1(&[1, 2]));
}

#[test]
fn bools_are_looked_at() {
    let mut npy = NpyWriter::new(Vec::new()).write(&arr1(&[true, false, true])).unwrap();
    assert_eq!(
        NpyView::new(&npy).unwrap().view::<bool, Ix1>().unwrap(),
        arr1(&[true, false, true])
    );
    let last = npy.len() - 1;
    npy[last] = 2;
    let error = NpyView::new(&npy).unwrap().view::<bool, Ix1>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.to_string().contains("item 2 is the byte 2"), "{error}");
    let error = NpyViewMut::new(&mut npy).unwrap().view_mut::<bool, Ix1>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
}

#[test]
fn any_shape_and_order() {
    let fortran = Array2::from_shape_fn((3, 4), |(i, j)| (10 * i + j) as f64);
    let fortran = fortran.reversed_axes();
    let file = npz(&SaveOptions::new().keep_fortran_order(true), |writer| {
        writer.add("fortran", &fortran).unwrap();
        writer.add("scalar", &arr0(7_u32)).unwrap();
        writer.add("empty", &Array2::<f64>::zeros((0, 3))).unwrap();
        writer.add("one", &ArrayD::<f32>::ones(vec![1; 12])).unwrap();
    });
    let reader = NpzReader::from_bytes(file.bytes()).unwrap();
    let view: ArrayView2<'_, f64> = reader.view("fortran").unwrap();
    assert_eq!(view, fortran);
    assert_eq!(view.strides(), [1, 4]);
    let scalar: ArrayView0<'_, u32> = reader.view("scalar").unwrap();
    assert_eq!(scalar.into_scalar(), &7);
    let one: ArrayViewD<'_, f32> = reader.view("one").unwrap();
    assert_eq!(one.ndim(), 12);

    // Where nothing is, nothing is misaligned.
    let shifted = Shifted::new(file.bytes(), 1);
    let reader = NpzReader::from_bytes(shifted.bytes()).unwrap();
    let empty: ArrayView2<'_, f64> = reader.view("empty").unwrap();
    assert_eq!(empty.dim(), (0, 3));
    let error = reader.view::<f64, Ix1>("fortran").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Shape);
    let error = reader.view::<f32, Ix2>("fortran").unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Dtype, Some("fortran")));
    let error = reader.view::<f64, Ix2>("fortrun").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// A view lives as long as the bytes, not as the reader.
#[test]
fn views_outlive_their_reader() {
    let file = npz(&SaveOptions::new(), |writer| writer.add("x", &arr1(&[1_u8, 2])).unwrap());
    let view: ArrayView1<'_, u8> = NpzReader::from_bytes(file.bytes()).unwrap().view("x").unwrap();
    assert_eq!(view, arr1(&[1, 2]));
    let reader = NpzReader::new(file.bytes().to_vec()).unwrap();
    let error = reader.view::<u8, Ix1>("x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("NpzReader::from_bytes or NpzMap::open"), "{error}");
}

#[test]
fn what_cannot_be_viewed_says_how_to_rewrite() {
    let deflate = SaveOptions::new().compression(Compression::Deflate(6));
    let x = arr1(&[1.0_f32, 2.0]);
    for (options, hint) in
        [(deflate, "save the file again with Compression::Stored"), (big_endian(), "byte order")]
    {
        let file = npz(&options, |writer| writer.add("x", &x).unwrap());
        let reader = NpzReader::from_bytes(file.bytes()).unwrap();
        let error = reader.view::<f32, Ix1>("x").unwrap_err();
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Misaligned, Some("x")));
        assert!(error.to_string().contains(hint), "{error}");
        let copy = HashMap::<String, CowArray<'_, f32, Ix1>>::view_npz(&reader).unwrap();
        assert!(copy["x"].is_owned());
        assert_eq!(copy["x"], x);
        let copy = HashMap::<String, Cow<'_, [f32]>>::view_npz(&reader).unwrap();
        assert!(matches!(&copy["x"], Cow::Owned(items) if *items == [1.0, 2.0]));
    }

    let text = arr1(&["a".to_owned(), "bc".to_owned()]);
    let file = npz(&SaveOptions::new(), |writer| writer.add("x", &text).unwrap());
    let reader = NpzReader::from_bytes(file.bytes()).unwrap();
    let error = reader.view::<String, Ix1>("x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misaligned);
    assert!(error.to_string().contains("can't be viewed; load it"), "{error}");
    let copy = HashMap::<String, CowArray<'_, String, Ix1>>::view_npz(&reader).unwrap();
    assert_eq!(copy["x"], text);
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1_u8, 2, 3])).unwrap();
    for len in 0..npy.len() {
        let error = NpyView::new(&npy[..len]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{len}: {error}");
        NpyViewMut::new(&mut npy[..len].to_vec()).unwrap_err();
    }
    let file = npz(&SaveOptions::new(), |writer| writer.add("x", &arr1(&[1_u8])).unwrap());
    for len in 0..file.len {
        HashMap::<String, ArrayView1<'_, u8>>::view_npz(&file.bytes()[..len]).unwrap_err();
    }
}

/// Every byte of an archive's headers changed: whatever comes of it, no panic and no view beyond.
#[test]
fn damaged_headers_give_errors_or_views() {
    let file = npz(&SaveOptions::new(), |writer| {
        writer.add("x", &arr1(&[1_u16, 2, 3])).unwrap();
        writer.add("y", &arr1(&[true])).unwrap();
    });
    for at in 0..file.len {
        for change in [1, 0x80, 0xFF] {
            let mut damaged = Shifted::new(file.bytes(), 0);
            damaged.bytes_mut()[at] ^= change;
            let Ok(reader) = NpzReader::from_bytes(damaged.bytes()) else { continue };
            if let Ok(view) = reader.view::<u16, Ix1>("x") {
                assert!(view.len() <= 3);
            }
            let _ = reader.view::<bool, Ix1>("y");
            let _ = reader.verify();
        }
    }
}

#[test]
fn lenient_readers_view_too() {
    let file = npz(&SaveOptions::new(), |writer| {
        writer.add("x", &arr1(&[1.0_f64, 2.0])).unwrap();
    });
    let prefixed = [&[0; 64][..], file.bytes()].concat();
    let prefixed = Shifted::new(&prefixed, 0);
    let options = LoadOptions::new().lenient(true);
    let reader = NpzReader::from_bytes_with(prefixed.bytes(), &options).unwrap();
    assert_eq!(reader.view::<f64, Ix1>("x").unwrap(), arr1(&[1.0, 2.0]));
}

#[test]
fn checksums_are_compared_on_request() {
    let mut file = npz(&SaveOptions::new(), |writer| {
        writer.add("x", &arr1(&[1_u8, 2, 3])).unwrap();
        writer.add("y", &arr1(&[4_u8])).unwrap();
    });
    let reader = NpzReader::from_bytes(file.bytes()).unwrap();
    reader.verify().unwrap();
    let offset = reader.entry("x").unwrap().data_offset().unwrap().unwrap();
    drop(reader);
    file.bytes_mut()[usize::try_from(offset).unwrap()] = 9;
    let reader = NpzReader::from_bytes(file.bytes()).unwrap();
    assert_eq!(reader.view::<u8, Ix1>("x").unwrap(), arr1(&[9, 2, 3]));
    assert_eq!(reader.entry("x").unwrap().verify().unwrap_err().kind(), ErrorKind::Corrupt);
    reader.entry("y").unwrap().verify().unwrap();
    assert_eq!(reader.verify().unwrap_err().entry(), Some("x"));
}

#[derive(Debug, PartialEq, SaveNpz, ViewNpz)]
#[npz(rename_all = "camelCase")]
struct Model<'a, A> {
    #[npz(rename = "tok")]
    embed: ArrayView2<'a, A>,
    all_layers: Vec<Linear<'a>>,
    first_step: u64,
    note: Option<String>,
    losses: Vec<f32>,
    raw: &'a [u16],
    pair: (ArrayView0<'a, i8>, bool),
    two: [ArrayView1<'a, u8>; 2],
    boxed: Box<ArrayView1<'a, bool>>,
    by_name: BTreeMap<String, ArrayView1<'a, i32>>,
    settings: HashMap<u8, String>,
    #[npz(default = "one")]
    scale: f32,
    #[npz(skip)]
    cache: Option<Vec<A>>,
    #[npz(flatten)]
    rest: Rest,
}

#[derive(Debug, PartialEq, SaveNpz, ViewNpz)]
struct Linear<'a>(ArrayView2<'a, f32>);

#[derive(Debug, PartialEq, SaveNpz, LoadNpz, ViewNpz)]
struct Rest {
    owned: Array1<f64>,
}

fn one() -> f32 {
    1.0
}

#[test]
fn a_derived_struct_borrows_from_bytes_and_maps() {
    let (embed, weight, ids) = (arr2(&[[1_i64, 2], [3, 4]]), arr2(&[[0.5_f32]]), arr1(&[1, 2, 3]));
    let bytes = arr1(&[1_u8, 2]);
    let minus = arr0(-1_i8);
    let flags = arr1(&[true, false]);
    let model = Model {
        embed: embed.view(),
        all_layers: vec![Linear(weight.view()), Linear(weight.view())],
        first_step: 7,
        note: Some("grün".to_owned()),
        losses: vec![0.5, 0.25],
        raw: &[7, 8],
        pair: (minus.view(), true),
        two: [bytes.view(), bytes.view()],
        boxed: Box::new(flags.view()),
        by_name: BTreeMap::from([("a.b".to_owned(), ids.view()), ("c".to_owned(), ids.view())]),
        settings: HashMap::from([(3, "three".to_owned())]),
        scale: 2.0,
        cache: None,
        rest: Rest { owned: arr1(&[1.5]) },
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.npz");
    model.save_npz(&path).unwrap();

    // SAFETY: nobody writes into the file.
    let map = unsafe { NpzMap::open(&path).unwrap() };
    let viewed = Model::<i64>::view_npz(&map).unwrap();
    assert_eq!(viewed, model);
    let within = map.as_bytes().as_ptr_range();
    assert!(within.contains(&viewed.embed.as_ptr().cast()), "borrowed, not copied");
    assert!(within.contains(&viewed.raw.as_ptr().cast()), "borrowed, not copied");

    let bytes = Shifted::new(&fs::read(&path).unwrap(), 0);
    assert_eq!(Model::<i64>::view_npz(bytes.bytes()).unwrap(), model);
    let reader = NpzReader::from_bytes(bytes.bytes()).unwrap();
    assert_eq!(Model::<i64>::view_npz(&reader).unwrap(), model);
}

#[test]
fn all_that_does_not_fit_is_in_one_error() {
    #[derive(Debug, ViewNpz)]
    #[allow(dead_code)]
    struct Weights<'a> {
        swapped: ArrayView1<'a, f32>,
        also: &'a [u16],
        copied: CowArray<'a, f32, Ix1>,
        dtype: ArrayView1<'a, f32>,
        shape: ArrayView2<'a, f32>,
        missing: u64,
    }
    let file = npz(&big_endian(), |writer| {
        writer.add("swapped", &arr1(&[1.0_f32])).unwrap();
        writer.add("also", &arr1(&[1_u16])).unwrap();
        writer.add("copied", &arr1(&[1.0_f32])).unwrap();
        writer.add("dtype", &arr1(&[1.0_f64])).unwrap();
        writer.add("shape", &arr1(&[1.0_f32])).unwrap();
        writer.add("unexpected", &arr1(&[1_u8])).unwrap();
    });
    let error = Weights::view_npz(file.bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let found: Vec<_> =
        error.errors().iter().map(|error| (error.entry().unwrap(), error.kind())).collect();
    let expected = [
        ("swapped", ErrorKind::Misaligned),
        ("also", ErrorKind::Misaligned),
        ("dtype", ErrorKind::Dtype),
        ("shape", ErrorKind::Shape),
        ("missing", ErrorKind::NotFound),
        ("unexpected", ErrorKind::Name),
    ];
    assert_eq!(found, expected);
}

#[test]
fn included_files_are_aligned() {
    static DIGITS: &[u8] = include_npz!("../../examples/data/digits.npz");
    assert!(DIGITS.as_ptr().addr().is_multiple_of(64));
    let images: ArrayView3<'static, u8> =
        NpzReader::from_static(DIGITS).unwrap().view("images").unwrap();
    assert_eq!(images.dim(), (1797, 8, 8));
}

#[test]
fn a_map_outlives_the_file_it_was_made_of() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("m.npz");
    savez!(&path, x = arr1(&[1.0_f64, 2.0])).unwrap();
    // SAFETY: the file is replaced, never written into.
    let map = unsafe { NpzMap::open(&path).unwrap() };
    let old: HashMap<String, ArrayView1<'_, f64>> = ViewNpz::view_npz(&map).unwrap();

    savez!(&path, x = arr1(&[3.0_f64, 4.0, 5.0])).unwrap();
    assert_eq!(old["x"], arr1(&[1.0, 2.0]));
    map.verify().unwrap();

    // From the map onto the file.
    old.save_npz(&path).unwrap();
    let new: HashMap<String, Array1<f64>> = LoadNpz::load_npz(&path).unwrap();
    assert_eq!(new["x"], old["x"]);
    fs::remove_file(&path).unwrap();
    assert_eq!(old["x"], arr1(&[1.0, 2.0]));
}

#[test]
fn maps_are_shared_by_threads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("m.npz");
    savez!(&path, x = Array1::from_iter(0..1000_i64), y = arr1(&[1_u8])).unwrap();
    // SAFETY: nobody writes into the file.
    let map = unsafe { NpzMap::open(&path).unwrap() };
    std::thread::scope(|scope| {
        let sums: Vec<_> =
            (0..4).map(|_| scope.spawn(|| map.view::<i64, Ix1>("x").unwrap().sum())).collect();
        assert!(sums.into_iter().all(|sum| sum.join().unwrap() == 499_500));
    });
    assert_eq!(map.names().collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(map.get::<u8, Ix1>("y").unwrap(), arr1(&[1]));
}

#[test]
fn what_is_no_archive_cannot_be_mapped_as_one() {
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("empty.npz");
    fs::write(&empty, "").unwrap();
    let missing = directory.path().join("missing.npz");
    for (path, kind) in [
        (empty.as_path(), ErrorKind::Corrupt),
        (&missing, ErrorKind::NotFound),
        (directory.path(), ErrorKind::Io),
    ] {
        // SAFETY: nobody writes into these files.
        let errors =
            unsafe { [NpzMap::open(path).unwrap_err(), NpzMapMut::open_cow(path).unwrap_err()] };
        for error in errors {
            assert_eq!((error.kind(), error.path()), (kind, Some(path)), "{error}");
        }
        // SAFETY: as above.
        let error = unsafe { NpyMap::open(path).unwrap_err() };
        assert_eq!(error.path(), Some(path), "{error}");
    }
}

#[test]
fn npy_files_are_mapped_and_changed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    write_npy(&path, &arr2(&[[1.0_f32, 2.0], [3.0, 4.0]])).unwrap();
    // SAFETY: each of the maps is the only one of its time.
    unsafe {
        let map = NpyMap::open(&path).unwrap();
        assert_eq!(map.header().shape(), [2, 2]);
        assert_eq!(map.view::<f32, Ix2>().unwrap()[[1, 0]], 3.0);
        let error = map.view::<f64, Ix2>().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Dtype, Some(path.as_path())));
    }
    // SAFETY: as above.
    let mut map = unsafe { NpyMapMut::open_cow(&path).unwrap() };
    map.view_mut::<f32, Ix2>().unwrap().fill(9.0);
    assert_eq!(map.view::<f32, Ix2>().unwrap()[[0, 0]], 9.0);
    map.flush().unwrap();
    drop(map);
    assert_eq!(read_npy::<f32, Ix2>(&path).unwrap()[[0, 0]], 1.0, "the file is as it was");

    // SAFETY: as above.
    let mut map = unsafe { NpyMapMut::open(&path).unwrap() };
    map.view_mut::<f32, Ix2>().unwrap()[[0, 0]] = 7.0;
    map.flush().unwrap();
    assert_eq!(read_npy::<f32, Ix2>(&path).unwrap(), arr2(&[[7.0, 2.0], [3.0, 4.0]]));
}

#[test]
fn archives_are_changed_in_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("m.npz");
    let save = || {
        savez!(&path, x = arr1(&[1.0_f64, 2.0]), flag = arr0(true), y = arr1(&[1_u8, 2])).unwrap();
    };
    save();
    let before = fs::read(&path).unwrap();

    // SAFETY: each of the maps is the only one of its time.
    let mut map = unsafe { NpzMapMut::open_cow(&path).unwrap() };
    map.view_mut::<f64, Ix1>("x").unwrap()[0] = 9.0;
    map.update().unwrap();
    NpzReader::from_bytes(map.as_bytes()).unwrap().verify().unwrap();
    assert_eq!(map.view::<f64, Ix1>("x").unwrap(), arr1(&[9.0, 2.0]));
    drop(map);
    assert!(fs::read(&path).unwrap() == before, "the file is as it was");

    // SAFETY: as above.
    let mut map = unsafe { NpzMapMut::open(&path).unwrap() };
    assert_eq!(map.names().collect::<Vec<_>>(), ["x", "flag", "y"]);
    map.view_mut::<f64, Ix1>("x").unwrap()[1] = -1.0;
    map.view_mut::<bool, ndarray::Ix0>("flag").unwrap()[()] = false;
    let error = NpzReader::from_bytes(map.as_bytes()).unwrap().get::<f64, Ix1>("x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "without its checksum it is damaged");
    map.update().unwrap();
    NpzReader::from_bytes(map.as_bytes()).unwrap().verify().unwrap();
    // Again, and not brought up to date but by the drop.
    map.view_mut::<f64, Ix1>("x").unwrap()[0] = 5.0;
    let error = map.view_mut::<f32, Ix1>("x").unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Dtype, Some(path.as_path())));
    assert_eq!(map.view_mut::<f32, Ix1>("z").unwrap_err().kind(), ErrorKind::NotFound);
    drop(map);

    let reader = NpzReader::open(&path).unwrap();
    reader.verify().unwrap();
    assert_eq!(reader.get::<f64, Ix1>("x").unwrap(), arr1(&[5.0, -1.0]));
    assert_eq!(reader.get::<bool, ndarray::Ix0>("flag").unwrap(), Array0::from_elem((), false));
    assert_eq!(reader.get::<u8, Ix1>("y").unwrap(), arr1(&[1, 2]));
    oracle::unzip(&path);
    oracle::testzip([&path]);
    let Some(found) = oracle::describe([&path]) else { return };
    assert_eq!(found[0][0].bytes, [5.0_f64.to_le_bytes(), (-1.0_f64).to_le_bytes()].concat());
}

#[test]
fn what_the_metadata_call_otherwise_is_not_changed_in_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("m.npz");
    savez!(&path, x = arr1(&[F8E4M3Fn::from_f32(1.5)])).unwrap();
    // SAFETY: it is the only map of the file.
    let mut map = unsafe { NpzMapMut::open_cow(&path).unwrap() };
    let refused =
        [map.view_mut::<F8E5M2, Ix1>("x").unwrap_err(), map.view::<F8E5M2, Ix1>("x").unwrap_err()];
    for error in refused {
        assert_eq!((error.kind(), error.entry()), (ErrorKind::Dtype, Some("x")), "{error}");
    }
}

/// NumPy writes descriptors behind the data where it can't go back to the headers.
#[test]
fn checksums_in_descriptors_are_updated() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("piped.npz");
    let code = "
import sys, numpy
class Pipe:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
    def read(self, *_): raise OSError('a pipe')
with open(sys.argv[1], 'wb') as file:
    numpy.savez(Pipe(file), x=numpy.arange(4, dtype='u1'), y=numpy.ones(2, 'u1'))
";
    if oracle::python(code, [&path]).is_none() {
        return;
    }
    let flags = fs::read(&path).unwrap()[6];
    assert_eq!(flags & 8, 8, "there is a descriptor");
    // SAFETY: nobody else has the file open.
    let mut map = unsafe { NpzMapMut::open(&path).unwrap() };
    map.view_mut::<u8, Ix1>("x").unwrap()[3] = 77;
    map.update().unwrap();
    drop(map);
    let reader = NpzReader::open(&path).unwrap();
    reader.verify().unwrap();
    assert_eq!(reader.get::<u8, Ix1>("x").unwrap(), arr1(&[0, 1, 2, 77]));
    oracle::unzip(&path);
    oracle::testzip([&path]);
}

/// An archive of 1 GiB, nearly all of it a hole of the file: `big`, with `small` behind it.
fn sparse(path: &Path) -> u64 {
    const ITEMS: usize = 1 << 28;
    let npy = |array: &Array1<f32>| NpyWriter::new(Vec::new()).write(array).unwrap();
    let mut header = npz_core::Header::new(npz_core::ScalarKind::F32, npz_core::Order::C, [ITEMS])
        .and_then(|header| header.encode())
        .unwrap();
    let small = npy(&arr1(&[1.0, 2.0, 3.0]));
    let big_len = u32::try_from(header.len() + ITEMS * 4).unwrap();
    let small_len = u32::try_from(small.len()).unwrap();

    let fields = |crc: u32, len: u32, name: &str| {
        let mut fields = [20_u16, 0, 0, 0, 33].map(u16::to_le_bytes).concat();
        fields.extend([crc, len, len].map(u32::to_le_bytes).concat());
        fields.extend([u16::try_from(name.len()).unwrap(), 0].map(u16::to_le_bytes).concat());
        fields
    };
    let local = |crc, len, name: &str| {
        [&b"PK\x03\x04"[..], &fields(crc, len, name), name.as_bytes()].concat()
    };
    let central = |crc, len, name: &str, offset: u32| {
        let head = [&b"PK\x01\x02\x14\x00"[..], &fields(crc, len, name)].concat();
        [&head[..], &[0; 10], &offset.to_le_bytes(), name.as_bytes()].concat()
    };
    let mut file = File::create(path).unwrap();
    let mut start = local(0, big_len, "big.npy");
    // The headers end at a multiple of 64, as ours do.
    let pad = (64 - (start.len() + header.len()) % 64) % 64;
    header.splice(header.len() - 1..header.len() - 1, std::iter::repeat_n(b' ', pad));
    let text = u16::try_from(header.len() - 10).unwrap();
    header[8..10].copy_from_slice(&text.to_le_bytes());
    let big_len = big_len + u32::try_from(pad).unwrap();
    start = local(0, big_len, "big.npy");
    file.write_all(&[start.clone(), header].concat()).unwrap();
    let offset = start.len() as u64 + u64::from(big_len);
    file.seek(SeekFrom::Start(offset)).unwrap();

    let offset = u32::try_from(offset).unwrap();
    let crc = crc32(&small);
    let mut tail = [local(crc, small_len, "small.npy"), small].concat();
    let directory = u64::from(offset) + tail.len() as u64;
    let entries =
        [central(0, big_len, "big.npy", 0), central(crc, small_len, "small.npy", offset)].concat();
    tail.extend(&entries);
    tail.extend(b"PK\x05\x06\x00\x00\x00\x00\x02\x00\x02\x00");
    tail.extend(u32::try_from(entries.len()).unwrap().to_le_bytes());
    tail.extend(u32::try_from(directory).unwrap().to_le_bytes());
    tail.extend([0, 0]);
    file.write_all(&tail).unwrap();
    file.metadata().unwrap().len()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

/// Counts what is read.
struct Counting<'a>(File, &'a AtomicU64);

impl ReadAt for Counting<'_> {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<()> {
        self.1.fetch_add(buf.len() as u64, Ordering::Relaxed);
        self.0.read_exact_at(buf, offset)
    }

    fn size(&self) -> std::io::Result<u64> {
        ReadAt::size(&self.0)
    }
}

#[test]
fn a_large_archive_is_hardly_read() {
    const MOST: u64 = 1 << 20;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.npz");
    assert!(sparse(&path) > 1 << 30);

    let count = AtomicU64::new(0);
    let reader = NpzReader::new(Counting(File::open(&path).unwrap(), &count)).unwrap();
    assert_eq!(reader.get::<f32, Ix1>("small").unwrap(), arr1(&[1.0, 2.0, 3.0]));
    let header = reader.entry("big").unwrap().header().unwrap().unwrap();
    assert_eq!(header.nbytes(), 1 << 30);
    let count = count.load(Ordering::Relaxed);
    assert!(count < MOST, "{count} bytes read");

    // SAFETY: nobody writes into the file.
    let map = unsafe { NpzMap::open(&path).unwrap() };
    let big: ArrayView1<'_, f32> = map.view("big").unwrap();
    assert_eq!((big.len(), big[123], big[(1 << 28) - 1]), (1 << 28, 0.0, 0.0));
    #[cfg(target_os = "linux")]
    {
        let resident = resident(&path);
        assert!(resident < MOST, "{resident} bytes of the map are in memory");
    }
}

/// How much of a mapped file is in this process's memory, as the kernel counts it.
#[cfg(target_os = "linux")]
fn resident(path: &Path) -> u64 {
    let maps = fs::read_to_string("/proc/self/smaps").unwrap();
    let mut lines = maps.lines().skip_while(|line| !line.ends_with(path.to_str().unwrap()));
    let line = lines.find_map(|line| line.strip_prefix("Rss:")).unwrap();
    1024 * line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap()
}

/// What stands beside the views is loaded, of whatever element type.
#[test]
fn every_scalar_loads_by_value() {
    use npz_core::unit::Second;
    use npz_core::{Bytes, DateTime64, F8E4M3, Text};

    #[derive(SaveNpz, ViewNpz)]
    struct Run<'a> {
        losses: ArrayView1<'a, f32>,
        started: DateTime64<Second>,
        tag: Text<4>,
        raw: Bytes<3>,
        scales: Vec<F8E4M3>,
    }
    let losses = arr1(&[0.5_f32, 0.25]);
    let run = Run {
        losses: losses.view(),
        started: DateTime64::new(1_700_000_000),
        tag: "abc".parse().unwrap(),
        raw: Bytes::try_from(&b"xy"[..]).unwrap(),
        scales: vec![F8E4M3::from_f32(1.5)],
    };
    let bytes = npz(&SaveOptions::new(), |writer| writer.add_all(&run).unwrap());
    let viewed = Run::view_npz(bytes.bytes()).unwrap();
    assert_eq!(viewed.losses, losses);
    assert_eq!(viewed.started.to_string(), "2023-11-14T22:13:20");
    assert_eq!((viewed.tag, viewed.raw), (run.tag, run.raw));
    assert_eq!(viewed.scales[0].to_f32(), 1.5);
}

#[cfg(unix)]
#[test]
fn maps_wait_for_no_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = crate::pipes::fifo(folder.path());
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // SAFETY: nothing is mapped.
        let errors = unsafe { [NpyMap::open(&path).err(), NpzMap::open(&path).err()] };
        sender.send(errors)
    });
    for error in receiver.recv_timeout(std::time::Duration::from_secs(20)).expect("it waits") {
        let error = error.unwrap();
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
        assert!(error.to_string().contains("is a pipe or a device, not a file that"), "{error}");
    }
}
