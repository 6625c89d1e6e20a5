//! Memory maps of files: the file with `unsafe`, but for a hint in `pages`.
//!
//! Rust takes for granted that bytes behind a `&[u8]` don't change, and those of a map are a
//! file's, which any program may write. Nothing in this process can rule that out; so whoever makes
//! a map promises it, and all that makes one is `unsafe`. All else, here and elsewhere, is safe code
//! over byte slices.
//!
//! # The contract
//!
//! As long as a map lives, nobody writes into the mapped file, and nobody truncates it, be it in this
//! process or another. (A truncated file ends the process with `SIGBUS` when the missing pages are
//! touched.) Replacing the file is fine, because the old one stays for whoever has it mapped: this
//! is what all savers of this crate do, so a file may even be saved over from the arrays that are
//! mapped from it. (On Windows the system refuses to replace a file that is mapped.)
//!
//! For maps that write through to the file, nobody else may read it as mapped memory either.

#![allow(unsafe_code, reason = "only the caller can know that nobody changes the file")]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc)]

use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::{Mmap, MmapMut, MmapOptions};
use ndarray::{ArrayView, ArrayViewMut, Dimension};

use super::read_at::ReadAt;
use super::regular;
use crate::element::Element;
use crate::error::{Error, Result};
use crate::npy::{Header, Stored};
use crate::npz::{InPlace, NpzReader};
use crate::options::LoadOptions;

/// How a map and its file hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// What is written to the map is written to the file.
    Shared,
    /// What is written stays in memory.
    CopyOnWrite,
}

/// Maps a file to be read.
///
/// # Safety
/// The [contract](self).
unsafe fn map(path: &Path) -> Result<Mmap> {
    let (file, _) = regular::open(path, OpenOptions::new().read(true), MAPPABLE)?;
    // SAFETY: the caller promises that the file stays as it is while it is mapped.
    unsafe { MmapOptions::new().map(&file) }.map_err(cannot_map)
}

/// Maps a file to be changed.
///
/// # Safety
/// The [contract](self).
unsafe fn map_mut(path: &Path, mode: Mode) -> Result<MmapMut> {
    let write = mode == Mode::Shared;
    let (file, _) = regular::open(path, OpenOptions::new().read(true).write(write), MAPPABLE)?;
    let options = MmapOptions::new();
    match mode {
        // SAFETY: the caller promises that nobody else changes the file while it is mapped.
        Mode::Shared => unsafe { options.map_mut(&file) },
        // SAFETY: as above; what is written here goes to pages of this map alone.
        Mode::CopyOnWrite => unsafe { options.map_copy(&file) },
    }
    .map_err(cannot_map)
}

const MAPPABLE: &str = "a file that can be mapped";

#[cold]
fn cannot_map(error: io::Error) -> Error {
    Error::io("map the file", error)
}

/// An `.npy` file as memory: its array is viewed where it lies, and the system reads what of it is
/// touched, when it is touched. `mmap_mode='r'` of `np.load`.
///
/// ```
/// use npz_core::ndarray::{ArrayView2, arr2};
/// use npz_core::{NpyMap, write_npy};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("a.npy");
/// write_npy(&path, &arr2(&[[1.0_f32, 2.0], [3.0, 4.0]]))?;
/// // SAFETY: nobody writes to the file in place.
/// let map = unsafe { NpyMap::open(&path)? };
/// let array: ArrayView2<f32> = map.view()?;
/// assert_eq!(array[[1, 1]], 4.0);
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct NpyMap {
    map: Mmap,
    stored: Stored,
    path: PathBuf,
}

