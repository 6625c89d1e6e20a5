//! Archives that two readers would understand differently, or that are made to do harm: rows Z1 to
//! Z11 of the threat table.

use npz_core::ErrorKind::{self, Corrupt, Duplicate, Limit, Name, Truncated, Unsupported};

use super::zip::{self, Ending, Member, Zip64, build, field, words};
use super::{As, Bad, npy};

struct Cases(Vec<Bad>);

impl Cases {
    fn add(&mut self, row: &'static str, name: &str, kinds: &'static [ErrorKind], bytes: Vec<u8>) {
        self.0.push(Bad { row, name: name.to_owned(), kinds, bytes, load: As::Archive });
    }

    fn members(
        &mut self,
        row: &'static str,
        name: &str,
        kinds: &'static [ErrorKind],
        members: &[Member],
    ) {
        self.add(row, name, kinds, build(members, false, |_| {}));
    }

    fn ending(&mut self, row: &'static str, name: &str, change: impl Fn(&mut Ending)) {
        self.add(row, name, &[Corrupt, Truncated], build(&two(), false, change));
    }

    fn wide(&mut self, name: &str, change: impl Fn(&mut Ending)) {
        self.add("Z5", name, &[Corrupt], build(&two(), true, change));
    }
}

fn first() -> Member {
    Member::stored("a.npy", &npy::sound())
}

fn second() -> Member {
    Member::deflated("b.npy", &npy::sound())
}

fn two() -> Vec<Member> {
    vec![first(), second()]
}

pub(crate) fn cases() -> Vec<Bad> {
    let mut cases = Cases(Vec::new());
    twice(&mut cases);
    headers_disagree(&mut cases);
    overlaps(&mut cases);
    endings(&mut cases);
    hidden_endings(&mut cases);
    wide_endings(&mut cases);
    wide_members(&mut cases);
    bombs(&mut cases);
    checksums(&mut cases);
    methods(&mut cases);
    deflate(&mut cases);
    names(&mut cases);
    spellings(&mut cases);
    many(&mut cases);
    cases.0
}

/// The same archives with nothing changed, to know that it is the change that is refused.
pub(crate) fn sound() -> Vec<(&'static str, Vec<u8>)> {
    let streamed = |len| two().into_iter().map(|member| member.streamed(len)).collect::<Vec<_>>();
    let wide = || two().into_iter().map(Member::zip64).collect::<Vec<_>>();
    let wide_streamed = |len: usize| {
        let widen = |member: Member| {
            member.streamed(len).with(|member| {
                member.local.extra = field(1, &words(&[0, 0]));
                (member.local.compressed, member.local.size) = (u32::MAX, u32::MAX);
            })
        };
        two().into_iter().map(widen).collect::<Vec<_>>()
    };
    let plain = |_: &mut Ending| {};
    vec![
        ("plain", build(&two(), false, plain)),
        ("zip64 records", build(&two(), true, Ending::widen)),
        ("zip64 records without need", build(&two(), true, plain)),
        ("zip64 members", build(&wide(), false, plain)),
        ("descriptors of 12 bytes", build(&streamed(12), false, plain)),
        ("descriptors of 16 bytes", build(&streamed(16), false, plain)),
        ("descriptors of 20 bytes", build(&wide_streamed(20), false, plain)),
        ("descriptors of 24 bytes", build(&wide_streamed(24), false, plain)),
        (
            "a comment",
            build(&two(), false, |ending| {
                (ending.comment, ending.comment_len) = (b"PK is no record".to_vec(), 15);
            }),
        ),
        (
            "other extra fields",
            build(
                &[first().both(|header| header.extra = field(0x5455, &[1, 0, 0, 0, 0])), second()],
                false,
                plain,
            ),
        ),
        ("nothing", build(&[], false, plain)),
    ]
}

/// Z1: names that mean two arrays.
fn twice(cases: &mut Cases) {
    let other = || Member::stored("a.npy", &npy::file(1, b"{}", &[]));
    let kinds = &[Duplicate];
    cases.members("Z1", "the same twice", kinds, &[first(), first()]);
    cases.members("Z1", "other data", kinds, &[first(), second(), other()]);
    cases.members("Z1", "three times", kinds, &[first(), first(), first()]);
    cases.members(
        "Z1",
        "stored and deflated",
        kinds,
        &[first(), Member::deflated("a.npy", &npy::sound())],
    );
    let utf8 = Member::stored("├⌐.npy", &npy::sound());
    let unflagged = Member::stored("x", &npy::sound()).both(|header| header.name = "é.npy".into());
    cases.members("Z1", "in two encodings", kinds, &[utf8, unflagged]);
    let flagged = first().both(|header| header.flags = zip::UTF8);
    cases.members("Z1", "with and without the flag of UTF-8", kinds, &[first(), flagged]);
    cases.members(
        "Z1",
        "two directory entries for the same bytes",
        &[Duplicate, Corrupt],
        &[first(), first().with(|member| (member.written, member.offset) = (false, Some(0)))],
    );
}

