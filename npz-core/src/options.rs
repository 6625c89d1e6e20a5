//! How to save, and how to load.

use std::collections::BTreeMap;

use crate::dtype::ByteOrder;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::rules::{Only, Rename};

/// How far loading may convert an array to the element type that is asked for.
///
/// ```
/// use npz_core::ndarray::{Array1, arr1};
/// use npz_core::{Cast, LoadOptions, read_npy, read_npy_with, write_npy};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("a.npy");
/// write_npy(&path, &arr1(&[0.5_f32, 1.5]))?;
/// assert!(read_npy::<f64, npz_core::ndarray::Ix1>(&path).is_err());
/// let options = LoadOptions::new().cast(Cast::Lossless);
/// let array: Array1<f64> = read_npy_with(&path, &options)?;
/// assert_eq!(array, arr1(&[0.5, 1.5]));
/// # Ok::<(), npz_core::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Cast {
    /// Not at all: the dtype is the one asked for, in either byte order.
    #[default]
    Exact,
    /// Where the type holds every value that the dtype has: `bool` as 0 and 1 to numbers,
    /// integers to wider ones, `i32` and smaller to `f64`, `f16` and `bf16` to `f32`, real to
    /// complex numbers. Unlike NumPy's `safe`, `i64` to `f64` is not among them.
    Lossless,
    /// Every number to every other, as Rust's `as` does it. In range that is what NumPy's `astype`
    /// gives; beyond it, where NumPy's result depends on the machine, floats become the nearest
    /// integer there is and NaN becomes 0. Of complex numbers the real part is kept, and as
    /// `bool` all but zero is `true`.
    Any,
}

/// How the data of an entry are packed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// As they are: fastest to save and load, and the only form that can be mapped.
    #[default]
    Stored,
    /// Deflated, like `np.savez_compressed`; level 1 (fast) to 9 (small), NumPy's is 6.
    #[cfg(feature = "deflate")]
    Deflate(u8),
}

/// How [`save_npz_with`](crate::SaveNpz::save_npz_with), [`NpzWriter`](crate::NpzWriter) and
/// [`write_npy_with`](crate::write_npy_with) write.
///
/// ```
/// use npz_core::{Compression, SaveOptions};
///
/// let options = SaveOptions::new().compression(Compression::Deflate(6)).durable(false);
/// # let _ = options;
/// ```
#[derive(Clone, Debug)]
pub struct SaveOptions {
    pub(crate) compression: Compression,
    pub(crate) alignment: usize,
    pub(crate) durable: bool,
    pub(crate) byte_order: ByteOrder,
    pub(crate) keep_order: bool,
    /// None for what the value says.
    pub(crate) separator: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

impl Default for SaveOptions {
    fn default() -> Self {
        Self {
            compression: Compression::Stored,
            alignment: 64,
            durable: true,
            byte_order: ByteOrder::Little,
            keep_order: false,
            separator: None,
            metadata: BTreeMap::new(),
        }
    }
}

impl SaveOptions {
    /// The defaults: stored, aligned to 64 bytes, durable, little-endian, C order.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How entries are packed; [`Compression::Stored`] by default.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Array data of stored entries start at a multiple of this many bytes of the file: a power
    /// of two up to 32768; 64 by default, for maps and for vector units, 4096 for whole pages.
    #[must_use]
    pub fn alignment(mut self, bytes: usize) -> Self {
        self.alignment = bytes;
        self
    }

    /// Whether a save to a path waits until the file is on the disk; `true` by default.
    ///
    /// Without it the save is still atomic for everyone who reads the file while the system
    /// runs, but after a power cut the file may be the old one, or empty.
    #[must_use]
    pub fn durable(mut self, yes: bool) -> Self {
        self.durable = yes;
        self
    }

    /// The byte order of numbers and text; [`ByteOrder::Little`] by default, whatever the
    /// machine, so that the same values make the same file everywhere.
    #[must_use]
    pub fn byte_order(mut self, order: ByteOrder) -> Self {
        self.byte_order = order;
        self
    }

    /// Whether an array that lies in memory in Fortran order is written so (as NumPy does);
    /// `false` by default, because several readers refuse such files.
    #[must_use]
    pub fn keep_fortran_order(mut self, yes: bool) -> Self {
        self.keep_order = yes;
        self
    }

    /// What joins the levels of a name, as in `layers.0.weight`; `"."` by default, or what
    /// `#[npz(separator = "/")]` says of the struct that is saved.
    #[must_use]
    pub fn separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = Some(separator.into());
        self
    }

    /// A string that goes with the arrays, as often as you like: of two values under one key the
    /// later one counts. [`NpzReader::metadata`](crate::NpzReader::metadata) gives them back.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{NpzReader, NpzWriter, SaveOptions};
    ///
    /// let options = SaveOptions::new().metadata("licence", "CC0").metadata("run", "7");
    /// let mut writer = NpzWriter::with_options(Vec::new(), &options)?;
    /// writer.add("x", &arr1(&[1.0_f32]))?;
    /// let bytes = writer.finish()?;
    ///
    /// let reader = NpzReader::from_bytes(&bytes)?;
    /// assert_eq!(reader.metadata()?["licence"], "CC0");
    /// assert_eq!(reader.names().collect::<Vec<_>>(), ["x"]);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Checks what the setters took on trust, before any file is touched.
    pub(crate) fn check(&self) -> Result<()> {
        let fault = |message: String| Err(Error::new(ErrorKind::Unsupported, message));
        if !self.alignment.is_power_of_two() || self.alignment > 1 << 15 {
            return fault(format!(
                "alignment must be a power of two up to 32768, found {}",
                self.alignment
            ));
        }
        #[cfg(feature = "deflate")]
        if let Compression::Deflate(level @ (0 | 10..)) = self.compression {
            return fault(format!("a deflate level is 1 to 9, found {level}"));
        }
        if self.byte_order == ByteOrder::NotApplicable {
            return fault("a file's byte order is little or big".to_owned());
        }
        check_separator(self.separator.as_deref())
    }
}

