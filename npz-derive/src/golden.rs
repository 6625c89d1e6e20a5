//! Golden expansions: each file in `tests/expand` is a struct and, behind it, what the derives
//! that it names make of it. `BLESS=1 cargo test -p npz-derive` writes the second part anew.

use crate::emit::Derive;
use std::fs;
use std::path::{Path, PathBuf};

/// Between the struct, which is written by hand, and the impls, which are not.
const BELOW: &str = "// Expands to:\n";

#[test]
fn expansions() {
    let mut stale = Vec::new();
    let cases = cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand"));
    assert!(cases.len() > 30, "tests/expand was not found whole: {} cases", cases.len());
    for path in cases {
        let found = fs::read_to_string(&path).unwrap();
        let input = found.split(BELOW).next().unwrap().trim_end();
        let expected = format!("{input}\n\n{BELOW}\n{}", expand(input));
        if found != expected && std::env::var_os("BLESS").is_some() {
            fs::write(&path, expected).unwrap();
        } else if found != expected {
            stale.push(format!("{}:\n{expected}", path.display()));
        }
    }
    assert!(stale.is_empty(), "these expansions have changed:\n{}", stale.join("\n"));
}

fn cases(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = entries
        .flat_map(|path| if path.is_dir() { cases(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    cases.sort();
    cases
}

/// The impls of the traits in `#[derive(…)]`, pretty-printed.
fn expand(input: &str) -> String {
    let item: syn::DeriveInput = syn::parse_str(input).unwrap();
    let derives = [
        ("SaveNpz", Derive::Save),
        ("LoadNpz", Derive::Load),
        ("ViewNpz", Derive::View),
        ("NpyRecord", Derive::Record),
    ];
    let impls = derives.into_iter().filter(|(name, _)| input.contains(name)).map(|(_, derive)| {
        let tokens = crate::expand(quote::quote!(#item), derive);
        prettyplease::unparse(&syn::parse2(tokens).unwrap())
    });
    impls.collect::<Vec<_>>().join("\n")
}
