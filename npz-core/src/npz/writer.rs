//! Writing archives, forward, to anything.

mod array;
mod pending;
mod raw;

pub use self::array::ArrayWriter;

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Seek, Write};
use std::path::Path;

use crc32fast::Hasher;
use ndarray::{ArrayRef, CowArray, Dimension};

use super::entry::{Keys, METADATA, member};
use super::layout::{Alignment, CentralDirectory, Member, Slot, stored_len};
use super::metadata::Metadata;
use super::method::Method;
use crate::element::{ArraySource, Element};
use crate::error::{Error, ErrorKind, Result};
use crate::io::atomic::AtomicFile;
use crate::io::write_at;
use crate::npy::{AnyArray, Header, RawArray};
use crate::options::{Compression, SaveOptions};

/// Small entries are put together in a buffer of this size; larger data are written as they are.
const BUFFER_BYTES: usize = 1 << 20;

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
}

/// The writer beneath, and what has not reached it yet.
struct Output<W> {
    writer: W,
    buffer: Vec<u8>,
    /// Bytes handed to `writer` so far.
    written: u64,
    hooks: Option<Hooks<W>>,
}

/// What a file can do beyond writing forward.
struct Hooks<W> {
    /// Where the archive starts in the file.
    base: u64,
    write_at: fn(&mut W, &[u8], u64) -> io::Result<()>,
    commit: fn(&mut W) -> Result<()>,
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

    /// Takes the disk space of an archive of all of `sources`, where that is known before: a full
    /// disk is then an error now, and not in the middle.
    pub(crate) fn reserve<'s>(
        &self,
        sources: impl Iterator<Item = (&'s str, &'s (dyn ArraySource + 's))>,
    ) -> Result<()> {
        if self.options.compression != Compression::Stored {
            return Ok(());
        }
        let mut sizes = Vec::new();
        let mut metadata = self.metadata.clone();
        let mut add = |name: &str, source: &dyn ArraySource| {
            let header = source.header(self.options.byte_order, self.options.keep_order);
            let header = header.map_err(|error| error.with_entry(name))?;
            let prefix_len = header.encode()?.len() as u64;
            sizes.push((member(name), prefix_len, prefix_len + header.nbytes() as u64));
            Ok::<_, Error>(())
        };
        for (name, source) in sources {
            add(name, source)?;
            let dtype = source.logical_dtype().map(|dtype| (name.to_owned(), dtype.to_owned()));
            metadata.dtypes.extend(dtype);
        }
        if let Some(array) = metadata.to_array() {
            add(METADATA, &CowArray::from(&array))?;
        }
        let members = sizes.iter().map(|(name, prefix_len, size)| Member {
            name,
            method: Method::Stored,
            size: *size,
            prefix_len: *prefix_len,
        });
        self.out.writer.reserve(stored_len(members, self.alignment)?)
    }

    pub(crate) fn over(file: AtomicFile, options: &SaveOptions) -> Result<Self> {
        let mut writer = Self::with_options(file, options)?;
        writer.out.hooks =
            Some(Hooks { base: 0, write_at: AtomicFile::write_at, commit: AtomicFile::commit });
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
        writer.out.hooks =
            Some(Hooks { base, write_at: write_at::by_seeking::<W>, commit: |_| Ok(()) });
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
            out: Output { writer, buffer: Vec::new(), written: 0, hooks: None },
            options,
            alignment,
            keys: Keys::default(),
            metadata: Metadata { strings, ..Metadata::default() },
            directory: CentralDirectory::default(),
            broken: false,
            unfinished: None,
        }
    }

    pub(crate) fn options(&self) -> &SaveOptions {
        &self.options
    }

    /// Adds an array under `name`; in the archive it is the member `name.npy`.
    ///
    /// # Errors
    /// [`ErrorKind::Name`] or [`ErrorKind::Duplicate`], and then the archive is as if nothing had
    /// been asked; otherwise what the writer beneath reports.
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

