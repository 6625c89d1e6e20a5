//! All ways into a file: what each makes of it.

use std::path::Path;

use ndarray::IxDyn;
use npz_core::{
    AnyArray, ByteString, Element, ErrorKind, LoadOptions, NpyReader, NpyStream, NpyView,
    NpzReader, NpzStream, Result, StreamEntry, VerifyOptions, read_npy as read_array,
};

use super::As;

/// The name of a door and what it said.
pub(super) type Outcomes = Vec<(&'static str, Result<()>)>;

/// Reads an `.npy` file by every door.
pub(super) fn read_npy(path: &Path, bytes: &[u8], load: As) -> Outcomes {
    match load {
        As::Bool => read_npy_as::<bool>(path, bytes),
        As::Text => read_npy_as::<String>(path, bytes),
        As::Bytes => read_npy_as::<ByteString>(path, bytes),
        As::F64 => read_npy_as::<f64>(path, bytes),
        As::Any | As::Archive => {
            let any = AnyArray::read_npy(path).map(drop);
            let reader = NpyReader::new(bytes).and_then(NpyReader::read_any).map(drop);
            let stream = NpyStream::new(bytes).collect::<Result<Vec<_>>>().map(drop);
            let slow = NpyReader::new(OneByOne(bytes)).and_then(NpyReader::read_any).map(drop);
            vec![("a file", any), ("a reader", reader), ("a stream", stream), ("bytes", slow)]
        }
    }
}

fn read_npy_as<A: Element>(path: &Path, bytes: &[u8]) -> Outcomes {
    let file = read_array::<A, IxDyn>(path).map(drop);
    let reader = NpyReader::new(bytes).and_then(NpyReader::read::<A, IxDyn>).map(drop);
    let mut outcomes = vec![("a file", file), ("a reader", reader)];
    // An unaligned place, or a type that can't be viewed, is refused for that reason.
    match NpyView::new(bytes).and_then(|view| view.view::<A, IxDyn>().map(drop)) {
        Err(error) if error.kind() == ErrorKind::Misaligned => {}
        outcome => outcomes.push(("a view", outcome)),
    }
    outcomes
}

/// Reads an archive by every door.
pub(super) fn read_archive(path: &Path, bytes: &[u8], load: As) -> Outcomes {
    let from = |reader: NpzReader<'_>| read_entries(&reader, load);
    let file = NpzReader::open(path).and_then(from);
    let memory = NpzReader::from_bytes(bytes).and_then(from);
    let seek = NpzReader::from_seek(std::io::Cursor::new(bytes)).and_then(from);
    let mut outcomes = vec![("a file", file), ("memory", memory), ("a seeking reader", seek)];
    if load != As::Archive {
        return outcomes;
    }
    let options = LoadOptions::new();
    let report = NpzReader::open_with(path, &options).and_then(|reader| {
        let report = reader.verify_report(&VerifyOptions::new().values(true));
        match report.faults().next() {
            // Errors are no values to be handed round; the same fault comes of verify.
            Some(_) => reader.verify(),
            None => Ok(()),
        }
    });
    outcomes.push(("verify", report));
    outcomes.push(("a stream", read_stream(bytes)));
    outcomes
}

fn read_entries(reader: &NpzReader<'_>, load: As) -> Result<()> {
    reader.metadata()?;
    for entry in reader.entries() {
        let name = entry.name();
        if entry.header()?.is_none() {
            reader.bytes(name)?;
            if load != As::Archive {
                // It is no array: whoever asks for one hears it.
                reader.any(name)?;
            }
            continue;
        }
        match load {
            As::Bool => reader.get::<bool, IxDyn>(name).map(drop)?,
            As::Text => reader.get::<String, IxDyn>(name).map(drop)?,
            As::Bytes => reader.get::<ByteString, IxDyn>(name).map(drop)?,
            As::F64 => reader.get::<f64, IxDyn>(name).map(drop)?,
            As::Any | As::Archive => {
                reader.any(name)?;
                entry.data_offset()?;
            }
        }
    }
    Ok(())
}

fn read_stream(bytes: &[u8]) -> Result<()> {
    let mut stream = NpzStream::new(bytes);
    while let Some(entry) = stream.next_entry()? {
        match entry.header() {
            Some(_) => StreamEntry::read_any(entry).map(drop)?,
            None => StreamEntry::bytes(entry).map(drop)?,
        }
    }
    Ok(())
}

/// A reader that gives a byte at a time.
struct OneByOne<'a>(&'a [u8]);

impl std::io::Read for OneByOne<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let len = buf.len().min(1);
        self.0.read(&mut buf[..len])
    }
}

/// Reads a file once, by its path, with no copy of it in memory.
pub(super) fn read_file(path: &Path, load: As, archive: bool) -> Result<()> {
    if archive {
        return NpzReader::open(path).and_then(|reader| read_entries(&reader, load));
    }
    match load {
        As::Bool => read_array::<bool, IxDyn>(path).map(drop),
        As::Text => read_array::<String, IxDyn>(path).map(drop),
        As::Bytes => read_array::<ByteString, IxDyn>(path).map(drop),
        As::F64 => read_array::<f64, IxDyn>(path).map(drop),
        As::Any | As::Archive => AnyArray::read_npy(path).map(drop),
    }
}
