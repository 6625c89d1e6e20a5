//! Writing archives, forward, to anything.

mod array;
#[cfg(feature = "deflate")]
mod deflated;
mod entry;
mod output;
mod pending;
mod raw;
mod stored;
mod strided;

pub use self::array::ArrayWriter;
pub(crate) use self::entry::{Entry, Headers};
use self::output::{BUFFER_BYTES, Hooks, Output};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{Seek, Write};
use std::path::Path;

use ndarray::{ArrayRef, CowArray, Dimension};

use super::entry::{Keys, METADATA, member};
use super::layout::{Alignment, CentralDirectory, stored_len};
use super::metadata::Metadata;
use super::method::Method;
use crate::element::{ArraySource, Element};
use crate::error::{Error, ErrorKind, Result};
use crate::io::atomic::AtomicFile;
use crate::io::write_at;
use crate::npy::{AnyArray, RawArray};
use crate::options::{Compression, SaveOptions, Tracker};

/// Writes an npz archive entry by entry, to a file or to any [`Write`].
///
/// The bytes depend on the arrays and the options alone: not on the clock, the machine, or the
/// kind of writer.
///
/// ```
/// use npz_core::ndarray::{arr1, arr2};
/// use npz_core::NpzWriter;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("data.npz");
/// let mut writer = NpzWriter::create(&path)?;
/// writer.add("x", &arr1(&[1.0_f32, 2.0]))?;
/// writer.add("y", &arr2(&[[1_u8, 2], [3, 4]]))?;
/// writer.finish()?; // only now is the file at `path`
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct NpzWriter<W: Write> {
    out: Output<W>,
    progress: Tracker,
    options: SaveOptions,
    alignment: Alignment,
    keys: Keys,
    /// Written as the last entry, if there is anything in it.
    metadata: Metadata,
    directory: CentralDirectory,
    /// An entry failed half-way, so that what has been written is no archive.
    broken: bool,
    /// The entry whose [`ArrayWriter`] has been started and not been finished.
    unfinished: Option<String>,
    #[cfg(feature = "deflate")]
    packers: std::sync::Arc<super::deflate::Packers>,
}

impl<W: Write> fmt::Debug for NpzWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpzWriter").field("options", &self.options).finish_non_exhaustive()
    }
}

impl NpzWriter<AtomicFile> {
    /// Starts an archive that will stand at `path` once it is [finished](Self::finish); until
    /// then a file that is there already stays as it is.
    ///
    /// # Errors
    /// When no file can be created beside `path`, or something else than a file stands there.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        Self::create_with(path, &SaveOptions::default())
    }

    /// Starts an archive at `path`, to be written as `options` say.
    ///
    /// # Errors
    /// As [`create`](Self::create), and for options that can't be.
    pub fn create_with(path: impl AsRef<Path>, options: &SaveOptions) -> Result<Self> {
        let path = path.as_ref();
        let start = || {
            options.check()?;
            Self::over(AtomicFile::create(path, options.durable)?, options)
        };
        start().map_err(|error| error.with_path(path))
    }

    /// Takes the disk space of an archive of `entries`, where that is known before: a full disk is
    /// then an error now, and not in the middle.
    pub(crate) fn reserve(&self, entries: &[Entry<'_>]) -> Result<()> {
        if self.options.compression != Compression::Stored {
            return Ok(());
        }
        let mut all = self.metadata.clone();
        all.dtypes.extend(entries.iter().filter_map(Entry::named_dtype));
        let metadata = all.to_array()?;
        let metadata = metadata.as_ref().map(CowArray::from);
        let last = match &metadata {
            Some(array) => Some(Entry::new(member(METADATA).into(), array, &self.options)?),
            None => None,
        };
        let members = entries.iter().chain(&last).map(|entry| entry.member(Method::Stored));
        self.out.writer.reserve(stored_len(members, self.alignment)?)
    }

    pub(crate) fn over(file: AtomicFile, options: &SaveOptions) -> Result<Self> {
        let path = Some(file.path().to_owned());
        let mut writer = Self::with_options(file, options)?;
        let (write_at, commit) = (AtomicFile::write_at, AtomicFile::commit);
        writer.out.hooks = Some(Hooks { base: 0, write_at, commit, path });
        Ok(writer)
    }
}

