//! Files that are written whole: the old one stays until the new one is there.

use std::io::Write;
use std::path::Path;

use crate::error::{Failure, Result};
use crate::interrupt;
use crate::output::Output;

/// Writes a file, or for `-` to the standard output.
pub(crate) fn write(path: &Path, bytes: &[u8], out: &mut Output) -> Result<()> {
    if path.as_os_str() == "-" {
        out.bytes(bytes)?;
        return Ok(());
    }
    interrupt::guard();
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".npz-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What a file of anybody's has; the user's umask takes from it.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let fault = |error| Failure::io(path, "write", error);
    let mut file = builder.tempfile_in(folder).map_err(fault)?;
    file.write_all(bytes).map_err(fault)?;
    interrupt::check()?;
    file.persist(path).map_err(|error| fault(error.error))?;
    Ok(())
}
