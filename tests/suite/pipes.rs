//! What comes through a pipe: arrays are read from it in order, and streams give their reader back.

use std::io::{Cursor, Read, Write};
#[cfg(unix)]
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;

use ndarray::{Array1, Array2, Ix1, Ix2, ShapeBuilder, arr1, arr2};
use npz_core::{
    Compression, ErrorKind, Method, NpyReader, NpyStream, NpyWriter, NpzReader, NpzStream,
    NpzWriter, SaveOptions, SeekSource,
};

/// A named pipe in `folder`.
#[cfg(unix)]
pub(crate) fn fifo(folder: &Path) -> PathBuf {
    let path = folder.join("fifo");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[cfg(unix)]
#[test]
fn an_array_is_read_from_a_named_pipe() {
    use npz_core::read_npy;

    let folder = tempfile::tempdir().unwrap();
    let path = fifo(folder.path());
    let array = Array1::from_iter(0..100_000_u32);
    let mut bytes = Vec::new();
    NpyWriter::new(&mut bytes).write(&array).unwrap();
    let send = |len: usize| {
        let (path, bytes) = (path.clone(), bytes[..len].to_vec());
        std::thread::spawn(move || {
            std::fs::OpenOptions::new().write(true).open(path).unwrap().write_all(&bytes).unwrap();
        })
    };
    let sender = send(bytes.len());
    assert_eq!(read_npy::<u32, Ix1>(&path).unwrap(), array);
    sender.join().unwrap();
    let sender = send(bytes.len() - 1);
    let error = read_npy::<u32, Ix1>(&path).unwrap_err();
    sender.join().unwrap();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Truncated, Some(&*path)), "{error}");
}

#[test]
fn a_stream_of_arrays_gives_back_what_follows() {
    let mut bytes = Vec::new();
    for array in [arr1(&[1_u8, 2]), arr1(&[3])] {
        NpyWriter::new(&mut bytes).write(&array).unwrap();
    }
    bytes.extend(b"and a word");
    let mut stream = NpyStream::new(Cursor::new(bytes));
    assert_eq!(stream.read::<u8, Ix1>().unwrap(), arr1(&[1, 2]));
    assert_eq!(stream.read::<u8, Ix1>().unwrap(), arr1(&[3]));
    let mut rest = String::new();
    stream.into_inner().read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "and a word");
}

#[test]
fn an_entry_of_a_stream_says_what_it_is() {
    let fortran = Array2::from_shape_vec((2, 3).f(), vec![1_i16, 2, 3, 4, 5, 6]).unwrap();
    let options = SaveOptions::new().compression(Compression::Deflate(6)).keep_fortran_order(true);
    let mut writer = NpzWriter::with_options(Vec::new(), &options).unwrap();
    writer.add("a/b", &fortran).unwrap();
    writer.add("c", &arr2(&[[7_i16; 500]])).unwrap();
    let bytes = writer.finish().unwrap();
    let mut stream = NpzStream::new(Cursor::new(bytes.clone()));
    let entry = stream.next_entry().unwrap().unwrap();
    assert_eq!((entry.name(), entry.member()), ("a/b", "a/b.npy"));
    let error = entry.chunks::<i16, Ix2>(1).unwrap_err();
    assert_eq!((error.kind(), error.entry()), (ErrorKind::Unsupported, Some("a/b")), "{error}");
    // Who can't have its rows may go on with the next.
    let entry = stream.next_entry().unwrap().unwrap();
    assert_eq!((entry.member(), entry.method()), ("c.npy", Method::Deflated));
    assert_eq!(entry.read::<i16, Ix2>().unwrap(), arr2(&[[7_i16; 500]]));
    assert!(stream.next_entry().unwrap().is_none());
    assert_eq!(stream.into_inner().position(), bytes.len() as u64);
}

/// Readers end up in logs and in the messages of failed assertions: they say where they are, and
/// nothing of the data.
#[test]
fn what_is_printed_of_a_reader() {
    let array = Array1::from_iter((0..5000_u16).map(|n| f32::from(n) + 0.5));
    let npy = NpyWriter::new(Vec::new()).write(&array).unwrap();
    let mut writer = NpzWriter::new(Vec::new());
    writer.add("weights", &array).unwrap();
    let npz = writer.finish().unwrap();

    let mut one = NpyStream::new(&npy[..]);
    let before = format!("{one:?}");
    one.header().unwrap();
    let with_header = format!("{one:?}");
    one.read::<f32, Ix1>().unwrap();
    let mut all = NpzStream::new(&npz[..]);
    let open = format!("{all:?}");
    let entry = format!("{:?}", all.next_entry().unwrap().unwrap());
    assert!(all.next_entry().unwrap().is_none());
    let printed = [
        (format!("{:?}", NpyReader::new(&npy[..]).unwrap()), vec!["NpyReader", "5000", "F32"]),
        (before, vec!["NpyStream", "count: 0", "header: None"]),
        (with_header, vec!["NpyStream", "count: 0", "5000", "F32"]),
        (format!("{one:?}"), vec!["NpyStream", "count: 1", "header: None"]),
        (open, vec!["NpzStream", "seen: 0", "Open"]),
        (entry, vec!["StreamEntry", "\"weights\"", "5000"]),
        (format!("{all:?}"), vec!["NpzStream", "seen: 1", "Ended"]),
        (format!("{:?}", NpzReader::from_bytes(&npz).unwrap()), vec!["NpzReader", "\"weights\""]),
        (format!("{:?}", SeekSource::new(Cursor::new(&npz)).unwrap()), vec!["size: 2"]),
    ];
    for (text, parts) in printed {
        assert!(parts.iter().all(|part| text.contains(part)), "{text}: {parts:?}");
        assert!(text.len() < 600 && !text.contains(".5, "), "{text}");
    }
}
