//! Editing archives: what isn't touched is copied as it is.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ndarray::{ArrayRef, CowArray, Dimension};

use super::archive::Archive;
use super::entry::{self, METADATA, SUFFIX, check_key, member};
use super::method::Method;
use super::reader::NpzReader;
use super::writer::NpzWriter;
use crate::element::{ArraySource, Element};
use crate::error::{Error, ErrorKind, Result};
use crate::io::atomic::AtomicFile;
use crate::nearest::nearest;
use crate::options::{Compression, LoadOptions, SaveOptions};

/// Changes entries of an archive, and copies all the others as they are.
///
/// What is asked for is noted, and done by [`commit`](Self::commit): a new file is written and put
/// in the place of the old one in one step, durably. An editor that is dropped instead changes
/// nothing. Entries that stay keep their packed bytes and checksums, and are neither unpacked nor
/// checked; their headers are written anew, so that array data are aligned again. They lose what
/// arrays have no use for: times, modes, comments.
///
/// There is no editing in place. It would save writing, but an archive whose directory is being
/// replaced is unreadable when the machine stops, and whoever has the file open or mapped would
/// see bytes change under them; so they go on with the file they opened. On Linux the system copies
/// what stays without passing it through the program, and some file systems share it.
///
/// ```
/// use npz_core::ndarray::{Array1, arr1};
/// use npz_core::{NpzEditor, NpzReader, savez};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("model.npz");
/// savez!(&path, weight = arr1(&[1.0, 2.0]), bias = arr1(&[0.5]), log = arr1(&[3_u8]))?;
///
/// let bias = arr1(&[0.25, 0.75]);
/// let mut editor = NpzEditor::open(&path)?;
/// editor.put("bias", &bias)?; // replaces it, in its place
/// editor.rename("weight", "kernel")?;
/// editor.remove("log")?;
/// editor.commit()?;
///
/// let reader = NpzReader::open(&path)?;
/// assert_eq!(reader.names().collect::<Vec<_>>(), ["kernel", "bias"]);
/// assert_eq!(reader.get::<f64, _>("bias")?, bias);
/// # let _: Array1<f64> = reader.get("kernel")?;
/// # Ok::<(), npz_core::Error>(())
/// ```
#[must_use = "an editor changes nothing before commit"]
pub struct NpzEditor<'a> {
    path: PathBuf,
    file: Arc<File>,
    /// The file as it was found.
    found: Metadata,
    reader: NpzReader<'static>,
    options: SaveOptions,
    /// In the order of the new archive; `None` for what was removed.
    items: Vec<Option<Item<'a>>>,
    by_member: HashMap<String, usize>,
}

/// One entry of the new archive.
struct Item<'a> {
    member: String,
    content: Content<'a>,
}

enum Content<'a> {
    /// An entry of the old archive, perhaps to be packed anew.
    Kept(usize, Option<Compression>),
    New(Box<dyn ArraySource + 'a>),
}

