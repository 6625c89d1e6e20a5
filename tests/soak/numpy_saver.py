"""`np.savez`, with the command line of tests/programs/saver.rs."""

import sys

import numpy as np


def state(version):
    random = np.random.default_rng(version)
    ids = random.integers(0, 2**63, 250_000, dtype=np.uint64)
    ids[0] = version
    return {
        "ids": ids,
        "weight": random.random((600, 500), dtype=np.float32),
        "turned": random.random((450, 400)).T,
        "small": random.integers(0, 2**16, 1000, dtype=np.uint16),
        "note": np.array(f"version {version}"),
        "step": np.array(version, dtype=np.uint64),
    }


def save(path, version):
    np.savez(path, **state(int(version)))


def load(path):
    with np.load(path) as file:
        version = int(file["step"])
        expected = state(version)
        if sorted(file.files) != sorted(expected):
            raise ValueError("other names")
        for name, array in expected.items():
            if not np.array_equal(file[name], array):
                raise ValueError(f"{name} is not of version {version}")
    print(f"VERSION={version}")


try:
    {"save": save, "load": load}[sys.argv[1]](*sys.argv[2:])
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
