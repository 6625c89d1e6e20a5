//! Our strict reader against the `zip` crate, and against our own stream: an archive that one takes
//! and the other sees differently is one that can fool somebody.
//!
//! Half of the inputs are archives as they are; the other half are orders to build one, true or false
//! in each field, since mutations of bytes seldom get past a checksum.
#![no_main]

#[path = "../../tests/suite/bad_files/zip.rs"]
#[allow(dead_code)]
mod build;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use npz_core::{LoadOptions, NpzReader, NpzStream, Result, StreamEntry};

use build::{Ending, Member};

/// A member, and what is changed in it.
#[derive(Arbitrary, Debug)]
struct Part<'a> {
    name: u8,
    data: &'a [u8],
    deflated: bool,
    form: Form,
    changes: Vec<Change>,
}

#[derive(Arbitrary, Debug)]
enum Form {
    Plain,
    Zip64,
    Streamed(u8),
}

/// One field, of one header or both.
#[derive(Arbitrary, Debug)]
enum Change {
    Crc(Side, u8),
    Compressed(Side, i8),
    Size(Side, i8),
    Flags(Side, u8),
    Method(Side, u16),
    Needed(Side, u8),
    Name(Side, u8, u8),
    Extra(Side, u16, [u64; 2], u8),
    Gap(u8),
    Offset(i8),
    Disk(u8),
    Unlisted,
    Unwritten,
    Descriptor(u8, u8),
}

#[derive(Arbitrary, Debug, Clone, Copy)]
enum Side {
    Local,
    Central,
    Both,
}

#[derive(Arbitrary, Debug)]
enum End {
    Entries(i8, i8),
    Size(i8),
    Offset(i8),
    Disk(u8),
    Comment(i8, Vec<u8>),
    Trailing(Vec<u8>),
    Between(Vec<u8>),
    Widen,
    Record(u8, i8),
    Locator(u8, i8),
    Prefix(Vec<u8>),
}

#[derive(Arbitrary, Debug)]
struct Order<'a> {
    parts: Vec<Part<'a>>,
    wide: bool,
    ends: Vec<End>,
}

const NAMES: [&str; 8] = ["a.npy", "b.npy", "a", "c/d.npy", "é.npy", "A.NPY", "../x.npy", ""];

fn add32(number: &mut u32, by: i8) {
    *number = number.wrapping_add_signed(by.into());
}

fn member(part: Part<'_>) -> Member {
    let name = NAMES[usize::from(part.name) % NAMES.len()];
    let member = match part.deflated {
        true => Member::deflated(name, part.data),
        false => Member::stored(name, part.data),
    };
    let member = match part.form {
        Form::Plain => member,
        Form::Zip64 => member.zip64(),
        Form::Streamed(form) => member.streamed([12, 16, 20, 24][usize::from(form) % 4]),
    };
    part.changes
        .into_iter()
        .take(6)
        .fold(member, |member, change| member.with(|m| apply(m, change)))
}

fn apply(member: &mut Member, change: Change) {
    let (mut local, mut central) = (member.local.clone(), member.central.clone());
    let mut both = |side: Side, change: &dyn Fn(&mut build::Header)| {
        if matches!(side, Side::Local | Side::Both) {
            change(&mut local);
        }
        if matches!(side, Side::Central | Side::Both) {
            change(&mut central);
        }
    };
    match change {
        Change::Crc(side, bit) => both(side, &|header| header.crc ^= 1 << (bit % 32)),
        Change::Compressed(side, by) => both(side, &|header| add32(&mut header.compressed, by)),
        Change::Size(side, by) => both(side, &|header| add32(&mut header.size, by)),
        Change::Flags(side, bit) => both(side, &|header| header.flags ^= 1 << (bit % 16)),
        Change::Method(side, method) => both(side, &|header| header.method = method),
        Change::Needed(side, needed) => both(side, &|header| header.needed = needed.into()),
        Change::Name(side, at, byte) => both(side, &|header| {
            let len = header.name.len();
            match header.name.get_mut(usize::from(at) % len.max(1)) {
                Some(letter) => *letter = byte,
                None => header.name.push(byte),
            }
        }),
        Change::Extra(side, id, numbers, len) => both(side, &|header| {
            let id = if id % 4 == 0 { id } else { [0x7075, 1, 1][usize::from(id) % 3] };
            let data = build::words(&numbers);
            let len = usize::from(len) % (data.len() + 1);
            header.extra.extend(build::field(id, &data[..len]));
        }),
        Change::Gap(len) => member.gap = vec![0; len.into()],
        Change::Offset(at) => member.offset = Some(u32::try_from(at.max(0)).unwrap()),
        Change::Disk(disk) => member.disk = disk.into(),
        Change::Unlisted => member.listed = false,
        Change::Unwritten => member.written = false,
        Change::Descriptor(at, bit) => {
            let len = member.descriptor.len().max(1);
            if let Some(byte) = member.descriptor.get_mut(usize::from(at) % len) {
                *byte ^= 1 << (bit % 8);
            }
        }
    }
    (member.local, member.central) = (local, central);
}

