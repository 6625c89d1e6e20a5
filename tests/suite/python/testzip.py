"""testzip.py FILE... : opens each archive with Python's zipfile, checks every member's CRC, and
prints a JSON list per file of [name, size, compressed size, method, offset of the data]."""

import json
import sys
import zipfile

result = []
for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as archive:
        bad = archive.testzip()
        assert bad is None, f"{path}: bad CRC in {bad}"
        rows = []
        for info in archive.infolist():
            with open(path, "rb") as file:
                file.seek(info.header_offset + 26)
                lengths = file.read(4)
            start = info.header_offset + 30
            start += int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
            method = {0: "stored", 8: "deflated"}.get(info.compress_type, info.compress_type)
            rows.append([info.filename, info.file_size, info.compress_size, method, start])
        result.append(rows)
print(json.dumps(result))