/// Z2: what the local header and the descriptor say, and the directory doesn't.
fn headers_disagree(cases: &mut Cases) {
    type Change = fn(&mut Member);
    let changes: [(&str, Change); 21] = [
        ("name", |m| m.local.name = b"c.npy".to_vec()),
        ("name in other case", |m| m.local.name.make_ascii_uppercase()),
        ("longer name", |m| m.local.name.push(b'x')),
        ("no name", |m| m.local.name.clear()),
        ("flag of UTF-8", |m| m.local.flags |= zip::UTF8),
        ("flag of a descriptor", |m| m.local.flags |= zip::DESCRIPTOR),
        ("flag of encryption", |m| m.local.flags |= 1),
        ("method", |m| m.local.method ^= 8),
        ("method nobody knows", |m| m.local.method = 77),
        ("CRC", |m| m.local.crc ^= 1),
        ("no CRC", |m| m.local.crc = 0),
        ("compressed size", |m| m.local.compressed += 1),
        ("no compressed size", |m| m.local.compressed = 0),
        ("size", |m| m.local.size -= 1),
        ("no sizes", |m| (m.local.compressed, m.local.size) = (0, 0)),
        ("size of all ones", |m| m.local.size = u32::MAX),
        ("zip64 of another size", |m| {
            m.local.extra = field(1, &words(&[m.local.size.into(), 1]));
            m.local.compressed = u32::MAX;
        }),
        ("zip64 beside a plain size", |m| m.local.extra = field(1, &words(&[1, 1]))),
        ("half a zip64 field", |m| {
            m.local.extra = field(1, &words(&[m.local.size.into()]));
            m.local.size = u32::MAX;
        }),
        ("extra field cut short", |m| m.local.extra = vec![1, 0, 16, 0, 1]),
        ("descriptor that nobody announces", |m| {
            m.descriptor = zip::descriptor(16, m.local.crc, m.local.compressed.into(), 1);
        }),
    ];
    for (name, change) in changes {
        for (at, kind) in ["stored", "deflated"].into_iter().enumerate() {
            let mut members = two();
            change(&mut members[at]);
            let name = format!("{name}, {kind}");
            cases.members("Z2", &name, &[Corrupt, Truncated, Unsupported, Limit], &members);
        }
    }
    // The same the other way round: what the directory says, and the local header doesn't.
    let changes: [(&str, Change); 7] = [
        ("name", |m| m.central.name = b"c.npy".to_vec()),
        ("flags", |m| m.central.flags |= zip::UTF8),
        ("method", |m| m.central.method ^= 8),
        ("CRC", |m| m.central.crc ^= 1),
        ("compressed size", |m| m.central.compressed -= 1),
        ("size", |m| m.central.size += 1),
        ("zip64", |m| {
            m.central.extra = field(1, &words(&[m.central.size as u64 + 1]));
            m.central.size = u32::MAX;
        }),
    ];
    for (name, change) in changes {
        for (at, kind) in ["stored", "deflated"].into_iter().enumerate() {
            let mut members = two();
            change(&mut members[at]);
            let name = format!("{name} in the directory, {kind}");
            cases.members("Z2", &name, &[Corrupt, Limit], &members);
        }
    }
    for len in [12, 16] {
        let changes: [(&str, Change); 5] = [
            ("CRC of the descriptor", |m| *m.descriptor.iter_mut().nth_back(11).unwrap() ^= 1),
            ("compressed size of the descriptor", |m| {
                *m.descriptor.iter_mut().nth_back(7).unwrap() ^= 1;
            }),
            ("size of the descriptor", |m| *m.descriptor.iter_mut().nth_back(3).unwrap() ^= 1),
            ("no descriptor", |m| m.descriptor.clear()),
            ("a CRC beside the descriptor", |m| m.local.crc = 1),
        ];
        for (name, change) in changes {
            for at in [0, 1] {
                let mut members = two();
                members[at] = members[at].clone().streamed(len);
                change(&mut members[at]);
                let name = format!("{name}, {len} bytes, entry {at}");
                cases.members("Z2", &name, &[Corrupt, Truncated], &members);
            }
        }
    }
    // Its length goes with the local header, so that who reads from the front knows it.
    for (len, zip64) in [(20, false), (24, false), (12, true), (16, true)] {
        let member = second().streamed(len).with(|member| {
            if zip64 {
                member.local.extra = field(1, &words(&[0, 0]));
                (member.local.size, member.local.compressed) = (u32::MAX, u32::MAX);
            }
        });
        let what = format!("a descriptor of {len} bytes, zip64 {zip64}");
        cases.members("Z2", &what, &[Corrupt, Truncated], &[first(), member]);
    }
    // Both sizes are left to it, or as by Info-ZIP's -fd the compressed one.
    let left =
        second().streamed(16).with(|member| member.local.compressed = member.central.compressed);
    cases.members("Z2", "a size alone left to the descriptor", &[Corrupt], &[first(), left]);
    let left = second().streamed(24).with(|member| {
        member.local.extra = field(1, &words(&[member.central.size.into(), 0]));
        (member.local.size, member.local.compressed) = (u32::MAX, u32::MAX);
    });
    cases.members("Z2", "a zip64 size left to the descriptor", &[Corrupt], &[first(), left]);
    let signature = second().streamed(16).with(|member| member.descriptor[3] = 7);
    cases.members("Z2", "another signature of the descriptor", &[Corrupt], &[first(), signature]);
}

