use proptest::prelude::*;

use super::frame::{ALIGNMENT, MAGIC};
use super::*;
use crate::dtype::{Record, ScalarKind, strategy};

fn decode(bytes: &[u8]) -> Result<Decoded> {
    Header::decode(bytes, &Limits::default())
}

fn done(bytes: &[u8]) -> (Header, usize, Version) {
    match decode(bytes) {
        Ok(Decoded::Done { header, data_offset, version }) => (header, data_offset, version),
        other => panic!("{other:?}"),
    }
}

/// A file of this version and text, as other writers than NumPy may make it.
fn file(version: Version, text: &[u8]) -> Vec<u8> {
    let len = u32::try_from(text.len()).unwrap().to_le_bytes();
    let mut bytes = [MAGIC, &[version.major(), 0][..]].concat();
    bytes.extend(if version == Version::V1 { &len[..2] } else { &len[..] });
    bytes.extend(text);
    bytes
}

fn error(text: &str) -> Error {
    decode(&file(Version::V1, text.as_bytes())).expect_err(text)
}

/// A header whose text has exactly this length.
fn header_with_text_len(len: usize) -> Header {
    let with_name = |len: usize| {
        let record = Record::packed([("n".repeat(len), ScalarKind::U8)]).unwrap();
        Header::new(record, Order::C, [1]).unwrap()
    };
    with_name(len - with_name(0).text().len())
}

#[test]
fn bytes_are_those_of_np_save() {
    let header = Header::new(ScalarKind::I32, Order::C, [3]).unwrap();
    let text = "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }";
    let expected = format!("\u{1}\0v\0{text:117}\n");
    assert_eq!(header.encode().unwrap(), [&b"\x93NUMPY"[..], expected.as_bytes()].concat());

    // without dimensions there is no axis to grow along
    let header = Header::new(ScalarKind::F64, Order::C, []).unwrap();
    assert_eq!(header.text(), "{'descr': '<f8', 'fortran_order': False, 'shape': (), }");
    let blanks = |order, shape: [usize; 2]| {
        let text = Header::new(ScalarKind::F64, order, shape).unwrap().text();
        text.len() - text.trim_end().len()
    };
    assert_eq!(blanks(Order::C, [1000, 1]), 17);
    assert_eq!(blanks(Order::Fortran, [1000, 1]), 20);
}

#[test]
fn an_aligned_header_is_padded_by_64_more() {
    assert_eq!(header_with_text_len(116).encode().unwrap().len(), 128);
    assert_eq!(header_with_text_len(117).encode().unwrap().len(), 192);
}

#[test]
fn the_version_is_the_lowest_that_fits() {
    let version = |header: &Header| {
        let bytes = header.encode().unwrap();
        let (decoded, data_offset, version) = done(&bytes);
        assert_eq!((&decoded, data_offset), (header, bytes.len()));
        (version, data_offset)
    };
    assert_eq!(version(&header_with_text_len(65_524)), (Version::V1, 65_536));
    assert_eq!(version(&header_with_text_len(65_525)), (Version::V2, 65_600));
    let named = |name: &str| {
        Header::new(Record::packed([(name, ScalarKind::U8)]).unwrap(), Order::C, [1]).unwrap()
    };
    assert_eq!(version(&named("é")).0, Version::V1);
    assert_eq!(version(&named("中")).0, Version::V3);
    // what Python escapes is ASCII
    assert_eq!(version(&named("\u{200b}")).0, Version::V1);
}

