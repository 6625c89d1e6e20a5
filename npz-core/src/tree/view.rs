//! Viewing: values that borrow their arrays from an archive in memory.

use super::expect::{Expect, Found};
use super::load::names;
use super::migrate::Migration;
use super::node::{Shared, Source, ViewNode};
use crate::error::{Error, ErrorKind, Result};
use crate::npz::{NpzReader, Tell};

/// A type that can be viewed in an archive whose bytes live for `'a`: its arrays borrow from them,
/// and nothing large is copied.
///
/// Usually derived. These types can be its fields:
///
/// | | |
/// |---|---|
/// | `ArrayView<'a, A, D>`, `&'a [A]` | borrowed; an array that can't be viewed in place (deflated, of the other byte order, misaligned) is an error that says what to do |
/// | `CowArray<'a, A, D>`, `Cow<'a, [A]>` | borrowed where that is possible, else a copy |
/// | `Array`, `ArcArray`, scalars, `String`, lists of these | loaded by value |
/// | `Vec`, `[T; N]`, tuples, maps, `Option`, `Box`, `Rc`, `Arc` | what is inside is viewed |
///
/// ```
/// use std::collections::HashMap;
/// use npz_core::ndarray::{ArrayView1, ArrayView2, arr1, arr2};
/// use npz_core::{NpzMap, ViewNpz, savez};
///
/// #[derive(ViewNpz)]
/// struct Linear<'a> { weight: ArrayView2<'a, f32>, bias: Option<ArrayView1<'a, f32>> }
/// #[derive(ViewNpz)]
/// struct Model<'a> { layers: Vec<Linear<'a>>, step: u64, names: HashMap<String, String> }
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("m.npz");
/// savez!(&path, "layers.0.weight" = arr2(&[[1.0_f32, 2.0]]), step = 7_u64, "names.a" = "A".to_owned())?;
/// // SAFETY: nobody writes to the file in place.
/// let map = unsafe { NpzMap::open(&path)? };
/// let model = Model::view_npz(&map)?; // every name, shape and dtype checked; no weights read
/// assert_eq!(model.layers[0].weight[[0, 1]], 2.0);
/// assert_eq!((model.step, &*model.names["a"]), (7, "A"));
/// # Ok::<(), npz_core::Error>(())
/// ```
///
/// Checksums of what is borrowed are not compared: see [`NpzReader::view`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be viewed in an npz archive",
    label = "not an array view, a value that is loaded, or a struct with `#[derive(ViewNpz)]`",
    note = "for a struct of your own, add `#[derive(ViewNpz)]`; to fill a field by `Default`, add `#[npz(skip)]`",
    note = "a view lives as long as the archive's bytes: the struct's own lifetime belongs on the field, as in `ArrayView2<'a, f32>`"
)]
pub trait ViewNpz<'a>: Sized {
    /// Tells what this type needs at a place of the file; problems are recorded in `at`.
    fn expect(at: &mut Expect<'_>);

    /// Makes a value. Called only after [`expect`](Self::expect) found nothing missing.
    ///
    /// # Errors
    /// What can go wrong with the data themselves, such as a `bool` that is neither 0 nor 1.
    fn view(at: &ViewNode<'_, 'a>) -> Result<Self>;

    /// Whether a value is a single array, so that a map's keys are whole names.
    #[doc(hidden)]
    #[must_use]
    fn is_leaf() -> bool {
        false
    }

    /// Whether several values are a single array.
    #[doc(hidden)]
    #[must_use]
    fn is_leaf_slice() -> bool {
        false
    }

    /// Tells what a list of this type needs; of just `len` items, if that is given.
    #[doc(hidden)]
    fn expect_slice(at: &mut Expect<'_>, len: Option<usize>) {
        at.view_items::<Self>(len);
    }

    /// Makes a list of this type.
    #[doc(hidden)]
    fn view_slice(at: &ViewNode<'_, 'a>) -> Result<Vec<Self>> {
        let items = 0..at.node().list_len()?;
        items.map(|index| Self::view(&at.item(&index.to_string()))).collect()
    }

    /// What joins the levels of a name when this type is viewed as a whole and the options don't
    /// say it.
    #[doc(hidden)]
    #[must_use]
    fn default_separator() -> Option<&'static str> {
        None
    }

    /// The version of the layout that this type views, and the way there from older ones.
    #[doc(hidden)]
    #[must_use]
    fn migration() -> Option<Migration> {
        None
    }

    /// Views a whole archive: bytes, a [`NpzMap`](crate::NpzMap), or an [`NpzReader`] of bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Mismatch`] if the file's names, dtypes or shapes are not this type's, or its
    /// arrays can't be viewed in place, telling all differences at once; everything that can be
    /// wrong with a file.
    fn view_npz(source: impl ViewSource<'a>) -> Result<Self> {
        source.view_all()
    }
}

/// An archive in memory that lives for `'a`: `&'a [u8]`, `&'a NpzMap`, or an [`NpzReader<'a>`] that
/// was made of bytes.
pub trait ViewSource<'a>: sealed::Sealed {
    /// Views all of it.
    #[doc(hidden)]
    fn view_all<T: ViewNpz<'a>>(self) -> Result<T>;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for &[u8] {}
    impl<const N: usize> Sealed for &[u8; N] {}
    impl Sealed for &crate::npz::NpzReader<'_> {}
    #[cfg(feature = "mmap")]
    impl Sealed for &crate::io::mmap::NpzMap {}
}

impl<'a> ViewSource<'a> for &'a [u8] {
    fn view_all<T: ViewNpz<'a>>(self) -> Result<T> {
        view_in(&NpzReader::from_bytes(self)?, self)
    }
}

impl<'a, const N: usize> ViewSource<'a> for &'a [u8; N] {
    fn view_all<T: ViewNpz<'a>>(self) -> Result<T> {
        self.as_slice().view_all()
    }
}

impl<'a> ViewSource<'a> for &NpzReader<'a> {
    fn view_all<T: ViewNpz<'a>>(self) -> Result<T> {
        let bytes = self.memory().ok_or_else(|| {
            let message = "the archive is not in memory, so nothing can be viewed in it; open it \
                           by NpzReader::from_bytes or NpzMap::open";
            self.archive().in_file(Error::new(ErrorKind::Unsupported, message))
        })?;
        view_in(self, bytes)
    }
}

#[cfg(feature = "mmap")]
impl<'a> ViewSource<'a> for &'a crate::io::mmap::NpzMap {
    fn view_all<T: ViewNpz<'a>>(self) -> Result<T> {
        view_in(self, self.as_bytes())
    }
}

/// Views the archive of `reader`, all of which is `bytes`.
fn view_in<'a, T: ViewNpz<'a>>(reader: &NpzReader<'_>, bytes: &'a [u8]) -> Result<T> {
    let archive = reader.archive().with_memory(bytes).telling(Tell::Nobody);
    let options = reader.options();
    let view = || {
        let names = names(&archive, options, T::migration(), T::default_separator())?;
        let (allow_missing, shared) = (options.allow_missing, Shared::default());
        let source = Source { archive: Some(archive), names, allow_missing, shared, ahead: None };
        let mut found = Found::new(archive.len());
        Expect::root(&source, &mut found).view_whole::<T>();
        let report = found.findings.into_report(&source.names);
        match report.error::<T>(false, options.allow_unexpected) {
            Some(error) => Err(error),
            None => T::view(&ViewNode::root(&source, bytes)),
        }
    };
    view().map_err(|error| archive.in_file(error))
}
