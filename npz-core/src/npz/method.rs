//! How an entry's bytes are packed.

use std::fmt;

/// How the bytes of an entry are packed into the archive.
///
/// ```
/// use npz_core::Method;
///
/// assert_eq!(Method::Stored.to_string(), "stored");
/// assert_eq!(Method::Other(12).to_string(), "bzip2 (method 12)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// As they are: what `np.savez` writes, and the only form that can be viewed in place.
    Stored,
    /// Deflated: what `np.savez_compressed` writes.
    Deflated,
    /// Another method, by its number in the zip format; never written.
    Other(u16),
}

impl Method {
    /// The method of a number in a zip header.
    pub(crate) fn from_code(code: u16) -> Self {
        match code {
            0 => Self::Stored,
            8 => Self::Deflated,
            other => Self::Other(other),
        }
    }

    /// The number in a zip header.
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflated => 8,
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Stored => return f.write_str("stored"),
            Self::Deflated => return f.write_str("deflated"),
            Self::Other(9) => "deflate64",
            Self::Other(12) => "bzip2",
            Self::Other(14) => "lzma",
            Self::Other(93) => "zstd",
            Self::Other(95) => "xz",
            Self::Other(98) => "ppmd",
            Self::Other(99) => "AES encryption",
            Self::Other(code) => return write!(f, "method {code}"),
        };
        write!(f, "{name} (method {})", self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_there_and_back() {
        for code in 0..=u16::MAX {
            assert_eq!(Method::from_code(code).code(), code);
        }
        assert_eq!(Method::from_code(8), Method::Deflated);
    }

    #[test]
    fn names() {
        assert_eq!(Method::Deflated.to_string(), "deflated");
        assert_eq!(Method::Other(93).to_string(), "zstd (method 93)");
        assert_eq!(Method::Other(77).to_string(), "method 77");
    }
}
