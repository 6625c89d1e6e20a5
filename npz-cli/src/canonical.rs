//! The bytes of arrays that depend on their values alone, from files of any size.

use std::io::Write;

use npz_core::{Error, Header, Order, Result};

use crate::progress::Progress;
use crate::slice;
use crate::source::Source;
use crate::write::system;

/// Items are read so many bytes at a time.
const PIECE_BYTES: usize = 4 << 20;

/// Arrays in Fortran order are put in order in memory up to this size, beyond it in parts.
const WHOLE_BYTES: usize = 256 << 20;

/// How many items make up a piece.
pub(crate) fn piece_items(header: &Header) -> usize {
    PIECE_BYTES.checked_div(header.dtype().itemsize()).unwrap_or(1).max(1)
}

/// Whether the items of an array stand in C order in the file.
pub(crate) fn in_order(header: &Header) -> bool {
    header.order() == Order::C || header.shape().len() < 2
}

/// Writes the items of the array at `index` in C order, every number and character little-endian,
/// zeros between the fields of records.
pub(crate) fn write(
    source: &Source,
    index: usize,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<()> {
    let entry = &source.entries()[index];
    let failed = |error| system("write", error);
    match &entry.header {
        Some(header) if in_order(header) => {
            for piece in source.pieces(index, piece_items(header))? {
                let piece = piece?;
                piece.write_canonical(&mut *out).map_err(failed)?;
                progress.add(piece.nbytes() as u64);
            }
            Ok(())
        }
        // Parts of what is packed cost as much as all of it.
        Some(header) if header.nbytes() > WHOLE_BYTES && entry.data_offset.is_some() => {
            let rows = header.shape().first().copied().unwrap_or(1);
            let row = header.nbytes().checked_div(rows).unwrap_or(1).max(1);
            let step = (WHOLE_BYTES / row).max(1);
            verify(source, index)?;
            for start in (0..rows).step_by(step) {
                let end = start.saturating_add(step).min(rows);
                let part = slice::slice(slice::along(0, start, end, header.shape().len()))?;
                let part = source.slice(index, &part)?;
                part.write_canonical(&mut *out).map_err(failed)?;
                progress.add(part.nbytes() as u64);
            }
            Ok(())
        }
        _ => {
            let array = source.read(index)?;
            array.write_canonical(out).map_err(failed)?;
            progress.add(array.nbytes() as u64);
            Ok(())
        }
    }
}

/// Compares the checksum of an entry, where it has one: parts of it don't.
fn verify(source: &Source, index: usize) -> Result<(), Error> {
    let (Some(reader), Some(member)) = (source.archive(), source.entries()[index].member()) else {
        return Ok(());
    };
    let verified = reader.entry(member).and_then(|entry| entry.verify());
    verified.map_err(|error| error.with_path(source.path()))
}
