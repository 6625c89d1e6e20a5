"""Kills and errors at every system call of a save, by strace."""

import re
from collections import Counter, defaultdict

from kit import Place, Tally, need, run, workspace

# Calls of the process itself, at which the kernel may be asked to kill but which don't fail.
NEVER_FAILS = {
    "exit", "exit_group", "execve", "munmap", "mmap", "mremap", "brk", "mprotect", "madvise",
    "futex", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "arch_prctl", "rseq",
    "set_robust_list", "set_tid_address", "prlimit64", "sched_getaffinity", "sched_yield", "gettid",
    "getpid", "clock_gettime", "clock_nanosleep", "prctl", "wait4", "getcwd", "ioctl", "poll", "clone",
}

WRITING = ["EIO", "ENOSPC", "EDQUOT", "EFBIG", "EINTR"]
ERRORS = {
    "write": WRITING, "writev": WRITING, "pwrite64": WRITING, "pwritev": WRITING,
    "copy_file_range": ["EIO", "ENOSPC", "EXDEV", "ENOSYS", "EINTR"],
    "sendfile": ["EIO", "EINVAL"],
    "fallocate": ["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EOPNOTSUPP", "EINVAL", "ENOSYS", "EINTR"],
    "sync_file_range": ["EIO", "ENOSPC", "ESPIPE", "ENOSYS", "EINTR"],
    "fsync": ["EIO", "ENOSPC", "EDQUOT", "EINVAL", "EINTR"],
    "fdatasync": ["EIO", "ENOSPC", "EDQUOT"],
    "open": ["EACCES", "EMFILE", "ENOSPC", "EROFS", "EIO", "EINTR"],
    "openat": ["EACCES", "EMFILE", "ENOSPC", "EROFS", "EIO", "EINTR", "EEXIST"],
    "rename": ["EXDEV", "EACCES", "EBUSY", "EIO", "ENOSPC", "EROFS"],
    "renameat": ["EXDEV", "EACCES", "EBUSY", "EIO", "ENOSPC", "EROFS"],
    "renameat2": ["EXDEV", "EACCES", "EBUSY", "EIO", "ENOSPC", "EROFS"],
    "flock": ["ENOLCK", "EINTR", "EWOULDBLOCK", "ENOSYS"],
    "fchmod": ["EPERM", "EIO", "EROFS", "EINTR"],
    "fchown": ["EPERM", "EIO"],
    "ftruncate": ["EIO", "ENOSPC", "EINTR"],
    "readlink": ["EIO", "EACCES", "EINVAL"],
    "readlinkat": ["EIO", "EACCES", "EINVAL"],
    "newfstatat": ["EIO", "EACCES", "ENOENT"],
    "statx": ["EIO", "EACCES", "ENOENT"],
    "read": ["EIO", "EINTR"],
    "pread64": ["EIO", "EINTR"],
    "close": ["EIO", "EINTR"],
    "unlink": ["EIO", "EACCES"],
    "unlinkat": ["EIO", "EACCES"],
    "getrandom": ["EINTR", "ENOSYS"],
    "clone3": ["EAGAIN", "ENOSYS"],
}

# What retries these for ever does what POSIX asks of it.
ONCE_ONLY = {"EINTR", "EEXIST"}

FLUSHES = {"fsync", "fdatasync"}


def calls(place):
    """The system calls of a save from the first that names its folder: (name, how many before it in
    its thread), in their order."""
    trace = place.folder.parent / "trace"
    place.reset()
    traced = run(["strace", "-f", "-qq", "-s", "4096", "-o", trace, *place.command()], patience=120)
    if traced.code != 0:
        raise SystemExit(f"{place.saver.name}: {traced.said}")
    seen, found, started = defaultdict(Counter), {}, False
    for line in trace.read_text(errors="replace").splitlines():
        match = re.match(r"(\d+)\s+(\w+)\(", line)
        if not match:
            continue
        thread, name = match.groups()
        seen[thread][name] += 1
        # The command line names the folder too.
        started = started or (str(place.folder) in line and name != "execve")
        if started:
            found.setdefault((name, seen[thread][name]), line)
    return list(found)


def inject(place, rule, names):
    return run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={names}", "-e", f"inject={rule}",
                *place.command()])


def thinned(points, saver, most):
    """All points, or as many as a slow saver has time for, spread evenly."""
    if not saver.slow or len(points) <= most:
        return points
    step = len(points) / most
    return [points[int(i * step)] for i in range(most)]


def kill(saver):
    """Killed before every system call."""
    need("strace")
    tally = Tally("kill", saver.name)
    with workspace() as folder:
        place = Place(saver, f"{folder}/place")
        for name, when in thinned(calls(place), saver, 40):
            place.reset()
            done = inject(place, f"{name}:signal=SIGKILL:when={when}", name)
            # strace ends as its child did.
            place.judge(tally, done, f"killed at {name} {when}")
            tally.add("killed", int(done.killed))
    return tally


def errors(saver):
    """Every error of every system call, once and from then on."""
    need("strace")
    tally = Tally("errors", saver.name)
    with workspace() as folder:
        place = Place(saver, f"{folder}/place")
        points = [
            (name, when, error, end)
            for name, when in calls(place)
            if name not in NEVER_FAILS
            for error in ERRORS.get(name, ["EIO"])
            for end in (["", "+"] if error not in ONCE_ONLY else [""])
        ]
        for name, when, error, end in thinned(points, saver, 80):
            place.reset()
            done = inject(place, f"{name}:error={error}:when={when}{end}", name)
            where = f"{error} at {name} {when}{end}"
            # Where removing fails, something is left; all else must be gone.
            place.judge(tally, done, where, litter_matters=not name.startswith("unlink"))
            tally.add("reported" if done.code else "survived")
            if name in FLUSHES and error in ("EIO", "ENOSPC", "EDQUOT") and done.code == 0:
                tally.fault("lied", f"{where}: said it saved, but the flush had failed")
    return tally


PARTS = {"kill": kill, "errors": errors}
