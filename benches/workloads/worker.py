"""Does one job with NumPy, as src/child.rs does it with the crates, and prints what it measured."""
import json
import math
import mmap
import os
import statistics
import sys
import time

import numpy as np

WIDTHS = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I32": "<i4", "U16": "<u2"}


def arrays(job):
    data = job["data"]
    dtype = np.dtype(WIDTHS[data["kind"]])
    found, offset = {}, 0
    for name, shape in job["tensors"]:
        count = math.prod(shape)
        array = np.fromfile(job["input"], dtype, count, offset=offset).reshape(shape)
        offset += array.nbytes
        found[name] = array.transpose(data["axes"]) if data["axes"] else array
    return found


def operation(job):
    act, path, rows = job["act"], job["file"], job["rows"]
    if act == "Save":
        save = np.savez if job["packing"] == "Stored" else np.savez_compressed
        values = arrays(job)

        def run():
            # Given a path, NumPy would add a suffix.
            with open(path, "wb") as file:
                save(file, **values)

    elif act == "Load" and job["big_endian"]:

        def run():
            with np.load(path) as file:
                return {name: file[name].astype(file[name].dtype.newbyteorder("=")) for name in file}

    elif act == "Load":

        def run():
            with np.load(path) as file:
                return {name: file[name] for name in file}

    elif act == "One":
        names = [name for name, _ in job["tensors"]]
        following = iter(names[len(names) // 2 :])

        def run():
            with np.load(path) as file:
                return file[next(following)]

    elif act == "List":

        def run():
            with np.load(path) as file:
                return file.files

    elif act == "Rows":

        def run():
            with np.load(path) as file:
                return file["a"][rows[0] : rows[-1] + 1].copy()

    elif act == "ScatteredRows":

        def run():
            with np.load(path) as file:
                return file["a"][rows]

    else:
        raise SystemExit(f"NumPy does no {act}")
    return run


def touch(size):
    memory = mmap.mmap(-1, size)
    memory.madvise(mmap.MADV_HUGEPAGE)
    pages = np.frombuffer(memory, np.uint8)
    pages[::4096] = 1
    del pages
    memory.close()


def resident(key):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith(key))


def main():
    with open(sys.argv[1]) as file:
        job = json.load(file)
    run, saves = operation(job), job["act"] == "Save"
    times, peak, size = [], 0, None
    for number in range(job["repeat"]):
        if saves and number:
            os.remove(job["file"])
        touch(job["memory"])
        before = resident("VmRSS")
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        start = time.perf_counter_ns()
        result = run()
        times.append(time.perf_counter_ns() - start)
        peak = max(peak, resident("VmHWM") - before)
        del result
    if saves:
        size = os.stat(job["file"]).st_size
        if job["keep"]:
            with open(job["file"], "rb") as file:
                os.fsync(file)
        else:
            os.remove(job["file"])
    print(json.dumps({"nanoseconds": int(statistics.median_low(times)), "memory": peak, "size": size}))


main()
