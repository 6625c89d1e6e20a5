//! What is in a file.

use std::path::PathBuf;

use crate::cli::ReadArgs;
use crate::error::{Result, Status, tell};
use crate::json::{JsonEntry, JsonError, JsonFile, JsonUnreadable};
use crate::output::Output;
use crate::source::Source;

/// List the arrays of files
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// npz, npy or safetensors files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print a line of JSON for each file
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    let options = args.read.options();
    let mut status = Status::Done;
    for file in &args.files {
        match Source::open(file, &options) {
            Ok(source) => {
                let entries: Vec<_> = source.entries().iter().map(JsonEntry::new).collect();
                if source.entries().iter().any(|entry| entry.error.is_some()) {
                    status = Status::Failed;
                }
                out.json(&JsonFile::new(&source, entries))?;
            }
            Err(error) => {
                status = Status::Failed;
                if args.json {
                    let name = file.display().to_string();
                    out.json(&JsonUnreadable { file: &name, error: JsonError::new(&error) })?;
                } else {
                    tell(out, &error.into());
                }
            }
        }
    }
    Ok(status)
}
