//! All ways into a file: what each makes of it.

use std::path::Path;
use std::time::{Duration, Instant};

use ndarray::IxDyn;
use npz_core::{
    AnyArray, ByteString, Element, ErrorKind, NpyReader, NpyStream, NpyView, NpzReader, NpzStream,
    Result, StreamEntry, VerifyOptions, read_npy as read_array,
};

use super::As;

/// What a door said.
pub(super) struct Outcome {
    pub(super) door: &'static str,
    pub(super) result: Result<()>,
    /// Of this thread's processor, so that other programs don't count.
    pub(super) took: Duration,
}

pub(super) type Outcomes = Vec<Outcome>;

pub(super) fn try_door(door: &'static str, read: impl FnOnce() -> Result<()>) -> Outcome {
    let (start, clock) = (processor_time(), Instant::now());
    let result = read();
    let took = match (start, processor_time()) {
        (Some(start), Some(end)) => end - start,
        _ => clock.elapsed(),
    };
    Outcome { door, result, took }
}

/// Time that this thread had a processor, where the system tells.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// Reads an `.npy` file by every door.
pub(super) fn read_npy(path: &Path, bytes: &[u8], load: As) -> Outcomes {
    match load {
        As::Bool => read_npy_as::<bool>(path, bytes),
        As::Text => read_npy_as::<String>(path, bytes),
        As::Bytes => read_npy_as::<ByteString>(path, bytes),
        As::F64 => read_npy_as::<f64>(path, bytes),
        As::Any | As::Archive => vec![
            try_door("a file", || AnyArray::read_npy(path).map(drop)),
            try_door("a reader", || NpyReader::new(bytes).and_then(NpyReader::read_any).map(drop)),
            try_door("a stream", || NpyStream::new(bytes).collect::<Result<Vec<_>>>().map(drop)),
            try_door("single bytes", || {
                NpyReader::new(OneByOne(bytes)).and_then(NpyReader::read_any).map(drop)
            }),
        ],
    }
}

fn read_npy_as<A: Element>(path: &Path, bytes: &[u8]) -> Outcomes {
    let view = try_door("a view", || NpyView::new(bytes)?.view::<A, IxDyn>().map(drop));
    let mut outcomes = vec![
        try_door("a file", || read_array::<A, IxDyn>(path).map(drop)),
        try_door("a reader", || {
            NpyReader::new(bytes).and_then(NpyReader::read::<A, IxDyn>).map(drop)
        }),
    ];
    // An unaligned place, or a type that can't be viewed, is refused for that reason.
    if !view.result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Misaligned) {
        outcomes.push(view);
    }
    outcomes
}

/// Reads an archive by every door.
pub(super) fn read_archive(path: &Path, bytes: &[u8], load: As) -> Outcomes {
    let from = |reader: NpzReader<'_>| read_entries(&reader, load);
    let seeking = || NpzReader::from_seek(std::io::Cursor::new(bytes)).and_then(from);
    let mut outcomes = vec![
        try_door("a file", || NpzReader::open(path).and_then(from)),
        try_door("memory", || NpzReader::from_bytes(bytes).and_then(from)),
        try_door("a seeking reader", seeking),
    ];
    if load == As::Archive {
        outcomes.push(try_door("verify", || verify(path)));
        outcomes.push(try_door("a stream", || read_stream(bytes)));
    }
    outcomes
}

fn verify(path: &Path) -> Result<()> {
    let reader = NpzReader::open(path)?;
    let report = reader.verify_report(&VerifyOptions::new().values(true));
    // The first fault is the one that verify stops at, and there is none if there is none.
    let verified = reader.verify();
    assert_eq!(report.is_sound(), verified.is_ok(), "{report}");
    verified
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
