//! Stored entries on their way out.
//!
//! A checksum stands before the data it is of, a strided array has to be gathered, and small
//! entries have to be put together. All that is done on a second thread, in the order of the
//! entries, while this one writes: what is ready in time goes out in one piece, and what isn't is
//! patched into the header afterwards. The bytes are the same as those of one thread alone.

use std::collections::VecDeque;
use std::io::Write;
use std::panic::resume_unwind;

use super::strided::{Gathering, Strip};
use super::{BUFFER_BYTES, Entry, NpzWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::io::failpoint;
use crate::io::threads::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use crate::io::threads::{scope, start};
use crate::npz::layout::{Alignment, Slot};
use crate::npz::method::Method;
use crate::options;

/// With less than this, a thread costs more than it saves.
const WORTH_A_THREAD: u64 = 4 << 20;

/// Gathered at a time for the other thread.
const PIECE_BYTES: usize = 1 << 20;

/// Small entries put together for the other thread: few enough bytes that a processor's cache holds
/// them until they are written, and that a new process has their memory soon.
const BATCH_BYTES: usize = 256 << 10;

/// Pieces that may wait to be written; they and the one in work are all the memory it takes.
const WAITING: usize = 4;

/// Written in one call where nothing has to be done in between: large enough that the system
/// sees the whole of it, small enough to start the disk early.
const BULK_BYTES: usize = 32 << 20;

/// Summed and then written by one thread alone, while it is in the cache.
const FUSED_BYTES: usize = 1 << 20;

/// What the second thread hands over.
pub(super) enum Ready<'e> {
    /// Small entries as they stand in the file, and the checksum of each.
    Small(Vec<u8>, VecDeque<u32>),
    /// The next bytes of an entry that doesn't lie in memory as it is written.
    Piece(Vec<u8>),
    /// The next entry is gathered by both threads.
    Gathering(Gathering<'e>),
    /// The next of its strips that this thread has gathered.
    Strip(Strip<'e>),
    /// Of an entry that does, or behind the last piece of one that doesn't.
    Checksum(u32),
}

/// The first thread's side of it.
pub(super) struct Helper<'e> {
    ready: Receiver<Result<Ready<'e>>>,
    /// Of small entries that have been written already.
    checksums: VecDeque<u32>,
    /// Buffers that can be filled again.
    used: Sender<Vec<u8>>,
}

impl<W: Write> NpzWriter<W> {
    /// Stores entries, with a second thread where that helps.
    pub(super) fn store_all(&mut self, entries: &[Entry<'_>]) -> Result<()> {
        let bytes = entries.iter().map(Entry::payload_len);
        let helps = bytes.fold(0, u64::saturating_add) >= WORTH_A_THREAD;
        if !helps || options::threads(self.options.threads) == 1 {
            return self.store_each(entries, None);
        }
        let forward = self.out.hooks.is_none();
        let (position, alignment) = (self.out.position(), self.alignment);
        scope(|scope| {
            let (send, ready) = sync_channel(WAITING);
            let (used, unused) = channel();
            let work = move || {
                Preparing { forward, position, alignment, send, unused }.all(entries);
            };
            let Some(thread) = start(scope, "npz-save", work) else {
                // No thread is to be had just now: it takes longer, that's all.
                return self.store_each(entries, None);
            };
            let mut helper = Helper { ready, checksums: VecDeque::new(), used };
            let result = self.store_each(entries, Some(&mut helper));
            // Without its receiver, a thread that is still at work finds its way to the end.
            drop(helper);
            match thread.join() {
                Ok(()) => result,
                // An element's own code panicked, as it would have done here.
                Err(panic) => resume_unwind(panic),
            }
        })
    }

    fn store_each<'e>(
        &mut self,
        entries: &'e [Entry<'_>],
        mut helper: Option<&mut Helper<'e>>,
    ) -> Result<()> {
        // Of small entries, more may have been written than this has come to.
        let mut position = self.out.position();
        for entry in entries {
            self.store(entry, &mut position, helper.as_deref_mut())
                .map_err(|error| error.with_entry(entry.name()))?;
        }
        Ok(())
    }

    /// Stores an entry that begins at `position`, and moves that to its end.
    fn store<'e>(
        &mut self,
        entry: &'e Entry<'_>,
        position: &mut u64,
        helper: Option<&mut Helper<'e>>,
    ) -> Result<()> {
        let size = entry.size();
        let slot = Slot::new(entry.member(Method::Stored), *position, self.alignment)?;
        *position = slot.end(size)?;
        let crc = if !is_large(entry) {
            let crc = match helper {
                Some(helper) => self.take_small(helper)?,
                None => self.store_small(entry, &slot)?,
            };
            self.progress.advance(entry.name(), entry.payload_len())?;
            crc
        } else if let Some(bytes) = entry.bytes() {
            self.store_bytes(entry, &slot, bytes, helper)?
        } else if let (Some(helper), true) = (&helper, self.out.hooks.is_some())
            && let Some(gatherer) = entry.gatherer()
        {
            self.store_strips(entry, &slot, helper, gatherer)?
        } else {
            self.store_pieces(entry, &slot, helper)?
        };
        self.directory.push(&slot, crc, size)
    }

    /// An entry that is put together in the buffer.
    fn store_small(&mut self, entry: &Entry<'_>, slot: &Slot<'_>) -> Result<u32> {
        self.out.make_room(entry.size())?;
        put_together(entry, slot, &mut self.out.buffer)
    }

    /// An entry that the other thread has put together with others; the first of them is written
    /// with all of them. Returns its checksum.
    fn take_small(&mut self, helper: &mut Helper<'_>) -> Result<u32> {
        if helper.checksums.is_empty() {
            match helper.next()? {
                Ready::Small(bytes, checksums) => {
                    if bytes.len() < BATCH_BYTES / 4 {
                        self.out.write(&bytes)?;
                    } else {
                        self.out.flush()?;
                        self.out.put(&bytes)?;
                    }
                    // A thread that is done has no use for it.
                    let _ = helper.used.send(bytes);
                    helper.checksums = checksums;
                }
                _ => return Err(lost()),
            }
        }
        helper.checksums.pop_front().ok_or_else(lost)
    }

    /// An entry that lies in memory as it is written.
    fn store_bytes(
        &mut self,
        entry: &Entry<'_>,
        slot: &Slot<'_>,
        bytes: &[u8],
        helper: Option<&mut Helper<'_>>,
    ) -> Result<u32> {
        let can_patch = self.out.hooks.is_some();
        let mut known = match &helper {
            Some(helper) if can_patch => helper.checksum_if_ready()?,
            Some(helper) => Some(helper.checksum()?),
            None if can_patch => None,
            None => Some(entry.checksum(bytes)),
        };
        self.out.write(&slot.local_header(known.unwrap_or(0), entry.size())?)?;
        self.out.write(entry.npy())?;
        self.out.flush()?;
        let fused = known.is_none() && helper.is_none();
        let mut crc = entry.npy_checksum();
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
        helper: Option<&mut Helper<'_>>,
    ) -> Result<u32> {
        let size = entry.size();
        let known = match (&self.out.hooks, &helper) {
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
                    _ => return Err(lost()),
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
    pub(super) fn settle_checksum(&mut self, slot: &Slot<'_>, crc: u32, size: u64) -> Result<()> {
        self.out.settle(&slot.local_header(crc, size)?, slot.offset())
    }
}

impl<'e> Helper<'e> {
    pub(super) fn next(&self) -> Result<Ready<'e>> {
        self.ready.recv().map_err(|_| lost())?
    }

    pub(super) fn next_if_ready(&self) -> Result<Option<Ready<'e>>> {
        self.ready.try_recv().ok().transpose()
    }

    fn checksum(&self) -> Result<u32> {
        checksum_of(self.next()?)
    }

    fn checksum_if_ready(&self) -> Result<Option<u32>> {
        self.next_if_ready()?.map(checksum_of).transpose()
    }
}

