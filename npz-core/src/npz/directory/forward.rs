//! Entries met from the front, before the directory is known, and what it then has to say.

use super::by_name::{ByName, Names, Order};
use super::central::{Extras, Widened, broken, decode_name};
use super::end;
use super::index::duplicate;
use super::listed::{Entry, Kept, Numbers};
use super::tiles::tile;
use crate::error::{Error, ErrorKind, Result, Shown};
use crate::npz::method::Method;
use crate::npz::record::{CentralHeader, DataDescriptor, Fields, LocalHeader};

/// An entry by the words of its local header.
#[derive(Debug)]
pub(crate) struct Announced {
    /// Without what the data will tell.
    pub(crate) entry: Kept,
    /// Packed and unpacked size, unless they follow the data.
    pub(crate) sizes: Option<[u64; 2]>,
    /// What is said of them all the same, where one of the two is missing (zero).
    pub(crate) hints: [u64; 2],
    /// The checksum, unless it follows the data.
    pub(crate) crc: Option<u32>,
    /// Whether a data descriptor follows the data.
    pub(crate) descriptor: bool,
    zip64: bool,
}

impl Announced {
    /// Length of the local header that starts with `fixed`.
    pub(crate) fn header_len(fixed: &[u8]) -> usize {
        let field = |at: usize| fixed.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes);
        let lens = [26, 28].map(|at| field(at).map_or(0, usize::from));
        LocalHeader::LEN + lens[0] + lens[1]
    }

    /// The entry whose local header is `bytes`, at byte `at` of the archive.
    pub(crate) fn parse(bytes: &[u8], at: u64) -> Result<Self> {
        let refuse = |kind, problem: String| Error::new(kind, problem).with_offset(at);
        let corrupt = |problem: String| refuse(ErrorKind::Corrupt, problem);
        let header = LocalHeader::parse(bytes)
            .map_err(|_| corrupt("expected an entry's local header".into()))?;
        let local = |problem| format!("a local header {problem}");
        let extras = Extras::parse(header.extra).map_err(|problem| corrupt(local(problem)))?;
        let name = decode_name(header.name, header.flags, &extras)
            .map_err(|problem| refuse(ErrorKind::Name, local(problem)))?;
        let numbers = Numbers {
            needed: header.needed,
            flags: header.flags,
            method: Method::from_code(header.method),
            crc: header.crc,
            compressed: 0,
            size: 0,
            offset: at,
            end: 0,
            widened: Widened::No,
        };
        let kept = Kept {
            raw_name: (name.as_bytes() != header.name).then(|| header.name.into()),
            name: name.into(),
            numbers,
            marks: Box::default(),
        };
        let entry = kept.entry();
        entry.check_readable().map_err(|error| entry.named(error))?;
        let narrow = [header.compressed, header.uncompressed];
        let wide = wide(narrow, extras.zip64)
            .map_err(|problem| entry.at_open(ErrorKind::Corrupt, problem))?;
        let descriptor = entry.has_descriptor();
        // A descriptor may follow sizes that are said already; zero says nothing then.
        let sizes = (!descriptor || !wide.contains(&0)).then_some(wide);
        let crc = (!descriptor || header.crc != 0).then_some(header.crc);
        if let (Method::Stored, Some([packed, size])) = (entry.method, sizes)
            && packed != size
        {
            let problem = format!("it is stored, yet takes {packed} bytes for {size}");
            return Err(entry.at_open(ErrorKind::Corrupt, problem));
        }
        let zip64 = extras.zip64.is_some();
        Ok(Self { entry: kept, sizes, hints: wide, crc, descriptor, zip64 })
    }

    /// Takes what the data, which end at byte `end` of the archive with all that belongs to them, turned out
    /// to be.
    pub(crate) fn settle(mut self, data: DataDescriptor, end: u64) -> Result<Seen> {
        let Self { entry, hints, descriptor, zip64, .. } = &mut self;
        let numbers = &mut entry.numbers;
        (numbers.crc, numbers.compressed) = (data.crc, data.compressed);
        (numbers.size, numbers.end) = (data.uncompressed, end);
        if *descriptor {
            entry.entry().check_left_out(*hints, *zip64)?;
        }
        Ok(Seen { entry: self.entry, zip64: self.zip64 })
    }

    /// The lengths that its data descriptor may have.
    pub(crate) fn descriptor_lens(&self, data: DataDescriptor) -> [u64; 2] {
        DataDescriptor::lens(self.zip64, data.compressed, data.uncompressed)
    }
}

/// An entry that has come by.
#[derive(Debug)]
pub(crate) struct Seen {
    entry: Kept,
    /// Whether its local header has a zip64 field.
    zip64: bool,
}

