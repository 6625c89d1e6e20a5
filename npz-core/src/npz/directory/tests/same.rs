//! The index says what would be found if every header were decoded, and every name compared.

use std::collections::HashMap;

use super::super::index::duplicate;
use super::super::listed::Kept;
use super::super::tiles::tile;
use super::super::{central, end};
use super::*;

/// The entries of an archive that lies in memory, in the plainest way.
fn slowly(file: &[u8], limits: &Limits) -> Result<Vec<Kept>> {
    let start = (file.len() as u64).saturating_sub(end::TAIL);
    let Some(end) = end::find(&file[usize::try_from(start).unwrap()..], start)? else {
        return Err(no_end_record(&file[..file.len().min(8)]));
    };
    end.check_entries(limits)?;
    let mut kept = Vec::new();
    let (mut rest, bytes) = (end.directory.clone(), slice(file, &end.directory));
    while !rest.is_empty() {
        let at = usize::try_from(rest.start - end.directory.start).unwrap();
        let header = CentralHeader::parse(&bytes[at..])
            .map_err(|fault| central::broken(fault, rest.start))?;
        kept.push(Kept::new(&header, rest.start)?);
        rest.start += header.len() as u64;
    }
    if kept.len() as u64 != end.entries {
        let message = format!(
            "the end record counts {} entries, but the directory has {}{LENIENT}",
            end.entries,
            kept.len()
        );
        return Err(Error::new(ErrorKind::Corrupt, message).with_offset(end.directory.start));
    }
    let mut seen: HashMap<&str, &Kept> = HashMap::new();
    for one in &kept {
        if let Some(other) = seen.insert(&one.name, one) {
            return Err(duplicate([other.entry(), one.entry()]));
        }
    }
    let mut entries: Vec<Entry<'_>> = kept.iter().map(Kept::entry).collect();
    tile(&mut entries, end.directory.start)?;
    let ends: Vec<u64> = entries.iter().map(|entry| entry.end).collect();
    check_total(kept.iter().map(|kept| kept.numbers.size), limits)?;
    kept.iter_mut().zip(ends).for_each(|(kept, end)| kept.numbers.end = end);
    Ok(kept)
}

/// Holds the index of a file against that; says whether the file is sound.
#[track_caller]
fn compare(file: &[u8], limits: &Limits) -> bool {
    let found = drive(file.len() as u64, limits, |range| slice(file, &range));
    let (directory, expected) = match (found, slowly(file, limits)) {
        (Ok((directory, _)), Ok(expected)) => (directory, expected),
        (Err(found), Err(expected)) => {
            assert_eq!((found.kind(), found.to_string()), (expected.kind(), expected.to_string()));
            return false;
        }
        (found, expected) => panic!("found {found:?}, expected {expected:?}"),
    };
    assert!(directory.entries().eq(expected.iter().map(Kept::entry)));
    let places: HashMap<&str, usize> =
        expected.iter().enumerate().map(|(at, kept)| (&*kept.name, at)).collect();
    let member = |name: &str| places.get(name).copied();
    // Each name more than once, so that it is looked for in both ways.
    for _ in 0..2 {
        for (at, kept) in expected.iter().enumerate() {
            let shorter = entry::key(&kept.name);
            let key = if shorter != &*kept.name && member(shorter).is_some() {
                &*kept.name
            } else {
                shorter
            };
            assert_eq!(directory.key(at), key);
            assert_eq!(directory.member_name(at), &*kept.name);
            for name in [key, &kept.name, &entry::member(&kept.name), &kept.name[..0], "~", "b"] {
                let expected = member(name).or_else(|| member(&entry::member(name)));
                assert_eq!(directory.find(name), expected, "{name:?}");
            }
        }
    }
    true
}

