//! What is read doesn't depend on how a reader splits it, nor on interruptions.
#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use npz_core::{NpyReader, NpyStream, NpzReader, NpzStream, Result, SeekSource, StreamEntry};

/// Gives as many bytes at a time as `sizes` say, over and over; 0 is an interruption.
struct Split<'a> {
    bytes: &'a [u8],
    sizes: &'a [u8],
    turn: usize,
}

impl Read for Split<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes.get(self.turn % self.sizes.len().max(1)).copied().unwrap_or(1);
        self.turn += 1;
        if size == 0 && self.turn % 2 == 1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = buf.len().min(usize::from(size.max(1))).min(self.bytes.len());
        let (head, tail) = self.bytes.split_at(len);
        buf[..len].copy_from_slice(head);
        self.bytes = tail;
        Ok(len)
    }
}

/// The same that can be sought.
struct Seeking<'a>(Split<'a>, &'a [u8]);

impl Read for Seeking<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl io::Seek for Seeking<'_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let mut cursor = io::Cursor::new(self.1);
        let at = cursor.seek(to)?;
        self.0.bytes = &self.1[usize::try_from(at).unwrap().min(self.1.len())..];
        Ok(at)
    }
}

fn say<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?}", error.kind()),
    }
}

fn npy(reader: impl Read) -> String {
    say(NpyReader::new(reader).and_then(NpyReader::read_any).map(|array| array.as_bytes().to_vec()))
}

fn npys(reader: impl Read) -> String {
    say(NpyStream::new(reader)
        .take(50)
        .map(|array| Ok(array?.as_bytes().to_vec()))
        .collect::<Result<Vec<_>>>())
}

fn npz_stream(reader: impl Read) -> String {
    let mut stream = NpzStream::new(reader);
    let mut all = Vec::new();
    let mut read = || {
        while let Some(entry) = stream.next_entry()? {
            let name = entry.name().to_owned();
            let bytes = match entry.header() {
                Some(_) => StreamEntry::read_any(entry)?.as_bytes().to_vec(),
                None => StreamEntry::bytes(entry)?,
            };
            all.push((name, bytes));
        }
        Ok(())
    };
    let outcome = say(read());
    format!("{outcome} {all:?}")
}

fn npz(reader: Result<NpzReader<'_>>) -> String {
    let read = |reader: NpzReader<'_>| {
        reader
            .entries()
            .map(|entry| Ok((entry.name().to_owned(), reader.bytes(entry.name())?)))
            .collect::<Result<Vec<_>>>()
    };
    say(reader.and_then(read))
}

fuzz_target!(|input: (&[u8], &[u8])| {
    let (sizes, bytes) = input;
    let split = || Split { bytes, sizes, turn: 0 };
    assert_eq!(npy(bytes), npy(split()));
    assert_eq!(npys(bytes), npys(split()));
    assert_eq!(npz_stream(bytes), npz_stream(split()));
    let source = SeekSource::new(Seeking(split(), bytes)).unwrap();
    assert_eq!(npz(NpzReader::from_bytes(bytes)), npz(NpzReader::new(source)));
});
