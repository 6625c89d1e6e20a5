//! The extra fields of a header: numbered, and each with its length.

use super::{Fault, Fields, Result};

/// The extra fields of a header, in order, up to the first fault.
///
/// Up to three zero bytes at the end, too few for a field, are skipped: aligners that knew
/// nothing of [`extra::ALIGNMENT`](super::extra::ALIGNMENT) wrote such.
#[derive(Clone, Debug)]
pub(crate) struct ExtraFields<'a>(Fields<'a>);

impl<'a> ExtraFields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(Fields(bytes))
    }

    fn field(&mut self) -> Result<(u16, &'a [u8])> {
        let id = self.0.u16()?;
        let len = self.0.u16()?;
        Ok((id, self.0.bytes(len)?))
    }

    /// Appends a field of `data` and of `zeros` behind them.
    pub(crate) fn encode(out: &mut Vec<u8>, id: u16, data: &[u8], zeros: usize) -> Result<()> {
        let len = u16::try_from(data.len().saturating_add(zeros)).map_err(|_| Fault::Long)?;
        out.extend_from_slice(&id.to_le_bytes());
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(data);
        out.resize(out.len() + zeros, 0);
        Ok(())
    }
}

impl<'a> Iterator for ExtraFields<'a> {
    type Item = Result<(u16, &'a [u8])>;

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.0.0, [] | [0] | [0, 0] | [0, 0, 0]) {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = Fields(&[]);
        }
        Some(field)
    }
}