impl<W: Write + Seek> NpzWriter<W> {
    /// Starts an archive in a `writer` that can go back, at its current position. Then nothing is
    /// gone through twice or held in memory, and [`array_writer_open`](Self::array_writer_open)
    /// works; the bytes are the same.
    ///
    /// A file must not be open for appending, where the system ignores positions.
    ///
    /// # Errors
    /// For options that can't be, and when `writer` doesn't know its position.
    pub fn from_seek(mut writer: W, options: &SaveOptions) -> Result<Self> {
        let base = writer.stream_position().map_err(|error| Error::io("find the start", error))?;
        let mut writer = Self::with_options(writer, options)?;
        let write_at = write_at::by_seeking::<W>;
        writer.out.hooks = Some(Hooks { base, write_at, commit: |_| Ok(()), path: None });
        Ok(writer)
    }
}

impl<W: Write> NpzWriter<W> {
    /// Starts an archive in `writer`, which needs no buffer of its own.
    ///
    /// A `writer` can't be patched, so a compressed entry is held in memory, packed, until its
    /// size is known.
    pub fn new(writer: W) -> Self {
        Self::start(writer, SaveOptions::default(), Alignment::default())
    }

    /// Starts an archive in `writer`, to be written as `options` say.
    ///
    /// # Errors
    /// For options that can't be.
    pub fn with_options(writer: W, options: &SaveOptions) -> Result<Self> {
        options.check()?;
        let alignment = match options.numpy_framing {
            true => Alignment::NUMPY,
            false => Alignment::new(options.alignment)?,
        };
        Ok(Self::start(writer, options.clone(), alignment))
    }

    fn start(writer: W, options: SaveOptions, alignment: Alignment) -> Self {
        let strings = options.metadata.clone();
        Self {
            out: Output::new(writer),
            progress: Tracker::new(&options.progress),
            options,
            alignment,
            keys: Keys::default(),
            metadata: Metadata { strings, ..Metadata::default() },
            directory: CentralDirectory::default(),
            broken: false,
            unfinished: None,
            #[cfg(feature = "deflate")]
            packers: std::sync::Arc::default(),
        }
    }

    pub(crate) fn options(&self) -> &SaveOptions {
        &self.options
    }

    /// Adds an array under `name`; in the archive it is the member `name.npy`.
    ///
    /// # Errors
    /// [`ErrorKind::Name`], [`ErrorKind::Duplicate`], or [`ErrorKind::Value`] for text that ends with NUL,
    /// and then the archive is as if nothing had been asked; otherwise what the writer beneath reports.
    pub fn add<A: Element, D: Dimension>(
        &mut self,
        name: &str,
        array: &ArrayRef<A, D>,
    ) -> Result<()> {
        self.add_source(name, &CowArray::from(array.view()))
    }

