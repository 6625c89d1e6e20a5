//! The headers of all entries, for those who list them.

use std::fmt;
use std::iter::FusedIterator;

use super::archive::Archive;
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
        let archive = self.archive();
        Headings { archive, window: Window::default(), keys: Box::new(archive.keys()) }
    }
}

/// See [`NpzReader::headings`].
pub struct Headings<'a> {
    archive: Archive<'a>,
    window: Window,
    keys: Box<dyn Iterator<Item = (&'a str, usize)> + 'a>,
}

impl fmt::Debug for Headings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headings").finish_non_exhaustive()
    }
}

impl Headings<'_> {
    fn read(&self, index: usize) -> Result<Heading> {
        let archive = self.archive.with_window(&self.window);
        let facts = archive.index.facts(index);
        let Some((start, header, left)) = archive.open_heading(index)? else {
            return Ok(Heading { header: None, data_offset: None });
        };
        let stored = facts.method == Method::Stored;
        let data_offset = stored.then(|| start.saturating_add(facts.size.saturating_sub(left)));
        Ok(Heading { header: Some(header), data_offset })
    }
}

impl<'a> Iterator for Headings<'a> {
    type Item = (Entry<'a>, Result<Heading>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, index) = self.keys.next()?;
        let place = |error: Error| self.archive.in_file(error.with_entry(name));
        let heading = self.read(index).map_err(place);
        Some((Entry { archive: self.archive, index, name }, heading))
    }
}

impl FusedIterator for Headings<'_> {}