/// Names of all kinds, in UTF-8 that is said to be that, or not.
fn names() -> impl Strategy<Value = (Vec<u8>, bool)> {
    let plain = "[a-c]{1,3}(\\.[0-9]{1,2}){0,2}\\.npy".prop_map(|name| (name.into_bytes(), false));
    let odd = prop_oneof![
        "[aé日]{1,9}(\\.npy){0,2}".prop_map(String::into_bytes),
        "[a-z/\\\\]{0,3}".prop_map(String::into_bytes),
        "[ab\0]{1,20}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop_oneof![9 => plain, 1 => (odd, any::<bool>())]
}

/// A change of a header, seldom one at all.
fn changes() -> impl Strategy<Value = fn(&mut CentralHeader<'_>)> {
    let some: Vec<fn(&mut CentralHeader<'_>)> = vec![
        |header| header.uncompressed = header.uncompressed.wrapping_add(1),
        |header| header.uncompressed = u32::MAX,
        |header| header.compressed = u32::MAX,
        |header| header.offset = u32::MAX,
        |header| header.offset = header.offset.wrapping_sub(1),
        |header| header.offset = 1,
        |header| header.disk = 1,
        |header| header.disk = u16::MAX,
        |header| header.external = 0x10,
        |header| header.made_by = 0,
        |header| header.comment = b"..PK\x05\x06..",
        |header| header.comment = b"a comment",
        |header| header.flags |= flag::DESCRIPTOR,
        |header| header.extra = &[0x6E, 0x7A, 2, 0, 1, 2],
        |header| header.extra = &[0x75, 0x70, 0, 0],
        |header| header.extra = &[0x55, 0x54, 1, 0, 9],
        |header| header.extra = &[1, 0, 8, 0, 5, 0, 0, 0, 0, 0, 0, 0],
        |header| header.extra = &[1, 0, 9, 0],
        |header| header.extra = &[0, 0, 0],
    ];
    let nothing: fn(&mut CentralHeader<'_>) = |_| {};
    prop_oneof![60 => Just(nothing), 1 => prop::sample::select(some)]
}

type Form = (Vec<u8>, bool, fn(&mut CentralHeader<'_>), bool);

fn forms() -> impl Strategy<Value = Vec<Form>> {
    let form = (names(), changes(), prop::bool::weighted(0.05));
    let form = form.prop_map(|((name, utf8), change, zip64)| (name, utf8, change, zip64));
    (prop::collection::vec(form, 0..60), any::<bool>()).prop_map(|(mut forms, sorted)| {
        // As maps are saved.
        if sorted {
            forms.sort_unstable_by(|(a, ..), (b, ..)| a.cmp(b));
            forms.dedup_by(|(a, ..), (b, ..)| a == b);
        }
        forms
    })
}

fn file(forms: &[Form], order: &[prop::sample::Index]) -> Vec<u8> {
    let parts: Vec<Part> = forms
        .iter()
        .map(|(name, utf8, central, zip64)| Part {
            name: Vec::leak(name.clone()),
            flags: if *utf8 { flag::UTF8 } else { 0 },
            central: *central,
            zip64: *zip64,
            ..part("", b"data")
        })
        .collect();
    let mut file = build(&parts, &tail());
    // The same headers in another order.
    if let Ok(directory) = end::find(&file, 0).map(|end| end.unwrap().directory)
        && !order.is_empty()
    {
        let mut headers = Vec::new();
        let bytes = slice(&file, &directory);
        let mut rest = &bytes[..];
        while let Ok(header) = CentralHeader::parse(rest) {
            let (head, tail) = rest.split_at(header.len());
            headers.push(head);
            rest = tail;
        }
        for swap in order {
            if !headers.is_empty() {
                let (at, last) = (swap.index(headers.len()), headers.len() - 1);
                headers.swap(at, last);
            }
        }
        let start = usize::try_from(directory.start).unwrap();
        let turned = headers.concat();
        file[start..start + turned.len()].copy_from_slice(&turned);
    }
    file
}

proptest! {
    #[test]
    fn any_directory_is_what_its_headers_say(
        forms in forms(),
        order in prop_oneof![
            Just(Vec::new()),
            prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        ],
    ) {
        compare(&file(&forms, &order), &Limits::default());
        compare(&file(&forms, &order), &Limits::default().total_bytes(100));
    }

    #[test]
    fn damaged_directories_are_what_they_are(
        count in 0_u16..100,
        sorted in any::<bool>(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), prop_oneof![Just(0_u8), Just(255), any::<u8>()]), 0..4),
    ) {
        let name = |n: u16| match sorted {
            true => format!("entry.{n:05}.npy"),
            false => format!("entry.{n}.npy"),
        };
        let names: Vec<String> = (0..count).map(name).collect();
        let written: Vec<layout::tests::Written<'_>> =
            names.iter().map(|name| (&name[..], Method::Stored, 0, 0, &b""[..])).collect();
        let mut file = layout::tests::write(&written, Alignment::NONE);
        let start = usize::try_from(open(&file).unwrap().start()).unwrap();
        for (at, value) in changes {
            let at = start + at.index(file.len() - start);
            file[at] = value;
        }
        compare(&file, &Limits::default());
    }
}

#[test]
fn the_kinds_of_files_that_others_write() {
    for file in samples() {
        assert!(compare(&file, &Limits::default()));
    }
}

/// Enough names for both ways of looking for them, sorted or not, some packed with marks.
#[test]
fn many_names_are_found_whatever_their_order() {
    for sorted in [true, false] {
        let names: Vec<String> = (0..2000)
            .map(|n| if sorted { format!("{n:04}.npy") } else { format!("{n}.npy") })
            .collect();
        let written: Vec<layout::tests::Written<'_>> =
            names.iter().map(|name| (&name[..], Method::Stored, 0, 0, &b""[..])).collect();
        let file = layout::tests::write(&written, Alignment::NONE);
        let directory = open(&file).unwrap();
        for (at, name) in names.iter().enumerate() {
            assert_eq!(directory.find(name), Some(at));
            assert_eq!(directory.find(entry::key(name)), Some(at));
            assert_eq!(directory.find(&format!("{name}x")), None);
        }
    }
}
