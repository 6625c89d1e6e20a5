"""printed.py FILE... : str and repr of the array in each npy file, as a JSON list of pairs.

printed.py --make DIRECTORY : writes arrays of all sorts there, 0.npy and so on."""

import json
import sys
from pathlib import Path

import numpy as np

rng = np.random.default_rng(5)


def examples():
    for text in "i1 i2 i4 i8 u1 u2 u4 u8 >i4".split():
        info = np.iinfo(text)
        yield np.array([0, 1, info.min, info.max], text)
        yield np.arange(24, dtype=text).reshape(2, 3, 4)
        yield np.array(info.max, text)
    yield np.arange(1001)
    yield np.arange(5000.0).reshape(10, 500)
    yield np.asfortranarray(np.arange(2000, dtype="i2").reshape(40, 50))
    yield np.zeros((8, 8, 8, 8), "u1")
    yield np.arange(100)
    yield np.zeros((0, 3), "f4")
    yield np.zeros(0)
    yield np.array([True, False])
    yield np.array(True)
    yield np.eye(3, dtype=bool)
    for text in "f2 f4 f8 >f8".split():
        dtype = np.dtype(text)
        small = float(np.finfo(dtype).smallest_subnormal)
        for values in (
            [0.0, -0.0, 1.0, -1.5],
            [0.1, 0.2, 0.3],
            [1 / 3, 2 / 3, 100 / 3],
            [np.nan, np.inf, -np.inf],
            [np.nan, 1.25, -100.5],
            [np.inf, 0.5],
            [1e-5, 1.0],
            [0.0001, 0.1],
            [999.0, 1000.0],
            [123456.0, 0.5],
            [1e8 - 1, 1.0],
            [1e6, 1e7],
            [9999999.0, 99999999.0],
            [1e8, 1.0],
            [small, 1.0],
            [float(np.finfo(dtype).max), np.nan],
            [1.123456789, 2.1],
            [0.999999999, 1.0],
            [0.1000000001, 2.5],
            [-1e-10, 5e20],
        ):
            with np.errstate(over="ignore"):
                yield np.array(values).astype(dtype)
                for value in values:
                    yield np.array(value).astype(dtype)
        yield rng.normal(size=50).astype(dtype)
        yield (10.0 ** rng.uniform(-3, 3, 30)).astype(dtype)
        yield rng.integers(0, 10, (3, 4)).astype(dtype)
        bits = rng.integers(0, 256, 64 * dtype.itemsize, np.uint8).view(dtype)
        for value in bits:
            yield np.array([value])
            yield np.array(value)
    # Half way between two numbers of the fewest digits.
    yield np.array([0.015625, 1.5], "f2")
    yield np.array([-4128703.25], "f4")
    yield np.array(1125899906842624.25)
    yield np.arange(0x7C00, dtype="u2").view("f2")[::61].copy()
    for value in np.arange(0x7C00, dtype="u2").view("f2")[::7]:
        yield np.array(value)
    if np.finfo(np.longdouble).nmant == 63:
        yield from long_doubles()
    for text in "c8 c16".split():
        yield np.array([1 + 2j, -0.5j, 1e10 + 1j, 3], text)
        yield np.array([complex(np.nan, -np.inf), complex(np.inf, np.nan), 1.5], text)
        for value in (1 + 2j, 2j, -0.0 + 1j, complex(np.nan, np.inf), complex(0, -np.inf), 1e20j + 3):
            yield np.array(value, text)
        yield (rng.normal(size=(4, 3)) + 1j * rng.normal(size=(4, 3))).astype(text)
    yield np.array(["a", "it's", 'say "hi"', "both ' and \"", "ünï 線 🙂", "\n\t\\", "\x7f\xad", ""])
    yield np.array("a 'b'")
    yield np.array(["x" * 40, "y" * 50])
    yield np.array([b"a", b"it's", b'"', b"\x00\xff\n\\", b""])
    yield np.array([b"\x01\x02", b"ab"], "V3")
    yield np.array(b"\x01a", "V2")
    yield np.zeros(2, "V0")
    for unit in "Y M W D h m s ms us ns ps fs as".split():
        yield np.array([0, 1, -1, 12345, -99999], f"M8[{unit}]")
        yield np.array([0, 1, "NaT"], f"m8[{unit}]")
        yield np.array(5, f"M8[{unit}]")
        yield np.array(-5, f"m8[{unit}]")
    yield np.array([10**11, -(10**11)], "M8[s]")
    yield np.array(["NaT", "NaT"], "M8[D]")
    yield np.array([7, 8], "M8[25s]")
    yield np.array(7, "m8[25s]")
    yield np.array([7, 8], "m8")
    yield np.array([("2020-02-29", 1.5, 3), ("NaT", -2.25, 10)], "M8[D],f8,i4")
    nested = np.dtype([("a", "?"), ("b", "f4", (2, 2)), ("c", [("d", "U3"), ("e", "S2")])])
    yield np.zeros(2, nested)
    yield np.zeros((), nested)
    yield np.zeros((2, 1), [("x", "<i4")])
    yield np.zeros(3, [(("a title", "x"), ">i4"), ("y", "c8")])
    yield np.zeros(2, np.dtype([("x", "i1"), ("y", "i4")], align=True))
    yield np.zeros(2, [("x", "f8", (1001,)), ("y", "i1")])
    yield np.zeros((), [("x", "f8", (1001,)), ("y", "f4")])
    yield np.zeros(2, [])
    yield np.array((1e7, 1e3, 1e15, 1e16), "f4,f2,f8,f8")
    yield np.zeros(1500, [("x", "i4"), ("y", "f4")])


