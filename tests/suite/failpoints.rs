//! A save that fails, panics or stops after each step of its protocol, and in each of its threads.
//!
//! The places are read from a trace, so that new ones are tried without a word here.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;
use std::thread;

use crate::saver::{NEW, OLD, Place, run, said, save, version};

const VARIABLE: &str = "NPZ_FAILPOINTS";

/// The ways to write that pass different places.
const WAYS: [(&str, &[&str]); 5] = [
    ("a.npz", &[]),
    ("a.npz", &["--compress"]),
    ("a.npz", &["--from-map"]),
    ("a.npz", &["--from-map", "--compress"]),
    ("a.npy", &[]),
];

/// Only after this is the new file in place.
const LAST: &str = "save.renamed";

fn save_with(place: &Place, options: &[&str], rule: &str) -> Output {
    let mut command = save(&place.path, NEW, options);
    command.env(VARIABLE, rule).env("RUST_BACKTRACE", "0");
    run(command)
}

/// How often each place is passed.
fn passed(place: &Place, options: &[&str]) -> BTreeMap<String, usize> {
    let output = save_with(place, options, "*=trace");
    assert!(output.status.success(), "{}", said(&output));
    let mut passed = BTreeMap::new();
    for name in said(&output).lines().filter_map(|line| line.strip_prefix("failpoint ")) {
        *passed.entry(name.to_owned()).or_default() += 1;
    }
    passed
}

/// The first, the last, and one between.
fn some(times: usize) -> impl Iterator<Item = usize> {
    let mut some = vec![1, times.div_ceil(2), times];
    some.dedup();
    some.into_iter()
}

fn try_all(name: &str, options: &[&str]) {
    let place = Place::new(name);
    let passed = passed(&place, options);
    for step in ["save.created", "save.writing", "save.moded", "save.flushed", LAST] {
        assert!(passed.contains_key(step), "{step} is not among {passed:?}");
    }
    for (step, &times) in &passed {
        let in_place = step == LAST;
        for time in some(times) {
            for rule in errors(step, time) {
                let Some((output, told)) = reached(&place, options, step, time, &rule) else {
                    continue;
                };
                assert_eq!(output.status.code(), Some(1), "{rule}: {told}");
                assert_eq!(told.lines().count(), 1, "{rule}: {told}");
                assert_eq!(told.contains("in place but not yet known durable"), in_place, "{told}");
                // What goes wrong in memory is not of a file.
                let names_it = told.contains(name) || !step.starts_with("save.");
                assert!(names_it, "{rule} names no file: {told}");
                check(&place, in_place, &rule);
                assert!(place.is_clean(), "{rule}: something is left behind");
            }

            let rule = format!("{step}=panic@{time}");
            if let Some((output, told)) = reached(&place, options, step, time, &rule) {
                // A panic in a thread may have become an error.
                assert!(!output.status.success(), "{rule} was not noticed: {told}");
                check(&place, in_place, &rule);
                assert!(place.is_clean(), "{rule}: something is left behind");
            }

            // Killed at later times it is from outside, by the kit.
            let rule = format!("{step}=abort@{time}");
            if time == 1
                && let Some((output, told)) = reached(&place, options, step, time, &rule)
            {
                assert!(!output.status.success(), "{rule}: {told}");
                check(&place, in_place, &rule);
            }
        }
    }
}

/// Saves by this rule, and gives what came of it, but for the trace. `None` if the step wasn't reached
/// so often this time: a checksum that a thread has ready soon enough needs no patching. Then the
/// save must have succeeded.
fn reached(
    place: &Place,
    options: &[&str],
    step: &str,
    time: usize,
    rule: &str,
) -> Option<(Output, String)> {
    place.reset();
    let output = save_with(place, options, &format!("{step}=trace;{rule}"));
    let trace = format!("failpoint {step}");
    let said = said(&output);
    let (passed, told): (Vec<_>, Vec<_>) = said.lines().partition(|line| *line == trace);
    if passed.len() < time {
        assert!(output.status.success(), "{rule}: {said}");
        assert_eq!(version(&place.path), NEW, "{rule}");
        return None;
    }
    Some((output, told.join("\n")))
}

/// Once at this time, and, where it is the first, from then on.
fn errors(step: &str, time: usize) -> impl Iterator<Item = String> {
    let since = (time == 1).then(|| format!("{step}=error:5"));
    since.into_iter().chain([format!("{step}=error:28@{time}")])
}

fn check(place: &Place, in_place: bool, rule: &str) {
    match in_place {
        true => assert_eq!(version(&place.path), NEW, "{rule}"),
        false => assert!(place.is_old(), "{rule}: version {} was {OLD}", version(&place.path)),
    }
}

#[test]
fn every_step_can_fail() {
    thread::scope(|scope| {
        for (name, options) in WAYS {
            scope.spawn(move || try_all(name, options));
        }
    });
}

/// A rule that is none must not look like a save that nothing could stop.
#[test]
fn a_misspelt_rule_is_no_rule() {
    let place = Place::new("a.npy");
    let output = save_with(&place, &[], "save.created=eror");
    assert!(said(&output).contains("NPZ_FAILPOINTS: save.created=eror"), "{}", said(&output));
    assert!(!output.status.success() && place.is_old());
    assert_eq!(version(Path::new(&place.path)), OLD);
}
