//! An archive anew, with the same arrays.

use std::path::{Path, PathBuf};

use npz_core::{AnyArray, Compression, Header, NpzEditor, Order, RawArray, SaveOptions};

use crate::canonical;
use crate::commands::extract::saved;
use crate::error::{Failure, Result, Status};
use crate::interrupt;
use crate::later::{cause, later};
use crate::lenient::mend;
use crate::output::Output;
use crate::source::{Entry, Kind, Options, Source};
use crate::through::through;
use crate::write::save_options;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An npz file
    input: PathBuf,
    /// The new one; may be the same
    output: PathBuf,
    /// Store all entries, so that they can be mapped
    #[arg(long, conflicts_with = "deflate")]
    store: bool,
    /// Deflate all entries, 1 (fast) to 9 (small)
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=9))]
    deflate: Option<u8>,
    /// Align the data of stored entries to so many bytes: 64, 4096 or another power of two
    #[arg(long, value_name = "BYTES")]
    align: Option<usize>,
    /// Put arrays in Fortran order into C order, which more readers know
    #[arg(long)]
    c_order: bool,
    /// Write the very bytes that np.savez writes; with --deflate the headers of
    /// np.savez_compressed, whose packed bytes depend on Python's zlib
    #[arg(long, conflicts_with = "align")]
    numpy: bool,
    /// Read leniently: what is written can then be read by all
    #[arg(long)]
    lenient: bool,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    through(&args.input, &args.output, out, |input, output| repack(args, input, output))
}

fn repack(args: &Args, input: &Path, output: &Path) -> Result<Status> {
    interrupt::guard();
    let options = Options::new(args.lenient);
    let source = Source::open(input, &options)?;
    if source.archive().is_none() {
        let (name, format) = (source.name(), source.format().name());
        return Err(Failure::usage(format!(
            "{name}: is {format}, not an npz file; npz convert makes one of it"
        )));
    }
    let compression = match (args.deflate, args.store || args.numpy) {
        (Some(level), _) => Some(Compression::Deflate(level)),
        (None, true) => Some(Compression::Stored),
        (None, false) => None,
    };
    let changed = changed(args, &source)?;
    let mut save = save_options(source.size()).numpy_framing(args.numpy);
    if let Some(bytes) = args.align {
        save = save.alignment(bytes);
    }
    let save: SaveOptions = save.compression(compression.unwrap_or_default());
    let mut editor = NpzEditor::open_as(input, &save, &options.load)?;
    if args.lenient {
        mend(&mut editor, &source, |name| Some(name.to_owned()))?;
    }
    if let Some(compression) = compression {
        editor.recompress_all(compression)?;
    }
    for (member, array) in &changed {
        editor.put_raw(member, array)?;
    }
    if args.numpy {
        let folders = source.entries().iter().filter(|entry| entry.is_folder());
        folders.filter_map(Entry::member).try_for_each(|member| editor.remove(member))?;
    }
    editor.commit_to(output).map_err(cause)?;
    Ok(Status::Done)
}

/// The arrays whose npy files change, by their members.
fn changed<'s>(args: &Args, source: &'s Source) -> Result<Vec<(&'s str, RawArray<'s>)>> {
    let mut changed = Vec::new();
    if args.numpy {
        // What it says of the others is none of the entries.
        source.check_description()?;
    }
    for (index, entry) in source.entries().iter().enumerate() {
        if args.numpy && entry.error.is_some() {
            // Its own error: np.savez never wrote that.
            source.read(index)?;
        }
        let (Some(member), Some(header)) = (entry.member(), &entry.header) else { continue };
        if !entry.is_readable_array() {
            continue;
        }
        let turned = args.c_order && header.order() == Order::Fortran;
        if turned {
            let header = Header::new(header.dtype().clone(), Order::C, header.shape())?;
            changed.push((member, canonical::turned(source, index, header)?));
        } else if args.numpy {
            // What isn't written as np.save would is written anew.
            let header = saved(header)?;
            let bytes = source.member_bytes(index)?;
            let text = header.encode()?;
            let same_length = bytes.len() == text.len() + header.nbytes();
            if !same_length || !bytes.starts_with(&text) {
                // Where its data are, and that they are no more and no less, is the reader's to say.
                let logical = entry.logical_dtype.as_deref();
                let written = header.clone();
                let make =
                    move || AnyArray::from_bytes(written.clone(), source.read(index)?.as_bytes());
                changed.push((member, later(header, logical, make)?));
            }
        }
        interrupt::check()?;
    }
    let is_other = |entry: &Entry| entry.kind == Kind::Bytes && !entry.is_folder();
    if args.numpy && source.entries().iter().any(is_other) {
        let name = source.name();
        let message =
            "np.savez writes arrays only, and not every member is one; npz rm takes it out";
        return Err(Failure::usage(format!("{name}: {message}")));
    }
    Ok(changed)
}
