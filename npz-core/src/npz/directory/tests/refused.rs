use super::*;

/// Checks an error's kind, a part of its line, and whether it names the way out.
fn assert_error(error: &Error, kind: ErrorKind, part: &str, lenient: bool) {
    assert_eq!(error.kind(), kind, "{error}");
    let line = error.to_string();
    assert!(line.contains(part), "expected {part:?} in: {line}");
    assert_eq!(line.contains("; np.load may open it: try LoadOptions::lenient"), lenient, "{line}");
}

/// What to change in a record or header, and a part of the message that must come of it.
type Lie<T> = (fn(&mut T), &'static str);

#[test]
fn what_is_no_archive() {
    let long = |head: &[u8]| [head, &[7; 1 << 17]].concat();
    let empty = open(b"").unwrap_err();
    assert_error(&empty, ErrorKind::Corrupt, "not an npz file: it is empty", false);
    for (head, hint) in [
        (&b"\x93NUMPY\x01\0"[..], "use read_npy"),
        (b"\x80\x04N.", "pickle, which is never read"),
        (b"just text", "doesn't begin like a zip file"),
        (b"P", "doesn't begin like a zip file"),
    ] {
        for file in [head.to_vec(), long(head)] {
            let error = open(&file).unwrap_err();
            assert_error(&error, ErrorKind::Corrupt, "not an npz file", false);
            assert_error(&error, ErrorKind::Corrupt, hint, false);
        }
    }
    for head in [b"PK\x03\x04", b"PK\x05\x06"] {
        for file in [head.to_vec(), long(head)] {
            assert_error(&open(&file).unwrap_err(), ErrorKind::Truncated, "cut short", false);
        }
    }
    let mut reader = DirectoryReader::new(100, &Limits::default());
    assert!(matches!(reader.step(Vec::new()), Ok(Step::Need(range)) if range == (0..100)));
    let error = reader.step(vec![0; 99]).unwrap_err();
    assert_error(
        &error,
        ErrorKind::Truncated,
        "expected 100 bytes of the archive, found 99",
        false,
    );
}

#[test]
fn more_or_less_than_one_archive() {
    let corrupt = |file: &[u8], part: &str| {
        assert_error(&open(file).unwrap_err(), ErrorKind::Corrupt, part, true);
    };
    let one = build(&[part("a.npy", b"data")], &tail());
    corrupt(&[&one[..], &one].concat(), "the end record doesn't stand at the end of the directory");
    corrupt(&[&b"MZ, a program"[..], &one].concat(), "the end record doesn't stand at");
    corrupt(&[&one[..], b"more"].concat(), "4 more bytes follow");
    // A prefix that the offsets know of.
    let mut gap = part("gone", b"");
    gap.gap = b"left";
    let mut two = build(&[gap, part("a.npy", b"data")], &tail());
    let at = open(&two).unwrap().start();
    let at = usize::try_from(at).unwrap();
    two.drain(at..at + 50);
    let end = two.len() - 22;
    two[end + 8..end + 12].copy_from_slice(&[1, 0, 1, 0]);
    two[end + 12] -= 50;
    corrupt(&two, "the first 38 bytes belong to no entry");
    // Ends within ends.
    let record = [&EndRecord::SIGNATURE[..], &[1; 18]].concat();
    let comment = |comment| build(&[part("a.npy", b"data")], &Tail { comment, ..tail() });
    corrupt(&comment(record), "ambiguous archive: end records at bytes 90 and");
    let whole = [&EndRecord::SIGNATURE[..], &[0; 18]].concat();
    corrupt(&comment(whole), "ambiguous archive: end records at bytes 90 and");
    corrupt(&comment(b"..PK\x05\x06".to_vec()), "ambiguous archive");
    let cut = Tail { end: |end| end.comment_len = 9, ..tail() };
    let error = open(&build(&[], &cut)).unwrap_err();
    assert_error(
        &error,
        ErrorKind::Truncated,
        "should end at byte 31, but the file does at byte 22",
        true,
    );
}

#[test]
fn end_records_that_lie() {
    let lies: [Lie<EndRecord>; 8] = [
        (|end| end.disk = 1, "part 1 of several files"),
        (|end| end.directory_disk = 1, "several files"),
        (|end| end.entries_here = 1, "1 of 2 entries"),
        (
            |end| (end.entries, end.entries_here) = (1, 1),
            "counts 1 entries, but the directory has 2",
        ),
        (|end| (end.entries, end.entries_here) = (3, 3), "too few"),
        (|end| end.directory_offset -= 1, "the end record doesn't stand at the end"),
        (|end| end.directory_size += 1, "the end record doesn't stand at the end"),
        (
            |end| {
                (end.directory_offset, end.directory_size) =
                    (0, end.directory_offset + end.directory_size);
            },
            "",
        ),
    ];
    for (end, part_of_message) in lies {
        let parts = [part("a.npy", b"data"), part("b.npy", b"data")];
        let error = open(&build(&parts, &Tail { end, ..tail() })).unwrap_err();
        assert_error(&error, ErrorKind::Corrupt, part_of_message, !part_of_message.is_empty());
    }
}

#[test]
fn zip64_end_records_that_lie() {
    let base = Tail { zip64: true, ..tail() };
    let records: [Lie<Zip64EndRecord>; 6] = [
        (|record| record.disk = 1, "disk: found 1, expected 0"),
        (|record| record.entries = 3, "1 of 3"),
        (|record| record.directory_size = 1 << 60, "doesn't stand"),
        (|record| record.directory_offset = u64::MAX, "doesn't stand"),
        (|record| record.following = 50, "length: found 50, expected 44"),
        (|record| record.directory_disk = 9, "directory's disk: found 9, expected 0"),
    ];
    for (record, message) in records {
        let error = open(&build(&[part("a", b"")], &Tail { record, ..base.clone() })).unwrap_err();
        assert_error(&error, ErrorKind::Corrupt, message, true);
    }
    let split =
        Tail { record: |record| record.disk = 1, end: |end| end.disk = u16::MAX, ..base.clone() };
    let error = open(&build(&[part("a", b"")], &split)).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "part 1 of several files", true);
    let locators: [Lie<Zip64Locator>; 3] = [
        (|locator| locator.disk = 1, "on part 1 of 1 files"),
        (|locator| locator.disks = 2, "on part 0 of 2 files"),
        (|locator| locator.record_offset += 1, "position: found 79, expected 78"),
    ];
    for (locator, message) in locators {
        let error = open(&build(&[part("a", b"")], &Tail { locator, ..base.clone() })).unwrap_err();
        assert_error(&error, ErrorKind::Corrupt, message, message.starts_with("position"));
    }
    let ends: [Lie<EndRecord>; 4] = [
        (|end| end.disk = 1, "disk: found 0, expected 1"),
        (|end| end.entries = 2, "count of entries: found 1, expected 2"),
        (|end| end.directory_size = 9, "directory's size: found 47, expected 9"),
        (|end| end.directory_offset = 0, "directory's offset: found 31, expected 0"),
    ];
    for (end, message) in ends {
        let error = open(&build(&[part("a", b"")], &Tail { end, ..base.clone() })).unwrap_err();
        assert_error(&error, ErrorKind::Corrupt, message, true);
    }
    let mut alone = build(&[], &tail());
    let locator = [&Zip64Locator::SIGNATURE[..], &[0; 12], &[1, 0, 0, 0]].concat();
    alone.splice(0..0, locator);
    let error = open(&alone).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "no zip64 end record stands before its locator", true);
}

