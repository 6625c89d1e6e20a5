//! Values that share what they hold, from archives whose metadata say that names stand for others: an
//! error, or what the same archive gives in which every such name is an entry of its own. What was
//! loaded is saved and loaded again as it was.
#![no_main]

#[path = "../../tests/suite/bad_files/zip.rs"]
#[allow(dead_code)]
mod build;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use ndarray::{ArcArray1, Array1, arr1};
use npz_core::{ErrorKind, LoadNpz, LoadOptions, NpyWriter, NpzReader, NpzWriter, SaveNpz};

/// With pointers that share, and without.
macro_rules! types {
    ($block:ident, $all:ident, $array:ty, $pointer:ident) => {
        #[derive(Debug, SaveNpz, LoadNpz)]
        struct $block {
            w: $array,
            #[npz(optional)]
            b: Option<$array>,
        }

        #[derive(Debug, SaveNpz, LoadNpz)]
        struct $all {
            #[npz(default)]
            a: $pointer<Array1<u8>>,
            #[npz(default)]
            b: Vec<$pointer<Array1<u8>>>,
            #[npz(default)]
            c: BTreeMap<String, $array>,
            #[npz(optional)]
            d: Option<$pointer<$block>>,
            #[npz(default)]
            e: Vec<$pointer<$block>>,
            #[npz(default)]
            f: BTreeMap<String, Vec<$array>>,
            #[npz(default)]
            g: ($array, $pointer<Vec<$array>>),
        }
    };
}

types!(Shared, AllShared, ArcArray1<u8>, Rc);
types!(Own, AllOwn, Array1<u8>, Box);

/// Of entries, and of the levels that stand for others.
const NAMES: [&str; 40] = [
    "a", "b", "b.0", "b.1", "b.2", "b.10", "c", "c.x", "c.y", "c.x.y", "d", "d.w", "d.b", "e",
    "e.0", "e.0.w", "e.0.b", "e.1", "e.1.w", "e.1.b", "f", "f.k", "f.k.0", "f.k.1", "f.l", "f.l.0",
    "g", "g.0", "g.1", "g.1.0", "g.1.1", "x", "x.w", "x.0", "x.0.w", "c.0", "", "c.", "b.00",
    "a.0",
];

#[derive(Arbitrary, Debug)]
struct Input {
    /// Names, and what stands there.
    entries: Vec<(u8, u8)>,
    /// Names, and what they stand for.
    aliases: Vec<(u8, u8)>,
    unexpected: bool,
}

fn name(number: u8) -> &'static str {
    NAMES[usize::from(number) % NAMES.len()]
}

fn archive(entries: &BTreeMap<String, u8>, aliases: &BTreeMap<&str, &str>) -> Option<Vec<u8>> {
    let mut writer = NpzWriter::new(Vec::new());
    for (name, value) in entries {
        writer.add(name, &arr1(&[*value])).ok()?;
    }
    let mut bytes = writer.finish().unwrap();
    if !aliases.is_empty() {
        let pairs: Vec<_> = aliases.iter().map(|(name, of)| format!("{name:?}:{of:?}")).collect();
        let text = format!("{{\"aliases\":{{{}}}}}", pairs.join(","));
        bytes = with_metadata(&bytes, text.as_bytes());
    }
    Some(bytes)
}

/// The same archive with an entry that no writer takes.
fn with_metadata(bytes: &[u8], text: &[u8]) -> Vec<u8> {
    let reader = NpzReader::from_bytes(bytes).unwrap();
    let mut members: Vec<_> = reader
        .entries()
        .map(|entry| build::Member::stored(entry.member(), &reader.bytes(entry.name()).unwrap()))
        .collect();
    let npy = NpyWriter::new(Vec::new()).write(&Array1::from(text.to_vec())).unwrap();
    members.push(build::Member::stored("__metadata__.npy", &npy));
    build::build(&members, false, |_| {})
}

/// Every name that stands for entries, as one of its own; nothing if two would be one.
fn expanded(
    entries: &BTreeMap<String, u8>,
    aliases: &BTreeMap<&str, &str>,
) -> Option<BTreeMap<String, u8>> {
    let mut all = entries.clone();
    let mut made = BTreeSet::new();
    for (alias, of) in aliases {
        for (entry, value) in entries {
            let Some(rest) = entry.strip_prefix(of) else { continue };
            if !rest.is_empty() && !rest.starts_with('.') {
                continue;
            }
            let name = [alias, rest].concat();
            if entries.contains_key(&name) {
                continue; // It is what is there.
            }
            if !made.insert(name.clone()) {
                return None;
            }
            all.insert(name, *value);
        }
    }
    Some(all)
}

fuzz_target!(|input: Input| {
    let entries: BTreeMap<String, u8> = (input.entries.iter().take(20))
        .map(|(at, value)| (name(*at).to_owned(), *value))
        .filter(|(name, _)| !name.is_empty())
        .collect();
    let aliases: BTreeMap<&str, &str> =
        input.aliases.iter().take(8).map(|(alias, of)| (name(*alias), name(*of))).collect();
    let Some(bytes) = archive(&entries, &aliases) else { return };
    let options = LoadOptions::new().allow_unexpected(input.unexpected);
    let load = |bytes: &[u8]| NpzReader::from_bytes_with(bytes, &options)?.load::<AllShared>();
    let shared = load(&bytes);
    if let Some(all) = expanded(&entries, &aliases)
        && let Some(bytes) = archive(&all, &BTreeMap::new())
    {
        let own = NpzReader::from_bytes_with(&bytes, &options).unwrap().load::<AllOwn>();
        match (&shared, &own) {
            (Ok(shared), Ok(own)) => assert_eq!(
                format!("{shared:?}").replace("Shared", ""),
                format!("{own:?}").replace("Own", "")
            ),
            // An entry that nobody asks for is an error, a name that stands for one isn't.
            (Ok(_), Err(error)) => {
                assert!(error.kind() == ErrorKind::Mismatch && !input.unexpected, "{error}");
            }
            (Err(error), Ok(_)) => panic!("{error}"),
            (Err(_), Err(_)) => {}
        }
    }
    let Ok(shared) = shared else { return };
    let mut writer = NpzWriter::new(Vec::new());
    // Not all that can be loaded can be saved: an empty map has no trace beside others.
    if writer.add_all(&shared).is_err() {
        return;
    }
    let again = load(&writer.finish().unwrap()).unwrap();
    assert_eq!(format!("{again:?}"), format!("{shared:?}"));
});
