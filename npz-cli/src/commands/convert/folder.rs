//! Folders of npy files, and the one of them that says of the others what their headers can't: it is
//! the `__metadata__` of an archive.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use npz_core::ndarray::{Array1, Ix1};
use npz_core::{Error, ErrorKind, NpyWriter};
use serde_json::{Map, Value};

use super::{Args, Item, lone_name};
use crate::error::{Failure, Result};
use crate::output::Output;
use crate::source::{METADATA, Options, Source};
use crate::write::{replace, system};

/// The file's name.
pub(super) const DESCRIPTION: &str = "__metadata__.npy";

/// The user's strings.
const STRINGS: &str = "metadata";

/// What the items of arrays are, by their names.
const DTYPES: &str = "dtypes";

/// Names that stand for others, and which.
const ALIASES: &str = "aliases";

/// More than this no reader takes of an archive either, unless it is told to.
const MOST_BYTES: u64 = 4 << 20;

/// What is said of a folder's arrays. What isn't known here is kept.
#[derive(Debug, Default)]
pub(super) struct Description(Map<String, Value>);

/// All npy files of a folder by their names, with what is said of them there.
pub(super) fn open(input: &Path, options: &Options) -> Result<Vec<Source>> {
    let mut paths = Vec::new();
    let mut folders = vec![input.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut read = || -> std::io::Result<()> {
            for found in std::fs::read_dir(&folder)? {
                let found = found?;
                // Links to folders may lead in circles.
                if found.file_type()?.is_dir() {
                    folders.push(found.path());
                } else if found.path().extension().is_some_and(|extension| extension == "npy") {
                    paths.push(found.path());
                }
            }
            Ok(())
        };
        read().map_err(|error| Failure::io(&folder, "read", error))?;
    }
    let own = input.join(DESCRIPTION);
    let (own, mut paths): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| *path == own);
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::usage(format!("{}: has no npy files", input.display())));
    }
    let description = match own.first() {
        Some(path) => Description::read(path, options)?,
        None => Description::default(),
    };
    let (mut strings, dtypes) = (description.strings(STRINGS), description.strings(DTYPES));
    let open = |path: &PathBuf| {
        let source = Source::open(path, options)?;
        let logical = dtypes.get(&lone_name(&source, input)).map(String::as_str);
        // Those that are of no array alone go with the first.
        Ok(source.described(std::mem::take(&mut strings), logical))
    };
    paths.iter().map(open).collect()
}

