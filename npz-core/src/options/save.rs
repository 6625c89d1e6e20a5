//! How to save.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Callback, Compression, Progress, check_separator};
use crate::dtype::ByteOrder;
use crate::error::{Error, ErrorKind, Result};

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
    pub(crate) numpy_framing: bool,
    pub(crate) durable: bool,
    pub(crate) byte_order: ByteOrder,
    pub(crate) keep_order: bool,
    /// None for what the value says.
    pub(crate) separator: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) threads: usize,
    pub(crate) progress: Callback,
}

impl Default for SaveOptions {
    fn default() -> Self {
        Self {
            compression: Compression::Stored,
            alignment: 64,
            numpy_framing: false,
            durable: true,
            byte_order: ByteOrder::Little,
            keep_order: false,
            separator: None,
            metadata: BTreeMap::new(),
            threads: 0,
            progress: Callback::default(),
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

    /// Whether archives get the very bytes that `np.savez` writes around arrays, and no alignment;
    /// `false` by default. Then saving what NumPy saved, in the same order, makes the same file. It
    /// costs maps and views, and readers that know no zip64, such as cnpy.
    ///
    /// With [`Compression::Deflate`], the headers are those of `np.savez_compressed`, but the packed
    /// bytes depend on the zlib that Python has.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{NpzWriter, SaveOptions};
    ///
    /// let mut writer = NpzWriter::with_options(Vec::new(), &SaveOptions::new().numpy_framing(true))?;
    /// writer.add("x", &arr1(&[1.0]))?;
    /// let bytes = writer.finish()?;
    /// assert_eq!(&bytes[18..26], [0xFF; 8]); // sizes are said in 64 bits, behind the name
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn numpy_framing(mut self, yes: bool) -> Self {
        self.numpy_framing = yes;
        self
    }

    /// Whether a save to a path waits until the file is on the disk; `true` by default.
    ///
    /// Without it the save is still atomic for everyone who reads the file while the system
    /// runs, but after a power cut the file may be the old one, empty, or full of zeros: the new name
    /// may reach the disk before the data do.
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

    /// How many threads may work at once; 0, the default, for as many as help, 1 for none besides the
    /// caller's. The bytes are the same for every
    /// number.
    #[must_use]
    pub fn threads(mut self, count: usize) -> Self {
        self.threads = count;
        self
    }

    /// Calls `tell` as the work goes on, with the bytes done and in all, and the entry; from one
    /// thread at a time, but not always the same one. If it returns
    /// [`ControlFlow::Break`](std::ops::ControlFlow::Break), the work ends with
    /// [`ErrorKind::Cancelled`], and nothing
    /// is left behind.
    ///
    /// It is called about once per 4 MiB, or less often where entries are small, so it costs
    /// nothing that could be measured if it returns soon.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use npz_core::SaveOptions;
    ///
    /// let options = SaveOptions::new().progress(|progress| {
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
        if let Compression::Deflate(level @ 10..) = self.compression {
            return fault(format!("a deflate level is 0 to 9, found {level}"));
        }
        if self.byte_order == ByteOrder::NotApplicable {
            return fault("a file's byte order is little or big".to_owned());
        }
        check_separator(self.separator.as_deref())
    }
}
