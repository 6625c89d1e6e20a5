//! Small files cut at every length and altered in every bit: refused, or read as before, by every
//! door.

use std::io::Cursor;

use ndarray::{Ix1, IxDyn, arr1, arr2};
use npz_core::{
    AnyArray, Compression, ErrorKind, LoadOptions, NpyReader, NpyWriter, NpzReader, NpzStream,
    NpzWriter, Result, SaveOptions, StreamEntry, VerifyOptions,
};

use crate::bad_files::{Member, build};

/// Names and bytes of all that is in an archive.
type Content = Vec<(String, Vec<u8>)>;

fn read(bytes: &[u8], options: &LoadOptions) -> Result<Content> {
    let reader = NpzReader::from_bytes_with(bytes, options)?;
    let mut all = Vec::new();
    for entry in reader.entries() {
        entry.header()?;
        entry.data_offset()?;
        all.push((entry.name().to_owned(), reader.bytes(entry.name())?));
    }
    Ok(all)
}

/// The same as it comes by; of arrays the data alone.
fn stream(bytes: &[u8]) -> Result<Content> {
    let mut stream = NpzStream::new(bytes);
    let mut all = Vec::new();
    while let Some(entry) = stream.next_entry()? {
        let name = entry.name().to_owned();
        let data = match entry.header() {
            Some(_) => StreamEntry::read_any(entry)?.as_bytes().to_vec(),
            None => StreamEntry::bytes(entry)?,
        };
        all.push((name, data));
    }
    Ok(all)
}

/// Archives of every form, as small as they get.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let npy = NpyWriter::new(Vec::new()).write(&arr1(&[1.5_f32, -2.5])).unwrap();
    let parts = || [Member::stored("x.npy", &npy), Member::deflated("é.txt", b"text text text")];
    let with = |change: fn(Member) -> Member| build(&parts().map(change), false, |_| {});
    let written = |compression, seek: bool| {
        let options = SaveOptions::new().compression(compression).alignment(1);
        let out = Cursor::new(Vec::new());
        let mut writer = match seek {
            true => NpzWriter::from_seek(out, &options).unwrap(),
            false => NpzWriter::with_options(out, &options).unwrap(),
        };
        writer.add("x", &arr1(&[1.5_f32])).unwrap();
        writer.add("t", &arr1(&["ab".to_owned()])).unwrap();
        writer.finish().unwrap().into_inner()
    };
    vec![
        ("stored", written(Compression::Stored, false)),
        ("deflated", written(Compression::Deflate(6), true)),
        ("foreign", with(|member| member)),
        ("zip64", with(Member::zip64)),
        ("data descriptors", with(|member| member.streamed(16))),
        ("data descriptors without a signature", with(|member| member.streamed(12))),
        ("zip64 records", build(&parts(), true, |ending| ending.widen())),
        (
            "a comment",
            build(&parts(), false, |ending| {
                (ending.comment, ending.comment_len) = (b"PK".to_vec(), 2);
            }),
        ),
    ]
}

#[test]
fn every_length_of_an_archive_but_the_whole_is_refused() {
    for (form, whole) in forms() {
        read(&whole, &LoadOptions::new()).unwrap_or_else(|error| panic!("{form}: {error}"));
        for len in 0..whole.len() {
            let cut = &whole[..len];
            let error = NpzReader::from_bytes(cut).map(drop).unwrap_err();
            let kinds = [ErrorKind::Corrupt, ErrorKind::Truncated];
            assert!(kinds.contains(&error.kind()), "{form}, {len}: {error}");
            let error = stream(cut).unwrap_err();
            assert!(kinds.contains(&error.kind()), "{form}, {len}: {error}");
        }
        for (more, at) in [(0, whole.len()), (b'P', whole.len()), (0, 0), (b'P', 0)] {
            let mut longer = whole.clone();
            longer.insert(at, more);
            assert!(NpzReader::from_bytes(&longer).is_err(), "{form}, {at}");
            assert!(stream(&longer).is_err(), "{form}, {at}");
        }
    }
}

