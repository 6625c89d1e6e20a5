//! Slices, rows by rows, memory that is there, digests: each as if the whole array had been read.

// Small numbers become items of every type.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]

use std::io;
use std::sync::Mutex;

use ndarray::{
    Array, Array2, ArrayD, Axis, Ix1, Ix2, IxDyn, NewAxis, ShapeBuilder, SliceInfoElem, arr1, s,
};
use npz_core::{
    ByteOrder, Compression, DType, Element, Error, ErrorKind, Header, LoadOptions, NpyReader,
    NpzReader, NpzWriter, Order, RawArray, ReadAt, SaveOptions, Void, read_npy_slice,
    write_npy_with,
};
use num_complex::Complex;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::oracle;

/// Most of them larger than the entries that are read whole.
const SHAPES: [&[usize]; 7] =
    [&[20, 30, 40], &[30_000], &[3, 0, 5], &[], &[1, 25_000], &[170, 90, 2], &[3, 2, 2]];

fn options() -> Vec<SaveOptions> {
    let mut all = Vec::new();
    for compression in [Compression::Stored, Compression::Deflate(1)] {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            all.push(SaveOptions::new().compression(compression).byte_order(order));
        }
    }
    all.into_iter().map(|options| options.keep_fortran_order(true)).collect()
}

/// Every shape, in both orders.
fn arrays<A: Clone>(item: impl Fn(usize) -> A) -> Vec<(String, ArrayD<A>)> {
    let mut arrays = Vec::new();
    for (number, shape) in SHAPES.iter().enumerate() {
        let len = shape.iter().product();
        let items: Vec<A> = (0..len).map(&item).collect();
        let c = ArrayD::from_shape_vec(shape.to_vec(), items.clone()).unwrap();
        let fortran = ArrayD::from_shape_vec(IxDyn(shape).f(), items).unwrap();
        arrays.push((format!("{number}.c"), c));
        arrays.push((format!("{number}.f"), fortran));
    }
    arrays
}

fn archive<A: Element>(arrays: &[(String, ArrayD<A>)], options: &SaveOptions) -> Vec<u8> {
    let mut writer = NpzWriter::with_options(Vec::new(), options).unwrap();
    for (name, array) in arrays {
        writer.add(name, array).unwrap();
    }
    writer.finish().unwrap()
}

/// A slice that fits `shape`, of any four numbers for each axis.
fn slice_of(shape: &[usize], numbers: &[[u16; 4]]) -> Vec<SliceInfoElem> {
    let mut elems = Vec::new();
    for (&len, &[kind, a, b, step]) in shape.iter().zip(numbers) {
        let within =
            |number: u16, most: usize| isize::try_from(usize::from(number) % most).unwrap();
        let signed = |at: isize| if kind & 16 == 0 { at } else { at - len as isize };
        if kind & 32 != 0 {
            elems.push(SliceInfoElem::NewAxis);
        }
        elems.push(match kind % 8 {
            0 if len > 0 => SliceInfoElem::Index(signed(within(a, len))),
            1 | 2 => SliceInfoElem::Slice { start: 0, end: None, step: 1 },
            _ => {
                let start = within(a, len + 1);
                // `-len` counts from the end too, but the length has no negative form.
                let start = if start == len as isize { start } else { signed(start) };
                let end = (kind & 64 == 0).then(|| within(b, len + 1));
                let step = [1, 1, 2, 3, 7, 100][usize::from(step) % 6];
                SliceInfoElem::Slice {
                    start,
                    end,
                    step: if kind & 128 == 0 { step } else { -step },
                }
            }
        });
    }
    elems
}

