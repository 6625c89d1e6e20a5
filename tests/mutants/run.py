"""Judges mutants that stand in one build, each behind a switch (see src/main.rs).

    python3 tests/mutants/run.py LIST SHARD FOLDER

LIST is what `cargo mutants --list --json` says. The build is made in FOLDER/tree; SHARD is `k/n`, every
n-th mutant from the k-th on. A mutant is judged by the unit tests of its own module, then by all, then by those
modules of the suite that are about what it stands in. FOLDER/outcomes.json has what came of it; only what
was missed is judged again, so that a run may be stopped, and a new test tried.
"""

import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = ROOT / "tests/mutants/target/release/npz-mutants"

# They pack megabytes in every way, which nothing but the encoder is asked.
PACKING = "npz::deflate::tests::"
ENCODER = r"npz/deflate/(compare|deflater|entropy|items|packer|parallel|runs|sample|segments)\.rs$"
SLOW = ["--skip", PACKING, "--skip", "npz::window::"]

# What of the suite is about what a file does. Where nothing fits, all that is quick.
SUITE = [
    (r"npz-core/src/io/", "atomic failpoints full_disk permissions replaced saver saving append views faults_in"),
    (r"npz-core/src/npz/writer", "saving streams_out failing_writers compression others records verify editor"
                                 " properties failpoints metadata tied"),
    (r"npz-core/src/(literal|npy/header)", "types versions bad_files others metadata append"),
    (r"", "bad_files damage faults_in others verify streams_in views slices lenient compression loading"
         " metadata"),
]

# Seconds of a processor, more where tests take more without a mutant; and as many without doing anything.
PATIENCE = int(os.environ.get("PATIENCE", "60"))

# Looked at what they do.
LOOK = 10

# Without a mutant, tests may take so long.
LONGEST = 1800

# Tests that go on so many times as long as without a mutant go on without end.
SLOWER = 6

# The last of the judges: the unit tests of the `module` alone, all `unit` tests, or the `suite`.
BY = os.environ.get("MUTANTS_BY", "suite")

# About as far as the arms of a match are from its start.
MATCH_BYTES = 1500


