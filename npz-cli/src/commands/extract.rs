//! Entries of an archive as files.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use npz_core::{Error, ErrorKind, Header, Order};

use crate::canonical::piece_items;
use crate::cli::ReadArgs;
use crate::commands::{is_glob, matches_any};
use crate::error::{Failure, Result, Status};
use crate::interrupt;
use crate::output::Output;
use crate::progress::Progress;
use crate::source::{Entry, Kind, Source};
use crate::write::{check_apart, replace, system};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An npz, npy or safetensors file
    file: PathBuf,
    /// Names, or globs such as 'layers.*'; all entries if there are none
    #[arg(value_name = "KEY")]
    keys: Vec<String>,
    /// The folder to write to
    #[arg(long, short = 'C', value_name = "FOLDER", default_value = ".")]
    dir: PathBuf,
    /// The file to write the only entry to; - is the standard output
    #[arg(long, short, value_name = "FILE", conflicts_with = "dir")]
    output: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    interrupt::guard();
    let source = Source::open(&args.file, &args.read.options())?;
    let mut chosen: Vec<usize> = Vec::new();
    for key in &args.keys {
        match source.find(Some(key)) {
            Ok(index) => chosen.push(index),
            Err(error) if !is_glob(key) => return Err(error.into()),
            Err(_) => {
                let globs = [key.clone()];
                let names = source.entries().iter().enumerate();
                let found = names.filter(|(_, entry)| matches_any(&globs, entry.label()));
                let before = chosen.len();
                chosen.extend(found.filter(|(_, e)| !e.is_folder()).map(|(index, _)| index));
                if chosen.len() == before {
                    let file = args.file.display();
                    return Err(Failure::usage(format!("{file}: no name matches {key:?}")));
                }
            }
        }
    }
    if args.keys.is_empty() {
        let entries = source.entries().iter().enumerate();
        chosen = entries.filter(|(_, entry)| !entry.is_folder()).map(|(index, _)| index).collect();
    }
    // Named twice, it is written once.
    let mut seen = HashSet::new();
    chosen.retain(|index| seen.insert(*index));
    let entries = || chosen.iter().map(|&index| &source.entries()[index]);
    let progress = Progress::new(entries().filter_map(Entry::nbytes).fold(0, u64::saturating_add));
    if let Some(output) = &args.output {
        let [index] = chosen.as_slice() else {
            let message = format!(
                "{} entries don't go into one file; name one, or a folder with --dir",
                chosen.len()
            );
            return Err(Failure::usage(message));
        };
        check_apart(&args.file, output)?;
        write(&source, *index, output, &progress, out)?;
        return Ok(Status::Done);
    }
    // All names and headers are looked at before the first file is written.
    let paths: Vec<PathBuf> =
        entries().map(|entry| path_of(entry, &source)).collect::<npz_core::Result<_>>()?;
    check_paths(entries().map(Entry::label).zip(&paths), &args.file)?;
    paths.iter().try_for_each(|path| check_apart(&args.file, &args.dir.join(path)))?;
    chosen.iter().try_for_each(|&index| check(&source, index))?;
    for (&index, path) in chosen.iter().zip(&paths) {
        interrupt::check()?;
        let path = args.dir.join(path);
        if let Some(folder) = path.parent() {
            let made = fs::create_dir_all(folder);
            made.map_err(|error| Failure::io(folder, "make", error))?;
        }
        write(&source, index, &path, &progress, out)?;
    }
    Ok(Status::Done)
}

/// Where below the folder an entry goes: nowhere else.
pub(crate) fn path_of(entry: &Entry, source: &Source) -> npz_core::Result<PathBuf> {
    let name = match (entry.name(), entry.member()) {
        (None, _) => super::pack::stem(source.path()) + ".npy",
        (Some(_), Some(member)) if entry.kind == Kind::Bytes => member.to_owned(),
        (Some(name), _) => format!("{name}.npy"),
    };
    path_below(&name, entry.label(), source)
}

