"""Writes that stop half-way, are short or interrupted, and threads that don't start, by a library
loaded before libc."""

import subprocess

from kit import HERE, NEW, Place, Skipped, Tally, need, run, workspace


def shim(folder):
    need("cc")
    library = f"{folder}/shim.so"
    built = subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, str(HERE / "shim.c"), "-ldl"],
                           capture_output=True, text=True)
    if built.returncode != 0:
        raise Skipped(f"cc: {built.stderr.strip().splitlines()[0]}")
    return library


def half(saver):
    """Killed in the middle of every write."""
    tally = Tally("half", saver.name)
    with workspace() as folder:
        library = shim(folder)
        place = Place(saver, f"{folder}/place")
        for call in range(1, 200):
            place.reset()
            done = run(place.command(), env={"LD_PRELOAD": library, "SOAK_HALF": str(call)})
            if done.code == 0:
                break
            place.judge(tally, done, f"killed in write {call}")
    return tally


def short(saver):
    """Every call short, every third interrupted; and no thread to be had. All must still be saved."""
    tally = Tally("short", saver.name)
    with workspace() as folder:
        library = shim(folder)
        place = Place(saver, f"{folder}/place")
        for env in [{"SOAK_SHORT": "1"}, {"SOAK_NO_THREADS": "1"}, {"SOAK_SHORT": "1", "SOAK_NO_THREADS": "1"}]:
            for _ in range(3):
                place.reset()
                done = run(place.command(), env={"LD_PRELOAD": library, **env})
                found = place.judge(tally, done, f"{env}")
                # It may say that it needs threads, but short calls are no errors.
                if found != NEW and (env == {"SOAK_SHORT": "1"} or done.code == 0):
                    tally.fault("lost", f"{env}: {done.said.strip()[-200:]}")
    return tally


PARTS = {"half": half, "short": short}
