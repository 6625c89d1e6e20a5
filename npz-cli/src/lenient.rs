//! What only a lenient reader takes, made fit for all.

use std::collections::HashMap;

use npz_core::{Compression, Error, ErrorKind, LoadOptions, Method, NpzEditor, RawArray};

use crate::error::Result;
use crate::interrupt;
use crate::later::later;
use crate::source::{Entry, Kind, Source};

/// How entries are packed that were packed by other methods than deflate.
const PACKED: Compression = Compression::Deflate(6);

/// Reads all of the entries that stay, and has the editor write those anew which a strict reader
/// would refuse. `becomes` says what an entry will be called, `None` if it goes.
///
/// An editor copies what it isn't asked to change, whatever it is; only the frame around it is
/// written anew. This comes before anything is removed or renamed. Returns the arrays that are
/// written anew from another source, by their names.
pub(crate) fn mend<'a>(
    editor: &mut NpzEditor<'a>,
    source: &'a Source,
    becomes: impl Fn(&str) -> Option<String>,
) -> Result<HashMap<String, RawArray<'a>>> {
    let mut anew = HashMap::new();
    let Some(archive) = source.archive() else { return Ok(anew) };
    for member in source.members().into_iter().filter(|entry| source.is_description(entry)) {
        // What it says is written anew by the editor.
        archive
            .bytes(member.member().unwrap_or_default())
            .map_err(|e| e.with_path(source.path()))?;
    }
    for (index, entry) in source.entries().iter().enumerate() {
        let (Some(name), Some(member)) = (entry.name(), entry.member()) else { continue };
        let Some(new_name) = becomes(name) else { continue };
        interrupt::check()?;
        let place = |error| source.place_at(index, error);
        let bytes = source.member_bytes(index)?;
        check_name(member, &new_name, &bytes).map_err(place)?;
        let is_followed = match is_followed(entry, bytes) {
            Ok(is_followed) => is_followed,
            // In the reader's words, which are about an entry.
            Err(error) => return Err(source.read(index).err().unwrap_or(place(error)).into()),
        };
        match &entry.header {
            Some(header) if is_followed => {
                let logical = entry.logical_dtype.as_deref();
                let array = later((**header).clone(), logical, move || source.read(index))?;
                editor.put_raw(member, &array)?;
                anew.insert(name.to_owned(), array);
            }
            _ if matches!(entry.method, Some(Method::Other(_))) => {
                editor.recompress(member, PACKED)?;
            }
            _ => {}
        }
    }
    Ok(anew)
}

/// Whether bytes follow the array in its member.
fn is_followed(entry: &Entry, bytes: Vec<u8>) -> npz_core::Result<bool> {
    if entry.kind == Kind::Bytes || !entry.is_readable_array() {
        return Ok(false);
    }
    let len = bytes.len() as u64;
    let array = RawArray::from_npy(bytes, 0, &LoadOptions::new())?;
    Ok(array.offset().saturating_add(array.header().nbytes() as u64) < len)
}

/// Of the names that archives have, strict readers refuse these.
fn check_name(member: &str, name: &str, bytes: &[u8]) -> npz_core::Result<()> {
    let is_folder = name.ends_with('/') && !member.ends_with(".npy");
    let message = if name.contains('\0') {
        "its name has a NUL, where many programs cut it; take it out first (npz rm --lenient, with \
         '?' for the NUL)"
    } else if is_folder && !bytes.is_empty() {
        "its name is that of a folder, and it has data; rename it first (npz mv --lenient)"
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Name, message))
}
