//! The npz archive: a zip file of npy files.
//!
//! [`record`], [`layout`], [`directory`] and [`entry`] are pure: they know bytes and numbers, no
//! files and no arrays. [`reader`] and [`writer`] bring them together with I/O.

mod any;
mod archive;
mod chunks;
#[cfg(feature = "deflate")]
mod deflate;
#[cfg(feature = "digest")]
mod digest;
mod directory;
mod editor;
mod entry;
mod forward;
mod hash;
mod headers;
mod headings;
#[cfg(feature = "mmap")]
mod in_place;
mod layout;
#[cfg_attr(not(feature = "zip"), path = "no_lenient.rs")]
mod lenient;
mod listing;
mod metadata;
mod method;
mod open;
mod places;
mod reader;
mod recent;
mod record;
mod slice;
mod stream;
mod verify;
mod view;
mod window;
mod writer;

pub use self::editor::NpzEditor;
pub use self::forward::{NpzStream, StreamEntry};
pub use self::headings::{Heading, Headings};
pub use self::listing::Entry;
pub use self::method::Method;
pub use self::reader::NpzReader;
pub use self::verify::{EntryReport, VerifyReport};
pub use self::writer::{ArrayWriter, NpzWriter};

pub(crate) use self::archive::{Archive, Tell};
pub(crate) use self::entry::{Keys, METADATA, key, member};
#[cfg(feature = "mmap")]
pub(crate) use self::in_place::InPlace;

pub(crate) use self::window::Window;
