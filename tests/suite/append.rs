//! npy files that grow by appending.

use std::fs::{self, OpenOptions};

use ndarray::{Array1, Array2, Array3, ArrayD, Axis, ShapeBuilder, arr1, s};
use npz_core::{
    Bytes, ErrorKind, NpyAppender, NpyRecord, SaveOptions, ScalarKind, Text, read_npy, write_npy,
    write_npy_with,
};

use crate::oracle;

fn fast() -> SaveOptions {
    SaveOptions::new().durable(false)
}

#[test]
fn a_thousand_appends_make_the_file_that_is_written_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let [grown, once] = ["grown.npy", "once.npy"].map(|name| folder.path().join(name));
    let all = Array2::from_shape_fn((1003, 3), |(i, j)| (i * 3 + j) as u64);
    write_npy(&grown, &all.slice(s![..3, ..])).unwrap();
    for row in all.outer_iter().skip(3) {
        let mut log = NpyAppender::open_with(&grown, &fast()).unwrap();
        log.push(&row).unwrap();
        log.finish().unwrap();
    }
    write_npy(&once, &all).unwrap();
    assert_eq!(fs::read(&grown).unwrap(), fs::read(&once).unwrap());

    // In one go, durably, with all ways to push.
    let more = Array3::from_shape_fn((20, 2, 2), |(i, j, k)| (i * 4 + j * 2 + k) as f64);
    write_npy(&grown, &more.slice(s![..0, .., ..])).unwrap();
    let mut log = NpyAppender::open(&grown).unwrap();
    log.push(&more.index_axis(Axis(0), 0)).unwrap();
    log.flush().unwrap();
    assert_eq!(read_npy::<f64, ndarray::Ix3>(&grown).unwrap().dim(), (1, 2, 2));
    log.push(&more.slice(s![1..10, .., ..])).unwrap();
    log.push_slice(more.slice(s![10.., .., ..]).as_slice().unwrap()).unwrap();
    assert_eq!(log.rows(), 20);
    log.finish().unwrap();
    assert_eq!(read_npy::<f64, _>(&grown).unwrap(), more);
    oracle::assert_bytes_of_np_save([&grown, &once]);
}

#[test]
fn fortran_order_grows_along_the_last_axis() {
    let folder = tempfile::tempdir().unwrap();
    let [grown, once] = ["grown.npy", "once.npy"].map(|name| folder.path().join(name));
    let mut all = Array3::<i32>::zeros((2, 3, 5).f());
    for (value, item) in (0..).zip(all.iter_mut()) {
        *item = value;
    }
    let options = fast().keep_fortran_order(true);
    write_npy_with(&once, &all, &options).unwrap();
    let start = all.slice(s![.., .., ..2]);
    write_npy_with(&grown, &start, &options).unwrap();
    let mut log = NpyAppender::open_with(&grown, &fast()).unwrap();
    let said = log.push(&Array3::zeros((2, 2, 3))).unwrap_err().to_string();
    assert!(said.contains("expected a row of shape (2, 3)") && said.contains("the last"), "{said}");
    log.push(&all.index_axis(Axis(2), 2)).unwrap();
    log.push(&all.slice(s![.., .., 3..4])).unwrap();
    let last = all.index_axis(Axis(2), 4);
    log.push_slice(&last.t().iter().copied().collect::<Vec<_>>()).unwrap();
    log.finish().unwrap();
    assert_eq!(fs::read(&grown).unwrap(), fs::read(&once).unwrap());
    assert_eq!(read_npy::<i32, _>(&grown).unwrap(), all);
}

#[test]
fn an_append_that_stops_anywhere_leaves_the_array_of_before_or_after() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.npy");
    let (before, rows) = (arr1(&[1_u16, 2, 3]), [4_u16, 5, 6, 7]);
    write_npy(&path, &before).unwrap();
    let old = fs::read(&path).unwrap();
    let mut log = NpyAppender::open(&path).unwrap();
    log.push_slice(&rows).unwrap();
    log.finish().unwrap();
    let new = fs::read(&path).unwrap();
    let after: Array1<u16> = read_npy(&path).unwrap();
    assert_eq!(after.to_vec(), [1, 2, 3, 4, 5, 6, 7]);

    // Before the header is replaced: any part of the new items stands behind the old array.
    for len in old.len()..=new.len() {
        let stopped = [&old[..], &new[old.len()..len]].concat();
        fs::write(&path, &stopped).unwrap();
        assert_eq!(read_npy::<u16, _>(&path).unwrap(), before);
        // It can be taken up again, and nothing of the first attempt is left.
        let mut log = NpyAppender::open_with(&path, &fast()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), stopped);
        log.push_slice(&rows[..1]).unwrap();
        log.finish().unwrap();
        assert_eq!(read_npy::<u16, _>(&path).unwrap(), arr1(&[1, 2, 3, 4]));
        assert_eq!(fs::metadata(&path).unwrap().len(), 128 + 8);
    }

    // Without finish nothing is part of the array.
    fs::write(&path, &old).unwrap();
    let mut log = NpyAppender::open(&path).unwrap();
    log.push_slice(&rows).unwrap();
    drop(log);
    assert_eq!(read_npy::<u16, _>(&path).unwrap(), before);
}

