//! A file that nobody else of ours writes to.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::ops::{Deref, DerefMut};

/// A file with an exclusive lock, which is given up when this is dropped.
///
/// Closing the file isn't enough: a child process that another thread is just starting has a copy
/// of it until it runs its own program, and the lock belongs to all copies.
#[derive(Debug)]
pub(crate) struct Locked(File);

impl Locked {
    /// Locks `file`; `None` if somebody else has. Some network file systems have no locks: there the
    /// file is taken as it is.
    pub(crate) fn lock(file: File) -> Option<Self> {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            Ok(()) | Err(TryLockError::Error(_)) => Some(Self(file)),
        }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Where there is no lock there is nothing to give up.
        let _ = self.0.unlock();
    }
}

impl Deref for Locked {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Write for Locked {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }

    fn write_vectored(&mut self, bufs: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.0.write_vectored(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_parts_are_written_in_one_call() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut locked = Locked::lock(File::create(&path).unwrap()).unwrap();
        let parts = [io::IoSlice::new(b"one "), io::IoSlice::new(b"and two")];
        assert_eq!(locked.write_vectored(&parts).unwrap(), 11);
        locked.flush().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one and two");
    }

    #[test]
    fn a_copy_that_lives_on_holds_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = File::create(&path).unwrap();
        // As a child process has one between fork and exec.
        let copy = file.try_clone().unwrap();
        let locked = Locked::lock(file).unwrap();
        assert!(Locked::lock(File::open(&path).unwrap()).is_none());
        drop(locked);
        assert!(Locked::lock(File::open(&path).unwrap()).is_some());
        drop(copy);
    }
}
