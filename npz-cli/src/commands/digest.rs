//! What arrays hold, in 64 letters.

use std::path::PathBuf;

use npz_core::Error;
use serde::Serialize;

use crate::cli::ReadArgs;
use crate::commands::each;
use crate::digest;
use crate::error::{Result, Status, tell};
use crate::json::{JsonEntry, JsonError, JsonFile};
use crate::output::Output;
use crate::progress::Progress;
use crate::source::{Entry, Source};
use crate::text::printable;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// npz, npy or safetensors files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one line for each file
    #[arg(long, short, conflicts_with = "json")]
    whole: bool,
    /// Print a line of JSON for each file
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    read: ReadArgs,
}

#[derive(Debug, Serialize)]
struct Digested<'a> {
    #[serde(flatten)]
    entry: JsonEntry<'a>,
    sha256: Option<String>,
}

#[derive(Debug, Serialize)]
struct DigestedFile<'a> {
    #[serde(flatten)]
    file: JsonFile<'a, Vec<Digested<'a>>>,
    sha256: Option<String>,
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    each(&args.files, args.read, args.json, out, |source, out| {
        let total = source.entries().iter().filter_map(Entry::nbytes).fold(0, u64::saturating_add);
        let progress = Progress::new(total);
        let digests: Vec<Result<String, Error>> = (0..source.entries().len())
            .map(|index| digest::digest(source, index, &progress))
            .collect();
        drop(progress);
        let sound = digests.iter().all(std::result::Result::is_ok);
        let status = if sound { Status::Done } else { Status::Failed };
        out.note(status);
        let pairs = source.entries().iter().zip(&digests);
        let pairs = pairs.filter_map(|(entry, digest)| Some((entry, digest.as_deref().ok()?)));
        let whole = sound.then(|| digest::whole(pairs));
        if args.json {
            print_json(source, digests, whole, out)?;
        } else {
            print(args, source, digests, whole.as_deref(), out)?;
        }
        Ok(status)
    })
}

fn print_json(
    source: &Source,
    digests: Vec<Result<String, Error>>,
    sha256: Option<String>,
    out: &mut Output,
) -> Result<()> {
    let mut digests = digests.into_iter();
    let entries = source.members().into_iter().filter_map(|entry| {
        let digest = match source.is_description(entry) {
            true => digest::description(source, entry),
            false => digests.next()?,
        };
        let error = digest.as_ref().err().map(JsonError::new);
        Some(Digested { entry: JsonEntry::new(entry).with_error(error), sha256: digest.ok() })
    });
    let entries = entries.collect();
    Ok(out.json(&DigestedFile { file: JsonFile::new(source, entries), sha256 })?)
}

fn print(
    args: &Args,
    source: &Source,
    digests: Vec<Result<String, Error>>,
    whole: Option<&str>,
    out: &mut Output,
) -> Result<()> {
    let style = out.style();
    let file = printable(source.name());
    for (entry, digest) in source.entries().iter().zip(digests) {
        match digest {
            Ok(_) if args.whole => {}
            Ok(digest) => {
                let name = entry.name().map(|name| style.name(&printable(name)));
                out.line(format!("{digest}  {}", name.as_deref().unwrap_or(&file)))?;
            }
            Err(error) => tell(out, &error.into()),
        }
    }
    // Of a lone array there is nothing more to say.
    if let Some(whole) = whole
        && (args.whole || source.entries().iter().all(|entry| entry.name().is_some()))
    {
        out.line(format!("{}  {file}", style.bold(whole)))?;
    }
    Ok(())
}