/// `name` as a path that stays below a folder.
pub(crate) fn path_below(name: &str, label: &str, source: &Source) -> npz_core::Result<PathBuf> {
    let path = PathBuf::from(name);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    if !inside || name.contains('\0') || name.ends_with('/') {
        let message = "its name is no path below the folder; npz extract -o FILE takes it alone";
        let error = Error::new(ErrorKind::Name, message).with_entry(label);
        return Err(error.with_path(source.path()));
    }
    Ok(path)
}

/// Fails if two of the entries, each with its path below a folder, would go to the same place, or
/// one to where another needs a folder: the file system takes `a//b` and `a/./b` for `a/b`.
pub(crate) fn check_paths<'a>(
    entries: impl Iterator<Item = (&'a str, &'a PathBuf)>,
    file: &Path,
) -> Result<()> {
    // By levels; some systems don't tell capital letters from small ones.
    let levels = |path: &Path| -> Vec<String> {
        let levels = path.components().map(|level| level.as_os_str().to_string_lossy());
        match cfg!(any(windows, target_os = "macos")) {
            true => levels.map(|level| level.to_lowercase()).collect(),
            false => levels.map(Cow::into_owned).collect(),
        }
    };
    let mut places: Vec<_> = entries.map(|(label, path)| (levels(path), label, path)).collect();
    // What is below a path follows it, and nothing else comes between.
    places.sort();
    let clash = places.windows(2).find(|pair| pair[1].0.starts_with(&pair[0].0));
    let Some([(levels, one, path), (other_levels, other, _)]) = clash else { return Ok(()) };
    let (file, path) = (file.display(), path.display());
    let advice = "npz extract -o FILE takes one alone";
    Err(Failure::usage(match levels.len() == other_levels.len() {
        true => {
            format!("{file}: entries {one:?} and {other:?} would go to one file, {path}; {advice}")
        }
        false => format!(
            "{file}: entry {one:?} would be the file {path}, and {other:?} needs a folder there; \
             {advice}"
        ),
    }))
}

/// Fails if an entry can't be written to a file, as far as its headers tell.
pub(crate) fn check(source: &Source, index: usize) -> Result<()> {
    let entry = &source.entries()[index];
    if entry.is_readable_array() || (entry.kind == Kind::Bytes && entry.error.is_none()) {
        return Ok(());
    }
    // Reading says why.
    Ok(source.read(index).map(drop)?)
}

/// Writes an entry to a file: an array as `np.save` would, anything else as the bytes it is.
pub(crate) fn write(
    source: &Source,
    index: usize,
    path: &Path,
    progress: &Progress,
    out: &mut Output,
) -> Result<()> {
    let entry = &source.entries()[index];
    if entry.kind == Kind::Bytes && entry.error.is_none() {
        let bytes = source.member_bytes(index)?;
        return Ok(replace(path, out, |file| {
            file.write_all(&bytes).map_err(|error| system("write", error))
        })?);
    }
    let header = match &entry.header {
        Some(header) => saved(header)?,
        // Its own error, since it has no header.
        None => return source.read(index).map(drop).map_err(Failure::from),
    };
    let pieces = source.pieces(index, piece_items(&header))?;
    Ok(replace(path, out, |file| {
        let failed = |error| system("write", error);
        file.write_all(&header.encode()?).map_err(failed)?;
        for piece in pieces {
            let piece = piece?;
            file.write_all(piece.as_bytes()).map_err(failed)?;
            progress.add(piece.nbytes() as u64);
        }
        Ok(())
    })?)
}

/// The header that NumPy would save an array with: in C order where both are the same.
pub(crate) fn saved(header: &Header) -> npz_core::Result<Header> {
    let long = header.shape().iter().filter(|&&size| size != 1).count();
    if header.order() == Order::Fortran && (long < 2 || header.is_empty()) {
        return Header::new(header.dtype().clone(), Order::C, header.shape());
    }
    Ok(header.clone())
}
