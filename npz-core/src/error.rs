//! The one error type.
//!
//! Every error prints as one line: the file, the entry, what was expected, what was found, and
//! what to do about it. Each layer adds the context it knows, once: the readers add the entry,
//! whoever opened the file adds its path.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and what to do about it.
///
/// `Display` is one complete line. A foreign cause (an [`io::Error`], a decompressor's error) is
/// told in it where it says more than the line does, and is returned by
/// [`source`](StdError::source); `{:#}` adds what the chain of causes has beyond that.
///
/// ```
/// use npz_core::{ErrorKind, NpzReader};
///
/// let error = NpzReader::from_bytes(b"not an archive").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Corrupt);
/// assert!(error.to_string().contains("not an npz file"), "{error}");
/// ```
pub struct Error(Box<Repr>);

struct Repr {
    kind: ErrorKind,
    message: Cow<'static, str>,
    path: Option<PathBuf>,
    entry: Option<Box<str>>,
    field: Option<Box<str>>,
    offset: Option<u64>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    errors: Vec<Error>,
}

/// The coarse class of an [`Error`], to branch on.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The operating system, or the caller's reader or writer, failed.
    Io,
    /// No such file, or no such entry in the archive.
    NotFound,
    /// The bytes break the format's rules or fail their checksum.
    Corrupt,
    /// The file ends before what it promises.
    Truncated,
    /// Well-formed, but a thing that is never read (pickles) or not built in.
    Unsupported,
    /// The element type in the file is not the one asked for.
    Dtype,
    /// The shape or the number of dimensions is not the one asked for.
    Shape,
    /// The bytes can't be borrowed in place: compressed, of the other byte order, at an address
    /// where the type can't stand, or of a type that is no bytes in memory.
    Misaligned,
    /// A name that can't be an entry's name, or can't be told from another.
    Name,
    /// Two entries, or two values to be saved, have the same name.
    Duplicate,
    /// A value that the target type can't hold, such as a `bool` byte of 2.
    Value,
    /// A number in the file goes beyond what [`Limits`](crate::Limits) or the machine allow.
    Limit,
    /// A progress callback asked to stop.
    Cancelled,
    /// The target of a save is not a thing that may be replaced.
    Conflict,
    /// The new file is in place, whole, but the folder could not be flushed: after a power cut the
    /// old file may be back. Every other error of a save leaves the old file as it was.
    NotDurable,
    /// A file doesn't match the type to be loaded; [`Error::errors`] lists every difference.
    Mismatch,
}

impl Error {
    /// An error of `kind` with a one-line message that says what was expected and what was found.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Repr {
            kind,
            message: message.into(),
            path: None,
            entry: None,
            field: None,
            offset: None,
            source: None,
            errors: Vec::new(),
        }))
    }

    /// Adds the foreign error that caused this one.
    #[must_use]
    #[cold]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds the file, unless a layer below has already named one.
    #[must_use]
    #[cold]
    pub fn with_path(mut self, path: impl AsRef<Path>) -> Self {
        self.0.path.get_or_insert_with(|| path.as_ref().to_owned());
        self
    }

    /// Adds the entry's name, unless a layer below has already named one.
    #[must_use]
    #[cold]
    pub fn with_entry(mut self, entry: impl AsRef<str>) -> Self {
        self.0.entry.get_or_insert_with(|| entry.as_ref().into());
        self
    }

    /// Adds the path of the field that the entry was for, such as `layers[0].weight`, unless a
    /// layer below has already given one.
    #[must_use]
    #[cold]
    pub fn with_field(mut self, field: impl AsRef<str>) -> Self {
        // The whole file, or an item of it, is in no field.
        if !field.as_ref().is_empty() && !field.as_ref().starts_with('[') {
            self.0.field.get_or_insert_with(|| field.as_ref().into());
        }
        self
    }

    /// Adds the position of the fault, in bytes from the start of the file (of the entry, where
    /// an entry is named), unless a layer below has already given one.
    #[must_use]
    #[cold]
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// Restates the position: for a layer whose positions are not those of the bytes below it.
    #[must_use]
    #[cold]
    pub(crate) fn map_offset(mut self, restate: impl FnOnce(u64) -> u64) -> Self {
        self.0.offset = self.0.offset.map(restate);
        self
    }

    /// Several errors as one [`ErrorKind::Mismatch`].
    #[cold]
    pub(crate) fn with_errors(mut self, errors: Vec<Error>) -> Self {
        self.0.errors = errors;
        self
    }

    /// An I/O error while `doing` something, such as `"read the directory"`.
    #[cold]
    pub(crate) fn io(doing: &'static str, source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            io::ErrorKind::UnexpectedEof => ErrorKind::Truncated,
            _ => ErrorKind::Io,
        };
        Self::new(kind, format!("can't {doing}: {source}")).with_source(source)
    }

    /// Adds to the message what else there is to say.
    #[cold]
    pub(crate) fn with_note(mut self, note: impl fmt::Display) -> Self {
        self.0.message = format!("{}; {note}", self.0.message).into();
        self
    }

    /// The message alone, without file, entry, field and offset.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The same error once more, but for its foreign source.
    pub(crate) fn duplicate(&self) -> Self {
        let repr = &*self.0;
        Self(Box::new(Repr {
            kind: repr.kind,
            message: repr.message.clone(),
            path: repr.path.clone(),
            entry: repr.entry.clone(),
            field: repr.field.clone(),
            offset: repr.offset,
            source: None,
            errors: repr.errors.iter().map(Self::duplicate).collect(),
        }))
    }

    /// The class of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The file, if the fault was found in one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The name of the entry, as [`NpzReader::names`](crate::NpzReader::names) gives it.
    #[must_use]
    pub fn entry(&self) -> Option<&str> {
        self.0.entry.as_deref()
    }

    /// The path of the field that was to be saved or loaded, in Rust's words: `layers[0].weight`.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The position of the fault in bytes, from the start of the file, or of the entry's
    /// uncompressed bytes where [`entry`](Self::entry) is given.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    /// Every single difference behind an [`ErrorKind::Mismatch`]; empty for other kinds.
    #[must_use]
    pub fn errors(&self) -> &[Error] {
        &self.0.errors
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repr = &*self.0;
        if let Some(path) = &repr.path {
            write!(f, "{}: ", path.display())?;
        }
        if let Some(entry) = &repr.entry {
            write!(f, "entry {}", Shown(entry))?;
        }
        match (&repr.entry, &repr.field) {
            // The field says nothing new where it has the entry's very name.
            (Some(entry), Some(field)) if entry != field => write!(f, " (field {field}): ")?,
            (Some(_), _) => f.write_str(": ")?,
            (None, Some(field)) => write!(f, "field {field}: ")?,
            (None, None) => {}
        }
        f.write_str(&repr.message)?;
        if let Some(offset) = repr.offset {
            write!(f, " (at byte {offset})")?;
        }
        if f.alternate() {
            let mut source = self.source();
            while let Some(cause) = source {
                let text = cause.to_string();
                if !repr.message.contains(&text) {
                    write!(f, ": {text}")?;
                }
                source = cause.source();
            }
        }
        Ok(())
    }
}

