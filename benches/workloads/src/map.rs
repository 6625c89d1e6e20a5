//! Maps of files, the one place here that the compiler can't vouch for.
#![allow(unsafe_code)]

use std::fs::File;
use std::path::Path;

use memmap2::Mmap;
use npz_core::NpzMap;

use crate::Result;

/// The harness made the file in a folder of its own, and nobody changes it while it is mapped.
pub(crate) fn file(path: &Path) -> Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: as said above, the file stays as it is.
    Ok(unsafe { Mmap::map(&file) }?)
}

pub(crate) fn npz(path: &Path) -> Result<NpzMap> {
    // SAFETY: as for `file`.
    Ok(unsafe { NpzMap::open(path) }?)
}
