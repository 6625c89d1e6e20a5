//! Stored entries on their way out.
//!
//! A checksum stands before the data it is of, and a strided array has to be gathered. Both are
//! done on a second thread, in the order of the entries, while this one writes: what is ready in
//! time goes out in one piece, and what isn't is patched into the header afterwards. The bytes are
//! the same as those of one thread alone.

use std::io::Write;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use crc32fast::Hasher;

use super::{BUFFER_BYTES, Entry, NpzWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::io::failpoint;
use crate::npz::layout::Slot;
use crate::npz::method::Method;
use crate::options;

/// With less than this in large entries, a thread costs more than it saves.
const WORTH_A_THREAD: u64 = 4 << 20;

/// Gathered at a time for the other thread.
const PIECE_BYTES: usize = 1 << 20;

/// Pieces that may wait to be written; they and the one in work are all the memory it takes.
const WAITING: usize = 4;

/// Written in one call where nothing has to be done in between: large enough that the system
/// sees the whole of it, small enough to start the disk early.
const BULK_BYTES: usize = 32 << 20;

/// Summed and then written by one thread alone, while it is in the cache.
const FUSED_BYTES: usize = 1 << 20;

/// What the second thread hands over.
enum Ready {
    /// The next bytes of an entry that doesn't lie in memory as it is written.
    Piece(Vec<u8>),
    /// Of an entry that does, or behind the last piece of one that doesn't.
    Checksum(u32),
    Failed(Error),
}

/// The first thread's side of it.
struct Helper {
    ready: Receiver<Ready>,
    /// Buffers that can be filled again.
    used: Sender<Vec<u8>>,
}

impl<W: Write> NpzWriter<W> {
    /// Stores entries, with a second thread where that helps.
    pub(super) fn store_all(&mut self, entries: &[Entry<'_>]) -> Result<()> {
        let large = entries.iter().filter(|entry| is_large(entry)).map(Entry::payload_len);
        let helps = large.fold(0, u64::saturating_add) >= WORTH_A_THREAD;
        if !helps || options::threads(self.options.threads) == 1 {
            return self.store_each(entries, None);
        }
        let forward = self.out.hooks.is_none();
        thread::scope(|scope| {
            let (send, ready) = sync_channel(WAITING);
            let (used, unused) = channel();
            let work = move || prepare(entries, forward, &send, &unused);
            let thread = thread::Builder::new().name("npz-save".to_owned());
            let Ok(thread) = thread.spawn_scoped(scope, work) else {
                // No thread is to be had just now: it takes longer, that's all.
                return self.store_each(entries, None);
            };
            let helper = Helper { ready, used };
            let result = self.store_each(entries, Some(&helper));
            // Without its receiver, a thread that is still at work finds its way to the end.
            drop(helper);
            match thread.join() {
                Ok(()) => result,
                // An element's own code panicked, as it would have done here.
                Err(panic) => resume_unwind(panic),
            }
        })
    }

    fn store_each(&mut self, entries: &[Entry<'_>], helper: Option<&Helper>) -> Result<()> {
        for entry in entries {
            self.store(entry, helper).map_err(|error| error.with_entry(entry.name()))?;
        }
        Ok(())
    }

    fn store(&mut self, entry: &Entry<'_>, helper: Option<&Helper>) -> Result<()> {
        let size = entry.size();
        let slot = Slot::new(entry.member(Method::Stored), self.out.position(), self.alignment)?;
        let crc = if !is_large(entry) {
            let crc = self.store_small(entry, &slot)?;
            self.progress.advance(entry.name(), entry.payload_len())?;
            crc
        } else if let Some(bytes) = entry.bytes() {
            self.store_bytes(entry, &slot, bytes, helper)?
        } else {
            self.store_pieces(entry, &slot, helper)?
        };
        self.directory.push(&slot, crc, size)
    }

    /// An entry that is put together in the buffer.
    fn store_small(&mut self, entry: &Entry<'_>, slot: &Slot<'_>) -> Result<u32> {
        let size = entry.size();
        self.out.make_room(size)?;
        if let Some(bytes) = entry.bytes() {
            let crc = checksum(entry.npy(), bytes);
            let buffer = &mut self.out.buffer;
            slot.push_local_header(buffer, crc, size)?;
            buffer.extend_from_slice(entry.npy());
            buffer.extend_from_slice(bytes);
            return Ok(crc);
        }
        let header_at = self.out.placeholder(slot, size)?;
        let buffer = &mut self.out.buffer;
        let crc = entry.write(&mut |bytes| {
            buffer.extend_from_slice(bytes);
            Ok(())
        })?;
        let header = slot.local_header(crc, size)?;
        self.out.buffer[header_at..header_at + header.len()].copy_from_slice(&header);
        Ok(crc)
    }

    /// An entry that lies in memory as it is written.
    fn store_bytes(
        &mut self,
        entry: &Entry<'_>,
        slot: &Slot<'_>,
        bytes: &[u8],
        helper: Option<&Helper>,
    ) -> Result<u32> {
        let can_patch = self.out.hooks.is_some();
        let mut known = match helper {
            Some(helper) if can_patch => helper.checksum_if_ready()?,
            Some(helper) => Some(helper.checksum()?),
            None if can_patch => None,
            None => Some(checksum(entry.npy(), bytes)),
        };
        self.out.write(&slot.local_header(known.unwrap_or(0), entry.size())?)?;
        self.out.write(entry.npy())?;
        self.out.flush()?;
        let fused = known.is_none() && helper.is_none();
        let mut crc = Hasher::new();
        crc.update(entry.npy());
        let most = if fused { FUSED_BYTES } else { BULK_BYTES };
        for piece in bytes.chunks(self.progress.step().unwrap_or(most).min(most)) {
            if fused {
                crc.update(piece);
            }
            self.out.put(piece)?;
            self.progress.advance(entry.name(), piece.len() as u64)?;
        }
        if let Some(crc) = known.take() {
            return Ok(crc);
        }
        let crc = match helper {
            Some(helper) => helper.checksum()?,
            None => crc.finalize(),
        };
        self.settle_checksum(slot, crc, entry.size())?;
        Ok(crc)
    }

    /// An entry that is gathered or converted on its way.
    fn store_pieces(
        &mut self,
        entry: &Entry<'_>,
        slot: &Slot<'_>,
        helper: Option<&Helper>,
    ) -> Result<u32> {
        let size = entry.size();
        let known = match (&self.out.hooks, helper) {
            (Some(_), _) => None,
            (None, Some(helper)) => Some(helper.checksum()?),
            // The checksum stands before the data, so they are gone through twice.
            (None, None) => Some(entry.write(&mut |_| Ok(()))?),
        };
        self.out.write(&slot.local_header(known.unwrap_or(0), size)?)?;
        // The npy header goes first, and is none of the data.
        let mut header_left = entry.npy().len();
        let mut payload = |bytes: &[u8]| {
            let of_header = header_left.min(bytes.len());
            header_left -= of_header;
            (bytes.len() - of_header) as u64
        };
        let crc = match helper {
            Some(helper) => loop {
                match helper.next()? {
                    Ready::Piece(piece) => {
                        self.out.write(&piece)?;
                        self.progress.advance(entry.name(), payload(&piece))?;
                        // A thread that is done has no use for it.
                        let _ = helper.used.send(piece);
                    }
                    Ready::Checksum(crc) => break crc,
                    Ready::Failed(error) => return Err(error),
                }
            },
            None => entry.write(&mut |bytes| {
                self.out.write(bytes)?;
                self.progress.advance(entry.name(), payload(bytes))
            })?,
        };
        if known.is_none() {
            self.settle_checksum(slot, crc, size)?;
        }
        Ok(crc)
    }

    /// Writes the local header anew, now that the checksum is known.
    fn settle_checksum(&mut self, slot: &Slot<'_>, crc: u32, size: u64) -> Result<()> {
        self.out.settle(&slot.local_header(crc, size)?, slot.offset())
    }
}

impl Helper {
    fn next(&self) -> Result<Ready> {
        self.ready.recv().map_err(|_| lost())
    }

    fn checksum(&self) -> Result<u32> {
        checksum_of(self.next()?)
    }

    fn checksum_if_ready(&self) -> Result<Option<u32>> {
        self.ready.try_recv().ok().map(checksum_of).transpose()
    }
}

fn checksum_of(ready: Ready) -> Result<u32> {
    match ready {
        Ready::Checksum(crc) => Ok(crc),
        Ready::Failed(error) => Err(error),
        Ready::Piece(_) => Err(lost()),
    }
}

/// Only after a panic there, which is what the caller will see.
#[cold]
fn lost() -> Error {
    Error::new(ErrorKind::Io, "the thread that prepares the data stopped")
}

/// The second thread: whatever can be known or made of large entries before they are written.
fn prepare(
    entries: &[Entry<'_>],
    forward: bool,
    send: &SyncSender<Ready>,
    unused: &Receiver<Vec<u8>>,
) {
    for entry in entries.iter().filter(|entry| is_large(entry)) {
        let started = failpoint::hit("store.preparing");
        let started = started.map_err(|error| Error::io("prepare the data", error));
        let done = started.and_then(|()| match entry.bytes() {
            Some(bytes) => Ok(checksum(entry.npy(), bytes)),
            None => prepare_pieces(entry, forward, send, unused),
        });
        // If nobody listens, the save has failed over there.
        if send.send(done.map_or_else(Ready::Failed, Ready::Checksum)).is_err() {
            return;
        }
    }
}

fn prepare_pieces(
    entry: &Entry<'_>,
    forward: bool,
    send: &SyncSender<Ready>,
    unused: &Receiver<Vec<u8>>,
) -> Result<u32> {
    let hand_over = |ready| send.send(ready).map_err(|_| lost());
    if forward {
        hand_over(Ready::Checksum(entry.write(&mut |_| Ok(()))?))?;
    }
    let empty = || {
        let mut piece = unused.try_recv().unwrap_or_default();
        piece.clear();
        piece
    };
    let mut piece = empty();
    let crc = entry.write(&mut |bytes| {
        piece.extend_from_slice(bytes);
        if piece.len() < PIECE_BYTES {
            return Ok(());
        }
        hand_over(Ready::Piece(std::mem::replace(&mut piece, empty())))
    })?;
    if !piece.is_empty() {
        hand_over(Ready::Piece(piece))?;
    }
    Ok(crc)
}

fn checksum(npy: &[u8], bytes: &[u8]) -> u32 {
    let mut crc = Hasher::new();
    crc.update(npy);
    crc.update(bytes);
    crc.finalize()
}

/// Whether an entry is more than the buffer takes.
fn is_large(entry: &Entry<'_>) -> bool {
    entry.size() > BUFFER_BYTES as u64
}
