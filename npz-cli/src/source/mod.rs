//! Files of all formats as one thing: entries that can be listed and read.

mod entry;
pub(crate) mod input;
mod name;
mod npy;
mod npz;
mod safetensors;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use npz_core::ndarray::{IxDyn, SliceInfo, SliceInfoElem};
use npz_core::{AnyArray, Error, ErrorKind, LoadOptions, NpzReader, RawArray, ReadAt, Result};

pub(crate) use self::entry::{Entry, Kind};
use self::input::Input;
use self::name::Name;
use self::npz::Archive;
pub(crate) use self::safetensors::dtype_of;
use crate::names::{SUGGESTED_COLUMNS, likely};
use crate::text::shorten;

/// The entry of an archive that says of the others what their headers can't.
pub(crate) const METADATA: &str = "__metadata__";

/// How files are read.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) load: LoadOptions,
    pub(crate) lenient: bool,
}

impl Options {
    pub(crate) fn new(lenient: bool) -> Self {
        Self { load: LoadOptions::new().lenient(lenient), lenient }
    }
}

/// A slice of an array.
pub(crate) type Slice = SliceInfo<Vec<SliceInfoElem>, IxDyn, IxDyn>;

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Npz,
    Npy,
    Safetensors,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Npz => "npz",
            Self::Npy => "npy",
            Self::Safetensors => "safetensors",
        }
    }

    /// The format that a file's name asks for.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        [Self::Npz, Self::Npy, Self::Safetensors].into_iter().find(|f| f.name() == extension)
    }
}

enum Reader {
    Npz(Box<Archive>),
    /// An array for each entry that has one.
    Raw(Vec<Option<RawArray<'static>>>),
}

/// What is in a file.
#[derive(Default)]
struct Listing {
    entries: Vec<Entry>,
    /// Members that describe the others, each with the number of entries before it.
    described: Vec<(usize, Entry)>,
}

/// What was found in a file.
struct Opened {
    /// Of an archive, once somebody asks for it.
    listing: OnceLock<Listing>,
    metadata: BTreeMap<String, String>,
    reader: Reader,
}

impl Opened {
    /// Of a file that is no archive.
    fn raw(
        entries: Vec<Entry>,
        metadata: BTreeMap<String, String>,
        arrays: Vec<Option<RawArray<'static>>>,
    ) -> Self {
        let listing = Listing { entries, described: Vec::new() };
        Self { listing: listing.into(), metadata, reader: Reader::Raw(arrays) }
    }
}

/// An open file.
pub(crate) struct Source {
    name: String,
    path: PathBuf,
    format: Format,
    bytes: u64,
    file: Input,
    opened: Opened,
}

impl Source {
    /// Opens the file at `path`, or the standard input for `-`.
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self> {
        let name = path.display().to_string();
        let file = Input::open(path).map_err(|error| error.with_path(path))?;
        let opened = Self::new(name, path, file, options);
        opened.map_err(|error| error.with_path(path))
    }

    fn new(name: String, path: &Path, file: Input, options: &Options) -> Result<Self> {
        let size = file.size().map_err(|error| system("look at the file", error))?;
        let mut head = vec![0; usize::try_from(size).unwrap_or(usize::MAX).min(9)];
        if !head.is_empty() {
            file.read_exact_at(&mut head, 0).map_err(|error| system("read the file", error))?;
        }
        let format = detect(&head, size, path);
        let opened = match format {
            Format::Npz => npz::open(file.clone(), path, options)?,
            Format::Npy => npy::open(&file, size, path, options)?,
            Format::Safetensors => safetensors::open(&file, size, path)?,
        };
        let path = path.to_owned();
        Ok(Self { name, path, format, bytes: size, file, opened })
    }

    /// The same file with what another one says of it: the user's strings, and what the items of its
    /// only array are.
    pub(crate) fn described(
        mut self,
        strings: BTreeMap<String, String>,
        logical: Option<&str>,
    ) -> Self {
        self.opened.metadata.extend(strings);
        if let (Some(logical), Reader::Raw(arrays)) = (logical, &mut self.opened.reader)
            && let ([Some(array)], Some(listing)) =
                (arrays.as_mut_slice(), self.opened.listing.get_mut())
            && let [entry] = listing.entries.as_mut_slice()
        {
            *array = array.clone().with_logical_dtype(Some(logical));
            entry.logical_dtype = Some(logical.into());
        }
        self
    }

    /// As it was given.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// As it was given.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// The size of the file.
    pub(crate) fn size(&self) -> u64 {
        self.bytes
    }

    /// What the file holds: arrays, and members that are none. What describes them isn't here.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.listing().entries
    }

    /// All that is in the file; an archive's headers are read at the first call.
    fn listing(&self) -> &Listing {
        self.opened.listing.get_or_init(|| match &self.opened.reader {
            Reader::Npz(archive) => archive.list(),
            Reader::Raw(_) => Listing::default(),
        })
    }

