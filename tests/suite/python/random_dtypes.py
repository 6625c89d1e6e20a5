"""random_dtypes.py write DIRECTORY SEED COUNT : writes COUNT npy files of random dtypes, shapes, orders
and values by np.save; random_dtypes.py read DIRECTORY : reads what somebody else wrote there, and
saves each array again, whose bytes have to be the same.

Both print, for each file, a JSON list [descr, shape, fortran_order, SHA-256 of the canonical bytes]."""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "fixtures"))
from make_corpus import leaves, order_of, read_header, unit_size  # noqa: E402

NUMBERS = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 g c8 c16 G".split()
UNITS = "Y M W D h m s ms us ns ps fs as".split()
NAMES = ["x", "a b", "größe", "it's", 'say "hi"', "\\", "線", "\n", "None", "'", "{", "🙂"]


class Random:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def below(self, n):
        return int(self.rng.integers(n))

    def one_of(self, items):
        return items[self.below(len(items))]

    def scalar(self, least):
        kind = self.one_of(["number"] * 6 + ["S", "U", "V", "M8", "m8"])
        order = self.one_of("<>")
        if kind == "number":
            return np.dtype(self.one_of(NUMBERS)).newbyteorder(order)
        if kind in "SUV":
            return np.dtype(f"{kind}{least + self.below(9)}").newbyteorder(order)
        count = self.one_of(["", "", "25"])
        unit = self.one_of(["", f"[{count}{self.one_of(UNITS)}]"])
        return np.dtype(kind + unit).newbyteorder(order)

    def record(self, depth):
        names, formats, offsets, titles, at = [], [], [], [], 0
        for i in range(self.below(5)):
            at += self.one_of([0, 0, 0, self.below(9)])
            names.append(f"{self.one_of(NAMES)}{i}")
            formats.append(self.dtype(depth - 1, 0))
            offsets.append(at)
            titles.append(self.one_of([None, None, None, f"title {i}"]))
            at += formats[-1].itemsize
        if self.below(4) == 0 and names:
            return np.dtype({"names": names, "formats": formats}, align=True)
        spec = {"names": names, "formats": formats, "offsets": offsets}
        spec["itemsize"] = at + self.one_of([0, 0, self.below(9)])
        if any(titles):
            spec["titles"] = titles
        return np.dtype(spec)

    def dtype(self, depth, least):
        kind = self.one_of(["scalar", "scalar", "subarray", "record"]) if depth else "scalar"
        if kind == "subarray":
            base = self.dtype(depth - 1, 1)
            shape = tuple(self.below(4) for _ in range(1 + self.below(2)))
            # NumPy takes an item of no width for one of a width that is yet to be known
            return np.dtype((base, shape)) if base.itemsize else base
        return self.record(depth) if kind == "record" else self.scalar(least)

    def array(self):
        dtype = self.dtype(3, 0)
        if dtype.subdtype is not None:
            dtype = np.dtype([("only", dtype)])
        shape = tuple(self.below(5) for _ in range(self.below(4)))
        array = np.zeros(shape, dtype)
        if dtype.itemsize and array.size:
            raw = self.rng.integers(0, 256, (array.size, dtype.itemsize), np.uint8)
            for at, leaf in leaves(dtype):
                if leaf.kind == "U" and leaf.itemsize:
                    points = self.rng.integers(0, 0xD800, (array.size, leaf.itemsize // 4))
                    points = points.astype("<u4" if order_of(leaf) == "<" else ">u4")
                    raw[:, at : at + leaf.itemsize] = points.view(np.uint8)
                if leaf.kind == "b":
                    raw[:, at] &= 1
            array = np.frombuffer(raw.tobytes(), dtype).reshape(shape)
        return np.asfortranarray(array) if self.below(2) else array


def canonical(array):
    size = array.dtype.itemsize
    if size == 0 or array.size == 0:
        return b""
    raw = np.frombuffer(array.tobytes("C"), np.uint8).reshape(-1, size)
    out = np.zeros_like(raw)
    for at, dtype in leaves(array.dtype):
        n, unit = dtype.itemsize, unit_size(dtype)
        part = raw[:, at : at + n]
        if unit > 1 and n and order_of(dtype) == ">":
            part = part.reshape(-1, n // unit, unit)[:, :, ::-1].reshape(-1, n)
        out[:, at : at + n] = part
    return out.tobytes()


def facts(array, path):
    with open(path, "rb") as file:
        fortran = read_header(file)[2]
    descr = repr(np.lib.format.dtype_to_descr(array.dtype))
    return [descr, list(array.shape), fortran, hashlib.sha256(canonical(array)).hexdigest()]


def write(directory, seed, count):
    random = Random(int(seed))
    for i in range(int(count)):
        path = directory / f"{i}.npy"
        array = random.array()
        np.save(path, array)
        yield facts(array, path)


def read(directory):
    for i in range(len(list(directory.glob("*.npy")))):
        path = directory / f"{i}.npy"
        array = np.load(path, allow_pickle=False)
        again = directory / f"{i}.again"
        with open(again, "wb") as file:
            np.save(file, array)
        assert again.read_bytes() == path.read_bytes(), (i, array.dtype, array.shape)
        yield facts(array, path)


mode, directory, *numbers = sys.argv[1:]
print(json.dumps(list({"write": write, "read": read}[mode](Path(directory), *numbers))))