def sh(command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def build(mutants, folder):
    """The tree with all mutants that compile; returns the programs and the numbers of the others."""
    tree, left_out = folder / "tree", folder / "left_out"
    # Two types can't be one `impl Iterator`.
    bad = {number for number, mutant in enumerate(mutants)
           if mutant["genre"] == "FnValue" and "impl " in mutant["function"]["return_type"]}
    # Unoptimized, a suite of a minute takes ten, and that for every mutant.
    env = {**os.environ, "CARGO_PROFILE_DEV_DEBUG": "0", "CARGO_PROFILE_DEV_OPT_LEVEL": "1",
           "RUSTFLAGS": "-Awarnings", "CARGO_TARGET_DIR": str(folder / "target")}
    targets = ["-p", "npz-core", "--lib"]
    if BY == "suite":
        targets += ["-p", "npz", "--test", "suite"]
    files = sh(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, check=True).stdout
    files = sorted(file for file in files.split("\0") if file and (ROOT / file).is_file())
    # Of the same list and files the build is the same, and takes a quarter of an hour.
    same = hashlib.sha256(json.dumps([mutants, targets]).encode() + TOOL.read_bytes())
    for file in files:
        if re.search(r"\.(rs|toml|lock|zip|npz|npy)$", file):
            same.update(file.encode() + (ROOT / file).read_bytes())
    built, list_is = folder / "built.json", hashlib.sha256(json.dumps(mutants).encode()).hexdigest()
    before = json.loads(built.read_text()) if built.exists() else {}
    if before.get("same") == same.hexdigest():
        return before["programs"], set(before["bad"])
    if before.get("list") == list_is:
        bad |= set(before["bad"])
    while True:
        left_out.write_text("\n".join(map(str, sorted(bad))))
        for file in files:
            copy = tree / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            if "npz-core" in file or not copy.exists() or copy.stat().st_mtime != (ROOT / file).stat().st_mtime:
                shutil.copy2(ROOT / file, copy)
        placed = sh([TOOL, folder / "list.json", tree, left_out], check=True).stdout
        where = {}
        for line in placed.splitlines():
            number, file, *ends = line.split()
            where[int(number)] = (file, *map(int, ends))
        done = sh(["cargo", "check", *targets, "--message-format=json"], cwd=tree, env=env)
        found = set()
        for line in done.stdout.splitlines():
            message = json.loads(line).get("message") or {}
            if not isinstance(message, dict) or message.get("level") != "error":
                continue
            for span in message["spans"]:
                if not span["is_primary"]:
                    continue
                here = [(end - start, number, own_start <= span["byte_start"] < own_end)
                        for number, (file, own_start, own_end, start, end) in where.items()
                        if file == span["file_name"] and start <= span["byte_start"] < end]
                if message["code"] and message["code"]["code"] == "E0004":
                    # The match is named, and not the arm that it can't be without.
                    after = span["byte_start"]
                    here = [(0, number, True) for number, (file, own_start, *_) in where.items()
                            if file == span["file_name"] and after <= own_start < after + MATCH_BYTES
                            and mutants[number]["genre"] == "MatchArm"]
                own = [number for _, number, is_own in here if is_own]
                least = min((size for size, *_ in here), default=0)
                found.update(own or [number for size, number, _ in here if size == least])
        if done.returncode == 0:
            break
        if not found:
            raise SystemExit(done.stderr[-4000:])
        print(f"{len(found)} don't compile", flush=True)
        bad |= found
    bad |= set(range(len(mutants))) - set(where)
    if BY == "suite":
        # The program that the suite kills and makes fail; `cargo test --example` would make a test of it.
        made = sh(["cargo", "build", "-p", "npz", "--example", "saver"], cwd=tree, env=env)
        if made.returncode:
            raise SystemExit(made.stderr[-4000:])
    made = sh(["cargo", "test", "--no-run", *targets, "--message-format=json"], cwd=tree, env=env)
    if made.returncode:
        raise SystemExit(made.stderr[-4000:])
    programs = {}
    for line in made.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] in ("npz_core", "suite"):
            programs[message["target"]["name"]] = message["executable"]
    built.write_text(json.dumps(
        {"same": same.hexdigest(), "list": list_is, "programs": programs, "bad": sorted(bad)}))
    return programs, bad


# By program and tests, how long they may take.
patience = {}


def verdict(program, number, tests, tree, is_baseline):
    """Whether a test fails, or goes on without end."""
    if is_baseline and (program, *tests) in patience:
        return None, ""
    # What is killed leaves its files.
    with tempfile.TemporaryDirectory(dir=tree.parent, prefix="tmp-", ignore_cleanup_errors=True) as temp:
        # Some tests are somebody else there.
        os.chmod(temp, 0o755)
        return verdict_in(temp, program, number, tests, tree, is_baseline)


