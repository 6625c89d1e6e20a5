//! The headers of all entries, for those who list them.

use std::fmt;
use std::iter::FusedIterator;

use super::archive::{Archive, read_npy_header};
use super::entry::METADATA;
use super::listing::Entry;
use super::method::Method;
use super::reader::NpzReader;
use super::window::Window;
use crate::error::{Error, Result};
use crate::npy::Header;

/// What the headers in front of an entry's data say.
#[derive(Clone, Debug)]
pub struct Heading {
    header: Option<Header>,
    data_offset: Option<u64>,
}

impl Heading {
    /// The dtype, shape and order of the array; `None` if the member is no npy file.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// The same, to be kept.
    #[must_use]
    pub fn into_header(self) -> Option<Header> {
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
        Headings { archive, window, next: 0, metadata: false }
    }
}

/// See [`NpzReader::headings`].
pub struct Headings<'a> {
    archive: Archive<'a>,
    window: Window,
    next: usize,
    metadata: bool,
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

    fn read(&self, index: usize) -> Result<Heading> {
        let archive = self.archive.with_window(&self.window);
        let facts = archive.index.facts(index);
        let located = archive.locate(index)?;
        let stored = facts.method == Method::Stored;
        // What comes unpacked from somebody else's decoder doesn't stand in the file.
        let start = stored.then(|| located.data_start());
        let place = |len: u64| start.map(|start| start.saturating_add(len));
        let mut stream = located.unpack(facts, archive.limits())?;
        let headers = &archive.learned.headers;
        let Some(header) = read_npy_header(&mut stream, headers, archive.limits())? else {
            return Ok(Heading { header: None, data_offset: None });
        };
        let len = facts.size.saturating_sub(stream.left());
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
