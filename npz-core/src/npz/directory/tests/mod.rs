//! Archives as others make them, and as nobody should; [`damage`] breaks them at random.

mod damage;
mod huge;
mod refused;
mod same;

use proptest::prelude::*;

use super::listed::Located;
use super::*;
use crate::npz::entry;
use crate::npz::layout::{self, Alignment};
use crate::npz::method::Method;
use crate::npz::record::{
    CentralHeader, DataDescriptor, EndRecord, ExtraFields, LocalHeader, Zip64EndRecord,
    Zip64Locator, extra, flag,
};

/// Opens a file of `len` bytes as a driver would, and counts its reads.
fn drive(
    len: u64,
    limits: &Limits,
    mut read: impl FnMut(Range<u64>) -> Vec<u8>,
) -> Result<(Directory, usize)> {
    let mut reader = DirectoryReader::new(len, limits);
    let mut bytes = Vec::new();
    let mut reads = 0;
    loop {
        match reader.step(bytes)? {
            Step::Need(range) => {
                assert!(!range.is_empty() && range.end <= len && reads < 3, "{range:?}");
                bytes = read(range);
                reads += 1;
            }
            Step::Done(directory) => return Ok((directory, reads)),
        }
    }
}

fn slice(file: &[u8], range: &Range<u64>) -> Vec<u8> {
    let at = |at: u64| usize::try_from(at).unwrap();
    file[at(range.start)..at(range.end)].to_vec()
}

fn open(file: &[u8]) -> Result<Directory> {
    let read = |range| slice(file, &range);
    drive(file.len() as u64, &Limits::default(), read).map(|(directory, _)| directory)
}

fn locate(file: &[u8], entry: &Entry<'_>) -> Result<Located> {
    let located = entry.check_local(&slice(file, &entry.local_range()))?;
    entry.check_descriptor(&slice(file, &located.descriptor))?;
    assert_eq!(located.data.end - located.data.start, entry.compressed_size());
    assert!(entry.span().start < located.data.start);
    assert_eq!(
        (located.data.end, entry.span().end),
        (located.descriptor.start, located.descriptor.end)
    );
    assert!(!located.descriptor.is_empty() || entry.local_range().end == located.data.start);
    Ok(located)
}

/// All that a reader relies on: of each entry its key, name, method, CRC, size, place of the data.
type Index = Vec<(String, String, Method, u32, u64, Range<u64>)>;

/// Opens an archive and checks every entry's local header and data descriptor.
fn index(file: &[u8]) -> Result<Index> {
    let directory = open(file)?;
    let entries = directory.entries().enumerate().map(|(at, entry)| {
        let data = locate(file, &entry)?.data;
        let key = directory.key(at);
        assert_eq!(directory.find(key), Some(at));
        Ok((key.into(), entry.name().into(), entry.method(), entry.crc(), entry.size(), data))
    });
    entries.collect()
}