/// Z3: bytes that belong to two entries, or to none.
fn overlaps(cases: &mut Cases) {
    let kinds = &[Corrupt, Truncated];
    let unlisted = || second().with(|member| member.listed = false);
    cases.members("Z3", "an entry that the directory doesn't list", kinds, &[first(), unlisted()]);
    cases.members("Z3", "the same, in front", kinds, &[unlisted(), first()]);
    cases.members(
        "Z3",
        "two names for the same bytes",
        kinds,
        &[
            first(),
            Member::stored("c.npy", &npy::sound())
                .with(|member| (member.written, member.offset) = (false, Some(0))),
        ],
    );
    for gap in [1, 12, 16, 70_000] {
        for at in [0, 1] {
            let mut members = two();
            members[at].gap = vec![0; gap];
            cases.members("Z3", &format!("{gap} bytes behind entry {at}"), kinds, &members);
        }
    }
    // One entry inside the data of another, quoted by it: the construction of overlapping bombs.
    let inner = build(&[second()], false, |_| {});
    let inner_len = u32::try_from(inner.len()).unwrap();
    let outer = Member::stored("a.npy", &inner);
    let start = 30 + 5;
    let quoted = second().with(|member| (member.written, member.offset) = (false, Some(start)));
    cases.members("Z3", "an entry quoted by another", kinds, &[outer, quoted]);
    for (name, offset) in [
        ("one byte on", 1),
        ("in the directory", 30 + 5 + 144 + inner_len),
        ("in the end record", 400),
        ("beyond the end", 100_000),
        ("at the last place", u32::MAX - 1),
    ] {
        let moved = second().with(|member| member.offset = Some(offset));
        cases.members("Z3", &format!("an entry that starts {name}"), kinds, &[first(), moved]);
    }
    let long = second().both(|header| header.compressed += 40);
    cases.members("Z3", "data reaching into the directory", kinds, &[first(), long]);
    let long = first().both(|header| (header.compressed, header.size) = (300, 300));
    cases.members("Z3", "data reaching over the next entry", kinds, &[long, second()]);
    let shared: Vec<Member> = (0..100)
        .map(|n| {
            Member::deflated(&format!("{n:03}.npy"), &npy::sound())
                .with(|member| (member.written, member.offset) = (n == 0, Some(0)))
        })
        .collect();
    cases.members("Z3", "a hundred entries on one kernel", kinds, &shared);
}

