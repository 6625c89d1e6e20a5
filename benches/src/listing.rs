//! What `npz ls` of 10,000 arrays takes beside programs that read the archive's directory alone.
//!
//! ```sh
//! cargo build --release -p npz-cli && cargo run --release -p npz-benches --bin listing [rounds]
//! ```
//!
//! All are whole processes, started in turn, so that a change of the machine's speed hits all alike.
//! Prints the median and the least of each, and ratios to the one that reads the directory by
//! `NpzReader` and prints how many names it has. What isn't installed is left out.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ndarray::Array1;
use npz_core::{NpzReader, NpzWriter, SaveOptions};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ARRAYS: usize = 10_000;
const PYTHON: &str = "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))";

fn main() -> Result<()> {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let [how, path] = &args[..] {
        let names = match how.to_str() {
            Some("npz") => NpzReader::open(path)?.names().count(),
            Some("zip") => {
                zip::ZipArchive::new(BufReader::new(File::open(path)?))?.file_names().count()
            }
            _ => return Err("npz FILE or zip FILE".into()),
        };
        println!("{names}");
        return Ok(());
    }
    let rounds = args.first().and_then(|text| text.to_str()?.parse().ok()).unwrap_or(60);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("many.npz");
    let mut writer = NpzWriter::create_with(&path, &SaveOptions::new().durable(false))?;
    for layer in 0..ARRAYS {
        writer.add(&format!("layer.{layer}.weight"), &Array1::<f32>::zeros(256))?;
    }
    writer.finish()?;

    let own = std::env::current_exe()?;
    let command = own.with_file_name("npz");
    let (own, command) = (own.as_os_str(), command.as_os_str());
    let cases: [(&str, Vec<OsString>); 9] = [
        ("NpzReader, names", words(own, &["npz"], &path)),
        ("npz ls", words(command, &["ls"], &path)),
        ("npz ls --json", words(command, &["ls", "--json"], &path)),
        ("npz ls --long", words(command, &["ls", "--long"], &path)),
        ("the zip crate, names", words(own, &["zip"], &path)),
        ("zipinfo -1", words("zipinfo".as_ref(), &["-1"], &path)),
        ("Python's zipfile, names", words("python3".as_ref(), &["-c", PYTHON], &path)),
        ("cat", words("cat".as_ref(), &[], &path)),
        ("npz --version", vec![command.to_owned(), "--version".into()]),
    ];
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..rounds {
        for ((_, words), times) in cases.iter().zip(&mut times) {
            times.extend(run(words)?);
        }
    }
    let mut directory = None;
    for ((name, _), mut times) in cases.iter().zip(times) {
        times.sort_unstable();
        let (Some(least), Some(median)) = (times.first(), times.get(times.len() / 2)) else {
            println!("{name:24}      not here");
            continue;
        };
        let (least, median) = (least.as_secs_f64() * 1e3, median.as_secs_f64() * 1e3);
        let unit = *directory.get_or_insert((least, median));
        println!(
            "{name:24} {median:6.2} ms   {:5.2}   (least {least:6.2}, {:5.2})",
            median / unit.1,
            least / unit.0,
        );
    }
    Ok(())
}

fn words(program: &OsStr, args: &[&str], path: &Path) -> Vec<OsString> {
    let args = args.iter().map(OsString::from);
    [program.to_owned()].into_iter().chain(args).chain([path.as_os_str().to_owned()]).collect()
}

/// How long it runs; `None` if there is no such program.
fn run(words: &[OsString]) -> Result<Option<Duration>> {
    let (program, args) = words.split_first().ok_or("no program")?;
    let start = Instant::now();
    match Command::new(program).args(args).stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(Some(start.elapsed())),
        Ok(status) => Err(format!("{}: {status}", program.display()).into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
