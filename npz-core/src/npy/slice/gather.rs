//! The bytes of a slice, one run after the other, as if nothing were between them.

use std::ops::Range;

use super::runs::Runs;
use crate::element::{Finish, ReadExact, short, whole_units};
use crate::error::{Error, ErrorKind, Result};
use crate::io::bulk::{PARALLEL_BYTES, PIECE_BYTES, hot_parts};
use crate::io::parallel;
use crate::io::read_at::ReadAt;
use crate::options;

/// Runs that are less far apart than this are read at once, with what is between them. Reading so
/// few bytes more costs less than asking once more; and with a gap of this size after each, a
/// hundred rows still cost less than 64 KiB on top.
pub(crate) const GAP_BYTES: u64 = 512;

/// Read at once where runs are short.
const BUFFER_BYTES: u64 = 256 << 10;

/// Runs from here on are read straight to where they belong, and shorter ones that stand alone.
const DIRECT_BYTES: usize = 32 << 10;

/// Gathers runs by positional reads.
pub(crate) struct Gather<'a> {
    source: &'a dyn ReadAt,
    /// Where the array starts in the source.
    start: u64,
    /// The run that is being handed out, what is left of it, and those behind.
    current: Range<u64>,
    runs: Runs,
    /// The same, for what isn't in the buffer yet.
    ahead: Range<u64>,
    runs_ahead: Runs,
    buffer: Vec<u8>,
    buffered: Range<u64>,
    threads: usize,
}

impl<'a> Gather<'a> {
    pub(crate) fn new(source: &'a dyn ReadAt, start: u64, runs: Runs) -> Self {
        Self {
            source,
            start,
            current: 0..0,
            runs_ahead: runs.clone(),
            runs,
            ahead: 0..0,
            buffer: Vec::new(),
            buffered: 0..0,
            threads: 1,
        }
    }

    /// Reads long runs on as many threads, or, of 0, on as many as help.
    pub(crate) fn on_threads(self, count: usize) -> Self {
        Self { threads: count, ..self }
    }

    /// Whether to fill `len` bytes from several places at once: they are many, the runs are long,
    /// and none of them is in the buffer.
    fn is_bulk(&self, len: usize) -> bool {
        let fresh = self.buffered.end <= self.current.start || self.current.is_empty();
        len >= PARALLEL_BYTES
            && fresh
            && self.runs.bytes() >= DIRECT_BYTES as u64
            && self.source.reads_in_parallel()
    }

    /// The next of the current run's bytes and their position, as many as `most`.
    fn step(&mut self, most: usize) -> Option<(usize, u64)> {
        if self.current.is_empty() {
            self.current = self.runs.next()?;
        }
        let at = self.current.start;
        let count = usize::try_from(self.current.end - at).unwrap_or(usize::MAX).min(most);
        self.current.start += count as u64;
        Some((count, at))
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<()> {
        self.source.read_exact_at(buf, self.start.saturating_add(at)).map_err(|error| {
            if error.kind() == std::io::ErrorKind::UnexpectedEof {
                let message = "the file ends before the array does";
                return Error::new(ErrorKind::Truncated, message).with_source(error);
            }
            Error::io("read", error)
        })
    }

    /// Moves on by `count` bytes of the run ahead.
    fn advance(&mut self, count: u64) {
        self.ahead.start += count;
        if self.ahead.is_empty() {
            self.ahead = self.runs_ahead.next().unwrap_or(0..0);
        }
    }

    /// Reads the next runs, as many as are near each other and fit into the buffer.
    fn fill(&mut self) -> Result<()> {
        let start = self.ahead.start;
        let most = start.saturating_add(BUFFER_BYTES);
        let mut end = start;
        while !self.ahead.is_empty()
            && self.ahead.start < most
            && self.ahead.start - end < GAP_BYTES
        {
            let to = self.ahead.end.min(most);
            self.advance(to - self.ahead.start);
            end = to;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(usize::try_from(end - start).unwrap_or(0), 0);
        let read = self.read_at(&mut buffer, start);
        self.buffer = buffer;
        self.buffered = start..end;
        read
    }
}

impl ReadExact for Gather<'_> {
    fn read_exact(&mut self, mut buf: &mut [u8]) -> Result<()> {
        while !buf.is_empty() {
            if self.current.is_empty() {
                let Some(run) = self.runs.next() else { return Err(short(buf.len(), 0)) };
                self.current = run;
                if self.ahead.is_empty() {
                    // Only so before the first run is read.
                    self.advance(0);
                }
            }
            let at = self.current.start;
            let left = usize::try_from(self.current.end - at).unwrap_or(usize::MAX);
            let count = left.min(buf.len());
            let ready = self.buffered.end.saturating_sub(at);
            let count = if ready > 0 {
                let count = count.min(usize::try_from(ready).unwrap_or(usize::MAX));
                let from = usize::try_from(at - self.buffered.start).unwrap_or(usize::MAX);
                let bytes = self.buffer.get(from..).and_then(|bytes| bytes.get(..count));
                buf[..count].copy_from_slice(bytes.ok_or_else(|| short(count, 0))?);
                count
            } else if count >= DIRECT_BYTES || count == left && self.runs.gap() >= GAP_BYTES {
                self.read_at(&mut buf[..count], at)?;
                self.advance(count as u64);
                count
            } else {
                self.fill()?;
                continue;
            };
            self.current.start += count as u64;
            buf = &mut buf[count..];
        }
        Ok(())
    }

    fn read_pieces(&mut self, buf: &mut [u8], unit: usize, finish: &Finish<'_>) -> Result<()> {
        let threads = options::threads(self.threads);
        if threads <= 1 || !self.is_bulk(buf.len()) {
            return hot_parts(buf, unit).try_for_each(|part| {
                self.read_exact(part)?;
                finish(part);
                Ok(())
            });
        }
        // Runs have whole items, so pieces of them have whole units.
        let most = whole_units(PIECE_BYTES, unit);
        let mut pieces = Vec::new();
        let mut rest = buf;
        while !rest.is_empty() {
            let Some((count, at)) = self.step(most.min(rest.len())) else {
                return Err(short(rest.len(), 0));
            };
            let (piece, behind) = rest.split_at_mut(count);
            pieces.push((piece, at));
            rest = behind;
        }
        self.ahead = self.current.clone();
        self.runs_ahead = self.runs.clone();
        let this = &*self;
        parallel::map(threads.min(pieces.len()), pieces.into_iter(), |(piece, at)| {
            this.read_at(piece, at)?;
            hot_parts(piece, unit).for_each(finish);
            Ok(())
        })?;
        Ok(())
    }
}

/// Picks runs out of bytes that can only be read from the first to the last.
pub(crate) struct Skim<'a> {
    source: &'a mut dyn ReadExact,
    /// How many bytes there are.
    total: u64,
    current: Range<u64>,
    runs: Runs,
    buffer: Vec<u8>,
    /// What the buffer holds; the source stands at its end.
    buffered: Range<u64>,
}

