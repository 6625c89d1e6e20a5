//! `savez!`: a bundle of arrays without a struct.

/// Saves arrays and other values under the given names, as `np.savez` does.
///
/// Values without a name become `arr_0`, `arr_1`, …, after the named ones. A name that is no Rust
/// identifier is written as a string. Like [`save_npz`](crate::SaveNpz::save_npz) it is atomic
/// and durable, and returns a [`Result`](crate::Result).
///
/// ```
/// use npz_core::ndarray::arr1;
/// use npz_core::{NpzReader, savez};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("run.npz");
/// let losses = arr1(&[0.9, 0.5, 0.3]);
/// savez!(&path, losses = losses, step = 3_u64, "layers.0" = arr1(&[1.0_f32]), arr1(&[true]))?;
///
/// let reader = NpzReader::open(&path)?;
/// assert_eq!(reader.names().collect::<Vec<_>>(), ["losses", "step", "layers.0", "arr_0"]);
/// # Ok::<(), npz_core::Error>(())
/// ```
#[macro_export]
macro_rules! savez {
    (@value $path:expr, [$($named:tt)*] [$($unnamed:tt)*]) => {
        $crate::__private::savez($path, &[$($named)* $($unnamed)*])
    };
    (@value $path:expr, [$($named:tt)*] [$($unnamed:tt)*] $name:ident = $value:expr $(, $($rest:tt)*)?) => {
        $crate::savez!(@value $path,
            [$($named)* (::core::option::Option::Some(::core::stringify!($name)), &$value as &dyn $crate::SaveNpz),]
            [$($unnamed)*] $($($rest)*)?)
    };
    (@value $path:expr, [$($named:tt)*] [$($unnamed:tt)*] $name:literal = $value:expr $(, $($rest:tt)*)?) => {
        $crate::savez!(@value $path,
            [$($named)* (::core::option::Option::Some($name), &$value as &dyn $crate::SaveNpz),]
            [$($unnamed)*] $($($rest)*)?)
    };
    (@value $path:expr, [$($named:tt)*] [$($unnamed:tt)*] $value:expr $(, $($rest:tt)*)?) => {
        $crate::savez!(@value $path,
            [$($named)*]
            [$($unnamed)* (::core::option::Option::None, &$value as &dyn $crate::SaveNpz),] $($($rest)*)?)
    };
    ($path:expr $(, $($values:tt)*)?) => {
        $crate::savez!(@value $path, [] [] $($($values)*)?)
    };
}