#[test]
fn directories_that_lie() {
    let zip64 = |numbers: &[u64]| field(extra::ZIP64, &words(numbers));
    let twice = [zip64(&[]), zip64(&[])].concat();
    let short = vec![1, 0, 9, 0, 7];
    type Lie = (fn(&mut CentralHeader<'_>), Vec<u8>, &'static str, bool);
    let lies: [Lie; 11] = [
        (|header| header.disk = 1, vec![], "in another file", true),
        (|header| header.uncompressed = u32::MAX, vec![], "lacks the zip64 numbers", true),
        (|header| header.compressed = u32::MAX, vec![1, 0, 4, 0, 1, 2, 3, 4], "lacks", true),
        (|header| header.offset = u32::MAX, zip64(&[0, 0]), "doesn't refer to", true),
        (|_| {}, zip64(&[4, 4]), "zip64 numbers that it doesn't refer to", true),
        (|header| header.disk = u16::MAX, vec![1, 0, 4, 0, 1, 0, 0, 0], "another file", true),
        (|_| {}, twice, "two extra fields of id 0x0001", true),
        (|_| {}, short, "extra fields longer than their space", false),
        (|_| {}, vec![1, 2], "extra fields longer than their space", false),
        (|header| header.compressed += 1, vec![], "it overlaps what follows", true),
        (|header| header.offset = 99, vec![], "it should start at byte 99", false),
    ];
    for (central, central_extra, message, lenient) in lies {
        let part = Part { central, central_extra, ..part("a.npy", b"data") };
        let error = open(&build(&[part], &tail())).unwrap_err();
        assert_error(&error, ErrorKind::Corrupt, message, lenient);
    }
    let mut file = build(&[part("a.npy", b"data"), part("b.npy", b"data")], &tail());
    let at = usize::try_from(open(&file).unwrap().start()).unwrap();
    file[at + 1] = b'Q';
    let error = open(&file).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "expected an entry of the directory", false);
    assert_eq!(error.offset(), Some(at as u64));
    file[at + 1] = b'K';
    file[at + 51 + 30] = 9;
    let error = open(&file).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "reaches beyond the directory's end", false);
}

