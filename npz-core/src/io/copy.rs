//! Bytes from file to file.

use std::fs::File;
use std::io::{self, Write};

use super::read_at::ReadAt;

/// Copied through memory at a time, where the system doesn't copy by itself.
const BUFFER_BYTES: usize = 256 << 10;

/// Writes `len` bytes of `from`, those at `offset`, to where `to` stands.
pub(super) fn copy(from: &File, offset: u64, to: &File, len: u64) -> io::Result<()> {
    let done = copy_in_system(from, offset, to, len)?;
    copy_through_memory(from, offset.saturating_add(done), to, len.saturating_sub(done))
}

/// Lets the system copy, which may share blocks instead; says how far it came.
#[cfg(target_os = "linux")]
fn copy_in_system(from: &File, offset: u64, to: &File, len: u64) -> io::Result<u64> {
    use rustix::fs::copy_file_range;
    use rustix::io::Errno;

    let mut at = offset;
    let end = offset.saturating_add(len);
    while at < end {
        let count = usize::try_from(end - at).unwrap_or(usize::MAX);
        match copy_file_range(from, Some(&mut at), to, None, count) {
            // The end of the file, or a file system that says so: reading will tell which.
            Ok(0) => break,
            Ok(_) | Err(Errno::INTR) => {}
            Err(error @ (Errno::NOSPC | Errno::DQUOT | Errno::IO | Errno::FBIG)) => {
                return Err(error.into());
            }
            // Old kernels, two file systems, or one that can't.
            Err(_) => break,
        }
    }
    Ok(at.saturating_sub(offset))
}

#[cfg(not(target_os = "linux"))]
fn copy_in_system(_: &File, _: u64, _: &File, _: u64) -> io::Result<u64> {
    Ok(0)
}

fn copy_through_memory(from: &File, offset: u64, mut to: &File, len: u64) -> io::Result<()> {
    let mut buffer = vec![0; usize::try_from(len).unwrap_or(BUFFER_BYTES).min(BUFFER_BYTES)];
    let mut done = 0;
    while done < len {
        let count = usize::try_from(len - done).unwrap_or(BUFFER_BYTES).min(buffer.len());
        let piece = &mut buffer[..count];
        from.read_exact_at(piece, offset.saturating_add(done))?;
        to.write_all(piece)?;
        done += count as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_copy_the_same() {
        let bytes: Vec<u8> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut from = tempfile::tempfile().unwrap();
        from.write_all(&bytes).unwrap();
        for way in [copy, copy_through_memory] {
            let mut to = tempfile::tempfile().unwrap();
            to.write_all(b"before").unwrap();
            way(&from, 1000, &to, 2_000_000).unwrap();
            way(&from, 5, &to, 0).unwrap();
            to.write_all(b"after").unwrap();
            let mut found = vec![0; 6 + 2_000_000 + 5];
            to.read_exact_at(&mut found, 0).unwrap();
            assert_eq!(found, [b"before", &bytes[1000..2_001_000], b"after"].concat());
            let error = way(&from, bytes.len() as u64 - 10, &to, 11).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
    }

    #[test]
    fn what_the_system_does_not_copy_goes_through_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("to");
        let mut from = tempfile::tempfile().unwrap();
        from.write_all(b"0123456789").unwrap();
        // Linux copies nothing into a file that can only be appended to.
        let to = File::options().append(true).create(true).open(&path).unwrap();
        copy(&from, 2, &to, 5).unwrap();
        copy(&from, 0, &to, 2).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"2345601");
        // Nor to a device, whose error is an error all the same.
        #[cfg(target_os = "linux")]
        {
            let full = File::options().write(true).open("/dev/full").unwrap();
            assert_eq!(copy(&from, 0, &full, 3).unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
    }
}
