//! Arrays of many files into one archive.

use std::path::{Path, PathBuf};

use npz_core::{AnyArray, Compression, NpzEditor, NpzWriter, RawArray};

use crate::error::{Failure, Result, Status};
use crate::interrupt;
use crate::output::Output;
use crate::source::{Format, Options, Source};
use crate::write::save_options;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The npz file; - writes a new one to the standard output
    archive: PathBuf,
    /// npy files, under their own names or NAME=FILE; all arrays of npz and safetensors files
    #[arg(required = true, value_name = "[NAME=]FILE")]
    files: Vec<String>,
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
        for (index, entry) in source.entries().iter().enumerate() {
            let name = match (entry.name(), name) {
                (None, Some(name)) => name.to_owned(),
                (None, None) => stem(path),
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
        let mut editor = NpzEditor::open_with(&args.archive, &save)?;
        for (name, content) in &arrays {
            match content {
                Content::Raw(array) => editor.put_raw(name, array)?,
                Content::Any(array) => editor.put_any(name, array)?,
            }
        }
        editor.commit()?;
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

/// `NAME=FILE`, unless a file of that whole name is there.
fn split(text: &str) -> (Option<&str>, &Path) {
    match text.split_once('=') {
        Some((name, path)) if !Path::new(text).exists() => (Some(name), Path::new(path)),
        _ => (None, Path::new(text)),
    }
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
