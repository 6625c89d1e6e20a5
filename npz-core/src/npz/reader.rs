//! Reading archives: indexed once, then every entry directly, through `&self`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ndarray::{Array, Dimension};

use super::archive::{Archive, Index, Learned, Tell};
use super::entry::METADATA;
use super::listing::Entry;
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::io::read_at::{ReadAt, SeekSource};
use crate::io::regular;
use crate::nearest::nearest;
use crate::npy::AnyArray;
use crate::options::LoadOptions;

/// An npz archive, ready to give any of its arrays.
///
/// Opening reads the directory at the file's end and nothing else. All reads are positional, so
/// one reader serves many threads. The file is held open: if somebody replaces it (as
/// [`save_npz`](crate::SaveNpz::save_npz) does), the reader goes on with the file it opened.
///
/// ```
/// use npz_core::ndarray::{Array1, Array2, arr1, arr2};
/// use npz_core::{NpzReader, NpzWriter};
///
/// let mut writer = NpzWriter::new(Vec::new());
/// writer.add("x", &arr1(&[1.0_f32, 2.0]))?;
/// writer.add("y", &arr2(&[[1_u8, 2]]))?;
/// let bytes = writer.finish()?;
///
/// let reader = NpzReader::from_bytes(&bytes)?;
/// let x: Array1<f32> = reader.get("x")?;
/// let y: Array2<u8> = reader.get("y.npy")?; // with or without the suffix, as in NumPy
/// assert_eq!((x[1], y[[0, 1]]), (2.0, 2));
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct NpzReader<'r> {
    source: Arc<dyn ReadAt + 'r>,
    index: Index<'r>,
    options: LoadOptions,
    path: Option<PathBuf>,
    learned: Learned,
    memory: Option<&'r [u8]>,
}

impl fmt::Debug for NpzReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpzReader")
            .field("path", &self.path)
            .field("names", &self.names().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl NpzReader<'static> {
    /// Opens an archive that is part of the program, as [`include_npz!`](crate::include_npz) puts it
    /// there; its views live as long as the program.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_static(bytes: &'static [u8]) -> Result<Self> {
        Self::from_bytes(bytes)
    }

    /// Opens the archive at `path`.
    ///
    /// # Errors
    /// When there is no such file, and when it is no archive or one that readers may understand
    /// differently; [`LoadOptions::lenient`] opens the latter.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &LoadOptions::default())
    }

    /// Opens the archive at `path` as `options` say.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            let (file, _) = regular::open(path, OpenOptions::new().read(true), "an npz file")?;
            Self::new_with(file, options)
        };
        let mut reader = open().map_err(|error| error.with_path(path))?;
        reader.path = Some(path.to_owned());
        Ok(reader)
    }
}

impl<'r> NpzReader<'r> {
    /// Opens an archive in memory; [`include_bytes!`] gives one too.
    ///
    /// # Errors
    /// As [`open`](NpzReader::open).
    pub fn from_bytes(bytes: &'r [u8]) -> Result<Self> {
        Self::from_bytes_with(bytes, &LoadOptions::default())
    }

    /// Opens an archive in memory as `options` say.
    ///
    /// # Errors
    /// As [`open`](NpzReader::open).
    pub fn from_bytes_with(bytes: &'r [u8], options: &LoadOptions) -> Result<Self> {
        Ok(Self { memory: Some(bytes), ..Self::new_with(bytes, options)? })
    }

    /// Opens an archive in anything that is `Read + Seek`.
    ///
    /// # Errors
    /// As [`open`](NpzReader::open).
    pub fn from_seek(reader: impl Read + Seek + Send + 'r) -> Result<Self> {
        let source = SeekSource::new(reader);
        Self::new(source.map_err(|error| Error::io("find the end of the archive", error))?)
    }

    /// Opens an archive in any positional source.
    ///
    /// # Errors
    /// As [`open`](NpzReader::open).
    pub fn new(source: impl ReadAt + 'r) -> Result<Self> {
        Self::new_with(source, &LoadOptions::default())
    }

    /// Opens an archive in any positional source as `options` say.
    ///
    /// # Errors
    /// As [`open`](NpzReader::open).
    pub fn new_with(source: impl ReadAt + 'r, options: &LoadOptions) -> Result<Self> {
        options.check()?;
        let source: Arc<dyn ReadAt + 'r> = Arc::new(source);
        let index = Index::read(&source, options)?;
        let (options, learned) = (options.clone(), Learned::default());
        Ok(Self { source, index, options, path: None, learned, memory: None })
    }

