//! House rules that the compiler doesn't hold: which module may use which, and what stands where.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The rooms of npz-core. Each may use what stands before it, so that the formats know nothing of
/// files, and nothing below the tree knows of structs.
const ROOMS: [&str; 15] = [
    "error",
    // a hint about memory, which knows nothing at all
    "io::pages",
    "nearest",
    "limits",
    "literal",
    "dtype",
    "rules",
    "options",
    "npy::header",
    "element",
    "io",
    "npy",
    "npz",
    // maps of files, which are viewed as what they are
    "io::mmap",
    "tree",
];

/// Long enough for one idea with its tests, too short for two.
const LONGEST_FILE: usize = 500;

#[test]
fn rooms_use_only_what_stands_before_them() {
    let source = root().join("npz-core/src");
    let crate_root = code(&read(&source.join("lib.rs")));
    let exports = paths(&crate_root, &[]);
    let mut faults = Vec::new();
    for file in rust_files(&source).into_iter().filter(|file| !is_test(file)) {
        let code = code(&read(&file));
        let module = module(file.strip_prefix(&source).unwrap());
        // The crate's root, and what generated code calls, gather from everywhere.
        let Some(room) = room(&module) else { continue };
        for path in paths(&code, &module) {
            let used = room_of_item(&path, &exports);
            if used.is_none_or(|used| used > room) {
                faults.push(format!(
                    "{}: `{}` uses `crate::{}`",
                    file.display(),
                    ROOMS[room],
                    path.join("::")
                ));
            }
        }
    }
    assert!(faults.is_empty(), "the order is {ROOMS:?}:\n{}", faults.join("\n"));
}

