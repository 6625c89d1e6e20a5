//! A folder that is held open while a file in it is replaced.
//!
//! Every step goes through the handle: whoever moves the folder, or changes the program's current
//! one, while a save runs can't part the temporary file from its target, and what is flushed at the
//! end is the folder in which the file was renamed.

#[cfg(unix)]
pub(super) use self::unix::{Folder, Found};

#[cfg(not(unix))]
pub(super) use self::other::{Folder, Found};

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
    use rustix::fs::{Gid, Uid};
    use rustix::fs::{fchmod, fchown, fstat, fsync, openat, renameat, statat, unlinkat};
    use rustix::io::{Errno, retry_on_intr};

    #[derive(Debug)]
    pub(in crate::io) struct Folder {
        fd: OwnedFd,
        /// A folder that we may use but not list can't be flushed by itself.
        listable: bool,
    }

    /// What stands under a name.
    #[derive(Clone, Copy, Debug)]
    pub(in crate::io) struct Found(Stat);

    impl Folder {
        pub(in crate::io) fn open(path: &Path) -> io::Result<Self> {
            let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
            let open = |more| retry_on_intr(|| rustix::fs::open(path, flags | more, Mode::empty()));
            match open(OFlags::RDONLY) {
                Ok(fd) => Ok(Self { fd, listable: true }),
                #[cfg(target_os = "linux")]
                Err(Errno::ACCESS) => Ok(Self { fd: open(OFlags::PATH)?, listable: false }),
                Err(error) => Err(error.into()),
            }
        }

        /// What stands under `name`, without following a link; `None` for nothing.
        pub(in crate::io) fn find(&self, name: &OsStr) -> io::Result<Option<Found>> {
            match retry_on_intr(|| statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)) {
                Ok(stat) => Ok(Some(Found(stat))),
                Err(Errno::NOENT) => Ok(None),
                Err(error) => Err(error.into()),
            }
        }

        /// Makes a file that wasn't there. Nobody else may open a `private` one.
        pub(in crate::io) fn create(&self, name: &OsStr, private: bool) -> io::Result<File> {
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            let mode = Mode::from_raw_mode(if private { 0o600 } else { 0o666 });
            Ok(retry_on_intr(|| openat(&self.fd, name, flags, mode))?.into())
        }

        /// Opens a file that is there, and not what a link leads to.
        pub(in crate::io) fn open_file(&self, name: &OsStr) -> io::Result<File> {
            // Opening a pipe that somebody put there must not wait for its other end.
            let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            Ok(retry_on_intr(|| openat(&self.fd, name, flags, Mode::empty()))?.into())
        }

        pub(in crate::io) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
            Ok(renameat(&self.fd, from, &self.fd, to)?)
        }

        pub(in crate::io) fn remove(&self, name: &OsStr) -> io::Result<()> {
            Ok(unlinkat(&self.fd, name, AtFlags::empty())?)
        }

        /// Waits until the folder's names are on the disk. `file` is one in it.
        #[cfg_attr(not(target_os = "linux"), allow(unused_variables))]
        pub(in crate::io) fn flush(&self, file: &File) -> io::Result<()> {
            let flushed = match self.listable {
                true => retry_on_intr(|| fsync(&self.fd)),
                // All of the file system then, and the folder with it.
                #[cfg(target_os = "linux")]
                false => retry_on_intr(|| rustix::fs::syncfs(file)),
                #[cfg(not(target_os = "linux"))]
                false => Ok(()),
            };
            match flushed {
                Ok(()) => Ok(()),
                // Some file systems know no such thing as flushing a folder.
                Err(error) if [Errno::INVAL, Errno::NOTSUP, Errno::NOSYS].contains(&error) => {
                    Ok(())
                }
                Err(error) => Err(error.into()),
            }
        }
    }

    impl Found {
        pub(in crate::io) fn of(file: &File) -> io::Result<Self> {
            Ok(Self(retry_on_intr(|| fstat(file))?))
        }

        pub(in crate::io) fn is_file(&self) -> bool {
            FileType::from_raw_mode(self.0.st_mode) == FileType::RegularFile
        }

        pub(in crate::io) fn is_folder(&self) -> bool {
            FileType::from_raw_mode(self.0.st_mode) == FileType::Directory
        }

        /// Whether both are the same file, under whatever names.
        pub(in crate::io) fn is(&self, other: &Self) -> bool {
            (self.0.st_dev, self.0.st_ino) == (other.0.st_dev, other.0.st_ino)
        }

        /// Gives `file` this one's mode, and its owner as far as that is allowed.
        pub(in crate::io) fn hand_over(&self, file: &File) -> io::Result<()> {
            let new = Self::of(file)?.0;
            let (uid, gid) = (Uid::from_raw(self.0.st_uid), Gid::from_raw(self.0.st_gid));
            if (new.st_uid, new.st_gid) != (self.0.st_uid, self.0.st_gid) {
                // Only root may give files away; a group that we are in may still be kept.
                let _ =
                    fchown(file, Some(uid), Some(gid)).or_else(|_| fchown(file, None, Some(gid)));
            }
            Ok(retry_on_intr(|| fchmod(file, Mode::from_raw_mode(self.0.st_mode)))?)
        }
    }

    #[cfg(all(test, target_os = "linux"))]
    mod tests {
        use super::*;

        #[test]
        fn folders_are_flushed_as_far_as_that_can_be() {
            let place = tempfile::tempdir().unwrap();
            let file = File::create(place.path().join("file")).unwrap();
            Folder::open(place.path()).unwrap().flush(&file).unwrap();

            // Here the system knows no such thing, which is nobody's fault.
            let proc = Folder::open(Path::new("/proc")).unwrap();
            assert_eq!(fsync(&proc.fd), Err(Errno::INVAL));
            proc.flush(&file).unwrap();

            // As one is opened that may be used and not listed: it goes with its file system.
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let fd = rustix::fs::open(place.path(), flags, Mode::empty()).unwrap();
            assert_eq!(fsync(&fd), Err(Errno::BADF));
            Folder { fd, listable: false }.flush(&file).unwrap();

            // Any other error is one.
            let fd = rustix::fs::open(place.path(), flags, Mode::empty()).unwrap();
            assert!(Folder { fd, listable: true }.flush(&file).is_err());
        }
    }
}

