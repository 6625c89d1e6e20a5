//! npz beside other libraries and beside the machine's own limit, on ten workloads.
//!
//! ```sh
//! cargo workloads                    # all; an hour or less, alone on the machine
//! cargo workloads --only W2-load     # a part; the rest of the results stays as it is
//! cargo workloads --quick            # small and short, to see that it works; keeps nothing
//! ```

mod child;
mod data;
mod gpt2;
mod job;
mod libraries;
mod machine;
mod map;
mod markdown;
mod plot;
mod profile;
mod python;
mod results;
mod runner;
mod workload;
mod workloads;

use std::env;
use std::path::PathBuf;

use clap::Parser;

use crate::machine::Machine;
use crate::python::Python;
use crate::results::Results;
use crate::runner::Runner;

type Error = Box<dyn std::error::Error>;
type Result<T> = std::result::Result<T, Error>;

/// Tells the program that it is the process that does the job which follows.
const JOB: &str = "--job";
/// For that process: glibc moves its threshold for maps as a process goes on; a fresh one starts here.
const THRESHOLD: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "131072");
const RESULTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../results");

/// Measures npz beside other libraries and beside the machine's own limit.
#[derive(Parser)]
#[command(name = "cargo workloads")]
struct Arguments {
    /// Small sizes, 3 rounds, results printed and not kept
    #[arg(long)]
    quick: bool,
    /// Only what starts with this, such as W4 or W1-load; may be given more than once
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// How often each is measured
    #[arg(long, value_name = "NUMBER")]
    rounds: Option<usize>,
    /// Where the files are while it runs: 5 GiB, on the file system to be measured
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Leaves NumPy out
    #[arg(long)]
    no_numpy: bool,
    /// Where the results are kept
    #[arg(long, value_name = "FOLDER")]
    results: Option<PathBuf>,
    /// Lists what there is and measures nothing
    #[arg(long)]
    list: bool,
    /// Writes the table and the picture from what is kept, and measures nothing
    #[arg(long)]
    render: bool,
}

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    if arguments.next().as_deref() == Some(JOB) {
        return child::run(&arguments.next().ok_or("no job is given")?);
    }
    run(&Arguments::parse())
}

fn run(arguments: &Arguments) -> Result<()> {
    let workloads = workloads::all(arguments.quick);
    let comparisons = workloads.iter().flat_map(|workload| &workload.comparisons);
    if arguments.list {
        comparisons.for_each(|comparison| println!("{:16} {}", comparison.id, comparison.title));
        return Ok(());
    }
    let ids: Vec<String> = comparisons.map(|comparison| comparison.id.clone()).collect();
    let only = &arguments.only;
    let is = |id: &str, start: &str| {
        id.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let chosen = |id: &str| only.is_empty() || only.iter().any(|start| is(id, start));
    if !ids.iter().any(|id| chosen(id)) {
        return Err(format!("there is no {}; --list tells what there is", only.join(", ")).into());
    }

    let folder = arguments.dir.clone().unwrap_or_else(env::temp_dir);
    let machine = Machine::here(&folder)?;
    let kept = match &arguments.results {
        None if arguments.quick => None,
        folder => Some(folder.clone().unwrap_or_else(|| RESULTS.into())),
    };
    if let Some(folder) = &kept {
        std::fs::create_dir_all(folder)?;
    }
    let kept = kept.map(|folder| folder.join(machine.slug()));
    let mut results = match &kept {
        Some(path) => Results::open(&path.with_extension("json"), &machine)?,
        None => Results { machine, versions: Vec::new(), comparisons: Vec::new() },
    };
    if arguments.quick {
        println!("sizes are a sixteenth of what the titles say");
    }
    if !arguments.render {
        let python = if arguments.no_numpy { None } else { Some(Python::new()?) };
        results.versions = versions(python.as_ref())?;
        let rounds = arguments.rounds.unwrap_or(if arguments.quick { 3 } else { 7 });
        let runner = Runner { folder: &folder, rounds, python: python.as_ref() };
        for workload in workloads {
            if !workload.comparisons.iter().any(|comparison| chosen(&comparison.id)) {
                continue;
            }
            runner.run(workload, chosen, |compared| {
                print!("{}", markdown::lines(&compared));
                results.put(compared, &ids);
                match &kept {
                    Some(path) => results.save(&path.with_extension("json")),
                    None => Ok(()),
                }
            })?;
        }
    }
    if let Some(path) = kept {
        let name = path.file_name().ok_or("the results have no name")?.to_string_lossy();
        let text = markdown::document(&results, &format!("{name}.svg"));
        std::fs::write(path.with_extension("md"), text)?;
        plot::draw(&results, &path.with_extension("svg"))?;
    }
    Ok(())
}

/// Of all that is measured, the crates' from the lock file.
fn versions(python: Option<&Python>) -> Result<Vec<(String, String)>> {
    const LOCK: &str = include_str!("../Cargo.lock");
    let mut versions = Vec::new();
    for name in ["npz-core", "ndarray-npy", "npyz", "safetensors", "ndarray"] {
        let line = format!("name = \"{name}\"\nversion = \"");
        let (_, rest) = LOCK.split_once(&line).ok_or_else(|| format!("{name} is not locked"))?;
        let version = rest.split('"').next().unwrap_or_default();
        versions.push((name.to_owned(), version.to_owned()));
    }
    if let Some(python) = python {
        versions.extend(python.versions()?);
    }
    Ok(versions)
}