fn checksum_of(ready: Ready<'_>) -> Result<u32> {
    match ready {
        Ready::Checksum(crc) => Ok(crc),
        _ => Err(lost()),
    }
}

/// Only after a panic there, which is what the caller will see.
#[cold]
pub(super) fn lost() -> Error {
    Error::new(ErrorKind::Io, "the thread that prepares the data stopped")
}

/// The second thread: whatever can be known or made of entries before they are written.
pub(super) struct Preparing<'e> {
    /// The writer can't go back.
    forward: bool,
    /// Where the next entry begins.
    position: u64,
    alignment: Alignment,
    send: SyncSender<Result<Ready<'e>>>,
    unused: Receiver<Vec<u8>>,
}

impl<'e> Preparing<'e> {
    fn all(mut self, entries: &'e [Entry<'_>]) {
        let (mut small, mut checksums) = (self.empty(), VecDeque::new());
        for entry in entries {
            let full = small.len() as u64 + entry.size() > BATCH_BYTES as u64;
            if full && !self.hand_over_small(&mut small, &mut checksums) {
                return;
            }
            let ready = match self.prepare(entry, &mut small) {
                Ok(Some(crc)) if !is_large(entry) => {
                    checksums.push_back(crc);
                    continue;
                }
                Ok(Some(crc)) => Ready::Checksum(crc),
                Ok(None) => continue,
                Err(error) => {
                    // Those before it are sound, and the error is this one's.
                    self.hand_over_small(&mut small, &mut checksums);
                    let _ = self.send.send(Err(error));
                    return;
                }
            };
            if self.hand_over(ready).is_err() {
                return;
            }
        }
        self.hand_over_small(&mut small, &mut checksums);
    }

    /// Sends the small entries that have been put together, if there are any. Returns whether
    /// somebody listens.
    fn hand_over_small(&self, small: &mut Vec<u8>, checksums: &mut VecDeque<u32>) -> bool {
        if checksums.is_empty() {
            return true;
        }
        let small = std::mem::replace(small, self.empty());
        self.hand_over(Ready::Small(small, std::mem::take(checksums))).is_ok()
    }

    /// Puts a small entry behind those in `small`, or sends the pieces of a large one, if it has
    /// any; returns the checksum, unless the other thread makes it of the pieces.
    fn prepare(&mut self, entry: &'e Entry<'_>, small: &mut Vec<u8>) -> Result<Option<u32>> {
        let slot = Slot::new(entry.member(Method::Stored), self.position, self.alignment)?;
        self.position = slot.end(entry.size())?;
        if is_large(entry) || small.is_empty() {
            failpoint::hit("store.preparing")
                .map_err(|error| Error::io("prepare the data", error))?;
        }
        if !is_large(entry) {
            return put_together(entry, &slot, small).map(Some);
        }
        if let Some(bytes) = entry.bytes() {
            return Ok(Some(entry.checksum(bytes)));
        }
        match entry.gatherer().filter(|_| !self.forward) {
            Some(gatherer) => self.strips(entry, gatherer).map(|()| None),
            None => self.pieces(entry).map(Some),
        }
    }

    pub(super) fn hand_over(&self, ready: Ready<'e>) -> Result<()> {
        // If nobody listens, the save has failed over there.
        self.send.send(Ok(ready)).map_err(|_| lost())
    }

    fn pieces(&self, entry: &Entry<'_>) -> Result<u32> {
        if self.forward {
            self.hand_over(Ready::Checksum(entry.write(&mut |_| Ok(()))?))?;
        }
        let mut piece = self.empty();
        let crc = entry.write(&mut |bytes| {
            piece.extend_from_slice(bytes);
            if piece.len() < PIECE_BYTES {
                return Ok(());
            }
            self.hand_over(Ready::Piece(std::mem::replace(&mut piece, self.empty())))
        })?;
        if !piece.is_empty() {
            self.hand_over(Ready::Piece(piece))?;
        }
        Ok(crc)
    }

    /// A buffer that has been written, or a new one.
    fn empty(&self) -> Vec<u8> {
        let mut buffer = self.unused.try_recv().unwrap_or_default();
        buffer.clear();
        buffer
    }
}

/// Appends a small entry to `buffer`, its headers and its data; returns the checksum.
fn put_together(entry: &Entry<'_>, slot: &Slot<'_>, buffer: &mut Vec<u8>) -> Result<u32> {
    let size = entry.size();
    if let Some(bytes) = entry.bytes() {
        let crc = entry.checksum(bytes);
        slot.push_local_header(buffer, crc, size)?;
        buffer.extend_from_slice(entry.npy());
        buffer.extend_from_slice(bytes);
        return Ok(crc);
    }
    let header_at = buffer.len();
    slot.push_local_header(buffer, 0, size)?;
    let crc = entry.write(&mut |bytes| {
        buffer.extend_from_slice(bytes);
        Ok(())
    })?;
    let header = slot.local_header(crc, size)?;
    let place = buffer.get_mut(header_at..).and_then(|tail| tail.get_mut(..header.len()));
    place.ok_or_else(lost)?.copy_from_slice(&header);
    Ok(crc)
}

/// Whether an entry is more than the buffer takes.
fn is_large(entry: &Entry<'_>) -> bool {
    entry.size() > BUFFER_BYTES as u64
}
