//! Writing what has become of an archive, and that nobody else has changed it.

use std::fs;
use std::path::Path;

use super::{Content, Item, NpzEditor};
use crate::error::{Error, ErrorKind, Result};
use crate::io::atomic::AtomicFile;
use crate::npz::archive::Archive;
use crate::npz::entry::{self, METADATA};
use crate::npz::method::Method;
use crate::npz::writer::NpzWriter;
use crate::options::{Callback, Compression, Progress};

impl NpzEditor<'_> {
    /// Writes the new archive to another `path`, and leaves the one that was opened as it is.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{Compression, NpzEditor, NpzReader, savez};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let (path, packed) = (folder.path().join("a.npz"), folder.path().join("b.npz"));
    /// savez!(&path, x = arr1(&[0.0; 1000]))?;
    /// let mut editor = NpzEditor::open(&path)?;
    /// editor.recompress_all(Compression::Deflate(6))?;
    /// editor.copy("x", "y")?;
    /// editor.set_metadata("licence", "CC0");
    /// editor.commit_to(&packed)?;
    ///
    /// let reader = NpzReader::open(&packed)?;
    /// assert_eq!(reader.any("y")?, NpzReader::open(&path)?.any("x")?);
    /// assert_eq!(reader.metadata()?["licence"], "CC0");
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_to(self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        self.write(path).map_err(|error| error.with_path(path))
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let archive = self.reader.archive();
        let file = AtomicFile::create(path, self.options.durable)?;
        let mut writer = NpzWriter::over(file, &self.options)?;
        writer.reserve_bytes(self.kept_bytes(archive))?;
        let new_metadata = self.new_metadata()?;
        writer.set_metadata(new_metadata.cloned().unwrap_or_default());
        // They come last, and what is said anew isn't kept.
        let is_metadata = |item: &&Item<'_>| entry::key(&item.member) == METADATA;
        let entries = self.items.iter().flatten().filter(|item| !is_metadata(item));
        let kept = self.items.iter().flatten().filter(is_metadata);
        let kept = kept.filter(|_| new_metadata.is_none());
        let mut progress = Steps::new(self, archive);
        for item in entries.chain(kept) {
            progress.step(item, archive)?;
            let written = match &item.content {
                Content::New(source) => writer.write_entry(&item.member, &**source),
                Content::Kept(index, wanted) => {
                    let told = &mut |bytes| progress.within(bytes, &item.member);
                    self.keep(&mut writer, &item.member, *index, *wanted, told)
                }
            };
            written.map_err(|error| error.with_entry(entry::key(&item.member)))?;
        }
        progress.end()?;
        self.check_unchanged()?;
        writer.finish().map(drop)
    }

    /// The space that entries take which stay as they are.
    fn kept_bytes(&self, archive: Archive<'_>) -> u64 {
        let kept = self.items.iter().flatten().filter_map(|item| match item.content {
            Content::Kept(index, None) => Some(archive.index.facts(index).packed_size),
            _ => None,
        });
        kept.fold(0, u64::saturating_add)
    }

    fn keep(
        &self,
        writer: &mut NpzWriter<AtomicFile>,
        member: &str,
        index: usize,
        wanted: Option<Compression>,
        told: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<()> {
        let archive = self.reader.archive();
        let located = archive.locate(index)?;
        let facts = located.facts();
        // The length of its npy header. One that can't be read is nothing to align, and is copied
        // like all others.
        let prefix_len = || match archive.open_array(index) {
            Ok(Some((_, stream))) => facts.size.saturating_sub(stream.left()),
            _ => 0,
        };
        let from = (&*self.file, located.data_start());
        match (wanted, facts.method) {
            // Stored again it would be the same bytes.
            (None | Some(Compression::Stored), Method::Stored) => {
                writer.copy_entry(member, facts, prefix_len(), from, told)
            }
            (None, _) => writer.copy_entry(member, facts, 0, from, told),
            (Some(compression), _) => {
                let bytes = located.unpack(archive.limits())?;
                writer.repack_entry(member, prefix_len(), bytes, compression, told)
            }
        }
    }

    /// Somebody else's changes since the file was opened would be lost.
    fn check_unchanged(&self) -> Result<()> {
        let same = |now: &fs::Metadata| {
            #[cfg(unix)]
            {
                use std::os::unix::fs::MetadataExt;
                if (now.dev(), now.ino()) != (self.found.dev(), self.found.ino()) {
                    return false;
                }
            }
            now.len() == self.found.len() && now.modified().ok() == self.found.modified().ok()
        };
        match fs::metadata(&self.path) {
            Ok(now) if same(&now) => Ok(()),
            _ => {
                let message = "the file was changed by somebody else while it was being edited; \
                               open it again";
                Err(Error::new(ErrorKind::Conflict, message))
            }
        }
    }
}

/// Tells how many bytes of entries are done.
struct Steps<'e> {
    tell: &'e Callback,
    done: u64,
    total: Option<u64>,
    /// Of the entry that is being written.
    current: u64,
}

impl<'e> Steps<'e> {
    fn new(editor: &'e NpzEditor<'_>, archive: Archive<'_>) -> Self {
        let mut sizes = editor.items.iter().flatten().map(|item| size(item, archive));
        let total = sizes.try_fold(0_u64, |sum, size| sum.checked_add(size?));
        Self { tell: &editor.options.progress, done: 0, total, current: 0 }
    }

    fn step(&mut self, item: &Item<'_>, archive: Archive<'_>) -> Result<()> {
        self.done = self.done.saturating_add(self.current);
        self.current = size(item, archive).unwrap_or(0);
        self.tell.tell(&Progress::new(self.done, self.total, entry::key(&item.member)))
    }

    /// `bytes` of the entry are done; one may be very large.
    fn within(&self, bytes: u64, member: &str) -> Result<()> {
        let done = self.done.saturating_add(bytes.min(self.current));
        self.tell.tell(&Progress::new(done, self.total, entry::key(member)))
    }

    /// All is done but for putting the file in place: the last moment to stop.
    fn end(&self) -> Result<()> {
        let done = self.done.saturating_add(self.current);
        self.tell.tell(&Progress::new(done, self.total, ""))
    }
}

fn size(item: &Item<'_>, archive: Archive<'_>) -> Option<u64> {
    match &item.content {
        Content::Kept(index, _) => Some(archive.index.facts(*index).size),
        Content::New(_) => None,
    }
}
