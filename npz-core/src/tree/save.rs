//! Saving: the trait, and the way from a value to a file.

use std::path::Path;

use super::plan::{Plan, PlannedArray};
use crate::error::Result;
use crate::io::atomic::AtomicFile;
use crate::npz::{NpzEditor, NpzWriter};
#[cfg(feature = "deflate")]
use crate::options::Compression;
use crate::options::{SEPARATOR, SaveOptions};

/// A value that can be saved as named arrays.
///
/// Usually derived. Implemented for arrays (of any storage and dimension), scalars, `String`,
/// `Vec`, slices, `[T; N]`, `Option`, pointers, tuples and maps; the table in the
/// [crate docs](crate#on-disk) says what each becomes.
///
/// ```
/// use npz_core::ndarray::{Array1, Array2};
/// use npz_core::SaveNpz;
///
/// #[derive(SaveNpz)]
/// struct Linear<A> { weight: Array2<A>, bias: Array1<A> }
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("linear.npz");
/// let linear = Linear { weight: Array2::<f32>::eye(3), bias: Array1::zeros(3) };
/// linear.save_npz(&path)?; // np.load(path) shows "weight" and "bias"
/// # Ok::<(), npz_core::Error>(())
/// ```
///
/// The trait is object safe. A `Box<dyn SaveNpz>` is saved like any value, and a `&dyn SaveNpz` by
/// a reference to it, since the methods that save need a receiver of known size:
///
/// ```
/// # use npz_core::SaveNpz;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("values.npz");
/// let value: &dyn SaveNpz = &7_u64;
/// (&value).save_npz(&path)?;
/// # Ok::<(), npz_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be saved to an npz file",
    label = "not an array, a scalar, or a struct with `#[derive(SaveNpz)]`",
    note = "for a struct of your own, add `#[derive(SaveNpz)]`; to leave a field out, add `#[npz(skip)]`"
)]
pub trait SaveNpz {
    /// Adds the value's arrays to `plan`.
    ///
    /// # Errors
    /// What the methods of [`Plan`] return.
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) -> Result<()>;

    /// Adds a slice of values: `0`, `1`, … below this level, unless the values are scalars,
    /// which make one array.
    #[doc(hidden)]
    fn plan_slice<'a>(items: &'a [Self], plan: &mut Plan<'a>) -> Result<()>
    where
        Self: Sized,
    {
        if items.is_empty() {
            return plan.empty();
        }
        items.iter().enumerate().try_for_each(|(index, item)| plan.child(&index.to_string(), item))
    }

    /// What joins the levels of a name when this value is saved as a whole and the options don't
    /// say it.
    #[doc(hidden)]
    fn separator(&self) -> Option<&'static str> {
        None
    }

    /// The version of the layout that this value is saved in.
    #[doc(hidden)]
    fn version(&self) -> Option<u64> {
        None
    }

    /// Saves to the file at `path`, atomically and durably: whenever the program or the machine
    /// stops, the file is either the old one or the new one, and once this returns it is the new.
    ///
    /// Symbolic links are followed; an existing file's mode is kept, and its owner as far as that is
    /// allowed. Other names of it (hard links), open handles and maps keep the old bytes, so a value
    /// can be saved onto the file that it is mapped from. Access lists and extended attributes are
    /// those of a new file.
    ///
    /// A program that is killed meanwhile leaves a hidden file `.npz-….tmp` in the folder, which
    /// [`sweep_stale`](crate::sweep_stale) removes.
    ///
    /// # Errors
    /// Names that can't be saved, before any file is touched; [`ErrorKind::Conflict`] if something
    /// else than a regular file stands there; everything that can go wrong with a file. On every
    /// error the old file is as it was and nothing is left beside it, with one exception:
    /// [`ErrorKind::NotDurable`], when the new file is in place but its folder can't be flushed.
    ///
    /// [`ErrorKind::Conflict`]: crate::ErrorKind::Conflict
    /// [`ErrorKind::NotDurable`]: crate::ErrorKind::NotDurable
    fn save_npz(&self, path: impl AsRef<Path>) -> Result<()>
    where
        Self: Sized,
    {
        self.save_npz_with(path, &SaveOptions::default())
    }

    /// Saves to the file at `path` like [`save_npz`](Self::save_npz), deflated by what is in the
    /// data: see [`Compression::Auto`](crate::Compression::Auto).
    ///
    /// ```
    /// use npz_core::ndarray::Array2;
    /// use npz_core::{LoadNpz, SaveNpz};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("mask.npz");
    /// let mask = Array2::<u8>::zeros((512, 512));
    /// mask.save_npz_compressed(&path)?;
    /// assert!(std::fs::metadata(&path).unwrap().len() < 1000);
    /// assert_eq!(Array2::<u8>::load_npz(&path)?, mask);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`save_npz`](Self::save_npz).
    #[cfg(feature = "deflate")]
    fn save_npz_compressed(&self, path: impl AsRef<Path>) -> Result<()>
    where
        Self: Sized,
    {
        self.save_npz_with(path, &SaveOptions::default().compression(Compression::Auto))
    }

    /// Saves to the file at `path` as `options` say.
    ///
    /// # Errors
    /// As [`save_npz`](Self::save_npz).
    fn save_npz_with(&self, path: impl AsRef<Path>, options: &SaveOptions) -> Result<()>
    where
        Self: Sized,
    {
        save(path.as_ref(), self, options)
    }
}

