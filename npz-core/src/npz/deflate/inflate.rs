//! Packed bytes → the bytes of an entry, as they are asked for.

use flate2::{Decompress, FlushDecompress, Status};

use super::corrupt;
use super::marks::Marks;
use super::segments::{Each, Segments};
use crate::error::{Error, ErrorKind, Result};
use crate::npz::stream::Packed;

/// Who asks for less at a time looks at a header, or wants little memory taken.
const LARGE_READ: usize = 64 << 10;

/// Bytes thrown away at a time.
const SKIP_BYTES: usize = 64 << 10;

/// Unpacks the bytes of an entry: by its segments, if they are marked and much is wanted at a
/// time, and else by zlib's inflater from the start.
pub(crate) struct Inflater<'a> {
    way: Way<'a>,
    /// All packed bytes, to start again.
    packed: Packed<'a>,
    /// Bytes given so far.
    given: u64,
}

enum Way<'a> {
    Stream(Stream<'a>),
    /// The same, but of an entry whose segments are marked.
    Undecided(Stream<'a>, Marks),
    Segments(Segments),
}

impl<'a> Inflater<'a> {
    /// `marks` are a hint, and need not be right.
    pub(crate) fn new(packed: Packed<'a>, marks: Option<Marks>) -> Self {
        let stream = Stream::new(packed.clone());
        let way = match marks {
            Some(marks) => Way::Undecided(stream, marks),
            None => Way::Stream(stream),
        };
        Self { way, packed, given: 0 }
    }

    /// Fills `buf`.
    pub(crate) fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        if self.read_parallel(buf, 1, 1, &|_| Ok(crc32fast::Hasher::new()))?.is_none() {
            self.stream(buf)?;
        }
        Ok(())
    }

    /// Fills `buf` on up to `threads` threads, and does `each` to pieces of it, all of it once, that
    /// have whole units of `unit` bytes; gives what that gave, in order. `None`, and `buf` isn't
    /// filled, if the bytes can only be had one after the other.
    pub(crate) fn read_parallel(
        &mut self,
        buf: &mut [u8],
        threads: usize,
        unit: usize,
        each: &Each<'_>,
    ) -> Result<Option<Vec<crc32fast::Hasher>>> {
        self.decide(buf.len());
        let Way::Segments(segments) = &mut self.way else { return Ok(None) };
        let (mut done, refused) =
            segments.read(&self.packed, self.given, buf, threads, unit, each)?;
        let given = self.given + done.bytes as u64;
        if refused {
            self.restart(given)?;
            let rest = buf.get_mut(done.bytes..).unwrap_or_default();
            self.given = given;
            self.stream(rest)?;
            done.results.push(each(rest)?);
        } else if done.bytes < buf.len() {
            let message = "the compressed data end before the entry's declared size";
            return Err(Error::new(ErrorKind::Truncated, message));
        } else {
            self.given = given;
        }
        Ok(Some(done.results))
    }

    /// Goes by segments from now on, if they are marked and it pays. Not from behind the first:
    /// that a segment starts where its mark says follows only from all before it.
    fn decide(&mut self, wanted: usize) {
        if let Way::Undecided(_, marks) = &self.way
            && wanted >= LARGE_READ
            && self.given < marks.segment()
        {
            self.way = Way::Segments(Segments::new(marks.clone()));
        }
    }

    /// Leaves the segments, which aren't what was said, for the stream, `given` bytes from its
    /// start. Those that were given are the same there.
    fn restart(&mut self, given: u64) -> Result<()> {
        let mut stream = Stream::new(self.packed.clone());
        let mut left = given;
        let mut skipped = vec![0; SKIP_BYTES];
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(SKIP_BYTES).min(SKIP_BYTES);
            stream.read_exact(&mut skipped[..count])?;
            left -= count as u64;
        }
        self.way = Way::Stream(stream);
        Ok(())
    }

    fn stream(&mut self, buf: &mut [u8]) -> Result<()> {
        match &mut self.way {
            Way::Stream(stream) | Way::Undecided(stream, _) => stream.read_exact(buf)?,
            // Whoever calls this has seen that it isn't so.
            Way::Segments(_) => return Err(corrupt("the compressed data are read in two ways")),
        }
        self.given += buf.len() as u64;
        Ok(())
    }

    /// Checks that the stream ends here, at the end of the packed bytes.
    pub(crate) fn finish(&mut self) -> Result<()> {
        match &mut self.way {
            Way::Stream(stream) | Way::Undecided(stream, _) => stream.finish(),
            Way::Segments(segments) if segments.is_end(self.given) => Ok(()),
            Way::Segments(_) => {
                self.restart(self.given)?;
                self.finish()
            }
        }
    }

    /// The number of packed bytes.
    pub(crate) fn packed_len(&self) -> u64 {
        self.packed.left()
    }
}