fn end(ending: &mut Ending, change: &End) {
    let add16 = |number: &mut u16, by: i8| *number = number.wrapping_add_signed(by.into());
    match change {
        End::Entries(all, here) => {
            add16(&mut ending.entries, *all);
            add16(&mut ending.entries_here, *here);
        }
        End::Size(by) => add32(&mut ending.size, *by),
        End::Offset(by) => add32(&mut ending.offset, *by),
        End::Disk(disk) => ending.disk = (*disk).into(),
        End::Comment(by, comment) => {
            ending.comment_len = u16::try_from(comment.len()).unwrap_or(0);
            add16(&mut ending.comment_len, *by);
            ending.comment.clone_from(comment);
        }
        End::Trailing(bytes) => ending.trailing.clone_from(bytes),
        End::Between(bytes) => ending.between.clone_from(bytes),
        End::Widen => ending.widen(),
        End::Record(field, by) => {
            let Some(wide) = &mut ending.zip64 else { return };
            let number = match field % 5 {
                0 => &mut wide.following,
                1 => &mut wide.entries,
                2 => &mut wide.entries_here,
                3 => &mut wide.size,
                _ => &mut wide.offset,
            };
            *number = number.wrapping_add_signed((*by).into());
        }
        End::Locator(field, by) => {
            let Some(wide) = &mut ending.zip64 else { return };
            match field % 4 {
                0 => wide.record_offset = wide.record_offset.wrapping_add_signed((*by).into()),
                1 => add32(&mut wide.disks, *by),
                2 => wide.with_locator = false,
                _ => wide.with_record = false,
            }
        }
        End::Prefix(_) => {}
    }
}

fn built(order: Order<'_>) -> Option<Vec<u8>> {
    let members: Vec<Member> = order.parts.into_iter().take(4).map(member).collect();
    // Lengths of names, fields and comments have 16 bits.
    let long = members.iter().any(|m| m.local.extra.len().max(m.central.extra.len()) > 60_000);
    let comment = |change: &End| matches!(change, End::Comment(_, bytes) if bytes.len() > 60_000);
    if long || order.ends.iter().any(comment) {
        return None;
    }
    let file = build::build(&members, order.wide, |ending| {
        order.ends.iter().take(4).for_each(|change| end(ending, change));
    });
    let prefix = order.ends.iter().find_map(|change| match change {
        End::Prefix(bytes) => Some(bytes.as_slice()),
        _ => None,
    });
    Some([prefix.unwrap_or_default(), &file].concat())
}

type Members = BTreeMap<Vec<u8>, Vec<u8>>;

fn ours(bytes: &[u8], options: &LoadOptions) -> Result<Members> {
    let reader = NpzReader::from_bytes_with(bytes, options)?;
    let read = |entry: npz_core::Entry<'_>| {
        Ok((entry.member().as_bytes().to_vec(), reader.bytes(entry.name())?))
    };
    reader.entries().map(read).collect()
}

/// Of arrays the data alone.
fn streamed(bytes: &[u8]) -> Result<Members> {
    let mut stream = NpzStream::new(bytes);
    let mut members = Members::new();
    while let Some(entry) = stream.next_entry()? {
        let name = entry.member().as_bytes().to_vec();
        let bytes = match entry.header() {
            Some(_) => StreamEntry::read_any(entry)?.as_bytes().to_vec(),
            None => StreamEntry::bytes(entry)?,
        };
        members.insert(name, bytes);
    }
    Ok(members)
}

fn theirs(bytes: &[u8]) -> zip::result::ZipResult<Members> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut members = Members::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let (name, mut data) = (file.name()?.as_bytes().to_vec(), Vec::new());
        file.read_to_end(&mut data)?;
        if name != b"__metadata__.npy" && name != b"__metadata__" {
            members.insert(name, data);
        }
    }
    Ok(members)
}

fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    let bytes = match kind % 2 {
        0 => rest.to_vec(),
        _ => {
            let Ok(order) = Order::arbitrary_take_rest(Unstructured::new(rest)) else { return };
            let Some(bytes) = built(order) else { return };
            bytes
        }
    };
    let strict = ours(&bytes, &LoadOptions::new());
    if let Ok(members) = &strict {
        match theirs(&bytes) {
            // Names without a word on what they mean are code page 437 by the format, for Python and
            // for us; the crate takes them for UTF-8 if they are that. Info-ZIP writes such.
            Ok(found) if !found.keys().all(|name| name.is_ascii()) => {
                assert_eq!(found.len(), members.len());
            }
            Ok(found) => assert_eq!(&found, members),
            Err(error) => assert!(excused(&error.to_string()), "zip refuses what we take: {error}"),
        }
    }
    match (streamed(&bytes), &strict) {
        (Ok(found), Ok(members)) => {
            assert!(found.keys().eq(members.keys()), "{found:?} {members:?}");
            for (data, member) in found.values().zip(members.values()) {
                assert!(member.ends_with(data));
            }
        }
        (Ok(_), Err(error)) => panic!("the stream takes what the reader refuses: {error}"),
        _ => {}
    }
    let _ = ours(&bytes, &LoadOptions::new().lenient(true));
});

/// What the other reader can't do, and we can; or is stricter in, where nothing is ambiguous.
fn excused(error: &str) -> bool {
    // An end record of which one count alone refers to the zip64 record, as the format has it of each field:
    // the crate looks there only if certain fields do, and takes the other count's filler for a number. Where it
    // looks, and for Python, the archive is what it is for us; that a disk isn't the first we refuse.
    error.ends_with("Multi-disk ZIP files are not supported")
}
