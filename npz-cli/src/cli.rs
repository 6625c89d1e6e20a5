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

// What a command takes is made up only when it is the one: building all of them takes longer than
// many a command itself.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// List the arrays of files
    Ls(ls::Args),
    /// Tell what a file is: its framing, alignment, metadata, who wrote it, and who can't read it
    Info(info::Args),
    /// Print values as NumPy prints them
    ///
    /// `npz show model.npz 'w[10:20, ::2]'` prints a part, and reads only what it needs. A file of one
    /// array needs no KEY: `npz show a.npy`, `npz show a.npy '[-1]'`.
    Show(show::Args),
    /// Show minima, maxima, means, deviations and histograms of arrays
    ///
    /// NaN and infinities are counted; all other figures are of the finite numbers. Of complex numbers
    /// they are of the magnitudes, of text of the lengths, of records of each field. Files are read
    /// twice, in pieces, on all cores.
    Stats(stats::Args),
    /// Draw an array as histogram, heat map, line or image
    ///
    /// A picture that is not asked for by `--as` is what the shape suggests: a line for one dimension,
    /// a heat map for two, an image for bytes in rows and columns or with three or four channels, a
    /// sheet for many of these, and a histogram for everything else. A slice helps to see a part:
    /// `npz plot model.npz 'conv.weight[0, 0]'`.
    Plot(plot::Args),
    /// Write a page about a file, for the browser
    ///
    /// The page has the tree of names, a search, the statistics, histograms and heat maps of all arrays.
    /// It is one file that needs no network. Open it in any browser.
    Report(report::Args),
    /// Compare two files: names, dtypes, shapes, values, metadata
    ///
    /// Exit status: 0 the same, 1 different, 2 an error. Without a tolerance, values are the same if
    /// all their bits are; byte order, order and packing don't matter.
    Diff(diff::Args),
    /// Check that files are sound, and say what to do if not
    ///
    /// Reads everything: framing, checksums, headers, what they promise. NaN and infinite values are
    /// told of. Exit status 1 if an entry is damaged, 2 if a file can't be opened.
    Verify(verify::Args),
    /// Print the SHA-256 of each array and of all of them
    ///
    /// It is taken of values, dtypes, shapes and names, not of the file: packing, order, byte order and
    /// alignment change nothing, so that equal models have equal digests whoever wrote them.
    Digest(digest::Args),
    /// Convert between npz, npy (one array, or a folder of them) and safetensors
    ///
    /// The names of the files say the formats, or --to does. bfloat16, the small floats and the strings
    /// of the metadata are kept; in a folder, by a file __metadata__.npy. A lone npy file has no place
    /// for the names of small floats and for strings, and it is said if there were some.
    Convert(convert::Args),
    /// Put arrays of files into an archive, new or not
    ///
    /// `npz pack model.npz weight.npy bias=b.npy` makes model.npz with the entries weight and bias, or
    /// puts them into the model.npz that is there, in the place of entries of these names.
    Pack(pack::Args),
    /// Write entries to npy files
    Extract(extract::Args),
    /// Remove entries from an archive
    Rm(edit::RmArgs),
    /// Rename an entry of an archive, or all whose names begin alike
    Mv(edit::MvArgs),
    /// Copy an entry within an archive, packed as it is
    Cp(edit::CpArgs),
    /// Set or remove strings of an archive's metadata
    SetMeta(edit::SetMetaArgs),
    /// Write an archive anew: stored or deflated, aligned, in C order, or as np.savez writes it
    ///
    /// Entries that needn't change are copied as they are.
    Repack(repack::Args),
    /// Print the completions for a shell
    ///
    /// For bash: `npz completions bash > ~/.local/share/bash-completion/completions/npz`
    Completions(completions::Args),
    /// Print the manual page, or write those of all commands
    Man(man::Args),
}

// How files are read. (What `///` says here would be said of the commands.)
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
