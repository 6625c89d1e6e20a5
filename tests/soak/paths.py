"""Modes, links, special files and odd names."""

import os
import stat
from pathlib import Path

from kit import NEW, OLD, Skipped, Tally, base, need_root, run, workspace

NOBODY = 65534


class Case:
    """A folder for one case, and what is asked of it."""

    def __init__(self, saver, folder, umask=0o022, uid=None, cwd=None):
        self.saver, self.folder = saver, Path(folder)
        self.umask, self.uid, self.cwd = umask, uid, cwd

    def save(self, path, version=NEW):
        def setup():
            os.umask(self.umask)
            if self.cwd:
                os.chdir(self.cwd)
            if self.uid:
                os.setgroups([])
                os.setgid(self.uid)
                os.setuid(self.uid)

        return run(self.saver.save(path, version), setup=setup)

    def old(self, name="a", mode=0o644):
        path = self.folder / f"{name}{self.saver.suffix}"
        made = run(base(self.saver, path))
        assert made.code == 0, made.said
        os.chmod(path, mode)
        return path

    def is_new(self, path, mode=None):
        found = self.saver.found(path)
        assert found == NEW, f"found version {found}"
        if mode is not None:
            is_mode(path, mode)

    def refused(self, path):
        done = self.save(path)
        assert done.code is not None, "hung"
        assert done.code > 0, f"exit status {done.code}"


def is_mode(path, mode):
    found = stat.S_IMODE(os.stat(path).st_mode)
    assert found == mode, f"mode {found:04o}, not {mode:04o}"


def new_file(umask, mode):
    def case(c):
        c.umask = umask
        path = c.folder / f"new{c.saver.suffix}"
        done = c.save(path)
        assert done.code == 0, done.said
        c.is_new(path, mode)
    return case


def kept_mode(mode):
    def case(c):
        path = c.old(mode=mode)
        assert c.save(path).code == 0
        c.is_new(path, mode)
    return case


def link(c):
    target = c.old()
    link = c.folder / f"link{c.saver.suffix}"
    link.symlink_to(target.name)
    assert c.save(link).code == 0
    assert link.is_symlink(), "the link was replaced"
    c.is_new(target)


def dangling_link(c):
    link = c.folder / f"link{c.saver.suffix}"
    link.symlink_to(f"made{c.saver.suffix}")
    assert c.save(link).code == 0
    assert link.is_symlink(), "the link was replaced"
    c.is_new(c.folder / f"made{c.saver.suffix}")


def chain_of_links(c):
    (c.folder / "deep").mkdir()
    target = c.old("deep/a")
    second = c.folder / f"second{c.saver.suffix}"
    second.symlink_to(f"deep/a{c.saver.suffix}")
    first = c.folder / f"deep/first{c.saver.suffix}"
    first.symlink_to(second)
    assert c.save(first).code == 0
    assert first.is_symlink() and second.is_symlink(), "a link was replaced"
    c.is_new(target)


def hard_link(c):
    path = c.old()
    other = c.folder / f"other{c.saver.suffix}"
    other.hardlink_to(path)
    assert c.save(path).code == 0
    c.is_new(path)
    assert c.saver.found(other) in (OLD, NEW), "the other name is torn"


def fifo(c):
    path = c.folder / f"fifo{c.saver.suffix}"
    os.mkfifo(path)
    c.refused(path)
    assert stat.S_ISFIFO(path.stat().st_mode), "it was replaced"


def device(c):
    need_root()
    path = c.folder / f"null{c.saver.suffix}"
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    c.refused(path)
    assert stat.S_ISCHR(path.stat().st_mode), "it was replaced"


def directory(c):
    path = c.folder / f"folder{c.saver.suffix}"
    path.mkdir()
    c.refused(path)


def read_only_folder(c):
    need_root()
    path = c.old(mode=0o666)
    os.chmod(c.folder, 0o555)
    c.uid = NOBODY
    done = c.save(path)
    # Writing into the file that is there would be allowed, and could tear it.
    assert done.code is not None and done.code != 0, f"exit status {done.code}"
    assert c.saver.found(path) == OLD, "the old file has changed"


def owner(c):
    need_root()
    path = c.old(mode=0o640)
    os.chown(path, NOBODY, NOBODY)
    assert c.save(path).code == 0
    c.is_new(path, 0o640)
    assert path.stat().st_uid == NOBODY, "the owner has changed"


def longest_name(c):
    path = c.folder / ("n" * (255 - len(c.saver.suffix)) + c.saver.suffix)
    for _ in range(2):
        done = c.save(path)
        assert done.code == 0, done.said
    c.is_new(path)


def bare_name(c):
    c.cwd = c.folder
    name = f"bare{c.saver.suffix}"
    done = c.save(name)
    assert done.code == 0, done.said
    c.is_new(c.folder / name)


def no_text(c):
    path = os.fsencode(c.folder) + b"/\xff\xfe" + os.fsencode(c.saver.suffix)
    done = c.save(os.fsdecode(path))
    assert done.code == 0, done.said
    c.is_new(os.fsdecode(path))


CASES = {
    "new file, umask 022": new_file(0o022, 0o644),
    "new file, umask 002": new_file(0o002, 0o664),
    "new file, umask 077": new_file(0o077, 0o600),
    "mode 0600 kept": kept_mode(0o600),
    "mode 0640 kept": kept_mode(0o640),
    "mode 0755 kept": kept_mode(0o755),
    "mode 0444 kept": kept_mode(0o444),
    "owner kept": owner,
    "link": link,
    "dangling link": dangling_link,
    "chain of links": chain_of_links,
    "hard link": hard_link,
    "FIFO": fifo,
    "device": device,
    "folder": directory,
    "read-only folder": read_only_folder,
    "255-byte name": longest_name,
    "bare name": bare_name,
    "name that is no text": no_text,
}


def paths(saver):
    """Each case, and nothing left beside it."""
    if "--from-map" in saver.options:
        # It needs a file that is there, which most cases are without.
        return None
    tally = Tally("paths", saver.name)
    for name, case in CASES.items():
        with workspace() as folder:
            os.chmod(folder, 0o755)
            place = Path(folder) / "place"
            place.mkdir()
            place.chmod(0o777)
            try:
                case(Case(saver, place))
                left = [file for file in os.listdir(place) if file.startswith(".npz-") or ".tmp" in file]
                assert not left, f"litter: {left}"
                tally.add("ok")
            except AssertionError as fault:
                tally.fault("wrong", f"{name}: {str(fault).strip()[-200:]}")
            except Skipped as why:
                print(f"SKIPPED: paths: {name}: {why}", flush=True)
                continue
            finally:
                place.chmod(0o777)
            tally.add("trials")
    return tally


PARTS = {"paths": paths}
