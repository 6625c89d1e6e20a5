//! Manual pages.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::cli::Cli;
use crate::error::{Failure, Result, Status};
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print the page of this command
    command: Option<String>,
    /// Write a page for each command into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let mut cli = Cli::command();
    cli.build();
    if let Some(folder) = &args.dir {
        fs::create_dir_all(folder).map_err(|error| Failure::io(folder, "make", error))?;
        write(folder, "npz", cli.clone())?;
        for command in cli.get_subcommands() {
            write(folder, &format!("npz-{}", command.get_name()), command.clone())?;
        }
        return Ok(Status::Done);
    }
    let page = match &args.command {
        None => page(cli)?,
        Some(name) => match cli.find_subcommand(name) {
            Some(command) => page(command.clone())?,
            None => return Err(Failure::usage(format!("there is no command {name:?}"))),
        },
    };
    out.bytes(&page)?;
    Ok(Status::Done)
}

fn write(folder: &Path, name: &str, command: Command) -> Result<()> {
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, page(command)?).map_err(|error| Failure::io(&path, "write", error))
}

fn page(command: Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    // A command has no version of its own.
    let version = env!("CARGO_PKG_VERSION");
    let man = Man::new(command.version(version)).source(format!("npz {version}"));
    let rendered = man.render(&mut page);
    rendered.map_err(|error| Failure::usage(format!("can't print the page: {error}")))?;
    Ok(page)
}
