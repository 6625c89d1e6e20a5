//! What can be typed.

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    completions, convert, diff, digest, edit, extract, info, ls, man, pack, plot, repack, report,
    show, stats, verify,
};
use crate::output::Color;
use crate::source::Options;

/// Looks into NumPy's npy and npz files and safetensors, compares, checks, converts and edits them.
///
/// A FILE can be `-`, the standard input. Exit status: 0 done, 1 a difference or a fault was found,
/// 2 an error.
#[derive(Debug, Parser)]
#[command(name = "npz", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Ls(ls::Args),
    Info(info::Args),
    Show(show::Args),
    Stats(stats::Args),
    Plot(plot::Args),
    Report(report::Args),
    Diff(diff::Args),
    Verify(verify::Args),
    Digest(digest::Args),
    Convert(convert::Args),
    Pack(pack::Args),
    Extract(extract::Args),
    Rm(edit::RmArgs),
    Mv(edit::MvArgs),
    Cp(edit::CpArgs),
    SetMeta(edit::SetMetaArgs),
    Repack(repack::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// How files are read.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct ReadArgs {
    /// Open what else np.load opens: archives with bytes before or behind them, with gaps, packed
    /// by bzip2 or lzma
    #[arg(long)]
    pub(crate) lenient: bool,
}

impl ReadArgs {
    pub(crate) fn options(self) -> Options {
        Options::new(self.lenient)
    }
}
