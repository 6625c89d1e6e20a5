//! Arrays of an archive where they lie in memory.

use std::sync::Arc;

use ndarray::{ArrayView, Dimension};

use super::archive::{Archive, Index, not_an_array};
use super::method::Method;
use super::reader::NpzReader;
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::npy::{self, Stored};

impl<'r> NpzReader<'r> {
    /// The array called `name`, with or without `.npy`, where it lies in the bytes that the reader
    /// was made [from](Self::from_bytes). It lives as long as they do, not as the reader.
    ///
    /// It takes a stored entry of numbers or `bool`, in the machine's byte order, whose data stand
    /// at an address where the type can: what [`NpzWriter`](crate::NpzWriter) and `save_npz` write
    /// unless told otherwise. The checksum is **not** compared, since that would read all of the
    /// data; [`Entry::verify`](crate::Entry::verify) does.
    ///
    /// ```
    /// use npz_core::ndarray::{ArrayView1, arr1};
    /// use npz_core::{NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &arr1(&[1_u8, 2, 3]))?;
    /// let bytes = writer.finish()?;
    /// let x: ArrayView1<u8> = NpzReader::from_bytes(&bytes)?.view("x")?;
    /// assert_eq!(x, arr1(&[1, 2, 3]));
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`ErrorKind::Misaligned`] if the array can't be viewed in place,
    /// and what to do about it; [`ErrorKind::Unsupported`] if the archive is not in memory.
    pub fn view<A: Element, D: Dimension>(&self, name: &str) -> Result<ArrayView<'r, A, D>> {
        let bytes = self.memory().ok_or_else(|| self.archive().in_file(not_in_memory()))?;
        self.view_in(bytes, name)
    }

    /// The array called `name` in `bytes`, which are all of the archive.
    pub(crate) fn view_in<'b, A: Element, D: Dimension>(
        &self,
        bytes: &'b [u8],
        name: &str,
    ) -> Result<ArrayView<'b, A, D>> {
        let index = self.entry(name)?.index;
        let archive = self.archive();
        archive.view(index, bytes).map_err(|error| archive.in_file(error))
    }
}

impl<'a> Archive<'a> {
    /// The same archive, all of which is in memory.
    pub(crate) fn with_memory(self, bytes: &'a [u8]) -> Self {
        Self { memory: Some(bytes), ..self }
    }

    /// The array at `index` in `bytes`, which are all of the archive.
    pub(crate) fn view<'b, A: Element, D: Dimension>(
        &self,
        index: usize,
        bytes: &'b [u8],
    ) -> Result<ArrayView<'b, A, D>> {
        let view = || {
            self.check_logical::<A>(index)?;
            self.stored(index, bytes)?.view(bytes)
        };
        view().map_err(|error: Error| error.with_entry(self.index.key(index)))
    }

    /// Fails unless the array at `index`, which is of `A`s, can be viewed where it lies. Values and
    /// checksums aren't looked at.
    pub(crate) fn check_view<A: Element>(&self, index: usize) -> Result<()> {
        let bytes = self.memory.ok_or_else(not_in_memory)?;
        self.stored(index, bytes)?.check::<A>(bytes)
    }

    /// Where the array at `index` is in `bytes`, which are all of the archive; looks at its
    /// headers only.
    pub(super) fn stored(&self, index: usize, bytes: &[u8]) -> Result<Stored> {
        let facts = self.index.facts(index);
        if facts.method != Method::Stored {
            let message = format!(
                "the entry is {}, and only stored ones can be viewed; load it instead, or save the \
                 file again with Compression::Stored",
                facts.method
            );
            return Err(Error::new(ErrorKind::Misaligned, message));
        }
        let start = self.data_start(index, bytes)?;
        let data = position(start).and_then(|start| bytes.get(start..));
        let data = data.and_then(|data| data.get(..position(facts.size)?)).ok_or_else(cut_short)?;
        if !npy::is_magic(data) {
            return Err(not_an_array());
        }
        let (header, len) = match self.learned.headers.decode(data, self.limits())? {
            Some((header, len)) => (Arc::unwrap_or_clone(header), len),
            None => npy::read_header(Vec::new(), &mut &*data, self.limits())?,
        };
        if !header.dtype().has_object() {
            self.check_len(&header, facts.size.saturating_sub(len as u64))?;
        }
        Ok(Stored::at(header, position(start).ok_or_else(cut_short)?.saturating_add(len)))
    }

    /// Where the data of the entry at `index` start.
    fn data_start(&self, index: usize, bytes: &[u8]) -> Result<u64> {
        let Index::Strict(directory) = self.index else {
            return Ok(self.locate(index)?.data_start());
        };
        let entry = directory.entry(index);
        let part =
            |range: std::ops::Range<u64>| bytes.get(position(range.start)?..position(range.end)?);
        let found = entry.check_local(part(entry.span()).ok_or_else(cut_short)?)?;
        entry.check_descriptor(part(found.descriptor).ok_or_else(cut_short)?)?;
        Ok(found.data.start)
    }
}

fn position(offset: u64) -> Option<usize> {
    usize::try_from(offset).ok()
}

#[cold]
fn cut_short() -> Error {
    Error::new(ErrorKind::Truncated, "the entry reaches beyond the end of the file")
}

#[cold]
fn not_in_memory() -> Error {
    let message = "the archive is not in memory, so nothing can be viewed in it; open it by \
                   NpzReader::from_bytes or NpzMap::open";
    Error::new(ErrorKind::Unsupported, message)
}
