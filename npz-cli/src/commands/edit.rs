//! Changes to archives: what isn't touched is copied as it is, and the file is replaced in one step.

use std::path::{Path, PathBuf};

use npz_core::{NpzEditor, NpzReader};

use crate::cli::ReadArgs;
use crate::commands::{is_glob, matches_any};
use crate::error::{Failure, Result, Status};
use crate::interrupt;
use crate::output::Output;
use crate::through::through;
use crate::write::save_options;

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

fn open(file: &Path, read: ReadArgs) -> Result<NpzEditor<'static>> {
    interrupt::guard();
    let total = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    Ok(NpzEditor::open_as(file, &save_options(total), &read.options().load)?)
}

fn commit(editor: NpzEditor<'_>) -> Result<Status> {
    editor.commit()?;
    Ok(Status::Done)
}

pub(crate) fn rm(args: &RmArgs, out: &mut Output) -> Result<Status> {
    through(&args.file, &args.file, out, |file, _| remove(args, file))
}

fn remove(args: &RmArgs, file: &Path) -> Result<Status> {
    let mut editor = open(file, args.read)?;
    for key in &args.keys {
        if editor.contains(key) || !is_glob(key) {
            editor.remove(key)?;
            continue;
        }
        let globs = [key.clone()];
        let names = editor.names().filter(|name| matches_any(&globs, name));
        let names: Vec<String> = names.map(str::to_owned).collect();
        if names.is_empty() {
            let file = file.display();
            return Err(Failure::usage(format!("{file}: no name matches {key:?}")));
        }
        names.iter().try_for_each(|name| editor.remove(name))?;
    }
    commit(editor)
}

pub(crate) fn mv(args: &MvArgs, out: &mut Output) -> Result<Status> {
    through(&args.file, &args.file, out, |file, _| rename(args, file))
}

fn rename(args: &MvArgs, file: &Path) -> Result<Status> {
    let mut editor = open(file, args.read)?;
    match (args.from.strip_suffix('*'), args.to.strip_suffix('*')) {
        (Some(from), Some(to)) if !editor.contains(&args.from) => {
            let names = editor.names().filter(|name| name.starts_with(from));
            let names: Vec<String> = names.map(str::to_owned).collect();
            if names.is_empty() {
                let file = file.display();
                return Err(Failure::usage(format!("{file}: no name begins with {from:?}")));
            }
            for name in names {
                let rest = name.strip_prefix(from).unwrap_or_default();
                editor.rename(&name, &format!("{to}{rest}"))?;
            }
        }
        _ => editor.rename(&args.from, &args.to)?,
    }
    commit(editor)
}

pub(crate) fn cp(args: &CpArgs, out: &mut Output) -> Result<Status> {
    through(&args.file, &args.file, out, |file, _| {
        let mut editor = open(file, args.read)?;
        editor.copy(&args.from, &args.to)?;
        commit(editor)
    })
}

pub(crate) fn set_meta(args: &SetMetaArgs, out: &mut Output) -> Result<Status> {
    through(&args.file, &args.file, out, |file, _| describe(args, file))
}

fn describe(args: &SetMetaArgs, file: &Path) -> Result<Status> {
    // Metadata that can't be read say nothing that could be changed.
    NpzReader::open_with(file, &args.read.options().load)?.metadata()?;
    let mut editor = open(file, args.read)?;
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
