//! `npz`: looks into NumPy's npy and npz files and safetensors, compares, checks, converts and
//! edits them. Built on the public API of npz-core alone.

mod canonical;
mod cast;
mod chart;
mod cli;
mod commands;
mod digest;
mod error;
mod figures;
mod histogram;
mod interrupt;
mod json;
mod later;
mod lenient;
mod names;
mod numbers;
mod output;
mod pattern;
mod picture;
mod plane;
mod progress;
mod report;
mod scan;
mod slice;
mod source;
mod statistics;
mod survey;
mod table;
mod terminal;
mod text;
mod through;
mod values;
mod write;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::output::Output;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => return error::usage(&told),
    };
    let mut out = Output::new(cli.color);
    let result = commands::run(cli.command, &mut out);
    error::exit(result, out)
}