/// Z4: where the archive ends, and what it says there.
fn endings(cases: &mut Cases) {
    let whole = build(&two(), false, |_| {});
    for (name, prefix) in
        [("a byte", &b"\0"[..]), ("a script", b"#!/bin/sh\nexit\n"), ("an archive", &whole)]
    {
        let bytes = [prefix, &whole].concat();
        cases.add("Z4", &format!("{name} in front"), &[Corrupt], bytes);
    }
    let shifted = build(&two(), false, |ending| ending.offset += 1);
    cases.add("Z4", "a byte in front, offsets of it", &[Corrupt], [b"\0", &shifted[..]].concat());
    for (name, trailing) in [
        ("a byte", vec![0]),
        ("a line", b"\n".to_vec()),
        ("22 bytes", vec![0; 22]),
        ("65,535 bytes", vec![0; 65_535]),
        ("a million bytes", vec![0; 1_000_000]),
        ("an end record", build(&[], false, |_| {})),
        ("an archive", whole.clone()),
    ] {
        cases.ending("Z4", &format!("{name} behind"), |ending| ending.trailing = trailing.clone());
    }
    let other = build(&[Member::stored("evil.npy", &npy::sound())], false, |_| {});
    cases.ending("Z4", "an archive in the comment", |ending| {
        ending.comment = other.clone();
        ending.comment_len = u16::try_from(other.len()).unwrap();
    });
    // Two end records, each sound by itself: the first by its place, the second by its comment.
    let directory = whole.len() - 22;
    let record = whole[directory..].to_vec();
    cases.ending("Z4", "the end record twice", |ending| {
        ending.comment = record.clone();
        ending.comment_len = 22;
    });
    cases.ending("Z4", "the end record twice, the first with no comment", |ending| {
        ending.comment = record.clone();
    });
    type Change = fn(&mut Ending);
    let changes: [(&str, Change); 19] = [
        ("a comment too short", |e| (e.comment, e.comment_len) = (b"comment".to_vec(), 8)),
        ("a comment too long", |e| (e.comment, e.comment_len) = (b"comment".to_vec(), 6)),
        ("a comment that isn't there", |e| e.comment_len = 1),
        ("the longest comment, not there", |e| e.comment_len = u16::MAX),
        ("one entry less", |e| (e.entries, e.entries_here) = (1, 1)),
        ("one entry more", |e| (e.entries, e.entries_here) = (3, 3)),
        ("no entries", |e| (e.entries, e.entries_here) = (0, 0)),
        ("all ones for the count", |e| (e.entries, e.entries_here) = (u16::MAX, u16::MAX)),
        ("fewer entries here", |e| e.entries_here = 1),
        ("another disk", |e| e.disk = 1),
        ("the directory on another disk", |e| e.directory_disk = 1),
        ("both on another disk", |e| (e.disk, e.directory_disk) = (1, 1)),
        ("a directory one byte on", |e| e.offset += 1),
        ("a directory one byte before", |e| e.offset -= 1),
        ("a directory at the start", |e| e.offset = 0),
        ("a directory beyond the end", |e| e.offset = u32::MAX - 1),
        ("a directory one byte longer", |e| e.size += 1),
        ("a directory one byte shorter", |e| e.size -= 1),
        ("no directory", |e| e.size = 0),
    ];
    for (name, change) in changes {
        cases.ending("Z4", name, change);
    }
    for (name, between) in [("a byte", &b"\0"[..]), ("a signature", b"PK\x05\x05\0\0")] {
        cases.ending("Z4", &format!("{name} behind the directory"), |ending| {
            ending.between = between.to_vec();
        });
    }
    for len in [1, 4, 10, 30, whole.len() - 22, whole.len() - 4, whole.len() - 1] {
        cases.add("Z4", &format!("{len} bytes"), &[Truncated, Corrupt], whole[..len].to_vec());
    }
    let elsewhere = second().with(|member| member.disk = 1);
    cases.members("Z4", "an entry on another disk", &[Corrupt], &[first(), elsewhere]);
    let mut broken = whole.clone();
    broken[directory - 51] ^= 1; // the signature of the second entry in the directory
    cases.add("Z4", "a broken directory", &[Corrupt], broken);
}

/// Z4: end records where only those who come from the end look, or only those who come from the front
/// don't.
fn hidden_endings(cases: &mut Cases) {
    let locator = [b"PK\x06\x07", &[0; 12][..], &1_u32.to_le_bytes()].concat();
    let commented = |comment: Vec<u8>| second().with(|member| member.comment = comment);
    let members = [first(), commented(locator)];
    cases.members("Z4", "a zip64 locator in the last entry's comment", &[Corrupt], &members);
    let inner = build(&two(), true, Ending::widen);
    let records = inner[inner.len() - 22 - 20 - 56..inner.len() - 22].to_vec();
    let members = [first(), commented(records)];
    cases.members("Z4", "zip64 records in the last entry's comment", &[Corrupt], &members);
    // An end record in stored data, whose comment would be all that follows.
    let plain = build(&[Member::stored("a", &[0; 22])], false, |_| {});
    let mut record = plain[plain.len() - 22..].to_vec();
    let behind = plain.len() - 31 - 22;
    record[20..].copy_from_slice(&u16::try_from(behind).unwrap().to_le_bytes());
    let members = [Member::stored("a", &record)];
    cases.members("Z4", "an end record in the data that reaches to the end", &[Corrupt], &members);
}

