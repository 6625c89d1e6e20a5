//! Entries tile the file from its start to the directory, as far as the directory alone can tell.

use super::LENIENT;
use super::listed::{Entry, Numbers, span_fault};
use crate::error::{Error, ErrorKind, Result};

/// Gives every entry its end and checks that they fill the file from its start to the directory.
/// Entries may stand in the directory in any order.
pub(super) fn tile(entries: &mut [Entry<'_>], directory: u64) -> Result<()> {
    let mut order: Vec<&mut Entry<'_>> = entries.iter_mut().collect();
    order.sort_by_key(|entry| entry.offset);
    if let Some(last) = order.last()
        && last.offset >= directory
    {
        let at = last.offset;
        let message = format!(
            "it should start at byte {at} of the file, but the directory does at byte {directory}"
        );
        return Err(last.at_open(ErrorKind::Corrupt, message));
    }
    let first = order.first().map_or(directory, |entry| entry.offset);
    if first != 0 {
        let message = format!("the first {first} bytes belong to no entry{LENIENT}");
        return Err(Error::new(ErrorKind::Corrupt, message).with_offset(0));
    }
    let ends: Vec<u64> =
        order.iter().skip(1).map(|entry| entry.offset).chain([directory]).collect();
    for (entry, end) in order.into_iter().zip(ends) {
        entry.numbers.end = end;
        entry.check_span()?;
    }
    Ok(())
}

/// The same for entries that come in the order in which they stand in the file, as nearly always,
/// one by one.
#[derive(Debug)]
pub(super) struct Row {
    /// The entry that came last, which the next one ends, and the length of its name.
    last: Option<(Numbers, usize)>,
    unbroken: bool,
}

impl Row {
    pub(super) fn new() -> Self {
        Self { last: None, unbroken: true }
    }

    #[inline]
    pub(super) fn add(&mut self, next: Numbers, name: usize) {
        self.unbroken &= match self.last.take() {
            None => next.offset == 0,
            // By order of offsets, an empty span stands before another of the same start.
            Some((last, name)) => {
                let last = Numbers { end: next.offset, ..last };
                last.offset <= last.end && span_fault(&last, name).is_none()
            }
        };
        self.last = Some((next, name));
    }

    /// Whether entries in this order fill the file up to the directory. If not, [`tile`] knows whether
    /// they do in another order, and what is wrong.
    pub(super) fn fills(self, directory: u64) -> bool {
        let Some((last, name)) = self.last else { return directory == 0 };
        let ended = Numbers { end: directory, ..last };
        self.unbroken && last.offset < directory && span_fault(&ended, name).is_none()
    }
}