#[test]
fn files_that_cannot_grow_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npy");
    let refused = |bytes: &[u8], kind, hint: &str| {
        fs::write(&path, bytes).unwrap();
        let error = match NpyAppender::<f32>::open(&path) {
            Err(error) => error,
            // A full header is full only for another digit.
            Ok(mut log) => log.push_slice(&[0.0; 7]).unwrap_err(),
        };
        assert_eq!((error.kind(), error.path()), (kind, Some(&*path)), "{error}");
        assert!(error.to_string().contains(hint), "{error}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    };
    let npy = |array: &ArrayD<f32>| npz_core::NpyWriter::new(Vec::new()).write(array).unwrap();
    let line = npy(&ArrayD::zeros(vec![3]));
    let doubles = npz_core::NpyWriter::new(Vec::new()).write(&arr1(&[1.0_f64])).unwrap();
    refused(&doubles, ErrorKind::Dtype, "expected dtype '<f4' (f32)");
    refused(&npy(&ArrayD::zeros(vec![])), ErrorKind::Shape, "can't grow");
    refused(&line[..line.len() - 1], ErrorKind::Truncated, "cut short");
    refused(&[&line[..], &line].concat(), ErrorKind::Conflict, "another array follows");
    refused(b"not an array", ErrorKind::Corrupt, "not an npy file");
    let mut full =
        b"\x93NUMPY\x01\0\0\0{'descr':'<f4','fortran_order':False,'shape':(3,),}".to_vec();
    full.extend_from_slice(&[b' '; 4]);
    full.push(b'\n');
    full[8] = u8::try_from(full.len() - 10).unwrap();
    full.extend_from_slice(&[0; 12]);
    refused(&full, ErrorKind::Limit, "write_npy or np.save");

    let error = NpyAppender::<f32>::open(folder.path().join("none.npy")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    fs::write(&path, &line).unwrap();
    let first = NpyAppender::<f32>::open(&path).unwrap();
    let second = NpyAppender::<f32>::open(&path).unwrap_err();
    assert_eq!(second.kind(), ErrorKind::Conflict);
    drop(first);
    NpyAppender::<f32>::open(&path).unwrap().finish().unwrap();
}

#[test]
fn headers_of_others_grow_as_far_as_they_have_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.npy");
    // Before NumPy 1.14: aligned to 16 bytes, no room by intent, but a blank or two.
    let mut old =
        b"\x93NUMPY\x01\0\0\0{'descr': '>i2', 'fortran_order': False, 'shape': (9,), }".to_vec();
    old.resize(old.len().next_multiple_of(16) - 1, b' ');
    old.push(b'\n');
    let data_offset = old.len();
    old[8] = u8::try_from(data_offset - 10).unwrap();
    old.extend((0..9_i16).flat_map(i16::to_be_bytes));
    fs::write(&path, &old).unwrap();
    assert_eq!(data_offset, 80);
    let mut log = NpyAppender::<i16>::open_with(&path, &fast()).unwrap();
    log.push_slice(&[9, 10]).unwrap();
    log.finish().unwrap();
    assert_eq!(read_npy::<i16, _>(&path).unwrap(), Array1::from_iter(0..11));
    assert_eq!(fs::metadata(&path).unwrap().len(), 80 + 22);
    let code = "import numpy, sys; print(numpy.load(sys.argv[1]).sum())";
    let Some(sum) = oracle::python(code, [&path]) else { return };
    assert_eq!(sum.trim(), "55");
}

#[test]
fn a_file_of_more_than_four_gibibytes_grows() {
    // Rows of zeros that were never written.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    let header = npz_core::Header::new(ScalarKind::U8, npz_core::Order::C, [4097, 1 << 20]);
    fs::write(&path, header.unwrap().encode().unwrap()).unwrap();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(128 + (4097 << 20)).unwrap();
    drop(file);
    let mut log = NpyAppender::<u8>::open_with(&path, &fast()).unwrap();
    log.push(&Array1::from_elem(1 << 20, 1)).unwrap();
    assert_eq!(log.rows(), 4098);
    log.finish().unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), 128 + (4098 << 20));
    let code = "import numpy, sys; a = numpy.load(sys.argv[1], mmap_mode='r'); \
                print(a.shape, a[4096].max(), a[4097].min())";
    let Some(said) = oracle::python(code, [&path]) else { return };
    assert_eq!(said.trim(), "(4098, 1048576) 0 1");
}

