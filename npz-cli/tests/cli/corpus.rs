//! The conformance corpus through the command: every file of it, hostile ones too.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::files::Folder;

#[path = "../../../tests/fixtures/corpus/cases.rs"]
mod fixture;

struct Case {
    facts: Value,
    path: PathBuf,
}

/// All cases, each a file in the folder.
fn cases(folder: &Folder) -> Vec<Case> {
    let case = |fixture::Case { facts, bytes }| {
        let path = folder.path(facts["file"].as_str().unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        Case { facts, path }
    };
    fixture::cases().into_iter().map(case).collect()
}

/// What is printed for each of the files, with the exit status.
fn run(args: &[&str], cases: &[&Case]) -> (i32, Vec<Value>) {
    let start = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_npz"))
        .args(args)
        .args(cases.iter().map(|case| &case.path))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(!err.contains("panicked"), "{args:?}: {err}");
    assert!(start.elapsed() < Duration::from_secs(60), "{args:?} took {:?}", start.elapsed());
    let lines = String::from_utf8(output.stdout).unwrap();
    let status = output.status.code().unwrap_or_else(|| panic!("{args:?} was killed"));
    (status, lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// The digests that a file is said to have: by its member's name, by its place in a stream, or of
/// a lone array.
fn expected(case: &Case) -> Vec<(Value, Value)> {
    let arrays = case.facts["arrays"].as_array().unwrap();
    let key = |array: &Value| match (&array["entry"], &array["key"]) {
        (Value::String(member), _) => member.clone().into(),
        (_, Value::Number(place)) => place.to_string().into(),
        _ => Value::Null,
    };
    arrays.iter().map(|array| (key(array), array["sha256"].clone())).collect()
}

fn found(case: &Case, line: &Value) -> Vec<(Value, Value)> {
    let entries = line["entries"].as_array().unwrap();
    let single = entries.len() == 1 && case.facts["kind"] == "multi-npy";
    let key = |entry: &Value| match (&entry["member"], &entry["name"]) {
        (Value::String(member), _) => member.clone().into(),
        // A stream of one array can't be told from that array.
        (_, Value::Null) if single => "0".into(),
        (_, name) => name.clone(),
    };
    entries.iter().map(|entry| (key(entry), entry["sha256"].clone())).collect()
}

#[test]
fn digests_are_those_of_the_manifest() {
    let folder = Folder::new();
    let cases = cases(&folder);
    let all: Vec<&Case> = cases.iter().collect();
    let mut faults = Vec::new();
    let (mut good, mut refused) = (0, 0);
    let (_, strict) = run(&["digest", "--json"], &all);
    let (_, lenient) = run(&["digest", "--json", "--lenient"], &all);
    assert_eq!((strict.len(), lenient.len()), (cases.len(), cases.len()));
    for ((case, strict), lenient) in cases.iter().zip(&strict).zip(&lenient) {
        let whole = |line: &Value| line["sha256"].is_string();
        let name = case.facts["file"].as_str().unwrap();
        let lax = case.facts["lax"].as_bool().unwrap();
        if case.facts["expect"] == "ok" {
            // Of what is lax, the strict reader may see less, but nothing else.
            let line = if whole(strict) || lax { strict } else { lenient };
            if whole(line) {
                good += 1;
                // Of two entries of one name, the one that NumPy finds is listed.
                if found(case, line) != expected(case) && !name.contains("duplicate-names") {
                    faults.push(format!("{name}: {line}"));
                }
            } else if !lax {
                faults.push(format!("{name}: {line}"));
            }
        } else if !lax && case.facts["error"]["keyword"] != "header-too-large" {
            refused += 1;
            if whole(strict) {
                faults.push(format!("{name}: is taken"));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(good > 290 && refused > 150, "{good} {refused}");
}

#[test]
fn np_savez_files_are_reproduced() {
    let folder = Folder::new();
    let mut reproduced = 0;
    for case in cases(&folder) {
        if case.facts["kind"] != "npz" || case.facts["resave"] != true {
            continue;
        }
        let out = folder.path("again.npz");
        let status = Command::new(env!("CARGO_BIN_EXE_npz"))
            .args(["repack", "--numpy"])
            .args([&case.path, &out])
            .status()
            .unwrap();
        assert!(status.success(), "{}", case.facts["file"]);
        assert!(fs::read(&out).unwrap() == fs::read(&case.path).unwrap(), "{}", case.facts["file"]);
        reproduced += 1;
    }
    assert_eq!(reproduced, 9);
}

#[test]
fn no_command_panics_or_hangs_on_any_of_them() {
    let folder = Folder::new();
    let cases = cases(&folder);
    let all: Vec<&Case> = cases.iter().collect();
    for args in [
        &["ls"][..],
        &["ls", "--long", "--tree", "--fold", "--lenient"],
        &["ls", "--json", "--sort", "ratio"],
        &["info"],
        &["info", "--json", "--lenient"],
        &["verify"],
        &["verify", "--json", "--lenient", "--finite"],
    ] {
        let (status, _) = run(args, &all);
        assert!((0..=2).contains(&status), "{args:?}: {status}");
    }
    // One file each.
    for case in all.iter().step_by(3) {
        for args in [&["show", "--lenient"][..], &["diff", "--lenient", "-q"]] {
            let files: &[&Case] = if args[0] == "diff" { &[case, case] } else { &[case] };
            let (status, _) = run(args, files);
            assert!((0..=2).contains(&status), "{args:?}: {status}");
        }
    }
}

#[test]
fn what_is_written_leniently_is_for_all() {
    let folder = Folder::new();
    let cases: Vec<Case> = cases(&folder);
    let cases: Vec<&Case> = cases.iter().filter(|case| case.facts["kind"] == "npz").collect();
    let commands = [
        &["repack", "--lenient"][..],
        &["repack", "--lenient", "--store", "--c-order"],
        &["repack", "--lenient", "--deflate", "1"],
        &["convert", "--lenient"],
        &["set-meta", "--lenient", "-", "key=value"],
    ];
    let (mut written, mut faults) = (Vec::new(), Vec::new());
    for (at, case) in cases.iter().enumerate() {
        for (number, args) in commands.iter().enumerate() {
            let out = folder.path(&format!("{at}-{number}.npz"));
            let mut command = Command::new(env!("CARGO_BIN_EXE_npz"));
            command.args(*args).stdin(fs::File::open(&case.path).unwrap());
            if args[0] == "set-meta" {
                command.stdout(fs::File::create(&out).unwrap());
            } else {
                command.args([&case.path, &out]);
            }
            let output = command.output().unwrap();
            if output.status.success() {
                written.push((at, Case { facts: Value::Null, path: out }));
                continue;
            }
            let err = String::from_utf8_lossy(&output.stderr);
            let told = output.status.code() == Some(2) && err.lines().count() == 1;
            if !told || fs::metadata(&out).is_ok_and(|found| found.len() > 0) {
                faults.push(format!("{args:?} {}: {err}", case.facts["file"]));
            }
        }
    }
    let new: Vec<&Case> = written.iter().map(|(_, case)| case).collect();
    let (_, lenient) = run(&["digest", "--json", "--lenient"], &cases);
    let (_, strict) = run(&["digest", "--json"], &new);
    let digests = |line: &Value| -> Vec<(Value, Value)> {
        let entries = line["entries"].as_array().into_iter().flatten();
        let entries = entries.filter(|entry| entry["name"] != "__metadata__");
        entries.map(|entry| (entry["name"].clone(), entry["sha256"].clone())).collect()
    };
    for ((at, _), line) in written.iter().zip(&strict) {
        let (found, expected) = (digests(line), digests(&lenient[*at]));
        if line["error"].is_null() && found == expected {
            continue;
        }
        faults.push(format!("{}: {line}", cases[*at].facts["file"]));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(run(&["verify", "--json"], &new).0, 0);
    // Whatever a strict reader takes, and more.
    let mut lax = 0;
    for (at, case) in cases.iter().enumerate() {
        let count = written.iter().filter(|(other, _)| *other == at).count();
        let is_lax = case.facts["lax"] == true;
        // Convert takes arrays only.
        let all = count + 1 >= commands.len();
        assert!(all || case.facts["expect"] != "ok" || is_lax, "{}: {count}", case.facts["file"]);
        lax += usize::from(is_lax && count == commands.len());
    }
    assert!(lax >= 12, "{lax}");
}
