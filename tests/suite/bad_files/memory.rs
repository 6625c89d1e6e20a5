//! What bad files cost: measured in a process of its own, and in one that has little memory.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output};
use std::{env, io};

use ndarray::IxDyn;
use npz_core::{AnyArray, ByteString, ErrorKind, NpyReader, NpzReader, read_npy};

use super::doors::{Outcome, read_file, try_door};
use super::zip::{self, Member, build};
use super::{As, Bad, LONGEST, all, npy};

/// What a file may cost besides twice its size.
const ALLOWANCE: u64 = 16 << 20;

/// Tells the child what to do, and where.
const FOLDER: &str = "NPZ_BAD_FILES";

/// Runs a test of this file alone in a new process, with at most so many KiB of address space.
fn child(test: &str, folder: &Path, space: Option<u64>) -> Output {
    let exe = env::current_exe().unwrap();
    let args =
        [&format!("bad_files::memory::{test}"), "--exact", "--nocapture", "--test-threads=1"];
    let mut command = match space {
        None => Command::new(exe),
        Some(space) => {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(format!("ulimit -v {space} && exec \"$0\" \"$@\"")).arg(exe);
            shell
        }
    };
    // One heap for all threads: each has 64 MB of address space to itself otherwise.
    command.args(args).env(FOLDER, folder).env("MALLOC_ARENA_MAX", "1").output().unwrap()
}

/// A number of KiB from `/proc/self/status`.
fn kilobytes(of: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(of))?;
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().ok()
}

/// Forgets the highest use of memory so far.
fn forget_peak() -> io::Result<()> {
    File::options().write(true).open("/proc/self/clear_refs")?.write_all(b"5")
}

/// Files too large for the others' test, or that cost by their number.
fn further() -> Vec<Bad> {
    let case = |row, name: &str, kinds, load, bytes| Bad {
        row,
        name: name.to_owned(),
        kinds,
        bytes,
        load,
    };
    let empty: Vec<Member> =
        (0..70_000).map(|n| Member::stored(&format!("{n}.npy"), b"")).collect();
    let mut many = empty.clone();
    many[69_999].local.name = b"x".to_vec();
    let widened = |members: &[Member]| build(members, true, zip::Ending::widen);
    let long: Vec<Member> = (0..150).map(|n| Member::stored(&format!("{n:060000}"), b"")).collect();
    let mut long_names = build(&long, false, |_| {});
    long_names.truncate(long_names.len() - 1);
    let megabytes =
        npy::file(1, npy::text("'<f8'", "False", "(1000000,)").as_bytes(), &[7; 8_000_000]);
    let wrong_crc = |member: Member| build(&[member.both(|header| header.crc ^= 1)], false, |_| {});
    // Zeros would be a bomb by rights.
    let noise: Vec<u8> = (0_u64..1_000_000)
        .flat_map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11).to_le_bytes())
        .collect();
    let noise = npy::file(1, npy::text("'<f8'", "False", "(1000000,)").as_bytes(), &noise);
    let (corrupt, truncated): (&'static [ErrorKind], &'static [ErrorKind]) =
        (&[ErrorKind::Corrupt, ErrorKind::Dtype], &[ErrorKind::Truncated]);
    vec![
        case("Z11", "70,000 entries, the last one wrong", corrupt, As::Any, widened(&many)),
        case("Z11", "150 names of 60 KB, cut", truncated, As::Archive, long_names),
        case("Z7", "8 MB, stored", corrupt, As::Archive, {
            wrong_crc(Member::stored("a.npy", &megabytes))
        }),
        case("Z7", "8 MB of noise, deflated", corrupt, As::Archive, {
            wrong_crc(Member::deflated("a.npy", &noise))
        }),
        case(
            "H6",
            "8 MB but a byte",
            truncated,
            As::F64,
            megabytes[..megabytes.len() - 1].to_vec(),
        ),
    ]
}

#[test]
fn bad_files_take_little_memory_and_time() {
    if kilobytes("VmHWM").is_none() || forget_peak().is_err() {
        println!("SKIPPED: the system doesn't tell the highest use of memory");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut bad = all();
    bad.extend(further());
    for (at, bad) in bad.iter().enumerate() {
        let archive = u8::from(bad.is_archive() || bad.row.starts_with('Z'));
        let name = format!("{at:04}-{:?}-{archive}", bad.load);
        fs::write(folder.path().join(name), &bad.bytes).unwrap();
    }
    let output = child("child_that_loads_bad_files", folder.path(), None);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let mut measured = 0;
    let (mut highest, mut slowest) = (0, 0);
    let mut faults = Vec::new();
    // The first stands behind the name of the test.
    for (_, line) in text.lines().filter_map(|line| line.split_once("measured ")) {
        let [at, growth, millis, kind] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let bad = &bad[at.parse::<usize>().unwrap()];
        let (growth, millis): (u64, u128) = (growth.parse().unwrap(), millis.parse().unwrap());
        let expected: Vec<String> = bad.kinds.iter().map(|kind| format!("{kind:?}")).collect();
        if !expected.iter().any(|expected| expected == kind) {
            faults.push(format!("{} {}: {kind}, not {expected:?}", bad.row, bad.name));
        }
        if growth * 1024 > ALLOWANCE + 2 * bad.bytes.len() as u64 || millis > LONGEST.as_millis() {
            let size = bad.bytes.len();
            let name = &bad.name;
            faults.push(format!("{} {name}: {growth} KiB, {millis} ms for {size} bytes", bad.row));
        }
        measured += 1;
        highest = highest.max(growth);
        slowest = slowest.max(millis);
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(measured, bad.len());
    println!("{measured} bad files: at most {highest} KiB more than before, {slowest} ms");
}

/// Run by the test above, in a process of its own; else there is nothing to do.
#[test]
fn child_that_loads_bad_files() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let [at, load, archive] = name.split('-').collect::<Vec<_>>()[..] else { panic!("{name}") };
        let loads = [As::Any, As::Bool, As::Text, As::Bytes, As::F64, As::Archive];
        let load = loads.into_iter().find(|known| format!("{known:?}") == load).unwrap();
        forget_peak().unwrap();
        let before = kilobytes("VmRSS").unwrap();
        let Outcome { result, took, .. } =
            try_door("a file", || read_file(&path, load, archive == "1"));
        let millis = took.as_millis();
        let growth = kilobytes("VmHWM").unwrap().saturating_sub(before);
        let kind = match result {
            Ok(()) => "Ok".to_owned(),
            Err(error) => format!("{:?}", error.kind()),
        };
        println!("measured {at} {growth} {millis} {kind}");
    }
}