/// `Debug` is the line of `Display`, so that `fn main() -> npz_core::Result<()>` reads well;
/// `{:#?}` shows the parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        let repr = &*self.0;
        f.debug_struct("Error")
            .field("kind", &repr.kind)
            .field("message", &repr.message)
            .field("path", &repr.path)
            .field("entry", &repr.entry)
            .field("field", &repr.field)
            .field("offset", &repr.offset)
            .field("source", &repr.source)
            .field("errors", &repr.errors)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Io | ErrorKind::NotDurable => error
                .source()
                .and_then(|source| source.downcast_ref::<io::Error>())
                .map_or(io::ErrorKind::Other, io::Error::kind),
            ErrorKind::NotFound => io::ErrorKind::NotFound,
            ErrorKind::Truncated => io::ErrorKind::UnexpectedEof,
            ErrorKind::Unsupported => io::ErrorKind::Unsupported,
            ErrorKind::Name | ErrorKind::Duplicate => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error)
    }
}

/// Most characters of a file's name for something that a message repeats.
const SHOWN: usize = 120;

/// A name out of a file in a message: quoted, and no longer than a line is. Names of 64 KB are legal.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(SHOWN) {
            None => write!(f, "{:?}", self.0),
            Some((end, _)) => {
                let (shown, rest) = self.0.split_at(end);
                write!(f, "{shown:?}… ({} bytes more)", rest.len())
            }
        }
    }
}

/// As [`Shown`], of a name that may be no text.
pub(crate) fn shown_bytes(name: &[u8]) -> String {
    match name.split_at_checked(SHOWN) {
        Some((shown, rest)) if !rest.is_empty() => {
            format!("\"{}\"… ({} bytes more)", shown.escape_ascii(), rest.len())
        }
        _ => format!("\"{}\"", name.escape_ascii()),
    }
}

/// A type's name in messages, without the paths of modules.
pub(crate) fn short_name<T>() -> String {
    let mut short = String::new();
    for part in
        std::any::type_name::<T>().split_inclusive(|c: char| !c.is_alphanumeric() && c != '_')
    {
        short.push_str(part);
        if short.ends_with("::") {
            let start = short[..short.len() - 2].rfind(|c: char| !c.is_alphanumeric() && c != '_');
            short.truncate(start.map_or(0, |at| at + 1));
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_with_all_context() {
        let error = Error::new(ErrorKind::Dtype, "expected dtype '<f4' (f32), found '<f8' (f64)")
            .with_entry("layers.0.weight")
            .with_offset(74)
            .with_path("model.npz");
        assert_eq!(
            error.to_string(),
            "model.npz: entry \"layers.0.weight\": expected dtype '<f4' (f32), found '<f8' (f64) (at byte 74)"
        );
        assert_eq!(format!("{error:?}"), error.to_string());
        assert_eq!(error.offset(), Some(74));
    }

    #[test]
    fn the_first_context_wins() {
        let error = Error::new(ErrorKind::Corrupt, "x").with_entry("inner").with_entry("outer");
        assert_eq!(error.entry(), Some("inner"));
    }

    #[test]
    fn is_one_word_and_keeps_the_io_kind() {
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        let error = Error::io("open the file", denied);
        assert!(error.source().is_some());
        assert_eq!(io::Error::from(error).kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn type_names_are_short() {
        assert_eq!(short_name::<Vec<Option<String>>>(), "Vec<Option<String>>");
        assert_eq!(short_name::<(u8, &[Error])>(), "(u8, &[Error])");
    }
}