/// An entry as somebody else may write it.
#[derive(Clone)]
struct Part {
    name: &'static [u8],
    data: &'static [u8],
    flags: u16,
    /// Sizes in zip64 fields though they are small, as NumPy and others do.
    zip64: bool,
    /// Length of the data descriptor, 0 for none.
    descriptor: u64,
    local_extra: Vec<u8>,
    central_extra: Vec<u8>,
    /// Bytes after the entry that belong to nothing.
    gap: &'static [u8],
    local: fn(&mut LocalHeader<'_>),
    central: fn(&mut CentralHeader<'_>),
}

fn part(name: &'static str, data: &'static [u8]) -> Part {
    Part {
        name: name.as_bytes(),
        data,
        flags: if name.is_ascii() { 0 } else { flag::UTF8 },
        zip64: false,
        descriptor: 0,
        local_extra: Vec::new(),
        central_extra: Vec::new(),
        gap: b"",
        local: |_| {},
        central: |_| {},
    }
}

fn field(id: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    ExtraFields::encode(&mut bytes, id, data, 0).unwrap();
    bytes
}

fn words(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// How an archive ends.
#[derive(Clone)]
struct Tail {
    comment: Vec<u8>,
    /// With zip64 records, and all ones in the end record.
    zip64: bool,
    record: fn(&mut Zip64EndRecord),
    locator: fn(&mut Zip64Locator),
    end: fn(&mut EndRecord),
}

fn tail() -> Tail {
    Tail { comment: vec![], zip64: false, record: |_| {}, locator: |_| {}, end: |_| {} }
}

fn build(parts: &[Part], tail: &Tail) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let (crc, len) = (crc32fast::hash(part.data), u32::try_from(part.data.len()).unwrap());
        let offset = u32::try_from(file.len()).unwrap();
        let streamed = part.descriptor > 0;
        let flags = part.flags | if streamed { flag::DESCRIPTOR } else { 0 };
        let known = if streamed { 0 } else { len };
        let (mut local_extra, mut central_extra) = (Vec::new(), Vec::new());
        if part.zip64 {
            local_extra = field(extra::ZIP64, &words(&[known.into(), known.into()]));
            central_extra = field(extra::ZIP64, &words(&[len.into(), len.into(), offset.into()]));
        }
        local_extra.extend(&part.local_extra);
        central_extra.extend(&part.central_extra);
        let or_ones = |number| if part.zip64 { u32::MAX } else { number };
        let mut local = LocalHeader {
            needed: 20,
            flags,
            method: 0,
            time: 1,
            date: 2,
            crc: if streamed { 0 } else { crc },
            compressed: or_ones(known),
            uncompressed: or_ones(known),
            name: part.name,
            extra: &local_extra,
        };
        (part.local)(&mut local);
        local.encode(&mut file).unwrap();
        file.extend(part.data);
        file.extend(descriptor(part.descriptor, crc, len));
        file.extend(part.gap);
        let mut central = CentralHeader {
            made_by: 3,
            needed: 20,
            flags,
            method: 0,
            time: 1,
            date: 2,
            crc,
            compressed: or_ones(len),
            uncompressed: or_ones(len),
            disk: 0,
            internal: 0,
            external: 0,
            offset: or_ones(offset),
            name: part.name,
            extra: &central_extra,
            comment: b"",
        };
        (part.central)(&mut central);
        central.encode(&mut directory).unwrap();
    }
    let (offset, size) = (file.len() as u64, directory.len() as u64);
    file.extend(directory);
    let count = parts.len() as u64;
    if tail.zip64 {
        let mut record = Zip64EndRecord {
            following: Zip64EndRecord::FOLLOWING,
            made_by: 45,
            needed: 45,
            disk: 0,
            directory_disk: 0,
            entries_here: count,
            entries: count,
            directory_size: size,
            directory_offset: offset,
        };
        (tail.record)(&mut record);
        let mut locator = Zip64Locator { disk: 0, record_offset: file.len() as u64, disks: 1 };
        (tail.locator)(&mut locator);
        record.encode(&mut file);
        locator.encode(&mut file);
    }
    let short = |n: u64| if tail.zip64 { u16::MAX } else { u16::try_from(n).unwrap() };
    let long = |n: u64| if tail.zip64 { u32::MAX } else { u32::try_from(n).unwrap() };
    let mut end = EndRecord {
        disk: 0,
        directory_disk: 0,
        entries_here: short(count),
        entries: short(count),
        directory_size: long(size),
        directory_offset: long(offset),
        comment_len: u16::try_from(tail.comment.len()).unwrap(),
    };
    (tail.end)(&mut end);
    end.encode(&mut file);
    file.extend(&tail.comment);
    file
}

fn descriptor(len: u64, crc: u32, size: u32) -> Vec<u8> {
    let sizes = if len < 20 {
        [size, size].map(u32::to_le_bytes).concat()
    } else {
        words(&[size.into(); 2])
    };
    let signature = if matches!(len, 16 | 24) { &DataDescriptor::SIGNATURE[..] } else { b"" };
    let all = [signature, &crc.to_le_bytes(), &sizes].concat();
    if len == 0 { Vec::new() } else { all }
}

/// Archives of every form that is fine.
fn samples() -> Vec<Vec<u8>> {
    let two = [part("a.npy", b"first"), part("é.npy", b"second one")];
    let with = |change: fn(&mut Part)| {
        let mut parts = two.clone();
        parts.iter_mut().for_each(change);
        build(&parts, &tail())
    };
    let mut samples = vec![
        build(&two, &tail()),
        build(&two, &Tail { zip64: true, comment: b"with a PK comment".to_vec(), ..tail() }),
        build(&two, &Tail { zip64: true, end: |end| end.entries = 2, ..tail() }),
        with(|part| part.zip64 = true),
        with(|part| part.descriptor = 12),
        with(|part| part.descriptor = 16),
        with(|part| (part.zip64, part.descriptor) = (true, 20)),
        with(|part| (part.zip64, part.descriptor) = (true, 24)),
        with(|part| (part.local_extra, part.central_extra) = (field(0x5455, b"times"), vec![0; 3])),
        with(|part| {
            part.local = |header| header.method = 8;
            part.central = |header| header.method = 8;
        }),
        layout::tests::write(
            &[
                ("a.npy", Method::Stored, 9, 2, b"nine long"),
                ("b.npy", Method::Deflated, 900, 2, b"not really deflated"),
            ],
            Alignment::default(),
        ),
    ];
    samples.push(layout::tests::write(&[], Alignment::default()));
    samples
}

#[test]
fn forms_that_others_write() {
    for file in samples().iter().take(10) {
        let index = index(file).unwrap();
        let names: Vec<_> = index.iter().map(|entry| (&entry.0[..], &entry.1[..])).collect();
        assert_eq!(names, [("a", "a.npy"), ("é", "é.npy")]);
        for ((.., data), expected) in index.iter().zip([&b"first"[..], b"second one"]) {
            assert_eq!(slice(file, data), expected);
        }
    }
}

#[test]
fn order_in_the_file_does_not_matter() {
    let file = build(&[part("b", b"1"), part("a", b"2"), part("c", b"")], &tail());
    let directory = open(&file).unwrap();
    assert!(directory.entries().map(|entry| entry.name()).eq(["b", "a", "c"]));
    assert_eq!(directory.entry(2).span().end, directory.start());
    // The directory turned round: local headers of 31 bytes, with 1, 1 and 0 bytes of data.
    let at = usize::try_from(directory.start()).unwrap();
    let mut turned = file[..at].to_vec();
    turned.extend(file[at..at + 3 * 47].chunks(47).rev().flatten());
    turned.extend(&file[at + 3 * 47..]);
    let turned_index = index(&turned).unwrap();
    assert!(turned_index.iter().eq(index(&file).unwrap().iter().rev()));
}

#[test]
fn one_read_for_most_files_two_for_large_directories() {
    let reads = |file: &[u8]| {
        let read = |range| slice(file, &range);
        drive(file.len() as u64, &Limits::default(), read).unwrap().1
    };
    let large = vec![0; 1 << 17];
    let mut small: Vec<_> = vec![("a", Method::Stored, 1 << 17, 0, &large[..])];
    assert_eq!(reads(&layout::tests::write(&small, Alignment::NONE)), 1);
    let names: Vec<String> = (0..2000).map(|n| format!("entry.{n:05}.npy")).collect();
    small.extend(names.iter().map(|name| (&name[..], Method::Stored, 0, 0, &b""[..])));
    assert_eq!(reads(&layout::tests::write(&small, Alignment::NONE)), 2);
    let comment = Tail { comment: vec![b'c'; 65535], zip64: true, ..tail() };
    assert_eq!(reads(&build(&[part("a", b"")], &comment)), 2);
    assert_eq!(reads(&build(&[], &comment)), 1);
}

#[test]
fn names_of_other_code_pages() {
    let unflagged = |name: &'static [u8]| Part { name, flags: 0, ..part("", b"") };
    let raw = b"\x82t\x82.npy";
    assert_eq!(index(&build(&[unflagged(raw)], &tail())).unwrap()[0].0, "été");
    // Info-ZIP's names on Linux.
    let utf8 = unflagged("été.npy".as_bytes());
    assert_eq!(index(&build(&[utf8], &tail())).unwrap()[0].0, "├⌐t├⌐");
    // Info-ZIP's second name, which some readers take.
    let second = |name: &str| {
        let crc = crc32fast::hash(raw).to_le_bytes();
        field(extra::UNICODE_PATH, &[&[1], &crc[..], name.as_bytes()].concat())
    };
    let (same, other) = (second("été.npy"), second("Łódź.npy"));
    let with = |local_extra: &[u8], central_extra: &[u8]| {
        let (local_extra, central_extra) = (local_extra.to_vec(), central_extra.to_vec());
        build(&[Part { local_extra, central_extra, ..unflagged(raw) }], &tail())
    };
    for file in [with(&same, &same), with(&[], &same), with(&same, &[])] {
        assert_eq!(index(&file).unwrap()[0].0, "été");
    }
    let two = [&same[..], &same].concat();
    for extras in [&other, &two, &field(extra::UNICODE_PATH, b"1")] {
        open(&with(&same, extras)).unwrap_err();
        let file = with(extras, &same);
        open(&file).unwrap();
        assert!(index(&file).unwrap_err().to_string().contains("its local header has "));
    }
    let error = open(&with(&other, &other)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Name);
    assert!(error.to_string().contains("a second name in an extra field"), "{error}");
    // One name, spelt in two ways.
    let twice = [part("été.npy", b""), Part { central_extra: same, ..unflagged(raw) }];
    assert_eq!(open(&build(&twice, &tail())).unwrap_err().kind(), ErrorKind::Duplicate);
}

#[test]
fn a_directory_may_be_as_large_as_is_allowed() {
    let file = build(&[part("a", b"1"), part("b", b"2")], &tail());
    let end = EndRecord::parse(&file[file.len() - EndRecord::LEN..]).unwrap();
    let open = |limits: Limits| {
        drive(file.len() as u64, &limits, |range| slice(&file, &range))
            .map(|(found, _)| found.len())
    };
    let bytes = u64::from(end.directory_size);
    assert_eq!(open(Limits::default().directory_bytes(bytes).entries(2)).unwrap(), 2);
    for (limits, name) in [
        (Limits::default().directory_bytes(bytes - 1), "Limits::directory_bytes"),
        (Limits::default().entries(1), "Limits::entries"),
    ] {
        let error = open(limits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn all_entries_together_are_limited() {
    let file = build(&[part("a.npy", b"data"), part("b.npy", b"more")], &tail());
    let opened = |total| {
        let limits = Limits::default().total_bytes(total);
        drive(file.len() as u64, &limits, |range| slice(&file, &range)).map(|_| ())
    };
    opened(8).unwrap();
    let error = opened(7).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().contains("take 8 bytes unpacked, more than the 7"), "{error}");
}

proptest! {
    #[test]
    fn what_the_writer_writes(
        entries in prop::collection::btree_map(
            "[a-zé/.]{0,8}[a-zé.]", (any::<bool>(), prop::collection::vec(any::<u8>(), 0..200)), 0..9),
        alignment in (0u32..=12).prop_map(|bits| Alignment::new(1 << bits).unwrap()),
    ) {
        let written: Vec<layout::tests::Written<'_>> = entries
            .iter()
            .map(|(name, (stored, data))| {
                let method = if *stored { Method::Stored } else { Method::Deflated };
                (&name[..], method, data.len() as u64, 0, &data[..])
            })
            .collect();
        let file = layout::tests::write(&written, alignment);
        let index = index(&file).unwrap();
        prop_assert_eq!(index.len(), written.len());
        for ((_, name, method, crc, size, data), expected) in index.into_iter().zip(written) {
            prop_assert_eq!((&name[..], method, size), (expected.0, expected.1, expected.2));
            prop_assert_eq!(crc, crc32fast::hash(expected.4));
            prop_assert_eq!(slice(&file, &data), expected.4);
        }
    }

    /// The rules of `NpzFile`: the member first, then the member less `.npy`.
    #[test]
    fn keys_find_their_entries(names in prop::collection::btree_set("(a|b)?(\\.npy){0,4}", 0..9)) {
        let written: Vec<layout::tests::Written<'_>> =
            names.iter().map(|name| (&name[..], Method::Stored, 0, 0, &b""[..])).collect();
        let directory = open(&layout::tests::write(&written, Alignment::NONE)).unwrap();
        let keys: std::collections::BTreeSet<_> =
            (0..directory.len()).map(|at| directory.key(at)).collect();
        prop_assert_eq!(keys.len(), names.len());
        for (at, entry) in directory.entries().enumerate() {
            prop_assert_eq!(directory.find(directory.key(at)), Some(at));
            prop_assert_eq!(directory.find(entry.name()), Some(at));
        }
        for key in ["", "a", "b", "a.npy", "c", "c.npy"] {
            let expected = names.get(key).or_else(|| names.get(&entry::member(key)));
            prop_assert_eq!(directory.find(key).map(|at| directory.member_name(at)), expected.map(|name| &name[..]));
        }
    }
}