/// Address space of the child, in KiB, and the size of arrays, which is more.
const SPACE: u64 = 360 << 10;
const LARGE: u64 = 1 << 29;

/// A file of `header` and zeros, which take no room on the disk.
fn sparse(path: &Path, header: &[u8]) {
    let mut file = File::create(path).unwrap();
    file.write_all(header).unwrap();
    file.set_len(header.len() as u64 + LARGE).unwrap();
}

/// A sound array that memory has no room for is an error, not an abort.
#[cfg(target_os = "linux")]
#[test]
fn memory_that_runs_out_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for (name, descr, items) in
        [("bytes", "|u1", LARGE), ("numbers", "<f8", LARGE / 8), ("swapped", ">f8", LARGE / 8)]
            .into_iter()
            .chain([
                ("flags", "|b1", LARGE),
                ("texts", "<U1", LARGE / 4),
                ("text", "<U134217728", 1),
            ])
            .chain([("strings", "|S1", LARGE), ("string", "|S536870912", 1)])
    {
        let header = npy::text(&format!("'{descr}'"), "False", &format!("({items},)"));
        sparse(&folder.path().join(name), &npy::file(1, header.as_bytes(), &[]));
    }
    // The same deflated: a block of zeros over and over. Its checksum would only be known at the end.
    let mut block = flate2::Compress::new(flate2::Compression::new(6), false);
    let mut packed = Vec::with_capacity(1 << 20);
    block.compress_vec(&vec![0; 1 << 20], &mut packed, flate2::FlushCompress::Full).unwrap();
    let header = npy::text("'<f8'", "False", &format!("({},)", LARGE / 8));
    let header = npy::file(1, header.as_bytes(), &[]);
    let size = u32::try_from(header.len() as u64 + LARGE).unwrap();
    let mut start = Vec::with_capacity(1 << 10);
    let mut compress = flate2::Compress::new(flate2::Compression::new(6), false);
    compress.compress_vec(&header, &mut start, flate2::FlushCompress::Full).unwrap();
    let all = [&start[..], &packed.repeat(1 << 9), &[3, 0]].concat();
    let member = Member::deflated("a.npy", b"").with(|member| {
        for header in [&mut member.local, &mut member.central] {
            header.size = size;
            header.compressed = u32::try_from(all.len()).unwrap();
        }
        member.packed = all;
    });
    fs::write(folder.path().join("deflated.npz"), build(&[member], false, |_| {})).unwrap();
    let output = child("child_with_little_memory", folder.path(), Some(SPACE));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text.matches("out of memory, as an error").count(), 17, "{text}");
}

/// Run by the test above, with less memory than any of the arrays takes.
#[test]
fn child_with_little_memory() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let check = |what: &str, outcome: npz_core::Result<()>| {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{what}: {error}");
        println!("{what}: out of memory, as an error: {error}");
    };
    let path = |name: &str| folder.join(name);
    check("u8", read_npy::<u8, IxDyn>(path("bytes")).map(drop));
    check("f64", read_npy::<f64, IxDyn>(path("numbers")).map(drop));
    check("f64", read_npy::<f64, IxDyn>(path("swapped")).map(drop));
    check("bool", read_npy::<bool, IxDyn>(path("flags")).map(drop));
    check("String", read_npy::<String, IxDyn>(path("texts")).map(drop));
    check("one String", read_npy::<String, IxDyn>(path("text")).map(drop));
    check("ByteString", read_npy::<ByteString, IxDyn>(path("strings")).map(drop));
    check("one ByteString", read_npy::<ByteString, IxDyn>(path("string")).map(drop));
    for name in ["bytes", "numbers", "texts", "string"] {
        check("any", AnyArray::read_npy(path(name)).map(drop));
        // A stream's length is a promise, so memory grows until there is no more.
        let stream = File::open(path(name)).unwrap().take(u64::MAX);
        check("any of a stream", NpyReader::new(stream).and_then(NpyReader::read_any).map(drop));
    }
    let reader = NpzReader::open(path("deflated.npz")).unwrap();
    check("deflated", reader.get::<f64, IxDyn>("a").map(drop));
}
