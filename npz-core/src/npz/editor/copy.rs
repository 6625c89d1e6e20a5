//! Entries once more, under another name.

use super::{Content, NpzEditor};
use crate::error::{Error, ErrorKind, Result};
use crate::npz::entry::{self, SUFFIX, member};

impl NpzEditor<'_> {
    /// Puts a copy of the entry called `name`, packed as it is, under `new_name` at the end. Of a
    /// new entry there is no copy before it is written.
    ///
    /// # Errors
    /// As [`rename`](Self::rename); [`ErrorKind::Unsupported`] for an entry that was put or changed
    /// here.
    pub fn copy(&mut self, name: &str, new_name: &str) -> Result<()> {
        let at = self.place(name)?;
        let Some(item) = &self.items[at] else { return Ok(()) };
        let Content::Kept(index, compression) = item.content else {
            let message = "the entry is new, so it can't be copied yet; put the array twice";
            let error = Error::new(ErrorKind::Unsupported, message);
            return Err(self.in_file(error.with_entry(name)));
        };
        let is_npy = item.member.ends_with(SUFFIX);
        let new_member = if is_npy { member(new_name) } else { new_name.to_owned() };
        let key = self.key(&item.member).to_owned();
        if self.find(new_name).is_some() {
            let message = "an entry of this name is there already; remove it first";
            let error = Error::new(ErrorKind::Duplicate, message);
            return Err(self.in_file(error.with_entry(new_name)));
        }
        self.check_new(&new_member)?;
        self.check_visible(new_name)?;
        self.check_no_alias(entry::key(&new_member))?;
        let dtype = self.metadata().dtypes.get(&key).cloned();
        self.metadata().describe(entry::key(&new_member), dtype.as_deref());
        self.insert(new_member, Content::Kept(index, compression));
        Ok(())
    }
}
