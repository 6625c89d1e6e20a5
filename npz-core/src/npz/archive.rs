//! An open archive as those see it who walk all of it: entries by their index.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use ndarray::{Array, Array1, Dimension};

use super::directory::{self, Directory, DirectoryReader, Step};
use super::entry::METADATA;
use super::headers::Headers;
use super::headings::Heading;
use super::lenient::Lenient;
use super::listing::Entry;
use super::metadata::Metadata;
use super::method::Method;
use super::open::{Located, locate};
use super::places::Places;
use super::stream::{EntryStream, read};
use super::window::Window;
use crate::dtype::ScalarKind;
use crate::element::{Element, ReadExact, check_logical};
use crate::error::{Error, ErrorKind, Result};
use crate::io::bulk;
use crate::io::read_at::ReadAt;
use crate::limits::Limits;
use crate::literal::repr_shape;
use crate::npy::{self, AnyArray, Header};
use crate::options::{Cast, LoadOptions, Meter};

/// As many bytes tell an npy file from others.
const MAGIC_LEN: usize = 6;

/// What is where, as either of the two readers found it.
#[allow(clippy::large_enum_variant, reason = "there is one for each archive")]
pub(super) enum Index<'r> {
    Strict(Directory),
    Lenient(Lenient<'r>),
}

impl<'r> Index<'r> {
    pub(super) fn read(source: &Arc<dyn ReadAt + 'r>, options: &LoadOptions) -> Result<Self> {
        if options.lenient {
            return Lenient::open(Arc::clone(source), options).map(Self::Lenient);
        }
        read_directory(&**source, options).map(Self::Strict)
    }

    fn len(&self) -> usize {
        match self {
            Self::Strict(directory) => directory.len(),
            Self::Lenient(lenient) => lenient.len(),
        }
    }

    pub(super) fn key(&self, index: usize) -> &str {
        match self {
            Self::Strict(directory) => directory.key(index),
            Self::Lenient(lenient) => lenient.key(index),
        }
    }

    /// The name of the member, with its `.npy`.
    pub(super) fn member(&self, index: usize) -> &str {
        match self {
            Self::Strict(directory) => directory.member_name(index),
            Self::Lenient(lenient) => lenient.member(index),
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        match self {
            Self::Strict(directory) => directory.find(name),
            Self::Lenient(lenient) => lenient.find(name),
        }
    }

    pub(super) fn facts(&self, index: usize) -> Facts<'_> {
        match self {
            Self::Strict(directory) => Facts::of(&directory.endless(index)),
            Self::Lenient(lenient) => lenient.facts(index),
        }
    }

    /// The names of the member and of the entry, and the facts.
    pub(super) fn listed(&self, index: usize) -> (&str, &str, Facts<'_>) {
        match self {
            Self::Strict(directory) => {
                let entry = directory.endless(index);
                let member = entry.name();
                (member, directory.key_of(member), Facts::of(&entry))
            }
            Self::Lenient(lenient) => {
                (lenient.member(index), lenient.key(index), lenient.facts(index))
            }
        }
    }
}

pub(super) fn read_directory(source: &dyn ReadAt, options: &LoadOptions) -> Result<Directory> {
    let size = source.size().map_err(|error| Error::io("find the archive's size", error))?;
    let mut reader = DirectoryReader::new(size, &options.limits);
    let mut bytes = Vec::new();
    loop {
        match reader.step(bytes)? {
            Step::Need(range) => bytes = read(source, range)?,
            Step::Done(directory) => {
                if options.utf8_names {
                    (0..directory.len())
                        .try_for_each(|at| directory.endless(at).check_decoded())?;
                }
                return Ok(directory);
            }
        }
    }
}

/// What a directory says of an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) method: Method,
    pub(crate) crc: u32,
    pub(crate) packed_size: u64,
    pub(crate) size: u64,
    /// Where the segments of a deflated entry are said to start, and not trusted.
    pub(crate) marks: &'a [u8],
}

impl<'d> Facts<'d> {
    pub(super) fn of(entry: &directory::Entry<'d>) -> Self {
        Self {
            method: entry.method(),
            crc: entry.crc(),
            packed_size: entry.compressed_size(),
            size: entry.size(),
            marks: entry.marks,
        }
    }
}

/// Who hears how far a load is.
#[derive(Clone, Copy)]
pub(crate) enum Tell<'a> {
    Nobody,
    /// The options' callback, of every entry for itself.
    EachEntry,
    /// The same, by way of a meter for several entries.
    Meter(&'a Meter<'a>),
}