fn save(path: &Path, value: &dyn SaveNpz, options: &SaveOptions) -> Result<()> {
    let run = || {
        options.check()?;
        let mut plan = Plan::new(options, value.separator());
        value.plan(&mut plan)?;
        write(path, plan, value.version(), options)
    };
    run().map_err(|error| error.with_path(path))
}

/// Saves values under their names, and those without one as `arr_0`, `arr_1`, …: the body of
/// [`savez!`](crate::savez).
pub(crate) fn save_all(path: &Path, values: &[(Option<&str>, &dyn SaveNpz)]) -> Result<()> {
    let options = SaveOptions::default();
    let run = || {
        let mut plan = Plan::new(&options, None);
        let mut unnamed = 0;
        for (name, value) in values {
            match name {
                Some(name) => plan.field(name, *value)?,
                None => {
                    plan.field(&format!("arr_{unnamed}"), *value)?;
                    unnamed += 1;
                }
            }
        }
        write(path, plan, None, &options)
    };
    run().map_err(|error| error.with_path(path))
}

fn write(path: &Path, plan: Plan<'_>, version: Option<u64>, options: &SaveOptions) -> Result<()> {
    let aliases = plan.aliases()?;
    let file = AtomicFile::create(path, options.durable)?;
    let mut writer = NpzWriter::over(file, options)?;
    writer.describe(aliases, version);
    let (names, arrays) = plan.into_parts();
    writer.adopt(names);
    let entries = writer.entries(arrays.iter().map(PlannedArray::borrowed))?;
    writer.reserve(&entries)?;
    writer.take_dtypes(&entries);
    writer.announce(&entries);
    writer.write_entries(&entries)?;
    writer.finish().map(drop)
}

impl<W: std::io::Write> NpzWriter<W> {
    /// Adds all arrays of a value, under their own names.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{NpzReader, NpzWriter, SaveNpz};
    ///
    /// #[derive(SaveNpz)]
    /// struct Moments { mean: f64, deviation: f64 }
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("samples", &arr1(&[1.0, 3.0]))?;
    /// writer.add_all(&Moments { mean: 2.0, deviation: 1.0 })?;
    /// let bytes = writer.finish()?;
    /// let names: Vec<_> = NpzReader::from_bytes(&bytes)?.names().map(str::to_owned).collect();
    /// assert_eq!(names, ["samples", "mean", "deviation"]);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`add`](Self::add), and what the value's plan returns. The archive is as if nothing had been
    /// asked if a name is taken, be it an array's or that of a shared one that stands for another, or
    /// if an array has no dtype.
    pub fn add_all(&mut self, value: &(impl SaveNpz + ?Sized)) -> Result<()> {
        let options = self.options().clone();
        let mut plan = Plan::new(&options, value.separator());
        value.plan(&mut plan)?;
        let (aliases, tied) = (plan.aliases()?.clone(), plan.tied().to_vec());
        let arrays = plan.into_arrays();
        let entries = self.prepare(arrays.iter().map(PlannedArray::borrowed), &tied)?;
        // Not before it is known that what they stand for will be there.
        self.describe(&aliases, value.version());
        self.write_entries(&entries)
    }
}

impl<'a> NpzEditor<'a> {
    /// Puts all arrays of a value under `name`, in the place of everything that is there: an
    /// entry of that name, and all entries below it.
    ///
    /// ```
    /// use npz_core::{NpzEditor, NpzReader, savez};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("run.npz");
    /// savez!(&path, best = vec![vec![1.0], vec![2.0], vec![3.0]], step = 3_u64)?;
    /// let best = vec![vec![0.5], vec![0.25]];
    /// let mut editor = NpzEditor::open(&path)?;
    /// editor.put_value("best", &best)?;
    /// editor.commit()?;
    /// let reader = NpzReader::open(&path)?;
    /// assert_eq!(reader.names().collect::<Vec<_>>(), ["best.0", "best.1", "step"]);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`put`](Self::put), and what the value's plan returns; then nothing has changed.
    pub fn put_value(&mut self, name: &str, value: &'a (impl SaveNpz + ?Sized)) -> Result<()> {
        let options = self.options();
        let mut plan = Plan::new(options, None);
        let below = [name, options.separator.as_deref().unwrap_or(SEPARATOR)].concat();
        plan.field(name, value)?;
        let aliases = plan.aliases()?.clone();
        let arrays =
            plan.into_arrays().into_iter().map(|array| (array.name().to_owned(), array.source));
        self.replace_all(name, &below, arrays.collect(), &aliases)
    }
}
