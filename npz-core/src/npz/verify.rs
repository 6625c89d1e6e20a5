//! Looking for damage in all of an archive, without keeping any of it.

use std::fmt;
use std::path::{Path, PathBuf};

use super::archive::{Archive, Index, read_directory};
use super::entry::METADATA;
use super::listing::Entry;
use super::method::Method;
use super::open::locate;
use super::reader::NpzReader;
use crate::error::{Error, Result};
use crate::npy::{self, Header, ValueCounts};
use crate::options::{Meter, VerifyOptions};

impl NpzReader<'_> {
    /// Reads all entries and compares their checksums, and what their npy headers promise with
    /// their sizes. Views and opening don't.
    ///
    /// # Errors
    /// The first fault, with its entry; [`verify_report`](Self::verify_report) tells all of them.
    pub fn verify(&self) -> Result<()> {
        let archive = self.archive();
        (0..archive.len()).try_for_each(|index| archive.verify(index))
    }

    /// Reads all entries, `__metadata__` among them, and tells of each what it is and whether it
    /// is sound: its headers, its framing, its checksum, and its size against its shape.
    ///
    /// ```
    /// use npz_core::ndarray::arr1;
    /// use npz_core::{NpzReader, NpzWriter, VerifyOptions};
    ///
    /// let mut writer = NpzWriter::new(Vec::new());
    /// writer.add("x", &arr1(&[1.0, f64::NAN]))?;
    /// writer.add("y", &arr1(&[true]))?;
    /// let mut bytes = writer.finish()?;
    ///
    /// let report = NpzReader::from_bytes(&bytes)?.verify_report(&VerifyOptions::new().values(true));
    /// assert!(report.is_sound());
    /// assert_eq!(report.entries()[0].values().unwrap().nan(), 1);
    ///
    /// let one = bytes.iter().position(|&byte| byte == 0xF0).unwrap(); // of 1.0
    /// bytes[one] ^= 1;
    /// let report = NpzReader::from_bytes(&bytes)?.verify_report(&VerifyOptions::new());
    /// assert!(report.entries()[0].fault().unwrap().to_string().contains("expected CRC-32"));
    /// assert!(report.entries()[1].fault().is_none());
    /// # Ok::<(), npz_core::Error>(())
    /// ```
    #[must_use]
    pub fn verify_report(&self, options: &VerifyOptions) -> VerifyReport {
        let archive = self.archive();
        let framing = match archive.index {
            // It would not be open.
            Index::Strict(_) => None,
            Index::Lenient(_) => strict(&archive).err().map(|error| archive.in_file(error)),
        };
        let size = |index| archive.index.facts(index).size;
        let total = (0..archive.len()).map(size).fold(0, u64::saturating_add);
        let meter = Meter::new(&options.progress, total);
        let look = Look { values: options.values, meter: meter.as_ref() };
        let entries = (0..archive.len()).map(|index| EntryReport::new(&archive, index, look));
        VerifyReport { path: archive.path.map(Path::to_owned), framing, entries: entries.collect() }
    }
}

/// What a strict reader finds before it reads any data.
fn strict(archive: &Archive<'_>) -> Result<()> {
    let directory = read_directory(archive.source, archive.options)?;
    (0..directory.len()).try_for_each(|index| {
        let found = locate(&directory.entry(index), archive.source, None);
        found.map(drop).map_err(|error| error.with_entry(directory.key(index)))
    })
}

impl Entry<'_> {
    /// Reads the entry and compares its checksum, and its size with what its npy header promises.
    /// A view doesn't.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`](crate::ErrorKind::Corrupt) or
    /// [`ErrorKind::Truncated`](crate::ErrorKind::Truncated) if the entry is damaged.
    pub fn verify(&self) -> Result<()> {
        self.archive.verify(self.index)
    }
}

/// What [`NpzReader::verify_report`] found.
///
/// `Display` is a line for each fault, or one that says that there is none.
#[derive(Debug)]
pub struct VerifyReport {
    path: Option<PathBuf>,
    framing: Option<Error>,
    entries: Vec<EntryReport>,
}

impl VerifyReport {
    /// The file, if the archive was opened by its path.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What the strict reader has against the archive as a whole, or against the headers of one of its
    /// entries, if [`LoadOptions::lenient`](crate::LoadOptions::lenient) opened it nevertheless.
    #[must_use]
    pub fn framing(&self) -> Option<&Error> {
        self.framing.as_ref()
    }

