//! The npz archive: a zip file of npy files.
//!
//! [`record`], [`layout`], [`directory`] and [`entry`] are pure: they know bytes and numbers, no
//! files and no arrays.

mod directory;
mod entry;
mod layout;
mod method;
mod record;

pub use method::Method;