    /// The names of the entries in the archive's order, without their `.npy`.
    ///
    /// Members that are no arrays are listed too. The entry `__metadata__` is not.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.archive().keys().map(|(name, _)| name)
    }

    /// The entries in the archive's order, without `__metadata__`.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let archive = self.archive();
        let entries = (0..archive.len()).map(move |index| archive.entry(index));
        entries.filter(|entry| entry.name != METADATA)
    }

    /// The number of entries, as [`names`](Self::names) lists them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names().count()
    }

    /// Whether the archive has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names().next().is_none()
    }

    /// Whether there is an entry called `name`, with or without `.npy`. Reads nothing.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.index.find(name).is_some()
    }

    /// The entry called `name`, with or without `.npy`.
    ///
    /// As in NumPy, the member of exactly this name comes first, then the one with `.npy` added.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], naming the nearest entry there is.
    pub fn entry(&self, name: &str) -> Result<Entry<'_>> {
        let (archive, index) = self.find(name)?;
        Ok(archive.entry(index))
    }

    /// Reads the array called `name`, with or without `.npy`.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], naming the nearest entry there is; [`ErrorKind::Dtype`] or
    /// [`ErrorKind::Shape`] if the array is another one than asked for; [`ErrorKind::Corrupt`] or
    /// [`ErrorKind::Truncated`] if its bytes are damaged, and then no part of it is handed out.
    pub fn get<A: Element, D: Dimension>(&self, name: &str) -> Result<Array<A, D>> {
        let (archive, index) = self.find(name)?;
        archive.array(index, archive.cast()).map_err(|error| archive.in_file(error))
    }

    /// Reads the array called `name`, with or without `.npy`, whatever its dtype.
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`ErrorKind::Unsupported`] for Python objects.
    pub fn any(&self, name: &str) -> Result<AnyArray> {
        let (archive, index) = self.find(name)?;
        archive.any(index).map_err(|error| archive.in_file(error))
    }

    /// Reads the member called `name` as the bytes it is: a file that somebody else put into the
    /// archive, or a whole `.npy`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let (archive, index) = self.find(name)?;
        archive.bytes(index).map_err(|error| archive.in_file(error))
    }

    /// The strings that were saved with the arrays, see
    /// [`SaveOptions::metadata`](crate::SaveOptions::metadata); none if the archive has no entry
    /// `__metadata__`.
    ///
    /// # Errors
    /// When there is such an entry but it isn't what this crate writes, or its bytes are damaged.
    pub fn metadata(&self) -> Result<&BTreeMap<String, String>> {
        let archive = self.archive();
        match archive.metadata() {
            Ok(metadata) => Ok(&metadata.strings),
            Err(error) => Err(archive.in_file(error)),
        }
    }

    pub(crate) fn options(&self) -> &LoadOptions {
        &self.options
    }

    /// The index of the entry called `name`, with or without `.npy`.
    pub(super) fn find(&self, name: &str) -> Result<(Archive<'_>, usize)> {
        let archive = self.archive();
        match archive.index.find(name) {
            Some(index) => Ok((archive, index)),
            None => Err(archive.in_file(self.not_found(name))),
        }
    }

    pub(crate) fn archive(&self) -> Archive<'_> {
        Archive {
            source: &*self.source,
            index: &self.index,
            options: &self.options,
            path: self.path.as_deref(),
            window: None,
            learned: &self.learned,
            memory: self.memory,
            tell: Tell::EachEntry,
        }
    }

    /// All of the archive, if it lies in memory.
    pub(crate) fn memory(&self) -> Option<&'r [u8]> {
        self.memory
    }

    /// For messages.
    #[cfg(feature = "mmap")]
    pub(crate) fn set_path(&mut self, path: &Path) {
        self.path = Some(path.to_owned());
    }

    #[cold]
    fn not_found(&self, name: &str) -> Error {
        let names: Vec<&str> = self.names().collect();
        let message = match nearest(name, &names) {
            Some(near) => format!("no such entry; the nearest name in the file is {near:?}"),
            None => format!("no such entry among the file's {}", names.len()),
        };
        Error::new(ErrorKind::NotFound, message).with_entry(name)
    }
}
