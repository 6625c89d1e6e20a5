//! Where a file's bytes come from.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use npz_core::{Error, ErrorKind, ReadAt, Result};

use super::system;
use crate::interrupt;

/// A file, or what came through the standard input, in a file without a name.
#[derive(Clone)]
pub(super) struct Input(Arc<File>);

impl Input {
    pub(super) fn open(path: &Path) -> Result<Self> {
        if path.as_os_str() == "-" {
            let spooled = tempfile::tempfile().and_then(|mut file| {
                io::copy(&mut io::stdin().lock(), &mut file)?;
                Ok(file)
            });
            let file = spooled.map_err(|error| system("read the standard input", error))?;
            return Ok(Self(Arc::new(file)));
        }
        let mut file = File::open(path).map_err(|error| system("open the file", error))?;
        let metadata = file.metadata().map_err(|error| system("look at the file", error))?;
        if metadata.is_dir() {
            return Err(Error::new(ErrorKind::Io, "is a folder, not a file"));
        }
        if !metadata.is_file() {
            // A pipe can't be read from its end.
            let spooled = tempfile::tempfile().and_then(|mut spool| {
                io::copy(&mut file, &mut spool)?;
                Ok(spool)
            });
            file = spooled.map_err(|error| system("read the file", error))?;
        }
        Ok(Self(Arc::new(file)))
    }
}

impl ReadAt for Input {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        if interrupt::happened() {
            // Not `Interrupted`, after which one tries again.
            return Err(io::Error::other("interrupted"));
        }
        self.0.read_exact_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        self.0.size()
    }

    fn reads_in_parallel(&self) -> bool {
        self.0.reads_in_parallel()
    }

    fn reads_are_cheap(&self) -> bool {
        self.0.reads_are_cheap()
    }
}
