//! A large archive, changed where it lies: some rows of one array, through a memory map.
//!
//! ```text
//! cargo run --release --example in_place [FOLDER]
//! ```
//!
//! The archive goes beside this program unless a folder is given.

// Only the caller of a map's constructor can know that nobody else writes into the file.
#![allow(unsafe_code)]

use std::env;
use std::error::Error;
use std::path::PathBuf;

use ndarray::{Array2, Ix2, s};
use npz_core::{Compression, NpzEditor, NpzMapMut, NpzReader, savez};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = match env::args_os().nth(1) {
        Some(folder) => PathBuf::from(folder),
        None => env::current_exe()?.with_file_name("in-place-data"),
    };
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("table.npz");
    savez!(&path, table = Array2::<f64>::ones((100_000, 8)), version = 1_u32)?;
    let before = NpzReader::open(&path)?.digest("table")?;

    // To try something out: changes are seen here only, the file stays as it is.
    // SAFETY: nobody else writes into this file.
    let mut draft = unsafe { NpzMapMut::open_cow(&path)? };
    draft.view_mut::<f64, Ix2>("table")?.fill(0.0);
    drop(draft);
    assert_eq!(NpzReader::open(&path)?.digest("table")?, before);

    // In earnest: only the pages that are touched are written, and both copies of the checksum.
    // SAFETY: as above.
    let mut map = unsafe { NpzMapMut::open(&path)? };
    map.view_mut::<f64, Ix2>("table")?.slice_mut(s![10..20, ..]).fill(2.5);
    map.update()?;

    // Into memory that is there: the middle of a larger array.
    let reader = NpzReader::open(&path)?;
    reader.verify()?;
    let mut padded = Array2::<f64>::zeros((100_002, 8));
    reader.read_into("table", &mut padded.slice_mut(s![1..100_001, ..]))?;
    println!("rows 10 to 20 add up to {}", padded.slice(s![11..21, ..]).sum());

    // The digest is of the values, however they are packed.
    let changed = reader.digest("table")?;
    let mut editor = NpzEditor::open(&path)?;
    editor.recompress("table", Compression::Deflate(6))?;
    editor.commit()?;
    let packed = NpzReader::open(&path)?;
    let entry = packed.entry("table")?;
    assert!(changed != before && packed.digest("table")? == changed);
    println!("{}: {} bytes in {}", path.display(), entry.size(), entry.packed_size());
    Ok(())
}
