//! What the README and the docs show of the command is what it prints.

use std::fs;
use std::path::Path;

use crate::files::{Folder, network};

/// A command line, and what is said to come of it.
struct Shown {
    line: String,
    printed: String,
}

/// The lines that begin with `$ npz` in the blocks of a document, each with what follows it.
fn shown(document: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let (mut in_block, mut in_ours) = (false, false);
    for line in document.lines() {
        if line.starts_with("```") {
            in_block = !in_block && line == "```text";
            in_ours = false;
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| in_block) {
            in_ours = command.starts_with("npz ");
            if in_ours {
                all.push(Shown { line: command.to_owned(), printed: String::new() });
            }
        } else if let Some(last) = all.last_mut().filter(|_| in_ours) {
            last.printed += line;
            last.printed.push('\n');
        }
    }
    all
}

/// As a shell would, both outputs into one.
fn run(line: &str, folder: &Path) -> String {
    let (line, head) = match line.split_once(" | head -") {
        Some((line, count)) => (line, count.parse().unwrap()),
        None => (line, usize::MAX),
    };
    let mut args: Vec<String> = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        match at % 2 {
            1 => args.push(part.to_owned()),
            _ => args.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_npz"));
    for name in ["COLUMNS", "NO_COLOR", "COLORTERM", "TERM"] {
        command.env_remove(name);
    }
    let output = command.args(&args[1..]).current_dir(folder).output().unwrap();
    let text =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    text.lines().take(head).map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_documents_show_is_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = Folder::new();
    network(&folder, "model.npz");
    let data = folder.path("examples/data");
    fs::create_dir_all(&data).unwrap();
    for name in ["torch_weights.npz", "digits.npz"] {
        let from = root.join("examples/data").join(name);
        fs::copy(&from, data.join(name)).unwrap();
        fs::copy(&from, folder.path(name)).unwrap();
    }
    let mut count = 0;
    for document in ["README.md", "docs/cli.md"] {
        for Shown { line, printed } in shown(&fs::read_to_string(root.join(document)).unwrap()) {
            assert_eq!(run(&line, &folder.path("")), printed, "{document}: $ {line}");
            count += 1;
        }
    }
    assert!(count >= 6, "{count}");
}
