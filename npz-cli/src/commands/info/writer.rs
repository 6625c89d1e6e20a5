//! Who wrote an archive, as far as its first local header tells.

use npz_core::{LoadOptions, Method, ReadAt};

use crate::source::{Format, Source};

/// 1980-01-01, 00:00: what both write that can be told.
const TIME: [u8; 4] = [0, 0, 0x21, 0];

/// Of the fixed part of a local header.
const LOCAL: usize = 30;

/// Who wrote the archive, if it shows.
pub(super) fn guess(source: &Source) -> Option<&'static str> {
    if source.format() != Format::Npz || source.entries().is_empty() {
        return None;
    }
    let file = std::fs::File::open(source.path()).ok()?;
    let mut head = vec![0; LOCAL];
    file.read_exact_at(&mut head, 0).ok()?;
    let number = |at: usize| Some(u16::from_le_bytes([*head.get(at)?, *head.get(at + 1)?]));
    let (needed, flags, method) = (number(4)?, number(6)?, number(8)?);
    let (name, extra) = (usize::from(number(26)?), usize::from(number(28)?));
    if !head.starts_with(b"PK\x03\x04") || head.get(10..14)? != TIME {
        return None;
    }
    let mut extras = vec![0; extra];
    file.read_exact_at(&mut extras, (LOCAL + name) as u64).ok()?;
    // Nothing but the name's encoding: no data descriptor.
    let plain = flags & !0x800 == 0;
    let sizes_are_wide = head.get(18..26)? == [0xFF; 8];
    let zip64 = extras.len() == 20 && extras.starts_with(&[1, 0, 16, 0]);
    if needed == 45 && plain && sizes_are_wide && zip64 {
        return Some(match method {
            0 => "NumPy (np.savez)",
            _ => "NumPy (np.savez_compressed)",
        });
    }
    let aligned =
        |entry: &crate::source::Entry| entry.data_offset.is_none_or(|at| at.is_multiple_of(64));
    let padded = extras.starts_with(&[0x35, 0xD9]);
    let deflated = source.entries().iter().all(|entry| entry.method == Some(Method::Deflated));
    if needed == 20
        && plain
        && !sizes_are_wide
        && (padded || (extras.is_empty() && deflated))
        && source.entries().iter().all(aligned)
        && npz_core::NpzReader::open_with(source.path(), &LoadOptions::new()).is_ok()
    {
        return Some("npz-core");
    }
    None
}