impl fmt::Debug for NpzEditor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpzEditor")
            .field("path", &self.path)
            .field("names", &self.names().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl<'a> NpzEditor<'a> {
    /// Opens the archive at `path`.
    ///
    /// # Errors
    /// As [`NpzReader::open`]: an archive that readers may understand differently can't be edited
    /// either.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &SaveOptions::default())
    }

    /// Opens the archive at `path`. Of the `options`, alignment and durability apply to all of the
    /// new file, the others to new entries.
    ///
    /// # Errors
    /// As [`open`](Self::open), and for options that can't be.
    pub fn open_with(path: impl AsRef<Path>, options: &SaveOptions) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            options.check()?;
            let file = File::open(path).map_err(|error| Error::io("open the file", error))?;
            let found = file.metadata().map_err(|error| Error::io("look at the file", error))?;
            if !found.is_file() {
                return Err(Error::new(ErrorKind::Conflict, "is not a regular file"));
            }
            let file = Arc::new(file);
            let reader = NpzReader::new_with(Arc::clone(&file), &LoadOptions::default())?;
            Ok((file, found, reader))
        };
        let (file, found, reader) = open().map_err(|error: Error| error.with_path(path))?;
        let archive = reader.archive();
        let members = (0..archive.len()).map(|index| archive.index.facts(index).member.to_owned());
        let members: Vec<String> = members.collect();
        let item = |(index, member): (usize, &String)| {
            Some(Item { member: member.clone(), content: Content::Kept(index, None) })
        };
        let items = members.iter().enumerate().map(item).collect();
        let by_member = members.into_iter().enumerate().map(|(at, member)| (member, at)).collect();
        let (path, options) = (path.to_owned(), options.clone());
        Ok(Self { path, file, found, reader, options, items, by_member })
    }

    pub(crate) fn options(&self) -> &SaveOptions {
        &self.options
    }

    /// The names of the entries as they will be, in the new archive's order, without their `.npy`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let members = self.items.iter().flatten().map(|item| item.member.as_str());
        let key = |member| match entry::key(member) {
            key if self.by_member.contains_key(key) => member,
            key => key,
        };
        members.map(key).filter(|key| *key != METADATA)
    }

    /// Whether there will be an entry called `name`, with or without `.npy`.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Puts an array under `name`: in the place of the entry that is there, or at the end.
    ///
    /// The array is borrowed until the editor is done, and written by [`commit`](Self::commit).
    ///
    /// # Errors
    /// [`ErrorKind::Name`] for a name that no entry can have.
    pub fn put<A: Element, D: Dimension + 'a>(
        &mut self,
        name: &str,
        array: &'a ArrayRef<A, D>,
    ) -> Result<()> {
        self.put_source(name, Box::new(CowArray::from(array.view())))
    }

    fn put_source(&mut self, name: &str, source: Box<dyn ArraySource + 'a>) -> Result<()> {
        let content = Content::New(source);
        if let Some(item) = self.find(name).and_then(|at| self.items[at].as_mut()) {
            if entry::key(&item.member) == METADATA {
                return Err(self.in_file(reserved().with_entry(name)));
            }
            item.content = content;
            return Ok(());
        }
        self.check_new(name)?;
        self.insert(member(name), content);
        Ok(())
    }

    /// Puts `arrays` in the place of the entry `name` and of all whose names start with `below`;
    /// the first of them where the first of those stood.
    pub(crate) fn replace_all(
        &mut self,
        name: &str,
        below: &str,
        arrays: Vec<(String, Box<dyn ArraySource + 'a>)>,
    ) -> Result<()> {
        if entry::key(name) == METADATA {
            return Err(self.in_file(reserved().with_entry(name)));
        }
        let goes = |item: &Item<'_>| {
            let key = entry::key(&item.member);
            key == name || key.starts_with(below)
        };
        let stays = |item: &Option<Item<'_>>| item.as_ref().is_some_and(|item| !goes(item));
        for (name, _) in &arrays {
            // What goes can't clash.
            match self.find(name) {
                Some(at) if stays(&self.items[at]) => {
                    let message = "an entry of this name is there already, and not below it";
                    let error = Error::new(ErrorKind::Duplicate, message);
                    return Err(self.in_file(error.with_entry(name)));
                }
                Some(_) => {}
                None => self.check_new(name)?,
            }
        }
        let mut arrays = arrays
            .into_iter()
            .map(|(name, source)| Item { member: member(&name), content: Content::New(source) });
        let mut items = Vec::new();
        let mut placed = false;
        for item in std::mem::take(&mut self.items).into_iter().flatten() {
            if !goes(&item) {
                items.push(Some(item));
            } else if !placed {
                placed = true;
                items.extend(arrays.by_ref().map(Some));
            }
        }
        items.extend(arrays.map(Some));
        let members = items.iter().enumerate();
        self.by_member = members
            .filter_map(|(at, item)| item.as_ref().map(|item| (item.member.clone(), at)))
            .collect();
        self.items = items;
        Ok(())
    }

    /// Removes the entry called `name`, with or without `.npy`.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], naming the nearest entry there is.
    pub fn remove(&mut self, name: &str) -> Result<()> {
        let at = self.place(name)?;
        if let Some(item) = self.items[at].take() {
            self.by_member.remove(&item.member);
        }
        Ok(())
    }

    /// Gives the entry called `name` another name.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], naming the nearest entry there is; [`ErrorKind::Duplicate`] if the
    /// new name is taken; [`ErrorKind::Name`] for one that no entry can have.
    pub fn rename(&mut self, name: &str, new_name: &str) -> Result<()> {
        let at = self.place(name)?;
        let Some(item) = &self.items[at] else { return Ok(()) };
        let is_npy = item.member.ends_with(SUFFIX);
        let new_member = if is_npy { member(new_name) } else { new_name.to_owned() };
        if new_member == item.member {
            return Ok(());
        }
        // The entry's own old name is no obstacle.
        let old_member = item.member.clone();
        self.by_member.remove(&old_member);
        let free = match self.find(new_name) {
            Some(_) => {
                let message = "an entry of this name is there already; remove it first";
                let error = Error::new(ErrorKind::Duplicate, message);
                Err(self.in_file(error.with_entry(new_name)))
            }
            None => self.check_new(new_name),
        };
        let member = if free.is_ok() { new_member } else { old_member };
        if let Some(item) = &mut self.items[at] {
            item.member.clone_from(&member);
        }
        self.by_member.insert(member, at);
        free
    }

    /// Packs the entry called `name` anew. Its bytes are unpacked for this, and checked. (A new
    /// entry is packed as the options say.)
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], naming the nearest entry there is, and for compressions that
    /// can't be.
    pub fn recompress(&mut self, name: &str, compression: Compression) -> Result<()> {
        let at = self.place(name)?;
        self.options.clone().compression(compression).check()?;
        self.repack(at, compression);
        Ok(())
    }

    /// Packs all entries anew, those in the archive and those that are new.
    ///
    /// # Errors
    /// For compressions that can't be.
    pub fn recompress_all(&mut self, compression: Compression) -> Result<()> {
        let options = self.options.clone().compression(compression);
        options.check()?;
        self.options = options;
        (0..self.items.len()).for_each(|at| self.repack(at, compression));
        Ok(())
    }

    fn repack(&mut self, at: usize, compression: Compression) {
        if let Some(Item { content: Content::Kept(_, wanted), .. }) = &mut self.items[at] {
            *wanted = Some(compression);
        }
    }

    /// Aligns the array data of stored entries, all of them, to a multiple of this many bytes of
    /// the file; see [`SaveOptions::alignment`], 64 by default.
    ///
    /// # Errors
    /// For alignments that can't be.
    pub fn realign(&mut self, bytes: usize) -> Result<()> {
        let options = self.options.clone().alignment(bytes);
        options.check()?;
        self.options = options;
        Ok(())
    }

    /// Writes the new archive and puts it in the place of the old one.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if somebody has changed or replaced the file since it was opened;
    /// [`ErrorKind::Unsupported`] for an entry that stays and is encrypted or packed by another
    /// method than deflate; everything that can go wrong with a file. The old file is then as it
    /// was.
    pub fn commit(self) -> Result<()> {
        self.write().map_err(|error| error.with_path(&self.path))
    }

    fn write(&self) -> Result<()> {
        let archive = self.reader.archive();
        let file = AtomicFile::create(&self.path, self.options.durable)?;
        let mut writer = NpzWriter::over(file, &self.options)?;
        writer.reserve_bytes(self.kept_bytes(archive))?;
        for item in self.items.iter().flatten() {
            let written = match &item.content {
                Content::New(source) => writer.write_entry(&item.member, &**source),
                Content::Kept(index, wanted) => {
                    self.keep(&mut writer, &item.member, *index, *wanted)
                }
            };
            written.map_err(|error| error.with_entry(entry::key(&item.member)))?;
        }
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
    ) -> Result<()> {
        let archive = self.reader.archive();
        let facts = archive.index.facts(index);
        let located = archive.locate(index)?;
        // The length of its npy header. One that can't be read is nothing to align, and is copied
        // like all others.
        let prefix_len = || match archive.open_array(index) {
            Ok(Some((_, stream))) => facts.size.saturating_sub(stream.left()),
            _ => 0,
        };
        match (wanted, facts.method) {
            // Stored again it would be the same bytes.
            (None | Some(Compression::Stored), Method::Stored) => {
                writer.copy_entry(member, facts, prefix_len(), (&self.file, located.data_start()))
            }
            (None, _) => writer.copy_entry(member, facts, 0, (&self.file, located.data_start())),
            (Some(compression), _) => {
                let bytes = located.unpack(facts, archive.limits())?;
                writer.repack_entry(member, prefix_len(), bytes, compression)
            }
        }
    }

    /// Somebody else's changes since the file was opened would be lost.
    fn check_unchanged(&self) -> Result<()> {
        let same = |now: &Metadata| {
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

    /// As NumPy finds it: the member of that very name, else the one of that name and `.npy`.
    fn find(&self, name: &str) -> Option<usize> {
        let find = |name: &str| self.by_member.get(name).copied();
        find(name).or_else(|| find(&member(name)))
    }

    /// Where the entry called `name` is.
    fn place(&self, name: &str) -> Result<usize> {
        match self.find(name) {
            Some(_) if entry::key(name) == METADATA => {
                Err(self.in_file(reserved().with_entry(name)))
            }
            Some(at) => Ok(at),
            None => {
                let names: Vec<&str> = self.names().collect();
                let message = match nearest(name, &names) {
                    Some(near) => {
                        format!("no such entry; the nearest name in the file is {near:?}")
                    }
                    None => format!("no such entry among the file's {}", names.len()),
                };
                let error = Error::new(ErrorKind::NotFound, message);
                Err(self.in_file(error.with_entry(name)))
            }
        }
    }

    /// Refuses a name that no new entry can have. That it isn't taken is known.
    fn check_new(&self, name: &str) -> Result<()> {
        let twin = member(&member(name));
        let checked = if name == METADATA {
            Err(reserved())
        } else if self.by_member.contains_key(&twin) {
            let message = format!(
                "can't be told from {:?}, since NumPy takes a name with or without \"{SUFFIX}\"; \
                 choose another one",
                member(name)
            );
            Err(Error::new(ErrorKind::Name, message))
        } else {
            check_key(name)
        };
        checked.map_err(|error| self.in_file(error.with_entry(name)))
    }

    fn insert(&mut self, member: String, content: Content<'a>) {
        self.by_member.insert(member.clone(), self.items.len());
        self.items.push(Some(Item { member, content }));
    }

    #[cold]
    fn in_file(&self, error: Error) -> Error {
        error.with_path(&self.path)
    }
}

#[cold]
fn reserved() -> Error {
    let message = "the name is reserved for the archive's metadata, which stay as they are";
    Error::new(ErrorKind::Name, message)
}