    /// Adds an array whose type is known only at run time, in its own byte order and order of
    /// items.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_any(&mut self, name: &str, array: &AnyArray) -> Result<()> {
        self.add_source(name, array)
    }

    /// Adds an array that lies somewhere else, in its own byte order and order of items. It is not
    /// read into memory.
    ///
    /// # Errors
    /// As [`add`](Self::add), and what the array's source reports.
    pub fn add_raw(&mut self, name: &str, array: &RawArray<'_>) -> Result<()> {
        self.add_source(name, array)
    }

    fn add_source(&mut self, name: &str, source: &dyn ArraySource) -> Result<()> {
        let entries = self.prepare([(Cow::Owned(member(name)), source)], &[])?;
        self.write_entries(&entries)
    }

    /// Makes the headers of all of `sources`, members by their names, and takes these names and
    /// those that are `tied` to others; on an error it takes none.
    pub(crate) fn prepare<'s>(
        &mut self,
        sources: impl IntoIterator<Item = (Cow<'s, str>, &'s dyn ArraySource)>,
        tied: &[String],
    ) -> Result<Vec<Entry<'s>>> {
        let entries = self.entries(sources)?;
        let names = || entries.iter().map(Entry::name).chain(tied.iter().map(String::as_str));
        for (index, name) in names().enumerate() {
            if let Err(error) = self.keys.add(name) {
                names().take(index).for_each(|name| self.keys.remove(name));
                return Err(error.with_entry(name));
            }
        }
        self.take_dtypes(&entries);
        Ok(entries)
    }

    /// Makes the headers of all of `sources`, whose names have been taken.
    pub(crate) fn entries<'s>(
        &mut self,
        sources: impl IntoIterator<Item = (Cow<'s, str>, &'s dyn ArraySource)>,
    ) -> Result<Vec<Entry<'s>>> {
        let mut headers = Headers::default();
        let entry = |(member, source)| headers.entry(member, source, &self.options);
        sources.into_iter().map(entry).collect()
    }

    /// Takes names that were checked elsewhere, before there are any others.
    pub(crate) fn adopt(&mut self, keys: Keys) {
        self.keys = keys;
    }

    /// Says in the metadata what types the dtypes of these entries don't tell.
    pub(crate) fn take_dtypes(&mut self, entries: &[Entry<'_>]) {
        self.metadata.dtypes.extend(entries.iter().filter_map(Entry::named_dtype));
    }

    /// Says that these entries are all there will be, for who follows the progress.
    pub(crate) fn announce(&mut self, entries: &[Entry<'_>]) {
        let bytes = entries.iter().map(Entry::payload_len);
        self.progress.set_total(bytes.fold(0, u64::saturating_add));
    }

    /// Writes entries whose names have been settled.
    pub(crate) fn write_entries(&mut self, entries: &[Entry<'_>]) -> Result<()> {
        if self.broken {
            return Err(self.broken());
        }
        self.broken = true;
        match self.options.compression {
            Compression::Stored => self.store_all(entries)?,
            #[cfg(feature = "deflate")]
            compression => self.deflate_all(entries, compression)?,
        }
        self.broken = false;
        Ok(())
    }

    /// Says in the metadata which names stand for others, and which version of a struct this is.
    pub(crate) fn describe(&mut self, aliases: &BTreeMap<String, String>, version: Option<u64>) {
        let pairs = aliases.iter().map(|(alias, level)| (alias.clone(), level.clone()));
        self.metadata.aliases.extend(pairs);
        self.metadata.version = version.or(self.metadata.version);
    }

    /// Writes the directory and, for an archive at a path, puts the file in place. Returns the
    /// writer beneath.
    ///
    /// A writer that is dropped instead leaves an archive that no reader opens, or, at a path, the
    /// file that was there before.
    ///
    /// # Errors
    /// When an entry failed before, and everything that can go wrong with a file. At a path the old
    /// file is then as it was, unless the error is [`ErrorKind::NotDurable`].
    pub fn finish(mut self) -> Result<W> {
        if self.broken {
            return Err(self.broken());
        }
        if let Some(array) = self.metadata.to_array()? {
            self.keys.add_metadata()?;
            let array = CowArray::from(&array);
            let entry = Entry::new(member(METADATA).into(), &array, &self.options)?;
            self.write_entries(std::slice::from_ref(&entry))?;
        }
        let end = self.directory.finish(self.out.position())?;
        self.out.write(&end)?;
        self.out.flush()?;
        self.out.writer.flush().map_err(|error| Error::io("write", error))?;
        if let Some(hooks) = &self.out.hooks {
            (hooks.commit)(&mut self.out.writer)?;
        }
        Ok(self.out.writer)
    }

    #[cold]
    fn broken(&self) -> Error {
        let (name, what) = match &self.unfinished {
            Some(name) => (Some(name), "its ArrayWriter was not finished"),
            None => (None, "an entry failed half-way"),
        };
        let message = format!("{what}, so this archive can't be completed; start a new one");
        let error = Error::new(ErrorKind::Io, message);
        if let Some(name) = name { error.with_entry(name) } else { error }
    }
}