    pub(crate) fn add_source(&mut self, name: &str, source: &dyn ArraySource) -> Result<()> {
        self.add_entry(name, source, Keys::add)?;
        if let Some(dtype) = source.logical_dtype() {
            self.metadata.dtypes.insert(name.to_owned(), dtype.to_owned());
        }
        Ok(())
    }

    fn add_entry(
        &mut self,
        name: &str,
        source: &dyn ArraySource,
        add_key: fn(&mut Keys, &str) -> Result<()>,
    ) -> Result<()> {
        if self.broken {
            return Err(self.broken());
        }
        let header = source.header(self.options.byte_order, self.options.keep_order);
        let entry = header.and_then(|header| {
            let npy = header.encode()?;
            add_key(&mut self.keys, name)?;
            Ok(Entry { member: member(name), npy, header, source })
        });
        let entry = entry.map_err(|error| error.with_entry(name))?;
        self.broken = true;
        match self.options.compression {
            Compression::Stored => self.store(&entry),
            #[cfg(feature = "deflate")]
            Compression::Deflate(level) => self.deflate(&entry, level),
        }
        .map_err(|error| error.with_entry(name))?;
        self.broken = false;
        Ok(())
    }

    fn store(&mut self, entry: &Entry<'_>) -> Result<()> {
        let size = entry.size()?;
        let slot = Slot::new(entry.member(Method::Stored)?, self.out.position(), self.alignment)?;
        let crc = if size <= BUFFER_BYTES as u64 {
            self.out.make_room(size)?;
            let header_at = self.out.placeholder(&slot, size)?;
            let buffer = &mut self.out.buffer;
            let crc = entry.write(&mut |bytes| {
                buffer.extend_from_slice(bytes);
                Ok(())
            })?;
            let header = slot.local_header(crc, size)?;
            self.out.buffer[header_at..header_at + header.len()].copy_from_slice(&header);
            crc
        } else if let (Some(hooks), None) = (&self.out.hooks, entry.bytes()) {
            let write_at = hooks.write_at;
            self.out.placeholder(&slot, size)?;
            let crc = entry.write(&mut |bytes| self.out.write(bytes))?;
            self.out.flush()?;
            let header = slot.local_header(crc, size)?;
            self.out.patch(write_at, &header, slot.offset())?;
            crc
        } else {
            // The checksum stands before the data, so they are gone through twice.
            let crc = entry.write(&mut |_| Ok(()))?;
            self.out.write(&slot.local_header(crc, size)?)?;
            entry.write(&mut |bytes| self.out.write(bytes))?;
            crc
        };
        self.directory.push(&slot, crc, size)
    }

    #[cfg(feature = "deflate")]
    fn deflate(&mut self, entry: &Entry<'_>, level: u8) -> Result<()> {
        use super::deflate::Deflater;

        let slot = Slot::new(entry.member(Method::Deflated)?, self.out.position(), self.alignment)?;
        let mut deflater = Deflater::new(level);
        let write_at = self.out.hooks.as_ref().map(|hooks| hooks.write_at);
        let (crc, packed) = match write_at {
            Some(write_at) if entry.size()? > BUFFER_BYTES as u64 => {
                self.out.placeholder(&slot, 0)?;
                let mut put = |bytes: &[u8]| self.out.write(bytes);
                let crc = entry.write(&mut |bytes| deflater.write(bytes, &mut put))?;
                let packed = deflater.finish(&mut put)?;
                self.out.flush()?;
                let header = slot.local_header(crc, packed)?;
                self.out.patch(write_at, &header, slot.offset())?;
                (crc, packed)
            }
            _ => {
                let mut all = Vec::new();
                let mut put = |bytes: &[u8]| {
                    all.extend_from_slice(bytes);
                    Ok(())
                };
                let crc = entry.write(&mut |bytes| deflater.write(bytes, &mut put))?;
                let packed = deflater.finish(&mut put)?;
                self.out.write(&slot.local_header(crc, packed)?)?;
                self.out.write(&all)?;
                (crc, packed)
            }
        };
        self.directory.push(&slot, crc, packed)
    }

