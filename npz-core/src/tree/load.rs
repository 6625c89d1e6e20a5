//! Loading: the trait, and the way from a file to a value.

use std::path::Path;

use super::expect::Expect;
use super::names::Names;
use super::node::{Node, Source};
use super::report::Problems;
use crate::error::Result;
use crate::npz::{NpzReader, Window};
use crate::options::LoadOptions;

/// A type that can be loaded from named arrays.
///
/// Usually derived. Implemented for the owned counterparts of all that
/// [`SaveNpz`](crate::SaveNpz) is implemented for. By hand, it takes two methods that say the
/// same thing twice: what is needed, and how to make a value of it.
///
/// ```
/// use npz_core::ndarray::{Array2, Ix2};
/// use npz_core::{Expect, LoadNpz, Node, NpzWriter, Result};
///
/// /// A foreign matrix type, loaded from the array it is.
/// struct Matrix { rows: usize, columns: usize, data: Vec<f64> }
///
/// impl LoadNpz for Matrix {
///     fn expect(at: &mut Expect<'_>) {
///         at.array::<f64, Ix2>();
///     }
///     fn load(at: &Node<'_>) -> Result<Self> {
///         let array: Array2<f64> = at.array()?;
///         let (rows, columns) = array.dim();
///         Ok(Self { rows, columns, data: array.into_iter().collect() })
///     }
/// }
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("m.npz");
/// # let mut writer = NpzWriter::create(&path)?;
/// # writer.add("arr_0", &Array2::<f64>::eye(2))?;
/// # writer.finish()?;
/// assert_eq!(Matrix::load_npz(&path)?.data, [1.0, 0.0, 0.0, 1.0]);
/// # Ok::<(), npz_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be loaded from an npz file",
    label = "not an owned array, a scalar, or a struct with `#[derive(LoadNpz)]`",
    note = "for a struct of your own, add `#[derive(LoadNpz)]`; to fill a field by `Default`, add `#[npz(skip)]`",
    note = "borrowed arrays can only be saved; load into `Array` instead of `ArrayView`"
)]
pub trait LoadNpz: Sized {
    /// Tells what this type needs at a place of the file; problems are recorded in `at`.
    fn expect(at: &mut Expect<'_>);

    /// Reads a value. Called only after [`expect`](Self::expect) found nothing missing.
    ///
    /// # Errors
    /// What can go wrong with the data themselves, such as a wrong checksum.
    fn load(at: &Node<'_>) -> Result<Self>;

    /// Whether a value is always a single array at its own place: `false` unless overridden.
    ///
    /// As values of a map, such arrays may have keys with any separators in them; below the key
    /// of anything larger, a separator begins the next level.
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
        let Some(found) = at.list_len() else { return };
        if found == 0 && !at.take_empty_mark() && len != Some(0) && at.has_own_level() {
            return at.missing("a list");
        }
        if let Some(len) = len
            && len != found
        {
            let message = format!("expected a list of {len} items, found {found}");
            at.problem(crate::Error::new(crate::ErrorKind::Shape, message));
        }
        for index in 0..found {
            at.field::<Self>(&index.to_string());
        }
    }

    /// Reads a list of this type.
    #[doc(hidden)]
    fn load_slice(at: &Node<'_>) -> Result<Vec<Self>> {
        (0..at.list_len()?).map(|index| at.field(&index.to_string())).collect()
    }

    /// Loads the file at `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) if the file's names, dtypes or shapes
    /// are not this type's, telling all differences at once; everything that can be wrong with a
    /// file.
    fn load_npz(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_npz_with(path, &LoadOptions::default())
    }

    /// Loads the file at `path` as `options` say.
    ///
    /// # Errors
    /// As [`load_npz`](Self::load_npz).
    fn load_npz_with(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Self> {
        NpzReader::open_with(path, options)?.load()
    }
}

impl NpzReader<'_> {
    /// Loads the whole archive as a `T`.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use npz_core::ndarray::{ArrayD, arr1};
    /// use npz_core::{NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("a", &arr1(&[1.0_f32, 2.0]))?;
    /// let bytes = writer.finish()?;
    /// let all: HashMap<String, ArrayD<f32>> = NpzReader::from_bytes(&bytes)?.load()?;
    /// assert_eq!(all["a"].shape(), [2]);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`LoadNpz::load_npz`].
    pub fn load<T: LoadNpz>(&self) -> Result<T> {
        // Most types ask for most entries, in the file's order: small ones are read many at once.
        let window = Window::default();
        let archive = self.archive().with_window(&window);
        let options = self.options();
        let names = Names::new(archive.keys(), &options.separator);
        let source = Source { archive, names };
        let mut problems = Problems::new(source.names.all().len());
        T::expect(&mut Expect::root(&source, &mut problems));
        let error = problems.into_error::<T>(&source.names, options.allow_unexpected);
        let result = error.map_or_else(|| T::load(&Node::root(&source)), Err);
        result.map_err(|error| self.archive().in_file(error))
    }
}
