//! Files that are part of the program, at an address where their arrays can be viewed.

/// Bytes at a multiple of 64, as arrays in files are aligned.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Aligned<B: ?Sized>(pub B);

/// Includes a file as a `&'static [u8]` aligned to 64 bytes; the path is as in [`include_bytes!`].
///
/// What [`include_bytes!`] itself gives may stand anywhere, so most arrays in it can't be viewed.
///
/// ```
/// use npz_core::ndarray::ArrayView3;
/// use npz_core::{NpzReader, include_npz};
///
/// static DIGITS: &[u8] = include_npz!("../../examples/data/digits.npz");
/// let images: ArrayView3<u8> = NpzReader::from_bytes(DIGITS)?.view("images")?;
/// assert_eq!(images.dim(), (1797, 8, 8));
/// # Ok::<(), npz_core::Error>(())
/// ```
#[macro_export]
macro_rules! include_npz {
    ($path:expr $(,)?) => {{
        static BYTES: &$crate::__private::Aligned<[::core::primitive::u8]> =
            &$crate::__private::Aligned(*::core::include_bytes!($path));
        let bytes: &'static [::core::primitive::u8] = &BYTES.0;
        bytes
    }};
}
