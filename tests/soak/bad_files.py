"""What programs make of the suite's bad files, each under limits of time and memory.

    NPZ_BAD_FILES_TO=FOLDER cargo test --test suite files_for_other_programs
    python3 tests/soak/bad_files.py FOLDER [PROGRAM...] [--every N]

prints a row for each of npz-core, ndarray-npy, npyz and NumPy, as docs/hostile-files.md has them: how many they
take, refuse, and what ends them. A gigabyte of address space, a second of a processor.
"""

import os
import resource
import signal
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MEMORY, SECONDS = 1 << 30, 1


def limited(work):
    """Runs `work` in a child; gives its wait status and what it used."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        try:
            work()
        except MemoryError:
            os._exit(3)
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    return status, used


def program(*command):
    return lambda path: lambda: os.execv(command[0], [*map(str, command), str(path)])


def numpy_reads():
    import numpy as np

    def reads(path):
        def work():
            loaded = np.load(path)
            for name in getattr(loaded, "files", []):
                loaded[name]
        return work
    return reads


def verdict(status):
    if os.WIFSIGNALED(status):
        return {signal.SIGXCPU: "hung", signal.SIGKILL: "hung"}.get(os.WTERMSIG(status), "aborted")
    return {0: "taken", 3: "refused", 101: "panicked"}.get(os.WEXITSTATUS(status), "refused")


def main():
    folder, *only = sys.argv[1:]
    step = 1
    if "--every" in only:
        at = only.index("--every")
        step = int(only[at + 1])
        del only[at:at + 2]
    paths = sorted(Path(folder).iterdir())[::step]
    readers = {"npz-core": program(ROOT / "target/release/examples/saver", "dump")}
    peers = ROOT / "tests/peers/target/release/npz-peers"
    for peer in ("ndarray-npy", "npyz"):
        readers[peer] = program(peers, peer, "read")
    try:
        readers["NumPy"] = numpy_reads()
    except ImportError:
        print("SKIPPED: NumPy isn't here")
    print(f"{len(paths)} files")
    print(f"| | takes | refuses | panics | aborts | is stopped after {SECONDS} s | most memory | longest |")
    print("|---|---|---|---|---|---|---|---|")
    for name, read in readers.items():
        if only and name not in only:
            continue
        counts, rows, most, longest = Counter(), Counter(), 0, 0
        for path in paths:
            status, used = limited(read(path))
            what = verdict(status)
            counts[what] += 1
            if what in ("panicked", "aborted", "hung"):
                rows[f"{what} {path.stem.split('-')[1]}"] += 1
            # At least this program's own, which the other begins as a copy of.
            most = max(most, used.ru_maxrss)
            longest = max(longest, used.ru_utime + used.ru_stime)
        print(f"| {name} | {counts['taken']} | {counts['refused']} | {counts['panicked']} | {counts['aborted']} "
              f"| {counts['hung']} | {most >> 10} MiB | {longest:.2f} s |", flush=True)
        print(f"  {name}: {dict(sorted(rows.items()))}", file=sys.stderr, flush=True)


main()
