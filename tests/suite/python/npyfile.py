"""What the scripts beside this one share. Imported by them; does nothing on its own."""

import ast
import io
import zipfile

import ml_dtypes  # noqa: F401  (teaches NumPy the names)
import numpy as np

# NumPy writes bfloat16 as a void of two bytes with a byte order, which it never does for a void of
# its own, and forgets the type when it reads. This is the way back, and the only one.
LOGICAL = {"<V2": ml_dtypes.bfloat16}


def header(data):
    """The header of an npy file as it stands in its bytes: a dict with the text's own values."""
    width = 2 if data[6] == 1 else 4
    length = int.from_bytes(data[8 : 8 + width], "little")
    text = data[8 + width : 8 + width + length].decode("utf-8" if data[6] == 3 else "latin-1")
    return ast.literal_eval(text)


def load(data):
    """The array in the bytes of an npy file, bfloat16 as bfloat16."""
    array = np.load(io.BytesIO(data), allow_pickle=False)
    descr = header(data)["descr"]
    return array.view(LOGICAL[descr]) if isinstance(descr, str) and descr in LOGICAL else array


def canonical(array):
    """The items' bytes in C order, little-endian: equal if and only if the values are, bit for bit."""
    if array.dtype.byteorder == ">":
        array = array.byteswap()
    return array.tobytes(order="C")


def described(key, data):
    """What a test wants to know of an npy file, from its bytes."""
    array, head = load(data), header(data)
    return {
        "key": key,
        # As the file has it, and what NumPy calls the dtype once loaded.
        "descr": repr(head["descr"]),
        "dtype": array.dtype.name,
        "shape": list(array.shape),
        "fortran": head["fortran_order"],
        "version": data[6],
        "hex": canonical(array).hex(),
    }


def members(path):
    """(key, bytes) of every npy in the file: of an archive's members, or of the file itself."""
    if not zipfile.is_zipfile(path):
        with open(path, "rb") as file:
            yield None, file.read()
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".npy"):
                yield name.removesuffix(".npy"), archive.read(name)
