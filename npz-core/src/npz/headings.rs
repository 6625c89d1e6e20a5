//! The headers of all entries, for those who list them.

use std::fmt;
use std::iter::FusedIterator;
use std::sync::{Arc, Mutex, PoisonError};

use super::archive::{Archive, Facts, Index, read_npy_header};
use super::directory;
use super::entry::METADATA;
use super::headers::Headers;
use super::listing::Entry;
use super::method::Method;
use super::open::check_sizes;
use super::reader::NpzReader;
use super::window::Window;
use crate::error::{Error, ErrorKind, Result};
use crate::io::in_order::in_order;
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
    /// Every entry with its headers, in the archive's order. Small entries are read many at a time;
    /// [`visit`](Headings::visit) reads them on several threads.
    ///
    /// An entry whose headers are damaged, or promise more than it holds, has an error for them, and
    /// the others follow.
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
        let (archive, reader) = (self.archive(), Reader::default());
        Headings { archive, reader, next: 0, metadata: false }
    }
}

/// See [`NpzReader::headings`].
pub struct Headings<'a> {
    archive: Archive<'a>,
    reader: Reader,
    next: usize,
    metadata: bool,
}

/// What a thread reads with, and keeps for what it reads next.
struct Reader {
    window: Window,
    headers: Headers,
}

/// With fewer entries, other threads would come too late to help.
const FEW: usize = 512;

/// Read by one thread at a time: much more than it costs to hand them over, and little to wait for.
const PART: usize = 256;

impl fmt::Debug for Headings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headings").finish_non_exhaustive()
    }
}

impl<'a> Headings<'a> {
    /// The entry `__metadata__` too, in its place.
    #[must_use]
    pub fn with_metadata(self) -> Self {
        Self { metadata: true, ..self }
    }