fn slices_are_those_of_the_array<A: Element + PartialEq + std::fmt::Debug>(
    item: impl Fn(usize) -> A,
) {
    let arrays = arrays(item);
    let archives: Vec<_> = options().iter().map(|options| archive(&arrays, options)).collect();
    let readers: Vec<_> =
        archives.iter().map(|bytes| NpzReader::from_bytes(bytes).unwrap()).collect();
    let numbers = prop::array::uniform3(any::<[u16; 4]>());
    let strategy = (0..arrays.len(), 0..readers.len(), numbers);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(160));
    let result = runner.run(&strategy, |(number, reader, numbers)| {
        let (name, array) = &arrays[number];
        let slice = slice_of(array.shape(), &numbers);
        let found = readers[reader].slice::<A, _>(name, slice.as_slice()).unwrap();
        prop_assert!(found == array.slice(slice.as_slice()), "{name} {slice:?}");
        Ok(())
    });
    result.unwrap();
}

#[test]
fn of_any_type_order_and_packing() {
    slices_are_those_of_the_array(|i| i as f64);
    slices_are_those_of_the_array(|i| Complex::new(i as f32, -1.0));
    slices_are_those_of_the_array(|i| (i % 251) as u8);
    slices_are_those_of_the_array(|i| i % 3 == 0);
    slices_are_those_of_the_array(|i| format!("{i:x}"));
}

#[test]
fn of_npy_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.npy");
    for (name, array) in arrays(|i| i as i32).iter().filter(|(_, array)| array.ndim() == 3) {
        write_npy_with(&path, array, &options()[1]).unwrap();
        let slice = s![..;-1, ..array.len_of(Axis(1)) / 2, 1];
        let found = read_npy_slice::<i32, _>(&path, slice).unwrap();
        assert!(found == array.slice(slice), "{name}");
    }
    // Bytes that are missing are noticed, even where they aren't wanted.
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let error = read_npy_slice::<i32, _>(&path, s![0, 0, 0]).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Truncated, Some(path.as_path())));
}

#[test]
fn new_axes_come_where_they_stand() {
    let array = Array::from_shape_fn((50, 60, 30), |(i, j, k)| (i * 1800 + j * 30 + k) as u32);
    let bytes = archive(&[("x".into(), array.clone().into_dyn())], &SaveOptions::new());
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    let slice = s![NewAxis, -7, NewAxis, 5..;-2, .., NewAxis];
    assert_eq!(reader.slice::<u32, _>("x", slice).unwrap(), array.slice(slice));
    let item = reader.slice::<u32, _>("x", s![1, 2, 3]).unwrap();
    assert_eq!(item.into_scalar(), 1863);
}

#[test]
fn what_is_outside_is_an_error() {
    let array = Array2::<f32>::zeros((150, 200));
    for options in options() {
        let bytes = archive(&[("x".into(), array.clone().into_dyn())], &options);
        let reader = NpzReader::from_bytes(&bytes).unwrap();
        let slice = |elems: &[SliceInfoElem]| reader.slice::<f32, _>("x", elems).unwrap_err();
        let all = SliceInfoElem::Slice { start: 0, end: None, step: 1 };
        let range = |start, end, step| SliceInfoElem::Slice { start, end, step };
        for (elems, words) in [
            ([range(100, Some(151), 1), all], ["100..151", "axis 0", "150"]),
            ([range(-151, None, 1), all], ["-151..", "axis 0", "150"]),
            ([all, range(201, None, -1)], ["201..", "axis 1", "200"]),
            ([all, SliceInfoElem::Index(200)], ["index 200", "axis 1", "200"]),
            ([all, SliceInfoElem::Index(-201)], ["index -201", "axis 1", "200"]),
            ([SliceInfoElem::Index(isize::MIN), all], ["index -9", "axis 0", "150"]),
            ([range(0, None, 0), all], ["axis 0", "step", "0"]),
        ] {
            let error = slice(&elems);
            assert_eq!((error.kind(), error.entry()), (ErrorKind::Shape, Some("x")), "{error}");
            assert!(words.iter().all(|word| error.message_has(word)), "{error}");
        }
        assert_eq!(slice(&[all]).kind(), ErrorKind::Shape);
        assert_eq!(slice(&[]).kind(), ErrorKind::Shape);
        let wrong = reader.slice::<f64, _>("x", s![.., ..]).unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::Dtype);
        // The largest step there is takes one item.
        let found = reader.slice::<f32, _>("x", &[range(3, None, isize::MIN), all][..]).unwrap();
        assert_eq!(found.shape(), [1, 200]);
    }
}