def long_doubles():
    long = np.longdouble
    info = np.finfo(long)
    for values in (
        [long(1) / 3, long(2) / 3, long(100) / 3],
        [long(1), long(1) + info.eps],
        [long("0.1"), long(0.1), long("0.3")],
        [long("1e400"), long("-1e-400"), long(0)],
        [info.max, info.tiny, info.smallest_subnormal],
        [long("nan"), long("-inf"), long("1e4000")],
        [long("-0.0"), long("-1.5"), long("2")],
        [long(2) ** 64, long(2) ** 64 - 1, long(2) ** 63, long(2) ** -63],
        [long("9.999999999e7"), long(1)],
        [long("1e8") - long("1e-10"), long(1)],
        [long("0.00009999999999999999999"), long(1)],
        [long("0.999999999"), long("0.9999999949999999999")],
        [long("1.000000005"), long("1.0000000050000000001")],
        [long(2) ** n for n in (16383, 16382, -16382, -16445)],
        [long("1e308"), long("1.8e308")],
        [long("5e-324"), long("1e-330")],
    ):
        for order in "<>":
            yield np.array(values, order + "f16")
        for value in values:
            yield np.array(value)
        yield np.array([(value, 1) for value in values], [("x", long), ("y", "i1")])
    yield rng.normal(size=50).astype(long) / 3
    yield (10.0 ** rng.uniform(-3, 3, 30)).astype(long) / 7
    yield long(10) ** rng.integers(-4900, 4900, 20).astype(long)
    for exponent in rng.integers(1, 0x7FFE, 100):
        bits = np.zeros(16, np.uint8)
        bits[:8] = rng.integers(0, 256, 8)
        bits[7] |= 0x80
        bits[8:10] = [exponent & 255, exponent >> 8]
        yield bits.view(long)
        yield bits.view(long).reshape(())
    pairs = [long(1) / 3, -long("1e400"), long("1e-400"), long(0)]
    yield np.array([complex(0)] * 4, np.clongdouble) + np.array(pairs) + 1j * np.array(pairs[::-1])
    yield np.array(long(1) / 3 + 1j * (long(2) / 3))


if sys.argv[1] == "--make":
    for i, array in enumerate(examples()):
        np.save(Path(sys.argv[2]) / f"{i}.npy", array)
    files = [Path(sys.argv[2]) / f"{n}.npy" for n in range(i + 1)]
else:
    files = sys.argv[1:]
result = []
for path in files:
    array = np.load(path)
    result.append([str(array), repr(array)])
print(json.dumps(result))
