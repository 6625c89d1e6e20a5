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
fn torch_weights() {
    let output = example("torch_weights").output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    for line in ["layer 0: 4 inputs, 8 outputs", "the outputs are those of Python", "layers.#.bias"]
    {
        assert!(printed.contains(line), "{line}: {printed}");
    }
}

#[test]
fn for_python() {
    for activation in ["relu", "tanh"] {
        let directory = tempfile::tempdir().unwrap();
        let network = directory.path().join("network.npz");
        let output = example("for_python").arg(&network).arg(activation).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

        // What it prints is a whole program.
        let program = String::from_utf8(output.stdout).unwrap();
        let Some(said) = oracle::python(&program, [&network]) else { return };
        assert!(said.contains("the same outputs in Python"), "{said}");
    }
}
