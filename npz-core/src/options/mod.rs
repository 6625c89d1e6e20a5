//! How to save, and how to load.

mod load;
mod meter;
mod progress;
mod save;
mod verify;

pub use self::load::LoadOptions;
pub(crate) use self::meter::Meter;
pub use self::progress::Progress;
pub(crate) use self::progress::{Callback, STEP_BYTES, Tracker};
pub use self::save::SaveOptions;
pub use self::verify::VerifyOptions;

use std::sync::OnceLock;

use crate::error::{Error, ErrorKind, Result};

/// How far loading may convert an array to the element type that is asked for.
///
/// ```
/// use npz_core::ndarray::{Array1, arr1};
/// use npz_core::{Cast, LoadOptions, read_npy, read_npy_with, write_npy};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("a.npy");
/// write_npy(&path, &arr1(&[0.5_f32, 1.5]))?;
/// assert!(read_npy::<f64, npz_core::ndarray::Ix1>(&path).is_err());
/// let options = LoadOptions::new().cast(Cast::Lossless);
/// let array: Array1<f64> = read_npy_with(&path, &options)?;
/// assert_eq!(array, arr1(&[0.5, 1.5]));
/// # Ok::<(), npz_core::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Cast {
    /// Not at all: the dtype is the one asked for, in either byte order.
    #[default]
    Exact,
    /// Where the type holds every value that the dtype has: `bool` as 0 and 1 to numbers,
    /// integers to wider ones, `i32` and smaller to `f64`, `f16` and `bf16` to `f32`, real to
    /// complex numbers. Unlike NumPy's `safe`, `i64` to `f64` is not among them.
    Lossless,
    /// Every number to every other, as Rust's `as` does it. In range that is what NumPy's `astype`
    /// gives; beyond it, where NumPy's result depends on the machine, floats become the nearest
    /// integer there is and NaN becomes 0. Of complex numbers the real part is kept, and as
    /// `bool` all but zero is `true`.
    Any,
}

/// How the data of an entry are packed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// As they are: fastest to save and load, and the only form that can be mapped.
    #[default]
    Stored,
    /// Deflated, by what is in the data: the fastest way whose size is, as far as a sample tells,
    /// within a quarter of that of `np.savez_compressed`. It is the same size for random floats,
    /// which weights mostly are, in a twentieth of the time and less. Every inflater reads it.
    ///
    /// [`save_npz_compressed`](crate::SaveNpz::save_npz_compressed) saves so.
    #[cfg(feature = "deflate")]
    Auto,
    /// Deflated by zlib's rules, like `np.savez_compressed`: level 1 (fast) to 9 (small), NumPy's
    /// is 6; 0 packs nothing.
    #[cfg(feature = "deflate")]
    Deflate(u8),
}

/// What joins the levels of a name when neither the options nor the value say it.
pub(crate) const SEPARATOR: &str = ".";

fn check_separator(separator: Option<&str>) -> Result<()> {
    if let Some(separator) = separator
        && (separator.is_empty() || separator.contains(|c: char| c == '\0' || c.is_ascii_digit()))
    {
        let message = format!(
            "the separator of names can't be {separator:?}: it needs a character, and none of \
             them may be a digit, which are a list's indices, or NUL"
        );
        return Err(Error::new(ErrorKind::Name, message));
    }
    Ok(())
}

/// As many threads as are asked for, or, of 0, as many as help here: more than four wait for memory
/// and for the disk.
pub(crate) fn threads(asked: usize) -> usize {
    const MOST: usize = 4;
    // Asking the system takes longer than reading a small array.
    static HELPFUL: OnceLock<usize> = OnceLock::new();
    let count = || std::thread::available_parallelism().map_or(1, |cores| cores.get().min(MOST));
    match asked {
        0 => *HELPFUL.get_or_init(count),
        asked => asked,
    }
}
