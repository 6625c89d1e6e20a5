//! What other readers make of a file.
//!
//! Facts of their sources, as of candle 0.11, tch 0.26, MLX's `load.cpp`, NPZ.jl 0.4, cnpy of 2018 and
//! NumPy 2. They are told of what a file has, not tried.

use npz_core::{ByteOrder, Header, Method, Order, ScalarKind};
use serde::Serialize;

use crate::numbers::is_bf16;
use crate::source::{Entry, Format, Kind, Source};
use crate::text::count;

/// A reader, and why it can't read all of a file.
#[derive(Debug, Serialize)]
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) reads: bool,
    pub(super) why: Vec<String>,
}

type Test = fn(&Entry) -> bool;

/// A reason, and the entries that it is one for.
type Reason = (&'static str, Test);

fn header(entry: &Entry, test: impl Fn(&Header) -> bool) -> bool {
    entry.header.as_deref().is_some_and(test)
}

fn kind(entry: &Entry, test: impl Fn(ScalarKind) -> bool) -> bool {
    header(entry, |header| header.dtype().kind().is_some_and(&test))
}

/// Those of an array's header, as far as its size tells: version 2 of a header that would fit into
/// version 1, which NumPy doesn't write, has two less.
fn header_characters(entry: &Entry) -> Option<u64> {
    let header = entry.header.as_deref()?;
    let all = entry.unpacked_nbytes?.checked_sub(entry.nbytes()?)?;
    // Nearly all are shorter, whatever their version.
    if all < 10_000 {
        return None;
    }
    let encoded = header.encode().ok()?;
    let version = encoded.get(6).copied()?;
    // Of a character of several bytes the first one counts.
    let continued = encoded.get(12..)?.iter().filter(|&&byte| byte & 0xC0 == 0x80).count() as u64;
    let continued = if version == 3 { continued } else { 0 };
    let text_start = if version == 1 && all <= 10 + u64::from(u16::MAX) { 10 } else { 12 };
    all.checked_sub(text_start + continued)
}

const BYTES: Reason = ("no array", |entry| entry.kind == Kind::Bytes);
const OBJECTS: Reason = ("Python objects, which need allow_pickle=True", |entry| {
    header(entry, |header| header.dtype().has_object())
});
const LONG_HEADER: Reason = ("with a header longer than np.load's max_header_size", |entry| {
    /// Characters, by default.
    const MOST: u64 = 10_000;

    header_characters(entry).is_some_and(|characters| characters > MOST)
});
const PACKED: Reason =
    ("packed", |entry| matches!(entry.method, Some(Method::Deflated | Method::Other(_))));
const ODD_METHOD: Reason = ("packed by another method than deflate", |entry| {
    matches!(entry.method, Some(Method::Other(_)))
});
const FORTRAN: Reason =
    ("in Fortran order", |entry| header(entry, |header| header.order() == Order::Fortran));
const BIG: Reason = ("big-endian", |entry| {
    header(entry, |header| {
        header.dtype().as_scalar().is_some_and(|scalar| scalar.order() == ByteOrder::Big)
    })
});
const STRUCTURED: Reason =
    ("structured", |entry| header(entry, |header| header.dtype().as_scalar().is_none()));
const TEXT_OR_TIME: Reason = ("text, bytes or times", |entry| {
    kind(entry, |kind| {
        matches!(
            kind,
            ScalarKind::Str(_)
                | ScalarKind::Bytes(_)
                | ScalarKind::DateTime(_)
                | ScalarKind::TimeDelta(_)
        )
    })
});
const VOID: Reason = ("bfloat16 or float8", |entry| {
    kind(entry, |kind| matches!(kind, ScalarKind::Void(_) | ScalarKind::F8))
});
const LONG_DOUBLE: Reason = ("long double", |entry| {
    kind(entry, |kind| matches!(kind, ScalarKind::LongDouble | ScalarKind::CLongDouble))
});
const COMPLEX: Reason = ("complex", |entry| {
    kind(entry, |kind| matches!(kind, ScalarKind::C64 | ScalarKind::C128 | ScalarKind::Complex32))
});
const EMPTY: Reason = ("without items", |entry| header(entry, Header::is_empty));

const PEERS: [(&str, &[Reason]); 6] = [
    (
        "numpy",
        &[
            OBJECTS,
            LONG_HEADER,
            ("float8_e5m2 as '<f1', or complex32", |entry| {
                kind(entry, |kind| matches!(kind, ScalarKind::F8 | ScalarKind::Complex32))
            }),
        ],
    ),
    (
        "candle",
        &[
            BYTES,
            PACKED,
            FORTRAN,
            BIG,
            ("int8, uint16 or uint64", |entry| {
                kind(entry, |kind| {
                    matches!(kind, ScalarKind::I8 | ScalarKind::U16 | ScalarKind::U64)
                })
            }),
            VOID,
            COMPLEX,
            LONG_DOUBLE,
            TEXT_OR_TIME,
            STRUCTURED,
            OBJECTS,
        ],
    ),
    (
        "tch",
        &[
            BYTES,
            ODD_METHOD,
            FORTRAN,
            BIG,
            ("uint16, uint32 or uint64", |entry| {
                kind(entry, |kind| {
                    matches!(kind, ScalarKind::U16 | ScalarKind::U32 | ScalarKind::U64)
                })
            }),
            VOID,
            LONG_DOUBLE,
            TEXT_OR_TIME,
            STRUCTURED,
            OBJECTS,
        ],
    ),
    (
        "MLX",
        &[
            BYTES,
            ("float64", |entry| kind(entry, |kind| kind == ScalarKind::F64)),
            ("float8", |entry| {
                kind(entry, |kind| matches!(kind, ScalarKind::Void(1) | ScalarKind::F8))
            }),
            ("complex128", |entry| kind(entry, |kind| kind == ScalarKind::C128)),
            LONG_DOUBLE,
            TEXT_OR_TIME,
            STRUCTURED,
            EMPTY,
            OBJECTS,
        ],
    ),
    (
        "NPZ.jl",
        &[
            BYTES,
            ODD_METHOD,
            ("bfloat16, float8 or void", |entry| {
                is_bf16_entry(entry) || kind(entry, |kind| matches!(kind, ScalarKind::Void(_)))
            }),
            LONG_DOUBLE,
            TEXT_OR_TIME,
            STRUCTURED,
            OBJECTS,
        ],
    ),
    (
        "cnpy",
        &[
            BYTES,
            ODD_METHOD,
            ("deflated behind NumPy's zip64 headers", |entry| {
                entry.method == Some(Method::Deflated)
            }),
            FORTRAN,
            BIG,
            STRUCTURED,
            OBJECTS,
        ],
    ),
];

fn is_bf16_entry(entry: &Entry) -> bool {
    header(entry, |header| is_bf16(header.dtype()))
}

/// What each reader has against a file.
pub(super) fn peers(source: &Source) -> Vec<Peer> {
    let by_numpy = super::writer::guess(source).is_some_and(|name| name.starts_with("NumPy"));
    let entries = source.entries();
    let damaged = entries.iter().filter(|entry| entry.error.is_some()).count();
    let judge = |(name, reasons): (&'static str, &[Reason])| {
        let mut why = Vec::new();
        if damaged > 0 {
            why.push(format!("{} damaged", count(damaged as u64)));
        }
        for (what, test) in reasons {
            // cnpy trips over zip64 alone.
            if what.contains("zip64") && !by_numpy {
                continue;
            }
            let number = entries.iter().filter(|entry| test(entry)).count();
            if number > 0 && source.format() == Format::Npz {
                why.push(format!("{} {what}", count(number as u64)));
            } else if number > 0 {
                why.push((*what).to_owned());
            }
        }
        if source.format() == Format::Npy && entries.len() > 1 {
            why.push(match name {
                "numpy" => "np.load reads one array at a time, of an open file".to_owned(),
                _ => "more than one array".to_owned(),
            });
        }
        Peer { name, reads: why.is_empty(), why }
    };
    PEERS.into_iter().map(judge).collect()
}
