//! What can be known of an entry without reading its data.

use std::borrow::Cow;
use std::sync::Arc;

use npz_core::{Error, Header, Method};

use super::name::Name;

/// Whether an entry is an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Array,
    /// A member of an archive that is no npy file.
    Bytes,
}

/// What is known of an entry without reading its data.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(super) names: Name,
    pub(crate) kind: Kind,
    /// `None` where `error` is set, and for bytes.
    pub(crate) header: Option<Arc<Header>>,
    /// `ml_dtypes`' name of the type, where the dtype doesn't tell.
    pub(crate) logical_dtype: Option<Box<str>>,
    /// `None` if even that isn't known.
    pub(crate) method: Option<Method>,
    /// Bytes in the archive once unpacked, npy header included; for bytes what they are.
    pub(crate) unpacked_nbytes: Option<u64>,
    /// Bytes it takes in the file, npy header included.
    pub(crate) stored_nbytes: Option<u64>,
    /// Where the array's items start in the file, if they stand there as they are.
    pub(crate) data_offset: Option<u64>,
    pub(crate) crc32: Option<u32>,
    /// Why its headers can't be read.
    pub(crate) error: Option<Error>,
}

impl Entry {
    /// `None` for the only array of a `.npy` file.
    pub(crate) fn name(&self) -> Option<&str> {
        self.names.entry()
    }

    /// Its name in the archive, with `.npy`.
    pub(crate) fn member(&self) -> Option<&str> {
        self.names.member()
    }

    /// For people: `""` for the only array of a `.npy` file.
    pub(crate) fn label(&self) -> &str {
        self.name().unwrap_or_default()
    }

    /// The dtype as NumPy writes it: `<f4`, `[('x', '<f4'), ('y', '<f4')]`.
    pub(crate) fn descr(&self) -> Option<String> {
        let dtype = self.header.as_deref()?.dtype();
        Some(match dtype.as_scalar() {
            Some(scalar) => scalar.to_string(),
            None => dtype.to_string(),
        })
    }

    /// Bytes of the array's items, or of what is no array.
    pub(crate) fn nbytes(&self) -> Option<u64> {
        match (&self.header, self.kind) {
            // A pickle's size isn't known before it is read, which it never is.
            (Some(header), _) if header.dtype().has_object() => None,
            (Some(header), _) => Some(header.nbytes() as u64),
            (None, Kind::Bytes) => self.unpacked_nbytes,
            (None, Kind::Array) => None,
        }
    }

    /// Whether there are items to be read: no pickle, no bytes, no error.
    pub(crate) fn is_readable_array(&self) -> bool {
        self.header.as_deref().is_some_and(|header| !header.dtype().has_object())
    }

    /// Whether it is a member without data that stands for a folder, as `zip -r` writes them: nothing
    /// that anybody asked to have.
    pub(crate) fn is_folder(&self) -> bool {
        let is_named = self.member().is_some_and(|member| member.ends_with('/'));
        is_named && self.kind == Kind::Bytes && self.unpacked_nbytes == Some(0)
    }

    /// One word for how it is packed.
    pub(crate) fn method_name(&self) -> Cow<'static, str> {
        match self.method {
            None | Some(Method::Stored) => "stored".into(),
            Some(Method::Deflated) => "deflated".into(),
            // Without the number, which `bzip2 (method 12)` has.
            Some(other) => {
                let name = other.to_string();
                name.split(" (").next().unwrap_or(&name).to_owned().into()
            }
        }
    }

    /// What an archive's reader knows it by.
    pub(super) fn key(&self) -> &str {
        self.member().unwrap_or_default()
    }
}
