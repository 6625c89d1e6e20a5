//! Archives, by every door: nothing panics, and all doors show the same.
#![no_main]

use std::collections::HashMap;

use libfuzzer_sys::fuzz_target;
use ndarray::{ArrayD, IxDyn, s};
use npz_core::{AnyArray, LoadOptions, NpzReader, NpzStream, Result, StreamEntry, VerifyOptions};

/// The names and arrays of all entries, as a reader of the whole file finds them.
fn read(reader: &NpzReader<'_>) -> Result<Vec<(String, Option<AnyArray>)>> {
    let mut found = Vec::new();
    for entry in reader.entries() {
        let name = entry.name();
        assert_eq!(reader.entry(name)?.member(), entry.member());
        let array = match entry.header()? {
            Some(_) => Some(reader.any(name)?),
            None => reader.bytes(name).map(|_| None)?,
        };
        found.push((name.to_owned(), array));
    }
    Ok(found)
}

/// The same, as they come by.
fn stream(bytes: &[u8]) -> Result<Vec<(String, Option<AnyArray>)>> {
    let mut stream = NpzStream::new(bytes);
    let mut found = Vec::new();
    while let Some(entry) = stream.next_entry()? {
        let name = entry.member().to_owned();
        let array = match entry.header() {
            Some(_) => Some(StreamEntry::read_any(entry)?),
            None => StreamEntry::bytes(entry).map(|_| None)?,
        };
        found.push((name, array));
    }
    Ok(found)
}

fuzz_target!(|bytes: &[u8]| {
    let opened = NpzReader::from_bytes(bytes);
    let streamed = stream(bytes);
    if let Ok(reader) = &opened {
        let report = reader.verify_report(&VerifyOptions::new().values(true));
        assert_eq!(report.is_sound(), reader.verify().is_ok(), "{report}");
        assert_eq!(report.is_sound(), report.faults().next().is_none());
        let _ = read(reader);
        // The others are of the same kinds, and time is better spent on other files.
        for entry in reader.entries().take(3) {
            let name = entry.name();
            let _ = (
                entry.data_offset(),
                reader.get::<f32, IxDyn>(name),
                reader.view::<u8, IxDyn>(name),
            );
            let _ = reader.slice::<u8, _>(name, s![..2]);
            if let Ok(chunks) = reader.chunks::<u8, IxDyn>(name, 3) {
                chunks.take(1000).for_each(drop);
            }
        }
        let _ = (reader.metadata(), reader.load::<HashMap<String, ArrayD<f64>>>());
    }
    if let Ok(streamed) = streamed {
        // Whoever has seen all of a stream has seen what a reader of the file sees, member by member. The
        // directory may have another order.
        let reader = opened.as_ref().expect("the stream was taken, so the file is");
        assert!(reader.entries().count() == streamed.len());
        for (member, array) in &streamed {
            let entry = reader.entries().find(|entry| entry.member() == member);
            let entry = entry.unwrap_or_else(|| panic!("{member:?} isn't in the file"));
            if let Some(array) = array {
                assert_eq!(array, &reader.any(entry.name()).unwrap());
            }
        }
    }
    let lenient = LoadOptions::new().lenient(true);
    if let Ok(reader) = NpzReader::from_bytes_with(bytes, &lenient) {
        let _ = (read(&reader), reader.verify_report(&VerifyOptions::new()));
    }
});