impl NpyMap {
    /// Maps the file at `path` and reads its header.
    ///
    /// # Safety
    /// As long as the map lives, nobody writes into the file and nobody truncates it, in this
    /// process or another. Replacing it by another file, as all savers of this crate do, is fine.
    ///
    /// # Errors
    /// When there is no such file, or it is no whole `.npy` file.
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        // SAFETY: the same contract.
        let map = unsafe { map(path) };
        let open = |map: Mmap| {
            let stored = Stored::read(&map, &LoadOptions::default())?;
            Ok(Self { map, stored, path: path.to_owned() })
        };
        map.and_then(open).map_err(|error| error.with_path(path))
    }

    /// The array's dtype, shape and order.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.stored.header
    }

    /// The array.
    ///
    /// # Errors
    /// As [`NpyView::view`](crate::NpyView::view).
    pub fn view<A: Element, D: Dimension>(&self) -> Result<ArrayView<'_, A, D>> {
        self.stored.view(&self.map).map_err(|error| error.with_path(&self.path))
    }
}

/// An `.npy` file as memory that can be changed: `mmap_mode='r+'` and `'c'` of `np.load`.
///
/// ```
/// use npz_core::ndarray::{Array1, ArrayViewMut1, arr1};
/// use npz_core::{NpyMapMut, read_npy, write_npy};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("a.npy");
/// write_npy(&path, &arr1(&[1.0_f32, 2.0]))?;
/// // SAFETY: nobody else has the file open.
/// let mut map = unsafe { NpyMapMut::open(&path)? };
/// let mut array: ArrayViewMut1<f32> = map.view_mut()?;
/// array[0] = 7.0;
/// map.flush()?;
/// let array: Array1<f32> = read_npy(&path)?;
/// assert_eq!(array, arr1(&[7.0, 2.0]));
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct NpyMapMut {
    map: MmapMut,
    stored: Stored,
    path: PathBuf,
}

impl NpyMapMut {
    /// Maps the file at `path`. What is written to the array is written to the file, at the latest
    /// when the system takes the memory back.
    ///
    /// # Safety
    /// As [`NpyMap::open`]; and nobody else may have the file mapped.
    ///
    /// # Errors
    /// As [`NpyMap::open`], and when the file can't be written to.
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the same contract.
        unsafe { Self::open_as(path.as_ref(), Mode::Shared) }
    }

    /// Maps the file at `path`, copy-on-write: changes are seen through this map only, and the file
    /// stays as it is.
    ///
    /// # Safety
    /// As [`NpyMap::open`].
    ///
    /// # Errors
    /// As [`NpyMap::open`].
    pub unsafe fn open_cow(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the same contract.
        unsafe { Self::open_as(path.as_ref(), Mode::CopyOnWrite) }
    }

    /// # Safety
    /// The [contract](self).
    unsafe fn open_as(path: &Path, mode: Mode) -> Result<Self> {
        // SAFETY: the same contract.
        let map = unsafe { map_mut(path, mode) };
        let open = |map: MmapMut| {
            let stored = Stored::read(&map, &LoadOptions::default())?;
            Ok(Self { map, stored, path: path.to_owned() })
        };
        map.and_then(open).map_err(|error| error.with_path(path))
    }

    /// The array's dtype, shape and order.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.stored.header
    }

    /// The array.
    ///
    /// # Errors
    /// As [`NpyView::view`](crate::NpyView::view).
    pub fn view<A: Element, D: Dimension>(&self) -> Result<ArrayView<'_, A, D>> {
        self.stored.view(&self.map).map_err(|error| error.with_path(&self.path))
    }

    /// The array, to be changed in place.
    ///
    /// # Errors
    /// As [`NpyView::view`](crate::NpyView::view).
    pub fn view_mut<A: Element, D: Dimension>(&mut self) -> Result<ArrayViewMut<'_, A, D>> {
        let Self { map, stored, path } = self;
        stored.view_mut(map).map_err(|error| error.with_path(path))
    }

    /// Waits until all changes are on the disk. A copy-on-write map has nothing to wait for.
    ///
    /// # Errors
    /// When the system can't write.
    pub fn flush(&self) -> Result<()> {
        let flushed = self.map.flush();
        flushed.map_err(|error| Error::io("flush the map", error).with_path(&self.path))
    }
}

