//! What stands around the header's text: magic, version, length, padding.

use std::borrow::Cow;

use super::is_magic;
use crate::error::{Error, ErrorKind, Result};

/// The first bytes of every `.npy` file.
pub(super) const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The elements begin at a multiple of this.
pub(super) const ALIGNMENT: usize = 64;

/// The version of the format, which says how the header's text is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// 1.0: Latin-1 text of up to 64 KiB.
    V1,
    /// 2.0: Latin-1 text of up to 4 GiB.
    V2,
    /// 3.0: UTF-8 text of up to 4 GiB.
    V3,
}

impl Version {
    /// The length of magic, version and text length.
    pub(super) fn prefix_len(self) -> usize {
        match self {
            Self::V1 => 10,
            Self::V2 | Self::V3 => 12,
        }
    }

    pub(super) fn major(self) -> u8 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
            Self::V3 => 3,
        }
    }
}

/// What stands before the text.
pub(super) enum Prefix {
    Need(usize),
    Done { version: Version, text_len: usize },
}

impl Prefix {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        if !is_magic(bytes) {
            if MAGIC.starts_with(bytes) {
                return Ok(Self::Need(Version::V1.prefix_len()));
            }
            let message = match bytes {
                [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => {
                    "not an npy file but an npz archive: use NpzReader or load_npz"
                }
                [0x80, ..] => "not an npy file but, it seems, a Python pickle, which is never read",
                _ => "not an npy file: expected it to begin with \\x93NUMPY",
            };
            return Err(Error::new(ErrorKind::Corrupt, message).with_offset(0));
        }
        let version = match bytes.get(6..8) {
            None => return Ok(Self::Need(Version::V1.prefix_len())),
            Some([1, 0]) => Version::V1,
            Some([2, 0]) => Version::V2,
            Some([3, 0]) => Version::V3,
            Some(other) => {
                let message = format!(
                    "expected version 1.0, 2.0 or 3.0 of the npy format, found {}",
                    other.iter().map(u8::to_string).collect::<Vec<_>>().join(".")
                );
                return Err(Error::new(ErrorKind::Unsupported, message).with_offset(6));
            }
        };
        let text_len = match (version, bytes.get(8..version.prefix_len())) {
            (Version::V1, Some(&[a, b])) => u32::from(u16::from_le_bytes([a, b])),
            (_, Some(&[a, b, c, d])) => u32::from_le_bytes([a, b, c, d]),
            _ => return Ok(Self::Need(version.prefix_len())),
        };
        let text_len = usize::try_from(text_len).unwrap_or(usize::MAX);
        Ok(Self::Done { version, text_len })
    }
}

/// The bytes as text. Latin-1 can't fail.
pub(super) fn decode_text(bytes: &[u8], version: Version) -> Result<Cow<'_, str>> {
    match (version, std::str::from_utf8(bytes)) {
        (Version::V3, Ok(text)) => Ok(text.into()),
        (Version::V3, Err(error)) => {
            let message = "expected the header to be UTF-8 text, found other bytes";
            let offset = version.prefix_len().saturating_add(error.valid_up_to());
            Err(Error::new(ErrorKind::Corrupt, message)
                .with_offset(u64::try_from(offset).unwrap_or(u64::MAX))
                .with_source(error))
        }
        (_, Ok(text)) if text.is_ascii() => Ok(text.into()),
        _ => Ok(bytes.iter().copied().map(char::from).collect::<String>().into()),
    }
}

/// Where in the file the byte at `offset` of the decoded text comes from: in Latin-1 every
/// character was one byte.
pub(super) fn file_offset(text: &str, version: Version, offset: u64) -> u64 {
    let before = usize::try_from(offset).ok().and_then(|offset| text.get(..offset)).unwrap_or(text);
    let bytes = if version == Version::V3 { before.len() } else { before.chars().count() };
    u64::try_from(version.prefix_len().saturating_add(bytes)).unwrap_or(u64::MAX)
}

/// Text, blanks up to the alignment (1 to 64 of them) and a line's end, after their prefix.
pub(super) fn encode_text(text: &str, version: Version) -> Result<Vec<u8>> {
    let bytes = encode_characters(text, version)?;
    let unpadded = version.prefix_len() + bytes.len() + 1;
    frame(&bytes, version, unpadded + ALIGNMENT - unpadded % ALIGNMENT)
}

/// The same with blanks up to `total` bytes; `None` if the text is longer.
pub(super) fn encode_text_at_len(
    text: &str,
    version: Version,
    total: usize,
) -> Result<Option<Vec<u8>>> {
    let bytes = encode_characters(text, version)?;
    let unpadded = version.prefix_len() + bytes.len() + 1;
    (unpadded <= total).then(|| frame(&bytes, version, total)).transpose()
}

pub(super) fn least_len(text: &str, version: Version) -> Result<usize> {
    Ok(version.prefix_len() + encode_characters(text, version)?.len() + 1)
}

fn encode_characters(text: &str, version: Version) -> Result<Cow<'_, [u8]>> {
    if version == Version::V3 || text.is_ascii() {
        return Ok(text.as_bytes().into());
    }
    let latin1 = text.chars().map(u8::try_from).collect::<Result<Vec<u8>, _>>();
    latin1.map(Cow::Owned).map_err(|error| {
        let message = "expected field names of Latin-1 characters for a version below 3.0";
        Error::new(ErrorKind::Name, message).with_source(error)
    })
}

/// Puts the prefix before the text, and blanks and a line's end after it.
fn frame(bytes: &[u8], version: Version, total: usize) -> Result<Vec<u8>> {
    let prefix_len = version.prefix_len();
    let too_large = |_| {
        let message = format!("a header of {total} bytes is too large for the format's version");
        Error::new(ErrorKind::Limit, message)
    };
    let mut encoded = Vec::with_capacity(total);
    encoded.extend_from_slice(MAGIC);
    encoded.extend([version.major(), 0]);
    if version == Version::V1 {
        let len = u16::try_from(total - prefix_len).map_err(too_large)?;
        encoded.extend(len.to_le_bytes());
    } else {
        let len = u32::try_from(total - prefix_len).map_err(too_large)?;
        encoded.extend(len.to_le_bytes());
    }
    encoded.extend_from_slice(bytes);
    encoded.resize(total - 1, b' ');
    encoded.push(b'\n');
    Ok(encoded)
}
