//! When the bytes of a new file go to the disk, and where there is room for them.

use std::fs::File;
use std::io;

use super::pages;

/// So much is written before the disk is told to start on it: while it works, more is copied into
/// the page cache, so that a final flush finds most of it done.
const STEP_BYTES: u64 = 32 << 20;

/// How far a file has been written, and how far the disk has been told of it.
#[derive(Debug, Default)]
pub(super) struct WriteBack {
    written: u64,
    started: u64,
}

impl WriteBack {
    /// Counts bytes that were appended.
    pub(super) fn wrote(&mut self, file: &File, count: u64) {
        self.written = self.written.saturating_add(count);
        let waiting = self.written - self.started;
        if waiting >= STEP_BYTES {
            pages::start_write_back(file, self.started, waiting);
            self.started = self.written;
        }
    }
}

/// Takes `size` bytes of disk for a new file, so that a full disk is known before anything is
/// written; it also lets the file system lay the file out in one piece.
#[cfg(target_os = "linux")]
pub(super) fn reserve(file: &File, size: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate, fstatfs};
    use rustix::io::Errno;

    const TMPFS: u64 = 0x0102_1994;
    /// One that signals interrupt is begun again so often; then writing has to tell.
    const MOST_TRIES: usize = 100;

    if size == 0 {
        return Ok(());
    }
    if let Ok(system) = fstatfs(file)
        && u64::try_from(system.f_type) == Ok(TMPFS)
    {
        // Here reserving is zeroing, a whole pass over the memory. Without a limit there are no
        // blocks.
        let block = u64::try_from(system.f_bsize).unwrap_or(1);
        let fits = size <= system.f_bavail.saturating_mul(block);
        let full = system.f_blocks > 0 && !fits;
        return if full { Err(Errno::NOSPC.into()) } else { Ok(()) };
    }
    for _ in 0..MOST_TRIES {
        match fallocate(file, FallocateFlags::KEEP_SIZE, 0, size) {
            Err(Errno::INTR) => {}
            Err(error @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) => return Err(error.into()),
            // Not every file system can reserve; where it can't, writing will tell.
            _ => break,
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use super::*;

    #[test]
    fn room_that_is_not_there_is_an_error_before_anything_is_written() {
        // On a disk, and in memory where there is such a file system.
        for folder in [std::env::temp_dir().as_path(), Path::new("/dev/shm")] {
            let Ok(file) = tempfile::tempfile_in(folder) else { continue };
            for size in [0, 1, 1 << 20] {
                reserve(&file, size).unwrap();
            }
            // What is reserved is taken of a disk, isn't zeroed in memory, and is no part of the file.
            let metadata = file.metadata().unwrap();
            let direct = tempfile::tempfile_in(folder).unwrap();
            let flags = rustix::fs::FallocateFlags::KEEP_SIZE;
            let can = rustix::fs::fallocate(&direct, flags, 0, 1 << 20).is_ok();
            let is_tmpfs = rustix::fs::fstatfs(&file).unwrap().f_type == 0x0102_1994;
            assert_eq!((metadata.len(), metadata.blocks() > 0), (0, can && !is_tmpfs));
            // An exabyte.
            match reserve(&file, 1 << 60) {
                Err(error) => {
                    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
                    let kinds = [FileTooLarge, QuotaExceeded, StorageFull];
                    assert!(kinds.contains(&error.kind()), "{}: {error}", folder.display());
                }
                // There are file systems without limits, and such that can't reserve.
                Ok(()) => eprintln!("SKIPPED: {} has room for everything", folder.display()),
            }
        }
    }
}
