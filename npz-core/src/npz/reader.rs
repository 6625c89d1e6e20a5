//! Reading archives: indexed once, then every entry directly, through `&self`.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ndarray::{Array, Dimension};

use super::directory::{Directory, DirectoryReader, Step};
use super::entry::METADATA;
use super::lenient::Lenient;
use super::method::Method;
use super::open::{Located, locate};
use super::stream::{Bytes, EntryStream, Window};
use crate::element::{Element, ReadExact};
use crate::error::{Error, ErrorKind, Result};
use crate::io::read_at::{ReadAt, SeekSource};
use crate::limits::Limits;
use crate::literal::repr_shape;
use crate::nearest::nearest;
use crate::npy::{self, Header};
use crate::options::LoadOptions;

/// As many bytes tell an npy file from others.
const MAGIC_LEN: usize = 6;

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
}

/// Which of the two readers made the index.
enum Index<'r> {
    Strict(Directory),
    Lenient(Lenient<'r>),
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
            let file = File::open(path).map_err(|error| Error::io("open the file", error))?;
            let metadata = file.metadata().map_err(|error| Error::io("look at the file", error))?;
            if metadata.is_dir() {
                return Err(Error::new(ErrorKind::Io, "is a folder, not an npz file"));
            }
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
        Self::new(bytes)
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
        let index = if options.lenient {
            Index::Lenient(Lenient::open(Arc::clone(&source), &options.limits)?)
        } else {
            Index::Strict(read_directory(&*source, &options.limits)?)
        };
        Ok(Self { source, index, options: options.clone(), path: None })
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
        archive.keys().map(move |(name, index)| Entry { archive, index, name })
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
        let Some(index) = self.index.find(name) else {
            return Err(self.locate(self.not_found(name)));
        };
        let archive = self.archive();
        Ok(Entry { archive, index, name: self.index.key(index) })
    }

    /// Reads the array called `name`, with or without `.npy`.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], naming the nearest entry there is; [`ErrorKind::Dtype`] or
    /// [`ErrorKind::Shape`] if the array is another one than asked for; [`ErrorKind::Corrupt`] or
    /// [`ErrorKind::Truncated`] if its bytes are damaged, and then no part of it is handed out.
    pub fn get<A: Element, D: Dimension>(&self, name: &str) -> Result<Array<A, D>> {
        let entry = self.entry(name)?;
        self.archive().array(entry.index).map_err(|error| self.locate(error))
    }

    /// Reads the member called `name` as the bytes it is: a file that somebody else put into the
    /// archive, or a whole `.npy`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let entry = self.entry(name)?;
        self.archive().bytes(entry.index).map_err(|error| self.locate(error))
    }

    pub(crate) fn options(&self) -> &LoadOptions {
        &self.options
    }

    pub(crate) fn archive(&self) -> Archive<'_> {
        Archive { reader: self, window: None }
    }

    /// Adds the file's name to an error.
    #[cold]
    pub(crate) fn locate(&self, error: Error) -> Error {
        match &self.path {
            Some(path) => error.with_path(path),
            None => error,
        }
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

fn read_directory(source: &dyn ReadAt, limits: &Limits) -> Result<Directory> {
    let size = source.size().map_err(|error| Error::io("find the archive's size", error))?;
    let mut reader = DirectoryReader::new(size, limits);
    let mut bytes = Bytes::default();
    loop {
        match reader.step(bytes.as_slice())? {
            Step::Need(range) => bytes = Bytes::read(source, range)?,
            Step::Done(directory) => return Ok(directory),
        }
    }
}

impl Index<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Strict(directory) => directory.entries().len(),
            Self::Lenient(lenient) => lenient.len(),
        }
    }

    fn key(&self, index: usize) -> &str {
        match self {
            Self::Strict(directory) => directory.key(&directory.entries()[index]),
            Self::Lenient(lenient) => lenient.key(index),
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        match self {
            Self::Strict(directory) => directory.find(name),
            Self::Lenient(lenient) => lenient.find(name),
        }
    }

    fn facts(&self, index: usize) -> Facts<'_> {
        match self {
            Self::Strict(directory) => {
                let entry = &directory.entries()[index];
                Facts {
                    member: entry.name(),
                    method: entry.method(),
                    crc: entry.crc(),
                    packed_size: entry.compressed_size(),
                    size: entry.size(),
                }
            }
            Self::Lenient(lenient) => lenient.facts(index),
        }
    }
}

/// What a directory says of an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) member: &'a str,
    pub(crate) method: Method,
    pub(crate) crc: u32,
    pub(crate) packed_size: u64,
    pub(crate) size: u64,
}

/// An archive as those see it who walk all of it: entries by their index.
#[derive(Clone, Copy)]
pub(crate) struct Archive<'a> {
    reader: &'a NpzReader<'a>,
    window: Option<&'a Window>,
}

impl<'a> Archive<'a> {
    /// Reads small entries many at once.
    pub(crate) fn with_window(self, window: &'a Window) -> Self {
        Self { window: Some(window), ..self }
    }

