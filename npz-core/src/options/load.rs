//! How to load.

use std::ops::ControlFlow;

use super::{Callback, Cast, Progress, check_separator};
use crate::error::Result;
use crate::limits::Limits;
use crate::rules::{Only, Rename};

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
    pub(crate) utf8_names: bool,
    pub(crate) allow_unexpected: bool,
    pub(crate) allow_missing: bool,
    pub(crate) allow_trailing: bool,
    pub(crate) cast: Cast,
    pub(crate) rename: Rename,
    pub(crate) only: Only,
    /// None for what the type says.
    pub(crate) separator: Option<String>,
    pub(crate) threads: usize,
    pub(crate) verify: bool,
    pub(crate) progress: Callback,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            lenient: false,
            utf8_names: false,
            allow_unexpected: false,
            allow_missing: false,
            allow_trailing: true,
            cast: Cast::Exact,
            rename: Rename::default(),
            only: Only::default(),
            separator: None,
            threads: 0,
            verify: true,
            progress: Callback::default(),
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

    /// Whether to refuse an archive with names outside ASCII that aren't marked as UTF-8; `false` by
    /// default. Such names are in code page 437 by the format (APPNOTE, appendix D), which is how
    /// `np.load` and this crate read them; other programs take the machine's own code page, or guess.
    /// So what two programs see by one name may be two arrays. Say `true` for files that nobody
    /// vouches for and that others read as well. All that NumPy and this crate write is marked.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{ErrorKind, LoadOptions, NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("\u{e9}", &arr1(&[1_u8]))?;
    /// let mut bytes = writer.finish()?;
    /// let options = LoadOptions::new().utf8_names(true);
    /// assert_eq!(NpzReader::from_bytes_with(&bytes, &options)?.names().next(), Some("\u{e9}"));
    ///
    /// // Without the mark, which stands in two places, it is another name.
    /// let directory = bytes.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    /// for flags in [6, directory + 8] {
    ///     bytes[flags + 1] &= !(1 << 3);
    /// }
    /// assert_eq!(NpzReader::from_bytes(&bytes)?.names().next(), Some("\u{251c}\u{2310}"));
    /// let refused = NpzReader::from_bytes_with(&bytes, &options).unwrap_err();
    /// assert_eq!(refused.kind(), ErrorKind::Name);
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn utf8_names(mut self, yes: bool) -> Self {
        self.utf8_names = yes;
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
    /// reads files to which further arrays were appended (see [`NpyStream`](crate::NpyStream)),
    /// and since a program that is killed while it [appends](crate::NpyAppender) rows leaves some.
    /// All readers see the same array in such a file. What follows an array in a stream is looked
    /// for, a byte of it taken, only if this is `false`.
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

    /// How many threads may work at once; 0, the default, for as many as help, 1 for none besides the
    /// caller's. Values and errors are the same for every number.
    ///
    /// Threads help with arrays of several MiB, and with many small ones that a
    /// [`LoadNpz`](crate::LoadNpz) type takes, in files, in memory, and in other sources that
    /// [read in parallel](crate::ReadAt::reads_in_parallel). Of small ones up to 64 MiB may be
    /// loaded before the value comes to them.
    #[must_use]
    pub fn threads(mut self, count: usize) -> Self {
        self.threads = count;
        self
    }

    /// Whether the checksum of every entry is compared before a value is handed out; `true` by
    /// default, at some percent of the time of a load from memory. Without it, a bit that a disk, a
    /// cable or a program has changed becomes a number in an array, and nobody hears of it. Say
    /// `false` where something else vouches for the bytes, or where
    /// [`NpzReader::verify`](crate::NpzReader::verify), which compares them whatever is said here,
    /// is called later. All other checks stay.
    ///
    /// ```
    /// use npz_core::ndarray::{Array1, arr1};
    /// use npz_core::{LoadOptions, NpzReader, NpzWriter};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &arr1(&[1_u8, 2, 3]))?;
    /// let bytes = writer.finish()?;
    ///
    /// let reader = NpzReader::from_bytes_with(&bytes, &LoadOptions::new().verify(false))?;
    /// let x: Array1<u8> = reader.get("x")?; // whatever its bytes are
    /// reader.verify()?; // and were they sound?
    /// # assert_eq!(x, arr1(&[1, 2, 3]));
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn verify(mut self, yes: bool) -> Self {
        self.verify = yes;
        self
    }

    /// Calls `tell` as a load goes on, with the bytes done and in all, and the entry; from one thread
    /// at a time, but not always the same one. If it returns
    /// [`ControlFlow::Break`](std::ops::ControlFlow::Break), the load ends with
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled), and no value is handed out.
    ///
    /// It is called about once per 4 MiB, and at the end, so it costs nothing that could be measured
    /// if it returns soon. Typed loads and updates, whole arrays of an
    /// [`NpzReader`](crate::NpzReader), each for itself, and `.npy` files (whose entry has no name)
    /// are told; views, slices and chunks are not.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use npz_core::LoadOptions;
    ///
    /// let options = LoadOptions::new().progress(|progress| {
    ///     eprint!("\r{} of {} bytes", progress.done(), progress.total().unwrap_or(0));
    ///     ControlFlow::Continue(())
    /// });
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn progress(
        mut self,
        tell: impl Fn(&Progress<'_>) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> Self {
        self.progress = Callback::new(tell);
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        check_separator(self.separator.as_deref())
    }
}
