"""Many programs at once: killed at random, reading while others replace, saving to one path, and for
a long time."""

import os
import random
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

from kit import NEW, OLD, PATIENCE, Place, Tally, files, run, workspace


def kills(saver, seconds=20, programs=4):
    """Killed at a random moment of the save; several at once, so that one works while another flushes."""
    tally = Tally("random", saver.name)
    lock = threading.Lock()
    with workspace() as folder:
        whole = {}
        for version in (OLD, NEW):
            place = Place(saver, f"{folder}/whole")
            place.reset()
            if version == NEW:
                run(place.command())
            whole[place.path.read_bytes()] = saver.found(place.path)
        if sorted(whole.values()) != [OLD, NEW]:
            raise SystemExit(f"{saver.name} can't save at all: {whole.values()}")
        end = time.monotonic() + seconds

        def work(number):
            place = Place(saver, f"{folder}/place{number}")
            usual, found = 0.0, None
            while time.monotonic() < end:
                if found != OLD:
                    place.reset()
                command = place.command()
                started = time.monotonic()
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                # Some are left alone, to know how long a save takes with that much going on.
                wait = random.uniform(0, usual * 1.1) if usual and random.random() > 0.02 else None
                try:
                    process.wait(wait)
                    took = time.monotonic() - started
                    usual = usual * 0.8 + took * 0.2 if usual else took
                except subprocess.TimeoutExpired:
                    process.kill()
                code = process.wait()
                # The bytes of a file that was read as whole are whole; others are read by the program.
                data = place.path.read_bytes() if place.path.exists() else b""
                found = whole.get(data) or saver.found(place.path)
                left = [name for name in files(place.folder) if name != place.path.name]
                with lock:
                    tally.add("trials")
                    tally.add("killed", int(code == -signal.SIGKILL))
                    tally.add("left_by_kill", int(bool(left)))
                    if code not in (0, -signal.SIGKILL):
                        tally.fault("crash", f"exit status {code}")
                    if not data:
                        tally.fault("lost", "killed at random")
                    elif found not in (OLD, NEW):
                        tally.fault("torn", f"killed at random: exit {code}")
                    elif code == 0 and found != NEW:
                        tally.fault("lied", "said it saved, and had not")
                    elif code == 0 and left:
                        tally.fault("litter", str(left))
                for name in left:
                    (place.folder / name).unlink()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(programs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return tally


def readers(saver, seconds=10, programs=3):
    """Reads, and maps held open, while the file is replaced again and again."""
    tally = Tally("readers", saver.name)
    with workspace() as folder:
        place = Place(saver, f"{folder}/place")
        place.reset()
        end = time.monotonic() + seconds
        lock = threading.Lock()

        def replace():
            version = NEW
            while time.monotonic() < end:
                version += 1
                done = run(place.command(version))
                with lock:
                    tally.add("replaced")
                    if done.code != 0:
                        tally.fault("lied", done.said.strip()[-200:])

        def read():
            while time.monotonic() < end:
                found = saver.found(place.path)
                with lock:
                    tally.add("trials")
                    if found is None:
                        tally.fault("torn", "a reader found no whole file")

        def watch():
            done = run([*saver.program, "watch", place.path, str(seconds)], patience=seconds + PATIENCE)
            match = re.match(r"READS=(\d+) MAPS=(\d+)", done.said)
            with lock:
                if done.code != 0 or not match:
                    tally.fault("torn", done.said.strip()[-200:])
                else:
                    tally.add("trials", int(match[1]))
                    tally.add("maps_held", int(match[2]))

        watches = "saver" in os.path.basename(saver.program[0]) and saver.suffix == ".npz"
        work = [replace, *[watch if watches else read] * programs]
        threads = [threading.Thread(target=target) for target in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return tally


def together(saver, rounds=20, programs=4):
    """Several savers of one path at once: each succeeds, and one of them has the last word."""
    tally = Tally("together", saver.name)
    with workspace() as folder:
        place = Place(saver, f"{folder}/place")
        for _ in range(rounds):
            place.reset()
            versions = range(10, 10 + programs)
            running = [subprocess.Popen(place.command(version), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                       for version in versions]
            for process in running:
                _, said = process.communicate(timeout=PATIENCE)
                tally.add("trials")
                if process.returncode != 0:
                    tally.fault("lost", said.decode(errors="replace").strip()[-200:])
            if saver.found(place.path) not in versions:
                tally.fault("torn", "after savers of one path")
            if files(place.folder) != [place.path.name]:
                tally.fault("litter", str(files(place.folder)))
    return tally


def memory(process):
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]), len(os.listdir(f"/proc/{process.pid}/fd"))


def soak(saver, seconds=60):
    """Save, load, replace and map without end: memory and open files stay flat. Then the same, killed
    about once a second; what that leaves, a sweep removes."""
    tally = Tally("soak", saver.name)
    with workspace() as folder:
        place = Place(saver, f"{folder}/place")
        place.reset()
        command = [*saver.program, "loop", str(place.path)]
        process = subprocess.Popen([*command, str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        samples = []
        while process.poll() is None:
            time.sleep(0.05)
            try:
                samples.append(memory(process))
            except (OSError, TypeError):
                break
        said = process.communicate()[0].decode(errors="replace")
        match = re.match(r"ROUNDS=(\d+)", said)
        if process.returncode != 0 or not match:
            tally.fault("torn", said.strip()[-200:])
        else:
            tally.add("trials", int(match[1]))
        # The first tenth is warming up. What a round needs comes and goes, so the peaks are compared.
        samples = samples[len(samples) // 10:]
        half = len(samples) // 2
        for what, unit in enumerate(["rss_kib", "open_files"]):
            early = peak(sample[what] for sample in samples[:half])
            late = peak(sample[what] for sample in samples[half:])
            tally.add(f"{unit}_first_half", early)
            tally.add(f"{unit}_second_half", late)
            if late > early * 1.02 + (1 if what else 256):
                tally.fault("leak", f"{unit} grew from {early} to {late}")

        end = time.monotonic() + seconds / 2
        while time.monotonic() < end:
            process = subprocess.Popen([*command, "60"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0.1, 1.5))
            process.kill()
            process.wait()
            tally.add("kills")
            if saver.found(place.path) is None:
                tally.fault("torn", "killed in a loop")
        left = [name for name in files(place.folder) if name != place.path.name]
        tally.add("left_by_kill", len(left))
        long_ago = time.time() - 2 * 60 * 60
        for name in left:
            os.utime(place.folder / name, (long_ago, long_ago))
        run([*saver.program, "sweep", place.folder])
        left = [name for name in files(place.folder) if name != place.path.name]
        if left:
            tally.fault("litter", f"after a sweep: {left}")
    return tally


def peak(values):
    """A high value that isn't a single sample's luck."""
    values = sorted(values)
    return values[len(values) * 95 // 100] if values else 0


PARTS = {"random": kills, "readers": readers, "together": together, "soak": soak}