/// Z5: zip64 end records that say something else, or aren't there.
fn wide_endings(cases: &mut Cases) {
    type Change = fn(&mut Zip64);
    let changes: [(&str, Change); 22] = [
        ("a longer record", |z| z.following = 45),
        ("a shorter record", |z| z.following = 43),
        ("a record of no length", |z| z.following = 0),
        ("a record of 2^60 bytes", |z| z.following = 1 << 60),
        ("a record with data", |z| (z.following, z.extensible) = (52, vec![0; 8])),
        ("another disk", |z| z.disk = 1),
        ("a directory on another disk", |z| z.directory_disk = 1),
        ("one entry less", |z| (z.entries, z.entries_here) = (1, 1)),
        ("one entry more", |z| (z.entries, z.entries_here) = (3, 3)),
        ("fewer entries here", |z| z.entries_here = 1),
        ("2^60 entries", |z| (z.entries, z.entries_here) = (1 << 60, 1 << 60)),
        ("a directory one byte longer", |z| z.size += 1),
        ("a directory of 2^60 bytes", |z| z.size = 1 << 60),
        ("a directory one byte on", |z| z.offset += 1),
        ("a directory at 2^60", |z| z.offset = 1 << 60),
        ("an offset and size that wrap", |z| {
            (z.offset, z.size) = (u64::MAX - 9, z.offset + 10 + z.size);
        }),
        ("no record", |z| z.with_record = false),
        ("a locator that points on", |z| z.record_offset += 1),
        ("a locator that points to the start", |z| z.record_offset = 0),
        ("a locator that points to 2^63", |z| z.record_offset = 1 << 63),
        ("a locator on another disk", |z| z.locator_disk = 1),
        ("a locator of two disks", |z| z.disks = 2),
    ];
    for (name, change) in changes {
        cases.wide(name, |ending| change(ending.zip64()));
        let bytes = build(&two(), true, |ending| {
            ending.widen();
            change(ending.zip64());
        });
        // A count is held against the limit first.
        cases.add("Z5", &format!("{name}, and ones before it"), &[Corrupt, Limit], bytes);
    }
    cases.wide("no disks", |ending| ending.zip64().disks = 0);
    cases.wide("another count in the plain record", |ending| {
        (ending.entries, ending.entries_here) = (1, 1);
    });
    cases.wide("another offset in the plain record", |ending| ending.offset += 4);
    cases.wide("another size in the plain record", |ending| ending.size = 1);
    cases.wide("another disk in the plain record", |ending| ending.disk = 3);
    cases.wide("a byte between", |ending| ending.between = vec![0]);
    cases.add("Z5", "ones, and no locator", &[Corrupt], {
        build(&two(), true, |ending| {
            ending.widen();
            ending.zip64().with_locator = false;
        })
    });
    cases.add("Z5", "ones, and no zip64 at all", &[Corrupt], build(&two(), false, Ending::widen));
}

