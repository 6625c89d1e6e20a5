//! The headers of all entries, for those who list them.

use std::fmt;
use std::iter::FusedIterator;
use std::sync::Arc;

use super::archive::{Archive, read_npy_header};
use super::entry::METADATA;
use super::listing::Entry;
use super::method::Method;
use super::open::check_sizes;
use super::reader::NpzReader;
use super::window::Window;
use crate::error::{Error, Result};
use crate::npy::Header;

/// What the headers in front of an entry's data say.
#[derive(Clone, Debug)]
pub struct Heading {
    header: Option<Arc<Header>>,
    data_offset: Option<u64>,
}

impl Heading {
    /// The dtype, shape and order of the array; `None` if the member is no npy file.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.as_deref()
    }

    /// The same, to be kept. Entries that say the same share it.
    #[must_use]
    pub fn into_header(self) -> Option<Arc<Header>> {
        self.header
    }

    /// Where the array's data start in the file, if it is stored.
    #[must_use]
    pub fn data_offset(&self) -> Option<u64> {
        self.data_offset
    }
}

impl NpzReader<'_> {
    /// Every entry with its headers, in the archive's order. Small entries are read many at a time,
    /// which makes this the fastest way to list an archive of many.
    ///
    /// An entry whose headers are damaged has an error for them, and the others follow.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &arr1(&[1.0_f32, 2.0]))?;
    /// let bytes = writer.finish()?;
    /// let reader = NpzReader::from_bytes(&bytes)?;
    /// for (entry, heading) in reader.headings() {
    ///     let heading = heading?;
    ///     let header = heading.header().unwrap();
    ///     assert_eq!((entry.name(), header.shape()), ("x", &[2][..]));
    ///     assert_eq!(heading.data_offset().unwrap() % 64, 0);
    /// }
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    pub fn headings(&self) -> Headings<'_> {
        let (archive, window) = (self.archive(), Window::once());
        Headings { archive, window, next: 0, metadata: false, known: Known::default() }
    }
}

/// See [`NpzReader::headings`].
pub struct Headings<'a> {
    archive: Archive<'a>,
    window: Window,
    next: usize,
    metadata: bool,
    known: Known,
}

impl fmt::Debug for Headings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headings").finish_non_exhaustive()
    }
}

impl Headings<'_> {
    /// The entry `__metadata__` too, in its place.
    #[must_use]
    pub fn with_metadata(self) -> Self {
        Self { metadata: true, ..self }
    }

    fn read(&mut self, index: usize) -> Result<Heading> {
        let archive = self.archive.with_window(&self.window);
        let facts = archive.index.facts(index);
        let located = archive.locate(index)?;
        let stored = facts.method == Method::Stored;
        // What comes unpacked from somebody else's decoder doesn't stand in the file.
        let start = stored.then(|| located.data_start());
        let place = |len: u64| start.map(|start| start.saturating_add(len));
        let known = if stored { self.known.find(located.ready()) } else { None };
        if let Some((len, header)) = known {
            check_sizes(facts, archive.limits())?;
            return Ok(Heading { header: Some(header), data_offset: place(len) });
        }
        let ready = located.ready();
        let ready = ready[..ready.len().min(KNOWN_BYTES)].to_vec();
        let mut stream = located.unpack(facts, archive.limits())?;
        let Some(header) =
            read_npy_header(&mut stream, &archive.learned.headers, archive.limits())?
        else {
            return Ok(Heading { header: None, data_offset: None });
        };
        let len = facts.size.saturating_sub(stream.left());
        let header = Arc::new(header);
        if stored {
            self.known.add(ready, len, &header);
        }
        Ok(Heading { header: Some(header), data_offset: place(len) })
    }
}

impl<'a> Iterator for Headings<'a> {
    type Item = (Entry<'a>, Result<Heading>);

    fn next(&mut self) -> Option<Self::Item> {
        let archive = self.archive;
        loop {
            let index = self.next;
            if index >= archive.len() {
                return None;
            }
            self.next += 1;
            let name = archive.index.key(index);
            if name == METADATA && !self.metadata {
                continue;
            }
            let place = |error: Error| archive.in_file(error.with_entry(name));
            let heading = self.read(index).map_err(place);
            return Some((Entry { archive, index, name }, heading));
        }
    }
}

impl FusedIterator for Headings<'_> {}

/// Longer headers are parsed each time.
const KNOWN_BYTES: usize = 256;

/// Headers of layers that have come lately: models have many layers of few shapes.
#[derive(Default)]
struct Known {
    headers: [Option<(Vec<u8>, Arc<Header>)>; 8],
    next: usize,
}

impl Known {
    /// The header that `bytes` begin with, and how many bytes it takes, if it has come lately.
    fn find(&self, bytes: &[u8]) -> Option<(u64, Arc<Header>)> {
        let mut known = self.headers.iter().flatten();
        let (text, header) = known.find(|(text, _)| bytes.starts_with(text))?;
        Some((text.len() as u64, Arc::clone(header)))
    }

    /// Keeps a header, which `bytes` begin with if they are as many as it takes.
    fn add(&mut self, mut bytes: Vec<u8>, len: u64, header: &Arc<Header>) {
        let Some(len) = usize::try_from(len).ok().filter(|&len| len <= bytes.len()) else { return };
        bytes.truncate(len);
        self.headers[self.next] = Some((bytes, Arc::clone(header)));
        self.next = (self.next + 1) % self.headers.len();
    }
}
