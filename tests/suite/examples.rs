//! The programs of `examples/`, run as a user would run them.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::Command;

use crate::oracle;

/// `cargo test` builds the examples of the same profile beside this binary's directory.
fn example(name: &str) -> Command {
    let suite = env::current_exe().unwrap();
    let profile = suite.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples").join(name).with_extension(env::consts::EXE_EXTENSION);
    assert!(program.exists(), "{} is not built: cargo build --examples", program.display());
    Command::new(program)
}

#[test]
fn digits() {
    let directory = tempfile::tempdir().unwrap();
    let checkpoint = directory.path().join("checkpoint.npz");
    let output = example("digits").arg(&checkpoint).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("the loaded model gives the same 359 predictions"), "{printed}");
    assert!(printed.contains(&checkpoint.display().to_string()), "{printed}");

    // The line of Python that it prints tells the truth: these are the names of the struct.
    let Some(mut files) = oracle::describe([&checkpoint]) else { return };
    let found: BTreeMap<_, _> =
        files.remove(0).into_iter().map(|array| (array.key.unwrap(), array.shape)).collect();
    let layers = [
        ("layers.0.weight", vec![64, 96]),
        ("layers.0.bias", vec![96]),
        ("layers.1.weight", vec![96, 10]),
        ("layers.1.bias", vec![10]),
    ];
    let mut expected = BTreeMap::from([("step".to_owned(), vec![])]);
    for part in ["model", "adam.m", "adam.v"] {
        expected
            .extend(layers.iter().map(|(name, shape)| (format!("{part}.{name}"), shape.clone())));
    }
    assert_eq!(found, expected);
}

#[test]
fn view() {
    let directory = tempfile::tempdir().unwrap();
    let model = directory.path().join("model.npz");
    let output = example("view").arg(&model).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("1797 images of digits are part of this program"), "{printed}");
    assert!(printed.contains("a model of 1797 images, mapped"), "{printed}");
    assert!(printed.contains("of 1797 digits"), "{printed}");
    oracle::unzip(&model);
}