#[test]
fn names_that_lie() {
    let latin = Part { name: b"\xe9.npy", flags: flag::UTF8, ..part("", b"") };
    let error = open(&build(&[latin], &tail())).unwrap_err();
    assert_error(
        &error,
        ErrorKind::Name,
        r#""\xe9.npy" of the directory has a name that is not"#,
        false,
    );
    let error = open(&build(&[part("a\0b", b"")], &tail())).unwrap_err();
    assert_error(&error, ErrorKind::Name, "NUL", true);
    let same = [part("a.npy", b"1"), part("b.npy", b""), part("a.npy", b"2")];
    let error = open(&build(&same, &tail())).unwrap_err();
    let expected = r#"two entries are named "a.npy", at bytes 0 and 71 of the file"#;
    assert_error(&error, ErrorKind::Duplicate, expected, true);
}

#[test]
fn entries_that_overlap_or_leave_gaps() {
    // One kernel, quoted by two headers: the second entry lies within the first.
    let inner = build(&[part("b.npy", b"data")], &tail());
    let outer = Part { data: Box::leak(inner[..39].to_vec().into()), ..part("a.npy", b"") };
    let quoted = Part { central: |header| header.offset = 35, ..part("b.npy", b"data") };
    let error = open(&build(&[outer, quoted], &tail())).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, r#"entry "a": it starts at byte 0 of the file"#, true);
    let twice = Part { central: |header| header.offset = 0, ..part("b.npy", b"") };
    let error = open(&build(&[part("a.npy", b""), twice], &tail())).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "it overlaps what follows", true);
    let far = Part { gap: &[0; 65536], ..part("a.npy", b"") };
    let error = open(&build(&[far], &tail())).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "they are too far apart", true);
    // What could be an extra field, for all that the directory says.
    let near = Part { gap: &[0; 65535], ..part("a.npy", b"") };
    let error = index(&build(&[near, part("b.npy", b"")], &tail())).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "bytes between belong to nothing", true);
}

