"""Tests savers from outside: kills, errors, power cuts, full disks, readers and time.

    .ci/soak                        all parts, for the savers of this crate
    .ci/soak kill power-xfs         some parts
    .ci/soak --peers kill           for np.savez, ndarray-npy and safetensors too
    .ci/soak --seconds 600 soak     how long the parts take that have no end of their own
    .ci/soak table                  what was found so far, as the table of docs/reliability.md

Each part prints its counts, and what it had to leave out as `SKIPPED: why`. The exit status is 0 if
nothing was wrong with the savers of this crate.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import disk
import paths
import power
import syscalls
import traffic
import writes
from kit import HERE, ROOT, VERDICTS, Saver, Skipped, say

PARTS = {**syscalls.PARTS, **writes.PARTS, **power.PARTS, **disk.PARTS, **traffic.PARTS, **paths.PARTS}

# These go on until they are told to stop.
TIMED = {"random": 20, "readers": 10, "soak": 60}

RESULTS = ROOT / "target/soak/results.json"

WATCHED = {"soak"}

# What stops one save.
STOPPED = ("kill", "errors", "half", "short", "power-ext4", "power-xfs", "full", "random")


def ours(path):
    program = [path]
    if not path.exists():
        raise SystemExit(f"{path} is not built: cargo build --release --example saver")
    return [
        Saver("npz", program),
        Saver("npz deflated", program, options=["--compress"]),
        Saver("npz from its map", program, options=["--from-map"]),
        Saver("npy", program, suffix=".npy"),
        # An editor refuses a file that has changed under it, and appending leaves the file where it is.
        Saver("npz edited", program, options=["--edit"], parts=(*STOPPED, "paths")),
        Saver("npy appended", program, suffix=".npy", options=["--append"], parts=STOPPED),
    ]


def peers():
    found = []
    program = ROOT / "tests/peers/target/release/npz-peers"
    if program.exists():
        found.append(Saver("ndarray-npy", [program, "ndarray-npy"]))
        found.append(Saver("safetensors", [program, "safetensors"], suffix=".safetensors"))
    else:
        print("SKIPPED: ndarray-npy, safetensors: cargo build --release --manifest-path tests/peers/Cargo.toml")
    for python in [*sorted(ROOT.glob("target/oracle-venv-*/bin/python")), "python3"]:
        if subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode == 0:
            found.append(Saver("np.savez", [python, HERE / "numpy_saver.py"], slow=True))
            break
    else:
        print("SKIPPED: np.savez: no Python with NumPy; the tests make one: cargo test --test suite numpy")
    return found


OWN = ["npz", "npz deflated", "npz from its map", "npy", "npz edited", "npy appended"]

WHAT = {
    "kill": "killed at every system call",
    "errors": "every error at every system call",
    "half": "killed in the middle of every write",
    "short": "short and interrupted calls, no threads",
    "power-ext4": "power cut, ext4 (`noauto_da_alloc`)",
    "power-xfs": "power cut, xfs",
    "full": "disk full, no inodes, file size limit",
    "random": "killed at random",
    "readers": "read while it is replaced",
    "together": "several savers of one path",
    "soak": "save, load, replace, map, be killed",
    "paths": "modes, owners, links, special files, names",
}


def cell(counts):
    """Trials, and whatever went wrong in them."""
    if not counts.get("trials"):
        return "–"
    wrong = {verdict: counts[verdict] for verdict in VERDICTS if counts.get(verdict)}
    said = ", ".join(f"**{number} {verdict}**" for verdict, number in wrong.items())
    return f"{said or 0} of {counts['trials']}"


def table(results):
    """What went wrong, of how many trials, in each part; then the other counts of our own savers."""
    others = ["np.savez", "ndarray-npy", "safetensors"]
    lines = ["| | npz-core | " + " | ".join(others) + " |", "|" + "---|" * (len(others) + 2)]
    for part, what in WHAT.items():
        found = results.get(part, {})
        own = Counter()
        for saver in OWN:
            own.update(found.get(saver, {}))
        cells = [cell(own), *(cell(found.get(saver, {})) for saver in others)]
        lines.append(f"| {what} | " + " | ".join(cells) + " |")
    lines += ["", "| part | saver | trials | of these |", "|---|---|---|---|"]
    for part in WHAT:
        for saver in OWN:
            counts = results.get(part, {}).get(saver)
            if counts:
                shown = {key: value for key, value in counts.items() if key != "trials" and value}
                said = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in sorted(shown.items()))
                lines.append(f"| `{part}` | {saver} | {counts.get('trials', 0)} | {said} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(prog=".ci/soak", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}, table; all by default")
    parser.add_argument("--peers", action="store_true", help="test the peers as well")
    parser.add_argument("--program", type=Path, default=ROOT / "target/release/examples/saver",
                        help="another build of saver")
    parser.add_argument("--saver", action="append", help="only this saver")
    parser.add_argument("--seconds", type=int, help=f"for {', '.join(TIMED)}")
    args = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if args.parts == ["table"]:
        print(table(results))
        return 0
    unknown = [part for part in args.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    own = ours(args.program)
    savers = [*own, *(peers() if args.peers else [])]
    savers = [saver for saver in savers if not args.saver or saver.name in args.saver]
    faults = 0
    for part in args.parts or PARTS:
        for saver in savers:
            if part in WATCHED and saver not in own or part in WATCHED and saver.options:
                # It mixes these options by itself, and peers have no such command.
                continue
            if saver.parts and part not in saver.parts:
                continue
            limits = {"seconds": args.seconds or TIMED[part]} if part in TIMED else {}
            started = time.monotonic()
            try:
                # None where a part has nothing to ask of a saver.
                tally = PARTS[part](saver, **limits)
            except Skipped as why:
                print(f"SKIPPED: {part} {saver.name}: {why}", flush=True)
                continue
            if tally is None:
                continue
            tally.print()
            say(f"           {time.monotonic() - started:.0f} s")
            kept = {key: value for key, value in tally.counts.items()}
            # Other parts may have been written meanwhile.
            results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
            results.setdefault(part, {})[saver.name] = kept
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True))
            if saver in own and not tally.clean:
                faults += sum(tally[verdict] for verdict in VERDICTS)
    print(f"{faults} faults in the savers of this crate", flush=True)
    return int(faults > 0)


sys.exit(main())
