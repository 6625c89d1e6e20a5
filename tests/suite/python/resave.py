"""resave.py FILE... : saves again what NumPy loaded from each npy, or each member of an npz, and
compares with the bytes that were there. Prints a JSON list of the differences; empty is good."""

import io
import json
import sys

import numpy as np

from npyfile import load, members

differences = []
for path in sys.argv[1:]:
    for key, data in members(path):
        again = io.BytesIO()
        np.save(again, load(data))
        if again.getvalue() != data:
            differences.append(
                {
                    "file": path,
                    "key": key,
                    "found": repr(data[:256]),
                    "numpy": repr(again.getvalue()[:256]),
                }
            )
print(json.dumps(differences))
