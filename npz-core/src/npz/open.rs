//! From an entry of the directory to its unpacked bytes.

use std::ops::Range;

use super::archive::Facts;
use super::directory::Entry;
use super::method::Method;
use super::stream::{Bytes, EntryStream, Packed, Unpack};
use super::window::{Window, small_bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::io::read_at::ReadAt;
use crate::limits::Limits;

/// Read with the local header of larger entries: the npy header is mostly 128 bytes long.
const AHEAD_BYTES: u64 = 1 << 10;

/// Deflate's ratio is reached by long streams only; short ones have some bytes of their own.
const RATIO_SLACK: u64 = 64;

/// An entry's packed bytes, found in the file.
pub(crate) struct Located<'a> {
    facts: Facts<'a>,
    packed: Packed<'a>,
    data_start: u64,
}

/// Reads and checks the local header of `entry`; if small, through a window, which may read
/// ahead up to the given end of the entries.
pub(crate) fn locate<'a>(
    entry: &Entry<'a>,
    source: &'a dyn ReadAt,
    window: Option<(&Window, u64)>,
) -> Result<Located<'a>> {
    entry.check_readable()?;
    let (span, local) = (entry.span(), entry.local_range());
    let small = span.end - span.start <= small_bytes(window.map(|(window, _)| window));
    let end = if small { span.end } else { span.end.min(local.end.saturating_add(AHEAD_BYTES)) };
    let head = match window {
        Some((window, limit)) if small => window.read(source, span.start..end, limit)?,
        _ => Bytes::read(source, span.start..end)?,
    };
    let found = entry.check_local(head.as_slice())?;
    if !found.descriptor.is_empty() {
        let part = part(&head, span.start, &found.descriptor);
        let descriptor = match part.as_slice().len() as u64 {
            len if len == found.descriptor.end - found.descriptor.start => part,
            _ => Bytes::read(source, found.descriptor.clone())?,
        };
        entry.check_descriptor(descriptor.as_slice())?;
    }
    let data = found.data;
    let ready = part(&head, span.start, &data);
    let rest = data.start + ready.as_slice().len() as u64..data.end;
    let packed = Packed::new(source, ready, rest);
    Ok(Located { facts: Facts::of(entry), packed, data_start: data.start })
}

/// What `bytes`, which start at `start` of the file, hold of `range`.
fn part(bytes: &Bytes, start: u64, range: &Range<u64>) -> Bytes {
    let within = |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX);
    bytes.clone().take(within(range.end)).skip(within(range.start))
}

impl<'a> Located<'a> {
    #[cfg(feature = "zip")]
    pub(crate) fn new(facts: Facts<'a>, packed: Packed<'a>, data_start: u64) -> Self {
        Self { facts, packed, data_start }
    }

    /// What the directory says of it.
    pub(crate) fn facts(&self) -> Facts<'a> {
        self.facts
    }

    /// Where the packed bytes start in the file.
    pub(crate) fn data_start(&self) -> u64 {
        self.data_start
    }

    /// The unpacked bytes, if their number is within the limits.
    pub(crate) fn unpack(self, limits: &Limits) -> Result<EntryStream<'a>> {
        let facts = self.facts;
        check_sizes(facts, limits)?;
        let unpack = match facts.method {
            #[cfg(feature = "deflate")]
            Method::Deflated => {
                use super::deflate::{Inflater, Marks};

                let marks = Marks::parse(facts.marks, facts.size, facts.packed_size);
                Unpack::Deflated(Box::new(Inflater::new(self.packed, marks)))
            }
            #[cfg(not(feature = "deflate"))]
            Method::Deflated => {
                let message = "the entry is deflated, which needs npz-core's feature `deflate`";
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
            // Other methods come unpacked from a decoder of somebody else's.
            Method::Stored | Method::Other(_) => Unpack::Stored(self.packed),
        };
        Ok(EntryStream::new(unpack, facts.size, facts.crc))
    }
}

/// Holds what an entry declares against the limits, before anything is unpacked.
pub(crate) fn check_sizes(facts: Facts<'_>, limits: &Limits) -> Result<()> {
    if facts.size > limits.entry_bytes {
        let message = format!(
            "the entry's {} bytes are more than the {} allowed (Limits::entry_bytes)",
            facts.size, limits.entry_bytes
        );
        return Err(Error::new(ErrorKind::Limit, message));
    }
    let most = facts.packed_size.saturating_mul(limits.inflate_ratio);
    if facts.method != Method::Stored && facts.size > most.saturating_add(RATIO_SLACK) {
        let message = format!(
            "{} bytes can't be packed into {}, at most 1 : {} (Limits::inflate_ratio)",
            facts.size, facts.packed_size, limits.inflate_ratio
        );
        return Err(Error::new(ErrorKind::Limit, message));
    }
    Ok(())
}
