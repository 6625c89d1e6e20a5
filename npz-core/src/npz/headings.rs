//! The headers of all entries, for those who list them.

use std::fmt;
use std::iter::{Flatten, FusedIterator};
use std::ops::Range;
use std::sync::Arc;
use std::vec;

use super::archive::{Archive, Facts, Index, read_npy_header};
use super::directory;
use super::entry::METADATA;
use super::headers::Headers;
use super::listing::Entry;
use super::method::Method;
use super::open::check_sizes;
use super::reader::NpzReader;
use super::window::Window;
use crate::error::{Error, Result};
use crate::io::parallel;
use crate::limits::Limits;
use crate::npy::{self, Header};
use crate::options;

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

    /// The same, to be kept. Arrays whose headers are the same share one: most archives have many
    /// arrays of few shapes.
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
        let ready = Vec::new().into_iter().flatten();
        Headings { archive: self.archive(), readers: Vec::new(), next: 0, ready, metadata: false }
    }
}

/// See [`NpzReader::headings`].
pub struct Headings<'a> {
    archive: Archive<'a>,
    /// One for each thread.
    readers: Vec<Reader>,
    next: usize,
    /// Those that several threads have read, which follow.
    ready: Flatten<vec::IntoIter<Vec<Numbered>>>,
    metadata: bool,
}

/// What a thread reads with, and keeps for what it reads next.
struct Reader {
    window: Window,
    headers: Headers,
}

/// What stands in front of the entry of that index.
type Numbered = (usize, Result<Heading>);

/// As many are read one by one. Then it looks as if all were wanted.
const SINGLES: usize = 256;

/// Read by one thread at a time: much more than it costs to start it.
const PART: usize = 2048;

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

    /// The next one, and the entry's index. Errors have no place yet.
    fn read(&mut self) -> Option<Numbered> {
        if let Some(next) = self.ready.next() {
            return Some(next);
        }
        let (first, left) = (self.next, self.archive.len().saturating_sub(self.next));
        if left == 0 {
            return None;
        }
        if first >= SINGLES && left >= SINGLES && self.archive.reads_in_parallel() {
            let threads = options::threads(self.archive.options.threads);
            let end = first + left.min(PART.saturating_mul(threads));
            if threads > 1
                && let Ok(parts) = read_parts(self.archive, first..end, self.readers(threads))
            {
                self.next = end;
                self.ready = parts.into_iter().flatten();
                return self.ready.next();
            }
        }
        self.next += 1;
        let archive = self.archive;
        let reader = self.readers(1).first()?;
        Some((first, reader.read(archive, first)))
    }

    /// As many readers.
    fn readers(&mut self, count: usize) -> &[Reader] {
        while self.readers.len() < count {
            self.readers.push(Reader { window: Window::once(), headers: Headers::default() });
        }
        self.readers.get(..count).unwrap_or_default()
    }
}

/// Those of `range` by as many threads as there are readers, one part of it each.
fn read_parts(
    archive: Archive<'_>,
    range: Range<usize>,
    readers: &[Reader],
) -> Result<Vec<Vec<Numbered>>> {
    let size = range.len().div_ceil(readers.len());
    let parts = range.clone().step_by(size).map(|first| first..range.end.min(first + size));
    parallel::map(readers.len(), parts.zip(readers), |(part, reader)| {
        reader.window.move_on();
        Ok(part.map(|index| (index, reader.read(archive, index))).collect())
    })
}

impl Reader {
    fn read(&self, archive: Archive<'_>, index: usize) -> Result<Heading> {
        read_one(archive.with_window(&self.window), &self.headers, index)
    }
}

fn read_one(archive: Archive<'_>, headers: &Headers, index: usize) -> Result<Heading> {
    if let Some(heading) = archive.heading_at_hand(index, headers) {
        return Ok(heading);
    }
    let located = archive.locate(index)?;
    let facts = located.facts();
    let stored = facts.method == Method::Stored;
    // What comes unpacked from somebody else's decoder doesn't stand in the file.
    let start = stored.then(|| located.data_start());
    let place = |len: u64| start.map(|start| start.saturating_add(len));
    // Nobody comes to the checksum.
    let mut stream = located.unpack(archive.limits())?.unchecked();
    let Some(header) = read_npy_header(&mut stream, headers, archive.limits())? else {
        return Ok(Heading { header: None, data_offset: None });
    };
    let len = facts.size.saturating_sub(stream.left());
    Ok(Heading { header: Some(header), data_offset: place(len) })
}

