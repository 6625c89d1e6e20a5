//! Pipes that are closed, or never end, and signals.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use npz_core::ndarray::{Array1, arr1};
use npz_core::{savez, write_npy};

use crate::files::{Folder, network, text};

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_npz"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The exit status and the standard error of a command whose reader goes after so many bytes.
fn cut(args: &[&str], bytes: usize) -> (Option<i32>, String) {
    let mut child = command(args).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut vec![0; bytes]).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn who_has_seen_enough_is_content() {
    let folder = Folder::new();
    let (large, packed) = (folder.path("large.npz"), folder.path("packed.npz"));
    savez!(&large, x = Array1::<u64>::from_iter(0..1 << 20)).unwrap();
    assert_eq!(crate::run::npz(["repack", "--deflate", "1", text(&large), text(&packed)]).0, 0);
    for args in [
        &["convert", text(&large), "-"][..],
        &["convert", "--to", "npy", text(&packed), "-"],
        &["extract", text(&large), "x", "-o", "-"],
        &["pack", "-", text(&large)],
        &["repack", text(&large), "-"],
        &["show", "--full", text(&large)],
    ] {
        assert_eq!(cut(args, 1), (Some(0), String::new()), "{args:?}");
    }
}

#[test]
fn a_closed_pipe_hides_no_status() {
    let folder = Folder::new();
    let (a, b, missing) = (network(&folder, "a.npz"), folder.path("b.npy"), folder.path("c.npz"));
    write_npy(&b, &arr1(&[f32::NAN])).unwrap();
    let (a, b, missing) = (text(&a), text(&b), text(&missing));
    for (args, status) in [
        (&["diff", a, b][..], 1),
        (&["diff", "--json", a, b], 1),
        (&["diff", a, a], 0),
        (&["ls", missing, a], 2),
        (&["ls", "--json", missing, a], 2),
        (&["info", a, missing], 2),
        (&["verify", "--finite", b, a], 1),
    ] {
        assert_eq!(cut(args, 0).0, Some(status), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_printed_is_told() {
    for args in [&["--help"][..], &["--version"], &["ls", "--help"], &["man"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command(args).stdout(full).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), err.lines().count()), (Some(2), 1), "{args:?} {err}");
        assert!(err.starts_with("npz: can't write to the standard output"), "{err}");
    }
}

#[test]
fn the_standard_input_is_read_once() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    for args in [&["diff", "-", "-"][..], &["ls", "-", "-"], &["pack", "-", "a=-", "b=-"]] {
        let input = File::open(&network).unwrap();
        let output = command(args).stdin(input).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), err.lines().count()), (Some(2), 1), "{args:?}");
        assert!(err.starts_with("npz: -: the standard input can be read once"), "{err}");
    }
}

/// Waits until a signal would be heard.
#[cfg(target_os = "linux")]
fn wait_for_handler(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let heard = || {
        let status = fs::read_to_string(&status).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & 2 != 0
    };
    wait_until(heard);
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "it takes too long");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
}

#[cfg(target_os = "linux")]
fn assert_interrupted(mut child: Child, what: &[&str]) {
    wait_until(|| child.try_wait().unwrap().is_some());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), err.as_str()), (Some(130), "npz: interrupted\n"), "{what:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// One signal is enough, and nothing of what has been read stays anywhere.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_a_wait_for_the_standard_input() {
    let (folder, temp) = (Folder::new(), Folder::new());
    let (network, out) = (network(&folder, "network.npz"), folder.path("out.npz"));
    let bytes = fs::read(&network).unwrap();
    for args in [
        &["convert", "-", text(&out)][..],
        &["extract", "-", "step", "-o", text(&out)],
        &["pack", text(&out), "x=-"],
        &["rm", "-", "step"],
        &["mv", "-", "step", "epoch"],
        &["set-meta", "-", "a=b"],
        &["repack", "-", text(&out)],
    ] {
        let mut command = command(args);
        let mut child = command.env("TMPDIR", temp.path("")).stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(&bytes).unwrap();
        wait_for_handler(&child);
        interrupt(&child);
        assert_interrupted(child, args);
        drop(input);
        assert_eq!(names(&temp.path("")), [""; 0], "{args:?}");
        assert_eq!(folder.names(), ["network.npz"], "{args:?}");
    }
}

/// Nor does who waits for the reader of the standard output.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_a_wait_for_a_reader() {
    let (folder, temp) = (Folder::new(), Folder::new());
    let large = folder.path("large.npz");
    savez!(&large, x = Array1::<u64>::from_iter(0..1 << 20), y = arr1(&[1])).unwrap();
    for args in [&["rm", "-", "y"][..], &["repack", "-", "-"]] {
        let mut command = command(args);
        let input = File::open(&large).unwrap();
        let mut child = command.env("TMPDIR", temp.path("")).stdin(input).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0]).unwrap();
        interrupt(&child);
        assert_interrupted(child, args);
        drop(out);
        assert_eq!(names(&temp.path("")), [""; 0], "{args:?}");
    }
}

/// Who pushes the key twice gets no other end than who does it once.
#[cfg(target_os = "linux")]
#[test]
fn a_second_ctrl_c_leaves_nothing_either() {
    let folder = Folder::new();
    let (from, to) = (folder.path("from.npz"), folder.path("to.npz"));
    let noise: Vec<u64> = (0..1_u64 << 20).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
    savez!(&from, x = arr1(&noise.repeat(16))).unwrap();
    let args = ["repack", "--deflate", "6", text(&from), text(&to)];
    let child = command(&args).spawn().unwrap();
    wait_until(|| folder.names().iter().any(|name| name.ends_with(".tmp")));
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(50));
    interrupt(&child);
    assert_interrupted(child, &args);
    assert_eq!(folder.names(), ["from.npz"]);
}
