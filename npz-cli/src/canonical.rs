//! The bytes of arrays that depend on their values alone, from files of any size.

use std::io::Write;

use npz_core::{AnyArray, Error, Header, Order, RawArray, Result};

use crate::later::later_in_parts;
use crate::progress::Progress;
use crate::slice;
use crate::source::{Entry, Source};
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
        Some(header) if rows_at_once(entry, header) < rows(header) => {
            verify(source, index)?;
            let step = rows_at_once(entry, header);
            for start in (0..rows(header)).step_by(step) {
                let part = in_c_order(source, index, start, step)?;
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

fn rows(header: &Header) -> usize {
    header.shape().first().copied().unwrap_or(1)
}

/// How many indices of the first axis are read at once of an array that isn't in C order: all, unless it is
/// large. Parts of what is packed cost as much as all of it.
fn rows_at_once(entry: &Entry, header: &Header) -> usize {
    let rows = rows(header).max(1);
    if header.nbytes() <= WHOLE_BYTES || entry.data_offset.is_none() {
        return rows;
    }
    let row = header.nbytes().checked_div(rows).unwrap_or(1).max(1);
    (WHOLE_BYTES / row).clamp(1, rows)
}

/// So many rows of an array from `start` on, or what is left of them.
fn in_c_order(source: &Source, index: usize, start: usize, count: usize) -> Result<AnyArray> {
    let header = source.entries()[index].header.as_deref();
    let shape = header.map(Header::shape).unwrap_or_default();
    let end = start.saturating_add(count).min(shape.first().copied().unwrap_or(1));
    source.slice(index, &slice::slice(slice::along(0, start, end, shape.len()))?)
}

/// The array at `index` under `header`, which is in C order; it is put in order when it is written.
pub(crate) fn turned(source: &Source, index: usize, header: Header) -> Result<RawArray<'_>> {
    let entry = &source.entries()[index];
    let step = rows_at_once(entry, &header);
    let row = header.nbytes().checked_div(rows(&header)).unwrap_or_default();
    let logical = entry.logical_dtype.as_deref();
    later_in_parts(header, logical, row.saturating_mul(step) as u64, move |part| {
        if part == 0 {
            verify(source, index)?;
        }
        let start = usize::try_from(part).unwrap_or(usize::MAX).saturating_mul(step);
        in_c_order(source, index, start, step)
    })
}

/// Compares the checksum of an entry, where it has one: parts of it don't.
fn verify(source: &Source, index: usize) -> Result<(), Error> {
    let (Some(reader), Some(member)) = (source.archive(), source.entries()[index].member()) else {
        return Ok(());
    };
    let verified = reader.entry(member).and_then(|entry| entry.verify());
    verified.map_err(|error| error.with_path(source.path()))
}
