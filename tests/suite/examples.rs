//! The programs of `examples/`, run as a user would run them.

use std::collections::BTreeMap;
use std::env;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

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

/// In no more memory than it should take, where the shell can bound that.
#[test]
fn slices() {
    let output = if cfg!(target_os = "linux") {
        let program = example("slices").get_program().to_owned();
        let bounded = r#"ulimit -v 65536; exec "$0""#;
        Command::new("sh").args(["-c", bounded]).arg(program).output().unwrap()
    } else {
        example("slices").output().unwrap()
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("the mean of column 3 over 20000 rows is 52.5"), "{printed}");
    assert!(printed.contains("4096 of 4294967296 bytes read"), "{printed}");

    let archive = example("slices").get_program().to_owned();
    let archive = Path::new(&archive).with_file_name("slices-data").join("measured.npz");
    let pipe = |bytes: Vec<u8>| {
        let mut command = example("slices");
        command.arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may stop before it has read all, if not all is well.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&bytes)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    };
    let bytes = std::fs::read(&archive).unwrap();
    let output = pipe(bytes.clone());
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("measured: shape [20000, 64], dtype '<f4', deflated"), "{printed}");
    assert!(output.status.success() && printed.ends_with("the archive is sound\n"), "{printed}");
    let output = pipe(bytes[..bytes.len() - 9].to_vec());
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && printed.contains("cut short"), "{printed}");
}

/// What an example prints, run with this argument.
fn printed(name: &str, argument: &Path) -> String {
    let output = example(name).arg(argument).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    printed
}

#[test]
fn stream() {
    let directory = tempfile::tempdir().unwrap();
    let printed = printed("stream", directory.path());
    assert!(printed.contains("start: Some([100, 2])"), "{printed}");
    assert!(printed.contains("13 rows"), "{printed}");
    let files = ["run.npz", "log.npy"].map(|name| directory.path().join(name));
    let Some(found) = oracle::describe(&files) else { return };
    let shapes = found.iter().map(|file| file.iter().map(|array| array.shape.len()).collect());
    assert_eq!(shapes.collect::<Vec<Vec<_>>>(), [vec![2, 2, 1], vec![2]]);
}

#[test]
fn edit() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.npz");
    let printed = printed("edit", &path);
    let after = printed.split_once("after").unwrap().1;
    assert!(after.contains("body, deflated") && !after.contains("note"), "{printed}");
    let Some(mut files) = oracle::describe([&path]) else { return };
    let found: Vec<_> =
        files.remove(0).into_iter().map(|array| (array.key.unwrap(), array.shape)).collect();
    let expected = [
        ("body", vec![1024, 1024]),
        ("head.weight", vec![256, 3]),
        ("head.bias", vec![3]),
        ("pretrained_steps", vec![]),
    ];
    assert_eq!(found, expected.map(|(name, shape)| (name.to_owned(), shape)));
}

#[test]
fn in_place() {
    let directory = tempfile::tempdir().unwrap();
    let printed = printed("in_place", directory.path());
    assert!(printed.contains("rows 10 to 20 add up to 200"), "{printed}");
    assert!(printed.contains("table.npz: 6400128 bytes in "), "{printed}");
    oracle::unzip(&directory.path().join("table.npz"));
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