#[test]
fn the_zip_crate_is_named_in_one_file() {
    let room = root().join("npz-core/src/npz/lenient.rs");
    let source = ["npz-core/src", "npz-derive/src"].map(|source| rust_files(&root().join(source)));
    let named = source.into_iter().flatten().filter(|file| {
        let code = code(&read(file));
        let tokens = tokens(&code);
        let path = tokens.windows(3).any(|t| t[0] != "::" && t[1] == "zip" && t[2] == "::");
        path || tokens.windows(3).any(|t| t == ["use", "zip", ";"])
    });
    let elsewhere: Vec<_> = named.filter(|file| *file != room).collect();
    assert!(elsewhere.is_empty(), "the zip crate belongs in {}: {elsewhere:?}", room.display());
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<_> = rust_files(root())
        .into_iter()
        .filter(|file| !is_test(file))
        .map(|file| (read(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "more than {LONGEST_FILE} lines: {long:?}");
}

/// Maps are made in one file, and hints about pages, which no library gives in a safe form, in
/// another. Nobody can hold for the callers of its constructors that the mapped
/// file stays as it is, so those who call them, to test and to show them, have to say the word too.
const MAY_SAY_IT: [&str; 7] = [
    "npz-core/src/io/mmap.rs",
    "npz-core/src/io/pages.rs",
    "tests/suite/views.rs",
    "tests/programs/saver.rs",
    "examples/view.rs",
    "examples/in_place.rs",
    "benches/workloads/src/map.rs",
];

#[test]
fn nothing_goes_around_the_borrow_checker() {
    let word = concat!("un", "safe");
    // A lint's name, and a word of content policies on web pages.
    let others = [concat!("un", "safe_code"), concat!("un", "safe-inline")];
    let mut found = Vec::new();
    let allowed = MAY_SAY_IT.map(|file| root().join(file));
    for file in rust_files(root()).into_iter().filter(|file| !allowed.contains(file)) {
        for (number, line) in read(&file).lines().enumerate() {
            // The compiler reads no comments, and the manual of maps shows how they are made.
            let comment = line.trim_start().starts_with("//");
            if !comment
                && others
                    .iter()
                    .fold(line.to_owned(), |line, other| line.replace(other, ""))
                    .contains(word)
            {
                found.push(format!("{}:{}: {line}", file.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// Unit tests in a file of their own may use anything, like those beside the code.
fn is_test(file: &Path) -> bool {
    let file = file.strip_prefix(root()).unwrap();
    file.ends_with("tests.rs")
        || file.components().any(|c| c == Component::Normal("tests".as_ref()))
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            files.append(&mut rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The code without comments and without the unit tests, which may use anything.
fn code(source: &str) -> String {
    let product = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = product.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .map(|line| line.split(" // ").next().unwrap())
        .fold(String::new(), |all, line| all + line + "\n")
}

/// `npy/header.rs` → `["npy", "header"]`
fn module(file: &Path) -> Vec<&str> {
    let parts = file.iter().map(|part| part.to_str().unwrap().trim_end_matches(".rs"));
    parts.filter(|part| !["lib", "mod"].contains(part)).collect()
}

/// The place in [`ROOMS`] of a module, or of an item by the path where it stands.
fn room(path: &[&str]) -> Option<usize> {
    let place = |name: &str| ROOMS.iter().position(|room| *room == name);
    let inner = path.get(..2).and_then(|two| place(&two.join("::")));
    inner.or_else(|| place(path.first()?))
}

/// The same for a path as code has it, which may go through the crate's root.
fn room_of_item(path: &[&str], exports: &[Vec<&str>]) -> Option<usize> {
    room(path).or_else(|| {
        let export = exports.iter().find(|export| export.last() == path.first())?;
        room(export)
    })
}

/// Every path in `code` that starts at `crate` or `super`, from the crate's root and with groups
/// spelled out: `use crate::{error::Error, npy::{header, reader}}` gives three.
fn paths<'a>(code: &'a str, module: &[&'a str]) -> Vec<Vec<&'a str>> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut i = 0;
    while i + 1 < tokens.len() {
        let start = match tokens[i] {
            "crate" => Some(&module[..0]),
            "super" => Some(&module[..module.len().saturating_sub(1)]),
            _ => None,
        };
        i += 1;
        if let Some(start) = start.filter(|_| tokens[i] == "::") {
            i += 1;
            i += spell_out(&tokens[i..], start.to_vec(), &mut found);
        }
    }
    found
}

/// Follows one path to its ends, and says how many tokens it took.
fn spell_out<'a>(
    tokens: &[&'a str],
    mut path: Vec<&'a str>,
    found: &mut Vec<Vec<&'a str>>,
) -> usize {
    match tokens.first().copied() {
        Some("{") => {
            let mut taken = 1;
            while taken < tokens.len() && tokens[taken] != "}" {
                taken += match tokens[taken] {
                    "," => 1,
                    // The new name of an import says nothing about where it comes from.
                    "as" => 2,
                    _ => spell_out(&tokens[taken..], path.clone(), found).max(1),
                };
            }
            taken + 1
        }
        Some(name) if name.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
            match name {
                "super" => drop(path.pop()),
                "self" => {}
                _ => path.push(name),
            }
            if tokens.get(1) == Some(&"::") {
                return 2 + spell_out(&tokens[2..], path, found);
            }
            found.push(path);
            1
        }
        _ => {
            found.push(path);
            0
        }
    }
}

/// Words, `::`, and every other character for itself.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if word(first) {
            rest.find(|c| !word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

#[test]
fn paths_are_found_and_spelled_out() {
    let code = code(
        "use crate::{error::{Error, Result as R}, npy::header};\n// crate::tree\nuse super::{*, reader};\n\
         fn f(x: &crate::dtype::DType) -> super::super::npz::X<u8> { crate::Error::new() }\n\
         #[cfg(test)]\nmod tests {\n    use crate::tree::Plan;\n}\n",
    );
    let found: Vec<_> = paths(&code, &["npy", "header"]).iter().map(|p| p.join("::")).collect();
    let expected = [
        "error::Error",
        "error::Result",
        "npy::header",
        "npy",
        "npy::reader",
        "dtype::DType",
        "npz::X",
        "Error::new",
    ];
    assert_eq!(found, expected);
    let exports = [vec!["error", "Error"]];
    assert_eq!(room_of_item(&["Error", "new"], &exports), Some(0));
    assert_eq!(room_of_item(&["npy", "header", "Header"], &exports), Some(8));
    assert_eq!(room_of_item(&["npy", "reader"], &exports), Some(11));
    assert_eq!(room_of_item(&["Unknown"], &exports), None);
}
