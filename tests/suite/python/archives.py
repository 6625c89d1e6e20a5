"""archives.py DIRECTORY : writes archives in every way in which NumPy and Python's zipfile write them.

All hold the arrays a, größe, d/e and flag, but empty.npz, which holds none.
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
arrays = {
    "a": np.array([1.5, -2.5, np.nan], np.float32),
    "größe": np.array([[1, 2], [3, 4]], ">u2"),
    "d/e": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "flag": np.array(True),
}


class Pipe(io.RawIOBase):
    """A file that can't seek, so that sizes stand behind the data."""

    def __init__(self, path):
        self.file = open(path, "wb")

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)

    def close(self):
        self.file.close()
        super().close()


np.savez(folder / "savez.npz", **arrays)
np.savez_compressed(folder / "savez_compressed.npz", **arrays)
np.savez(folder / "empty.npz")
for name, save in [("piped.npz", np.savez), ("piped_compressed.npz", np.savez_compressed)]:
    with Pipe(folder / name) as pipe:
        save(pipe, **arrays)

members = {}
for name, array in arrays.items():
    member = io.BytesIO()
    np.save(member, array)
    members[name + ".npy"] = member.getvalue()


def archive(name, method=zipfile.ZIP_DEFLATED, file=None, **kwargs):
    return zipfile.ZipFile(file or folder / name, "w", method, **kwargs)


for level in (0, 1, 9):
    with archive(f"level{level}.npz", compresslevel=level) as z:
        for name, data in members.items():
            z.writestr(name, data)
with archive("comment.npz") as z:
    z.comment = b"PK\x05 is no end record"
    for name, data in members.items():
        z.writestr(name, data)
with archive("mixed.npz", zipfile.ZIP_STORED) as z:
    for at, (name, data) in enumerate(members.items()):
        z.writestr(name, data, zipfile.ZIP_DEFLATED if at % 2 else zipfile.ZIP_STORED)
with archive("zip64.npz") as z:
    for name, data in members.items():
        with z.open(name, "w", force_zip64=True) as member:
            member.write(data)
with Pipe(folder / "piped_zip64.npz") as pipe, archive("", file=pipe) as z:
    for name, data in members.items():
        with z.open(name, "w", force_zip64=True) as member:
            member.write(data)
with archive("appended.npz", zipfile.ZIP_STORED) as z:
    z.writestr("a.npy", members["a.npy"])
with zipfile.ZipFile(folder / "appended.npz", "a", zipfile.ZIP_DEFLATED) as z:
    for name, data in list(members.items())[1:]:
        z.writestr(name, data)
with archive("folders.npz") as z:
    z.mkdir("d")
    for name, data in members.items():
        z.writestr(name, data)
with archive("attributes.npz") as z:
    for name, data in members.items():
        info = zipfile.ZipInfo(name, (2024, 2, 29, 12, 30, 58))
        info.external_attr = 0o644 << 16
        info.create_system = 0
        info.comment = b"of the member"
        info.extra = b"UT\x05\x00\x01\x00\x00\x00\x00"
        z.writestr(info, data, zipfile.ZIP_DEFLATED)