/// A map as a source of positional reads.
struct Mapped(Mmap);

impl ReadAt for Mapped {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_exact_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn reads_in_parallel(&self) -> bool {
        true
    }

    fn reads_are_cheap(&self) -> bool {
        true
    }
}

/// An archive as memory: its stored arrays are viewed where they lie, and the system reads what of
/// them is touched, when it is touched.
///
/// Opening reads the directory, and viewing an array its headers. It is an [`NpzReader`] too, so
/// what can't be viewed can be read by [`get`](NpzReader::get).
///
/// ```
/// use npz_core::ndarray::{ArrayView2, arr2};
/// use npz_core::{NpzMap, savez};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("m.npz");
/// savez!(&path, weight = arr2(&[[1.0_f32, 2.0], [3.0, 4.0]]))?;
/// // SAFETY: nobody writes to the file in place.
/// let map = unsafe { NpzMap::open(&path)? };
/// let weight: ArrayView2<f32> = map.view("weight")?; // borrows from the map
/// assert_eq!(weight[[1, 0]], 3.0);
/// map.verify()?; // reads all of it; a view doesn't compare checksums
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct NpzMap {
    map: Arc<Mapped>,
    reader: NpzReader<'static>,
}

impl NpzMap {
    /// Maps the archive at `path` and reads its directory.
    ///
    /// # Safety
    /// As long as the map lives, nobody writes into the file and nobody truncates it, in this
    /// process or another. Replacing it by another file, as all savers of this crate do, is fine.
    ///
    /// # Errors
    /// As [`NpzReader::open`].
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the same contract.
        unsafe { Self::open_with(path, &LoadOptions::default()) }
    }

    /// Maps the archive at `path` as `options` say.
    ///
    /// # Safety
    /// As [`open`](Self::open).
    ///
    /// # Errors
    /// As [`NpzReader::open`].
    pub unsafe fn open_with(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Self> {
        let path = path.as_ref();
        // SAFETY: the same contract.
        let map = unsafe { map(path) };
        let open = |map| {
            let map = Arc::new(Mapped(map));
            let mut reader = NpzReader::new_with(Arc::clone(&map), options)?;
            reader.set_path(path);
            Ok(Self { map, reader })
        };
        map.and_then(open).map_err(|error| error.with_path(path))
    }

    /// The array called `name`, with or without `.npy`, where it lies. Its checksum is not compared;
    /// [`Entry::verify`](crate::Entry::verify) does.
    ///
    /// # Errors
    /// As [`NpzReader::view`].
    pub fn view<A: Element, D: Dimension>(&self, name: &str) -> Result<ArrayView<'_, A, D>> {
        self.reader.view_in(self.as_bytes(), name)
    }

    /// All of the file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.map.0
    }
}

impl Deref for NpzMap {
    type Target = NpzReader<'static>;

    fn deref(&self) -> &Self::Target {
        &self.reader
    }
}

/// An archive as memory whose stored arrays can be changed in place.
///
/// Changes make the checksums of the touched entries wrong, so that readers take the file for
/// damaged, until [`update`](Self::update) has put them right; dropping the map does so too.
///
/// ```
/// use npz_core::ndarray::{Array1, ArrayViewMut1, arr1};
/// use npz_core::{NpzMapMut, NpzReader, savez};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("m.npz");
/// savez!(&path, x = arr1(&[1.0_f32, 2.0]))?;
/// // SAFETY: nobody else has the file open.
/// let mut map = unsafe { NpzMapMut::open(&path)? };
/// let mut x: ArrayViewMut1<f32> = map.view_mut("x")?;
/// x[0] = 7.0;
/// map.update()?;
/// let x: Array1<f32> = NpzReader::open(&path)?.get("x")?;
/// assert_eq!(x, arr1(&[7.0, 2.0]));
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct NpzMapMut {
    map: MmapMut,
    mode: Mode,
    archive: InPlace,
    path: PathBuf,
}

