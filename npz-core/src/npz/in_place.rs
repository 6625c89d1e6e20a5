//! Arrays of an archive that are changed where they lie, and the checksums that go with them.

use std::collections::BTreeSet;
use std::ops::Range;

use ndarray::{ArrayView, ArrayViewMut, Dimension};

use super::archive::{Archive, Index, Learned, Tell, read_directory};
use super::directory::Entry;
use super::record::{CentralHeader, LocalHeader};
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::nearest::nearest;
use crate::options::LoadOptions;

/// Where the checksum stands in a local header, and in one of the directory.
const LOCAL_CRC: usize = 14;
const CENTRAL_CRC: usize = 16;

/// The index of an archive whose bytes somebody else holds and lends for every call; always the
/// same ones, which nobody else changes.
pub(crate) struct InPlace {
    index: Index<'static>,
    options: LoadOptions,
    learned: Learned,
    /// The entries whose checksums may be out of date.
    touched: BTreeSet<usize>,
}

impl InPlace {
    pub(crate) fn new(bytes: &[u8], options: &LoadOptions) -> Result<Self> {
        if options.lenient {
            let message = "an archive that is changed in place must be one that all readers see \
                           alike; open it without LoadOptions::lenient";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let index = Index::Strict(read_directory(&bytes, options)?);
        let (options, learned) = (options.clone(), Learned::default());
        Ok(Self { index, options, learned, touched: BTreeSet::new() })
    }

    fn archive<'s>(&'s self, bytes: &'s &'s [u8]) -> Archive<'s> {
        Archive {
            source: bytes,
            index: &self.index,
            options: &self.options,
            path: None,
            window: None,
            learned: &self.learned,
            memory: Some(bytes),
            tell: Tell::Nobody,
        }
    }

    /// The names of the entries, without the metadata.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        const NOTHING: &[u8] = &[];
        self.archive(&NOTHING).keys().map(|(name, _)| name)
    }

    fn find(&self, name: &str) -> Result<usize> {
        self.index.find(name).ok_or_else(|| {
            let names: Vec<&str> = self.names().collect();
            let message = match nearest(name, &names) {
                Some(near) => format!("no such entry; the nearest name in the file is {near:?}"),
                None => format!("no such entry among the file's {}", names.len()),
            };
            Error::new(ErrorKind::NotFound, message).with_entry(name)
        })
    }

    pub(crate) fn view<'b, A: Element, D: Dimension>(
        &self,
        bytes: &'b [u8],
        name: &str,
    ) -> Result<ArrayView<'b, A, D>> {
        self.archive(&bytes).view(self.find(name)?, bytes)
    }

    pub(crate) fn view_mut<'b, A: Element, D: Dimension>(
        &mut self,
        bytes: &'b mut [u8],
        name: &str,
    ) -> Result<ArrayViewMut<'b, A, D>> {
        let index = self.find(name)?;
        let named = |error: Error| error.with_entry(name);
        let whole = &&*bytes;
        let archive = self.archive(whole);
        archive.check_logical::<A>(index).map_err(named)?;
        let stored = archive.stored(index, bytes).map_err(named)?;
        let view = stored.view_mut(bytes).map_err(named)?;
        self.touched.insert(index);
        Ok(view)
    }

    /// Whether checksums may be out of date.
    pub(crate) fn is_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Takes the checksums of all entries that were lent to be changed, and puts them wherever the
    /// archive has them: in the local header, the directory and, if there is one, the descriptor.
    pub(crate) fn update(&mut self, bytes: &mut [u8]) -> Result<()> {
        let Index::Strict(directory) = &self.index else { return Ok(()) };
        let centrals = centrals(bytes, directory.start())?;
        for &index in &self.touched {
            let central = *centrals.get(index).ok_or_else(changed)?;
            for (at, crc) in checksums(&directory.entry(index), central, bytes)? {
                let field = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut);
                *field.ok_or_else(changed)? = crc.to_le_bytes();
            }
        }
        self.index = Index::Strict(read_directory(&&*bytes, &self.options)?);
        self.touched.clear();
        Ok(())
    }
}

/// Where the headers in the directory start, in its order.
fn centrals(bytes: &[u8], start: u64) -> Result<Vec<usize>> {
    let mut at = usize::try_from(start).map_err(|_| changed())?;
    let mut found = Vec::new();
    while let Some(header) = bytes.get(at..).and_then(|rest| CentralHeader::parse(rest).ok()) {
        found.push(at);
        at = at.saturating_add(header.len());
    }
    Ok(found)
}

/// Where the checksum of `entry` is to be written, and what it is.
fn checksums(entry: &Entry<'_>, central: usize, bytes: &[u8]) -> Result<Vec<(usize, u32)>> {
    let span = range(entry.span())?;
    let found = entry.check_local(bytes.get(span.clone()).ok_or_else(changed)?)?;
    let (data, descriptor) = (range(found.data)?, range(found.descriptor)?);
    let crc = crc32fast::hash(bytes.get(data).ok_or_else(changed)?);
    let mut fields = vec![(central.saturating_add(CENTRAL_CRC), crc)];
    let local = bytes.get(span.clone()).and_then(|head| LocalHeader::parse(head).ok());
    // With a descriptor, the local header may leave the checksum to it.
    if descriptor.is_empty() || local.is_some_and(|local| local.crc != 0) {
        fields.push((span.start.saturating_add(LOCAL_CRC), crc));
    }
    match descriptor.len() {
        0 => {}
        // behind a signature
        16 | 24 => fields.push((descriptor.start.saturating_add(4), crc)),
        _ => fields.push((descriptor.start, crc)),
    }
    Ok(fields)
}

fn range(range: Range<u64>) -> Result<Range<usize>> {
    let position = |offset| usize::try_from(offset).map_err(|_| changed());
    Ok(position(range.start)?..position(range.end)?)
}

#[cold]
fn changed() -> Error {
    let message = "the archive's own headers have changed since it was opened";
    Error::new(ErrorKind::Corrupt, message)
}
