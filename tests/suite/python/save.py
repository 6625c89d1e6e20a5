"""save.py DIRECTORY : writes, with NumPy, an array of every element type in every byte order, memory
order and number of dimensions from 0 to 4, and prints as JSON what each one holds.

    DIRECTORY/<key>.npy     one array each, by np.save; version_<n>.npy with a header of that version
    DIRECTORY/stored.npz    all but the versions, by np.savez
    DIRECTORY/deflated.npz  the same, by np.savez_compressed
    DIRECTORY/unnamed.npz   three without names, by np.savez: arr_0, arr_1, arr_2
"""

import json
import sys
from pathlib import Path

import ml_dtypes
import numpy as np

from npyfile import described

NAMES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
NAMES += "float16 float32 float64 complex64 complex128".split()
TYPES = [np.dtype(name) for name in NAMES] + [np.dtype(ml_dtypes.bfloat16)]
SHAPES = [(), (1,), (5,), (0,), (3, 4), (4, 0), (1, 3), (2, 3, 4), (2, 0, 3), (2, 1, 3, 2)]

random = np.random.default_rng(2)


def values(dtype, count):
    """`count` items: random bits, and last the awkward ones."""
    if dtype == np.bool_:
        return random.integers(0, 2, count).astype(dtype)
    bits = np.frombuffer(random.bytes(count * dtype.itemsize), dtype)
    if dtype.kind in "iu":
        awkward = [0, 1, np.iinfo(dtype).min, np.iinfo(dtype).max]
    elif dtype.kind == "c":
        awkward = [0, complex(-0.0, np.inf), complex(np.nan, -1.5)]
    else:
        awkward = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.5]
    both = np.concatenate([bits, np.array(awkward, dtype)])
    return both[len(both) - count :]


def layouts(array):
    """The array in C order, in Fortran order, and as a view that is in neither."""
    yield "c", np.ascontiguousarray(array).reshape(array.shape)
    if array.ndim > 1:
        yield "f", np.asfortranarray(array)
    if array.ndim > 0:
        twice = np.repeat(array, 2, axis=-1)
        yield "strided", twice[..., ::-2]


directory = Path(sys.argv[1])
arrays = {}
for dtype in TYPES:
    orders = "<" if dtype.itemsize == 1 else "<>"
    for order in orders:
        for shape in SHAPES:
            base = values(dtype, int(np.prod(shape))).reshape(shape)
            if order == ">":
                # A bfloat16 has no other order that NumPy would read back.
                if dtype == ml_dtypes.bfloat16:
                    continue
                base = base.astype(dtype.newbyteorder(">"))
            for layout, array in layouts(base):
                size = "x".join(map(str, shape)) or "scalar"
                end = "big" if order == ">" else "little"
                arrays[f"{dtype.name}_{end}_{size}_{layout}"] = array

def written(key, write):
    path = directory / f"{key}.npy"
    with open(path, "wb") as file:
        write(file)
    return described(key, path.read_bytes())


manifest = [written(key, lambda file: np.save(file, array)) for key, array in arrays.items()]
for version in (1, 2, 3):
    # What np.save would choose only for long headers or for names beyond latin-1.
    write = lambda file: np.lib.format.write_array(file, np.arange(6.0), (version, 0))
    manifest.append(written(f"version_{version}", write))

np.savez(directory / "stored.npz", **arrays)
np.savez_compressed(directory / "deflated.npz", **arrays)
np.savez(directory / "unnamed.npz", np.arange(3), np.eye(2, dtype=np.float32), np.float64(0.5))
print(json.dumps(manifest))
