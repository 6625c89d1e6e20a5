//! SHA-256 of arrays: of their values, however they lie in the file.

use std::fmt::Write as _;
use std::io::{self, Write};

use npz_core::{ByteOrder, Header, Result};
use sha2::{Digest, Sha256};

use crate::canonical;
use crate::progress::Progress;
use crate::source::{Entry, Kind, Source};
use crate::write::system;

/// The SHA-256 of the canonical bytes of the entry at `index`; of what is no array, of its bytes.
pub(crate) fn digest(source: &Source, index: usize, progress: &Progress) -> Result<String> {
    let entry = &source.entries()[index];
    let mut hasher = Hasher(Sha256::new());
    if entry.kind == Kind::Bytes {
        hasher.0.update(source.member_bytes(index)?);
    } else {
        canonical::write(source, index, progress, &mut hasher)?;
    }
    Ok(hex(&hasher.0.finalize()))
}

/// The same of a member that describes the others.
pub(crate) fn description(source: &Source, entry: &Entry) -> Result<String> {
    let mut hasher = Hasher(Sha256::new());
    let written = source.description(entry)?.write_canonical(&mut hasher);
    written.map_err(|error| system("take the digest", error))?;
    Ok(hex(&hasher.0.finalize()))
}

struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The SHA-256 over what all entries are: of a line for each, sorted by name, that has the name,
/// dtype, shape and digest as JSON.
pub(crate) fn whole<'e>(entries: impl Iterator<Item = (&'e Entry, &'e str)>) -> String {
    let mut lines: Vec<String> = entries
        .map(|(entry, digest)| {
            let dtype = entry.header.as_deref().map(|header| {
                header.dtype().clone().with_byte_order(ByteOrder::Little).to_string()
            });
            let shape = entry.header.as_deref().map(Header::shape);
            serde_json::json!([entry.name(), dtype, shape, digest]).to_string() + "\n"
        })
        .collect();
    lines.sort();
    let mut hasher = Sha256::new();
    lines.iter().for_each(|line| hasher.update(line));
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