#[test]
fn local_headers_that_lie() {
    let wide = |numbers: &[u64]| field(extra::ZIP64, &words(numbers));
    type Lie = (fn(&mut LocalHeader<'_>), Vec<u8>, &'static str, bool);
    let lies: [Lie; 16] = [
        (|header| header.name = b"b.npy", vec![], "another name, \"b.npy\"", false),
        (|header| header.flags = 1, vec![], "flags: its local header says 0x0001", true),
        (|header| header.flags = flag::DESCRIPTOR, vec![], "flags", true),
        (|header| header.method = 8, vec![], "says deflated, the directory says stored", true),
        (|header| header.crc = 0, vec![], "CRC: its local header says 0x00000000", true),
        (|header| header.uncompressed = 5, vec![], "says 5, the directory says 4", true),
        (|header| header.compressed = 0, vec![], "compressed size: its local header says 0", true),
        (|header| header.compressed = u32::MAX, vec![], "lacks the zip64 sizes", true),
        (|header| header.compressed = u32::MAX, wide(&[4]), "has 8 bytes, expected 16", true),
        (|_| {}, wide(&[4, 4, 0]), "has 24 bytes, expected 16", true),
        (|_| {}, wide(&[4, 5]), "two values for its compressed size, 4 and 5", true),
        (
            |header| header.uncompressed = u32::MAX,
            wide(&[5, 4]),
            "size: its local header says 5",
            true,
        ),
        (|_| {}, [wide(&[4, 4]), wide(&[4, 4])].concat(), "two extra fields", true),
        (|_| {}, vec![1, 0, 9, 0, 7], "extra fields longer than their space", false),
        (|_| {}, [1, 1, 0, 0].repeat(4), "", true),
        (|header| header.extra = &[], vec![9, 9, 1, 0, 7], "", true),
    ];
    for (local, local_extra, message, lenient) in lies {
        let part = Part { local, local_extra, ..part("a.npy", b"data") };
        let file = build(std::slice::from_ref(&part), &tail());
        let directory = open(&file).unwrap();
        match index(&file) {
            // Any other extra field is fine, and no field is.
            Ok(index) => assert!(message.is_empty() && slice(&file, &index[0].5) == b"data"),
            Err(error) => assert_error(&error, ErrorKind::Corrupt, message, lenient),
        }
        let short = directory.entry(0).check_local(&file[..9]).unwrap_err();
        assert_error(&short, ErrorKind::Truncated, "the file ends in its local header", false);
    }
    let mut file = build(&[part("a.npy", b"data")], &tail());
    let directory = open(&file).unwrap();
    let entry = directory.entry(0);
    file[28] = 4;
    let error = locate(&file, &entry).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "its local header reaches into the next entry", false);
    let error = entry.check_local(&file).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "has extra fields longer", false);
    file[28] = 0;
    file[0] = b'Q';
    assert_error(&locate(&file, &entry).unwrap_err(), ErrorKind::Corrupt, "no local header", false);
}

#[test]
fn descriptors_that_lie() {
    for len in [12, 16, 20, 24] {
        let part = Part { descriptor: len, zip64: len >= 20, ..part("a.npy", b"data") };
        let mut file = build(std::slice::from_ref(&part), &tail());
        let directory = open(&file).unwrap();
        let entry = &directory.entry(0);
        let range = locate(&file, entry).unwrap().descriptor;
        assert_eq!(range.end - range.start, len);
        for at in range.start..range.end {
            let at = usize::try_from(at).unwrap();
            file[at] ^= 1;
            let error = locate(&file, entry).unwrap_err();
            assert_error(&error, ErrorKind::Corrupt, "data descriptor at byte", true);
            file[at] ^= 1;
        }
        assert!(entry.check_descriptor(&[]).is_err());
        // Real numbers before the data, too, are fine, but not wrong ones.
        let real = Part { local: |header| header.crc = 0xADF3_F363, ..part.clone() };
        index(&build(&[real], &tail())).unwrap();
        let wrong = Part { local: |header| header.crc = 1, ..part };
        assert!(index(&build(&[wrong], &tail())).is_err());
    }
    let gap = Part { descriptor: 12, gap: b"odd", ..part("a.npy", b"data") };
    let error = index(&build(&[gap], &tail())).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "bytes between belong to nothing", true);
    let directory = open(&build(&[part("a.npy", b"data")], &tail())).unwrap();
    let plain = directory.entry(0);
    plain.check_descriptor(&[]).unwrap();
    assert!(plain.check_descriptor(&descriptor(16, plain.crc(), 4)).is_err());
}

