//! How the command behaves among others: pipes, colours, the standard input, signals, help.

use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

use npz_core::NpzReader;
use npz_core::ndarray::arr1;

use crate::files::{Folder, network, text};
use crate::run::npz;

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_npz"));
    for name in ["COLUMNS", "NO_COLOR", "TERM"] {
        command.env_remove(name);
    }
    command
}

fn with_input(args: &[&str], input: &[u8]) -> Output {
    let mut child = command()
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Who doesn't read all of it isn't wrong.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().unwrap()
}

#[test]
fn a_dash_is_the_standard_input_and_output() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let mut bytes = fs::read(&network).unwrap();
    let output = with_input(&["ls", "--json", "-"], &bytes);
    let listed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&listed["file"], listed["entries"].as_array().unwrap().len()), (&"-".into(), 30));
    let output = with_input(&["show", "-", "step"], &bytes);
    assert_eq!(output.stdout, b"1000\n");
    // Through three of them.
    let output =
        with_input(&["convert", "--to", "safetensors", "--only", "layers.*", "-", "-"], &bytes);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = with_input(&["convert", "--to", "npz", "-", "-"], &output.stdout);
    let reader = NpzReader::from_bytes(&output.stdout).unwrap();
    assert_eq!(reader.len(), 24);
    let output = with_input(&["extract", "-", "layers.0.bias", "-o", "-"], &output.stdout);
    let array = npz_core::NpyReader::new(output.stdout.as_slice()).unwrap().read_any().unwrap();
    assert_eq!(array.shape(), [8]);
    let npy = npz_core::NpyWriter::new(Vec::new()).write(&arr1(&[7_u8])).unwrap();
    let output = with_input(&["pack", "-", "seven=-"], &npy);
    assert!(NpzReader::from_bytes(&output.stdout).unwrap().contains("seven"));
    // In and out again, what they are changed to in between.
    for (args, names) in [
        (&["rm", "-", "layers.*", "head/*", "name"][..], &["embed", "step"][..]),
        (&["repack", "--deflate", "1", "-", "-"], &["embed", "step"]),
        (&["mv", "-", "step", "epoch"], &["embed", "epoch"]),
        (&["cp", "-", "epoch", "step"], &["embed", "epoch", "step"]),
        (&["set-meta", "-", "run=9"], &["embed", "epoch", "step"]),
    ] {
        let output = with_input(args, &bytes);
        assert!(output.status.success(), "{args:?} {}", String::from_utf8_lossy(&output.stderr));
        bytes = output.stdout;
        let reader = NpzReader::from_bytes(&bytes).unwrap();
        assert_eq!(reader.names().collect::<Vec<_>>(), names, "{args:?}");
    }
    assert_eq!(NpzReader::from_bytes(&bytes).unwrap().metadata().unwrap()["run"], "9");
    let output = with_input(&["rm", "-", "stepp"], &bytes);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.stdout.is_empty() && err.starts_with("npz: -: entry \"stepp\": "), "{err}");
    let output = with_input(&["ls", "-"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("-: not an npz file: it is empty"));
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let files = vec![text(&network); 400];
    for args in [["ls", "--long"], ["digest", "--json"], ["info", "--json"]] {
        let mut child = command()
            .args(args)
            .args(&files)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert!(child.wait().unwrap().success(), "{args:?}");
        assert_eq!(err, "", "{args:?}");
    }
    // Data itself too.
    let mut child = command()
        .args(["convert", "--to", "npz", text(&network), "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    child.wait().unwrap();
    assert!(!err.contains("panicked"), "{err}");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let coloured = |args: &[&str], set: &[(&str, &str)]| {
        let output = command().args(args).arg(text(&network)).envs(set.iter().copied()).output();
        output.unwrap().stdout.contains(&0x1b)
    };
    assert!(!coloured(&["ls"], &[]));
    assert!(coloured(&["ls", "--color", "always"], &[]));
    assert!(coloured(&["--color=always", "ls"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["ls", "--color", "never"], &[]));
    assert!(!coloured(&["ls", "--color", "always", "--json"], &[]));
}

#[test]
fn help_and_completions_know_every_command() {
    let commands = [
        "ls",
        "info",
        "show",
        "stats",
        "plot",
        "report",
        "diff",
        "verify",
        "digest",
        "convert",
        "pack",
        "extract",
        "rm",
        "mv",
        "cp",
        "set-meta",
        "repack",
        "completions",
        "man",
    ];
    let (status, help, _) = npz(["--help"]);
    assert_eq!(status, 0);
    for name in commands {
        assert!(help.contains(&format!("\n  {name} ")), "{name}: {help}");
        let (status, out, _) = npz([name, "--help"]);
        assert!(status == 0 && out.contains("Usage: npz "), "{name}");
        // What it does is told in the list as on its own page; the list breaks lines.
        let does = out.lines().next().unwrap();
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            does.len() > 12 && words(&help).contains(&format!(" {name} {does}")),
            "{name}: {does}"
        );
        let (status, page, _) = npz(["man", name]);
        let version = concat!("\"npz ", env!("CARGO_PKG_VERSION"), "\"");
        let title = page.lines().find(|line| line.starts_with(".TH ")).unwrap();
        assert!(
            title.contains(&format!(".TH npz-{name} 1 ")) && title.contains(version),
            "{title}"
        );
        assert!(status == 0 && page.contains(&format!(".TH npz-{name} 1")), "{name}: {page}");
    }
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish"] {
        let (status, out, _) = npz(["completions", shell]);
        assert!(status == 0 && out.contains("set-meta"), "{shell}");
        let script = folder.path(shell);
        fs::write(&script, out).unwrap();
        // Where the shell is there, it can read it.
        match Command::new(shell).arg("-n").arg(&script).status() {
            Ok(read) => assert!(read.success(), "{shell}"),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{shell}"),
        }
    }
    assert_eq!(npz(["man", "--dir", text(&folder.path("man"))]).0, 0);
    assert!(folder.path("man").join("npz.1").exists());
    assert!(folder.path("man").join("npz-set-meta.1").exists());
    let (status, _, err) = npz(["dif"]);
    assert!(status == 2 && err.contains("'diff'"), "{err}");
    assert_eq!(npz(Vec::<&str>::new()).0, 2);
    assert_eq!(npz(["--version"]).1, format!("npz {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn what_cannot_be_written_is_told_by_its_own_name() {
    let folder = Folder::new();
    let network = network(&folder, "network.npz");
    let page = folder.path("missing/page.html");
    let (status, out, err) = npz(["report", text(&network), "-o", text(&page)]);
    assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1), "{err}");
    assert!(err.contains(text(&page)) && !err.contains(".npz-"), "{err}");
}

#[test]
fn what_cannot_be_opened_is_told_in_one_line() {
    let folder = Folder::new();
    fs::create_dir(folder.path("folder")).unwrap();
    fs::write(folder.path("text.npz"), "hello").unwrap();
    fs::write(folder.path("empty.npy"), "").unwrap();
    for (name, said) in [
        ("missing.npz", "can't open the file: No such file"),
        ("folder", "is a folder, not a file"),
        ("text.npz", "not an npz file"),
        ("empty.npy", "the file ends inside the npy header"),
    ] {
        let path = folder.path(name);
        for command in ["ls", "info", "show", "verify", "digest"] {
            let (status, out, err) = npz([command, text(&path)]);
            // What to do about a file that was cut short, verify says too.
            let lines = if (command, name) == ("verify", "empty.npy") { 2 } else { 1 };
            assert_eq!((status, out.as_str()), (2, ""), "{command} {name}");
            assert_eq!(err.lines().count(), lines, "{command} {name}: {err}");
            assert_eq!(err.contains("\n     it was cut short"), lines == 2, "{err}");
            assert!(err.contains(said) && err.contains(text(&path)), "{err}");
        }
    }
}

/// A pipe that never ends is read until the signal comes; nothing is left of the new file then.
#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing_half_written() {
    use std::time::Duration;

    let folder = Folder::new();
    let (from, to) = (folder.path("from.npz"), folder.path("to.npz"));
    // Large enough to be on its way for a while.
    let mut writer = npz_core::NpzWriter::create(&from).unwrap();
    let noise: Vec<u64> = (0..1_u64 << 20).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
    // One entry is most of it: there is no end of another soon.
    writer.add("large", &arr1(&noise.repeat(16))).unwrap();
    for part in 0..8 {
        writer.add(&part.to_string(), &arr1(&noise)).unwrap();
    }
    writer.finish().unwrap();
    fs::write(&to, "the old file").unwrap();
    for command_name in ["repack", "convert"] {
        let mut child = command()
            .args([command_name, "--deflate", "9", text(&from), text(&to)])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let begun = || folder.names().iter().any(|name| name.ends_with(".tmp"));
        while !begun() {
            assert!(child.try_wait().unwrap().is_none(), "it was done before the signal");
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{command_name}");
        assert_eq!(String::from_utf8_lossy(&output.stderr).trim(), "npz: interrupted");
        assert_eq!(folder.names(), ["from.npz", "to.npz"]);
        assert_eq!(fs::read(&to).unwrap(), b"the old file");
    }
}
