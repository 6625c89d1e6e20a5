//! Files of older layouts: which of their entries have other names now.

use crate::error::{Error, ErrorKind, Result};

/// The version of the layout that a type loads, and how the entries of older ones are called in
/// it: what `#[npz(version = 2, migrate = "path")]` says.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The version that the type loads, and saves.
    pub version: u64,
    /// From a file's version and an entry's name to the name in this version; `None` keeps it.
    pub rename: Option<fn(u64, &str) -> Option<String>>,
}

/// From an entry's name to the one that it has today; `None` keeps it.
pub(crate) type Rule<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl Migration {
    /// The rule by which the entries of a file of version `file` are renamed, before those of the
    /// options. A file that doesn't say its version is older than all versions: it is version 0.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a file of a version that is yet to come.
    pub(crate) fn rule(self, file: Option<u64>) -> Result<impl Fn(&str) -> Option<String>> {
        let from = file.unwrap_or(0);
        if from > self.version {
            let message = format!(
                "version {from} of its layout; this program knows version {} and older ones, so \
                 update the program",
                self.version
            );
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let rename = self.rename.filter(|_| from < self.version);
        Ok(move |name: &str| rename?(from, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rename(from: u64, name: &str) -> Option<String> {
        (from < 2 && name == "embed").then(|| "embedding".to_owned())
    }

    #[test]
    fn older_files_are_renamed_and_newer_ones_refused() {
        let migration = Migration { version: 2, rename: Some(rename) };
        for old in [None, Some(1)] {
            let rule = migration.rule(old).unwrap();
            assert_eq!(rule("embed").as_deref(), Some("embedding"));
            assert_eq!(rule("bias"), None);
        }
        assert_eq!(migration.rule(Some(2)).unwrap()("embed"), None);
        let error = migration.rule(Some(3)).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("version 3"), "{error}");

        let unnamed = Migration { version: 2, rename: None };
        assert_eq!(unnamed.rule(None).unwrap()("embed"), None);
    }
}
