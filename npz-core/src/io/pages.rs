//! Hints about pages that no library gives in a safe form.

use std::fs::File;

/// Has the system start to write `len` bytes of `file` from `offset` on to the disk, and doesn't
/// wait. A hint: where it can't be followed, the bytes are written later.
#[cfg(target_os = "linux")]
pub(super) fn start_write_back(file: &File, offset: u64, len: u64) {
    use std::os::fd::AsRawFd;
    let (Ok(offset), Ok(len)) = (offset.try_into(), len.try_into()) else { return };
    // SAFETY: sync_file_range(2) takes a descriptor, which `file` keeps open, and three numbers;
    // it reads and writes no memory of this process.
    #[allow(unsafe_code)]
    let _ = unsafe {
        libc::sync_file_range(file.as_raw_fd(), offset, len, libc::SYNC_FILE_RANGE_WRITE)
    };
}

#[cfg(not(target_os = "linux"))]
pub(super) fn start_write_back(_: &File, _: u64, _: u64) {}
