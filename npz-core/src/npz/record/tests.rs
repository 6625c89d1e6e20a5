use proptest::prelude::*;

use super::*;

prop_compose! {
    fn local()(
        a in any::<[u16; 5]>(), b in any::<[u32; 3]>(),
        name in any::<Vec<u8>>(), extra in any::<Vec<u8>>(),
    ) -> (Vec<u8>, [u16; 5], [u32; 3], Vec<u8>, Vec<u8>) {
        let header = LocalHeader {
            needed: a[0], flags: a[1], method: a[2], time: a[3], date: a[4],
            crc: b[0], compressed: b[1], uncompressed: b[2], name: &name, extra: &extra,
        };
        let mut bytes = Vec::new();
        header.encode(&mut bytes).unwrap();
        (bytes, a, b, name, extra)
    }
}

proptest! {
    #[test]
    fn local_header_goes_there_and_back((bytes, a, b, name, extra) in local(), more in any::<Vec<u8>>()) {
        let mut longer = bytes.clone();
        longer.extend(&more);
        let parsed = LocalHeader::parse(&longer).unwrap();
        prop_assert_eq!(parsed.len(), bytes.len());
        prop_assert_eq!(
            (parsed.needed, parsed.flags, parsed.method, parsed.time, parsed.date),
            (a[0], a[1], a[2], a[3], a[4])
        );
        prop_assert_eq!([parsed.crc, parsed.compressed, parsed.uncompressed], b);
        prop_assert_eq!((parsed.name, parsed.extra), (&name[..], &extra[..]));
        for end in 0..bytes.len() {
            prop_assert_eq!(LocalHeader::parse(&bytes[..end]), Err(Fault::Short));
        }
    }

    #[test]
    fn central_header_goes_there_and_back(
        a in any::<[u16; 8]>(), b in any::<[u32; 5]>(),
        name in any::<Vec<u8>>(), extra in any::<Vec<u8>>(), comment in any::<Vec<u8>>(),
    ) {
        let header = CentralHeader {
            made_by: a[0], needed: a[1], flags: a[2], method: a[3], time: a[4], date: a[5],
            crc: b[0], compressed: b[1], uncompressed: b[2],
            disk: a[6], internal: a[7], external: b[3], offset: b[4],
            name: &name, extra: &extra, comment: &comment,
        };
        let mut bytes = Vec::new();
        header.encode(&mut bytes).unwrap();
        prop_assert_eq!(header.len(), bytes.len());
        prop_assert_eq!(CentralHeader::parse(&bytes), Ok(header));
        for end in 0..bytes.len() {
            prop_assert_eq!(CentralHeader::parse(&bytes[..end]), Err(Fault::Short));
        }
    }

    #[test]
    fn end_records_go_there_and_back(a in any::<[u16; 7]>(), b in any::<[u32; 4]>(), c in any::<[u64; 6]>()) {
        let end = EndRecord {
            disk: a[0], directory_disk: a[1], entries_here: a[2], entries: a[3],
            directory_size: b[0], directory_offset: b[1], comment_len: a[4],
        };
        let wide = Zip64EndRecord {
            following: c[0], made_by: a[5], needed: a[6], disk: b[2], directory_disk: b[3],
            entries_here: c[1], entries: c[2], directory_size: c[3], directory_offset: c[4],
        };
        let locator = Zip64Locator { disk: b[0], record_offset: c[5], disks: b[1] };
        let mut bytes = Vec::new();
        end.encode(&mut bytes);
        prop_assert_eq!(bytes.len(), EndRecord::LEN);
        prop_assert_eq!(EndRecord::parse(&bytes), Ok(end));
        bytes.clear();
        wide.encode(&mut bytes);
        prop_assert_eq!(bytes.len(), Zip64EndRecord::LEN);
        prop_assert_eq!(Zip64EndRecord::parse(&bytes), Ok(wide));
        prop_assert_eq!(Zip64EndRecord::parse(&bytes[1..]), Err(Fault::Signature));
        bytes.clear();
        locator.encode(&mut bytes);
        prop_assert_eq!(bytes.len(), Zip64Locator::LEN);
        prop_assert_eq!(Zip64Locator::parse(&bytes), Ok(locator));
    }

    #[test]
    fn extra_fields_never_overrun(bytes in any::<Vec<u8>>()) {
        let mut at = 0;
        for field in ExtraFields::new(&bytes) {
            let Ok((_, data)) = field else { break };
            at += 4 + data.len();
            prop_assert!(at <= bytes.len());
        }
    }
}

