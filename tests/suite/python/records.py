"""records.py make DIRECTORY : structured arrays in every layout that np.save can write, with the
values that `value` gives.
records.py check DIRECTORY : asserts that the files there, as Rust wrote them, have the dtypes and
values of those above, and zeros between the fields.
records.py odd DIRECTORY : the same check of records of text, bytes, times and long doubles; makes
some of them too."""

import sys
from pathlib import Path

import numpy as np

command, directory = sys.argv[1], Path(sys.argv[2])

INNER = [("flag", "?"), ("x", "<f8")]
PACKED = np.dtype(
    [("id", "<i8"), ("pos", "<f4", (3,)), ("grid", "<u2", (3, 2)), ("inner", INNER), ("many", INNER, (2,))]
)
ALIGNED_INNER = np.dtype([("a", "u1"), ("b", "<f4")], align=True)
ALIGNED = np.dtype(
    [
        ("tag", "u1"),
        ("complex", "<c8"),
        ("half", "<f2"),
        ("inner", ALIGNED_INNER),
        ("c", "?"),
        ("many", ALIGNED_INNER, (2,)),
        ("d", "i1"),
        # A list of fields would be aligned like what it is in; a dtype keeps its layout.
        ("packed", np.dtype(INNER)),
        ("wide", "<c16", (1,)),
        ("end", "u1"),
    ],
    align=True,
)


def fill(array):
    """Values that are known from the index alone."""
    for i, index in enumerate(np.ndindex(array.shape)):
        array["id"][index] = -i
        array["pos"][index] = [i, i + 0.5, -float(i)]
        array["grid"][index] = np.arange(6).reshape(3, 2) + i
        array["inner"]["flag"][index] = i % 2 == 1
        array["inner"]["x"][index] = i / 4
        array["many"]["flag"][index] = [(i + 1) % 2 == 1, (i + 2) % 2 == 1]
        array["many"]["x"][index] = [(i + 1) / 4, (i + 2) / 4]
    return array


def zeros(shape, dtype, order="C"):
    # The bytes between the fields are not zero, as in an array that NumPy has just allocated.
    size = int(np.prod(shape)) * dtype.itemsize
    return np.frombuffer(bytearray(b"\xa5" * size), dtype=dtype).reshape(shape, order=order)


def offsets(names, formats, offsets, itemsize, titles=None):
    spec = {"names": names, "formats": formats, "offsets": offsets, "itemsize": itemsize}
    return np.dtype(spec | ({"titles": titles} if titles else {}))


NAMES = list(PACKED.names)
FORMATS = [PACKED.fields[name][0] for name in NAMES]
MIXED = np.dtype(
    [
        ("many", [("x", ">f8"), ("flag", "?")], (2,)),
        ("grid", ">u2", (3, 2)),
        ("id", "<i8"),
        ("inner", [("x", "<f8"), ("flag", "?")]),
        ("pos", ">f4", (3,)),
    ]
)
LAYOUTS = {
    "packed": PACKED,
    "aligned": np.dtype(list(zip(NAMES, FORMATS)), align=True),
    "big": PACKED.newbyteorder(">"),
    "mixed": MIXED,
    "offsets": offsets(NAMES, FORMATS, [3, 16, 40, 60, 80], 123),
    "titles": offsets(NAMES, FORMATS, [0, 8, 20, 32, 41], 59, titles=[f"the {n}" for n in NAMES]),
}
SHAPES = {"0d": (), "none": (0,), "1d": (5,), "2d": (2, 3), "hollow": (2, 0, 3)}


def compare(path, expected):
    found = np.load(path)
    assert found.shape == expected.shape, (path, found.shape)
    assert found.dtype == expected.dtype, (path, found.dtype, expected.dtype)
    assert found.dtype.itemsize == expected.dtype.itemsize, path
    # `==` ignores gaps, so the layout is asked for by itself.
    assert found.dtype.descr == expected.dtype.descr, (path, found.dtype.descr)
    assert found.tobytes() == expected.tobytes(), path


ODD = [
    ("name", "<U3"),
    ("flag", "?"),
    ("code", "S4"),
    ("raw", "V3"),
    ("time", "<M8[ms]"),
    ("tiny", "V1"),
    ("span", "<m8[25s]"),
    ("long", "<f16"),
    ("nib", "V1", (2,)),
    ("clong", "<c32"),
    ("names", "<U2", (2,)),
]


def odd(dtype):
    array = np.zeros(3, dtype)
    for i in range(3):
        array[i] = (
            "\u00e9" * (i + 1),
            i == 1,
            b"a\0b"[: i + 1],
            bytes([0, i, 0]),
            np.datetime64("NaT") if i == 2 else np.datetime64(-i, "ms"),
            bytes([0x38 + i]),
            np.timedelta64(3 * i, "25s"),
            np.longdouble(i) - 0.5,
            [b"\x01", b"\x0f"],
            i + 2j,
            ["x", "yz"[:i]],
        )
    return array


def same_odd(path, expected):
    found = np.load(path)
    assert found.dtype == expected.dtype, (path, found.dtype)
    assert found.dtype.descr == expected.dtype.descr, (path, found.dtype.descr)
    # NaT equals nothing, and a long double's padding holds remains of memory.
    for name in expected.dtype.names:
        assert found[name].tolist() == expected[name].tolist(), (path, name)


if command == "odd":
    same_odd(directory / "packed.npy", odd(np.dtype(ODD)))
    same_odd(directory / "big.npy", odd(np.dtype(ODD).newbyteorder(">")))
    same_odd(directory / "aligned.npy", odd(np.dtype(ODD, align=True)))
    np.save(directory / "numpy_packed.npy", odd(np.dtype(ODD)))
    np.save(directory / "numpy_big.npy", odd(np.dtype(ODD).newbyteorder(">")))
    np.save(directory / "numpy_aligned.npy", odd(np.dtype(ODD, align=True)))
    narrow = [(name, {"code": "S3"}.get(name, kind), *shape) for name, kind, *shape in ODD]
    np.save(directory / "numpy_narrow.npy", odd(np.dtype(narrow)))
elif command == "make":
    for layout, dtype in LAYOUTS.items():
        for shape_name, shape in SHAPES.items():
            np.save(directory / f"{layout}_{shape_name}.npy", fill(zeros(shape, dtype)))
        np.save(directory / f"{layout}_fortran.npy", fill(zeros((3, 4), dtype, "F")))
else:
    for shape_name, shape in SHAPES.items():
        compare(directory / f"packed_{shape_name}.npy", fill(np.zeros(shape, PACKED)))
        big = PACKED.newbyteorder(">")
        compare(directory / f"big_{shape_name}.npy", fill(np.zeros(shape, big)))
    fortran = np.load(directory / "packed_fortran.npy")
    assert fortran.flags.f_contiguous and not fortran.flags.c_contiguous
    compare(directory / "packed_fortran.npy", fill(np.zeros((3, 4), PACKED, "F")))

    # Made anew field by field: where NumPy leaves memory between them, Rust has written zeros.
    expected = np.zeros(2, ALIGNED)
    for i in range(2):
        inner = (i + 1, i + 0.5)
        expected[i] = (i, 1 - 1j, 0.25, inner, True, [inner, inner], -i, (False, 8.0), [2 + 1j], 7)
    compare(directory / "aligned.npy", expected)