/// Z5: zip64 fields of entries.
fn wide_members(cases: &mut Cases) {
    let sizes = |member: &Member| [member.central.size.into(), member.central.compressed.into()];
    let central = |name: &str, extra: Vec<u8>, change: fn(&mut zip::Header), cases: &mut Cases| {
        let wide = first().with(|member| {
            member.central.extra = extra;
            change(&mut member.central);
        });
        cases.members("Z5", name, &[Corrupt, Limit, Truncated], &[wide, second()]);
    };
    let ones = |header: &mut zip::Header| (header.size, header.compressed) = (u32::MAX, u32::MAX);
    let [size, compressed] = sizes(&first());
    let both = words(&[size, compressed]);
    central("a zip64 field that nothing refers to", field(1, &both), |_| {}, cases);
    central("a zip64 field too short", field(1, &both[..12]), ones, cases);
    central("a zip64 field too long", field(1, &words(&[size, compressed, 0])), ones, cases);
    central("two zip64 fields", field(1, &both).repeat(2), ones, cases);
    central("no zip64 field", vec![], ones, cases);
    central("an empty zip64 field", field(1, &[]), ones, cases);
    central("a zip64 field cut short", field(1, &both)[..18].to_vec(), ones, cases);
    central("2^60 bytes", field(1, &words(&[1 << 60, 1 << 60])), ones, cases);
    central("2^64 - 1 bytes", field(1, &words(&[u64::MAX, u64::MAX])), ones, cases);
    central("2^63 bytes", field(1, &words(&[1 << 63, compressed])), ones, cases);
    for offset in [1, 1 << 40, u64::MAX, u64::MAX - 100] {
        let moved = second().with(|member| {
            member.offset = Some(u32::MAX);
            member.central.extra = field(1, &words(&[offset]));
        });
        let name = format!("an entry at {offset}");
        cases.members("Z5", &name, &[Corrupt, Truncated], &[first(), moved]);
    }
    let local = |name: &str, extra: Vec<u8>, cases: &mut Cases| {
        let wide = first().zip64().with(|member| member.local.extra = extra);
        cases.members("Z5", name, &[Corrupt, Truncated], &[wide, second()]);
    };
    local("a local header without its sizes", vec![], cases);
    local("local sizes too long", field(1, &words(&[size, compressed, 0])), cases);
    local("local sizes twice", field(1, &both).repeat(2), cases);
    local("other local sizes", field(1, &words(&[size + 1, compressed])), cases);
    local("local sizes of 2^60", field(1, &words(&[1 << 60, 1 << 60])), cases);
    central("a zip64 field for both sizes, none beside the data", field(1, &both), ones, cases);
    let compressed_alone = words(&[compressed]);
    let wide = first().zip64().with(|member| {
        member.central.extra = field(1, &compressed_alone);
        member.central.size = u32::try_from(size).unwrap();
    });
    cases.members(
        "Z5",
        "a zip64 field for the compressed size alone",
        &[Corrupt],
        &[wide, second()],
    );
    // Info-ZIP's -fz has it, but never with a descriptor.
    let size_alone = |member: &mut Member| {
        member.central.extra = field(1, &words(&[size]));
        member.central.compressed = u32::try_from(compressed).unwrap();
    };
    let forced = first().zip64().with(size_alone).with(|member| {
        member.local.flags |= zip::DESCRIPTOR;
        member.central.flags |= zip::DESCRIPTOR;
        member.descriptor = zip::descriptor(24, member.central.crc, compressed, size);
    });
    cases.members(
        "Z5",
        "a zip64 field for the size alone, and a descriptor",
        &[Corrupt],
        &[forced, second()],
    );
    let two_disks = first().with(|member| {
        member.disk = u16::MAX;
        member.central.extra = field(1, &1_u32.to_le_bytes());
    });
    cases.members("Z5", "on disk 1 by its zip64 field", &[Corrupt], &[two_disks, second()]);
}

/// Z6: much from little.
fn bombs(cases: &mut Cases) {
    let zeros = npy::file(1, npy::text("'|u1'", "False", "(8000000,)").as_bytes(), &[0; 8_000_000]);
    let bomb = || Member::deflated("a.npy", &zeros);
    for (name, size, kinds) in [
        ("declares 160 bytes", 160, &[Corrupt, Truncated][..]),
        ("declares one byte less", u32::try_from(zeros.len()).unwrap() - 1, &[Corrupt, Truncated]),
        ("declares one byte more", u32::try_from(zeros.len()).unwrap() + 1, &[Corrupt, Truncated]),
        ("declares 4 GB", u32::MAX - 1, &[Limit]),
        ("declares nothing", 0, &[Corrupt]),
    ] {
        let members = [bomb().both(|header| header.size = size)];
        cases.members("Z6", &format!("a bomb that {name}"), kinds, &members);
    }
    // Its npy header promises the right number, its entry not.
    let hidden = npy::file(1, npy::text("'|u1'", "False", "(24,)").as_bytes(), &[0; 8_000_000]);
    cases.members(
        "Z6",
        "an array of 24 bytes in 8 MB",
        &[Corrupt],
        &[Member::deflated("a.npy", &hidden)],
    );
    let short =
        npy::file(1, npy::text("'|u1'", "False", "(1000000000000,)").as_bytes(), &[0; 8_000_000]);
    cases.members(
        "Z6",
        "an array of 10^12 bytes in 8 MB",
        &[Truncated],
        &[Member::deflated("a.npy", &short)],
    );
    let ratio = Member::deflated("a.npy", &npy::sound()).both(|header| {
        header.size = header.compressed * 1032 + 65;
    });
    cases.members("Z6", "one byte more than deflate can give", &[Limit], &[ratio]);
    let header = npy::file(2, &b" ".repeat(4 << 20), &[]);
    cases.members("Z6", "a header of 4 MB", &[Limit], &[Member::deflated("a.npy", &header)]);
    let stored = first().both(|header| header.size *= 100);
    cases.members("Z6", "stored, and a hundred times as large", &[Corrupt], &[stored]);
    let metadata = Member::deflated("__metadata__.npy", &{
        npy::file(1, npy::text("'|u1'", "False", "(5000000,)").as_bytes(), &[b'['; 5_000_000])
    });
    cases.members("Z6", "metadata of 5 MB", &[Limit], &[first(), metadata]);
    let nest = Member::deflated("__metadata__.npy", &{
        npy::file(1, npy::text("'|u1'", "False", "(100000,)").as_bytes(), &[b'['; 100_000])
    });
    cases.members("Z6", "metadata of 100,000 brackets", &[Corrupt], &[first(), nest]);
}

