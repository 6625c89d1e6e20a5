"""dtypes.py write DIRECTORY : writes, with NumPy and ml_dtypes, what tests/suite/types.rs reads.
dtypes.py read FILE NAME... : checks the archive FILE that it wrote, and prints what is in it as JSON:
for each NAME the dtype, as np.load has it, and the values as text."""

import json
import sys
from pathlib import Path

import ml_dtypes
import numpy as np

SMALL = "float8_e3m4 float8_e4m3 float8_e4m3b11fnuz float8_e4m3fn float8_e4m3fnuz float8_e5m2"
SMALL += " float8_e5m2fnuz float8_e8m0fnu float6_e2m3fn float6_e3m2fn float4_e2m1fn"
INTS = "int1 int2 int4 uint1 uint2 uint4"
UNITS = "Y M W D h m s ms us ns ps fs as".split()

random = np.random.default_rng(3)


def floats():
    """Random ones of all sizes, all that lie on or just beside the middle of two small floats, and
    the awkward ones."""
    bits = random.integers(0, 2**32, 4000, np.uint32).view(np.float32)
    near = (random.standard_normal(4000) * 2.0 ** random.integers(-20, 18, 4000)).astype(np.float32)
    grid = np.concatenate([k * 2.0 ** np.arange(-30, 20) for k in range(1, 65)]).astype(np.float32)
    scales = (2.0 ** np.arange(-149, 128.0)).astype(np.float32)
    scales = np.concatenate([scales * f for f in (1, 1.25, 1.5, 1.75)]).astype(np.float32)
    positive = np.concatenate([grid, scales])
    beside = [np.nextafter(positive, np.float32(to)) for to in (0, np.inf)]
    positive = np.concatenate([positive, *beside])
    awkward = np.array([0.0, np.inf, np.nan], np.float32)
    one_sign = np.concatenate([positive, awkward])
    return np.concatenate([bits, near, one_sign, np.copysign(one_sign, np.float32(-1))])