/// How [`load_npz_with`](crate::LoadNpz::load_npz_with), [`NpzReader`](crate::NpzReader) and
/// [`read_npy_with`](crate::read_npy_with) read.
///
/// ```no_run
/// use std::collections::HashMap;
/// use npz_core::ndarray::ArrayD;
/// use npz_core::{LoadNpz, LoadOptions};
///
/// let options = LoadOptions::new().lenient(true);
/// let arrays: HashMap<String, ArrayD<f32>> = LoadNpz::load_npz_with("old.npz", &options)?;
/// # Ok::<(), npz_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LoadOptions {
    pub(crate) limits: Limits,
    pub(crate) lenient: bool,
    pub(crate) allow_unexpected: bool,
    pub(crate) allow_missing: bool,
    pub(crate) allow_trailing: bool,
    pub(crate) cast: Cast,
    pub(crate) rename: Rename,
    pub(crate) only: Only,
    /// None for what the type says.
    pub(crate) separator: Option<String>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            lenient: false,
            allow_unexpected: false,
            allow_missing: false,
            allow_trailing: true,
            cast: Cast::Exact,
            rename: Rename::default(),
            only: Only::default(),
            separator: None,
        }
    }
}

impl LoadOptions {
    /// The defaults: strict framing, no unexpected entries, no casts, the default [`Limits`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bounds on what the file may ask for.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether to open everything that `np.load` opens: archives with bytes before or after
    /// them, gaps, several end records, and members packed by bzip2, lzma or zstd (a feature
    /// each). `false` by default, because two readers may see different arrays in such a file.
    #[must_use]
    pub fn lenient(mut self, yes: bool) -> Self {
        self.lenient = yes;
        self
    }

    /// Whether a typed load passes over entries that the type has no place for; `false` by
    /// default: in a checkpoint, an array that nobody asks for is most often one that was
    /// renamed, and a model that silently runs without it is worse than an error. (PyTorch's
    /// `load_state_dict` decides the same; serde, made for configuration, the other way.)
    #[must_use]
    pub fn allow_unexpected(mut self, yes: bool) -> Self {
        self.allow_unexpected = yes;
        self
    }

    /// Whether [`update_from_npz`](crate::LoadNpz::update_from_npz) leaves what the file doesn't
    /// have as it is; `false` by default. (A load has nothing to leave: there, say
    /// `#[npz(default)]` of the fields that may be missing.)
    #[must_use]
    pub fn allow_missing(mut self, yes: bool) -> Self {
        self.allow_missing = yes;
        self
    }

    /// Reads entries whose names start with `from` as if they started with `to`: with
    /// `("model.", "")` the entry `model.embed` is the field `embed`. Rules are applied one after
    /// the other, in the order in which they are given.
    #[must_use]
    pub fn rename_prefix(self, from: impl Into<String>, to: impl Into<String>) -> Self {
        let (from, to) = (from.into(), to.into());
        self.rename_with(move |name| Some([&to, name.strip_prefix(&from)?].concat()))
    }

    /// Reads entries under the names that `rule` gives them; `None` keeps a name.
    #[must_use]
    pub fn rename_with(
        mut self,
        rule: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.rename.push(rule);
        self
    }

    /// Looks only at entries whose names, once renamed, start with `prefix`.
    #[must_use]
    pub fn only_prefix(self, prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        self.only_if(move |name| name.starts_with(&prefix))
    }

    /// Looks only at entries whose names, once renamed, pass `predicate`. The others are neither
    /// loaded nor unexpected.
    #[must_use]
    pub fn only_if(mut self, predicate: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.only.push(predicate);
        self
    }

    /// Whether bytes may follow the array of a `.npy` file; `true` by default, since `np.load`
    /// reads files to which further arrays were appended (see [`NpyStream`](crate::NpyStream)).
    #[must_use]
    pub fn allow_trailing(mut self, yes: bool) -> Self {
        self.allow_trailing = yes;
        self
    }

    /// How far arrays of another dtype are converted to the one asked for; [`Cast::Exact`] by
    /// default. It is done while decoding, without a second copy of the array. A field of a
    /// derived struct can have its own rule: `#[npz(cast)]`.
    #[must_use]
    pub fn cast(mut self, cast: Cast) -> Self {
        self.cast = cast;
        self
    }

    /// What joins the levels of a name; `"."` by default, or what `#[npz(separator = "/")]` says
    /// of the struct that is loaded.
    #[must_use]
    pub fn separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = Some(separator.into());
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        check_separator(self.separator.as_deref())
    }
}

/// What joins the levels of a name when neither the options nor the value say it.
pub(crate) const SEPARATOR: &str = ".";

fn check_separator(separator: Option<&str>) -> Result<()> {
    if let Some(separator) = separator
        && (separator.is_empty() || separator.contains('\0'))
    {
        let message = format!("the separator of names can't be {separator:?}");
        return Err(Error::new(ErrorKind::Name, message));
    }
    Ok(())
}