    /// Shows all that are left to `look`, in the same order, until it fails. Of an archive of many, up
    /// to [`threads`](crate::LoadOptions::threads) threads read a few hundred ahead meanwhile: the
    /// fastest way to list it.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{Error, NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &arr1(&[1.0_f32, 2.0]))?;
    /// writer.add("y", &arr1(&[1_u8]))?;
    /// let bytes = writer.finish()?;
    /// let mut items = 0;
    /// NpzReader::from_bytes(&bytes)?.headings().visit(|_, heading| {
    ///     items += heading?.header().map_or(0, |header| header.len());
    ///     Ok::<(), Error>(())
    /// })?;
    /// assert_eq!(items, 3);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// What `look` returns.
    pub fn visit<E>(
        mut self,
        mut look: impl FnMut(Entry<'a>, Result<Heading>) -> Result<(), E>,
    ) -> Result<(), E> {
        let threads = options::threads(self.archive.options.threads);
        if self.archive.len() - self.next >= FEW && threads > 1 && self.archive.reads_in_parallel()
        {
            self.read_ahead(threads, &mut look)?;
        }
        self.try_for_each(|(entry, heading)| look(entry, heading))
    }

    /// Reads by several threads, to the end unless one of them has panicked.
    fn read_ahead<E>(
        &mut self,
        threads: usize,
        look: &mut impl FnMut(Entry<'a>, Result<Heading>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (archive, first) = (self.archive, self.next);
        let readers = Mutex::new(Vec::<Reader>::new());
        let lock = || readers.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |part: usize| {
            let first = first + part * PART;
            let reader = lock().pop().unwrap_or_default();
            reader.window.move_on();
            let indices = first..archive.len().min(first + PART);
            let part: Vec<_> = indices.map(|index| reader.read(archive, index)).collect();
            lock().push(reader);
            Ok(part)
        };
        let mut stopped = None;
        let parts = (archive.len() - first).div_ceil(PART);
        let all = in_order(parts, threads, read, |part| {
            for heading in part {
                let index = self.next;
                self.next += 1;
                let Some((entry, heading)) = self.shown(index, heading) else { continue };
                if let Err(error) = look(entry, heading) {
                    stopped = Some(error);
                    return Err(Error::new(ErrorKind::Io, "nobody looks any more"));
                }
            }
            Ok(())
        });
        // What a thread that panicked has left comes to the caller's own, and so does its panic.
        debug_assert!(all.is_ok() || stopped.is_some(), "{all:?}");
        stopped.map_or(Ok(()), Err)
    }

    /// What is shown of an entry and its heading, whose errors have no place yet.
    fn shown(
        &self,
        index: usize,
        heading: Result<Heading>,
    ) -> Option<(Entry<'a>, Result<Heading>)> {
        let archive = self.archive;
        let entry = archive.entry(index);
        if entry.name == METADATA && !self.metadata {
            return None;
        }
        let place = |error: Error| archive.in_file(error.with_entry(entry.name));
        Some((entry, heading.map_err(place)))
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self { window: Window::once(), headers: Headers::default() }
    }
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
    archive.check_holds(&header, stream.left())?;
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
    let holds = facts.size.saturating_sub(len as u64) >= header.nbytes() as u64;
    if !holds && !header.dtype().has_object() {
        return None;
    }
    let data_offset = Some(found.data.start.saturating_add(len as u64));
    Some(Heading { header: Some(header), data_offset })
}

impl<'a> Iterator for Headings<'a> {
    type Item = (Entry<'a>, Result<Heading>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.archive.len() {
            let index = self.next;
            self.next += 1;
            let shown = self.shown(index, self.reader.read(self.archive, index));
            if shown.is_some() {
                return shown;
            }
        }
        None
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

    fn line((entry, heading): (Entry<'_>, Result<Heading>)) -> String {
        match heading {
            Ok(heading) => format!("{} {heading:?}", entry.name()),
            Err(error) => format!("{} {error}", entry.name()),
        }
    }

    #[test]
    fn any_number_of_threads_reads_the_same() {
        let bytes = damaged();
        let expected: Vec<String> =
            NpzReader::from_bytes(&bytes).unwrap().headings().with_metadata().map(line).collect();
        assert_eq!(expected.len(), 5000);
        assert!(expected.iter().filter(|line| !line.contains("Heading")).count() > 3);
        for threads in [0, 1, 2, 3, 8] {
            let options = LoadOptions::new().threads(threads);
            let reader = NpzReader::from_bytes_with(&bytes, &options).unwrap();
            for (skipped, most) in [(0, 5000), (1, 5000), (4700, 5000), (5000, 5000), (10, 2000)] {
                let mut all = reader.headings().with_metadata();
                let mut found: Vec<String> = all.by_ref().take(skipped).map(line).collect();
                let visited = all.visit(|entry, heading| {
                    if found.len() == most {
                        return Err("enough");
                    }
                    found.push(line((entry, heading)));
                    Ok(())
                });
                assert_eq!(visited.is_err(), most < 5000);
                assert_eq!(found, expected[..most]);
            }
        }
    }

    #[test]
    fn promises_that_an_entry_cannot_keep_are_told() {
        let mut writer = crate::NpzWriter::new(Vec::new());
        for name in ["a", "b", "c"] {
            writer.add(name, &Array1::<u8>::zeros(9)).unwrap();
        }
        let mut bytes = writer.finish().unwrap();
        let (kept, broken) = (b"(9,), } ", b"(10,), }");
        let mut found = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(kept));
        let second = found.nth(1).unwrap();
        bytes[second..second + broken.len()].copy_from_slice(broken);
        let reader = NpzReader::from_bytes(&bytes).unwrap();
        let all: Vec<_> = reader.headings().collect();
        let said = |at: usize| all[at].1.as_ref().unwrap_err().to_string();
        assert_eq!((said(1), all[2].1.is_ok()), (reader.any("b").unwrap_err().to_string(), true));
        assert_eq!(reader.entry("b").unwrap().header().unwrap_err().to_string(), said(1));
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
