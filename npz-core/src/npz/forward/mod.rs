//! Archives that come by: read from the front, once, without a step back.

mod body;
mod entry;
#[cfg(feature = "deflate")]
mod inflate;
mod input;

use std::collections::HashSet;
use std::fmt;
use std::io::Read;

use self::body::Body;
pub use self::entry::StreamEntry;
use self::input::{Input, cut_short};
use super::directory::{Announced, Ending, Seen};
use super::entry::{METADATA, key};
use super::record::{CentralHeader, DataDescriptor, LocalHeader};
use crate::element::ReadExact;
use crate::error::{Error, ErrorKind, Result, Shown};
use crate::npy::{self, Header};
use crate::options::LoadOptions;

/// Bytes that tell an npy file from others.
const MAGIC_LEN: usize = 6;

/// Read at a time where nobody wants the bytes.
const SKIP_BYTES: usize = 64 << 10;

/// Reads an npz archive from any [`Read`], such as a pipe or a socket, entry by entry and forward
/// only.
///
/// No array is handed out before its checksum was compared. The archive's directory stands at its
/// end; [`next_entry`](Self::next_entry) gives `None` only after it has turned out to list just the
/// entries that came by, with the same names, sizes and checksums, and nothing follows it. So who
/// has seen `None` has seen what [`NpzReader`](crate::NpzReader) would have; who stops before may
/// have seen entries that a reader of the whole file wouldn't.
///
/// This works for what `np.savez` and `np.savez_compressed` write, to a pipe too, and for what this
/// crate writes. Where an entry's size follows its data, the end of compressed data shows by
/// itself, and that of an array by its own header; a member that is neither can't be read. It is
/// always strict, whatever [`LoadOptions::lenient`] says.
///
/// ```
/// use npz_core::ndarray::{Array1, Ix1, arr1};
/// use npz_core::{NpzStream, NpzWriter};
///
/// let mut writer = NpzWriter::new(Vec::new());
/// writer.add("x", &arr1(&[1.0_f32, 2.0]))?;
/// writer.add("y", &arr1(&[3_u8]))?;
/// let bytes = writer.finish()?;
///
/// let mut stream = NpzStream::new(bytes.as_slice()); // or std::io::stdin()
/// let mut found = Vec::new();
/// while let Some(entry) = stream.next_entry()? {
///     found.push(entry.name().to_owned());
///     if entry.name() == "x" {
///         let x: Array1<f32> = entry.read()?;
///         assert_eq!(x, arr1(&[1.0, 2.0]));
///     } // what isn't read is passed over, and checked too
/// }
/// assert_eq!(found, ["x", "y"]);
/// # Ok::<(), npz_core::Error>(())
/// ```
pub struct NpzStream<R> {
    input: Input<R>,
    options: LoadOptions,
    seen: Vec<Seen>,
    /// Bytes of the entries seen.
    unpacked: u64,
    names: HashSet<Box<str>>,
    current: Option<Current>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Ended,
    /// An error left it at a place that means nothing.
    Lost,
}

/// The entry that comes by.
struct Current {
    announced: Announced,
    body: Body,
    /// The first bytes of what is no npy file.
    start: Vec<u8>,
    header: Option<Header>,
    /// Bytes of the array that aren't read yet.
    left: u64,
}

impl Current {
    fn key(&self) -> &str {
        key(self.announced.entry.name())
    }
}

