//! Loading: the trait, and the way from a file to a value.

use std::path::Path;

use super::ahead::with_ahead;
use super::expect::{Expect, Found, WantedData};
use super::migrate::{Migration, Rule};
use super::names::Names;
use super::node::{Node, Shared, Source};
use super::report::LoadReport;
use super::schema::Schema;
use crate::error::{Error, ErrorKind, Result};
use crate::npz::{Archive, METADATA, NpzReader, Tell, Window};
use crate::options::{self, LoadOptions, Meter, SEPARATOR};

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
        at.items::<Self>(len);
    }

    /// Reads a list of this type.
    #[doc(hidden)]
    fn load_slice(at: &Node<'_>) -> Result<Vec<Self>> {
        (0..at.list_len()?).map(|index| Self::load(&at.item(&index.to_string()))).collect()
    }

    /// Reads into a value that exists, reusing what memory of it fits. Called only after
    /// [`expect`](Self::expect) found nothing missing, and after the data were checked.
    ///
    /// # Errors
    /// As [`load`](Self::load); then the value is unspecified.
    fn update(&mut self, at: &Node<'_>) -> Result<()> {
        at.replace(self, Self::load)
    }

    /// Reads a list into one that exists.
    #[doc(hidden)]
    fn update_slice(items: &mut Vec<Self>, at: &Node<'_>) -> Result<()> {
        if at.list_len()? != items.len() {
            return at.replace(items, Self::load_slice);
        }
        let mut indexed = items.iter_mut().enumerate();
        indexed.try_for_each(|(index, item)| item.update(&at.item(&index.to_string())))
    }

    /// What joins the levels of a name when this type is loaded as a whole and the options don't
    /// say it.
    #[doc(hidden)]
    #[must_use]
    fn default_separator() -> Option<&'static str> {
        None
    }

    /// The version of the layout that this type loads, and the way there from older ones.
    #[doc(hidden)]
    #[must_use]
    fn migration() -> Option<Migration> {
        None
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

    /// Loads the file at `path` and tells what came from where, and what was passed over.
    ///
    /// # Errors
    /// As [`load_npz`](Self::load_npz).
    fn load_npz_report(
        path: impl AsRef<Path>,
        options: &LoadOptions,
    ) -> Result<(Self, LoadReport)> {
        NpzReader::open_with(path, options)?.load_report()
    }

    /// Holds the file at `path` against this type, by its headers alone: nothing is loaded, and
    /// what doesn't fit is in the report and no error.
    ///
    /// # Errors
    /// When the file can't be opened as an archive.
    fn check_npz(path: impl AsRef<Path>, options: &LoadOptions) -> Result<LoadReport> {
        NpzReader::open_with(path, options)?.check::<Self>()
    }

    /// Reads the file at `path` into this value, into the memory that it has where shapes fit.
    ///
    /// Everything is checked first, checksums and values too, which takes a second pass over the
    /// file; so on an error the value is as it was. (But for what only a field's own code can tell,
    /// JSON that is of another type or an error of a `with` module; and for a disk that fails, or a
    /// file that is overwritten in place, between the two passes.) A progress callback hears of both passes, and
    /// can cancel only the first. With
    /// [`LoadOptions::allow_missing`] what the file doesn't have is left as it is.
    ///
    /// ```
    /// use npz_core::ndarray::{Array1, arr1};
    /// use npz_core::{LoadNpz, LoadOptions, savez};
    ///
    /// #[derive(LoadNpz)]
    /// struct Model { weight: Array1<f32>, bias: Array1<f32> }
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("m.npz");
    /// savez!(&path, weight = arr1(&[1.0_f32, 2.0]))?;
    /// let mut model = Model { weight: Array1::zeros(2), bias: Array1::ones(2) };
    /// let report = model.update_from_npz(&path, &LoadOptions::new().allow_missing(true))?;
    /// assert_eq!(model.weight, arr1(&[1.0, 2.0]));
    /// assert_eq!(model.bias, arr1(&[1.0, 1.0]));
    /// assert_eq!(report.missing[0].name, "bias");
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`load_npz`](Self::load_npz).
    fn update_from_npz(
        &mut self,
        path: impl AsRef<Path>,
        options: &LoadOptions,
    ) -> Result<LoadReport> {
        NpzReader::open_with(path, options)?.update(self)
    }

    /// The entries that this type needs, without any file.
    #[must_use]
    fn schema() -> Schema {
        let separator = Self::default_separator().unwrap_or(SEPARATOR);
        let (names, shared) = (Names::none(separator), Shared::default());
        let source = Source { archive: None, names, allow_missing: false, shared, ahead: None };
        let mut found = Found::default();
        Expect::root(&source, &mut found).whole::<Self>();
        found.schema
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
        self.load_report().map(|(value, _)| value)
    }

    /// Loads the whole archive as a `T`, with a report.
    ///
    /// # Errors
    /// As [`LoadNpz::load_npz`].
    pub fn load_report<T: LoadNpz>(&self) -> Result<(T, LoadReport)> {
        self.with_source::<T, _>(|source| {
            let (report, checks) = expect::<T>(&source);
            if let Some(error) = report.error::<T>(false, self.options().allow_unexpected) {
                return Err(error);
            }
            let meter = Meter::new(&self.options().progress, bytes(&checks));
            let source = source.telling(meter.as_ref());
            let threads = options::threads(self.options().threads);
            let value = with_ahead(source.archive, &checks, threads, |ahead| {
                T::load(&Node::root(&source.taking(ahead)))
            })?;
            Ok((value, report))
        })
    }

    /// Holds the archive against a `T`, by its headers alone.
    ///
    /// # Errors
    /// When the renaming rules give two entries one name.
    pub fn check<T: LoadNpz>(&self) -> Result<LoadReport> {
        self.with_source::<T, _>(|source| Ok(expect::<T>(&source).0))
    }

    /// Reads the archive into a value that exists.
    ///
    /// # Errors
    /// As [`LoadNpz::update_from_npz`].
    pub fn update<T: LoadNpz>(&self, value: &mut T) -> Result<LoadReport> {
        self.with_source::<T, _>(|source| {
            let (report, checks) = expect::<T>(&source);
            let options = self.options();
            if let Some(error) = report.error::<T>(options.allow_missing, options.allow_unexpected)
            {
                return Err(error);
            }
            // All are read twice.
            let total = bytes(&checks).saturating_mul(2);
            let meter = Meter::new(&options.progress, total);
            let source = source.telling(meter.as_ref());
            let archive = self.archive().telling(Tell::of(meter.as_ref()));
            for wanted in checks {
                (wanted.check)(&archive, wanted.index, wanted.cast)?;
            }
            // From here on the value changes.
            if let Some(meter) = &meter {
                meter.commit();
            }
            value.update(&Node::root(&source))?;
            Ok(report)
        })
    }

    fn with_source<T: LoadNpz, R>(&self, run: impl FnOnce(Source<'_>) -> Result<R>) -> Result<R> {
        // Most types ask for most entries, in the file's order: small ones are read many at once.
        let window = Window::default();
        let archive = self.archive().with_window(&window).telling(Tell::Nobody);
        let run = || {
            let separator = T::default_separator();
            let names = names(&archive, self.options(), T::migration(), separator)?;
            let (allow_missing, shared) = (self.options().allow_missing, Shared::default());
            run(Source { archive: Some(archive), names, allow_missing, shared, ahead: None })
        };
        run().map_err(|error| archive.in_file(error))
    }
}

