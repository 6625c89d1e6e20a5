//! Hints about pages that no library gives in a safe form; the second file with `unsafe`.
//!
//! Fresh memory costs a page fault for every page when it is first touched. For an array that is
//! read from the page cache that is more than the copy costs, and with pages of 2 MiB instead of
//! 4 KiB it is next to nothing. Linux hands them out where it is asked to.

#![allow(unsafe_code, reason = "the calls take addresses; they change nothing that can be seen")]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc)]

use std::fs::File;

/// Below this there is no gain: one large page would have to lie inside by luck.
#[cfg(target_os = "linux")]
const LEAST_BYTES: usize = 2 << 20;

/// Asks the system to back `memory`, which nobody has touched yet, by large pages, if it is large.
#[cfg(target_os = "linux")]
pub(crate) fn advise_large<T>(memory: &mut [T]) {
    use rustix::mm::{Advice, madvise};

    let bytes = size_of_val(memory);
    if bytes < LEAST_BYTES {
        return;
    }
    // Whole pages, those at either end too, which the allocator may share with its own notes and
    // with neighbours: for them it is a hint as well, and areas that lie side by side stay one.
    let page = rustix::param::page_size();
    let within = memory.as_ptr().addr() % page;
    let start = memory.as_mut_ptr().wrapping_byte_sub(within);
    let len = (within + bytes).next_multiple_of(page);
    // SAFETY: the call reads and writes no memory. Whatever lies in these pages, this advice changes
    // neither what they hold nor who may use them, only the size of the pages that the kernel takes
    // when it backs them; so no reference into them can tell. A range it can't take is an error.
    let advised = unsafe { madvise(start.cast(), len, Advice::LinuxHugepage) };
    // Without it, all works as before: kernels may be built without large pages.
    let _ = advised;
}

/// Elsewhere large pages are the system's own business.
#[cfg(not(target_os = "linux"))]
pub(crate) fn advise_large<T>(_: &mut [T]) {}

/// Below this, memory mostly isn't fresh.
#[cfg(target_os = "linux")]
const LEAST_FRESH_BYTES: usize = 128 << 10;

/// Has the system back all of `memory` at once, which is about to be overwritten, if it is large: where
/// pages are small, one call costs less than a fault for each.
#[cfg(target_os = "linux")]
pub(super) fn populate(memory: &mut [u8]) {
    use rustix::mm::{Advice, madvise};

    if memory.len() < LEAST_FRESH_BYTES {
        return;
    }
    // The whole pages within.
    let page = rustix::param::page_size();
    let skipped = memory.as_ptr().addr().wrapping_neg() % page;
    let len = (memory.len() - skipped) / page * page;
    let start = memory.as_mut_ptr().wrapping_add(skipped);
    // SAFETY: all of the pages lie in `memory`, which is borrowed mutably. The call has the kernel do what
    // a write to each would have it do, short of the write, so what they hold stays as it is.
    let populated = unsafe { madvise(start.cast(), len, Advice::LinuxPopulateWrite) };
    // Kernels before 5.14 don't know it, and where memory is short the write will tell.
    let _ = populated;
}

#[cfg(not(target_os = "linux"))]
pub(super) fn populate(_: &mut [u8]) {}

/// Has the system start to write `len` bytes of `file` from `offset` on to the disk, and doesn't
/// wait. A hint: where it can't be followed, the bytes are written later.
#[cfg(target_os = "linux")]
pub(super) fn start_write_back(file: &File, offset: u64, len: u64) {
    use std::os::fd::AsRawFd;
    let (Ok(offset), Ok(len)) = (offset.try_into(), len.try_into()) else { return };
    // SAFETY: sync_file_range(2) takes a descriptor, which `file` keeps open, and three numbers;
    // it reads and writes no memory of this process.
    let _ = unsafe {
        libc::sync_file_range(file.as_raw_fd(), offset, len, libc::SYNC_FILE_RANGE_WRITE)
    };
}

#[cfg(not(target_os = "linux"))]
pub(super) fn start_write_back(_: &File, _: u64, _: u64) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_it_was() {
        for len in [0, 1, 4095, (2 << 20) - 1, 2 << 20, (8 << 20) + 5] {
            let mut memory = vec![7_u8; len];
            // From any address on: neither end need be that of a page.
            for skip in [0, 1, 4096].map(|skip| skip.min(len)) {
                advise_large(&mut memory[skip..]);
                populate(&mut memory[skip..]);
            }
            assert!(memory.iter().all(|&byte| byte == 7), "{len}");
        }
        advise_large::<u64>(&mut []);
        advise_large(&mut [[0_u8; 0]; 100]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn large_pages_are_asked_for() {
        let mut memory = vec![0_u8; 16 << 20];
        advise_large(&mut memory);
        let address = memory.as_ptr().addr() + (4 << 20);
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut within = false;
        let mut flags = None;
        for line in maps.lines() {
            let range = line.split(' ').next().and_then(|range| range.split_once('-'));
            let number = |text: &str| usize::from_str_radix(text, 16).ok();
            if let Some((Some(start), Some(end))) = range.map(|(a, b)| (number(a), number(b))) {
                within = (start..end).contains(&address);
            }
            if within && line.starts_with("VmFlags:") {
                flags = Some(line.to_owned());
            }
        }
        // Where the kernel knows no large pages there is nothing to see.
        if std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            assert!(flags.unwrap().contains(" hg"), "no large pages asked for");
        }
    }
}