def write(directory):
    codes = np.arange(256, dtype=np.uint8)
    values = floats()
    small = {"values": values}
    for name in SMALL.split():
        dtype = getattr(ml_dtypes, name)
        small[f"{name}.codes"] = codes.view(dtype)
        small[f"{name}.decoded"] = codes.view(dtype).astype(np.float32)
        with np.errstate(all="ignore"):
            small[f"{name}.encoded"] = values.astype(dtype).view(np.uint8)
    for name in INTS.split():
        dtype = getattr(ml_dtypes, name)
        small[f"{name}.codes"] = codes.view(dtype)
        small[f"{name}.decoded"] = codes.view(dtype).astype(np.int32)
    np.savez(directory / "small.npz", **small)

    # Whole long doubles of random bits: significands with their leading bit, all exponents.
    count = 20_000
    raw = np.zeros((count, 16), np.uint8)
    raw[:, :10] = random.integers(0, 256, (count, 10), np.uint8)
    raw[:, 7] |= 0x80
    # Most of them near the bounds of a double, and on the middle of two.
    exponent = random.integers(16383 - 1100, 16383 + 1030, count // 2)
    raw[: count // 2, 8:10] = exponent.astype("<u2").view(np.uint8).reshape(-1, 2)
    raw[: count // 4, 0] = 0
    raw[: count // 4, 1] &= 0xF8
    raw[-9:-6, 8:10] = 0  # pseudo-denormals
    raw[-6:, 9] = 0x7F
    raw[-6:, 8] = 0xFF  # NaN, and below infinity
    raw[-2:, :8] = [0, 0, 0, 0, 0, 0, 0, 0x80]
    raw[-1, 9] = 0xFF
    long = np.frombuffer(raw.tobytes(), "<f16")
    with np.errstate(all="ignore"):
        doubles = long.astype("<f8")
    wide = random.integers(0, 2**64, 3000, np.uint64).view(np.float64)
    wide = np.concatenate([wide, [0.0, -0.0, np.inf, -np.inf, 5e-324, -2.5e-310, 1.0]])
    wide = wide[~np.isnan(wide)]
    np.savez(
        directory / "long.npz",
        little=long,
        big=long.astype(">f16"),
        doubles=doubles,
        complex=long.view("<c32"),
        complex_big=long.view("<c32").astype(">c32"),
        wide=wide,
        widened=wide.astype("<f16").view(np.uint8).reshape(-1, 16)[:, :10],
    )

    ticks = random.integers(-(2**62), 2**62, 60) >> random.integers(0, 62, 60)
    ticks = np.concatenate([ticks, [0, 1, -1, np.iinfo(np.int64).min]])
    times = {"ticks": ticks}
    texts = {}
    for unit in UNITS:
        few = ticks >> 34 if unit in ("Y", "M", "W", "D", "h") else ticks
        few[-1] = ticks[-1]
        times[f"time.{unit}"] = few.view(f"<M8[{unit}]")
        times[f"big.{unit}"] = few.view(f"<M8[{unit}]").astype(f">M8[{unit}]")
        times[f"span.{unit}"] = few.view(f"<m8[{unit}]")
        texts[unit] = [
            [str(item) for item in few.view(f"<M8[{unit}]")],
            [str(item) for item in few.view(f"<m8[{unit}]")],
        ]
    times["time.25s"] = ticks.view("<M8[25s]")
    times["time"] = ticks.view("<M8")
    times["span"] = ticks.view("<m8")
    # As NumPy converts where nothing overflows.
    some = np.concatenate([random.integers(-(10**11), 10**11, 50), [0, -1, 1]])
    some = np.concatenate([some, [np.iinfo(np.int64).min]]).view("<M8[s]")
    times["some"] = some
    for unit in ["Y", "M", "W", "D", "h", "m", "ms", "25s"]:
        times[f"some.{unit}"] = some.astype(f"<M8[{unit}]")
    months = random.integers(-20000, 20000, 50).view("<M8[M]")
    times["months"] = months
    times["months.s"] = months.astype("<M8[s]")
    np.savez(directory / "times.npz", **times)

    words = np.array(["", "a", "héllo", "日本語", "a\0b", "\0c", "😀 and more", "x" * 20])
    raw = np.array([0x61, 0xD800, 0, 0x110000, 0x62, 0, 0x63, 0xFFFFFFFF], "<u4")
    np.savez(
        directory / "text.npz",
        words=words,
        big=words.astype(words.dtype.newbyteorder(">")),
        scalar=np.array("één"),
        wrong=np.frombuffer(raw.tobytes(), "<U4"),
        bytes=np.array([b"", b"a", b"a\0b", b"\xff" * 5, b"\0c"]),
        void=np.array([b"\1\2\0", b"\0\0\0"], "V3"),
    )
    for name, descr, data in [("zero_text", "<U0", b""), ("zero_bytes", "|S0", b"")]:
        with open(directory / f"{name}.npy", "wb") as file:
            head = {"descr": descr, "fortran_order": False, "shape": (3,)}
            np.lib.format.write_array_header_1_0(file, head)
    print(json.dumps(texts))


def read(path, names):
    with np.load(path) as file:
        metadata = None
        if "__metadata__" in file.files:
            metadata = json.loads(bytes(file["__metadata__"]))
        found = {}
        for name in names:
            array = file[name]
            logical = (metadata or {}).get("dtypes", {}).get(name)
            if logical:
                array = array.view(getattr(ml_dtypes, logical))
            found[name] = [file[name].dtype.str, [repr(item) for item in array.ravel().tolist()]]
    print(json.dumps({"metadata": metadata, "arrays": found}))


if sys.argv[1] == "write":
    write(Path(sys.argv[2]))
else:
    read(sys.argv[2], sys.argv[3:])
