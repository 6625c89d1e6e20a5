"""Power cuts: a file system on a loop device that is shut down by FS_IOC_SHUTDOWN, so that nothing
more reaches its image, and is mounted again."""

import fcntl
import os
import struct
import subprocess
import time

from kit import Place, Skipped, Tally, need, need_root, run, workspace
from syscalls import calls, inject, thinned

FS_IOC_SHUTDOWN = 0x8004587D

# With the journal written out first (metadata ahead of data, as it may happen), and without.
FLAGS = {"journal": 1, "nothing": 2}

# ext4 by default flushes a file that is renamed over another, which hides a missing fsync.
SYSTEMS = {
    "ext4": (96 << 20, ["mkfs.ext4", "-q", "-F"], "noauto_da_alloc,commit=1000"),
    "xfs": (320 << 20, ["mkfs.xfs", "-q", "-f"], "defaults"),
}


def do(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise Skipped(f"{command[0]}: {(done.stderr or done.stdout).strip().splitlines()[-1]}")


class Disk:
    """A file system in a file."""

    def __init__(self, folder, system):
        size, make, self.options = SYSTEMS[system]
        self.image, self.mount_point = f"{folder}/image", f"{folder}/mnt"
        need(make[0])
        with open(self.image, "wb") as image:
            image.truncate(size)
        do(*make, self.image)
        os.mkdir(self.mount_point)
        self.mounted = False

    def mount(self):
        do("mount", "-o", f"loop,{self.options}", self.image, self.mount_point)
        self.mounted = True

    def unmount(self):
        for _ in range(50):
            if subprocess.run(["umount", self.mount_point], capture_output=True).returncode == 0:
                self.mounted = False
                return
            time.sleep(0.05)
        raise SystemExit(f"can't unmount {self.mount_point}")

    def cut(self, flag):
        fd = os.open(self.mount_point, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, FS_IOC_SHUTDOWN, struct.pack("I", FLAGS[flag]))
        finally:
            os.close(fd)
        self.unmount()
        self.mount()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.mounted:
            self.unmount()


def power(saver, system):
    """The power is cut at every system call of a save, and right after it has said that it is done."""
    need("strace")
    need_root()
    tally = Tally(f"power {system}", saver.name)
    with workspace() as folder, Disk(folder, system) as disk:
        disk.mount()
        place = Place(saver, f"{disk.mount_point}/place")
        points = thinned(calls(place), saver, 30)
        for flag in FLAGS:
            for point in [*points, None]:
                # The old file is on the disk, for certain.
                place.reset()
                do("sync", "-f", place.path)
                where = f"{flag} after the end"
                if point:
                    name, when = point
                    where = f"{flag} at {name} {when}"
                    done = inject(place, f"{name}:signal=SIGKILL:when={when}", name)
                else:
                    done = run(place.command())
                disk.cut(flag)
                place.judge(tally, done, where)
    return tally


PARTS = {
    "power-ext4": lambda saver: power(saver, "ext4"),
    "power-xfs": lambda saver: power(saver, "xfs"),
}
