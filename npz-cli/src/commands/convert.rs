//! From one format to another.

mod folder;
mod npz;
mod safetensors;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use npz_core::{Header, NpyWriter};

use crate::cast::{self, Rule};
use crate::cli::ReadArgs;
use crate::commands::{extract, matches_any, pack};
use crate::error::{Failure, Result, Status, note};
use crate::interrupt;
use crate::names::hint;
use crate::output::Output;
use crate::pattern;
use crate::progress::Progress;
use crate::source::{Entry, Format, Kind, METADATA, Source};
use crate::text::plural;
use crate::through::Input;
use crate::write::{replace, system};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A file, or a folder of npy files
    input: PathBuf,
    /// A file, or a folder for npy files
    output: PathBuf,
    /// The format to write
    #[arg(long, value_name = "FORMAT")]
    to: Option<To>,
    /// Take only entries whose names match
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Rename an entry, or, with a '*' at both ends, all whose names begin alike: 'model.*=*'
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<String>,
    /// Cast all floats, or the numbers whose names match: bfloat16, 'head.*=float32'
    ///
    /// As NumPy's astype does, and without a word of what is lost: floats are rounded, or infinite where
    /// the type ends; fractions and imaginary parts are dropped; integers wrap around. Floats beyond an
    /// integer's range become the nearest one there is, and NaN 0. All but zero is true.
    #[arg(long, value_name = "[GLOB=]DTYPE")]
    cast: Vec<Rule>,
    /// Deflate entries of an npz file, 1 (fast) to 9 (small)
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=9))]
    deflate: Option<u8>,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum To {
    Npz,
    Npy,
    Safetensors,
}

/// An array on its way: where it is, and its new name.
struct Item<'s> {
    source: &'s Source,
    index: usize,
    name: String,
}

impl Item<'_> {
    fn entry(&self) -> &Entry {
        &self.source.entries()[self.index]
    }

    /// Whether it is written as it is.
    fn is_kept(&self, args: &Args) -> bool {
        self.entry().header.as_deref().is_none_or(|header| {
            let logical = self.entry().logical_dtype.as_deref();
            !cast::is_meant(&args.cast, &self.name, header.dtype(), logical)
        })
    }
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    interrupt::guard();
    let input = Input::new(&args.input)?;
    input.named(convert(args, input.path(), out))
}

/// The same, from what stands for the input.
fn convert(args: &Args, input: &Path, out: &mut Output) -> Result<Status> {
    let sources = open(args, input)?;
    let items = items(args, &sources)?;
    let to = match args.to {
        Some(To::Npz) => Format::Npz,
        Some(To::Npy) => Format::Npy,
        Some(To::Safetensors) => Format::Safetensors,
        None if args.output.is_dir() || has_slash(&args.output) => Format::Npy,
        None if args.output.as_os_str() == "-" => Format::Npz,
        None => Format::of_path(&args.output).ok_or_else(|| {
            let name = args.output.display();
            Failure::usage(format!("{name}: its name says no format; say --to npz, for example"))
        })?,
    };
    match to {
        Format::Npz => npz::write(args, &sources, &items, out)?,
        Format::Npy => to_npy(args, &sources, &items, out)?,
        Format::Safetensors => safetensors::write(args, &sources, &items, out)?,
    }
    Ok(Status::Done)
}

fn has_slash(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR])
}

/// The file, or all npy files of a folder by their names.
fn open(args: &Args, input: &Path) -> Result<Vec<Source>> {
    if input.is_dir() {
        return folder::open(input, &args.read.options());
    }
    let source = Source::open(input, &args.read.options())?;
    source.check_description()?;
    Ok(vec![source])
}

/// What is to be written, in the order of the files.
fn items<'s>(args: &Args, sources: &'s [Source]) -> Result<Vec<Item<'s>>> {
    let mut items = Vec::new();
    let mut all = Vec::new();
    let mut used = vec![false; args.rename.len()];
    for source in sources {
        let entries = source.entries().iter().enumerate();
        for (index, entry) in entries.filter(|(_, entry)| !entry.is_folder()) {
            let old = match entry.name() {
                Some(name) => name.to_owned(),
                None => lone_name(source, &args.input),
            };
            all.push(old.clone());
            if !matches_any(&args.only, &old) {
                continue;
            }
            if entry.kind == Kind::Bytes && entry.error.is_none() {
                return Err(Failure::usage(format!(
                    "{}: entry {old:?}: is no array; leave it out with --only",
                    source.name()
                )));
            }
            let mut name = old;
            for (rule, used) in args.rename.iter().zip(&mut used) {
                if let Some(new) = renamed(rule, &name)? {
                    (name, *used) = (new, true);
                    break;
                }
            }
            items.push(Item { source, index, name });
        }
    }
    let all = || all.iter().map(String::as_str);
    let file = args.input.display();
    if let Some(glob) =
        args.only.iter().find(|glob| !all().any(|name| pattern::matches(glob, name)))
    {
        let near = hint(glob, all());
        return Err(Failure::usage(format!("{file}: no name matches {glob:?}{near}")));
    }
    if let Some(at) = used.iter().position(|used| !used) {
        return Err(unused(args, at, all()));
    }
    let mut names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Failure::usage(format!("two entries would be named {:?}", pair[0])));
    }
    let castable = items.iter().map(|item| {
        let entry = item.entry();
        (&*item.name, entry.header.as_deref().map(Header::dtype), entry.logical_dtype.as_deref())
    });
    cast::check(&args.cast, castable)?;
    Ok(items)
}