/// Both sizes, from the zip64 field where they are there.
fn wide(narrow: [u32; 2], zip64: Option<&[u8]>) -> Result<[u64; 2], String> {
    let Some(data) = zip64 else {
        if narrow.contains(&u32::MAX) {
            return Err("its local header lacks the zip64 sizes".into());
        }
        return Ok(narrow.map(u64::from));
    };
    let mut fields = Fields::new(data);
    let (Ok(size), Ok(packed), true) = (fields.u64(), fields.u64(), fields.is_empty()) else {
        let found = data.len();
        return Err(format!("its local header's zip64 field has {found} bytes, expected 16"));
    };
    for (narrow, wide) in narrow.into_iter().zip([packed, size]) {
        if narrow != u32::MAX && u64::from(narrow) != wide {
            return Err(format!("its local header has two values for a size, {narrow} and {wide}"));
        }
    }
    Ok([packed, size])
}

/// A directory that is read after the entries it lists.
#[derive(Debug)]
pub(crate) struct Ending {
    start: u64,
    entries: Vec<Kept>,
}

impl Ending {
    /// As many bytes as end records take.
    pub(crate) const TAIL: u64 = end::TAIL;

    /// A directory that starts at byte `start` of the archive.
    pub(crate) fn new(start: u64) -> Self {
        Self { start, entries: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Length of the header that starts with `fixed`.
    pub(crate) fn header_len(fixed: &[u8]) -> usize {
        let field = |at: usize| fixed.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes);
        let lens = [28, 30, 32].map(|at| field(at).map_or(0, usize::from));
        CentralHeader::LEN + lens.iter().sum::<usize>()
    }

    /// Adds the entry of the header that stands at byte `at`.
    pub(crate) fn add(&mut self, bytes: &[u8], at: u64) -> Result<()> {
        let header = CentralHeader::parse(bytes).map_err(|fault| broken(fault, at))?;
        self.entries.push(Kept::new(&header, at)?);
        Ok(())
    }

    /// Checks the end records in `tail`, the archive's last bytes from byte `start` on, and that the
    /// directory ends at byte `at`;
    /// that the directory lists what was `seen` from the front, nothing else and nothing less.
    pub(crate) fn check(self, tail: &[u8], start: u64, at: u64, seen: &[Seen]) -> Result<()> {
        let Some(end) = end::find(tail, start)? else {
            let message = "the archive is cut short: it has no end record at its end";
            return Err(Error::new(ErrorKind::Truncated, message).with_offset(at));
        };
        if end.directory != (self.start..at) || end.entries != self.entries.len() as u64 {
            let message = format!(
                "the end record says that the directory has {} entries at bytes {}..{}, found {} \
                 at {}..{at}",
                end.entries,
                end.directory.start,
                end.directory.end,
                self.entries.len(),
                self.start
            );
            return Err(Error::new(ErrorKind::Corrupt, message).with_offset(at));
        }
        let mut entries: Vec<Entry<'_>> = self.entries.iter().map(Kept::entry).collect();
        check_names(&entries)?;
        tile(&mut entries, self.start)?;
        entries.sort_by_key(|entry| entry.offset);
        if entries.len() != seen.len() {
            let message = format!(
                "the directory lists {} entries, but the archive has {}",
                entries.len(),
                seen.len()
            );
            return Err(Error::new(ErrorKind::Corrupt, message).with_offset(self.start));
        }
        for (listed, Seen { entry: seen, zip64 }) in entries.iter_mut().zip(seen) {
            let seen = seen.entry();
            listed.check_readable().map_err(|error| seen.named(error))?;
            listed.check_widened(*zip64).map_err(|error| seen.named(error))?;
            listed.numbers.widened = seen.widened;
            // The version needed is often another one in the two headers.
            listed.numbers.needed = seen.needed;
            // A hint that local headers, written before the data, have no room for.
            listed.marks = seen.marks;
            if *listed != seen {
                return Err(seen.at_open(ErrorKind::Corrupt, difference(listed, &seen)));
            }
        }
        Ok(())
    }
}

/// Refuses two entries of one name.
fn check_names(entries: &[Entry<'_>]) -> Result<()> {
    let mut order = Order::new();
    entries.iter().for_each(|entry| order.add(entry.name().as_bytes()));
    let checked = ByName::new(&entries, order.traits());
    checked.map(drop).map_err(|same| match same.map(|places| places.map(|at| entries[at])) {
        Some(pair) => duplicate(pair),
        None => {
            let count = entries.len();
            let message = format!("can't allocate room for the names of {count} entries");
            Error::new(ErrorKind::Limit, message)
        }
    })
}

impl Names for &[Entry<'_>] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn bytes(&self, place: usize) -> &[u8] {
        self.get(place).map_or(&[], |entry| entry.name().as_bytes())
    }
}

fn difference(listed: &Entry<'_>, seen: &Entry<'_>) -> String {
    let numbers = [
        ("CRC", listed.crc.into(), seen.crc.into()),
        ("compressed size", listed.compressed, seen.compressed),
        ("size", listed.size, seen.size),
        ("start", listed.offset, seen.offset),
        ("end", listed.end, seen.end),
        ("flags", listed.flags.into(), seen.flags.into()),
        ("method", listed.method.code().into(), seen.method.code().into()),
    ];
    match numbers.into_iter().find(|(_, listed, seen)| listed != seen) {
        Some((what, listed, seen)) => {
            format!("its {what} is {seen}, but the directory at the archive's end says {listed}")
        }
        None => format!("the directory at the archive's end calls it {}", Shown(listed.name())),
    }
}
