//! Appending to a `.npy` file that is there.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{self, Path, PathBuf};

use ndarray::{ArrayRef, Dimension};

use super::header::{Decoded, Header, Version, is_magic};
use super::rows::{Rows, no_room};
use crate::element::Element;
use crate::error::{Error, ErrorKind, Result};
use crate::io::locked::Locked;
use crate::io::read_at::ReadAt;
use crate::io::regular;
use crate::io::write_at::write_in_place;
use crate::limits::Limits;
use crate::options::SaveOptions;

/// Small rows are put together in a buffer of this size.
const BUFFER_BYTES: usize = 64 << 10;

/// Appends rows to the array of a `.npy` file, without rewriting what is there.
///
/// An array in C order grows along its first axis, one in Fortran order along its last. The new
/// items are written behind the old ones, and made durable; only then is the header replaced by
/// one that counts them, of the same length, for which NumPy leaves room. Whenever the program or
/// the machine stops, the file holds the array as it was at one of these steps (as long as a write of a
/// few bytes is done as a whole or not at all, which systems and disks do): bytes behind the
/// array, which an append left that came to no end, are ignored by every reader, and overwritten
/// by the next append.
///
/// Two of these can't have one file open at the same time. Whoever has mapped the file keeps
/// seeing the array that was there. Once another file stands at the path, put there by
/// [`write_npy`](crate::write_npy) or whoever else, rows can't be added any more.
///
/// ```
/// use npz_core::ndarray::{Array2, array};
/// use npz_core::{NpyAppender, read_npy, write_npy};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("log.npy");
/// write_npy(&path, &array![[1.0, 2.0]])?;
///
/// let mut log = NpyAppender::open(&path)?;
/// log.push(&array![3.0, 4.0])?; // a row
/// log.flush()?; // is part of the array from here on
/// log.push_slice(&[5.0, 6.0, 7.0, 8.0])?; // items, row after row
/// log.finish()?;
///
/// let array: Array2<f64> = read_npy(&path)?;
/// assert_eq!(array.dim(), (4, 2));
/// # Ok::<(), npz_core::Error>(())
/// ```
#[must_use = "rows are part of the array only after flush or finish"]
pub struct NpyAppender<A> {
    rows: Rows<A>,
    out: BufWriter<Locked>,
    frame: Frame,
    durable: bool,
    path: PathBuf,
    /// The same, wherever the program goes meanwhile.
    absolute: PathBuf,
    /// As it stands in the file.
    header: Vec<u8>,
    /// The number of rows that it counts.
    settled: usize,
    /// Items may not have reached the disk, and no later flush would tell: after a failed `fsync`
    /// the system forgets what it couldn't write.
    broken: bool,
}

/// The header's place in the file.
#[derive(Clone, Copy)]
struct Frame {
    version: Version,
    len: usize,
}

impl<A> fmt::Debug for NpyAppender<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpyAppender")
            .field("path", &self.path)
            .field("rows", &self.rows.rows())
            .finish_non_exhaustive()
    }
}

