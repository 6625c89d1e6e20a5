//! The commands, a file each: what can be said to it (`Args`), and what it does (`run`).

pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod diff;
pub(crate) mod digest;
pub(crate) mod edit;
pub(crate) mod extract;
pub(crate) mod info;
pub(crate) mod ls;
pub(crate) mod man;
pub(crate) mod pack;
pub(crate) mod plot;
pub(crate) mod repack;
pub(crate) mod report;
pub(crate) mod show;
pub(crate) mod stats;
pub(crate) mod verify;

use std::path::{Path, PathBuf};

use npz_core::Error;

use crate::cli::{Command, ReadArgs};
use crate::error::{Failure, Result, Status, tell};
use crate::json::{JsonError, JsonUnreadable};
use crate::output::Output;
use crate::pattern;
use crate::source::{Source, copy};

pub(crate) fn run(command: Command, out: &mut Output) -> Result<Status> {
    match command {
        Command::Ls(args) => ls::run(&args, out),
        Command::Info(args) => info::run(&args, out),
        Command::Show(args) => show::run(&args, out),
        Command::Diff(args) => diff::run(&args, out),
        Command::Verify(args) => verify::run(&args, out),
        Command::Digest(args) => digest::run(&args, out),
        Command::Convert(args) => convert::run(&args, out),
        Command::Pack(args) => pack::run(&args, out),
        Command::Extract(args) => extract::run(&args, out),
        Command::Rm(args) => edit::rm(&args, out),
        Command::Mv(args) => edit::mv(&args, out),
        Command::Cp(args) => edit::cp(&args, out),
        Command::SetMeta(args) => edit::set_meta(&args, out),
        Command::Repack(args) => repack::run(&args, out),
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
    work: impl FnMut(&Source, &mut Output) -> Result<Status>,
) -> Result<Status> {
    each_or(files, read, json, out, |error, out| tell(out, &error.into()), work)
}

/// The same, with one's own words for files that can't be opened.
pub(crate) fn each_or(
    files: &[PathBuf],
    read: ReadArgs,
    json: bool,
    out: &mut Output,
    mut unopened: impl FnMut(Error, &mut Output),
    mut work: impl FnMut(&Source, &mut Output) -> Result<Status>,
) -> Result<Status> {
    let options = read.options();
    let mut worst = Status::Done;
    for (at, file) in files.iter().enumerate() {
        let status = match Source::open(file, &options) {
            Ok(source) => {
                let status = work(&source, out)?;
                if at + 1 == files.len() {
                    // The program ends here; to give back what very many entries take is idle.
                    std::mem::forget(source);
                }
                status
            }
            Err(error) if json => failed_in_json(file, &error, out)?,
            Err(error) => {
                unopened(error, out);
                Status::Failed
            }
        };
        worst = worst.max(status);
        out.note(worst);
    }
    Ok(worst)
}

/// Says a failure about a file in JSON, if that is what was asked for.
pub(crate) fn in_json(
    result: Result<Status>,
    file: &Path,
    json: bool,
    out: &mut Output,
) -> Result<Status> {
    match result {
        Err(Failure::Data(error)) if json => failed_in_json(file, &error, out),
        other => other,
    }
}

/// Prints in JSON why nothing more can be said of a file.
pub(crate) fn failed_in_json(file: &Path, error: &Error, out: &mut Output) -> Result<Status> {
    let name = file.display().to_string();
    out.note(Status::Failed);
    out.json(&JsonUnreadable { file: &name, error: JsonError::new(error) })?;
    Ok(Status::Failed)
}

/// Whether one of `globs` matches; all names match where there are none.
pub(crate) fn matches_any(globs: &[String], name: &str) -> bool {
    globs.is_empty() || globs.iter().any(|glob| pattern::matches(glob, name))
}

/// Whether a name is meant for several.
pub(crate) fn is_glob(name: &str) -> bool {
    name.contains(['*', '?'])
}

/// Says why members can't be read, unless the JSON has said it, and what status that is.
pub(crate) fn unreadable(source: &Source, json: bool, out: &mut Output) -> Status {
    let mut status = Status::Done;
    for error in source.members().into_iter().filter_map(|entry| entry.error.as_ref()) {
        status = Status::Failed;
        if !json {
            tell(out, &copy(error).into());
        }
    }
    status
}
