//! A derived struct of all kinds of fields, from any archive: an error, or a value that is saved and
//! loaded again as it was.
#![no_main]

#[path = "../../tests/suite/bad_files/zip.rs"]
#[allow(dead_code)]
mod build;

use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use ndarray::{Array1, Array2, ArrayD};
use npz_core::{AnyArray, Cast, LoadNpz, LoadOptions, NpyRecord, NpzReader, NpzWriter, SaveNpz};

#[derive(Clone, Debug, PartialEq, NpyRecord)]
struct Point {
    at: [f32; 2],
    on: bool,
}

#[derive(Debug, SaveNpz, LoadNpz)]
enum Mode {
    Off,
    On { level: u8 },
}

#[derive(Debug, SaveNpz, LoadNpz)]
struct Node {
    value: i32,
    next: Option<Box<Node>>,
}

#[derive(Debug, SaveNpz, LoadNpz)]
struct All {
    a: Array1<f32>,
    #[npz(optional)]
    b: Option<Array2<u8>>,
    #[npz(default)]
    c: Vec<ArrayD<bool>>,
    #[npz(default)]
    d: BTreeMap<String, f64>,
    #[npz(default)]
    e: Option<Node>,
    #[npz(default)]
    f: Option<Mode>,
    #[npz(default)]
    g: (u8, String),
    #[npz(default)]
    h: Vec<Point>,
    #[npz(default)]
    i: Option<AnyArray>,
}

/// Names that the struct looks for, and others.
const NAMES: [&str; 24] = [
    "a",
    "b",
    "c",
    "c.0",
    "c.1",
    "c.00",
    "d",
    "d.x",
    "d.",
    "e.value",
    "e.next.value",
    "e.next.next.value",
    "e.next",
    "f",
    "f.variant",
    "f.level",
    "g.0",
    "g.1",
    "h",
    "i",
    "x",
    "__metadata__",
    "a.npy",
    "c.18446744073709551616",
];

const HEADERS: [(&str, &str); 12] = [
    ("'<f4'", "(2,)"),
    ("'|u1'", "(2, 2)"),
    ("'|b1'", "()"),
    ("'<f8'", "()"),
    ("'<i4'", "()"),
    ("'<U3'", "()"),
    ("[('at', '<f4', (2,)), ('on', '|b1')]", "(2,)"),
    ("'|u1'", "()"),
    ("'|u1'", "(40,)"),
    ("'<f4'", "(0,)"),
    ("'>f4'", "(1,)"),
    ("'|b1'", "(3,)"),
];

#[derive(Arbitrary, Debug)]
struct Item<'a> {
    name: u8,
    header: u8,
    data: &'a [u8],
    /// One in eight is packed, which takes longer than all the rest.
    packing: u8,
}

fn archive(items: Vec<Item<'_>>) -> Vec<u8> {
    let member = |item: Item<'_>| {
        let name = NAMES[usize::from(item.name) % NAMES.len()].to_owned() + ".npy";
        let (descr, shape) = HEADERS[usize::from(item.header) % HEADERS.len()];
        let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n");
        let mut bytes = b"\x93NUMPY\x01\0".to_vec();
        bytes.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes.extend(item.data);
        match item.packing % 8 == 7 {
            true => build::Member::deflated(&name, &bytes),
            false => build::Member::stored(&name, &bytes),
        }
    };
    let members: Vec<_> = items.into_iter().take(12).map(member).collect();
    build::build(&members, false, |_| {})
}

fuzz_target!(|items: Vec<Item<'_>>| {
    let bytes = archive(items);
    let plain = LoadOptions::new();
    let lax = LoadOptions::new().allow_unexpected(true).cast(Cast::Any);
    for options in [plain, lax] {
        let Ok(reader) = NpzReader::from_bytes_with(&bytes, &options) else { continue };
        let Ok(all) = reader.load::<All>() else { continue };
        let mut writer = NpzWriter::new(Vec::new());
        // Not all that can be loaded can be saved: an empty map has no trace beside others.
        if writer.add_all(&all).is_err() {
            continue;
        }
        let saved = writer.finish().unwrap();
        let again: All = NpzReader::from_bytes(&saved).unwrap().load().unwrap();
        // NaN is itself here.
        assert_eq!(format!("{again:?}"), format!("{all:?}"));
    }
});
