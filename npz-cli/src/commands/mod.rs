//! The commands, a file each: what can be said to it (`Args`), and what it does (`run`).

pub(crate) mod completions;
pub(crate) mod ls;
pub(crate) mod man;
pub(crate) mod plot;
pub(crate) mod report;
pub(crate) mod show;
pub(crate) mod stats;

use std::path::PathBuf;

use crate::cli::{Command, ReadArgs};
use crate::error::{Result, Status, tell};
use crate::json::{JsonError, JsonUnreadable};
use crate::output::Output;
use crate::source::Source;

pub(crate) fn run(command: Command, out: &mut Output) -> Result<Status> {
    match command {
        Command::Ls(args) => ls::run(&args, out),
        Command::Show(args) => show::run(&args, out),
        Command::Completions(args) => completions::run(&args, out),
        Command::Man(args) => man::run(&args, out),
        Command::Plot(args) => plot::run(&args, out),
        Command::Report(args) => report::run(&args, out),
        Command::Stats(args) => stats::run(&args, out),
    }
}

/// Does something with each of several files. One that can't be opened is told, and the others
/// follow; the worst status is that of all.
pub(crate) fn each(
    files: &[PathBuf],
    read: ReadArgs,
    json: bool,
    out: &mut Output,
    mut work: impl FnMut(&Source, &mut Output) -> Result<Status>,
) -> Result<Status> {
    let options = read.options();
    let mut worst = Status::Done;
    for file in files {
        let status = match Source::open(file, &options) {
            Ok(source) => work(&source, out)?,
            Err(error) if json => {
                let name = file.display().to_string();
                out.json(&JsonUnreadable { file: &name, error: JsonError::new(&error) })?;
                Status::Failed
            }
            Err(error) => {
                tell(out, &error.into());
                Status::Failed
            }
        };
        worst = worst.max(status);
    }
    Ok(worst)
}