    /// Passes all members by, those that describe the others marked by `true`, until one fails.
    /// What an archive has is not kept: this is the fastest way to look at very many once.
    pub(crate) fn walk<E>(
        &self,
        mut look: impl FnMut(&Entry, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.opened.reader {
            Reader::Npz(archive) => archive.walk(|entry, describes| look(&entry, describes)),
            Reader::Raw(_) => self.entries().iter().try_for_each(|entry| look(entry, false)),
        }
    }

    /// Reads the array of a member that describes the others.
    pub(crate) fn description(&self, entry: &Entry) -> Result<AnyArray> {
        if let Some(error) = &entry.error {
            return Err(copy(error));
        }
        let missing = || Error::new(ErrorKind::NotFound, "no such entry");
        let reader = self.archive().ok_or_else(missing)?;
        reader.any(entry.key()).map_err(|error| self.place(entry, error))
    }

    /// All members of the file, `__metadata__` too, in the file's order.
    pub(crate) fn members(&self) -> Vec<&Entry> {
        let mut all: Vec<&Entry> = self.entries().iter().collect();
        for (before, entry) in self.listing().described.iter().rev() {
            all.insert(*before, entry);
        }
        all
    }

    /// Fails if what describes the entries is damaged: then nobody knows what all of them mean.
    pub(crate) fn check_description(&self) -> Result<()> {
        let fault = self.listing().described.iter().find_map(|(_, entry)| entry.error.as_ref());
        fault.map_or(Ok(()), |error| Err(copy(error)))
    }

    /// Whether one of [`members`](Self::members) is none of [`entries`](Self::entries).
    pub(crate) fn is_description(&self, entry: &Entry) -> bool {
        self.listing().described.iter().any(|(_, described)| std::ptr::eq(described, entry))
    }

    /// The user's strings.
    pub(crate) fn metadata(&self) -> &BTreeMap<String, String> {
        &self.opened.metadata
    }

    /// The archive, if it is one.
    pub(crate) fn archive(&self) -> Option<&NpzReader<'static>> {
        match &self.opened.reader {
            Reader::Npz(archive) => Some(&archive.reader),
            Reader::Raw(_) => None,
        }
    }

    /// The place of the entry called `name`, with or without `.npy`. A lone array needs none.
    pub(crate) fn find(&self, name: Option<&str>) -> Result<usize> {
        if let Some(METADATA | "__metadata__.npy") = name
            && !self.listing().described.is_empty()
        {
            let message =
                "is no array of the file's, it describes them; npz info tells what it says";
            let error = Error::new(ErrorKind::NotFound, message).with_path(&self.path);
            return Err(error.with_entry(METADATA));
        }
        let Some(name) = name else {
            let mut sound =
                (0..self.entries().len()).filter(|&at| self.entries()[at].error.is_none());
            if let (Some(only), None) = (sound.next(), sound.next()) {
                return Ok(only);
            }
            if self.entries().len() == 1 {
                return Ok(0);
            }
            let message = match self.few_names() {
                Some(names) => format!("say which one: it has {names}"),
                None => format!("has {} entries; say which one", self.entries().len()),
            };
            return Err(Error::new(ErrorKind::NotFound, message).with_path(&self.path));
        };
        let found = match self.archive() {
            Some(reader) => {
                let member = reader.entry(name).ok().map(|entry| entry.member().to_owned());
                let place = |member: String| {
                    self.entries().iter().rposition(|entry| entry.member() == Some(&member))
                };
                member.and_then(place)
            }
            None => self.entries().iter().position(|entry| entry.name() == Some(name)),
        };
        found.ok_or_else(|| {
            let names = self.entries().iter().filter_map(Entry::name);
            let message = match likely(name, names) {
                Some(near) => format!("no such entry; {near}"),
                None if self.format == Format::Npy && self.entries().len() == 1 => {
                    "a lone array has no name; leave it out".to_owned()
                }
                None => match self.few_names() {
                    Some(names) => format!("no such entry; the file has {names}"),
                    None => format!("no such entry among the file's {}", self.entries().len()),
                },
            };
            Error::new(ErrorKind::NotFound, message).with_entry(name).with_path(&self.path)
        })
    }

    /// The names of all entries, where they are quickly read.
    fn few_names(&self) -> Option<String> {
        const FEW: usize = 5;
        let names = self.entries().iter().filter_map(Entry::name);
        let names = names.map(|name| format!("{:?}", shorten(name, SUGGESTED_COLUMNS)));
        let names: Vec<String> = names.take(FEW + 1).collect();
        (1..=FEW).contains(&names.len()).then(|| names.join(", "))
    }

    /// Reads the array of the entry at `index`.
    pub(crate) fn read(&self, index: usize) -> Result<AnyArray> {
        match (&self.opened.reader, self.entry(index)?) {
            (Reader::Npz(archive), entry) => {
                archive.reader.any(entry.key()).map_err(|e| self.place(entry, e))
            }
            (Reader::Raw(_), entry) => self.raw(index)?.read().map_err(|e| self.place(entry, e)),
        }
    }

