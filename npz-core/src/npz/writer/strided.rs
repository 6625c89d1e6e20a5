//! Large strided arrays on their way out.
//!
//! It takes longer to gather an array than to write it. So both threads gather: each claims the
//! next strip that nobody has, and the one that writes does so only when the strip that it needs
//! isn't ready. At most three strips are in memory, and none is copied again.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crc32fast::Hasher;

use super::entry::wrong_length;
use super::stored::{Helper, Preparing, Ready, lost};
use super::{Entry, NpzWriter};
use crate::element::Gatherer;
use crate::error::{Error, Result};
use crate::io::failpoint;
use crate::io::threads::AtomicUsize;
use crate::io::threads::mpsc::{Sender, channel};
use crate::npz::layout::Slot;

/// An entry that both threads gather.
pub(super) struct Gathering<'e> {
    /// How many strips have been claimed.
    claimed: Arc<AtomicUsize>,
    /// Takes gatherers back whose strip has been written.
    used: Sender<Box<dyn Gatherer + 'e>>,
}

/// One strip, gathered.
pub(super) struct Strip<'e> {
    index: usize,
    gatherer: Box<dyn Gatherer + 'e>,
    crc: Hasher,
}

impl<'e> Strip<'e> {
    /// Claims and gathers a strip, if there is one left.
    fn claim(mut gatherer: Box<dyn Gatherer + 'e>, claimed: &AtomicUsize) -> Result<Option<Self>> {
        let index = claimed.fetch_add(1, Ordering::Relaxed);
        if index >= gatherer.strips() {
            return Ok(None);
        }
        failpoint::hit("store.gathering").map_err(|error| Error::io("prepare the data", error))?;
        gatherer.gather(index)?;
        let mut crc = Hasher::new();
        crc.update(gatherer.bytes());
        Ok(Some(Self { index, gatherer, crc }))
    }
}

impl<W: Write> NpzWriter<W> {
    /// Stores an entry strip by strip. The other thread does the same, and `gatherer` is ours.
    pub(super) fn store_strips<'e>(
        &mut self,
        entry: &'e Entry<'_>,
        slot: &Slot<'_>,
        helper: &Helper<'e>,
        gatherer: Box<dyn Gatherer + 'e>,
    ) -> Result<u32> {
        let Ready::Gathering(Gathering { claimed, used }) = helper.next()? else {
            return Err(lost());
        };
        self.out.write(&slot.local_header(0, entry.size())?)?;
        self.out.write(entry.npy())?;
        let (mut crc, mut left) = (entry.npy_checksum(), entry.payload_len());
        let strips = gatherer.strips();
        let (mut idle, mut own) = (Some(gatherer), None::<Strip<'e>>);
        for index in 0..strips {
            let mut ready = None;
            if idle.is_some() {
                ready = helper.next_if_ready()?;
                if ready.is_none()
                    && let Some(gatherer) = idle.take()
                {
                    own = Strip::claim(gatherer, &claimed)?;
                }
            }
            let (strip, is_own) = match own.take_if(|own| own.index == index) {
                Some(strip) => (strip, true),
                None => match ready.map_or_else(|| helper.next(), Ok)? {
                    Ready::Strip(strip) if strip.index == index => (strip, false),
                    _ => return Err(lost()),
                },
            };
            let bytes = strip.gatherer.bytes();
            left = left.checked_sub(bytes.len() as u64).ok_or_else(wrong_length)?;
            for piece in bytes.chunks(self.progress.step().unwrap_or(bytes.len()).max(1)) {
                self.out.write(piece)?;
                self.progress.advance(entry.name(), piece.len() as u64)?;
            }
            crc.combine(&strip.crc);
            if is_own {
                idle = Some(strip.gatherer);
            } else {
                // A thread that is done has no use for it.
                let _ = used.send(strip.gatherer);
            }
        }
        if left > 0 {
            return Err(wrong_length());
        }
        let crc = crc.finalize();
        self.settle_checksum(slot, crc, entry.size())?;
        Ok(crc)
    }
}

impl<'e> Preparing<'e> {
    /// The second thread's part of an entry: of two strips, one is gathered while the other is
    /// written.
    pub(super) fn strips(
        &self,
        entry: &'e Entry<'_>,
        gatherer: Box<dyn Gatherer + 'e>,
    ) -> Result<()> {
        let (claimed, (used, unused)) = (Arc::default(), channel());
        self.hand_over(Ready::Gathering(Gathering { claimed: Arc::clone(&claimed), used }))?;
        let mut fresh: Vec<_> = entry.gatherer().into_iter().chain([gatherer]).collect();
        loop {
            let gatherer = match unused.try_recv().ok().or_else(|| fresh.pop()) {
                Some(gatherer) => gatherer,
                None => unused.recv().map_err(|_| lost())?,
            };
            match Strip::claim(gatherer, &claimed)? {
                Some(strip) => self.hand_over(Ready::Strip(strip))?,
                None => return Ok(()),
            }
        }
    }
}
