"""What all parts share: the savers, a trial and its verdict, and the counts."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# Longer than any trial takes, faults and all.
PATIENCE = 20

OLD, NEW = 1, 2

# The one error that may come with the new file in place.
NOT_DURABLE = "not yet known durable"

VERDICTS = ["torn", "lost", "lied", "misreported", "litter", "crash", "hang", "leak", "wrong"]


class Skipped(Exception):
    """A part can't run here; the text says why."""


@dataclass
class Saver:
    """A program that saves and loads, as `saver` does."""

    name: str
    program: list
    suffix: str = ".npz"
    options: list = field(default_factory=list)
    # Starting an interpreter under strace takes a second, so fewer trials are asked of it.
    slow: bool = False
    # The parts that it goes through; all by default.
    parts: tuple = ()

    def save(self, path, version):
        return [*self.program, "save", str(path), str(version), *self.options]

    def load(self, path):
        return [*self.program, "load", str(path)]

    def found(self, path):
        """The version that is at `path`; None if it is no whole file of any."""
        done = subprocess.run(self.load(path), capture_output=True, timeout=PATIENCE)
        match = re.match(rb"VERSION=(\d+)\s*$", done.stdout)
        return int(match[1]) if done.returncode == 0 and match else None


class Tally:
    """Counts of one part for one saver."""

    def __init__(self, part, saver):
        self.part, self.saver = part, saver
        self.counts = Counter()
        self.notes = []

    def __getitem__(self, what):
        return self.counts[what]

    def add(self, what, number=1):
        self.counts[what] += number

    def fault(self, verdict, said):
        self.counts[verdict] += 1
        if len(self.notes) < 5:
            self.notes.append(f"{verdict}: {said}")

    @property
    def clean(self):
        return not any(self.counts[verdict] for verdict in VERDICTS)

    def print(self):
        rest = [key for key in self.counts if key not in ["trials", *VERDICTS]]
        shown = {key: self.counts[key] for key in ["trials", *sorted(rest), *VERDICTS]}
        print(f"{self.part:<10} {self.saver:<18}", *(f"{k}={v}" for k, v in shown.items()), flush=True)
        for note in self.notes:
            print(f"           {note}", flush=True)


@dataclass
class Outcome:
    """How a program ended."""

    code: int | None
    said: str

    @property
    def killed(self):
        return self.code == -signal.SIGKILL

    @property
    def hung(self):
        return self.code is None

    @property
    def crashed(self):
        return "panicked" in self.said or (self.code or 0) < 0 and not self.killed


def run(command, patience=PATIENCE, env=None, setup=None):
    """Runs a program to its end, or ends it with all that it started."""
    process = subprocess.Popen(
        [os.fspath(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(env or {})},
        preexec_fn=setup,
        # Python ignores SIGXFSZ, and its children are to have what `setup` says.
        restore_signals=setup is None,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=patience)
        return Outcome(process.returncode, said.decode(errors="replace"))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        return Outcome(None, said.decode(errors="replace"))


def files(folder):
    return sorted(os.listdir(folder))


class Place:
    """A folder with the old version in it, made anew for every trial."""

    def __init__(self, saver, folder, old=None):
        self.saver, self.folder = saver, Path(folder)
        self.path = self.folder / f"target{saver.suffix}"
        self.old = old or self.folder.parent / f"old{saver.suffix}"
        self.folder.mkdir(exist_ok=True)
        if not self.old.exists():
            made = run(base(saver, self.old))
            if made.code != 0 or saver.found(self.old) != OLD:
                raise SystemExit(f"{saver.name} can't save at all: {made.said}")

    def reset(self):
        for name in files(self.folder):
            (self.folder / name).unlink()
        shutil.copyfile(self.old, self.path)

    def command(self, version=NEW):
        return self.saver.save(self.path, version)

    def judge(self, tally, outcome, where, litter_matters=True):
        """Adds a trial to the tally: what the program said, and what is in the folder."""
        tally.add("trials")
        if outcome.hung:
            tally.fault("hang", where)
        if outcome.crashed:
            tally.fault("crash", f"{where}: {outcome.code} {outcome.said.strip()[-200:]}")
        found = self.saver.found(self.path) if self.path.exists() else None
        if not self.path.exists():
            tally.fault("lost", where)
        elif found not in (OLD, NEW):
            tally.fault("torn", f"{where}: exit {outcome.code}")
        if outcome.code == 0 and found != NEW:
            tally.fault("lied", f"{where}: said it saved, and had not")
        elif outcome.code and outcome.code > 0 and found == NEW and NOT_DURABLE not in outcome.said:
            tally.fault("misreported", f"{where}: {outcome.said.strip()[-200:]}")
        elif NOT_DURABLE in outcome.said and found == OLD:
            tally.fault("misreported", f"{where}: not in place")
        left = [name for name in files(self.folder) if name != self.path.name]
        ended = outcome.code is not None and outcome.code >= 0
        if left and ended and litter_matters:
            tally.fault("litter", f"{where}: {left}")
        elif left and not ended:
            tally.add("left_by_kill")
        return found


def base(saver, path):
    """The first save, onto nothing: what needs a file to be there can't make it."""
    options = [option for option in saver.options if option != "--from-map"]
    return [*saver.program, "save", str(path), str(OLD), *options]


def workspace():
    """A folder on a file system of this machine, removed at the end."""
    return tempfile.TemporaryDirectory(prefix="npz-soak-")


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skipped(f"{program} is not installed")


def need_root():
    if os.geteuid() != 0:
        raise Skipped("needs root")


def say(text):
    print(text, file=sys.stderr, flush=True)
