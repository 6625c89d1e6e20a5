//! The npy format: one array with a header that says what it is.

mod any;
mod appender;
mod array;
mod array_writer;
mod canonical;
mod chunks;
mod file;
mod fill;
pub(crate) mod header;
mod pieces;
mod raw;
mod reader;
mod rows;
mod slice;
mod stream;
mod values;
mod view;
mod writer;

pub use self::any::AnyArray;
pub use self::appender::NpyAppender;
pub use self::array_writer::NpyArrayWriter;
pub use self::chunks::ArrayChunks;
pub use self::header::{Decoded, Header, Order, Version};
pub use self::pieces::AnyPieces;
pub use self::raw::RawArray;
pub use self::reader::{NpyReader, read_npy, read_npy_with};
pub use self::slice::{read_npy_slice, read_npy_slice_with};
pub use self::stream::NpyStream;
pub use self::values::ValueCounts;
pub use self::view::{NpyView, NpyViewMut};
pub use self::writer::{NpyWriter, write_npy, write_npy_with};

pub(crate) use self::array::{
    check, check_data, read as read_array, read_any, read_into as read_array_into,
};
#[cfg(feature = "digest")]
pub(crate) use self::canonical::canonicalise;
pub(crate) use self::chunks::{Body, GATHER_BYTES, RowSource, check_chunks, has_rows};
pub(crate) use self::fill::fill;
pub(crate) use self::header::is_magic;
pub(crate) use self::reader::read_header;
pub(crate) use self::rows::{Rows, fixed_dtype};
pub(crate) use self::slice::{Gather, Selection, Skim, check_items, read_any_slice, read_slice};
pub(crate) use self::values::count_values;
pub(crate) use self::view::Stored;