impl<'a> Skim<'a> {
    pub(crate) fn new(source: &'a mut dyn ReadExact, total: u64, runs: Runs) -> Self {
        Self { source, total, current: 0..0, runs, buffer: Vec::new(), buffered: 0..0 }
    }

    /// Reads on.
    fn fill(&mut self) -> Result<()> {
        let start = self.buffered.end;
        let end = start.saturating_add(BUFFER_BYTES).min(self.total);
        self.buffer.resize(usize::try_from(end - start).unwrap_or(0), 0);
        self.buffered = start..end;
        self.source.read_exact(&mut self.buffer)
    }

    /// Reads whatever follows the last run.
    pub(crate) fn finish(mut self) -> Result<()> {
        while self.buffered.end < self.total {
            self.fill()?;
        }
        Ok(())
    }
}

impl ReadExact for Skim<'_> {
    fn read_exact(&mut self, mut buf: &mut [u8]) -> Result<()> {
        while !buf.is_empty() {
            if self.current.is_empty() {
                let Some(run) = self.runs.next() else { return Err(short(buf.len(), 0)) };
                self.current = run;
            }
            let at = self.current.start;
            let left = usize::try_from(self.current.end - at).unwrap_or(usize::MAX);
            let mut count = left.min(buf.len());
            if self.buffered.end > at {
                let ready = usize::try_from(self.buffered.end - at).unwrap_or(usize::MAX);
                count = count.min(ready);
                let from = usize::try_from(at - self.buffered.start).unwrap_or(usize::MAX);
                let bytes = self.buffer.get(from..).and_then(|bytes| bytes.get(..count));
                buf[..count].copy_from_slice(bytes.ok_or_else(|| short(count, 0))?);
            } else if self.buffered.end == at && count >= DIRECT_BYTES {
                self.source.read_exact(&mut buf[..count])?;
                self.buffered = at..at + count as u64;
                self.buffered.start = self.buffered.end;
            } else if self.buffered.end == self.total {
                return Err(short(count, 0));
            } else {
                self.fill()?;
                continue;
            }
            self.current.start += count as u64;
            buf = &mut buf[count..];
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    // Of numbers that were made small.
    #![allow(clippy::cast_possible_truncation)]

    use std::io;
    use std::sync::Mutex;

    use super::super::runs::Pick;
    use super::*;

    /// Remembers what was asked for.
    struct Watched<'a>(&'a [u8], Mutex<Vec<Range<u64>>>);

    impl ReadAt for Watched<'_> {
        fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
            self.1.lock().unwrap().push(offset..offset + buf.len() as u64);
            self.0.read_exact_at(buf, offset)
        }

        fn size(&self) -> io::Result<u64> {
            self.0.size()
        }
    }

    fn gather(bytes: &[u8], runs: &Runs, piece: usize) -> (Vec<u8>, Vec<Range<u64>>) {
        let source = Watched(bytes, Mutex::default());
        let len = runs.clone().map(|run| run.end - run.start).sum::<u64>();
        let mut found = vec![0; usize::try_from(len).unwrap()];
        let mut gather = Gather::new(&source, 7, runs.clone());
        let mut skimmed = found.clone();
        let mut stream = &bytes[7..];
        let mut skim = Skim::new(&mut stream, bytes.len() as u64 - 7, runs.clone());
        for (piece, skimmed) in found.chunks_mut(piece).zip(skimmed.chunks_mut(piece)) {
            gather.read_exact(piece).unwrap();
            skim.read_exact(skimmed).unwrap();
        }
        assert_eq!(gather.read_exact(&mut [0]).unwrap_err().kind(), ErrorKind::Truncated);
        assert!(found == skimmed);
        (found, source.1.into_inner().unwrap())
    }

    #[test]
    fn hands_out_the_runs_in_few_reads() {
        let bytes: Vec<u8> =
            (0..3_000_000_u32).map(|i| (i % 251) as u8 ^ (i >> 12) as u8).collect();
        let cases = [
            // inner picks, reads expected
            (vec![Pick { first: 3, step: 2, count: 1000, len: 3000 }], 1),
            (vec![Pick { first: 0, step: 1, count: 2_900_000, len: 2_900_000 }], 0),
            (
                vec![
                    Pick { first: 5, step: 1, count: 100, len: 700 },
                    Pick { first: 1, step: 3, count: 50, len: 1000 },
                ],
                50,
            ),
            (
                vec![
                    Pick { first: 0, step: 1, count: 600, len: 1000 },
                    Pick { first: 0, step: 1, count: 200, len: 2000 },
                ],
                1,
            ),
            (
                vec![
                    Pick { first: 1, step: 1, count: 50_000, len: 70_000 },
                    Pick { first: 2, step: 1, count: 20, len: 40 },
                ],
                0,
            ),
        ];
        for (picks, reads) in cases {
            let runs = Runs::new(picks.into_iter(), 1);
            let expected: Vec<u8> = runs
                .clone()
                .flat_map(|run| bytes[run.start as usize + 7..run.end as usize + 7].to_vec())
                .collect();
            for piece in [1_000_000, 4096, 333] {
                let (found, asked) = gather(&bytes, &runs, piece);
                assert!(found == expected);
                assert!(reads == 0 || asked.len() == reads, "{reads} {}", asked.len());
                // Nothing is read twice, and gaps only where they are short.
                assert!(asked.windows(2).all(|pair| pair[0].end <= pair[1].start));
                assert!(asked.iter().all(|read| read.end - read.start <= 1_000_000));
            }
        }
    }

    #[test]
    fn long_runs_on_several_threads_are_the_same() {
        let bytes: Vec<u8> = (0..6_000_000_u32).flat_map(u32::to_le_bytes).collect();
        let outer = Pick { first: 3, step: 2, count: 80, len: 170 };
        let runs = Runs::new(
            [Pick { first: 8, step: 1, count: 25_000, len: 30_000 }, outer].into_iter(),
            4,
        );
        let len =
            usize::try_from(runs.clone().map(|run| run.end - run.start).sum::<u64>()).unwrap();
        let source = bytes.as_slice();
        let mut expected = vec![0; len];
        Gather::new(&source, 64, runs.clone()).read_exact(&mut expected).unwrap();
        for threads in [1, 2, 3, 8] {
            // What follows a large part, in the middle of a run or not, is read as well.
            for first in [len, 5_000_000, 5_000_004, 1000] {
                let mut gather = Gather::new(&source, 64, runs.clone()).on_threads(threads);
                let mut found = vec![0; len];
                let (head, tail) = found.split_at_mut(first);
                let swap = |part: &mut [u8]| part.chunks_mut(4).for_each(<[u8]>::reverse);
                gather.read_pieces(head, 4, &swap).unwrap();
                swap(head);
                gather.read_exact(tail).unwrap();
                assert!(found == expected, "{threads} {first}");
                assert_eq!(gather.read_exact(&mut [0]).unwrap_err().kind(), ErrorKind::Truncated);
            }
            let cut = &bytes[..bytes.len() / 2];
            let mut gather = Gather::new(&cut, 64, runs.clone()).on_threads(threads);
            let error = gather.read_pieces(&mut expected.clone(), 4, &|_| {}).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Truncated);
        }
    }

    #[test]
    fn the_end_of_the_file_is_an_error() {
        let runs = Runs::new([Pick { first: 0, step: 1, count: 90, len: 90 }].into_iter(), 1);
        let bytes = [0; 80];
        let error = Gather::new(&bytes.as_slice(), 7, runs).read_exact(&mut [0; 90]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated);
    }
}
