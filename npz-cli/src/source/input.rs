//! Where a file's bytes come from.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use npz_core::{Error, ErrorKind, ReadAt, Result};

use super::system;
use crate::interrupt;

/// A file, or what came through the standard input, in a file without a name.
#[derive(Clone)]
pub(super) struct Input(Arc<File>);

impl Input {
    pub(super) fn open(path: &Path) -> Result<Self> {
        if path.as_os_str() == "-" {
            let mut file = nameless()?;
            stdin_into(&mut file)?;
            return Ok(Self(Arc::new(file)));
        }
        // A pipe that nobody writes to waits for that already when it is opened.
        let metadata = fs::metadata(path).map_err(|error| system("open the file", error))?;
        if metadata.is_dir() {
            return Err(Error::new(ErrorKind::Io, "is a folder, not a file"));
        }
        if !metadata.is_file() {
            // A pipe can't be read from its end.
            let mut file = nameless()?;
            pipe_into(path, &mut file)?;
            return Ok(Self(Arc::new(file)));
        }
        let file = File::open(path).map_err(|error| system("open the file", error))?;
        Ok(Self(Arc::new(file)))
    }
}

fn nameless() -> Result<File> {
    tempfile::tempfile().map_err(|error| system("make a file for it", error))
}

/// Whether the standard input has been read: of what came through it there is no more.
static IS_READ: AtomicBool = AtomicBool::new(false);

/// Copies the standard input into a file.
pub(crate) fn stdin_into(file: &mut File) -> Result<()> {
    if IS_READ.swap(true, Ordering::Relaxed) {
        let message = "the standard input can be read once, and it has been";
        return Err(Error::new(ErrorKind::Io, message));
    }
    let spooled = spool(|| Ok(io::stdin()), file);
    spooled.map_err(|error| system("read the standard input", error))
}

/// Copies the pipe or device at `path` into a file.
pub(crate) fn pipe_into(path: &Path, file: &mut File) -> Result<()> {
    let path = path.to_owned();
    let spooled = spool(move || File::open(path), file);
    spooled.map_err(|error| system("read the file", error))
}

const PIECE_BYTES: usize = 256 << 10;

/// Pieces that wait to be written.
const WAITING: usize = 4;

/// How often to look whether there was a signal.
const PATIENCE: Duration = Duration::from_millis(50);

/// Copies what `open` has to read into `file`. A thread of its own waits for it, since no signal
/// ends a read that waits; when there is one, it is left alone.
fn spool<R: Read>(
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
    file: &mut File,
) -> io::Result<()> {
    let (sender, pieces) = mpsc::sync_channel(WAITING);
    let read = move || {
        let mut source = match open() {
            Ok(source) => source,
            Err(error) => return drop(sender.send(Err(error))),
        };
        loop {
            let mut piece = vec![0; PIECE_BYTES];
            let piece = match source.read(&mut piece) {
                Ok(count) => {
                    piece.truncate(count);
                    Ok(piece)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            // An empty piece is the end.
            let is_last = piece.as_ref().map_or(true, Vec::is_empty);
            if sender.send(piece).is_err() || is_last {
                return;
            }
        }
    };
    thread::Builder::new().spawn(read)?;
    loop {
        if interrupt::happened() {
            return Err(interrupted());
        }
        match pieces.recv_timeout(PATIENCE) {
            Ok(piece) => match piece? {
                piece if piece.is_empty() => return Ok(()),
                piece => file.write_all(&piece)?,
            },
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("whoever read it has stopped"));
            }
        }
    }
}

/// Not [`io::ErrorKind::Interrupted`], after which one tries again.
fn interrupted() -> io::Error {
    io::Error::other("interrupted")
}

impl ReadAt for Input {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        if interrupt::happened() {
            return Err(interrupted());
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
