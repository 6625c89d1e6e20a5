"""Disks that are full, have no inode left, or allow no file so large."""

import os
import resource
import signal
import subprocess
from pathlib import Path

from kit import Place, Skipped, Tally, need_root, run, workspace


def full(saver):
    """A tmpfs too small for the new file, by ever less; one without inodes; a limit on file sizes, with
    the signal that comes with it and with the error alone."""
    tally = Tally("full", saver.name)
    with workspace() as folder:
        place = Place(saver, f"{folder}/place")
        place.reset()
        size = place.path.stat().st_size
        sizes = [size * part // 24 for part in range(26)]

        for limit in sizes[:-2]:
            for ignored in (True, False):
                def setup(limit=limit, ignored=ignored):
                    signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ignored else signal.SIG_DFL)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

                place.reset()
                done = run(place.command(), setup=setup)
                where = f"file size limit {limit}, signal {'ignored' if ignored else 'taken'}"
                if not ignored and done.code == -signal.SIGXFSZ:
                    # The signal ends a program, as it is there to do.
                    done.code = -signal.SIGKILL
                place.judge(tally, done, where)

        try:
            need_root()
            for room in sizes:
                on_tmpfs(saver, tally, folder, f"size={(size + room) // 4096 * 4096 + 8192}", f"{room} bytes left")
            # The root of the file system, the place, the old file, and one more or none.
            for inodes in (3, 4, 5):
                on_tmpfs(saver, tally, folder, f"size=64m,nr_inodes={inodes}", f"{inodes} inodes")
        except Skipped as why:
            print(f"SKIPPED: full on tmpfs: {why}", flush=True)
    return tally


def on_tmpfs(saver, tally, folder, options, where):
    mount_point = f"{folder}/tmpfs"
    os.makedirs(mount_point, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "soak", mount_point],
                             capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skipped(mounted.stderr.strip())
    try:
        place = Place(saver, f"{mount_point}/place", old=Path(folder) / f"old{saver.suffix}")
        place.reset()
        place.judge(tally, run(place.command()), where)
    finally:
        subprocess.run(["umount", mount_point], check=True)


PARTS = {"full": full}