#[test]
fn what_cannot_be_read_leaves_the_others() {
    type Odd = (fn(&mut CentralHeader<'_>), &'static str);
    let odd: [Odd; 7] = [
        (|header| header.flags = flag::ENCRYPTED, "it is encrypted"),
        (|header| header.flags = flag::STRONG_ENCRYPTION, "it is encrypted"),
        (|header| header.flags = flag::MASKED, "it is encrypted"),
        (|header| header.flags = flag::PATCHED, "patch data"),
        (
            |header| header.method = 12,
            "by bzip2 (method 12), expected stored or deflated; try LoadOptions::lenient",
        ),
        (|header| header.method = 77, "by method 77, expected stored or deflated"),
        (|header| header.needed = 64, "needs version 6.4 of the zip format"),
    ];
    for (central, message) in odd {
        let parts = [Part { central, ..part("a.npy", b"data") }, part("b.npy", b"data")];
        let file = build(&parts, &tail());
        let directory = open(&file).unwrap();
        assert_eq!(directory.len(), 2);
        let [odd, fine] = [&directory.entry(0), &directory.entry(1)];
        assert_error(&locate(&file, odd).unwrap_err(), ErrorKind::Unsupported, message, false);
        locate(&file, fine).unwrap();
    }
    let liar = Part { central: |header| header.uncompressed = 5, ..part("a.npy", b"data") };
    let error = index(&build(&[liar], &tail())).unwrap_err();
    assert_error(&error, ErrorKind::Corrupt, "it is stored, yet takes 4 bytes for 5", true);
    let old = Part { central: |header| header.needed = 0x0A14, ..part("a.npy", b"data") };
    index(&build(&[old], &tail())).unwrap();
}

/// What programs take for different things is refused, as far as no program writes it in good faith.
#[test]
fn what_is_understood_in_two_ways() {
    let corrupt = |part: Part, message: &str| {
        let error = index(&build(&[part], &tail())).unwrap_err();
        assert_error(&error, ErrorKind::Corrupt, message, true);
    };
    let fine = |part: Part| assert!(index(&build(&[part], &tail())).is_ok());
    let data = || part("a.npy", b"data");

    // Code page 437 by the format, as NumPy has it; Info-ZIP's; and what a second name repeats.
    let unflagged = Part { name: b"\x82t\x82.npy", ..data() };
    fine(unflagged.clone());
    fine(Part { name: "é.npy".as_bytes(), ..data() });
    let told = field(extra::UNICODE_PATH, &[&[1, 0, 0, 0, 0], "été.npy".as_bytes()].concat());
    fine(Part { local_extra: told.clone(), central_extra: told, ..unflagged });

    for central in [(|header| header.external = 0x10) as fn(&mut CentralHeader<'_>), |header| {
        header.external = 0o40_755 << 16;
    }] {
        corrupt(Part { central, ..data() }, "is a folder, yet has 4 bytes");
        fine(Part { central, ..part("d", b"") });
    }
    corrupt(part("d/", b"x"), "is a folder, yet has 1 bytes");
    fine(part("d/", b""));
    for central in [
        (|header| header.external = 0x20) as fn(&mut CentralHeader<'_>),
        |header| header.external = 0o100_600 << 16,
        |header| header.external = 0o120_777 << 16,
    ] {
        fine(Part { central, ..data() });
    }

    let slash = || part("a\\b.npy", b"data");
    corrupt(slash(), "has a backslash, and comes from Windows");
    for central in [
        (|header| header.made_by = 6 << 8) as fn(&mut CentralHeader<'_>),
        |header| header.made_by = 10 << 8 | 3,
        |header| header.made_by = 14 << 8,
    ] {
        corrupt(Part { central, ..slash() }, "has a backslash");
        fine(Part { central, ..data() });
    }
    fine(Part { central: |header| header.made_by = 3 << 8 | 20, ..slash() });

    for central in [
        (|header| header.comment = b"PK\x05\x06") as fn(&mut CentralHeader<'_>),
        |header| header.comment = b"PK\x06\x06.",
        |header| header.comment = b".PK\x06\x07",
    ] {
        corrupt(Part { central, ..data() }, "end record");
    }
    fine(Part { central: |header| header.comment = b"PK\x06", ..data() });
}

/// Numbers in zip64 fields that need none come in the forms that programs write.
#[test]
fn zip64_fields_without_need() {
    let corrupt = |part: Part, message: &str| {
        let error = index(&build(&[part], &tail())).unwrap_err();
        assert_error(&error, ErrorKind::Corrupt, message, true);
    };
    let both = words(&[4, 4]);
    let ones = |header: &mut CentralHeader<'_>| {
        (header.compressed, header.uncompressed) = (u32::MAX, u32::MAX);
    };
    let local_ones = |header: &mut LocalHeader<'_>| {
        (header.compressed, header.uncompressed) = (u32::MAX, u32::MAX);
    };
    let one = || field(extra::ZIP64, &words(&[4]));
    let plain = || part("a.npy", b"data");
    let local = || Part { local_extra: field(extra::ZIP64, &both), local: local_ones, ..plain() };
    let goes_with = "which its local header doesn't go with";
    corrupt(
        Part { central_extra: field(extra::ZIP64, &both), central: ones, ..plain() },
        goes_with,
    );
    let both = Part { central_extra: field(extra::ZIP64, &both), central: ones, ..local() };
    index(&build(&[both], &tail())).unwrap();
    let size =
        Part { central_extra: one(), central: |header| header.uncompressed = u32::MAX, ..local() };
    index(&build(std::slice::from_ref(&size), &tail())).unwrap();
    corrupt(Part { local: |_| {}, local_extra: vec![], ..size.clone() }, goes_with);
    corrupt(Part { descriptor: 24, ..size }, goes_with);
    let compressed = |header: &mut CentralHeader<'_>| header.compressed = u32::MAX;
    let alone = Part { central_extra: one(), central: compressed, ..local() };
    corrupt(alone, "for its compressed size alone");
    // With a wide offset beside it, as in archives of which others are large, anything goes.
    let offset = Part {
        central_extra: field(extra::ZIP64, &words(&[4, 0])),
        central: |header| (header.compressed, header.offset) = (u32::MAX, u32::MAX),
        ..plain()
    };
    index(&build(&[offset], &tail())).unwrap();
}

/// A local header leaves both sizes to a descriptor; or the packed one, as Info-ZIP's `-fd` does.
#[test]
fn sizes_that_are_left_to_a_descriptor() {
    let streamed =
        |descriptor| Part { descriptor, zip64: descriptor > 16, ..part("a.npy", b"data") };
    let error = |part: Part| index(&build(&[part], &tail())).unwrap_err();
    for descriptor in [12, 16] {
        let size = Part { local: |header| header.uncompressed = 4, ..streamed(descriptor) };
        index(&build(&[size], &tail())).unwrap();
        let both = |header: &mut LocalHeader<'_>| {
            (header.uncompressed, header.compressed) = (4, 4);
        };
        index(&build(&[Part { local: both, ..streamed(descriptor) }], &tail())).unwrap();
        let packed = Part { local: |header| header.compressed = 4, ..streamed(descriptor) };
        assert_error(&error(packed), ErrorKind::Corrupt, "4 bytes packed and 0 unpacked", true);
        index(&build(&[Part { data: b"", ..streamed(descriptor) }], &tail())).unwrap();
    }
    for descriptor in [20, 24] {
        index(&build(&[streamed(descriptor)], &tail())).unwrap();
        for (sizes, left) in
            [([4, 0], "0 bytes packed and 4 unpacked"), ([0, 4], "4 bytes packed and 0")]
        {
            let part = Part {
                zip64: false,
                local_extra: field(extra::ZIP64, &words(&sizes)),
                local: |header| (header.compressed, header.uncompressed) = (u32::MAX, u32::MAX),
                ..streamed(descriptor)
            };
            assert_error(&error(part), ErrorKind::Corrupt, left, true);
        }
    }
    // Its length goes with the local header's zip64 field.
    for (descriptor, zip64) in [(12, true), (16, true), (20, false), (24, false)] {
        let part = Part { zip64, ..streamed(descriptor) };
        assert_error(&error(part), ErrorKind::Corrupt, "bytes between belong to nothing", true);
    }
    // It needs none where a size is too large for less.
    assert_eq!(DataDescriptor::lens(false, 1, u32::MAX.into()), [24, 20]);
    assert_eq!(DataDescriptor::lens(false, u32::MAX.into(), 1), [24, 20]);
    assert_eq!(DataDescriptor::lens(false, u64::from(u32::MAX) - 1, 1), [16, 12]);
}
