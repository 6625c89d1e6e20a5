//! Temporary files beside the ones that they will replace.

use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;

use super::folder::Folder;
use super::locked::Locked;
use crate::error::{Error, ErrorKind, Result};

/// A name is drawn at random from 2^64, so a second clash already means something else is wrong.
const MOST_NAMES: usize = 16;

const START: &str = ".npz-";
const END: &str = ".tmp";
const DIGITS: usize = 16;

/// Makes a file under a name of its own. It is locked, which tells a sweeper that it is alive.
/// Beside an existing file it is `private`: nobody else may read it until it has that file's mode.
pub(super) fn create(folder: &Folder, private: bool) -> Result<(Locked, OsString)> {
    for _ in 0..MOST_NAMES {
        let name = draw();
        match folder.create(&name, private) {
            Ok(file) => match Locked::lock(file) {
                Some(file) => return Ok((file, name)),
                // A sweeper whose clock is wrong was faster, and will remove it.
                None => drop(folder.remove(&name)),
            },
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io("create a file beside the one to be saved", error)),
        }
    }
    Err(Error::new(ErrorKind::Conflict, "can't find a free name for a temporary file beside it"))
}

/// Short, since the target's own name may already be as long as a name can be.
fn draw() -> OsString {
    // Every `RandomState` has its own keys, from the system's randomness.
    let random = RandomState::new().build_hasher().finish();
    format!("{START}{random:016x}{END}").into()
}

/// Whether a file of this name can only be one of these.
pub(super) fn is_ours(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.strip_prefix(START)?.strip_suffix(END));
    digits.is_some_and(|digits| {
        digits.len() == DIGITS && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_names_are_ours_and_no_others() {
        assert!(is_ours(&draw()) && draw() != draw());
        for name in [
            ".npz-0123456789abcde.tmp",
            ".npz-0123456789abcdef0.tmp",
            ".npz-0123456789ABCDEF.tmp",
            ".npz-0123456789abcdef.tmp2",
            "npz-0123456789abcdef.tmp",
            ".npz-+123456789abcdef.tmp",
            "model.npz",
            ".npz-.tmp",
            ".npz-.tm",
        ] {
            assert!(!is_ours(OsStr::new(name)), "{name}");
        }
    }
}