trait MessageHas {
    fn message_has(&self, word: &str) -> bool;
}

impl MessageHas for Error {
    fn message_has(&self, word: &str) -> bool {
        self.to_string().contains(word)
    }
}

#[test]
fn items_are_counted_in_the_slice() {
    let mut array = Array2::<u8>::zeros((300, 400));
    array[[299, 1]] = 2;
    let mut bytes = archive(&[("x".into(), array.into_dyn())], &SaveOptions::new());
    let header = bytes.windows(3).position(|window| window == b"|u1").unwrap();
    bytes[header..header + 3].copy_from_slice(b"|b1");
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert!(reader.slice::<bool, _>("x", s![..299, ..]).is_ok());
    let error = reader.slice::<bool, _>("x", s![299.., ..]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.message_has("item 1 ") && error.message_has("of the slice"), "{error}");
}

/// An archive of one stored array, 1 GiB or so, that is nowhere: its bytes are made when asked for.
struct Huge {
    head: Vec<u8>,
    end: u64,
    tail: Vec<u8>,
    read: Mutex<(u64, usize)>,
}

impl Huge {
    fn new(dtype: &str, order: Order, shape: [usize; 2]) -> Self {
        let header = Header::new(dtype.parse::<DType>().unwrap(), order, shape).unwrap();
        let npy = header.encode().unwrap();
        let size = u32::try_from(npy.len() + header.nbytes()).unwrap();
        let mut fixed = vec![20, 0, 0, 0, 0, 0, 0, 0, 33, 0, 0, 0, 0, 0];
        fixed.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
        fixed.extend([5, 0, 0, 0]);
        let head = [b"PK\x03\x04", &fixed[..], b"x.npy", &npy].concat();
        let end = head.len() as u64 + header.nbytes() as u64;
        let central = [b"PK\x01\x02\x14\x00", &fixed[..], &[0; 14], b"x.npy"].concat();
        let mut tail = central.clone();
        tail.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        tail.extend(u32::try_from(central.len()).unwrap().to_le_bytes());
        tail.extend(u32::try_from(end).unwrap().to_le_bytes());
        tail.extend([0, 0]);
        Self { head, end, tail, read: Mutex::default() }
    }

    /// Bytes read since the last call, and in how many reads.
    fn count(&self) -> (u64, usize) {
        std::mem::take(&mut self.read.lock().unwrap())
    }
}

impl ReadAt for Huge {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        let mut read = self.read.lock().unwrap();
        *read = (read.0 + buf.len() as u64, read.1 + 1);
        for (at, byte) in (offset..).zip(buf) {
            let start = self.head.len() as u64;
            *byte = if at < start {
                self.head[at as usize]
            } else if at < self.end {
                // Every four bytes are their own number.
                (((at - start) / 4) as u32).to_le_bytes()[(at - start) as usize % 4]
            } else {
                self.tail[(at - self.end) as usize]
            };
        }
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.end + self.tail.len() as u64)
    }
}