/// By paths: Windows has no way to flush a folder, and orders its renames by the file system's journal.
#[cfg(not(unix))]
mod other {
    use std::ffi::OsStr;
    use std::fs::{self, File, Metadata, OpenOptions};
    use std::io;
    use std::path::{Path, PathBuf};

    #[derive(Debug)]
    pub(in crate::io) struct Folder(PathBuf);

    /// What stands under a name.
    #[derive(Clone, Debug)]
    pub(in crate::io) struct Found(Metadata);

    impl Folder {
        pub(in crate::io) fn open(path: &Path) -> io::Result<Self> {
            // From here on, the program's current folder doesn't matter.
            let path = std::path::absolute(path)?;
            fs::metadata(&path)?;
            Ok(Self(path))
        }

        /// What stands under `name`, without following a link; `None` for nothing.
        pub(in crate::io) fn find(&self, name: &OsStr) -> io::Result<Option<Found>> {
            match fs::symlink_metadata(self.0.join(name)) {
                Ok(metadata) => Ok(Some(Found(metadata))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        }

        /// Makes a file that wasn't there.
        pub(in crate::io) fn create(&self, name: &OsStr, _private: bool) -> io::Result<File> {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create_new(true).open(self.0.join(name))
        }

        /// Opens a file that is there.
        pub(in crate::io) fn open_file(&self, name: &OsStr) -> io::Result<File> {
            OpenOptions::new().read(true).write(true).open(self.0.join(name))
        }

        pub(in crate::io) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
            fs::rename(self.0.join(from), self.0.join(to))
        }

        pub(in crate::io) fn remove(&self, name: &OsStr) -> io::Result<()> {
            fs::remove_file(self.0.join(name))
        }

        /// Windows has no way to do that.
        pub(in crate::io) fn flush(&self, _: &File) -> io::Result<()> {
            Ok(())
        }
    }

    impl Found {
        pub(in crate::io) fn of(file: &File) -> io::Result<Self> {
            file.metadata().map(Self)
        }

        pub(in crate::io) fn is_file(&self) -> bool {
            self.0.is_file()
        }

        pub(in crate::io) fn is_folder(&self) -> bool {
            self.0.is_dir()
        }

        /// Whether both are the same file; here that can't be told.
        pub(in crate::io) fn is(&self, _: &Self) -> bool {
            false
        }

        /// Gives `file` this one's mode.
        pub(in crate::io) fn hand_over(&self, file: &File) -> io::Result<()> {
            file.set_permissions(self.0.permissions())
        }
    }
}