def processor_seconds(session):
    """What the processes of a session have used so far; they wait and are stopped for nothing of it."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def verdict_in(temp, program, number, tests, tree, is_baseline):
    env = {**os.environ, "NPZ_MUTANT": str(number), "PROPTEST_CASES": "8", "NPZ_SKIP_PYTHON": "1",
           "RUSTC_BOOTSTRAP": "1", "RUST_BACKTRACE": "0", "TMPDIR": temp}
    command = [program, *tests, "-Zunstable-options", "--fail-fast", "-q", "--test-threads=2"]
    # A mutant may want all memory there is, and all time. Of a busy machine it gets less than it needs, so what
    # counts is the time that it had.
    limit = LONGEST if is_baseline else patience.get((program, *tests), PATIENCE)
    command = ["prlimit", f"--as={8 << 30}", f"--cpu={limit}", *command]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, cwd=tree, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    seconds, still = 0, 0
    while True:
        try:
            said = process.communicate(timeout=LOOK)[0].decode(errors="replace")
            break
        except subprocess.TimeoutExpired:
            before, seconds = seconds, processor_seconds(process.pid)
            still = still + 1 if seconds - before < 0.02 else 0
            if still * LOOK >= PATIENCE:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return "timeout", "waits"
    if process.returncode == -signal.SIGXCPU:
        return "timeout", ""
    if process.returncode == 0:
        if is_baseline:
            now = resource.getrusage(resource.RUSAGE_CHILDREN)
            took = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
            patience[program, *tests] = max(PATIENCE, round(SLOWER * took))
            print(f"without a mutant: {took:.0f} s for {Path(program).name} {' '.join(tests)}", flush=True)
        return None, ""
    failed = re.search(r"^thread '([^']*)'.*panicked", said, re.M)
    return "caught", failed[1] if failed else f"exit status {process.returncode}"


def judge(number, mutant, programs, tree, judges=("module", "unit tests", "packing", "suite"), is_baseline=False):
    file = mutant["file"]
    # Tests stand in the file itself, or beside it.
    path = re.sub(r"(/mod)?\.rs$", "", file.removeprefix("npz-core/src/")).split("/")
    module = "::".join(path[:1] if path[0] in ("io", "literal") else path[:2]) + "::"
    suite = next(names for pattern, names in SUITE if re.search(pattern, file)).split()
    for by, program, tests in [
        ("module", "npz_core", [module, *SLOW]),
        ("unit tests", "npz_core", SLOW),
        ("packing", "npz_core" if re.search(ENCODER, file) else "", [PACKING]),
        ("suite", "suite", [f"{name}::" for name in suite] + ["--skip", "every_bit_of", "--skip", "memory"]),
    ]:
        if by not in judges or program not in programs or by == "unit tests" and BY == "module":
            continue
        found, test = verdict(programs[program], number, tests, tree, is_baseline)
        if found:
            return {"outcome": found, "by": by, "test": test}
    return {"outcome": "missed"}


def main():
    listed, shard, folder = sys.argv[1:]
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    mutants = json.loads(Path(listed).read_text())
    (folder / "list.json").write_text(json.dumps(mutants))
    programs, bad = build(mutants, folder)
    part, parts = map(int, shard.split("/"))
    outcomes_file = folder / "outcomes.json"
    outcomes = json.loads(outcomes_file.read_text()) if outcomes_file.exists() else {}
    chosen = [number for number in range(len(mutants)) if number % parts == part and number not in bad]
    print(f"{len(mutants)} mutants, {len(bad)} don't compile or can't be switched; {len(chosen)} to judge",
          flush=True)
    # Tests that fail without a mutant would catch every one; each choice of tests is tried.
    for file in ["io/atomic.rs", "npz/writer.rs", "literal.rs", "npz/record.rs", "npz/deflate/items.rs"]:
        unmutated = judge(len(mutants), {"file": f"npz-core/src/{file}"}, programs, folder / "tree",
                          is_baseline=True)
        if unmutated["outcome"] != "missed":
            raise SystemExit(f"without a mutant, tests for {file}: {unmutated}")

    def work(number, judges):
        name = mutants[number]["name"]
        if outcomes.get(name, {}).get("outcome") in (None, "missed"):
            outcomes[name] = judge(number, mutants[number], programs, folder / "tree", judges)
            outcomes_file.write_text(json.dumps(outcomes, indent=1))
            if outcomes[name]["outcome"] != "caught" and "suite" in judges:
                print(outcomes[name]["outcome"], name, flush=True)

    # First what takes seconds.
    for judges in [("module", "unit tests"), ("packing",), ("suite",)]:
        with ThreadPoolExecutor(int(os.environ.get("JOBS", "1"))) as pool:
            list(pool.map(lambda number: work(number, judges), chosen))
    counts = Counter((outcomes[mutants[number]["name"]]["outcome"],
                      outcomes[mutants[number]["name"]].get("by", "")) for number in chosen)
    for (outcome, by), count in sorted(counts.items()):
        print(f"{outcome} {by}: {count}")


main()