impl Archive<'_> {
    /// That of a stored array whose bytes were read with another's. With anything else, all that is
    /// wrong included, there is one way to go about it, and it isn't this one.
    pub(super) fn heading_at_hand(&self, index: usize, headers: &Headers) -> Option<Heading> {
        let (Index::Strict(directory), Some(window)) = (self.index, self.window) else {
            return None;
        };
        let entry = directory.entry(index);
        let look = |bytes: &[u8]| in_memory(&entry, bytes, headers, self.limits());
        window.look(&entry.span(), look).flatten()
    }
}

/// That of an entry whose bytes are `bytes`.
fn in_memory(
    entry: &directory::Entry<'_>,
    bytes: &[u8],
    headers: &Headers,
    limits: &Limits,
) -> Option<Heading> {
    let facts = Facts::of(entry);
    if facts.method != Method::Stored {
        return None;
    }
    let found = entry.check_local(bytes).ok()?;
    if !found.descriptor.is_empty() {
        return None;
    }
    check_sizes(facts, limits).ok()?;
    let data =
        bytes.get(usize::try_from(found.data.start.checked_sub(entry.span().start)?).ok()?..)?;
    let (header, len) = match headers.decode(data, limits) {
        Ok(Some(found)) if npy::is_magic(data) => found,
        _ => return None,
    };
    let data_offset = Some(found.data.start.saturating_add(len as u64));
    Some(Heading { header: Some(header), data_offset })
}

impl<'a> Iterator for Headings<'a> {
    type Item = (Entry<'a>, Result<Heading>);

    fn next(&mut self) -> Option<Self::Item> {
        let archive = self.archive;
        loop {
            let (index, heading) = self.read()?;
            let entry = archive.entry(index);
            if entry.name == METADATA && !self.metadata {
                continue;
            }
            let place = |error: Error| archive.in_file(error.with_entry(entry.name));
            return Some((entry, heading.map_err(place)));
        }
    }
}

impl FusedIterator for Headings<'_> {}

#[cfg(test)]
mod tests {
    use ndarray::Array1;

    use super::*;
    use crate::options::LoadOptions;

    /// More entries than one thread reads at a time, of several shapes; some can't be read.
    fn damaged() -> Vec<u8> {
        let mut writer = crate::NpzWriter::new(Vec::new());
        for at in 0..5000 {
            writer.add(&format!("a.{at}"), &Array1::<u8>::zeros(at % 13)).unwrap();
        }
        let mut bytes = writer.finish().unwrap();
        let start = |(_, heading): (Entry<'_>, Result<Heading>)| heading.unwrap().data_offset();
        let starts: Vec<u64> = {
            let reader = NpzReader::from_bytes(&bytes).unwrap();
            reader.headings().filter_map(start).collect()
        };
        for (at, start) in starts.into_iter().enumerate().filter(|(at, _)| at % 700 == 300) {
            // In the text of the npy header, in its magic, or in front of it.
            let back = [100, 128, 140][at / 700 % 3];
            bytes[usize::try_from(start).unwrap() - back] ^= 0x55;
        }
        bytes
    }

    #[test]
    fn any_number_of_threads_reads_the_same() {
        let bytes = damaged();
        let read = |threads| -> Vec<String> {
            let options = LoadOptions::new().threads(threads);
            let reader = NpzReader::from_bytes_with(&bytes, &options).unwrap();
            let all = reader.headings().with_metadata();
            all.map(|(entry, heading)| match heading {
                Ok(heading) => format!("{} {heading:?}", entry.name()),
                Err(error) => format!("{} {error}", entry.name()),
            })
            .collect()
        };
        let expected = read(1);
        assert_eq!(expected.len(), 5000);
        assert!(expected.iter().filter(|line| !line.contains("Heading")).count() > 3);
        for threads in [0, 2, 3, 8] {
            assert_eq!(read(threads), expected);
        }
    }

    #[test]
    fn entries_say_the_same_one_by_one() {
        let bytes = damaged();
        let reader = NpzReader::from_bytes(&bytes).unwrap();
        for (entry, heading) in reader.headings() {
            let one = (entry.header(), entry.data_offset());
            match heading {
                Ok(heading) => {
                    assert_eq!(one.0.unwrap().as_ref(), heading.header());
                    assert_eq!(one.1.unwrap(), heading.data_offset());
                }
                Err(error) => {
                    assert_eq!(one.0.unwrap_err().to_string(), error.to_string());
                    assert_eq!(one.1.unwrap_err().to_string(), error.to_string());
                }
            }
        }
    }
}