#[test]
fn every_bit_of_an_archive_is_guarded_or_means_nothing() {
    let lenient = LoadOptions::new().lenient(true);
    let mut counts = (0, 0);
    for (form, whole) in forms() {
        let expected = read(&whole, &LoadOptions::new()).unwrap();
        let streamed = stream(&whole).ok();
        let mut damaged = whole.clone();
        for at in 0..whole.len() {
            for bit in 0..8 {
                damaged[at] ^= 1 << bit;
                match read(&damaged, &LoadOptions::new()) {
                    Ok(found) => assert_eq!(found, expected, "{form}: bit {bit} of byte {at}"),
                    Err(_) => counts.0 += 1,
                }
                counts.1 += 1;
                // Forms that only a directory explains are no streams.
                match (stream(&damaged), &streamed) {
                    (Ok(found), Some(streamed)) => {
                        assert_eq!(&found, streamed, "{form}: bit {bit} of byte {at}, a stream");
                    }
                    (Ok(_), None) => panic!("{form}: bit {bit} of byte {at} makes it a stream"),
                    (Err(_), _) => {}
                }
                if bit == at % 8
                    && let Ok(reader) = NpzReader::from_bytes(&damaged)
                {
                    let report = reader.verify_report(&VerifyOptions::new().values(true));
                    assert_eq!(report.is_sound(), reader.verify().is_ok());
                }
                // It trusts the directory alone, names and all: no panic will do.
                let _ = read(&damaged, &lenient);
                damaged[at] = whole[at];
            }
        }
    }
    // Stamps, versions and attributes mean nothing; all else does.
    assert!(counts.0 * 5 > counts.1 * 4, "{} of {} refused", counts.0, counts.1);
    println!("{} of {} altered bits refused, the others change nothing", counts.0, counts.1);
}

/// A single array has no checksum: what is altered in its header may be another array, but never
/// one of more bytes than are there.
#[test]
fn every_bit_of_a_single_array() {
    let files = [
        NpyWriter::new(Vec::new()).write(&arr2(&[[1.0_f64, 2.0]])).unwrap(),
        NpyWriter::new(Vec::new()).write(&arr1(&["ab".to_owned()])).unwrap(),
        NpyWriter::new(Vec::new()).write(&arr1(&[true])).unwrap(),
    ];
    for whole in files {
        let any = |bytes: &[u8]| NpyReader::new(bytes).and_then(NpyReader::read_any);
        for len in 0..whole.len() {
            assert_eq!(any(&whole[..len]).unwrap_err().kind(), ErrorKind::Truncated, "{len}");
        }
        let data = any(&whole).unwrap().nbytes();
        let mut damaged = whole.clone();
        for at in 0..whole.len() {
            for bit in 0..8 {
                damaged[at] ^= 1 << bit;
                if let Ok(array) = any(&damaged) {
                    assert!(array.nbytes() <= data + whole.len(), "bit {bit} of byte {at}");
                    assert!(
                        damaged
                            .windows(array.nbytes().max(1))
                            .any(|window| { array.nbytes() == 0 || window == array.as_bytes() })
                    );
                }
                let _ = NpyReader::new(&damaged[..]).and_then(NpyReader::read::<f64, Ix1>);
                let _ = NpyReader::new(&damaged[..]).and_then(NpyReader::read::<bool, IxDyn>);
                let _ = NpyReader::new(&damaged[..]).and_then(NpyReader::read::<String, IxDyn>);
                damaged[at] = whole[at];
            }
        }
    }
}

/// Trailing bytes are left alone unless they are asked about, in every door that sees them.
#[test]
fn bytes_behind_an_array() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npy");
    let whole = NpyWriter::new(Vec::new()).write(&arr1(&[1_u8, 2])).unwrap();
    let longer = [&whole[..], &[0]].concat();
    let strict = LoadOptions::new().allow_trailing(false);
    for (bytes, options, fine) in
        [(&whole, &strict, true), (&longer, &LoadOptions::new(), true), (&longer, &strict, false)]
    {
        std::fs::write(&path, bytes).unwrap();
        let outcomes = [
            npz_core::read_npy_with::<u8, Ix1>(&path, options).map(drop),
            npz_core::read_npy_slice_with::<u8, _>(&path, ndarray::s![..1], options).map(drop),
            AnyArray::read_npy_with(&path, options).map(drop),
            npz_core::NpyView::new_with(bytes, options).map(drop),
        ];
        for outcome in outcomes {
            match outcome {
                Ok(()) => assert!(fine),
                Err(error) => {
                    assert!(!fine && error.kind() == ErrorKind::Corrupt, "{error}");
                    assert_eq!(error.offset(), Some(whole.len() as u64));
                }
            }
        }
    }
}
