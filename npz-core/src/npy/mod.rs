//! The npy format: one array with a header that says what it is.

mod array;
pub(crate) mod header;
mod reader;
mod view;
mod writer;

pub use self::header::{Decoded, Header, Order, Version};
pub use self::reader::{NpyReader, read_npy, read_npy_with};
pub use self::view::{NpyView, NpyViewMut};
pub use self::writer::{NpyWriter, write_npy, write_npy_with};

pub(crate) use self::array::{check, check_data, read as read_array, read_into as read_array_into};
pub(crate) use self::header::is_magic;
pub(crate) use self::reader::read_header;
pub(crate) use self::view::Stored;