#[test]
fn extra_fields() {
    let mut bytes = Vec::new();
    ExtraFields::encode(&mut bytes, extra::ZIP64, &[1, 2], 0).unwrap();
    ExtraFields::encode(&mut bytes, extra::ALIGNMENT, &[], 0).unwrap();
    let fields = [Ok((1, &[1, 2][..])), Ok((0xD935, &[][..]))];
    assert!(ExtraFields::new(&bytes).eq(fields));
    bytes.extend([0, 0, 0]);
    assert!(ExtraFields::new(&bytes).eq(fields), "padding too short for a field");
    bytes.extend([7, 0]);
    assert_eq!(ExtraFields::new(&bytes).last(), Some(Err(Fault::Short)));
    assert_eq!(ExtraFields::encode(&mut bytes, 1, &[0; 65000], 536), Err(Fault::Long));
}

#[test]
fn descriptors_in_four_forms() {
    let expected = DataDescriptor { crc: 1, compressed: 2, uncompressed: 3 };
    let narrow: Vec<u8> = [1u32, 2, 3].iter().flat_map(|n| n.to_le_bytes()).collect();
    let wide = [&narrow[..4], &2u64.to_le_bytes(), &3u64.to_le_bytes()].concat();
    for plain in [narrow, wide] {
        assert_eq!(DataDescriptor::parse(&plain), Ok(expected));
        let signed = [&DataDescriptor::SIGNATURE[..], &plain].concat();
        assert_eq!(DataDescriptor::parse(&signed), Ok(expected));
        assert!(DataDescriptor::parse(&signed[1..]).is_err());
    }
    assert_eq!(DataDescriptor::parse(&[0; 24]), Err(Fault::Signature));
    assert_eq!(DataDescriptor::parse(&[0; 25]), Err(Fault::Long));
}

#[test]
fn descriptors_go_there_and_back() {
    let small = DataDescriptor { crc: 1, compressed: 2, uncompressed: 3 };
    let large = DataDescriptor { uncompressed: 1 << 32, ..small };
    for (descriptor, wide, len) in [(small, false, 16), (small, true, 24), (large, true, 24)] {
        let mut bytes = Vec::new();
        descriptor.encode(wide, &mut bytes).unwrap();
        assert_eq!((bytes.len(), DataDescriptor::parse(&bytes)), (len, Ok(descriptor)));
    }
    assert_eq!(large.encode(false, &mut Vec::new()), Err(Fault::Long));
}

#[test]
fn descriptors_are_wide_where_the_header_or_the_sizes_are() {
    let most = u64::from(u32::MAX);
    for (zip64, compressed, uncompressed, lens) in [
        (false, 0, 0, [16, 12]),
        (true, 0, 0, [24, 20]),
        (false, most - 1, most - 1, [16, 12]),
        (false, most, 0, [24, 20]),
        (false, 0, most, [24, 20]),
    ] {
        assert_eq!(DataDescriptor::lens(zip64, compressed, uncompressed), lens);
    }
}

#[test]
fn folders_by_the_attributes_of_dos_and_of_unix() {
    for (external, is_folder) in [
        (0, false),
        (0x20, false),
        (0x10, true),
        (0x30, true),
        (0o100_644 << 16, false),
        (0o40_755 << 16, true),
        (0o40_755 << 16 | 0x10, true),
        (0o140_777 << 16, false),
    ] {
        assert_eq!(host::says_folder(external), is_folder, "{external:#x}");
    }
}