impl<A: Element> NpyAppender<A> {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Dtype`] if its items are no `A`s, or are narrower text or bytes, which are read as
    /// `A`s but have no room for them; [`ErrorKind::Shape`] for an array without
    /// dimensions; [`ErrorKind::Conflict`] if somebody else is appending to it, or another array
    /// follows in the same file; [`ErrorKind::Limit`] for a header without room for more rows;
    /// everything that can be wrong with a file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &SaveOptions::default())
    }

    /// Opens the file at `path`; of the `options`, durability applies.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, options: &SaveOptions) -> Result<Self> {
        let path = path.as_ref();
        let start = || {
            options.check()?;
            Self::start(path, options.durable)
        };
        start().map_err(|error| error.with_path(path))
    }

    fn start(path: &Path, durable: bool) -> Result<Self> {
        let (file, _) =
            regular::open(path, OpenOptions::new().read(true).write(true), "an npy file")?;
        let Some(mut file) = Locked::lock(file) else {
            let message = "somebody else is writing to this file; wait until they are done";
            return Err(Error::new(ErrorKind::Conflict, message));
        };
        let (header, frame, bytes) = read_header(&mut file)?;
        let Some(settled) = header.growing() else {
            let message = "an array without dimensions can't grow; save one of shape (1,)";
            return Err(Error::new(ErrorKind::Shape, message));
        };
        let end = (frame.len as u64).saturating_add(header.nbytes() as u64);
        check_end(&file, end)?;
        let room = room(&header, settled, frame)?;
        let rows = Rows::resume(header, room)?;
        file.seek(SeekFrom::Start(end)).map_err(|error| Error::io("find the end", error))?;
        let out = BufWriter::with_capacity(BUFFER_BYTES, file);
        let absolute = path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let (path, header, broken) = (path.to_owned(), bytes, false);
        Ok(Self { rows, out, frame, durable, path, absolute, header, settled, broken })
    }

    /// Appends one row, or several: an array of the file's shape without the axis that grows, or
    /// with another length of that.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] for an array of another shape, [`ErrorKind::Limit`] for more rows than
    /// the header has room for, and then nothing is appended; [`ErrorKind::Value`] for text that is
    /// longer than the dtype holds or ends with NUL, and then nothing is appended or, of many items, a
    /// part, so that what was pushed since the last flush is lost; everything that can go wrong with a
    /// file.
    pub fn push<D: Dimension>(&mut self, array: &ArrayRef<A, D>) -> Result<()> {
        let Self { rows, out, .. } = self;
        let pushed = rows.push(array, &mut |bytes| write(out, bytes));
        pushed.map_err(|error| error.with_path(&self.path))
    }

    /// Appends items in the file's order, row after row (column after column in Fortran order). A
    /// row may begin in one slice and end in the next.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_slice(&mut self, items: &[A]) -> Result<()> {
        let Self { rows, out, .. } = self;
        let pushed = rows.push_slice(items, &mut |bytes| write(out, bytes));
        pushed.map_err(|error| error.with_path(&self.path))
    }

    /// The number of whole rows, those in the file before included.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.rows()
    }

    /// Makes all rows so far part of the array.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the last row isn't whole; [`ErrorKind::Conflict`] if another file stands
    /// at the path by now, or none; everything that can go wrong with a file. The array is then as it was after the last flush, unless the error is [`ErrorKind::NotDurable`]:
    /// then readers see the new rows, which may not survive a power cut.
    pub fn flush(&mut self) -> Result<()> {
        self.settle().map_err(|error| error.with_path(&self.path))
    }

    /// Makes all rows part of the array, and closes the file.
    ///
    /// # Errors
    /// As [`flush`](Self::flush).
    pub fn finish(mut self) -> Result<()> {
        self.flush()
    }

    fn settle(&mut self) -> Result<()> {
        let header = self.rows.finish()?;
        if self.rows.rows() == self.settled {
            return Ok(());
        }
        if self.broken {
            let message = "a flush failed before; open the file again to append to what it has";
            return Err(Error::new(ErrorKind::Io, message));
        }
        if !regular::is_at(self.out.get_ref(), &self.absolute)? {
            let message = "another file was put in this one's place while rows were appended, so \
                           that nobody would see them; open the new one and append them there";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        let Some(bytes) = header.encode_at_len(self.frame.version, self.frame.len)? else {
            return Err(no_room());
        };
        self.broken = true;
        self.out.flush().map_err(|error| Error::io("write", error))?;
        let durable = self.durable;
        let sync = |file: &File| match durable {
            true => {
                file.sync_data().map_err(|error| Error::io("flush the file to the disk", error))
            }
            false => Ok(()),
        };
        let file = self.out.get_mut();
        // What an append left that came to no end may reach further than this one.
        let cut = file.stream_position().and_then(|end| file.set_len(end));
        cut.map_err(|error| Error::io("cut the file to its length", error))?;
        // First the items, then the header that counts them.
        sync(file)?;
        // Of these only what is another digit: so few bytes are written by a system, and by a disk, as a whole
        // or not at all.
        let changed = changed(&self.header, &bytes);
        if let Some(part) = bytes.get(changed.clone()) {
            write_in_place(file, part, changed.start as u64)
                .map_err(|error| Error::io("replace the header", error))?;
        }
        self.header = bytes;
        sync(file).map_err(not_durable)?;
        self.settled = self.rows.rows();
        self.broken = false;
        Ok(())
    }
}

/// The header counts the new rows by now, and readers see them.
fn not_durable(error: Error) -> Error {
    let message = format!("the rows are part of the array but not yet known durable: {error}");
    Error::new(ErrorKind::NotDurable, message).with_source(error)
}

/// From the first byte that differs to the last, of two headers of one length.
fn changed(old: &[u8], new: &[u8]) -> Range<usize> {
    let differs = |&at: &usize| old.get(at) != new.get(at);
    let first = (0..new.len()).find(differs).unwrap_or(new.len());
    let last = (first..new.len()).rfind(differs).map_or(first, |last| last + 1);
    first..last
}

/// The header, its place, and its bytes.
fn read_header(file: &mut File) -> Result<(Header, Frame, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        match Header::decode(&bytes, &Limits::default())? {
            Decoded::Done { header, data_offset, version } => {
                bytes.truncate(data_offset);
                return Ok((header, Frame { version, len: data_offset }, bytes));
            }
            Decoded::Need(len) => {
                let have = bytes.len();
                bytes.resize(len, 0);
                file.read_exact(&mut bytes[have..])
                    .map_err(|error| Error::io("read the npy header", error))?;
            }
        }
    }
}

/// Checks that the array's bytes are there, up to `end`, and that no second array follows them:
/// `np.save` can put several into one file.
fn check_end(file: &File, end: u64) -> Result<()> {
    let size = file.size().map_err(|error| Error::io("look at the file", error))?;
    if size < end {
        let message = format!(
            "the file is cut short: the header promises an array up to byte {end}, found {size}"
        );
        return Err(Error::new(ErrorKind::Truncated, message));
    }
    let mut next = [0; 6];
    if size - end >= next.len() as u64 {
        file.read_exact_at(&mut next, end).map_err(|error| Error::io("read", error))?;
        if is_magic(&next) {
            let message = format!(
                "another array follows in the same file, at byte {end}, and would be overwritten; \
                 append to a file of one array"
            );
            return Err(Error::new(ErrorKind::Conflict, message));
        }
    }
    Ok(())
}

/// The most rows that the header can count: each digit takes a byte of what are blanks now.
fn room(header: &Header, rows: usize, frame: Frame) -> Result<usize> {
    let least = header.least_len(frame.version)?;
    let Some(spare) = frame.len.checked_sub(least) else { return Err(no_room()) };
    let digits = rows.checked_ilog10().unwrap_or(0) + 1;
    let digits = digits.saturating_add(u32::try_from(spare).unwrap_or(u32::MAX));
    Ok(10_usize.checked_pow(digits).map_or(usize::MAX, |rows| rows - 1))
}

fn write(out: &mut impl Write, bytes: &[u8]) -> Result<()> {
    out.write_all(bytes).map_err(|error| Error::io("write", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_digits_are_written() {
        for (old, new, range) in [
            (&b"(50000,)  "[..], &b"(100000,) "[..], 1..9),
            (b"(10,)", b"(11,)", 2..3),
            (b"(10,)", b"(20,)", 1..2),
            (b"(10,)", b"(10,)", 5..5),
            (b"a", b"b", 0..1),
        ] {
            assert_eq!(changed(old, new), range, "{}", new.escape_ascii());
        }
    }
}
