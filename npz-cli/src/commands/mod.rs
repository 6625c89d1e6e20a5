//! The commands, a file each: what can be said to it (`Args`), and what it does (`run`).

pub(crate) mod completions;
pub(crate) mod ls;
pub(crate) mod man;
pub(crate) mod plot;
pub(crate) mod report;
pub(crate) mod stats;

use crate::cli::Command;
use crate::error::{Result, Status};
use crate::output::Output;

pub(crate) fn run(command: Command, out: &mut Output) -> Result<Status> {
    match command {
        Command::Ls(args) => ls::run(&args, out),
        Command::Completions(args) => completions::run(&args, out),
        Command::Man(args) => man::run(&args, out),
        Command::Plot(args) => plot::run(&args, out),
        Command::Report(args) => report::run(&args, out),
        Command::Stats(args) => stats::run(&args, out),
    }
}