#[test]
fn a_part_of_a_gibibyte_is_read_alone() {
    const ROWS: usize = 262_144;
    let most = |bytes: u64| bytes + (64 << 10);
    let huge = Huge::new("<u4", Order::C, [ROWS, 1024]);
    let reader = NpzReader::new(&huge).unwrap();
    assert!(huge.count().0 < 70_000);

    let rows = reader.slice::<u32, _>("x", s![100_000..100_100, ..]).unwrap();
    assert_eq!((rows[[0, 0]], rows[[99, 1023]]), (102_400_000, 102_502_399));
    let (bytes, reads) = huge.count();
    assert!(bytes <= most(100 * 4096) && reads <= 5, "{bytes} bytes in {reads} reads");

    // The same number of rows, here and there.
    let rows = reader.slice::<u32, _>("x", s![..;-2621, ..]).unwrap();
    assert_eq!((rows.nrows(), rows[[0, 5]]), (101, 262_143 * 1024 + 5));
    let (bytes, _) = huge.count();
    assert!(bytes <= most(101 * 4096), "{bytes} bytes");

    // Every other item of some rows costs the rows.
    let items = reader.slice::<u32, _>("x", s![7..107, 1..;2]).unwrap();
    assert_eq!(items[[1, 1]], 8 * 1024 + 3);
    let (bytes, reads) = huge.count();
    assert!(bytes <= most(100 * 4096) && reads <= 5, "{bytes} bytes in {reads} reads");

    let item = reader.slice::<u32, _>("x", s![-1, -1]).unwrap();
    assert_eq!((item.into_scalar(), huge.count().0 < 2048), (ROWS as u32 * 1024 - 1, true));

    // Narrow rows, every other of them, and in the other order.
    let huge = Huge::new("<u4", Order::C, [1 << 21, 128]);
    let reader = NpzReader::new(&huge).unwrap();
    huge.count();
    let rows = reader.slice::<u32, _>("x", s![10..210;2, ..]).unwrap();
    assert_eq!((rows.shape(), rows[[3, 4]]), (&[100, 128][..], 16 * 128 + 4));
    assert!(huge.count().0 <= most(100 * 512));
    let huge = Huge::new("<u4", Order::Fortran, [ROWS, 1024]);
    let reader = NpzReader::new(&huge).unwrap();
    huge.count();
    let rows = reader.slice::<u32, _>("x", s![1000..1100, ..]).unwrap();
    assert_eq!((rows[[5, 0]], rows[[0, 3]]), (1005, 3 * ROWS as u32 + 1000));
    assert!(huge.count().0 <= most(100 * 4096));
}

/// Who takes rows one by one pays for the headers once.
#[test]
fn each_further_row_is_one_read() {
    let huge = Huge::new("<u4", Order::C, [4096, 1024]);
    let reader = NpzReader::new(&huge).unwrap();
    reader.slice::<u32, _>("x", s![3, ..]).unwrap();
    huge.count();
    for row in [4000_usize, 2, 17] {
        let found = reader.slice::<u32, _>("x", s![row, ..]).unwrap();
        assert_eq!((found[1], huge.count()), (row as u32 * 1024 + 1, (4096, 1)));
        let any = reader.any_slice("x", s![row, ..;-1]).unwrap();
        let any = any.to_array::<u32, Ix1>().unwrap();
        assert_eq!((any[1023], huge.count()), (row as u32 * 1024, (4096, 1)));
    }
    // What is known of the array is held against every slice.
    for _ in 0..2 {
        let kind = reader.slice::<f32, _>("x", s![0, ..]).unwrap_err().kind();
        assert_eq!((kind, huge.count()), (ErrorKind::Dtype, (0, 0)));
        let kind = reader.slice::<u32, _>("x", s![4096, ..]).unwrap_err().kind();
        assert_eq!((kind, huge.count()), (ErrorKind::Shape, (0, 0)));
        let kind = reader.any_slice("x", s![0]).unwrap_err().kind();
        assert_eq!((kind, huge.count()), (ErrorKind::Shape, (0, 0)));
    }
}

