"""Writes digits.npz beside this script, from scikit-learn's copy of the data set.

    python3 -m venv venv
    venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
    venv/bin/python examples/data/make_digits.py
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

digits = load_digits()

# scikit-learn holds these whole numbers as float64 and int64. One byte each loses nothing and
# makes the file an eighth of the size; the assertions are what "nothing" means.
images = digits.images.astype(np.uint8)
target = digits.target.astype(np.uint8)
assert images.shape == (1797, 8, 8) and images.max() == 16
assert target.shape == (1797,) and sorted(set(target)) == list(range(10))
assert np.array_equal(images, digits.images) and np.array_equal(target, digits.target)

np.savez(Path(__file__).with_name("digits.npz"), images=images, target=target)