/// What is to be said of the arrays in the folder once these are written, if there is something.
pub(super) fn describe(
    args: &Args,
    sources: &[Source],
    items: &[Item<'_>],
) -> Result<Option<Description>> {
    if let Some(item) = items.iter().find(|item| item.name == METADATA) {
        let message = format!("the name {METADATA:?} is reserved for the metadata");
        let error = Error::new(ErrorKind::Name, message).with_entry(METADATA);
        return Err(error.with_path(item.source.path()).into());
    }
    let path = args.output.join(DESCRIPTION);
    let there = path.exists();
    let mut all = match there {
        // Of arrays that are there and stay.
        true => Description::read(&path, &args.read.options())?,
        false => Description::default(),
    };
    let mut dtypes = all.strings(DTYPES);
    let written: BTreeSet<&str> = items.iter().map(|item| item.name.as_str()).collect();
    dtypes.retain(|name, _| !written.contains(name.as_str()));
    for item in items.iter().filter(|item| item.is_kept(args)) {
        let logical = item.entry().logical_dtype.as_deref();
        dtypes.extend(logical.map(|logical| (item.name.clone(), logical.to_owned())));
    }
    let mut strings = all.strings(STRINGS);
    for source in sources {
        strings.extend(source.metadata().clone());
        let Some(mut said) = Description::of_archive(source)? else { continue };
        said.follow(items);
        said.0.retain(|key, _| key != STRINGS && key != DTYPES);
        all.0.extend(said.0);
    }
    all.say(STRINGS, strings);
    all.say(DTYPES, dtypes);
    Ok((there || !all.0.is_empty()).then_some(all))
}

impl Description {
    fn read(path: &Path, options: &Options) -> Result<Self> {
        let read = || {
            let source = Source::open(path, options)?;
            check_size(source.entries().iter().filter_map(|entry| entry.nbytes()).sum())?;
            Self::from_bytes(&source.read(0)?.to_array::<u8, Ix1>()?.to_vec())
        };
        Ok(read().map_err(|error: Error| error.with_path(path))?)
    }

    /// What an archive says.
    fn of_archive(source: &Source) -> Result<Option<Self>> {
        let Some(reader) = source.archive().filter(|reader| reader.contains(METADATA)) else {
            return Ok(None);
        };
        let array = reader.any(METADATA).and_then(|array| Self::from_bytes(array.as_bytes()));
        Ok(Some(array.map_err(|error| error.with_path(source.path()))?))
    }

    fn from_bytes(bytes: &[u8]) -> npz_core::Result<Self> {
        let fault = |message: String| Error::new(ErrorKind::Corrupt, message);
        let all = serde_json::from_slice(bytes)
            .map_err(|error| fault(format!("expected a JSON object: {error}")))?;
        let all = Self(all);
        for key in [STRINGS, DTYPES, ALIASES] {
            let found = match all.0.get(key) {
                None => continue,
                Some(Value::Object(pairs)) => pairs.values().all(Value::is_string),
                Some(_) => false,
            };
            if !found {
                return Err(fault(format!("expected a JSON object of strings under {key:?}")));
            }
        }
        Ok(all)
    }

    fn strings(&self, key: &str) -> BTreeMap<String, String> {
        let pairs = self.0.get(key).and_then(Value::as_object).into_iter().flatten();
        let pairs = pairs.filter_map(|(name, value)| Some((name, value.as_str()?)));
        pairs.map(|(name, value)| (name.clone(), value.to_owned())).collect()
    }

    /// Says `strings` under `key`, or nothing if there are none.
    fn say(&mut self, key: &str, strings: BTreeMap<String, String>) {
        self.0.remove(key);
        if !strings.is_empty() {
            let pairs = strings.into_iter().map(|(name, value)| (name, value.into()));
            self.0.insert(key.to_owned(), Value::Object(pairs.collect()));
        }
    }

    /// Aliases follow what they stand for to its new name, and go where it doesn't come along.
    fn follow(&mut self, items: &[Item<'_>]) {
        let mut aliases = self.strings(ALIASES);
        let new: BTreeMap<&str, &str> = items
            .iter()
            .filter_map(|item| Some((item.entry().name()?, item.name.as_str())))
            .collect();
        let is_within = |name: &str, level: &str| {
            name.strip_prefix(level).is_some_and(|rest| rest.starts_with(['.', '/']))
        };
        aliases.retain(|_, target| {
            if let Some(&name) = new.get(target.as_str()) {
                name.clone_into(target);
                return true;
            }
            new.values().any(|name| is_within(name, target))
        });
        self.say(ALIASES, aliases);
    }

    /// Writes it as an archive's entry has it.
    pub(super) fn write(self, path: &Path, out: &mut Output) -> Result<()> {
        let bytes = Value::Object(self.0).to_string().into_bytes();
        // What would not be read again is not written.
        check_size(bytes.len() as u64).map_err(|error| error.with_path(path))?;
        let array = Array1::from(bytes);
        Ok(replace(path, out, |mut file| {
            NpyWriter::new(&mut file).write(&array)?;
            file.flush().map_err(|error| system("write", error))
        })?)
    }
}

fn check_size(nbytes: u64) -> npz_core::Result<()> {
    if nbytes <= MOST_BYTES {
        return Ok(());
    }
    let message = format!("the metadata take {nbytes} bytes, more than the {MOST_BYTES} allowed");
    Err(Error::new(ErrorKind::Limit, message))
}