/// The bytes one after the other.
struct Stream<'a> {
    state: Decompress,
    packed: Packed<'a>,
    ended: bool,
}

impl<'a> Stream<'a> {
    fn new(packed: Packed<'a>) -> Self {
        Self { state: Decompress::new(false), packed, ended: false }
    }

    fn read_exact(&mut self, mut buf: &mut [u8]) -> Result<()> {
        while !buf.is_empty() {
            let written = self.step(buf)?;
            if written == 0 && self.ended {
                let message = "the compressed data end before the entry's declared size";
                return Err(Error::new(ErrorKind::Truncated, message));
            }
            buf = buf.get_mut(written..).unwrap_or_default();
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        while !self.ended {
            if self.step(&mut [0])? > 0 {
                return Err(corrupt("the compressed data hold more than the declared size"));
            }
        }
        match self.packed.left() {
            0 => Ok(()),
            left => Err(corrupt(format!("{left} bytes follow the end of the compressed data"))),
        }
    }

    /// One call of zlib's inflater; returns how many bytes it gave.
    fn step(&mut self, buf: &mut [u8]) -> Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let input = self.packed.chunk()?;
        let at_end = input.is_empty();
        let (read, written) = (self.state.total_in(), self.state.total_out());
        let status = self.state.decompress(input, buf, FlushDecompress::None);
        let status = status.map_err(|error| {
            corrupt(format!("the compressed data are damaged: {error}")).with_source(error)
        })?;
        let delta = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
        let (read, written) =
            (delta(self.state.total_in(), read), delta(self.state.total_out(), written));
        self.packed.consume(read);
        self.ended = status == Status::StreamEnd;
        if at_end && written == 0 && !self.ended {
            let message = "the compressed data are cut short";
            return Err(Error::new(ErrorKind::Truncated, message));
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crc32fast::Hasher;

    use super::super::tests::mixed;
    use super::super::{Deflater, SEGMENT_BYTES};
    use super::*;
    use crate::npz::stream::Bytes;
    use crate::options::Compression;

    /// Whatever is wrong with segments, the stream has the same bytes; so it is asked which was read.
    #[test]
    fn what_is_marked_is_read_by_its_segments() {
        let bytes = mixed(5 * SEGMENT_BYTES + 77_777, 7);
        let mut source = Vec::new();
        let mut keep = |packed: &[u8], _| {
            source.extend_from_slice(packed);
            Ok(())
        };
        let mut deflater = Deflater::new(Arc::default(), Compression::Auto, 1);
        deflater.write(&bytes, &mut keep).unwrap();
        let field = deflater.finish(&mut keep).unwrap().marks.encode();
        let len = source.len() as u64;
        let sum = |piece: &mut [u8]| {
            let mut crc = Hasher::new();
            crc.update(piece);
            Ok(crc)
        };
        let pieces = [bytes.len(), 3 * SEGMENT_BYTES, SEGMENT_BYTES * 3 / 2, LARGE_READ];
        for (threads, piece, unit) in [1, 2, 5]
            .into_iter()
            .flat_map(|threads| pieces.map(|piece| (threads, piece)))
            .flat_map(|(threads, piece)| [1, 4, 3].map(|unit| (threads, piece, unit)))
        {
            let marks = Marks::parse(&field, bytes.len() as u64, len).unwrap();
            let packed = Packed::new(&source, Bytes::default(), 0..len);
            let mut inflater = Inflater::new(packed, Some(marks));
            let (mut found, mut crc) = (vec![0; bytes.len()], Hasher::new());
            for part in found.chunks_mut(piece) {
                let sums = inflater.read_parallel(part, threads, unit, &sum).unwrap();
                sums.expect("it is marked").iter().for_each(|sum| crc.combine(sum));
            }
            inflater.finish().unwrap();
            assert!(matches!(inflater.way, Way::Segments(_)), "{threads} threads, {piece} bytes");
            assert!(found == bytes && crc.finalize() == crc32fast::hash(&bytes));
        }
    }
}