    pub(crate) fn limits(&self) -> &'a Limits {
        &self.reader.options.limits
    }

    /// The name and index of every entry but the metadata.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&'a str, usize)> + use<'a> {
        let index = &self.reader.index;
        (0..index.len()).map(|at| (index.key(at), at)).filter(|(key, _)| *key != METADATA)
    }

    fn locate(&self, index: usize) -> Result<Located<'a>> {
        let source = &*self.reader.source;
        match &self.reader.index {
            Index::Strict(directory) => {
                let window = self.window.map(|window| (window, directory.start()));
                locate(&directory.entries()[index], source, window)
            }
            Index::Lenient(lenient) => lenient.locate(index, source, self.limits()),
        }
    }

    fn open(&self, index: usize) -> Result<EntryStream<'a>> {
        self.locate(index)?.unpack(self.reader.index.facts(index), self.limits())
    }

    /// The header of an entry, and the stream behind it; `None` if the entry is no npy file.
    fn open_array(&self, index: usize) -> Result<Option<(Header, EntryStream<'a>)>> {
        let mut stream = self.open(index)?;
        let mut start = vec![0; MAGIC_LEN];
        if stream.left() < MAGIC_LEN as u64 {
            return Ok(None);
        }
        stream.read_exact(&mut start)?;
        if !npy::is_magic(&start) {
            return Ok(None);
        }
        let (header, _) = npy::read_header(start, &mut stream, self.limits())?;
        Ok(Some((header, stream)))
    }

    /// The header of the entry at `index`, which must be an array.
    pub(crate) fn header(&self, index: usize) -> Result<Header> {
        let named = |error: Error| error.with_entry(self.reader.index.key(index));
        match self.open_array(index).map_err(named)? {
            Some((header, _)) => Ok(header),
            None => Err(named(not_an_array())),
        }
    }

    pub(crate) fn array<A: Element, D: Dimension>(&self, index: usize) -> Result<Array<A, D>> {
        let read = || {
            let (header, mut stream) = self.open_array(index)?.ok_or_else(not_an_array)?;
            self.check_size(&header, &stream)?;
            let array = npy::read_array(&header, stream.is_present(), &mut stream)?;
            self.finish(stream)?;
            Ok(array)
        };
        read().map_err(|error: Error| error.with_entry(self.reader.index.key(index)))
    }

    /// Holds what the npy header promises against what the directory does.
    fn check_size(&self, header: &Header, stream: &EntryStream<'_>) -> Result<()> {
        let (expected, found) = (header.nbytes() as u64, stream.left());
        if header.dtype().has_object() || found == expected {
            // Objects have no size; they are refused by what comes next.
            return Ok(());
        }
        let shape = repr_shape(header.shape());
        let message = format!(
            "the data of shape {shape} and dtype {} take {expected} bytes, the entry holds {found}",
            header.dtype()
        );
        match found < expected {
            true => Err(Error::new(ErrorKind::Truncated, message)),
            false if self.reader.options.lenient => Ok(()),
            false => {
                let message =
                    format!("{message}; np.load passes over them, as LoadOptions::lenient does");
                Err(Error::new(ErrorKind::Corrupt, message))
            }
        }
    }

    fn finish(&self, mut stream: EntryStream<'_>) -> Result<()> {
        if self.reader.options.lenient {
            stream.drain()?;
        }
        stream.finish()
    }

    fn bytes(&self, index: usize) -> Result<Vec<u8>> {
        let read = || {
            let mut stream = self.open(index)?;
            let bytes = stream.read_to_end()?;
            stream.finish()?;
            Ok(bytes)
        };
        read().map_err(|error: Error| error.with_entry(self.reader.index.key(index)))
    }
}

#[cold]
fn not_an_array() -> Error {
    let message =
        "expected an array, found a member that is no npy file; NpzReader::bytes reads it";
    Error::new(ErrorKind::Dtype, message)
}

/// One entry of an archive: what the directory says of it, and on request what its own header says.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    archive: Archive<'a>,
    index: usize,
    name: &'a str,
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("method", &self.method())
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

impl<'a> Entry<'a> {
    fn facts(&self) -> Facts<'a> {
        self.archive.reader.index.facts(self.index)
    }

    /// Its name, without the `.npy` of its member.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The name of its member in the archive, with `.npy`.
    #[must_use]
    pub fn member(&self) -> &'a str {
        self.facts().member
    }

    /// How it is packed.
    #[must_use]
    pub fn method(&self) -> Method {
        self.facts().method
    }

    /// Its size in bytes, unpacked, npy header included.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.facts().size
    }

    /// The bytes it takes in the file, packed, without the archive's headers.
    #[must_use]
    pub fn packed_size(&self) -> u64 {
        self.facts().packed_size
    }

    /// The checksum of its unpacked bytes, as the archive declares it.
    #[must_use]
    pub fn crc32(&self) -> u32 {
        self.facts().crc
    }

    /// The dtype, shape and order of its array; `None` if the member is no npy file. Reads the
    /// headers only.
    ///
    /// # Errors
    /// When the headers are damaged.
    pub fn header(&self) -> Result<Option<Header>> {
        let opened = self.archive.open_array(self.index);
        let header = opened.map(|array| array.map(|(header, _)| header));
        header.map_err(|error| self.archive.reader.locate(error.with_entry(self.name)))
    }

    /// Where its array's data start in the file, for a stored array; `None` for anything else.
    /// Reads the headers only.
    ///
    /// # Errors
    /// When the headers are damaged.
    pub fn data_offset(&self) -> Result<Option<u64>> {
        let find = || {
            if self.method() != Method::Stored {
                return Ok(None);
            }
            let start = self.archive.locate(self.index)?.data_start();
            let Some((_, stream)) = self.archive.open_array(self.index)? else { return Ok(None) };
            Ok(Some(start + (self.size() - stream.left())))
        };
        find().map_err(|error: Error| self.archive.reader.locate(error.with_entry(self.name)))
    }
}