/// Z7, Z8: data that were altered.
fn checksums(cases: &mut Cases) {
    for (name, member) in [("stored", first()), ("deflated", second())] {
        for bit in [0, 7, 31] {
            let wrong = member.clone().both(|header| header.crc ^= 1 << bit);
            cases.members("Z7", &format!("CRC wrong in bit {bit}, {name}"), &[Corrupt], &[wrong]);
        }
        let zero = member.clone().both(|header| header.crc = 0);
        cases.members("Z7", &format!("CRC of zero, {name}"), &[Corrupt], &[zero]);
    }
    let len = npy::sound().len();
    for at in [len - 1, len - 16, len - 17, 20] {
        let altered = first().with(|member| member.packed[at] ^= 1);
        cases.members("Z8", &format!("byte {at} of the data altered"), &[Corrupt], &[altered]);
    }
}

/// Z9: what can't be unpacked.
fn methods(cases: &mut Cases) {
    for method in [1, 2, 6, 9, 10, 12, 14, 18, 19, 20, 93, 94, 95, 96, 97, 98, 99, 8 << 8, 0xFFFF] {
        let other = first().both(|header| header.method = method);
        cases.members("Z9", &format!("method {method}"), &[Unsupported], &[other, second()]);
    }
    for (name, flag) in [
        ("encrypted", 1),
        ("patch data", 1 << 5),
        ("strong encryption", 1 << 6),
        ("both encryptions", 1 | 1 << 6),
        ("masked", 1 << 13),
    ] {
        for member in two() {
            let other = member.both(|header| header.flags |= flag);
            cases.members("Z9", name, &[Unsupported], &[other]);
        }
    }
    for needed in [64, 90, 255] {
        let newer = first().both(|header| header.needed = needed);
        cases.members("Z9", &format!("version {needed} needed"), &[Unsupported], &[newer]);
    }
}

/// Z9: streams that are no deflate, or not one.
fn deflate(cases: &mut Cases) {
    let sound = npy::sound();
    let good = zip::deflate(&sound);
    let mut late = good.clone();
    late.truncate(good.len() - 1);
    let streams: [(&str, Vec<u8>); 12] = [
        ("nothing", vec![]),
        ("a byte", vec![0]),
        ("block type 3", vec![7, 0, 0]),
        ("a stored block whose length isn't repeated", vec![1, 4, 0, 0, 0, 1, 2, 3, 4]),
        ("a stored block cut short", vec![1, 40, 0, !40, 0xff, 1]),
        ("a distance beyond the start", vec![0x4b, 0x04, 0x12, 0x00]),
        ("noise", (0..200_u8).map(|n| n.wrapping_mul(151) ^ 0x5a).collect()),
        ("ones", vec![0xff; 64]),
        ("a zlib header", [&[0x78, 0x9c][..], &good].concat()),
        ("a gzip header", [b"\x1f\x8b\x08\0\0\0\0\0\0\x03", &good[..]].concat()),
        ("the last byte missing", late),
        ("half of it", good[..good.len() / 2].to_vec()),
    ];
    for (name, packed) in streams {
        let broken = second().with(|member| {
            let len = u32::try_from(packed.len()).unwrap();
            (member.local.compressed, member.central.compressed) = (len, len);
            member.packed = packed;
        });
        cases.members("Z9", &format!("deflate: {name}"), &[Corrupt, Truncated, Limit], &[broken]);
    }
    for (name, rest) in
        [("a byte", vec![0]), ("an empty block", vec![3, 0]), ("itself", good.clone())]
    {
        let longer = second().with(|member| {
            member.packed.extend(&rest);
            let len = u32::try_from(member.packed.len()).unwrap();
            (member.local.compressed, member.central.compressed) = (len, len);
        });
        cases.members("Z9", &format!("deflate: {name} behind its end"), &[Corrupt], &[longer]);
    }
}