impl<'a> Tell<'a> {
    /// A meter, if there is one.
    pub(crate) fn of(meter: Option<&'a Meter<'a>>) -> Self {
        meter.map_or(Self::Nobody, Self::Meter)
    }
}

/// What has been read of an archive so far, and needn't be read again.
#[derive(Default)]
pub(super) struct Learned {
    /// What the metadata say, once somebody has asked.
    metadata: OnceLock<Metadata>,
    pub(super) headers: Headers,
    /// Of arrays that are read in parts.
    pub(super) places: Places,
}

/// An archive as those see it who walk all of it: entries by their index.
#[derive(Clone, Copy)]
pub(crate) struct Archive<'a> {
    pub(super) source: &'a dyn ReadAt,
    pub(super) index: &'a Index<'a>,
    pub(super) options: &'a LoadOptions,
    /// For messages.
    pub(super) path: Option<&'a Path>,
    pub(super) window: Option<&'a Window>,
    pub(super) learned: &'a Learned,
    /// All of the source, where it lies in memory.
    pub(super) memory: Option<&'a [u8]>,
    pub(super) tell: Tell<'a>,
}

impl<'a> Archive<'a> {
    /// Reads small entries many at once.
    pub(crate) fn with_window(self, window: &'a Window) -> Self {
        Self { window: Some(window), ..self }
    }

    /// Tells of a load's progress as `tell` says.
    pub(crate) fn telling(self, tell: Tell<'a>) -> Self {
        Self { tell, ..self }
    }

