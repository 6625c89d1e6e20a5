//! Overwriting what was written, for what is known only at the end.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// Writes bytes at an offset, and goes back to where it was.
pub(crate) type WriteAt<W> = fn(&mut W, &[u8], u64) -> io::Result<()>;

/// [`WriteAt`] for everything that can seek.
pub(crate) fn by_seeking<W: Write + Seek>(
    writer: &mut W,
    bytes: &[u8],
    offset: u64,
) -> io::Result<()> {
    let end = writer.stream_position()?;
    writer.seek(SeekFrom::Start(offset))?;
    writer.write_all(bytes)?;
    writer.seek(SeekFrom::Start(end)).map(drop)
}

/// Overwrites a part of a file. What is written next goes where it would have gone; a system that can't do
/// both in one call may fail after the first.
pub(crate) fn write_in_place(file: &mut File, bytes: &[u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, offset);
    #[cfg(not(unix))]
    by_seeking(file, bytes, offset)
}
