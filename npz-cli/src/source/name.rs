//! What entries are called.

/// The name of an entry, and that of its member in the archive.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// The member's, if there is one; `None` for the only array of a `.npy` file.
    text: Option<Box<str>>,
    /// Bytes of a member's name that are the entry's: all, or all but `.npy`.
    member: Option<u32>,
}

impl Name {
    /// Of the only array of a `.npy` file.
    pub(crate) const NONE: Self = Self { text: None, member: None };

    /// Of an array in a file that has no members.
    pub(crate) fn of_entry(name: String) -> Self {
        Self { text: Some(name.into()), member: None }
    }

    /// Of the member of an archive whose entry is called `name`, with which it begins.
    pub(crate) fn of_member(member: &str, name: &str) -> Self {
        Self {
            text: Some(member.into()),
            member: Some(u32::try_from(name.len()).unwrap_or(u32::MAX)),
        }
    }

    pub(crate) fn entry(&self) -> Option<&str> {
        let text = self.text.as_deref()?;
        let len = self.member.and_then(|len| usize::try_from(len).ok());
        text.get(..len.unwrap_or(text.len()))
    }

    pub(crate) fn member(&self) -> Option<&str> {
        self.text.as_deref().filter(|_| self.member.is_some())
    }
}
