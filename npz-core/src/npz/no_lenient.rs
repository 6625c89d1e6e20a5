//! What stands in for the lenient reader in builds without the feature `zip`: nothing that could
//! ever be made, with the same methods, so that its callers need no conditions.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;

use super::archive::Facts;
use super::open::Located;
use crate::error::{Error, ErrorKind, Result};
use crate::io::read_at::ReadAt;
use crate::limits::Limits;
use crate::options::LoadOptions;

/// There is none.
pub(crate) struct Lenient<'r> {
    never: Infallible,
    source: PhantomData<&'r ()>,
}

impl<'r> Lenient<'r> {
    pub(crate) fn open(_: Arc<dyn ReadAt + 'r>, _: &LoadOptions) -> Result<Self> {
        let message = "lenient reading needs npz-core's feature `zip`";
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    pub(crate) fn len(&self) -> usize {
        match self.never {}
    }

    pub(crate) fn facts(&self, _: usize) -> Facts<'_> {
        match self.never {}
    }

    pub(crate) fn member(&self, _: usize) -> &str {
        match self.never {}
    }

    pub(crate) fn key(&self, _: usize) -> &str {
        match self.never {}
    }

    pub(crate) fn find(&self, _: &str) -> Option<usize> {
        match self.never {}
    }

    pub(crate) fn locate<'a>(
        &self,
        _: usize,
        _: &'a dyn ReadAt,
        _: &Limits,
    ) -> Result<Located<'a>> {
        match self.never {}
    }
}