    /// Reads a slice of it, and no more than that if it is stored. Its items are in C order.
    pub(crate) fn slice(&self, index: usize, slice: &Slice) -> Result<AnyArray> {
        match (&self.opened.reader, self.entry(index)?) {
            (Reader::Npz(archive), entry) => {
                let part = archive.reader.any_slice(entry.key(), slice);
                part.map_err(|error| self.place(entry, error))
            }
            (Reader::Raw(_), entry) => {
                self.raw(index)?.slice(slice).map_err(|error| self.place(entry, error))
            }
        }
    }

    /// Reads it `items` at a time, in the order in which they stand in the file; each piece has
    /// one dimension. No more than that is in memory.
    pub(crate) fn pieces<'a>(
        &'a self,
        index: usize,
        items: usize,
    ) -> Result<Box<dyn Iterator<Item = Result<AnyArray>> + 'a>> {
        let entry = self.entry(index)?;
        Ok(match &self.opened.reader {
            Reader::Npz(archive) => {
                let pieces = archive.reader.any_pieces(entry.key(), items);
                let pieces = pieces.map_err(|error| self.place(entry, error))?;
                Box::new(pieces.map(|piece| piece.map_err(|error| self.place(entry, error))))
            }
            Reader::Raw(_) => {
                let pieces = self.raw(index)?.pieces(items);
                let pieces = pieces.map_err(|error| self.place(entry, error))?;
                Box::new(pieces.map(|piece| piece.map_err(|error| self.place(entry, error))))
            }
        })
    }

    /// Where an array lies, unless it is packed in an archive.
    pub(crate) fn raw(&self, index: usize) -> Result<&RawArray<'static>> {
        let entry = self.entry(index)?;
        let raw = match &self.opened.reader {
            Reader::Raw(arrays) => arrays.get(index).and_then(Option::as_ref),
            Reader::Npz(_) => None,
        };
        raw.ok_or_else(|| {
            let message = "expected an array, found something else";
            self.place(entry, Error::new(ErrorKind::Dtype, message))
        })
    }

    /// The bytes of a member that is no array.
    pub(crate) fn member_bytes(&self, index: usize) -> Result<Vec<u8>> {
        let entry = self.entry(index)?;
        match &self.opened.reader {
            Reader::Npz(archive) => {
                archive.reader.bytes(entry.key()).map_err(|e| self.place(entry, e))
            }
            Reader::Raw(_) => self.raw(index).map(|_| Vec::new()),
        }
    }

    /// The bytes behind the header of an array of Python objects: a pickle, which nobody opens.
    pub(crate) fn pickle(&self, index: usize) -> Result<Vec<u8>> {
        if self.archive().is_some() {
            let mut bytes = self.member_bytes(index)?;
            bytes.drain(..npy::header_len(&bytes).min(bytes.len()));
            return Ok(bytes);
        }
        // Only the pickle knows where it ends; nothing is taken for an array behind it.
        let start = self.raw(index)?.offset();
        let mut bytes = vec![0; usize::try_from(self.bytes.saturating_sub(start)).unwrap_or(0)];
        let read = self.file.read_exact_at(&mut bytes, start);
        read.map_err(|error| self.place_at(index, system("read the file", error)))?;
        Ok(bytes)
    }

    fn entry(&self, index: usize) -> Result<&Entry> {
        let missing = || Error::new(ErrorKind::NotFound, "no such entry");
        let entry = self.entries().get(index).ok_or_else(missing)?;
        match &entry.error {
            Some(error) => Err(copy(error)),
            None => Ok(entry),
        }
    }

    /// Says where an error was.
    pub(crate) fn place_at(&self, index: usize, error: Error) -> Error {
        match self.entries().get(index) {
            Some(entry) => self.place(entry, error),
            None => error.with_path(&self.path),
        }
    }

    fn place(&self, entry: &Entry, error: Error) -> Error {
        let error = error.with_path(&self.path);
        match entry.name() {
            Some(name) => error.with_entry(name),
            None => error,
        }
    }
}

/// The same error once more, but for its cause.
pub(crate) fn copy(error: &Error) -> Error {
    let copy = copy_nameless(error);
    match error.path() {
        Some(path) => copy.with_path(path),
        None => copy,
    }
}

/// The same without the file it is about.
pub(crate) fn copy_nameless(error: &Error) -> Error {
    let mut copy = Error::new(error.kind(), error.message().to_owned());
    if let Some(entry) = error.entry() {
        copy = copy.with_entry(entry);
    }
    if let Some(offset) = error.offset() {
        copy = copy.with_offset(offset);
    }
    copy
}

/// What a file is, by its first bytes, and where they don't tell, by its name.
fn detect(head: &[u8], size: u64, path: &Path) -> Format {
    if head.starts_with(b"\x93NUMPY") {
        return Format::Npy;
    }
    if head.starts_with(b"PK") {
        return Format::Npz;
    }
    if let (Some(len), Some(b'{')) = (head.first_chunk(), head.get(8))
        && u64::from_le_bytes(*len) <= size.saturating_sub(8)
    {
        return Format::Safetensors;
    }
    Format::of_path(path).unwrap_or(Format::Npz)
}

fn system(doing: &str, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::UnexpectedEof => ErrorKind::Truncated,
        _ => ErrorKind::Io,
    };
    Error::new(kind, format!("can't {doing}: {error}")).with_source(error)
}