#[test]
fn the_checksum_of_all_is_compared() {
    let array = Array::from_shape_fn((300, 400), |(i, j)| (i * j) as u16);
    for options in options() {
        let mut bytes = archive(&[("x".into(), array.clone().into_dyn())], &options);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let reader = NpzReader::from_bytes(&bytes).unwrap();
        for error in [
            reader.slice::<u16, _>("x", s![.., ..]).unwrap_err(),
            reader.slice::<u16, _>("x", s![..;-1, ..]).unwrap_err(),
            reader.read_into("x", &mut array.clone()).unwrap_err(),
            reader.digest("x").unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.entry()), (ErrorKind::Corrupt, Some("x")), "{error}");
        }
    }
    // What is small is read whole anyway.
    let small = ("x".into(), arr1(&[1_u8; 500]).into_dyn());
    let mut bytes = archive(&[small], &SaveOptions::new());
    bytes[400] ^= 1;
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.slice::<u8, _>("x", s![..1]).unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn into_memory_of_any_strides() {
    for options in options() {
        let arrays = arrays(|i| i as u16);
        let bytes = archive(&arrays, &options);
        let reader = NpzReader::from_bytes(&bytes).unwrap();
        for (name, array) in &arrays {
            let mut same = array.clone();
            same.fill(9);
            reader.read_into(name, &mut same).unwrap();
            assert_eq!(same, array);
            let doubled: Vec<usize> = array.shape().iter().map(|len| len * 2).collect();
            let mut wide = ArrayD::from_elem(doubled, 9);
            let mut part = wide.view_mut();
            (0..array.ndim()).for_each(|axis| {
                part.slice_axis_inplace(Axis(axis), ndarray::Slice::new(0, None, -2));
            });
            reader.read_into(name, &mut part).unwrap();
            assert_eq!(part, array);
        }
        let error = reader.read_into("0.c", &mut Array::<u16, _>::zeros((20, 30, 41))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Shape);
        assert!(error.message_has("(20, 30, 41)") && error.message_has("(20, 30, 40)"), "{error}");
        let error = reader.read_into("0.c", &mut Array::<u32, _>::zeros((20, 30, 40))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Dtype);
    }
}

#[test]
fn rows_by_rows() {
    for options in options() {
        let arrays = arrays(|i| format!("{i}"));
        let bytes = archive(&arrays, &options);
        let reader = NpzReader::from_bytes(&bytes).unwrap();
        for (name, array) in arrays.iter().filter(|(_, array)| array.ndim() > 0) {
            for rows in [1, 7, 100_000] {
                if array.len_of(Axis(0)) > 1000 && rows == 1 {
                    continue;
                }
                let chunks = reader.chunks::<String, IxDyn>(name, rows).unwrap();
                let found: Vec<_> = chunks.map(Result::unwrap).collect();
                assert!(found.iter().eq(array.axis_chunks_iter(Axis(0), rows)), "{name}");
            }
        }
        let error = reader.chunks::<String, IxDyn>("3.c", 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Shape);
        assert_eq!(reader.chunks::<u8, IxDyn>("0.c", 1).unwrap_err().kind(), ErrorKind::Dtype);
        assert_eq!(reader.chunks::<String, Ix2>("0.c", 1).unwrap_err().kind(), ErrorKind::Shape);
        assert_eq!(reader.chunks::<String, IxDyn>("0.c", 0).unwrap_err().kind(), ErrorKind::Shape);
    }
}

