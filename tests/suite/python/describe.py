"""describe.py FILE... : what NumPy finds in each npy or npz, as JSON, a list of arrays per file."""

import json
import sys

import numpy as np

from npyfile import described, members

result = []
for path in sys.argv[1:]:
    arrays = [described(key, data) for key, data in members(path)]
    # The way a person would open it has to agree with the way above.
    loaded = np.load(path, allow_pickle=False)
    if isinstance(loaded, np.lib.npyio.NpzFile):
        assert {a["key"] for a in arrays} <= set(loaded.files), (path, loaded.files)
        for array in arrays:
            assert list(loaded[array["key"]].shape) == array["shape"], (path, array["key"])
    else:
        assert list(loaded.shape) == arrays[0]["shape"], path
    result.append(arrays)
print(json.dumps(result))