#[test]
fn text_that_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.npy");
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    write_npy(&path, &Array1::from(words(&["ab", "c"]))).unwrap();
    let before = fs::read(&path).unwrap();
    let mut log = NpyAppender::<String>::open_with(&path, &fast()).unwrap();
    for word in ["a\0", "\0", "abc"] {
        let error = log.push_slice(&words(&[word])).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Value, Some(&*path)), "{error}");
    }
    log.finish().unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_read_as_a_wider_type_is_not_written_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.npy");
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    write_npy(&path, &Array1::from(words(&["ab", "c"]))).unwrap();
    let error = NpyAppender::<Text<5>>::open(&path).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Dtype, Some(&*path)));
    let said = "expected dtype '<U5' to write Text<5> to, found '<U2', which is too narrow";
    assert!(error.to_string().contains(said), "{error}");
    let mut log = NpyAppender::<Text<2>>::open_with(&path, &fast()).unwrap();
    log.push_slice(&["d".parse().unwrap()]).unwrap();
    log.finish().unwrap();
    assert_eq!(read_npy::<String, _>(&path).unwrap(), Array1::from(words(&["ab", "c", "d"])));

    #[derive(Clone, Debug, PartialEq, NpyRecord)]
    struct Wide {
        codes: [Bytes<4>; 2],
        at: u8,
    }
    #[derive(Clone, Debug, PartialEq, NpyRecord)]
    struct Narrow {
        at: u8,
        codes: [Bytes<3>; 2],
    }
    let codes = [Bytes::from(*b"abc"), Bytes::from(*b"d\0\0")];
    write_npy(&path, &arr1(&[Narrow { at: 1, codes }])).unwrap();
    assert_eq!(read_npy::<Wide, ndarray::Ix1>(&path).unwrap()[0].codes[0][..], b"abc"[..]);
    let error = NpyAppender::<Wide>::open(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dtype);
    assert!(error.to_string().contains("expected dtype '|S4' to write Wide to"), "{error}");
    NpyAppender::<Narrow>::open(&path).unwrap().finish().unwrap();
}

#[test]
fn rows_for_a_file_that_was_replaced_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [path, aside] = ["log.npy", "aside.npy"].map(|name| folder.path().join(name));
    let refused = |replace: &dyn Fn()| {
        write_npy_with(&path, &arr1(&[1_u8, 2]), &fast()).unwrap();
        let mut log = NpyAppender::open_with(&path, &fast()).unwrap();
        log.push_slice(&[3_u8]).unwrap();
        log.flush().unwrap();
        log.push_slice(&[4_u8]).unwrap();
        replace();
        let error = log.flush().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Conflict, Some(&*path)), "{error}");
        let error = log.finish().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Conflict, Some(&*path)), "{error}");
    };
    refused(&|| write_npy_with(&path, &arr1(&[9_u8]), &fast()).unwrap());
    assert_eq!(read_npy::<u8, ndarray::Ix1>(&path).unwrap(), arr1(&[9]));
    refused(&|| fs::rename(&path, &aside).unwrap());
    assert!(!path.exists());
    assert_eq!(read_npy::<u8, ndarray::Ix1>(&aside).unwrap(), arr1(&[1, 2, 3]));

    // Of nothing that was pushed, nothing can be lost.
    write_npy_with(&path, &arr1(&[1_u8]), &fast()).unwrap();
    let log = NpyAppender::<u8>::open_with(&path, &fast()).unwrap();
    write_npy_with(&path, &arr1(&[2_u8]), &fast()).unwrap();
    log.finish().unwrap();
}