/// The names of an archive for a type that says this of its files.
pub(super) fn names<'a>(
    archive: &Archive<'a>,
    options: &'a LoadOptions,
    migration: Option<Migration>,
    separator: Option<&'static str>,
) -> Result<Names<'a>> {
    let metadata = archive.metadata()?;
    let rule = migration.map(|migration| migration.rule(metadata.version)).transpose()?;
    let rule = rule.as_ref().map(|rule| rule as &Rule<'_>);
    Names::new(archive.keys(), &metadata.aliases, rule, options, separator)
}

/// The bytes of the arrays that a load will read.
fn bytes(wanted: &[WantedData]) -> u64 {
    wanted.iter().fold(0, |total: u64, wanted| total.saturating_add(wanted.bytes))
}

fn expect<T: LoadNpz>(source: &Source<'_>) -> (LoadReport, Vec<WantedData>) {
    let entries = source.archive.map_or(0, |archive| archive.len());
    let mut found = Found::new(entries);
    Expect::root(source, &mut found).whole::<T>();
    if let Some(error) = source.archive.and_then(|archive| check_repeats(&archive, found.repeated))
    {
        found.findings.mismatched(error);
    }
    (found.findings.into_report(&source.names), found.wanted)
}

/// What is wrong with loading `repeated` bytes beyond the first time, for aliases that a type doesn't share. A
/// small file may have very many of them: it may not grow by more than a packed one does.
fn check_repeats(archive: &Archive<'_>, repeated: u64) -> Option<Error> {
    if repeated == 0 {
        return None;
    }
    let (all, limits) = (archive.unpacked_bytes(), archive.limits());
    let most = limits.total_bytes.min(all.saturating_mul(limits.inflate_ratio));
    let found = all.saturating_add(repeated);
    (found > most).then(|| {
        let message = format!(
            "with what aliases stand for, {found} bytes would be loaded, more than the {most} \
             allowed (Limits::total_bytes, Limits::inflate_ratio); Arc and ArcArray share them"
        );
        Error::new(ErrorKind::Limit, message).with_entry(METADATA)
    })
}
