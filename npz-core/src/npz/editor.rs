//! Editing archives: what isn't touched is copied as it is.

mod any;
mod commit;
mod copy;
mod metadata;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ndarray::{ArrayRef, CowArray, Dimension};

use super::entry::{self, METADATA, SUFFIX, check_key, member};
use super::metadata::Metadata;
use super::reader::NpzReader;
use crate::element::{ArraySource, Element};
use crate::error::{Error, ErrorKind, Result};
use crate::io::regular;
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
/// The archive's [metadata](crate#metadata) go along: what they say of an entry moves with its name
/// and goes with it, and new entries are told of. A name that stands for another one (an alias)
/// follows that one's renaming, and is removed or replaced like an entry; what it stands for can't
/// be removed before it.
/// Levels are joined by a dot, unless [`SaveOptions::separator`](crate::SaveOptions::separator) says
/// otherwise: an archive doesn't tell.
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
    found: fs::Metadata,
    reader: NpzReader<'static>,
    options: SaveOptions,
    /// In the order of the new archive; `None` for what was removed.
    items: Vec<Option<Item<'a>>>,
    by_member: HashMap<String, usize>,
    /// What will be said of the entries, once a change concerns it.
    metadata: Option<Metadata>,
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
    /// new file, the others to new entries; strings for the metadata are added to those there.
    ///
    /// # Errors
    /// As [`open`](Self::open), and for options that can't be.
    pub fn open_with(path: impl AsRef<Path>, options: &SaveOptions) -> Result<Self> {
        Self::open_as(path, options, &LoadOptions::default())
    }

    /// Opens the archive at `path` as `load` says, which may be lenient. What is written is an
    /// archive for strict readers all the same: of several entries of one name, the last is kept,
    /// which is the one that NumPy finds, and what the metadata say is written anew.
    ///
    /// # Errors
    /// As [`open_with`](Self::open_with). An entry packed by another method than deflate can be
    /// unpacked only: [`recompress`](Self::recompress) it.
    pub fn open_as(
        path: impl AsRef<Path>,
        options: &SaveOptions,
        load: &LoadOptions,
    ) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            options.check()?;
            let (file, found) =
                regular::open(path, fs::OpenOptions::new().read(true), "an npz file")?;
            let file = Arc::new(file);
            let reader = NpzReader::new_with(Arc::clone(&file), load)?;
            Ok((file, found, reader))
        };
        let (file, found, reader) = open().map_err(|error: Error| error.with_path(path))?;
        let archive = reader.archive();
        let members = (0..archive.len()).map(|index| archive.index.member(index).to_owned());
        let members: Vec<String> = members.collect();
        let item = |(index, member): (usize, &String)| {
            Some(Item { member: member.clone(), content: Content::Kept(index, None) })
        };
        let mut items: Vec<_> = members.iter().enumerate().map(item).collect();
        let mut by_member = HashMap::with_capacity(members.len());
        for (at, member) in members.into_iter().enumerate() {
            if let Some(earlier) = by_member.insert(member, at) {
                items[earlier] = None;
            }
        }
        let (path, options) = (path.to_owned(), options.clone());
        let metadata = None;
        let mut editor = Self { path, file, found, reader, options, items, by_member, metadata };
        if !editor.options.metadata.is_empty() {
            let strings = editor.options.metadata.clone();
            editor.metadata().strings.extend(strings);
        }
        if load.lenient {
            // Said anew they are readable for all, as the entry that says it may not be.
            editor.metadata();
        }
        Ok(editor)
    }

    pub(crate) fn options(&self) -> &SaveOptions {
        &self.options
    }

    /// The names of the entries as they will be, in the new archive's order, without their `.npy`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let members = self.items.iter().flatten().map(|item| item.member.as_str());
        members.map(|member| self.key(member)).filter(|key| *key != METADATA)
    }

    fn key<'m>(&self, member: &'m str) -> &'m str {
        match entry::key(member) {
            key if self.by_member.contains_key(key) => member,
            key => key,
        }
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
        let dtype = source.logical_dtype().map(str::to_owned);
        let content = Content::New(source);
        if self.find(name).is_some() {
            let at = self.place(name)?;
            let Some(item) = &self.items[at] else { return Ok(()) };
            let key = self.key(&item.member).to_owned();
            self.metadata().describe(&key, dtype.as_deref());
            if let Some(item) = &mut self.items[at] {
                item.content = content;
            }
            return Ok(());
        }
        self.check_new(&member(name))?;
        self.check_visible(name)?;
        let metadata = self.metadata();
        metadata.aliases.remove(name);
        metadata.describe(name, dtype.as_deref());
        self.insert(member(name), content);
        Ok(())
    }

    /// Puts `arrays`, and `aliases` of them, in the place of the entry `name` and of all whose names
    /// start with `below`; the first of them where the first of those stood.
    pub(crate) fn replace_all(
        &mut self,
        name: &str,
        below: &str,
        arrays: Vec<(String, Box<dyn ArraySource + 'a>)>,
        aliases: &BTreeMap<String, String>,
    ) -> Result<()> {
        if entry::key(name) == METADATA {
            return Err(self.in_file(reserved().with_entry(name)));
        }
        let key_goes = |key: &str| key == name || key.starts_with(below);
        let goes = |item: &Item<'_>| key_goes(entry::key(&item.member));
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
                None => self.check_new(&member(name))?,
            }
        }
        self.check_visible(name)?;
        let new: Vec<&str> = arrays.iter().map(|(name, _)| name.as_str()).collect();
        self.check_targets(name, key_goes, &new)?;
        let dtype = |source: &dyn ArraySource| source.logical_dtype().map(str::to_owned);
        let new = arrays.iter().map(|(name, source)| (name.clone(), dtype(&**source)));
        self.describe_anew(key_goes, &new.collect::<Vec<_>>(), aliases);
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

    /// Removes the entry called `name`, with or without `.npy`, or the alias of that name.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], naming the nearest entry there is; [`ErrorKind::Conflict`] if an
    /// alias stands for it, naming that.
    pub fn remove(&mut self, name: &str) -> Result<()> {
        if self.remove_alias(name) {
            return Ok(());
        }
        let at = self.place(name)?;
        let Some(item) = &self.items[at] else { return Ok(()) };
        let key = self.key(&item.member).to_owned();
        self.check_targets(name, |other| other == key, &[])?;
        self.metadata().describe(&key, None);
        if let Some(item) = self.items[at].take() {
            self.by_member.remove(&item.member);
        }
        Ok(())
    }

    /// Gives the entry called `name` another name.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], naming the nearest entry there is; [`ErrorKind::Duplicate`] if the
    /// new name is taken; [`ErrorKind::Name`] for one that no entry can have;
    /// [`ErrorKind::Conflict`] if an alias stands for a level that it would leave.
    pub fn rename(&mut self, name: &str, new_name: &str) -> Result<()> {
        let at = self.place(name)?;
        let Some(item) = &self.items[at] else { return Ok(()) };
        let is_npy = item.member.ends_with(SUFFIX);
        let new_member = if is_npy { member(new_name) } else { new_name.to_owned() };
        if new_member == item.member {
            return Ok(());
        }
        let key = self.key(&item.member).to_owned();
        let old_member = item.member.clone();
        self.check_rename(&key, new_name)?;
        // The entry's own old name is no obstacle.
        self.by_member.remove(&old_member);
        let free = match self.find(new_name) {
            Some(_) => {
                let message = "an entry of this name is there already; remove it first";
                let error = Error::new(ErrorKind::Duplicate, message);
                Err(self.in_file(error.with_entry(new_name)))
            }
            None => self.check_new(&new_member),
        };
        if free.is_ok() {
            self.metadata().rename(&key, entry::key(&new_member));
        }
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
    /// was, unless the error is [`ErrorKind::NotDurable`].
    pub fn commit(self) -> Result<()> {
        self.write(&self.path).map_err(|error| error.with_path(&self.path))
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

    /// Refuses a name that no new member can have. That it isn't taken is known.
    fn check_new(&self, new_member: &str) -> Result<()> {
        let name = entry::key(new_member);
        let twin = member(&member(name));
        // A name without `.npy` is a member's own: of such a folder would be made.
        let checked = if entry::key(name) == METADATA {
            Err(reserved())
        } else if new_member.ends_with('/') {
            let message = "a name that ends in \"/\" is a folder's, and this is a file";
            Err(Error::new(ErrorKind::Name, message))
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
    let message = "the name is reserved for the archive's metadata, which follow the entries";
    Error::new(ErrorKind::Name, message)
}
