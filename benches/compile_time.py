#!/usr/bin/env python3
"""How long builds take: npz-core from clean, beside ndarray-npy, and a struct of 500 fields.

    python3 benches/compile_time.py [ROUNDS]

Medians of ROUNDS (3) clean builds each, in turn, in a folder of their own; the crates must have
been downloaded once (`cargo fetch`). Prints seconds and ratios.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
NPZ = f'npz-core = {{ path = "{ROOT / "npz-core"}" }}\nndarray = "0.17"\n'

LIBRARY = "pub use {crate} as library;\n"


def derived(fields):
    lines = ["use ndarray::Array2;", "use npz_core::{LoadNpz, SaveNpz};", ""]
    lines += ["#[derive(SaveNpz, LoadNpz)]", "pub struct Model {"]
    lines += [f"    pub field_{i}: Array2<f32>," for i in range(fields)]
    return "\n".join(lines + ["}", ""])


def plain(fields):
    lines = ["use ndarray::Array2;", "", "pub struct Model {"]
    lines += [f"    pub field_{i}: Array2<f32>," for i in range(fields)]
    return "\n".join(lines + ["}", ""])


def package(folder, name, dependencies, source):
    path = folder / name
    (path / "src").mkdir(parents=True)
    (path / "Cargo.toml").write_text(
        f'[workspace]\n[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2024"\n'
        f"[dependencies]\n{dependencies}"
    )
    (path / "src/lib.rs").write_text(source)
    return path


def seconds(path, command, clean):
    """The time of `command`, after everything (or this package alone) was made to be built anew."""
    if clean:
        shutil.rmtree(path / "target", ignore_errors=True)
    else:
        os.utime(path / "src/lib.rs")
    # A file that was only touched would else be taken from the compiler's own cache.
    environment = {**os.environ, "CARGO_INCREMENTAL": "0"}
    start = time.perf_counter()
    subprocess.run(["cargo", *command, "--quiet"], cwd=path, check=True, env=environment)
    return time.perf_counter() - start


def medians(cases, rounds):
    """The median of every case, measured in turn so that all see the same machine."""
    times = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            times[name].append(seconds(*case))
    return {name: statistics.median(values) for name, values in times.items()}


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        npz = package(folder, "with_npz", NPZ, LIBRARY.format(crate="npz_core"))
        peer = package(
            folder, "with_peer", 'ndarray-npy = "0.10"\nndarray = "0.17"\n',
            LIBRARY.format(crate="ndarray_npy"),
        )
        for command in (["build"], ["build", "--release"]):
            clean = medians({"npz-core": (npz, command, True), "ndarray-npy": (peer, command, True)}, rounds)
            ratio = clean["npz-core"] / clean["ndarray-npy"]
            print(
                f"cargo {' '.join(command)} from clean, default features: "
                f"npz-core {clean['npz-core']:.1f} s, ndarray-npy {clean['ndarray-npy']:.1f} s, "
                f"ratio {ratio:.2f}"
            )
        for fields in (1, 500):
            with_derive = package(folder, f"derive_{fields}", NPZ, derived(fields))
            without = package(folder, f"plain_{fields}", NPZ, plain(fields))
            for path in (with_derive, without):
                seconds(path, ["check"], True)
                seconds(path, ["build"], False)
            for command in (["check"], ["build"]):
                times = medians(
                    {"derived": (with_derive, command, False), "plain": (without, command, False)},
                    rounds,
                )
                print(
                    f"cargo {command[0]} of a struct of {fields} fields: "
                    f"{times['derived']:.2f} s derived, {times['plain']:.2f} s without"
                )


if __name__ == "__main__":
    main()