    /// Says in the metadata which names stand for others, and which version of a struct this is.
    pub(crate) fn describe(
        &mut self,
        aliases: &BTreeMap<String, String>,
        version: Option<u64>,
    ) -> Result<()> {
        aliases.keys().try_for_each(|alias| self.keys.add(alias))?;
        let pairs = aliases.iter().map(|(alias, level)| (alias.clone(), level.clone()));
        self.metadata.aliases.extend(pairs);
        self.metadata.version = version.or(self.metadata.version);
        Ok(())
    }

    /// Writes the directory and, for an archive at a path, puts the file in place. Returns the
    /// writer beneath.
    ///
    /// A writer that is dropped instead leaves an archive that no reader opens, or, at a path, the
    /// file that was there before.
    ///
    /// # Errors
    /// When an entry failed before, and everything that can go wrong with a file.
    pub fn finish(mut self) -> Result<W> {
        if self.broken {
            return Err(self.broken());
        }
        if let Some(array) = self.metadata.to_array() {
            self.add_entry(METADATA, &CowArray::from(&array), |keys, _| keys.add_metadata())?;
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

/// One entry on its way into the archive.
struct Entry<'a> {
    member: String,
    npy: Vec<u8>,
    header: Header,
    source: &'a dyn ArraySource,
}

impl Entry<'_> {
    /// Length of the entry before compression.
    fn size(&self) -> Result<u64> {
        let size = (self.npy.len() as u64).checked_add(self.header.nbytes() as u64);
        size.ok_or_else(|| Error::new(ErrorKind::Limit, "the array is too large for a file"))
    }

    fn member(&self, method: Method) -> Result<Member<'_>> {
        let prefix_len = self.npy.len() as u64;
        Ok(Member { name: &self.member, method, size: self.size()?, prefix_len })
    }

    /// The payload, if it lies in memory as it will in the file.
    fn bytes(&self) -> Option<&[u8]> {
        self.source.bytes(&self.header)
    }

    /// Gives header and payload to `sink`, piece by piece, and returns their checksum.
    fn write(&self, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<u32> {
        let mut crc = Hasher::new();
        crc.update(&self.npy);
        sink(&self.npy)?;
        let mut left = self.header.nbytes();
        self.source.write(&self.header, &mut |bytes| {
            left = left.checked_sub(bytes.len()).ok_or_else(wrong_length)?;
            crc.update(bytes);
            sink(bytes)
        })?;
        if left > 0 { Err(wrong_length()) } else { Ok(crc.finalize()) }
    }
}

/// A type's `encode` and its `dtype` disagree, which would tear the archive.
#[cold]
fn wrong_length() -> Error {
    let message = "the element type encodes another number of bytes than its dtype says";
    Error::new(ErrorKind::Corrupt, message)
}

impl<W: Write> Output<W> {
    fn position(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Writes through the buffer, or past it what wouldn't fit.
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush()?;
            if bytes.len() > BUFFER_BYTES / 2 {
                return self.put(bytes);
            }
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Empties the buffer unless `size` more bytes fit.
    fn make_room(&mut self, size: u64) -> Result<()> {
        if self.position() - self.written + size > BUFFER_BYTES as u64 {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Appends a local header whose checksum is yet to come; returns where in the buffer it is.
    fn placeholder(&mut self, slot: &Slot<'_>, packed: u64) -> Result<usize> {
        let at = self.buffer.len();
        self.buffer.extend_from_slice(&slot.local_header(0, packed)?);
        Ok(at)
    }

    fn patch(
        &mut self,
        write_at: fn(&mut W, &[u8], u64) -> io::Result<()>,
        bytes: &[u8],
        offset: u64,
    ) -> Result<()> {
        let base = self.hooks.as_ref().map_or(0, |hooks| hooks.base);
        write_at(&mut self.writer, bytes, base.saturating_add(offset))
            .map_err(|error| Error::io("write", error))
    }

    fn flush(&mut self) -> Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let result = self.put(&buffer);
        self.buffer = buffer;
        self.buffer.clear();
        result
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes).map_err(|error| Error::io("write", error))?;
        self.written += bytes.len() as u64;
        Ok(())
    }
}