/// Why a rule has renamed nothing.
fn unused<'n>(args: &Args, at: usize, names: impl Iterator<Item = &'n str> + Clone) -> Failure {
    let rule = &args.rename[at];
    let Some(name) = names.clone().find(|name| matches!(renamed(rule, name), Ok(Some(_)))) else {
        let old = rule.split_once('=').map_or(&**rule, |(old, _)| old);
        let near = hint(old, names);
        return Failure::usage(format!("--rename {rule}: no entry has such a name{near}"));
    };
    let earlier = args.rename.iter().take(at);
    let why = match earlier.clone().find(|rule| matches!(renamed(rule, name), Ok(Some(_)))) {
        Some(earlier) => format!("--rename {earlier} comes first; put it behind this one"),
        None => "--only leaves it out".to_owned(),
    };
    Failure::usage(format!("--rename {rule}: has nothing to rename: for {name:?} {why}"))
}

/// The path below the folder for a file of a folder, else the file's name; without `.npy`.
fn lone_name(source: &Source, input: &Path) -> String {
    let below = source.path().strip_prefix(input).ok();
    match below.filter(|below| !below.as_os_str().is_empty()) {
        Some(below) => {
            let name = below.with_extension("");
            name.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
        }
        None => pack::stem(input),
    }
}

/// The new name by one rule.
fn renamed(rule: &str, name: &str) -> Result<Option<String>> {
    let Some((old, new)) = rule.split_once('=') else {
        return Err(Failure::usage(format!("--rename: expected OLD=NEW, found {rule:?}")));
    };
    Ok(match (old.strip_suffix('*'), new.strip_suffix('*')) {
        (Some(from), Some(to)) => name.strip_prefix(from).map(|rest| format!("{to}{rest}")),
        _ => (name == old).then(|| new.to_owned()),
    })
}

fn total(items: &[Item<'_>]) -> u64 {
    items.iter().filter_map(|item| item.entry().nbytes()).fold(0, u64::saturating_add)
}

fn to_npy(args: &Args, sources: &[Source], items: &[Item<'_>], out: &mut Output) -> Result<()> {
    let progress = Progress::new(total(items));
    let to_folder = args.output.is_dir() || has_slash(&args.output);
    if !to_folder {
        let [item] = items else {
            return Err(Failure::usage(format!(
                "{} don't go into one npy file; choose one with --only, or name a folder ({}/)",
                plural(items.len(), "array", "arrays"),
                args.output.display()
            )));
        };
        npy(args, item, &args.output, &progress, out)?;
        tell_lost(args, sources, item, out);
        return Ok(());
    }
    let description = folder::describe(args, sources, items)?;
    let paths: Vec<PathBuf> = items
        .iter()
        .map(|item| extract::path_below(&format!("{}.npy", item.name), &item.name, item.source))
        .collect::<npz_core::Result<_>>()?;
    let labels = items.iter().map(|item| item.name.as_str());
    let own = PathBuf::from(folder::DESCRIPTION);
    extract::check_paths(labels.zip(&paths).chain([(METADATA, &own)]), &args.input)?;
    items.iter().try_for_each(|item| extract::check(item.source, item.index))?;
    for (item, path) in items.iter().zip(&paths) {
        interrupt::check()?;
        let path = args.output.join(path);
        if let Some(folder) = path.parent() {
            let made = std::fs::create_dir_all(folder);
            made.map_err(|error| Failure::io(folder, "make", error))?;
        }
        npy(args, item, &path, &progress, out)?;
    }
    // Last, when all that it speaks of is there.
    description.map_or(Ok(()), |description| description.write(&args.output.join(own), out))
}

/// Says what one npy file has no place for.
fn tell_lost(args: &Args, sources: &[Source], item: &Item<'_>, out: &mut Output) {
    let mut lost = Vec::new();
    if sources.iter().any(|source| !source.metadata().is_empty()) {
        lost.push("the strings of the metadata".to_owned());
    }
    if let Some(logical) = item.entry().logical_dtype.as_deref().filter(|_| item.is_kept(args)) {
        lost.push(format!("the name of its type, {logical}"));
    }
    if !lost.is_empty() {
        let (file, lost) = (args.output.display(), lost.join(" and "));
        note(out, &format!("{file}: an npy file has no place for {lost}; a folder of them has"));
    }
}

fn npy(
    args: &Args,
    item: &Item<'_>,
    path: &Path,
    progress: &Progress,
    out: &mut Output,
) -> Result<()> {
    if item.is_kept(args) {
        return extract::write(item.source, item.index, path, progress, out);
    }
    let array = cast::apply(&args.cast, &item.name, item.source.read(item.index)?)?;
    Ok(replace(path, out, |mut file| {
        NpyWriter::new(&mut file).write_any(&array)?;
        file.flush().map_err(|error| system("write", error))
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_rename_one_or_all_that_begin_alike() {
        let new = |rule: &str, name: &str| renamed(rule, name).unwrap();
        assert_eq!(new("a=b", "a").as_deref(), Some("b"));
        assert_eq!(new("a=b", "ab"), None);
        assert_eq!(new("model.*=*", "model.w").as_deref(), Some("w"));
        assert_eq!(new("*=net.*", "w").as_deref(), Some("net.w"));
        assert!(renamed("ab", "ab").is_err());
    }
}