#[test]
fn a_version_can_be_forced() {
    let header = Header::new(ScalarKind::U8, Order::C, [1]).unwrap();
    for version in [Version::V1, Version::V2, Version::V3] {
        assert_eq!(done(&header.encode_version(version).unwrap()).2, version);
    }
    let error = header_with_text_len(65_525).encode_version(Version::V1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let unicode = Record::packed([("中", ScalarKind::U8)]).unwrap();
    let unicode = Header::new(unicode, Order::C, [1]).unwrap();
    assert_eq!(unicode.encode_version(Version::V2).unwrap_err().kind(), ErrorKind::Name);
}

#[test]
fn a_header_can_have_the_length_of_another() {
    let header = Header::new(ScalarKind::I32, Order::C, [3]).unwrap();
    let unicode = Record::packed([("中", ScalarKind::U8)]).unwrap();
    let unicode = Header::new(unicode, Order::C, [1]).unwrap();
    let text = "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }";
    for (header, version, prefix, text_len) in [
        (&header, Version::V1, 10, text.len()),
        (&header, Version::V2, 12, text.len()),
        // In UTF-8 a character has more bytes than one.
        (&unicode, Version::V3, 12, unicode.literal().len()),
    ] {
        let least = header.least_len(version).unwrap();
        assert_eq!(least, prefix + text_len + 1);
        for len in [least, least + 1, least + 100] {
            let bytes = header.encode_at_len(version, len).unwrap().unwrap();
            assert_eq!(bytes.len(), len);
            assert_eq!(done(&bytes), (header.clone(), len, version));
        }
        assert_eq!(header.encode_at_len(version, least - 1).unwrap(), None);
    }
    assert!(unicode.least_len(Version::V1).is_err());
}

#[test]
fn counts_are_exact_or_refused() {
    let header = |kind: ScalarKind, shape: &[usize]| Header::new(kind, Order::C, shape);
    let counts =
        |kind, shape: &[usize]| header(kind, shape).map(|h| (h.len(), h.nbytes())).unwrap();
    assert_eq!(counts(ScalarKind::F64, &[]), (1, 8));
    assert_eq!(counts(ScalarKind::F64, &[2, 3]), (6, 48));
    assert_eq!(counts(ScalarKind::I32, &[0, (1 << 61) - 1]), (0, 0));
    assert_eq!(counts(ScalarKind::Void(0), &[1_000_000, 1_000_000]), (1_000_000_000_000, 0));
    for (kind, shape) in [
        (ScalarKind::I32, &[0, 1 << 62][..]),
        (ScalarKind::I32, &[1 << 61]),
        (ScalarKind::I32, &[1 << 62, 4, 0]),
        (ScalarKind::I32, &[1 << 32, 1 << 32]),
        (ScalarKind::Void(0), &[1 << 32, 1 << 32]),
        (ScalarKind::U8, &[1; 65]),
        (ScalarKind::Str(u32::MAX), &[]),
    ] {
        assert_eq!(header(kind, shape).unwrap_err().kind(), ErrorKind::Limit, "{shape:?}");
    }
    let dtype: DType = "('<i4', (2,))".parse().unwrap();
    assert_eq!(Header::new(dtype, Order::C, [1]).unwrap_err().kind(), ErrorKind::Dtype);
}

#[test]
fn takes_any_layout_of_the_text() {
    for text in [
        &b"{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }"[..],
        b"\n {\"shape\":(3L,),\n\t'fortran_order':False,u'descr':'<i4'}\r\n".trim_ascii_start(),
        b"{'descr': ('<i4', (1,)), 'fortran_order': False, 'shape': (3,)}",
        b"{'descr': '1i4', 'fortran_order': False, 'shape': (3,)}",
    ] {
        let (header, data_offset, _) = done(&file(Version::V1, text));
        assert_eq!(header, Header::new(ScalarKind::I32, Order::C, [3]).unwrap());
        assert_eq!(data_offset, 10 + text.len());
    }
    let long = b"{'descr': '<i4', 'fortran_order': False, 'shape': (3L,)}";
    assert_eq!(done(&file(Version::V2, long)).1, 12 + long.len());
    assert!(decode(&file(Version::V3, long)).is_err());
}

#[test]
fn names_what_is_wrong() {
    let cases = [
        ("[1]", ErrorKind::Corrupt, "expected the header to be a dict, found a list"),
        ("{'descr': '<i4', 'shape': ()}", ErrorKind::Corrupt, "no key 'fortran_order'"),
        ("{'descr': '<i4', 'x': 1}", ErrorKind::Corrupt, "found 'x'"),
        ("{b'descr': '<i4'}", ErrorKind::Corrupt, "found a bytes string"),
        ("{'descr': '<f8', 'descr': '<i4'}", ErrorKind::Corrupt, "key 'descr' twice (at byte 27)"),
    ];
    let values = [
        (
            "'<i4'",
            "False",
            "[3]",
            ErrorKind::Corrupt,
            "'shape' to be a tuple, found a list (at byte 60)",
        ),
        ("'<i4'", "False", "(-1,)", ErrorKind::Corrupt, "found -1 (at byte 61)"),
        ("'<i4'", "False", "(True,)", ErrorKind::Corrupt, "integers, found True (at byte 61)"),
        ("'<i4'", "False", "(3.0,)", ErrorKind::Corrupt, "integers, found a float (at byte 61)"),
        ("'<i4'", "False", "(18446744073709551616,)", ErrorKind::Limit, "larger than any memory"),
        ("'<i4'", "1", "()", ErrorKind::Corrupt, "True or False, found an integer (at byte 44)"),
        ("'<i3'", "False", "()", ErrorKind::Corrupt, "found '<i3' (at byte 20)"),
        ("('<i4', (2,))", "False", "()", ErrorKind::Corrupt, "single elements"),
        // of several faults the one that NumPy names
        ("'<i3'", "1", "[]", ErrorKind::Corrupt, "'shape' to be a tuple"),
        ("'<i3'", "1", "()", ErrorKind::Corrupt, "'fortran_order'"),
    ];
    let values = values.map(|(descr, order, shape, kind, message)| {
        (format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}}}"), kind, message)
    });
    let cases = cases.map(|(text, kind, message)| (text.to_owned(), kind, message));
    for (text, kind, message) in cases.into_iter().chain(values) {
        let error = error(&text);
        assert_eq!(error.kind(), kind, "{text}");
        assert!(error.to_string().contains(message), "{text}: {error}");
    }
}

