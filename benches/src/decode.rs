//! What decoding costs beside a plain load: 512 MiB of `f64` in memory, from a file in the
//! machine's byte order, from one in the other, from one in Fortran order, and from `f32`.
//!
//! ```sh
//! cargo run --release -p npz-benches --bin decode [MiB] [rounds]
//! ```
//!
//! Prints the median of each and its ratio to the plain load. The rounds alternate, so that a
//! change of the machine's speed hits all alike, and before each load as much memory is taken and
//! given back, so that all find the allocator in the same state. Files are in `TMPDIR`; put it into
//! memory (`/dev/shm`) to leave the disk out.

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ndarray::{Array2, ShapeBuilder};
use npz_core::{ByteOrder, Cast, LoadOptions, NpzReader, NpzWriter, SaveOptions};

const ROWS: usize = 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let mib: usize = args.next().map_or(Ok(512), |text| text.parse())?;
    let rounds: usize = args.next().map_or(Ok(9), |text| text.parse())?;
    let columns = mib * (1 << 20) / 8 / ROWS;
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);

    let value = |(row, column): (usize, usize)| (row * columns + column) as f64;
    let save = SaveOptions::new().durable(false);
    let native = Array2::from_shape_fn((ROWS, columns), value);
    write(&path("native"), &native, &save.clone().byte_order(ByteOrder::NATIVE))?;
    let other = match ByteOrder::NATIVE {
        ByteOrder::Big => ByteOrder::Little,
        _ => ByteOrder::Big,
    };
    write(&path("swapped"), &native, &save.clone().byte_order(other))?;
    drop(native);
    let fortran = Array2::from_shape_fn((ROWS, columns).f(), value);
    write(&path("fortran"), &fortran, &save.clone().keep_fortran_order(true))?;
    drop(fortran);
    #[allow(clippy::cast_possible_truncation)]
    let narrow = Array2::from_shape_fn((ROWS, columns), |at| value(at) as f32);
    write(&path("f32"), &narrow, &save)?;
    drop(narrow);

    let cases = [
        ("plain load", path("native")),
        ("other byte order", path("swapped")),
        ("Fortran order", path("fortran")),
        ("f32, cast to f64", path("f32")),
    ];
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..rounds {
        for ((_, path), times) in cases.iter().zip(&mut times) {
            touch(mib << 20);
            times.push(load(path)?);
        }
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    for ((name, _), time) in cases.iter().zip(&medians) {
        let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
        println!("{name:20} {:7.1} ms   {ratio:.2}", time.as_secs_f64() * 1e3);
    }
    Ok(())
}

fn write(
    path: &PathBuf,
    array: &Array2<impl npz_core::Element>,
    options: &SaveOptions,
) -> npz_core::Result<()> {
    let mut writer = NpzWriter::create_with(path, options)?;
    writer.add("a", array)?;
    writer.finish().map(drop)
}

fn load(path: &Path) -> npz_core::Result<Duration> {
    let options = LoadOptions::new().cast(Cast::Lossless);
    let start = Instant::now();
    let array: Array2<f64> = NpzReader::open_with(path, &options)?.get("a")?;
    let time = start.elapsed();
    black_box(array[[ROWS - 1, 0]]);
    Ok(time)
}

/// Takes memory, writes to each of its pages, and gives it back.
fn touch(bytes: usize) {
    let mut memory = vec![0_u8; bytes];
    memory.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
    black_box(memory);
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
