//! Changes to archives: what isn't touched is copied as it is, and the file is replaced in one step.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use npz_core::{Error, ErrorKind, NpzEditor, NpzReader};

use crate::cli::ReadArgs;
use crate::commands::{is_glob, matches_any};
use crate::error::{Failure, Result, Status};
use crate::interrupt;
use crate::later::cause;
use crate::lenient::mend;
use crate::names::{hint, likely, rename_all};
use crate::output::Output;
use crate::source::Source;
use crate::through::through;
use crate::write::{aligned_as, save_options};

#[derive(Debug, clap::Args)]
pub(crate) struct RmArgs {
    /// An npz file, or `-` to read one and print what becomes of it
    file: PathBuf,
    /// Names, or globs such as 'optimizer.*'
    #[arg(required = true, value_name = "KEY")]
    keys: Vec<String>,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct MvArgs {
    /// An npz file, or `-` to read one and print what becomes of it
    file: PathBuf,
    /// The name of an entry, or, ending in '*', the beginning of names
    from: String,
    /// The new name, or, ending in '*', the new beginning
    to: String,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CpArgs {
    /// An npz file, or `-` to read one and print what becomes of it
    file: PathBuf,
    /// The name of an entry
    from: String,
    /// The name of the copy
    to: String,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SetMetaArgs {
    /// An npz file, or `-` to read one and print what becomes of it
    file: PathBuf,
    /// What to say
    #[arg(value_name = "KEY=VALUE", required_unless_present = "unset")]
    pairs: Vec<String>,
    /// What not to say any more
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    #[command(flatten)]
    read: ReadArgs,
}

fn open<'a>(file: &Path, read: ReadArgs) -> Result<NpzEditor<'a>> {
    interrupt::guard();
    let total = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    let load = read.options().load;
    let save = aligned_as(file, &load, save_options(total));
    Ok(NpzEditor::open_as(file, &save, &load)?)
}

/// What has to be looked at of an archive that is read leniently, see [`mend`].
fn lenient(file: &Path, read: ReadArgs) -> Result<Option<Source>> {
    Ok(match read.lenient {
        true => Some(Source::open(file, &read.options())?),
        false => None,
    })
}

/// Where an entry is missing, says which of all was meant: the editor itself looks at the first ones.
fn missing(editor: &NpzEditor<'_>, error: Error) -> Error {
    let (ErrorKind::NotFound, Some(name)) = (error.kind(), error.entry()) else { return error };
    let names: Vec<&str> = editor.names().collect();
    let message = match likely(name, names.iter().copied()) {
        Some(near) => format!("no such entry; {near}"),
        None => format!("no such entry among the file's {}", names.len()),
    };
    let told = Error::new(ErrorKind::NotFound, message).with_entry(name);
    match error.path() {
        Some(path) => told.with_path(path),
        None => told,
    }
}

fn commit(editor: NpzEditor<'_>) -> Result<Status> {
    editor.commit().map_err(cause)?;
    Ok(Status::Done)
}

pub(crate) fn rm(args: &RmArgs, out: &mut Output) -> Result<Status> {
    through(&args.file, &args.file, out, |file, _| remove(args, file))
}

fn remove(args: &RmArgs, file: &Path) -> Result<Status> {
    let source = lenient(file, args.read)?;
    let mut editor = open(file, args.read)?;
    // Each key is for what there was before; several may be for the same entry.
    let mut names = Vec::new();
    for key in &args.keys {
        if editor.contains(key) || !is_glob(key) {
            names.push(key_of(&editor, key).to_owned());
            continue;
        }
        let globs = [key.clone()];
        let before = names.len();
        names.extend(editor.names().filter(|name| matches_any(&globs, name)).map(str::to_owned));
        if names.len() == before {
            let file = file.display();
            return Err(Failure::usage(format!("{file}: no name matches {key:?}")));
        }
    }
    let mut gone = HashSet::new();
    names.retain(|name| gone.insert(name.clone()));
    if let Some(source) = &source {
        mend(&mut editor, source, |name| (!gone.contains(name)).then(|| name.to_owned()))?;
    }
    for name in &names {
        let removed = editor.remove(name);
        removed.map_err(|error| missing(&editor, error))?;
    }
    commit(editor)
}

/// What an entry is called, which may be asked for with or without `.npy`.
fn key_of<'k>(editor: &NpzEditor<'_>, key: &'k str) -> &'k str {
    match key.strip_suffix(".npy") {
        Some(short) if !editor.names().any(|name| name == key) => short,
        _ => key,
    }
}

pub(crate) fn mv(args: &MvArgs, out: &mut Output) -> Result<Status> {
    through(&args.file, &args.file, out, |file, _| rename(args, file))
}

fn rename(args: &MvArgs, file: &Path) -> Result<Status> {
    let source = lenient(file, args.read)?;
    let mut editor = open(file, args.read)?;
    let pairs = match (args.from.strip_suffix('*'), args.to.strip_suffix('*')) {
        (Some(from), Some(to)) if !editor.contains(&args.from) => {
            let pair =
                |name: &str| Some((name.to_owned(), format!("{to}{}", name.strip_prefix(from)?)));
            let pairs: Vec<_> = editor.names().filter_map(pair).collect();
            if pairs.is_empty() {
                let (file, near) = (file.display(), hint(from, editor.names()));
                let message = format!("{file}: no name begins with {from:?}{near}");
                return Err(Failure::usage(message));
            }
            pairs
        }
        _ => vec![(key_of(&editor, &args.from).to_owned(), args.to.clone())],
    };
    if let Some(source) = &source {
        let new: HashMap<&str, &str> = pairs.iter().map(|(old, new)| (&**old, &**new)).collect();
        mend(&mut editor, source, |name| Some((*new.get(name).unwrap_or(&name)).to_owned()))?;
    }
    match pairs.as_slice() {
        // As it was asked for, which is what an error names.
        [_] if !args.from.ends_with('*') => {
            let renamed = editor.rename(&args.from, &args.to);
            renamed.map_err(|error| missing(&editor, error))?;
        }
        _ => rename_all(&mut editor, &pairs)?,
    }
    commit(editor)
}

pub(crate) fn cp(args: &CpArgs, out: &mut Output) -> Result<Status> {
    through(&args.file, &args.file, out, |file, _| copy(args, file))
}

fn copy(args: &CpArgs, file: &Path) -> Result<Status> {
    let source = lenient(file, args.read)?;
    let mut editor = open(file, args.read)?;
    let mended = match &source {
        Some(source) => mend(&mut editor, source, |name| Some(name.to_owned()))?,
        None => HashMap::new(),
    };
    match mended.get(key_of(&editor, &args.from)) {
        None => {
            let copied = editor.copy(&args.from, &args.to);
            copied.map_err(|error| missing(&editor, error))?;
        }
        // What is written anew can't be copied before it is.
        Some(_) if editor.contains(&args.to) => {
            let (file, to) = (file.display(), &args.to);
            let message = "an entry of this name is there already; remove it first";
            return Err(Failure::usage(format!("{file}: entry {to:?}: {message}")));
        }
        Some(array) => editor.put_raw(&args.to, array)?,
    }
    commit(editor)
}

pub(crate) fn set_meta(args: &SetMetaArgs, out: &mut Output) -> Result<Status> {
    through(&args.file, &args.file, out, |file, _| describe(args, file))
}

fn describe(args: &SetMetaArgs, file: &Path) -> Result<Status> {
    // Metadata that can't be read say nothing that could be changed.
    NpzReader::open_with(file, &args.read.options().load)?.metadata()?;
    let source = lenient(file, args.read)?;
    let mut editor = open(file, args.read)?;
    if let Some(source) = &source {
        mend(&mut editor, source, |name| Some(name.to_owned()))?;
    }
    for key in &args.unset {
        if editor.remove_metadata(key).is_none() {
            let file = file.display();
            return Err(Failure::usage(format!("{file}: the metadata have no key {key:?}")));
        }
    }
    for pair in &args.pairs {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::usage(format!("expected KEY=VALUE, found {pair:?}")));
        };
        editor.set_metadata(key, value);
    }
    commit(editor)
}