#[test]
fn offsets_are_those_in_the_file() {
    let text = "{'descr': [('éé', '<i3')], 'fortran_order': False, 'shape': ()}";
    let latin1: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
    assert_eq!(decode(&file(Version::V1, &latin1)).unwrap_err().offset(), Some(10 + 18));
    assert_eq!(decode(&file(Version::V2, &latin1)).unwrap_err().offset(), Some(12 + 18));
    assert_eq!(decode(&file(Version::V3, text.as_bytes())).unwrap_err().offset(), Some(12 + 20));
    let invalid = decode(&file(Version::V3, &latin1)).unwrap_err();
    assert_eq!((invalid.kind(), invalid.offset()), (ErrorKind::Corrupt, Some(12 + 13)));
}

#[test]
fn other_files_are_told_apart() {
    let kind = |bytes: &[u8]| decode(bytes).unwrap_err().kind();
    for archive in [b"PK\x03\x04", b"PK\x05\x06"] {
        let error = decode(archive).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.to_string().contains("an npz archive: use NpzReader"), "{error}");
    }
    assert_eq!(kind(b"\x93numpy\x01\0"), ErrorKind::Corrupt);
    assert_eq!(kind(b"\x93NUMPY\x01\x01"), ErrorKind::Unsupported);
    assert_eq!(kind(b"\x93NUMPY\x04\0v\0"), ErrorKind::Unsupported);
    assert!(is_magic(b"\x93NUMPY\x01") && !is_magic(b"\x93NUMP"));
}

#[test]
fn limits_hold() {
    let huge = [MAGIC, &[2, 0, 255, 255, 255, 255][..]].concat();
    let error = decode(&huge).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Limit, Some(8)));
    let bytes = Header::new(ScalarKind::F64, Order::C, [100]).unwrap().encode().unwrap();
    let limits = Limits::default().entry_bytes(128 + 800);
    assert!(Header::decode(&bytes, &limits).is_ok());
    let error = Header::decode(&bytes, &limits.entry_bytes(128 + 799)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let dims =
        format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({})}}", "1,".repeat(65));
    assert_eq!(self::error(&dims).kind(), ErrorKind::Limit);
    let limits = Limits::default().dimensions(65);
    assert!(Header::decode(&file(Version::V1, dims.as_bytes()), &limits).is_ok());
}

fn headers() -> impl Strategy<Value = Header> {
    let order = prop_oneof![Just(Order::C), Just(Order::Fortran)];
    let shape = prop::collection::vec(prop_oneof![0_usize..5, 0_usize..1_000_000], 0..4);
    (strategy::element(), order, shape)
        .prop_filter_map("fits", |(dtype, order, shape)| Header::new(dtype, order, shape).ok())
}

proptest! {
    #[test]
    fn reads_what_it_writes(header in headers()) {
        let bytes = header.encode().unwrap();
        prop_assert_eq!(bytes.len() % ALIGNMENT, 0);
        let (decoded, data_offset, _) = done(&bytes);
        prop_assert_eq!(&decoded, &header);
        prop_assert_eq!(data_offset, bytes.len());
        let bytes = header.encode_version(Version::V3).unwrap();
        prop_assert_eq!(&done(&bytes).0, &header);
    }

    #[test]
    fn asks_for_what_is_missing(header in headers(), cut in any::<prop::sample::Index>()) {
        let bytes = header.encode().unwrap();
        let cut = cut.index(bytes.len());
        let Ok(Decoded::Need(needed)) = decode(&bytes[..cut]) else { panic!("not incomplete") };
        prop_assert!(cut < needed && needed <= bytes.len());
    }

    #[test]
    fn never_panics(
        header in headers(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..6),
    ) {
        let mut bytes = header.encode().unwrap();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            match how {
                0 => bytes.insert(at, byte),
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                _ => bytes[at] = byte,
            }
        }
        match decode(&bytes) {
            Ok(Decoded::Need(needed)) => prop_assert!(needed > bytes.len()),
            Ok(Decoded::Done { header, .. }) => {
                // what is read can be written, and reads the same
                let encoded = header.encode().unwrap();
                prop_assert_eq!(done(&encoded).0, header);
            }
            Err(_) => {}
        }
    }
}