    /// Every entry in the archive's order, `__metadata__` too.
    #[must_use]
    pub fn entries(&self) -> &[EntryReport] {
        &self.entries
    }

    /// The same, to be kept.
    #[must_use]
    pub fn into_parts(self) -> (Option<Error>, Vec<EntryReport>) {
        (self.framing, self.entries)
    }

    /// Whether there is no fault.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults().next().is_none()
    }

    /// Every fault: of the archive, then of its entries.
    pub fn faults(&self) -> impl Iterator<Item = &Error> {
        self.framing.iter().chain(self.entries.iter().filter_map(EntryReport::fault))
    }
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut faults = self.faults().peekable();
        if faults.peek().is_none() {
            if let Some(path) = &self.path {
                write!(f, "{}: ", path.display())?;
            }
            let plural = if self.entries.len() == 1 { "y" } else { "ies" };
            return write!(f, "{} entr{plural}, no fault", self.entries.len());
        }
        while let Some(fault) = faults.next() {
            fault.fmt(f)?;
            if faults.peek().is_some() {
                f.write_str("\n")?;
            }
        }
        Ok(())
    }
}

/// What [`NpzReader::verify_report`] found of one entry.
#[derive(Debug)]
pub struct EntryReport {
    name: String,
    member: String,
    method: Method,
    size: u64,
    packed_size: u64,
    header: Option<Header>,
    values: Option<ValueCounts>,
    fault: Option<Error>,
}

/// How deep to look, and who hears of it.
#[derive(Clone, Copy, Default)]
struct Look<'m> {
    values: bool,
    meter: Option<&'m Meter<'m>>,
}

impl EntryReport {
    fn new(archive: &Archive<'_>, index: usize, look: Look<'_>) -> Self {
        let facts = archive.index.facts(index);
        let mut report = Self {
            name: archive.index.key(index).to_owned(),
            member: archive.index.member(index).to_owned(),
            method: facts.method,
            size: facts.size,
            packed_size: facts.packed_size,
            header: None,
            values: None,
            fault: None,
        };
        let named = |error: Error| archive.in_file(error.with_entry(&report.name));
        let examined = archive.examine(index, look, &mut report.header);
        match examined.map_err(named) {
            Ok(values) => report.values = values,
            Err(fault) => report.fault = Some(fault),
        }
        report
    }

    /// Its name, without the `.npy` of its member.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of its member in the archive, with `.npy`.
    #[must_use]
    pub fn member(&self) -> &str {
        &self.member
    }

    /// How it is packed.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// Its size in bytes, unpacked, npy header included, as the archive declares it.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes it takes in the file, packed, without the archive's headers.
    #[must_use]
    pub fn packed_size(&self) -> u64 {
        self.packed_size
    }

    /// The dtype, shape and order of its array; `None` if the member is no npy file, or damaged
    /// before the end of its header.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// How many of its values are out of the ordinary, where
    /// [`VerifyOptions::values`](crate::VerifyOptions::values) asked for it; `None` for what is no
    /// array, is damaged, or holds Python objects.
    #[must_use]
    pub fn values(&self) -> Option<ValueCounts> {
        self.values
    }

    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self) -> Option<&Error> {
        self.fault.as_ref()
    }

    /// The same, to be kept.
    #[must_use]
    pub fn into_fault(self) -> Option<Error> {
        self.fault
    }
}

impl Archive<'_> {
    fn verify(&self, index: usize) -> Result<()> {
        let named = |error: Error| self.in_file(error.with_entry(self.index.key(index)));
        self.examine(index, Look::default(), &mut None).map(drop).map_err(named)
    }

    /// Reads all of the entry at `index` for its checks. `header` is set as soon as it is known.
    fn examine(
        &self,
        index: usize,
        look: Look<'_>,
        header: &mut Option<Header>,
    ) -> Result<Option<ValueCounts>> {
        let (found, stream) = self.open_member(index)?;
        let mut stream = stream.metered(look.meter, self.index.key(index));
        *header = found;
        let mut counts = None;
        if let Some(header) = header {
            self.check_size(header, &stream)?;
            if look.values && !header.dtype().has_object() {
                // Damaged metadata are a fault of theirs.
                let logical = self.logical_dtype(index).unwrap_or_default();
                let present = stream.is_present();
                counts = Some(npy::count_values(header, logical, present, &mut stream)?);
            }
        }
        stream.drain()?;
        stream.finish()?;
        if self.index.key(index) == METADATA {
            self.metadata()?;
        }
        Ok(counts)
    }
}
