//! The constructions of ZipDiff ("My ZIP isn't your ZIP", USENIX Security 2025): archives that 50
//! programs understand in different ways. `.ci/zip-diff` makes them; without them there is nothing to
//! do here.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use npz_core::{LoadOptions, NpzReader, NpzStream, Result, StreamEntry};

use crate::oracle;

/// The names and contents of an archive, or None where it is refused.
type Seen = Option<BTreeMap<String, Vec<u8>>>;

fn archives(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            archives(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "zip") {
            found.push(path);
        }
    }
}

fn ours(bytes: &[u8], options: &LoadOptions) -> Seen {
    let reader = NpzReader::from_bytes_with(bytes, options).ok()?;
    let read = |entry: npz_core::Entry<'_>| {
        Some((entry.member().to_owned(), reader.bytes(entry.name()).ok()?))
    };
    reader.entries().map(read).collect()
}

fn streamed(bytes: &[u8]) -> Seen {
    let read = || -> Result<BTreeMap<String, Vec<u8>>> {
        let mut stream = NpzStream::new(bytes);
        let mut members = BTreeMap::new();
        while let Some(entry) = stream.next_entry()? {
            members.insert(entry.member().to_owned(), StreamEntry::bytes(entry)?);
        }
        Ok(members)
    };
    read().ok()
}

/// By the `zip` crate, as it is by default.
fn crates(bytes: &[u8]) -> Seen {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut members = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).ok()?;
        let (name, mut data) = (file.name().ok()?.into_owned(), Vec::new());
        file.read_to_end(&mut data).ok()?;
        members.insert(name, data);
    }
    Some(members)
}

/// By Python's `zipfile`.
fn pythons(folder: &Path, paths: &[PathBuf]) -> Option<Vec<Seen>> {
    let code = "
import json, sys, zipfile
def members(path):
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name).hex() for name in archive.namelist()}
    except Exception:
        return None
print(json.dumps([members(path) for path in open(sys.argv[1]).read().splitlines()]))
";
    let list = folder.join("list");
    let lines: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    fs::write(&list, lines.join("\n")).unwrap();
    let printed = oracle::python(code, [&list])?;
    let all: Vec<Option<BTreeMap<String, String>>> = serde_json::from_str(&printed).unwrap();
    let bytes = |hex: &String| {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect::<Vec<u8>>()
    };
    let seen = |members: Option<BTreeMap<String, String>>| {
        Some(members?.iter().map(|(name, hex)| (name.clone(), bytes(hex))).collect())
    };
    Some(all.into_iter().map(seen).collect())
}

#[test]
fn constructions_that_others_understand_differently() {
    let Some(folder) = env::var_os("NPZ_ZIP_DIFF") else { return };
    let mut paths = Vec::new();
    archives(Path::new(&folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty());
    let scratch = tempfile::tempdir().unwrap();
    let python = pythons(scratch.path(), &paths);
    let mut classes = BTreeMap::new();
    let (plain, marked) = (LoadOptions::new(), LoadOptions::new().utf8_names(true));
    let (mut taken, mut taken_marked, mut by_crate, mut by_stream, mut faults) =
        (0, 0, 0, 0, Vec::new());
    for (at, path) in paths.iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        let (strict, stream, other) = (ours(&bytes, &plain), streamed(&bytes), crates(&bytes));
        by_crate += usize::from(other.is_some());
        by_stream += usize::from(stream.is_some());
        let mut same = |who: &str, seen: &Seen, needed: bool| {
            // A program that refuses it isn't fooled.
            if strict.is_some() && (needed || seen.is_some()) && *seen != strict {
                faults.push(format!("{}: {who} sees {seen:?}, not {strict:?}", path.display()));
            }
        };
        same("the zip crate", &other, false);
        if let Some(python) = &python {
            same("Python", &python[at], false);
        }
        if stream.is_some() && stream != strict {
            faults.push(format!("{}: the stream sees {stream:?}", path.display()));
        }
        taken += usize::from(strict.is_some());
        if let chosen @ Some(_) = ours(&bytes, &marked) {
            taken_marked += 1;
            assert_eq!(chosen, strict, "{}", path.display());
        }
        if strict.is_some() {
            let class = path.parent().and_then(Path::file_name).unwrap_or_default();
            *classes.entry(class.to_string_lossy().into_owned()).or_insert(0) += 1;
        }
    }
    let by_python = python.map(|seen| seen.iter().flatten().count());
    println!(
        "of {} constructions the strict reader takes {taken}, {taken_marked} with UTF-8 names \
         alone, the stream {by_stream}, the zip crate \
         {by_crate}, Python {by_python:?}; by class: {classes:?}",
        paths.len()
    );
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    // `docs/hostile-files.md` says what these are, and who writes such: most have odd bytes in names.
    assert!(taken * 5 <= paths.len(), "{taken} taken");
    assert!(taken_marked * 25 <= paths.len(), "{taken_marked} taken");
}
