//! Arrays of many files into one archive.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use npz_core::{AnyArray, Compression, NpzEditor, NpzWriter, RawArray};

use crate::error::{Failure, Result, Status};
use crate::interrupt;
use crate::later::cause;
use crate::lenient::mend;
use crate::output::Output;
use crate::source::{Format, Options, Source};
use crate::write::{aligned_as, save_options};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The npz file; - writes a new one to the standard output
    archive: PathBuf,
    /// npy files, under their own names or NAME=FILE; all arrays of npz and safetensors files
    #[arg(required = true, value_name = "[NAME=]FILE")]
    files: Vec<OsString>,
    /// Deflate the new entries, 1 (fast) to 9 (small)
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=9))]
    deflate: Option<u8>,
    /// Read leniently
    #[arg(long)]
    lenient: bool,
}

enum Content {
    Raw(RawArray<'static>),
    Any(AnyArray),
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Status> {
    interrupt::guard();
    let options = Options::new(args.lenient);
    let mut arrays = Vec::new();
    for text in &args.files {
        let (name, path) = split(text);
        let source = Source::open(path, &options)?;
        source.check_description()?;
        let entries = source.entries().iter().enumerate();
        for (index, entry) in entries.filter(|(_, entry)| !entry.is_folder()) {
            let name = match (entry.name(), name) {
                (None, Some(name)) => name.to_owned(),
                (None, None) => own_name(path)?,
                (Some(entry), None) => entry.to_owned(),
                (Some(entry), Some(name)) if source.entries().len() > 1 => {
                    format!("{name}.{entry}")
                }
                (Some(_), Some(name)) => name.to_owned(),
            };
            let content = match source.format() {
                Format::Npz => Content::Any(source.read(index)?),
                Format::Npy | Format::Safetensors => {
                    // Its own error, if it has one.
                    Content::Raw(source.raw(index)?.clone())
                }
            };
            arrays.push((name, content));
        }
    }
    check_names(&arrays)?;
    let total = arrays.iter().map(|(_, content)| content.nbytes()).fold(0, u64::saturating_add);
    let mut save = save_options(total);
    if let Some(level) = args.deflate {
        save = save.compression(Compression::Deflate(level));
    }
    if args.archive.as_os_str() == "-" {
        let mut writer = NpzWriter::with_options(&mut *out, &save)?;
        add(&mut writer, &arrays)?;
        writer.finish()?;
    } else if args.archive.exists() {
        let source = match args.lenient {
            true => Some(Source::open(&args.archive, &options)?),
            false => None,
        };
        let save = aligned_as(&args.archive, &options.load, save);
        let mut editor = NpzEditor::open_as(&args.archive, &save, &options.load)?;
        if let Some(source) = &source {
            let new: HashSet<&str> = arrays.iter().map(|(name, _)| bare(name)).collect();
            let stays = |name: &str| (!new.contains(bare(name))).then(|| name.to_owned());
            mend(&mut editor, source, stays)?;
        }
        for (name, content) in &arrays {
            match content {
                Content::Raw(array) => editor.put_raw(name, array)?,
                Content::Any(array) => editor.put_any(name, array)?,
            }
        }
        editor.commit().map_err(cause)?;
    } else {
        let mut writer = NpzWriter::create_with(&args.archive, &save)?;
        add(&mut writer, &arrays).map_err(|failure| failure.in_file(&args.archive))?;
        writer.finish()?;
    }
    Ok(Status::Done)
}

impl Content {
    fn nbytes(&self) -> u64 {
        match self {
            Self::Raw(array) => array.header().nbytes() as u64,
            Self::Any(array) => array.nbytes() as u64,
        }
    }
}

fn add<W: std::io::Write>(writer: &mut NpzWriter<W>, arrays: &[(String, Content)]) -> Result<()> {
    for (name, content) in arrays {
        interrupt::check()?;
        match content {
            Content::Raw(array) => writer.add_raw(name, array)?,
            Content::Any(array) => writer.add_any(name, array)?,
        }
    }
    Ok(())
}

/// Fails if of two arrays the second would take the place of the first.
fn check_names(arrays: &[(String, Content)]) -> Result<()> {
    let mut names: Vec<&str> = arrays.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable_by_key(|name| (bare(name), name.len()));
    let Some(pair) = names.windows(2).find(|pair| bare(pair[0]) == bare(pair[1])) else {
        return Ok(());
    };
    Err(Failure::usage(match pair[0] == pair[1] {
        true => format!("two entries are named {:?}; give one another name: NAME=FILE", pair[0]),
        false => format!(
            "the names {:?} and {:?} can't be told apart, since NumPy takes a name with or without \
             \".npy\"; give one another name: NAME=FILE",
            pair[0], pair[1]
        ),
    }))
}

/// A name without the `.npy` that NumPy takes it with too.
fn bare(name: &str) -> &str {
    name.strip_suffix(".npy").unwrap_or(name)
}

/// `NAME=FILE`, unless a file of that whole name is there.
fn split(text: &OsStr) -> (Option<&str>, &Path) {
    match halves(text) {
        Some((name, path)) if !Path::new(text).exists() => (Some(name), path),
        _ => (None, Path::new(text)),
    }
}

/// What stands before the first `=`, which has to be text, and the path behind it, which needn't.
#[cfg(unix)]
fn halves(text: &OsStr) -> Option<(&str, &Path)> {
    use std::os::unix::ffi::OsStrExt;

    let bytes = text.as_bytes();
    let at = bytes.iter().position(|&byte| byte == b'=')?;
    let (name, path) = (bytes.get(..at)?, bytes.get(at + 1..)?);
    Some((str::from_utf8(name).ok()?, Path::new(OsStr::from_bytes(path))))
}

#[cfg(not(unix))]
fn halves(text: &OsStr) -> Option<(&str, &Path)> {
    let (name, path) = text.to_str()?.split_once('=')?;
    Some((name, Path::new(path)))
}

/// The name of an array's file, if it is text.
fn own_name(path: &Path) -> Result<String> {
    if path.file_stem().is_some_and(|stem| stem.to_str().is_none()) {
        let path = path.display();
        let message = "its name is not UTF-8, as an entry's has to be; give it one: NAME=FILE";
        return Err(Failure::usage(format!("{path}: {message}")));
    }
    Ok(stem(path))
}

/// What an array is called that has no name but its file's.
pub(crate) fn stem(path: &Path) -> String {
    match path.file_stem() {
        Some(stem) if path.as_os_str() != "-" => stem.to_string_lossy().into_owned(),
        // As np.savez calls it.
        _ => "arr_0".to_owned(),
    }
}

impl Failure {
    fn in_file(self, path: &Path) -> Self {
        match self {
            Self::Data(error) => Self::Data(error.with_path(path)),
            other => other,
        }
    }
}
