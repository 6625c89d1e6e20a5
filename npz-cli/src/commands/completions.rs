//! Completions for shells.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::cli::Cli;
use crate::error::{Result, Status};
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell: bash, zsh, fish and others
    shell: Shell,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let mut text = Vec::new();
    generate(args.shell, &mut Cli::command(), "npz", &mut text);
    out.bytes(&text)?;
    Ok(Status::Done)
}
