use proptest::prelude::*;

use super::*;

/// An entry as the tests write it: name, method, size, length of the prefix, packed bytes.
pub(in crate::npz) type Written<'a> = (&'a str, Method, u64, u64, &'a [u8]);

/// An archive of `entries`, as the writer makes it.
pub(in crate::npz) fn write(entries: &[Written<'_>], alignment: Alignment) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), CentralDirectory::default());
    for &(name, method, size, prefix_len, packed) in entries {
        let member = Member { name, method, size, prefix_len };
        let slot = Slot::new(member, file.len() as u64, alignment).unwrap();
        let (crc, compressed) = (crc32fast::hash(packed), packed.len() as u64);
        file.extend(slot.local_header(crc, compressed).unwrap());
        assert_eq!(file.len() as u64, slot.data_offset().unwrap());
        file.extend(packed);
        assert_eq!(file.len() as u64, slot.end(compressed).unwrap());
        directory.push(&slot, crc, compressed).unwrap();
    }
    let tail = directory.finish(file.len() as u64).unwrap();
    file.extend(tail);
    file
}

fn member(method: Method, size: u64) -> Member<'static> {
    Member { name: "a.npy", method, size, prefix_len: 128 }
}

fn slot(method: Method, size: u64, offset: u64) -> Slot<'static> {
    Slot::new(member(method, size), offset, Alignment::default()).unwrap()
}

/// Local and central header, parsed, and the zip64 field of each.
fn headers(slot: &Slot<'_>, compressed: u64) -> ([[u32; 2]; 2], u32, [Vec<u8>; 2]) {
    let local = slot.local_header(7, compressed).unwrap();
    let mut central = Vec::new();
    slot.push_central_header(&mut central, 7, compressed, &[]).unwrap();
    assert_eq!(central.len() as u64, slot.central_header_len(compressed));
    let local = LocalHeader::parse(&local).unwrap();
    let central = CentralHeader::parse(&central).unwrap();
    assert_eq!((local.needed, local.flags), (central.needed, central.flags));
    let zip64 = |extras| {
        let field = ExtraFields::new(extras).flatten().find(|(id, _)| *id == extra::ZIP64);
        assert!(field.is_none() || local.needed == 45);
        field.map(|(_, data)| data.to_vec()).unwrap_or_default()
    };
    (
        [[local.uncompressed, local.compressed], [central.uncompressed, central.compressed]],
        central.offset,
        [zip64(local.extra), zip64(central.extra)],
    )
}