impl NpzMapMut {
    /// Maps the archive at `path`. What is written to its arrays is written to the file, at the
    /// latest when the system takes the memory back.
    ///
    /// # Safety
    /// As [`NpzMap::open`]; and nobody else may have the file mapped.
    ///
    /// # Errors
    /// As [`NpzReader::open`], and when the file can't be written to.
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the same contract.
        unsafe { Self::open_as(path.as_ref(), Mode::Shared) }
    }

    /// Maps the archive at `path`, copy-on-write: changes are seen through this map only, and the
    /// file stays as it is.
    ///
    /// # Safety
    /// As [`NpzMap::open`].
    ///
    /// # Errors
    /// As [`NpzReader::open`].
    pub unsafe fn open_cow(path: impl AsRef<Path>) -> Result<Self> {
        // SAFETY: the same contract.
        unsafe { Self::open_as(path.as_ref(), Mode::CopyOnWrite) }
    }

    /// # Safety
    /// The [contract](self).
    unsafe fn open_as(path: &Path, mode: Mode) -> Result<Self> {
        // SAFETY: the same contract.
        let map = unsafe { map_mut(path, mode) };
        let open = |map: MmapMut| {
            let archive = InPlace::new(&map, &LoadOptions::default())?;
            Ok(Self { map, mode, archive, path: path.to_owned() })
        };
        map.and_then(open).map_err(|error| error.with_path(path))
    }

    /// The names of the entries in the archive's order, without their `.npy`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.archive.names()
    }

    /// The array called `name`, with or without `.npy`, where it lies.
    ///
    /// # Errors
    /// As [`NpzReader::view`].
    pub fn view<A: Element, D: Dimension>(&self, name: &str) -> Result<ArrayView<'_, A, D>> {
        self.archive.view(&self.map, name).map_err(|error| error.with_path(&self.path))
    }

    /// The array called `name`, with or without `.npy`, to be changed where it lies.
    ///
    /// # Errors
    /// As [`NpzReader::view`].
    pub fn view_mut<A: Element, D: Dimension>(
        &mut self,
        name: &str,
    ) -> Result<ArrayViewMut<'_, A, D>> {
        let Self { map, archive, path, .. } = self;
        archive.view_mut(map, name).map_err(|error| error.with_path(path))
    }

    /// Writes the checksums of all entries that were changed, and waits until file and checksums
    /// are on the disk. (In a copy-on-write map, in memory: then [`as_bytes`](Self::as_bytes) is a
    /// sound archive again.)
    ///
    /// # Errors
    /// When the system can't write, or somebody has overwritten the archive's own headers.
    pub fn update(&mut self) -> Result<()> {
        let updated = self.archive.update(&mut self.map).and_then(|()| match self.mode {
            Mode::Shared => self.map.flush().map_err(|error| Error::io("flush the map", error)),
            Mode::CopyOnWrite => Ok(()),
        });
        updated.map_err(|error| error.with_path(&self.path))
    }

    /// All of the file, with all changes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.map
    }
}

impl Drop for NpzMapMut {
    fn drop(&mut self) {
        if self.mode == Mode::Shared && self.archive.is_touched() {
            // A file that its own headers contradict is worse than an error that nobody hears.
            let _ = self.archive.update(&mut self.map);
        }
    }
}

/// The path alone: nobody wants to see the bytes.
macro_rules! debug {
    ($($map:ident),*) => {$(
        impl fmt::Debug for $map {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($map)).field("path", &self.path).finish_non_exhaustive()
            }
        }
    )*};
}

debug!(NpyMap, NpyMapMut, NpzMapMut);

impl fmt::Debug for NpzMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpzMap").field("reader", &self.reader).finish_non_exhaustive()
    }
}
