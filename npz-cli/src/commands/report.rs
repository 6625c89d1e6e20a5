//! A page about a file.

use std::path::PathBuf;

use crate::cli::ReadArgs;
use crate::error::{Result, Status, tell};
use crate::output::Output;
use crate::report;
use crate::source::Source;
use crate::write;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An npz, npy or safetensors file
    file: PathBuf,
    /// Where the page goes; `-` is the standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    write::check_apart(&args.file, &args.output)?;
    let source = Source::open(&args.file, &args.read.options())?;
    let (page, errors) = report::report(&source);
    write::write(&args.output, page.as_bytes(), out)?;
    let status = if errors.is_empty() { Status::Done } else { Status::Failed };
    errors.into_iter().for_each(|error| tell(out, &error.into()));
    Ok(status)
}