impl<R> fmt::Debug for NpzStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpzStream")
            .field("seen", &self.seen.len())
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl<R: Read> NpzStream<R> {
    /// Will read from `reader`, which needs no buffer of its own.
    pub fn new(reader: R) -> Self {
        Self::with_options(reader, &LoadOptions::default())
    }

    /// Will read from `reader` within the limits of `options`.
    pub fn with_options(reader: R, options: &LoadOptions) -> Self {
        Self {
            input: Input::new(reader),
            options: options.clone(),
            seen: Vec::new(),
            unpacked: 0,
            names: HashSet::new(),
            current: None,
            state: State::Open,
        }
    }

    /// The next entry, or `None` behind the last one, when the whole archive has been checked.
    /// What was not read of the entry before is passed over, and checked. The entry
    /// `__metadata__` is passed over too.
    ///
    /// # Errors
    /// For everything that can be wrong with an archive, and then there is no way on.
    pub fn next_entry(&mut self) -> Result<Option<StreamEntry<'_, R>>> {
        loop {
            match self.state {
                State::Open if self.current.is_some() => self.guard(Self::pass)?,
                State::Open => {}
                State::Ended => return Ok(None),
                State::Lost => {
                    let message = "after an error, the place of the next entry isn't known";
                    return Err(Error::new(ErrorKind::Corrupt, message));
                }
            }
            self.guard(Self::begin)?;
            match &self.current {
                None => self.state = State::Ended,
                Some(current) if current.key() == METADATA => {}
                Some(_) => return Ok(Some(StreamEntry { stream: self })),
            }
        }
    }

    /// The reader. Unless it was read to its end, some bytes of it may be lost.
    pub fn into_inner(self) -> R {
        self.input.into_inner()
    }

    /// An error in `step` is the last one.
    fn guard<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = std::mem::replace(&mut self.state, State::Lost);
        let done = step(self)?;
        self.state = before;
        Ok(done)
    }

    /// Starts the next entry, or ends the archive.
    fn begin(&mut self) -> Result<()> {
        let at = self.input.position();
        let fixed = self.input.peek(LocalHeader::LEN)?;
        if !fixed.starts_with(&LocalHeader::SIGNATURE) {
            if at == 0 {
                check_start(fixed)?;
            }
            return self.end();
        }
        let len = Announced::header_len(fixed);
        let Some(bytes) = self.input.peek(len)?.get(..len) else { return Err(cut_short()) };
        let announced = Announced::parse(bytes, at)?;
        if self.options.utf8_names {
            announced.entry.entry().check_decoded()?;
        }
        self.input.consume(len);
        let named = |error: Error| error.with_entry(key(announced.entry.name()));
        self.check_name(announced.entry.name()).map_err(named)?;
        let current = self.open(&announced).map_err(named)?;
        let (body, start, header) = current;
        let left = header.as_ref().map_or(0, |header| header.nbytes() as u64);
        self.current = Some(Current { announced, body, start, header, left });
        Ok(())
    }

    fn check_name(&mut self, name: &str) -> Result<()> {
        let most = self.options.limits.entries;
        if self.names.len() >= most {
            let message = format!("the archive has more than {most} entries (Limits::entries)");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        if !self.names.insert(name.into()) {
            return Err(Error::new(
                ErrorKind::Duplicate,
                format!("two entries are named {}", Shown(name)),
            ));
        }
        Ok(())
    }

    /// Reads the npy header, if there is one.
    fn open(&mut self, announced: &Announced) -> Result<(Body, Vec<u8>, Option<Header>)> {
        let limits = &self.options.limits;
        let mut body = Body::new(announced, self.input.position(), self.unpacked, limits)?;
        let mut start = vec![0; MAGIC_LEN];
        let mut len = 0;
        while len < MAGIC_LEN {
            match body.read(&mut self.input, &mut start[len..])? {
                0 => break,
                count => len += count,
            }
        }
        start.truncate(len);
        let endless = body.is_endless();
        if npy::is_magic(&start) {
            let mut source = BodySource { body: &mut body, input: &mut self.input };
            let (header, _) = npy::read_header(start, &mut source, limits)?;
            if !endless || !header.dtype().has_object() {
                return Ok((body, Vec::new(), Some(header)));
            }
        } else if !endless {
            return Ok((body, start, None));
        }
        let message = "nothing tells where the entry ends: its size follows its data, which are no \
                       plain array; read the archive from a file by NpzReader";
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    /// Reads the rest of the entry for its checks.
    fn pass(&mut self) -> Result<()> {
        let Some(current) = &mut self.current else { return Ok(()) };
        let read = |current: &mut Current, input: &mut Input<R>| {
            let mut scratch = vec![0; SKIP_BYTES];
            let plain = current.header.as_ref().is_some_and(|header| !header.dtype().has_object());
            if plain {
                while current.left > 0 {
                    let count = SKIP_BYTES.min(usize::try_from(current.left).unwrap_or(SKIP_BYTES));
                    current.body.read_exact(input, &mut scratch[..count])?;
                    current.left -= count as u64;
                }
            } else {
                while current.body.read(input, &mut scratch)? > 0 {}
            }
            Ok(())
        };
        let skipped = read(current, &mut self.input);
        skipped.map_err(|error: Error| error.with_entry(current.key()))?;
        self.finish()
    }

    /// Checks that the entry ends here, with the checksum and the sizes that it should have.
    fn finish(&mut self) -> Result<()> {
        let Some(current) = self.current.take() else { return Ok(()) };
        self.guard(|stream| {
            let Current { announced, body, .. } = current;
            let name = key(announced.entry.name()).to_owned();
            let named = |error: Error| error.with_entry(&name);
            let data = stream.settle(&announced, body).map_err(named)?;
            stream.unpacked = stream.unpacked.saturating_add(data.uncompressed);
            let end = stream.input.position();
            stream.seen.push(announced.settle(data, end).map_err(named)?);
            Ok(())
        })
    }

    fn settle(&mut self, announced: &Announced, body: Body) -> Result<DataDescriptor> {
        let data = body.finish(&mut self.input)?;
        let sizes = [data.compressed, data.uncompressed];
        if let Some(expected) = announced.sizes.filter(|expected| *expected != sizes) {
            let message = format!(
                "expected {} bytes packed into {}, found {} in {}",
                expected[1], expected[0], sizes[1], sizes[0]
            );
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        let told =
            announced.hints.iter().zip(sizes).find(|(hint, found)| **hint != 0 && **hint != *found);
        if let (Some((expected, found)), None) = (told, announced.sizes) {
            let message = format!("expected a size of {expected} bytes, found {found}");
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        if let Some(expected) = announced.crc.filter(|expected| *expected != data.crc) {
            let message = format!(
                "the data are damaged: expected CRC-32 {expected:08x}, found {:08x}",
                data.crc
            );
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        if announced.descriptor {
            self.descriptor(data, announced.descriptor_lens(data))?;
        }
        Ok(data)
    }

    /// Takes the descriptor of `data`, with a signature or without: the one it is says what the data are,
    /// and has a record of the archive behind it.
    fn descriptor(&mut self, data: DataDescriptor, lens: [u64; 2]) -> Result<()> {
        let at = self.input.position();
        let bytes = self.input.peek(28)?;
        let is = |len: u64| {
            let len = usize::try_from(len).ok()?;
            let (head, tail) = (bytes.get(..len)?, bytes.get(len..)?);
            (DataDescriptor::parse(head) == Ok(data) && tail.starts_with(b"PK")).then_some(len)
        };
        match lens.into_iter().find_map(is) {
            Some(len) => {
                self.input.consume(len);
                Ok(())
            }
            // A directory would follow at least.
            None if bytes.len() < 28 => Err(cut_short()),
            None => {
                let message = format!(
                    "the data are damaged: found CRC-32 {:08x} and {} bytes, not what the data \
                     descriptor at byte {at} of the archive says",
                    data.crc, data.uncompressed
                );
                Err(Error::new(ErrorKind::Corrupt, message))
            }
        }
    }

    /// Reads the directory and all that follows it.
    fn end(&mut self) -> Result<()> {
        let mut ending = Ending::new(self.input.position());
        loop {
            let at = self.input.position();
            let fixed = self.input.peek(CentralHeader::LEN)?;
            if !fixed.starts_with(&CentralHeader::SIGNATURE) {
                break;
            }
            if ending.len() == self.seen.len() {
                let message =
                    format!("the directory lists more entries than the archive's {}", ending.len());
                return Err(Error::new(ErrorKind::Corrupt, message).with_offset(at));
            }
            let len = Ending::header_len(fixed);
            let Some(bytes) = self.input.peek(len)?.get(..len) else {
                let message = "the archive is cut short: it ends inside the directory";
                return Err(Error::new(ErrorKind::Truncated, message).with_offset(at));
            };
            ending.add(bytes, at)?;
            self.input.consume(len);
        }
        let at = self.input.position();
        let most = usize::try_from(Ending::TAIL).unwrap_or(usize::MAX);
        let tail = self.input.peek(most.saturating_add(1))?.to_vec();
        if tail.len() > most {
            let message = format!(
                "expected the archive's end records, found more than {most} bytes behind its last \
                 entry"
            );
            return Err(Error::new(ErrorKind::Corrupt, message).with_offset(at));
        }
        // A reader of the file looks for the records from its end, and doesn't know yet where the
        // directory ends: it must find these and no others.
        let len = tail.len();
        let tail = [self.input.recent(), &tail].concat();
        let tail = tail.get(tail.len().saturating_sub(most)..).unwrap_or_default();
        ending.check(tail, at + len as u64 - tail.len() as u64, at, &self.seen)?;
        self.input.consume(len);
        Ok(())
    }
}

/// Says what a stream is that doesn't begin like an archive.
fn check_start(head: &[u8]) -> Result<()> {
    let message = match head {
        [] => "not an npz file: it is empty",
        _ if npy::is_magic(head) => "not an npz file but a single npy array: use NpyReader",
        // An archive without entries.
        [b'P', b'K', ..] => return Ok(()),
        _ => "not an npz file: it doesn't begin like a zip file",
    };
    Err(Error::new(ErrorKind::Corrupt, message))
}

struct BodySource<'b, R> {
    body: &'b mut Body,
    input: &'b mut Input<R>,
}

impl<R: Read> ReadExact for BodySource<'_, R> {
    fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.body.read_exact(self.input, buf)
    }
}
