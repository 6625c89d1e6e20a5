//! Reads what it needs: rows out of a file larger than the memory one wants to spend, a mean over
//! all of an array without ever holding it, and an archive from a pipe.
//!
//! ```text
//! cargo run --release --example slices [ARCHIVE.npz]
//! cat ARCHIVE.npz | cargo run --release --example slices -
//! ```
//!
//! Without a path it makes an archive of its own, and an `.npy` file of 4 GiB that is mostly hole.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ndarray::{Array, Array1, Axis, Ix2, s};
use npz_core::{
    Compression, Header, NpzReader, NpzStream, NpzWriter, Order, SaveOptions, ScalarKind,
    read_npy_slice,
};

const ROWS: usize = 20_000;
const COLUMNS: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::current_exe()?.with_file_name("slices-data");
    match env::args_os().nth(1) {
        Some(dash) if dash == "-" => pipe()?,
        Some(path) => rows(&PathBuf::from(path))?,
        None => {
            fs::create_dir_all(&folder)?;
            let archive = folder.join("measured.npz");
            make(&archive)?;
            rows(&archive)?;
            huge(&folder.join("huge.npy"))?;
        }
    }
    Ok(())
}

/// The same array twice, stored and deflated.
fn make(path: &Path) -> npz_core::Result<()> {
    let measured =
        Array::from_shape_fn((ROWS, COLUMNS), |(row, column)| (row % 100 + column) as f32);
    let mut writer =
        NpzWriter::create_with(path, &SaveOptions::new().compression(Compression::Deflate(1)))?;
    writer.add("measured", &measured)?;
    writer.add("seconds", &Array1::range(0.0, ROWS as f64, 1.0))?;
    writer.finish().map(drop)
}

/// Some rows of the array, and the mean of each column over all of them.
fn rows(path: &Path) -> npz_core::Result<()> {
    let reader = NpzReader::open(path)?;
    let few = reader.slice::<f32, _>("measured", s![-1000..;100, ..4])?;
    println!("every 100th of the last 1000 rows, 4 columns:\n{few}");

    let mut sum = Array1::<f32>::zeros(few.ncols().max(COLUMNS));
    let mut count = 0.0;
    for rows in reader.chunks::<f32, Ix2>("measured", 512)? {
        let rows = rows?; // the checksum was right, if none of them is an error
        sum += &rows.sum_axis(Axis(0));
        count += rows.nrows() as f32;
    }
    println!("the mean of column 3 over {count} rows is {}", sum[3] / count);
    Ok(())
}

/// A row out of 4 GiB.
fn huge(path: &Path) -> Result<(), Box<dyn Error>> {
    let header = Header::new(ScalarKind::F32, Order::C, [1 << 20, 1 << 10])?;
    let start = header.encode()?;
    let mut file = File::create(path)?;
    file.write_all(&start)?;
    file.set_len(start.len() as u64 + header.nbytes() as u64)?;
    drop(file);
    let row = read_npy_slice::<f32, _>(path, s![777_777, ..])?;
    println!("{} of {} bytes read, sum {}", row.len() * 4, header.nbytes(), row.sum());
    fs::remove_file(path)?;
    Ok(())
}

/// What an archive on standard input holds, checked to its last byte.
fn pipe() -> npz_core::Result<()> {
    let mut stream = NpzStream::new(io::stdin().lock());
    while let Some(entry) = stream.next_entry()? {
        match entry.header() {
            Some(header) => println!(
                "{}: shape {:?}, dtype {}, {}",
                entry.name(),
                header.shape(),
                header.dtype(),
                entry.method()
            ),
            None => println!("{}: no array", entry.name()),
        }
    }
    println!("the archive is sound");
    Ok(())
}