/// Z10: names. As keys of a map most are harmless; these have two readings.
fn names(cases: &mut Cases) {
    for (what, name) in [
        ("a NUL", &b"a\0.npy"[..]),
        ("a NUL at the end", b"a.npy\0"),
        ("a NUL and a path", b"a.npy\0/../../x"),
    ] {
        let named = first().both(|header| header.name = name.to_vec());
        cases.members("Z10", &format!("a name with {what}"), &[Name], &[named]);
    }
    for name in
        [&b"\xff.npy"[..], b"\xc3(.npy", b"\xed\xa0\x80.npy", b"\xf4\x90\x80\x80", b"a\xc0\x80"]
    {
        let named = first().both(|header| {
            header.name = name.to_vec();
            header.flags |= zip::UTF8;
        });
        let what = format!("a name that is no UTF-8, {}", name.escape_ascii());
        cases.members("Z10", &what, &[Name], &[named]);
    }
    let unicode = |name: &[u8], of: &[u8]| {
        field(0x7075, &[&[1], &crc32fast::hash(of).to_le_bytes()[..], name].concat())
    };
    for (what, extra) in [
        ("another second name", unicode(b"evil.npy", b"a.npy")),
        ("a second name of no bytes", unicode(b"", b"a.npy")),
        ("a second name, twice", unicode(b"a.npy", b"a.npy").repeat(2)),
        ("a second name cut short", field(0x7075, &[1])),
    ] {
        let both = first().both(|header| header.extra = extra.clone());
        cases.members("Z10", what, &[Name, Corrupt], &[both, second()]);
        let local = first().with(|member| member.local.extra = extra.clone());
        cases.members("Z10", &format!("{what}, local"), &[Name, Corrupt], &[local, second()]);
    }
}

/// Z10: names and kinds that programs take for different ones.
fn spellings(cases: &mut Cases) {
    for system in [0, 6, 10, 14] {
        let named = first().both(|header| header.name = b"a\\b.npy".to_vec());
        let named = named.with(|member| member.made_by = system << 8 | 20);
        let what = format!("a backslash from system {system}");
        cases.members("Z10", &what, &[Corrupt], &[named, second()]);
    }
    let folder = first().both(|header| header.name = b"a.npy/".to_vec());
    cases.members("Z10", "a folder by name, with data", &[Corrupt], &[folder, second()]);
    for (what, external) in [("DOS's bit", 0x10), ("Unix's mode", 0o40_755 << 16)] {
        for system in [0, 3, 19] {
            let folder = first().with(|member| {
                (member.made_by, member.external) = (system << 8 | 20, external);
            });
            let what = format!("a folder by {what} on system {system}, with data");
            cases.members("Z10", &what, &[Corrupt], &[folder, second()]);
        }
    }
    for record in [b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"] {
        let commented = first().with(|member| {
            member.comment = [b"see ", &record[..], &[0; 60]].concat();
        });
        let what = format!("an entry's comment with {}", record.escape_ascii());
        cases.members("Z4", &what, &[Corrupt, Truncated], &[commented, second()]);
    }
}

/// Z11: many entries, or a promise of them.
fn many(cases: &mut Cases) {
    cases.add("Z11", "65,535 promised, one there", &[Corrupt], {
        build(&[first()], false, |ending| {
            (ending.entries, ending.entries_here) = (u16::MAX, u16::MAX);
        })
    });
    for count in [1 << 20, (1 << 20) + 1, 1 << 32, u64::MAX] {
        let bytes = build(&two(), true, |ending| {
            ending.widen();
            let zip64 = ending.zip64();
            (zip64.entries, zip64.entries_here) = (count, count);
        });
        cases.add("Z11", &format!("{count} promised, two there"), &[Corrupt, Limit], bytes);
    }
    let members: Vec<Member> = (0..1000).map(|n| Member::stored(&format!("{n}"), b"")).collect();
    cases.add("Z11", "1,000 entries, and one promised", &[Corrupt], {
        build(&members, false, |ending| (ending.entries, ending.entries_here) = (1, 1))
    });
    cases.add("Z11", "1,000 entries, and 1,001 promised", &[Corrupt], {
        build(&members, false, |ending| (ending.entries, ending.entries_here) = (1001, 1001))
    });
}