#[test]
fn the_last_rows_of_a_damaged_entry_are_an_error() {
    let array = Array::from_shape_fn((1000, 50), |(i, j)| (i * j) as f64);
    let mut bytes = archive(&[("x".into(), array.clone().into_dyn())], &SaveOptions::new());
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    let mut chunks = reader.chunks::<f64, Ix2>("x", 300).unwrap();
    assert_eq!(chunks.size_hint(), (1, Some(4)));
    for _ in 0..3 {
        assert_eq!(chunks.next().unwrap().unwrap().nrows(), 300);
    }
    let error = chunks.next().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Corrupt, Some("x")));
    assert!(chunks.next().is_none());
    assert_eq!(chunks.size_hint(), (0, Some(0)));
    // In Fortran order that is known before the first.
    let options = SaveOptions::new().keep_fortran_order(true);
    let fortran = array.reversed_axes().into_dyn();
    let mut bytes = archive(&[("x".into(), fortran)], &options);
    bytes[middle] ^= 1;
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.chunks::<f64, Ix2>("x", 9).unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn rows_of_no_width_are_bounded() {
    for (shape, kind) in [([1 << 40, 0], Some(ErrorKind::Limit)), ([1000, 0], None)] {
        let header = Header::new("<f4".parse::<DType>().unwrap(), Order::C, shape).unwrap();
        let bytes = header.encode().unwrap();
        let chunks = NpyReader::new(bytes.as_slice()).unwrap().chunks::<f32, Ix2>(300);
        match chunks {
            Err(error) => assert_eq!(Some(error.kind()), kind),
            Ok(chunks) => assert_eq!((chunks.count(), kind), (4, None)),
        }
    }
    let header = Header::new("<f4".parse::<DType>().unwrap(), Order::C, [1 << 40, 7]).unwrap();
    let bytes = header.encode().unwrap();
    let mut chunks = NpyReader::new(bytes.as_slice()).unwrap().chunks::<f32, Ix2>(1 << 39).unwrap();
    assert_eq!(chunks.next().unwrap().unwrap_err().kind(), ErrorKind::Truncated);
    assert!(chunks.next().is_none());
}

#[test]
fn items_without_bytes_are_turned_for_nothing() {
    let header = |shape: &[usize], order| {
        Header::new("|V0".parse::<DType>().unwrap(), order, shape.to_vec()).unwrap()
    };
    let array = RawArray::new(header(&[1 << 60], Order::C), Vec::new(), 0).unwrap();
    let part = array.slice(s![..;-1]).unwrap();
    assert_eq!((part.shape(), part.nbytes()), (&[1 << 60][..], 0));
    assert!(part.to_text(false).contains("..."));
    assert_eq!(array.slice(s![1..;-3]).unwrap().shape(), [(1 << 60) / 3]);
    let columns = RawArray::new(header(&[1 << 33, 4], Order::Fortran), Vec::new(), 0).unwrap();
    let part = columns.slice(s![.., ..;-2]).unwrap();
    assert_eq!((part.shape(), part.order()), (&[1 << 33, 2][..], Order::C));
    assert_eq!(columns.slice(s![.., NewAxis, 1]).unwrap().shape(), [1 << 33, 1]);

    let mut writer = NpzWriter::new(Vec::new());
    writer.add_raw("x", &array).unwrap();
    let bytes = writer.finish().unwrap();
    let reader = NpzReader::from_bytes(&bytes).unwrap();
    assert_eq!(reader.any_slice("x", s![..;-1]).unwrap().len(), 1 << 60);
    let error = reader.slice::<Void<0>, _>("x", s![..;-1]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);

    // No items at all, of which an axis has many.
    let header = Header::new("<f4".parse::<DType>().unwrap(), Order::Fortran, [1 << 58, 0, 3]);
    let none = RawArray::new(header.unwrap(), Vec::new(), 0).unwrap();
    assert_eq!(none.slice(s![..;-1, .., ..;-1]).unwrap().shape(), [1 << 58, 0, 3]);
}

#[test]
fn digests_are_those_of_the_values() {
    let directory = tempfile::tempdir().unwrap();
    let Some(_) = oracle::save(directory.path()) else { return };
    let code = "import numpy, sys, hashlib\n\
        for key, a in numpy.load(sys.argv[1]).items():\n\
        \x20   a = numpy.ascontiguousarray(a).astype(a.dtype.newbyteorder('<'))\n\
        \x20   print(key, hashlib.sha256(a.tobytes()).hexdigest())";
    for file in ["stored.npz", "deflated.npz"] {
        let path = directory.path().join(file);
        let reader = NpzReader::open_with(&path, &LoadOptions::new()).unwrap();
        let printed = oracle::python(code, [&path]).unwrap();
        let mut count = 0;
        for line in printed.lines() {
            let (key, expected) = line.rsplit_once(' ').unwrap();
            let found: String =
                reader.digest(key).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, expected, "{key}");
            count += 1;
        }
        assert!(count > 500);
    }
}
