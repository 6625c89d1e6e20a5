//! What the metadata say of entries, while these change.
//!
//! They are read when a change first concerns them. What somebody else has put there, and can't be
//! read, says nothing of the entries and stays as it is, unless there is something to be said. What
//! can't be said any more is refused: a name that stands for another one (an alias) hides an entry of
//! that name or below it, and must not lose what it stands for.

use std::collections::BTreeMap;

use super::NpzEditor;
use crate::error::{Error, ErrorKind, Result};
use crate::npz::entry::{self, METADATA, member};
use crate::npz::metadata::Metadata;
use crate::options::SEPARATOR;

impl Metadata {
    /// The entry `key` now holds what is called so.
    pub(super) fn describe(&mut self, key: &str, dtype: Option<&str>) {
        self.dtypes.remove(key);
        self.dtypes.extend(dtype.map(|dtype| (key.to_owned(), dtype.to_owned())));
    }

    pub(super) fn rename(&mut self, key: &str, new_key: &str) {
        if let Some(dtype) = self.dtypes.remove(key) {
            self.dtypes.insert(new_key.to_owned(), dtype);
        }
        for target in self.aliases.values_mut().filter(|target| *target == key) {
            new_key.clone_into(target);
        }
    }
}

/// Whether `name` is `level` or below it.
fn is_within(name: &str, level: &str, separator: &str) -> bool {
    name.strip_prefix(level).is_some_and(|rest| rest.is_empty() || rest.starts_with(separator))
}

impl NpzEditor<'_> {
    /// Says `value` under `key` in the archive's metadata; see
    /// [`SaveOptions::metadata`](crate::SaveOptions::metadata).
    pub fn set_metadata(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.metadata().strings.insert(key.into(), value.into());
    }

    /// Takes what is said under `key` out of the metadata, and returns it.
    pub fn remove_metadata(&mut self, key: &str) -> Option<String> {
        self.metadata().strings.remove(key)
    }
}

impl NpzEditor<'_> {
    /// What joins the levels of names.
    fn separator(&self) -> &str {
        self.options.separator.as_deref().unwrap_or(SEPARATOR)
    }

    /// What the new archive's metadata will say.
    pub(super) fn metadata(&mut self) -> &mut Metadata {
        let reader = &self.reader;
        let read = || reader.archive().metadata().cloned().unwrap_or_default();
        self.metadata.get_or_insert_with(read)
    }

    /// What the new metadata say, if it is something new, or was read leniently.
    ///
    /// # Errors
    /// If it would have to be said in the place of what can't be read.
    pub(super) fn new_metadata(&self) -> Result<Option<&Metadata>> {
        let Some(metadata) = &self.metadata else { return Ok(None) };
        let archive = self.reader.archive();
        if let Some(error) = archive.foreign_metadata() {
            let nothing = *metadata == Metadata::default();
            return if nothing { Ok(None) } else { Err(self.in_file(error)) };
        }
        match archive.metadata() {
            Ok(old) => {
                let anew = metadata != old || self.reader.options().lenient;
                Ok(anew.then_some(metadata))
            }
            Err(_) if *metadata == Metadata::default() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fails if an entry called `name` would be hidden by a level above it that is an alias.
    pub(super) fn check_visible(&mut self, name: &str) -> Result<()> {
        let separator = self.separator().to_owned();
        let aliases = &self.metadata().aliases;
        let hides = |alias: &str| alias != name && is_within(name, alias, &separator);
        match aliases.iter().find(|(alias, _)| hides(alias)) {
            None => Ok(()),
            Some((alias, target)) => {
                let message = format!(
                    "{alias:?} stands for {target:?}, as {METADATA:?} says, so nothing can be \
                     below it; put something else in the place of {alias:?} first"
                );
                let error = Error::new(ErrorKind::Duplicate, message).with_entry(name);
                Err(self.in_file(error))
            }
        }
    }

    /// Fails if the entry `key` can't be called `new_name` for what aliases say.
    pub(super) fn check_rename(&mut self, key: &str, new_name: &str) -> Result<()> {
        self.check_visible(new_name)?;
        self.check_no_alias(new_name)?;
        let separator = self.separator().to_owned();
        let aliases = &self.metadata().aliases;
        let leaves = |target: &str| {
            key != target
                && is_within(key, target, &separator)
                && !is_within(new_name, target, &separator)
        };
        if let Some((alias, target)) = aliases.iter().find(|(_, target)| leaves(target)) {
            let message = format!(
                "{alias:?} stands for all that is below {target:?}, as {METADATA:?} says; keep \
                 it there, or remove {alias:?} first"
            );
            let error = Error::new(ErrorKind::Conflict, message).with_entry(key);
            return Err(self.in_file(error));
        }
        Ok(())
    }

    /// Fails if `name` is an alias, which would hide an entry of that name.
    pub(super) fn check_no_alias(&mut self, name: &str) -> Result<()> {
        let Some(target) = self.metadata().aliases.get(name) else { return Ok(()) };
        let message = format!("is there already, standing for {target:?}; remove it first");
        Err(self.in_file(Error::new(ErrorKind::Duplicate, message).with_entry(name)))
    }

    /// Fails if without the entries that `goes` picks, and with `new` ones, one of the aliases
    /// that stay would stand for nothing.
    pub(super) fn check_targets(
        &mut self,
        name: &str,
        goes: impl Fn(&str) -> bool,
        new: &[&str],
    ) -> Result<()> {
        self.metadata();
        let separator = self.separator();
        let aliases = self.metadata.iter().flat_map(|metadata| &metadata.aliases);
        for (alias, target) in aliases.filter(|(alias, _)| !goes(alias)) {
            let mut loses = false;
            let mut stays = new.iter().any(|key| is_within(key, target, separator));
            for item in self.items.iter().flatten() {
                let key = entry::key(&item.member);
                if is_within(key, target, separator) {
                    loses |= goes(key);
                    stays |= !goes(key);
                }
            }
            if loses && !stays {
                let message = format!(
                    "{alias:?} stands for {target:?}, as {METADATA:?} says, and would stand for \
                     nothing; remove {alias:?} first"
                );
                let error = Error::new(ErrorKind::Conflict, message).with_entry(name);
                return Err(self.in_file(error));
            }
        }
        Ok(())
    }

    /// Puts what is said of `new` entries, and their aliases, in the place of what is said of
    /// those that `goes` picks.
    pub(super) fn describe_anew(
        &mut self,
        goes: impl Fn(&str) -> bool,
        new: &[(String, Option<String>)],
        aliases: &BTreeMap<String, String>,
    ) {
        let metadata = self.metadata();
        metadata.dtypes.retain(|key, _| !goes(key));
        metadata.aliases.retain(|alias, _| !goes(alias));
        for (key, dtype) in new {
            metadata.describe(key, dtype.as_deref());
        }
        metadata.aliases.extend(aliases.iter().map(|(alias, to)| (alias.clone(), to.clone())));
    }

    /// Removes the alias `name`, if there is one and no entry.
    pub(super) fn remove_alias(&mut self, name: &str) -> bool {
        let is_entry =
            self.by_member.contains_key(name) || self.by_member.contains_key(&member(name));
        !is_entry && self.metadata().aliases.remove(name).is_some()
    }
}