    pub(crate) fn limits(&self) -> &'a Limits {
        &self.options.limits
    }

    /// The name and index of every entry but the metadata.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&'a str, usize)> + use<'a> {
        let index = self.index;
        (0..index.len()).map(|at| (index.key(at), at)).filter(|(key, _)| *key != METADATA)
    }

    /// The entry as users see it.
    pub(super) fn entry(self, index: usize) -> Entry<'a> {
        let (member, name, facts) = self.index.listed(index);
        Entry { archive: self, index, name, member, facts }
    }

    pub(super) fn locate(&self, index: usize) -> Result<Located<'a>> {
        match self.index {
            Index::Strict(directory) => {
                let window = self.window.map(|window| (window, directory.start()));
                locate(&directory.entry(index), self.source, window)
            }
            Index::Lenient(lenient) => lenient.locate(index, self.source, self.limits()),
        }
    }

    /// Adds the file's name to an error.
    #[cold]
    pub(crate) fn in_file(&self, error: Error) -> Error {
        match self.path {
            Some(path) => error.with_path(path),
            None => error,
        }
    }

    pub(super) fn open(&self, index: usize) -> Result<EntryStream<'a>> {
        let stream = self.locate(index)?.unpack(self.limits())?;
        Ok(stream.on_threads(self.options.threads))
    }

    /// The header of an entry, and the stream behind it; `None` if the entry is no npy file.
    pub(super) fn open_array(&self, index: usize) -> Result<Option<(Header, EntryStream<'a>)>> {
        let (header, stream) = self.open_member(index)?;
        Ok(header.map(|header| (header, stream)))
    }

    /// The header of an entry, if it is an npy file, and the stream behind its first bytes.
    pub(super) fn open_member(&self, index: usize) -> Result<(Option<Header>, EntryStream<'a>)> {
        let mut stream = self.open(index)?;
        let header = read_npy_header(&mut stream, &self.learned.headers, self.limits())?;
        Ok((header.map(Arc::unwrap_or_clone), stream))
    }

    /// The header of the entry at `index`, which must be an array.
    pub(crate) fn header(&self, index: usize) -> Result<Arc<Header>> {
        let heading = self.heading_at_hand(index, &self.learned.headers);
        if let Some(header) = heading.and_then(Heading::into_header) {
            return Ok(header);
        }
        let named = |error: Error| error.with_entry(self.index.key(index));
        // Nobody comes to the checksum.
        let mut stream = self.open(index).map_err(named)?.unchecked();
        match read_npy_header(&mut stream, &self.learned.headers, self.limits()).map_err(named)? {
            Some(header) => Ok(header),
            None => Err(named(not_an_array())),
        }
    }

    /// Whether the entry called `__metadata__` can be one of ours: bytes in a row. With another array, or what
    /// is none, `np.savez` or somebody else has said something of his own by that name.
    fn describes(&self, index: usize) -> Result<bool> {
        let Some((header, _)) = self.open_array(index)? else { return Ok(false) };
        let bytes = header.dtype().as_scalar().map(|scalar| scalar.kind()) == Some(ScalarKind::U8);
        Ok(bytes && header.shape().len() == 1)
    }

    /// Why nothing can be said of the entries: what is called `__metadata__` isn't ours.
    pub(crate) fn foreign_metadata(&self) -> Option<Error> {
        let index = self.index.find(METADATA)?;
        let message = "the file has somebody else's array or text of this name, in whose place nothing can \
                       be said of the entries";
        let foreign = !self.describes(index).unwrap_or(true);
        foreign.then(|| Error::new(ErrorKind::Conflict, message).with_entry(METADATA))
    }

    /// What the archive says of its arrays, read when first asked for.
    pub(crate) fn metadata(&self) -> Result<&'a Metadata> {
        if let Some(metadata) = self.learned.metadata.get() {
            return Ok(metadata);
        }
        let read = |index| {
            if !self.describes(index).map_err(|error| error.with_entry(METADATA))? {
                return Ok(Metadata::default());
            }
            let (found, limit) = (self.index.facts(index).size, self.limits().metadata_bytes);
            if found > limit as u64 {
                let message = format!(
                    "the metadata take {found} bytes, more than the {limit} allowed \
                     (Limits::metadata_bytes)"
                );
                return Err(Error::new(ErrorKind::Limit, message).with_entry(METADATA));
            }
            let bytes: Array1<u8> = self.telling(Tell::Nobody).array(index, Cast::Exact)?;
            Metadata::from_bytes(&bytes.into_raw_vec_and_offset().0)
        };
        let metadata = self.index.find(METADATA).map_or_else(|| Ok(Metadata::default()), read)?;
        Ok(self.learned.metadata.get_or_init(|| metadata))
    }

    /// Fails if the metadata say that the entry at `index` holds something else than `A`s.
    pub(crate) fn check_logical<A: Element>(&self, index: usize) -> Result<()> {
        // Nobody else needs the metadata, which have to be read for it.
        if A::logical_dtype().is_none() {
            return Ok(());
        }
        let found = self.metadata()?.dtypes.get(self.index.key(index)).map(String::as_str);
        check_logical::<A>(found, &format!("{METADATA:?}"))
            .map_err(|error| error.with_entry(self.index.key(index)))
    }

    /// Whether threads that read at once are served at once.
    pub(crate) fn reads_in_parallel(&self) -> bool {
        self.source.reads_in_parallel()
    }

    /// Whether an entry is so large, and packed so, that several threads share its bytes.
    pub(crate) fn is_shared_out(&self, index: usize) -> bool {
        let facts = self.index.facts(index);
        let large = facts.size >= bulk::PARALLEL_BYTES as u64;
        large && (facts.method == Method::Stored || !facts.marks.is_empty())
    }

    /// How far arrays are converted where nothing else is said.
    pub(crate) fn cast(&self) -> Cast {
        self.options.cast
    }

    pub(crate) fn array<A: Element, D: Dimension>(
        &self,
        index: usize,
        cast: Cast,
    ) -> Result<Array<A, D>> {
        self.read(index, |header, stream| {
            self.check_logical::<A>(index)?;
            npy::read_array(&header, cast, stream.is_present(), stream)
        })
    }

    pub(crate) fn any(&self, index: usize) -> Result<AnyArray> {
        let array =
            self.read(index, |header, stream| npy::read_any(header, stream.is_present(), stream))?;
        let logical = self.metadata()?.dtypes.get(self.index.key(index));
        Ok(array.with_logical_dtype(logical.map(String::as_str)))
    }

    /// The stream, whose checksum is compared unless the options say otherwise.
    pub(super) fn as_asked<'s>(&self, stream: EntryStream<'s>) -> EntryStream<'s> {
        if self.options.verify { stream } else { stream.unchecked() }
    }

    /// Reads the array of an entry by `read`, with all checks around it.
    pub(super) fn read<T>(
        &self,
        index: usize,
        read: impl FnOnce(Header, &mut EntryStream<'_>) -> Result<T>,
    ) -> Result<T> {
        let run = || {
            let (header, stream) = self.open_array(index)?.ok_or_else(not_an_array)?;
            self.check_size(&header, &stream)?;
            let own = match self.tell {
                Tell::EachEntry => Meter::new(&self.options.progress, header.nbytes() as u64),
                Tell::Nobody | Tell::Meter(_) => None,
            };
            let meter = match self.tell {
                Tell::Meter(meter) => Some(meter),
                Tell::Nobody | Tell::EachEntry => own.as_ref(),
            };
            let mut stream = self.as_asked(stream.metered(meter, self.index.key(index)));
            let array = read(header, &mut stream)?;
            self.finish(stream)?;
            Ok(array)
        };
        run().map_err(|error: Error| error.with_entry(self.index.key(index)))
    }

    /// Reads the array at `index` into `array`: into its memory, if shape and order are the same.
    pub(crate) fn array_into<A: Element, D: Dimension>(
        &self,
        index: usize,
        cast: Cast,
        array: &mut Array<A, D>,
    ) -> Result<()> {
        self.read(index, |header, stream| {
            self.check_logical::<A>(index)?;
            npy::read_array_into(&header, cast, stream.is_present(), stream, array)
        })
    }

    /// Checks that the data at `index` are sound and can be read as `A`s, and keeps none of them.
    pub(crate) fn check_data<A: Element>(&self, index: usize, cast: Cast) -> Result<()> {
        self.read(index, |header, stream| {
            npy::check_data::<A>(&header, cast, stream.is_present(), stream)
        })
    }

    /// The number of entries, the metadata included.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// The bytes of all entries, unpacked, as the directory says them.
    pub(crate) fn unpacked_bytes(&self) -> u64 {
        let sizes = (0..self.len()).map(|index| self.index.facts(index).size);
        sizes.fold(0, u64::saturating_add)
    }

    /// Holds what the npy header promises against what the directory does.
    pub(super) fn check_size(&self, header: &Header, stream: &EntryStream<'_>) -> Result<()> {
        self.check_len(header, stream.left())
    }

    /// The same, for `found` bytes behind the npy header.
    pub(super) fn check_len(&self, header: &Header, found: u64) -> Result<()> {
        let expected = header.nbytes() as u64;
        if header.dtype().has_object() || found == expected {
            // Objects have no size; they are refused by what comes next.
            return Ok(());
        }
        let shape = repr_shape(header.shape());
        let message = format!(
            "the data of shape {shape} and dtype {} take {expected} bytes, the entry holds {found}",
            header.dtype().brief()
        );
        match found < expected {
            true => Err(Error::new(ErrorKind::Truncated, message)),
            false if self.options.lenient => Ok(()),
            false => {
                let message =
                    format!("{message}; np.load passes over them, as LoadOptions::lenient does");
                Err(Error::new(ErrorKind::Corrupt, message))
            }
        }
    }

    /// Fails if the `found` bytes behind the npy header can't hold what that promises.
    pub(super) fn check_holds(&self, header: &Header, found: u64) -> Result<()> {
        match self.check_len(header, found) {
            Err(error) if error.kind() == ErrorKind::Truncated => Err(error),
            // What follows an array is for those to judge who read it.
            _ => Ok(()),
        }
    }

    pub(super) fn finish(&self, mut stream: EntryStream<'_>) -> Result<()> {
        if self.options.lenient {
            stream.drain()?;
        }
        stream.finish()
    }

    pub(super) fn bytes(&self, index: usize) -> Result<Vec<u8>> {
        let read = || {
            let mut stream = self.open(index)?;
            let bytes = stream.read_to_end()?;
            stream.finish()?;
            Ok(bytes)
        };
        read().map_err(|error: Error| error.with_entry(self.index.key(index)))
    }
}

/// Reads the npy header at the start of an entry, if there is one.
pub(super) fn read_npy_header(
    stream: &mut EntryStream<'_>,
    headers: &Headers,
    limits: &Limits,
) -> Result<Option<Arc<Header>>> {
    // Mostly all of it is there already.
    if npy::is_magic(stream.ready())
        && let Some((header, data_offset)) = headers.decode(stream.ready(), limits)?
    {
        stream.skip(data_offset);
        return Ok(Some(header));
    }
    let mut start = vec![0; MAGIC_LEN];
    if stream.left() < MAGIC_LEN as u64 {
        return Ok(None);
    }
    stream.read_exact(&mut start)?;
    if !npy::is_magic(&start) {
        return Ok(None);
    }
    let (header, _) = npy::read_header(start, stream, limits)?;
    Ok(Some(Arc::new(header)))
}

#[cold]
pub(super) fn not_an_array() -> Error {
    let message =
        "expected an array, found a member that is no npy file; NpzReader::bytes reads it";
    Error::new(ErrorKind::Dtype, message)
}