fn wide(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

const ONES: u32 = u32::MAX;
const BIG: u64 = ONES as u64;

#[test]
fn bytes_of_a_small_archive() {
    let file = write(&[("a.npy", Method::Stored, 3, 0, b"abc")], Alignment::NONE);
    let expected = [
        &b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0\xc2\x41\x24\x35\x03\0\0\0\x03\0\0\0\x05\0\0\0a.npyabc"[..],
        b"PK\x01\x02\x14\x03\x14\0\0\0\0\0\0\0\x21\0\xc2\x41\x24\x35\x03\0\0\0\x03\0\0\0",
        b"\x05\0\0\0\0\0\0\0\0\0\0\0\x80\x01\0\0\0\0a.npy",
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x33\0\0\0\x26\0\0\0\0\0",
    ]
    .concat();
    assert_eq!(file, expected);
    assert_eq!(write(&[], Alignment::default()), [&b"PK\x05\x06"[..], &[0; 18]].concat());
}

#[test]
fn padding_is_minimal_and_a_field() {
    // 30 bytes of header, 5 of name, 128 of npy header: 163, 29 short of 192.
    let header = slot(Method::Stored, 200, 0).local_header(0, 200).unwrap();
    let parsed = LocalHeader::parse(&header).unwrap();
    assert_eq!(parsed.extra, [&b"\x35\xd9\x19\0\x40\0"[..], &[0; 23]].concat());
    // A gap too small for a field takes the next multiple.
    for offset in 24..=28 {
        let gap = 29 - offset;
        assert_eq!(slot(Method::Stored, 200, offset).padding, if gap < 6 { gap + 64 } else { gap });
    }
    assert_eq!(slot(Method::Stored, 200, 29).padding, 0);
    assert_eq!(slot(Method::Deflated, 200, 0).padding, 0);
    assert_eq!(Slot::new(member(Method::Stored, 200), 1, Alignment::NONE).unwrap().padding, 0);
    let largest = Slot::new(member(Method::Stored, 5 * BIG), 6, Alignment::MAX).unwrap();
    let header = largest.local_header(0, 5 * BIG).unwrap();
    assert_eq!(Ok(header.len()), usize::try_from(largest.header_len()));
    let fields: Vec<_> =
        ExtraFields::new(LocalHeader::parse(&header).unwrap().extra).flatten().collect();
    assert!(matches!(fields[..], [(extra::ZIP64, _), (extra::ALIGNMENT, [0, 0x40, 0, ..])]));
}

#[test]
fn alignments() {
    for good in [1, 2, 64, 4096, 32768] {
        assert_eq!(usize::from(Alignment::new(good).unwrap().0), good);
    }
    for bad in [0, 3, 65, 65536, 1 << 32] {
        assert_eq!(Alignment::new(bad).unwrap_err().kind(), ErrorKind::Limit);
    }
}

#[test]
fn zip64_only_where_needed() {
    let small = BIG - 1;
    let sizes = |slot, compressed| headers(&slot, compressed);
    assert_eq!(
        sizes(slot(Method::Stored, small, small), small),
        ([[ONES - 1; 2]; 2], ONES - 1, [vec![], vec![]])
    );
    assert_eq!(
        sizes(slot(Method::Stored, BIG, small), BIG),
        ([[ONES; 2]; 2], ONES - 1, [wide(&[BIG, BIG]), wide(&[BIG, BIG])])
    );
    assert_eq!(sizes(slot(Method::Stored, 5, BIG), 5), ([[5; 2]; 2], ONES, [vec![], wide(&[BIG])]));
    assert_eq!(
        sizes(slot(Method::Deflated, BIG + 1, BIG + 2), 9),
        ([[ONES; 2], [ONES, 9]], ONES, [wide(&[BIG + 1, 9]), wide(&[BIG + 1, BIG + 2])])
    );
}

#[test]
fn headers_can_be_patched() {
    // Just short of 4 GiB, compression may exceed them: zip64 there, whatever comes out.
    let near = BIG - 100;
    for compressed in [9, near, BIG, BIG + 100] {
        let (sizes, _, [local, central]) = headers(&slot(Method::Deflated, near, 0), compressed);
        assert_eq!(sizes[0], [ONES; 2]);
        assert_eq!(local, wide(&[near, compressed]));
        let expected = if compressed < BIG { vec![] } else { wide(&[compressed]) };
        assert_eq!(central, expected);
    }
    let small = slot(Method::Deflated, 1 << 20, 0);
    assert!(most_compressed(1 << 20) < BIG);
    let error = small.local_header(0, BIG).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn what_a_zip_cannot_say() {
    let name = "n".repeat(65536);
    let member = Member { name: &name, method: Method::Stored, size: 0, prefix_len: 0 };
    let slot = Slot::new(member, 0, Alignment::NONE).unwrap();
    assert_eq!(slot.local_header(0, 0).unwrap_err().kind(), ErrorKind::Name);
    assert!(CentralDirectory::default().push(&slot, 0, 0).is_err());
    let member = |method, size| Member { name: "a", method, size, prefix_len: 0 };
    let new = |member, offset| Slot::new(member, offset, Alignment::default());
    let error = new(member(Method::Other(12), 1), 0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(new(member(Method::Stored, 1), u64::MAX - 3).is_err());
    assert!(stored_len([member(Method::Stored, u64::MAX - 40)], Alignment::NONE).is_err());
    assert!(
        CentralDirectory { headers: vec![0], entries: 1, numpy: false }.finish(u64::MAX).is_err()
    );
}

#[test]
fn end_records_grow_when_needed() {
    let tail = |entries, headers: usize, offset| {
        CentralDirectory { headers: vec![0; headers], entries, numpy: false }
            .finish(offset)
            .unwrap()
    };
    assert_eq!(tail(0xFFFE, 9, BIG - 1).len(), 9 + 22);
    for (entries, offset) in [(0xFFFF, 0), (0, BIG), (70_000, 10 * BIG)] {
        let tail = tail(entries, 9, offset);
        assert_eq!(tail.len(), 9 + 56 + 20 + 22);
        let record = Zip64EndRecord::parse(&tail[9..]).unwrap();
        assert_eq!((record.entries_here, record.entries), (entries, entries));
        assert_eq!((record.directory_size, record.directory_offset), (9, offset));
        let locator = Zip64Locator::parse(&tail[9 + 56..]).unwrap();
        assert_eq!((locator.disk, locator.disks, locator.record_offset), (0, 1, offset + 9));
        let end = EndRecord::parse(&tail[9 + 76..]).unwrap();
        assert_eq!(u64::from(end.entries), entries.min(0xFFFF));
        assert_eq!(u64::from(end.directory_offset), offset.min(BIG));
        assert_eq!(end.directory_size, 9);
    }
}

#[test]
fn stored_len_of_huge_archives() {
    let member = Member { name: "a.npy", method: Method::Stored, size: 3 * BIG, prefix_len: 128 };
    let mut offset = 0;
    let mut directory = CentralDirectory::default();
    for _ in 0..3 {
        let slot = Slot::new(member, offset, Alignment::default()).unwrap();
        directory.push(&slot, 0, 3 * BIG).unwrap();
        offset = slot.end(3 * BIG).unwrap();
    }
    let expected = offset + directory.finish(offset).unwrap().len() as u64;
    assert_eq!(stored_len([member; 3], Alignment::default()).unwrap(), expected);
}

proptest! {
    #[test]
    fn stored_entries_are_aligned_and_their_sum_known(
        entries in prop::collection::vec(("[a-zé]{0,9}", 0u64..200, prop::collection::vec(any::<u8>(), 200..300)), 0..6),
        alignment in (0u32..=15).prop_map(|bits| Alignment::new(1 << bits).unwrap()),
    ) {
        let written: Vec<Written<'_>> = entries
            .iter()
            .map(|(name, prefix, data)| (&name[..], Method::Stored, data.len() as u64, *prefix, &data[..]))
            .collect();
        let file = write(&written, alignment);
        let members = written
            .iter()
            .map(|&(name, method, size, prefix_len, _)| Member { name, method, size, prefix_len });
        prop_assert_eq!(stored_len(members, alignment).unwrap(), file.len() as u64);
        let mut at = 0;
        for (name, prefix, data) in &entries {
            let header = LocalHeader::parse(&file[at..]).unwrap();
            prop_assert_eq!(header.name, name.as_bytes());
            at += header.len();
            prop_assert_eq!((at as u64 + prefix) % u64::from(alignment.0), 0);
            prop_assert!(header.extra.len() < usize::from(alignment.0) + 6);
            prop_assert_eq!(&file[at..at + data.len()], &data[..]);
            at += data.len();
        }
    }

    #[test]
    fn header_length_is_known_before_compression(
        size in prop_oneof![0..1000u64, BIG - 2000..BIG + 2000, 3_700_000_000..BIG, any::<u32>().prop_map(u64::from)],
        offset in prop_oneof![0..1000u64, BIG - 2000..BIG + 2000],
        share in 0f64..=1.0,
    ) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let compressed = (most_compressed(size) as f64 * share) as u64;
        let slot = slot(Method::Deflated, size, offset);
        let placeholder = slot.local_header(0, 0).unwrap();
        let patched = slot.local_header(0xDEAD_BEEF, compressed).unwrap();
        prop_assert_eq!(placeholder.len(), patched.len());
        prop_assert_eq!(placeholder.len() as u64, slot.header_len());
        headers(&slot, compressed);
    }
}

#[test]
fn numpys_framing_is_that_of_zipfile() {
    const SHORT: u32 = (1 << 31) - 1;
    const LIMIT: u64 = SHORT as u64;
    let slot =
        |size, offset| Slot::new(member(Method::Stored, size), offset, Alignment::NUMPY).unwrap();
    // Sizes in 64 bits in every local header, in the directory from 2 GiB on, and then both.
    let (sizes, offset, zip64) = headers(&slot(140, 7), 140);
    assert_eq!((sizes, offset), ([[ONES; 2], [140; 2]], 7));
    assert_eq!(zip64, [wide(&[140, 140]), Vec::new()]);
    let (sizes, offset, zip64) = headers(&slot(LIMIT, LIMIT), LIMIT);
    assert_eq!((sizes[1], offset), ([SHORT; 2], SHORT));
    assert_eq!(zip64[1], Vec::<u8>::new());
    let (sizes, offset, zip64) = headers(&slot(LIMIT + 1, LIMIT + 1), LIMIT + 1);
    assert_eq!((sizes[1], offset), ([ONES; 2], ONES));
    assert_eq!(zip64[1], wide(&[LIMIT + 1; 3]));
    let packed = Slot::new(member(Method::Deflated, LIMIT + 1), 7, Alignment::NUMPY).unwrap();
    let (sizes, offset, zip64) = headers(&packed, 9);
    assert_eq!((sizes[1], offset), ([ONES; 2], 7));
    assert_eq!(zip64[1], wide(&[LIMIT + 1, 9]));
    // No padding, and an end record in 64 bits only where zipfile writes one.
    let bytes = write(&[("a.npy", Method::Stored, 3, 0, b"abc")], Alignment::NUMPY);
    assert_eq!(bytes.len(), (30 + 5 + 20 + 3) + (46 + 5) + 22);
    let empty = CentralDirectory::default().finish(0).unwrap();
    assert_eq!(empty.len(), 22);
    assert!(!needs_zip64_end(65_535, 0, LIMIT, Alignment::NUMPY));
    assert!(needs_zip64_end(65_536, 0, 0, Alignment::NUMPY));
    assert!(needs_zip64_end(1, 0, LIMIT + 1, Alignment::NUMPY));
}

#[test]
fn flags_say_how_the_name_is_written_and_where_the_sizes_are() {
    for (name, descriptor, flags) in [
        ("a.npy", false, 0),
        ("é.npy", false, flag::UTF8),
        ("a.npy", true, flag::DESCRIPTOR),
        ("é.npy", true, flag::UTF8 | flag::DESCRIPTOR),
    ] {
        let member = Member { name, method: Method::Deflated, size: 500, prefix_len: 128 };
        let slot = Slot::new(member, 0, Alignment::default()).unwrap();
        let slot = if descriptor { slot.with_descriptor() } else { slot };
        let local = slot.local_header(7, 3).unwrap();
        let local = LocalHeader::parse(&local).unwrap();
        assert_eq!(local.flags, flags);
        // What follows the data isn't said before them.
        let said = if descriptor { [0; 3] } else { [7, 500, 3] };
        assert_eq!([local.crc, local.uncompressed, local.compressed], said);
        let mut central = Vec::new();
        slot.push_central_header(&mut central, 7, 3, &[]).unwrap();
        assert_eq!(CentralHeader::parse(&central).unwrap().flags, flags, "{name}");
    }
}

#[test]
fn a_directory_never_ends_like_a_locator() {
    let finished = |name| {
        let member = Member { name, method: Method::Stored, size: 3, prefix_len: 0 };
        let mut directory = CentralDirectory::default();
        directory.push(&Slot::new(member, 0, Alignment::NONE).unwrap(), 7, 3).unwrap();
        directory.finish(100)
    };
    assert_eq!(finished("aPK\x06\x07 two and ten.npy").unwrap_err().kind(), ErrorKind::Name);
    finished("aPK\x06\x07 two and tent.npy").unwrap();
}
